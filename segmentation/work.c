/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "work.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/threads.h>

#include "limits.h"

/* Room for the ball that rolls outside the wall. */
#define MARGIN_MM (BALL_MM + 4)

static size_t find_margin(const work *w, int axis)
{
    return (size_t) ceil(MARGIN_MM / w->mm[axis]);
}

static void fill_plane(work *w, const int16_t *stored, double step, double offset, size_t k,
                       int32_t *sums, uint16_t *counts)
{
    size_t nx = (w->full[0] + w->factor[0] - 1) / w->factor[0];
    size_t ny = (w->full[1] + w->factor[1] - 1) / w->factor[1];
    memset(sums, 0, nx * ny * sizeof(*sums));
    memset(counts, 0, nx * ny * sizeof(*counts));
    size_t first = k * w->factor[2];
    size_t last = first + w->factor[2] < w->full[2] ? first + w->factor[2] : w->full[2];
    size_t block = w->factor[0];
    for (size_t z = first; z < last; z++)
        for (size_t y = 0; y < w->full[1]; y++) {
            const int16_t *row = stored + (z * w->full[1] + y) * w->full[0];
            int32_t *sum = sums + y / w->factor[1] * nx;
            uint16_t *count = counts + y / w->factor[1] * nx;
            size_t x = 0;
            for (size_t bx = 0; bx < nx; bx++) {
                size_t end = x + block < w->full[0] ? x + block : w->full[0];
                int32_t s = 0;
                unsigned n = 0;
                for (; x < end; x++)
                    if (row[x] != OSARC_OUTSIDE) {
                        s += row[x];
                        n++;
                    }
                sum[bx] += s;
                count[bx] = (uint16_t) (count[bx] + n);
            }
        }
    for (size_t y = 0; y < ny; y++) {
        size_t at = work_index(w, (size_t) w->shift[0], y + (size_t) w->shift[1], k);
        for (size_t x = 0; x < nx; x++) {
            uint16_t n = counts[y * nx + x];
            if (n == 0)
                continue;
            double mean = (double) sums[y * nx + x] / n * step + offset;
            w->hu[at + x] = (int16_t) lround(fmax(-32000, fmin(32000, mean)));
            w->flags[at + x] = WORK_VIEW;
        }
    }
}

osarc_status work_create(work *w, const int16_t *stored, const osarc_image *image,
                         const size_t full[3], const double full_mm[3], int threads,
                         osarc_error *err)
{
    w->threads = osi_threads(threads);
    w->voxel_cm3 = 1e-3;
    for (int a = 0; a < 3; a++) {
        w->full[a] = full[a];
        w->full_mm[a] = full_mm[a];
        double factor = floor(WORK_MM / full_mm[a] + 0.5);
        w->factor[a] = factor < 1 ? 1 : (size_t) fmin(factor, 64);
        w->mm[a] = full_mm[a] * (double) w->factor[a];
        size_t blocks = (full[a] + w->factor[a] - 1) / w->factor[a];
        size_t margin = a == 2 ? 0 : find_margin(w, a);
        w->size[a] = blocks + 2 * margin;
        if (a < 2) {
            w->shift[a] = (ptrdiff_t) margin;
            w->block_low[a] = 0;
            w->block_high[a] = blocks;
        }
        w->voxel_cm3 *= w->mm[a];
    }
    w->count = w->size[0] * w->size[1] * w->size[2];
    w->hu = osi_alloc_raw(w->count, sizeof(*w->hu), err);
    w->flags = osi_alloc(w->count, 1, err);
    size_t plane = w->size[0] * w->size[1];
    int32_t *sums = osi_alloc((size_t) w->threads * plane, sizeof(*sums), err);
    uint16_t *counts = osi_alloc((size_t) w->threads * plane, sizeof(*counts), err);
    osarc_status status = OSARC_OK;
    if (!w->hu || !w->flags || !sums || !counts) {
        status = OSARC_ERR_MEMORY;
        goto cleanup;
    }
    double step = osarc_image_step(image);
    double offset = osarc_image_offset(image);
    int team = w->threads;
#pragma omp parallel for schedule(static) num_threads(team)
    for (int t = 0; t < team; t++)
        for (size_t k = (size_t) t; k < w->size[2]; k += (size_t) team) {
            int16_t *hu = w->hu + k * plane;
            for (size_t i = 0; i < plane; i++)
                hu[i] = (int16_t) AIR_HU;
            fill_plane(w, stored, step, offset, k, sums + (size_t) t * plane,
                       counts + (size_t) t * plane);
        }
cleanup:
    osi_free(sums);
    osi_free(counts);
    return status;
}

double least_cm3(const work *w, double cm3)
{
    double thickness_cm = (double) w->size[2] * w->mm[2] / 10;
    return cm3 * fmin(1, thickness_cm / cbrt(cm3));
}

double blend_by_voxel(const work *w, double fine_mm, double fine, double coarse)
{
    double voxel_mm = fmax(w->full_mm[0], w->full_mm[1]);
    double t = (voxel_mm - fine_mm) / (COARSE_MM - fine_mm);
    return fine + fmax(0, fmin(1, t)) * (coarse - fine);
}

