/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rod_find.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "rod_fit.h"
#include "rods.h"

#define SAME_GRID_MM  0.01
#define MIN_SLICES    3
#define RADIUS_LOW    0.75 /* of the thinnest rod known; sizes of the table are approximate */
#define RADIUS_HIGH   1.3  /* of the thickest */
#define RADIUS_MIN_MM 5.0
#define RADIUS_MAX_MM 16.0
#define OUTSIDE_SHARE 0.7 /* of rods of no known phantom, to be taken for one */
#define UNKNOWN_SHARE 0.6 /* of directions, even surroundings of such rods */
#define UNKNOWN_MM    30
#define MANY_LEFT_OUT 0.2

typedef struct model_list {
    const osarc_rod_model **models;
    size_t count;
    size_t own;
} model_list;

static osarc_status list_models(model_list *out, const osarc_phantom_search *search,
                                osarc_error *err)
{
    size_t known_count = 0;
    const osarc_rod_model *known = osarc_rod_models(&known_count);
    size_t own = search && search->own_models ? search->own_count : 0;
    for (size_t i = 0; i < own; i++)
        if (search->own_models[i].rod_count < 2 ||
            search->own_models[i].rod_count > OSARC_ROD_MAX ||
            !(search->own_models[i].rod_diameter_mm > 0))
            return osi_fail(err, OSARC_ERR_ARGUMENT, "model %zu has no rods", i + 1);
    out->models = osi_alloc(own + known_count, sizeof(*out->models), err);
    if (!out->models)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < own; i++)
        out->models[i] = &search->own_models[i];
    for (size_t i = 0; i < known_count; i++)
        out->models[own + i] = &known[i];
    out->own = own;
    out->count = own + known_count;
    return OSARC_OK;
}

static rod_radii radii_of(const model_list *list)
{
    double low = INFINITY;
    double high = 0;
    for (size_t i = 0; i < list->count; i++) {
        low = fmin(low, list->models[i]->rod_diameter_mm / 2);
        high = fmax(high, list->models[i]->rod_diameter_mm / 2);
    }
    rod_radii radii = {fmax(RADIUS_MIN_MM, RADIUS_LOW * low),
                       fmin(RADIUS_MAX_MM, RADIUS_HIGH * high)};
    return radii;
}

/* Share of the rods' voxels that are not labelled as body. */
static double outside_share(const rod_row *row, const rod_view *view, const osarc_mask *tissue)
{
    const uint8_t *labels = osarc_mask_labels(tissue);
    size_t outside = 0;
    size_t all = 0;
    for (size_t k = 0; k < row->tracks; k++) {
        const rod_track *rod = &row->rods[k];
        size_t from = (size_t) (rod->w_low_mm / view->mm[2] + 0.5);
        size_t to = (size_t) (rod->w_high_mm / view->mm[2] + 0.5);
        for (size_t slice = from; slice <= to && slice < view->size[2]; slice++) {
            double w = (double) slice * view->mm[2];
            double u = (rod->u_mm + rod->du * w) / view->mm[0];
            double v = (rod->v_mm + rod->dv * w) / view->mm[1];
            if (u < 0 || v < 0 || u >= (double) view->size[0] || v >= (double) view->size[1])
                continue;
            uint8_t label = labels[(size_t) u * view->stride[0] + (size_t) v * view->stride[1] +
                                   slice * view->stride[2]];
            outside += label == OSARC_TISSUE_OUTSIDE || label == OSARC_TISSUE_PHANTOM;
            all++;
        }
    }
    return all ? (double) outside / (double) all : 0;
}

/* A row of no known model counts only when nothing but a phantom can look so. */
static osarc_status judge_unknown(const rod_row *row, const rod_view *view,
                                  const osarc_mask *tissue, osarc_error *err)
{
    char values[128] = "";
    if (row->tracks > OSARC_ROD_MAX || outside_share(row, view, tissue) < OUTSIDE_SHARE)
        return OSARC_OK;
    for (size_t i = 0; i < row->tracks; i++) {
        const rod_track *rod = &row->rods[i];
        if (rod->base_share < UNKNOWN_SHARE || rod->w_high_mm - rod->w_low_mm < UNKNOWN_MM)
            return OSARC_OK;
        size_t used = strlen(values);
        snprintf(values + used, sizeof(values) - used, "%s%.0f", i ? ", " : "", rod->hu);
    }
    return osi_fail(err, OSARC_ERR_QUALITY,
                    "a row of %zu rods (%s HU) is no phantom that is known: the values of its "
                    "certificate are needed (--phantom-file)",
                    row->tracks, values);
}

static osarc_status tell(rod_row *row, int *found_out, const rod_track *tracks, size_t count,
                         const rod_view *view, const model_list *list, double kvp, osarc_error *err)
{
    rod_row *best = osi_alloc(list->count, sizeof(*best), err);
    if (!best)
        return OSARC_ERR_MEMORY;
    row->model = NULL;
    if (list->own)
        *found_out = rod_row_tell(row, tracks, count, view, list->models, list->own, kvp, best);
    if (!row->model)
        *found_out = rod_row_tell(row, tracks, count, view, list->models + list->own,
                                  list->count - list->own, kvp, best);
    osi_free(best);
    return OSARC_OK;
}

