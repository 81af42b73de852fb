/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ctxa_step.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osarc/report.h>

#include "hip_step.h"

static int is_refusal(osarc_status status)
{
    return status == OSARC_ERR_QUALITY || status == OSARC_ERR_UNSUPPORTED ||
           status == OSARC_ERR_GEOMETRY;
}

static osarc_status project(ctxa_step *step, osarc_hip_level *levels, const osarc_hip_input *base,
                            const ctxa_found *found, osarc_error *err)
{
    for (size_t i = 0; i < found->count && i < CTXA_MAX; i++) {
        osarc_hip_input in = *base;
        osarc_error why = OSARC_ERROR_INIT;
        in.femur = found->femurs[i];
        osarc_status status = osarc_hip_project(&step->projections[i], &in, &why);
        if (status && !is_refusal(status)) {
            if (err)
                *err = why;
            return status;
        }
        if (status)
            snprintf(step->refused[i], sizeof(step->refused[i]), "%s", why.text);
        levels[i] = (osarc_hip_level){in.femur, step->projections[i], step->refused[i]};
        step->count++;
    }
    return OSARC_OK;
}

static void take_score(ctxa_step *step, size_t index, int region, const osarc_finding *row)
{
    step->t_scores[index][region] = row->value;
    snprintf(step->compared[index], sizeof(step->compared[index]), "T: %s, %s", row->reference,
             row->basis);
}

/* For the picture, from the rows that were added. */
static void collect_scores(ctxa_step *step, const osarc_findings *findings, size_t first)
{
    for (size_t n = first; n < osarc_findings_count(findings); n++) {
        const osarc_finding *row = osarc_findings_at(findings, n);
        if (strcmp(row->quantity, "t_score") != 0 || row->quality == OSARC_QUALITY_REFUSED)
            continue;
        for (size_t i = 0; i < step->count; i++) {
            const osarc_hip_projection *p = step->projections[i];
            for (int r = 0; p && r < OSARC_HIP_REGION_COUNT; r++)
                if (strcmp(row->side, osarc_side_name(p->side)) == 0 &&
                    strcmp(row->level, osarc_hip_region_name((osarc_hip_region) r)) == 0)
                    take_score(step, i, r, row);
        }
    }
}

osarc_status ctxa_step_run(ctxa_step *out, osarc_findings *findings, const osarc_image *image,
                           const osarc_mask *tissue, const ctxa_found *found, double noise_sd_hu,
                           const series_bone *bone, const run_given *given,
                           const series_result *result, const char *warnings,
                           const osarc_run_options *options, osarc_error *err)
{
    osarc_hip_level levels[CTXA_MAX] = {{0}};
    const osarc_measure_context context = {result->case_id, &result->acquisition, warnings};
    const osarc_hip_input base = {.image = image,
                                  .tissue = tissue,
                                  .codes = found->codes,
                                  .calibration = &bone->scale.calibration,
                                  .noise_sd_hu = noise_sd_hu};
    memset(out, 0, sizeof(*out));
    for (size_t i = 0; i < CTXA_MAX; i++)
        for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++)
            out->t_scores[i][r] = NAN;
    osarc_bmd_equation own[CONVERSION_MAX];
    size_t own_count = conversion_select(own, &given->conversions, bone->scale.calibration.basis);
    osarc_status status = project(out, levels, &base, found, err);
    if (status)
        return status;
    const osarc_hip_rows rows = {
        .levels = levels,
        .level_count = out->count,
        .calibration = &bone->scale.calibration,
        .calibration_refused = bone->scale.refused,
        .calibration_warnings = bone->scale_warnings,
        .hips_refused = found->refused,
        .blood_read = isfinite(bone->samples.blood_hu),
        .blood_enhanced = bone->samples.blood_enhanced,
        .accept_contrast = options->accept_contrast,
        .person = osarc_patient_facts_of(given->clinical, &result->acquisition).person,
        .references = given->references,
        .conversions = own,
        .conversion_count = own_count,
    };
    size_t first = osarc_findings_count(findings);
    status = osarc_measure_hips(findings, &context, &rows, err);
    collect_scores(out, findings, first);
    return status;
}

/* Texts and lines of a panel. */
typedef struct panel_text {
    osarc_hip_line lines[OSARC_HIP_REGION_COUNT];
    char heading[32];
    char notes[3][256];
} panel_text;

