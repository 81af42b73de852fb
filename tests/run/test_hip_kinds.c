/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <expect.h>
#include <osarc/measure_hip.h>
#include <osarc/phantom.h>

#include "hip_help.h"

/* Trabecular bone of the phantom's femur, compact bone told from it by a limit as finders do. The
 * lower regions hold the marrow of the shaft as well: the others are even bone. */

#define LIMIT_HU 350

typedef struct scene {
    osarc_phantom *phantom;
    osarc_image *image;
    osarc_mask *codes;
    osarc_calibration calibration;
} scene;

static scene make(double trabecular_mg_cm3, double noise_sd_hu)
{
    scene s = {0};
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_phantom_options options = {.pixel_mm = 1,
                                           .slice_mm = 1,
                                           .length_mm = 130,
                                           .centre_z_mm = -36,
                                           .matrix = 330,
                                           .trabecular_mg_cm3 = trabecular_mg_cm3,
                                           .noise_sd_hu = noise_sd_hu,
                                           .seed = 3};
    EXPECT_OK(osarc_phantom_create(&s.phantom, "hip", &options, &err));
    const osarc_image *from = osarc_phantom_image(s.phantom);
    const osarc_grid *grid = osarc_image_grid(from);
    size_t voxels = osarc_grid_count(grid);
    EXPECT_OK(osarc_image_create(&s.image, grid, OSARC_UNIT_HU, osarc_image_step(from),
                                 osarc_image_offset(from), &err));
    memcpy(osarc_image_fill(s.image), osarc_image_stored(from), voxels * sizeof(int16_t));
    EXPECT_OK(osarc_mask_create(&s.codes, grid, &err));
    int16_t limit = (int16_t) osarc_image_threshold(from, LIMIT_HU);
    for (size_t v = 0; v < voxels; v++)
        if (osarc_mask_labels(osarc_phantom_structures(s.phantom))[v] == OSARC_FEMUR_LEFT)
            osarc_mask_fill(s.codes)[v] =
                (uint8_t) (OSARC_FEMUR_PRESENT |
                           (osarc_image_stored(from)[v] >= limit ? OSARC_FEMUR_COMPACT : 0));
    s.calibration = scale_of(s.phantom);
    return s;
}

static void drop(scene *s)
{
    osarc_phantom_free(s->phantom);
    osarc_image_free(s->image);
    osarc_mask_free(s->codes);
}

static osarc_hip_projection *project(const scene *s, double noise_sd_hu)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_hip_projection *out = NULL;
    const osarc_hip_input in = {.image = s->image,
                                .tissue = osarc_phantom_tissue(s->phantom),
                                .codes = s->codes,
                                .femur = &osarc_phantom_femur_at(s->phantom, 0)->femur,
                                .calibration = &s->calibration,
                                .noise_sd_hu = noise_sd_hu};
    EXPECT_OK(osarc_hip_project(&out, &in, &err));
    return out;
}

/* 0.5: dither of as many HU, averaged over thousands of voxels. */
Test(run_hip_kinds, dense_spongy_bone_is_measured_where_noise_does_not_reach_the_limit)
{
    scene s = make(220, 0);
    osarc_hip_projection *p = project(&s, 0);
    for (int r = 0; r < OSARC_HIP_INTERTROCHANTER; r++)
        cr_expect(epsilon_eq(dbl, p->values[r].trabecular_mg_cm3.value, 220, 0.5));
    osarc_hip_projection_free(p);
    drop(&s);
}

Test(run_hip_kinds, a_mean_that_the_limit_of_compact_bone_cuts_off_is_not_given)
{
    scene s = make(250, 20);
    const double noises[] = {20, NAN}; /* the voxels tell, known or not */
    for (size_t n = 0; n < 2; n++) {
        osarc_hip_projection *p = project(&s, noises[n]);
        for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++) {
            cr_expect(isnan(p->values[r].trabecular_mg_cm3.value));
            cr_expect(isfinite(p->values[r].abmd_g_cm2.value));
            cr_expect(isfinite(p->values[r].compact_mg_cm3.value));
        }
        osarc_hip_projection_free(p);
    }
    drop(&s);
}

/* 1 when there is compact bone in the box of so many voxels either way. */
static int is_near(const osarc_mask *codes, size_t v, size_t reach)
{
    const osarc_grid *grid = osarc_mask_grid(codes);
    const size_t at[3] = {v % grid->size[0], v / grid->size[0] % grid->size[1],
                          v / grid->size[0] / grid->size[1]};
    for (int a = 0; a < 3; a++)
        if (at[a] < reach || at[a] + reach >= grid->size[a])
            return 0;
    for (size_t k = at[2] - reach; k <= at[2] + reach; k++)
        for (size_t j = at[1] - reach; j <= at[1] + reach; j++)
            for (size_t i = at[0] - reach; i <= at[0] + reach; i++)
                if (osarc_mask_labels(codes)[(k * grid->size[1] + j) * grid->size[0] + i] &
                    OSARC_FEMUR_COMPACT)
                    return 1;
    return 0;
}

/* Voxels of 1 mm: one between is nearer than 1.5 mm, two are not. */
Test(run_hip_kinds, spongy_bone_nearer_than_1_5_mm_to_compact_bone_does_not_count)
{
    scene s = make(150, 0);
    int16_t *stored = osarc_image_fill(s.image);
    size_t count = osarc_grid_count(osarc_mask_grid(s.codes));
    size_t changed = 0;
    for (size_t v = 0; v < count; v++)
        if (osarc_mask_labels(s.codes)[v] == OSARC_FEMUR_PRESENT && is_near(s.codes, v, 2)) {
            stored[v] = (int16_t) osarc_image_threshold(s.image, LIMIT_HU - 50);
            changed++;
        }
    cr_assert(gt(sz, changed, 1000));
    osarc_hip_projection *p = project(&s, 0);
    for (int r = 0; r < OSARC_HIP_INTERTROCHANTER; r++)
        cr_expect(epsilon_eq(dbl, p->values[r].trabecular_mg_cm3.value, 150, 0.5));
    osarc_hip_projection_free(p);
    drop(&s);
}

Test(run_hip_kinds, without_a_known_noise_values_stand_and_their_intervals_do_not)
{
    scene s = make(150, 0);
    osarc_hip_projection *p = project(&s, NAN);
    for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++) {
        cr_expect(isfinite(p->values[r].abmd_g_cm2.value));
        cr_expect(isnan(p->values[r].abmd_g_cm2.noise));
        cr_expect(isnan(p->values[r].integral_mg_cm3.noise));
        cr_expect(isnan(p->values[r].trabecular_mg_cm3.noise));
    }
    osarc_hip_projection_free(p);
    drop(&s);
}
