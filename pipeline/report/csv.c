/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/report.h>

#include <string.h>

#include <csv.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/file.h>
#include <osi/text.h>

#include "utf8.h"

#define FINDING_COLUMNS 18

static const char *const FINDING_HEADER[FINDING_COLUMNS] = {
    "case",    "patient_id", "study_uid", "series_uid", "modality", "site",
    "level",   "side",       "quantity",  "value",      "unit",     "ci_low",
    "ci_high", "method",     "basis",     "reference",  "quality",  "note"};

/* Quoted when RFC 4180 asks for it, and where a reader may trim spaces or see a formula. */
static int needs_quotes(const char *text)
{
    size_t size = strlen(text);
    double number;
    if (size == 0)
        return 0;
    if (strpbrk(text, ",\"\r\n") || text[0] == ' ' || text[size - 1] == ' ')
        return 1;
    return strchr("=+-@\t", text[0]) && !osi_number_read(text, &number);
}

static osarc_status add_quoted(osi_text *out, const osi_text *cell, osarc_error *err)
{
    size_t room = 2 * cell->size + 2;
    char *quoted = osi_alloc_raw(room, 1, err);
    if (!quoted)
        return OSARC_ERR_MEMORY;
    size_t size = csv_write(quoted, room, cell->data, cell->size);
    osarc_status status = osi_text_add(out, quoted, size, err);
    osi_free(quoted);
    return status;
}

static osarc_status add_cell(osi_text *out, osi_text *scratch, const char *text, osarc_error *err)
{
    if (!text || !*text)
        return OSARC_OK;
    scratch->size = 0;
    osarc_status status = utf8_add(scratch, text, err);
    if (status)
        return status;
    if (needs_quotes(scratch->data))
        return add_quoted(out, scratch, err);
    return osi_text_add(out, scratch->data, scratch->size, err);
}

static osarc_status add_row(osi_text *out, osi_text *scratch, const char *const *cells,
                            size_t count, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (size_t c = 0; c < count && !status; c++) {
        if (c)
            status = osi_text_add(out, ",", 1, err);
        if (!status)
            status = add_cell(out, scratch, cells[c], err);
    }
    return status ? status : osi_text_add(out, "\n", 1, err);
}

static osarc_status add_finding(osi_text *out, osi_text *scratch, const osarc_finding *row,
                                osarc_error *err)
{
    char value[OSI_NUMBER_SIZE];
    char low[OSI_NUMBER_SIZE];
    char high[OSI_NUMBER_SIZE];
    const char *const cells[FINDING_COLUMNS] = {
        row->case_id,
        row->patient_id,
        row->study_uid,
        row->series_uid,
        row->modality,
        row->site,
        row->level,
        row->side,
        row->quantity,
        osi_number_print(value, row->value),
        row->unit,
        osi_number_print(low, row->ci_low),
        osi_number_print(high, row->ci_high),
        row->method,
        row->basis,
        row->reference,
        osarc_quality_name(row->quality),
        row->note,
    };
    return add_row(out, scratch, cells, FINDING_COLUMNS, err);
}

static osarc_status finish(osi_text *out, osi_text *scratch, osarc_status status, const char *path,
                           osarc_error *err)
{
    if (!status)
        status = osi_file_write(path, out->data, out->size, err);
    osi_free(out->data);
    osi_free(scratch->data);
    return status;
}

osarc_status osarc_report_findings_csv(const osarc_findings *findings, const char *path,
                                       osarc_error *err)
{
    if (!findings || !path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "findings and a path are needed");
    osi_text out = {0};
    osi_text scratch = {0};
    osarc_status status = add_row(&out, &scratch, FINDING_HEADER, FINDING_COLUMNS, err);
    for (size_t i = 0; i < osarc_findings_count(findings) && !status; i++)
        status = add_finding(&out, &scratch, osarc_findings_at(findings, i), err);
    return finish(&out, &scratch, status, path, err);
}

osarc_status osarc_report_table_csv(const osarc_table *table, const char *path, osarc_error *err)
{
    if (!table || !path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a table and a path are needed");
    if (!table->columns || table->column_count == 0 || (!table->cells && table->row_count))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a table has columns, and a cell for each row");
    osi_text out = {0};
    osi_text scratch = {0};
    osarc_status status = add_row(&out, &scratch, table->columns, table->column_count, err);
    for (size_t r = 0; r < table->row_count && !status; r++)
        status = add_row(&out, &scratch, table->cells + r * table->column_count,
                         table->column_count, err);
    return finish(&out, &scratch, status, path, err);
}