static void fill_lines(panel_text *text, const osarc_hip_projection *p, const double *t_scores)
{
    for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++) {
        const osarc_hip_values *v = &p->values[r];
        int refused = v->refused[0] != 0;
        text->lines[r] = (osarc_hip_line){.name = osarc_hip_region_name((osarc_hip_region) r),
                                          .area_cm2 = refused ? NAN : v->area_cm2.value,
                                          .bmc_g = refused ? NAN : v->bmc_g.value,
                                          .abmd_g_cm2 = refused ? NAN : v->abmd_g_cm2.value,
                                          .t_score = refused ? NAN : t_scores[r]};
    }
}

static void fill_axes(osarc_hip_panel *panel, const osarc_hip_projection *p)
{
    const double over[2] = {p->neck_way[1], -p->neck_way[0]};
    double reach = hypot(p->cross_mm[0] - p->neck_from_mm[0], p->cross_mm[1] - p->neck_from_mm[1]);
    const double ends[2] = {-p->head_radius_mm, reach};
    for (int e = 0; e < 2; e++)
        for (int d = 0; d < 2; d++)
            panel->neck_mm[e][d] = p->neck_from_mm[d] + ends[e] * p->neck_way[d];
    memcpy(panel->shaft_mm[0], p->cross_mm, sizeof(panel->shaft_mm[0]));
    panel->shaft_mm[1][1] = p->origin_mm[1];
    /* down and up at one end, up and down at the other */
    static const int END[4] = {0, 0, 1, 1};
    static const int WAY[4] = {-1, 1, 1, -1};
    for (int c = 0; c < 4; c++)
        for (int d = 0; d < 2; d++)
            panel->box_mm[c][d] = p->neck_from_mm[d] + p->box_mm[END[c]] * p->neck_way[d] +
                                  WAY[c] * p->box_half_mm[WAY[c] > 0] * over[d];
}

static void fill_panel(osarc_hip_panel *panel, panel_text *text, const ctxa_step *step,
                       size_t index, const char *basis)
{
    const osarc_hip_projection *p = step->projections[index];
    fill_lines(text, p, step->t_scores[index]);
    snprintf(text->heading, sizeof(text->heading), "%s", hip_step_title(p->side));
    snprintf(text->notes[0], sizeof(text->notes[0]), "ctxa, %s, mineral as %s",
             osarc_neck_rule_name(p->neck), basis);
    snprintf(text->notes[1], sizeof(text->notes[1]), "%s", step->compared[index]);
    for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++)
        if (p->values[r].refused[0])
            snprintf(text->notes[2], sizeof(text->notes[2]), "%s: %s",
                     osarc_hip_region_name((osarc_hip_region) r), p->values[r].refused);
    *panel = (osarc_hip_panel){.size = {p->size[0], p->size[1]},
                               .pixel_mm = p->pixel_mm,
                               .origin_mm = {p->origin_mm[0], p->origin_mm[1]},
                               .g_cm2 = p->g_cm2,
                               .labels = p->labels,
                               .is_left = p->side == OSARC_SIDE_LEFT,
                               .heading = text->heading,
                               .head_mm = {p->head_mm[0], p->head_mm[1]},
                               .head_radius_mm = p->head_radius_mm,
                               .lines = text->lines,
                               .line_count = OSARC_HIP_REGION_COUNT,
                               .notes = {text->notes[0], text->notes[1], text->notes[2]}};
    fill_axes(panel, p);
}

osarc_status ctxa_step_image(const ctxa_step *step, const char *basis, size_t number,
                             out_folder *out, int threads, osarc_error *err)
{
    osarc_hip_panel panels[CTXA_MAX];
    panel_text texts[CTXA_MAX];
    char title[48];
    size_t count = 0;
    memset(texts, 0, sizeof(texts));
    /* the patient's right is on the left, as the patient faces the reader */
    for (int left = 0; left <= 1; left++)
        for (size_t i = 0; i < step->count; i++) {
            const osarc_hip_projection *p = step->projections[i];
            if (!p || !p->g_cm2 || (p->side == OSARC_SIDE_LEFT) != left)
                continue;
            fill_panel(&panels[count], &texts[count], step, i, basis);
            count++;
        }
    if (!count)
        return OSARC_OK;
    snprintf(title, sizeof(title), "series %zu, hip projected from CT", number);
    const char *path = out_path(out, err, "images/%zu_hip.png", number);
    return path ? osarc_report_hip_png(panels, count, title, path, threads, err) : OSARC_ERR_MEMORY;
}

void ctxa_step_free(ctxa_step *step)
{
    for (size_t i = 0; i < CTXA_MAX; i++)
        osarc_hip_projection_free(step->projections[i]);
    memset(step, 0, sizeof(*step));
}
