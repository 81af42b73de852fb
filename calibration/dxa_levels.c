/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <gsl/gsl_statistics_float.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "dxa.h"

#define AIR_WINDOW 0.12 /* of attenuation: air and its noise lie within */
#define AIR_SHARE  0.01 /* of the image at least */
#define AIR_BEYOND 0.5  /* as much may follow behind air, else it is no level of its own */
/* Of the border at least that lies in the level of most attenuation when values are inverted; the
 * sides of a picture are air but where a body fills it. */
#define INVERTED_SHARE 0.2
#define QUIETER        1.5
#define OPPOSITE       0.5   /* correlation below its negative */
#define LEAST_RANGE    0.3   /* of attenuation; less is an image of nothing */
#define FULL_SHARE     0.005 /* of the image may be full */
#define EMPTY_SHARE    0.01
#define MAX_SHIFT_PX   5.0
/* Bodies with noise as in clinical use give over 0.3. */
#define MIN_CONFIDENCE 0.15
#define MAX_PASSES     6
#define SETTLED_PX     0.01
/* Of everything from fat to bone, at all pairs of energies in use: 1.15 to 4.1. */
#define SWAPPED_RATIO 0.97
#define LOWEST_RATIO  1.08
#define HIGHEST_RATIO 4.5
#define THICK_ENOUGH  0.5 /* attenuation at the high energy where ratios are looked at */

static const char *const WORDS[2] = {"low", "high"};

/* Attenuation against an unknown level; what is not measured is NAN. */
static osarc_status take_logs(float *out, const osarc_dxa_pair *pair, int e, osarc_notes *notes,
                              osarc_error *err)
{
    const osarc_dxa_facts *facts = osarc_dxa_pair_facts(pair);
    const float *values = osarc_dxa_pair_values(pair, (osarc_dxa_energy) e);
    size_t count = facts->columns * facts->rows;
    size_t full = 0;
    size_t empty = 0;
    for (size_t i = 0; i < count; i++) {
        int is_full = values[i] >= facts->ceiling[e];
        int is_empty = facts->is_log ? !isfinite(values[i]) : !(values[i] > 0);
        full += (size_t) is_full;
        empty += (size_t) is_empty;
        out[i] = is_full || is_empty ? NAN : facts->is_log ? values[i] : -logf(values[i]);
    }
    if ((double) full > FULL_SHARE * (double) count)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "%.1f %% of the %s-energy image is at the detector's limit, %g %% allowed",
                        100 * (double) full / (double) count, WORDS[e], 100 * FULL_SHARE);
    if ((double) empty > EMPTY_SHARE * (double) count)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "%.1f %% of the %s-energy image shows no photon, %g %% allowed",
                        100 * (double) empty / (double) count, WORDS[e], 100 * EMPTY_SHARE);
    if (notes && full + empty)
        return osarc_notes_add(notes, OSARC_NOTE_WARNING, "detector_limits", err,
                               "%zu pixels of the %s-energy image are full or empty and left out",
                               full + empty, WORDS[e]);
    return OSARC_OK;
}

/* Mean and SD of what lies within a window of attenuation. */
static size_t mean_within(double *mean, double *sd, const float *values, size_t count, double low,
                          double high)
{
    size_t n = 0;
    double sum = 0;
    double square = 0;
    for (size_t i = 0; i < count; i++) {
        if (!(values[i] >= low && values[i] <= high))
            continue;
        n++;
        sum += values[i];
        square += (double) values[i] * values[i];
    }
    *mean = n ? sum / (double) n : NAN;
    *sd = n > 1 ? sqrt(fmax(0, (square - sum * *mean) / ((double) n - 1))) : NAN;
    return n;
}

static size_t count_within(const float *values, size_t count, double low, double high)
{
    double mean, sd;
    return mean_within(&mean, &sd, values, count, low, high);
}

/* The least attenuated level; 0 where it does not stand apart from what follows. */
static int find_level(double *level, double *noise, float *values, size_t count)
{
    double start = gsl_stats_float_select(values, 1, count, count / 500);
    double mean = start;
    double sd = AIR_WINDOW / 3;
    size_t n = 0;
    mean_within(&mean, &sd, values, count, start - AIR_WINDOW, start + AIR_WINDOW);
    for (int pass = 0; pass < 8; pass++) {
        double half = fmax(3 * sd, 1e-3);
        n = mean_within(&mean, &sd, values, count, mean - half, mean + half);
    }
    double edge = mean + fmax(4 * sd, 0.01);
    size_t beyond = count_within(values, count, edge, edge + AIR_WINDOW);
    *level = mean;
    *noise = sd;
    return (double) n >= AIR_SHARE * (double) count && (double) beyond <= AIR_BEYOND * (double) n;
}

