/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contours.h"

#include <math.h>

/* First whole number at or over a value, held within [0, limit]. */
static size_t clamp_up(double value, size_t limit)
{
    double up = ceil(value);
    if (!(up > 0))
        return 0;
    return up < (double) limit ? (size_t) up : limit;
}

static void mark_edge(uint8_t *raster, const size_t size[2], const double *a, const double *b)
{
    const double *low = a[1] < b[1] ? a : b;
    const double *high = a[1] < b[1] ? b : a;
    if (!(low[1] < high[1]))
        return;
    double slope = (high[0] - low[0]) / (high[1] - low[1]);
    /* rows low <= y < high: a row through a corner is crossed once, not twice */
    size_t end = clamp_up(high[1], size[1]);
    for (size_t y = clamp_up(low[1], size[1]); y < end; y++) {
        double x = low[0] + ((double) y - low[1]) * slope;
        raster[y * (size[0] + 1) + clamp_up(x, size[0])] ^= 1;
    }
}

void osi_contour_mark(uint8_t *raster, const size_t size[2], const double *xy, size_t count)
{
    for (size_t i = 0; i < count; i++)
        mark_edge(raster, size, xy + 2 * i, xy + 2 * (i + 1 < count ? i + 1 : 0));
}

void osi_contour_fill(uint8_t *raster, const size_t size[2])
{
    for (size_t y = 0; y < size[1]; y++) {
        uint8_t *row = raster + y * (size[0] + 1);
        uint8_t inside = 0;
        for (size_t x = 0; x < size[0]; x++) {
            inside ^= row[x];
            row[x] = inside;
        }
        row[size[0]] = 0;
    }
}

osi_contour_relation osi_contour_relate(const uint8_t *a, const uint8_t *b, const size_t size[2])
{
    size_t both = 0;
    size_t in_a = 0;
    size_t in_b = 0;
    for (size_t i = 0; i < (size[0] + 1) * size[1]; i++) {
        in_a += a[i];
        in_b += b[i];
        both += a[i] & b[i];
    }
    if (both == 0)
        return OSI_CONTOURS_APART;
    return both == in_a || both == in_b ? OSI_CONTOURS_NESTED : OSI_CONTOURS_CROSS;
}
