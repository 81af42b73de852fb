/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "statistics.h"

#include <float.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include <osi/alloc.h>

#define ADVISED_COUNT 10

/* Decimals such as 0.3 - 0.2 carry an error of a few units in the last place. */
static int nearly_zero(double value, double scale)
{
    return fabs(value) <= 4 * DBL_EPSILON * scale;
}

/* Slopes of all pairs of points but identical ones and those of slope -1; returns how many. */
static size_t list_slopes(double *out, size_t *below_out, const double *x, const double *y,
                          size_t count)
{
    size_t used = 0;
    *below_out = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            double dx = x[j] - x[i];
            double dy = y[j] - y[i];
            double scale_x = fabs(x[i]) + fabs(x[j]);
            double scale_y = fabs(y[i]) + fabs(y[j]);
            int no_x = nearly_zero(dx, scale_x);
            int no_y = nearly_zero(dy, scale_y);
            if ((no_x && no_y) || (!no_x && !no_y && nearly_zero(dx + dy, scale_x + scale_y)))
                continue;
            double slope = no_x ? copysign(HUGE_VAL, dy) : no_y ? 0 : dy / dx;
            *below_out += slope < -1;
            out[used++] = slope;
        }
    }
    return used;
}

/* The rank-th smallest, from 1. */
static double take_rank(double *slopes, size_t count, size_t rank)
{
    return rank >= 1 && rank <= count ? gsl_stats_select(slopes, 1, count, rank - 1) : NAN;
}

static double take_shifted_median(double *slopes, size_t count, size_t shift)
{
    if (count % 2)
        return take_rank(slopes, count, (count + 1) / 2 + shift);
    return (take_rank(slopes, count, count / 2 + shift) +
            take_rank(slopes, count, count / 2 + 1 + shift)) /
           2;
}

static double find_intercept(double *work, const double *x, const double *y, size_t count,
                             double slope)
{
    for (size_t i = 0; i < count; i++)
        work[i] = y[i] - slope * x[i];
    return gsl_stats_median(work, 1, count);
}

static void find_line(osi_passing_bablok *out, double *slopes, double *work, const double *x,
                      const double *y, size_t count)
{
    double slope = take_shifted_median(slopes, out->slopes, out->below);
    if (!isfinite(slope)) {
        const char *why = "the columns do not rise together";
        out->line = (osi_line){osi_refused(count, why), osi_refused(count, why)};
        return;
    }
    double n = (double) count;
    double total = (double) out->slopes;
    double width = OSI_Z95 * sqrt(n * (n - 1) * (2 * n + 5) / 18);
    double rank_low = round((total - width) / 2);
    double low = NAN;
    double high = NAN;
    if (rank_low >= 1) {
        size_t rank = (size_t) rank_low;
        low = take_rank(slopes, out->slopes, rank + out->below);
        high = take_rank(slopes, out->slopes, out->slopes - rank + 1 + out->below);
    }
    double intercept = find_intercept(work, x, y, count, slope);
    double intercept_low = NAN;
    double intercept_high = NAN;
    if (isfinite(low) && isfinite(high)) {
        intercept_low = find_intercept(work, x, y, count, high);
        intercept_high = find_intercept(work, x, y, count, low);
    }
    out->line.slope = osi_known(slope, low, high, count);
    out->line.intercept = osi_known(intercept, intercept_low, intercept_high, count);
    const char *note = NULL;
    if (slope <= 0)
        note = "the columns do not rise together";
    else if (isnan(out->line.slope.low))
        note = "too few slopes for an interval";
    else if (count < ADVISED_COUNT)
        note = "10 pairs or more are advised";
    if (note) {
        out->line.slope.quality = out->line.intercept.quality = OSARC_QUALITY_WARNING;
        out->line.slope.note = out->line.intercept.note = note;
    }
}

static double kolmogorov_p(double h)
{
    double sum = 0;
    for (int k = 1; k <= 100; k++)
        sum += (k % 2 ? 2 : -2) * exp(-2.0 * k * k * h * h);
    return h < 0.2 ? 1 : fmin(1, fmax(0, sum));
}

/* Points above and below the line should follow each other at random along it. */
static void find_cusum(osi_passing_bablok *out, double *work, size_t *order, const double *x,
                       const double *y, size_t count)
{
    out->cusum = out->cusum_p = osi_refused(count, "there is no rising line");
    double slope = out->line.slope.value;
    double intercept = out->line.intercept.value;
    if (!(slope > 0))
        return;
    size_t above = 0;
    size_t under = 0;
    for (size_t i = 0; i < count; i++) {
        double rest = y[i] - intercept - slope * x[i];
        if (nearly_zero(rest, fabs(y[i]) + fabs(intercept) + fabs(slope * x[i])))
            continue;
        above += rest > 0;
        under += rest < 0;
    }
    out->cusum = out->cusum_p = osi_refused(count, "no point lies above, or none below the line");
    if (above == 0 || under == 0)
        return;
    for (size_t i = 0; i < count; i++)
        work[i] = y[i] + x[i] / slope;
    gsl_sort_index(order, work, 1, count);
    double step_up = sqrt((double) under / (double) above);
    double step_down = sqrt((double) above / (double) under);
    double sum = 0;
    double largest = 0;
    for (size_t k = 0; k < count; k++) {
        size_t i = order[k];
        double rest = y[i] - intercept - slope * x[i];
        if (nearly_zero(rest, fabs(y[i]) + fabs(intercept) + fabs(slope * x[i])))
            continue;
        sum += rest > 0 ? step_up : -step_down;
        largest = fmax(largest, fabs(sum));
    }
    double h = largest / sqrt((double) under + 1);
    out->cusum = osi_known(h, NAN, NAN, count);
    out->cusum_p = osi_known(kolmogorov_p(h), NAN, NAN, count);
}

static void refuse_all(osi_passing_bablok *out, size_t count, const char *why)
{
    osi_estimate no = osi_refused(count, why);
    *out = (osi_passing_bablok){.line = {no, no}, .cusum = no, .cusum_p = no};
}

osarc_status osi_passing_bablok_find(osi_passing_bablok *out, const double *x, const double *y,
                                     size_t count, osarc_error *err)
{
    refuse_all(out, count, "3 pairs or more are needed");
    if (count < 3)
        return OSARC_OK;
    refuse_all(out, count, "over 5000 pairs");
    if (count > OSI_PASSING_BABLOK_LIMIT)
        return OSARC_OK;
    double low[2];
    double high[2];
    gsl_stats_minmax(&low[0], &high[0], x, 1, count);
    gsl_stats_minmax(&low[1], &high[1], y, 1, count);
    refuse_all(out, count, "a column is constant");
    if (!(low[0] < high[0]) || !(low[1] < high[1]))
        return OSARC_OK;

    double *slopes = osi_alloc_raw(count * (count - 1) / 2, sizeof(*slopes), err);
    double *work = osi_alloc_raw(count, sizeof(*work), err);
    size_t *order = osi_alloc_raw(count, sizeof(*order), err);
    osarc_status status = slopes && work && order ? OSARC_OK : OSARC_ERR_MEMORY;
    if (!status) {
        out->slopes = list_slopes(slopes, &out->below, x, y, count);
        find_line(out, slopes, work, x, y, count);
        find_cusum(out, work, order, x, y, count);
    }
    osi_free(slopes);
    osi_free(work);
    osi_free(order);
    return status;
}