/* In-plane bounds, both inclusive; low > high when empty. */
typedef struct bounds {
    size_t low[2];
    size_t high[2];
} bounds;

static void widen(bounds *b, size_t x, size_t y)
{
    const size_t at[2] = {x, y};
    for (int a = 0; a < 2; a++) {
        b->low[a] = at[a] < b->low[a] ? at[a] : b->low[a];
        b->high[a] = at[a] > b->high[a] ? at[a] : b->high[a];
    }
}

static osarc_status cut_to(work *w, const bounds *b, osarc_error *err)
{
    size_t size[2] = {b->high[0] + 1 - b->low[0], b->high[1] + 1 - b->low[1]};
    size_t count = size[0] * size[1] * w->size[2];
    int16_t *hu = osi_alloc_raw(count, sizeof(*hu), err);
    uint8_t *flags = osi_alloc_raw(count, 1, err);
    if (!hu || !flags) {
        osi_free(hu);
        osi_free(flags);
        return OSARC_ERR_MEMORY;
    }
#pragma omp parallel for schedule(static) num_threads(w->threads)
    for (size_t k = 0; k < w->size[2]; k++)
        for (size_t y = 0; y < size[1]; y++) {
            size_t from = work_index(w, b->low[0], y + b->low[1], k);
            size_t to = (k * size[1] + y) * size[0];
            memcpy(hu + to, w->hu + from, size[0] * sizeof(*hu));
            memcpy(flags + to, w->flags + from, size[0]);
        }
    osi_free(w->hu);
    osi_free(w->flags);
    w->hu = hu;
    w->flags = flags;
    w->count = count;
    for (int a = 0; a < 2; a++) {
        w->size[a] = size[a];
        w->shift[a] -= (ptrdiff_t) b->low[a];
        if (w->shift[a] < 0)
            w->block_low[a] = (size_t) -w->shift[a];
        size_t end = (size_t) ((ptrdiff_t) size[a] - w->shift[a]);
        w->block_high[a] = end < w->block_high[a] ? end : w->block_high[a];
    }
    return OSARC_OK;
}

osarc_status work_crop(work *w, osarc_error *err)
{
    bounds b = {{w->size[0], w->size[1]}, {0, 0}};
    for (size_t k = 0, i = 0; k < w->size[2]; k++)
        for (size_t y = 0; y < w->size[1]; y++)
            for (size_t x = 0; x < w->size[0]; x++, i++)
                if (w->flags[i] & WORK_BODY)
                    widen(&b, x, y);
    for (int a = 0; a < 2; a++) {
        /* no body in the margin, so there is one round the body */
        b.low[a] -= find_margin(w, a);
        b.high[a] += find_margin(w, a);
    }
    return cut_to(w, &b, err);
}

/* 1 when a square of work voxels is solid throughout: more than a table top or a tube. */
static int is_thick(const work *w, size_t x, size_t y, size_t k, const size_t cell[2])
{
    for (size_t v = y; v < y + cell[1]; v++)
        for (size_t u = x; u < x + cell[0]; u++)
            if (w->hu[work_index(w, u, v, k)] <= BODY_HU)
                return 0;
    return 1;
}

osarc_status work_crop_air(work *w, osarc_error *err)
{
    bounds b = {{w->size[0], w->size[1]}, {0, 0}};
    size_t cell[2];
    for (int a = 0; a < 2; a++)
        cell[a] = (size_t) fmax(1, floor(OPENING_MM / w->mm[a]));
    for (size_t k = 0; k < w->size[2]; k++)
        for (size_t y = 0; y + cell[1] <= w->size[1]; y += cell[1])
            for (size_t x = 0; x + cell[0] <= w->size[0]; x += cell[0])
                if (is_thick(w, x, y, k, cell)) {
                    widen(&b, x, y);
                    widen(&b, x + cell[0] - 1, y + cell[1] - 1);
                }
    if (b.low[0] > b.high[0])
        return OSARC_OK; /* nothing thick: whoever looks for the body says so */
    size_t margin[2];
    for (int a = 0; a < 2; a++) {
        /* the opening that finds the body reaches no farther, and a margin of air stays round it */
        margin[a] = find_margin(w, a);
        size_t more = margin[a] + (size_t) ceil(2 * OPENING_MM / w->mm[a]) + cell[a];
        b.low[a] = b.low[a] > more ? b.low[a] - more : 0;
        b.high[a] = b.high[a] + more < w->size[a] ? b.high[a] + more : w->size[a] - 1;
    }
    osarc_status status = cut_to(w, &b, err);
    if (status)
        return status;
    /* what is left of a table in the margin goes: no body is there */
    for (size_t k = 0, i = 0; k < w->size[2]; k++)
        for (size_t y = 0; y < w->size[1]; y++)
            for (size_t x = 0; x < w->size[0]; x++, i++)
                if (x < margin[0] || x + margin[0] >= w->size[0] || y < margin[1] ||
                    y + margin[1] >= w->size[1])
                    w->hu[i] = (int16_t) AIR_HU;
    return OSARC_OK;
}

void work_free(work *w)
{
    osi_free(w->hu);
    osi_free(w->flags);
    memset(w, 0, sizeof(*w));
}
