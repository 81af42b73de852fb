/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/selftest.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>
#include <osarc/dicom.h>
#include <osi/fail.h>
#include <osi/file.h>

#include "json_object.h"
#include "out_folder.h"

/* Under what the reader takes for a measurement, as on scanners that pad outside a circle. */
#define PADDING (-2000)

static const char *const PLANES[] = {"axial", "sagittal", "coronal"};

/* Where the series at the second voltage goes. */
#define SECOND_FOLDER "second"

/* The seed is a text: readers of JSON keep whole numbers to 2^53 only. */
static json_t *options_json(const osarc_phantom_options *o)
{
    char seed[24];
    snprintf(seed, sizeof(seed), "%" PRIu64, o->seed);
    return json_pack("{s:s,s:f,s:f,s:f,s:f,s:f,s:f,s:I,s:s,s:b,s:b,s:b,s:b,s:b,s:b,s:b}", "seed",
                     seed, "pixel_mm", o->pixel_mm, "slice_mm", o->slice_mm, "thickness_mm",
                     o->thickness_mm, "length_mm", o->length_mm, "noise_sd_hu", o->noise_sd_hu,
                     "kvp", o->kvp, "matrix", (json_int_t) o->matrix, "plane", PLANES[o->plane],
                     "feet_first", o->feet_first, "prone", o->prone, "circle_padding",
                     o->circle_padding, "without_table", o->without_table, "table_touches",
                     o->table_touches, "blanket", o->blanket, "contrast", o->contrast);
}

