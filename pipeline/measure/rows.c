/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rows.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <osi/text.h>

osarc_finding osi_row_blank(const osarc_measure_context *context)
{
    const osarc_acquisition *acquisition = context->acquisition;
    osarc_finding row = {.case_id = context->case_id, .value = NAN, .ci_low = NAN, .ci_high = NAN};
    if (!acquisition)
        return row;
    row.patient_id = acquisition->patient_id;
    row.study_uid = acquisition->study_uid;
    row.series_uid = acquisition->series_uid;
    row.modality = acquisition->modality;
    return row;
}

void osi_row_note_add(osi_row_note *note, int is_warning, const char *format, ...)
{
    char part[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(part, sizeof(part), format, args);
    va_end(args);
    if (!part[0])
        return;
    note->is_warning |= is_warning;
    size_t room = sizeof(note->text) - note->used;
    int more = snprintf(note->text + note->used, room, "%s%s", note->used ? "; " : "", part);
    if (more > 0)
        note->used = (size_t) more < room ? note->used + (size_t) more : sizeof(note->text) - 1;
}

osarc_status osi_row_refuse(osarc_findings *findings, const osarc_finding *row, const char *why,
                            osarc_error *err)
{
    osarc_finding refused = *row;
    refused.value = refused.ci_low = refused.ci_high = NAN;
    refused.quality = OSARC_QUALITY_REFUSED;
    refused.note = why && why[0] ? why : "not known why";
    return osarc_findings_add(findings, &refused, err);
}

osarc_status osi_row_add(osarc_findings *findings, const osarc_finding *row, double half,
                         const osi_row_note *note, osarc_error *err)
{
    if (!isfinite(row->value))
        return osi_row_refuse(findings, row, "no finite value came of it", err);
    osarc_finding full = *row;
    full.note = note->text;
    full.quality = note->is_warning ? OSARC_QUALITY_WARNING : OSARC_QUALITY_OK;
    if (isfinite(half) && half >= 0) {
        full.ci_low = full.value - half;
        full.ci_high = full.value + half;
    }
    return osarc_findings_add(findings, &full, err);
}

osi_short_number osi_short(double value, int decimals)
{
    osi_short_number out;
    char number[OSI_NUMBER_SIZE];
    double scale = pow(10, decimals);
    double rounded = round(value * scale) / scale;
    snprintf(out.text, sizeof(out.text), "%s", osi_number_print(number, rounded));
    return out;
}
