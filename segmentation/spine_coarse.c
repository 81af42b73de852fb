/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine_coarse.h"

#include <math.h>

#include <osi/alloc.h>

#include "limits.h"
#include "spine_limits.h"

static int is_bone(uint8_t label)
{
    return label == OSARC_TISSUE_COMPACT_BONE || label == OSARC_TISSUE_TRABECULAR_BONE ||
           label == OSARC_TISSUE_METAL;
}

/* First and last index along each axis that holds bone; 0 when there is none. */
static int find_bone_box(const sampler *s, size_t low[3], size_t high[3])
{
    const size_t *size = s->grid.size;
    for (int a = 0; a < 3; a++) {
        low[a] = size[a];
        high[a] = 0;
    }
    for (size_t k = 0; k < size[2]; k++)
        for (size_t j = 0; j < size[1]; j++) {
            const uint8_t *row = s->tissue + (k * size[1] + j) * size[0];
            size_t first = 0;
            while (first < size[0] && !is_bone(row[first]))
                first++;
            if (first == size[0])
                continue;
            size_t last = size[0] - 1;
            while (!is_bone(row[last]))
                last--;
            low[0] = first < low[0] ? first : low[0];
            high[0] = last > high[0] ? last : high[0];
            low[1] = j < low[1] ? j : low[1];
            high[1] = j > high[1] ? j : high[1];
            low[2] = k < low[2] ? k : low[2];
            high[2] = k;
        }
    return low[0] <= high[0];
}

/* Eight points of each cell, so that noise and thin walls are averaged. */
static void fill_row(const coarse *c, const sampler *s, size_t y, size_t z)
{
    for (size_t x = 0; x < c->size[0]; x++) {
        double sum = 0;
        int seen = 0;
        int bone = 0;
        for (int n = 0; n < 8; n++) {
            const double at[3] = {
                c->origin_mm[0] + ((double) x + (n & 1 ? 0.25 : -0.25)) * COARSE_GRID_MM,
                c->origin_mm[1] + ((double) y + (n & 2 ? 0.25 : -0.25)) * COARSE_GRID_MM,
                c->origin_mm[2] + ((double) z + (n & 4 ? 0.25 : -0.25)) * COARSE_GRID_MM};
            size_t i = sample_nearest(s, at);
            if (i == SIZE_MAX || s->stored[i] == OSARC_OUTSIDE)
                continue;
            sum += s->stored[i];
            seen++;
            bone += is_bone(s->tissue[i]);
        }
        size_t i = coarse_index(c, x, y, z);
        double hu = seen ? sum / seen * s->step + s->offset : AIR_HU;
        c->hu[i] = (int16_t) lround(fmax(-32000, fmin(32000, hu)));
        c->bone[i] = seen && 2 * bone >= seen;
        c->ring[i] = c->bone[i] && hu >= RING_HU;
        c->thin[i] = bone >= 2 && hu >= THIN_HU;
    }
}

osarc_status coarse_make(coarse *c, const sampler *s, int threads, osarc_error *err)
{
    size_t low[3];
    size_t high[3];
    double box_low[3] = {HUGE_VAL, HUGE_VAL, HUGE_VAL};
    double box_high[3] = {-HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    c->threads = threads;
    if (!find_bone_box(s, low, high))
        return OSARC_OK;
    for (unsigned corner = 0; corner < 8; corner++) {
        double ijk[3];
        double lps[3];
        for (unsigned a = 0; a < 3; a++)
            ijk[a] = (double) (corner >> a & 1 ? high[a] : low[a]);
        osarc_grid_position_mm(&s->grid, ijk, lps);
        for (int a = 0; a < 3; a++) {
            box_low[a] = fmin(box_low[a], lps[a]);
            box_high[a] = fmax(box_high[a], lps[a]);
        }
    }
    for (int a = 0; a < 3; a++) {
        c->origin_mm[a] = box_low[a];
        c->size[a] = (size_t) floor((box_high[a] - box_low[a]) / COARSE_GRID_MM) + 1;
    }
    size_t count = c->size[0] * c->size[1] * c->size[2];
    c->hu = osi_alloc_raw(count, sizeof(*c->hu), err);
    c->bone = osi_alloc_raw(count, 1, err);
    c->ring = osi_alloc_raw(count, 1, err);
    c->thin = osi_alloc_raw(count, 1, err);
    if (!c->hu || !c->bone || !c->ring || !c->thin)
        return OSARC_ERR_MEMORY;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (size_t z = 0; z < c->size[2]; z++)
        for (size_t y = 0; y < c->size[1]; y++)
            fill_row(c, s, y, z);
    return OSARC_OK;
}

void coarse_free(coarse *c)
{
    osi_free(c->hu);
    osi_free(c->bone);
    osi_free(c->ring);
    osi_free(c->thin);
}
