/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/measure_forearm.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "dxa.h"

#define REGIONS     OSARC_FOREARM_REGION_COUNT
#define PLACED_MM   1.0 /* what the tip of the ulna is known to */
#define METAL_G_CM2 2.5 /* 2 cm of bone without a pore would be under it */
#define METAL_MM2   2.0 /* so much of it, and no noise */
#define METAL_MM    5.0 /* of bone beyond a region, that metal spoils it from */
#define GAP_MM2     2.0 /* of bone that was not measured, within METAL_MM */

typedef struct forearm {
    osarc_findings *findings;
    const osarc_measure_context *context;
    const osarc_dxa_forearm_input *in;
    const osarc_dxa_scores *scores;
    osarc_dxa_bone found[REGIONS];
    osarc_dxa_bone placement[REGIONS]; /* halves, of what moving the tip does */
    char refused[REGIONS][200];        /* "": measured */
} forearm;

static int has(const char *text)
{
    return text && text[0];
}

static double distance_mm(const osarc_dxa_forearm_input *in, size_t i)
{
    const osarc_dxa_maps *m = in->maps;
    size_t row = i / m->columns;
    double x = (double) (i % m->columns) * m->spacing_mm[0] - in->tip_mm[0];
    double y = (double) row * m->spacing_mm[1] - in->tip_mm[1];
    return x * in->way[0] + y * in->way[1];
}

/* The radius cut into regions again, the tip moved to the elbow. */
static void move(uint8_t *out, const forearm *f, double by_mm)
{
    const osarc_dxa_maps *m = f->in->maps;
    double ends[REGIONS][2];
    for (int r = 0; r < REGIONS; r++)
        osarc_forearm_region_ends(ends[r], (osarc_forearm_region) r, f->in->forearm_mm);
    for (size_t i = 0; i < m->columns * m->rows; i++) {
        out[i] = f->in->labels[i];
        if (out[i] < 1 || out[i] > OSARC_DXA_LABEL_RADIUS)
            continue;
        double t = distance_mm(f->in, i) - by_mm;
        out[i] = OSARC_DXA_LABEL_RADIUS;
        for (int r = 0; r < REGIONS; r++)
            if (!f->refused[r][0] && t >= ends[r][0] && t < ends[r][1])
                out[i] = (uint8_t) (1 + r);
    }
}

/* Each region; `why` is set for those that have no value. */
static osarc_status measure_all(osarc_dxa_bone *out, char (*why)[200], const forearm *f,
                                const uint8_t *labels, osarc_error *err)
{
    for (int r = 0; r < REGIONS; r++) {
        osarc_error cause = OSARC_ERROR_INIT;
        if (f->refused[r][0])
            continue;
        osarc_status status =
            osarc_dxa_bone_measure(&out[r], f->in->maps, labels, (uint8_t) (1 + r), &cause);
        if (status && status != OSARC_ERR_QUALITY)
            return osi_fail(err, status, "%s", cause.text);
        if (status && why)
            snprintf(why[r], sizeof(why[r]), "not whole in the picture: %.120s", cause.text);
    }
    return OSARC_OK;
}

/* Values, and half of what they move by with the tip. */
static osarc_status find_values(forearm *f, osarc_error *err)
{
    const osarc_dxa_maps *m = f->in->maps;
    osarc_dxa_bone moved[2][REGIONS];
    uint8_t *labels = osi_alloc_raw(m->columns * m->rows, 1, err);
    if (!labels)
        return OSARC_ERR_MEMORY;
    move(labels, f, 0);
    osarc_status status = measure_all(f->found, f->refused, f, labels, err);
    for (int k = 0; k < 2 && !status; k++) {
        memcpy(moved[k], f->found, sizeof(f->found));
        move(labels, f, k ? PLACED_MM : -PLACED_MM);
        status = measure_all(moved[k], NULL, f, labels, err);
    }
    for (int r = 0; r < REGIONS && !status; r++) {
        const osarc_dxa_bone *a = &moved[0][r];
        const osarc_dxa_bone *b = &moved[1][r];
        f->placement[r].bmc_half_g = fabs(a->bmc_g - b->bmc_g) / 2;
        f->placement[r].area_half_cm2 = fabs(a->area_cm2 - b->area_cm2) / 2;
        f->placement[r].abmd_half_g_cm2 = fabs(a->abmd_g_cm2 - b->abmd_g_cm2) / 2;
    }
    osi_free(labels);
    return status;
}

/* 1 when a pixel that was not measured lies in bone: most of its neighbours are. */
static int is_gap(const forearm *f, size_t i)
{
    const osarc_dxa_maps *m = f->in->maps;
    const uint8_t *labels = f->in->labels;
    size_t x = i % m->columns;
    if (!m->pixels || m->pixels[i] != OSARC_DXA_NOTHING)
        return 0;
    /* to both sides along the row, past others of its kind */
    size_t left = i;
    size_t right = i;
    while (left > i - x && m->pixels[left] == OSARC_DXA_NOTHING)
        left--;
    while (right + 1 < i - x + m->columns && m->pixels[right] == OSARC_DXA_NOTHING)
        right++;
    return labels[i] || labels[left] || labels[right];
}

/* Regions with metal in their bone or in that beside them, which takes the soft tissue away that
 * mineral is told from; and those with bone that lets no photon pass. */
