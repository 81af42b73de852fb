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

/* Size of a text that goes into a cell as it is, told at one glance; 0: look closer. */
static size_t plain_size(const char *text)
{
    size_t size = strlen(text);
    unsigned special = 0;
    for (size_t i = 0; i < size; i++) { /* without a way out, so that many bytes are one step */
        unsigned char byte = (unsigned char) text[i];
        special |= (unsigned) (byte >= 0x80) | (unsigned) (byte == ',') | (unsigned) (byte == '"') |
                   (unsigned) (byte == '\r') | (unsigned) (byte == '\n');
    }
    return special || strchr("=+-@\t ", text[0]) || text[size - 1] == ' ' ? 0 : size;
}

static osarc_status add_cell(osi_text *out, osi_text *scratch, const char *text, osarc_error *err)
{
    if (!text || !*text)
        return OSARC_OK;
    size_t plain = plain_size(text);
    if (plain)
        return osi_text_add(out, text, plain, err);
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

struct osarc_csv {
    osi_text text;
    osi_text scratch;
    int in_row;
};

osarc_status osarc_csv_create(osarc_csv **out, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = osi_alloc(1, sizeof(**out), err);
    return *out ? OSARC_OK : OSARC_ERR_MEMORY;
}

static osarc_status begin_cell(osarc_csv *csv, osarc_error *err)
{
    int later = csv->in_row;
    csv->in_row = 1;
    return later ? osi_text_add(&csv->text, ",", 1, err) : OSARC_OK;
}

osarc_status osarc_csv_add(osarc_csv *csv, const char *const *cells, size_t count, int ends,
                           osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < count && !status; i++) {
        status = begin_cell(csv, err);
        if (!status)
            status = add_cell(&csv->text, &csv->scratch, cells[i], err);
    }
    if (!ends || status)
        return status;
    csv->in_row = 0;
    return osi_text_add(&csv->text, "\n", 1, err);
}

osarc_status osarc_csv_add_ready(osarc_csv *csv, const char *text, size_t size, osarc_error *err)
{
    osarc_status status = begin_cell(csv, err);
    return status ? status : osi_text_add(&csv->text, text, size, err);
}

const char *osarc_csv_text(const osarc_csv *csv, size_t *size_out)
{
    *size_out = csv->text.size;
    return csv->text.data ? csv->text.data : "";
}

void osarc_csv_clear(osarc_csv *csv)
{
    csv->text.size = 0;
    csv->in_row = 0;
}

void osarc_csv_free(osarc_csv *csv)
{
    if (!csv)
        return;
    osi_free(csv->text.data);
    osi_free(csv->scratch.data);
    osi_free(csv);
}
