/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_DXA_DRAWING_H
#define TESTS_DXA_DRAWING_H

/* Maps of bone that tests draw. */

#include <math.h>

#include <expect.h>
#include <osarc/dxa_regions.h>

#define MAP_MOST (900 * 900)

static float map[MAP_MOST];
static osarc_dxa_picture picture;

/* About normal, SD 1. */
static inline double frand(unsigned *state)
{
    double sum = 0;
    for (int i = 0; i < 12; i++) {
        *state = *state * 1664525u + 1013904223u;
        sum += (*state >> 8) / 16777216.0;
    }
    return sum - 6;
}

static inline void start_picture(double width_mm, double height_mm, const double spacing_mm[2])
{
    picture = (osarc_dxa_picture){.bone = map,
                                  .columns = (size_t) lround(width_mm / spacing_mm[0]),
                                  .rows = (size_t) lround(height_mm / spacing_mm[1]),
                                  .spacing_mm = {spacing_mm[0], spacing_mm[1]}};
    cr_assert(picture.columns * picture.rows <= MAP_MOST);
}

/* What a test draws at a place, mm from the upper left corner. */
struct drawing;
typedef double place_drawn(const struct drawing *d, double x, double y);

/* Each pixel is the mean of 4 x 4 places in it. */
static inline double pixel_drawn(const struct drawing *d, place_drawn *at, size_t i, size_t j)
{
    double sum = 0;
    for (int k = 0; k < 16; k++) {
        int line = k / 4;
        double x = ((double) i + (k % 4 + 0.5) / 4) * picture.spacing_mm[0];
        double y = ((double) j + (line + 0.5) / 4) * picture.spacing_mm[1];
        sum += at(d, x, y) / 16;
    }
    return sum;
}

#endif
