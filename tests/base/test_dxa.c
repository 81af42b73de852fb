/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <expect.h>
#include <osarc/beam.h>
#include <osarc/dxa_maps.h>

static osarc_error err = OSARC_ERROR_INIT;

static osarc_dxa_facts good_facts(void)
{
    osarc_dxa_facts facts;
    osarc_dxa_facts_init(&facts);
    facts.columns = 20;
    facts.rows = 10;
    facts.spacing_mm[0] = facts.spacing_mm[1] = 0.6;
    return facts;
}

Test(base_dxa, names_views_as_densitometers_do)
{
    static const struct {
        const char *protocol;
        osarc_dxa_view view;
        const char *name;
    } CASES[] = {{"AP Spine", OSARC_DXA_VIEW_SPINE, "ap_spine"},
                 {"Left Femur", OSARC_DXA_VIEW_FEMUR_LEFT, "left_femur"},
                 {"Right Femur", OSARC_DXA_VIEW_FEMUR_RIGHT, "right_femur"},
                 {"LVA", OSARC_DXA_VIEW_LATERAL_SPINE, "lateral_spine"},
                 {"Total Body", OSARC_DXA_VIEW_WHOLE_BODY, "total_body"},
                 {"Left Ortho Knee", OSARC_DXA_VIEW_KNEE, "knee"},
                 {"left forearm", OSARC_DXA_VIEW_FOREARM, "forearm"},
                 {"LATERAL SPINE", OSARC_DXA_VIEW_LATERAL_SPINE, "lateral_spine"},
                 {"Femur", OSARC_DXA_VIEW_UNKNOWN, "unknown"},
                 {"Dual Femur", OSARC_DXA_VIEW_UNKNOWN, "unknown"},
                 {"", OSARC_DXA_VIEW_UNKNOWN, "unknown"},
                 {NULL, OSARC_DXA_VIEW_UNKNOWN, "unknown"}};
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        osarc_dxa_view view = osarc_dxa_view_of(CASES[i].protocol);
        cr_expect(view == CASES[i].view, "%s", CASES[i].protocol ? CASES[i].protocol : "NULL");
        cr_expect(eq(str, (char *) osarc_dxa_view_name(view), (char *) CASES[i].name));
    }
    cr_expect(eq(str, (char *) osarc_dxa_view_name((osarc_dxa_view) 99), "unknown"));
}

Test(base_dxa, keeps_two_images)
{
    osarc_dxa_facts facts = good_facts();
    osarc_dxa_pair *pair = NULL;
    EXPECT_OK(osarc_dxa_pair_create(&pair, &facts, &err));
    osarc_dxa_pair_fill(pair, OSARC_DXA_LOW)[199] = 3;
    osarc_dxa_pair_fill(pair, OSARC_DXA_HIGH)[199] = 2;
    cr_expect(eq(flt, osarc_dxa_pair_values(pair, OSARC_DXA_LOW)[199], 3));
    cr_expect(eq(flt, osarc_dxa_pair_values(pair, OSARC_DXA_HIGH)[199], 2));
    cr_expect(eq(sz, osarc_dxa_pair_facts(pair)->rows, 10));
    osarc_dxa_pair_free(pair);
    osarc_dxa_pair_free(NULL);
    osarc_dxa_maps_free(NULL);
}

Test(base_dxa, refuses_a_pair_without_spacing)
{
    osarc_dxa_facts facts = good_facts();
    osarc_dxa_pair *pair = NULL;
    const double bad[] = {NAN, 0, -1, 21, INFINITY};
    for (size_t i = 0; i < 5; i++) {
        facts.spacing_mm[1] = bad[i];
        EXPECT_REFUSED(osarc_dxa_pair_create(&pair, &facts, &err), OSARC_ERR_GEOMETRY);
        cr_expect(eq(ptr, pair, NULL));
    }
}

Test(base_dxa, refuses_images_too_small_and_too_large)
{
    osarc_dxa_facts facts = good_facts();
    osarc_dxa_pair *pair = NULL;
    facts.columns = 7;
    EXPECT_REFUSED(osarc_dxa_pair_create(&pair, &facts, &err), OSARC_ERR_ARGUMENT);
    facts.columns = 4097;
    EXPECT_REFUSED(osarc_dxa_pair_create(&pair, &facts, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_dxa_pair_create(&pair, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_dxa_pair_create(NULL, &facts, &err), OSARC_ERR_ARGUMENT);
}

/* One photon a keV: (kvp - E) / E with no filter, by hand. */
Test(base_beam, follows_kramers_law)
{
    const osarc_beam beam = {42, 0, 40, 50};
    double weights[OSARC_BEAM_ENERGIES];
    EXPECT_OK(osarc_beam_weights(weights, &beam, &err));
    double at_40 = 2.0 / 40;
    double at_41 = 1.0 / 41;
    cr_expect(epsilon_eq(dbl, weights[30], at_40 / (at_40 + at_41), 1e-12));
    cr_expect(epsilon_eq(dbl, weights[31], at_41 / (at_40 + at_41), 1e-12));
    cr_expect(eq(dbl, weights[32], 0));
    cr_expect(eq(dbl, weights[29], 0));
}

Test(base_beam, has_mean_energies_as_its_names_say)
{
    /* tolerance: the beams are stand-ins, not copies, of those named */
    static const struct {
        const char *name;
        double kev[2];
    } PAIRS[] = {{"40/70", {40, 70}}, {"38/76", {38, 76}}};
    for (size_t p = 0; p < 2; p++)
        for (int e = 0; e < 2; e++) {
            double weights[OSARC_BEAM_ENERGIES];
            double mean = 0;
            EXPECT_OK(
                osarc_beam_weights(weights, &osarc_beam_pair_find(PAIRS[p].name)->beams[e], &err));
            for (int i = 0; i < OSARC_BEAM_ENERGIES; i++)
                mean += weights[i] * (OSARC_ATTENUATION_LOW_KEV + i);
            cr_expect(epsilon_eq(dbl, mean, PAIRS[p].kev[e], 5));
        }
}

Test(base_beam, refuses_a_window_without_photons)
{
    const osarc_beam beam = {60, 3, 70, 80};
    double weights[OSARC_BEAM_ENERGIES];
    EXPECT_REFUSED(osarc_beam_weights(weights, &beam, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_beam_weights(weights, NULL, &err), OSARC_ERR_ARGUMENT);
    cr_expect(eq(ptr, (void *) osarc_beam_pair_find("100/140"), NULL));
    cr_expect(eq(ptr, (void *) osarc_beam_pair_find(NULL), NULL));
}
