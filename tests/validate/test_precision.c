/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <expect.h>

#include <statistics.h>

#include "worked_examples.h"

static int is_refused(osi_estimate e)
{
    return e.quality == OSARC_QUALITY_REFUSED && isnan(e.value) && isnan(e.low) && e.note;
}

/* Worked by hand; LSC with the factor 2.77. */
Test(validate_precision, density_pairs_as_duplicates_have_their_worked_precision)
{
    osarc_error err = OSARC_ERROR_INIT;
    double values[2 * DENSITY_COUNT];
    size_t subject[2 * DENSITY_COUNT];
    for (size_t i = 0; i < DENSITY_COUNT; i++) {
        values[i] = DENSITY_X[i];
        values[DENSITY_COUNT + i] = DENSITY_Y[i];
        subject[i] = subject[DENSITY_COUNT + i] = i;
    }
    osi_precision p;
    EXPECT_OK(osi_precision_find(&p, values, subject, 16, 8, &err));
    cr_expect(epsilon_eq(dbl, p.rms_sd.value, .01039230, 5e-9));
    cr_expect(epsilon_eq(dbl, p.rms_cv_percent.value, 1.132141, 5e-7));
    cr_expect(epsilon_eq(dbl, p.lsc.value, .02878668, 1e-8)); /* 2.77 times a rounded value */
    cr_expect(epsilon_eq(dbl, p.lsc_percent.value, 3.136030, 5e-6));
    cr_expect(eq(dbl, p.degrees_of_freedom, 8.0));
    cr_expect(eq(int, (int) p.rms_sd.quality, OSARC_QUALITY_WARNING));
}

/* Peak flow of 20 children, four readings each: within-subject variance 460.52.
 * Bland JM, Altman DG. BMJ 1996; 312: 1654 and 313: 41. */
static const double CHILDREN[20][4] = {
    {190, 220, 200, 200}, {220, 200, 240, 230}, {260, 260, 240, 280}, {210, 300, 280, 265},
    {270, 265, 280, 270}, {280, 280, 270, 275}, {260, 280, 280, 300}, {275, 275, 275, 305},
    {280, 290, 300, 290}, {320, 290, 300, 290}, {300, 300, 310, 300}, {270, 250, 330, 370},
    {320, 330, 330, 330}, {335, 320, 335, 375}, {350, 320, 340, 365}, {360, 320, 350, 345},
    {330, 340, 380, 390}, {335, 385, 360, 370}, {400, 420, 425, 420}, {430, 460, 480, 470}};

Test(validate_precision, children_have_their_published_within_subject_variance)
{
    osarc_error err = OSARC_ERROR_INIT;
    double values[80];
    size_t subject[80];
    for (size_t i = 0; i < 80; i++) {
        values[i] = CHILDREN[i / 4][i % 4];
        subject[i] = i / 4;
    }
    osi_precision p;
    EXPECT_OK(osi_precision_find(&p, values, subject, 80, 20, &err));
    cr_expect(epsilon_eq(dbl, p.rms_sd.value * p.rms_sd.value, 460.52, 0.005));
    cr_expect(eq(dbl, p.degrees_of_freedom, 60.0));
    cr_expect(eq(int, (int) p.rms_sd.quality, OSARC_QUALITY_OK));
}

/* Glüer CC et al. Osteoporos Int 1995; 5: 262-270: at 27 degrees of freedom the upper limit of the
 * 90 % interval is 29 % above; the 95 % interval here is from the chi-square table, 27 df:
 * 14.573 and 43.195. */
Test(validate_precision, the_interval_is_that_of_chi_square)
{
    osarc_error err = OSARC_ERROR_INIT;
    double values[54];
    size_t subject[54];
    for (size_t i = 0; i < 27; i++) {
        values[2 * i] = 100;
        values[2 * i + 1] = 100 + sqrt(2); /* SD 1 for each */
        subject[2 * i] = subject[2 * i + 1] = i;
    }
    osi_precision p;
    EXPECT_OK(osi_precision_find(&p, values, subject, 54, 27, &err));
    cr_expect(epsilon_eq(dbl, p.rms_sd.value, 1.0, 1e-12));
    cr_expect(epsilon_eq(dbl, p.rms_sd.low, sqrt(27 / 43.195), 1e-4));
    cr_expect(epsilon_eq(dbl, p.rms_sd.high, sqrt(27 / 14.573), 1e-4));
    cr_expect(eq(int, (int) p.rms_sd.quality, OSARC_QUALITY_OK));
}

Test(validate_precision, a_change_as_large_as_the_lsc_is_real)
{
    cr_expect(eq(int, osi_change_is_real(0.028, 0.0287867), 0));
    cr_expect(eq(int, osi_change_is_real(0.0287867, 0.0287867), 1));
    cr_expect(eq(int, osi_change_is_real(-0.03, 0.0287867), 1));
    cr_expect(eq(int, osi_change_is_real(0.03, NAN), 0));
}

Test(validate_precision, passes_over_a_subject_with_one_value)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double values[] = {1, 3, 77};
    const size_t subject[] = {0, 0, 1};
    osi_precision p;
    EXPECT_OK(osi_precision_find(&p, values, subject, 3, 2, &err));
    cr_expect(epsilon_eq(dbl, p.rms_sd.value, sqrt(2), 1e-14));
    cr_expect(eq(dbl, p.degrees_of_freedom, 1.0));
    cr_expect(eq(sz, p.rms_sd.count, 1));
}

Test(validate_precision, refuses_values_without_a_repeat)
{
    osarc_error err = OSARC_ERROR_INIT;
    const size_t subject[] = {0, 1, 2};
    osi_precision p;
    EXPECT_OK(osi_precision_find(&p, DENSITY_X, subject, 3, 3, &err));
    cr_expect(is_refused(p.rms_sd) && is_refused(p.lsc) && is_refused(p.rms_cv_percent));
    EXPECT_OK(osi_precision_find(&p, DENSITY_X, subject, 0, 0, &err));
    cr_expect(is_refused(p.rms_sd));
}

Test(validate_precision, refuses_a_coefficient_of_variation_about_zero)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double values[] = {-1, 1, 5, 6};
    const size_t subject[] = {0, 0, 1, 1};
    osi_precision p;
    EXPECT_OK(osi_precision_find(&p, values, subject, 4, 2, &err));
    cr_expect(is_refused(p.rms_cv_percent) && is_refused(p.lsc_percent));
    cr_expect(gt(dbl, p.rms_sd.value, 0.0));
}
