/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <expect.h>
#include <osarc/measure_hip.h>
#include <osarc/phantom.h>

typedef struct scene {
    osarc_phantom *phantom;
    osarc_mask *codes;
    osarc_calibration calibration;
    osarc_femur femur;
} scene;

static scene make(void)
{
    scene s = {0};
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_phantom_options options = {
        .pixel_mm = 3, .slice_mm = 3, .length_mm = 130, .centre_z_mm = -36};
    EXPECT_OK(osarc_phantom_create(&s.phantom, "hip", &options, &err));
    const osarc_mask *structures = osarc_phantom_structures(s.phantom);
    EXPECT_OK(osarc_mask_create(&s.codes, osarc_mask_grid(structures), &err));
    size_t voxels = osarc_grid_count(osarc_mask_grid(structures));
    for (size_t v = 0; v < voxels; v++)
        if (osarc_mask_labels(structures)[v] == OSARC_FEMUR_LEFT)
            osarc_mask_fill(s.codes)[v] = OSARC_FEMUR_PRESENT;
    s.calibration = (osarc_calibration){.rung = OSARC_RUNG_INTERNAL, .density = {0, 0.7, 0}};
    s.femur = osarc_phantom_femur_at(s.phantom, 0)->femur;
    return s;
}

static void drop(scene *s)
{
    osarc_phantom_free(s->phantom);
    osarc_mask_free(s->codes);
}

static osarc_hip_input input_of(const scene *s)
{
    return (osarc_hip_input){.image = osarc_phantom_image(s->phantom),
                             .tissue = osarc_phantom_tissue(s->phantom),
                             .codes = s->codes,
                             .femur = &s->femur,
                             .calibration = &s->calibration};
}

static void expect_refused(const osarc_hip_input *in, osarc_status wanted)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_hip_projection *p = NULL;
    EXPECT_REFUSED(osarc_hip_project(&p, in, &err), wanted);
    cr_expect(eq(ptr, (void *) p, NULL));
}

static osarc_hip_projection *project(const scene *s)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_hip_projection *p = NULL;
    osarc_hip_input in = input_of(s);
    EXPECT_OK(osarc_hip_project(&p, &in, &err));
    return p;
}

Test(run_hip_refuses, densities_without_a_scale_and_keeps_areas)
{
    scene s = make();
    osarc_hip_projection *scaled = project(&s);
    s.calibration.rung = OSARC_RUNG_NONE;
    osarc_hip_projection *p = project(&s);
    cr_expect(eq(ptr, (void *) p->g_cm2, NULL));
    for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++) {
        const osarc_hip_values *v = &p->values[r];
        cr_expect(isnan(v->abmd_g_cm2.value));
        cr_expect(isnan(v->bmc_g.value));
        cr_expect(isnan(v->integral_mg_cm3.value));
        cr_expect(isnan(v->trabecular_mg_cm3.value));
        cr_expect(isnan(v->compact_mg_cm3.value));
        /* the outline is where bone is half as dense as inside, in any unit; single precision */
        cr_expect(epsilon_eq(dbl, v->area_cm2.value, scaled->values[r].area_cm2.value,
                             1e-3 * scaled->values[r].area_cm2.value));
    }
    osarc_hip_projection_free(p);
    osarc_hip_projection_free(scaled);
    osarc_hip_input in = input_of(&s);
    osarc_hip_projection *plain = NULL;
    osarc_error err = OSARC_ERROR_INIT;
    in.calibration = NULL;
    EXPECT_OK(osarc_hip_project(&plain, &in, &err));
    cr_expect(isnan(plain->values[OSARC_HIP_NECK].abmd_g_cm2.value));
    osarc_hip_projection_free(plain);
    drop(&s);
}

Test(run_hip_refuses, what_is_not_there)
{
    scene s = make();
    osarc_error err = OSARC_ERROR_INIT;
    osarc_hip_input in = input_of(&s);
    in.femur = NULL;
    expect_refused(&in, OSARC_ERR_ARGUMENT);
    in = input_of(&s);
    in.tissue = NULL;
    expect_refused(&in, OSARC_ERR_ARGUMENT);
    in = input_of(&s);
    in.neck = (osarc_neck_rule) 2;
    expect_refused(&in, OSARC_ERR_ARGUMENT);
    expect_refused(NULL, OSARC_ERR_ARGUMENT);
    in = input_of(&s);
    EXPECT_REFUSED(osarc_hip_project(NULL, &in, &err), OSARC_ERR_ARGUMENT);
    osarc_hip_projection_free(NULL);
    drop(&s);
}

