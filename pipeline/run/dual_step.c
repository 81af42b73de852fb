/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dual_step.h"

#include <stdio.h>
#include <string.h>

#include <osarc/dual_energy.h>
#include <osi/alloc.h>
#include <osi/fail.h>

#include "energy_pair.h"

/* The other scan of a pair, laid on this one. */
typedef struct partner {
    osarc_scan *scan;
    osarc_mask *tissue; /* a copy: a phantom is marked in it */
    scale_found scale;
    osarc_energy_shift shift;
} partner;

static osarc_status copy_mask(osarc_mask **out, const osarc_mask *mask, osarc_error *err)
{
    osarc_status status = osarc_mask_create(out, osarc_mask_grid(mask), err);
    if (!status)
        memcpy(osarc_mask_fill(*out), osarc_mask_labels(mask),
               osarc_grid_count(osarc_mask_grid(mask)));
    return status;
}

/* Both scans need a scale that knows its energy, made the same way. */
static osarc_status find_scale(partner *other, const spine_step *spine, const run_given *given,
                               osarc_notes *notes, const osarc_run_options *options,
                               osarc_error *err)
{
    const osarc_image *image = osarc_scan_image(other->scan);
    const osarc_acquisition *acquisition = osarc_scan_acquisition(other->scan);
    osarc_tissue_samples samples;
    osarc_status status = scale_find(&other->scale, &given->scale, image, other->tissue,
                                     acquisition, notes, options, err);
    if (!status)
        status =
            spine_step_sample(&samples, spine, image, other->tissue, notes, options->threads, err);
    if (!status)
        status =
            scale_find_internal(&other->scale, &given->scale, &samples, acquisition, notes, err);
    if (!status && other->scale.calibration.rung == OSARC_RUNG_NONE)
        status = osi_fail(err, OSARC_ERR_QUALITY, "no density scale at the second energy: %s",
                          other->scale.refused);
    return status;
}

static osarc_status open_partner(partner *other, const series_bone *bone, const osarc_image *image,
                                 const osarc_mask *tissue, osarc_catalogue *catalogue, size_t pair,
                                 const run_given *given, const osarc_run_options *options,
                                 osarc_error *err)
{
    const osarc_read_options read = {options->threads, options->progress, options->payload};
    const double *centre = bone->spine.levels[bone->spine.count / 2].vertebra->centre_mm;
    osarc_notes *notes = NULL; /* of the other series: told where that one is measured */
    osarc_status status = osarc_scan_read(&other->scan, catalogue, pair, &read, err);
    if (!status)
        status = osarc_energy_pair_shift(&other->shift, image, osarc_scan_image(other->scan),
                                         centre, err);
    if (!status)
        status = copy_mask(&other->tissue, tissue, err);
    if (!status)
        status = osarc_notes_create(&notes, err);
    if (!status)
        status = find_scale(other, &bone->spine, given, notes, options, err);
    osarc_notes_free(notes);
    return status;
}

static osarc_status solve_level(osarc_marrow_fat *out, const osarc_region *region,
                                const osarc_image *image, const osarc_calibration *scale,
                                const partner *other, int is_low, osarc_error *err)
{
    double *mine = osi_alloc_raw(2 * region->count, sizeof(*mine), err);
    if (!mine)
        return OSARC_ERR_MEMORY;
    double *theirs = mine + region->count;
    const osarc_calibration *their_scale = &other->scale.calibration;
    for (size_t i = 0; i < region->count; i++)
        mine[i] = osarc_image_value(image, region->voxels[i]);
    osarc_status status =
        osarc_energy_pair_resample(theirs, image, osarc_scan_image(other->scan), &other->shift,
                                   region->voxels, region->count, err);
    if (!status)
        status = osarc_marrow_fat_two_scales(out, is_low ? mine : theirs, is_low ? theirs : mine,
                                             region->count, is_low ? scale : their_scale,
                                             is_low ? their_scale : scale, err);
    osi_free(mine);
    return status;
}

static int is_refusal(osarc_status status)
{
    return status == OSARC_ERR_QUALITY || status == OSARC_ERR_GEOMETRY ||
           status == OSARC_ERR_UNIT || status == OSARC_ERR_ARGUMENT ||
           status == OSARC_ERR_UNSUPPORTED;
}

static osarc_status solve_levels(spine_step *spine, const osarc_image *image,
                                 const osarc_calibration *scale, const partner *other, int is_low,
                                 osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (size_t v = 0; v < spine->count && !status; v++) {
        const osarc_region *region = &spine->levels[v].trabecular[OSARC_PLACED];
        osarc_marrow_fat fat;
        osarc_error why = OSARC_ERROR_INIT;
        if (!region->voxels)
            continue;
        status = solve_level(&fat, region, image, scale, other, is_low, &why);
        if (!status) {
            spine->parts[v].fat = fat;
            spine->levels[v].marrow_fat = &spine->parts[v].fat;
        } else if (is_refusal(status)) {
            snprintf(spine->parts[v].fat_refused, SPINE_REFUSAL,
                     "two energies do not solve it: %.*s", SPINE_REFUSAL - 32, why.text);
            spine->levels[v].marrow_fat = NULL;
            spine->levels[v].marrow_fat_refused = spine->parts[v].fat_refused;
            status = OSARC_OK;
        } else if (err) {
            *err = why;
        }
    }
    return status;
}

osarc_status dual_step_fat(series_bone *bone, const osarc_image *image, const osarc_mask *tissue,
                           osarc_catalogue *catalogue, size_t series, series_result *result,
                           const run_given *given, const osarc_run_options *options,
                           osarc_error *err)
{
    size_t pair = energy_pair_find(catalogue, series);
    if (pair == ENERGY_PAIR_NONE || bone->spine.count == 0 ||
        bone->scale.calibration.rung == OSARC_RUNG_NONE)
        return OSARC_OK;
    partner other = {0};
    osarc_error why = OSARC_ERROR_INIT;
    osarc_status status =
        open_partner(&other, bone, image, tissue, catalogue, pair, given, options, &why);
    if (!status) {
        const osarc_acquisition *theirs = osarc_scan_acquisition(other.scan);
        status = solve_levels(&bone->spine, image, &bone->scale.calibration, &other,
                              result->acquisition.kvp < theirs->kvp, err);
    } else if (is_refusal(status) || status == OSARC_ERR_FORMAT || status == OSARC_ERR_IO) {
        status = osarc_notes_add(result->notes, OSARC_NOTE_INFO, "energy_pair_unused", err,
                                 "the second energy is not used: %s", why.text);
    } else if (err) {
        *err = why;
    }
    osarc_mask_free(other.tissue);
    osarc_scan_free(other.scan);
    return status;
}
