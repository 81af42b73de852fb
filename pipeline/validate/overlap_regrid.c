/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "overlap_measure.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/threads.h>

/* Where voxel centres lie exactly between two others, rounding noise must not decide. */
#define TIE_SLACK 1e-6

/* Offsets and steps that are whole to this many voxels over the whole grid coincide. */
#define COINCIDE_VOXELS 1e-2

/* From voxel indices of one grid to those of another: origin + i * step[0] + j * step[1] + ... */
typedef struct path {
    double origin[3];
    double step[3][3];
} path;

static void find_path(path *out, const osarc_grid *from, const osarc_grid *to)
{
    double lps[3];
    osarc_grid_position_mm(from, (const double[3]){0, 0, 0}, lps);
    osarc_grid_index(to, lps, out->origin);
    for (int axis = 0; axis < 3; axis++) {
        double unit[3] = {0, 0, 0};
        double index[3];
        unit[axis] = 1;
        osarc_grid_position_mm(from, unit, lps);
        osarc_grid_index(to, lps, index);
        for (int c = 0; c < 3; c++)
            out->step[axis][c] = index[c] - out->origin[c];
    }
}

/* 1 when every voxel of `from` falls on the centre of one of `to`'s lattice. */
static int coincides(const path *p, const osarc_grid *from)
{
    for (int c = 0; c < 3; c++) {
        if (fabs(p->origin[c] - round(p->origin[c])) > COINCIDE_VOXELS)
            return 0;
        for (int axis = 0; axis < 3; axis++) {
            double off = fabs(p->step[axis][c] - round(p->step[axis][c]));
            if (off * (double) from->size[axis] > COINCIDE_VOXELS || fabs(p->step[axis][c]) > 1.5)
                return 0;
        }
    }
    return 1;
}

/* Index in memory of the voxel nearest to a position along the path; SIZE_MAX outside. */
static size_t nearest(const path *p, const osarc_grid *to, size_t i, size_t j, size_t k)
{
    size_t at[3];
    for (int c = 0; c < 3; c++) {
        double where = p->origin[c] + (double) i * p->step[0][c] + (double) j * p->step[1][c] +
                       (double) k * p->step[2][c];
        double whole = floor(where + 0.5 + TIE_SLACK);
        if (!(whole >= 0) || whole >= (double) to->size[c])
            return SIZE_MAX;
        at[c] = (size_t) whole;
    }
    return (at[2] * to->size[1] + at[1]) * to->size[0] + at[0];
}

static void carry_slice(uint8_t *out, uint64_t uncovered[256], const path *p,
                        const osarc_mask *test, const osarc_mask *const *reference, size_t layers,
                        size_t z)
{
    const osarc_grid *grid = osarc_mask_grid(reference[0]);
    const osarc_grid *to = osarc_mask_grid(test);
    const uint8_t *labels = osarc_mask_labels(test);
    size_t i = z * grid->size[1] * grid->size[0];
    for (size_t y = 0; y < grid->size[1]; y++)
        for (size_t x = 0; x < grid->size[0]; x++, i++) {
            size_t at = nearest(p, to, x, y, z);
            out[i] = at == SIZE_MAX ? 0 : labels[at];
            for (size_t layer = 0; at == SIZE_MAX && layer < layers; layer++)
                uncovered[osarc_mask_labels(reference[layer])[i]]++;
        }
}

static void count_outside(uint64_t outside[256], const path *p, const osarc_mask *test,
                          const osarc_grid *to, size_t z)
{
    const osarc_grid *grid = osarc_mask_grid(test);
    const uint8_t *labels = osarc_mask_labels(test) + z * grid->size[1] * grid->size[0];
    for (size_t y = 0; y < grid->size[1]; y++)
        for (size_t x = 0; x < grid->size[0]; x++) {
            uint8_t label = labels[y * grid->size[0] + x];
            if (label && nearest(p, to, x, y, z) == SIZE_MAX)
                outside[label]++;
        }
}

static void add_counts(uint64_t to[256], const uint64_t from[256])
{
    for (size_t label = 0; label < 256; label++)
        to[label] += from[label];
}

static void carry(uint8_t *out, osi_regrid *info, const osarc_mask *test,
                  const osarc_mask *const *reference, size_t layers, int threads)
{
    path there;
    path back;
    const osarc_grid *grid = osarc_mask_grid(reference[0]);
    const osarc_grid *to = osarc_mask_grid(test);
    find_path(&there, grid, to);
    find_path(&back, to, grid);
    info->exact = coincides(&there, grid) && coincides(&back, to);
#pragma omp parallel num_threads(osi_threads(threads))
    {
        uint64_t uncovered[256] = {0};
        uint64_t outside[256] = {0};
#pragma omp for schedule(static) nowait
        for (size_t z = 0; z < grid->size[2]; z++)
            carry_slice(out, uncovered, &there, test, reference, layers, z);
#pragma omp for schedule(static)
        for (size_t z = 0; z < to->size[2]; z++)
            count_outside(outside, &back, test, grid, z);
#pragma omp critical(osi_mask_regrid)
        {
            add_counts(info->uncovered, uncovered);
            add_counts(info->outside, outside);
        }
    }
}

static int meets(const osi_regrid *info, const osarc_grid *grid, size_t layers)
{
    uint64_t uncovered = 0;
    for (size_t label = 0; label < 256; label++)
        uncovered += info->uncovered[label];
    return uncovered < osarc_grid_count(grid) * layers;
}

osarc_status osi_mask_regrid(uint8_t **out, osi_regrid *info_out, const osarc_mask *test,
                             const osarc_mask *const *reference, size_t layers, int threads,
                             osarc_error *err)
{
    *info_out = (osi_regrid){0};
    const osarc_grid *grid = osarc_mask_grid(reference[0]);
    *out = osi_alloc_raw(osarc_grid_count(grid), 1, err);
    if (!*out)
        return OSARC_ERR_MEMORY;
    carry(*out, info_out, test, reference, layers, threads);
    if (meets(info_out, grid, layers))
        return OSARC_OK;
    osi_free(*out);
    *out = NULL;
    return osi_fail(err, OSARC_ERR_GEOMETRY,
                    "reference and test do not meet: no voxel of one lies in the other");
}
