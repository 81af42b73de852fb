/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "work.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/threads.h>

#include "limits.h"

/* Room for the ball that rolls outside the wall. */
#define MARGIN_MM (BALL_MM + 4)

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
        size_t at = work_index(w, w->margin[0], y + w->margin[1], k);
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
        w->margin[a] = a == 2 ? 0 : (size_t) ceil(MARGIN_MM / w->mm[a]);
        w->size[a] = (full[a] + w->factor[a] - 1) / w->factor[a] + 2 * w->margin[a];
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

double blend_by_voxel(const work *w, double fine, double coarse)
{
    double voxel_mm = fmax(w->full_mm[0], w->full_mm[1]);
    double t = (voxel_mm - FINE_MM) / (COARSE_MM - FINE_MM);
    return fine + fmax(0, fmin(1, t)) * (coarse - fine);
}

void work_free(work *w)
{
    osi_free(w->hu);
    osi_free(w->flags);
    memset(w, 0, sizeof(*w));
}
