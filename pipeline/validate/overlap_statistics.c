/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Over cases: mean, SD, median, quartiles and a bootstrap interval of the mean. */
#include "overlap_private.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "overlap_bootstrap.h"

static double mean_of(const double *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum / (double) count;
}

/* How far the jackknife leans to one side: Efron 1987, equation 6.6. */
static double acceleration(const double *values, size_t count, double mean)
{
    double squares = 0;
    double cubes = 0;
    for (size_t i = 0; i < count; i++) {
        double d = values[i] - mean; /* proportional to what leaving value i out takes away */
        squares += d * d;
        cubes += d * d * d;
    }
    return squares > 0 ? cubes / (6 * pow(squares, 1.5)) : 0;
}

/* Where in the sorted resamples an end of the interval lies. */
static double find_end(const double *sorted, size_t count, double bias, double lean, double p)
{
    double z = bias + gsl_cdf_ugaussian_Pinv(p);
    double level = gsl_cdf_ugaussian_P(bias + z / (1 - lean * z));
    return gsl_stats_quantile_from_sorted_data(sorted, 1, count, level);
}

osarc_status osi_bootstrap_mean(double *low_out, double *high_out, const double *sorted_values,
                                size_t count, uint64_t seed, size_t resamples, osarc_error *err)
{
    *low_out = NAN;
    *high_out = NAN;
    if (count < 2)
        return OSARC_OK;
    if (sorted_values[0] == sorted_values[count - 1]) {
        *low_out = sorted_values[0];
        *high_out = sorted_values[0];
        return OSARC_OK;
    }
    double *means = osi_alloc_raw(resamples, sizeof(*means), err);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (!means || !rng) {
        osi_free(means);
        if (rng)
            gsl_rng_free(rng);
        return means ? osi_fail(err, OSARC_ERR_MEMORY, "out of memory") : OSARC_ERR_MEMORY;
    }
    gsl_rng_set(rng, (unsigned long) seed);
    double mean = mean_of(sorted_values, count);
    /* the same values in another order add up to the same mean but for this */
    double rounding = 1e-12 * (sorted_values[count - 1] - sorted_values[0] + fabs(mean));
    size_t below = 0;
    size_t equal = 0;
    for (size_t r = 0; r < resamples; r++) {
        double sum = 0;
        for (size_t i = 0; i < count; i++)
            sum += sorted_values[gsl_rng_uniform_int(rng, count)];
        means[r] = sum / (double) count;
        below += means[r] < mean - rounding;
        equal += fabs(means[r] - mean) <= rounding;
    }
    gsl_rng_free(rng);
    gsl_sort(means, 1, resamples);
    /* half of the ties: a resample that equals the mean leans to neither side */
    double share = ((double) below + 0.5 * (double) equal) / (double) resamples;
    double edge = 0.5 / (double) resamples;
    double bias = gsl_cdf_ugaussian_Pinv(fmin(fmax(share, edge), 1 - edge));
    double lean = acceleration(sorted_values, count, mean);
    *low_out = find_end(means, resamples, bias, lean, 0.025);
    *high_out = find_end(means, resamples, bias, lean, 0.975);
    osi_free(means);
    return OSARC_OK;
}

static int same_quantity(const osi_overlap_entry *a, const osi_overlap_entry *b)
{
    return a->pair.reference == b->pair.reference && a->pair.test == b->pair.test &&
           !strcmp(a->metric, b->metric);
}

static void count_case(osarc_overlap_summary *row, double *values, const osi_overlap_entry *entry)
{
    if (entry->row.quality != OSARC_QUALITY_REFUSED)
        values[row->count++] = entry->row.value;
    row->both_empty += entry->presence == OSI_PRESENT_NONE;
    row->one_empty += entry->presence == OSI_PRESENT_ONE;
}

