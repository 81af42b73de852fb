/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hip_rows.h"

#include <math.h>
#include <string.h>

#include <osi/fail.h>

/* Sites that classes are made by; the trochanter and the intertrochanteric region are not. */
static int find_site(osarc_bmd_site *out, osarc_hip_region region)
{
    *out = region == OSARC_HIP_NECK ? OSARC_BMD_FEMORAL_NECK : OSARC_BMD_TOTAL_HIP;
    return region == OSARC_HIP_NECK || region == OSARC_HIP_TOTAL;
}

static const char *name_of(osarc_score_kind kind)
{
    return kind == OSARC_SCORE_T ? "t_score" : "z_score";
}

/* T where it cannot be told: that is the row a reader looks for. */
static osarc_status choose(osarc_score_kind *out, const osi_hip_run *run, osarc_error *err)
{
    osarc_status status = osarc_score_choose(out, &run->in->person, err);
    if (status)
        *out = OSARC_SCORE_T;
    return status;
}

static int is_refusal(osarc_status status)
{
    /* a density of 0 or less is no argument of a score */
    return status == OSARC_ERR_QUALITY || status == OSARC_ERR_UNSUPPORTED ||
           status == OSARC_ERR_UNIT || status == OSARC_ERR_ARGUMENT;
}

osarc_status osi_hip_refuse_score(const osi_hip_run *run, const osarc_hip_level *level,
                                  osarc_hip_region region, const char *why, osarc_error *err)
{
    osarc_bmd_site site;
    osarc_score_kind kind;
    osarc_error not_known = OSARC_ERROR_INIT;
    if (!find_site(&site, region))
        return OSARC_OK;
    (void) choose(&kind, run, &not_known);
    osarc_finding row = osi_hip_start(run, level, region, name_of(kind), "1");
    return osi_row_refuse(run->findings, &row, why, err);
}

/* By the user's equation for the site, when there is one. */
static osarc_status convert(osarc_bmd *bmd, const osi_hip_run *run, osarc_error *err)
{
    for (size_t i = 0; i < run->in->conversion_count; i++) {
        const osarc_bmd_equation *e = &run->in->conversions[i];
        if (e->from == OSARC_BMD_CTXA && (e->sites & (1u << bmd->site)))
            return osarc_bmd_convert_by(bmd, bmd, e, err);
    }
    return OSARC_OK;
}

/* Standard deviations that half an interval of the density is, before any conversion. */
static double half_score(double half_g_cm2, const osi_hip_run *run, const osarc_bmd *measured,
                         const osarc_bmd *used, osarc_score_kind kind)
{
    const osarc_reference *population = NULL;
    osarc_error not_known = OSARC_ERROR_INIT;
    const osarc_reference_query query = {kind, used->site, used->scale, run->in->person, NULL};
    if (osarc_reference_find(&population, run->in->references, &query, &not_known))
        return NAN;
    osarc_bmd higher = *measured;
    higher.value_g_cm2 += half_g_cm2;
    if (convert(&higher, run, &not_known))
        return NAN;
    return (higher.value_g_cm2 - used->value_g_cm2) / population->sd;
}

static osarc_status score_of(osarc_bmd_score *out, osarc_score_kind *kind, osarc_bmd *bmd,
                             const osi_hip_run *run, osarc_error *err)
{
    osarc_status status = choose(kind, run, err);
    if (!status)
        status = convert(bmd, run, err);
    if (status)
        return status;
    return *kind == OSARC_SCORE_T
               ? osarc_t_score(out, bmd, &run->in->person, NULL, run->in->references, err)
               : osarc_z_score(out, bmd, &run->in->person, NULL, run->in->references, err);
}

osarc_status osi_hip_add_score(const osi_hip_run *run, const osarc_hip_level *level,
                               osarc_hip_region region, osarc_error *err)
{
    const osarc_hip_values *values = &level->projection->values[region];
    osarc_bmd_score score;
    osarc_score_kind kind = OSARC_SCORE_T;
    osarc_error why = OSARC_ERROR_INIT;
    osarc_bmd measured = {.value_g_cm2 = values->abmd_g_cm2.value, .scale = OSARC_BMD_CTXA};
    if (!find_site(&measured.site, region))
        return OSARC_OK;
    if (values->refused[0])
        return osi_hip_refuse_score(run, level, region, values->refused, err);
    osarc_bmd used = measured;
    osarc_status status = score_of(&score, &kind, &used, run, &why);
    osarc_finding row = osi_hip_start(run, level, region, name_of(kind), "1");
    if (is_refusal(status))
        return osi_row_refuse(run->findings, &row, why.text, err);
    if (status) {
        if (err)
            *err = why;
        return status;
    }
    osi_row_note note = {0};
    row.value = score.value;
    row.method = run->method;
    row.basis = score.basis;
    row.reference = score.reference;
    osi_hip_note(&note, run, level);
    osi_row_note_add(&note, score.quality == OSARC_QUALITY_WARNING, "%s", score.note);
    osi_row_note_add(&note, 0, "mineral as %s", run->in->calibration->basis);
    double half = half_score(osi_hip_half(&values->abmd_g_cm2), run, &measured, &used, kind);
    return osi_row_add(run->findings, &row, half, &note, err);
}
