/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of the three kinds a label file is, and its reader. */
#include "label_file.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/file.h>
#include <osi/nifti.h>

#define SEG_CLASS      "1.2.840.10008.5.1.4.1.1.66.4"
#define LABELMAP_CLASS "1.2.840.10008.5.1.4.1.1.66.7"
#define RTSTRUCT_CLASS "1.2.840.10008.5.1.4.1.1.481.3"

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

static osarc_status read_any(osarc_label_file *file, const char *path, const uint8_t *bytes,
                             size_t size, const osarc_label_options *options, osarc_notes *notes,
                             osarc_error *err)
{
    if (osi_nifti_is(bytes, size))
        return read_nifti(file, bytes, size, err);
    char sop_class[OSARC_TEXT_SIZE];
    osarc_status status = osi_sop_class(sop_class, bytes, size, err);
    if (status)
        return status;
    if (!strcmp(sop_class, SEG_CLASS) || !strcmp(sop_class, LABELMAP_CLASS))
        return read_seg(file, bytes, size, options, notes, err);
    if (!strcmp(sop_class, RTSTRUCT_CLASS))
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