Test(run_hip_refuses, masks_on_another_grid)
{
    scene s = make();
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = *osarc_mask_grid(s.codes);
    osarc_mask *other = NULL;
    grid.origin_mm[0] += 1;
    EXPECT_OK(osarc_mask_create(&other, &grid, &err));
    osarc_hip_input in = input_of(&s);
    in.codes = other;
    expect_refused(&in, OSARC_ERR_GEOMETRY);
    osarc_mask_free(other);
    drop(&s);
}

Test(run_hip_refuses, an_image_that_is_not_in_hu)
{
    scene s = make();
    osarc_error err = OSARC_ERROR_INIT;
    osarc_image *other = NULL;
    EXPECT_OK(osarc_image_create(&other, osarc_mask_grid(s.codes), OSARC_UNIT_MG_CM3, 1, 0, &err));
    osarc_hip_input in = input_of(&s);
    in.image = other;
    expect_refused(&in, OSARC_ERR_UNIT);
    osarc_image_free(other);
    drop(&s);
}

Test(run_hip_refuses, a_femur_that_its_finder_refused)
{
    scene s = make();
    snprintf(s.femur.refused_all, sizeof(s.femur.refused_all), "metal in it");
    osarc_hip_input in = input_of(&s);
    expect_refused(&in, OSARC_ERR_QUALITY);
    drop(&s);
}

Test(run_hip_refuses, axes_that_are_not_known_or_run_alike)
{
    scene s = make();
    osarc_hip_input in = input_of(&s);
    s.femur.neck_axis[0] = NAN;
    expect_refused(&in, OSARC_ERR_QUALITY);
    memcpy(s.femur.neck_axis, s.femur.shaft_axis, sizeof(s.femur.neck_axis));
    expect_refused(&in, OSARC_ERR_QUALITY);
    drop(&s);
}

Test(run_hip_refuses, a_mask_without_the_femur)
{
    scene s = make();
    s.femur.is_second = 1;
    osarc_hip_input in = input_of(&s);
    expect_refused(&in, OSARC_ERR_QUALITY);
    drop(&s);
}

Test(run_hip_refuses, regions_down_a_shaft_that_is_cut_and_keeps_the_neck)
{
    scene s = make();
    s.femur.shaft_in_view_mm = 12;
    osarc_hip_projection *p = project(&s);
    cr_expect(eq(int, p->values[OSARC_HIP_NECK].refused[0], 0));
    cr_expect(eq(int, p->values[OSARC_HIP_TROCHANTER].refused[0], 0));
    cr_expect(ne(int, p->values[OSARC_HIP_INTERTROCHANTER].refused[0], 0));
    cr_expect(eq(str, p->values[OSARC_HIP_TOTAL].refused,
                 "12 mm of the shaft are in view below the lesser trochanter, 20 needed"));
    osarc_hip_projection_free(p);
    snprintf(s.femur.refused_total, sizeof(s.femur.refused_total), "a nail is in the shaft");
    p = project(&s);
    cr_expect(eq(str, p->values[OSARC_HIP_TOTAL].refused, "a nail is in the shaft"));
    osarc_hip_projection_free(p);
    drop(&s);
}

Test(run_hip_refuses, the_last_line_without_a_lesser_trochanter)
{
    scene s = make();
    for (int c = 0; c < 3; c++)
        s.femur.lesser_mm[c] = NAN;
    osarc_hip_projection *p = project(&s);
    cr_expect(eq(int, p->values[OSARC_HIP_NECK].refused[0], 0));
    cr_expect(ne(int, p->values[OSARC_HIP_TOTAL].refused[0], 0));
    osarc_hip_projection_free(p);
    drop(&s);
}

Test(run_hip_refuses, everything_without_the_box_of_the_neck)
{
    scene s = make();
    snprintf(s.femur.refused_neck, sizeof(s.femur.refused_neck), "the view cuts it");
    osarc_hip_projection *p = project(&s);
    for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++)
        cr_expect(eq(str, p->values[r].refused, "the view cuts it"));
    osarc_hip_projection_free(p);
    drop(&s);
}
