/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "catalogue.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/nifti.h>

#include "codec.h"
#include "frame_read.h"
#include "header.h"
#include "hologic.h"
#include "sr_read.h"
#include "value.h"

/* Most headers fit; what is longer is read in growing steps. */
#define FIRST_BYTES    ((size_t) 8 << 10)
#define HEADER_LIMIT   ((size_t) 64 << 20)
#define INFLATED_LIMIT ((size_t) 1 << 30)

/* A status that is about this one file, not about us. */
static int is_about_file(osarc_status status)
{
    return status == OSARC_ERR_FORMAT || status == OSARC_ERR_IO || status == OSARC_ERR_UNSUPPORTED;
}

/* Results in a private element of an image, whose header lies in `bytes`. */
static osarc_status examine_results(osi_file *file, const uint8_t *bytes, size_t size,
                                    osarc_error *err)
{
    const osi_header *header = file->header;
    if (!header || !header->results_length || header->results_offset > size ||
        header->results_length > size - header->results_offset)
        return OSARC_OK;
    osarc_status status =
        osi_hologic_read(&file->report, bytes + header->results_offset, header->results_length,
                         osarc_dxa_view_of(header->projection.protocol), err);
    return status ? status : osarc_dxa_report_complete(&file->report, err);
}

static osarc_status examine_deflated(osi_file *file, int fd, size_t offset, osarc_error *err)
{
    osarc_status status = osi_file_head(file, fd, HEADER_LIMIT, err);
    if (status)
        return status;
    uint8_t *inflated = NULL;
    size_t size = 0;
    status = osi_inflate(&inflated, &size, file->head + offset, file->head_size - offset,
                         INFLATED_LIMIT, err);
    if (!status)
        status = osi_header_read_inflated(&file->header, inflated, size, err);
    if (!status)
        status = examine_results(file, inflated, size, err);
    osi_free(inflated);
    return status;
}

static osarc_status examine_dicom(osi_file *file, int fd, osarc_error *err)
{
    size_t offset;
    if (osi_dicom_is_deflated(file->head, file->head_size, &offset))
        return examine_deflated(file, fd, offset, err);
    for (;;) {
        size_t need = 0;
        int whole = file->head_size >= file->view.size_bytes || file->head_size >= HEADER_LIMIT;
        osarc_status status =
            osi_header_read(&file->header, &need, file->head, file->head_size, whole, err);
        if (!status && file->header)
            status = examine_results(file, file->head, file->head_size, err);
        if (status || file->header)
            return status;
        size_t wanted = 4 * file->head_size > need ? 4 * file->head_size : need;
        status = osi_file_head(file, fd, wanted < HEADER_LIMIT ? wanted : HEADER_LIMIT, err);
        if (status)
            return status;
    }
}

/* Bytes of a whole document; inflated when they are not stored as such. */
static osarc_status load_document(uint8_t **out, size_t *size_out, osi_cursor *start,
                                  const osi_file *file, int fd, osarc_error *err)
{
    size_t size = (size_t) file->view.size_bytes;
    uint8_t *bytes = osi_alloc_raw(size, 1, err);
    if (!bytes)
        return OSARC_ERR_MEMORY;
    size_t offset;
    osi_start begin;
    osarc_status status = osi_file_read_at(bytes, file, fd, 0, size, err);
    *start = (osi_cursor){.encoding = {.explicit_vr = 1}};
    if (!status && osi_dicom_is_deflated(bytes, size, &offset)) {
        uint8_t *packed = bytes;
        bytes = NULL;
        status = osi_inflate(&bytes, size_out, packed + offset, size - offset, OSI_SR_LIMIT, err);
        osi_free(packed);
    } else if (!status && osi_start_find(&begin, bytes, size)) {
        *start = (osi_cursor){.at = begin.offset, .encoding = begin.encoding};
        *size_out = size;
    } else if (!status) {
        status = osi_fail(err, OSARC_ERR_FORMAT, "not DICOM");
    }
    if (status) {
        osi_free(bytes);
        return status;
    }
    *out = bytes;
    return OSARC_OK;
}

/* Numbers of densitometry in a structured report; of other documents none. */
static osarc_status examine_report(osi_file *file, int fd, osarc_error *err)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    osi_cursor start;
    if (!osi_sr_is(file->header->sop_class_uid) || file->view.size_bytes > OSI_SR_LIMIT)
        return OSARC_OK;
    osarc_status status = load_document(&bytes, &size, &start, file, fd, err);
    if (!status)
        status = osi_sr_read(&file->report, bytes, size, &start, file->header, err);
    if (!status)
        status = osarc_dxa_report_complete(&file->report, err);
    osi_free(bytes);
    return status;
}

static osarc_status examine_bytes(osi_file *file, int fd, osarc_error *err)
{
    osarc_status status = osi_file_head(file, fd, FIRST_BYTES, err);
    if (status)
        return status;
    if (osi_dicom_is(file->head, file->head_size))
        return examine_dicom(file, fd, err);
    if (osi_nifti_is(file->head, file->head_size)) {
        file->is_nifti = 1;
        file->is_labels = osi_nifti_is_bytes(file->head, file->head_size);
        return osi_nifti_grid(&file->nifti_grid, file->head, file->head_size, err);
    }
    osi_file_reject(file, OSARC_ERR_FORMAT, "not_dicom", "neither DICOM nor NIfTI");
    return OSARC_OK;
}

/* Slices whose pixels the file is too short for. */
static void mark_damaged(osi_file *file)
{
    osi_header *header = file->header;
    const osi_pixels *pixels = &header->pixels;
    for (size_t i = 0; i < header->frame_count; i++) {
        osi_frame *frame = &header->frames[i];
        frame->file_name = file->name;
        frame->damaged = header->truncated || pixels->offset == 0;
        if (pixels->open || frame->damaged)
            continue;
        size_t end = (i + 1) * osi_frame_bytes(pixels);
        size_t there = header->deflated ? header->inflated_size : (size_t) file->view.size_bytes;
        frame->damaged = end > pixels->length || pixels->offset + end > there;
    }
}

osarc_status osi_file_examine(osi_file *file, osarc_error *err)
{
    if (file->is_examined || file->reason)
        return OSARC_OK;
    file->is_examined = 1;
    if (file->view.size_bytes == 0) {
        osi_file_reject(file, OSARC_ERR_FORMAT, "empty", "an empty file");
        return OSARC_OK;
    }
    int fd = osi_file_open(file);
    if (fd < 0)
        return OSARC_OK;
    osarc_error why = OSARC_ERROR_INIT;
    osarc_status status = examine_bytes(file, fd, &why);
    if (!status && file->header)
        status = examine_report(file, fd, &why);
    close(fd);
    if (is_about_file(status)) {
        osarc_dxa_report_free(&file->report);
        osi_file_reject(file, status, status == OSARC_ERR_IO ? "unreadable" : "damaged", why.text);
        return OSARC_OK;
    }
    if (status)
        return osi_fail(err, status, "%s: %s", file->name, why.text);
    if (file->header) {
        mark_damaged(file);
        if (file->header->truncated && file->header->kind == OSI_KIND_NO_IMAGE)
            osi_file_reject(file, OSARC_ERR_FORMAT, "damaged",
                            "DICOM, but its header is cut short");
    }
    return OSARC_OK;
}
