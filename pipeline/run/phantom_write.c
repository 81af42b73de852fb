/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/selftest.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <osarc/dicom.h>
#include <osi/fail.h>
#include <osi/file.h>

#include "out_folder.h"

/* Under what the reader takes for a measurement, as on scanners that pad outside a circle. */
#define PADDING (-2000)

static const char *const PLANES[] = {"axial", "sagittal", "coronal"};

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

static osarc_status write_truth(const osarc_phantom *phantom, const char *path, osarc_error *err)
{
    json_t *root =
        json_pack("{s:s,s:o,s:o}", "kind", osarc_phantom_kind(phantom), "options",
                  options_json(osarc_phantom_settings(phantom)), "truth", truths_json(phantom));
    char *text = root ? json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(9)) : NULL;
    json_decref(root);
    if (!text)
        return osi_fail(err, OSARC_ERR_MEMORY, "out of memory for the true values");
    osarc_status status = osi_file_write(path, text, strlen(text), err);
    free(text); /* banned-ok: it is jansson's */
    return status;
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
}

osarc_status osarc_phantom_write(const char *folder, const osarc_phantom *phantom, int overwrite,
                                 osarc_error *err)
{
    if (!folder || !phantom)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a folder and a phantom are needed");
    char seed[512];
    print_seed(seed, sizeof(seed), phantom);
    osarc_ct_write_options options = {osarc_phantom_acquisition(phantom), seed, PADDING};
    out_folder out;
    osarc_status status = out_open(&out, folder, overwrite, err);
    if (!status)
        status = osarc_ct_write(out.work, osarc_phantom_image(phantom), &options, err);
    if (!status) {
        const char *path = out_path(&out, err, "truth.json");
        status = path ? write_truth(phantom, path, err) : OSARC_ERR_MEMORY;
    }
    if (!status)
        status = out_publish(&out, err);
    out_close(&out);
    return status;
}
