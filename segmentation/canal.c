/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bone_steps.h"

#include <math.h>

#include <osi/alloc.h>
#include <osi/components.h>
#include <osi/fail.h>

#include "limits.h"

/* How many planes without bright bone lie above (or below) each voxel, up to `reach`. */
static void run_up(uint8_t *run, const work *w, const uint8_t *bright, size_t reach, int down)
{
    size_t plane = w->size[0] * w->size[1];
    for (size_t n = 0; n < w->size[2]; n++) {
        size_t k = down ? n : w->size[2] - 1 - n;
        uint8_t *now = run + k * plane;
        const uint8_t *before = down ? now - plane : now + plane;
        for (size_t i = 0; i < plane; i++) {
            size_t gone = n == 0 ? reach : before[i] + (size_t) (before[i] < reach);
            now[i] = (uint8_t) (bright[k * plane + i] ? 0 : gone);
        }
    }
}

/* Per piece of one plane. */
typedef struct piece {
    size_t voxels;
    size_t shaft; /* voxels that see no bone along the body */
    int64_t hu_sum;
    int64_t hu_squares;
    size_t border; /* faces towards bright bone, and those where that is compact */
    size_t compact;
} piece;

static double square(double x)
{
    return x * x;
}

static int clear_plane(const work *w, uint8_t *bone, const uint8_t *bright, const uint8_t *shaft,
                       size_t k)
{
    size_t plane = w->size[0] * w->size[1];
    const size_t size[3] = {w->size[0], w->size[1], 1};
    const size_t at = k * plane;
    size_t any = 0;
    for (size_t i = 0; i < plane; i++)
        any += shaft[at + i];
    if (any == 0)
        return 0;
    uint8_t *inner = osi_alloc_raw(plane, 1, NULL);
    uint32_t *part = osi_alloc_raw(plane, sizeof(*part), NULL);
    uint32_t *whole = osi_alloc_raw(plane, sizeof(*whole), NULL);
    size_t *sizes = NULL;
    size_t *whole_sizes = NULL;
    uint32_t whole_count = 0;
    piece *pieces = NULL;
    uint32_t count = 0;
    int failed = !inner || !part || !whole;
    if (!failed) {
        for (size_t i = 0; i < plane; i++)
            inner[i] = bone[at + i] && !bright[at + i];
        failed =
            osi_components(part, &count, &sizes, inner, size, NULL) != OSARC_OK ||
            osi_components(whole, &whole_count, &whole_sizes, bone + at, size, NULL) != OSARC_OK;
    }
    if (!failed) {
        pieces = osi_alloc((size_t) count + 1, sizeof(*pieces), NULL);
        failed = !pieces;
    }
    if (!failed) {
        for (size_t i = 0; i < plane; i++) {
            piece *p = &pieces[part[i]];
            p->voxels++;
            p->shaft += shaft[at + i];
            p->hu_sum += w->hu[at + i];
            p->hu_squares += (int64_t) w->hu[at + i] * w->hu[at + i];
            if (!part[i])
                continue;
            /* the margin is wider than the two voxels looked at */
            const ptrdiff_t step[4] = {-1, 1, -(ptrdiff_t) size[0], (ptrdiff_t) size[0]};
            for (int n = 0; n < 4; n++) {
                const int16_t *next = w->hu + ((ptrdiff_t) (at + i) + step[n]);
                if (bright[(ptrdiff_t) (at + i) + step[n]]) {
                    p->border++;
                    p->compact += next[0] >= SHAFT_HU || next[step[n]] >= SHAFT_HU;
                }
            }
        }
        for (size_t i = 0; i < plane; i++) {
            const piece *p = &pieces[part[i]];
            double mean = (double) p->hu_sum / (double) p->voxels;
            double variance = (double) p->hu_squares / (double) p->voxels - mean * mean;
            double pixel_cm2 = w->mm[0] * w->mm[1] / 100;
            double cm2 = (double) p->voxels * pixel_cm2;
            double whole_cm2 = (double) whole_sizes[whole[i]] * pixel_cm2;
            int shaft_bone = whole_cm2 <= SHAFT_MAX_CM2 &&
                             (double) p->compact >= SHAFT_COMPACT_SHARE * (double) p->border;
            if (part[i] && !shaft_bone && (double) p->shaft >= CANAL_SHARE * (double) p->voxels &&
                cm2 <= CANAL_MAX_CM2 && mean >= CANAL_LOW_HU &&
                (mean <= CANAL_HIGH_HU || variance <= square(VESSEL_CV * mean)))
                bone[at + i] = 0;
        }
    }
    osi_free(pieces);
    osi_free(whole_sizes);
    osi_free(whole);
    osi_free(sizes);
    osi_free(part);
    osi_free(inner);
    return failed;
}

osarc_status clear_canal(const work *w, uint8_t *bone, const uint8_t *bright, osarc_error *err)
{
    int failed = 0;
    size_t reach = (size_t) fmin(250, floor(MARROW_RADIUS_MM / w->mm[2]));
    if (reach < 1)
        reach = 1;
    uint8_t *up = osi_alloc_raw(w->count, 1, err);
    uint8_t *down = osi_alloc_raw(w->count, 1, err);
    if (!up || !down) {
        osi_free(up);
        osi_free(down);
        return OSARC_ERR_MEMORY;
    }
    run_up(up, w, bright, reach, 0);
    run_up(down, w, bright, reach, 1);
    for (size_t i = 0; i < w->count; i++)
        up[i] = bone[i] && !bright[i] && up[i] == reach && down[i] == reach;
#pragma omp parallel for schedule(dynamic) num_threads(w->threads) reduction(| : failed)
    for (size_t k = 0; k < w->size[2]; k++)
        failed |= clear_plane(w, bone, bright, up, k);
    osi_free(up);
    osi_free(down);
    return failed ? osi_fail(err, OSARC_ERR_MEMORY, "no memory to find the spinal canal")
                  : OSARC_OK;
}
