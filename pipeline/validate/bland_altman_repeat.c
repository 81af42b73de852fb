/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "statistics.h"

#include <osi/alloc.h>

/* Limits of agreement from several pairs a subject: Bland and Altman 1999 and 2007, intervals by
 * the method of variance estimates recovery, Zou 2013. */

/* One-way analysis of variance of values by subject. */
typedef struct anova {
    double mean;         /* of all values */
    double subject_mean; /* of the subjects' means */
    double mean_square_between;
    double mean_square_within;
    double variance_of_means; /* of the subjects' means, not weighted */
    double df_between;
    double df_within;
    double size;     /* the divisor that turns mean squares into a variance component */
    double one_over; /* mean of 1/m over the subjects */
} anova;

typedef struct sums {
    double *mean; /* by subject */
    double *size;
} sums;

static void analyse(anova *out, const double *values, const size_t *subject, size_t count,
                    size_t subjects, sums s)
{
    double n = (double) subjects;
    double total = (double) count;
    for (size_t i = 0; i < subjects; i++)
        s.mean[i] = s.size[i] = 0;
    *out = (anova){.df_between = n - 1, .df_within = total - n};
    for (size_t i = 0; i < count; i++) {
        s.size[subject[i]] += 1;
        s.mean[subject[i]] += values[i];
        out->mean += values[i] / total;
    }
    double squares = 0;
    for (size_t i = 0; i < subjects; i++) {
        s.mean[i] /= s.size[i];
        out->subject_mean += s.mean[i] / n;
        out->one_over += 1 / s.size[i] / n;
        squares += s.size[i] * s.size[i];
    }
    double between = 0;
    double within = 0;
    for (size_t i = 0; i < subjects; i++) {
        between += s.size[i] * (s.mean[i] - out->mean) * (s.mean[i] - out->mean);
        out->variance_of_means +=
            (s.mean[i] - out->subject_mean) * (s.mean[i] - out->subject_mean) / (n - 1);
    }
    for (size_t i = 0; i < count; i++) {
        double d = values[i] - s.mean[subject[i]];
        within += d * d;
    }
    out->mean_square_between = between / out->df_between;
    out->mean_square_within = within / out->df_within;
    out->size = (total * total - squares) / ((n - 1) * total);
}

static osi_estimate find_within_sd(const anova *a, size_t count)
{
    double sd = sqrt(a->mean_square_within);
    return osi_known(sd, sd * sqrt(a->df_within / osi_quantile_chi2(0.975, a->df_within)),
                     sd * sqrt(a->df_within / osi_quantile_chi2(0.025, a->df_within)), count);
}

/* A part of the total variance: weight * estimate, on its degrees of freedom. */
typedef struct part {
    double variance;
    double df;
} part;

/* How far the interval of the variance reaches below (side -1) or above the sum of its parts. */
static double reach(const part *parts, size_t count, int side)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        double chi2 = osi_quantile_chi2(side < 0 ? 0.975 : 0.025, parts[i].df);
        double step = parts[i].variance * (parts[i].df / chi2 - 1);
        sum += step * step;
    }
    return sqrt(sum);
}

typedef struct limits {
    osi_estimate sd;
    osi_estimate low;
    osi_estimate high;
} limits;

static limits find_limits(double bias, double bias_variance, double variance, const part *parts,
                          size_t part_count, size_t count)
{
    double sd = sqrt(variance);
    double sd_low = sqrt(fmax(0, variance - reach(parts, part_count, -1)));
    double sd_high = sqrt(variance + reach(parts, part_count, 1));
    double z = OSI_LIMITS_FACTOR;
    double bias_half2 = OSI_Z95 * OSI_Z95 * bias_variance;
    double inner = sqrt(bias_half2 + z * z * (sd - sd_low) * (sd - sd_low));
    double outer = sqrt(bias_half2 + z * z * (sd_high - sd) * (sd_high - sd));
    double low = bias - z * sd;
    double high = bias + z * sd;
    return (limits){osi_known(sd, sd_low, sd_high, count),
                    osi_known(low, low - outer, low + inner, count),
                    osi_known(high, high - inner, high + outer, count)};
}

