/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort_report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <osarc/report.h>
#include <osi/alloc.h>
#include <osi/counts.h>
#include <osi/fail.h>

#define NAME_ROOM 4096
#define Z_95      1.959963984540054 /* 97.5 % point of the normal distribution */

cohort_pair cohort_pair_count(const cohort_states *states, size_t a, size_t b)
{
    cohort_pair pair = {{0, 0, 0, 0}, 0};
    for (size_t p = 0; p < states->patients; p++) {
        osarc_state x = cohort_state(states, p, a);
        osarc_state y = cohort_state(states, p, b);
        if (x == OSARC_UNKNOWN || y == OSARC_UNKNOWN)
            pair.unknown++;
        else
            pair.counts[2 * (x == OSARC_MET) + (y == OSARC_MET)]++;
    }
    return pair;
}

static double sum_of(const cohort_pair *pair)
{
    return pair->counts[0] + pair->counts[1] + pair->counts[2] + pair->counts[3];
}

static double percent_of(const cohort_pair *pair)
{
    return 100 * (pair->counts[0] + pair->counts[3]) / sum_of(pair);
}

/* ---- the picture ---- */

typedef struct picture {
    const char **names;
    double *shades;
    const char **texts;
    char (*written)[32];
    size_t count;
} picture;

static void free_picture(picture *p)
{
    osi_free(p->names);
    osi_free(p->shades);
    osi_free(p->texts);
    osi_free(p->written);
}

static osarc_status make_picture(picture *p, size_t count, osarc_error *err)
{
    *p = (picture){.count = count};
    p->names = osi_alloc(count, sizeof(*p->names), err);
    p->shades = osi_alloc(count * count, sizeof(*p->shades), err);
    p->texts = osi_alloc(count * count, sizeof(*p->texts), err);
    p->written = osi_alloc(count * count, sizeof(*p->written), err);
    return p->names && p->shades && p->texts && p->written ? OSARC_OK : OSARC_ERR_MEMORY;
}

/* `decimals` of a number over 0, or of one to show as it is. */
static void set_cell(picture *p, size_t row, size_t column, double number, int decimals,
                     double shade)
{
    size_t i = row * p->count + column;
    p->shades[i] = isnan(number) ? NAN : fmin(1, fmax(0, shade));
    p->texts[i] = p->written[i];
    if (isnan(number))
        return;
    long scale = decimals ? 100 : 1;
    long value = lround(number * (double) scale);
    long whole = labs(value) / scale;
    if (decimals)
        snprintf(p->written[i], sizeof(p->written[i]), "%s%ld.%02ld", value < 0 ? "-" : "", whole,
                 labs(value) % scale);
    else
        snprintf(p->written[i], sizeof(p->written[i]), "%ld", value);
}

static void set_diagonal(picture *p, size_t at, const cohort_states *states, size_t result)
{
    double met = 0;
    for (size_t i = 0; i < states->patients; i++)
        met += cohort_state(states, i, result) == OSARC_MET;
    set_cell(p, at, at, met, 0, 0);
}

static osarc_status draw_picture(const picture *p, const char *folder, const char *kind,
                                 osarc_error *err)
{
    char path[NAME_ROOM];
    char title[64];
    static const char LEGEND[] = "above the diagonal: kappa, darker for more; below: percent that "
                                 "agree; on it: how many meet it";
    snprintf(title, sizeof(title), "Agreement of definitions: %s", kind);
    if (snprintf(path, sizeof(path), "%s/agreement_%s.png", folder, kind) >= (int) sizeof(path))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "the path of the folder is too long");
    osarc_matrix matrix = {title, LEGEND, p->names, p->count, p->shades, p->texts};
    osarc_error why = OSARC_ERROR_INIT;
    osarc_status status = osarc_report_matrix_png(&matrix, path, &why);
    if (status == OSARC_ERR_UNSUPPORTED) /* no font: the table says the same */
        return OSARC_OK;
    if (status && err)
        *err = why;
    return status;
}

/* ---- agreement ---- */

