/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>

#include <expect.h>
#include <osi/alloc.h>

#include "overlap_bootstrap.h"

#define N 5

/*
 * With five values all 3125 resamples can be listed, so the interval is known without chance. The
 * tolerance is what 99999 draws leave of it: a few of the steps between neighbouring means.
 */
Test(validate_overlap_statistics, bootstrap_comes_close_to_listing_every_resample)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double values[N] = {0.61, 0.83, 0.88, 0.9, 0.97};
    static double means[3125];
    double mean = 0;
    for (int i = 0; i < N; i++)
        mean += values[i] / N;
    double below = 0;
    for (int r = 0; r < 3125; r++) {
        double sum = 0;
        for (int i = 0, code = r; i < N; i++, code /= N)
            sum += values[code % N];
        means[r] = sum / N;
        below += means[r] < mean - 1e-12 ? 1 : means[r] < mean + 1e-12 ? 0.5 : 0;
    }
    gsl_sort(means, 1, 3125);
    double squares = 0;
    double cubes = 0;
    for (int i = 0; i < N; i++) {
        double others = 0;
        for (int k = 0; k < N; k++)
            others += k == i ? 0 : values[k] / (N - 1);
        squares += pow(mean - others, 2);
        cubes += pow(mean - others, 3);
    }
    double lean = cubes / (6 * pow(squares, 1.5));
    double bias = gsl_cdf_ugaussian_Pinv(below / 3125);
    double wanted[2];
    for (int end = 0; end < 2; end++) {
        double z = bias + gsl_cdf_ugaussian_Pinv(end ? 0.975 : 0.025);
        wanted[end] = gsl_stats_quantile_from_sorted_data(
            means, 1, 3125, gsl_cdf_ugaussian_P(bias + z / (1 - lean * z)));
    }
    double low;
    double high;
    EXPECT_OK(osi_bootstrap_mean(&low, &high, values, N, 1, 99999, &err));
    cr_expect(epsilon_eq(dbl, low, wanted[0], 0.004));
    cr_expect(epsilon_eq(dbl, high, wanted[1], 0.004));
    cr_expect(lt(dbl, low, mean));
    cr_expect(gt(dbl, high, mean));
}

Test(validate_overlap_statistics, bootstrap_repeats_itself_with_the_same_seed)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double values[N] = {1, 2, 4, 8, 16};
    double first[2];
    double again[2];
    double other[2];
    EXPECT_OK(osi_bootstrap_mean(&first[0], &first[1], values, N, 7, 999, &err));
    EXPECT_OK(osi_bootstrap_mean(&again[0], &again[1], values, N, 7, 999, &err));
    EXPECT_OK(osi_bootstrap_mean(&other[0], &other[1], values, N, 8, 999, &err));
    cr_expect(eq(dbl, first[0], again[0]));
    cr_expect(eq(dbl, first[1], again[1]));
    cr_expect(first[0] != other[0] || first[1] != other[1]);
}

Test(validate_overlap_statistics, bootstrap_of_equal_values_is_that_value)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double values[3] = {0.25, 0.25, 0.25};
    double low;
    double high;
    EXPECT_OK(osi_bootstrap_mean(&low, &high, values, 3, 1, 999, &err));
    cr_expect(eq(dbl, low, 0.25));
    cr_expect(eq(dbl, high, 0.25));
}

Test(validate_overlap_statistics, bootstrap_of_one_value_or_none_has_no_interval)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double values[1] = {0.25};
    for (size_t count = 0; count < 2; count++) {
        double low = 1;
        double high = 1;
        EXPECT_OK(osi_bootstrap_mean(&low, &high, values, count, 1, 999, &err));
        cr_expect(isnan(low));
        cr_expect(isnan(high));
    }
}

Test(validate_overlap_statistics, bootstrap_says_so_when_memory_is_short)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double values[2] = {0.25, 0.5};
    double low;
    double high;
    osi_alloc_fail_at(1);
    EXPECT_REFUSED(osi_bootstrap_mean(&low, &high, values, 2, 1, 999, &err), OSARC_ERR_MEMORY);
    osi_alloc_fail_at(0);
    cr_expect(isnan(low));
}
