/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "muscles_step.h"

#include <osarc/measure_muscles.h>
#include <osi/alloc.h>

#include "labels_step.h"

/* What is wrong with the labels is told by the rows of the spine. */
static osarc_status read_labels(osarc_mask **out, const osarc_image *image,
                                const series_result *result, const run_given *given, int threads,
                                osarc_error *err)
{
    osarc_error why = OSARC_ERROR_INIT;
    osarc_notes *notes = NULL;
    *out = NULL;
    osarc_status status = osarc_notes_create(&notes, err);
    if (status)
        return status;
    status = labels_on_grid(out, given->labels, 0, osarc_image_grid(image), &result->acquisition,
                            notes, threads, &why);
    osarc_notes_free(notes);
    if (status == OSARC_ERR_QUALITY || status == OSARC_ERR_GEOMETRY)
        return OSARC_OK;
    if (status && err)
        *err = why;
    return status;
}

osarc_status muscles_step_measure(osarc_findings *findings, const osarc_image *image,
                                  const osarc_mask *tissue, const torso_step *torso,
                                  const spine_step *spine, series_result *result,
                                  const run_given *given, const char *warnings,
                                  const osarc_run_options *options, osarc_error *err)
{
    osarc_mask *labels = NULL;
    if (!given->labels)
        return OSARC_OK;
    osarc_status status = read_labels(&labels, image, result, given, options->threads, err);
    if (status || !labels)
        return status;
    const osarc_vertebra **vertebrae = osi_alloc(spine->count + 1, sizeof(*vertebrae), err);
    if (!vertebrae) {
        osarc_mask_free(labels);
        return OSARC_ERR_MEMORY;
    }
    for (size_t i = 0; i < spine->count; i++)
        vertebrae[i] = spine->levels[i].vertebra;
    const osarc_measure_context context = {result->case_id, &result->acquisition, warnings};
    const osarc_muscles_input input = {
        .image = image,
        .smooth = torso->torso.smooth,
        .labels = labels,
        .tissue = tissue,
        .vertebrae = vertebrae,
        .vertebra_count = spine->count,
        .windows = &given->windows,
        .lean_hu = options->lean_hu,
        .threads = options->threads,
    };
    status = osarc_measure_muscles(findings, &context, &input, err);
    osi_free(vertebrae);
    osarc_mask_free(labels);
    return status;
}
