/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine_help.h"

static spine_case c;

static void enter(void)
{
    spine_case_make(&c);
}

static void leave(void)
{
    spine_case_drop(&c);
}

TestSuite(measure_spine_flags, .init = enter, .fini = leave);

/* ---- means ---- */

Test(measure_spine_flags, take_the_mean_of_two_and_of_four)
{
    static const int16_t HU[LEVELS] = {100, 120, 140, 200, 500};
    for (size_t v = 0; v < LEVELS; v++)
        spine_case_fill(&c, v, HU[v]);
    spine_case_measure(&c);
    cr_expect(epsilon_eq(dbl, spine_case_row(&c, "L1-L2", "hu_trabecular")->value, 110, 1e-9));
    cr_expect(epsilon_eq(dbl, spine_case_row(&c, "L1-L4", "hu_trabecular")->value, 140, 1e-9));
    cr_expect(epsilon_eq(dbl, spine_case_row(&c, "L1-L2", "vbmd_trabecular")->value, 78, 1e-9));
    expect_quality(spine_case_row(&c, "L1-L4", "vbmd_trabecular"), OSARC_QUALITY_OK,
                   "mean of L1, L2, L3, L4");
}

/* The fit is shared by the levels, the noise is not. */
Test(measure_spine_flags, shrink_the_noise_of_a_mean_but_not_its_fit)
{
    for (size_t v = 0; v < 2; v++)
        for (size_t n = 0; n < BOX_VOXELS; n++)
            osarc_image_fill(c.image)[c.voxels[v][n]] = n % 2 ? 100 : 180;
    spine_case_measure(&c);
    const osarc_finding *one = spine_case_row(&c, "L1", "vbmd_trabecular");
    const osarc_finding *two = spine_case_row(&c, "L1-L2", "vbmd_trabecular");
    double noise = sqrt(pow(one->ci_high - one->value, 2) - 4); /* the fit's half is 2 */
    cr_expect(gt(dbl, noise, 1));
    cr_expect(epsilon_eq(dbl, two->ci_high - two->value, hypot(2, noise / sqrt(2)), 1e-9));
}

Test(measure_spine_flags, refuse_a_mean_of_one)
{
    c.vertebrae[1].whole = c.vertebrae[2].whole = c.vertebrae[3].whole = 0;
    spine_case_measure(&c);
    expect_quality(spine_case_row(&c, "L1-L4", "hu_trabecular"), OSARC_QUALITY_REFUSED,
                   "two whole and sound vertebrae are needed; L2: the view cuts its body; L3: ");
    expect_quality(spine_case_row(&c, "L1-L2", "hu_trabecular"), OSARC_QUALITY_REFUSED, "L2: ");
}

/* ---- fractures ---- */

Test(measure_spine_flags, suspect_a_fracture_where_a_height_is_lost)
{
    c.vertebrae[1].height_anterior_mm = 27 * 0.79; /* 21 % below L1 and L3 */
    spine_case_measure(&c);
    static const char *const ROWS[] = {"hu_trabecular", "vbmd_trabecular", "vbmd_integral", "bmc",
                                       "vertebra_height_anterior"};
    for (int i = 0; i < 5; i++)
        expect_quality(spine_case_row(&c, "L2", ROWS[i]), OSARC_QUALITY_WARNING,
                       "fracture suspected, not a diagnosis: anterior over posterior height is "
                       "21 % below");
    expect_quality(spine_case_row(&c, "L1", "vbmd_trabecular"), OSARC_QUALITY_OK, "");
    expect_quality(spine_case_row(&c, "L3", "vbmd_trabecular"), OSARC_QUALITY_OK, "");
}

Test(measure_spine_flags, suspect_middle_and_crushed_bodies_too)
{
    c.vertebrae[1].height_middle_mm = 26 * 0.75;
    c.vertebrae[3].height_anterior_mm = 27 * 0.7;
    c.vertebrae[3].height_middle_mm = 26 * 0.7;
    c.vertebrae[3].height_posterior_mm = 28 * 0.7;
    spine_case_measure(&c);
    expect_quality(spine_case_row(&c, "L2", "vbmd_trabecular"), OSARC_QUALITY_WARNING,
                   "middle over posterior height is 25 %");
    expect_quality(spine_case_row(&c, "L4", "vbmd_trabecular"), OSARC_QUALITY_WARNING,
                   "posterior height is 30 %");
}

Test(measure_spine_flags, suspect_nothing_at_the_limit_or_without_neighbours)
{
    c.vertebrae[1].height_anterior_mm = 27 * 0.8;
    c.vertebrae[3].label = 0; /* L5 stands alone */
    c.vertebrae[4].height_anterior_mm = 10;
    spine_case_measure(&c);
    expect_quality(spine_case_row(&c, "L2", "vbmd_trabecular"), OSARC_QUALITY_OK, "");
    expect_quality(spine_case_row(&c, "L5", "vbmd_trabecular"), OSARC_QUALITY_OK, "");
}

