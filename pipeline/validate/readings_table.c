/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "readings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/text.h>

#define CLASSES_MAX 50

typedef struct columns {
    size_t method;
    size_t reference;
    size_t second;
    size_t repeat;
    size_t by;
    size_t case_id;
} columns;

static osarc_status find_one(size_t *out, const osi_table *table, const char *name,
                             osarc_error *err)
{
    *out = OSI_NO_COLUMN;
    return name ? osi_table_need(out, table, name, err) : OSARC_OK;
}

static osarc_status find_columns(columns *out, const osi_table *table,
                                 const osarc_agreement_options *options, osarc_error *err)
{
    if (!options->method || !options->reference)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a method and a reference column are needed");
    osarc_status status = find_one(&out->method, table, options->method, err);
    if (!status)
        status = find_one(&out->reference, table, options->reference, err);
    if (!status)
        status = find_one(&out->second, table, options->second, err);
    if (!status)
        status = find_one(&out->repeat, table, options->repeat, err);
    if (!status)
        status = find_one(&out->by, table, options->by, err);
    if (!status)
        status = find_one(&out->case_id, table, options->case_id, err);
    if (status)
        return status;
    if (out->method == out->reference)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "'%s' is both method and reference",
                        options->method);
    if (out->second != OSI_NO_COLUMN &&
        (out->second == out->method || out->second == out->reference))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "'%s' is given twice", options->second);
    return OSARC_OK;
}

/* A case may come once, unless its rows are stated to be repeats. */
static osarc_status check_cases(const osi_table *table, const columns *at,
                                const osarc_agreement_options *options, osarc_error *err)
{
    if (at->case_id == OSI_NO_COLUMN || at->repeat != OSI_NO_COLUMN)
        return OSARC_OK;
    osi_wordset seen = {0};
    osarc_status status = OSARC_OK;
    for (size_t row = 0; row < osi_table_rows(table) && !status; row++) {
        size_t number;
        status = osi_wordset_add(&number, &seen, osi_table_cell(table, row, at->case_id), err);
        if (!status && number != row)
            status = osi_fail(err, OSARC_ERR_QUALITY,
                              "rows %zu and %zu have the same '%s'; repeats need --repeat",
                              osi_table_row_number(table, number), osi_table_row_number(table, row),
                              options->case_id);
    }
    osi_wordset_free(&seen);
    return status;
}

/* What is the matter with a row, for the account of what was left out. */
typedef struct row_check {
    osi_readings *out;
    const osi_table *table;
    size_t row;
    int usable;
    osarc_error *err;
} row_check;

static osarc_status take_text(row_check *check, const char **out, size_t column)
{
    *out = osi_table_cell(check->table, check->row, column);
    if (**out)
        return OSARC_OK;
    check->usable = 0;
    return osi_readings_leave_out(&check->out->missing, &check->out->missing_count,
                                  osi_table_name(check->table, column),
                                  osi_table_row_number(check->table, check->row), check->err);
}

static osarc_status take_number(row_check *check, double *out, size_t column)
{
    const char *text;
    *out = NAN;
    osarc_status status = take_text(check, &text, column);
    if (status || !*text || osi_number_read(text, out))
        return status;
    check->usable = 0;
    return osi_readings_leave_out(&check->out->not_numeric, &check->out->not_numeric_count,
                                  osi_table_name(check->table, column),
                                  osi_table_row_number(check->table, check->row), check->err);
}

static osarc_status take_class(row_check *check, size_t *out, size_t column)
{
    const char *text;
    *out = OSI_NO_WORD;
    osarc_status status = take_text(check, &text, column);
    return status || !*text ? status : osi_wordset_add(out, &check->out->classes, text, check->err);
}

static osarc_status take_groups(row_check *check, osi_reading *r, const columns *at)
{
    const char *text;
    r->subject = r->part = OSI_NO_WORD;
    osarc_status status = osi_wordset_add(&r->whole, &check->out->groups, "all", check->err);
    if (!status && at->repeat != OSI_NO_COLUMN) {
        status = take_text(check, &text, at->repeat);
        if (!status && *text)
            status = osi_wordset_add(&r->subject, &check->out->subjects, text, check->err);
    }
    if (status || at->by == OSI_NO_COLUMN)
        return status;
    status = take_text(check, &text, at->by);
    osi_text label = {0};
    if (!status)
        status = osi_text_printf(&label, check->err, "%s=%s", osi_table_name(check->table, at->by),
                                 text);
    if (!status)
        status = osi_wordset_add(&r->part, &check->out->groups, label.data, check->err);
    osi_free(label.data);
    return status;
}

static osarc_status take_row(row_check *check, const columns *at, osarc_agreement_kind kind)
{
    osi_reading r = {.x = NAN,
                     .y = NAN,
                     .second = NAN,
                     .row_number = osi_table_row_number(check->table, check->row)};
    osarc_status status = OSARC_OK;
    if (kind == OSARC_AGREEMENT_NUMBERS)
        status = take_number(check, &r.x, at->reference);
    else
        status = take_class(check, &r.class_x, at->reference);
    if (!status && kind == OSARC_AGREEMENT_CLASSES)
        status = take_class(check, &r.class_y, at->method);
    else if (!status)
        status = take_number(check, &r.y, at->method);
    if (!status && at->second != OSI_NO_COLUMN)
        status = take_number(check, &r.second, at->second);
    if (!status)
        status = take_groups(check, &r, at);
    if (!status && check->usable)
        status = osi_readings_add(check->out, &r, check->err);
    return status;
}

typedef struct class_name {
    const char *text;
    double number;
    size_t old;
} class_name;

static int compare_numbers(const void *a, const void *b)
{
    const class_name *left = a;
    const class_name *right = b;
    return (left->number > right->number) - (left->number < right->number);
}

