/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine_help.h"

#include <osi/alloc.h>

static osarc_error err = OSARC_ERROR_INIT;
static spine_case c;

static void enter(void)
{
    spine_case_make(&c);
}

static void leave(void)
{
    spine_case_drop(&c);
}

TestSuite(measure_spine, .init = enter, .fini = leave);

static const char *const HU_ROWS[] = {"hu_trabecular", "hu_trabecular_median", "hu_trabecular_sd",
                                      "trabecular_region_volume"};
static const char *const DENSITY_ROWS[] = {"vbmd_trabecular", "vbmd_integral", "bmc"};
static const char *const HEIGHT_ROWS[] = {"vertebra_height_anterior", "vertebra_height_middle",
                                          "vertebra_height_posterior"};

Test(measure_spine, gives_the_mean_median_and_spread_of_a_region)
{
    /* 108 voxels of 100 and 108 of 180 HU: mean 140, median 140, SD 40 * sqrt(216 / 215) */
    for (size_t n = 0; n < BOX_VOXELS; n++)
        osarc_image_fill(c.image)[c.voxels[2][n]] = n % 2 ? 100 : 180;
    spine_case_measure(&c);
    cr_expect(epsilon_eq(dbl, spine_case_row(&c, "L3", "hu_trabecular")->value, 140, 1e-9));
    cr_expect(epsilon_eq(dbl, spine_case_row(&c, "L3", "hu_trabecular_median")->value, 140, 1e-9));
    cr_expect(epsilon_eq(dbl, spine_case_row(&c, "L3", "hu_trabecular_sd")->value,
                         40 * sqrt(216 / 215.0), 1e-9));
    cr_expect(
        epsilon_eq(dbl, spine_case_row(&c, "L3", "trabecular_region_volume")->value, 0.216, 1e-9));
    const osarc_finding *row = spine_case_row(&c, "L3", "hu_trabecular");
    cr_expect(eq(str, (char *) row->method, "trabecular-mean"));
    cr_expect(eq(str, (char *) row->site, "lumbar"));
}

Test(measure_spine, turns_hu_into_density_with_the_basis_and_the_rung)
{
    spine_case_measure(&c);
    const osarc_finding *row = spine_case_row(&c, "L1", "vbmd_trabecular");
    cr_expect(epsilon_eq(dbl, row->value, 110, 1e-9)); /* 0.8 * 150 - 10 */
    cr_expect(eq(str, (char *) row->basis, "K2HPO4"));
    cr_expect(eq(str, (char *) row->method, "phantom"));
    cr_expect(eq(str, (char *) row->unit, "mg/cm3"));
    expect_quality(row, OSARC_QUALITY_OK, "fit 2, noise 0, placement 0");
    /* even regions, the same in each placement: the fit alone */
    cr_expect(epsilon_eq(dbl, row->ci_high - row->value, 2, 1e-9));
    cr_expect(epsilon_eq(dbl, row->value - row->ci_low, 2, 1e-9));
}

Test(measure_spine, takes_the_mean_of_a_curved_scale_over_the_voxels)
{
    c.calibration.density[2] = 0.001;
    for (size_t n = 0; n < BOX_VOXELS; n++)
        osarc_image_fill(c.image)[c.voxels[0][n]] = n % 2 ? 100 : 200;
    spine_case_measure(&c);
    double wanted = (-10 + 80 + 10 + -10 + 160 + 40) / 2.0;
    cr_expect(epsilon_eq(dbl, spine_case_row(&c, "L1", "vbmd_trabecular")->value, wanted, 1e-9));
    cr_expect(epsilon_eq(dbl, spine_case_row(&c, "L1", "vbmd_integral")->value, wanted, 1e-9));
}

Test(measure_spine, adds_what_placement_does_to_the_interval)
{
    /* L2 reads 150, L1 and L3 170 and 140 in place of two moved regions */
    spine_case_fill(&c, 0, 170);
    spine_case_fill(&c, 2, 140);
    c.levels[1].trabecular[OSARC_PLACED_UP].voxels = c.voxels[0];
    c.levels[1].trabecular[OSARC_PLACED_DEEPER].voxels = c.voxels[2];
    spine_case_measure(&c);
    const osarc_finding *row = spine_case_row(&c, "L2", "vbmd_trabecular");
    /* half the spread of 140 to 170 HU at 0.8 is 12; the fit 2 */
    cr_expect(epsilon_eq(dbl, row->ci_high - row->value, hypot(12, 2), 1e-9));
    expect_quality(row, OSARC_QUALITY_OK, "fit 2, noise 0, placement 12");
    row = spine_case_row(&c, "L2", "hu_trabecular");
    cr_expect(epsilon_eq(dbl, row->ci_high - row->value, 15, 1e-9));
}

