/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TORSO_HELP_H
#define TORSO_HELP_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <expect.h>
#include <osarc/phantom.h>
#include <osarc/segmentation.h>
#include <osarc/torso.h>

#include "spine_parts.h"

/* The drawn torso: muscle wall 150 x 100 mm round a cavity of 138 x 86 mm, back muscle of
 * 58 x 40 mm at y 42 with vertebrae, all half axes; see the phantom's table. */

typedef struct drawn {
    osarc_phantom *phantom;
    osarc_mask *tissue;
    struct osarc_spine spine; /* only what the torso asks for */
} drawn;

static inline void fill_bodies(drawn *d, const osarc_grid *grid)
{
    uint8_t *body = osarc_mask_fill(d->spine.bodies);
    for (size_t k = 0, i = 0; k < grid->size[2]; k++)
        for (size_t y = 0; y < grid->size[1]; y++)
            for (size_t x = 0; x < grid->size[0]; x++, i++) {
                const double ijk[3] = {(double) x, (double) y, (double) k};
                double lps[3];
                osarc_grid_position_mm(grid, ijk, lps);
                for (int v = -2; v <= 2; v++)
                    if (fabs(lps[2] - 38 * v) < 14 && hypot(lps[0] / 23, (lps[1] - 21) / 17) < 1)
                        body[i] = (uint8_t) (v + 3);
            }
}

static inline drawn draw(const osarc_phantom_options *options)
{
    osarc_error err = OSARC_ERROR_INIT;
    drawn d = {0};
    EXPECT_OK(osarc_phantom_create(&d.phantom, "abdomen", options, &err));
    const osarc_image *image = osarc_phantom_image(d.phantom);
    EXPECT_OK(osarc_segment_tissues(&d.tissue, NULL, image, NULL, NULL, &err));
    EXPECT_OK(osarc_mask_create(&d.spine.bodies, osarc_image_grid(image), &err));
    d.spine.count = 1;
    d.spine.vertebrae[0] = (osarc_vertebra){
        .label = 29, .whole = 1, .centre_mm = {0, 21, 0}, .up = {0, 0, 1}, .back = {0, 1, 0}};
    fill_bodies(&d, osarc_image_grid(image));
    return d;
}

static inline void drop(drawn *d)
{
    osarc_mask_free(d->spine.bodies);
    osarc_mask_free(d->tissue);
    osarc_phantom_free(d->phantom);
}

static inline int in_ellipse(double x, double y, double cx, double cy, double half_x, double half_y)
{
    return hypot((x - cx) / half_x, (y - cy) / half_y) < 1;
}

/* Left out of the comparison: the canal, and the drawn muscle in front of the middle of the body,
 * where no muscle lies in anyone. */
static inline int is_compared(double x, double y)
{
    int canal = fabs(x) < 14 && y > 34 && y < 60;
    int front = in_ellipse(x, y, 0, 42, 59, 41) && y < 21;
    return !canal && !front;
}

/* Muscle as drawn in the plane through the middle of the middle vertebra; see the phantom's table.
 */
static inline int is_muscle(double x, double y)
{
    if (!in_ellipse(x, y, 0, 0, 150, 100))
        return 0;
    if (!in_ellipse(x, y, 0, -2, 138, 86))
        return 1;
    double turn = 20 * M_PI / 180;
    for (int side = -1; side <= 1; side += 2) {
        double u = (x - 32 * side) * cos(turn) + (y - 47) * side * sin(turn);
        double v = -(x - 32 * side) * side * sin(turn) + (y - 47) * cos(turn);
        if (hypot(u / 12, v / 4) < 1)
            return 0;
    }
    double spinous = sqrt(1 - 25.0 / 144);
    return in_ellipse(x, y, 0, 42, 58, 40) && !in_ellipse(x, y, 0, 21, 23, 17) &&
           !in_ellipse(x, y, 0, 53, 16, 12) && !in_ellipse(x, y, 0, 75, 4 * spinous, 6 * spinous);
}

static inline double muscle_truth_cm2(void)
{
    const double step = 0.2;
    size_t count = 0;
    for (double y = -110; y < 110; y += step)
        for (double x = -160; x < 160; x += step)
            count += is_muscle(x, y) && is_compared(x, y);
    return (double) count * step * step / 100;
}

/* Area of a label in the plane next to z 0, as far as it is compared. */
static inline double area_cm2(const osarc_mask *mask, uint8_t label)
{
    const osarc_grid *grid = osarc_mask_grid(mask);
    const double middle[3] = {0, 0, 0};
    double ijk[3];
    osarc_grid_index(grid, middle, ijk);
    size_t k = (size_t) lround(ijk[2]);
    size_t count = 0;
    for (size_t y = 0; y < grid->size[1]; y++)
        for (size_t x = 0; x < grid->size[0]; x++) {
            const double at[3] = {(double) x, (double) y, (double) k};
            double lps[3];
            osarc_grid_position_mm(grid, at, lps);
            size_t i = (k * grid->size[1] + y) * grid->size[0] + x;
            count += osarc_mask_labels(mask)[i] == label && is_compared(lps[0], lps[1]);
        }
    return (double) count * grid->spacing_mm[0] * grid->spacing_mm[1] / 100;
}

#endif
