/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <expect.h>
#include <osarc/phantom.h>

#include "parts.h"

#define COARSE .pixel_mm = 4, .slice_mm = 4

static osarc_phantom *make(osarc_phantom_options options)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = NULL;
    EXPECT_OK(osarc_phantom_create(&phantom, "hip", &options, &err));
    return phantom;
}

static osi_femur femur_with(double anteversion_deg, double turn_deg)
{
    osi_femur femur;
    const osarc_phantom_options options = {
        .anteversion_deg = anteversion_deg, .leg_turn_deg = turn_deg, .joint_gap_mm = 4};
    osi_femur_make(&femur, 1, &options);
    return femur;
}

/* Counted along the line, blind to the closed form. */
static double counted(const osi_femur *f, double u, double v, int inner)
{
    const double STEP = 0.05;
    double a = f->anteversion_deg * M_PI / 180;
    double sum = 0;
    for (double s = -60 + STEP / 2; s < 60; s += STEP) {
        const double at[3] = {f->cross_mm[0] - u * cos(a) - s * sin(a),
                              f->cross_mm[1] - u * sin(a) + s * cos(a), f->cross_mm[2] + v};
        osi_femur_depth d = osi_femur_depths(f, at);
        sum += (inner ? d.core : d.bone) > 0 ? STEP : 0;
    }
    return sum;
}

Test(phantom_hip, chords_in_closed_form_are_those_of_counted_points)
{
    for (int n = 0; n < 3; n++) {
        osi_femur f = femur_with(15 * n, 0);
        for (double v = -55; v < 60; v += 3.7)
            for (double u = -28; u < 70; u += 3.3) {
                double chords[3];
                osi_femur_chords(chords, &f, u, v);
                /* two ends of up to three pieces, half a step each */
                cr_expect(epsilon_eq(dbl, chords[0], counted(&f, u, v, 0), 0.17), "%g %g", u, v);
                cr_expect(epsilon_eq(dbl, chords[1], counted(&f, u, v, 1), 0.17), "%g %g", u, v);
                cr_expect(ge(dbl, chords[0], chords[1]));
            }
    }
}

Test(phantom_hip, sums_of_chords_hardly_change_with_the_step)
{
    osi_femur f = femur_with(12, 0);
    osarc_phantom_hip_region fine[OSARC_HIP_REGION_COUNT];
    osarc_phantom_hip_region used[OSARC_HIP_REGION_COUNT];
    const osi_femur_mineral mineral = {900, 150};
    osi_femur_regions(fine, &f, &mineral, 0.05);
    osi_femur_regions(used, &f, &mineral, OSI_TRUTH_STEP_MM);
    for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++) {
        cr_expect(
            epsilon_eq(dbl, used[r].abmd_g_cm2, fine[r].abmd_g_cm2, 0.001 * fine[r].abmd_g_cm2));
        cr_expect(epsilon_eq(dbl, used[r].bmc_g, fine[r].bmc_g, 0.003 * fine[r].bmc_g), "%d %g %g",
                  r, used[r].bmc_g, fine[r].bmc_g);
    }
}

/* Mineral is a sum of two volumes times two densities: the volumes follow from two of its sums. */
Test(phantom_hip, compact_bone_is_as_dense_as_is_asked_for)
{
    osarc_phantom *usual = make((osarc_phantom_options){COARSE});
    osarc_phantom *thin = make((osarc_phantom_options){COARSE, .cortical_mg_cm3 = 450});
    const osarc_phantom_femur *a = osarc_phantom_femur_at(usual, 0);
    const osarc_phantom_femur *b = osarc_phantom_femur_at(thin, 0);
    cr_expect(eq(dbl, a->compact_mg_cm3, 900));
    cr_expect(eq(dbl, b->compact_mg_cm3, 450));
    for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++) {
        cr_expect(eq(dbl, a->regions[r].compact_cm3, b->regions[r].compact_cm3));
        /* the same sum in another order */
        cr_expect(epsilon_eq(dbl, a->regions[r].bmc_g - b->regions[r].bmc_g,
                             0.45 * a->regions[r].compact_cm3, 1e-9));
    }
    osarc_phantom_free(usual);
    osarc_phantom_free(thin);
}

