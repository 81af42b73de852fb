/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <osarc/reference.h>

#include "table.h"

/* What is looked for first, besides vertebrae and volumes. */
static int is_shown(const osarc_finding *row)
{
    static const char *const SHOWN[] = {"abmd", "t_score", "z_score", "tbs", "alm", "alm_index"};
    for (size_t i = 0; i < sizeof(SHOWN) / sizeof(SHOWN[0]); i++)
        if (!strcmp(row->quantity, SHOWN[i]))
            return 1;
    return !strcmp(row->quantity, "muscle_area") && !strcmp(row->level, "L3");
}

static int is_score(const osarc_finding *row)
{
    return !strcmp(row->quantity, "t_score") || !strcmp(row->quantity, "z_score");
}

/* Rows of one vertebra in CT, or of a mean over some. */
static int is_spine(const osarc_finding *row)
{
    return row->level[0] && !is_shown(row) &&
           (!strcmp(row->site, "lumbar") || !strcmp(row->site, "thoracic"));
}

static int is_refused_for(const osarc_finding *row, const char *note)
{
    return row->quality == OSARC_QUALITY_REFUSED && !is_spine(row) && !strcmp(row->note, note);
}

/* Whether a quantity was refused for the same before, at another level or side. */
static int is_named(const osarc_findings *findings, size_t from, size_t at)
{
    const osarc_finding *row = osarc_findings_at(findings, at);
    for (size_t i = from; i < at; i++)
        if (is_refused_for(osarc_findings_at(findings, i), row->note) &&
            !strcmp(osarc_findings_at(findings, i)->quantity, row->quantity))
            return 1;
    return 0;
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
        if (is_refused_for(row, note) && !is_named(findings, at, i))
            printf("%s %s", i == at ? "" : ",", row->quantity);
    }
    printf(" (%s)\n", note);
}

/* What a volume's warning says first; what follows is in the note column of findings.csv. */
static void print_warning(const osarc_finding *row, const char **last)
{
    size_t size = strcspn(row->note, ";");
    if (*last && strcspn(*last, ";") == size && !strncmp(*last, row->note, size))
        return;
    printf("  ! %s%s%.*s\n", row->level, row->level[0] ? ": " : "", (int) size, row->note);
    *last = row->note;
}

static int is_volume(const osarc_finding *row)
{
    return row->quality != OSARC_QUALITY_REFUSED && !is_spine(row) && !strcmp(row->unit, "cm3");
}

static const osarc_finding *find_level(const osarc_findings *findings, size_t from, size_t to,
                                       const char *level, const char *quantity)
{
    for (size_t i = from; i < to; i++) {
        const osarc_finding *row = osarc_findings_at(findings, i);
        if (is_spine(row) && !strcmp(row->level, level) && !strcmp(row->quantity, quantity))
            return row;
    }
    return NULL;
}

static void print_density(const osarc_finding *row)
{
    if (!row || row->quality == OSARC_QUALITY_REFUSED) {
        printf(" %10s", "-");
        return;
    }
    printf(" %10.1f", row->value);
    if (!isnan(row->ci_low))
        printf(" (%.1f to %.1f)", row->ci_low, row->ci_high);
    printf(" %s%s", row->basis, row->quality == OSARC_QUALITY_WARNING ? " !" : "");
}

/* One line a level; the notes are in findings.csv. */
static void print_spine(const osarc_findings *findings, size_t from, size_t to, const char **last)
{
    const char *why = NULL;
    int any = 0;
    for (size_t i = from; i < to; i++) {
        const osarc_finding *row = osarc_findings_at(findings, i);
        if (!is_spine(row) || strcmp(row->quantity, "hu_trabecular") != 0)
            continue;
        const osarc_finding *density =
            find_level(findings, from, to, row->level, "vbmd_trabecular");
        if (!any++)
            printf("  %-12s %10s %10s\n", "trabecular", "HU", "mg/cm3");
        if (row->quality == OSARC_QUALITY_REFUSED) {
            printf("    %-10s refused: %s\n", row->level, row->note);
            continue;
        }
        printf("    %-10s %10.1f%s", row->level, row->value,
               row->quality == OSARC_QUALITY_WARNING ? " !" : "  ");
        print_density(density);
        putchar('\n');
        if (!why && density && density->quality == OSARC_QUALITY_REFUSED)
            why = density->note;
    }
    for (size_t i = from; i < to; i++) {
        const osarc_finding *row = osarc_findings_at(findings, i);
        if (is_spine(row) && !strcmp(row->quantity, "hu_trabecular") &&
            row->quality == OSARC_QUALITY_WARNING)
            print_warning(row, last);
    }
    if (why)
        printf("  %s\n", why);
}

/* Where, with a mark when the note says what to know. */
static void print_place(const osarc_finding *row)
{
    const char *const parts[] = {strcmp(row->site, "whole_scan") ? row->site : "", row->level,
                                 row->side};
    printf("%s", row->quality == OSARC_QUALITY_WARNING ? " !" : "");
    for (size_t i = 0; i < 3; i++)
        printf("%s%s", parts[i][0] ? " " : "", parts[i]);
    putchar('\n');
}

