/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_picture_step.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osarc/dxa_regions.h>
#include <osarc/hip_region.h>
#include <osarc/report.h>
#include <osarc/vertebra.h>
#include <osi/alloc.h>
#include <osi/text.h>

#include "dxa_lines_file.h"
#include "dxa_report_step.h"

#define METHOD     "picture-outline"
#define BODY_GREY  8.0 /* of 255: darker is air */
#define SHARE_MOST 0.99
#define AREA_APART 0.1 /* of an area: more than makers' outlines of one region differ */

/* One picture, from its levels to what is found in it. */
typedef struct picture {
    osarc_dxa_grey grey;
    osarc_dxa_picture map;
    uint8_t *labels; /* borrowed from what was found */
    osarc_label names[8];
    size_t named;
    osarc_dxa_spine spine;
    osarc_dxa_femur femur;
    osarc_dxa_body body;
    char refused[200];
    char warning[200];
    size_t rows; /* of the findings, that have a value */
} picture;

/* What goes into every row. */
typedef struct rows {
    osarc_findings *findings;
    const osarc_series *series;
    const char *case_id;
    picture *p;
    const osarc_catalogue *catalogue;
} rows;

/* Beside an area that was drawn the one that the report states: the same region, or not. */
static osarc_status compare_area(char *out, size_t room, const rows *r, const char *site,
                                 const char *level, const char *side, double area_cm2,
                                 osarc_error *err)
{
    double stated;
    osarc_status status = dxa_report_states(&stated, r->catalogue, &r->series->acquisition,
                                            "bone_area", site, level, side, err);
    out[0] = '\0';
    if (status || !(stated > 0))
        return status;
    double share = area_cm2 / stated - 1;
    snprintf(out, room, "; the report of this study states %.1f cm2, this is %.0f %% %s%s", stated,
             100 * fabs(share), share < 0 ? "less" : "more",
             fabs(share) > AREA_APART ? ": regions or pixels are not the report's" : "");
    return OSARC_OK;
}

static osarc_status add(const rows *r, const char *site, const char *level, const char *side,
                        const char *quantity, double value, const char *unit, const char *why,
                        osarc_error *err)
{
    const osarc_acquisition *a = &r->series->acquisition;
    char note[560];
    char compared[128] = "";
    int refused = !isfinite(value);
    if (!refused && strcmp(quantity, "bone_area") == 0) {
        osarc_status status =
            compare_area(compared, sizeof(compared), r, site, level, side, value, err);
        if (status)
            return status;
    }
    snprintf(note, sizeof(note), "%s%s%s%s",
             refused ? why : "size of an outline in a finished picture", compared,
             !refused && r->p->warning[0] ? "; " : "", refused ? "" : r->p->warning);
    osarc_finding row = {.case_id = r->case_id,
                         .patient_id = a->patient_id,
                         .study_uid = a->study_uid,
                         .series_uid = a->series_uid,
                         .modality = a->modality,
                         .site = site,
                         .level = level,
                         .side = side,
                         .quantity = quantity,
                         .value = refused ? NAN : value,
                         .unit = unit,
                         .ci_low = NAN,
                         .ci_high = NAN,
                         .method = METHOD,
                         .quality = refused ? OSARC_QUALITY_REFUSED : OSARC_QUALITY_WARNING,
                         .note = note};
    r->p->rows += !refused;
    return osarc_findings_add(r->findings, &row, err);
}

static osarc_status refuse_number(const rows *r, const char *site, const char *level,
                                  const char *side, const char *quantity, osarc_error *err)
{
    char why[400];
    const char *part = !strcmp(quantity, "alm") ? "" : level;
    double stated;
    osarc_status status = dxa_report_states(&stated, r->catalogue, &r->series->acquisition,
                                            quantity, site, part, side, err);
    if (status)
        return status;
    snprintf(why, sizeof(why), "%s%s", r->series->text,
             isfinite(stated) ? "; the report of this study states it: see the row of method report"
                              : "");
    return add(r, site, level, side, quantity, NAN, "", why, err);
}

/* Densities of a place, refused. */
static osarc_status refuse_density(const rows *r, const char *site, const char *level,
                                   const char *side, osarc_error *err)
{
    osarc_status status = refuse_number(r, site, level, side, "abmd", err);
    return status ? status : refuse_number(r, site, level, side, "bmc", err);
}

static double area_cm2(const picture *p, uint8_t label)
{
    size_t n = 0;
    for (size_t i = 0; p->labels && i < p->map.columns * p->map.rows; i++)
        n += p->labels[i] == label;
    return (double) n * p->map.spacing_mm[0] * p->map.spacing_mm[1] / 100;
}

