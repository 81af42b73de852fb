/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <expect.h>

#include <statistics.h>

static int is_refused(osi_estimate e)
{
    return e.quality == OSARC_QUALITY_REFUSED && isnan(e.value) && isnan(e.low) && e.note;
}

static void expect_kappa(const double *counts, size_t classes, osi_weights weights, double value,
                         double error, double slack)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_estimate k;
    double got;
    EXPECT_OK(osi_kappa_find(&k, counts, classes, weights, &err));
    EXPECT_OK(osi_kappa_error(&got, counts, classes, weights, &err));
    cr_expect(epsilon_eq(dbl, k.value, value, slack));
    cr_expect(epsilon_eq(dbl, got, error, slack));
    cr_expect(epsilon_eq(dbl, k.high - k.low, 2 * OSI_Z95 * got, 1e-12));
}

/* Worked by hand from the formula of Fleiss, Cohen and Everitt 1969. */
Test(validate_kappa, the_two_by_two_table_has_its_worked_error)
{
    const double counts[] = {20, 5, 10, 15};
    expect_kappa(counts, 2, OSI_WEIGHTS_NONE, .4, .12699606, 5e-9);
    expect_kappa(counts, 2, OSI_WEIGHTS_LINEAR, .4, .12699606, 5e-9);
}

/* Agresti A, Winner L. Chance 1997; 10: 10-14; Agresti, Categorical Data Analysis: the movie
 * reviews of Siskel and Ebert, kappa 0.389, standard error 0.060. */
Test(validate_kappa, movie_reviews_have_their_published_kappa)
{
    const double counts[] = {24, 8, 13, 8, 13, 11, 10, 9, 64};
    expect_kappa(counts, 3, OSI_WEIGHTS_NONE, .389, .060, 5e-4);
}

/* Agresti, Categorical Data Analysis, table 10.8: two pathologists, kappa 0.493, error 0.057. */
Test(validate_kappa, pathologists_have_their_published_kappa)
{
    const double counts[] = {22, 2, 2, 0, 5, 7, 14, 0, 0, 2, 36, 0, 0, 1, 17, 10};
    expect_kappa(counts, 4, OSI_WEIGHTS_NONE, .493, .057, 5e-4);
}

/* Hout, Duncan and Sobel's table of wives and husbands, as the R package vcd prints it
 * (SexualFun): unweighted 0.1293 (0.06860), linear weights 0.2374 (0.07832). */
Test(validate_kappa, couples_have_their_published_weighted_kappa)
{
    const double counts[] = {7, 7, 2, 3, 2, 8, 3, 7, 1, 5, 4, 9, 2, 8, 9, 14};
    expect_kappa(counts, 4, OSI_WEIGHTS_NONE, .1293, .06860, 5e-5);
    expect_kappa(counts, 4, OSI_WEIGHTS_LINEAR, .2374, .07832, 5e-5);
}

/* Fleiss JL, Cohen J. Educ Psychol Meas 1973; 33: 613-619: with quadratic weights kappa is the
 * intraclass correlation but for terms of order 1/n; here exactly, with moments over n. */
Test(validate_kappa, quadratic_weights_give_a_concordance)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double counts[] = {22, 2, 2, 0, 5, 7, 14, 0, 0, 2, 36, 0, 0, 1, 17, 10};
    double x[118];
    double y[118];
    size_t count = 0;
    for (size_t cell = 0; cell < 16; cell++)
        for (double c = 0; c < counts[cell]; c++) {
            x[count] = (double) (cell / 4);
            y[count++] = (double) (cell % 4);
        }
    osi_estimate k;
    osi_concordance c;
    EXPECT_OK(osi_kappa_find(&k, counts, 4, OSI_WEIGHTS_QUADRATIC, &err));
    EXPECT_OK(osi_concordance_find(&c, x, y, count, &err));
    cr_expect(epsilon_eq(dbl, k.value, c.ccc.value, 1e-12));
}

Test(validate_kappa, refuses_one_class_only)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double counts[] = {7, 0, 0, 0};
    osi_estimate k;
    double error;
    EXPECT_OK(osi_kappa_find(&k, counts, 2, OSI_WEIGHTS_NONE, &err));
    cr_expect(is_refused(k));
    EXPECT_OK(osi_kappa_find(&k, counts, 1, OSI_WEIGHTS_LINEAR, &err));
    cr_expect(is_refused(k));
    EXPECT_OK(osi_kappa_error(&error, counts, 2, OSI_WEIGHTS_NONE, &err));
    cr_expect(isnan(error));
}

Test(validate_kappa, refuses_an_empty_table)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double counts[4] = {0};
    osi_estimate k;
    EXPECT_OK(osi_kappa_find(&k, counts, 2, OSI_WEIGHTS_QUADRATIC, &err));
    cr_expect(is_refused(k));
}

Test(validate_kappa, has_no_interval_when_all_agree)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double counts[] = {5, 0, 0, 5};
    osi_estimate k;
    EXPECT_OK(osi_kappa_find(&k, counts, 2, OSI_WEIGHTS_NONE, &err));
    cr_expect(eq(dbl, k.value, 1.0));
    cr_expect(isnan(k.low));
    cr_expect(eq(int, (int) k.quality, OSARC_QUALITY_WARNING));
}
