/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine_straight.h"

#include <string.h>

#include <osi/alloc.h>

osarc_status straight_make(straight *out, const spine_line *line, const sampler *s, int threads,
                           osarc_error *err)
{
    size_t count = line->count * STRAIGHT_PLANE;
    out->depth = line->count;
    out->threads = threads;
    out->hu = osi_alloc_raw(count, sizeof(*out->hu), err);
    out->tissue = osi_alloc_raw(count, 1, err);
    if (!out->hu || !out->tissue)
        return OSARC_ERR_MEMORY;
#pragma omp parallel for schedule(dynamic, 4) num_threads(threads)
    for (size_t k = 0; k < line->count; k++) {
        const line_point *p = &line->point[k];
        for (int v = -STRAIGHT_HALF; v <= STRAIGHT_HALF; v++)
            for (int u = -STRAIGHT_HALF; u <= STRAIGHT_HALF; u++) {
                double at[3];
                for (int c = 0; c < 3; c++)
                    at[c] = p->at_mm[c] + STRAIGHT_MM * (u * p->left[c] + v * p->back[c]);
                size_t i = straight_index(k, u, v);
                size_t nearest = sample_nearest(s, at);
                out->hu[i] = (float) sample_hu(s, at);
                out->tissue[i] = nearest == SIZE_MAX ? 0 : s->tissue[nearest];
            }
    }
    return OSARC_OK;
}

void straight_free(straight *s)
{
    osi_free(s->hu);
    osi_free(s->tissue);
    memset(s, 0, sizeof(*s));
}

double straight_hu(const straight *st, double s, double u_mm, double v_mm)
{
    double at[3] = {u_mm / STRAIGHT_MM + STRAIGHT_HALF, v_mm / STRAIGHT_MM + STRAIGHT_HALF, s};
    const size_t size[3] = {STRAIGHT_WIDTH, STRAIGHT_WIDTH, st->depth};
    size_t low[3];
    double share[3];
    for (int a = 0; a < 3; a++) {
        if (!(at[a] >= 0 && at[a] <= (double) size[a] - 1))
            return NAN;
        low[a] = (size_t) at[a];
        if (low[a] + 1 >= size[a])
            low[a] = size[a] - 2;
        share[a] = at[a] - (double) low[a];
    }
    const float *f = st->hu + low[2] * STRAIGHT_PLANE + low[1] * STRAIGHT_WIDTH + low[0];
    double plane[2];
    for (int k = 0; k < 2; k++) {
        const float *g = f + k * STRAIGHT_PLANE;
        double near = g[0] + share[0] * (g[1] - g[0]);
        double far = g[STRAIGHT_WIDTH] + share[0] * (g[STRAIGHT_WIDTH + 1] - g[STRAIGHT_WIDTH]);
        plane[k] = near + share[1] * (far - near);
    }
    return plane[0] + share[2] * (plane[1] - plane[0]);
}
