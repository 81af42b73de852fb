/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "table.h"

static void print_volume(const osarc_finding *row)
{
    printf("  %-24s %10.1f %s", row->quantity, row->value, row->unit);
    if (row->quality == OSARC_QUALITY_WARNING)
        printf("  (warning: %s)", row->note);
    putchar('\n');
}

static int is_refused_for(const osarc_finding *row, const char *note)
{
    return row->quality == OSARC_QUALITY_REFUSED && !strcmp(row->note, note);
}

/* Refused rows of a series that share a note go on one line, where the first of them stands. */
static void print_refused(const osarc_findings *findings, size_t from, size_t at, size_t to)
{
    const char *note = osarc_findings_at(findings, at)->note;
    for (size_t i = from; i < at; i++)
        if (is_refused_for(osarc_findings_at(findings, i), note))
            return;
    printf("  refused:");
    for (size_t i = at; i < to; i++) {
        const osarc_finding *row = osarc_findings_at(findings, i);
        if (is_refused_for(row, note))
            printf("%s %s", i == at ? "" : ",", row->quantity);
    }
    printf(" (%s)\n", note);
}

static void print_series(const osarc_findings *findings, size_t from, size_t to, size_t number)
{
    printf("series %zu, %s\n", number, osarc_findings_at(findings, from)->case_id);
    for (size_t i = from; i < to; i++) {
        const osarc_finding *row = osarc_findings_at(findings, i);
        if (row->quality != OSARC_QUALITY_REFUSED && !strcmp(row->unit, "cm3"))
            print_volume(row);
    }
    for (size_t i = from; i < to; i++)
        if (osarc_findings_at(findings, i)->quality == OSARC_QUALITY_REFUSED)
            print_refused(findings, from, i, to);
}

static int same_series(const osarc_finding *a, const osarc_finding *b)
{
    return !strcmp(a->case_id, b->case_id) && !strcmp(a->series_uid, b->series_uid);
}

void cli_print_volumes(const osarc_findings *findings)
{
    size_t count = osarc_findings_count(findings);
    size_t number = 0;
    for (size_t from = 0, to; from < count; from = to) {
        const osarc_finding *first = osarc_findings_at(findings, from);
        for (to = from; to < count; to++)
            if (!same_series(osarc_findings_at(findings, to), first))
                break;
        print_series(findings, from, to, ++number);
    }
}

int cli_print_classes(const char *out_folder)
{
    cli_table table;
    const char *last = "";
    if (!cli_table_read(&table, out_folder, "classification.csv"))
        return 0;
    for (size_t r = 1; r < table.rows; r++) {
        const char *case_id = cli_table_cell(&table, r, "case");
        const char *missing = cli_table_cell(&table, r, "missing");
        if (strcmp(cli_table_cell(&table, r, "arm"), "result"))
            continue;
        if (strcmp(case_id, last))
            printf("%s, criteria met\n", case_id);
        last = case_id;
        printf("  %-24s %s%s%s\n", cli_table_cell(&table, r, "definition"),
               cli_table_cell(&table, r, "class"), missing[0] ? "; missing: " : "", missing);
    }
    cli_table_free(&table);
    return 1;
}

/* NULL prints as null, as empty cells do in findings.json. */
static json_t *make_class_rows(const cli_table *table)
{
    json_t *rows = json_array();
    for (size_t r = 1; r < table->rows; r++) {
        json_t *row = json_object();
        for (size_t c = 0; c < table->columns; c++) {
            const char *text = table->cells[r * table->columns + c];
            json_object_set_new(row, table->cells[c], text[0] ? json_string(text) : json_null());
        }
        json_array_append_new(rows, row);
    }
    return rows;
}

int cli_print_json(const char *out_folder)
{
    size_t size = 0;
    char *text = cli_read_file(out_folder, "findings.json", &size);
    json_t *findings = text ? json_loadb(text, size, 0, NULL) : NULL;
    cli_table classes = {0};
    int read = findings && cli_table_read(&classes, out_folder, "classification.csv");
    if (read) {
        json_t *all = json_object();
        json_object_set(all, "findings", findings);
        json_object_set_new(all, "classification", make_class_rows(&classes));
        read = json_dumpf(all, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) == 0;
        putchar('\n');
        json_decref(all);
    }
    cli_table_free(&classes);
    json_decref(findings);
    free(text); /* banned-ok */
    return read;
}