static void name(picture *p, uint8_t label, const char *text)
{
    if (p->named < sizeof(p->names) / sizeof(p->names[0]))
        p->names[p->named++] = (osarc_label){label, text};
}

static osarc_status measure_spine(const rows *r, osarc_error *err)
{
    picture *p = r->p;
    osarc_status status = osarc_dxa_spine_find(&p->spine, &p->map, err);
    if (status)
        return status;
    p->labels = p->spine.labels;
    osi_text_copy(p->refused, sizeof(p->refused), p->spine.refused);
    osi_text_copy(p->warning, sizeof(p->warning), p->spine.warning);
    double sum = 0;
    int lumbar = 0;
    for (size_t i = 0; i < p->spine.count && !status; i++) {
        const osarc_dxa_vertebra *v = &p->spine.vertebrae[i];
        if (!v->label)
            continue;
        double area = area_cm2(p, v->label);
        const char *level = osarc_vertebra_name(v->label);
        name(p, v->label, level);
        status = add(r, level[0] == 'T' ? "thoracic" : "lumbar", level, "", "bone_area", area,
                     "cm2", "", err);
        if (level[0] == 'L' && level[1] >= '1' && level[1] <= '4') {
            sum += area;
            lumbar++;
        }
    }
    if (!status)
        status = add(r, "lumbar", "L1-L4", "", "bone_area", lumbar == 4 ? sum : NAN, "cm2",
                     p->refused[0] ? p->refused : "L1 to L4 are not all whole in view", err);
    return status ? status : refuse_density(r, "lumbar", "L1-L4", "", err);
}

static osarc_status measure_femur(const rows *r, osarc_side side, osarc_error *err)
{
    picture *p = r->p;
    const char *word = side == OSARC_SIDE_LEFT ? "left" : "right";
    osarc_dxa_femur *f = &p->femur;
    osarc_status status = osarc_dxa_femur_find(f, &p->map, err);
    if (status)
        return status;
    osi_text_copy(p->warning, sizeof(p->warning), f->warning);
    osi_text_copy(p->refused, sizeof(p->refused), f->refused);
    if (!p->refused[0] && f->side != side)
        snprintf(p->refused, sizeof(p->refused),
                 "the protocol says %s, the neck leaves the shaft as on the other side", word);
    int good = !p->refused[0];
    int whole = good && !f->refused_total[0];
    const char *why = good ? f->refused_total : p->refused;
    p->labels = good ? f->labels : NULL;
    double parts[3];
    for (int i = 0; i < 3; i++) {
        parts[i] = area_cm2(p, (uint8_t) (OSARC_DXA_FEMUR_NECK + i));
        int there = i == 0 ? good : whole;
        if (there)
            name(p, (uint8_t) (OSARC_DXA_FEMUR_NECK + i),
                 osarc_hip_region_name((osarc_hip_region) (OSARC_HIP_NECK + i)));
        if (!status)
            status = add(r, "femur", osarc_hip_region_name((osarc_hip_region) (OSARC_HIP_NECK + i)),
                         word, "bone_area", there ? parts[i] : NAN, "cm2", why, err);
    }
    if (!status)
        status = add(r, "femur", "total", word, "bone_area",
                     whole ? parts[0] + parts[1] + parts[2] : NAN, "cm2", why, err);
    if (!status)
        status =
            add(r, "femur", "neck", word, "width", good ? f->neck_width_mm : NAN, "mm", why, err);
    if (!status)
        status = add(r, "femur", "neck", word, "neck_shaft_angle", good ? f->neck_shaft_deg : NAN,
                     "deg", why, err);
    if (!status)
        status = refuse_density(r, "femur", "neck", word, err);
    return status ? status : refuse_density(r, "femur", "total", word, err);
}

