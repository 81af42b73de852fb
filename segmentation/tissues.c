/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/segmentation.h>

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/threads.h>

#include "canonical.h"
#include "label.h"
#include "limits.h"
#include "noise.h"
#include "work.h"

/* Share of the body outline (work voxels with a non-body face in plane) that meets the edge of the
 * view. */
static double measure_cut(const work *w)
{
    size_t outline = 0;
    size_t cut = 0;
    for (size_t k = 0; k < w->size[2]; k++)
        for (size_t y = 1; y + 1 < w->size[1]; y++)
            for (size_t x = 1; x + 1 < w->size[0]; x++) {
                size_t i = work_index(w, x, y, k);
                if (!(w->flags[i] & WORK_BODY))
                    continue;
                const size_t next[4] = {i - 1, i + 1, i - w->size[0], i + w->size[0]};
                for (int n = 0; n < 4; n++)
                    if (!(w->flags[next[n]] & WORK_BODY)) {
                        outline++;
                        cut += !(w->flags[next[n]] & WORK_VIEW);
                    }
            }
    return outline ? (double) cut / (double) outline : 0;
}

static osarc_status add_notes(osarc_notes *notes, const osarc_segment_report *r, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    if (!notes)
        return status;
    if (r->body_cut_fraction > 0.001)
        status = osarc_notes_add(notes, OSARC_NOTE_WARNING, "body_cut", err,
                                 "the field of view cuts %.1f %% of the body outline",
                                 100 * r->body_cut_fraction);
    if (!status && r->metal_cm3 > 0)
        status = osarc_notes_add(notes, OSARC_NOTE_WARNING, "metal", err,
                                 "metal of %.2f cm3; streaks reach tissue in %.0f %% of slices",
                                 r->metal_cm3, 100 * r->metal_slice_fraction);
    return status;
}

static void tell(const osarc_segment_options *o, const char *stage, double done)
{
    if (o && o->progress)
        o->progress(o->payload, stage, done);
}

osarc_status osarc_segment_tissues(osarc_mask **out, osarc_segment_report *report_out,
                                   const osarc_image *image, osarc_notes *notes,
                                   const osarc_segment_options *options, osarc_error *err)
{
    osarc_segment_report report = {NAN, NAN, NAN, NAN};
    if (report_out)
        *report_out = report;
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    if (!image)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "no image to segment");
    if (osarc_image_unit(image) != OSARC_UNIT_HU)
        return osi_fail(err, OSARC_ERR_UNIT,
                        "tissues are told apart in HU, the image has another unit");

    const osarc_grid *grid = osarc_image_grid(image);
    int threads = osi_threads(options ? options->threads : 0);
    work w = {0};
    osarc_mask *mask = NULL;
    int16_t *turned = NULL;
    int16_t *smooth = NULL;
    uint8_t *turned_labels = NULL;
    size_t count = osarc_grid_count(grid);
    osarc_status status = osarc_mask_create(&mask, grid, err);
    if (status)
        return status;

    canonical_axes(grid, w.axis);
    size_t full[3];
    double full_mm[3];
    for (int a = 0; a < 3; a++) {
        full[a] = grid->size[w.axis[a]];
        full_mm[a] = grid->spacing_mm[w.axis[a]];
    }
    const int16_t *stored = osarc_image_stored(image);
    uint8_t *labels = osarc_mask_fill(mask);
    if (!canonical_is_identity(w.axis)) {
        turned = osi_alloc_raw(count, sizeof(*turned), err);
        turned_labels = osi_alloc(count, 1, err);
        if (!turned || !turned_labels) {
            status = OSARC_ERR_MEMORY;
            goto cleanup;
        }
        canonical_copy(turned, stored, grid, w.axis, sizeof(*turned), 1, threads);
        stored = turned;
        labels = turned_labels;
    }

    double noise_hu = NAN;
    status = find_noise_hu(&noise_hu, stored, image, full, full_mm, threads, err);
    if (status)
        goto cleanup;
    if (noise_hu > NOISY_HU) {
        status = smooth_planes(&smooth, stored, image, noise_hu, full, full_mm, threads, err);
        if (!status && notes)
            status = osarc_notes_add(notes, OSARC_NOTE_WARNING, "noise", err,
                                     "noise of %.0f HU: tissues were told apart after a median "
                                     "filter; values are of the scan as it is",
                                     noise_hu);
        if (status)
            goto cleanup;
        stored = smooth;
    }
    status = work_create(&w, stored, image, full, full_mm, threads, err);
    tell(options, "body", 0.2);
    if (!status)
        status = work_crop_air(&w, err);
    if (!status)
        status = find_body(&w, &report.removed_cm3, err);
    if (!status)
        status = work_crop(&w, err);
    tell(options, "muscle wall", 0.4);
    if (!status)
        status = find_wall(&w, err);
    tell(options, "bone", 0.6);
    if (!status)
        status = find_bone(&w, options && options->contrast_given, err);
    tell(options, "labels", 0.8);
    size_t metal = 0;
    size_t metal_planes = 0;
    if (!status)
        status = label_voxels(labels, stored, image, &w, &metal, &metal_planes, err);
    if (status)
        goto cleanup;
    if (turned)
        canonical_copy(osarc_mask_fill(mask), labels, grid, w.axis, 1, 0, threads);
    report.body_cut_fraction = measure_cut(&w);
    report.metal_cm3 = (double) metal * osarc_grid_voxel_mm3(grid) / 1000;
    report.metal_slice_fraction = (double) metal_planes / (double) w.full[2];
    status = add_notes(notes, &report, err);
    if (status)
        goto cleanup;
    if (report_out)
        *report_out = report;
    *out = mask;
    mask = NULL;
cleanup:
    work_free(&w);
    osi_free(turned_labels);
    osi_free(smooth);
    osi_free(turned);
    osarc_mask_free(mask);
    return status;
}
