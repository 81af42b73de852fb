/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Westgard's rules on Shewhart's chart, the limit of the ISCD, and a tabular CUSUM. */
#include "qc_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <gsl/gsl_statistics_double.h>

#include <osi/alloc.h>

/* that one measurement can break at once, at most */
#define ROW_RULES 9

_Static_assert(sizeof(osarc_qc_measurement) % sizeof(double) == 0, "a stride in doubles");

/* How many in a row lie beyond a limit on one side; negative: below. */
static long lengthen(long run, double z, double limit)
{
    if (z > limit)
        return run > 0 ? run + 1 : 1;
    if (z < -limit)
        return run < 0 ? run - 1 : -1;
    return 0;
}

static void add(osarc_qc_series *s, osarc_qc_rule rule, size_t at, size_t since, double shift)
{
    s->alarms[s->alarm_count++] = (osarc_qc_alarm){rule, at, since, shift};
}

static void judge_shewhart(osarc_qc_series *s, size_t first)
{
    long over1 = 0;
    long over2 = 0;
    long side = 0;
    for (size_t i = first; i < s->count; i++) {
        double z = s->measurements[i].z;
        over1 = lengthen(over1, z, 1);
        over2 = lengthen(over2, z, 2);
        side = lengthen(side, z, 0);
        if (fabs(z) > 3)
            add(s, OSARC_QC_13S, i, i, NAN);
        else if (fabs(z) > 2)
            add(s, OSARC_QC_12S, i, i, NAN);
        /* a pattern that goes on is told once */
        if (labs(over2) == 2)
            add(s, OSARC_QC_22S, i, i - 1, NAN);
        if (i > first && fabs(z) > 2 && s->measurements[i - 1].z * z < 0 &&
            fabs(s->measurements[i - 1].z) > 2)
            add(s, OSARC_QC_R4S, i, i - 1, NAN);
        if (labs(over1) == 4)
            add(s, OSARC_QC_41S, i, i - 3, NAN);
        if (labs(side) == 10)
            add(s, OSARC_QC_10X, i, i - 9, NAN);
        if (fabs(s->measurements[i].value - s->mean) > OSI_QC_ISCD_SHARE * s->mean)
            add(s, OSARC_QC_ISCD, i, i, NAN);
    }
}

/* Both sides; after an alarm the sum begins anew. A shift began after the sum was last 0. */
static void judge_cusum(osarc_qc_series *s, size_t first)
{
    double sum[2] = {0, 0};
    size_t length[2] = {0, 0};
    for (size_t i = first; i < s->count; i++)
        for (int side = 0; side < 2; side++) {
            double sign = side ? -1 : 1;
            osarc_qc_measurement *m = &s->measurements[i];
            sum[side] = fmax(0, sum[side] + sign * m->z - OSI_QC_CUSUM_K);
            length[side] = sum[side] > 0 ? length[side] + 1 : 0;
            m->cusum[side] = sum[side];
            if (sum[side] <= OSI_QC_CUSUM_H)
                continue;
            double shift = OSI_QC_CUSUM_K + sum[side] / (double) length[side];
            add(s, OSARC_QC_CUSUM, i, i + 1 - length[side], sign * shift * s->sd);
            sum[side] = 0;
            length[side] = 0;
        }
}

/* In the order of measurements; few, and almost in order. */
static void sort_alarms(osarc_qc_series *s)
{
    for (size_t i = 1; i < s->alarm_count; i++) {
        osarc_qc_alarm one = s->alarms[i];
        size_t k = i;
        for (; k > 0 && s->alarms[k - 1].at > one.at; k--)
            s->alarms[k] = s->alarms[k - 1];
        s->alarms[k] = one;
    }
}

/* Mean and SD of the first measurements. 0: nothing more is to be judged. */
static int make_baseline(osarc_qc_series *s, size_t wanted)
{
    s->baseline_count = s->count < wanted ? s->count : wanted;
    for (size_t i = 0; i < s->baseline_count; i++)
        s->measurements[i].is_baseline = 1;
    if (s->count < wanted) {
        s->state = OSARC_QC_NO_BASELINE;
        snprintf(s->why, sizeof(s->why), "%zu measurements, %zu make a baseline", s->count, wanted);
        return 0;
    }
    const double *first = &s->measurements[0].value;
    size_t stride = sizeof(s->measurements[0]) / sizeof(double);
    s->mean = gsl_stats_mean(first, stride, wanted);
    s->sd = gsl_stats_sd_m(first, stride, wanted, s->mean);
    return 1;
}

static int check_baseline(osarc_qc_series *s)
{
    if (s->sd < 1e-6 * s->mean) {
        s->state = OSARC_QC_REFUSED;
        snprintf(s->why, sizeof(s->why),
                 "all measurements of the baseline are the same: no phantom scans so");
        return 0;
    }
    for (size_t i = 0; i < s->baseline_count; i++)
        if (fabs(s->measurements[i].value - s->mean) > OSI_QC_ISCD_SHARE * s->mean) {
            s->state = OSARC_QC_REFUSED;
            snprintf(s->why, sizeof(s->why),
                     "row %zu, of the baseline, is over 1.5 %% off its mean: the device was not "
                     "stable",
                     s->measurements[i].row);
            return 0;
        }
    return 1;
}

osarc_status osi_qc_judge(osarc_qc_series *s, size_t baseline, osarc_error *err)
{
    if (isnan(s->mean) && !make_baseline(s, baseline))
        return OSARC_OK;
    s->alarms = osi_alloc(s->count * ROW_RULES + 1, sizeof(*s->alarms), err);
    if (!s->alarms)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < s->count; i++)
        s->measurements[i].z = (s->measurements[i].value - s->mean) / s->sd;
    if (s->baseline_count && !check_baseline(s))
        return OSARC_OK;
    if (fabs(s->mean - s->certified) > OSI_QC_ISCD_SHARE * s->certified)
        add(s, OSARC_QC_CERTIFIED, s->baseline_count ? s->baseline_count - 1 : 0, 0,
            s->mean - s->certified);
    judge_shewhart(s, s->baseline_count);
    judge_cusum(s, s->baseline_count);
    sort_alarms(s);
    for (size_t i = 0; i < s->alarm_count; i++)
        if (s->alarms[i].rule != OSARC_QC_12S)
            s->state = OSARC_QC_OUT_OF_CONTROL;
    return OSARC_OK;
}
