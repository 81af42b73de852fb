/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_report_step.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/fail.h>

#define METHOD "report"

static osarc_status add(osarc_findings *findings, const osarc_series *series, const char *case_id,
                        const osarc_dxa_result *result, osarc_error *err)
{
    const osarc_acquisition *a = &series->acquisition;
    char note[320];
    int refused = isnan(result->value);
    snprintf(note, sizeof(note), "%s%s%s",
             refused ? "a number of the report is not taken over: "
                     : "as the report states it; not measured here",
             refused              ? result->refused
             : result->warning[0] ? "; "
                                  : "",
             refused ? "" : result->warning);
    osarc_finding row = {.case_id = case_id,
                         .patient_id = a->patient_id,
                         .study_uid = a->study_uid,
                         .series_uid = a->series_uid,
                         .modality = a->modality,
                         .site = result->site,
                         .level = result->level,
                         .side = result->side,
                         .quantity = result->quantity,
                         .value = result->value,
                         .unit = result->unit,
                         .ci_low = NAN,
                         .ci_high = NAN,
                         .method = METHOD,
                         .basis = result->basis,
                         .reference = result->reference,
                         .quality = refused              ? OSARC_QUALITY_REFUSED
                                    : result->warning[0] ? OSARC_QUALITY_WARNING
                                                         : OSARC_QUALITY_OK,
                         .note = note};
    return osarc_findings_add(findings, &row, err);
}

/* An amended document may lie beside the one it replaces: where they differ neither counts. */
static osarc_status join_documents(osarc_dxa_report *all, const osarc_catalogue *catalogue,
                                   size_t series, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < osarc_catalogue_input_count(catalogue) && !status; i++) {
        const osarc_dxa_report *report = osarc_catalogue_report(catalogue, i);
        if (report && osarc_catalogue_input(catalogue, i)->series == series)
            status = osarc_dxa_report_join(all, report, err);
    }
    return status ? status : osarc_dxa_report_complete(all, err);
}

static osarc_status add_rows(size_t *taken_out, osarc_findings *findings,
                             const osarc_catalogue *catalogue, size_t series, const char *case_id,
                             osarc_error *err)
{
    const osarc_series *view = osarc_catalogue_series(catalogue, series);
    osarc_dxa_report all = {0};
    osarc_status status = join_documents(&all, catalogue, series, err);
    for (size_t k = 0; k < all.count && !status; k++)
        status = add(findings, view, case_id, &all.results[k], err);
    *taken_out = osarc_dxa_report_taken(&all);
    osarc_dxa_report_free(&all);
    return status;
}

osarc_status dxa_report_take(series_result *result, osarc_findings *findings,
                             osarc_catalogue *catalogue, size_t series, size_t number,
                             out_folder *out, const run_given *given,
                             const osarc_run_options *options, osarc_error *err)
{
    (void) out;
    (void) given;
    (void) options;
    const osarc_series *view = osarc_catalogue_series(catalogue, series);
    size_t taken;
    osarc_status status = add_rows(&taken, findings, catalogue, series, result->case_id, err);
    if (status)
        return status;
    result->acquisition = view->acquisition;
    if (!taken)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "no number of this report of densitometry can be taken over; the rows of "
                        "findings.csv say why");
    result->number = number;
    return OSARC_OK;
}

osarc_status dxa_report_take_images(series_result *results, size_t *number,
                                    osarc_run_summary *summary, osarc_findings *findings,
                                    osarc_catalogue *catalogue, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < osarc_catalogue_series_count(catalogue) && !status; i++) {
        const osarc_series *view = osarc_catalogue_series(catalogue, i);
        size_t taken;
        if (view->decision == OSARC_DECISION_DXA_REPORT)
            continue;
        status = add_rows(&taken, findings, catalogue, i, results[i].case_id, err);
        if (status || !taken || (results[i].number && !results[i].status))
            continue;
        results[i].acquisition = view->acquisition;
        if (!results[i].number)
            results[i].number = ++*number;
        summary->series_measured++;
        /* a pair that could not be measured was counted as refused */
        if (results[i].status && view->decision != OSARC_DECISION_NOT_A_VOLUME)
            summary->series_refused--;
        results[i].status = OSARC_OK;
        results[i].text[0] = '\0';
    }
    return status;
}

/* Documents of the same patient, made in the same study or on the same day. */
static int goes_with(const osarc_acquisition *a, const osarc_acquisition *study)
{
    int same_study = study->study_uid[0] && strcmp(a->study_uid, study->study_uid) == 0;
    int same_day = study->patient_id[0] && study->study_date[0] &&
                   strcmp(a->study_date, study->study_date) == 0;
    return strcmp(a->patient_id, study->patient_id) == 0 && (same_study || same_day);
}

osarc_status dxa_report_states(double *value_out, const osarc_catalogue *catalogue,
                               const osarc_acquisition *study, const char *quantity,
                               const char *site, const char *level, const char *side,
                               osarc_error *err)
{
    osarc_status status = OSARC_OK;
    *value_out = NAN;
    for (size_t s = 0; s < osarc_catalogue_series_count(catalogue) && !status; s++) {
        osarc_dxa_report all = {0};
        if (!goes_with(&osarc_catalogue_series(catalogue, s)->acquisition, study))
            continue;
        status = join_documents(&all, catalogue, s, err);
        for (size_t k = 0; k < all.count && !status; k++) {
            const osarc_dxa_result *r = &all.results[k];
            if (!isnan(r->value) && !strcmp(r->quantity, quantity) && !strcmp(r->site, site) &&
                !strcmp(r->level, level) && !strcmp(r->side, side))
                *value_out = r->value;
        }
        osarc_dxa_report_free(&all);
    }
    return status;
}
