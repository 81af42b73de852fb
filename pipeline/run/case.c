/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bone.h"
#include "ctxa_step.h"
#include "dual_step.h"
#include "hip_step.h"
#include "limb_step.h"
#include "muscles_step.h"
#include "torso_step.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <osarc/calibration.h>
#include <osarc/measure.h>
#include <osarc/report.h>
#include <osarc/segmentation.h>
#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/nifti.h>

double now_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

/* The notes of a scan belong to the scan; the result keeps a copy, to which later steps add. */
static osarc_status copy_notes(osarc_notes **out, const osarc_notes *notes, osarc_error *err)
{
    osarc_status status = osarc_notes_create(out, err);
    for (size_t i = 0; !status && i < osarc_notes_count(notes); i++) {
        const osarc_note *note = osarc_notes_at(notes, i);
        status = osarc_notes_add(*out, note->severity, note->code, err, "%s", note->text);
    }
    return status;
}

static osarc_status write_mask(const osarc_mask *mask, const char *kind, size_t number,
                               int is_nifti, out_folder *out, int threads, osarc_error *err)
{
    osi_nifti_layout layout = is_nifti ? OSI_NIFTI_AS_GRID : OSI_NIFTI_AS_DICOM_CONVERTERS;
    const char *path = out_path(out, err, "masks/%zu_%s.nii.gz", number, kind);
    return path ? osi_nifti_write_mask(path, mask, layout, threads, err) : OSARC_ERR_MEMORY;
}

/* A scan without vertebrae and femurs has empty structures and rois. */
static osarc_status write_masks(const osarc_mask *tissue, const osarc_mask *rois,
                                const spine_step *spine, const hip_step *hip, int is_nifti,
                                size_t number, out_folder *out, int threads, osarc_error *err)
{
    osarc_mask *structures = NULL;
    osarc_status status = hip_step_structures(
        &structures, hip, spine->spine ? osarc_spine_structures(spine->spine) : NULL,
        osarc_mask_grid(tissue), err);
    if (!status)
        status = write_mask(tissue, "tissue", number, is_nifti, out, threads, err);
    if (!status)
        status = write_mask(structures, "structures", number, is_nifti, out, threads, err);
    if (!status)
        status = write_mask(rois, "rois", number, is_nifti, out, threads, err);
    osarc_mask_free(structures);
    return status;
}

static osarc_status write_tissue_image(const osarc_image *image, const osarc_mask *tissue,
                                       size_t number, out_folder *out, int threads,
                                       osarc_error *err)
{
    char title[32];
    snprintf(title, sizeof(title), "series %zu", number);
    osarc_overlay_options options = {.title = title, .threads = threads};
    const char *path = out_path(out, err, "images/%zu_tissue.png", number);
    return path ? osarc_report_overlay_png(image, tissue, NULL, &options, path, err)
                : OSARC_ERR_MEMORY;
}

static osarc_status write_spine_image(const osarc_image *image, const osarc_mask *rois,
                                      const spine_step *spine, size_t number, out_folder *out,
                                      int threads, osarc_error *err)
{
    char title[64];
    osarc_spine_mark *marks = NULL;
    size_t count = 0;
    osarc_status status = spine_step_marks(&marks, &count, spine, err);
    snprintf(title, sizeof(title), "series %zu, spine%s", number,
             spine->from_file ? ", labels from file" : "");
    osarc_overlay_options options = {.title = title, .threads = threads};
    if (!status && count) {
        const char *path = out_path(out, err, "images/%zu_spine.png", number);
        status = path ? osarc_report_spine_png(image, rois, marks, count, &options, path, err)
                      : OSARC_ERR_MEMORY;
    }
    osi_free(marks);
    return status;
}

/* A picture that cannot be lettered is left out; the numbers stand without it. */
static osarc_status write_images(const osarc_image *image, const osarc_mask *tissue,
                                 const osarc_mask *rois, const spine_step *spine,
                                 const hip_step *hip, const ctxa_step *ctxa, const char *basis,
                                 size_t number, out_folder *out, osarc_notes *notes, int threads,
                                 osarc_error *err)
{
    osarc_status status = write_tissue_image(image, tissue, number, out, threads, err);
    if (!status)
        status = write_spine_image(image, rois, spine, number, out, threads, err);
    if (!status)
        status = hip_step_images(hip, image, number, out, threads, err);
    if (!status)
        status = ctxa_step_image(ctxa, basis, number, out, threads, err);
    if (status == OSARC_ERR_UNSUPPORTED)
        status = osarc_notes_add(notes, OSARC_NOTE_WARNING, "no_picture", err, "no picture: %s",
                                 err->text);
    return status;
}

/* The femurs that were found, as densitometry sees them. */
static osarc_status project_hips(ctxa_step *out, osarc_findings *findings, const osarc_image *image,
                                 const osarc_mask *tissue, const hip_step *hip, double noise_sd_hu,
                                 const series_bone *bone, const run_given *given,
                                 const series_result *result, const char *warnings,
                                 const osarc_run_options *options, osarc_error *err)
{
    ctxa_found found = {.codes = hip->count ? osarc_hip_voxels(hip->hip) : NULL};
    /* nobody should take silence for a hip that is not there */
    if (!hip->count)
        found.refused = "no head of a femur found: none is in view, or its spongy bone is not "
                        "told from soft tissue";
    for (size_t n = 0; n < hip->count && n < CTXA_MAX; n++)
        found.femurs[found.count++] = hip->levels[n].femur;
    return ctxa_step_run(out, findings, image, tissue, &found, noise_sd_hu, bone, given, result,
                         warnings, options, err);
}