static osarc_status fill_numbers(osi_overlap_total *total, const osarc_overlap *overlap,
                                 double *values, osarc_error *err)
{
    osarc_overlap_summary *row = &total->row;
    size_t n = row->count;
    const char *note = "";
    if (n == 0) {
        row->quality = OSARC_QUALITY_REFUSED;
        note = "no case has a value";
    } else {
        gsl_sort(values, 1, n);
        row->mean = mean_of(values, n);
        row->median = gsl_stats_median_from_sorted_data(values, 1, n);
        row->quartile_low = gsl_stats_quantile_from_sorted_data(values, 1, n, 0.25);
        row->quartile_high = gsl_stats_quantile_from_sorted_data(values, 1, n, 0.75);
    }
    if (n == 1) {
        row->quality = OSARC_QUALITY_WARNING;
        note = "one case: no standard deviation and no interval";
    }
    if (n > 1)
        row->sd = gsl_stats_sd_m(values, 1, n, row->mean);
    if (n > 1 && n < 5) {
        row->quality = OSARC_QUALITY_WARNING;
        note = "fewer than 5 cases: the interval says little";
    }
    total->note = osi_strdup(note, err);
    if (!total->note)
        return OSARC_ERR_MEMORY;
    row->note = total->note;
    return osi_bootstrap_mean(&row->ci_low, &row->ci_high, values, n, overlap->seed,
                              overlap->resamples, err);
}

/* The statistics of the quantity that entry `first` is the first of. */
static osarc_status add_total(osarc_overlap *overlap, size_t first, double *values,
                              osarc_error *err)
{
    const osi_overlap_entry *entry = overlap->entries[first];
    osi_overlap_total *total = &overlap->totals[overlap->total_count];
    *total = (osi_overlap_total){.row = {.label = entry->label,
                                         .metric = entry->metric,
                                         .unit = entry->row.unit,
                                         .refused = overlap->refused_count,
                                         .mean = NAN,
                                         .sd = NAN,
                                         .median = NAN,
                                         .quartile_low = NAN,
                                         .quartile_high = NAN,
                                         .ci_low = NAN,
                                         .ci_high = NAN}};
    overlap->total_count++;
    const char *name = entry->name;
    for (size_t i = first; i < overlap->entry_count; i++)
        if (same_quantity(entry, overlap->entries[i])) {
            count_case(&total->row, values, overlap->entries[i]);
            if (!name[0])
                name = overlap->entries[i]->name;
        }
    total->name = osi_strdup(name, err);
    if (!total->name)
        return OSARC_ERR_MEMORY;
    total->row.name = total->name;
    return fill_numbers(total, overlap, values, err);
}

static int is_first(const osarc_overlap *overlap, size_t at)
{
    const osi_overlap_entry *entry = overlap->entries[at];
    if (entry->presence == OSI_PRESENT_UNKNOWN)
        return 0;
    for (size_t i = 0; i < overlap->total_count; i++)
        if (!strcmp(overlap->totals[i].row.label, entry->label) &&
            !strcmp(overlap->totals[i].row.metric, entry->metric))
            return 0;
    return 1;
}

osarc_status osarc_overlap_finish(osarc_overlap *overlap, osarc_error *err)
{
    if (!overlap)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "overlap is NULL");
    if (overlap->case_count == 0)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "no case was added");
    osi_overlap_free_totals(overlap);
    double *values = osi_alloc_raw(overlap->case_count, sizeof(*values), err);
    overlap->totals = osi_alloc(overlap->entry_count, sizeof(*overlap->totals), err);
    osarc_status status = values && overlap->totals ? OSARC_OK : OSARC_ERR_MEMORY;
    for (size_t i = 0; !status && i < overlap->entry_count; i++)
        if (is_first(overlap, i))
            status = add_total(overlap, i, values, err);
    osi_free(values);
    if (!status)
        status = osi_overlap_make_json(&overlap->json, overlap, err);
    if (status)
        osi_overlap_free_totals(overlap);
    return status;
}
