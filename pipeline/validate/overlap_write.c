/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of overlap as CSV (RFC 4180). */
#include "overlap_private.h"

#include <csv.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/file.h>
#include <osi/text.h>

/* A row that is being written; the first failure sticks. */
typedef struct writer {
    osi_text text;
    size_t column;
    osarc_status status;
    osarc_error *err;
} writer;

static void add_bytes(writer *w, const char *bytes, size_t count)
{
    if (!w->status)
        w->status = osi_text_add(&w->text, bytes, count, w->err);
}

static void add_cell(writer *w, const char *cell)
{
    size_t size = strlen(cell);
    if (w->column++ > 0)
        add_bytes(w, ",", 1);
    if (size == 0 || !strpbrk(cell, ",\"\r\n")) {
        add_bytes(w, cell, size);
        return;
    }
    char *quoted = osi_alloc_raw(2 * size + 2, 1, w->err);
    if (!quoted) {
        w->status = OSARC_ERR_MEMORY;
        return;
    }
    add_bytes(w, quoted, csv_write(quoted, 2 * size + 2, cell, size));
    osi_free(quoted);
}

static void add_number(writer *w, double value)
{
    char text[OSI_NUMBER_SIZE];
    add_cell(w, isnan(value) ? "" : osi_number_print(text, value));
}

static void end_row(writer *w)
{
    add_bytes(w, "\n", 1);
    w->column = 0;
}

static void add_header(writer *w, const char *const *columns)
{
    for (; *columns; columns++)
        add_cell(w, *columns);
    end_row(w);
}

#define PATH_SIZE 4096

static osarc_status join(char out[PATH_SIZE], const char *folder, const char *name,
                         osarc_error *err)
{
    int length = snprintf(out, PATH_SIZE, "%s/%s", folder, name);
    if (length < 0 || length >= PATH_SIZE)
        return osi_fail(err, OSARC_ERR_IO, "the path of the output folder is too long");
    return OSARC_OK;
}

static osarc_status write_file(const char *folder, const char *name, const char *bytes, size_t size,
                               osarc_error *err)
{
    char path[PATH_SIZE];
    osarc_status status = join(path, folder, name, err);
    return status ? status : osi_file_write(path, bytes, size, err);
}

static osarc_status finish(writer *w, const char *folder, const char *name)
{
    if (!w->status)
        w->status = write_file(folder, name, w->text.data, w->text.size, w->err);
    osi_free(w->text.data);
    return w->status;
}

static osarc_status write_rows(const osarc_overlap *overlap, const char *folder, osarc_error *err)
{
    static const char *const COLUMNS[] = {"case", "label",   "name", "metric", "value",
                                          "unit", "quality", "note", NULL};
    writer w = {.err = err};
    add_header(&w, COLUMNS);
    for (size_t i = 0; i < overlap->entry_count; i++) {
        const osarc_overlap_row *row = &overlap->entries[i]->row;
        add_cell(&w, row->case_id);
        add_cell(&w, row->label);
        add_cell(&w, row->name);
        add_cell(&w, row->metric);
        add_number(&w, row->value);
        add_cell(&w, row->unit);
        add_cell(&w, osarc_quality_name(row->quality));
        add_cell(&w, row->note);
        end_row(&w);
    }
    return finish(&w, folder, "overlap.csv");
}

static osarc_status write_totals(const osarc_overlap *overlap, const char *folder, osarc_error *err)
{
    static const char *const COLUMNS[] = {
        "label",      "name",         "metric",        "unit", "cases",
        "both_empty", "one_empty",    "refused",       "mean", "sd",
        "median",     "quartile_low", "quartile_high", "iqr",  "ci_low",
        "ci_high",    "quality",      "note",          NULL};
    writer w = {.err = err};
    add_header(&w, COLUMNS);
    for (size_t i = 0; i < overlap->total_count; i++) {
        const osarc_overlap_summary *row = &overlap->totals[i].row;
        const size_t counts[] = {row->count, row->both_empty, row->one_empty, row->refused};
        const double numbers[] = {row->mean,          row->sd,
                                  row->median,        row->quartile_low,
                                  row->quartile_high, row->quartile_high - row->quartile_low,
                                  row->ci_low,        row->ci_high};
        add_cell(&w, row->label);
        add_cell(&w, row->name);
        add_cell(&w, row->metric);
        add_cell(&w, row->unit);
        for (size_t k = 0; k < sizeof(counts) / sizeof(counts[0]); k++)
            add_number(&w, (double) counts[k]);
        for (size_t k = 0; k < sizeof(numbers) / sizeof(numbers[0]); k++)
            add_number(&w, numbers[k]);
        add_cell(&w, osarc_quality_name(row->quality));
        add_cell(&w, row->note);
        end_row(&w);
    }
    return finish(&w, folder, "overlap_summary.csv");
}

static osarc_status prepare(const char *folder, int overwrite, osarc_error *err)
{
    char path[PATH_SIZE];
    osarc_status status = join(path, folder, "overlap.csv", err);
    if (!status && !overwrite && access(path, F_OK) == 0)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "the output folder holds an overlap.csv already");
    return status ? status : osi_folder_create(folder, err);
}

/* overlap.csv comes last: where it is, the others are. */
osarc_status osarc_overlap_write(const osarc_overlap *overlap, const char *folder, int overwrite,
                                 osarc_error *err)
{
    if (!overlap || !folder || !overlap->json)
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "a finished overlap and a folder are needed to write");
    osarc_status status = prepare(folder, overwrite, err);
    if (!status)
        status = osi_overlap_plot(overlap, folder, err);
    if (!status)
        status = write_file(folder, "overlap.json", overlap->json, strlen(overlap->json), err);
    if (!status)
        status = write_totals(overlap, folder, err);
    return status ? status : write_rows(overlap, folder, err);
}