static int compare_texts(const void *a, const void *b)
{
    const class_name *left = a;
    const class_name *right = b;
    return strcmp(left->text, right->text);
}

/* The classes of options->order, into `sorted`. */
static osarc_status list_order(osi_wordset *sorted, const char *order, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (const char *at = order; !status;) {
        size_t size = strcspn(at, ",");
        osi_text word = {0};
        size_t number;
        status = osi_text_add(&word, at, size, err);
        if (!status) {
            osi_text_copy(word.data, word.size + 1, word.data);
            size_t before = sorted->count;
            status = osi_wordset_add(&number, sorted, word.data, err);
            if (!status && (sorted->count == before || !*word.data))
                status = osi_fail(err, OSARC_ERR_ARGUMENT, "the order of classes has '%s' %s",
                                  word.data, *word.data ? "twice" : "in it");
        }
        osi_free(word.data);
        if (!at[size])
            break;
        at += size + 1;
    }
    return status;
}

static osarc_status sort_names(class_name *names, osi_readings *out, osi_wordset *sorted,
                               osarc_error *err)
{
    size_t count = out->classes.count;
    int numeric = 1;
    for (size_t i = 0; i < count; i++) {
        names[i] = (class_name){out->classes.items[i], NAN, i};
        numeric = osi_number_read(names[i].text, &names[i].number) && numeric;
    }
    qsort(names, count, sizeof(*names), numeric ? compare_numbers : compare_texts);
    out->classes_ordered = numeric;
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < count && !status; i++) {
        size_t number;
        status = osi_wordset_add(&number, sorted, names[i].text, err);
    }
    return status;
}

/* Classes in the order given, or by number, or by name. */
static osarc_status sort_classes(osi_readings *out, const char *order, osarc_error *err)
{
    size_t count = out->classes.count;
    if (count > CLASSES_MAX)
        return osi_fail(err, OSARC_ERR_QUALITY, "%zu classes, at most %d are taken", count,
                        CLASSES_MAX);
    class_name *names = osi_alloc(count + 1, sizeof(*names), err);
    osi_wordset sorted = {0};
    osarc_status status = names ? OSARC_OK : OSARC_ERR_MEMORY;
    if (!status && order) {
        status = list_order(&sorted, order, err);
        out->classes_ordered = 1;
    } else if (!status) {
        status = sort_names(names, out, &sorted, err);
    }
    for (size_t i = 0; i < out->count && !status; i++) {
        osi_reading *r = &out->items[i];
        r->class_x = osi_wordset_find(&sorted, out->classes.items[r->class_x]);
        r->class_y = osi_wordset_find(&sorted, out->classes.items[r->class_y]);
        if (r->class_x == OSI_NO_WORD || r->class_y == OSI_NO_WORD) /* its text may be anything */
            status =
                osi_fail(err, OSARC_ERR_ARGUMENT,
                         "row %zu has a class that is not in the order of classes", r->row_number);
    }
    if (!status) {
        osi_wordset old = out->classes;
        out->classes = sorted;
        sorted = old;
    }
    osi_wordset_free(&sorted);
    osi_free(names);
    return status;
}

static osarc_status find_positive(osi_readings *out, const osarc_agreement_options *options,
                                  osarc_error *err)
{
    const char *name = options->positive ? options->positive : "1";
    if (out->classes.count != 2)
        return osi_fail(err, OSARC_ERR_QUALITY, "'%s' has %zu classes, a score needs 2",
                        options->reference, out->classes.count);
    out->positive = osi_wordset_find(&out->classes, name);
    if (out->positive == OSI_NO_WORD)
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "'%s' has no class '%s'; one of its two is needed as the positive one",
                        options->reference, name);
    return OSARC_OK;
}

static osarc_status check_options(const osarc_agreement_options *options, osarc_error *err)
{
    int roc = options->kind == OSARC_AGREEMENT_ROC;
    if (options->second && !roc)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a second method is for ROC curves only");
    if ((options->positive || options->low_is_positive) && !roc)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a positive class is for ROC curves only");
    if (options->order && options->kind != OSARC_AGREEMENT_CLASSES)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "an order of classes is for classes only");
    if (options->kind != OSARC_AGREEMENT_NUMBERS &&
        (options->repeat || options->logarithm || options->change != 0 ||
         options->deming_lambda != 0))
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "repeats, logarithm, lambda and change are for numbers only");
    if (options->quantity || options->keys)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a quantity and keys are for findings only");
    return OSARC_OK;
}

osarc_status osi_readings_of_table(osi_readings *out, const char *path,
                                   const osarc_agreement_options *options, osarc_error *err)
{
    *out = (osi_readings){0};
    osarc_status status = check_options(options, err);
    if (status)
        return status;
    osi_table *table = NULL;
    columns at;
    status = osi_table_read(&table, path, err);
    if (!status)
        status = find_columns(&at, table, options, err);
    if (!status)
        status = check_cases(table, &at, options, err);
    for (size_t row = 0; !status && row < osi_table_rows(table); row++) {
        row_check check = {out, table, row, 1, err};
        status = take_row(&check, &at, options->kind);
    }
    if (!status && out->count == 0)
        status = osi_fail(err, OSARC_ERR_QUALITY,
                          "none of %zu rows has '%s' and '%s' filled in as needed",
                          osi_table_rows(table), options->reference, options->method);
    if (!status && options->kind == OSARC_AGREEMENT_CLASSES)
        status = sort_classes(out, options->order, err);
    if (!status && options->kind == OSARC_AGREEMENT_ROC)
        status = find_positive(out, options, err);
    if (!status)
        status = osi_readings_sort_groups(out, err);
    osi_table_free(table);
    if (status)
        osi_readings_free(out);
    return status;
}
