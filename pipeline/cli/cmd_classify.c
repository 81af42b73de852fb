/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <osarc/run.h>

#include "cmd.h"

typedef struct cohort {
    osarc_definitions *set;
    osarc_clinical *clinical;
    osarc_notes *notes;
    osarc_precision *precision;
    size_t count;
    size_t rows;
} cohort;

static void free_cohort(cohort *c)
{
    osarc_definitions_free(c->set);
    osarc_clinical_free(c->clinical);
    osarc_notes_free(c->notes);
    osarc_precision_free(c->precision);
}

static osarc_status classify_table(cohort *c, const cli_call *call, cli_stage *stage,
                                   osarc_error *err)
{
    const char *precision = cli_value(call, "precision");
    *stage = CLI_READING;
    osarc_status status = osarc_notes_create(&c->notes, err);
    if (!status)
        status = osarc_clinical_read(&c->clinical, call->inputs[0], c->notes, err);
    if (!status && precision)
        status = osarc_precision_read(&c->precision, precision, err);
    if (status)
        return status;
    osarc_cohort_options options = {.definitions = cli_value(call, "definition"),
                                    .threads = call->threads,
                                    .precision = c->precision,
                                    .margins = precision || cli_value(call, "margins"),
                                    .report_folder = cli_value(call, "cohort-report")};
    c->count = osarc_clinical_count(c->clinical);
    if (c->count == 0)
        return OSARC_OK;
    *stage = CLI_WRITING;
    return osarc_cohort_write(call->out, &c->rows, c->set, c->clinical, &options, err);
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

static int list_definitions(const osarc_definitions *set)
{
    for (size_t i = 0; i < osarc_definitions_count(set); i++) {
        const osarc_definition *d = osarc_definitions_at(set, i);
        printf("%-20s %-10s %c  %s%s\n", d->id, d->kind, d->confidence, d->title,
               d->built_in ? "" : " (yours)");
    }
    return CLI_EXIT_OK;
}

static int explain_definition(const osarc_definitions *set, const cli_call *call, const char *id)
{
    for (size_t i = 0; i < osarc_definitions_count(set); i++) {
        const osarc_definition *d = osarc_definitions_at(set, i);
        if (strcmp(d->id, id) != 0)
            continue;
        fputs(d->explanation, stdout);
        return CLI_EXIT_OK;
    }
    return cli_usage(call, "there is no definition '%.40s'; --list prints them", id);
}

/* What is asked about the definitions themselves, or of a table. */
static int answer(cohort *c, const cli_call *call)
{
    osarc_error err = OSARC_ERROR_INIT;
    cli_stage stage = CLI_READING;
    const char *explain = cli_value(call, "explain");
    osarc_status status = osarc_definitions_read(&c->set, cli_value(call, "definitions"), &err);
    if (!status && explain)
        return explain_definition(c->set, call, explain);
    if (!status && cli_value(call, "list"))
        return list_definitions(c->set);
    if (!status)
        status = classify_table(c, call, &stage, &err);
    return status ? cli_fail(call, status, stage, &err) : report(c, call);
}

static int run_classify(const cli_call *call)
{
    cohort c = {0};
    int asks = cli_value(call, "list") || cli_value(call, "explain");
    if (asks && (call->input_count || call->out))
        return cli_usage(call, "--list and --explain take no table and no -o");
    if (!asks && !call->input_count)
        return cli_usage(call, "COHORT.csv needed");
    if (!asks && !call->out)
        return cli_usage(call, "-o OUT is needed: where results are written");
    if (!asks && !strcmp(call->inputs[0], call->out))
        return cli_usage(call, "the answer would replace the table of values itself");
    if (!asks && !call->overwrite && access(call->out, F_OK) == 0) {
        cli_complain(call, "%s is there already; --overwrite replaces it", call->out);
        return CLI_EXIT_CANNOT_WRITE;
    }
    const char *folder = cli_value(call, "cohort-report");
    char first[4096];
    if (folder && asks)
        return cli_usage(call, "--list and --explain take no --cohort-report");
    snprintf(first, sizeof(first), "%s/prevalence.csv", folder ? folder : "");
    if (folder && !call->overwrite && access(first, F_OK) == 0) {
        cli_complain(call, "%s is there already; --overwrite replaces it", first);
        return CLI_EXIT_CANNOT_WRITE;
    }
    int code = answer(&c, call);
    free_cohort(&c);
    return code;
}

static const cli_option OPTIONS[] = {
    {"cohort-report", 0, "DIR",
     "Also write prevalence, agreement of definitions, overlap of bone and muscle, and what is "
     "missing."},
    {"definition", 0, "ID[,ID...]", "Only these definitions; all when not given."},
    {"definitions", 0, "DIR", "Your own definitions too, from the .json files of this folder."},
    {"explain", 0, "ID", "Print a definition with its cut-offs, logic and sources."},
    {"list", 0, NULL, "Print the definitions."},
    {"margins", 0, NULL, "Also tell which single change would alter each class; takes longer."},
    {"precision", 0, "FILE",
     "Precision errors of your site, for probabilities and margins: CSV with quantity, sd or "
     "cv_percent."},
    {0},
};

const cli_verb cli_cmd_classify = {
    .name = "classify",
    .parameters = "COHORT.csv",
    .summary = "Apply the definitions to a table of values, one row a patient.",
    .details = "OUT gets a row for each definition and arm. An empty cell is unknown and never "
               "counts as normal; a cell that is refused is named by row and column.",
    .shared = CLI_OUT | CLI_THREADS | CLI_OVERWRITE,
    .options = OPTIONS,
    .min_inputs = 0,
    .max_inputs = 1,
    .run = run_classify,
};
