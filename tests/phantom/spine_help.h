/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_PHANTOM_SPINE_HELP_H
#define TESTS_PHANTOM_SPINE_HELP_H

/* Spine phantoms and what is read in them. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <expect.h>
#include <osarc/attenuation.h>
#include <osarc/vertebra.h>

#include "parts.h"

/* Around L3 alone, and from T12 to L5. */
#define ONE_LEVEL .pixel_mm = 1.5, .slice_mm = 1.5, .length_mm = 45, .centre_z_mm = 1e-9
#define COARSE    .pixel_mm = 3, .slice_mm = 4

static inline osarc_phantom *make(osarc_phantom_options options)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = NULL;
    EXPECT_OK(osarc_phantom_create(&phantom, "spine", &options, &err));
    return phantom;
}

static inline const osarc_phantom_level *level_of(const osarc_phantom *phantom, const char *name)
{
    for (size_t i = 0; i < osarc_phantom_level_count(phantom); i++)
        if (strcmp(osarc_phantom_level_at(phantom, i)->name, name) == 0)
            return osarc_phantom_level_at(phantom, i);
    return NULL;
}

typedef struct region {
    double centre_mm[3];
    double axes[3][3];
    double half_mm[3]; /* of the box whose voxels count; the first two of an ellipse */
} region;

static inline double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* Mean of what is stored, and how many voxels. */
static inline double mean_in(const osarc_image *image, const region *where, double *count_out)
{
    const osarc_grid *g = osarc_image_grid(image);
    double sum = 0;
    double count = 0;
    for (size_t i = 0; i < osarc_grid_count(g); i++) {
        const double at[3] = {(double) (i % g->size[0]), (double) (i / g->size[0] % g->size[1]),
                              (double) (i / g->size[0] / g->size[1])};
        double p[3];
        double own[3];
        osarc_grid_position_mm(g, at, p);
        for (int c = 0; c < 3; c++)
            p[c] -= where->centre_mm[c];
        for (int a = 0; a < 3; a++)
            own[a] = dot(p, where->axes[a]) / where->half_mm[a];
        if (own[0] * own[0] + own[1] * own[1] > 1 || fabs(own[2]) > 1)
            continue;
        sum += osarc_image_value(image, i);
        count++;
    }
    if (count_out)
        *count_out = count;
    return sum / count;
}

/* Well inside the shell of any level, away from cement and screws. */
static inline region core_of(const osarc_phantom_level *level)
{
    region r = {.half_mm = {11, 8, 6}};
    memcpy(r.centre_mm, level->centre_mm, sizeof(r.centre_mm));
    memcpy(r.axes[1], level->back, sizeof(r.axes[1]));
    memcpy(r.axes[2], level->up, sizeof(r.axes[2]));
    for (int c = 0; c < 3; c++)
        r.axes[0][c] = level->back[(c + 1) % 3] * level->up[(c + 2) % 3] -
                       level->back[(c + 2) % 3] * level->up[(c + 1) % 3];
    return r;
}

/* Rounding at random spreads by half a HU at most: five standard errors of the mean. */
static inline void expect_level_hu(const osarc_phantom *phantom, const osarc_phantom_level *level)
{
    double count = 0;
    region core = core_of(level);
    double mean = mean_in(osarc_phantom_image(phantom), &core, &count);
    cr_expect(gt(dbl, count, 100));
    cr_expect(epsilon_eq(dbl, mean, level->hu, 5 * 0.5 / sqrt(count)), "%s", level->name);
}

static inline size_t count_label(const osarc_mask *mask, uint8_t label)
{
    uint64_t counts[256];
    osarc_mask_counts(mask, counts);
    return (size_t) counts[label];
}

/* Solids and levels without a picture of them. */
static inline const osi_scene *make_scene(osarc_phantom_options options)
{
    static osi_scene scene;
    osarc_error err = OSARC_ERROR_INIT;
    options.kvp = 120;
    options.length_mm = osi_kind_spine.length_mm + osi_spine_extra_mm(&options);
    options.centre_z_mm = osi_kind_spine.centre_z_mm + osi_spine_extra_mm(&options) / 2;
    EXPECT_OK(osi_spine_fill_defaults(&options, &err));
    osi_scene_make(&scene, &osi_kind_spine, &options);
    return &scene;
}

#endif
