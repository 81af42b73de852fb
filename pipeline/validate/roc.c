/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "statistics.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include <osi/alloc.h>

/* DeLong 1988 by ranks, as Sun and Xu 2014 show: n log n instead of n squared. */

/* Room for one call: scores parted into positives (first) and negatives, ranks and placements. */
typedef struct room {
    size_t *order;
    double *score;
    double *rank;
    double *within;
    double *place[2];
    size_t positives;
    size_t count;
} room;

static void free_room(room *r)
{
    osi_free(r->order);
    osi_free(r->score);
    osi_free(r->rank);
    osi_free(r->within);
    osi_free(r->place[0]);
    osi_free(r->place[1]);
}

static osarc_status make_room(room *r, const int *positive, size_t count, osarc_error *err)
{
    *r = (room){.count = count};
    for (size_t i = 0; i < count; i++)
        r->positives += positive[i] != 0;
    r->order = osi_alloc_raw(count, sizeof(*r->order), err);
    double **columns[] = {&r->score, &r->rank, &r->within, &r->place[0], &r->place[1]};
    int ok = r->order != NULL;
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]) && ok; i++) {
        *columns[i] = osi_alloc_raw(count, sizeof(double), err);
        ok = *columns[i] != NULL;
    }
    return ok ? OSARC_OK : OSARC_ERR_MEMORY;
}

static void part_scores(room *r, const double *score, const int *positive, int low_is_positive)
{
    size_t next[2] = {r->positives, 0};
    for (size_t i = 0; i < r->count; i++)
        r->score[next[positive[i] != 0]++] = low_is_positive ? -score[i] : score[i];
}

/* Ranks from 1; equal values share their mean rank. */
static void rank_values(double *rank, size_t *order, const double *values, size_t count)
{
    gsl_sort_index(order, values, 1, count);
    for (size_t i = 0; i < count;) {
        size_t j = i;
        while (j < count && values[order[j]] == values[order[i]])
            j++;
        for (size_t k = i; k < j; k++)
            rank[order[k]] = 0.5 * (double) (i + 1 + j);
        i = j;
    }
}

/* Share of the other class that each score is on the right side of; returns the AUC. */
static double find_places(room *r, double *place)
{
    size_t m = r->positives;
    size_t n = r->count - m;
    rank_values(r->rank, r->order, r->score, r->count);
    rank_values(r->within, r->order, r->score, m);
    rank_values(r->within + m, r->order, r->score + m, n);
    double auc = 0;
    for (size_t i = 0; i < m; i++) {
        place[i] = (r->rank[i] - r->within[i]) / (double) n;
        auc += place[i] / (double) m;
    }
    for (size_t i = m; i < r->count; i++)
        place[i] = 1 - (r->rank[i] - r->within[i]) / (double) m;
    return auc;
}

static double find_covariance(const room *r, const double *a, const double *b)
{
    size_t m = r->positives;
    size_t n = r->count - m;
    return gsl_stats_covariance(a, 1, b, 1, m) / (double) m +
           gsl_stats_covariance(a + m, 1, b + m, 1, n) / (double) n;
}

static osi_estimate auc_estimate(double auc, double variance, size_t count)
{
    double half = OSI_Z95 * sqrt(variance);
    osi_estimate e = osi_known(auc, fmax(0, auc - half), fmin(1, auc + half), count);
    if (variance <= 0) {
        e.low = e.high = NAN;
        e.quality = OSARC_QUALITY_WARNING;
        e.note = "no interval: the scores part the classes without overlap";
    } else if (auc < 0.5) {
        e.quality = OSARC_QUALITY_WARNING;
        e.note = "below 0.5: check which direction is positive";
    }
    return e;
}

