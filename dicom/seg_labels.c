/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a SEG object as stored to layers of labels: where frames lie, and what their bits say. */
#include "label_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/grid.h>
#include <osi/order.h>

/* Positions are printed with a few decimals; frames nearer than this lie on one slice. */
#define SAME_SLICE_MM 0.01

/* Frames of one stack may be off it by this share of a pixel, or of the slice distance. */
#define OFF_STACK 0.1

#define SLICES_MAX 65535

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* Distance of each frame's plane along the normal, sorted, doubles dropped. */
static osarc_status find_heights(double **out, size_t *count_out, const osi_seg *seg,
                                 const double normal[3], osarc_error *err)
{
    double *heights = osi_alloc_raw(seg->frame_count, sizeof(*heights), err);
    if (!heights)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < seg->frame_count; i++)
        heights[i] = dot(seg->frames[i].position_mm, normal);
    qsort(heights, seg->frame_count, sizeof(*heights), osi_by_double);
    size_t count = 1;
    for (size_t i = 1; i < seg->frame_count; i++)
        if (heights[i] - heights[count - 1] > SAME_SLICE_MM)
            heights[count++] = heights[i];
    *out = heights;
    *count_out = count;
    return OSARC_OK;
}

/* 1 when all heights lie a whole number of steps over the first. */
static int fits(const double *heights, size_t count, double step)
{
    for (size_t i = 1; i < count; i++) {
        double steps = (heights[i] - heights[0]) / step;
        if (fabs(steps - round(steps)) > OFF_STACK)
            return 0;
    }
    return 1;
}

/* Frames without anything set are left out of a SEG: the smallest gap need not be the distance. */
static osarc_status find_distance(double *out, const osi_seg *seg, const double *heights,
                                  size_t count, osarc_notes *notes, osarc_error *err)
{
    double said = seg->between_mm;
    if (isfinite(said) && said > 0 && fits(heights, count, said)) {
        *out = said;
        return OSARC_OK;
    }
    if (count == 1) {
        *out = isfinite(seg->thickness_mm) && seg->thickness_mm > 0 ? seg->thickness_mm : NAN;
        if (isfinite(*out))
            return OSARC_OK;
        return osi_fail(err, OSARC_ERR_GEOMETRY,
                        "the segmentation has one slice and says neither slice distance nor "
                        "thickness");
    }
    double least = heights[1] - heights[0];
    for (size_t i = 2; i < count; i++)
        least = fmin(least, heights[i] - heights[i - 1]);
    if (!fits(heights, count, least))
        return osi_fail(err, OSARC_ERR_GEOMETRY,
                        "the frames of the segmentation are not evenly spaced: gaps that are not "
                        "multiples of %g mm",
                        least);
    *out = least;
    if (!notes)
        return OSARC_OK;
    return osarc_notes_add(notes, OSARC_NOTE_WARNING, "seg_slice_distance", err,
                           "slice distance of %g mm is taken from the frames: the file states none "
                           "that fits",
                           least);
}

static osarc_status find_grid(osarc_grid *grid, const osi_seg *seg, osarc_notes *notes,
                              osarc_error *err)
{
    double normal[3] = {seg->row[1] * seg->column[2] - seg->row[2] * seg->column[1],
                        seg->row[2] * seg->column[0] - seg->row[0] * seg->column[2],
                        seg->row[0] * seg->column[1] - seg->row[1] * seg->column[0]};
    double *heights = NULL;
    size_t count = 0;
    osarc_status status = find_heights(&heights, &count, seg, normal, err);
    if (status)
        return status;
    double distance = NAN;
    status = find_distance(&distance, seg, heights, count, notes, err);
    double first = heights[0];
    double slices = round((heights[count - 1] - first) / distance) + 1;
    osi_free(heights);
    if (status)
        return status;
    if (!(slices <= SLICES_MAX))
        return osi_fail(err, OSARC_ERR_GEOMETRY, "the segmentation spans %g slices, at most %d",
                        slices, SLICES_MAX);
    *grid = (osarc_grid){.size = {seg->columns, seg->rows, (size_t) slices},
                         .spacing_mm = {seg->spacing_mm[0], seg->spacing_mm[1], distance}};
    for (int c = 0; c < 3; c++) {
        grid->direction[0][c] = seg->row[c];
        grid->direction[1][c] = seg->column[c];
        grid->direction[2][c] = normal[c];
        grid->origin_mm[c] = seg->frames[0].position_mm[c] +
                             (first - dot(seg->frames[0].position_mm, normal)) * normal[c];
    }
    return osi_grid_check(grid, err);
}

/* The slice of a frame; frames must lie over each other. */
static osarc_status find_slice(size_t *out, const osarc_grid *grid, const double position_mm[3],
                               osarc_error *err)
{
    double ijk[3];
    osarc_grid_index(grid, position_mm, ijk);
    if (!(fabs(ijk[0]) <= OFF_STACK) || !(fabs(ijk[1]) <= OFF_STACK) ||
        !(fabs(ijk[2] - round(ijk[2])) <= OFF_STACK) || !(round(ijk[2]) >= 0) ||
        !(round(ijk[2]) < (double) grid->size[2]))
        return osi_fail(err, OSARC_ERR_GEOMETRY,
                        "the frames of the segmentation do not lie over each other");
    *out = (size_t) round(ijk[2]);
    return OSARC_OK;
}

/* The frames of one segment, and room for one of them unpacked. */
typedef struct unpacking {
    const osi_seg *seg;
    const osarc_grid *grid;
    const size_t *frames;
    uint8_t *plane;
    double threshold; /* stored values at or over it belong to the segment */
    long value;       /* label map: the one that belongs */
} unpacking;

