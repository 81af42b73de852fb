/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "statistics.h"

#include <gsl/gsl_fit.h>
#include <gsl/gsl_statistics_double.h>

#include <osi/alloc.h>
#include <osi/fail.h>

static osi_line refuse_line(size_t count, const char *why)
{
    return (osi_line){osi_refused(count, why), osi_refused(count, why)};
}

static int is_constant(const double *values, size_t count)
{
    double low;
    double high;
    gsl_stats_minmax(&low, &high, values, 1, count);
    return !(low < high);
}

void osi_line_least_squares(osi_line *out, const double *x, const double *y, size_t count)
{
    *out = refuse_line(count, "3 pairs or more are needed");
    if (count < 3)
        return;
    *out = refuse_line(count, "the reference is constant");
    if (is_constant(x, count))
        return;
    double c0;
    double c1;
    double cov00;
    double cov01;
    double cov11;
    double rest;
    gsl_fit_linear(x, 1, y, 1, count, &c0, &c1, &cov00, &cov01, &cov11, &rest);
    double t = osi_quantile_t(0.975, (double) count - 2);
    out->slope = osi_known(c1, c1 - t * sqrt(cov11), c1 + t * sqrt(cov11), count);
    out->intercept = osi_known(c0, c0 - t * sqrt(cov00), c0 + t * sqrt(cov00), count);
}

/* Sums of squares and products about the means, and the means. */
typedef struct moments {
    double mean_x;
    double mean_y;
    double xx;
    double xy;
    double yy;
} moments;

static moments find_moments(const double *x, const double *y, size_t count)
{
    moments m = {gsl_stats_mean(x, 1, count), gsl_stats_mean(y, 1, count), 0, 0, 0};
    for (size_t i = 0; i < count; i++) {
        double dx = x[i] - m.mean_x;
        double dy = y[i] - m.mean_y;
        m.xx += dx * dx;
        m.xy += dx * dy;
        m.yy += dy * dy;
    }
    return m;
}

/* The moments without one point, from the moments with it. */
static moments leave_out(const moments *all, double x, double y, size_t count)
{
    double n = (double) count;
    double dx = x - all->mean_x;
    double dy = y - all->mean_y;
    double scale = n / (n - 1);
    return (moments){all->mean_x - dx / (n - 1), all->mean_y - dy / (n - 1),
                     all->xx - scale * dx * dx, all->xy - scale * dx * dy,
                     all->yy - scale * dy * dy};
}

static double deming_slope(const moments *m, double lambda)
{
    double u = m->yy - lambda * m->xx;
    double root = sqrt(u * u + 4 * lambda * m->xy * m->xy);
    /* the same number both ways; no difference of near equals */
    return u >= 0 ? (u + root) / (2 * m->xy) : 2 * lambda * m->xy / (root - u);
}

/* Interval from the spread of the jackknife's pseudo-values, Linnet 1993. */
static osi_estimate jackknife(double value, const double *pseudo, size_t count)
{
    double n = (double) count;
    double half = osi_quantile_t(0.975, n - 2) * sqrt(gsl_stats_variance(pseudo, 1, count) / n);
    return osi_known(value, value - half, value + half, count);
}

osarc_status osi_line_deming(osi_line *out, const double *x, const double *y, size_t count,
                             double lambda, osarc_error *err)
{
    *out = refuse_line(count, "3 pairs or more are needed");
    if (!(lambda > 0) || !isfinite(lambda))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "lambda is %g, over 0 is needed", lambda);
    if (count < 3)
        return OSARC_OK;
    *out = refuse_line(count, "a column is constant");
    if (is_constant(x, count) || is_constant(y, count))
        return OSARC_OK;
    moments all = find_moments(x, y, count);
    *out = refuse_line(count, "no covariance between the columns");
    if (fabs(all.xy) <= 1e-14 * sqrt(all.xx * all.yy))
        return OSARC_OK;

    double slope = deming_slope(&all, lambda);
    double intercept = all.mean_y - slope * all.mean_x;
    double n = (double) count;
    double *slopes = osi_alloc_raw(count, sizeof(*slopes), err);
    double *intercepts = osi_alloc_raw(count, sizeof(*intercepts), err);
    osarc_status status = slopes && intercepts ? OSARC_OK : OSARC_ERR_MEMORY;
    for (size_t i = 0; i < count && !status; i++) {
        moments m = leave_out(&all, x[i], y[i], count);
        double b = deming_slope(&m, lambda);
        slopes[i] = n * slope - (n - 1) * b;
        intercepts[i] = n * intercept - (n - 1) * (m.mean_y - b * m.mean_x);
    }
    if (!status) {
        out->slope = jackknife(slope, slopes, count);
        out->intercept = jackknife(intercept, intercepts, count);
    }
    osi_free(slopes);
    osi_free(intercepts);
    return status;
}
