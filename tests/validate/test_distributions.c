/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <expect.h>

#include <statistics.h>

/* Tables of the NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7: printed to 3 digits. */
Test(validate_distributions, quantiles_are_those_of_the_printed_tables)
{
    cr_expect(epsilon_eq(dbl, osi_quantile_t(0.975, 10), 2.228, 5e-4));
    cr_expect(epsilon_eq(dbl, osi_quantile_t(0.95, 1), 6.314, 5e-4));
    cr_expect(epsilon_eq(dbl, osi_quantile_t(0.025, 10), -2.228, 5e-4));
    cr_expect(epsilon_eq(dbl, osi_quantile_chi2(0.975, 10), 20.483, 5e-4));
    cr_expect(epsilon_eq(dbl, osi_quantile_chi2(0.025, 10), 3.247, 5e-4));
    cr_expect(epsilon_eq(dbl, osi_quantile_f(0.95, 5, 10), 3.326, 5e-4));
    cr_expect(epsilon_eq(dbl, osi_quantile_f(0.95, 1, 1), 161.448, 5e-4));
    cr_expect(epsilon_eq(dbl, osi_quantile_normal(0.975), OSI_Z95, 1e-12));
}

/* An exact relation: the square of a t is an F on 1 and the same degrees of freedom. */
Test(validate_distributions, t_and_f_agree)
{
    for (double df = 1; df < 2000; df *= 1.7) {
        double t = osi_quantile_t(0.975, df);
        cr_expect(epsilon_eq(dbl, osi_quantile_f(0.95, 1, df) / (t * t), 1.0, 1e-9));
        cr_expect(epsilon_eq(dbl, osi_p_of_t(t, df), 0.05, 1e-9));
    }
}

Test(validate_distributions, has_no_quantile_outside_the_distribution)
{
    cr_expect(isnan(osi_quantile_normal(0)));
    cr_expect(isnan(osi_quantile_t(1, 5)));
    cr_expect(isnan(osi_quantile_t(0.5, 0)));
    cr_expect(isnan(osi_quantile_chi2(0.5, -1)));
    cr_expect(isnan(osi_quantile_chi2(NAN, 1)));
    cr_expect(isnan(osi_quantile_f(0.5, 2, INFINITY)));
    cr_expect(isnan(osi_p_of_t(NAN, 3)));
}

/* Newcombe RG. Stat Med 1998; 17: 857-872, table I, method 3: Wilson's interval. */
Test(validate_distributions, proportions_have_wilsons_interval)
{
    osi_estimate e = osi_proportion(81, 263);
    cr_expect(epsilon_eq(dbl, e.low, 0.2553, 5e-5));
    cr_expect(epsilon_eq(dbl, e.high, 0.3662, 5e-5));
    e = osi_proportion(15, 148);
    cr_expect(epsilon_eq(dbl, e.low, 0.0624, 5e-5));
    cr_expect(epsilon_eq(dbl, e.high, 0.1605, 5e-5));
    e = osi_proportion(0, 20);
    cr_expect(eq(dbl, e.low, 0.0));
    cr_expect(epsilon_eq(dbl, e.high, 0.1611, 5e-5));
    e = osi_proportion(1, 29);
    cr_expect(epsilon_eq(dbl, e.low, 0.0061, 5e-5));
    cr_expect(epsilon_eq(dbl, e.high, 0.1718, 5e-5));
}

Test(validate_distributions, refuses_a_proportion_of_nothing)
{
    osi_estimate e = osi_proportion(0, 0);
    cr_expect(eq(int, (int) e.quality, OSARC_QUALITY_REFUSED));
    cr_expect(isnan(e.value));
}

/* NIST StRD NumAcc4: 1001 values about 10000000.2, certified SD 0.1; and NumAcc1: mean 10000002,
 * SD 1. */
Test(validate_distributions, means_of_large_numbers_keep_their_digits)
{
    static double values[1001];
    values[0] = 10000000.2;
    for (size_t i = 1; i < 1001; i++)
        values[i] = i % 2 ? 10000000.1 : 10000000.3;
    osi_estimate e = osi_mean(values, 1001);
    cr_expect(epsilon_eq(dbl, e.value, 10000000.2, 1e-8));
    double half = osi_quantile_t(0.975, 1000) * 0.1 / sqrt(1001);
    cr_expect(epsilon_eq(dbl, e.high - e.low, 2 * half, 1e-8));
    const double few[] = {10000001, 10000003, 10000002};
    e = osi_mean(few, 3);
    cr_expect(eq(dbl, e.value, 10000002.0));
    cr_expect(epsilon_eq(dbl, e.high - e.low, 2 * osi_quantile_t(0.975, 2) / sqrt(3), 1e-8));
}

Test(validate_distributions, refuses_the_mean_of_nothing_and_the_interval_of_one)
{
    const double one[] = {3};
    cr_expect(eq(int, (int) osi_mean(one, 0).quality, OSARC_QUALITY_REFUSED));
    osi_estimate e = osi_mean(one, 1);
    cr_expect(eq(dbl, e.value, 3.0));
    cr_expect(isnan(e.low) && isnan(e.high));
}