/* Of the image's border, how much lies in a level of either sign. */
static double border_share(const float *logs, const osarc_dxa_facts *facts, double sign,
                           double level, double noise)
{
    size_t there = 0;
    size_t within = 0;
    for (size_t y = 0; y < facts->rows; y++) {
        size_t step = y == 0 || y + 1 == facts->rows ? 1 : facts->columns - 1;
        for (size_t x = 0; x < facts->columns; x += step) {
            double value = sign * (double) logs[y * facts->columns + x];
            there += isfinite(value);
            within += fabs(value - level) <= fmax(4 * noise, 0.01);
        }
    }
    return there ? (double) within / (double) there : 0;
}

/* Air lies around a body: where that is the level that attenuates most, values are inverted. */
static osarc_status find_air(double *air, double *noise, float *values, size_t count,
                             const float *logs, const osarc_dxa_facts *facts, int e,
                             osarc_error *err)
{
    double other, other_noise;
    int is_found = find_level(air, noise, values, count);
    for (size_t i = 0; i < count; i++)
        values[i] = -values[i];
    int is_inverted = find_level(&other, &other_noise, values, count);
    double share = is_inverted ? border_share(logs, facts, -1, other, other_noise) : 0;
    /* behind a body there is more noise than in air */
    int is_spurious =
        !is_found || QUIETER * other_noise < *noise ||
        (share > border_share(logs, facts, 1, *air, *noise) && other_noise < QUIETER * *noise);
    if (share > INVERTED_SHARE && is_spurious)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "values of the %s-energy image are inverted: what lies around the body "
                        "attenuates most, and not least as air does",
                        WORDS[e]);
    if (!is_found)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "no air in view of the %s-energy image, and its air value is not stated",
                        WORDS[e]);
    return OSARC_OK;
}

static osarc_status subtract_air(float *logs, double *air, double *noise,
                                 const osarc_dxa_facts *facts, int e, osarc_error *err)
{
    size_t count = facts->columns * facts->rows;
    size_t there = 0;
    float *values = osi_alloc_raw(count, sizeof(*values), err);
    if (!values)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < count; i++)
        if (!isnan(logs[i]))
            values[there++] = logs[i];
    osarc_status status = OSARC_OK;
    double level = facts->is_log ? facts->air[e] : -log(facts->air[e]);
    *noise = NAN;
    if (there == 0 || !(gsl_stats_float_select(values, 1, there, there - 1 - there / 100) -
                            gsl_stats_float_select(values, 1, there, there / 100) >=
                        LEAST_RANGE))
        status =
            osi_fail(err, OSARC_ERR_QUALITY,
                     "the %s-energy image is the same all over: there is nothing in it", WORDS[e]);
    else if (!isfinite(level))
        status = find_air(&level, noise, values, there, logs, facts, e, err);
    for (size_t i = 0; !status && i < count; i++)
        logs[i] = (float) (logs[i] - level);
    *air = facts->is_log ? level : exp(-level);
    osi_free(values);
    return status;
}

/* What attenuates one energy more attenuates the other more, too. */
static osarc_status check_signs(const dxa_levels *l, osarc_error *err)
{
    size_t count = l->columns * l->rows;
    double n = 0;
    double mean[2] = {0, 0};
    double square[2] = {0, 0};
    double product = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(l->low[i]) || !isfinite(l->high[i]))
            continue;
        double off[2] = {l->low[i] - mean[0], l->high[i] - mean[1]};
        n++;
        for (int e = 0; e < 2; e++)
            mean[e] += off[e] / n;
        square[0] += off[0] * (l->low[i] - mean[0]);
        square[1] += off[1] * (l->high[i] - mean[1]);
        product += off[0] * (l->high[i] - mean[1]);
    }
    if (product < -OPPOSITE * sqrt(square[0] * square[1]))
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "values of one of the two images are inverted: what attenuates more in one "
                        "attenuates less in the other");
    return OSARC_OK;
}