static json_t *truths_json(const osarc_phantom *phantom)
{
    json_t *list = json_array();
    for (size_t i = 0; i < osarc_phantom_truth_count(phantom); i++) {
        const osarc_truth *truth = osarc_phantom_truth(phantom, i);
        if (json_array_append_new(list, json_pack("{s:s,s:s,s:f,s:s,s:f,s:s}", "quantity",
                                                  truth->quantity, "tissue", truth->tissue, "value",
                                                  truth->value, "unit", truth->unit, "tolerance",
                                                  truth->tolerance, "tolerance_reason",
                                                  truth->tolerance_reason))) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *number_json(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *vector_json(const double v[3])
{
    return json_pack("[f,f,f]", v[0], v[1], v[2]);
}

static json_t *levels_json(const osarc_phantom *phantom)
{
    json_t *list = json_array();
    for (size_t i = 0; i < osarc_phantom_level_count(phantom); i++) {
        const osarc_phantom_level *l = osarc_phantom_level_at(phantom, i);
        json_t *row = json_pack(
            "{s:s,s:i,s:b,s:o,s:o,s:o,s:f,s:f,s:f,s:f,s:f,s:f,s:f,s:f,s:s,s:f,s:f,s:o,s:f,s:f,"
            "s:b,s:b,s:b}",
            "name", l->name, "label", (int) l->label, "whole", l->whole, "centre_mm",
            vector_json(l->centre_mm), "up", vector_json(l->up), "back", vector_json(l->back),
            "height_anterior_mm", l->height_anterior_mm, "height_middle_mm", l->height_middle_mm,
            "height_posterior_mm", l->height_posterior_mm, "width_mm", l->width_mm, "depth_mm",
            l->depth_mm, "body_cm3", l->body_cm3, "trabecular_cm3", l->trabecular_cm3,
            "mineral_mg_cm3", l->mineral_mg_cm3, "basis", osarc_phantom_settings(phantom)->basis,
            "marrow_fat", l->marrow_fat, "hu", l->hu, "second_hu", number_json(l->second_hu),
            "k2hpo4_mg_cm3", l->k2hpo4_mg_cm3, "ha_mg_cm3", l->ha_mg_cm3, "fractured", l->fractured,
            "has_metal", l->has_metal, "has_cement", l->has_cement);
        if (json_array_append_new(list, row)) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *rods_json(const osarc_phantom *phantom)
{
    json_t *list = json_array();
    for (size_t i = 0; i < osarc_phantom_rod_count(phantom); i++) {
        const osarc_phantom_rod *r = osarc_phantom_rod_at(phantom, i);
        json_t *row =
            json_pack("{s:f,s:f,s:o,s:o,s:f,s:f,s:o}", "density_mg_cm3", r->density_mg_cm3,
                      "water_density_mg_cm3", r->water_density_mg_cm3, "centre_mm",
                      vector_json(r->centre_mm), "along", vector_json(r->along), "diameter_mm",
                      r->diameter_mm, "hu", r->hu, "second_hu", number_json(r->second_hu));
        if (json_array_append_new(list, row)) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *scales_json(const osarc_phantom *phantom)
{
    json_t *list = json_array();
    for (int second = 0; second < 2; second++) {
        osarc_phantom_scale s = osarc_phantom_scale_of(phantom, second);
        if (!isfinite(s.kvp))
            continue;
        json_array_append_new(
            list, json_pack("{s:f,s:f,s:f,s:f,s:f}", "kvp", s.kvp, "effective_kev", s.effective_kev,
                            "hu_per_k2hpo4_mg_cm3", s.hu_per_k2hpo4_mg_cm3, "hu_per_ha_mg_cm3",
                            s.hu_per_ha_mg_cm3, "water_hu", 0.0));
    }
    return list;
}

static void add_spine(json_t *root, const osarc_phantom *phantom)
{
    const osarc_phantom_options *o = osarc_phantom_settings(phantom);
    json_t *options = json_object_get(root, "options");
    json_object_update_new(
        options,
        json_pack("{s:f,s:f,s:f,s:s,s:f,s:f,s:f,s:i,s:b,s:b,s:f,s:f,s:f,s:s,s:s,s:s,s:s,s:f}",
                  "effective_kev", o->effective_kev, "centre_z_mm", o->centre_z_mm,
                  "trabecular_mg_cm3", o->trabecular_mg_cm3, "basis", o->basis, "marrow_fat",
                  o->marrow_fat, "second_kvp", o->second_kvp, "second_effective_kev",
                  o->second_effective_kev, "lumbar", o->lumbar, "without_ribs", o->without_ribs,
                  "without_sacrum", o->without_sacrum, "rotate_deg", o->rotate_deg, "tilt_deg",
                  o->tilt_deg, "scoliosis_deg", o->scoliosis_deg, "fracture", o->fracture, "metal",
                  o->metal, "cement", o->cement, "rods", o->rods, "rods_tilt_deg",
                  o->rods_tilt_deg));
    json_object_set_new(root, "scales", scales_json(phantom));
    json_object_set_new(root, "levels", levels_json(phantom));
    json_object_set_new(root, "rods", rods_json(phantom));
}

static json_t *regions_json(const osarc_phantom_femur *f)
{
    json_t *list = json_object();
    for (int n = 0; n < OSARC_HIP_REGION_COUNT; n++) {
        const osarc_phantom_hip_region *r = &f->regions[n];
        json_object_set_new(list, osarc_hip_region_name((osarc_hip_region) n),
                            json_pack("{s:f,s:f,s:f,s:f,s:f,s:f}", "abmd_g_cm2", r->abmd_g_cm2,
                                      "bmc_g", r->bmc_g, "bone_area_cm2", r->area_cm2, "volume_cm3",
                                      r->volume_cm3, "integral_mg_cm3", r->integral_mg_cm3,
                                      "compact_cm3", r->compact_cm3));
    }
    return list;
}

static json_t *femurs_json(const osarc_phantom *phantom)
{
    json_t *list = json_array();
    for (size_t i = 0; i < osarc_phantom_femur_count(phantom); i++) {
        const osarc_phantom_femur *p = osarc_phantom_femur_at(phantom, i);
        const osarc_femur *f = &p->femur;
        json_t *row = json_pack(
            "{s:s,s:i,s:o,s:f,s:f,s:o,s:o,s:f,s:f,s:o,s:o,s:o,s:o,s:f,s:f,s:f,s:s,s:s,s:s,s:f,s:f,"
            "s:s,s:o}",
            "side", f->side == OSARC_SIDE_LEFT ? "left" : "right", "label", (int) f->label,
            "head_mm", vector_json(f->head_mm), "head_radius_mm", f->head_radius_mm, "head_in_view",
            f->head_in_view, "neck_mm", vector_json(f->neck_mm), "neck_axis",
            vector_json(f->neck_axis), "neck_section_mm2", f->neck_section_mm2, "neck_least_mm",
            f->neck_least_mm, "shaft_mm", vector_json(f->shaft_mm), "shaft_axis",
            vector_json(f->shaft_axis), "greater_mm", vector_json(f->greater_mm), "lesser_mm",
            vector_json(f->lesser_mm), "shaft_in_view_mm", f->shaft_in_view_mm, "neck_shaft_deg",
            f->neck_shaft_deg, "neck_forward_deg", f->neck_forward_deg, "refused_all",
            f->refused_all, "refused_neck", f->refused_neck, "refused_total", f->refused_total,
            "core_mg_cm3", p->core_mg_cm3, "compact_mg_cm3", p->compact_mg_cm3, "basis",
            osarc_phantom_settings(phantom)->basis, "regions", regions_json(p));
        if (json_array_append_new(list, row)) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static void add_hip(json_t *root, const osarc_phantom *phantom)
{
    const osarc_phantom_options *o = osarc_phantom_settings(phantom);
    json_object_update_new(json_object_get(root, "options"),
                           json_pack("{s:f,s:f,s:f,s:f,s:s,s:f,s:f,s:f,s:s}", "effective_kev",
                                     o->effective_kev, "centre_z_mm", o->centre_z_mm,
                                     "trabecular_mg_cm3", o->trabecular_mg_cm3, "cortical_mg_cm3",
                                     o->cortical_mg_cm3, "basis", o->basis, "leg_turn_deg",
                                     o->leg_turn_deg, "anteversion_deg", o->anteversion_deg,
                                     "joint_gap_mm", o->joint_gap_mm, "metal", o->metal));
    json_object_set_new(root, "scales", scales_json(phantom));
    json_object_set_new(root, "femurs", femurs_json(phantom));
}

static osarc_status write_truth(const osarc_phantom *phantom, const char *path, osarc_error *err)
{
    json_t *root =
        json_pack("{s:s,s:o,s:o}", "kind", osarc_phantom_kind(phantom), "options",
                  options_json(osarc_phantom_settings(phantom)), "truth", truths_json(phantom));
    const osarc_phantom_options *o = osarc_phantom_settings(phantom);
    if (root && (o->muscle_fat > 0 || o->streaks))
        json_object_update_new(
            json_object_get(root, "options"),
            json_pack("{s:f,s:b}", "muscle_fat", o->muscle_fat, "streaks", o->streaks));
    if (root && osarc_phantom_level_count(phantom) > 0)
        add_spine(root, phantom);
    if (root && osarc_phantom_femur_count(phantom) > 0)
        add_hip(root, phantom);
    return json_object_write(root, path, err);
}

/* All that the bytes depend on, so that two different phantoms never share a UID. */
static void print_seed(char *out, size_t size, const osarc_phantom *phantom)
{
    const osarc_phantom_options *o = osarc_phantom_settings(phantom);
    snprintf(out, size, "%s %" PRIu64 " %a %a %a %a %a %a %zu %d %d %d %d %d %d %d %d",
             osarc_phantom_kind(phantom), o->seed, o->pixel_mm, o->slice_mm, o->thickness_mm,
             o->length_mm, o->noise_sd_hu, o->kvp, o->matrix, (int) o->plane, o->feet_first,
             o->prone, o->circle_padding, o->without_table, o->table_touches, o->blanket,
             o->contrast);
    size_t used = strlen(out);
    if (o->muscle_fat > 0 || o->streaks) {
        snprintf(out + used, size - used, " %a %d", o->muscle_fat, o->streaks);
        used = strlen(out);
    }
    if (osarc_phantom_level_count(phantom) > 0)
        snprintf(out + used, size - used,
                 " %a %a %a %s %a %a %a %d %d %d %a %a %a '%s' '%s' '%s' '%s' %a", o->effective_kev,
                 o->centre_z_mm, o->trabecular_mg_cm3, o->basis, o->marrow_fat, o->second_kvp,
                 o->second_effective_kev, o->lumbar, o->without_ribs, o->without_sacrum,
                 o->rotate_deg, o->tilt_deg, o->scoliosis_deg, o->fracture, o->metal, o->cement,
                 o->rods, o->rods_tilt_deg);
    if (osarc_phantom_femur_count(phantom) > 0)
        snprintf(out + used, size - used, " %a %a %a %a %s %a %a %a '%s'", o->effective_kev,
                 o->centre_z_mm, o->trabecular_mg_cm3, o->cortical_mg_cm3, o->basis,
                 o->leg_turn_deg, o->anteversion_deg, o->joint_gap_mm, o->metal);
}

static osarc_status write_series(out_folder *out, const osarc_phantom *phantom, const char *seed,
                                 osarc_error *err)
{
    osarc_ct_write_options options = {osarc_phantom_acquisition(phantom), seed, PADDING, 0};
    osarc_status status = osarc_ct_write(out->work, osarc_phantom_image(phantom), &options, err);
    const osarc_image *second = osarc_phantom_second_image(phantom);
    if (status || !second)
        return status;
    const char *folder = out_path(out, err, SECOND_FOLDER);
    status = folder ? osi_folder_create(folder, err) : OSARC_ERR_MEMORY;
    if (status)
        return status;
    options.acquisition = osarc_phantom_second_acquisition(phantom);
    options.series = 1;
    return osarc_ct_write(folder, second, &options, err);
}

osarc_status osarc_phantom_write(const char *folder, const osarc_phantom *phantom, int overwrite,
                                 osarc_error *err)
{
    if (!folder || !phantom)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a folder and a phantom are needed");
    char seed[1024];
    print_seed(seed, sizeof(seed), phantom);
    out_folder out;
    osarc_status status = out_open(&out, folder, overwrite, err);
    if (!status)
        status = write_series(&out, phantom, seed, err);
    if (!status) {
        const char *path = out_path(&out, err, "truth.json");
        status = path ? write_truth(phantom, path, err) : OSARC_ERR_MEMORY;
    }
    if (!status)
        status = out_publish(&out, err);
    out_close(&out);
    return status;
}
