/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine_help.h"

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

TestSuite(measure_scale_rows, .init = enter, .fini = leave);

static const char *const QUANTITIES[] = {"calibration_slope", "calibration_intercept",
                                         "calibration_r2", "effective_energy"};

static void measure(const osarc_calibration *calibration, const char *refused, const char *warnings)
{
    EXPECT_OK(
        osarc_measure_calibration(c.findings, &c.context, calibration, refused, warnings, &err));
}

Test(measure_scale_rows, print_the_scale_with_its_intervals_and_points)
{
    c.calibration.points[0] = (osarc_calibration_point){"rod A", -70.7, 0.4, -51.83, 0.21};
    c.calibration.point_count = 1;
    snprintf(c.calibration.model, sizeof(c.calibration.model), "mindways3_ct");
    measure(&c.calibration, NULL, NULL);
    const osarc_finding *row = spine_case_row(&c, "", "calibration_slope");
    cr_expect(eq(dbl, row->value, 1.25));
    cr_expect(eq(dbl, row->ci_low, 1.2));
    cr_expect(eq(dbl, row->ci_high, 1.3));
    cr_expect(eq(str, (char *) row->site, "calibration"));
    cr_expect(eq(str, (char *) row->basis, "K2HPO4"));
    cr_expect(eq(str, (char *) row->method, "phantom"));
    expect_quality(row, OSARC_QUALITY_OK, "phantom mindways3_ct");
    expect_quality(row, OSARC_QUALITY_OK, "rod A: -70.7 HU for -51.8 mg/cm3, residual 0.21 HU");
    cr_expect(eq(dbl, spine_case_row(&c, "", "calibration_r2")->value, 0.999));
    cr_expect(eq(dbl, spine_case_row(&c, "", "calibration_intercept")->value, 12.5));
}

Test(measure_scale_rows, refuse_an_energy_that_was_not_solved_for)
{
    measure(&c.calibration, NULL, NULL);
    expect_quality(spine_case_row(&c, "", "effective_energy"), OSARC_QUALITY_REFUSED,
                   "does not give it");
}

Test(measure_scale_rows, say_of_a_scale_made_before_when_and_how)
{
    c.calibration.rung = OSARC_RUNG_ASYNCHRONOUS;
    snprintf(c.calibration.made_on, sizeof(c.calibration.made_on), "2026-01-31");
    measure(&c.calibration, NULL, "kernel B40f, not B30f");
    const osarc_finding *row = spine_case_row(&c, "", "calibration_slope");
    cr_expect(eq(str, (char *) row->method, "async"));
    expect_quality(row, OSARC_QUALITY_WARNING, "kernel B40f, not B30f");
    expect_quality(row, OSARC_QUALITY_WARNING, "made before, on 2026-01-31 by phantom");
}

Test(measure_scale_rows, print_tissues_of_an_internal_scale)
{
    c.calibration.rung = OSARC_RUNG_INTERNAL;
    snprintf(c.calibration.method, sizeof(c.calibration.method), "linear_mu");
    c.calibration.effective_energy_kev = 71.5;
    c.calibration.energy_ci[0] = 69;
    c.calibration.energy_ci[1] = 74;
    c.calibration.systematic_mg_cm3 = 8;
    c.calibration.points[0] = (osarc_calibration_point){"muscle", 52, 0.4, 50, 2};
    c.calibration.point_count = 1;
    measure(&c.calibration, NULL, NULL);
    const osarc_finding *row = spine_case_row(&c, "", "effective_energy");
    cr_expect(eq(dbl, row->value, 71.5));
    cr_expect(eq(dbl, row->ci_high, 74.0));
    expect_quality(row, OSARC_QUALITY_OK, "muscle: 52 HU for 50 HU expected");
    expect_quality(row, OSARC_QUALITY_OK, "8 mg/cm3 added for what the fit cannot see");
}

Test(measure_scale_rows, refuse_all_without_a_scale)
{
    c.calibration.rung = OSARC_RUNG_NONE;
    measure(&c.calibration, "fewer than three tissues in view", NULL);
    for (int i = 0; i < 4; i++)
        expect_quality(spine_case_row(&c, "", QUANTITIES[i]), OSARC_QUALITY_REFUSED,
                       "fewer than three tissues in view");
}

Test(measure_scale_rows, refuse_all_when_none_was_asked_for)
{
    measure(NULL, NULL, NULL);
    for (int i = 0; i < 4; i++)
        expect_quality(spine_case_row(&c, "", QUANTITIES[i]), OSARC_QUALITY_REFUSED,
                       "not calibrated");
}

Test(measure_scale_rows, refuse_to_work_without_a_place_for_the_answer)
{
    EXPECT_REFUSED(osarc_measure_calibration(NULL, &c.context, NULL, NULL, NULL, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_measure_calibration(c.findings, NULL, NULL, NULL, NULL, &err),
                   OSARC_ERR_ARGUMENT);
}
