/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osarc/hip_region.h>
#include <osi/alloc.h>
#include <osi/fail.h>

#define PARTS       3   /* regions that make up the total */
#define PLACED_MM   1.0 /* what box and lines are known to, as in hips seen by CT */
#define METAL_G_CM2 4.0 /* 3 cm of bone without a pore would be under it */
#define METAL_SHARE 0.01

typedef osarc_dxa_bone bones[OSARC_HIP_REGION_COUNT];

typedef struct femur {
    osarc_findings *findings;
    const osarc_measure_context *context;
    const osarc_dxa_femur_input *in;
    const osarc_dxa_scores *scores;
    bones found;
    bones placement;                           /* halves, of what moving box and lines does */
    char refused[OSARC_HIP_REGION_COUNT][200]; /* "": measured */
} femur;

static int has(const char *text)
{
    return text && text[0];
}

/* The three parts together: what the calibration leaves over is the same in all of them. */
static void join(osarc_dxa_bone *out, const osarc_dxa_bone *parts, const osarc_dxa_maps *maps)
{
    double noise_g = 0;
    double cal = OSI_Z_95 * maps->calibration_sd_g_cm2;
    memset(out, 0, sizeof(*out));
    for (int r = 0; r < PARTS; r++) {
        const osarc_dxa_bone *b = &parts[r];
        out->bmc_g += b->bmc_g;
        out->area_cm2 += b->area_cm2;
        out->area_half_cm2 = hypot(out->area_half_cm2, b->area_half_cm2);
        double own = sqrt(fmax(0, b->abmd_half_g_cm2 * b->abmd_half_g_cm2 - cal * cal));
        noise_g = hypot(noise_g, own * b->area_cm2);
    }
    out->abmd_g_cm2 = out->bmc_g / out->area_cm2;
    out->abmd_half_g_cm2 = hypot(noise_g / out->area_cm2, cal);
    out->bmc_half_g = hypot(noise_g, cal * out->area_cm2);
}

/* Each region; `why` of those that have no value. */
static osarc_status measure_all(bones out, char why[][200], const femur *f, const uint8_t *labels,
                                osarc_error *err)
{
    int missing = 0;
    for (int r = 0; r < PARTS; r++) {
        osarc_error cause = OSARC_ERROR_INIT;
        if (why && why[r][0])
            continue;
        osarc_status status =
            osarc_dxa_bone_measure(&out[r], f->in->maps, labels, (uint8_t) (1 + r), &cause);
        missing |= status != OSARC_OK;
        if (status && status != OSARC_ERR_QUALITY)
            return osi_fail(err, status, "%s", cause.text);
        if (status && why)
            snprintf(why[r], sizeof(why[r]), "not whole in the picture: %.120s", cause.text);
    }
    if (missing && why && !why[OSARC_HIP_TOTAL][0])
        snprintf(why[OSARC_HIP_TOTAL], sizeof(why[0]), "a part of it could not be measured");
    join(&out[OSARC_HIP_TOTAL], out, f->in->maps);
    return OSARC_OK;
}

/* Values, and half of what they move by, box and lines each moved either way. */
static osarc_status find_values(femur *f, osarc_error *err)
{
    static const double MOVES[][2] = {
        {PLACED_MM, 0}, {-PLACED_MM, 0}, {0, PLACED_MM}, {0, -PLACED_MM}};
    const osarc_dxa_maps *m = f->in->maps;
    bones least;
    bones most;
    bones moved;
    uint8_t *labels = osi_alloc_raw(m->columns * m->rows, 1, err);
    osarc_status status =
        labels ? osarc_dxa_femur_move(labels, f->in, 0, 0, err) : OSARC_ERR_MEMORY;
    if (!status)
        status = measure_all(f->found, f->refused, f, labels, err);
    memcpy(least, f->found, sizeof(least));
    memcpy(most, f->found, sizeof(most));
    for (size_t i = 0; !status && i < sizeof(MOVES) / sizeof(MOVES[0]); i++) {
        memcpy(moved, f->found, sizeof(moved));
        status = osarc_dxa_femur_move(labels, f->in, MOVES[i][0], MOVES[i][1], err);
        if (!status)
            status = measure_all(moved, NULL, f, labels, err);
        for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++) {
            least[r].bmc_g = fmin(least[r].bmc_g, moved[r].bmc_g);
            most[r].bmc_g = fmax(most[r].bmc_g, moved[r].bmc_g);
            least[r].area_cm2 = fmin(least[r].area_cm2, moved[r].area_cm2);
            most[r].area_cm2 = fmax(most[r].area_cm2, moved[r].area_cm2);
            least[r].abmd_g_cm2 = fmin(least[r].abmd_g_cm2, moved[r].abmd_g_cm2);
            most[r].abmd_g_cm2 = fmax(most[r].abmd_g_cm2, moved[r].abmd_g_cm2);
        }
    }
    for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++) {
        f->placement[r].bmc_half_g = (most[r].bmc_g - least[r].bmc_g) / 2;
        f->placement[r].area_half_cm2 = (most[r].area_cm2 - least[r].area_cm2) / 2;
        f->placement[r].abmd_half_g_cm2 = (most[r].abmd_g_cm2 - least[r].abmd_g_cm2) / 2;
    }
    osi_free(labels);
    return status;
}

