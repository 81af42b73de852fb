/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "statistics.h"

#include <gsl/gsl_fit.h>
#include <gsl/gsl_statistics_double.h>

#include <osi/alloc.h>

#define TOO_FEW "3 pairs or more are needed"

static void refuse_all(osi_bland_altman *out, size_t count, const char *why)
{
    osi_estimate no = osi_refused(count, why);
    *out = (osi_bland_altman){no, no, no, no, no, no, no};
}

static void find_limits(osi_bland_altman *out, const double *difference, size_t count)
{
    double n = (double) count;
    double mean = gsl_stats_mean(difference, 1, count);
    double sd = sqrt(gsl_stats_variance_m(difference, 1, count, mean));
    double t = osi_quantile_t(0.975, n - 1);
    double bias_half = t * sd / sqrt(n);
    double factor = OSI_LIMITS_FACTOR;
    double limit_half = t * sd * sqrt(1 / n + factor * factor / (2 * (n - 1)));
    double low = mean - factor * sd;
    double high = mean + factor * sd;

    out->bias = osi_known(mean, mean - bias_half, mean + bias_half, count);
    out->sd_difference = osi_known(sd, sd * sqrt((n - 1) / osi_quantile_chi2(0.975, n - 1)),
                                   sd * sqrt((n - 1) / osi_quantile_chi2(0.025, n - 1)), count);
    out->limit_low = osi_known(low, low - limit_half, low + limit_half, count);
    out->limit_high = osi_known(high, high - limit_half, high + limit_half, count);
    if (sd > 0)
        out->bias_p = osi_known(osi_p_of_t(mean / (sd / sqrt(n)), n - 1), NAN, NAN, count);
    else
        out->bias_p = osi_refused(count, "all differences are equal");
}

static void find_slope(osi_bland_altman *out, const double *difference, const double *mean,
                       size_t count)
{
    double low;
    double high;
    gsl_stats_minmax(&low, &high, mean, 1, count);
    if (!(low < high)) {
        out->slope = out->slope_p = osi_refused(count, "all means are equal");
        return;
    }
    double c0;
    double c1;
    double cov00;
    double cov01;
    double cov11;
    double rest;
    gsl_fit_linear(mean, 1, difference, 1, count, &c0, &c1, &cov00, &cov01, &cov11, &rest);
    double error = sqrt(cov11);
    double df = (double) count - 2;
    double half = osi_quantile_t(0.975, df) * error;
    out->slope = osi_known(c1, c1 - half, c1 + half, count);
    out->slope_p = error > 0 ? osi_known(osi_p_of_t(c1 / error, df), NAN, NAN, count)
                             : osi_refused(count, "the differences lie on a line without scatter");
}

static osarc_status find(osi_bland_altman *out, const double *x, const double *y, size_t count,
                         int logarithm, osarc_error *err)
{
    refuse_all(out, count, TOO_FEW);
    if (count < 3)
        return OSARC_OK;
    double *difference = osi_alloc_raw(count, sizeof(*difference), err);
    double *mean = osi_alloc_raw(count, sizeof(*mean), err);
    osarc_status status = difference && mean ? OSARC_OK : OSARC_ERR_MEMORY;
    for (size_t i = 0; i < count && !status; i++) {
        double a = logarithm ? log(x[i]) : x[i];
        double b = logarithm ? log(y[i]) : y[i];
        difference[i] = b - a;
        mean[i] = a + (b - a) / 2;
    }
    if (!status) {
        find_limits(out, difference, count);
        find_slope(out, difference, mean, count);
    }
    osi_free(difference);
    osi_free(mean);
    return status;
}

osarc_status osi_bland_altman_find(osi_bland_altman *out, const double *x, const double *y,
                                   size_t count, osarc_error *err)
{
    return find(out, x, y, count, 0, err);
}

static osi_estimate turn_back(osi_estimate e)
{
    if (e.quality == OSARC_QUALITY_REFUSED)
        return e;
    e.value = exp(e.value);
    e.low = exp(e.low);
    e.high = exp(e.high);
    return e;
}

osarc_status osi_bland_altman_ratio(osi_bland_altman *out, const double *x, const double *y,
                                    size_t count, osarc_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (x[i] > 0 && y[i] > 0)
            continue;
        refuse_all(out, count, "a value is not over 0, and has no logarithm");
        return OSARC_OK;
    }
    osarc_status status = find(out, x, y, count, 1, err);
    out->bias = turn_back(out->bias);
    out->limit_low = turn_back(out->limit_low);
    out->limit_high = turn_back(out->limit_high);
    return status;
}