static void unpack_bits(uint8_t *plane, const uint8_t *pixels, size_t first, size_t count)
{
    for (size_t i = 0; i < count; i++)
        plane[i] = (uint8_t) (pixels[(first + i) >> 3] >> ((first + i) & 7)) & 1;
}

static void unpack(uint8_t *plane, const unpacking *u, size_t frame)
{
    const osi_seg *seg = u->seg;
    size_t count = seg->rows * seg->columns;
    const uint8_t *pixels = seg->pixels + frame * count * (seg->bits / 8);
    if (seg->bits == 1) {
        unpack_bits(plane, seg->pixels, frame * count, count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        long value = seg->bits == 8 ? pixels[i] : pixels[2 * i] | pixels[2 * i + 1] << 8;
        plane[i] =
            seg->type == OSI_SEG_LABELMAP ? value == u->value : (double) value >= u->threshold;
    }
}

static osarc_status give_plane(osi_plane *out, void *payload, size_t index, osarc_error *err)
{
    unpacking *u = payload;
    size_t frame = u->frames[index];
    unpack(u->plane, u, frame);
    *out = (osi_plane){.bytes = u->plane, .stride = u->seg->columns};
    return find_slice(&out->slice, u->grid, u->seg->frames[frame].position_mm, err);
}

static osarc_status check_once(const unpacking *u, size_t count, uint8_t *seen, osarc_error *err)
{
    memset(seen, 0, u->grid->size[2]);
    for (size_t i = 0; i < count; i++) {
        size_t slice = 0;
        osarc_status status =
            find_slice(&slice, u->grid, u->seg->frames[u->frames[i]].position_mm, err);
        if (status)
            return status;
        if (seen[slice]++)
            return osi_fail(err, OSARC_ERR_FORMAT,
                            "the segmentation has two frames of one segment on one slice");
    }
    return OSARC_OK;
}

static osarc_status add_segments(osarc_label_file *file, const osi_seg *seg, unpacking *u,
                                 size_t *frames, uint8_t *seen, osarc_error *err)
{
    for (size_t s = 0; s < seg->segment_count; s++) {
        size_t count = 0;
        for (size_t i = 0; i < seg->frame_count; i++)
            if (seg->type == OSI_SEG_LABELMAP || seg->frames[i].segment == seg->segments[s].number)
                frames[count++] = i;
        u->value = seg->segments[s].number;
        osarc_status status = check_once(u, count, seen, err);
        if (!status)
            status =
                osi_layers_add(file, (uint8_t) seg->segments[s].number, give_plane, u, count, err);
        if (status)
            return status;
    }
    return OSARC_OK;
}

static osarc_status check_frames(const osi_seg *seg, osarc_error *err)
{
    size_t pixels = seg->rows * seg->columns;
    size_t bits;
    if (__builtin_mul_overflow(pixels * seg->bits, seg->frame_count, &bits) ||
        (bits + 7) / 8 > seg->pixel_bytes)
        return osi_fail(err, OSARC_ERR_FORMAT,
                        "the segmentation has %zu bytes of pixels, %zu frames of %zu x %zu need "
                        "more",
                        seg->pixel_bytes, seg->frame_count, seg->columns, seg->rows);
    for (size_t i = 0; seg->type != OSI_SEG_LABELMAP && i < seg->frame_count; i++) {
        size_t s = 0;
        while (s < seg->segment_count && seg->segments[s].number != seg->frames[i].segment)
            s++;
        if (s == seg->segment_count)
            return osi_fail(err, OSARC_ERR_FORMAT,
                            "frame %zu belongs to segment %ld, which the file does not describe",
                            i + 1, seg->frames[i].segment);
    }
    return OSARC_OK;
}

static osarc_status find_threshold(double *out, const osi_seg *seg, double fraction,
                                   osarc_notes *notes, osarc_error *err)
{
    *out = 1;
    if (seg->type != OSI_SEG_FRACTIONAL)
        return OSARC_OK;
    if (!(fraction > 0))
        return osi_fail(err, OSARC_ERR_UNSUPPORTED,
                        "the segmentation is fractional: a threshold is needed to tell which "
                        "voxels belong to it");
    *out = fraction * seg->largest;
    if (!notes)
        return OSARC_OK;
    return osarc_notes_add(notes, OSARC_NOTE_WARNING, "seg_fractional", err,
                           "fractional segmentation, voxels at or over %g of the largest value "
                           "belong",
                           fraction);
}

osarc_status osi_seg_to_labels(osarc_label_file *file, const osi_seg *seg,
                               const osarc_label_options *options, osarc_notes *notes,
                               osarc_error *err)
{
    unpacking u = {.seg = seg, .grid = &file->grid};
    osarc_status status = check_frames(seg, err);
    if (!status)
        status = find_threshold(&u.threshold, seg, options ? options->fraction : 0, notes, err);
    if (!status)
        status = find_grid(&file->grid, seg, notes, err);
    if (!status)
        status = osi_layers_name(file, seg->segments, seg->segment_count, err);
    if (status)
        return status;
    memcpy(file->frame_of_reference_uid, seg->frame_of_reference_uid, OSARC_TEXT_SIZE);
    size_t *frames = osi_alloc_raw(seg->frame_count, sizeof(*frames), err);
    uint8_t *seen = osi_alloc_raw(file->grid.size[2], 1, err);
    u.plane = osi_alloc_raw(seg->rows * seg->columns, 1, err);
    u.frames = frames;
    status = frames && seen && u.plane ? add_segments(file, seg, &u, frames, seen, err)
                                       : OSARC_ERR_MEMORY;
    osi_free(frames);
    osi_free(seen);
    osi_free(u.plane);
    return status;
}
