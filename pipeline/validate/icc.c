/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "statistics.h"

/* Shrout and Fleiss 1979; intervals as McGraw and Wong 1996 give them. */

typedef struct squares {
    double n; /* subjects */
    double k; /* raters */
    double rows;
    double columns;
    double error;
    double within;
} squares;

static squares find_squares(const double *scores, size_t subjects, size_t raters)
{
    squares s = {.n = (double) subjects, .k = (double) raters};
    double all = 0;
    for (size_t i = 0; i < subjects * raters; i++)
        all += scores[i] / (s.n * s.k);
    double rows = 0;
    double columns = 0;
    double within = 0;
    for (size_t i = 0; i < subjects; i++) {
        double mean = 0;
        for (size_t j = 0; j < raters; j++)
            mean += scores[i * raters + j] / s.k;
        rows += s.k * (mean - all) * (mean - all);
        for (size_t j = 0; j < raters; j++)
            within += (scores[i * raters + j] - mean) * (scores[i * raters + j] - mean);
    }
    for (size_t j = 0; j < raters; j++) {
        double mean = 0;
        for (size_t i = 0; i < subjects; i++)
            mean += scores[i * raters + j] / s.n;
        columns += s.n * (mean - all) * (mean - all);
    }
    /* what rounding leaves of a sum of squares that is 0 */
    double dust = 1e-26 * (rows + within + s.n * s.k * all * all);
    double error = within - columns;
    s.rows = (rows > dust ? rows : 0) / (s.n - 1);
    s.columns = (columns > dust ? columns : 0) / (s.k - 1);
    s.error = (error > dust ? error : 0) / ((s.n - 1) * (s.k - 1));
    s.within = (within > dust ? within : 0) / (s.n * (s.k - 1));
    return s;
}

static osi_estimate without_interval(double value, size_t count)
{
    osi_estimate e = osi_known(value, NAN, NAN, count);
    e.quality = OSARC_QUALITY_WARNING;
    e.note = "no interval: the raters do not scatter";
    return e;
}

/* The one-way and the consistency forms: both follow from one F. */
static void from_f(osi_estimate *single, osi_estimate *average, const squares *s, double noise,
                   double noise_df)
{
    size_t count = (size_t) s->n;
    if (s->rows + (s->k - 1) * noise <= 0) {
        *single = *average = osi_refused(count, "all subjects score the same");
        return;
    }
    double value = (s->rows - noise) / (s->rows + (s->k - 1) * noise);
    if (noise <= 0) {
        *single = *average = without_interval(value, count);
        return;
    }
    double f = s->rows / noise;
    double low = f / osi_quantile_f(0.975, s->n - 1, noise_df);
    double high = f * osi_quantile_f(0.975, noise_df, s->n - 1);
    *single = osi_known(value, (low - 1) / (low + s->k - 1), (high - 1) / (high + s->k - 1), count);
    *average = s->rows > 0 ? osi_known(1 - noise / s->rows, 1 - 1 / low, 1 - 1 / high, count)
                           : osi_refused(count, "all subjects score the same on average");
}

static double step_up(double single, double k)
{
    return k * single / (1 + (k - 1) * single);
}

static void find_absolute(osi_icc *out, const squares *s)
{
    size_t count = (size_t) s->n;
    double n = s->n;
    double k = s->k;
    double bottom = s->rows + (k - 1) * s->error + k * (s->columns - s->error) / n;
    if (bottom <= 0) {
        out->icc_2_1 = out->icc_2_k = osi_refused(count, "all subjects score the same");
        return;
    }
    double r = (s->rows - s->error) / bottom;
    double average_bottom = s->rows + (s->columns - s->error) / n;
    double average = (s->rows - s->error) / average_bottom;
    osi_estimate no_average = osi_refused(count, "all subjects score the same on average");
    if (s->error <= 0 || r >= 1) {
        out->icc_2_1 = without_interval(r, count);
        out->icc_2_k = average_bottom > 0 ? without_interval(average, count) : no_average;
        return;
    }
    double a = k * r / (n * (1 - r));
    double b = 1 + k * r * (n - 1) / (n * (1 - r));
    double top = a * s->columns + b * s->error;
    double df = top * top /
                (a * s->columns * a * s->columns / (k - 1) +
                 b * s->error * b * s->error / ((n - 1) * (k - 1)));
    double f_low = osi_quantile_f(0.975, n - 1, df);
    double f_high = osi_quantile_f(0.975, df, n - 1);
    double spread = k * s->columns + (k * n - k - n) * s->error;
    double low = n * (s->rows - f_low * s->error) / (f_low * spread + n * s->rows);
    double high = n * (f_high * s->rows - s->error) / (spread + n * f_high * s->rows);
    out->icc_2_1 = osi_known(r, low, high, count);
    out->icc_2_k = average_bottom > 0 ? osi_known(average, step_up(low, k), step_up(high, k), count)
                                      : no_average;
}

void osi_icc_find(osi_icc *out, const double *scores, size_t subjects, size_t raters)
{
    osi_estimate no = osi_refused(subjects, "3 subjects and 2 raters or more are needed");
    *out = (osi_icc){no, no, no, no, no, no};
    if (subjects < 3 || raters < 2)
        return;
    squares s = find_squares(scores, subjects, raters);
    from_f(&out->icc_1_1, &out->icc_1_k, &s, s.within, s.n * (s.k - 1));
    from_f(&out->icc_3_1, &out->icc_3_k, &s, s.error, (s.n - 1) * (s.k - 1));
    find_absolute(out, &s);
}
