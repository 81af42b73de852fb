/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/nifti.h>
#include <osi/threads.h>

#include "load.h"

/* First and last slice that could be read; slices that could not lie at the ends only. */
static osarc_status find_good(const osi_loader *l, size_t *first_out, size_t *end_out,
                              osarc_error *err)
{
    size_t first = 0;
    size_t end = l->stack->used;
    *first_out = *end_out = 0;
    for (size_t i = 0; i < end; i++) {
        osarc_status status = l->results[i].status;
        /* only damage is a property of the slice; all else may go away */
        if (status && status != OSARC_ERR_FORMAT)
            return osi_fail(err, status, "%s: %s", osi_slice_file(l, i)->name,
                            l->results[i].why.text);
    }
    while (first < end && l->results[first].status)
        first++;
    while (end > first && l->results[end - 1].status)
        end--;
    if (first == end)
        return osi_fail(err, OSARC_ERR_FORMAT, "%s: %s", osi_slice_file(l, 0)->name,
                        l->results[0].why.text);
    for (size_t i = first; i < end; i++)
        if (l->results[i].status)
            return osi_fail(
                err, OSARC_ERR_FORMAT,
                "slice %s inside the series is damaged: %s; an undamaged copy is needed",
                osi_slice_file(l, i)->name, l->results[i].why.text);
    size_t dropped = l->stack->used - (end - first);
    if (!osi_may_drop(dropped, l->stack->used))
        return osi_fail(err, OSARC_ERR_FORMAT, "%zu of %zu slices are damaged, the first is %s: %s",
                        dropped, l->stack->used, osi_slice_file(l, first ? 0 : end)->name,
                        l->results[first ? 0 : end].why.text);
    *first_out = first;
    *end_out = end;
    return OSARC_OK;
}

/* The image without the slices at its ends that could not be read. */
static osarc_status crop(osarc_image **image, size_t first, size_t end, osarc_error *err)
{
    osarc_grid grid = *osarc_image_grid(*image);
    for (int c = 0; c < 3; c++)
        grid.origin_mm[c] += (double) first * grid.spacing_mm[2] * grid.direction[2][c];
    grid.size[2] = end - first;
    osarc_image *cropped = NULL;
    osarc_status status = osarc_image_create(
        &cropped, &grid, OSARC_UNIT_HU, osarc_image_step(*image), osarc_image_offset(*image), err);
    if (status)
        return status;
    size_t plane = grid.size[0] * grid.size[1];
    memcpy(osarc_image_fill(cropped), osarc_image_stored(*image) + first * plane,
           grid.size[2] * plane * sizeof(int16_t));
    osarc_image_free(*image);
    *image = cropped;
    return OSARC_OK;
}

static void mark_dropped(const osi_loader *l, size_t first, size_t end)
{
    for (size_t i = 0; i < l->stack->used; i++) {
        if (i >= first && i < end)
            continue;
        osi_file *file = osi_slice_file(l, i);
        file->view.status = OSARC_ERR_FORMAT;
        snprintf(file->text, sizeof(file->text),
                 "damaged, at an end of its series: left out (%.180s)", l->results[i].why.text);
    }
}

static osarc_status copy_notes(osarc_notes *to, const osarc_notes *from, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < osarc_notes_count(from) && !status; i++) {
        const osarc_note *note = osarc_notes_at(from, i);
        status = osarc_notes_add(to, note->severity, note->code, err, "%s", note->text);
    }
    return status;
}

static osarc_status note_doubts(osarc_notes *notes, unsigned doubts, osarc_error *err)
{
    static const struct {
        unsigned doubt;
        const char *code;
        const char *what;
    } DOUBTS[] = {{OSI_DOUBT_AGE, "age_implausible", "age"},
                  {OSI_DOUBT_HEIGHT, "height_implausible", "height"},
                  {OSI_DOUBT_WEIGHT, "weight_implausible", "weight"}};
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < sizeof(DOUBTS) / sizeof(DOUBTS[0]) && !status; i++)
        if (doubts & DOUBTS[i].doubt)
            status = osarc_notes_add(notes, OSARC_NOTE_WARNING, DOUBTS[i].code, err,
                                     "the header's %s cannot be true and is taken as unknown",
                                     DOUBTS[i].what);
    return status;
}