Test(measure_spine, says_where_placement_is_not_known)
{
    for (int p = 1; p < OSARC_PLACEMENTS; p++)
        c.levels[1].trabecular[p] = (osarc_region){NULL, 0, "too near the walls"};
    spine_case_measure(&c);
    expect_quality(spine_case_row(&c, "L2", "vbmd_trabecular"), OSARC_QUALITY_OK,
                   "placement not known");
    expect_quality(spine_case_row(&c, "L1-L2", "vbmd_trabecular"), OSARC_QUALITY_OK,
                   "placement not known");
}

Test(measure_spine, gives_no_interval_where_the_fit_has_none)
{
    c.calibration.t_95 = NAN;
    spine_case_measure(&c);
    const osarc_finding *row = spine_case_row(&c, "L2", "vbmd_trabecular");
    cr_expect(isnan(row->ci_low) && isnan(row->ci_high));
    expect_quality(row, OSARC_QUALITY_OK, "of the fit not known");
    cr_expect(isfinite(spine_case_row(&c, "L2", "hu_trabecular")->ci_low));
}

Test(measure_spine, weighs_the_whole_body)
{
    spine_case_fill(&c, 3, 250);
    spine_case_measure(&c);
    /* 0.8 * 250 - 10 = 190 mg/cm3 in 0.216 cm3 is 0.04104 g */
    cr_expect(epsilon_eq(dbl, spine_case_row(&c, "L4", "vbmd_integral")->value, 190, 1e-9));
    const osarc_finding *mass = spine_case_row(&c, "L4", "bmc");
    cr_expect(epsilon_eq(dbl, mass->value, 0.04104, 1e-12));
    cr_expect(eq(str, (char *) mass->unit, "g"));
    /* fit of 2 mg/cm3; 64 of 216 voxels lie inside, and half of what the others hold is open */
    double outline = 0.04104 * (1 - 64.0 / 216) / 2;
    double half = hypot(2 * 0.216 / 1000, outline);
    cr_expect(epsilon_eq(dbl, mass->ci_high - mass->value, half, 1e-12));
    expect_quality(mass, OSARC_QUALITY_OK, "outline 0.014 (half a voxel all round)");
}

Test(measure_spine, widens_the_density_of_a_body_by_a_bright_shell)
{
    spine_case_fill(&c, 3, 250);
    spine_case_shell(&c, 3, 400);
    spine_case_measure(&c);
    /* 0.8 * 400 - 10 = 310 in the 152 voxels of the shell, 190 in the 64 inside */
    const osarc_finding *row = spine_case_row(&c, "L4", "vbmd_integral");
    double mean = (152 * 310 + 64 * 190) / 216.0;
    cr_expect(epsilon_eq(dbl, row->value, mean, 1e-9));
    cr_expect(epsilon_eq(dbl, row->ci_high - row->value, hypot(2, (mean - 190) / 2), 1e-9));
}

/* tenths of the volume in tables of four digits: 8.49 at 70 keV and 7.83 at 60, in K2HPO4 */
Test(measure_spine, tells_what_fat_takes_where_it_is_not_known)
{
    static const double KEV[] = {70, 60};
    static const char *const NOTES[] = {"marrow take about 8.5 mg/cm3 from it",
                                        "marrow take about 7.8 mg/cm3 from it"};
    for (int i = 0; i < 2; i++) {
        spine_case again;
        spine_case_make(&again);
        again.calibration.effective_energy_kev = KEV[i];
        spine_case_measure(&again);
        expect_quality(spine_case_row(&again, "L2", "vbmd_trabecular"), OSARC_QUALITY_OK, NOTES[i]);
        spine_case_drop(&again);
    }
    c.calibration.kvp = NAN;
    spine_case_measure(&c);
    cr_expect(strstr(spine_case_row(&c, "L2", "vbmd_trabecular")->note, "fat") == NULL);
}

Test(measure_spine, prints_heights_as_they_are)
{
    spine_case_measure(&c);
    cr_expect(eq(dbl, spine_case_row(&c, "L5", "vertebra_height_anterior")->value, 27.0));
    cr_expect(eq(dbl, spine_case_row(&c, "L5", "vertebra_height_middle")->value, 26.0));
    cr_expect(eq(dbl, spine_case_row(&c, "L5", "vertebra_height_posterior")->value, 28.0));
}

