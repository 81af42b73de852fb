/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_report_step.h"

#include <math.h>
#include <stdio.h>

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

osarc_status dxa_report_take(series_result *result, osarc_findings *findings,
                             osarc_catalogue *catalogue, size_t series, size_t number,
                             out_folder *out, const run_given *given,
                             const osarc_run_options *options, osarc_error *err)
{
    (void) out;
    (void) given;
    (void) options;
    const osarc_series *view = osarc_catalogue_series(catalogue, series);
    osarc_status status = OSARC_OK;
    size_t taken = 0;
    for (size_t i = 0; i < osarc_catalogue_input_count(catalogue) && !status; i++) {
        const osarc_dxa_report *report = osarc_catalogue_report(catalogue, i);
        if (!report || osarc_catalogue_input(catalogue, i)->series != series)
            continue;
        for (size_t k = 0; k < report->count && !status; k++)
            status = add(findings, view, result->case_id, &report->results[k], err);
        taken += osarc_dxa_report_taken(report);
    }
    if (status)
        return status;
    result->acquisition = view->acquisition;
    if (!taken)
        return osi_fail(err, OSARC_ERR_QUALITY, "%s", view->text);
    result->number = number;
    return OSARC_OK;
}