static void print_series(const osarc_findings *findings, size_t from, size_t to)
{
    const char *last = NULL;
    for (size_t i = from; i < to; i++) {
        const osarc_finding *row = osarc_findings_at(findings, i);
        if (is_volume(row)) {
            printf("  %-24s %10.1f %s", row->quantity, row->value, row->unit);
            print_place(row);
        }
    }
    for (size_t i = from; i < to; i++) {
        const osarc_finding *row = osarc_findings_at(findings, i);
        if (!is_shown(row) || row->quality == OSARC_QUALITY_REFUSED)
            continue;
        if (is_score(row)) /* never over a limit of its classes by rounding */
            printf("  %-24s %10.*f ", row->quantity, osarc_score_decimals(row->value, 2),
                   row->value);
        else
            printf("  %-24s %10.4g %s", row->quantity, row->value,
                   strcmp(row->unit, "1") ? row->unit : "");
        print_place(row);
    }
    for (size_t i = from; i < to; i++) {
        const osarc_finding *row = osarc_findings_at(findings, i);
        if (is_volume(row) && row->quality == OSARC_QUALITY_WARNING)
            print_warning(row, &last);
    }
    print_spine(findings, from, to, &last);
    for (size_t i = from; i < to; i++)
        if (osarc_findings_at(findings, i)->quality == OSARC_QUALITY_REFUSED &&
            !is_spine(osarc_findings_at(findings, i)))
            print_refused(findings, from, i, to);
}

static int same_series(const osarc_finding *a, const osarc_finding *b)
{
    return !strcmp(a->case_id, b->case_id) && !strcmp(a->series_uid, b->series_uid);
}

static int is_measured(const osarc_findings *findings, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (osarc_findings_at(findings, i)->quality != OSARC_QUALITY_REFUSED)
            return 1;
    return 0;
}

int cli_any_measured(const osarc_findings *findings)
{
    return is_measured(findings, 0, osarc_findings_count(findings));
}

static json_t *read_manifest(const char *out_folder)
{
    size_t size = 0;
    char *text = cli_read_file(out_folder, "run.json", &size);
    json_t *manifest = text ? json_loadb(text, size, 0, NULL) : NULL;
    free(text); /* banned-ok */
    return manifest;
}

static int has_text(const json_t *object, const char *key, const char *text)
{
    const char *value = json_string_value(json_object_get(object, key));
    return !strcmp(value ? value : "", text);
}

/* Of a series in the names of its masks and pictures; 0: not known, or not one alone. */
static long find_number(const json_t *manifest, const osarc_finding *row)
{
    const json_t *all = json_object_get(manifest, "series");
    long number = 0;
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *one = json_array_get(all, i);
        long its = (long) json_integer_value(json_object_get(one, "number"));
        if (!its || !has_text(one, "series_uid", row->series_uid) ||
            !has_text(one, "case", row->case_id))
            continue;
        if (number)
            return 0;
        number = its;
    }
    return number;
}

void cli_print_volumes(const osarc_findings *findings, const char *out_folder)
{
    size_t count = osarc_findings_count(findings);
    json_t *manifest = read_manifest(out_folder);
    for (size_t from = 0, to; from < count; from = to) {
        const osarc_finding *first = osarc_findings_at(findings, from);
        for (to = from; to < count; to++)
            if (!same_series(osarc_findings_at(findings, to), first))
                break;
        long number = find_number(manifest, first);
        if (!is_measured(findings, from, to))
            printf("not measured, %s\n", first->case_id);
        else if (number)
            printf("series %ld, %s\n", number, first->case_id);
        else
            printf("series, %s\n", first->case_id);
        print_series(findings, from, to);
    }
    json_decref(manifest);
}

int cli_has_file(const char *out_folder, const char *name)
{
    size_t size = 0;
    char *text = cli_read_file(out_folder, name, &size);
    free(text); /* banned-ok */
    return text != NULL;
}

/* A patient's undecided definitions that are printed; the rest is counted. */
#define UNDECIDED_LINES 4

static void close_case(size_t undecided)
{
    if (undecided > UNDECIDED_LINES)
        printf("  %zu more are indeterminate; what they miss stands in classification.csv\n",
               undecided - UNDECIDED_LINES);
}

int cli_print_classes(const char *out_folder)
{
    cli_table table;
    const char *last = "";
    size_t undecided = 0;
    if (!cli_table_read(&table, out_folder, "classification.csv"))
        return 0;
    for (size_t r = 1; r < table.rows; r++) {
        const char *case_id = cli_table_cell(&table, r, "case");
        const char *missing = cli_table_cell(&table, r, "missing");
        if (strcmp(cli_table_cell(&table, r, "arm"), "result"))
            continue;
        if (strcmp(case_id, last)) {
            close_case(undecided);
            undecided = 0;
            printf("definitions, %s\n", case_id);
        }
        last = case_id;
        if (!strcmp(cli_table_cell(&table, r, "class"), "indeterminate") &&
            ++undecided > UNDECIDED_LINES)
            continue;
        printf("  %-24s %s%s%s\n", cli_table_cell(&table, r, "definition"),
               cli_table_cell(&table, r, "class"), missing[0] ? "; missing: " : "", missing);
    }
    close_case(undecided);
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
