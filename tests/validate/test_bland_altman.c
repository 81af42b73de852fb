/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <expect.h>

#include <statistics.h>

#include "worked_examples.h"

static int is_refused(osi_estimate e)
{
    return e.quality == OSARC_QUALITY_REFUSED && isnan(e.value) && isnan(e.low) && e.note;
}

/* Worked by hand with the t quantile of 7 degrees of freedom; digits as given. */
Test(validate_bland_altman, density_pairs_have_their_worked_limits)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_bland_altman b;
    EXPECT_OK(osi_bland_altman_find(&b, DENSITY_X, DENSITY_Y, DENSITY_COUNT, &err));
    cr_expect(epsilon_eq(dbl, b.bias.value, .009000, 5e-7));
    cr_expect(epsilon_eq(dbl, b.sd_difference.value, .012421, 5e-7));
    cr_expect(epsilon_eq(dbl, b.limit_low.value, -.015346, 5e-7));
    cr_expect(epsilon_eq(dbl, b.limit_high.value, .033346, 5e-7));
    cr_expect(epsilon_eq(dbl, (b.bias.high - b.bias.low) / 2, .010384, 5e-7));
    double error = (b.limit_low.high - b.limit_low.low) / 2 / osi_quantile_t(0.975, 7);
    cr_expect(epsilon_eq(dbl, error, .007850, 5e-7));
}

/* Bland and Altman 1986: mean difference -2.1, SD 38.8 l/min; the interval of the bias is
 * -22.0 to 17.8. Half a unit of the last printed digit. */
Test(validate_bland_altman, peak_flow_meters_have_their_published_limits)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_bland_altman b;
    EXPECT_OK(osi_bland_altman_find(&b, PEAK_FLOW_MINI, PEAK_FLOW_WRIGHT, PEAK_FLOW_COUNT, &err));
    cr_expect(epsilon_eq(dbl, b.bias.value, -2.1, 0.05));
    cr_expect(epsilon_eq(dbl, b.sd_difference.value, 38.8, 0.05));
    cr_expect(epsilon_eq(dbl, b.bias.low, -22.0, 0.06)); /* printed from rounded parts */
    cr_expect(epsilon_eq(dbl, b.bias.high, 17.8, 0.06));
}

/* Ejection fraction by radionuclide ventriculography and impedance cardiography.
 * Bland JM, Altman DG. J Biopharm Stat 2007; 17: 571-582, table 1. */
static const double HEART[][3] = {
    {1, 7.83, 6.57},  {1, 7.42, 5.62},  {1, 7.89, 6.90},  {1, 7.12, 6.57},  {1, 7.88, 6.35},
    {2, 6.16, 4.06},  {2, 7.26, 4.29},  {2, 6.71, 4.26},  {2, 6.54, 4.09},  {3, 4.75, 4.71},
    {3, 5.24, 5.50},  {3, 4.86, 5.08},  {3, 4.78, 5.02},  {3, 6.05, 6.01},  {3, 5.42, 5.67},
    {4, 4.21, 4.14},  {4, 3.61, 4.20},  {4, 3.72, 4.61},  {4, 3.87, 4.68},  {4, 3.92, 5.04},
    {5, 3.13, 3.03},  {5, 2.98, 2.86},  {5, 2.85, 2.77},  {5, 3.17, 2.46},  {5, 3.09, 2.32},
    {5, 3.12, 2.43},  {6, 5.92, 5.90},  {6, 6.42, 5.81},  {6, 5.92, 5.70},  {6, 6.27, 5.76},
    {7, 7.13, 5.09},  {7, 6.62, 4.63},  {7, 6.58, 4.61},  {7, 6.93, 5.09},  {8, 4.54, 4.72},
    {8, 4.81, 4.61},  {8, 5.11, 4.36},  {8, 5.29, 4.20},  {8, 5.39, 4.36},  {8, 5.57, 4.20},
    {9, 4.48, 3.17},  {9, 4.92, 3.12},  {9, 3.97, 2.96},  {10, 4.22, 4.35}, {10, 4.65, 4.62},
    {10, 4.74, 3.16}, {10, 4.44, 3.53}, {10, 4.50, 3.53}, {11, 6.78, 7.20}, {11, 6.07, 6.09},
    {11, 6.52, 7.00}, {11, 6.42, 7.10}, {11, 6.41, 7.40}, {11, 5.76, 6.80}, {12, 5.06, 4.50},
    {12, 4.72, 4.20}, {12, 4.90, 3.80}, {12, 4.80, 3.80}, {12, 4.90, 4.20}, {12, 5.10, 4.50},
};
#define HEART_COUNT (sizeof(HEART) / sizeof(HEART[0]))

