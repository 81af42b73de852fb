/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bone_steps.h"

#include <math.h>

#include <osi/alloc.h>
#include <osi/components.h>

#include "limits.h"

/*
 * The spinal canal as a tube through many vertebrae: its voxels see no bright bone a vertebra's
 * height up and down along some line near the body's axis, those of a vertebra's interior meet its
 * end plates. Holds where the wall between the two is lost in the voxels.
 */

#define LINES 5 /* along the axis, and tilted four ways as the curved spine is */

/* Offsets in plane of a line, one for each step along the axis. */
typedef struct lines {
    size_t steps;
    ptrdiff_t *offset[LINES];
} lines;

static osarc_status draw_lines(lines *l, const work *w, osarc_error *err)
{
    static const int WAY[LINES][2] = {{0, 0}, {1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    l->steps = (size_t) fmax(1, floor(MARROW_RADIUS_MM / w->mm[2]));
    l->offset[0] = osi_alloc(LINES * (l->steps + 1), sizeof(**l->offset), err);
    if (!l->offset[0])
        return OSARC_ERR_MEMORY;
    for (size_t n = 0; n < LINES; n++) {
        l->offset[n] = l->offset[0] + n * (l->steps + 1);
        for (size_t s = 0; s <= l->steps; s++) {
            double aside_mm = TUBE_TILT * (double) s * w->mm[2];
            l->offset[n][s] = WAY[n][1] * lround(aside_mm / w->mm[1]) * (ptrdiff_t) w->size[0] +
                              WAY[n][0] * lround(aside_mm / w->mm[0]);
        }
    }
    return OSARC_OK;
}

/* What lies beyond the scan says nothing; the margin in plane is wider than a line goes aside. */
static int sees_no_bone(const lines *l, const work *w, const uint8_t *bright, size_t i, size_t k)
{
    ptrdiff_t plane = (ptrdiff_t) (w->size[0] * w->size[1]);
    for (size_t n = 0; n < LINES; n++) {
        int free_line = 1;
        for (size_t s = 1; free_line && s <= l->steps; s++) {
            ptrdiff_t aside = l->offset[n][s] + (ptrdiff_t) s * plane;
            if (k + s < w->size[2])
                free_line = !bright[(ptrdiff_t) i + aside];
            if (free_line && k >= s)
                free_line = !bright[(ptrdiff_t) i - aside];
        }
        if (free_line)
            return 1;
    }
    return 0;
}

typedef struct tube {
    size_t low, high; /* planes */
    size_t voxels;
    size_t shaft; /* voxels in small sections of bone */
    size_t border, compact;
    int64_t hu_sum, hu_squares;
} tube;

static osarc_status read_plane(tube *tubes, const work *w, const uint8_t *bone,
                               const uint8_t *bright, const uint32_t *part, uint32_t *section,
                               size_t k, osarc_error *err)
{
    size_t plane = w->size[0] * w->size[1];
    size_t at = k * plane;
    const size_t size[3] = {w->size[0], w->size[1], 1};
    const ptrdiff_t step[4] = {-1, 1, -(ptrdiff_t) size[0], (ptrdiff_t) size[0]};
    size_t reach = (size_t) floor(MARROW_RADIUS_MM / 2 / fmax(w->mm[0], w->mm[1]));
    uint32_t count = 0;
    size_t *sizes = NULL;
    size_t any = 0;
    for (size_t i = 0; i < plane; i++)
        any += part[at + i] != 0;
    if (any == 0)
        return OSARC_OK;
    osarc_status status = osi_components(section, &count, &sizes, bone + at, size, err);
    for (size_t i = 0; !status && i < plane; i++) {
        if (!part[at + i])
            continue;
        tube *t = &tubes[part[at + i]];
        int16_t hu = w->hu[at + i];
        if (t->voxels++ == 0)
            t->low = k;
        t->high = k;
        t->hu_sum += hu;
        t->hu_squares += (int64_t) hu * hu;
        t->shaft += (double) sizes[section[i]] * w->mm[0] * w->mm[1] / 100 <= SHAFT_MAX_CM2;
        for (int n = 0; n < 4; n++) {
            ptrdiff_t next = (ptrdiff_t) (at + i) + step[n];
            for (size_t s = 1; s < reach && !bright[next]; s++)
                next += step[n];
            if (!bright[next])
                continue;
            t->border++;
            t->compact += w->hu[next] >= SHAFT_HU || w->hu[next + step[n]] >= SHAFT_HU;
        }
    }
    osi_free(sizes);
    return status;
}

static int is_canal(const tube *t, const work *w)
{
    double n = (double) t->voxels;
    double mean = (double) t->hu_sum / n;
    double variance = (double) t->hu_squares / n - mean * mean;
    int long_bone = 2 * t->shaft >= t->voxels &&
                    (double) t->compact >= SHAFT_COMPACT_SHARE * (double) t->border;
    return (double) (t->high + 1 - t->low) * w->mm[2] >= TUBE_MM && !long_bone &&
           mean >= CANAL_LOW_HU && mean <= CANAL_HIGH_HU && variance <= TUBE_SD_HU * TUBE_SD_HU;
}

/* The tube is thinner than the canal where the spine is curved. */
static void clear_round(const work *w, uint8_t *bone, const uint8_t *bright, size_t i)
{
    ptrdiff_t rx = (ptrdiff_t) floor(TUBE_GROWTH_MM / w->mm[0]);
    ptrdiff_t ry = (ptrdiff_t) floor(TUBE_GROWTH_MM / w->mm[1]);
    for (ptrdiff_t y = -ry; y <= ry; y++)
        for (ptrdiff_t x = -rx; x <= rx; x++) {
            ptrdiff_t at = (ptrdiff_t) i + y * (ptrdiff_t) w->size[0] + x;
            if (hypot((double) x * w->mm[0], (double) y * w->mm[1]) <= TUBE_GROWTH_MM &&
                !bright[at] && w->hu[at] <= TUBE_HIGH_HU)
                bone[at] = 0;
        }
}

osarc_status clear_tube(const work *w, uint8_t *bone, const uint8_t *bright, osarc_error *err)
{
    size_t plane = w->size[0] * w->size[1];
    uint32_t count = 0;
    size_t *sizes = NULL;
    tube *tubes = NULL;
    lines l = {0};
    uint8_t *seen = osi_alloc(w->count, 1, err);
    uint32_t *part = osi_alloc_raw(w->count, sizeof(*part), err);
    uint32_t *section = osi_alloc_raw(plane, sizeof(*section), err);
    osarc_status status = seen && part && section ? draw_lines(&l, w, err) : OSARC_ERR_MEMORY;
    if (status)
        goto cleanup;
#pragma omp parallel for schedule(dynamic) num_threads(w->threads)
    for (size_t k = 0; k < w->size[2]; k++)
        for (size_t i = k * plane; i < (k + 1) * plane; i++)
            if (bone[i] && !bright[i])
                seen[i] = (uint8_t) sees_no_bone(&l, w, bright, i, k);
    status = osi_components(part, &count, &sizes, seen, w->size, err);
    if (status || count == 0)
        goto cleanup;
    tubes = osi_alloc((size_t) count + 1, sizeof(*tubes), err);
    if (!tubes)
        status = OSARC_ERR_MEMORY;
    for (size_t k = 0; !status && k < w->size[2]; k++)
        status = read_plane(tubes, w, bone, bright, part, section, k, err);
    for (size_t i = 0; !status && i < w->count; i++)
        if (part[i] && is_canal(&tubes[part[i]], w))
            clear_round(w, bone, bright, i);
cleanup:
    osi_free(l.offset[0]);
    osi_free(tubes);
    osi_free(sizes);
    osi_free(section);
    osi_free(part);
    osi_free(seen);
    return status;
}
