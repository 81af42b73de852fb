/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/run.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osarc/classify.h>
#include <osarc/report.h>
#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/file.h>
#include <osi/text.h>

#include "case.h"
#include "case_names.h"
#include "class_table.h"
#include "conclude.h"
#include "dxa_picture_step.h"
#include "dxa_report_step.h"
#include "dxa_step.h"
#include "exclude_step.h"
#include "labels_step.h"
#include "manifest.h"
#include "out_folder.h"
#include "report_step.h"
#include "sbmd_step.h"
#include "sensitivity.h"
#include "table_rows.h"
#include "torso_step.h"
#include "windows_file.h"

/* What lives as long as the run. */
typedef struct run {
    const osarc_run_options *options;
    osarc_run_summary *summary;
    out_folder out;
    osarc_catalogue *catalogue;
    size_t series_count;
    series_result *results;
    osarc_findings *findings;
    osarc_clinical *clinical;
    osarc_precision *precision;
    osarc_notes *clinical_notes;
    run_given given;
    osarc_language language;
    manifest told;
} run;

/* A scan that should have been measured and was not has a row that says so. */
static osarc_status add_refusal(run *r, size_t index, osarc_error *err)
{
    const osarc_series *s = osarc_catalogue_series(r->catalogue, index);
    const series_result *result = &r->results[index];
    osarc_finding row = {
        .case_id = result->case_id,
        .patient_id = s->acquisition.patient_id,
        .study_uid = s->acquisition.study_uid,
        .series_uid = s->acquisition.series_uid,
        .modality = s->acquisition.modality,
        .site = "whole_scan",
        .quantity = "body_volume",
        .value = NAN,
        .ci_low = NAN,
        .ci_high = NAN,
        .quality = OSARC_QUALITY_REFUSED,
        .note = result->text,
    };
    return osarc_findings_add(r->findings, &row, err);
}

/* A series whose rows are all refused was not measured; its first row says why. */
static osarc_status check_usable(const osarc_findings *findings, size_t first, osarc_error *err)
{
    size_t count = osarc_findings_count(findings);
    for (size_t i = first; i < count; i++)
        if (osarc_findings_at(findings, i)->quality != OSARC_QUALITY_REFUSED)
            return OSARC_OK;
    return osi_fail(err, OSARC_ERR_QUALITY, "every row is refused; the first: %s",
                    first < count ? osarc_findings_at(findings, first)->note : "there is none");
}

/* A finished picture has sizes and no densities. */
static osarc_status measure_picture(run *r, size_t index, size_t *number, osarc_error *err)
{
    const osarc_series *s = osarc_catalogue_series(r->catalogue, index);
    series_result *result = &r->results[index];
    int measured = 0;
    osarc_status status = dxa_picture_measure(&measured, result, r->findings, r->catalogue, index,
                                              *number + 1, &r->out, r->options, err);
    if (!status && !measured)
        return dxa_step_refuse(r->findings, s, result->case_id, result->text, err);
    if (!status && result->number) {
        result->status = OSARC_OK;
        ++*number;
        r->summary->series_measured++;
    }
    return status;
}

static osarc_status measure_all(run *r, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    size_t number = 0;
    for (size_t i = 0; !status && i < r->series_count; i++) {
        const osarc_series *s = osarc_catalogue_series(r->catalogue, i);
        series_result *result = &r->results[i];
        result->status = s->status;
        snprintf(result->text, sizeof(result->text), "%s", s->text);
        int is_report = s->decision == OSARC_DECISION_DXA_REPORT;
        if (s->decision == OSARC_DECISION_USABLE || s->decision == OSARC_DECISION_DXA_PAIR ||
            is_report) {
            osarc_error why = OSARC_ERROR_INIT;
            measure_one *measure = is_report                              ? dxa_report_take
                                   : s->decision == OSARC_DECISION_USABLE ? measure_series
                                                                          : dxa_step_measure;
            size_t first = osarc_findings_count(r->findings);
            result->status = measure(result, r->findings, r->catalogue, i, number + 1, &r->out,
                                     &r->given, r->options, &why);
            if (result->status == OSARC_OK) {
                number++; /* its pictures and maps are there */
                result->status = check_usable(r->findings, first, &why);
                if (result->status == OSARC_OK) {
                    r->summary->series_measured++;
                    continue;
                }
                r->summary->series_refused++;
                snprintf(result->text, sizeof(result->text), "%s", why.text);
                continue;
            }
            snprintf(result->text, sizeof(result->text), "%s", why.text);
            /* the folder of results is at fault, not the scan */
            if (result->status == OSARC_ERR_IO && result->seconds.measure > 0)
                return osi_fail(err, OSARC_ERR_IO, "%s", why.text);
        } else if (s->decision == OSARC_DECISION_NOT_A_VOLUME) {
            if (s->view[0])
                status = measure_picture(r, i, &number, err);
            continue;
        } else if (s->decision == OSARC_DECISION_UNREADABLE) {
            r->summary->inputs_unreadable += s->file_count;
            continue;
        }
        r->summary->series_refused++;
        if (!is_report) /* each of its numbers has a row */
            status = s->view[0]
                         ? dxa_step_refuse(r->findings, s, result->case_id, result->text, err)
                         : add_refusal(r, i, err);
    }
    if (!status)
        status =
            dxa_report_take_images(r->results, &number, r->summary, r->findings, r->catalogue, err);
    if (!status)
        status = table_rows_add(r->findings, r->clinical, r->results, r->series_count, err);
    return status || !r->options->sbmd ? status : sbmd_rows_add(r->findings, err);
}

