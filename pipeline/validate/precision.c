/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "statistics.h"

#include <osi/alloc.h>

/* Glüer 1995: under 27 degrees of freedom the upper bound is over 30 % above the estimate. */
#define ADVISED_DF 27

typedef struct subject_sums {
    double size;
    double mean;
    double squares;
} subject_sums;

static void scale_by_chi2(osi_estimate *e, double df)
{
    e->low = e->value * sqrt(df / osi_quantile_chi2(0.975, df));
    e->high = e->value * sqrt(df / osi_quantile_chi2(0.025, df));
    if (df < ADVISED_DF) {
        e->quality = OSARC_QUALITY_WARNING;
        e->note = "27 degrees of freedom or more are advised";
    }
}

static osi_estimate times(osi_estimate e, double factor)
{
    e.value *= factor;
    e.low *= factor;
    e.high *= factor;
    return e;
}

static void finish(osi_precision *out, const subject_sums *sums, size_t subjects)
{
    double used = 0;
    double df = 0;
    double variance = 0;
    double relative = 0;
    int positive = 1;
    for (size_t i = 0; i < subjects; i++) {
        if (sums[i].size < 2)
            continue;
        double v = sums[i].squares / (sums[i].size - 1);
        used += 1;
        df += sums[i].size - 1;
        variance += v;
        positive = positive && sums[i].mean > 0;
        relative += v / (sums[i].mean * sums[i].mean);
    }
    if (used == 0)
        return;
    size_t count = (size_t) used;
    out->degrees_of_freedom = df;
    out->rms_sd = osi_known(sqrt(variance / used), NAN, NAN, count);
    scale_by_chi2(&out->rms_sd, df);
    out->lsc = times(out->rms_sd, OSI_LSC_FACTOR);
    if (!positive) {
        out->rms_cv_percent = osi_refused(count, "the mean of a subject is not over 0");
        out->lsc_percent = out->rms_cv_percent;
        return;
    }
    out->rms_cv_percent = osi_known(100 * sqrt(relative / used), NAN, NAN, count);
    scale_by_chi2(&out->rms_cv_percent, df);
    out->lsc_percent = times(out->rms_cv_percent, OSI_LSC_FACTOR);
}

osarc_status osi_precision_find(osi_precision *out, const double *values, const size_t *subject,
                                size_t count, size_t subjects, osarc_error *err)
{
    osi_estimate no = osi_refused(0, "no subject has two values");
    *out = (osi_precision){no, no, no, no, 0};
    if (count == 0)
        return OSARC_OK;
    subject_sums *sums = osi_alloc(subjects, sizeof(*sums), err);
    if (!sums)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        sums[subject[i]].size += 1;
        sums[subject[i]].mean += values[i];
    }
    for (size_t i = 0; i < subjects; i++)
        sums[i].mean /= sums[i].size;
    for (size_t i = 0; i < count; i++) {
        double d = values[i] - sums[subject[i]].mean;
        sums[subject[i]].squares += d * d;
    }
    finish(out, sums, subjects);
    osi_free(sums);
    return OSARC_OK;
}

int osi_change_is_real(double change, double lsc)
{
    return fabs(change) >= lsc;
}