Test(measure_spine, names_the_rung_and_whose_labels_they_were)
{
    c.calibration.rung = OSARC_RUNG_ASYNCHRONOUS;
    c.input.labels_from = "labels from file";
    spine_case_measure(&c);
    cr_expect(eq(str, (char *) spine_case_row(&c, "L2", "vbmd_trabecular")->method,
                 "async, labels from file"));
    cr_expect(eq(str, (char *) spine_case_row(&c, "L2", "hu_trabecular")->method,
                 "trabecular-mean, labels from file"));
    cr_expect(eq(str, (char *) spine_case_row(&c, "L2", "vertebra_height_middle")->method,
                 "end-plates, labels from file"));
}

Test(measure_spine, puts_thoracic_vertebrae_on_their_own_site)
{
    c.vertebrae[0].label = 32;
    c.input.level_count = 1;
    spine_case_measure(&c);
    cr_expect(eq(str, (char *) spine_case_row(&c, "T12", "vbmd_trabecular")->site, "thoracic"));
    expect_quality(spine_case_row(&c, "L1-L2", "vbmd_trabecular"), OSARC_QUALITY_REFUSED,
                   "L1: not in view; L2: not in view");
}

Test(measure_spine, leaves_sacrum_and_neck_alone)
{
    c.vertebrae[0].label = 25;
    c.vertebrae[1].label = 26;
    c.vertebrae[2].label = 44;
    c.input.level_count = 3;
    spine_case_measure(&c);
    cr_expect(eq(sz, osarc_findings_count(c.findings), 2u));
    expect_quality(spine_case_row(&c, "", "vbmd_trabecular"), OSARC_QUALITY_REFUSED,
                   "no vertebra found");
}

Test(measure_spine, tells_marrow_fat_with_its_method_and_what_it_takes)
{
    c.fat = (osarc_marrow_fat){.fraction = 0.45,
                               .ci = {0.3, 0.6},
                               .density_error_mg_cm3 = 34.5,
                               .mineral_mg_cm3 = NAN,
                               .condition = NAN,
                               .residual = NAN,
                               .method = "model-based"};
    c.levels[1].marrow_fat = &c.fat;
    spine_case_measure(&c);
    const osarc_finding *row = spine_case_row(&c, "L2", "marrow_fat_fraction");
    cr_expect(eq(dbl, row->value, 0.45));
    cr_expect(eq(dbl, row->ci_low, 0.3));
    cr_expect(eq(str, (char *) row->method, "model-based"));
    expect_quality(row, OSARC_QUALITY_WARNING, "one energy cannot tell fat from mineral");
    cr_expect(strstr(spine_case_row(&c, "L2", "vbmd_trabecular")->note, "34.5") == NULL);
    expect_quality(spine_case_row(&c, "L1", "marrow_fat_fraction"), OSARC_QUALITY_REFUSED,
                   "no fat fraction");
}

Test(measure_spine, tells_how_well_two_energies_were_solved)
{
    c.fat = (osarc_marrow_fat){.fraction = 0.45,
                               .ci = {0.3, 0.6},
                               .density_error_mg_cm3 = 34.5,
                               .mineral_mg_cm3 = 151.25,
                               .condition = 120,
                               .residual = 0.01,
                               .voxels = 200,
                               .clamped = 3,
                               .method = "three-material"};
    c.levels[1].marrow_fat = &c.fat;
    spine_case_measure(&c);
    expect_quality(spine_case_row(&c, "L2", "marrow_fat_fraction"), OSARC_QUALITY_OK,
                   "mineral 151.3 mg/cm3 HA with the fat accounted for; condition 120");
    expect_quality(spine_case_row(&c, "L2", "vbmd_trabecular"), OSARC_QUALITY_OK,
                   "takes about 34.5 mg/cm3");
}

Test(measure_spine, refuses_a_fat_fraction_that_is_left_open)
{
    c.fat = (osarc_marrow_fat){
        .fraction = 0.5, .ci = {0, 1}, .condition = NAN, .method = "model-based"};
    c.levels[1].marrow_fat = &c.fat;
    spine_case_measure(&c);
    expect_quality(spine_case_row(&c, "L2", "marrow_fat_fraction"), OSARC_QUALITY_REFUSED,
                   "leaves almost every fraction open");
}

/* ---- refusals ---- */

