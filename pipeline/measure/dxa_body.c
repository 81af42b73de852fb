/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa.h"

#include <math.h>
#include <string.h>

#include <osi/fail.h>

#define NO_CALIBRATION "without a calibration lean and fat cannot be told apart"

typedef struct body {
    osarc_findings *findings;
    const osarc_measure_context *context;
    const osarc_dxa_body_input *in;
    const osarc_dxa_scores *scores;
} body;

typedef struct masses {
    double lean_g, fat_g, bone_g, area_cm2;
} masses;

static masses sum_part(const body *b, const osarc_dxa_part *part)
{
    const osarc_dxa_maps *m = b->in->maps;
    double pixel_cm2 = m->spacing_mm[0] * m->spacing_mm[1] / 100;
    masses sum = {0, 0, 0, 0};
    for (size_t i = 0; i < m->columns * m->rows; i++) {
        size_t row = i / m->columns;
        double row_mm = (double) row * m->spacing_mm[1];
        if (m->pixels[i] == OSARC_DXA_AIR || m->pixels[i] == OSARC_DXA_NOTHING ||
            (part->labels && !(b->in->labels && part->labels >> b->in->labels[i] & 1u)) ||
            row_mm < part->rows_mm[0] || row_mm > part->rows_mm[1])
            continue;
        sum.area_cm2 += pixel_cm2;
        sum.lean_g += m->lean_g_cm2[i] * pixel_cm2;
        sum.fat_g += m->fat_g_cm2[i] * pixel_cm2;
        if (m->pixels[i] != OSARC_DXA_SOFT)
            sum.bone_g += m->bone_g_cm2[i] * pixel_cm2;
    }
    return sum;
}

/* Standard deviation of the share of fat of an area; NAN when the noise is not known. */
static double share_sd(const osarc_dxa_maps *m, double area_cm2)
{
    return hypot(m->fat_noise_cm / sqrt(area_cm2), m->fat_calibration_sd);
}

static osarc_status add_row(const body *b, const char *level, const char *side,
                            const char *quantity, const char *unit, double value, double half,
                            const char *refused, osarc_error *err)
{
    osarc_finding row = dxa_row_blank(b->context, b->in->maps, b->scores);
    osi_row_note note = {0};
    row.site = "whole_body";
    row.level = level;
    row.side = side;
    row.quantity = quantity;
    row.unit = unit;
    row.value = value;
    if (refused && refused[0])
        return osi_row_refuse(b->findings, &row, refused, err);
    dxa_note_series(&note, b->context);
    return osi_row_add(b->findings, &row, half, &note, err);
}

/* Lean mass of the part in `lean_g`; NAN where it is refused. */
static osarc_status add_part(const body *b, const osarc_dxa_part *part, double lean_g[2],
                             osarc_error *err)
{
    const char *none = part->refused && part->refused[0] ? part->refused : NULL;
    masses m = {0, 0, 0, 0};
    if (!none) {
        m = sum_part(b, part);
        none = m.area_cm2 > 0 ? NULL : "nothing of it is in the picture";
    }
    double total = m.lean_g + m.fat_g + m.bone_g;
    double sd = share_sd(b->in->maps, fmax(m.area_cm2, 1e-9));
    const char *soft = none ? none : b->in->maps->is_calibrated ? NULL : NO_CALIBRATION;
    const struct {
        const char *quantity, *unit;
        double value, half;
        const char *refused;
    } rows[] = {{"lean_mass", "g", m.lean_g, OSI_Z_95 * sd * total, soft},
                {"fat_mass", "g", m.fat_g, OSI_Z_95 * sd * total, soft},
                {"bone_mass", "g", m.bone_g, NAN, none},
                {"fat_percent", "1", m.fat_g / total, OSI_Z_95 * sd, soft}};
    osarc_status status = OSARC_OK;
    for (size_t i = 0; !status && i < sizeof(rows) / sizeof(rows[0]); i++)
        status = add_row(b, part->level, part->side, rows[i].quantity, rows[i].unit, rows[i].value,
                         rows[i].half, rows[i].refused, err);
    lean_g[0] = soft ? NAN : m.lean_g;
    lean_g[1] = sd * total;
    return status;
}

/* Limbs together; one that is missing is missing in all. */
static osarc_status add_appendicular(const body *b, double lean_g, double sd_g, const char *why,
                                     osarc_error *err)
{
    double alm_kg = lean_g / 1000;
    double height_m = b->in->height_m;
    double bmi = b->in->weight_kg / (height_m * height_m);
    double half = OSI_Z_95 * sd_g / 1000;
    const char *no_height = isfinite(height_m) ? why : "height is not known";
    const char *no_weight = isfinite(bmi) ? why : "height or weight is not known";
    osarc_status status = add_row(b, "", "", "alm", "kg", alm_kg, half, why, err);
    if (!status)
        status = add_row(b, "", "", "alm_index", "kg/m2", alm_kg / (height_m * height_m),
                         half / (height_m * height_m), why[0] ? why : no_height, err);
    if (!status)
        status = add_row(b, "", "", "alm_bmi", "1", alm_kg / bmi, half / bmi,
                         why[0] ? why : no_weight, err);
    return status;
}

osarc_status osarc_measure_dxa_body(osarc_findings *findings, const osarc_measure_context *context,
                                    const osarc_dxa_body_input *input,
                                    const osarc_dxa_scores *scores, osarc_error *err)
{
    if (!findings || !context || !input || !input->maps || !input->maps->bone_g_cm2 || !scores)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "findings, context, maps and scores are needed");
    body b = {findings, context, input, scores};
    const osarc_dxa_part whole = {
        .level = "total", .side = "", .rows_mm = {NAN, NAN}, .refused = input->refused_total};
    double lean_g[2];
    double limbs_g = 0;
    double sd_g = 0;
    const char *why = input->refused ? input->refused : "";
    int limbs = 0;
    osarc_status status = add_part(&b, &whole, lean_g, err);
    for (size_t i = 0; !status && i < input->part_count; i++) {
        const osarc_dxa_part *part = &input->parts[i];
        status = add_part(&b, part, lean_g, err);
        if (!part->is_limb)
            continue;
        limbs++;
        limbs_g += lean_g[0];
        /* what the calibration is off by is the same in all: their deviations add up */
        sd_g += lean_g[1];
        if (isnan(lean_g[0]) && !why[0])
            why = part->refused && part->refused[0] ? part->refused : NO_CALIBRATION;
    }
    if (limbs == 0 && !why[0])
        why = "no limb was found";
    return status ? status : add_appendicular(&b, limbs_g, sd_g, why, err);
}