/* Bodies grow from the neck down, so that the uppermost is the smallest by nature. */
Test(measure_spine_flags, suspect_no_crush_against_one_neighbour)
{
    c.vertebrae[0].height_anterior_mm = 27 * 0.7;
    c.vertebrae[0].height_middle_mm = 26 * 0.7;
    c.vertebrae[0].height_posterior_mm = 28 * 0.7;
    spine_case_measure(&c);
    expect_quality(spine_case_row(&c, "L1", "vbmd_trabecular"), OSARC_QUALITY_OK, "");
    expect_quality(spine_case_row(&c, "L2", "vbmd_trabecular"), OSARC_QUALITY_OK, "");
}

Test(measure_spine_flags, suspect_nothing_by_a_neighbour_that_is_cut)
{
    c.vertebrae[1].whole = 0;
    c.vertebrae[1].height_posterior_mm = NAN;
    c.vertebrae[2].whole = 0;
    c.vertebrae[0].height_anterior_mm = 10;
    spine_case_measure(&c);
    expect_quality(spine_case_row(&c, "L1", "vbmd_trabecular"), OSARC_QUALITY_OK, "");
}

Test(measure_spine_flags, leave_a_suspected_fracture_out_of_means)
{
    c.vertebrae[0].height_anterior_mm = 15;
    spine_case_measure(&c);
    expect_quality(spine_case_row(&c, "L1-L2", "vbmd_trabecular"), OSARC_QUALITY_REFUSED,
                   "L1: fracture suspected");
    expect_quality(spine_case_row(&c, "L1-L4", "vbmd_trabecular"), OSARC_QUALITY_WARNING,
                   "left out: L1: fracture suspected");
    expect_quality(spine_case_row(&c, "L1-L4", "vbmd_trabecular"), OSARC_QUALITY_WARNING,
                   "mean of L2, L3, L4");
}

/* ---- two readings of the level ---- */

Test(measure_spine_flags, give_both_readings_where_anchors_disagree)
{
    static const int16_t HU[LEVELS] = {100, 120, 140, 160, 180};
    for (size_t v = 0; v < LEVELS; v++) {
        spine_case_fill(&c, v, HU[v]);
        c.vertebrae[v].other_label = (uint8_t) (c.vertebrae[v].label + 1); /* T12 to L4 */
    }
    snprintf(c.anchors.text, sizeof(c.anchors.text), "sacrum says L5, last rib says L4");
    spine_case_measure(&c);
    const osarc_finding *row = spine_case_row(&c, "L2", "vbmd_trabecular");
    expect_quality(row, OSARC_QUALITY_WARNING,
                   "L2 by one reading, L1 by the other (sacrum says L5, last rib says L4); by the "
                   "other this is the vbmd_trabecular of L1");
    expect_quality(spine_case_row(&c, "L2", "vertebra_height_middle"), OSARC_QUALITY_WARNING,
                   "anchors disagree");
    /* 120 and 140 HU become L1 and L2: 0.8 * 130 - 10 */
    row = spine_case_row(&c, "L1-L2", "vbmd_trabecular");
    cr_expect(epsilon_eq(dbl, row->value, 78, 1e-9));
    expect_quality(row, OSARC_QUALITY_WARNING, "under the other reading L1-L2 is 94 mg/cm3");
    expect_quality(spine_case_row(&c, "L1-L2", "hu_trabecular"), OSARC_QUALITY_WARNING,
                   "under the other reading L1-L2 is 130 HU");
}

Test(measure_spine_flags, say_when_the_other_reading_cannot_be_measured)
{
    c.input.level_count = 2;
    c.vertebrae[0].other_label = 32; /* T12 */
    c.vertebrae[1].other_label = 31;
    spine_case_measure(&c);
    expect_quality(spine_case_row(&c, "L1-L2", "vbmd_trabecular"), OSARC_QUALITY_WARNING,
                   "under the other reading L1-L2 cannot be measured");
}

/* ---- acquisition ---- */

Test(measure_spine_flags, warn_of_hu_at_another_tube_voltage)
{
    c.acquisition.kvp = 140;
    spine_case_measure(&c);
    expect_quality(spine_case_row(&c, "L2", "hu_trabecular"), OSARC_QUALITY_WARNING,
                   "140 kVp: published HU thresholds are for 120 kVp, none is applied");
    expect_quality(spine_case_row(&c, "L2", "vbmd_trabecular"), OSARC_QUALITY_OK, "");
}

Test(measure_spine_flags, warn_of_hu_at_an_unknown_tube_voltage)
{
    c.acquisition.kvp = NAN;
    spine_case_measure(&c);
    expect_quality(spine_case_row(&c, "L1-L2", "hu_trabecular"), OSARC_QUALITY_WARNING,
                   "tube voltage not known");
}