static void find_metal(forearm *f)
{
    const osarc_dxa_maps *m = f->in->maps;
    double pixel_mm2 = m->spacing_mm[0] * m->spacing_mm[1];
    double dense[REGIONS] = {0};
    double gaps[REGIONS] = {0};
    double ends[REGIONS][2];
    for (int r = 0; r < REGIONS; r++)
        osarc_forearm_region_ends(ends[r], (osarc_forearm_region) r, f->in->forearm_mm);
    for (size_t i = 0; i < m->columns * m->rows; i++) {
        int is_dense = m->bone_g_cm2[i] > (float) METAL_G_CM2;
        int is_missing = is_gap(f, i);
        if (!is_dense && !is_missing)
            continue;
        double t = distance_mm(f->in, i);
        for (int r = 0; r < REGIONS; r++)
            if (t >= ends[r][0] - METAL_MM && t <= ends[r][1] + METAL_MM) {
                dense[r] += is_dense ? pixel_mm2 : 0;
                gaps[r] += is_missing ? pixel_mm2 : 0;
            }
    }
    for (int r = 0; r < REGIONS; r++) {
        if (f->refused[r][0])
            continue;
        if (dense[r] > METAL_MM2)
            snprintf(f->refused[r], sizeof(f->refused[r]),
                     "denser than any bone (%s g/cm2): metal lies in it or beside it",
                     osi_short(METAL_G_CM2, 1).text);
        else if (gaps[r] > GAP_MM2)
            snprintf(f->refused[r], sizeof(f->refused[r]),
                     "%s mm2 of bone in it or beside it were not measured: metal may lie there",
                     osi_short(gaps[r], 0).text);
    }
}

static osarc_finding start(const forearm *f, osarc_forearm_region region, const char *quantity,
                           const char *unit)
{
    osarc_finding row = dxa_row_blank(f->context, f->in->maps, f->scores);
    row.site = "forearm";
    row.level = osarc_forearm_region_name(region);
    row.side = f->in->side;
    row.quantity = quantity;
    row.unit = unit;
    return row;
}

static void note_forearm(osi_row_note *note, const forearm *f, osarc_forearm_region region)
{
    dxa_note_series(note, f->context);
    if (!f->in->side[0])
        osi_row_note_add(note, 1, "the side is not known");
    if (region == OSARC_FOREARM_ULTRADISTAL)
        osi_row_note_add(
            note, 1,
            "placed %s to %s mm from the tip of the ulna: makers place it by the end "
            "of the radius",
            osi_short(OSARC_FOREARM_ULTRADISTAL_FROM_MM, 0).text,
            osi_short(OSARC_FOREARM_ULTRADISTAL_FROM_MM + OSARC_FOREARM_ULTRADISTAL_MM, 0).text);
    else
        osi_row_note_add(note, 0, "by a forearm of %s mm, as stated",
                         osi_short(f->in->forearm_mm, 1).text);
}

static osarc_status add_region(const forearm *f, osarc_forearm_region region, osarc_error *err)
{
    osi_row_note note = {0};
    note_forearm(&note, f, region);
    const dxa_region what = {.row = start(f, region, "", ""),
                             .found = &f->found[region],
                             .placement = &f->placement[region],
                             .refused = f->refused[region],
                             .note = &note};
    return dxa_add_region(f->findings, f->in->maps, &what, err);
}

/* Only the 33 % region is for diagnosis. */
static osarc_status add_score(const forearm *f, osarc_error *err)
{
    const osarc_forearm_region third = OSARC_FOREARM_THIRD;
    const dxa_scored what = {.site = "forearm",
                             .level = osarc_forearm_region_name(third),
                             .side = f->in->side,
                             .bmd_site = OSARC_BMD_RADIUS_33,
                             .abmd_g_cm2 = f->found[third].abmd_g_cm2,
                             .abmd_half_g_cm2 = hypot(f->found[third].abmd_half_g_cm2,
                                                      f->placement[third].abmd_half_g_cm2),
                             .remark = f->in->side[0] ? "" : "the side is not known",
                             .remark_warns = 1};
    osarc_finding row = start(f, third, "t_score", "1");
    if (f->refused[third][0])
        return osi_row_refuse(f->findings, &row, f->refused[third], err);
    return dxa_add_score(f->findings, f->context, f->in->maps, f->scores, &what, err);
}

osarc_status osarc_measure_dxa_forearm(osarc_findings *findings,
                                       const osarc_measure_context *context,
                                       const osarc_dxa_forearm_input *input,
                                       const osarc_dxa_scores *scores, osarc_error *err)
{
    static const osarc_forearm_region ORDER[REGIONS] = {OSARC_FOREARM_THIRD, OSARC_FOREARM_MID,
                                                        OSARC_FOREARM_ULTRADISTAL};
    if (!findings || !context || !input || !input->maps || !input->maps->bone_g_cm2 || !scores ||
        !input->side)
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "findings, context, maps, a side and scores are needed");
    forearm f = {.findings = findings, .context = context, .in = input, .scores = scores};
    osarc_status status = OSARC_OK;
    int is_there = input->labels && !has(input->refused);
    for (int r = 0; r < REGIONS; r++) {
        const char *why = is_there              ? input->refused_region[r]
                          : has(input->refused) ? input->refused
                                                : "no forearm was found";
        snprintf(f.refused[r], sizeof(f.refused[r]), "%s", has(why) ? why : "");
        if (!f.refused[r][0] && r != OSARC_FOREARM_ULTRADISTAL && !isfinite(input->forearm_mm))
            snprintf(f.refused[r], sizeof(f.refused[r]), "the length of the forearm is not known");
    }
    if (is_there) {
        find_metal(&f);
        status = find_values(&f, err);
    }
    for (int i = 0; i < REGIONS && !status; i++)
        status = add_region(&f, ORDER[i], err);
    return status ? status : add_score(&f, err);
}
