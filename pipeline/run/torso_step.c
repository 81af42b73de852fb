/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torso_step.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>

osarc_status torso_step_part(torso_step *out, osarc_mask *tissue, const osarc_image *image,
                             const spine_step *spine, int threads, osarc_error *err)
{
    const osarc_torso_options options = {.threads = threads};
    osarc_error why = OSARC_ERROR_INIT;
    memset(out, 0, sizeof(*out));
    if (!spine->spine) {
        snprintf(out->refused, sizeof(out->refused), "muscle is found from the spine: %.250s",
                 spine->refused[0] ? spine->refused : "no vertebra in view");
        return OSARC_OK;
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

/* From the clinical table, else from the header. */
static double find_height_m(const series_result *result, const run_given *given)
{
    double height_m = NAN;
    if (given->clinical)
        height_m =
            osarc_clinical_number(given->clinical, result->acquisition.patient_id, "height_m");
    return isfinite(height_m) ? height_m : result->acquisition.height_m;
}

osarc_status torso_step_measure(const torso_step *step, osarc_findings *findings,
                                const osarc_image *image, const osarc_mask *tissue,
                                const spine_step *spine, const series_result *result,
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
        .tissue = tissue,
        .vertebrae = vertebrae,
        .vertebra_count = spine->count,
        .axis = step->torso.axis,
        .first_plane = step->torso.first_plane,
        .plane_count = step->torso.plane_count,
        .cut_share = step->torso.cut_share,
        .interpolated_share = step->torso.interpolated_share,
        .refused = step->refused,
        .height_m = find_height_m(result, given),
        .noise_sd_hu = noise_sd_hu,
        .threads = options->threads,
    };
    osarc_status status = osarc_measure_torso(findings, &context, &input, err);
    osi_free(vertebrae);
    return status;
}

void torso_step_free(torso_step *step)
{
    osarc_torso_clear(&step->torso);
}