double lap(double *last)
{
    double now = now_seconds();
    double seconds = now - *last;
    *last = now;
    return seconds;
}

osarc_status measure_series(series_result *result, osarc_findings *findings,
                            osarc_catalogue *catalogue, size_t series, size_t number,
                            out_folder *out, const run_given *given,
                            const osarc_run_options *options, osarc_error *err)
{
    const osarc_series *view = osarc_catalogue_series(catalogue, series);
    osarc_read_options read = {options->threads, options->progress, options->payload};
    osarc_segment_options segment = {
        .threads = options->threads, .progress = options->progress, .payload = options->payload};
    osarc_segment_report seen;
    osarc_hu_check check = {NAN, NAN, NAN, NAN, NAN};
    osarc_scan *scan = NULL;
    osarc_mask *tissue = NULL;
    osarc_mask *rois = NULL;
    series_bone bone = {0};
    torso_step torso = {0};
    limb_step limbs = {0};
    hip_step hip = {0};
    ctxa_step ctxa = {0};
    char warnings[400] = "";
    double last = now_seconds();

    osarc_status status = osarc_scan_read(&scan, catalogue, series, &read, err);
    result->seconds.read = lap(&last);
    if (status)
        goto cleanup;
    result->acquisition = *osarc_scan_acquisition(scan);
    const osarc_image *image = osarc_scan_image(scan);
    status = copy_notes(&result->notes, osarc_scan_notes(scan), err);
    if (status)
        goto cleanup;

    segment.contrast_given = result->acquisition.contrast == OSARC_CONTRAST_GIVEN;
    status = osarc_segment_tissues(&tissue, &seen, image, result->notes, &segment, err);
    result->seconds.segment = lap(&last);
    size_t without_scale = osarc_notes_count(result->notes);
    if (!status)
        status = bone_find_phantom(&bone, image, tissue, result, given, options, err);
    result->seconds.scale = lap(&last);
    size_t with_scale = osarc_notes_count(result->notes);
    if (!status)
        status = osarc_hu_check_read(&check, image, tissue, result->notes, options->threads, err);
    result->seconds.check = lap(&last);
    /* what is wrong with the scale weakens densities only */
    join_warnings(warnings, sizeof(warnings), result->notes, 0, without_scale);
    join_warnings(warnings, sizeof(warnings), result->notes, with_scale, SIZE_MAX);
    if (!status)
        status = bone_find_spine(&bone, image, tissue, result, given, options, err);
    last = now_seconds();
    if (!status)
        status =
            dual_step_fat(&bone, image, tissue, catalogue, series, result, given, options, err);
    result->seconds.scale += lap(&last);

    if (!status)
        status = hip_step_find(&hip, image, tissue, result, options, err);
    last = now_seconds();

    osarc_measure_context context = {result->case_id, &result->acquisition, warnings};
    if (!status)
        status = osarc_measure_tissues(findings, &context, image, tissue, check.noise_sd_hu,
                                       seen.body_cut_fraction, options->threads, err);
    if (!status)
        status = torso_step_part(&torso, tissue, image, &bone.spine, result, given,
                                 options->threads, err);
    if (!status)
        status = torso_step_measure(&torso, findings, image, tissue, &bone.spine, result, given,
                                    warnings, check.noise_sd_hu, options, err);
    if (!status)
        status = muscles_step_measure(findings, image, tissue, &torso, &bone.spine, result, given,
                                      warnings, options, err);
    torso_step_free(&torso); /* as large as the scan: not kept beside what follows */
    if (!status)
        status =
            osarc_measure_noise_frequency(findings, &context, check.noise_frequency_per_mm, err);
    if (!status)
        status = bone_measure(&bone, findings, image, result, warnings, options, err);
    if (!status)
        status = hip_step_measure(&hip, findings, image, result, warnings, err);
    if (!status)
        status = project_hips(&ctxa, findings, image, tissue, &hip, check.noise_sd_hu, &bone, given,
                              result, warnings, options, err);
    if (!status)
        status = limb_step_run(&limbs, findings, image, tissue, check.noise_sd_hu, &bone, given,
                               result, warnings, options, err);
    if (status)
        goto cleanup;
    result->seconds.measure = lap(&last);
    status = spine_step_rois(&rois, &bone.spine, osarc_mask_grid(tissue), err);
    if (!status)
        status = write_masks(tissue, rois, &bone.spine, &hip, view->is_nifti, number, out,
                             options->threads, err);
    result->seconds.masks = lap(&last);
    if (!status)
        status = write_images(image, tissue, rois, &bone.spine, &hip, &ctxa,
                              bone.scale.calibration.basis, number, out, result->notes,
                              options->threads, err);
    result->seconds.images = lap(&last);
    if (!status)
        result->number = number;
cleanup:
    torso_step_free(&torso);
    limb_step_free(&limbs);
    ctxa_step_free(&ctxa);
    hip_step_free(&hip);
    bone_free(&bone);
    osarc_mask_free(rois);
    osarc_mask_free(tissue);
    osarc_scan_free(scan);
    return status;
}
