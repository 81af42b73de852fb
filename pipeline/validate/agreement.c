/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agreement_private.h"

#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/text.h>

static osarc_status copy_text(const char **out, const char *text, osarc_error *err)
{
    *out = osi_strdup(text ? text : "", err);
    return *out ? OSARC_OK : OSARC_ERR_MEMORY;
}

osarc_status osi_agreement_add(osarc_agreement *out, const char *group, const char *name,
                               osi_estimate estimate, const char *note, osarc_error *err)
{
    if (out->count == out->room) {
        size_t room = out->room ? 2 * out->room : 128;
        osarc_agreement_row *rows = osi_realloc(out->rows, room, sizeof(*rows), err);
        if (!rows)
            return OSARC_ERR_MEMORY;
        out->rows = rows;
        out->room = room;
    }
    osarc_agreement_row row = {.value = estimate.value,
                               .ci_low = estimate.low,
                               .ci_high = estimate.high,
                               .count = estimate.count,
                               .quality = estimate.quality};
    osarc_status status = copy_text(&row.group, group, err);
    if (!status)
        status = copy_text(&row.name, name, err);
    if (!status)
        status = copy_text(&row.note, note ? note : estimate.note, err);
    if (status) {
        osi_free((char *) row.group);
        osi_free((char *) row.name);
        return status;
    }
    out->rows[out->count++] = row;
    return OSARC_OK;
}

osarc_status osi_agreement_add_all(osarc_agreement *out, const char *group, const osi_named *rows,
                                   size_t count, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < count && !status; i++) {
        /* why a value is refused or doubtful goes before what it is made of */
        const char *note = rows[i].estimate.note ? NULL : rows[i].note;
        status = osi_agreement_add(out, group, rows[i].name, rows[i].estimate, note, err);
    }
    return status;
}

/* How many rows were left out, and which. */
static osarc_status add_account(osarc_agreement *out, const char *name, const osi_left_out *lists,
                                size_t list_count, size_t pairs, osarc_error *err)
{
    char *note = NULL;
    size_t total = 0;
    for (size_t i = 0; i < list_count; i++)
        total += lists[i].count;
    osarc_status status = osi_readings_name_rows(&note, lists, list_count, err);
    osi_estimate e = osi_known((double) total, NAN, NAN, pairs);
    if (total)
        e.quality = OSARC_QUALITY_WARNING;
    if (!status)
        status = osi_agreement_add(out, "all", name, e, note, err);
    osi_free(note);
    return status;
}

static osarc_status add_accounts(osarc_agreement *out, const osi_readings *r, osarc_error *err)
{
    osarc_status status = osi_agreement_add(
        out, "all", "pairs", osi_known((double) r->count, NAN, NAN, r->count), NULL, err);
    if (!status)
        status = add_account(out, "cells_missing", r->missing, r->missing_count, r->count, err);
    if (!status)
        status = add_account(out, "cells_not_numeric", r->not_numeric, r->not_numeric_count,
                             r->count, err);
    if (!status && r->joined)
        status =
            add_account(out, "rows_unmatched", r->unmatched, r->unmatched_count, r->count, err);
    return status;
}

static osarc_status make_columns(osi_group *g, size_t classes, osarc_error *err)
{
    double **columns[] = {&g->x, &g->y, &g->second, &g->mean_x, &g->mean_y};
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]) && !status; i++) {
        *columns[i] = osi_alloc(g->count + 1, sizeof(double), err);
        status = *columns[i] ? OSARC_OK : OSARC_ERR_MEMORY;
    }
    if (!status) {
        g->subject = osi_alloc(g->count + 1, sizeof(*g->subject), err);
        g->positive = osi_alloc(g->count + 1, sizeof(*g->positive), err);
        g->counts = osi_alloc(classes * classes + 1, sizeof(*g->counts), err);
        status = g->subject && g->positive && g->counts ? OSARC_OK : OSARC_ERR_MEMORY;
    }
    return status;
}

/* Subjects are numbered anew within the group, from 0, without gaps. */
static osarc_status number_subjects(osi_group *g, const size_t *subject, size_t subjects,
                                    osarc_error *err)
{
    size_t *number = osi_alloc(subjects + 1, sizeof(*number), err);
    if (!number)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < g->count; i++) {
        if (!number[subject[i]])
            number[subject[i]] = ++g->subjects;
        g->subject[i] = number[subject[i]] - 1;
    }
    osi_free(number);
    return OSARC_OK;
}