/* Everything attenuates the low energy more. */
static osarc_status check_ratio(const dxa_levels *l, osarc_error *err)
{
    size_t count = l->columns * l->rows;
    size_t there = 0;
    float *ratios = osi_alloc_raw(count, sizeof(*ratios), err);
    if (!ratios)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < count; i++)
        if (l->low[i] > THICK_ENOUGH && l->high[i] > THICK_ENOUGH)
            ratios[there++] = l->low[i] / l->high[i];
    double middle = there ? gsl_stats_float_select(ratios, 1, there, there / 2) : NAN;
    osi_free(ratios);
    if (there < count / 100)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "under 1 %% of the image attenuates more than its brightest level: there "
                        "is no body, or no air in view and its value is not stated");
    if (middle < SWAPPED_RATIO)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "the image said to be of the low energy attenuates less (ratio %.3f): the "
                        "energies are swapped",
                        middle);
    if (!(middle >= LOWEST_RATIO && middle <= HIGHEST_RATIO))
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "attenuations have a ratio of %.3f, which no tissue has (%g to %g): one "
                        "energy twice, or intensities inverted",
                        middle, LOWEST_RATIO, HIGHEST_RATIO);
    return OSARC_OK;
}

/*
 * Windows that fade to the sides draw the peak to no shift; laid by what was found, the images
 * show what is left of it, until nothing is.
 */
static osarc_status find_shift(dxa_levels *l, float *moved, int threads, osarc_error *err)
{
    for (int pass = 0; pass < MAX_PASSES; pass++) {
        double step_px[2];
        osarc_status status = dxa_shift_find(step_px, &l->confidence, l->low, moved, l->columns,
                                             l->rows, l->spacing_mm, err);
        if (status)
            return status;
        for (int a = 0; a < 2; a++)
            l->shift_px[a] += step_px[a];
        double length = hypot(l->shift_px[0], l->shift_px[1]);
        if (!(l->confidence >= MIN_CONFIDENCE) || !(length <= MAX_SHIFT_PX))
            return osi_fail(err, OSARC_ERR_GEOMETRY,
                            "the two energies do not show the same: correlation %.2f (%g needed) "
                            "at a shift of %.1f pixels (%g allowed)",
                            l->confidence, MIN_CONFIDENCE, length, MAX_SHIFT_PX);
        dxa_shift_undo(moved, l->high, l->columns, l->rows, l->shift_px, threads);
        if (hypot(step_px[0], step_px[1]) < SETTLED_PX)
            break;
    }
    return OSARC_OK;
}

static osarc_status lay_on(dxa_levels *l, int threads, osarc_notes *notes, osarc_error *err)
{
    size_t bytes = l->columns * l->rows * sizeof(float);
    float *moved = osi_alloc_raw(bytes, 1, err);
    if (!moved)
        return OSARC_ERR_MEMORY;
    memcpy(moved, l->high, bytes);
    osarc_status status = find_shift(l, moved, threads, err);
    if (status) {
        osi_free(moved);
        return status;
    }
    osi_free(l->high);
    l->high = moved;
    if (!notes)
        return OSARC_OK;
    return osarc_notes_add(notes, OSARC_NOTE_INFO, "energies_registered", err,
                           "the high-energy image lay %.2f columns and %.2f rows off the low one",
                           l->shift_px[0], l->shift_px[1]);
}

osarc_status dxa_levels_make(dxa_levels *out, const osarc_dxa_pair *pair, int threads,
                             osarc_notes *notes, osarc_error *err)
{
    const osarc_dxa_facts *facts = osarc_dxa_pair_facts(pair);
    size_t count = facts->columns * facts->rows;
    memset(out, 0, sizeof(*out));
    out->columns = facts->columns;
    out->rows = facts->rows;
    memcpy(out->spacing_mm, facts->spacing_mm, sizeof(out->spacing_mm));
    out->low = osi_alloc_raw(count, sizeof(float), err);
    out->high = out->low ? osi_alloc_raw(count, sizeof(float), err) : NULL;
    osarc_status status = out->high ? OSARC_OK : OSARC_ERR_MEMORY;
    float *const logs[2] = {out->low, out->high};
    for (int e = 0; !status && e < 2; e++) {
        status = take_logs(logs[e], pair, e, notes, err);
        if (!status)
            status = dxa_lines_mend(logs[e], facts->columns, facts->rows, notes, err);
        if (!status)
            status = subtract_air(logs[e], &out->air[e], &out->noise[e], facts, e, err);
        if (!status)
            status = dxa_counts_undo(logs[e], facts->columns, facts->rows, threads, err);
    }
    if (!status)
        status = check_signs(out, err);
    if (!status)
        status = check_ratio(out, err);
    if (!status)
        status = dxa_motion_note(out->low, out->columns, out->rows, out->spacing_mm[0], notes, err);
    return status ? status : lay_on(out, threads, notes, err);
}

void dxa_levels_free(dxa_levels *levels)
{
    osi_free(levels->low);
    osi_free(levels->high);
    memset(levels, 0, sizeof(*levels));
}
