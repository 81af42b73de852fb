/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "statistics.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>

osi_estimate osi_known(double value, double low, double high, size_t count)
{
    if (!isfinite(value))
        return osi_refused(count, "not a finite number");
    if (!isfinite(low) || !isfinite(high))
        low = high = NAN;
    return (osi_estimate){.value = value, .low = low, .high = high, .count = count};
}

osi_estimate osi_refused(size_t count, const char *why)
{
    return (osi_estimate){.value = NAN,
                          .low = NAN,
                          .high = NAN,
                          .count = count,
                          .quality = OSARC_QUALITY_REFUSED,
                          .note = why};
}

/* GSL's own inverses stop the program when they do not converge; its CDFs do not. */
typedef double (*cdf)(double x, double a, double b);

static double cdf_t(double x, double df, double unused)
{
    (void) unused;
    return gsl_cdf_tdist_P(x, df);
}

static double cdf_chi2(double x, double df, double unused)
{
    (void) unused;
    return gsl_cdf_chisq_P(x, df);
}

static double bisect(cdf of, double p, double low, double high, double a, double b)
{
    for (int step = 0; step < 200; step++) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high)
            break;
        if (of(middle, a, b) < p)
            low = middle;
        else
            high = middle;
    }
    return low + (high - low) / 2;
}

static double invert(cdf of, double p, int from_zero, double a, double b)
{
    double high = 1;
    while (of(high, a, b) < p && high < 1e30)
        high *= 2;
    double low = from_zero ? 0 : -1;
    while (!from_zero && of(low, a, b) > p && low > -1e30)
        low *= 2;
    return bisect(of, p, low, high, a, b);
}

static int is_probability(double p)
{
    return p > 0 && p < 1;
}

double osi_quantile_normal(double p)
{
    return is_probability(p) ? gsl_cdf_ugaussian_Pinv(p) : NAN;
}

double osi_quantile_t(double p, double df)
{
    return is_probability(p) && df > 0 && isfinite(df) ? invert(cdf_t, p, 0, df, 0) : NAN;
}

double osi_quantile_chi2(double p, double df)
{
    return is_probability(p) && df > 0 && isfinite(df) ? invert(cdf_chi2, p, 1, df, 0) : NAN;
}

double osi_quantile_f(double p, double df1, double df2)
{
    if (!is_probability(p) || !(df1 > 0) || !(df2 > 0) || !isfinite(df1) || !isfinite(df2))
        return NAN;
    return invert(gsl_cdf_fdist_P, p, 1, df1, df2);
}

double osi_p_of_t(double t, double df)
{
    return df > 0 && !isnan(t) ? fmin(1, 2 * gsl_cdf_tdist_Q(fabs(t), df)) : NAN;
}

osi_estimate osi_proportion(double successes, double count)
{
    if (!(count > 0))
        return osi_refused(0, "no case to count");
    osi_share share = osi_wilson(successes / count, count);
    return osi_known(share.value, share.low, share.high, (size_t) count);
}

osi_estimate osi_mean(const double *values, size_t count)
{
    if (count == 0)
        return osi_refused(0, "no value");
    double mean = gsl_stats_mean(values, 1, count);
    if (count < 2)
        return osi_known(mean, NAN, NAN, count);
    double half = osi_quantile_t(0.975, (double) count - 1) *
                  sqrt(gsl_stats_variance_m(values, 1, count, mean) / (double) count);
    return osi_known(mean, mean - half, mean + half, count);
}
