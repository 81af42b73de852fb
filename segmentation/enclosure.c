/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bone_steps.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "limits.h"

/*
 * Marrow is told by what surrounds it: from inside a bone, bone is met within a few cm in most of
 * the 26 directions, whatever holes the cortex has. Rays that leave the field of view first say
 * nothing and are left out of the count.
 */

/* State of a ray: voxels since the last event, up to 127; the event was bone, or with EXIT set the
 * edge of view. */
#define EXIT    0x80u
#define NOTHING 0x7Fu

/* The part of the grid that holds bone, and one voxel round it; rays only matter there. */
typedef struct box {
    size_t low[3];
    size_t size[3];
} box;

typedef struct sweep {
    const work *w;
    const uint8_t *bone;
    box b;
    uint8_t *hits;
    uint8_t *misses;
    uint8_t *plane[2]; /* states in this plane and the one before, with a rim of one voxel */
} sweep;

static box find_box(const work *w, const uint8_t *bone)
{
    size_t low[3] = {w->size[0], w->size[1], w->size[2]};
    size_t high[3] = {0, 0, 0};
    for (size_t k = 0, i = 0; k < w->size[2]; k++)
        for (size_t y = 0; y < w->size[1]; y++)
            for (size_t x = 0; x < w->size[0]; x++, i++)
                if (bone[i]) {
                    const size_t at[3] = {x, y, k};
                    for (int a = 0; a < 3; a++) {
                        low[a] = at[a] < low[a] ? at[a] : low[a];
                        high[a] = at[a] > high[a] ? at[a] : high[a];
                    }
                }
    box b = {{0, 0, 0}, {0, 0, 0}};
    for (int a = 0; a < 3; a++) {
        if (low[a] > high[a])
            return b;
        b.low[a] = low[a] ? low[a] - 1 : 0;
        b.size[a] = (high[a] + 2 < w->size[a] ? high[a] + 2 : w->size[a]) - b.low[a];
    }
    return b;
}

static inline uint8_t next_state(uint8_t before, uint8_t bone, uint8_t flags)
{
    unsigned gone = before + (unsigned) ((before & NOTHING) != NOTHING);
    unsigned seen = flags & WORK_VIEW ? gone : EXIT;
    return (uint8_t) (bone ? 0 : seen);
}

static void sweep_direction(sweep *s, const int d[3], unsigned reach)
{
    const work *w = s->w;
    size_t nx = s->b.size[0];
    size_t ny = s->b.size[1];
    size_t nz = s->b.size[2];
    size_t pitch = nx + 2;
    ptrdiff_t back = d[1] * (ptrdiff_t) pitch + d[0];
    int at_end = d[2] > 0 ? s->b.low[2] == 0 : s->b.low[2] + nz == w->size[2];
    memset(s->plane[0], NOTHING, pitch * (ny + 2));
    memset(s->plane[1], d[2] && at_end ? EXIT : NOTHING, pitch * (ny + 2));
    for (size_t n = 0; n < nz; n++) {
        size_t k = s->b.low[2] + (d[2] < 0 ? nz - 1 - n : n);
        uint8_t *now = s->plane[n & 1];
        const uint8_t *source = d[2] ? s->plane[1 - (n & 1)] : now;
        for (size_t m = 0; m < ny; m++) {
            size_t y = d[1] < 0 ? ny - 1 - m : m;
            size_t at = work_index(w, s->b.low[0], s->b.low[1] + y, k);
            size_t first = (y + 1) * pitch + 1;
            uint8_t *row = now + first;
            const uint8_t *from = source + ((ptrdiff_t) first - back);
            const uint8_t *bone = s->bone + at;
            const uint8_t *flags = w->flags + at;
            if (d[1] || d[2])
                for (size_t x = 0; x < nx; x++)
                    row[x] = next_state(from[x], bone[x], flags[x]);
            else if (d[0] > 0)
                for (size_t x = 0; x < nx; x++)
                    row[x] = next_state(row[(ptrdiff_t) x - 1], bone[x], flags[x]);
            else
                for (size_t x = nx; x-- > 0;)
                    row[x] = next_state(row[x + 1], bone[x], flags[x]);
            uint8_t *hits = s->hits + at;
            uint8_t *misses = s->misses + at;
            for (size_t x = 0; x < nx; x++) {
                hits[x] = (uint8_t) (hits[x] + (row[x] <= reach));
                misses[x] = (uint8_t) (misses[x] + ((row[x] & NOTHING) > reach));
            }
        }
    }
}

