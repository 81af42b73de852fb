/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa.h"

#include <math.h>
#include <string.h>

#include <osi/fail.h>

/* Wider pixels hide a part of the mineral where bones end within them. */
#define FINE_MM 1.0
/* What the share of fat behind bone is off by, continued from beside it: up to 4 points on
 * synthetic bodies at three pairs of beams. */
#define BEHIND_SD      0.02
#define BEHIND_SHARE   0.5
#define NO_AREA        "the area of thin bones cannot be told in a whole-body picture; bone_mass stands"
#define NO_CALIBRATION "without a calibration lean and fat cannot be told apart"

typedef struct body {
    osarc_findings *findings;
    const osarc_measure_context *context;
    const osarc_dxa_body_input *in;
    const osarc_dxa_scores *scores;
} body;

typedef struct masses {
    double lean_g, fat_g, bone_g, area_cm2;
    double behind_cm2; /* with bone in front or behind */
} masses;

/* Of a part, what others are made of; NAN where it is refused. */
typedef struct sums {
    double lean_g, lean_sd_g;
    double fat_share, fat_share_sd;
} sums;

/* How often a pixel counts. */
static double times_of(const body *b, const osarc_dxa_part *part, size_t i)
{
    unsigned bit = b->in->labels ? 1u << b->in->labels[i] : 1u;
    if (part->labels)
        return b->in->labels && (part->labels & bit) ? 1 : 0;
    if (isfinite(part->rows_mm[0]) || !b->in->labels)
        return 1;
    return b->in->without & bit ? 0 : b->in->twice & bit ? 2 : 1;
}

static masses sum_part(const body *b, const osarc_dxa_part *part)
{
    const osarc_dxa_maps *m = b->in->maps;
    double pixel_cm2 = m->spacing_mm[0] * m->spacing_mm[1] / 100;
    masses sum = {0, 0, 0, 0, 0};
    for (size_t i = 0; i < m->columns * m->rows; i++) {
        size_t row = i / m->columns;
        double row_mm = (double) row * m->spacing_mm[1];
        double cm2 = pixel_cm2 * times_of(b, part, i);
        if (m->pixels[i] == OSARC_DXA_AIR || m->pixels[i] == OSARC_DXA_NOTHING || !(cm2 > 0) ||
            row_mm < part->rows_mm[0] || row_mm > part->rows_mm[1])
            continue;
        sum.area_cm2 += cm2;
        sum.lean_g += m->lean_g_cm2[i] * cm2;
        sum.fat_g += m->fat_g_cm2[i] * cm2;
        if (m->pixels[i] == OSARC_DXA_SOFT)
            continue;
        sum.bone_g += m->bone_g_cm2[i] * cm2;
        sum.behind_cm2 += cm2;
    }
    return sum;
}

/* Standard deviation of the share of fat of an area; NAN when the noise is not known. */
static double share_sd(const osarc_dxa_maps *m, const masses *of)
{
    double area_cm2 = fmax(of->area_cm2, 1e-9);
    return hypot(hypot(m->fat_noise_cm / sqrt(area_cm2), m->fat_calibration_sd),
                 BEHIND_SD * of->behind_cm2 / area_cm2);
}

typedef struct body_row {
    const char *level, *side, *quantity, *unit;
    double value, half;
    const char *refused, *remark, *mirrored;
} body_row;

static osarc_status add_row(const body *b, const body_row *what, osarc_error *err)
{
    osarc_finding row = dxa_row_blank(b->context, b->in->maps, b->scores);
    osi_row_note note = {0};
    row.site = "whole_body";
    row.level = what->level;
    row.side = what->side;
    row.quantity = what->quantity;
    row.unit = what->unit;
    row.value = what->value;
    if (what->refused && what->refused[0])
        return osi_row_refuse(b->findings, &row, what->refused, err);
    dxa_note_series(&note, b->context);
    osi_row_note_add(&note, 1, "%s", what->mirrored ? what->mirrored : "");
    osi_row_note_add(&note, 1, "%s", what->remark ? what->remark : "");
    /* how much an arm differs from the other one is not known */
    return osi_row_add(b->findings, &row, what->mirrored ? NAN : what->half, &note, err);
}

static osarc_status add_part(const body *b, const osarc_dxa_part *part, sums *out, osarc_error *err)
{
    const char *none = part->refused && part->refused[0] ? part->refused : NULL;
    masses m = {0, 0, 0, 0, 0};
    if (!none) {
        m = sum_part(b, part);
        none = m.area_cm2 > 0 ? NULL : "nothing of it is in the picture";
    }
    const osarc_dxa_maps *maps = b->in->maps;
    double total = m.lean_g + m.fat_g + m.bone_g;
    double sd = share_sd(maps, &m);
    const char *hidden = m.behind_cm2 > BEHIND_SHARE * m.area_cm2
                             ? "over half of it lies behind bone: its fat is told from what lies "
                               "beside"
                             : NULL;
    const char *soft = none ? none : maps->is_calibrated ? NULL : NO_CALIBRATION;
    const char *wide = fmax(maps->spacing_mm[0], maps->spacing_mm[1]) > FINE_MM
                           ? "up to 9 % off on synthetic bodies: bones end within pixels"
                           : NULL;
    const body_row rows[] = {
        {"", "", "lean_mass", "g", m.lean_g, OSI_Z_95 * sd * total, soft, hidden, NULL},
        {"", "", "fat_mass", "g", m.fat_g, OSI_Z_95 * sd * total, soft, hidden, NULL},
        {"", "", "bone_mass", "g", m.bone_g, NAN, none, wide, NULL},
        {"", "", "fat_percent", "1", m.fat_g / total, OSI_Z_95 * sd, soft, hidden, NULL}};
    osarc_status status = OSARC_OK;
    for (size_t i = 0; !status && i < sizeof(rows) / sizeof(rows[0]); i++) {
        body_row row = rows[i];
        row.level = part->level;
        row.side = part->side;
        row.mirrored = part->mirrored;
        status = add_row(b, &row, err);
    }
    *out = (sums){soft ? NAN : m.lean_g, sd * total, soft ? NAN : m.fat_g / total, sd};
    return status;
}

