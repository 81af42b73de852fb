/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hip_rows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/fail.h>

/* Over that, edges are smeared over more than shells are thick; docs/validation.md has by how much
 * the values of the phantom are off. */
#define THICK_MM 3.0

static int has(const char *text)
{
    return text && text[0];
}

static int has_scale(const osi_hip_run *run)
{
    return run->in->calibration && run->in->calibration->rung != OSARC_RUNG_NONE;
}

static int is_barred_by_contrast(const osi_hip_run *run)
{
    return run->contrast[0] && !run->in->accept_contrast;
}

static void describe(osi_hip_run *run)
{
    const osarc_acquisition *a = run->context->acquisition;
    if (a && a->contrast == OSARC_CONTRAST_GIVEN)
        snprintf(run->contrast, sizeof(run->contrast), "contrast was given, says the header");
    else if (run->in->blood_enhanced)
        snprintf(run->contrast, sizeof(run->contrast),
                 "contrast was given: blood is brighter than it can be without");
    if (!has_scale(run))
        snprintf(run->refused, sizeof(run->refused), "no density scale: %s",
                 has(run->in->calibration_refused) ? run->in->calibration_refused
                                                   : "not calibrated");
    else if (is_barred_by_contrast(run))
        snprintf(run->refused, sizeof(run->refused),
                 "%s: it raises density; --accept-contrast gives the value as a warning",
                 run->contrast);
}

osarc_finding osi_hip_start(const osi_hip_run *run, const osarc_hip_level *level,
                            osarc_hip_region region, const char *quantity, const char *unit)
{
    osarc_finding row = osi_row_blank(run->context);
    row.site = "femur";
    row.level = osarc_hip_region_name(region);
    row.side = level ? osarc_side_name(level->femur->side) : "";
    row.quantity = quantity;
    row.unit = unit;
    return row;
}

void osi_hip_note(osi_row_note *note, const osi_hip_run *run, const osarc_hip_level *level)
{
    const osarc_hip_rows *in = run->in;
    const osarc_acquisition *a = run->context->acquisition;
    const osarc_calibration *c = in->calibration;
    if (has(run->context->warnings))
        osi_row_note_add(note, 1, "%s", run->context->warnings);
    if (has(in->calibration_warnings))
        osi_row_note_add(note, 1, "%s", in->calibration_warnings);
    if (has(level->projection->neck_note))
        osi_row_note_add(note, 1, "%s", level->projection->neck_note);
    if (level->femur->side == OSARC_SIDE_UNKNOWN)
        osi_row_note_add(note, 1, "the side is not known");
    if (run->contrast[0])
        osi_row_note_add(note, 1, "%s, which raises the value", run->contrast);
    else if (!in->blood_read && (!a || a->contrast == OSARC_CONTRAST_UNKNOWN))
        osi_row_note_add(note, 1, "not known whether contrast was given, which raises the value");
    if (a && osarc_kernel_is_sharp(a->manufacturer, a->kernel))
        osi_row_note_add(note, 1, "sharp kernel %s: noise and edges are raised", a->kernel);
    if (a && a->slice_thickness_mm > THICK_MM)
        osi_row_note_add(note, 1, "slices of %s mm: thin shells are smeared, the neck reads low",
                         osi_short(a->slice_thickness_mm, 1).text);
    if (has_scale(run))
        osi_row_note_add(note, 0, "density scale: %s",
                         c->rung == OSARC_RUNG_ASYNCHRONOUS ? "async" : c->method);
}

double osi_hip_half(const osarc_hip_value *v)
{
    double placement = isnan(v->placement) ? 0 : v->placement;
    return sqrt(v->fit * v->fit + v->noise * v->noise + placement * placement);
}

static void tell(osi_row_note *note, const osarc_hip_value *v, const char *unit, int decimals)
{
    char fit[64] = "";
    char noise[64] = "noise not known";
    char placement[64] = "";
    if (isnan(v->fit))
        snprintf(fit, sizeof(fit), "of the fit not known, ");
    else if (v->fit > 0)
        snprintf(fit, sizeof(fit), "fit %s, ", osi_short(v->fit, decimals).text);
    if (!isnan(v->noise))
        snprintf(noise, sizeof(noise), "noise %s", osi_short(v->noise, decimals).text);
    if (!isnan(v->placement))
        snprintf(placement, sizeof(placement), ", placement %s",
                 osi_short(v->placement, decimals).text);
    osi_row_note_add(note, 0, "half interval in %s: %s%s%s", unit, fit, noise, placement);
}

typedef struct quantity {
    const char *name;
    const char *unit;
    size_t offset; /* of an osarc_hip_value in osarc_hip_values */
    int decimals;
    int needs_scale; /* 0: an area stands on the bone's edge alone */
    const char *absent;
} quantity;

