/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <expect.h>

#include <statistics.h>

#include "worked_examples.h"

static int is_refused(osi_estimate e)
{
    return e.quality == OSARC_QUALITY_REFUSED && isnan(e.value) && isnan(e.low) && e.note;
}

Test(validate_concordance, density_pairs_have_their_worked_ccc)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_concordance c;
    EXPECT_OK(osi_concordance_find(&c, DENSITY_X, DENSITY_Y, DENSITY_COUNT, &err));
    cr_expect(epsilon_eq(dbl, c.ccc.value, .99424646, 5e-9));
    cr_expect(epsilon_eq(dbl, c.ccc_unbiased.value, .99451468, 5e-9));
}

/* Lin 1989 on the peak flow data, as Stata's concord prints it (Steichen and Cox, Stata Technical
 * Bulletin 43, 1998): rho_c 0.943, z-transform 0.850 to 0.979; r = 0.943 (Bland and Altman). */
Test(validate_concordance, peak_flow_meters_have_their_published_ccc)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_concordance c;
    EXPECT_OK(osi_concordance_find(&c, PEAK_FLOW_MINI, PEAK_FLOW_WRIGHT, PEAK_FLOW_COUNT, &err));
    cr_expect(epsilon_eq(dbl, c.ccc.value, 0.943, 5e-4));
    cr_expect(epsilon_eq(dbl, c.ccc.low, 0.850, 6e-4));
    cr_expect(epsilon_eq(dbl, c.ccc.high, 0.979, 5e-4));
    cr_expect(epsilon_eq(dbl, c.pearson.value, 0.943, 5e-4));
}

/* NIST StRD Norris is used for the regression; its certified R-squared is 0.999993745883712. */

/* Anscombe FJ. Am Stat 1973; 27: 17-21: four sets with r = 0.816, the first one here. */
Test(validate_concordance, anscombes_first_set_has_its_correlation)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double x[] = {10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5};
    const double y[] = {8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68};
    osi_concordance c;
    EXPECT_OK(osi_concordance_find(&c, x, y, 11, &err));
    cr_expect(epsilon_eq(dbl, c.pearson.value, 0.816, 5e-4));
    /* tanh(atanh(0.81642) -+ 1.96/sqrt(8)) by hand */
    cr_expect(epsilon_eq(dbl, c.pearson.low, 0.4244, 1e-4));
    cr_expect(epsilon_eq(dbl, c.pearson.high, 0.9507, 1e-4));
}

/* Ranks by construction: one swap of neighbours among 10 gives 1 - 6*2/(10*99). */
Test(validate_concordance, spearman_counts_ranks)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    const double y[] = {1, 20, 3, 400, 500, 600, 700, 800, 900, 1000};
    osi_concordance c;
    EXPECT_OK(osi_concordance_find(&c, x, y, 10, &err));
    cr_expect(epsilon_eq(dbl, c.spearman.value, 1 - 12.0 / 990, 1e-14));
}

Test(validate_concordance, a_shift_lowers_ccc_and_not_pearson)
{
    osarc_error err = OSARC_ERROR_INIT;
    double y[DENSITY_COUNT];
    for (size_t i = 0; i < DENSITY_COUNT; i++)
        y[i] = DENSITY_X[i] + 1;
    osi_concordance c;
    EXPECT_OK(osi_concordance_find(&c, DENSITY_X, y, DENSITY_COUNT, &err));
    cr_expect(epsilon_eq(dbl, c.pearson.value, 1.0, 1e-12));
    cr_expect(lt(dbl, c.ccc.value, 0.1));
    cr_expect(epsilon_eq(dbl, c.accuracy.value, c.ccc.value, 1e-12));
}

Test(validate_concordance, refuses_a_constant_column)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double same[] = {.1, .1, .1, .1, .1};
    osi_concordance c;
    EXPECT_OK(osi_concordance_find(&c, same, DENSITY_Y, 5, &err));
    cr_expect(is_refused(c.ccc) && is_refused(c.pearson) && is_refused(c.spearman));
    EXPECT_OK(osi_concordance_find(&c, DENSITY_X, same, 5, &err));
    cr_expect(is_refused(c.ccc_unbiased) && is_refused(c.accuracy));
}

Test(validate_concordance, refuses_three_pairs)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_concordance c;
    EXPECT_OK(osi_concordance_find(&c, DENSITY_X, DENSITY_Y, 3, &err));
    cr_expect(is_refused(c.ccc) && is_refused(c.pearson));
}

Test(validate_concordance, has_no_interval_when_the_columns_are_equal)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_concordance c;
    EXPECT_OK(osi_concordance_find(&c, DENSITY_X, DENSITY_X, DENSITY_COUNT, &err));
    cr_expect(epsilon_eq(dbl, c.ccc.value, 1.0, 1e-12));
    cr_expect(eq(int, (int) c.spearman.quality, OSARC_QUALITY_WARNING));
    cr_expect(isnan(c.spearman.low));
}

/* By construction: errors 1, -2, 3 on 10, 20, 30. */
Test(validate_concordance, errors_are_means_of_absolute_differences)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double x[] = {10, 20, 30};
    const double y[] = {11, 18, 33};
    osi_errors e;
    EXPECT_OK(osi_errors_find(&e, x, y, 3, &err));
    cr_expect(epsilon_eq(dbl, e.mae.value, 2.0, 1e-14));
    cr_expect(epsilon_eq(dbl, e.rmse.value, sqrt(14.0 / 3), 1e-14));
    cr_expect(epsilon_eq(dbl, e.mape_percent.value, 10.0, 1e-13));
}

Test(validate_concordance, refuses_the_percentage_of_zero)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_errors e;
    EXPECT_OK(osi_errors_find(&e, (const double[]){0, 1}, (const double[]){1, 1}, 2, &err));
    cr_expect(is_refused(e.mape_percent));
    cr_expect(eq(dbl, e.mae.value, 0.5));
    EXPECT_OK(osi_errors_find(&e, DENSITY_X, DENSITY_Y, 0, &err));
    cr_expect(is_refused(e.mae) && is_refused(e.rmse));
}
