/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_TEST_SAMPLES_H
#define OSARC_TEST_SAMPLES_H

/* Phantoms to sample tissues in, and copies of them to be spoiled. */

#include <math.h>
#include <string.h>

#include <expect.h>
#include <osarc/density.h>
#include <osarc/phantom.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Vertebrae of the abdomen phantom: 38 mm apart, their middles 21 mm behind the middle of the body.
 */
static const double CENTRES[3][3] = {{0, 21, 38}, {0, 21, 0}, {0, 21, -38}};
static const double BACKS[3][3] = {{0, 1, 0}, {0, 1, 0}, {0, 1, 0}};

static inline osarc_spine_line spine(void)
{
    return (osarc_spine_line){CENTRES, BACKS, 3};
}

static inline osarc_phantom *make(const char *kind, osarc_phantom_options options)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = NULL;
    EXPECT_OK(osarc_phantom_create(&phantom, kind, &options, &err));
    return phantom;
}

static inline osarc_phantom *make_abdomen(void)
{
    return make("abdomen",
                (osarc_phantom_options){
                    .pixel_mm = 2, .slice_mm = 5, .length_mm = 120, .noise_sd_hu = 12, .seed = 5});
}

static inline double material_hu(const osarc_phantom *phantom, const char *material)
{
    for (size_t i = 0; i < osarc_phantom_truth_count(phantom); i++) {
        const osarc_truth *t = osarc_phantom_truth(phantom, i);
        if (strcmp(t->quantity, "material_hu") == 0 && strcmp(t->tissue, material) == 0)
            return t->value;
    }
    cr_assert(0, "no truth for %s", material);
    return NAN;
}

static inline osarc_notes *make_notes(void)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_notes *notes = NULL;
    EXPECT_OK(osarc_notes_create(&notes, &err));
    return notes;
}

static inline int noted(const osarc_notes *notes, const char *code)
{
    for (size_t i = 0; i < osarc_notes_count(notes); i++)
        if (strcmp(osarc_notes_at(notes, i)->code, code) == 0)
            return 1;
    return 0;
}

static inline osarc_tissue_samples sample_tissues(const osarc_image *image,
                                                  const osarc_mask *tissue,
                                                  const osarc_spine_line *line, osarc_notes *notes)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_tissue_samples s;
    EXPECT_OK(osarc_tissue_samples_read(&s, image, tissue, line, notes, 2, &err));
    return s;
}

/* A copy to be spoiled. */
static inline osarc_image *copy_image(const osarc_image *image)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_image *copy = NULL;
    EXPECT_OK(osarc_image_create(&copy, osarc_image_grid(image), OSARC_UNIT_HU,
                                 osarc_image_step(image), osarc_image_offset(image), &err));
    memcpy(osarc_image_fill(copy), osarc_image_stored(image),
           osarc_grid_count(osarc_image_grid(image)) * sizeof(int16_t));
    return copy;
}

static inline osarc_mask *copy_mask(const osarc_mask *mask)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_mask *copy = NULL;
    EXPECT_OK(osarc_mask_create(&copy, osarc_mask_grid(mask), &err));
    memcpy(osarc_mask_fill(copy), osarc_mask_labels(mask), osarc_grid_count(osarc_mask_grid(mask)));
    return copy;
}

/* Sets all voxels within a radius of a line along the body. */
static inline void fill_tube(osarc_image *image, double left_mm, double back_mm, double radius_mm,
                             int hu)
{
    const osarc_grid *grid = osarc_image_grid(image);
    int16_t *stored = osarc_image_fill(image);
    size_t count = osarc_grid_count(grid);
    for (size_t i = 0; i < count; i++) {
        const double ijk[3] = {(double) (i % grid->size[0]),
                               (double) (i / grid->size[0] % grid->size[1]),
                               (double) (i / grid->size[0] / grid->size[1])};
        double at[3];
        osarc_grid_position_mm(grid, ijk, at);
        if (hypot(at[0] - left_mm, at[1] - back_mm) < radius_mm)
            stored[i] = (int16_t) hu;
    }
}

#endif
