/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <osarc/classify.h>
#include <osarc/report.h>

#include "cmd.h"

static const char *const COLUMNS[] = {"case",  "patient_id", "definition", "arm",    "state",
                                      "class", "p_class",    "rule",       "inputs", "missing"};
#define COLUMN_COUNT (sizeof(COLUMNS) / sizeof(COLUMNS[0]))

/* One set of rows a patient; the cells of the table are borrowed from them. */
typedef struct cohort {
    osarc_clinical *clinical;
    osarc_notes *notes;
    osarc_classes **patients;
    size_t count;
    const char **cells;
    size_t rows;
} cohort;

static void free_cohort(cohort *c)
{
    for (size_t i = 0; i < c->count && c->patients; i++)
        osarc_classes_free(c->patients[i]);
    free(c->patients);       /* banned-ok */
    free((void *) c->cells); /* banned-ok */
    osarc_clinical_free(c->clinical);
    osarc_notes_free(c->notes);
}

static osarc_status classify_all(cohort *c, const char *definitions, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    c->count = osarc_clinical_count(c->clinical);
    c->patients = calloc(c->count + 1, sizeof(osarc_classes *)); /* banned-ok */
    if (!c->patients)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < c->count && !status; i++) {
        const char *id = osarc_clinical_id(c->clinical, i);
        status = osarc_classify(&c->patients[i], id, id, c->clinical, NULL, NULL, definitions, err);
        c->rows += status ? 0 : osarc_classes_count(c->patients[i]);
    }
    return status;
}

static void set_cells(const char **cell, const osarc_class_row *row)
{
    *cell++ = row->case_id;
    *cell++ = row->patient_id;
    *cell++ = row->definition;
    *cell++ = row->arm;
    *cell++ = osarc_state_name(row->state);
    *cell++ = row->class_name;
    *cell++ = ""; /* p_class: no intervals in a table of values */
    *cell++ = row->rule;
    *cell++ = row->inputs;
    *cell = row->missing;
}

static osarc_status write_rows(cohort *c, const char *path, osarc_error *err)
{
    size_t at = 0;
    c->cells = calloc(c->rows + 1, COLUMN_COUNT * sizeof(*c->cells)); /* banned-ok */
    if (!c->cells)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < c->count; i++)
        for (size_t r = 0; r < osarc_classes_count(c->patients[i]); r++)
            set_cells(&c->cells[at++ * COLUMN_COUNT], osarc_classes_at(c->patients[i], r));
    osarc_table table = {COLUMNS, COLUMN_COUNT, c->cells, c->rows};
    return osarc_report_table_csv(&table, path, err);
}

static osarc_status classify_table(cohort *c, const cli_call *call, cli_stage *stage,
                                   osarc_error *err)
{
    *stage = CLI_READING;
    osarc_status status = osarc_notes_create(&c->notes, err);
    if (!status)
        status = osarc_clinical_read(&c->clinical, call->inputs[0], c->notes, err);
    if (!status)
        status = classify_all(c, cli_value(call, "definition"), err);
    if (status || c->count == 0)
        return status;
    *stage = CLI_WRITING;
    return write_rows(c, call->out, err);
}

static int report(const cohort *c, const cli_call *call)
{
    for (size_t i = 0; i < osarc_notes_count(c->notes); i++)
        cli_complain(call, "%s", osarc_notes_at(c->notes, i)->text);
    if (c->count == 0) {
        cli_complain(call, "%s: no row of a patient", call->inputs[0]);
        return CLI_EXIT_NOTHING_USABLE;
    }
    printf("%zu patients, %zu rows: %s\n", c->count, c->rows, call->out);
    return CLI_EXIT_OK;
}

static int run_classify(const cli_call *call)
{
    osarc_error err = OSARC_ERROR_INIT;
    cohort c = {0};
    cli_stage stage;
    if (!strcmp(call->inputs[0], call->out))
        return cli_usage(call, "the answer would replace the table of values itself");
    if (!call->overwrite && access(call->out, F_OK) == 0) {
        cli_complain(call, "%s is there already; --overwrite replaces it", call->out);
        return CLI_EXIT_CANNOT_WRITE;
    }
    osarc_status status = classify_table(&c, call, &stage, &err);
    int code = status ? cli_fail(call, status, stage, &err) : report(&c, call);
    free_cohort(&c);
    return code;
}

static const cli_option OPTIONS[] = {
    {"definition", 0, "ID[,ID...]", "Only these definitions; all when not given."},
    {0},
};

const cli_verb cli_cmd_classify = {
    .name = "classify",
    .parameters = "COHORT.csv",
    .summary = "Apply the definitions to a table of values, one row a patient.",
    .details = "OUT gets a row for each definition and arm. An empty cell is unknown and never "
               "counts as normal; a cell that is refused is named by row and column.",
    .shared = CLI_NEEDS_OUT | CLI_OVERWRITE,
    .options = OPTIONS,
    .min_inputs = 1,
    .max_inputs = 1,
    .run = run_classify,
};