static osarc_status note_values(const osi_loader *l, osarc_notes *notes, osarc_error *err)
{
    osi_hu_counts counts = {0, 0};
    unsigned doubts = 0;
    int lossy = 0;
    for (size_t i = 0; i < l->stack->used; i++) {
        counts.clamped += l->results[i].counts.clamped;
        counts.outside += l->results[i].counts.outside;
        doubts |= osi_slice_file(l, i)->header->doubts;
        lossy |= osi_slice_file(l, i)->header->pixels.lossy;
    }
    osarc_status status = note_doubts(notes, doubts, err);
    if (!status && lossy)
        status = osarc_notes_add(notes, OSARC_NOTE_WARNING, "lossy_compression", err,
                                 "pixels were compressed with loss: HU are not those the scanner "
                                 "made");
    if (!status && l->scale.is_rounded)
        status =
            osarc_notes_add(notes, OSARC_NOTE_INFO, "hu_rounded", err,
                            "slices have different rescales; HU are rounded to %g", l->scale.step);
    if (!status && counts.clamped)
        status = osarc_notes_add(notes, OSARC_NOTE_INFO, "hu_clamped", err,
                                 "%zu voxels over %g HU (metal) are kept as that", counts.clamped,
                                 INT16_MAX * l->scale.step + l->scale.offset);
    if (!status && counts.outside)
        status = osarc_notes_add(notes, OSARC_NOTE_INFO, "outside_field_of_view", err,
                                 "%zu voxels hold padding, not measurements", counts.outside);
    return status;
}

static osarc_status finish_scan(osarc_scan **out, osi_loader *l, osarc_image **image,
                                const osarc_acquisition *facts, osarc_error *err)
{
    size_t first;
    size_t end;
    osarc_notes *notes = NULL;
    osarc_status status = find_good(l, &first, &end, err);
    size_t dropped = l->stack->used - (end - first);
    if (!status && dropped) {
        mark_dropped(l, first, end);
        status = crop(image, first, end, err);
    }
    if (!status)
        status = osarc_notes_create(&notes, err);
    if (!status)
        status = copy_notes(notes, l->stack->notes, err);
    if (!status && dropped)
        status =
            osarc_notes_add(notes, OSARC_NOTE_WARNING, "damaged_end_dropped", err,
                            "%zu damaged slices at an end of the stack were left out", dropped);
    if (!status)
        status = note_values(l, notes, err);
    if (!status)
        status = osarc_scan_create(out, image, facts, &notes, err);
    osarc_notes_free(notes);
    return status;
}

static osarc_status read_stack(osarc_scan **out, osarc_catalogue *catalogue,
                               const osi_series_row *row, const osarc_read_options *options,
                               osarc_error *err)
{
    const osi_stack *stack = &catalogue->stacks.items[row->stack];
    osi_loader l = {.catalogue = catalogue,
                    .stack = stack,
                    .options = options,
                    .threads = osi_threads(options ? options->threads : 0)};
    osarc_image *image = NULL;
    osarc_status status = OSARC_ERR_MEMORY;
    const osi_frame **frames = osi_alloc(stack->used, sizeof(*frames), err);
    l.results = osi_alloc(stack->used, sizeof(*l.results), err);
    if (!frames || !l.results)
        goto cleanup;
    for (size_t i = 0; i < stack->used; i++)
        frames[i] = osi_slice_frame(&l, i);
    l.scale = osi_scale_choose(frames, stack->used);
    status =
        osarc_image_create(&image, &stack->grid, OSARC_UNIT_HU, l.scale.step, l.scale.offset, err);
    if (status)
        goto cleanup;
    l.out = osarc_image_fill(image);
    osi_slices_load(&l);
    status = finish_scan(out, &l, &image, &row->view.acquisition, err);
cleanup:
    osarc_image_free(image);
    osi_free(frames);
    osi_free(l.results);
    return status;
}

/* The reader refuses values that cannot be HU: a label map has nothing under 0, no air and no fat.
 */
static osarc_status read_nifti(osarc_scan **out, osi_file *file, const osi_series_row *row,
                               const osarc_read_options *options, osarc_error *err)
{
    osi_block block = {NULL, 0};
    osarc_image *image = NULL;
    osarc_notes *notes = NULL;
    osarc_status status = osi_file_load(&block, file, err);
    if (!status)
        status = osi_nifti_read_image(&image, block.data, (size_t) file->view.size_bytes,
                                      options ? options->threads : 0, err);
    if (status == OSARC_ERR_UNIT || status == OSARC_ERR_FORMAT)
        osi_fail_context(err, status, file->name);
    osi_free(block.data);
    if (!status)
        status = osarc_notes_create(&notes, err);
    if (!status)
        status = osarc_notes_add(notes, OSARC_NOTE_WARNING, "no_patient_facts", err,
                                 "NIfTI holds no facts: sex, age, height, kVp, kernel and contrast "
                                 "are unknown");
    if (!status)
        status = osarc_scan_create(out, &image, &row->view.acquisition, &notes, err);
    osarc_image_free(image);
    osarc_notes_free(notes);
    return status;
}

osarc_status osarc_scan_read(osarc_scan **out, osarc_catalogue *catalogue, size_t series,
                             const osarc_read_options *options, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    if (!catalogue)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "catalogue is NULL");
    if (series >= catalogue->row_count)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "series %zu of %zu", series, catalogue->row_count);
    const osi_series_row *row = catalogue->rows[series];
    if (row->view.decision != OSARC_DECISION_USABLE)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "series %zu is not usable: %s", series,
                        row->view.reason);
    if (row->stack == SIZE_MAX)
        return read_nifti(out, catalogue->files.items[row->file], row, options, err);
    return read_stack(out, catalogue, row, options, err);
}
