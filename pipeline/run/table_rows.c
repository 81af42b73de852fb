/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "table_rows.h"

#include <math.h>
#include <string.h>

#include <osarc/classify.h>
#include <osarc/dxa_report.h>

#include "class_table.h"

#define NOTE "as the clinical table states it; not measured here"

/* Columns that hold results of densitometry. The table names no vertebrae and no side. */
static const struct {
    const char *column, *quantity, *unit, *site, *level;
} COLUMNS[] = {
    {"bmd_lumbar_g_cm2", "abmd", "g/cm2", "lumbar", ""},
    {"bmd_femoral_neck_g_cm2", "abmd", "g/cm2", "femur", "neck"},
    {"bmd_total_hip_g_cm2", "abmd", "g/cm2", "femur", "total"},
    {"t_lumbar", "t_score", "1", "lumbar", ""},
    {"t_femoral_neck", "t_score", "1", "femur", "neck"},
    {"t_total_hip", "t_score", "1", "femur", "total"},
    {"t_radius_33", "t_score", "1", "forearm", "radius-33"},
    {"z_lumbar", "z_score", "1", "lumbar", ""},
    {"z_femoral_neck", "z_score", "1", "femur", "neck"},
    {"z_total_hip", "z_score", "1", "femur", "total"},
    {"alm_kg", "alm", "kg", "whole_body", ""},
};

/* The scale of the device that the table names for a column. NULL: not by densitometry. */
static const char *basis_of(const osarc_clinical *clinical, const char *patient_id,
                            const char *quantity)
{
    if (strcmp(quantity, "alm") != 0)
        return osarc_dxa_report_basis(osarc_clinical_word(clinical, patient_id, "bmd_device"),
                                      NULL);
    const char *device = osarc_clinical_word(clinical, patient_id, "alm_device");
    if (strcmp(osarc_clinical_word(clinical, patient_id, "alm_method"), "dxa") != 0)
        return NULL;
    return osarc_dxa_report_basis(device, device);
}

static osarc_status add_patient(osarc_findings *findings, const osarc_clinical *clinical,
                                const series_result *result, osarc_error *err)
{
    const char *id = result->acquisition.patient_id;
    osarc_status status = OSARC_OK;
    for (size_t i = 0; i < sizeof(COLUMNS) / sizeof(COLUMNS[0]) && !status; i++) {
        double value = osarc_clinical_number(clinical, id, COLUMNS[i].column);
        const char *basis = basis_of(clinical, id, COLUMNS[i].quantity);
        if (isnan(value) || !basis)
            continue;
        const osarc_finding row = {.case_id = result->case_id,
                                   .patient_id = id,
                                   .site = COLUMNS[i].site,
                                   .level = COLUMNS[i].level,
                                   .quantity = COLUMNS[i].quantity,
                                   .value = value,
                                   .unit = COLUMNS[i].unit,
                                   .ci_low = NAN,
                                   .ci_high = NAN,
                                   .method = "report",
                                   .basis = basis,
                                   .reference =
                                       strstr(COLUMNS[i].quantity, "score") ? "report" : "",
                                   .quality = OSARC_QUALITY_OK,
                                   .note = NOTE};
        status = osarc_findings_add(findings, &row, err);
    }
    return status;
}

osarc_status table_rows_add(osarc_findings *findings, const osarc_clinical *clinical,
                            const series_result *results, size_t count, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (size_t i = 0; clinical && i < count && !status; i++)
        if (is_first_of_case(results, i) && results[i].acquisition.patient_id[0])
            status = add_patient(findings, clinical, &results[i], err);
    return status;
}
