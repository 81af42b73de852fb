/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "readings.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/text.h>

#define DEFAULT_KEYS "case,site,level,side,quantity"
#define KEYS_MAX     16

/* One of the two files. `mine` says which in the account. */
typedef struct side {
    osi_table *table;
    const char *mine;
    size_t keys[KEYS_MAX];
    size_t value;
    size_t unit;
    size_t quantity;
} side;

static osarc_status find_keys(side *s, const char *keys, size_t *count_out, osarc_error *err)
{
    *count_out = 0;
    for (const char *at = keys;; at++) {
        size_t size = strcspn(at, ",");
        char name[128];
        if (size >= sizeof(name) || *count_out == KEYS_MAX)
            return osi_fail(err, OSARC_ERR_ARGUMENT, "at most %d keys of %zu letters", KEYS_MAX,
                            sizeof(name) - 1);
        memcpy(name, at, size);
        name[size] = '\0';
        osi_text_copy(name, sizeof(name), name);
        osarc_status status = osi_table_need(&s->keys[(*count_out)++], s->table, name, err);
        if (status)
            return osi_fail_context(err, status, s->mine);
        at += size;
        if (!*at)
            return OSARC_OK;
    }
}

static osarc_status open_side(side *s, const char *path, const char *mine, const char *keys,
                              size_t *key_count, osarc_error *err)
{
    *s = (side){.mine = mine};
    osarc_status status = osi_table_read(&s->table, path, err);
    if (!status)
        status = find_keys(s, keys, key_count, err);
    if (!status)
        status = osi_table_need(&s->quantity, s->table, "quantity", err);
    if (!status)
        status = osi_table_need(&s->value, s->table, "value", err);
    if (!status)
        s->unit = osi_table_find(s->table, "unit");
    return status;
}

static int is_wanted(const side *s, size_t row, const char *quantity)
{
    return !quantity || strcmp(osi_table_cell(s->table, row, s->quantity), quantity) == 0;
}

/* Cells joined by a byte that no cell holds in practice, and that cannot end one. */
static osarc_status make_key(osi_text *out, const side *s, size_t row, size_t key_count,
                             osarc_error *err)
{
    osarc_status status = OSARC_OK;
    out->size = 0;
    for (size_t k = 0; k < key_count && !status; k++)
        status = osi_text_printf(out, err, "%s\x1F", osi_table_cell(s->table, row, s->keys[k]));
    return status;
}

/* Number of each wanted row's key; rows[key] is the table row. A key twice is refused. */
static osarc_status index_side(osi_wordset *keys, size_t **rows_out, const side *s,
                               size_t key_count, const char *quantity, osarc_error *err)
{
    size_t count = osi_table_rows(s->table);
    osi_text key = {0};
    size_t *rows = osi_alloc(count + 1, sizeof(*rows), err);
    osarc_status status = rows ? OSARC_OK : OSARC_ERR_MEMORY;
    for (size_t row = 0; row < count && !status; row++) {
        if (!is_wanted(s, row, quantity))
            continue;
        size_t number = 0;
        size_t before = keys->count;
        status = make_key(&key, s, row, key_count, err);
        if (!status)
            status = osi_wordset_add(&number, keys, key.data, err);
        if (!status && keys->count == before)
            status = osi_fail(err, OSARC_ERR_QUALITY,
                              "%s: rows %zu and %zu have the same key; more key columns are needed",
                              s->mine, osi_table_row_number(s->table, rows[number]),
                              osi_table_row_number(s->table, row));
        if (!status)
            rows[number] = row;
    }
    osi_free(key.data);
    *rows_out = rows;
    return status;
}

static osarc_status take_value(osi_readings *out, double *value, const side *s, size_t row,
                               osarc_error *err)
{
    const char *text = osi_table_cell(s->table, row, s->value);
    *value = NAN;
    if (*text && osi_number_read(text, value))
        return OSARC_OK;
    size_t number = osi_table_row_number(s->table, row);
    if (*text)
        return osi_readings_leave_out(&out->not_numeric, &out->not_numeric_count, s->mine, number,
                                      err);
    return osi_readings_leave_out(&out->missing, &out->missing_count, s->mine, number, err);
}

static const char *cell_or_empty(const side *s, size_t row, const char *name)
{
    size_t column = osi_table_find(s->table, name);
    return column == OSI_NO_COLUMN ? "" : osi_table_cell(s->table, row, column);
}

/* "quantity site", and that with the part of --by. */
static osarc_status take_groups(osi_readings *out, osi_reading *r, const side *s, size_t row,
                                const osarc_agreement_options *options, osarc_error *err)
{
    const char *site = cell_or_empty(s, row, "site");
    osi_text label = {0};
    r->subject = r->part = OSI_NO_WORD;
    osarc_status status = osi_text_printf(
        &label, err, "%s%s%s", osi_table_cell(s->table, row, s->quantity), *site ? " " : "", site);
    if (!status)
        status = osi_wordset_add(&r->whole, &out->groups, label.data, err);
    if (!status && options->repeat)
        status = osi_wordset_add(&r->subject, &out->subjects,
                                 cell_or_empty(s, row, options->repeat), err);
    if (!status && options->by) {
        status =
            osi_text_printf(&label, err, " %s=%s", options->by, cell_or_empty(s, row, options->by));
        if (!status)
            status = osi_wordset_add(&r->part, &out->groups, label.data, err);
    }
    osi_free(label.data);
    return status;
}

