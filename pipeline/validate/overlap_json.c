/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of overlap as JSON. */
#include "overlap_private.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include <osi/alloc.h>
#include <osi/fail.h>

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *rows(const osarc_overlap *overlap)
{
    json_t *list = json_array();
    for (size_t i = 0; i < overlap->entry_count; i++) {
        const osarc_overlap_row *row = &overlap->entries[i]->row;
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:s}", "case",
                                              row->case_id, "label", row->label, "name", row->name,
                                              "metric", row->metric, "value", number(row->value),
                                              "unit", row->unit, "quality",
                                              osarc_quality_name(row->quality), "note", row->note));
    }
    return list;
}

static json_t *totals(const osarc_overlap *overlap)
{
    json_t *list = json_array();
    for (size_t i = 0; i < overlap->total_count; i++) {
        const osarc_overlap_summary *row = &overlap->totals[i].row;
        json_t *one = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:s, s:s}", "label",
                                row->label, "name", row->name, "metric", row->metric, "unit",
                                row->unit, "cases", (json_int_t) row->count, "both_empty",
                                (json_int_t) row->both_empty, "one_empty",
                                (json_int_t) row->one_empty, "refused", (json_int_t) row->refused,
                                "quality", osarc_quality_name(row->quality), "note", row->note);
        json_object_set_new(one, "mean", number(row->mean));
        json_object_set_new(one, "sd", number(row->sd));
        json_object_set_new(one, "median", number(row->median));
        json_object_set_new(one, "quartile_low", number(row->quartile_low));
        json_object_set_new(one, "quartile_high", number(row->quartile_high));
        json_object_set_new(one, "ci_low", number(row->ci_low));
        json_object_set_new(one, "ci_high", number(row->ci_high));
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *conventions(const osarc_overlap *overlap)
{
    json_t *tolerances = json_array();
    for (size_t i = 0; i < overlap->tolerance_count; i++)
        json_array_append_new(tolerances, json_real(overlap->tolerances_mm[i]));
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:I, s:I}", "surface",
        "centres of voxels with a face neighbour outside the mask; beyond the grid is outside",
        "hd95", "larger of the two directed 95th percentiles", "hd95_pooled",
        "95th percentile of the distances of both directions together", "percentile",
        "linear interpolation, (n-1)p (Hyndman and Fan 7)", "surface_dice",
        "weighted by exposed area", "both_empty", "no value; counted", "one_empty",
        "overlap is 0, distances have no value; counted", "tolerances_mm", tolerances, "seed",
        (json_int_t) overlap->seed, "resamples", (json_int_t) overlap->resamples);
}

osarc_status osi_overlap_make_json(char **out, const osarc_overlap *overlap, osarc_error *err)
{
    *out = NULL;
    json_t *root = json_pack("{s:o, s:o, s:o}", "conventions", conventions(overlap), "summary",
                             totals(overlap), "rows", rows(overlap));
    char *text = root ? json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) : NULL;
    json_decref(root);
    if (!text)
        return osi_fail(err, OSARC_ERR_FORMAT, "out of memory, or a name that is not UTF-8");
    *out = osi_strdup(text, err);
    free(text); /* banned-ok */
    return *out ? OSARC_OK : OSARC_ERR_MEMORY;
}
