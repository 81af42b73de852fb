/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_step.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osarc/dxa_regions.h>
#include <osarc/measure_dxa.h>
#include <osarc/report.h>
#include <osarc/vertebra.h>
#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/nifti.h>

#include "dxa_body_step.h"
#include "dxa_femur_step.h"
#include "dxa_files.h"
#include "dxa_forearm_step.h"
#include "dxa_lines_file.h"

#define BODY_G_CM2 0.5 /* less soft tissue has no share of fat that could be told */

osarc_status dxa_asked_read(osarc_dxa_calibration **out, const osarc_run_options *options,
                            osarc_error *err)
{
    *out = NULL;
    if (!options->dxa_calibration_path)
        return OSARC_OK;
    osarc_dxa_calibration *calibration = osi_alloc(1, sizeof(*calibration), err);
    if (!calibration)
        return OSARC_ERR_MEMORY;
    osarc_status status =
        osarc_dxa_calibration_read(calibration, options->dxa_calibration_path, err);
    if (status) {
        osi_free(calibration);
        return osi_fail_context(err, status, options->dxa_calibration_path);
    }
    *out = calibration;
    return OSARC_OK;
}

/* What the picture of each view would give; NULL ends a list. */
static const struct {
    const char *site;
    const char *side;
    const char *levels[4];
    const char *quantities[4];
    const char *why; /* NULL: it is measured */
} VIEWS[OSARC_DXA_VIEW_COUNT] = {
    [OSARC_DXA_VIEW_UNKNOWN] = {"whole_scan",
                                "",
                                {""},
                                {"abmd"},
                                "the view is not known: the protocol name, or a view in dxa.json, "
                                "is needed"},
    [OSARC_DXA_VIEW_SPINE] = {"lumbar", "", {"L1-L4"}, {"abmd", "bmc", "bone_area"}, NULL},
    [OSARC_DXA_VIEW_FEMUR_LEFT] =
        {"femur", "left", {"neck", "total"}, {"abmd", "bmc", "bone_area"}, NULL},
    [OSARC_DXA_VIEW_FEMUR_RIGHT] =
        {"femur", "right", {"neck", "total"}, {"abmd", "bmc", "bone_area"}, NULL},
    [OSARC_DXA_VIEW_WHOLE_BODY] =
        {"whole_body", "", {"total"}, {"lean_mass", "fat_mass", "alm"}, NULL},
    [OSARC_DXA_VIEW_FOREARM] = {"forearm", "", {"radius-33"}, {"abmd", "bmc", "bone_area"}, NULL},
    [OSARC_DXA_VIEW_LATERAL_SPINE] =
        {"lumbar", "", {""}, {"abmd"}, "lateral views of the spine are not measured"},
    [OSARC_DXA_VIEW_KNEE] = {"knee", "", {""}, {"abmd"}, "knees are not measured"},
    [OSARC_DXA_VIEW_WEDGE] = {"whole_scan",
                              "",
                              {""},
                              {"abmd"},
                              "a calibration wedge, nobody: `osarc calibrate --wedge` reads it"},
};

static osarc_status refuse_view(osarc_findings *findings, const osarc_acquisition *a,
                                const char *case_id, osarc_dxa_view view, const char *why,
                                osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (size_t l = 0; l < 4 && VIEWS[view].levels[l]; l++)
        for (size_t q = 0; !status && q < 4 && VIEWS[view].quantities[q]; q++) {
            osarc_finding row = {.case_id = case_id,
                                 .patient_id = a->patient_id,
                                 .study_uid = a->study_uid,
                                 .series_uid = a->series_uid,
                                 .modality = a->modality,
                                 .site = VIEWS[view].site,
                                 .level = VIEWS[view].levels[l],
                                 .side = VIEWS[view].side,
                                 .quantity = VIEWS[view].quantities[q],
                                 .value = NAN,
                                 .ci_low = NAN,
                                 .ci_high = NAN,
                                 .quality = OSARC_QUALITY_REFUSED,
                                 .note = why};
            status = osarc_findings_add(findings, &row, err);
        }
    return status;
}