static osarc_status measure_body(const rows *r, osarc_error *err)
{
    static const struct {
        const char *level, *side;
        int arm; /* 1 + its index; 0: no arm */
        uint8_t label;
    } PARTS[] = {
        {"head", "", 0, OSARC_DXA_BODY_HEAD},        {"trunk", "", 0, OSARC_DXA_BODY_TRUNK},
        {"arm", "left", 2, OSARC_DXA_BODY_ARM_LEFT}, {"arm", "right", 1, OSARC_DXA_BODY_ARM_RIGHT},
        {"leg", "left", 0, OSARC_DXA_BODY_LEG_LEFT}, {"leg", "right", 0, OSARC_DXA_BODY_LEG_RIGHT}};
    static const char *const MASSES[] = {"lean_mass", "fat_mass", "alm"};
    picture *p = r->p;
    size_t count = p->map.columns * p->map.rows;
    uint8_t *is_body = osi_alloc(count, 1, err);
    if (!is_body)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < count; i++)
        is_body[i] = p->map.bone[i] > (float) BODY_GREY;
    osarc_status status = osarc_dxa_body_find(&p->body, &p->map, is_body, err);
    osi_free(is_body);
    if (status)
        return status;
    p->labels = p->body.labels;
    osi_text_copy(p->refused, sizeof(p->refused), p->body.refused);
    osi_text_copy(p->warning, sizeof(p->warning), p->body.warning);
    for (size_t i = 0; i < sizeof(PARTS) / sizeof(PARTS[0]) && !status; i++) {
        const char *why = p->refused;
        int arm = PARTS[i].arm - 1;
        if (!why[0] && arm >= 0)
            why = p->body.refused_arm[arm];
        if (!why[0] && arm >= 0 && p->body.arm_is_cut[arm])
            why = "the picture's edge cuts the arm";
        int side = PARTS[i].label == OSARC_DXA_BODY_LEG_LEFT;
        int is_leg =
            PARTS[i].label == OSARC_DXA_BODY_LEG_LEFT || PARTS[i].label == OSARC_DXA_BODY_LEG_RIGHT;
        if (!why[0] && ((is_leg && p->body.feet_are_cut) ||
                        (PARTS[i].label == OSARC_DXA_BODY_HEAD && p->body.crown_is_cut)))
            why = "the picture's edge cuts it";
        if (!why[0] && ((is_leg && p->body.refused_arm[side][0]) ||
                        (PARTS[i].label == OSARC_DXA_BODY_TRUNK &&
                         (p->body.refused_arm[0][0] || p->body.refused_arm[1][0]))))
            why = "it holds an arm that no gap parts from it";
        if (!why[0] && PARTS[i].side[0] && !p->grey.sides_stated)
            why = "the header does not say which side is the left one";
        if (!why[0])
            name(p, PARTS[i].label, PARTS[i].level);
        status = add(r, "whole_body", PARTS[i].level, PARTS[i].side, "projected_area",
                     why[0] ? NAN : area_cm2(p, PARTS[i].label), "cm2", why, err);
    }
    for (size_t i = 0; i < 3 && !status; i++)
        status = refuse_number(r, "whole_body", "total", "", MASSES[i], err);
    return status;
}

static osarc_status measure_view(const rows *r, osarc_error *err)
{
    switch (r->p->grey.view) {
    case OSARC_DXA_VIEW_SPINE:
        return measure_spine(r, err);
    case OSARC_DXA_VIEW_FEMUR_LEFT:
        return measure_femur(r, OSARC_SIDE_LEFT, err);
    case OSARC_DXA_VIEW_FEMUR_RIGHT:
        return measure_femur(r, OSARC_SIDE_RIGHT, err);
    default:
        return measure_body(r, err);
    }
}

static int is_measured(osarc_dxa_view view)
{
    return view == OSARC_DXA_VIEW_SPINE || view == OSARC_DXA_VIEW_FEMUR_LEFT ||
           view == OSARC_DXA_VIEW_FEMUR_RIGHT || view == OSARC_DXA_VIEW_WHOLE_BODY;
}

/* How far the brightest stand out over what is usual: bone does in a picture of bone, not in one of
 * soft tissue. */
static double sharpness(const osarc_dxa_grey *grey)
{
    size_t levels[256] = {0};
    size_t body = 0;
    for (size_t i = 0; i < grey->columns * grey->rows; i++) {
        double v = grey->values[i];
        if (v > BODY_GREY) {
            levels[(size_t) fmin(v, 255)]++;
            body++;
        }
    }
    size_t seen = 0;
    double middle = 0;
    for (int v = 0; v < 256; v++) {
        seen += levels[v];
        if (middle <= 0 && seen * 2 >= body)
            middle = v;
        if ((double) seen >= SHARE_MOST * (double) body)
            return middle > 0 ? v / middle : 0;
    }
    return 0;
}

/* Of several pictures of one scan the one of bone. */
static osarc_status read_best(osarc_dxa_grey *best, osarc_catalogue *catalogue, size_t series,
                              osarc_error *err)
{
    osarc_status status = OSARC_OK;
    double most = -1;
    for (size_t i = 0; i < osarc_catalogue_input_count(catalogue) && !status; i++) {
        osarc_dxa_grey grey;
        if (osarc_catalogue_input(catalogue, i)->series != series)
            continue;
        status = osarc_dxa_grey_read(&grey, catalogue, i, err);
        double sharp = status ? 0 : sharpness(&grey);
        if (!status && sharp > most) {
            osarc_dxa_grey_free(best);
            *best = grey;
            most = sharp;
        } else if (!status) {
            osarc_dxa_grey_free(&grey);
        }
    }
    return status;
}