Test(phantom_hip, turning_the_leg_moves_the_bone_and_not_its_values)
{
    osarc_phantom *straight = make((osarc_phantom_options){COARSE});
    osarc_phantom *turned = make((osarc_phantom_options){COARSE, .leg_turn_deg = -20});
    const osarc_phantom_femur *a = osarc_phantom_femur_at(straight, 0);
    const osarc_phantom_femur *b = osarc_phantom_femur_at(turned, 0);
    cr_expect(eq(dbl, a->regions[0].bmc_g, b->regions[0].bmc_g));
    cr_expect(gt(dbl, fabs(a->femur.neck_axis[1] - b->femur.neck_axis[1]), 0.2));
    /* toes inwards: the shaft is in front of where it was, so the neck points less forwards */
    cr_expect(gt(dbl, b->femur.neck_axis[1], a->femur.neck_axis[1]));
    for (int c = 0; c < 3; c++)
        cr_expect(epsilon_eq(dbl, a->femur.head_mm[c], b->femur.head_mm[c], 1e-12));
    osarc_phantom_free(straight);
    osarc_phantom_free(turned);
}

Test(phantom_hip, sides_are_mirror_images)
{
    osarc_phantom *p = make((osarc_phantom_options){COARSE, .anteversion_deg = 20});
    cr_assert(eq(sz, osarc_phantom_femur_count(p), 2));
    const osarc_femur *left = &osarc_phantom_femur_at(p, 0)->femur;
    const osarc_femur *right = &osarc_phantom_femur_at(p, 1)->femur;
    const double *pairs[][2] = {{left->head_mm, right->head_mm},
                                {left->neck_axis, right->neck_axis},
                                {left->lesser_mm, right->lesser_mm},
                                {left->greater_mm, right->greater_mm},
                                {left->shaft_axis, right->shaft_axis}};
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        cr_expect(epsilon_eq(dbl, pairs[i][0][0], -pairs[i][1][0], 1e-9));
        cr_expect(epsilon_eq(dbl, pairs[i][0][1], pairs[i][1][1], 1e-9));
        cr_expect(epsilon_eq(dbl, pairs[i][0][2], pairs[i][1][2], 1e-9));
    }
    cr_expect(eq(int, left->label, OSARC_FEMUR_LEFT));
    cr_expect(eq(int, right->label, OSARC_FEMUR_RIGHT));
    cr_expect(eq(ptr, (void *) osarc_phantom_femur_at(p, 2), NULL));
    osarc_phantom_free(p);
}

/* All mineral over the scale of a perfect calibration, counted in the image. */
Test(phantom_hip, the_image_holds_the_mineral_of_the_shapes)
{
    osarc_phantom *p = make((osarc_phantom_options){.pixel_mm = 1.5, .slice_mm = 1.5});
    const osarc_grid *grid = osarc_image_grid(osarc_phantom_image(p));
    const int16_t *stored = osarc_image_stored(osarc_phantom_image(p));
    osi_femur f = femur_with(0, 0);
    double slope = osarc_phantom_scale_of(p, 0).hu_per_k2hpo4_mg_cm3;
    double soft_hu = p->scene.hu[0][OSI_MUSCLE];
    double sum = 0;
    /* a ball around the trochanters, neck and head's lower part; its surface cuts shaft and head */
    for (size_t v = 0; v < osarc_grid_count(grid); v++) {
        const double index[3] = {(double) (v % grid->size[0]),
                                 (double) (v / grid->size[0] % grid->size[1]),
                                 (double) (v / grid->size[0] / grid->size[1])};
        double at[3];
        double own[3];
        for (int c = 0; c < 3; c++) {
            at[c] = grid->origin_mm[c];
            for (int a = 0; a < 3; a++)
                at[c] += index[a] * grid->spacing_mm[a] * grid->direction[a][c];
        }
        osi_femur_own(own, &f, at);
        double off = 0;
        for (int c = 0; c < 3; c++)
            off += pow(own[c] - f.cross_mm[c], 2);
        if (at[0] > 0 && off < 35 * 35)
            sum += (stored[v] - soft_hu) * osarc_grid_voxel_mm3(grid);
    }
    double wanted = 0;
    const double STEP = 0.5;
    for (double x = -35; x < 35; x += STEP)
        for (double y = -35; y < 35; y += STEP)
            for (double z = -35; z < 35; z += STEP) {
                const double own[3] = {f.cross_mm[0] + x, f.cross_mm[1] + y, f.cross_mm[2] + z};
                if (x * x + y * y + z * z >= 35 * 35)
                    continue;
                osi_femur_depth d = osi_femur_depths(&f, own);
                double hu = d.core > 0 ? slope * 150 : slope * 900;
                wanted += d.bone > 0 ? (hu - soft_hu) * STEP * STEP * STEP : 0;
            }
    /* both are sums over points in shells of 1.2 to 6 mm */
    cr_expect(epsilon_eq(dbl, sum, wanted, 0.01 * wanted), "%g %g", sum, wanted);
    osarc_phantom_free(p);
}

