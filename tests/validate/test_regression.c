/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <expect.h>

#include <statistics.h>

#include "worked_examples.h"

static int is_refused(osi_estimate e)
{
    return e.quality == OSARC_QUALITY_REFUSED && isnan(e.value) && isnan(e.low) && e.note;
}

static double half_width(osi_estimate e)
{
    return (e.high - e.low) / 2;
}

/* NIST StRD, linear regression, Norris: certified to 15 digits. */
Test(validate_regression, norris_has_its_certified_line)
{
    static const double Y[] = {0.1,   338.8, 118.1, 888.0, 9.2,   228.1, 668.5, 998.5, 449.1,
                               778.9, 559.2, 0.3,   0.1,   778.1, 668.8, 339.3, 448.9, 10.8,
                               557.7, 228.3, 998.0, 888.8, 119.6, 0.3,   0.6,   557.6, 339.3,
                               888.0, 998.5, 778.9, 10.2,  117.6, 228.9, 668.4, 449.2, 0.2};
    static const double X[] = {0.2,   337.4, 118.2, 884.6, 10.1,  226.5, 666.3, 996.3, 448.6,
                               777.0, 558.2, 0.4,   0.6,   775.5, 666.9, 338.0, 447.5, 11.6,
                               556.0, 228.1, 995.8, 887.6, 120.2, 0.3,   0.3,   556.8, 339.1,
                               887.2, 999.0, 779.0, 11.1,  118.3, 229.2, 669.1, 448.9, 0.5};
    osi_line line;
    osi_line_least_squares(&line, X, Y, 36);
    double t = osi_quantile_t(0.975, 34);
    cr_expect(epsilon_eq(dbl, line.slope.value, 1.00211681802045, 1e-13));
    cr_expect(epsilon_eq(dbl, line.intercept.value, -0.262323073774029, 1e-11));
    cr_expect(epsilon_eq(dbl, half_width(line.slope) / t, 0.429796848199937e-3, 1e-13));
    cr_expect(epsilon_eq(dbl, half_width(line.intercept) / t, 0.232818234301152, 1e-10));
}

Test(validate_regression, density_pairs_have_their_worked_lines)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_line line;
    EXPECT_OK(osi_line_deming(&line, DENSITY_X, DENSITY_Y, DENSITY_COUNT, 1, &err));
    cr_expect(epsilon_eq(dbl, line.slope.value, 1.01706836, 5e-9));
    cr_expect(epsilon_eq(dbl, line.intercept.value, -.00646820, 5e-9));
    osi_passing_bablok p;
    EXPECT_OK(osi_passing_bablok_find(&p, DENSITY_X, DENSITY_Y, DENSITY_COUNT, &err));
    cr_expect(epsilon_eq(dbl, p.line.slope.value, 1.01412441, 5e-9));
    cr_expect(epsilon_eq(dbl, p.line.intercept.value, .00183607, 5e-9));
    cr_expect(eq(sz, p.slopes, 28));
    cr_expect(eq(sz, p.below, 0));
    cr_expect(eq(int, (int) p.line.slope.quality, OSARC_QUALITY_WARNING));
}

/* Pearson K. Phil Mag 1901; 2: 559-572: best fitting line y = 5.784 - 0.54556 x. */
Test(validate_regression, pearsons_points_have_their_major_axis)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double x[] = {0, .9, 1.8, 2.6, 3.3, 4.4, 5.2, 6.1, 6.5, 7.4};
    const double y[] = {5.9, 5.4, 4.4, 4.6, 3.5, 3.7, 2.8, 2.8, 2.4, 1.5};
    osi_line line;
    EXPECT_OK(osi_line_deming(&line, x, y, 10, 1, &err));
    cr_expect(epsilon_eq(dbl, line.slope.value, -0.54556, 5e-6));
    cr_expect(epsilon_eq(dbl, line.intercept.value, 5.784, 5e-4));
}

/* NCSS Statistical Software manual, chapter 303 (Deming regression), example 1: variances 4 to 1
 * in favour of y, slope 1.0012 (jackknife error 0.1872), intercept -0.0897 (1.7220). */
