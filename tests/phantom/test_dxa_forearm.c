/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A synthetic forearm's true values against geometry that is worked out here on its own. */
#include <math.h>
#include <string.h>

#include <dxa_phantoms.h>
#include <expect.h>
#include <osarc/dxa_phantom.h>
#include <osarc/forearm_region.h>

static osarc_error err = OSARC_ERROR_INIT;

Test(phantom_dxa_forearm, the_region_at_a_third_is_that_of_its_trapezium)
{
    osarc_dxa_phantom *phantom = draw("dxa-forearm", NULL);
    /* 14.5 mm wide at 85 mm, 0.02 mm less with each to the elbow; 0.7 g/cm2 there, 0.45 at 17.5 */
    double rise = (0.7 - 0.45) / (85 - 17.5);
    double g = (20 * 14.5 * 0.7 - 0.02 * rise * 2 * 1000 / 3) / 100;
    cr_expect(epsilon_eq(dbl, truth_of(phantom, "radius-33", "bone_area"), 2.9, 1e-9));
    cr_expect(epsilon_eq(dbl, truth_of(phantom, "radius-33", "bmc"), g, 1e-9));
    cr_expect(epsilon_eq(dbl, truth_of(phantom, "radius-33", "abmd"), g / 2.9, 1e-9));
    osarc_dxa_phantom_free(phantom);
}

Test(phantom_dxa_forearm, even_bone_has_its_density_in_every_region)
{
    const osarc_dxa_phantom_options even = {.bone_g_cm2 = {0.6, 0.6, 0.5, 0.4}, .forearm_mm = 240};
    osarc_dxa_phantom *phantom = draw("dxa-forearm", &even);
    for (int r = 0; r < OSARC_FOREARM_REGION_COUNT; r++) {
        const char *name = osarc_forearm_region_name((osarc_forearm_region) r);
        cr_expect(epsilon_eq(dbl, truth_of(phantom, name, "abmd"), 0.6, 1e-9), "%s", name);
        cr_expect(epsilon_eq(dbl, truth_of(phantom, name, "bmc"),
                             0.6 * truth_of(phantom, name, "bone_area"), 1e-9));
    }
    osarc_dxa_phantom_free(phantom);
}

Test(phantom_dxa_forearm, the_third_lies_so_far_from_the_tip)
{
    static const osarc_dxa_phantom_options POSES[] = {
        {.side = "left"},
        {.side = "right", .turn_deg = 9},
        {.hand_down = 1, .turn_deg = -5, .offset_mm = {3, -2}},
        {.forearm_mm = 210, .repositioned = 1, .seed = 4}};
    for (size_t i = 0; i < sizeof(POSES) / sizeof(POSES[0]); i++) {
        osarc_dxa_phantom *phantom = draw("dxa-forearm", &POSES[i]);
        double tip[2];
        double third[2];
        point_of(tip, phantom, "styloid");
        point_of(third, phantom, "third");
        double length = osarc_dxa_phantom_settings(phantom)->forearm_mm;
        cr_expect(epsilon_eq(dbl, hypot(third[0] - tip[0], third[1] - tip[1]), length / 3, 1e-9));
        cr_expect(gt(dbl, (POSES[i].hand_down ? -1 : 1) * (third[1] - tip[1]), 60));
        osarc_dxa_phantom_free(phantom);
    }
}

/* Mineral where the radius is, and none between both bones. */
Test(phantom_dxa_forearm, is_drawn_where_its_truth_says)
{
    const osarc_dxa_phantom_options options = {.side = "right", .turn_deg = 7};
    osarc_dxa_phantom *phantom = draw("dxa-forearm", &options);
    const osarc_dxa_pair *pair = osarc_dxa_phantom_pair(phantom);
    const osarc_dxa_facts *facts = osarc_dxa_pair_facts(pair);
    double tip[2];
    double third[2];
    double values[3];
    point_of(tip, phantom, "styloid");
    point_of(third, phantom, "third");
    double way[2] = {(third[0] - tip[0]) / 85, (third[1] - tip[1]) / 85};
    /* from the tip across: in the ulna, between, in the radius */
    static const double ACROSS[3] = {5, 19, 34};
    for (int i = 0; i < 3; i++) {
        /* of a right hand with its palm down the thumb lies to the left */
        double x = (third[0] - ACROSS[i] * way[1]) / facts->spacing_mm[0];
        double y = (third[1] + ACROSS[i] * way[0]) / facts->spacing_mm[1];
        size_t column = (size_t) lround(x + ((double) facts->columns - 1) / 2);
        size_t row = (size_t) lround(y + ((double) facts->rows - 1) / 2);
        values[i] = osarc_dxa_pair_values(pair, OSARC_DXA_LOW)[row * facts->columns + column];
    }
    /* 0.65 g/cm2 at 28 to 46 keV: over 0.4 in attenuation */
    cr_expect(gt(dbl, values[0] - values[1], 0.4), "%g %g", values[0], values[1]);
    cr_expect(gt(dbl, values[2] - values[1], 0.4), "%g %g", values[2], values[1]);
    cr_expect(eq(int, (int) facts->view, OSARC_DXA_VIEW_FOREARM));
    cr_expect(eq(int, (int) facts->side, OSARC_SIDE_RIGHT));
    cr_expect(eq(dbl, facts->forearm_mm, 255));
    osarc_dxa_phantom_free(phantom);
}

Test(phantom_dxa_forearm, refuses_what_is_out_of_range)
{
    static const osarc_dxa_phantom_options BAD[] = {{.side = "both"},
                                                    {.turn_deg = 16},
                                                    {.lesser_mm = 3},
                                                    {.forearm_mm = 100},
                                                    {.forearm_mm = 321},
                                                    {.forearm_mm = NAN},
                                                    {.soft_g_cm2 = 20},
                                                    {.soft_g_cm2 = 1},
                                                    {.bone_g_cm2 = {0.9, 0.4}},
                                                    {.without_ribs = 1},
                                                    {.limb_lean = 1},
                                                    {.wedge = "al-pmma"},
                                                    {.repositioned = 1, .turn_deg = 2}};
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        osarc_dxa_phantom *phantom = (osarc_dxa_phantom *) -1;
        EXPECT_REFUSED(osarc_dxa_phantom_create(&phantom, "dxa-forearm", &BAD[i], &err),
                       OSARC_ERR_ARGUMENT);
        cr_expect(eq(ptr, phantom, NULL), "%zu", i);
    }
}

Test(phantom_dxa_forearm, other_kinds_refuse_its_options)
{
    static const osarc_dxa_phantom_options OWN[] = {
        {.forearm_mm = 255}, {.hand_down = 1}, {.without_wrist = 1}};
    static const char *const KINDS[] = {"dxa-spine", "dxa-body", "dxa-wedge", "dxa-hip"};
    for (size_t k = 0; k < 4; k++)
        for (size_t i = 0; i < sizeof(OWN) / sizeof(OWN[0]); i++) {
            osarc_dxa_phantom *phantom = NULL;
            EXPECT_REFUSED(osarc_dxa_phantom_create(&phantom, KINDS[k], &OWN[i], &err),
                           OSARC_ERR_ARGUMENT);
        }
}
