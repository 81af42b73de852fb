/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "limb_step.h"

#include <stdio.h>
#include <string.h>

#include <osarc/marrow_fat.h>
#include <osarc/measure_limb.h>
#include <osi/alloc.h>

#include "exclude_step.h"

#define LIMBS_MAX    2
#define REFUSAL_SIZE 256
#define MARROW_LEAST 8

static osarc_status find(limb_step *out, const osarc_image *image, osarc_mask *tissue,
                         const run_given *given, const osarc_acquisition *acquisition,
                         osarc_notes *notes, int threads, osarc_error *err)
{
    osarc_mask *left_out = NULL;
    osarc_status status = OSARC_OK;
    memset(out, 0, sizeof(*out));
    if (given->exclude)
        status = exclude_on_grid(&left_out, given->exclude, osarc_image_grid(image), acquisition,
                                 notes, threads, err);
    const osarc_limb_options options = {
        .exclude = left_out, .windows = &given->windows, .threads = threads};
    if (!status)
        status = osarc_limbs_find(&out->limbs, image, tissue, &options, err);
    if (!status)
        osarc_limbs_label(out->limbs, tissue);
    osarc_mask_free(left_out);
    return status;
}

static int is_marrow(uint8_t code, int is_second)
{
    return (code & OSARC_LIMB_TISSUE) == OSARC_TISSUE_TRABECULAR_BONE &&
           !(code & OSARC_LIMB_EXCLUDED) && !(code & OSARC_LIMB_SECOND) == !is_second;
}

/* Marrow whose neighbours across the limb, two voxels about, are marrow too. */
static osarc_status collect_marrow(size_t **out, size_t *count_out, const osarc_mask *codes,
                                   const osarc_limb *limb, osarc_error *err)
{
    const osarc_grid *grid = osarc_mask_grid(codes);
    const uint8_t *code = osarc_mask_labels(codes);
    const size_t step[3] = {1, grid->size[0], grid->size[0] * grid->size[1]};
    const size_t voxels = osarc_grid_count(grid);
    size_t room = 0;
    *out = NULL;
    *count_out = 0;
    for (size_t i = 0; i < voxels; i++)
        room += (size_t) is_marrow(code[i], limb->is_second);
    if (room == 0)
        return OSARC_OK;
    *out = osi_alloc_raw(room, sizeof(**out), err);
    if (!*out)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < voxels; i++) {
        if (!is_marrow(code[i], limb->is_second))
            continue;
        int deep = 1;
        for (int a = 0; a < 3 && deep; a++) {
            size_t at = i / step[a] % grid->size[a];
            if (a == limb->axis)
                continue;
            deep = at >= 2 && at + 2 < grid->size[a];
            for (size_t n = 1; n <= 2 && deep; n++)
                deep = is_marrow(code[i - n * step[a]], limb->is_second) &&
                       is_marrow(code[i + n * step[a]], limb->is_second);
        }
        if (deep)
            (*out)[(*count_out)++] = i;
    }
    return OSARC_OK;
}

/* What one energy leaves open of the fat in the canal. */
static osarc_status find_fat(osarc_limb_level *level, osarc_marrow_fat *fat, char *refused,
                             const osarc_limb_input *in, osarc_error *err)
{
    double mean = 0;
    double se = 0;
    osarc_error why = OSARC_ERROR_INIT;
    if (!in->calibration || in->calibration->rung == OSARC_RUNG_NONE)
        return OSARC_OK;
    osarc_status status = osarc_region_mean(&mean, &se, in->image, &level->marrow, &why);
    if (!status)
        status = osarc_marrow_fat_model_based(fat, mean, se, in->calibration, NULL, &why);
    if (!status) {
        level->marrow_fat = fat;
        return OSARC_OK;
    }
    if (status == OSARC_ERR_MEMORY || status == OSARC_ERR_INTERNAL) {
        if (err)
            *err = why;
        return status;
    }
    snprintf(refused, REFUSAL_SIZE, "%s", why.text);
    level->marrow_fat_refused = refused;
    return OSARC_OK;
}

static osarc_status measure(const limb_step *step, osarc_findings *findings,
                            const osarc_measure_context *context, const osarc_limb_input *base,
                            osarc_error *err)
{
    osarc_limb_level levels[LIMBS_MAX] = {{0}};
    osarc_marrow_fat fat[LIMBS_MAX];
    char refused[LIMBS_MAX][REFUSAL_SIZE];
    size_t *voxels[LIMBS_MAX] = {NULL, NULL};
    osarc_limb_input in = *base;
    osarc_status status = OSARC_OK;
    in.codes = osarc_limbs_codes(step->limbs);
    in.levels = levels;
    in.level_count = osarc_limbs_count(step->limbs);
    for (size_t n = 0; n < in.level_count && n < LIMBS_MAX && !status; n++) {
        levels[n].limb = osarc_limbs_at(step->limbs, n);
        if (levels[n].limb->refused[0])
            continue;
        size_t count = 0;
        status = collect_marrow(&voxels[n], &count, in.codes, levels[n].limb, err);
        levels[n].marrow = (osarc_region){
            count >= MARROW_LEAST ? voxels[n] : NULL, count,
            count >= MARROW_LEAST ? NULL : "the marrow canal is too narrow for these voxels"};
        if (!status)
            status = find_fat(&levels[n], &fat[n], refused[n], &in, err);
    }
    if (!status && in.level_count)
        status = osarc_measure_limbs(findings, context, &in, err);
    for (size_t n = 0; n < LIMBS_MAX; n++)
        osi_free(voxels[n]);
    return status;
}

osarc_status limb_step_run(limb_step *out, osarc_findings *findings, const osarc_image *image,
                           osarc_mask *tissue, double noise_sd_hu, const series_bone *bone,
                           const run_given *given, series_result *result, const char *warnings,
                           const osarc_run_options *options, osarc_error *err)
{
    char text[512];
    size_t first = osarc_notes_count(result->notes);
    osarc_status status =
        find(out, image, tissue, given, &result->acquisition, result->notes, options->threads, err);
    if (status)
        return status;
    snprintf(text, sizeof(text), "%s", warnings);
    join_warnings(text, sizeof(text), result->notes, first, SIZE_MAX);
    const osarc_measure_context context = {result->case_id, &result->acquisition, text};
    const osarc_limb_input in = {
        .image = image,
        .windows = &given->windows,
        .imat = given->imat,
        .noise_sd_hu = noise_sd_hu,
        .calibration = &bone->scale.calibration,
        .calibration_refused = bone->scale.refused,
        .calibration_warnings = bone->scale_warnings,
        .accept_contrast = options->accept_contrast,
        .threads = options->threads,
    };
    return measure(out, findings, &context, &in, err);
}

void limb_step_free(limb_step *step)
{
    osarc_limbs_free(step->limbs);
    step->limbs = NULL;
}