static void add_pair(cohort_table *t, picture *p, const cohort_states *states, size_t a, size_t b,
                     const size_t at[2])
{
    cohort_pair pair = cohort_pair_count(states, a, b);
    osi_kappa kappa;
    osarc_status status = osi_kappa_of(&kappa, pair.counts, 2, OSI_WEIGHTS_NONE, t->err);
    double half = kappa.error > 0 ? Z_95 * kappa.error : NAN; /* no error, no interval */
    if (!t->status)
        t->status = status;
    double percent = sum_of(&pair) > 0 ? percent_of(&pair) : NAN;
    cohort_table_text(t, states->results[a].kind);
    cohort_table_text(t, states->results[a].id);
    cohort_table_text(t, states->results[b].id);
    for (int i = 3; i >= 0; i--)
        cohort_table_number(t, pair.counts[i]);
    cohort_table_number(t, sum_of(&pair));
    cohort_table_number(t, (double) pair.unknown);
    cohort_table_number(t, percent);
    cohort_table_number(t, kappa.value);
    cohort_table_number(t, isnan(half) ? NAN : fmax(-1, kappa.value - half));
    cohort_table_number(t, isnan(half) ? NAN : fmin(1, kappa.value + half));
    cohort_table_end_row(t);
    set_cell(p, at[0], at[1], kappa.value, 2, kappa.value);
    set_cell(p, at[1], at[0], percent, 0, 0);
}

/* The picture stays empty where there is no pair. */
static void add_kind(cohort_table *t, picture *p, const cohort_states *states, const char *kind)
{
    size_t count = 0;
    for (size_t i = 0; i < states->count; i++)
        count += !strcmp(states->results[i].kind, kind);
    if (t->status || count < 2)
        return;
    t->status = make_picture(p, count, t->err);
    size_t at[2] = {0, 0};
    for (size_t a = 0; a < states->count && !t->status; a++) {
        if (strcmp(states->results[a].kind, kind) != 0)
            continue;
        p->names[at[0]] = states->results[a].id;
        set_diagonal(p, at[0], states, a);
        at[1] = at[0] + 1;
        for (size_t b = a + 1; b < states->count; b++)
            if (!strcmp(states->results[b].kind, kind)) {
                add_pair(t, p, states, a, b, at);
                at[1]++;
            }
        at[0]++;
    }
}

osarc_status cohort_agreement_write(const char *folder, const cohort_states *states,
                                    osarc_error *err)
{
    static const char *const COLUMNS[] = {"kind",   "a",       "b",      "both",    "only_a",
                                          "only_b", "neither", "n",      "unknown", "percent",
                                          "kappa",  "ci_low",  "ci_high"};
    static const char *const KINDS[] = {"sarcopenia", "bone", "os"};
    cohort_table t;
    picture pictures[3] = {{.count = 0}};
    cohort_table_start(&t, COLUMNS, sizeof(COLUMNS) / sizeof(COLUMNS[0]), err);
    for (int k = 0; k < 3; k++)
        add_kind(&t, &pictures[k], states, KINDS[k]);
    osarc_status status = cohort_table_finish(&t, folder, "agreement.csv");
    for (int k = 0; k < 3; k++) {
        if (!status && pictures[k].count)
            status = draw_picture(&pictures[k], folder, KINDS[k], err);
        free_picture(&pictures[k]);
    }
    return status;
}

/* ---- muscle and bone ---- */

static void add_overlap(cohort_table *t, const cohort_states *states, size_t muscle, size_t bone)
{
    cohort_pair pair = cohort_pair_count(states, muscle, bone);
    double n = sum_of(&pair);
    osi_share both = osi_wilson(n > 0 ? pair.counts[3] / n : NAN, n);
    cohort_table_text(t, states->results[muscle].id);
    cohort_table_text(t,
                      bone < states->count ? states->results[bone].id : "low_bone_mass_or_worse");
    for (int i = 3; i >= 0; i--)
        cohort_table_number(t, pair.counts[i]);
    cohort_table_number(t, n);
    cohort_table_number(t, (double) pair.unknown);
    cohort_table_number(t, both.value);
    cohort_table_number(t, both.low);
    cohort_table_number(t, both.high);
    cohort_table_end_row(t);
}

osarc_status cohort_overlap_write(const char *folder, const cohort_states *states, osarc_error *err)
{
    static const char *const COLUMNS[] = {"muscle",     "bone",    "both",   "only_muscle",
                                          "only_bone",  "neither", "n",      "unknown",
                                          "share_both", "ci_low",  "ci_high"};
    cohort_table t;
    cohort_table_start(&t, COLUMNS, sizeof(COLUMNS) / sizeof(COLUMNS[0]), err);
    for (size_t m = 0; m < states->count; m++) {
        if (strcmp(states->results[m].kind, "sarcopenia") != 0)
            continue;
        for (size_t b = 0; b < states->count; b++)
            if (!strcmp(states->results[b].kind, "bone"))
                add_overlap(&t, states, m, b);
        if (states->low_bone != SIZE_MAX)
            add_overlap(&t, states, m, states->count);
    }
    return cohort_table_finish(&t, folder, "overlap.csv");
}