static osarc_status search_row(rod_row *row, int *found_out, const rod_view *view,
                               const model_list *list, double kvp, int threads, osarc_error *err)
{
    rod_track tracks[ROD_TRACKS_MAX];
    rod_plane *planes = NULL;
    size_t plane_count = 0;
    size_t track_count = 0;
    double length_mm = (double) (view->size[2] - 1) * view->mm[2];
    *found_out = 0;
    osarc_status status =
        rod_planes_find(&planes, &plane_count, view, radii_of(list), threads, err);
    if (!status)
        status = rod_tracks_link(tracks, &track_count, planes, plane_count, length_mm, err);
    osi_free(planes);
    if (!status && track_count >= 2)
        status = tell(row, found_out, tracks, track_count, view, list, kvp, err);
    return status;
}

static osarc_status note_findings(osarc_notes *notes, const rod_row *row, const rod_means *means,
                                  const osarc_calibration *cal, int own, osarc_error *err)
{
    const osarc_rod_model *model = row->model;
    size_t used = SIZE_MAX;
    size_t left_out = 0;
    size_t all = 0;
    if (!notes)
        return OSARC_OK;
    for (size_t rod = 0; rod < model->rod_count; rod++)
        if (isfinite(means->hu[rod])) {
            used = means->slices[rod] < used ? means->slices[rod] : used;
            left_out += means->left_out[rod];
            all += means->slices[rod] + means->left_out[rod];
        }
    osarc_status status =
        osarc_notes_add(notes, OSARC_NOTE_INFO, "phantom_found", err,
                        "bone density phantom %s: %zu of %zu rods over %zu slices; %s %s",
                        model->id, cal->point_count, model->rod_count, used,
                        own ? "given values of" : "values of", model->name);
    if (!status && !own)
        status = osarc_notes_add(notes, OSARC_NOTE_INFO, "phantom_serial", err,
                                 "another serial number needs the values of its own certificate "
                                 "(--phantom-file)");
    if (!status && cal->point_count < model->rod_count)
        status = osarc_notes_add(notes, OSARC_NOTE_WARNING, "phantom_rods_missing", err,
                                 "%zu of %zu rods of the phantom are not in view",
                                 model->rod_count - cal->point_count, model->rod_count);
    if (!status && (double) left_out > MANY_LEFT_OUT * (double) all)
        status = osarc_notes_add(notes, OSARC_NOTE_WARNING, "phantom_slices_left_out", err,
                                 "%.0f %% of the slices of the rods are spoiled and were left out",
                                 100.0 * (double) left_out / (double) all);
    if (!status && cal->point_count == 2)
        status = osarc_notes_add(notes, OSARC_NOTE_WARNING, "phantom_two_rods", err,
                                 "two rods fit any line: the interval of the calibration holds "
                                 "their noise only");
    return status;
}

static void copy_acquisition(osarc_calibration *out, const osarc_acquisition *acquisition)
{
    if (!acquisition)
        return;
    out->kvp = acquisition->kvp;
    memcpy(out->manufacturer, acquisition->manufacturer, sizeof(out->manufacturer));
    memcpy(out->device_model, acquisition->model, sizeof(out->device_model));
    memcpy(out->device_serial, acquisition->device_serial, sizeof(out->device_serial));
    memcpy(out->kernel, acquisition->kernel, sizeof(out->kernel));
}

static osarc_status use_row(osarc_calibration *out, const rod_row *row, const rod_view *view,
                            osarc_mask *tissue, const osarc_acquisition *acquisition, int own,
                            osarc_notes *notes, osarc_error *err)
{
    rod_means means;
    if (row->other)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "the rods in view fit %s and %s: name the phantom (--phantom-model) or "
                        "give its own values (--phantom-file)",
                        row->model->id, row->other->id);
    osarc_status status =
        rod_means_read(&means, row, view, acquisition ? acquisition->slice_thickness_mm : NAN, err);
    if (!status)
        status = osarc_calibrate_rods(out, row->model, means.hu, means.hu_se, err);
    if (status)
        return status;
    copy_acquisition(out, acquisition);
    rod_paint(tissue, row, &means, view);
    return note_findings(notes, row, &means, out, own, err);
}

osarc_status osarc_calibrate_phantom(osarc_calibration *out, const osarc_image *image,
                                     osarc_mask *tissue, const osarc_acquisition *acquisition,
                                     const osarc_phantom_search *search, osarc_notes *notes,
                                     osarc_error *err)
{
    rod_view view;
    rod_row row;
    model_list list = {0};
    int found = 0;
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    rods_clear(out);
    if (!image || !tissue)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "an image and tissue labels are needed");
    if (osarc_image_unit(image) != OSARC_UNIT_HU)
        return osi_fail(err, OSARC_ERR_UNIT, "the image is not in HU");
    if (!osarc_grid_same(osarc_image_grid(image), osarc_mask_grid(tissue), SAME_GRID_MM))
        return osi_fail(err, OSARC_ERR_GEOMETRY, "tissue labels lie on another grid");
    rod_view_make(&view, image);
    if (view.size[2] < MIN_SLICES)
        return OSARC_OK;
    osarc_status status = list_models(&list, search, err);
    if (!status)
        status = search_row(&row, &found, &view, &list, acquisition ? acquisition->kvp : NAN,
                            search ? search->threads : 0, err);
    if (!status && found && !row.model)
        status = judge_unknown(&row, &view, tissue, err);
    else if (!status && found) {
        int own = 0;
        for (size_t i = 0; i < list.own; i++)
            own = own || row.model == list.models[i];
        status = use_row(out, &row, &view, tissue, acquisition, own, notes, err);
    }
    osi_free(list.models);
    if (status)
        rods_clear(out);
    return status;
}