Test(validate_regression, deming_has_the_published_line_and_jackknife_errors)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double x[] = {7, 8.3, 10.5, 9, 5.1, 8.2, 10.2, 10.3, 7.1, 5.9};
    const double y[] = {7.9, 8.2, 9.6, 9, 6.5, 7.3, 10.2, 10.6, 6.3, 5.2};
    osi_line line;
    EXPECT_OK(osi_line_deming(&line, x, y, 10, 0.25, &err));
    double t = osi_quantile_t(0.975, 8);
    cr_expect(epsilon_eq(dbl, line.slope.value, 1.0012, 5e-5));
    cr_expect(epsilon_eq(dbl, line.intercept.value, -0.0897, 5e-5));
    cr_expect(epsilon_eq(dbl, half_width(line.slope) / t, 0.1872, 5e-5));
    cr_expect(epsilon_eq(dbl, half_width(line.intercept) / t, 1.7220, 5e-5));
}

/* Exchanging the columns and inverting lambda inverts the line. */
Test(validate_regression, deming_is_the_same_line_from_both_sides)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_line there;
    osi_line back;
    EXPECT_OK(
        osi_line_deming(&there, PEAK_FLOW_WRIGHT, PEAK_FLOW_MINI, PEAK_FLOW_COUNT, 2.5, &err));
    EXPECT_OK(osi_line_deming(&back, PEAK_FLOW_MINI, PEAK_FLOW_WRIGHT, PEAK_FLOW_COUNT, 0.4, &err));
    cr_expect(epsilon_eq(dbl, there.slope.value * back.slope.value, 1.0, 1e-12));
}

/* The data PassBablok1 of the NCSS manual, chapter 313, with the line that the R packages MethComp
 * (PBreg) and deming (pbreg) find in them, to which the package SimplyAgree is tested: slope 1.00,
 * intercept -0.15. */
Test(validate_regression, passing_bablok_has_the_published_line)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double x[] = {69.3, 27.1, 61.3, 50.8, 34.4, 92.3, 57.5, 45.5, 33.3, 60.9,
                        56.3, 49.9, 89.7, 28.9, 96.3, 76.6, 83.2, 79.4, 51.7, 32.5,
                        14.2, 99.1, 76.8, 95.4, 84.1, 48.8, 80.4, 84.5, 61.4, 26.9};
    const double y[] = {69.1, 26.7, 61.4, 51.2, 34.7, 88.5, 57.9, 45.1, 33.4, 60.8,
                        66.5, 48.2, 88.3, 29.3, 96.4, 77.1, 82.7, 78.9, 51.6, 28.8,
                        12.7, 98.6, 77.3, 94.9, 83.3, 47.0, 80.9, 84.7, 61.3, 26.7};
    osi_passing_bablok p;
    EXPECT_OK(osi_passing_bablok_find(&p, x, y, 30, &err));
    cr_expect(epsilon_eq(dbl, p.line.slope.value, 1.00, 5e-3));
    cr_expect(epsilon_eq(dbl, p.line.intercept.value, -0.15, 5e-3));
    cr_expect(gt(dbl, p.cusum_p.value, 0.05));
}

/* As the R package mcr prints it for these data (method PaBa, analytical interval), the check of
 * the Python package methcomp: slope 1.0050 (0.9848077, 1.0265805), intercept 0.0125 (-0.2975146,
 * 0.1393271). mcr takes the median of angles, which differs in the fourth digit. */
Test(validate_regression, passing_bablok_has_the_interval_of_mcr)
{
    osarc_error err = OSARC_ERROR_INIT;
    double x[20];
    const double y[] = {1.03,  2.05,  2.79,  3.67,  5.00,  5.82,  7.16,  7.69,  8.53,  10.38,
                        11.11, 12.17, 13.47, 13.83, 15.15, 16.12, 16.94, 18.09, 19.13, 19.54};
    for (size_t i = 0; i < 20; i++)
        x[i] = (double) (i + 1);
    osi_passing_bablok p;
    EXPECT_OK(osi_passing_bablok_find(&p, x, y, 20, &err));
    cr_expect(epsilon_eq(dbl, p.line.slope.value, 1.0050, 5e-4));
    cr_expect(epsilon_eq(dbl, p.line.slope.low, 0.9848077, 2e-3));
    cr_expect(epsilon_eq(dbl, p.line.slope.high, 1.0265805, 2e-3));
    cr_expect(epsilon_eq(dbl, p.line.intercept.value, 0.0125, 1e-2));
}

