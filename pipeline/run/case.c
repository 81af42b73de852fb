/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "case.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <osarc/calibration.h>
#include <osarc/measure.h>
#include <osarc/report.h>
#include <osarc/segmentation.h>
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

/* Joins the warnings, but for the cut outline, which the measures tell by themselves. */
static void join_warnings(char *out, size_t room, const osarc_notes *notes)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < osarc_notes_count(notes) && used < room; i++) {
        const osarc_note *note = osarc_notes_at(notes, i);
        if (note->severity != OSARC_NOTE_WARNING || strcmp(note->code, "body_cut") == 0)
            continue;
        int more = snprintf(out + used, room - used, "%s%s", used ? "; " : "", note->text);
        used += more > 0 ? (size_t) more : 0;
    }
}

/* Structures and the regions measured in them are not looked for yet: their maps are empty. */
static osarc_status write_masks(const osarc_mask *tissue, int is_nifti, size_t number,
                                out_folder *out, int threads, osarc_error *err)
{
    static const char *const KINDS[] = {"tissue", "structures", "rois"};
    osi_nifti_layout layout = is_nifti ? OSI_NIFTI_AS_GRID : OSI_NIFTI_AS_DICOM_CONVERTERS;
    osarc_mask *empty = NULL;
    osarc_status status = osarc_mask_create(&empty, osarc_mask_grid(tissue), err);
    for (size_t kind = 0; !status && kind < 3; kind++) {
        const char *path = out_path(out, err, "masks/%zu_%s.nii.gz", number, KINDS[kind]);
        status = path ? osi_nifti_write_mask(path, kind ? empty : tissue, layout, threads, err)
                      : OSARC_ERR_MEMORY;
    }
    osarc_mask_free(empty);
    return status;
}

static osarc_status write_image(const osarc_image *image, const osarc_mask *tissue, size_t number,
                                out_folder *out, int threads, osarc_error *err)
{
    char title[32];
    snprintf(title, sizeof(title), "series %zu", number);
    osarc_overlay_options options = {.title = title, .threads = threads};
    const char *path = out_path(out, err, "images/%zu_tissue.png", number);
    return path ? osarc_report_overlay_png(image, tissue, NULL, &options, path, err)
                : OSARC_ERR_MEMORY;
}

/* Time since *last, which moves on. */
static double lap(double *last)
{
    double now = now_seconds();
    double seconds = now - *last;
    *last = now;
    return seconds;
}

osarc_status measure_series(series_result *result, osarc_findings *findings,
                            osarc_catalogue *catalogue, size_t series, size_t number,
                            out_folder *out, const osarc_run_options *options, osarc_error *err)
{
    const osarc_series *view = osarc_catalogue_series(catalogue, series);
    osarc_read_options read = {options->threads, options->progress, options->payload};
    osarc_segment_options segment = {
        .threads = options->threads, .progress = options->progress, .payload = options->payload};
    osarc_segment_report seen;
    osarc_hu_check check = {NAN, NAN, NAN, NAN, NAN};
    osarc_scan *scan = NULL;
    osarc_mask *tissue = NULL;
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
    if (!status)
        status = osarc_hu_check_read(&check, image, tissue, result->notes, options->threads, err);
    result->seconds.check = lap(&last);
    if (status)
        goto cleanup;

    char warnings[400];
    join_warnings(warnings, sizeof(warnings), result->notes);
    osarc_measure_context context = {result->case_id, &result->acquisition, warnings};
    status = osarc_measure_tissues(findings, &context, image, tissue, check.noise_sd_hu,
                                   seen.body_cut_fraction, options->threads, err);
    if (!status)
        status =
            osarc_measure_noise_frequency(findings, &context, check.noise_frequency_per_mm, err);
    result->seconds.measure = lap(&last);
    if (!status)
        status = write_masks(tissue, view->is_nifti, number, out, options->threads, err);
    result->seconds.masks = lap(&last);
    if (!status) {
        status = write_image(image, tissue, number, out, options->threads, err);
        /* a picture that cannot be lettered is left out; the numbers stand without it */
        if (status == OSARC_ERR_UNSUPPORTED)
            status = osarc_notes_add(result->notes, OSARC_NOTE_WARNING, "no_picture", err,
                                     "no picture: %s", err->text);
    }
    result->seconds.images = lap(&last);
    if (!status)
        result->number = number;
cleanup:
    osarc_mask_free(tissue);
    osarc_scan_free(scan);
    return status;
}
