/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bone.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Warnings that measures put into their rows in their own words. */
static int is_told_elsewhere(const char *code)
{
    static const char *const CODES[] = {"body_cut", "no_spine", "phantom_refused"};
    for (size_t i = 0; i < sizeof(CODES) / sizeof(CODES[0]); i++)
        if (strcmp(code, CODES[i]) == 0)
            return 1;
    return 0;
}

void join_warnings(char *out, size_t room, const osarc_notes *notes, size_t from, size_t to)
{
    size_t used = strlen(out);
    for (size_t i = from; i < to && i < osarc_notes_count(notes) && used < room; i++) {
        const osarc_note *note = osarc_notes_at(notes, i);
        if (note->severity != OSARC_NOTE_WARNING || is_told_elsewhere(note->code))
            continue;
        int more = snprintf(out + used, room - used, "%s%s", used ? "; " : "", note->text);
        used += more > 0 ? (size_t) more : 0;
    }
}

osarc_status bone_find_phantom(series_bone *bone, const osarc_image *image, osarc_mask *tissue,
                               series_result *result, const run_given *given,
                               const osarc_run_options *options, osarc_error *err)
{
    size_t first = osarc_notes_count(result->notes);
    osarc_status status = scale_find(&bone->scale, &given->scale, image, tissue,
                                     &result->acquisition, result->notes, options, err);
    join_warnings(bone->scale_warnings, sizeof(bone->scale_warnings), result->notes, first,
                  SIZE_MAX);
    return status;
}

/* Notes on tissues weaken the scale only when it is made from them. */
static osarc_status find_internal(series_bone *bone, const osarc_image *image,
                                  const osarc_mask *tissue, series_result *result,
                                  const run_given *given, const osarc_run_options *options,
                                  osarc_error *err)
{
    size_t first = osarc_notes_count(result->notes);
    osarc_status status = spine_step_sample(&bone->samples, &bone->spine, image, tissue,
                                            result->notes, options->threads, err);
    if (!status)
        status = scale_find_internal(&bone->scale, &given->scale, &bone->samples,
                                     &result->acquisition, result->notes, err);
    if (bone->scale.calibration.rung == OSARC_RUNG_INTERNAL)
        join_warnings(bone->scale_warnings, sizeof(bone->scale_warnings), result->notes, first,
                      SIZE_MAX);
    return status;
}

osarc_status bone_find_spine(series_bone *bone, const osarc_image *image, const osarc_mask *tissue,
                             series_result *result, const run_given *given,
                             const osarc_run_options *options, osarc_error *err)
{
    double last = now_seconds();
    size_t first = osarc_notes_count(result->notes);
    osarc_status status =
        spine_step_find(&bone->spine, image, tissue, given->labels, &result->acquisition,
                        result->notes, options->threads, err);
    join_warnings(bone->spine_warnings, sizeof(bone->spine_warnings), result->notes, first,
                  SIZE_MAX);
    result->seconds.spine = lap(&last);
    if (!status)
        status = find_internal(bone, image, tissue, result, given, options, err);
    if (!status)
        status = spine_step_fat(&bone->spine, image, &bone->scale.calibration, err);
    result->seconds.scale += lap(&last);
    return status;
}

/* What run.json tells of scale and spine. */
static void tell(series_result *result, const series_bone *bone)
{
    const osarc_calibration *c = &bone->scale.calibration;
    bone_told *told = &result->bone;
    told->is_there = 1;
    told->rung = scale_rung_name(c->rung);
    snprintf(told->method, sizeof(told->method), "%s", c->method);
    snprintf(told->basis, sizeof(told->basis), "%s", c->basis);
    snprintf(told->why_no_scale, sizeof(told->why_no_scale), "%s", bone->scale.refused);
    snprintf(told->why_no_spine, sizeof(told->why_no_spine), "%s", bone->spine.refused);
    told->labels_from_file = bone->spine.from_file;
    told->vertebrae = bone->spine.count;
    size_t used = 0;
    for (size_t v = 0; v < bone->spine.count && used < sizeof(told->levels); v++) {
        const char *name = osarc_vertebra_name(bone->spine.levels[v].vertebra->label);
        int more = snprintf(told->levels + used, sizeof(told->levels) - used, "%s%s",
                            used ? "," : "", name[0] ? name : "?");
        used += more > 0 ? (size_t) more : 0;
    }
    if (bone->spine.spine)
        snprintf(told->anchors, sizeof(told->anchors), "%s",
                 osarc_spine_anchors_of(bone->spine.spine)->text);
}

osarc_status bone_measure(series_bone *bone, osarc_findings *findings, const osarc_image *image,
                          series_result *result, const char *warnings,
                          const osarc_run_options *options, osarc_error *err)
{
    const osarc_measure_context context = {result->case_id, &result->acquisition, warnings};
    const osarc_spine_input input = {
        .image = image,
        .levels = bone->spine.levels,
        .level_count = bone->spine.count,
        .anchors = bone->spine.spine ? osarc_spine_anchors_of(bone->spine.spine) : NULL,
        .calibration = &bone->scale.calibration,
        .calibration_refused = bone->scale.refused,
        .calibration_warnings = bone->scale_warnings,
        .spine_refused = bone->spine.refused,
        .spine_warnings = bone->spine_warnings,
        .labels_from = bone->spine.from_file ? "labels from file" : NULL,
        .blood_read = isfinite(bone->samples.blood_hu),
        .blood_enhanced = bone->samples.blood_enhanced,
        .accept_contrast = options->accept_contrast,
    };
    tell(result, bone);
    osarc_status status = osarc_measure_calibration(findings, &context, &bone->scale.calibration,
                                                    bone->scale.refused, bone->scale_warnings, err);
    return status ? status : osarc_measure_spine(findings, &context, &input, err);
}

void bone_free(series_bone *bone)
{
    spine_step_free(&bone->spine);
}
