/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine_step.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "labels_step.h"

#define MOVED_DEEPER_MM 1.0

static int is_refusal(osarc_status status)
{
    return status == OSARC_ERR_QUALITY || status == OSARC_ERR_UNSUPPORTED ||
           status == OSARC_ERR_GEOMETRY;
}

static osarc_status find_spine(spine_step *out, const osarc_image *image, const osarc_mask *tissue,
                               const osarc_label_file *labels, const osarc_acquisition *acquisition,
                               osarc_notes *notes, int threads, osarc_error *err)
{
    const osarc_spine_options options = {.threads = threads};
    if (!labels)
        return osarc_spine_find(&out->spine, image, tissue, notes, &options, err);
    osarc_mask *structures = NULL;
    out->from_file = 1;
    osarc_status status = labels_on_grid(&structures, labels, 0, osarc_image_grid(image),
                                         acquisition, notes, threads, err);
    if (!status)
        status =
            osarc_spine_from_labels(&out->spine, image, tissue, structures, notes, &options, err);
    osarc_mask_free(structures);
    return status;
}

/* Sacrum and neck are no levels of the measures. */
static int is_level(const osarc_vertebra *v)
{
    const char *name = osarc_vertebra_name(v->label);
    return (name[0] == 'L' || name[0] == 'T') && !v->spoiled[0];
}

/* From slice to slice, along the patient's long axis. */
static double find_slice_mm(const osarc_grid *grid)
{
    int axis = 0;
    for (int i = 1; i < 3; i++)
        if (fabs(grid->direction[i][2]) > fabs(grid->direction[axis][2]))
            axis = i;
    return grid->spacing_mm[axis];
}

static osarc_status find_regions(spine_step *step, size_t index, double slice_mm, osarc_error *err)
{
    const osarc_trabecular_options moves[OSARC_PLACEMENTS] = {
        [OSARC_PLACED] = {0, 0},
        [OSARC_PLACED_SHALLOWER] = {-MOVED_DEEPER_MM, 0},
        [OSARC_PLACED_DEEPER] = {MOVED_DEEPER_MM, 0},
        [OSARC_PLACED_UP] = {0, slice_mm},
        [OSARC_PLACED_DOWN] = {0, -slice_mm}};
    spine_part *part = &step->parts[index];
    for (int p = 0; p < OSARC_PLACEMENTS; p++) {
        osarc_region *region = &step->levels[index].trabecular[p];
        osarc_error why = OSARC_ERROR_INIT;
        osarc_status status = osarc_spine_trabecular(&part->trabecular[p], &region->count,
                                                     step->spine, index, &moves[p], &why);
        if (status && !is_refusal(status)) {
            if (err)
                *err = why;
            return status;
        }
        region->voxels = part->trabecular[p];
        if (status) {
            snprintf(part->refused[p], SPINE_REFUSAL, "%.*s", SPINE_REFUSAL - 1, why.text);
            region->refused = part->refused[p];
            if (p == OSARC_PLACED)
                return OSARC_OK;
        }
    }
    return OSARC_OK;
}

/* Voxels of all bodies in one list, those of each body together. */
static osarc_status collect_bodies(spine_step *step, osarc_error *err)
{
    const osarc_mask *bodies = osarc_spine_bodies(step->spine);
    uint64_t counts[256];
    size_t starts[257] = {0};
    size_t total = 0;
    if (!bodies)
        return OSARC_OK;
    osarc_mask_counts(bodies, counts);
    for (size_t i = 1; i < 256; i++) {
        starts[i] = total;
        total += (size_t) counts[i];
    }
    step->body_voxels = osi_alloc_raw(total ? total : 1, sizeof(*step->body_voxels), err);
    if (!step->body_voxels)
        return OSARC_ERR_MEMORY;
    const uint8_t *labels = osarc_mask_labels(bodies);
    size_t voxels = osarc_grid_count(osarc_mask_grid(bodies));
    for (size_t i = 0; i < voxels; i++)
        if (labels[i])
            step->body_voxels[starts[labels[i]]++] = i;
    for (size_t v = 0; v < step->count && v < 255; v++) {
        size_t count = (size_t) counts[v + 1];
        step->levels[v].body =
            (osarc_region){step->body_voxels + starts[v + 1] - count, count, NULL};
    }
    return OSARC_OK;
}

osarc_status spine_step_find(spine_step *out, const osarc_image *image, const osarc_mask *tissue,
                             const osarc_label_file *labels, const osarc_acquisition *acquisition,
                             osarc_notes *notes, int threads, osarc_error *err)
{
    osarc_error why = OSARC_ERROR_INIT;
    memset(out, 0, sizeof(*out));
    osarc_status status = find_spine(out, image, tissue, labels, acquisition, notes, threads, &why);
    if (is_refusal(status)) {
        snprintf(out->refused, sizeof(out->refused), "no vertebrae: %s", why.text);
        return osarc_notes_add(notes, OSARC_NOTE_WARNING, "no_spine", err, "%s", out->refused);
    }
    if (status) {
        if (err)
            *err = why;
        return status;
    }
    out->count = osarc_spine_count(out->spine);
    out->levels = osi_alloc(out->count + 1, sizeof(*out->levels), err);
    out->parts = osi_alloc(out->count + 1, sizeof(*out->parts), err);
    if (!out->levels || !out->parts)
        return OSARC_ERR_MEMORY;
    double slice_mm = find_slice_mm(osarc_image_grid(image));
    for (size_t v = 0; v < out->count && !status; v++) {
        out->levels[v].vertebra = osarc_spine_at(out->spine, v);
        if (is_level(out->levels[v].vertebra))
            status = find_regions(out, v, slice_mm, err);
    }
    return status ? status : collect_bodies(out, err);
}