Test(measure_spine_flags, warn_where_contrast_is_neither_told_nor_to_be_seen)
{
    c.acquisition.contrast = OSARC_CONTRAST_UNKNOWN;
    c.input.blood_read = 0;
    spine_case_measure(&c);
    expect_quality(spine_case_row(&c, "L2", "vbmd_trabecular"), OSARC_QUALITY_WARNING,
                   "not known whether contrast was given");
    osarc_findings_free(c.findings);
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_OK(osarc_findings_create(&c.findings, &err));
    c.input.blood_read = 1;
    spine_case_measure(&c);
    expect_quality(spine_case_row(&c, "L2", "vbmd_trabecular"), OSARC_QUALITY_OK, "");
}

Test(measure_spine_flags, warn_of_sharp_kernels)
{
    snprintf(c.acquisition.manufacturer, sizeof(c.acquisition.manufacturer), "SIEMENS");
    snprintf(c.acquisition.kernel, sizeof(c.acquisition.kernel), "B70f");
    spine_case_measure(&c);
    expect_quality(spine_case_row(&c, "L2", "vbmd_trabecular"), OSARC_QUALITY_WARNING,
                   "sharp kernel B70f");
    expect_quality(spine_case_row(&c, "L1-L4", "hu_trabecular"), OSARC_QUALITY_WARNING,
                   "sharp kernel B70f");
    expect_quality(spine_case_row(&c, "L2", "vertebra_height_middle"), OSARC_QUALITY_OK, "");
}

Test(measure_spine_flags, pass_on_what_weakens_series_spine_and_scale)
{
    c.context.warnings = "gantry was tilted";
    c.input.spine_warnings = "six lumbar vertebrae";
    c.input.calibration_warnings = "made on another scanner";
    spine_case_measure(&c);
    expect_quality(spine_case_row(&c, "L2", "vertebra_height_middle"), OSARC_QUALITY_WARNING,
                   "gantry was tilted; six lumbar vertebrae");
    expect_quality(spine_case_row(&c, "L2", "vbmd_trabecular"), OSARC_QUALITY_WARNING,
                   "made on another scanner");
    cr_expect(strstr(spine_case_row(&c, "L2", "hu_trabecular")->note, "another scanner") == NULL);
}

/* ---- kernels ---- */

Test(measure_spine_flags, know_sharp_kernels_by_maker)
{
    static const char *const KERNELS[][2] = {{"GE MEDICAL SYSTEMS", "LUNG"},
                                             {"GE MEDICAL SYSTEMS", "BONE"},
                                             {"GE MEDICAL SYSTEMS", "BONEPLUS"},
                                             {"SIEMENS", "B60f"},
                                             {"SIEMENS", "B80s"},
                                             {"Siemens Healthineers", "Br64d\\3"},
                                             {"SIEMENS", "B50f"},
                                             {"SIEMENS", "I70f\\2"},
                                             {"SIEMENS", "U90u"},
                                             {"SIEMENS", "Bl57"},
                                             {"TOSHIBA", "FC51"},
                                             {"Canon Medical Systems", "FC55"}};
    for (size_t i = 0; i < sizeof(KERNELS) / sizeof(KERNELS[0]); i++)
        cr_expect(osarc_kernel_is_sharp(KERNELS[i][0], KERNELS[i][1]), "%s %s", KERNELS[i][0],
                  KERNELS[i][1]);
}

Test(measure_spine_flags, call_no_soft_or_unknown_kernel_sharp)
{
    static const char *const KERNELS[][2] = {{"GE MEDICAL SYSTEMS", "STANDARD"},
                                             {"GE MEDICAL SYSTEMS", "SOFT"},
                                             {"SIEMENS", "B30f"},
                                             {"SIEMENS", "B49f"},
                                             {"SIEMENS", "Br40"},
                                             {"SIEMENS", "S80s"},
                                             {"SIEMENS", "B"},
                                             {"SIEMENS", "B600"},
                                             {"SIEMENS", "LUNG"},
                                             {"Philips", "B"},
                                             {"Philips", "Detail"},
                                             {"TOSHIBA", "FC08"},
                                             {"TOSHIBA", "FC18"},
                                             {"Canon Medical Systems", "FC"},
                                             {"", "LUNG"},
                                             {"Neusoft", "FC51"},
                                             {"GE MEDICAL SYSTEMS", ""}};
    for (size_t i = 0; i < sizeof(KERNELS) / sizeof(KERNELS[0]); i++)
        cr_expect(0 == osarc_kernel_is_sharp(KERNELS[i][0], KERNELS[i][1]), "%s %s", KERNELS[i][0],
                  KERNELS[i][1]);
    cr_expect(eq(int, osarc_kernel_is_sharp(NULL, "LUNG"), 0));
    cr_expect(eq(int, osarc_kernel_is_sharp("GE", NULL), 0));
}
