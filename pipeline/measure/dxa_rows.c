/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa.h"

#include <math.h>
#include <string.h>

#include <osi/fail.h>

osarc_finding dxa_row_blank(const osarc_measure_context *context, const osarc_dxa_maps *maps,
                            const osarc_dxa_scores *scores)
{
    osarc_finding row = osi_row_blank(context);
    row.method = maps->is_calibrated ? "dxa-wedge" : "dxa-tables";
    row.basis = maps->is_calibrated && scores->scale != OSARC_BMD_SCALE_UNKNOWN
                    ? osarc_bmd_scale_name(scores->scale)
                    : "HA";
    return row;
}

void dxa_note_series(osi_row_note *note, const osarc_measure_context *context)
{
    if (context->warnings && context->warnings[0])
        osi_row_note_add(note, 1, "%s", context->warnings);
}

static const struct {
    const char *name, *unit;
    size_t value, half; /* in osarc_dxa_bone */
    int decimals;
} QUANTITIES[] = {
    {"abmd", "g/cm2", offsetof(osarc_dxa_bone, abmd_g_cm2),
     offsetof(osarc_dxa_bone, abmd_half_g_cm2), 4},
    {"bmc", "g", offsetof(osarc_dxa_bone, bmc_g), offsetof(osarc_dxa_bone, bmc_half_g), 3},
    {"bone_area", "cm2", offsetof(osarc_dxa_bone, area_cm2),
     offsetof(osarc_dxa_bone, area_half_cm2), 3}};
#define QUANTITY_COUNT (sizeof(QUANTITIES) / sizeof(QUANTITIES[0]))

static double number_at(const osarc_dxa_bone *bone, size_t offset)
{
    double value;
    memcpy(&value, (const char *) bone + offset, sizeof(value));
    return value;
}

osarc_status dxa_add_region(osarc_findings *findings, const osarc_dxa_maps *maps,
                            const dxa_region *what, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (size_t q = 0; q < QUANTITY_COUNT && !status; q++) {
        osarc_finding row = what->row;
        osi_row_note note = *what->note;
        double half = NAN;
        row.quantity = QUANTITIES[q].name;
        row.unit = QUANTITIES[q].unit;
        if (what->refused[0]) {
            status = osi_row_refuse(findings, &row, what->refused, err);
            continue;
        }
        row.value = number_at(what->found, QUANTITIES[q].value);
        /* what tables are off by is not known */
        if (maps->is_calibrated) {
            double seen = number_at(what->found, QUANTITIES[q].half);
            double placed = number_at(what->placement, QUANTITIES[q].half);
            half = hypot(seen, placed);
            osi_row_note_add(&note, 0,
                             "half interval in %s: noise, edges and calibration %s, placement %s",
                             row.unit, osi_short(seen, QUANTITIES[q].decimals).text,
                             osi_short(placed, QUANTITIES[q].decimals).text);
        }
        status = osi_row_add(findings, &row, half, &note, err);
    }
    return status;
}

static osarc_status compare(osarc_bmd_score *found, osarc_score_kind *kind, const osarc_bmd *bmd,
                            const osarc_dxa_maps *maps, const osarc_dxa_scores *scores,
                            osarc_error *why)
{
    if (!maps->is_calibrated)
        return osi_fail(why, OSARC_ERR_QUALITY, "no calibration: densities are on no scale");
    if (scores->scale == OSARC_BMD_SCALE_UNKNOWN)
        return osi_fail(why, OSARC_ERR_UNIT,
                        "the density stands on hydroxyapatite by a wedge, not on a maker's "
                        "scale; dxa.json may state whose densities the calibration gives");
    osarc_status status = osarc_score_choose(kind, &scores->person, why);
    if (status)
        *kind = OSARC_SCORE_T;
    if (status)
        return status;
    return *kind == OSARC_SCORE_T
               ? osarc_t_score(found, bmd, &scores->person, NULL, scores->references, why)
               : osarc_z_score(found, bmd, &scores->person, NULL, scores->references, why);
}

osarc_status dxa_add_score(osarc_findings *findings, const osarc_measure_context *context,
                           const osarc_dxa_maps *maps, const osarc_dxa_scores *scores,
                           const dxa_scored *what, osarc_error *err)
{
    osarc_finding row = dxa_row_blank(context, maps, scores);
    osarc_bmd bmd = {
        .value_g_cm2 = what->abmd_g_cm2, .site = what->bmd_site, .scale = scores->scale};
    osarc_score_kind kind = OSARC_SCORE_T;
    osarc_bmd_score found;
    osarc_error why = OSARC_ERROR_INIT;
    osi_row_note note = {0};
    osarc_status status = compare(&found, &kind, &bmd, maps, scores, &why);
    row.site = what->site;
    row.level = what->level;
    row.side = what->side;
    row.unit = "1";
    row.quantity = kind == OSARC_SCORE_T ? "t_score" : "z_score";
    if (status == OSARC_ERR_MEMORY || status == OSARC_ERR_INTERNAL)
        return osi_fail(err, status, "%s", why.text);
    if (status)
        return osi_row_refuse(findings, &row, why.text, err);
    const osarc_reference *population = NULL;
    const osarc_reference_query query = {kind, bmd.site, bmd.scale, scores->person, NULL};
    double half = NAN;
    if (!osarc_reference_find(&population, scores->references, &query, &why))
        half = what->abmd_half_g_cm2 / population->sd;
    row.value = found.value;
    row.reference = found.reference;
    row.basis = found.basis;
    dxa_note_series(&note, context);
    osi_row_note_add(&note, what->remark_warns, "%s", what->remark);
    osi_row_note_add(&note, found.quality != OSARC_QUALITY_OK, "%s", found.note);
    return osi_row_add(findings, &row, half, &note, err);
}