static osarc_status merge_subjects(osi_group *g, osarc_error *err)
{
    g->mean_count = g->subjects ? g->subjects : g->count;
    if (!g->subjects) {
        memcpy(g->mean_x, g->x, g->count * sizeof(double));
        memcpy(g->mean_y, g->y, g->count * sizeof(double));
        return OSARC_OK;
    }
    double *size = osi_alloc(g->subjects, sizeof(*size), err);
    if (!size)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < g->count; i++) {
        size[g->subject[i]] += 1;
        g->mean_x[g->subject[i]] += g->x[i];
        g->mean_y[g->subject[i]] += g->y[i];
    }
    for (size_t s = 0; s < g->subjects; s++) {
        g->mean_x[s] /= size[s];
        g->mean_y[s] /= size[s];
    }
    osi_free(size);
    return OSARC_OK;
}

static osarc_status fill_group(osi_group *g, const osi_readings *r, size_t number,
                               osarc_agreement_kind kind, osarc_error *err)
{
    for (size_t i = 0; i < r->count; i++)
        g->count += r->items[i].whole == number || r->items[i].part == number;
    size_t classes = kind == OSARC_AGREEMENT_CLASSES ? r->classes.count : 0;
    size_t *subject = osi_alloc(g->count + 1, sizeof(*subject), err);
    osarc_status status = subject ? make_columns(g, classes, err) : OSARC_ERR_MEMORY;
    size_t at = 0;
    for (size_t i = 0; i < r->count && !status; i++) {
        const osi_reading *one = &r->items[i];
        if (one->whole != number && one->part != number)
            continue;
        g->x[at] = one->x;
        g->y[at] = one->y;
        g->second[at] = one->second;
        g->positive[at] = one->class_x == r->positive;
        subject[at++] = one->subject;
        if (classes)
            g->counts[one->class_x * classes + one->class_y] += 1;
    }
    if (!status && r->subjects.count)
        status = number_subjects(g, subject, r->subjects.count, err);
    if (!status)
        status = merge_subjects(g, err);
    osi_free(subject);
    return status;
}

static osarc_status run_group(osarc_agreement *out, osi_group *g, osarc_error *err)
{
    switch (out->kind) {
    case OSARC_AGREEMENT_NUMBERS:
        return osi_agreement_numbers(out, g, err);
    case OSARC_AGREEMENT_CLASSES:
        return osi_agreement_classes(out, g, err);
    case OSARC_AGREEMENT_ROC:
        return osi_agreement_roc(out, g, err);
    }
    return osi_fail(err, OSARC_ERR_ARGUMENT, "kind %d does not exist", (int) out->kind);
}

static osarc_status run_groups(osarc_agreement *out, const osi_readings *r, osarc_error *err)
{
    out->groups = osi_alloc(r->groups.count, sizeof(*out->groups), err);
    if (!out->groups)
        return OSARC_ERR_MEMORY;
    osarc_status status = add_accounts(out, r, err);
    for (size_t i = 0; i < r->groups.count && !status; i++) {
        osi_group *g = &out->groups[out->group_count++];
        g->name = osi_strdup(r->groups.items[i], err);
        status = g->name ? fill_group(g, r, i, out->kind, err) : OSARC_ERR_MEMORY;
        if (!status)
            status = run_group(out, g, err);
    }
    if (!status && out->group_count > OSI_PLOTTED_GROUPS) {
        osi_estimate e =
            osi_known((double) (out->group_count - OSI_PLOTTED_GROUPS), NAN, NAN, out->group_count);
        e.quality = OSARC_QUALITY_WARNING;
        status = osi_agreement_add(out, "all", "groups_without_plots", e,
                                   "the first 40 groups have plots", err);
    }
    return status;
}

static osarc_status name_columns(osarc_agreement *out, const char *method, const char *reference,
                                 const char *second, osarc_error *err)
{
    out->method = osi_strdup(method, err);
    out->reference = out->method ? osi_strdup(reference, err) : NULL;
    out->second = out->reference ? osi_strdup(second ? second : "", err) : NULL;
    return out->second ? OSARC_OK : OSARC_ERR_MEMORY;
}

