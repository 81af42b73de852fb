/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "femur_parts.h"

#include <math.h>

#include <osi/alloc.h>
#include <osi/threads.h>

#include "femur_limits.h"

static int is_bone(uint8_t label)
{
    return label == OSARC_TISSUE_COMPACT_BONE || label == OSARC_TISSUE_TRABECULAR_BONE ||
           label == OSARC_TISSUE_METAL;
}

/* Widens the box by the bone of one slice of the image. */
static void find_slice(size_t first[3], size_t last[3], const sampler *s, size_t z)
{
    const size_t *size = s->grid.size;
    const uint8_t *label = s->tissue + z * size[0] * size[1];
    for (size_t y = 0; y < size[1]; y++, label += size[0]) {
        size_t from = 0;
        size_t to = size[0];
        while (from < to && !is_bone(label[from]))
            from++;
        while (to > from && !is_bone(label[to - 1]))
            to--;
        if (from == to)
            continue;
        const size_t at[3] = {from, y, z};
        const size_t end[3] = {to - 1, y, z};
        for (int a = 0; a < 3; a++) {
            first[a] = at[a] < first[a] ? at[a] : first[a];
            last[a] = end[a] > last[a] ? end[a] : last[a];
        }
    }
}

/* 0 when there is no bone. Only the box's corners are asked for their place. */
static int find_box(double low[3], double high[3], const sampler *s, int threads)
{
    size_t first[3] = {SIZE_MAX, SIZE_MAX, SIZE_MAX};
    size_t last[3] = {0, 0, 0};
#pragma omp parallel num_threads(osi_threads(threads))
    {
        size_t f[3] = {SIZE_MAX, SIZE_MAX, SIZE_MAX};
        size_t l[3] = {0, 0, 0};
#pragma omp for schedule(static)
        for (size_t z = 0; z < s->grid.size[2]; z++)
            find_slice(f, l, s, z);
#pragma omp critical(femur_box)
        for (int a = 0; a < 3; a++) {
            first[a] = f[a] < first[a] ? f[a] : first[a];
            last[a] = l[a] > last[a] ? l[a] : last[a];
        }
    }
    for (int a = 0; a < 3; a++) {
        low[a] = INFINITY;
        high[a] = -INFINITY;
    }
    if (first[0] == SIZE_MAX)
        return 0;
    for (unsigned corner = 0; corner < 8; corner++) {
        double ijk[3];
        double p[3];
        for (int a = 0; a < 3; a++)
            ijk[a] = (double) (corner >> a & 1 ? last[a] : first[a]);
        osarc_grid_position_mm(&s->grid, ijk, p);
        for (int a = 0; a < 3; a++) {
            low[a] = fmin(low[a], p[a]);
            high[a] = fmax(high[a], p[a]);
        }
    }
    return 1;
}

static void fill_row(femur_grid *g, const sampler *s, size_t row)
{
    const size_t slice = row / g->size[1];
    double p[3] = {0, g->origin_mm[1] + g->mm * (double) (row % g->size[1]),
                   g->origin_mm[2] + g->mm * (double) slice};
    for (size_t x = 0; x < g->size[0]; x++) {
        size_t at = row * g->size[0] + x;
        p[0] = g->origin_mm[0] + g->mm * (double) x;
        size_t voxel = sample_nearest(s, p);
        uint8_t label = voxel == SIZE_MAX ? 0 : s->tissue[voxel];
        if (voxel == SIZE_MAX || s->stored[voxel] == OSARC_OUTSIDE)
            g->bone[at] = FEMUR_OUT;
        else if (label == OSARC_TISSUE_METAL)
            g->bone[at] = FEMUR_METAL;
        else
            g->bone[at] = is_bone(label) ? FEMUR_BONE : FEMUR_SOFT;
        if (g->hu) {
            double hu = g->bone[at] >= FEMUR_BONE ? sample_hu(s, p) : LOW_HU;
            g->hu[at] = (float) (isnan(hu) ? LOW_HU : fmin(fmax(hu, LOW_HU), HIGH_HU));
        }
    }
}

static osarc_status make(femur_grid *g, const sampler *s, double mm, const double low[3],
                         const double high[3], int has_hu, int threads, osarc_error *err)
{
    *g = (femur_grid){.mm = mm};
    for (int a = 0; a < 3; a++) {
        g->origin_mm[a] = low[a];
        g->size[a] = (size_t) ((high[a] - low[a]) / mm) + 1;
    }
    size_t count = femur_count(g);
    g->bone = osi_alloc_raw(count, 1, err);
    g->hu = has_hu ? osi_alloc_raw(count, sizeof(*g->hu), err) : NULL;
    if (!g->bone || (has_hu && !g->hu))
        return OSARC_ERR_MEMORY;
    size_t rows = g->size[1] * g->size[2];
#pragma omp parallel for schedule(static) num_threads(osi_threads(threads))
    for (size_t row = 0; row < rows; row++)
        fill_row(g, s, row);
    return OSARC_OK;
}

osarc_status femur_grid_all(femur_grid *g, const sampler *s, double mm, int threads,
                            osarc_error *err)
{
    double low[3];
    double high[3];
    *g = (femur_grid){.mm = mm};
    if (!find_box(low, high, s, threads))
        return OSARC_OK;
    for (int a = 0; a < 3; a++) {
        low[a] -= 4 * mm;
        high[a] += 4 * mm;
    }
    return make(g, s, mm, low, high, 0, threads, err);
}

osarc_status femur_grid_box(femur_grid *g, const sampler *s, double mm, const double low[3],
                            const double high[3], int threads, osarc_error *err)
{
    return make(g, s, mm, low, high, 1, threads, err);
}

void femur_grid_free(femur_grid *g)
{
    osi_free(g->hu);
    osi_free(g->bone);
    *g = (femur_grid){0};
}

void femur_place(const femur_grid *g, size_t cell, double lps_mm[3])
{
    const size_t at[3] = {cell % g->size[0], cell / g->size[0] % g->size[1],
                          cell / (g->size[0] * g->size[1])};
    for (int a = 0; a < 3; a++)
        lps_mm[a] = g->origin_mm[a] + g->mm * (double) at[a];
}

size_t femur_cell_at(const femur_grid *g, const double lps_mm[3])
{
    size_t at[3];
    for (int a = 0; a < 3; a++) {
        double near = (lps_mm[a] - g->origin_mm[a]) / g->mm + 0.5;
        if (!(near >= 0 && near < (double) g->size[a]))
            return SIZE_MAX;
        at[a] = (size_t) near;
    }
    return femur_cell(g, at[0], at[1], at[2]);
}