static void compare(osi_roc *out, const room *r, double first, double second)
{
    double variance = find_covariance(r, r->place[0], r->place[0]) +
                      find_covariance(r, r->place[1], r->place[1]) -
                      2 * find_covariance(r, r->place[0], r->place[1]);
    double d = first - second;
    if (!(variance > 1e-20)) {
        out->difference = osi_known(d, NAN, NAN, r->count);
        out->difference.quality = OSARC_QUALITY_WARNING;
        out->difference.note = "no interval: both scores rank the cases alike";
        out->difference_p = osi_refused(r->count, "both scores rank the cases alike");
        return;
    }
    double error = sqrt(variance);
    out->difference = osi_known(d, d - OSI_Z95 * error, d + OSI_Z95 * error, r->count);
    out->difference_z = d / error;
    out->difference_p =
        osi_known(fmin(1, 2 * gsl_cdf_ugaussian_Q(fabs(d / error))), NAN, NAN, r->count);
}

/* From the strictest threshold on; the first of equally good ones is the most specific. */
static void find_youden(osi_roc *out, room *r, int low_is_positive)
{
    double m = (double) r->positives;
    double n = (double) (r->count - r->positives);
    double best = -1;
    double best_true = 0;
    double best_false = 0;
    double hits = 0;
    double misses = 0;
    gsl_sort_index(r->order, r->score, 1, r->count);
    for (size_t i = r->count; i-- > 0;) {
        size_t at = r->order[i];
        hits += at < r->positives;
        misses += at >= r->positives;
        if (i > 0 && r->score[r->order[i - 1]] == r->score[at])
            continue;
        double gain = hits * n - misses * m; /* whole numbers: ties are seen exactly */
        if (gain > best) {
            best = gain;
            best_true = hits;
            best_false = misses;
            out->threshold = low_is_positive ? -r->score[at] : r->score[at];
        }
    }
    out->youden = osi_known(best_true / m - best_false / n, NAN, NAN, r->count);
    out->sensitivity = osi_proportion(best_true, m);
    out->specificity = osi_proportion(n - best_false, n);
}

osarc_status osi_roc_find(osi_roc *out, const double *score, const double *second,
                          const int *positive, size_t count, int low_is_positive, osarc_error *err)
{
    osi_estimate no = osi_refused(count, "2 cases or more of each class are needed");
    *out = (osi_roc){.auc = no,
                     .auc_second = no,
                     .difference = no,
                     .difference_p = no,
                     .difference_z = NAN,
                     .youden = no,
                     .threshold = NAN,
                     .sensitivity = no,
                     .specificity = no,
                     .variance = NAN};
    if (count < 4)
        return OSARC_OK;
    room r;
    osarc_status status = make_room(&r, positive, count, err);
    if (!status && r.positives >= 2 && count - r.positives >= 2) {
        double auc_second = NAN;
        if (second) {
            part_scores(&r, second, positive, low_is_positive);
            auc_second = find_places(&r, r.place[1]);
            out->auc_second =
                auc_estimate(auc_second, find_covariance(&r, r.place[1], r.place[1]), count);
        }
        part_scores(&r, score, positive, low_is_positive);
        double auc = find_places(&r, r.place[0]);
        out->variance = find_covariance(&r, r.place[0], r.place[0]);
        out->auc = auc_estimate(auc, out->variance, count);
        find_youden(out, &r, low_is_positive);
        if (second)
            compare(out, &r, auc, auc_second);
    }
    free_room(&r);
    return status;
}

osarc_status osi_roc_curve(double *false_rate, double *true_rate, size_t *points_out,
                           const double *score, const int *positive, size_t count,
                           int low_is_positive, osarc_error *err)
{
    *points_out = 0;
    room r;
    osarc_status status = make_room(&r, positive, count, err);
    if (!status) {
        part_scores(&r, score, positive, low_is_positive);
        gsl_sort_index(r.order, r.score, 1, count);
        size_t hits = 0;
        size_t misses = 0;
        false_rate[0] = true_rate[0] = 0;
        *points_out = 1;
        for (size_t i = count; i-- > 0;) {
            hits += r.order[i] < r.positives;
            misses += r.order[i] >= r.positives;
            if (i > 0 && r.score[r.order[i - 1]] == r.score[r.order[i]])
                continue;
            false_rate[*points_out] = (double) misses / (double) (count - r.positives);
            true_rate[*points_out] = (double) hits / (double) r.positives;
            ++*points_out;
        }
    }
    free_room(&r);
    return status;
}
