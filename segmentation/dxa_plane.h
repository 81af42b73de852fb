/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_DXA_PLANE_H
#define SEGMENTATION_DXA_PLANE_H

#include <osarc/dxa_regions.h>

/* A picture in square cells of a stated size. Cells without a usable pixel read 0. */
typedef struct dxa_plane {
    float *value;
    uint8_t *ok;
    size_t nx, ny;
    double mm;
} dxa_plane;

/* Means over cells; white margins of a display image, flat at the maximum, are not usable. */
osarc_status dxa_plane_make(dxa_plane *out, const osarc_dxa_picture *picture, double mm,
                            osarc_error *err);
void dxa_plane_free(dxa_plane *plane);

/* Mean over a box of whole cells around each, of those that are usable. */
osarc_status dxa_plane_blur(dxa_plane *plane, double across_mm, double down_mm, osarc_error *err);

/* Refuses what is no picture. */
osarc_status dxa_picture_check(const osarc_dxa_picture *picture, osarc_error *err);

static inline double dxa_at(const dxa_plane *p, double x, double y)
{
    if (x < 0 || y < 0 || x > (double) p->nx - 1 || y > (double) p->ny - 1)
        return 0;
    size_t i = (size_t) x < p->nx - 1 ? (size_t) x : p->nx - 2;
    size_t j = (size_t) y < p->ny - 1 ? (size_t) y : p->ny - 2;
    double u = x - (double) i;
    double v = y - (double) j;
    const float *row = p->value + j * p->nx + i;
    return (1 - v) * ((1 - u) * row[0] + u * row[1]) +
           v * ((1 - u) * row[p->nx] + u * row[p->nx + 1]);
}

/* The value that a share of the numbers lies below; sorts them. 0 of none. */
double dxa_quantile(double *numbers, size_t count, double share);

#endif