osarc_status dxa_step_refuse(osarc_findings *findings, const osarc_series *series,
                             const char *case_id, const char *why, osarc_error *err)
{
    osarc_dxa_view view = OSARC_DXA_VIEW_UNKNOWN;
    for (int v = 0; v < OSARC_DXA_VIEW_COUNT; v++)
        if (strcmp(series->view, osarc_dxa_view_name((osarc_dxa_view) v)) == 0)
            view = (osarc_dxa_view) v;
    return refuse_view(findings, &series->acquisition, case_id, view, why, err);
}

/* A coronal plane, its middle at 0. */
static osarc_grid make_grid(const osarc_dxa_maps *maps)
{
    osarc_grid grid = {.size = {maps->columns, maps->rows, 1},
                       .spacing_mm = {maps->spacing_mm[0], maps->spacing_mm[1], 1},
                       .direction = {{1, 0, 0}, {0, 0, -1}, {0, 1, 0}}};
    grid.origin_mm[0] = -((double) maps->columns - 1) / 2 * maps->spacing_mm[0];
    grid.origin_mm[2] = ((double) maps->rows - 1) / 2 * maps->spacing_mm[1];
    return grid;
}

static osarc_status write_labels(const uint8_t *labels, const char *name, const osarc_grid *grid,
                                 size_t number, out_folder *out, osarc_error *err)
{
    osarc_mask *mask = NULL;
    osarc_status status = osarc_mask_create(&mask, grid, err);
    if (status)
        return status;
    memcpy(osarc_mask_fill(mask), labels, osarc_grid_count(grid));
    const char *path = out_path(out, err, "masks/%zu_%s.nii.gz", number, name);
    status = path ? osi_nifti_write_mask(path, mask, OSI_NIFTI_AS_DICOM_CONVERTERS, 1, err)
                  : OSARC_ERR_MEMORY;
    osarc_mask_free(mask);
    return status;
}

/* What was found in the picture; only that of its view is filled. */
typedef struct found {
    osarc_dxa_spine spine;
    osarc_dxa_femur femur;
    osarc_dxa_body body;
    osarc_dxa_forearm forearm;
    int is_limb; /* whose sides are not those of the picture */
} found;

static const uint8_t *labels_of(const found *f)
{
    return f->spine.labels     ? f->spine.labels
           : f->femur.labels   ? f->femur.labels
           : f->forearm.labels ? f->forearm.labels
                               : f->body.labels;
}

static size_t names_of(osarc_label *names, size_t room, const found *f)
{
    size_t named = 0;
    if (f->body.labels)
        return dxa_body_names(names, room);
    if (f->femur.labels)
        return dxa_femur_names(names, room, &f->femur);
    if (f->forearm.labels)
        return dxa_forearm_names(names, room, &f->forearm);
    for (uint8_t label = 27; f->spine.labels && label <= 33 && named < room; label++)
        names[named++] = (osarc_label){label, osarc_vertebra_name(label)};
    return named;
}