/* Directions d and -d count apart; number 13 would be (0, 0, 0). */
static void sweep_share(sweep *s, int first, int stride)
{
    for (int number = first; number < 27; number += stride) {
        if (number == 13)
            continue;
        const int d[3] = {number % 3 - 1, number / 3 % 3 - 1, number / 9 - 1};
        double mm = 0;
        for (int a = 0; a < 3; a++)
            mm += d[a] * d[a] * s->w->mm[a] * s->w->mm[a];
        double reach = floor(MARROW_RADIUS_MM / sqrt(mm));
        sweep_direction(s, d, reach < 1 ? 1 : reach > NOTHING - 1 ? NOTHING - 1 : (unsigned) reach);
    }
}

/* One round: voxels enclosed in at least `share` of the directions that tell join the bone. */
static osarc_status enclose(const work *w, uint8_t *bone, double share, osarc_error *err)
{
    box b = find_box(w, bone);
    if (b.size[0] == 0)
        return OSARC_OK;
    size_t rim = (b.size[0] + 2) * (b.size[1] + 2);
    size_t team = (size_t) w->threads;
    uint8_t *counts = osi_alloc(2 * team, w->count, err);
    uint8_t *planes = osi_alloc_raw(2 * team, rim, err);
    osarc_status status = counts && planes ? OSARC_OK : OSARC_ERR_MEMORY;
    if (!status) {
#pragma omp parallel for schedule(static) num_threads(w->threads)
        for (int t = 0; t < w->threads; t++) {
            size_t at = 2 * (size_t) t;
            sweep s = {w,
                       bone,
                       b,
                       counts + at * w->count,
                       counts + (at + 1) * w->count,
                       {planes + at * rim, planes + (at + 1) * rim}};
            sweep_share(&s, t, w->threads);
        }
        /* in a thin slab only directions in plane tell */
        int thin = (double) w->size[2] * w->mm[2] < MARROW_RADIUS_MM;
        int fewest = thin ? MARROW_MIN_RAYS_THIN : MARROW_MIN_RAYS;
        uint8_t need[27][27];
        for (int hits = 0; hits < 27; hits++)
            for (int misses = 0; misses < 27; misses++)
                need[hits][misses] = hits >= fewest && hits >= share * (hits + misses) - 1e-9;
        for (size_t k = b.low[2]; k < b.low[2] + b.size[2]; k++)
            for (size_t y = b.low[1]; y < b.low[1] + b.size[1]; y++) {
                size_t at = work_index(w, b.low[0], y, k);
                for (size_t x = at; x < at + b.size[0]; x++) {
                    unsigned hits = 0;
                    unsigned misses = 0;
                    for (size_t t = 0; t < team; t++) {
                        hits += counts[2 * t * w->count + x];
                        misses += counts[(2 * t + 1) * w->count + x];
                    }
                    if (!bone[x] && need[hits][misses] && w->hu[x] >= MARROW_LOW_HU &&
                        (w->flags[x] & WORK_BODY))
                        bone[x] = 1;
                }
            }
    }
    osi_free(planes);
    osi_free(counts);
    return status;
}

osarc_status fill_marrow(work *w, uint8_t *bone, osarc_error *err)
{
    double share = blend_by_voxel(w, THIN_MM, MARROW_SHARE, MARROW_SHARE_COARSE);
    osarc_status status = enclose(w, bone, share, err);
    return status ? status : enclose(w, bone, share + MARROW_SHARE_AGAIN, err);
}
