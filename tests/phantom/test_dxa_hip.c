/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A synthetic hip's true values against geometry that is worked out here on its own. */
#include <math.h>
#include <string.h>

#include <dxa_phantoms.h>
#include <expect.h>
#include <osarc/dxa_phantom.h>
#include <osarc/hip_region.h>

#include "dxa_plates.h"

static osarc_error err = OSARC_ERROR_INIT;

static double apart(const double a[2], const double b[2])
{
    return hypot(a[0] - b[0], a[1] - b[1]);
}

/* A square of 20 mm cut in half aslant, with mass that rises to one side. */
Test(phantom_dxa_outline, areas_and_masses_are_those_of_triangles)
{
    dxa_outline o = {.at_mm = {{0, 0}, {20, 0}, {20, 20}, {0, 20}},
                     .count = 4,
                     .g_cm2 = 0.5,
                     .rise_g_cm2_mm = {0.01, 0}};
    /* 4 cm2 of 0.5 to 0.7 g/cm2 */
    cr_expect(epsilon_eq(dbl, dxa_outline_cm2(&o), 4, 1e-12));
    cr_expect(epsilon_eq(dbl, dxa_outline_g(&o), 4 * 0.6, 1e-12));
    cr_expect(epsilon_eq(dbl, dxa_outline_at(&o, (const double[2]){5, 15}), 0.55, 1e-12));
    cr_expect(eq(dbl, dxa_outline_at(&o, (const double[2]){21, 5}), 0));
    dxa_outline_cut(&o, (const double[2]){0, 0}, (const double[2]){M_SQRT1_2, -M_SQRT1_2});
    /* what is left has its middle at x = 40/3 */
    cr_expect(epsilon_eq(dbl, dxa_outline_cm2(&o), 2, 1e-12));
    cr_expect(epsilon_eq(dbl, dxa_outline_g(&o), 2 * (0.5 + 0.4 / 3), 1e-12));
    cr_expect(eq(dbl, dxa_outline_at(&o, (const double[2]){5, 15}), 0));
    dxa_outline_cut(&o, (const double[2]){100, 0}, (const double[2]){1, 0});
    cr_expect(eq(dbl, dxa_outline_cm2(&o), 0));
}

Test(phantom_dxa_hip, regions_are_those_of_the_rules)
{
    osarc_dxa_phantom *phantom = draw("dxa-hip", NULL);
    double ends[2][2];
    double narrowest[2];
    double cross[2];
    double last[2];
    point_of(ends[0], phantom, "box_outer_end");
    point_of(ends[1], phantom, "box_inner_end");
    point_of(narrowest, phantom, "narrowest");
    point_of(cross, phantom, "cross");
    point_of(last, phantom, "last_line");
    cr_expect(epsilon_eq(dbl, apart(ends[0], ends[1]), OSARC_HIP_NECK_BOX_MM, 1e-9));
    cr_expect(epsilon_eq(dbl, apart(ends[0], narrowest) + apart(narrowest, ends[1]),
                         OSARC_HIP_NECK_BOX_MM, 1e-9));
    cr_expect(epsilon_eq(dbl, last[1] - cross[1], 30 + OSARC_HIP_BELOW_LESSER_MM, 1e-9));
    cr_expect(eq(dbl, last[0], cross[0]));
    /* at 128 degrees to the shaft, inwards and up */
    double way[2] = {(ends[1][0] - ends[0][0]) / 15, (ends[1][1] - ends[0][1]) / 15};
    cr_expect(epsilon_eq(dbl, way[0], -sin(52 * M_PI / 180), 1e-9));
    cr_expect(epsilon_eq(dbl, way[1], -cos(52 * M_PI / 180), 1e-9));
    /* the lower edge over the box: 16 at the narrowest, 18 at 12 mm to the head, 16.6 at 10 to the
     * shaft and on from there to the shaft's inner side; the upper one has risen to 19 at the
     * notch */
    double outer = apart(ends[0], narrowest);
    double inner = 15 - outer;
    double towards_head = 2 * inner * (16 + inner / 12);
    cr_expect(gt(dbl, outer, 10));
    double upper = 10 * 16.3 + (outer - 10) * (16.6 + 19) / 2;
    double down[2] = {0, 0};
    /* the corner at 22.5 inwards and 10 down, along the neck and across it */
    double corner[2] = {22.5 * sin(52 * M_PI / 180) - 10 * cos(52 * M_PI / 180),
                        -22.5 * cos(52 * M_PI / 180) - 10 * sin(52 * M_PI / 180)};
    down[0] = 34 - outer;
    down[1] = 16.6 + (-corner[1] - 16.6) * (24 - down[0]) / (24 - corner[0]);
    double lower = 10 * 16.3 + (outer - 10) * (16.6 + down[1]) / 2;
    cr_expect(epsilon_eq(dbl, truth_of(phantom, "neck", "bone_area"),
                         (towards_head + upper + lower) / 100, 1e-9));
    osarc_dxa_phantom_free(phantom);
}