/* y = x squared bends away from any line: points above, below, above again. */
Test(validate_regression, the_cusum_finds_a_bend)
{
    osarc_error err = OSARC_ERROR_INIT;
    double x[60];
    double y[60];
    for (size_t i = 0; i < 60; i++) {
        x[i] = 1 + (double) i;
        y[i] = x[i] * x[i] / 30;
    }
    osi_passing_bablok p;
    EXPECT_OK(osi_passing_bablok_find(&p, x, y, 60, &err));
    cr_expect(lt(dbl, p.cusum_p.value, 0.01));
    for (size_t i = 0; i < 60; i++)
        y[i] = 2 * x[i] + (double) (i * 7 % 11) / 11;
    EXPECT_OK(osi_passing_bablok_find(&p, x, y, 60, &err));
    cr_expect(gt(dbl, p.cusum_p.value, 0.05));
}

/* Decimals: 0.3 - 0.2 and 0.1 - 0.2 are not exact, their slope of -1 must still be dropped. */
Test(validate_regression, passing_bablok_drops_slopes_of_minus_one_in_decimals)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double x[] = {0.1, 0.2, 0.3, 0.7};
    const double y[] = {0.3, 0.2, 0.1, 0.9};
    osi_passing_bablok p;
    EXPECT_OK(osi_passing_bablok_find(&p, x, y, 4, &err));
    cr_expect(eq(sz, p.slopes, 3));
    cr_expect(eq(sz, p.below, 0));
}

Test(validate_regression, refuses_constant_columns)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double same[] = {2, 2, 2, 2, 2, 2, 2, 2};
    osi_line line;
    osi_passing_bablok p;
    osi_line_least_squares(&line, same, DENSITY_Y, 8);
    cr_expect(is_refused(line.slope) && is_refused(line.intercept));
    EXPECT_OK(osi_line_deming(&line, DENSITY_X, same, 8, 1, &err));
    cr_expect(is_refused(line.slope) && is_refused(line.intercept));
    EXPECT_OK(osi_passing_bablok_find(&p, same, DENSITY_Y, 8, &err));
    cr_expect(is_refused(p.line.slope) && is_refused(p.cusum));
    EXPECT_OK(osi_passing_bablok_find(&p, DENSITY_X, same, 8, &err));
    cr_expect(is_refused(p.line.slope));
}

Test(validate_regression, refuses_two_pairs)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_line line;
    osi_passing_bablok p;
    osi_line_least_squares(&line, DENSITY_X, DENSITY_Y, 2);
    cr_expect(is_refused(line.slope));
    EXPECT_OK(osi_line_deming(&line, DENSITY_X, DENSITY_Y, 2, 1, &err));
    cr_expect(is_refused(line.slope));
    EXPECT_OK(osi_passing_bablok_find(&p, DENSITY_X, DENSITY_Y, 2, &err));
    cr_expect(is_refused(p.line.slope));
}

Test(validate_regression, refuses_a_lambda_that_is_no_ratio_of_variances)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_line line;
    EXPECT_REFUSED(osi_line_deming(&line, DENSITY_X, DENSITY_Y, 8, 0, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_line_deming(&line, DENSITY_X, DENSITY_Y, 8, -1, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_line_deming(&line, DENSITY_X, DENSITY_Y, 8, NAN, &err), OSARC_ERR_ARGUMENT);
}

/* A symmetric cross: no covariance at all. */
Test(validate_regression, refuses_deming_without_covariance)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double x[] = {-1, 1, 0, 0};
    const double y[] = {0, 0, -2, 2};
    osi_line line;
    EXPECT_OK(osi_line_deming(&line, x, y, 4, 1, &err));
    cr_expect(is_refused(line.slope));
}

Test(validate_regression, passing_bablok_refuses_more_pairs_than_stated)
{
    osarc_error err = OSARC_ERROR_INIT;
    static double x[OSI_PASSING_BABLOK_LIMIT + 1];
    for (size_t i = 0; i <= OSI_PASSING_BABLOK_LIMIT; i++)
        x[i] = (double) i;
    osi_passing_bablok p;
    EXPECT_OK(osi_passing_bablok_find(&p, x, x, OSI_PASSING_BABLOK_LIMIT + 1, &err));
    cr_expect(is_refused(p.line.slope));
}

Test(validate_regression, passing_bablok_refuses_columns_that_fall)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    double y[12];
    for (size_t i = 0; i < 12; i++)
        y[i] = -3 * x[i];
    osi_passing_bablok p;
    EXPECT_OK(osi_passing_bablok_find(&p, x, y, 12, &err));
    cr_expect(is_refused(p.line.slope) && is_refused(p.cusum));
}