static void load_heart(double *rv, double *ic, size_t *subject)
{
    for (size_t i = 0; i < HEART_COUNT; i++) {
        subject[i] = (size_t) HEART[i][0] - 1;
        rv[i] = HEART[i][1];
        ic[i] = HEART[i][2];
    }
}

/* The 2007 paper prints each step with 7 digits or more, the mean squares from single precision:
 * their eighth digit is its rounding. */
Test(validate_bland_altman, repeated_pairs_have_the_published_limits)
{
    osarc_error err = OSARC_ERROR_INIT;
    double rv[HEART_COUNT];
    double ic[HEART_COUNT];
    size_t subject[HEART_COUNT];
    load_heart(rv, ic, subject);
    osi_bland_altman_repeated b;
    EXPECT_OK(osi_bland_altman_repeat(&b, ic, rv, subject, HEART_COUNT, 12, &err));
    cr_expect(epsilon_eq(dbl, b.bias.value, 0.6021667, 5e-8));
    cr_expect(epsilon_eq(dbl, pow(b.within_sd_difference.value, 2), 0.170714026, 5e-8));
    cr_expect(epsilon_eq(dbl, b.sd_varying.value, 0.99062408, 5e-8));
    cr_expect(epsilon_eq(dbl, b.limit_low_varying.value, -1.3394565, 5e-7));
    cr_expect(epsilon_eq(dbl, b.limit_high_varying.value, 2.5437899, 5e-7));
    cr_expect(epsilon_eq(dbl, pow(b.within_sd_y.value, 2), 0.107227795, 5e-8));
    cr_expect(epsilon_eq(dbl, pow(b.within_sd_x.value, 2), 0.137874069, 5e-8));
    cr_expect(epsilon_eq(dbl, b.sd_constant.value, 1.0518506, 5e-7));
    cr_expect(epsilon_eq(dbl, b.limit_low_constant.value, -1.4594605, 5e-7));
    cr_expect(epsilon_eq(dbl, b.limit_high_constant.value, 2.6637939, 5e-7));
}

/* No paper prints the interval of these limits: it must hold the limit, widen outwards, and fall
 * to the plain interval's width when every subject has pairs that are nearly alike. */
Test(validate_bland_altman, limits_of_repeated_pairs_have_an_interval_around_them)
{
    osarc_error err = OSARC_ERROR_INIT;
    double rv[HEART_COUNT];
    double ic[HEART_COUNT];
    size_t subject[HEART_COUNT];
    load_heart(rv, ic, subject);
    osi_bland_altman_repeated b;
    EXPECT_OK(osi_bland_altman_repeat(&b, ic, rv, subject, HEART_COUNT, 12, &err));
    const osi_estimate limits[] = {b.limit_low_varying, b.limit_high_varying, b.limit_low_constant,
                                   b.limit_high_constant};
    for (size_t i = 0; i < 4; i++) {
        cr_expect(lt(dbl, limits[i].low, limits[i].value));
        cr_expect(gt(dbl, limits[i].high, limits[i].value));
    }
    cr_expect(gt(dbl, limits[1].high - limits[1].value, limits[1].value - limits[1].low));
}

