/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torso_step.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "labels_step.h"
#include "sensitivity.h"

static int head_axis(const osarc_grid *grid)
{
    int axis = 2;
    for (int a = 0; a < 2; a++)
        if (fabs(grid->direction[a][2]) > fabs(grid->direction[axis][2]))
            axis = a;
    return axis;
}

/* Muscle and fat as the file has them; what was fat or soft tissue elsewhere is other tissue. */
static osarc_status take_labels(torso_step *out, osarc_mask *tissue, const osarc_image *image,
                                series_result *result, const run_given *given, int threads,
                                osarc_error *err)
{
    osarc_mask *theirs = NULL;
    const osarc_grid *grid = osarc_image_grid(image);
    osarc_status status = labels_on_grid(&theirs, given->tissues, 1, grid, &result->acquisition,
                                         result->notes, threads, err);
    if (status)
        return status;
    const uint8_t *from = osarc_mask_labels(theirs);
    uint8_t *to = osarc_mask_fill(tissue);
    size_t count = osarc_grid_count(grid);
    for (size_t i = 0; i < count; i++) {
        if (from[i])
            to[i] = from[i];
        else if (to[i] >= OSARC_TISSUE_SUBCUTANEOUS_FAT && to[i] <= OSARC_TISSUE_INTERMUSCULAR_FAT)
            to[i] = OSARC_TISSUE_SOFT;
    }
    out->from_file = 1;
    out->torso.axis = head_axis(grid);
    out->torso.first_plane = 0;
    out->torso.plane_count = grid->size[out->torso.axis];
    osarc_mask_free(theirs);
    return OSARC_OK;
}

osarc_status torso_step_part(torso_step *out, osarc_mask *tissue, const osarc_image *image,
                             const spine_step *spine, series_result *result, const run_given *given,
                             int threads, osarc_error *err)
{
    const osarc_torso_options options = {.threads = threads};
    osarc_error why = OSARC_ERROR_INIT;
    memset(out, 0, sizeof(*out));
    if (!spine->spine) {
        snprintf(out->refused, sizeof(out->refused), "muscle is found from the spine: %.250s",
                 spine->refused[0] ? spine->refused : "no vertebra in view");
        return OSARC_OK;
    }
    if (given->tissues) {
        osarc_status taken = take_labels(out, tissue, image, result, given, threads, &why);
        if (taken == OSARC_ERR_QUALITY || taken == OSARC_ERR_GEOMETRY) {
            snprintf(out->refused, sizeof(out->refused), "labels from file: %s", why.text);
            return OSARC_OK;
        }
        if (taken && err)
            *err = why;
        return taken;
    }
    osarc_status status =
        osarc_torso_part(&out->torso, tissue, image, spine->spine, &options, &why);
    if (status == OSARC_ERR_QUALITY) {
        snprintf(out->refused, sizeof(out->refused), "muscle is found from the spine: %s",
                 why.text);
        return OSARC_OK;
    }
    if (status && err)
        *err = why;
    return status;
}

osarc_status torso_asked_read(osarc_imat_definition *out, const osarc_run_options *options,
                              osarc_error *err)
{
    *out = OSARC_IMAT_BETWEEN_AND_WITHIN;
    if (!(options->level_extent_mm >= 0 && options->level_extent_mm <= 100))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "the extent of a level needs 0 to 100 mm");
    if (options->lean_hu != 0 && !(options->lean_hu >= 20 && options->lean_hu <= 100))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "lean muscle needs 20 to 100 HU");
    if (!options->imat)
        return OSARC_OK;
    for (int d = 0; osarc_imat_definition_name((osarc_imat_definition) d); d++)
        if (strcmp(options->imat, osarc_imat_definition_name((osarc_imat_definition) d)) == 0) {
            *out = (osarc_imat_definition) d;
            return OSARC_OK;
        }
    return osi_fail(err, OSARC_ERR_ARGUMENT,
                    "'%.40s' is no definition of intermuscular fat: between-and-within or within",
                    options->imat);
}

osarc_status torso_step_measure(const torso_step *step, osarc_findings *findings,
                                const osarc_image *image, const osarc_mask *tissue,
                                const spine_step *spine, series_result *result,
                                const run_given *given, const char *warnings, double noise_sd_hu,
                                const osarc_run_options *options, osarc_error *err)
{
    const osarc_measure_context context = {result->case_id, &result->acquisition, warnings};
    const osarc_vertebra **vertebrae = osi_alloc(spine->count + 1, sizeof(*vertebrae), err);
    if (!vertebrae)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < spine->count; i++)
        vertebrae[i] = spine->levels[i].vertebra;
    const osarc_torso_input input = {
        .image = image,
        .smooth = step->torso.smooth,
        .tissue = tissue,
        .arms = step->torso.arms,
        .vertebrae = vertebrae,
        .vertebra_count = spine->count,
        .axis = step->torso.axis,
        .first_plane = step->torso.first_plane,
        .plane_count = step->torso.plane_count,
        .cut_share = step->torso.cut_share,
        .interpolated_share = step->torso.interpolated_share,
        .open_cm2 = step->torso.open_cm2,
        .refused = step->refused,
        .labels_from = step->from_file ? "labels from file" : NULL,
        .windows = &given->windows,
        .imat = given->imat,
        .level_extent_mm = options->level_extent_mm,
        .lean_hu = options->lean_hu,
        .height_m = osarc_patient_facts_of(given->clinical, &result->acquisition).height_m,
        .noise_sd_hu = noise_sd_hu,
        .threads = options->threads,
    };
    osarc_status status = osarc_measure_torso(findings, &context, &input, err);
    if (!status && options->sensitivity)
        status = sensitivity_add(&result->sensitivity, &context, &input, err);
    osi_free(vertebrae);
    return status;
}

void torso_step_free(torso_step *step)
{
    osarc_torso_clear(&step->torso);
}