/* Limbs together; one that is missing is missing in all. */
static osarc_status add_appendicular(const body *b, double lean_g, double sd_g, const char *why,
                                     const char *mirrored, osarc_error *err)
{
    double alm_kg = lean_g / 1000;
    double square = b->in->height_m * b->in->height_m;
    double bmi = b->in->weight_kg / square;
    double half = OSI_Z_95 * sd_g / 1000;
    const char *no_height = isfinite(square) ? why : "height is not known";
    const char *no_weight = isfinite(bmi) ? why : "height or weight is not known";
    const body_row rows[] = {{"", "", "alm", "kg", alm_kg, half, why, NULL, mirrored},
                             {"", "", "alm_index", "kg/m2", alm_kg / square, half / square,
                              why[0] ? why : no_height, NULL, mirrored},
                             {"", "", "alm_bmi", "1", alm_kg / bmi, half / bmi,
                              why[0] ? why : no_weight, NULL, mirrored}};
    osarc_status status = OSARC_OK;
    for (size_t i = 0; !status && i < sizeof(rows) / sizeof(rows[0]); i++)
        status = add_row(b, &rows[i], err);
    return status;
}

/* What is off in both shares alike is counted as if it were not. */
static osarc_status add_ratio(const body *b, const sums *android, const sums *gynoid,
                              const char *why, osarc_error *err)
{
    double ratio = android->fat_share / gynoid->fat_share;
    double half =
        OSI_Z_95 * ratio *
        hypot(android->fat_share_sd / android->fat_share, gynoid->fat_share_sd / gynoid->fat_share);
    const body_row row = {"",
                          "",
                          "android_gynoid_ratio",
                          "1",
                          ratio,
                          half,
                          why               ? why
                          : isfinite(ratio) ? NULL
                                            : NO_CALIBRATION,
                          NULL,
                          NULL};
    return add_row(b, &row, err);
}

static const char *refused_of(const osarc_dxa_part *part)
{
    return part->refused && part->refused[0] ? part->refused : NULL;
}

osarc_status osarc_measure_dxa_body(osarc_findings *findings, const osarc_measure_context *context,
                                    const osarc_dxa_body_input *input,
                                    const osarc_dxa_scores *scores, osarc_error *err)
{
    if (!findings || !context || !input || !input->maps || !input->maps->bone_g_cm2 || !scores)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "findings, context, maps and scores are needed");
    body b = {findings, context, input, scores};
    const char *mirrored = NULL;
    const char *why = input->refused ? input->refused : "";
    const char *no_ratio = why[0] ? why : NULL;
    sums parts[2] = {{NAN, NAN, NAN, NAN}, {NAN, NAN, NAN, NAN}};
    sums sum;
    double limbs_g = 0;
    double sd_g = 0;
    int limbs = 0;
    int regions = 0;
    for (size_t i = 0; i < input->part_count && !mirrored; i++)
        mirrored = input->parts[i].mirrored && input->parts[i].mirrored[0]
                       ? input->parts[i].mirrored
                       : NULL;
    const osarc_dxa_part whole = {.level = "total",
                                  .side = "",
                                  .rows_mm = {NAN, NAN},
                                  .refused = input->refused_total,
                                  .mirrored = mirrored};
    const body_row density = {"total", "", "abmd", "g/cm2", NAN, NAN, NO_AREA, NULL, NULL};
    osarc_status status = add_part(&b, &whole, &sum, err);
    if (!status)
        status = add_row(&b, &density, err);
    for (size_t i = 0; !status && i < input->part_count; i++) {
        const osarc_dxa_part *part = &input->parts[i];
        int is_android = strcmp(part->level, "android") == 0;
        status = add_part(&b, part, &sum, err);
        if (is_android || strcmp(part->level, "gynoid") == 0) {
            regions++;
            parts[!is_android] = sum;
            no_ratio = no_ratio ? no_ratio : refused_of(part);
        }
        if (!part->is_limb)
            continue;
        limbs++;
        limbs_g += sum.lean_g;
        /* what the calibration is off by is the same in all: their deviations add up */
        sd_g += sum.lean_sd_g;
        if (isnan(sum.lean_g) && !why[0])
            why = refused_of(part) ? refused_of(part) : NO_CALIBRATION;
    }
    if (limbs == 0 && !why[0])
        why = "no limb was found";
    if (!status)
        status = add_appendicular(&b, limbs_g, sd_g, why, mirrored, err);
    return status || regions < 2 ? status : add_ratio(&b, &parts[0], &parts[1], no_ratio, err);
}