Test(phantom_dxa_hip, the_total_is_the_sum_of_its_parts)
{
    static const char *const PARTS[] = {"neck", "trochanter", "intertrochanter"};
    const osarc_dxa_phantom_options options = {.bone_g_cm2 = {0.6, 0.5, 0.9, 0.8}};
    osarc_dxa_phantom *phantom = draw("dxa-hip", &options);
    double g = 0;
    double cm2 = 0;
    for (int i = 0; i < 3; i++) {
        g += truth_of(phantom, PARTS[i], "bmc");
        cm2 += truth_of(phantom, PARTS[i], "bone_area");
    }
    cr_expect(epsilon_eq(dbl, truth_of(phantom, "total", "bmc"), g, 1e-9));
    cr_expect(epsilon_eq(dbl, truth_of(phantom, "total", "bone_area"), cm2, 1e-9));
    cr_expect(epsilon_eq(dbl, truth_of(phantom, "total", "abmd"), g / cm2, 1e-12));
    cr_expect(epsilon_eq(dbl, truth_of(phantom, "trochanter", "abmd"), 0.5, 1e-12));
    /* denser along one edge and downwards: 1 % at most off what was asked for in the middle */
    cr_expect(epsilon_eq(dbl, truth_of(phantom, "neck", "abmd"), 0.6, 0.006));
    cr_expect(epsilon_eq(dbl, truth_of(phantom, "intertrochanter", "abmd"), 0.9, 0.009));
    osarc_dxa_phantom_free(phantom);
}

/* The picture's mineral in soft tissue whose share of fat is even across a thin strip. */
Test(phantom_dxa_hip, is_drawn_where_its_truth_says)
{
    const osarc_dxa_phantom_options options = {.side = "right", .turn_deg = 7};
    osarc_dxa_phantom *phantom = draw("dxa-hip", &options);
    const osarc_dxa_pair *pair = osarc_dxa_phantom_pair(phantom);
    const osarc_dxa_facts *facts = osarc_dxa_pair_facts(pair);
    double cross[2];
    double last[2];
    double way[2];
    point_of(cross, phantom, "cross");
    point_of(last, phantom, "last_line");
    for (int a = 0; a < 2; a++)
        way[a] = (last[a] - cross[a]) / apart(cross, last);
    /* at the last line the shaft is 30 mm wide: mineral attenuates 14 mm from its axis, and not 16
     * mm */
    for (int side = -1; side <= 1; side += 2) {
        double values[2];
        for (int i = 0; i < 2; i++) {
            double off = side * (i ? 16 : 14);
            double x = (last[0] - off * way[1]) / facts->spacing_mm[0];
            double y = (last[1] + off * way[0]) / facts->spacing_mm[1];
            size_t column = (size_t) lround(x + ((double) facts->columns - 1) / 2);
            size_t row = (size_t) lround(y + ((double) facts->rows - 1) / 2);
            values[i] = osarc_dxa_pair_values(pair, OSARC_DXA_LOW)[row * facts->columns + column];
        }
        /* 1 g/cm2 at 28 to 46 keV: over 0.6 in attenuation */
        cr_expect(gt(dbl, values[0] - values[1], 0.6), "%g %g", values[0], values[1]);
    }
    cr_expect(eq(int, (int) facts->view, OSARC_DXA_VIEW_FEMUR_RIGHT));
    osarc_dxa_phantom_free(phantom);
}