/* The true value may differ from pair to pair: only the pairs' differences are used. */
static void find_varying(osi_bland_altman_repeated *out, const anova *d, size_t count)
{
    double between = fmax(0, (d->mean_square_between - d->mean_square_within) / d->size);
    double variance = between + d->mean_square_within;
    /* between = MSB/m - MSW/m, so the total is MSB/m + (1 - 1/m) MSW */
    part parts[2] = {{d->mean_square_between / d->size, d->df_between},
                     {(1 - 1 / d->size) * d->mean_square_within, d->df_within}};
    double subjects = d->df_between + 1;
    limits l = find_limits(d->mean, d->variance_of_means / subjects, variance, parts, 2, count);
    out->sd_varying = l.sd;
    out->limit_low_varying = l.low;
    out->limit_high_varying = l.high;
    if (d->mean_square_between < d->mean_square_within) {
        out->sd_varying.quality = OSARC_QUALITY_WARNING;
        out->sd_varying.note = "no variance between subjects: taken as 0";
    }
    double half = osi_quantile_t(0.975, d->df_between) * sqrt(d->variance_of_means / subjects);
    out->bias = osi_known(d->mean, d->mean - half, d->mean + half, count);
}

/* The true value of a subject stays: each method's own scatter is used. */
static void find_constant(osi_bland_altman_repeated *out, const anova *d, const anova *x,
                          const anova *y, size_t count)
{
    double scale = 1 - d->one_over;
    double variance =
        d->variance_of_means + scale * (x->mean_square_within + y->mean_square_within);
    part parts[3] = {{d->variance_of_means, d->df_between},
                     {scale * x->mean_square_within, x->df_within},
                     {scale * y->mean_square_within, y->df_within}};
    limits l =
        find_limits(d->mean, d->variance_of_means / (d->df_between + 1), variance, parts, 3, count);
    out->sd_constant = l.sd;
    out->limit_low_constant = l.low;
    out->limit_high_constant = l.high;
}

static void refuse_all(osi_bland_altman_repeated *out, size_t count, const char *why)
{
    osi_estimate no = osi_refused(count, why);
    *out = (osi_bland_altman_repeated){no, no, no, no, no, no, no, no, no, no};
}

osarc_status osi_bland_altman_repeat(osi_bland_altman_repeated *out, const double *x,
                                     const double *y, const size_t *subject, size_t count,
                                     size_t subjects, osarc_error *err)
{
    refuse_all(out, count, "3 subjects or more are needed");
    if (subjects < 3)
        return OSARC_OK;
    refuse_all(out, count, "no subject has two pairs");
    if (count <= subjects)
        return OSARC_OK;
    double *difference = osi_alloc_raw(count, sizeof(*difference), err);
    sums s = {osi_alloc_raw(subjects, sizeof(double), err),
              osi_alloc_raw(subjects, sizeof(double), err)};
    osarc_status status = difference && s.mean && s.size ? OSARC_OK : OSARC_ERR_MEMORY;
    if (!status) {
        for (size_t i = 0; i < count; i++)
            difference[i] = y[i] - x[i];
        anova of_x;
        anova of_y;
        anova of_d;
        analyse(&of_x, x, subject, count, subjects, s);
        analyse(&of_y, y, subject, count, subjects, s);
        analyse(&of_d, difference, subject, count, subjects, s);
        out->within_sd_x = find_within_sd(&of_x, count);
        out->within_sd_y = find_within_sd(&of_y, count);
        out->within_sd_difference = find_within_sd(&of_d, count);
        find_varying(out, &of_d, count);
        find_constant(out, &of_d, &of_x, &of_y, count);
    }
    osi_free(difference);
    osi_free(s.mean);
    osi_free(s.size);
    return status;
}
