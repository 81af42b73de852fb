/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/selftest.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>
#include <osarc/dicom.h>
#include <osi/fail.h>

#include "json_object.h"
#include "out_folder.h"

static json_t *numbers_json(const double *values, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_real(values[i]));
    return list;
}

static json_t *options_json(const osarc_dxa_phantom_options *o, const char *kind)
{
    char seed[24];
    snprintf(seed, sizeof(seed), "%" PRIu64, o->seed);
    json_t *root =
        json_pack("{s:s,s:s,s:f,s:f,s:o,s:o,s:b}", "seed", seed, "beams", o->beams, "pixel_mm",
                  o->pixel_mm, "photons", o->photons, "shift_px", numbers_json(o->shift_px, 2),
                  "offset_mm", numbers_json(o->offset_mm, 2), "linear", o->linear);
    if (root && strcmp(kind, "dxa-wedge") == 0)
        json_object_set_new(root, "wedge", json_string(o->wedge));
    if (root && strcmp(kind, "dxa-body") == 0)
        json_object_set_new(root, "limb_lean", json_real(o->limb_lean));
    if (root && strcmp(kind, "dxa-spine") == 0)
        json_object_update_new(
            root, json_pack("{s:f,s:f,s:o,s:b,s:b}", "soft_g_cm2", o->soft_g_cm2, "fat_fraction",
                            o->fat_fraction, "bone_g_cm2", numbers_json(o->bone_g_cm2, 4),
                            "without_ribs", o->without_ribs, "without_crests", o->without_crests));
    if (root && strcmp(kind, "dxa-hip") == 0)
        json_object_update_new(root, json_pack("{s:f,s:f,s:o,s:s,s:f,s:f,s:b}", "soft_g_cm2",
                                               o->soft_g_cm2, "fat_fraction", o->fat_fraction,
                                               "bone_g_cm2", numbers_json(o->bone_g_cm2, 4), "side",
                                               o->side, "turn_deg", o->turn_deg, "lesser_mm",
                                               o->lesser_mm, "repositioned", o->repositioned));
    if (root && strcmp(kind, "dxa-forearm") == 0)
        json_object_update_new(root,
                               json_pack("{s:f,s:f,s:o,s:s,s:f,s:b,s:f,s:b,s:b}", "soft_g_cm2",
                                         o->soft_g_cm2, "fat_fraction", o->fat_fraction,
                                         "bone_g_cm2", numbers_json(o->bone_g_cm2, 4), "side",
                                         o->side, "turn_deg", o->turn_deg, "repositioned",
                                         o->repositioned, "forearm_mm", o->forearm_mm, "hand_down",
                                         o->hand_down, "without_wrist", o->without_wrist));
    return root;
}

/* The length of a forearm has no place in a header. */
static osarc_status write_stated(const osarc_dxa_phantom *phantom, const char *path,
                                 osarc_error *err)
{
    double forearm_mm = osarc_dxa_phantom_settings(phantom)->forearm_mm;
    return json_object_write(json_pack("{s:f}", "forearm_mm", forearm_mm), path, err);
}

static osarc_status write_truth(const osarc_dxa_phantom *phantom, const char *path,
                                osarc_error *err)
{
    const char *kind = osarc_dxa_phantom_kind(phantom);
    json_t *list = json_array();
    for (size_t i = 0; i < osarc_dxa_phantom_truth_count(phantom); i++) {
        const osarc_dxa_truth *t = osarc_dxa_phantom_truth(phantom, i);
        json_array_append_new(list, json_pack("{s:s,s:s,s:f,s:s}", "region", t->region, "quantity",
                                              t->quantity, "value", t->value, "unit", t->unit));
    }
    json_t *root =
        json_pack("{s:s,s:o,s:o}", "kind", kind, "options",
                  options_json(osarc_dxa_phantom_settings(phantom), kind), "truth", list);
    return json_object_write(root, path, err);
}

/* All that the bytes depend on, so that two different phantoms never share a UID. */
static void print_seed(char *out, size_t size, const osarc_dxa_phantom *phantom)
{
    const osarc_dxa_phantom_options *o = osarc_dxa_phantom_settings(phantom);
    snprintf(out, size,
             "%s %" PRIu64 " %s %s %a %a %a %a %a %a %a %a %a %a %a %a %d %d %d %s %a %a %a",
             osarc_dxa_phantom_kind(phantom), o->seed, o->beams, o->wedge, o->pixel_mm, o->photons,
             o->shift_px[0], o->shift_px[1], o->soft_g_cm2, o->fat_fraction, o->bone_g_cm2[0],
             o->bone_g_cm2[1], o->bone_g_cm2[2], o->bone_g_cm2[3], o->offset_mm[0], o->offset_mm[1],
             o->linear, o->without_ribs, o->without_crests, o->side, o->turn_deg, o->lesser_mm,
             o->limb_lean);
    size_t used = strlen(out);
    if (o->forearm_mm > 0)
        snprintf(out + used, size - used, " %a %d %d", o->forearm_mm, o->hand_down,
                 o->without_wrist);
}

osarc_status osarc_dxa_phantom_write(const char *folder, const osarc_dxa_phantom *phantom,
                                     int overwrite, osarc_error *err)
{
    if (!folder || !phantom)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a folder and a phantom are needed");
    char seed[512];
    print_seed(seed, sizeof(seed), phantom);
    out_folder out;
    osarc_status status = out_open(&out, folder, overwrite, err);
    if (!status)
        status = osarc_dxa_write(out.work, osarc_dxa_phantom_pair(phantom), seed, err);
    if (!status) {
        const char *path = out_path(&out, err, "truth.json");
        status = path ? write_truth(phantom, path, err) : OSARC_ERR_MEMORY;
    }
    if (!status && osarc_dxa_phantom_settings(phantom)->forearm_mm > 0) {
        const char *path = out_path(&out, err, "dxa.json");
        status = path ? write_stated(phantom, path, err) : OSARC_ERR_MEMORY;
    }
    if (!status)
        status = out_publish(&out, err);
    out_close(&out);
    return status;
}