/* Takes the classes out of the readings, and frees the readings. */
static osarc_status finish(osarc_agreement **out, osi_readings *readings,
                           const osarc_agreement_options *options, osarc_error *err)
{
    osarc_agreement *a = osi_alloc(1, sizeof(*a), err);
    osarc_status status = a ? OSARC_OK : OSARC_ERR_MEMORY;
    if (!status) {
        a->kind = options->kind;
        a->low_is_positive = options->low_is_positive;
        a->logarithm = options->logarithm;
        a->change = options->change;
        a->deming_lambda = options->deming_lambda != 0 ? options->deming_lambda : 1;
        a->classes = readings->classes;
        a->classes_ordered = readings->classes_ordered;
        readings->classes = (osi_wordset){0};
        readings->classes.count = a->classes.count;
        status = name_columns(a, options->method ? options->method : "method",
                              options->reference ? options->reference : "reference",
                              options->second, err);
    }
    if (!status)
        status = run_groups(a, readings, err);
    if (!status)
        status = osi_agreement_print(a, err);
    readings->classes.count = 0;
    osi_readings_free(readings);
    if (status)
        osarc_agreement_free(a);
    else
        *out = a;
    return status;
}

static osarc_status check_numbers(const osarc_agreement_options *options, osarc_error *err)
{
    if (!options)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "options are needed");
    if (!(options->deming_lambda >= 0) || !isfinite(options->deming_lambda))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "lambda is %g, over 0 is needed",
                        options->deming_lambda);
    if (!isfinite(options->change))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "the change is not a finite number");
    return OSARC_OK;
}

osarc_status osarc_agreement_of_table(osarc_agreement **out, const char *path,
                                      const osarc_agreement_options *options, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    if (!path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a path is needed");
    osi_readings readings;
    osarc_status status = check_numbers(options, err);
    if (!status)
        status = osi_readings_of_table(&readings, path, options, err);
    return status ? status : finish(out, &readings, options, err);
}

osarc_status osarc_agreement_of_findings(osarc_agreement **out, const char *path,
                                         const char *reference_path,
                                         const osarc_agreement_options *options, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    if (!path || !reference_path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "two paths are needed");
    osi_readings readings;
    osarc_status status = check_numbers(options, err);
    if (!status)
        status = osi_readings_of_findings(&readings, path, reference_path, options, err);
    return status ? status : finish(out, &readings, options, err);
}

size_t osarc_agreement_count(const osarc_agreement *agreement)
{
    return agreement->count;
}

const osarc_agreement_row *osarc_agreement_at(const osarc_agreement *agreement, size_t index)
{
    return index < agreement->count ? &agreement->rows[index] : NULL;
}

const osarc_agreement_row *osarc_agreement_find(const osarc_agreement *agreement, const char *group,
                                                const char *name)
{
    for (size_t i = 0; i < agreement->count; i++)
        if (strcmp(agreement->rows[i].group, group) == 0 &&
            strcmp(agreement->rows[i].name, name) == 0)
            return &agreement->rows[i];
    return NULL;
}

const char *osarc_agreement_table(const osarc_agreement *agreement)
{
    return agreement->table;
}

const char *osarc_agreement_json(const osarc_agreement *agreement)
{
    return agreement->json;
}

static void free_group(osi_group *g)
{
    osi_free(g->name);
    osi_free(g->x);
    osi_free(g->y);
    osi_free(g->second);
    osi_free(g->subject);
    osi_free(g->positive);
    osi_free(g->counts);
    osi_free(g->mean_x);
    osi_free(g->mean_y);
}

void osarc_agreement_free(osarc_agreement *agreement)
{
    if (!agreement)
        return;
    for (size_t i = 0; i < agreement->count; i++) {
        osi_free((char *) agreement->rows[i].group);
        osi_free((char *) agreement->rows[i].name);
        osi_free((char *) agreement->rows[i].note);
    }
    for (size_t i = 0; i < agreement->group_count; i++)
        free_group(&agreement->groups[i]);
    osi_wordset_free(&agreement->classes);
    osi_free(agreement->rows);
    osi_free(agreement->groups);
    osi_free(agreement->method);
    osi_free(agreement->reference);
    osi_free(agreement->second);
    osi_free(agreement->table);
    osi_free(agreement->json);
    osi_free(agreement);
}