static osarc_status join_row(osi_readings *out, const side *method, size_t method_row,
                             const side *reference, size_t reference_row,
                             const osarc_agreement_options *options, osarc_error *err)
{
    osi_reading r = {.second = NAN};
    osarc_status status = take_value(out, &r.y, method, method_row, err);
    if (!status)
        status = take_value(out, &r.x, reference, reference_row, err);
    if (status || isnan(r.x) || isnan(r.y))
        return status;
    if (method->unit != OSI_NO_COLUMN && reference->unit != OSI_NO_COLUMN &&
        strcmp(osi_table_cell(method->table, method_row, method->unit),
               osi_table_cell(reference->table, reference_row, reference->unit)) != 0)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "row %zu is in '%s', row %zu of the reference in '%s'",
                        osi_table_row_number(method->table, method_row),
                        osi_table_cell(method->table, method_row, method->unit),
                        osi_table_row_number(reference->table, reference_row),
                        osi_table_cell(reference->table, reference_row, reference->unit));
    /* rows of unknown subjects are not repeats of one another */
    if (options->repeat && !*cell_or_empty(method, method_row, options->repeat))
        return osi_readings_leave_out(&out->missing, &out->missing_count, options->repeat,
                                      osi_table_row_number(method->table, method_row), err);
    status = take_groups(out, &r, method, method_row, options, err);
    return status ? status : osi_readings_add(out, &r, err);
}

static osarc_status leave_unmatched(osi_readings *out, const side *s, size_t row, osarc_error *err)
{
    return osi_readings_leave_out(&out->unmatched, &out->unmatched_count, s->mine,
                                  osi_table_row_number(s->table, row), err);
}

static osarc_status join(osi_readings *out, const side *method, const side *reference,
                         size_t key_count, const osarc_agreement_options *options, osarc_error *err)
{
    osi_wordset keys[2] = {{0}, {0}};
    size_t *rows[2] = {NULL, NULL};
    osarc_status status = index_side(&keys[0], &rows[0], method, key_count, options->quantity, err);
    if (!status)
        status = index_side(&keys[1], &rows[1], reference, key_count, options->quantity, err);
    for (size_t k = 0; k < keys[0].count && !status; k++) {
        size_t other = osi_wordset_find(&keys[1], keys[0].items[k]);
        if (other == OSI_NO_WORD)
            status = leave_unmatched(out, method, rows[0][k], err);
        else
            status = join_row(out, method, rows[0][k], reference, rows[1][other], options, err);
    }
    for (size_t k = 0; k < keys[1].count && !status; k++)
        if (osi_wordset_find(&keys[0], keys[1].items[k]) == OSI_NO_WORD)
            status = leave_unmatched(out, reference, rows[1][k], err);
    if (!status && out->count == 0)
        status = osi_fail(err, OSARC_ERR_QUALITY,
                          "no value joins: %zu rows against %zu rows of the reference",
                          keys[0].count, keys[1].count);
    for (int i = 0; i < 2; i++) {
        osi_wordset_free(&keys[i]);
        osi_free(rows[i]);
    }
    return status;
}

static osarc_status check_options(const osarc_agreement_options *options, osarc_error *err)
{
    if (options->kind != OSARC_AGREEMENT_NUMBERS)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "findings are compared as numbers only");
    if (options->method || options->reference || options->second || options->case_id)
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "findings have their columns: none is to be named");
    return OSARC_OK;
}

osarc_status osi_readings_of_findings(osi_readings *out, const char *path,
                                      const char *reference_path,
                                      const osarc_agreement_options *options, osarc_error *err)
{
    *out = (osi_readings){.joined = 1};
    osarc_status status = check_options(options, err);
    if (status)
        return status;
    const char *keys = options->keys ? options->keys : DEFAULT_KEYS;
    size_t key_count = 0;
    side method = {0};
    side reference = {0};
    status = open_side(&method, path, "method", keys, &key_count, err);
    if (!status)
        status = open_side(&reference, reference_path, "reference", keys, &key_count, err);
    size_t column;
    if (!status && options->by)
        status = osi_table_need(&column, method.table, options->by, err);
    if (!status && options->repeat)
        status = osi_table_need(&column, method.table, options->repeat, err);
    if (!status)
        status = join(out, &method, &reference, key_count, options, err);
    if (!status)
        status = osi_readings_sort_groups(out, err);
    osi_table_free(method.table);
    osi_table_free(reference.table);
    if (status)
        osi_readings_free(out);
    return status;
}