static osarc_status write_tables(run *r, osarc_error *err)
{
    const char *path = out_path(&r->out, err, "findings.csv");
    osarc_status status =
        path ? osarc_report_findings_csv(r->findings, path, err) : OSARC_ERR_MEMORY;
    if (!status) {
        path = out_path(&r->out, err, "findings.json");
        status = path ? osarc_report_findings_json(r->findings, path, err) : OSARC_ERR_MEMORY;
    }
    if (!status) {
        path = out_path(&r->out, err, "masks/labels.json");
        status = path ? osarc_report_labels_json(path, err) : OSARC_ERR_MEMORY;
    }
    if (!status && r->options->sensitivity) {
        path = out_path(&r->out, err, "sensitivity.csv");
        status =
            path ? sensitivity_write(path, r->results, r->series_count, err) : OSARC_ERR_MEMORY;
    }
    return status;
}

static osarc_status write_classes(run *r, osarc_error *err)
{
    class_table classes = {0};
    osarc_patient known = {.clinical = r->clinical, .findings = r->findings};
    known.precision = r->precision;
    known.references = r->given.references;
    const class_choice choice = {r->options->definitions_folder, r->options->definitions};
    const char *path = out_path(&r->out, err, "classification.csv");
    osarc_status status =
        path ? class_table_make(&classes, r->results, r->series_count, &known, &choice, err)
             : OSARC_ERR_MEMORY;
    if (!status)
        status = osarc_classes_write(path, (const osarc_classes *const *) classes.cases,
                                     classes.count, err);
    report_sources sources = {.results = r->results,
                              .count = r->series_count,
                              .classes = &classes,
                              .clinical = r->clinical,
                              .findings = r->findings,
                              .language = r->language,
                              .guidance = r->options->guidance};
    if (!status)
        status = report_step_write(&r->out, &sources, err);
    class_table_free(&classes);
    return status;
}

/* A slip in an id or a file is told before the work, not after it. */
static osarc_status check_definitions(const osarc_run_options *o, osarc_error *err)
{
    osarc_definitions *set = NULL;
    osarc_classes *classes = NULL;
    osarc_status status = osarc_definitions_read(&set, o->definitions_folder, err);
    if (!status)
        status = osarc_classify_by(&classes, set, "", "", NULL, NULL, NULL, o->definitions, err);
    osarc_classes_free(classes);
    osarc_definitions_free(set);
    return status;
}

static osarc_status do_run(run *r, const char *const *inputs, size_t input_count, osarc_error *err)
{
    const osarc_run_options *o = r->options;
    osarc_read_options read = {o->threads, o->progress, o->payload};
    double start = now_seconds();
    osarc_status status = check_definitions(o, err);
    if (!status && o->language)
        status = osarc_language_read(&r->language, o->language, err);
    if (!status)
        status = osarc_findings_create(&r->findings, err);
    if (!status)
        status = osarc_notes_create(&r->clinical_notes, err);
    if (!status && o->clinical_path)
        status = osarc_clinical_read(&r->clinical, o->clinical_path, r->clinical_notes, err);
    if (!status && o->precision_path)
        status = osarc_precision_read(&r->precision, o->precision_path, err);
    r->given.clinical = r->clinical;
    r->told.clinical_notes = r->clinical_notes;
    if (!status)
        status = scale_asked_read(&r->given.scale, o, err);
    if (!status)
        status = dxa_asked_read(&r->given.dxa, o, err);
    r->given.windows = osarc_hu_table_default();
    if (!status && o->hu_windows_path)
        status = windows_file_read(&r->given.windows, o->hu_windows_path, err);
    if (!status)
        status = torso_asked_read(&r->given.imat, o, err);
    if (!status && o->reference_path)
        status = osarc_reference_db_read(&r->given.references, o->reference_path, err);
    if (!status && o->conversion_path)
        status = conversion_file_read(&r->given.conversions, o->conversion_path, err);
    if (!status && o->labels_path)
        status = labels_read(&r->given.labels, o->labels_path, o->threads, err);
    if (!status && o->exclude_path)
        status = exclude_read(&r->given.exclude, o->exclude_path, o->threads, err);
    if (!status && r->given.labels && labels_are_tissues(r->given.labels)) {
        r->given.tissues = r->given.labels;
        r->given.labels = NULL;
    }
    if (!status)
        status = osarc_catalogue_read(&r->catalogue, inputs, input_count, &read, err);
    r->told.catalogue_seconds = now_seconds() - start;
    if (status)
        return status;
    r->told.catalogue = r->catalogue;
    r->series_count = osarc_catalogue_series_count(r->catalogue);
    r->results = osi_alloc(r->series_count, sizeof(*r->results), err);
    if (!r->results)
        return OSARC_ERR_MEMORY;
    r->told.results = r->results;
    status = case_names_set(r->results, r->catalogue, err);
    return status ? status : measure_all(r, err);
}