/* Regions with metal in them. */
static void find_metal(femur *f)
{
    const osarc_dxa_maps *m = f->in->maps;
    size_t dense[PARTS] = {0};
    size_t count[PARTS] = {0};
    for (size_t i = 0; i < m->columns * m->rows; i++) {
        uint8_t label = f->in->labels[i];
        if (label < 1 || label > PARTS)
            continue;
        count[label - 1]++;
        dense[label - 1] += m->bone_g_cm2[i] > (float) METAL_G_CM2;
    }
    for (int r = 0; r < PARTS; r++)
        if ((double) dense[r] > METAL_SHARE * (double) count[r]) {
            snprintf(f->refused[r], sizeof(f->refused[r]),
                     "denser than any bone (%s g/cm2): metal lies in it",
                     osi_short(METAL_G_CM2, 0).text);
            snprintf(f->refused[OSARC_HIP_TOTAL], sizeof(f->refused[0]),
                     "metal lies in a part of it");
        }
}

static osarc_finding start(const femur *f, osarc_hip_region region, const char *quantity,
                           const char *unit)
{
    osarc_finding row = dxa_row_blank(f->context, f->in->maps, f->scores);
    row.site = "femur";
    row.level = osarc_hip_region_name(region);
    row.side = f->in->side;
    row.quantity = quantity;
    row.unit = unit;
    return row;
}

static void note_femur(osi_row_note *note, const femur *f)
{
    dxa_note_series(note, f->context);
    if (!f->in->side[0])
        osi_row_note_add(note, 1, "the side is not known");
}

static osarc_status add_region(const femur *f, osarc_hip_region region, osarc_error *err)
{
    osi_row_note note = {0};
    note_femur(&note, f);
    const dxa_region what = {.row = start(f, region, "", ""),
                             .found = &f->found[region],
                             .placement = &f->placement[region],
                             .refused = f->refused[region],
                             .note = &note};
    return dxa_add_region(f->findings, f->in->maps, &what, err);
}

static osarc_status add_shape(const femur *f, const char *quantity, const char *unit, double value,
                              osarc_error *err)
{
    osarc_finding row = start(f, OSARC_HIP_NECK, quantity, unit);
    osi_row_note note = {0};
    row.basis = "";
    row.value = value;
    if (has(f->in->refused) || !f->in->labels)
        return osi_row_refuse(f->findings, &row, f->refused[OSARC_HIP_NECK], err);
    if (isnan(value))
        return osi_row_refuse(f->findings, &row, "the neck's axis is not known", err);
    note_femur(&note, f);
    return osi_row_add(f->findings, &row, NAN, &note, err);
}

static osarc_status add_score(const femur *f, osarc_hip_region region, osarc_error *err)
{
    const osarc_dxa_bone *b = &f->found[region];
    const dxa_scored what = {
        .site = "femur",
        .level = osarc_hip_region_name(region),
        .side = f->in->side,
        .bmd_site = region == OSARC_HIP_NECK ? OSARC_BMD_FEMORAL_NECK : OSARC_BMD_TOTAL_HIP,
        .abmd_g_cm2 = b->abmd_g_cm2,
        .abmd_half_g_cm2 = hypot(b->abmd_half_g_cm2, f->placement[region].abmd_half_g_cm2),
        .remark = f->in->side[0] ? "" : "the side is not known",
        .remark_warns = 1};
    osarc_finding row = start(f, region, "t_score", "1");
    if (f->refused[region][0])
        return osi_row_refuse(f->findings, &row, f->refused[region], err);
    return dxa_add_score(f->findings, f->context, f->in->maps, f->scores, &what, err);
}

osarc_status osarc_measure_dxa_femur(osarc_findings *findings, const osarc_measure_context *context,
                                     const osarc_dxa_femur_input *input,
                                     const osarc_dxa_scores *scores, osarc_error *err)
{
    if (!findings || !context || !input || !input->maps || !input->maps->bone_g_cm2 || !scores ||
        !input->side)
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "findings, context, maps, a side and scores are needed");
    femur f = {.findings = findings, .context = context, .in = input, .scores = scores};
    osarc_status status = OSARC_OK;
    int is_there = input->labels && !has(input->refused);
    for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++) {
        const char *why = !is_there ? has(input->refused) ? input->refused : "no femur was found"
                          : r != OSARC_HIP_NECK ? input->refused_total
                                                : "";
        snprintf(f.refused[r], sizeof(f.refused[r]), "%s", has(why) ? why : "");
    }
    if (is_there) {
        find_metal(&f);
        status = find_values(&f, err);
    }
    for (int r = 0; r < OSARC_HIP_REGION_COUNT && !status; r++)
        status = add_region(&f, (osarc_hip_region) r, err);
    if (!status)
        status = add_shape(&f, "width", "mm", input->neck_width_mm, err);
    if (!status)
        status = add_shape(&f, "neck_shaft_angle", "deg", input->neck_shaft_deg, err);
    if (!status)
        status = add_score(&f, OSARC_HIP_NECK, err);
    return status ? status : add_score(&f, OSARC_HIP_TOTAL, err);
}
