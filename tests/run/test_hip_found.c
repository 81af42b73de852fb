/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>

#include <expect.h>
#include <osarc/hip.h>
#include <osarc/measure_hip.h>
#include <osarc/phantom.h>
#include <osarc/segmentation.h>

#include "hip_help.h"

/* The phantom's femurs as the program finds them, by the scale of the phantom, against its closed
 * form: what landmarks that are found put on top of the projection. */

static osarc_error err = OSARC_ERROR_INIT;

typedef struct scene {
    osarc_phantom *phantom;
    osarc_mask *tissue;
    osarc_hip *hip;
    osarc_calibration calibration;
} scene;

static scene find(osarc_phantom_options options)
{
    scene s = {0};
    options.matrix = (size_t) (405 / options.pixel_mm); /* the body is 390 mm wide */
    EXPECT_OK(osarc_phantom_create(&s.phantom, "hip", &options, &err));
    const osarc_image *image = osarc_phantom_image(s.phantom);
    EXPECT_OK(osarc_segment_tissues(&s.tissue, NULL, image, NULL, NULL, &err));
    EXPECT_OK(osarc_hip_find(&s.hip, image, s.tissue, NULL, NULL, &err));
    cr_assert(eq(sz, osarc_hip_count(s.hip), 2));
    s.calibration = scale_of(s.phantom);
    return s;
}

static void drop(scene *s)
{
    osarc_hip_free(s->hip);
    osarc_mask_free(s->tissue);
    osarc_phantom_free(s->phantom);
}

static osarc_hip_projection *project(const scene *s, size_t femur)
{
    osarc_hip_projection *out = NULL;
    const osarc_hip_input in = {.image = osarc_phantom_image(s->phantom),
                                .tissue = s->tissue,
                                .codes = osarc_hip_voxels(s->hip),
                                .femur = osarc_hip_at(s->hip, femur),
                                .calibration = &s->calibration,
                                .noise_sd_hu = osarc_phantom_settings(s->phantom)->noise_sd_hu};
    EXPECT_OK(osarc_hip_project(&out, &in, &err));
    return out;
}

/* Both femurs are one and its mirror image, so they share a truth. */
static void expect_truth(osarc_phantom_options options, double share)
{
    scene s = find(options);
    const osarc_phantom_hip_region *truth = osarc_phantom_femur_at(s.phantom, 0)->regions;
    for (size_t f = 0; f < 2; f++) {
        osarc_hip_projection *p = project(&s, f);
        for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++) {
            const osarc_hip_values *v = &p->values[r];
            double abmd = v->abmd_g_cm2.value / truth[r].abmd_g_cm2 - 1;
            double bmc = v->bmc_g.value / truth[r].bmc_g - 1;
            printf("femur %zu %s: aBMD %+.1f %%, BMC %+.1f %%\n", f,
                   osarc_hip_region_name((osarc_hip_region) r), 100 * abmd, 100 * bmc);
            cr_expect(eq(str, (char *) v->refused, ""));
            cr_expect(lt(dbl, fabs(abmd), share));
            cr_expect(lt(dbl, fabs(bmc), share));
        }
        osarc_hip_projection_free(p);
    }
    drop(&s);
}

/* 2 % at 1 mm and 4 % at 3 mm is what the measurement promises, however the leg is turned. */
Test(run_hip_found, finds_the_mineral_of_each_region_within_2_percent_at_1_mm)
{
    expect_truth(
        (osarc_phantom_options){
            .pixel_mm = 1, .slice_mm = 1, .anteversion_deg = 12, .noise_sd_hu = 10, .seed = 3},
        0.02);
}

Test(run_hip_found, finds_the_mineral_within_2_percent_in_a_leg_that_is_turned)
{
    expect_truth((osarc_phantom_options){.pixel_mm = 1, .slice_mm = 1, .leg_turn_deg = 20}, 0.02);
}

Test(run_hip_found, finds_the_mineral_within_4_percent_at_3_mm)
{
    expect_truth((osarc_phantom_options){.pixel_mm = 1, .slice_mm = 3}, 0.04);
    expect_truth(
        (osarc_phantom_options){
            .pixel_mm = 0.8, .slice_mm = 3, .leg_turn_deg = -20, .anteversion_deg = 30},
        0.04);
}

/* A view that ends 10 mm below the lesser trochanters: neck and trochanter stay. */
Test(run_hip_found, refuses_regions_down_the_shaft_where_the_view_ends)
{
    scene s = find((osarc_phantom_options){
        .pixel_mm = 1.2, .slice_mm = 2, .length_mm = 130, .centre_z_mm = -20});
    for (size_t f = 0; f < 2; f++) {
        osarc_hip_projection *p = NULL;
        const osarc_hip_input in = {.image = osarc_phantom_image(s.phantom),
                                    .tissue = s.tissue,
                                    .codes = osarc_hip_voxels(s.hip),
                                    .femur = osarc_hip_at(s.hip, f),
                                    .calibration = &s.calibration};
        cr_expect(ne(int, osarc_hip_at(s.hip, f)->refused_total[0], 0));
        /* without a shaft no plane holds it */
        EXPECT_REFUSED(osarc_hip_project(&p, &in, &err), OSARC_ERR_QUALITY);
    }
    drop(&s);
}

Test(run_hip_found, refuses_a_side_with_metal_and_measures_the_other)
{
    scene s = find((osarc_phantom_options){.pixel_mm = 1.2, .slice_mm = 2, .metal = "left"});
    osarc_hip_projection *p = NULL;
    const osarc_hip_input in = {.image = osarc_phantom_image(s.phantom),
                                .tissue = s.tissue,
                                .codes = osarc_hip_voxels(s.hip),
                                .femur = osarc_hip_at(s.hip, 1),
                                .calibration = &s.calibration};
    cr_expect(eq(int, (int) in.femur->side, OSARC_SIDE_LEFT));
    EXPECT_REFUSED(osarc_hip_project(&p, &in, &err), OSARC_ERR_QUALITY);
    p = project(&s, 0);
    const osarc_phantom_hip_region *truth = osarc_phantom_femur_at(s.phantom, 1)->regions;
    /* 2 mm slices: between the promises */
    cr_expect(epsilon_eq(dbl, p->values[OSARC_HIP_TOTAL].bmc_g.value, truth[OSARC_HIP_TOTAL].bmc_g,
                         0.03 * truth[OSARC_HIP_TOTAL].bmc_g));
    osarc_hip_projection_free(p);
    drop(&s);
}

Test(run_hip_found, measures_an_area_and_no_density_without_a_scale)
{
    scene s = find((osarc_phantom_options){.pixel_mm = 1.5, .slice_mm = 3});
    osarc_hip_projection *p = NULL;
    const osarc_hip_input in = {.image = osarc_phantom_image(s.phantom),
                                .tissue = s.tissue,
                                .codes = osarc_hip_voxels(s.hip),
                                .femur = osarc_hip_at(s.hip, 0)};
    EXPECT_OK(osarc_hip_project(&p, &in, &err));
    cr_expect(eq(ptr, p->g_cm2, NULL));
    for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++) {
        cr_expect(isnan(p->values[r].abmd_g_cm2.value) && isnan(p->values[r].bmc_g.value));
        cr_expect(gt(dbl, p->values[r].area_cm2.value, 1));
    }
    osarc_hip_projection_free(p);
    drop(&s);
}
