/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load.h"

#include <osi/alloc.h>

#include "frame_read.h"
#include "tilt.h"

/* Room of one thread. */
typedef struct worker {
    osi_loaded loaded;
    osi_block raw;
    osi_block slice;
} worker;

static void free_worker(worker *w)
{
    osi_loaded_free(&w->loaded);
    osi_free(w->raw.data);
    osi_free(w->slice.data);
}

const osi_frame *osi_slice_frame(const osi_loader *l, size_t slice)
{
    return &l->catalogue->frames[l->stack->members[slice]];
}

osi_file *osi_slice_file(const osi_loader *l, size_t slice)
{
    return l->catalogue->files.items[osi_slice_frame(l, slice)->file];
}

static void tell_progress(osi_loader *l)
{
    if (!l->options || !l->options->progress)
        return;
#pragma omp critical(osi_scan_progress)
    l->options->progress(l->options->payload, "reading",
                         (double) ++l->done / (double) l->stack->used);
}

/* Pixels of one slice into their place, moved within the plane where the stack is tilted. */
static osarc_status place_slice(osi_loader *l, worker *w, const osi_loaded *loaded, size_t slice,
                                osi_hu_counts *counts, osarc_error *err)
{
    const osi_frame *frame = osi_slice_frame(l, slice);
    const osi_file *file = osi_slice_file(l, slice);
    const osi_stack *stack = l->stack;
    const uint8_t *raw = NULL;
    osarc_status status = osi_loaded_frame(&raw, &w->raw, loaded, file, frame->number, err);
    if (status)
        return status;
    size_t count = (size_t) frame->rows * frame->columns;
    const size_t *size = stack->grid.size;
    int16_t *out = l->out + slice * size[0] * size[1];
    if (stack->shift[0] == 0 && stack->shift[1] == 0) {
        osi_hu_convert(out, raw, count, &file->header->pixels, frame, &l->scale, counts);
        return OSARC_OK;
    }
    status = osi_block_need(&w->slice, count * sizeof(int16_t), err);
    if (status)
        return status;
    int16_t *straight = (int16_t *) (void *) w->slice.data;
    osi_hu_convert(straight, raw, count, &file->header->pixels, frame, &l->scale, counts);
    osi_slice_shift(out, (osi_plane){size[0], size[1]}, straight,
                    (osi_plane){frame->columns, frame->rows},
                    (double) stack->first_column - (double) slice * stack->shift[0],
                    (double) stack->first_row - (double) slice * stack->shift[1]);
    return OSARC_OK;
}

static void read_slice(osi_loader *l, worker *w, const osi_loaded *loaded, size_t slice)
{
    osi_slice_result *result = &l->results[slice];
    if (!loaded) {
        loaded = &w->loaded;
        result->status = osi_loaded_read(&w->loaded, osi_slice_file(l, slice), &result->why);
    }
    if (!result->status)
        result->status = place_slice(l, w, loaded, slice, &result->counts, &result->why);
    tell_progress(l);
}

/* A file a slice: each thread reads, digests and decodes its own. */
static void read_single_frames(osi_loader *l)
{
    long count = (long) l->stack->used;
#pragma omp parallel num_threads(l->threads)
    {
        worker w = {.raw = {NULL, 0}};
#pragma omp for schedule(dynamic, 1)
        for (long i = 0; i < count; i++)
            read_slice(l, &w, NULL, (size_t) i);
        free_worker(&w);
    }
}

/* Many slices a file, compressed: the file is read once, its slices are decoded in parallel. */
static void read_multi_frames(osi_loader *l, osi_file *file)
{
    osi_loaded loaded = {.size = 0};
    osarc_error why = OSARC_ERROR_INIT;
    osarc_status status = osi_loaded_read(&loaded, file, &why);
    long count = (long) l->stack->used;
#pragma omp parallel num_threads(l->threads)
    {
        worker w = {.raw = {NULL, 0}};
#pragma omp for schedule(dynamic, 1)
        for (long i = 0; i < count; i++) {
            if (osi_slice_file(l, (size_t) i) != file)
                continue;
            l->results[i].status = status;
            l->results[i].why = why;
            if (!status)
                read_slice(l, &w, &loaded, (size_t) i);
        }
        free_worker(&w);
    }
    osi_loaded_free(&loaded);
}

/* Many slices a file, as they are: read into the image itself and turned into HU there. */
static void stream_multi_frames(osi_loader *l, osi_file *file)
{
    const osi_pixels *pixels = &file->header->pixels;
    size_t plane = (size_t) pixels->rows * pixels->columns;
    osarc_error why = OSARC_ERROR_INIT;
    osarc_status status = OSARC_ERR_MEMORY;
    long count = (long) l->stack->used;
    int16_t **place = osi_alloc(pixels->frames, sizeof(*place), &why);
    for (long i = 0; i < count && place; i++)
        if (osi_slice_file(l, (size_t) i) == file)
            place[osi_slice_frame(l, (size_t) i)->number] = l->out + (size_t) i * plane;
    if (place)
        status = osi_frames_stream(file, place, &why);
#pragma omp parallel for schedule(static) num_threads(l->threads)
    for (long i = 0; i < count; i++) {
        if (osi_slice_file(l, (size_t) i) != file)
            continue;
        osi_slice_result *result = &l->results[i];
        int16_t *slice = l->out + (size_t) i * plane;
        result->status = status;
        result->why = why;
        if (!status)
            osi_hu_convert(slice, (const uint8_t *) slice, plane, pixels,
                           osi_slice_frame(l, (size_t) i), &l->scale, &result->counts);
        tell_progress(l);
    }
    osi_free(place);
}

static void read_multi(osi_loader *l, osi_file *file)
{
    int is_tilted = l->stack->shift[0] != 0 || l->stack->shift[1] != 0;
    if (osi_frames_can_stream(file) && !is_tilted)
        stream_multi_frames(l, file);
    else
        read_multi_frames(l, file);
}

void osi_slices_load(osi_loader *l)
{
    int all_single = 1;
    for (size_t i = 0; i < l->stack->used; i++)
        all_single &= osi_slice_file(l, i)->header->pixels.frames == 1;
    if (all_single) {
        read_single_frames(l);
        return;
    }
    for (size_t i = 0; i < l->stack->used; i++) {
        size_t first = 0;
        while (osi_slice_file(l, first) != osi_slice_file(l, i))
            first++;
        if (first == i)
            read_multi(l, osi_slice_file(l, i));
    }
}