Test(validate_bland_altman, the_ratio_is_the_limits_of_the_logarithm_turned_back)
{
    osarc_error err = OSARC_ERROR_INIT;
    double log_x[DENSITY_COUNT];
    double log_y[DENSITY_COUNT];
    for (size_t i = 0; i < DENSITY_COUNT; i++) {
        log_x[i] = log(DENSITY_X[i]);
        log_y[i] = log(DENSITY_Y[i]);
    }
    osi_bland_altman plain;
    osi_bland_altman ratio;
    EXPECT_OK(osi_bland_altman_find(&plain, log_x, log_y, DENSITY_COUNT, &err));
    EXPECT_OK(osi_bland_altman_ratio(&ratio, DENSITY_X, DENSITY_Y, DENSITY_COUNT, &err));
    cr_expect(epsilon_eq(dbl, ratio.bias.value, exp(plain.bias.value), 1e-14));
    cr_expect(epsilon_eq(dbl, ratio.limit_high.high, exp(plain.limit_high.high), 1e-14));
}

/* By construction: y = 1.2 x - 6, so d = 0.2 x - 6 and the mean is 1.1 x - 3: slope 0.2 / 1.1. */
Test(validate_bland_altman, a_scale_error_shows_as_a_slope)
{
    osarc_error err = OSARC_ERROR_INIT;
    double x[20];
    double y[20];
    for (size_t i = 0; i < 20; i++) {
        x[i] = (double) i;
        y[i] = 1.2 * x[i] - 6 + (i % 2 ? 1e-3 : -1e-3);
    }
    osi_bland_altman b;
    EXPECT_OK(osi_bland_altman_find(&b, x, y, 20, &err));
    cr_expect(epsilon_eq(dbl, b.slope.value, 0.2 / 1.1, 1e-3)); /* the scatter put in */
    cr_expect(lt(dbl, b.slope_p.value, 1e-6));
}

Test(validate_bland_altman, refuses_two_pairs)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_bland_altman b;
    EXPECT_OK(osi_bland_altman_find(&b, DENSITY_X, DENSITY_Y, 2, &err));
    cr_expect(is_refused(b.bias) && is_refused(b.limit_low) && is_refused(b.slope));
}

Test(validate_bland_altman, refuses_the_ratio_of_values_that_are_not_positive)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double x[] = {1, 2, 3, 4};
    const double y[] = {1, 2, -3, 4};
    osi_bland_altman b;
    EXPECT_OK(osi_bland_altman_ratio(&b, x, y, 4, &err));
    cr_expect(is_refused(b.bias) && is_refused(b.limit_high));
    EXPECT_OK(osi_bland_altman_ratio(&b, (const double[]){0, 1, 2}, x, 3, &err));
    cr_expect(is_refused(b.bias));
}

Test(validate_bland_altman, refuses_a_p_where_nothing_scatters)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_bland_altman b;
    EXPECT_OK(osi_bland_altman_find(&b, DENSITY_X, DENSITY_X, DENSITY_COUNT, &err));
    cr_expect(eq(dbl, b.bias.value, 0.0));
    cr_expect(eq(dbl, b.sd_difference.value, 0.0));
    cr_expect(is_refused(b.bias_p) && is_refused(b.slope_p));
    const double same[] = {5, 5, 5};
    EXPECT_OK(osi_bland_altman_find(&b, same, same, 3, &err));
    cr_expect(is_refused(b.slope));
}

Test(validate_bland_altman, refuses_repeats_that_are_none)
{
    osarc_error err = OSARC_ERROR_INIT;
    const size_t each[] = {0, 1, 2, 3, 4, 5, 6, 7};
    const size_t two[] = {0, 0, 0, 0, 1, 1, 1, 1};
    osi_bland_altman_repeated b;
    EXPECT_OK(osi_bland_altman_repeat(&b, DENSITY_X, DENSITY_Y, each, DENSITY_COUNT, 8, &err));
    cr_expect(is_refused(b.bias) && is_refused(b.sd_varying) && is_refused(b.within_sd_x));
    EXPECT_OK(osi_bland_altman_repeat(&b, DENSITY_X, DENSITY_Y, two, DENSITY_COUNT, 2, &err));
    cr_expect(is_refused(b.bias));
}
