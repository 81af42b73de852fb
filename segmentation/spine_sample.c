/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine_sample.h"

#include <math.h>

void sampler_make(sampler *s, const osarc_image *image, const osarc_mask *tissue)
{
    s->stored = osarc_image_stored(image);
    s->tissue = osarc_mask_labels(tissue);
    s->grid = *osarc_image_grid(image);
    s->step = osarc_image_step(image);
    s->offset = osarc_image_offset(image);
    for (int a = 0; a < 3; a++)
        for (int c = 0; c < 3; c++)
            s->to_index[a][c] = s->grid.direction[a][c] / s->grid.spacing_mm[a];
}

static void find_index(const sampler *s, const double lps_mm[3], double ijk[3])
{
    const double d[3] = {lps_mm[0] - s->grid.origin_mm[0], lps_mm[1] - s->grid.origin_mm[1],
                         lps_mm[2] - s->grid.origin_mm[2]};
    for (int a = 0; a < 3; a++)
        ijk[a] = s->to_index[a][0] * d[0] + s->to_index[a][1] * d[1] + s->to_index[a][2] * d[2];
}

size_t sample_nearest(const sampler *s, const double lps_mm[3])
{
    double ijk[3];
    size_t at[3];
    find_index(s, lps_mm, ijk);
    for (int a = 0; a < 3; a++) {
        double near = ijk[a] + 0.5;
        if (!(near >= 0 && near < (double) s->grid.size[a]))
            return SIZE_MAX;
        at[a] = (size_t) near;
    }
    return (at[2] * s->grid.size[1] + at[1]) * s->grid.size[0] + at[0];
}

double sample_hu(const sampler *s, const double lps_mm[3])
{
    double ijk[3];
    double share[3];
    size_t low[3];
    size_t step[3] = {1, s->grid.size[0], s->grid.size[0] * s->grid.size[1]};
    find_index(s, lps_mm, ijk);
    for (int a = 0; a < 3; a++) {
        double last = (double) s->grid.size[a] - 1;
        if (!(ijk[a] >= -0.5 && ijk[a] <= last + 0.5))
            return NAN;
        double at = fmin(fmax(ijk[a], 0), last);
        low[a] = at >= last && last >= 1 ? (size_t) last - 1 : (size_t) at;
        share[a] = at - (double) low[a];
        if (last < 1)
            step[a] = 0;
    }
    const int16_t *v =
        s->stored + low[2] * s->grid.size[0] * s->grid.size[1] + low[1] * s->grid.size[0] + low[0];
    double sum = 0;
    for (unsigned corner = 0; corner < 8; corner++) {
        double weight = (corner & 1 ? share[0] : 1 - share[0]) *
                        (corner & 2 ? share[1] : 1 - share[1]) *
                        (corner & 4 ? share[2] : 1 - share[2]);
        int16_t value =
            v[(corner & 1 ? step[0] : 0) + (corner & 2 ? step[1] : 0) + (corner & 4 ? step[2] : 0)];
        if (value == OSARC_OUTSIDE && weight > 0)
            return NAN;
        sum += weight * value;
    }
    return sum * s->step + s->offset;
}
