/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hip_step.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osarc/report.h>
#include <osarc/spine.h>
#include <osi/alloc.h>

#define LABEL_HIP_LEFT  77
#define LABEL_HIP_RIGHT 78

static osarc_status find_heads(hip_step *step, osarc_error *err)
{
    step->count = osarc_hip_count(step->hip);
    for (size_t n = 0; n < step->count; n++) {
        osarc_error why = OSARC_ERROR_INIT;
        osarc_femur_level *level = &step->levels[n];
        level->femur = osarc_hip_at(step->hip, n);
        osarc_status status =
            osarc_hip_trabecular(&step->head[n], &level->head.count, step->hip, n, &why);
        if (status && status != OSARC_ERR_QUALITY) {
            if (err)
                *err = why;
            return status;
        }
        level->head.voxels = step->head[n];
        if (status) {
            snprintf(step->refused[n], HIP_REFUSAL, "%.*s", HIP_REFUSAL - 1, why.text);
            level->head.refused = step->refused[n];
        }
    }
    return OSARC_OK;
}

osarc_status hip_step_find(hip_step *out, const osarc_image *image, const osarc_mask *tissue,
                           series_result *result, const osarc_run_options *options,
                           osarc_error *err)
{
    const osarc_hip_options how = {.threads = options->threads};
    double last = now_seconds();
    memset(out, 0, sizeof(*out));
    osarc_status status = osarc_hip_find(&out->hip, image, tissue, result->notes, &how, err);
    if (!status)
        status = find_heads(out, err);
    result->seconds.hip = lap(&last);
    return status;
}

osarc_status hip_step_measure(const hip_step *step, osarc_findings *findings,
                              const osarc_image *image, const series_result *result,
                              const char *warnings, osarc_error *err)
{
    const osarc_measure_context context = {result->case_id, &result->acquisition, warnings};
    return osarc_measure_femurs(findings, &context, image, step->levels, step->count, err);
}

osarc_status hip_step_structures(osarc_mask **out, const hip_step *step,
                                 const osarc_mask *structures, const osarc_grid *grid,
                                 osarc_error *err)
{
    osarc_status status = osarc_mask_create(out, grid, err);
    if (status)
        return status;
    uint8_t *to = osarc_mask_fill(*out);
    size_t voxels = osarc_grid_count(grid);
    if (structures)
        memcpy(to, osarc_mask_labels(structures), voxels);
    if (step->count == 0)
        return OSARC_OK;
    const uint8_t *codes = osarc_mask_labels(osarc_hip_voxels(step->hip));
    for (size_t i = 0; i < voxels; i++) {
        size_t n = codes[i] & OSARC_FEMUR_SECOND ? 1 : 0;
        if (!codes[i] || (to[i] && to[i] != LABEL_HIP_LEFT && to[i] != LABEL_HIP_RIGHT))
            continue;
        to[i] = step->levels[n].femur->label;
    }
    return OSARC_OK;
}

/* One femur alone, compact and trabecular. */
static osarc_status take_out(osarc_mask **out, const hip_step *step, size_t index, osarc_error *err)
{
    const osarc_mask *codes = osarc_hip_voxels(step->hip);
    osarc_status status = osarc_mask_create(out, osarc_mask_grid(codes), err);
    if (status)
        return status;
    const uint8_t *from = osarc_mask_labels(codes);
    uint8_t *to = osarc_mask_fill(*out);
    size_t voxels = osarc_grid_count(osarc_mask_grid(codes));
    for (size_t i = 0; i < voxels; i++)
        if (from[i] && !(from[i] & OSARC_FEMUR_SECOND) == (index == 0))
            to[i] = from[i] & OSARC_FEMUR_COMPACT ? OSARC_TISSUE_COMPACT_BONE
                                                  : OSARC_TISSUE_TRABECULAR_BONE;
    return OSARC_OK;
}

const char *hip_step_title(osarc_side side)
{
    static const char *const TITLES[] = {"femur, side unknown", "left femur", "right femur"};
    return TITLES[side];
}

osarc_status hip_step_images(const hip_step *step, const osarc_image *image, size_t number,
                             out_folder *out, int threads, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (size_t n = 0; n < step->count && !status; n++) {
        const osarc_femur *f = step->levels[n].femur;
        const char *known = osarc_side_name(f->side);
        const char *side = known[0] ? known : "unknown";
        char title[64];
        osarc_mask *femur = NULL;
        if (f->refused_all[0])
            continue;
        snprintf(title, sizeof(title), "series %zu, %s", number, hip_step_title(f->side));
        const osarc_overlay_options options = {
            .window_centre_hu = 250, .window_width_hu = 1000, .title = title, .threads = threads};
        const char *path = out_path(out, err, "images/%zu_femur_%s.png", number, side);
        status = path ? take_out(&femur, step, n, err) : OSARC_ERR_MEMORY;
        if (!status)
            status = osarc_report_overlay_png(
                image, femur, isnan(f->neck_mm[0]) ? f->head_mm : f->neck_mm, &options, path, err);
        osarc_mask_free(femur);
    }
    return status;
}

void hip_step_free(hip_step *step)
{
    for (size_t n = 0; n < 2; n++)
        osarc_voxels_free(step->head[n]);
    osarc_hip_free(step->hip);
    memset(step, 0, sizeof(*step));
}
