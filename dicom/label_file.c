/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of the three kinds a label file is, and its reader. */
#include "label_file.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/file.h>
#include <osi/nifti.h>

#include "codec.h"
#include "header.h"

static osarc_status read_nifti(osarc_label_file *file, const uint8_t *bytes, size_t size,
                               osarc_error *err)
{
    file->format = OSARC_LABELS_NIFTI;
    file->layers = osi_alloc(1, sizeof(*file->layers), err);
    if (!file->layers)
        return OSARC_ERR_MEMORY;
    osarc_status status = osi_nifti_read_mask(&file->layers[0], bytes, size, err);
    if (status)
        return status;
    file->layer_count = 1;
    file->grid = *osarc_mask_grid(file->layers[0]);
    return OSARC_OK;
}

static osarc_status read_seg(osarc_label_file *file, const uint8_t *bytes, size_t size,
                             const osarc_label_options *options, osarc_notes *notes,
                             osarc_error *err)
{
    osi_seg seg = {0};
    file->format = OSARC_LABELS_SEG;
    osarc_status status = osi_seg_read(&seg, bytes, size, err);
    if (!status)
        status = osi_seg_to_labels(file, &seg, options, notes, err);
    osi_seg_free(&seg);
    return status;
}

static osarc_status read_structures(osarc_label_file *file, const char *path, const uint8_t *bytes,
                                    size_t size, const osarc_label_options *options,
                                    osarc_notes *notes, osarc_error *err)
{
    osi_structures structures = {0};
    osarc_grid grid;
    file->format = OSARC_LABELS_RTSTRUCT;
    osarc_status status = osi_structures_read(&structures, bytes, size, err);
    if (!status)
        status = osi_structures_find_grid(&grid, &structures, path, options, err);
    if (!status)
        status = osi_structures_to_labels(file, &structures, &grid, notes, err);
    osi_structures_free(&structures);
    return status;
}

static osarc_status find_kind(osi_kind *out, const uint8_t *bytes, size_t size, osarc_error *err)
{
    osi_header *header = NULL;
    size_t more = 0;
    *out = OSI_KIND_NO_IMAGE;
    if (!osi_dicom_is(bytes, size))
        return osi_fail(err, OSARC_ERR_FORMAT,
                        "neither NIfTI nor DICOM, or damaged in its first bytes");
    size_t offset;
    uint8_t *inflated = NULL;
    size_t inflated_size = 0;
    osarc_status status = OSARC_OK;
    if (osi_dicom_is_deflated(bytes, size, &offset)) {
        status = osi_inflate(&inflated, &inflated_size, bytes + offset, size - offset,
                             OSI_LABEL_FILE_LIMIT, err);
        if (!status)
            status = osi_header_read_inflated(&header, inflated, inflated_size, err);
    } else {
        status = osi_header_read(&header, &more, bytes, size, 1, err);
    }
    if (header)
        *out = header->kind;
    osi_header_free(header);
    osi_free(inflated);
    return status;
}

static osarc_status read_any(osarc_label_file *file, const char *path, const uint8_t *bytes,
                             size_t size, const osarc_label_options *options, osarc_notes *notes,
                             osarc_error *err)
{
    if (osi_nifti_is(bytes, size))
        return read_nifti(file, bytes, size, err);
    osi_kind kind = OSI_KIND_NO_IMAGE;
    osarc_status status = find_kind(&kind, bytes, size, err);
    if (status)
        return status;
    if (kind == OSI_KIND_SEGMENTATION)
        return read_seg(file, bytes, size, options, notes, err);
    if (kind == OSI_KIND_CONTOURS)
        return read_structures(file, path, bytes, size, options, notes, err);
    return osi_fail(err, OSARC_ERR_FORMAT,
                    "a DICOM file, but neither a segmentation nor a structure set");
}

osarc_status osarc_label_file_read(osarc_label_file **out, const char *path,
                                   const osarc_label_options *options, osarc_notes *notes,
                                   osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    if (!path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a label file needs a path");
    if (options && options->fraction != 0 && !(options->fraction > 0 && options->fraction <= 1))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "fraction is %g, over 0 to 1 allowed",
                        options->fraction);
    uint8_t *bytes = NULL;
    size_t size = 0;
    osarc_status status = osi_file_read(&bytes, &size, path, OSI_LABEL_FILE_LIMIT, err);
    if (status)
        return status;
    osarc_label_file *file = osi_alloc(1, sizeof(*file), err);
    status = file ? read_any(file, path, bytes, size, options, notes, err) : OSARC_ERR_MEMORY;
    osi_free(bytes);
    if (status) {
        osarc_label_file_free(file);
        return status;
    }
    *out = file;
    return OSARC_OK;
}