static osarc_status write_picture(const osarc_dxa_maps *maps, const float *fat, const found *f,
                                  size_t number, out_folder *out, osarc_notes *notes,
                                  osarc_error *err)
{
    char title[48];
    osarc_label names[8];
    size_t named = names_of(names, sizeof(names) / sizeof(names[0]), f);
    osarc_dxa_band bands[] = {
        {"android", {f->body.android_mm[0], f->body.android_mm[1]}, 1u << OSARC_DXA_BODY_TRUNK},
        {"gynoid",
         {f->body.gynoid_mm[0], f->body.gynoid_mm[1]},
         1u << OSARC_DXA_BODY_TRUNK | 1u << OSARC_DXA_BODY_LEG_LEFT |
             1u << OSARC_DXA_BODY_LEG_RIGHT}};
    osarc_dxa_panel bone = {.caption = "bone mineral, 0 to 1.5 g/cm2",
                            .values = maps->bone_g_cm2,
                            .labels = labels_of(f),
                            .names = names,
                            .name_count = named,
                            .columns = maps->columns,
                            .rows = maps->rows,
                            .spacing_mm = {maps->spacing_mm[0], maps->spacing_mm[1]},
                            .low = 0,
                            .high = 1.5,
                            .is_limb = f->is_limb};
    if (f->body.labels) {
        bone.bands = bands;
        bone.band_count = sizeof(bands) / sizeof(bands[0]);
    }
    osarc_dxa_panel panels[2] = {bone, bone};
    panels[1].caption = "share of fat in soft tissue, 0 to 1";
    panels[1].values = fat;
    panels[1].labels = NULL;
    panels[1].bands = NULL;
    panels[1].high = 1;
    snprintf(title, sizeof(title), "series %zu, densitometry", number);
    const char *path = out_path(out, err, "images/%zu_dxa.png", number);
    if (!path)
        return OSARC_ERR_MEMORY;
    osarc_status status =
        osarc_report_dxa_png(panels, maps->is_calibrated ? 2 : 1, title, 1, path, err);
    if (status == OSARC_ERR_UNSUPPORTED)
        status = osarc_notes_add(notes, OSARC_NOTE_WARNING, "no_picture", err, "no picture: %s",
                                 err->text);
    return status;
}

static osarc_status write_maps(const osarc_dxa_maps *maps, const found *f, size_t number,
                               out_folder *out, osarc_notes *notes, osarc_error *err)
{
    osarc_grid grid = make_grid(maps);
    size_t count = osarc_grid_count(&grid);
    float *fat = osi_alloc(count, sizeof(*fat), err);
    if (!fat)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        float soft = maps->lean_g_cm2[i] + maps->fat_g_cm2[i];
        fat[i] = soft > (float) BODY_G_CM2 ? maps->fat_g_cm2[i] / soft : NAN;
    }
    const char *path = out_path(out, err, "masks/%zu_bone_mineral.nii.gz", number);
    osarc_status status =
        path ? osi_nifti_write_map(path, maps->bone_g_cm2, &grid, err) : OSARC_ERR_MEMORY;
    if (!status && maps->is_calibrated) {
        path = out_path(out, err, "masks/%zu_fat_fraction.nii.gz", number);
        status = path ? osi_nifti_write_map(path, fat, &grid, err) : OSARC_ERR_MEMORY;
    }
    if (!status && f->spine.labels)
        status = write_labels(f->spine.labels, "structures", &grid, number, out, err);
    if (!status && f->femur.labels)
        status = write_labels(f->femur.labels, "femur_regions", &grid, number, out, err);
    if (!status && f->forearm.labels)
        status = write_labels(f->forearm.labels, "forearm_regions", &grid, number, out, err);
    if (!status && f->body.labels)
        status = write_labels(f->body.labels, "body_regions", &grid, number, out, err);
    if (!status) {
        const osarc_dxa_picture picture = {
            .columns = maps->columns,
            .rows = maps->rows,
            .spacing_mm = {maps->spacing_mm[0], maps->spacing_mm[1]}};
        const dxa_lines lines = {&f->spine, &f->femur, &f->body};
        path = out_path(out, err, "masks/%zu_cut_lines.json", number);
        status = path ? dxa_lines_write(&lines, &picture, path, err) : OSARC_ERR_MEMORY;
    }
    if (!status)
        status = write_picture(maps, fat, f, number, out, notes, err);
    osi_free(fat);
    return status;
}