static osarc_status write_picture(const picture *p, size_t number, out_folder *out,
                                  osarc_error *err)
{
    char title[64];
    osarc_dxa_panel panels[2] = {{.caption = "as stored",
                                  .values = p->map.bone,
                                  .columns = p->map.columns,
                                  .rows = p->map.rows,
                                  .spacing_mm = {p->map.spacing_mm[0], p->map.spacing_mm[1]},
                                  .low = 0,
                                  .high = 255}};
    panels[1] = panels[0];
    panels[1].caption = "regions; no density";
    panels[1].labels = p->labels;
    panels[1].names = p->names;
    panels[1].name_count = p->named;
    const osarc_dxa_band bands[] = {
        {"android", {p->body.android_mm[0], p->body.android_mm[1]}, 1u << OSARC_DXA_BODY_TRUNK},
        {"gynoid",
         {p->body.gynoid_mm[0], p->body.gynoid_mm[1]},
         1u << OSARC_DXA_BODY_TRUNK | 1u << OSARC_DXA_BODY_LEG_LEFT |
             1u << OSARC_DXA_BODY_LEG_RIGHT}};
    if (p->body.labels) {
        panels[1].bands = bands;
        panels[1].band_count = sizeof(bands) / sizeof(bands[0]);
    }
    snprintf(title, sizeof(title), "series %zu, finished picture", number);
    const char *path = out_path(out, err, "images/%zu_dxa.png", number);
    if (!path)
        return OSARC_ERR_MEMORY;
    const dxa_lines lines = {&p->spine, &p->femur, &p->body};
    osarc_status status = osarc_report_dxa_png(panels, 2, title, 1, path, err);
    /* no font, or too large to draw: the numbers stand without it */
    if (status && status != OSARC_ERR_UNSUPPORTED && status != OSARC_ERR_ARGUMENT)
        return status;
    path = out_path(out, err, "masks/%zu_cut_lines.json", number);
    return path ? dxa_lines_write(&lines, &p->map, path, err) : OSARC_ERR_MEMORY;
}

/* A view whose regions cannot be looked for is refused; what else fails ends the run. */
static int is_fatal(osarc_status status)
{
    return status == OSARC_ERR_MEMORY || status == OSARC_ERR_IO || status == OSARC_ERR_INTERNAL;
}

osarc_status dxa_picture_measure(int *measured_out, series_result *result, osarc_findings *findings,
                                 osarc_catalogue *catalogue, size_t series, size_t number,
                                 out_folder *out, const osarc_run_options *options,
                                 osarc_error *err)
{
    (void) options;
    *measured_out = 0;
    const osarc_series *view = osarc_catalogue_series(catalogue, series);
    picture p = {.grey = {.values = NULL}};
    osarc_error why = OSARC_ERROR_INIT;
    osarc_status status = read_best(&p.grey, catalogue, series, &why);
    if (status == OSARC_ERR_MEMORY) {
        if (err)
            *err = why;
        return status;
    }
    if (status || !p.grey.values || !is_measured(p.grey.view)) {
        osarc_dxa_grey_free(&p.grey);
        return OSARC_OK;
    }
    p.map = (osarc_dxa_picture){.bone = p.grey.values,
                                .columns = p.grey.columns,
                                .rows = p.grey.rows,
                                .spacing_mm = {p.grey.spacing_mm[0], p.grey.spacing_mm[1]},
                                .is_display = 1};
    rows r = {findings, view, result->case_id, &p, catalogue};
    *measured_out = 1;
    size_t before = osarc_findings_count(findings);
    status = measure_view(&r, &why);
    if (status && err)
        *err = why;
    if (status && !is_fatal(status) && osarc_findings_count(findings) == before) {
        snprintf(result->text, sizeof(result->text), "%s", why.text);
        *measured_out = 0;
        status = OSARC_OK;
    }
    /* a picture has the number of what was measured: without a row it has none */
    if (!status && p.rows)
        status = write_picture(&p, number, out, err);
    if (!status && p.rows) {
        result->acquisition = view->acquisition;
        result->number = number;
    }
    osarc_dxa_spine_free(&p.spine);
    osarc_dxa_femur_free(&p.femur);
    osarc_dxa_body_free(&p.body);
    osarc_dxa_grey_free(&p.grey);
    return status;
}