Test(measure_spine, refuses_everything_of_a_spoiled_vertebra)
{
    snprintf(c.vertebrae[1].spoiled, sizeof(c.vertebrae[1].spoiled), "metal");
    spine_case_measure(&c);
    for (int i = 0; i < 4; i++)
        expect_quality(spine_case_row(&c, "L2", HU_ROWS[i]), OSARC_QUALITY_REFUSED, "metal");
    for (int i = 0; i < 3; i++) {
        expect_quality(spine_case_row(&c, "L2", DENSITY_ROWS[i]), OSARC_QUALITY_REFUSED, "metal");
        expect_quality(spine_case_row(&c, "L2", HEIGHT_ROWS[i]), OSARC_QUALITY_REFUSED, "metal");
    }
    expect_quality(spine_case_row(&c, "L1-L2", "vbmd_trabecular"), OSARC_QUALITY_REFUSED,
                   "L2: metal");
    expect_quality(spine_case_row(&c, "L1-L4", "vbmd_trabecular"), OSARC_QUALITY_WARNING,
                   "left out: L2: metal");
}

Test(measure_spine, refuses_a_vertebra_that_the_view_cuts)
{
    c.vertebrae[0].whole = 0;
    c.vertebrae[0].height_anterior_mm = NAN;
    spine_case_measure(&c);
    expect_quality(spine_case_row(&c, "L1", "hu_trabecular"), OSARC_QUALITY_REFUSED, "cuts");
    expect_quality(spine_case_row(&c, "L1", "bmc"), OSARC_QUALITY_REFUSED, "cuts");
    expect_quality(spine_case_row(&c, "L1", "vertebra_height_anterior"), OSARC_QUALITY_REFUSED,
                   "cuts");
}

Test(measure_spine, refuses_a_region_with_its_reason)
{
    c.levels[0].trabecular[OSARC_PLACED] = (osarc_region){NULL, 0, "nothing left so far in"};
    c.levels[1].trabecular[OSARC_PLACED] = (osarc_region){c.voxels[1], 7, NULL};
    osarc_image_fill(c.image)[c.voxels[2][9]] = OSARC_OUTSIDE;
    spine_case_measure(&c);
    expect_quality(spine_case_row(&c, "L1", "vbmd_trabecular"), OSARC_QUALITY_REFUSED,
                   "nothing left so far in");
    expect_quality(spine_case_row(&c, "L2", "vbmd_trabecular"), OSARC_QUALITY_REFUSED,
                   "7 voxels, 8 are needed");
    expect_quality(spine_case_row(&c, "L3", "vbmd_trabecular"), OSARC_QUALITY_REFUSED,
                   "field of view cuts");
    expect_quality(spine_case_row(&c, "L3", "bmc"), OSARC_QUALITY_REFUSED, "field of view cuts");
    expect_quality(spine_case_row(&c, "L1", "bmc"), OSARC_QUALITY_OK, "");
}

Test(measure_spine, refuses_a_body_that_is_not_there)
{
    c.levels[0].body = (osarc_region){NULL, 0, NULL};
    c.levels[1].body = (osarc_region){NULL, 0, "not parted from the arch"};
    spine_case_measure(&c);
    expect_quality(spine_case_row(&c, "L1", "vbmd_integral"), OSARC_QUALITY_REFUSED, "no voxels");
    expect_quality(spine_case_row(&c, "L2", "bmc"), OSARC_QUALITY_REFUSED, "not parted");
}

Test(measure_spine, refuses_densities_without_a_scale_and_says_why)
{
    c.calibration.rung = OSARC_RUNG_NONE;
    c.input.calibration_refused = "muscle reads 400 HU";
    spine_case_measure(&c);
    for (int i = 0; i < 3; i++)
        expect_quality(spine_case_row(&c, "L2", DENSITY_ROWS[i]), OSARC_QUALITY_REFUSED,
                       "muscle reads 400 HU");
    expect_quality(spine_case_row(&c, "L1-L2", "vbmd_trabecular"), OSARC_QUALITY_REFUSED,
                   "muscle reads 400 HU");
    expect_quality(spine_case_row(&c, "L2", "marrow_fat_fraction"), OSARC_QUALITY_REFUSED,
                   "muscle reads 400 HU");
    expect_quality(spine_case_row(&c, "L2", "hu_trabecular"), OSARC_QUALITY_OK, "");
    expect_quality(spine_case_row(&c, "L1-L2", "hu_trabecular"), OSARC_QUALITY_OK, "");
}

Test(measure_spine, refuses_densities_without_any_scale)
{
    c.input.calibration = NULL;
    spine_case_measure(&c);
    expect_quality(spine_case_row(&c, "L2", "vbmd_trabecular"), OSARC_QUALITY_REFUSED,
                   "not calibrated");
}