static osarc_status measure_view(osarc_findings *findings, const osarc_measure_context *context,
                                 const osarc_dxa_facts *facts, const osarc_dxa_maps *maps, found *f,
                                 osarc_notes *notes, const osarc_dxa_scores *scores,
                                 const dxa_body_facts *body, osarc_error *err)
{
    if (VIEWS[facts->view].why)
        return refuse_view(findings, context->acquisition, context->case_id, facts->view,
                           VIEWS[facts->view].why, err);
    char warnings[DXA_NOTES_SIZE];
    osarc_measure_context with = *context;
    with.warnings = warnings;
    osarc_dxa_picture picture = {.bone = maps->bone_g_cm2,
                                 .columns = maps->columns,
                                 .rows = maps->rows,
                                 .spacing_mm = {maps->spacing_mm[0], maps->spacing_mm[1]}};
    if (facts->view == OSARC_DXA_VIEW_WHOLE_BODY)
        return dxa_body_measure(findings, context, maps, &picture, &f->body, notes, scores, body,
                                err);
    if (facts->view == OSARC_DXA_VIEW_FEMUR_LEFT || facts->view == OSARC_DXA_VIEW_FEMUR_RIGHT)
        return dxa_femur_measure(findings, context, facts, maps, &picture, &f->femur, notes, scores,
                                 err);
    if (facts->view == OSARC_DXA_VIEW_FOREARM) {
        dxa_join_notes(warnings, sizeof(warnings), notes);
        return dxa_forearm_measure(findings, &with, facts, maps, &picture, &f->forearm, scores,
                                   err);
    }
    osarc_status status = osarc_dxa_spine_find(&f->spine, &picture, err);
    if (!status && f->spine.warning[0])
        status = osarc_notes_add(notes, OSARC_NOTE_WARNING, "vertebra_names", err, "%s",
                                 f->spine.warning);
    dxa_join_notes(warnings, sizeof(warnings), notes);
    if (!status)
        status = osarc_measure_dxa_spine(findings, &with, maps, f->spine.labels, f->spine.refused,
                                         scores, err);
    return status;
}

osarc_status dxa_step_measure(series_result *result, osarc_findings *findings,
                              osarc_catalogue *catalogue, size_t series, size_t number,
                              out_folder *out, const run_given *given,
                              const osarc_run_options *options, osarc_error *err)
{
    osarc_dxa_options how = {.threads = options->threads};
    osarc_dxa_pair *pair = NULL;
    osarc_dxa_maps maps = {0};
    found f = {.spine = {.count = 0}};
    char warnings[DXA_NOTES_SIZE];
    double last = now_seconds();
    osarc_status status = osarc_notes_create(&result->notes, err);
    if (!status)
        status = dxa_pair_read(&pair, catalogue, series, err);
    result->seconds.read = lap(&last);
    if (status)
        goto cleanup;
    const osarc_dxa_facts *facts = osarc_dxa_pair_facts(pair);
    f.is_limb = facts->view == OSARC_DXA_VIEW_FOREARM;
    result->acquisition = facts->acquisition;
    if (facts->sides_assumed)
        status = osarc_notes_add(result->notes, OSARC_NOTE_WARNING, "sides_assumed", err,
                                 "the header does not say where left is: columns are taken to run "
                                 "to the patient's left");
    if (status)
        goto cleanup;
    status = osarc_dxa_maps_make(&maps, pair, given->dxa, result->notes, &how, err);
    result->seconds.segment = lap(&last);
    if (status)
        goto cleanup;
    dxa_join_notes(warnings, sizeof(warnings), result->notes);
    osarc_measure_context context = {result->case_id, &result->acquisition, warnings};
    osarc_patient_facts patient = osarc_patient_facts_of(given->clinical, &result->acquisition);
    osarc_dxa_scores scores = {
        .scale = facts->scale, .person = patient.person, .references = given->references};
    const dxa_body_facts body = {patient.height_m, patient.weight_kg, options->mirror_arm};
    status = measure_view(findings, &context, facts, &maps, &f, result->notes, &scores, &body, err);
    result->seconds.measure = lap(&last);
    if (!status)
        status = write_maps(&maps, &f, number, out, result->notes, err);
    result->seconds.images = lap(&last);
    if (!status)
        result->number = number;
cleanup:
    osarc_dxa_forearm_free(&f.forearm);
    osarc_dxa_body_free(&f.body);
    osarc_dxa_femur_free(&f.femur);
    osarc_dxa_spine_free(&f.spine);
    osarc_dxa_maps_free(&maps);
    osarc_dxa_pair_free(pair);
    return status;
}