static const quantity QUANTITIES[] = {
    {"abmd", "g/cm2", offsetof(osarc_hip_values, abmd_g_cm2), 4, 1, ""},
    {"bmc", "g", offsetof(osarc_hip_values, bmc_g), 3, 1, ""},
    {"bone_area", "cm2", offsetof(osarc_hip_values, area_cm2), 3, 0, ""},
    {"vbmd_integral", "mg/cm3", offsetof(osarc_hip_values, integral_mg_cm3), 2, 1, ""},
    {"vbmd_trabecular", "mg/cm3", offsetof(osarc_hip_values, trabecular_mg_cm3), 2, 1,
     "too few voxels lie away from compact bone, or so dense that it cannot be told from it"},
    {"vbmd_compact", "mg/cm3", offsetof(osarc_hip_values, compact_mg_cm3), 2, 1,
     "too few voxels of compact bone"},
};
#define QUANTITY_COUNT (sizeof(QUANTITIES) / sizeof(QUANTITIES[0]))

static osarc_status add_quantity(const osi_hip_run *run, const osarc_hip_level *level,
                                 osarc_hip_region region, const quantity *q, osarc_error *err)
{
    const osarc_hip_values *values = &level->projection->values[region];
    osarc_hip_value v;
    memcpy(&v, (const char *) values + q->offset, sizeof(v));
    osarc_finding row = osi_hip_start(run, level, region, q->name, q->unit);
    osi_row_note note = {0};
    if (values->refused[0])
        return osi_row_refuse(run->findings, &row, values->refused, err);
    if (q->needs_scale && run->refused[0])
        return osi_row_refuse(run->findings, &row, run->refused, err);
    if (isnan(v.value))
        return osi_row_refuse(run->findings, &row, q->absent, err);
    row.value = v.value;
    row.method = run->method;
    row.basis = q->needs_scale ? run->in->calibration->basis : NULL;
    osi_hip_note(&note, run, level);
    tell(&note, &v, q->unit, q->decimals);
    return osi_row_add(run->findings, &row, osi_hip_half(&v), &note, err);
}

static osarc_status refuse_level(const osi_hip_run *run, const osarc_hip_level *level,
                                 const char *why, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (int r = 0; r < OSARC_HIP_REGION_COUNT && !status; r++)
        for (size_t q = 0; q < QUANTITY_COUNT && !status; q++) {
            osarc_finding row = osi_hip_start(run, level, (osarc_hip_region) r, QUANTITIES[q].name,
                                              QUANTITIES[q].unit);
            status = osi_row_refuse(run->findings, &row, why, err);
        }
    for (int r = 0; r < OSARC_HIP_REGION_COUNT && !status; r++)
        status = osi_hip_refuse_score(run, level, (osarc_hip_region) r, why, err);
    return status;
}

static osarc_status add_level(osi_hip_run *run, const osarc_hip_level *level, osarc_error *err)
{
    if (!level->femur)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a level without a femur");
    /* what is wrong with the bone before what is wrong with the scan */
    if (level->femur->refused_all[0])
        return refuse_level(run, level, level->femur->refused_all, err);
    if (level->femur->refused_neck[0])
        return refuse_level(run, level, level->femur->refused_neck, err);
    if (run->refused[0] && (!level->projection || is_barred_by_contrast(run)))
        return refuse_level(run, level, run->refused, err);
    if (!level->projection)
        return refuse_level(run, level,
                            has(level->refused) ? level->refused : "it was not projected", err);
    snprintf(run->method, sizeof(run->method), "ctxa, %s",
             osarc_neck_rule_name(level->projection->neck));
    osarc_status status = OSARC_OK;
    for (int r = 0; r < OSARC_HIP_REGION_COUNT && !status; r++)
        for (size_t q = 0; q < QUANTITY_COUNT && !status; q++)
            status = add_quantity(run, level, (osarc_hip_region) r, &QUANTITIES[q], err);
    for (int r = 0; r < OSARC_HIP_REGION_COUNT && !status; r++)
        status = run->refused[0]
                     ? osi_hip_refuse_score(run, level, (osarc_hip_region) r, run->refused, err)
                     : osi_hip_add_score(run, level, (osarc_hip_region) r, err);
    return status;
}

osarc_status osarc_measure_hips(osarc_findings *findings, const osarc_measure_context *context,
                                const osarc_hip_rows *rows, osarc_error *err)
{
    if (!findings || !context || !rows || (rows->level_count && !rows->levels))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "findings, a context and levels are needed");
    osi_hip_run run = {.findings = findings, .context = context, .in = rows};
    osarc_status status = OSARC_OK;
    describe(&run);
    if (!rows->level_count && has(rows->hips_refused)) {
        osarc_finding row = osi_hip_start(&run, NULL, OSARC_HIP_TOTAL, "abmd", "g/cm2");
        return osi_row_refuse(findings, &row, rows->hips_refused, err);
    }
    for (size_t i = 0; i < rows->level_count && !status; i++)
        status = add_level(&run, &rows->levels[i], err);
    return status;
}