Test(measure_spine, refuses_densities_under_contrast_that_the_header_tells)
{
    c.acquisition.contrast = OSARC_CONTRAST_GIVEN;
    spine_case_measure(&c);
    for (int i = 0; i < 3; i++)
        expect_quality(spine_case_row(&c, "L2", DENSITY_ROWS[i]), OSARC_QUALITY_REFUSED,
                       "contrast was given, says the header");
    expect_quality(spine_case_row(&c, "L1-L4", "vbmd_trabecular"), OSARC_QUALITY_REFUSED,
                   "contrast");
    expect_quality(spine_case_row(&c, "L2", "hu_trabecular"), OSARC_QUALITY_WARNING, "contrast");
    expect_quality(spine_case_row(&c, "L2", "vertebra_height_middle"), OSARC_QUALITY_OK, "");
}

Test(measure_spine, refuses_densities_under_contrast_that_blood_shows)
{
    c.input.blood_enhanced = 1;
    spine_case_measure(&c);
    expect_quality(spine_case_row(&c, "L2", "vbmd_trabecular"), OSARC_QUALITY_REFUSED,
                   "blood is brighter");
}

Test(measure_spine, gives_densities_under_contrast_as_warnings_when_asked_to)
{
    c.acquisition.contrast = OSARC_CONTRAST_GIVEN;
    c.input.accept_contrast = 1;
    spine_case_measure(&c);
    for (int i = 0; i < 3; i++)
        expect_quality(spine_case_row(&c, "L2", DENSITY_ROWS[i]), OSARC_QUALITY_WARNING,
                       "contrast");
    expect_quality(spine_case_row(&c, "L1-L2", "vbmd_trabecular"), OSARC_QUALITY_WARNING,
                   "contrast");
}

Test(measure_spine, names_no_level_that_nothing_anchors)
{
    for (size_t v = 0; v < LEVELS; v++)
        c.vertebrae[v].label = 0;
    snprintf(c.anchors.text, sizeof(c.anchors.text), "neither sacrum nor last rib in view");
    spine_case_measure(&c);
    cr_assert(eq(sz, osarc_findings_count(c.findings), 2u));
    for (size_t i = 0; i < 2; i++)
        expect_quality(osarc_findings_at(c.findings, i), OSARC_QUALITY_REFUSED,
                       "5 of 5 vertebrae in view without a name: nothing anchors the level "
                       "(neither sacrum nor last rib in view)");
}

Test(measure_spine, says_that_no_vertebra_is_in_view)
{
    c.input.level_count = 0;
    spine_case_measure(&c);
    expect_quality(spine_case_row(&c, "", "hu_trabecular"), OSARC_QUALITY_REFUSED,
                   "no vertebra found in view");
    c.input.spine_refused = "the spine could not be told from the pelvis";
    osarc_findings_free(c.findings);
    EXPECT_OK(osarc_findings_create(&c.findings, &err));
    spine_case_measure(&c);
    expect_quality(spine_case_row(&c, "", "vbmd_trabecular"), OSARC_QUALITY_REFUSED,
                   "could not be told from the pelvis");
}

Test(measure_spine, refuses_what_is_not_in_hu)
{
    osarc_image *other = NULL;
    EXPECT_OK(osarc_image_create(&other, osarc_image_grid(c.image), OSARC_UNIT_MG_CM3, 1, 0, &err));
    c.input.image = other;
    EXPECT_REFUSED(osarc_measure_spine(c.findings, &c.context, &c.input, &err), OSARC_ERR_UNIT);
    osarc_image_free(other);
}

Test(measure_spine, refuses_missing_inputs)
{
    EXPECT_REFUSED(osarc_measure_spine(NULL, &c.context, &c.input, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_measure_spine(c.findings, NULL, &c.input, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_measure_spine(c.findings, &c.context, NULL, &err), OSARC_ERR_ARGUMENT);
    c.levels[3].vertebra = NULL;
    EXPECT_REFUSED(osarc_measure_spine(c.findings, &c.context, &c.input, &err), OSARC_ERR_ARGUMENT);
    c.input.levels = NULL;
    EXPECT_REFUSED(osarc_measure_spine(c.findings, &c.context, &c.input, &err), OSARC_ERR_ARGUMENT);
}

Test(measure_spine, survives_each_failing_allocation)
{
    long n = 1;
    for (int asked = 1; asked && n < 5000; n++) {
        osarc_findings *rows = NULL;
        EXPECT_OK(osarc_findings_create(&rows, &err));
        osi_alloc_fail_at(n);
        osarc_status status = osarc_measure_spine(rows, &c.context, &c.input, &err);
        asked = osi_alloc_asked() >= n;
        osi_alloc_fail_at(0);
        cr_expect(eq(int, (int) status, asked ? OSARC_ERR_MEMORY : OSARC_OK));
        osarc_findings_free(rows);
    }
    cr_expect(gt(i64, (int64_t) n, 100));
}
