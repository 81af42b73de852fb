/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "catalogue.h"

#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/threads.h>

#include "frame_read.h"
#include "header.h"
#include "judge.h"

static osarc_status examine_all(osi_files *files, const osarc_read_options *options,
                                osarc_error *err)
{
    osarc_status status = OSARC_OK;
    long count = (long) files->count;
    int threads = osi_threads(options ? options->threads : 0);
#pragma omp parallel for schedule(dynamic, 4) num_threads(threads)
    for (long i = 0; i < count; i++) {
        osarc_error why = OSARC_ERROR_INIT;
        osarc_status one = osi_file_examine(files->items[i], &why);
        if (one) {
#pragma omp critical(osi_catalogue)
            if (!status) {
                status = one;
                osi_fail(err, one, "%s", why.text);
            }
        }
    }
    return status;
}

typedef struct follower {
    osi_files *files;
    const osi_file *dicomdir;
} follower;

static osarc_status add_found(void *payload, const char *path, osarc_error *err)
{
    const follower *f = payload;
    size_t folder = (size_t) (f->dicomdir->name - f->dicomdir->path);
    size_t room = folder + strlen(path) + 1;
    char *joined = osi_alloc(room, 1, err);
    if (!joined)
        return OSARC_ERR_MEMORY;
    snprintf(joined, room, "%.*s%s", (int) folder, f->dicomdir->path, path);
    osarc_status status = osi_files_add_named(f->files, joined, err);
    osi_free(joined);
    return status;
}

/* Files named by DICOMDIRs join the list; most are there already. */
static osarc_status follow_dicomdirs(osi_files *files, const osarc_read_options *options,
                                     osarc_error *err)
{
    size_t before = files->count;
    for (size_t i = 0; i < before; i++) {
        const osi_file *file = files->items[i];
        if (!file->header || file->header->kind != OSI_KIND_DICOMDIR)
            continue;
        follower f = {files, file};
        osarc_error why = OSARC_ERROR_INIT;
        osarc_status status = osi_dicomdir_read(file->head, file->head_size, add_found, &f, &why);
        if (status && status != OSARC_ERR_FORMAT)
            return osi_fail(err, status, "%s: %s", file->name, why.text);
    }
    if (files->count == before)
        return OSARC_OK;
    osi_files_sort(files);
    return examine_all(files, options, err);
}

/* The slices of all files that may make a volume, in one list. */
static osarc_status collect_frames(osarc_catalogue *catalogue, osarc_error *err)
{
    size_t count = 0;
    const osi_files *files = &catalogue->files;
    for (size_t i = 0; i < files->count; i++)
        if (osi_file_has_slices(files->items[i]))
            count += files->items[i]->header->frame_count;
    catalogue->frames = osi_alloc(count, sizeof(*catalogue->frames), err);
    catalogue->fates = osi_alloc(count, sizeof(*catalogue->fates), err);
    if (!catalogue->frames || !catalogue->fates)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < files->count; i++) {
        osi_header *header = files->items[i]->header;
        if (!osi_file_has_slices(files->items[i]))
            continue;
        for (size_t f = 0; f < header->frame_count; f++) {
            osi_frame *frame = &catalogue->frames[catalogue->frame_count++];
            *frame = header->frames[f];
            frame->file = i;
        }
        osi_free(header->frames);
        header->frames = NULL;
    }
    return OSARC_OK;
}

static osarc_status fill(osarc_catalogue *catalogue, const char *const *paths, size_t count,
                         const osarc_read_options *options, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < count && !status; i++)
        status = osi_files_add(&catalogue->files, paths[i], err);
    if (status)
        return status;
    osi_files_sort(&catalogue->files);
    status = examine_all(&catalogue->files, options, err);
    if (!status)
        status = follow_dicomdirs(&catalogue->files, options, err);
    if (!status)
        status = collect_frames(catalogue, err);
    if (!status)
        status =
            osi_stacks_make(&catalogue->stacks, catalogue->fates, catalogue->frames,
                            catalogue->frame_count, osi_frames_same_pixels, &catalogue->files, err);
    if (!status)
        status = osi_rows_make(catalogue, err);
    return status;
}

osarc_status osarc_catalogue_read(osarc_catalogue **out, const char *const *paths, size_t count,
                                  const osarc_read_options *options, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    if (!paths || count == 0)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "no file or folder given");
    for (size_t i = 0; i < count; i++)
        if (!paths[i] || !paths[i][0])
            return osi_fail(err, OSARC_ERR_ARGUMENT, "path %zu is empty", i);
    osarc_catalogue *catalogue = osi_alloc(1, sizeof(*catalogue), err);
    if (!catalogue)
        return OSARC_ERR_MEMORY;
    osarc_status status = fill(catalogue, paths, count, options, err);
    if (status) {
        osarc_catalogue_free(catalogue);
        return status;
    }
    *out = catalogue;
    return OSARC_OK;
}

size_t osarc_catalogue_series_count(const osarc_catalogue *catalogue)
{
    return catalogue->row_count;
}

const osarc_series *osarc_catalogue_series(const osarc_catalogue *catalogue, size_t index)
{
    return index < catalogue->row_count ? &catalogue->rows[index]->view : NULL;
}

size_t osarc_catalogue_input_count(const osarc_catalogue *catalogue)
{
    return catalogue->files.count;
}

const osarc_input *osarc_catalogue_input(const osarc_catalogue *catalogue, size_t index)
{
    return index < catalogue->files.count ? &catalogue->files.items[index]->view : NULL;
}

const osarc_dxa_report *osarc_catalogue_report(const osarc_catalogue *catalogue, size_t index)
{
    if (!catalogue || index >= catalogue->files.count)
        return NULL;
    const osarc_dxa_report *report = &catalogue->files.items[index]->report;
    return report->count ? report : NULL;
}

osarc_status osarc_catalogue_digest(osarc_catalogue *catalogue, const osarc_read_options *options,
                                    osarc_error *err)
{
    if (!catalogue)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "catalogue is NULL");
    osarc_status status = OSARC_OK;
    long count = (long) catalogue->files.count;
    int threads = osi_threads(options ? options->threads : 0);
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
    for (long i = 0; i < count; i++) {
        osi_file *file = catalogue->files.items[i];
        osarc_error why = OSARC_ERROR_INIT;
        if (file->view.status == OSARC_ERR_IO)
            continue;
        osarc_status one = osi_file_digest(file, &why);
        if (one == OSARC_ERR_MEMORY || one == OSARC_ERR_INTERNAL) {
#pragma omp critical(osi_catalogue)
            if (!status) {
                status = one;
                osi_fail(err, one, "%s", why.text);
            }
        } else if (one) {
            osi_file_reject(file, one, "unreadable", why.text);
        }
    }
    return status;
}

const char *osarc_decision_name(osarc_decision decision)
{
    static const char *const NAMES[] = {"usable",     "not_a_volume", "refused",
                                        "unreadable", "dxa_pair",     "dxa_report"};
    size_t index = (size_t) decision;
    return index < sizeof(NAMES) / sizeof(NAMES[0]) ? NAMES[index] : "unknown";
}

void osarc_catalogue_free(osarc_catalogue *catalogue)
{
    if (!catalogue)
        return;
    for (size_t i = 0; i < catalogue->row_count; i++)
        osi_free(catalogue->rows[i]);
    osi_free(catalogue->rows);
    osi_stacks_free(&catalogue->stacks);
    osi_free(catalogue->frames);
    osi_free(catalogue->fates);
    osi_files_free(&catalogue->files);
    osi_free(catalogue);
}