Test(phantom_dxa_hip, sides_mirror_each_other_and_turn_outwards)
{
    osarc_dxa_phantom_options options = {.turn_deg = 10};
    osarc_dxa_phantom *left = draw("dxa-hip", &options);
    strcpy(options.side, "right");
    osarc_dxa_phantom *right = draw("dxa-hip", &options);
    double at[2][2];
    point_of(at[0], left, "last_line");
    point_of(at[1], right, "last_line");
    cr_expect(epsilon_eq(dbl, at[0][0], -at[1][0], 1e-9));
    cr_expect(epsilon_eq(dbl, at[0][1], at[1][1], 1e-9));
    /* of a left leg the outer side lies to the right of the picture */
    cr_expect(epsilon_eq(dbl, at[0][0], 15 + 50 * sin(10 * M_PI / 180), 1e-9));
    cr_expect(
        epsilon_eq(dbl, truth_of(left, "total", "bmc"), truth_of(right, "total", "bmc"), 1e-12));
    osarc_dxa_phantom_free(left);
    osarc_dxa_phantom_free(right);
}

Test(phantom_dxa_hip, a_seed_moves_and_turns_it_a_little)
{
    const osarc_dxa_phantom_options one = {.repositioned = 1, .seed = 1};
    const osarc_dxa_phantom_options two = {.repositioned = 1, .seed = 2};
    osarc_dxa_phantom *a = draw("dxa-hip", &one);
    osarc_dxa_phantom *again = draw("dxa-hip", &one);
    osarc_dxa_phantom *b = draw("dxa-hip", &two);
    const osarc_dxa_phantom_options *had = osarc_dxa_phantom_settings(a);
    cr_expect(le(dbl, fabs(had->turn_deg), 5));
    cr_expect(ne(dbl, had->turn_deg, osarc_dxa_phantom_settings(b)->turn_deg));
    cr_expect(eq(dbl, had->turn_deg, osarc_dxa_phantom_settings(again)->turn_deg));
    for (int i = 0; i < 2; i++)
        cr_expect(le(dbl, fabs(had->offset_mm[i]), 5));
    cr_expect(epsilon_eq(dbl, truth_of(a, "neck", "bmc"), truth_of(b, "neck", "bmc"), 1e-12));
    osarc_dxa_phantom_free(a);
    osarc_dxa_phantom_free(again);
    osarc_dxa_phantom_free(b);
}

Test(phantom_dxa_hip, refuses_what_is_out_of_range)
{
    static const osarc_dxa_phantom_options BAD[] = {{.side = "both"},
                                                    {.side = "Left"},
                                                    {.turn_deg = 16},
                                                    {.turn_deg = NAN},
                                                    {.lesser_mm = 13},
                                                    {.lesser_mm = -1},
                                                    {.bone_g_cm2 = {4}},
                                                    {.fat_fraction = 0.9},
                                                    {.without_ribs = 1},
                                                    {.without_crests = 1},
                                                    {.wedge = "al-pmma"},
                                                    {.repositioned = 1, .turn_deg = 2},
                                                    {.repositioned = 1, .offset_mm = {0, 1}}};
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        osarc_dxa_phantom *phantom = (osarc_dxa_phantom *) -1;
        EXPECT_REFUSED(osarc_dxa_phantom_create(&phantom, "dxa-hip", &BAD[i], &err),
                       OSARC_ERR_ARGUMENT);
        cr_expect(eq(ptr, phantom, NULL), "%zu", i);
    }
}

Test(phantom_dxa_hip, other_kinds_refuse_its_options)
{
    static const osarc_dxa_phantom_options OWN[] = {
        {.side = "left"}, {.turn_deg = 1}, {.lesser_mm = 2}};
    static const char *const KINDS[] = {"dxa-spine", "dxa-body", "dxa-wedge"};
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < sizeof(OWN) / sizeof(OWN[0]); i++) {
            osarc_dxa_phantom *phantom = NULL;
            EXPECT_REFUSED(osarc_dxa_phantom_create(&phantom, KINDS[k], &OWN[i], &err),
                           OSARC_ERR_ARGUMENT);
        }
}