static size_t count_structure(const osarc_phantom *p, uint8_t number)
{
    const uint8_t *labels = osarc_mask_labels(osarc_phantom_structures(p));
    size_t voxels = osarc_grid_count(osarc_image_grid(osarc_phantom_image(p)));
    size_t count = 0;
    for (size_t v = 0; v < voxels; v++)
        count += labels[v] == number;
    return count;
}

Test(phantom_hip, both_femurs_and_sockets_are_labelled)
{
    osarc_phantom *p = make((osarc_phantom_options){COARSE, .joint_gap_mm = 1});
    for (uint8_t number = 75; number <= 78; number++)
        cr_expect(gt(sz, count_structure(p, number), 50), "%d", number);
    osarc_phantom_free(p);
}

Test(phantom_hip, metal_refuses_its_own_side)
{
    osarc_phantom *p = make((osarc_phantom_options){COARSE, .metal = "left"});
    cr_expect(ne(int, osarc_phantom_femur_at(p, 0)->femur.refused_all[0], 0));
    cr_expect(eq(int, osarc_phantom_femur_at(p, 1)->femur.refused_all[0], 0));
    osarc_phantom_free(p);
}

Test(phantom_hip, a_short_stack_refuses_what_it_cuts)
{
    osarc_phantom *p = make((osarc_phantom_options){COARSE, .length_mm = 100, .centre_z_mm = -20});
    const osarc_femur *f = &osarc_phantom_femur_at(p, 0)->femur;
    cr_expect(eq(int, f->refused_neck[0], 0));
    cr_expect(ne(int, f->refused_total[0], 0));
    osarc_phantom_free(p);
    p = make((osarc_phantom_options){COARSE, .length_mm = 100, .centre_z_mm = -60});
    cr_expect(ne(int, osarc_phantom_femur_at(p, 1)->femur.refused_neck[0], 0));
    osarc_phantom_free(p);
}

static void expect_refused(const char *kind, osarc_phantom_options options)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = NULL;
    EXPECT_REFUSED(osarc_phantom_create(&phantom, kind, &options, &err), OSARC_ERR_ARGUMENT);
    cr_expect(eq(ptr, (void *) phantom, NULL));
}

Test(phantom_hip, refuses_options_out_of_range)
{
    expect_refused("hip", (osarc_phantom_options){COARSE, .leg_turn_deg = 31});
    expect_refused("hip", (osarc_phantom_options){COARSE, .anteversion_deg = -1});
    expect_refused("hip", (osarc_phantom_options){COARSE, .anteversion_deg = 41});
    expect_refused("hip", (osarc_phantom_options){COARSE, .joint_gap_mm = 9});
    expect_refused("hip", (osarc_phantom_options){COARSE, .leg_turn_deg = NAN});
    expect_refused("hip", (osarc_phantom_options){COARSE, .metal = "L1"});
    expect_refused("hip", (osarc_phantom_options){COARSE, .basis = "ash"});
    expect_refused("hip", (osarc_phantom_options){COARSE, .trabecular_mg_cm3 = 500});
    expect_refused("hip", (osarc_phantom_options){COARSE, .cortical_mg_cm3 = 199});
    expect_refused("hip", (osarc_phantom_options){COARSE, .cortical_mg_cm3 = 1201});
    /* less than its spongy bone */
    expect_refused(
        "hip", (osarc_phantom_options){COARSE, .cortical_mg_cm3 = 300, .trabecular_mg_cm3 = 300});
}

Test(phantom_hip, refuses_options_of_other_kinds_and_others_refuse_its)
{
    expect_refused("hip", (osarc_phantom_options){COARSE, .lumbar = 5});
    expect_refused("hip", (osarc_phantom_options){COARSE, .second_kvp = 80});
    expect_refused("hip", (osarc_phantom_options){COARSE, .rods = "qrm_bdc_6"});
    expect_refused("hip", (osarc_phantom_options){COARSE, .streaks = 1});
    expect_refused("spine", (osarc_phantom_options){COARSE, .leg_turn_deg = 5});
    expect_refused("thigh", (osarc_phantom_options){COARSE, .anteversion_deg = 5});
    expect_refused("abdomen", (osarc_phantom_options){COARSE, .joint_gap_mm = 5});
    expect_refused("thigh", (osarc_phantom_options){COARSE, .trabecular_mg_cm3 = 5});
    expect_refused("spine", (osarc_phantom_options){COARSE, .cortical_mg_cm3 = 500});
}