static osarc_status finish_run(run *r, osarc_error *err)
{
    osarc_read_options read = {r->options->threads, NULL, NULL};
    double start = now_seconds();
    osarc_status status = osarc_catalogue_digest(r->catalogue, &read, err);
    double tables = now_seconds();
    r->told.digest_seconds = tables - start;
    if (!status)
        status = write_tables(r, err);
    if (!status)
        status = write_classes(r, err);
    r->told.tables_seconds = now_seconds() - tables;
    return status;
}

/* The manifest is owed even when nothing else can be written. */
static osarc_status write_manifest(run *r, double start, osarc_error *err)
{
    r->told.total_seconds = now_seconds() - start;
    const char *path = r->options->report_path;
    if (!path)
        path = out_path(&r->out, err, "run.json");
    return path ? manifest_write(&r->told, path, err) : OSARC_ERR_MEMORY;
}

/* Of a run that failed, only the manifest is published. */
static osarc_status empty_out(run *r, osarc_error *err)
{
    osarc_status status = osi_folder_remove(r->out.work, err);
    return status ? status : osi_folder_create(r->out.work, err);
}

static osarc_status make_folders(run *r, osarc_error *err)
{
    static const char *const NAMES[] = {"masks", "images"};
    for (size_t i = 0; i < 2; i++) {
        const char *path = out_path(&r->out, err, "%s", NAMES[i]);
        osarc_status status = path ? osi_folder_create(path, err) : OSARC_ERR_MEMORY;
        if (status)
            return status;
    }
    return OSARC_OK;
}

osarc_status osarc_run(osarc_run_summary *summary_out, osarc_findings **findings_out,
                       const char *const *inputs, size_t input_count,
                       const osarc_run_options *options, osarc_error *err)
{
    osarc_error why = OSARC_ERROR_INIT;
    osarc_run_summary none = {0};
    run r = {.options = options, .summary = summary_out ? summary_out : &none};
    memset(r.summary, 0, sizeof(*r.summary));
    if (findings_out)
        *findings_out = NULL;
    if (!options || !options->out_folder || !inputs || input_count == 0) {
        r.summary->exit_code = OSARC_EXIT_USAGE;
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a run needs inputs and a folder for results");
    }
    double start = now_seconds();
    r.told = (manifest){
        .options = options, .summary = r.summary, .inputs = inputs, .input_count = input_count};
    int writing = 1;
    osarc_status status = out_open(&r.out, options->out_folder, options->overwrite, &why);
    int opened = !status;
    if (!status)
        status = make_folders(&r, &why);
    if (!status) {
        writing = 0;
        status = do_run(&r, inputs, input_count, &why);
        writing = status == OSARC_OK || (status == OSARC_ERR_IO && r.catalogue);
    }
    if (!status)
        status = finish_run(&r, &why);
    if (!status) {
        run_conclude(r.summary, r.catalogue, r.results, r.series_count);
    } else {
        r.summary->exit_code = osarc_exit_of(status, writing);
        snprintf(r.summary->text, sizeof(r.summary->text), "%s", why.text);
        if (opened)
            (void) !empty_out(&r, NULL);
    }
    /* a folder of older results stays as it is when this run failed */
    int keep_old = status && r.out.replaces;
    if (opened || options->report_path) {
        osarc_error other = OSARC_ERROR_INIT;
        osarc_status told = write_manifest(&r, start, &other);
        if (!told && opened && !keep_old)
            told = out_publish(&r.out, &other);
        if (told && !status) {
            status = told;
            why = other;
            r.summary->exit_code = osarc_exit_of(told, 1);
            snprintf(r.summary->text, sizeof(r.summary->text), "%s", other.text);
        }
    }
    if (!status && findings_out) {
        *findings_out = r.findings;
        r.findings = NULL;
    }
    if (status && err)
        *err = why;
    for (size_t i = 0; r.results && i < r.series_count; i++) {
        osarc_notes_free(r.results[i].notes);
        osi_free(r.results[i].sensitivity.data);
    }
    osi_free(r.results);
    osarc_findings_free(r.findings);
    osarc_notes_free(r.clinical_notes);
    osarc_clinical_free(r.clinical);
    osarc_precision_free(r.precision);
    osarc_reference_db_free(r.given.references);
    osi_free(r.given.dxa);
    scale_asked_free(&r.given.scale);
    osarc_label_file_free(r.given.labels);
    osarc_label_file_free(r.given.exclude);
    osarc_label_file_free(r.given.tissues);
    osarc_catalogue_free(r.catalogue);
    out_close(&r.out);
    return status;
}