osarc_status spine_step_sample(osarc_tissue_samples *out, const spine_step *step,
                               const osarc_image *image, const osarc_mask *tissue,
                               osarc_notes *notes, int threads, osarc_error *err)
{
    double(*centres)[3] = osi_alloc(step->count + 1, sizeof(*centres), err);
    double(*backs)[3] = osi_alloc(step->count + 1, sizeof(*backs), err);
    osarc_status status = centres && backs ? OSARC_OK : OSARC_ERR_MEMORY;
    size_t count = 0;
    for (size_t v = 0; v < step->count && !status; v++) {
        const osarc_vertebra *vertebra = step->levels[v].vertebra;
        if (!isfinite(vertebra->centre_mm[0]) || !isfinite(vertebra->back[0]))
            continue; /* cut by the view: its middle is not known */
        memcpy(centres[count], vertebra->centre_mm, sizeof(centres[count]));
        memcpy(backs[count], vertebra->back, sizeof(backs[count]));
        count++;
    }
    if (!status) {
        const osarc_spine_line line = {(const double(*)[3]) centres, (const double(*)[3]) backs,
                                       count};
        status = osarc_tissue_samples_read(out, image, tissue, count ? &line : NULL, notes, threads,
                                           err);
    }
    osi_free(centres);
    osi_free(backs);
    return status;
}

static osarc_status find_fat(osarc_spine_level *level, spine_part *part, const osarc_image *image,
                             const osarc_calibration *calibration, osarc_error *err)
{
    double mean = NAN;
    double se = NAN;
    osarc_error why = OSARC_ERROR_INIT;
    osarc_status status =
        osarc_region_mean(&mean, &se, image, &level->trabecular[OSARC_PLACED], &why);
    if (!status)
        status = osarc_marrow_fat_model_based(&part->fat, mean, se, calibration, NULL, &why);
    if (!status) {
        level->marrow_fat = &part->fat;
        return OSARC_OK;
    }
    if (!is_refusal(status)) {
        if (err)
            *err = why;
        return status;
    }
    snprintf(part->fat_refused, SPINE_REFUSAL, "%.*s", SPINE_REFUSAL - 1, why.text);
    level->marrow_fat_refused = part->fat_refused;
    return OSARC_OK;
}

osarc_status spine_step_fat(spine_step *step, const osarc_image *image,
                            const osarc_calibration *calibration, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    if (calibration->rung == OSARC_RUNG_NONE)
        return OSARC_OK;
    for (size_t v = 0; v < step->count && !status; v++)
        if (step->levels[v].trabecular[OSARC_PLACED].voxels)
            status = find_fat(&step->levels[v], &step->parts[v], image, calibration, err);
    return status;
}

osarc_status spine_step_rois(osarc_mask **out, const spine_step *step, const osarc_grid *grid,
                             osarc_error *err)
{
    osarc_status status = osarc_mask_create(out, grid, err);
    for (size_t v = 0; v < step->count && !status; v++) {
        const osarc_region *region = &step->levels[v].trabecular[OSARC_PLACED];
        for (size_t i = 0; region->voxels && i < region->count; i++)
            osarc_mask_fill(*out)[region->voxels[i]] = step->levels[v].vertebra->label;
    }
    return status;
}

/* What a body measures about, where the finder does not tell. */
#define USUAL_DEPTH_MM 34.0
#define USUAL_WIDTH_MM 45.0

static int is_in_view(const osarc_grid *grid, const double lps_mm[3])
{
    double ijk[3];
    osarc_grid_index(grid, lps_mm, ijk);
    for (int a = 0; a < 3; a++)
        if (!(ijk[a] >= -0.5 && ijk[a] <= (double) grid->size[a] - 0.5))
            return 0;
    return 1;
}

osarc_status spine_step_marks(osarc_spine_mark **out, size_t *count_out, const spine_step *step,
                              osarc_error *err)
{
    *count_out = 0;
    *out = osi_alloc(step->count + 1, sizeof(**out), err);
    if (!*out)
        return OSARC_ERR_MEMORY;
    for (size_t v = 0; v < step->count; v++) {
        const osarc_vertebra *vertebra = step->levels[v].vertebra;
        const char *name = osarc_vertebra_name(vertebra->label);
        osarc_spine_mark *mark = &(*out)[*count_out];
        if (!is_in_view(osarc_mask_grid(osarc_spine_bodies(step->spine)), vertebra->centre_mm))
            continue;
        mark->name = name[0] ? name : "?";
        mark->depth_mm = vertebra->depth_mm > 0 ? vertebra->depth_mm : USUAL_DEPTH_MM;
        mark->width_mm = vertebra->width_mm > 0 ? vertebra->width_mm : USUAL_WIDTH_MM;
        mark->measured = step->levels[v].trabecular[OSARC_PLACED].voxels != NULL;
        memcpy(mark->centre_mm, vertebra->centre_mm, sizeof(mark->centre_mm));
        ++*count_out;
    }
    return OSARC_OK;
}

void spine_step_free(spine_step *step)
{
    for (size_t v = 0; step->parts && v < step->count; v++)
        for (int p = 0; p < OSARC_PLACEMENTS; p++)
            osarc_voxels_free(step->parts[v].trabecular[p]);
    osi_free(step->body_voxels);
    osi_free(step->parts);
    osi_free(step->levels);
    osarc_spine_free(step->spine);
    memset(step, 0, sizeof(*step));
}
