/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/report.h>

#include <math.h>
#include <string.h>

#include <jansson.h>
#include <osarc/dxa_maps.h>
#include <osarc/forearm_region.h>
#include <osarc/hip_region.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/file.h>
#include <osi/text.h>

#include "utf8.h"

/* The same digits as in the CSV file, keys in the order they were set. */
#define JSON_FLAGS (JSON_INDENT(1) | JSON_REAL_PRECISION(6))

typedef struct sink {
    osi_text text;
    osarc_status status;
    osarc_error *err;
} sink;

static int take_bytes(const char *bytes, size_t size, void *payload)
{
    sink *out = payload;
    /* jansson goes on after some failures: the first one stays */
    if (!out->status)
        out->status = osi_text_add(&out->text, bytes, size, out->err);
    return out->status ? -1 : 0;
}

static osarc_status fail_memory(osarc_error *err)
{
    return osi_fail(err, OSARC_ERR_MEMORY, "out of memory for JSON");
}

/* Takes the value over, also when it fails; NULL is a value that could not be made. */
static osarc_status set_key(json_t *object, const char *key, json_t *value, osarc_error *err)
{
    return json_object_set_new_nocheck(object, key, value) == 0 ? OSARC_OK : fail_memory(err);
}

static osarc_status set_text(json_t *object, const char *key, const char *text, osarc_error *err)
{
    if (!text || !*text)
        return set_key(object, key, json_null(), err);
    osi_text clean = {0};
    osarc_status status = utf8_add(&clean, text, err);
    if (!status)
        status = set_key(object, key, json_stringn(clean.data, clean.size), err);
    osi_free(clean.data);
    return status;
}

static osarc_status set_number(json_t *object, const char *key, double value, osarc_error *err)
{
    if (!isfinite(value))
        return set_key(object, key, json_null(), err);
    return set_key(object, key, json_real(value + 0.0), err);
}

/* Writes a whole document, and frees it; NULL is a document that could not be made. */
static osarc_status save(json_t *document, const char *path, osarc_error *err)
{
    sink out = {.err = err};
    int failed = json_dump_callback(document, take_bytes, &out, JSON_FLAGS);
    osarc_status status = out.status;
    if (failed && !status)
        status = fail_memory(err);
    if (!status)
        status = osi_text_add(&out.text, "\n", 1, err);
    if (!status)
        status = osi_file_write(path, out.text.data, out.text.size, err);
    osi_free(out.text.data);
    json_decref(document);
    return status;
}

static osarc_status set_row(json_t *object, const osarc_finding *row, osarc_error *err)
{
    const struct {
        const char *key;
        const char *text; /* NULL: a number */
        double number;
    } fields[] = {
        {"case", row->case_id, 0},
        {"patient_id", row->patient_id, 0},
        {"study_uid", row->study_uid, 0},
        {"series_uid", row->series_uid, 0},
        {"modality", row->modality, 0},
        {"site", row->site, 0},
        {"level", row->level, 0},
        {"side", row->side, 0},
        {"quantity", row->quantity, 0},
        {"value", NULL, row->value},
        {"unit", row->unit, 0},
        {"ci_low", NULL, row->ci_low},
        {"ci_high", NULL, row->ci_high},
        {"method", row->method, 0},
        {"basis", row->basis, 0},
        {"reference", row->reference, 0},
        {"quality", osarc_quality_name(row->quality), 0},
        {"note", row->note, 0},
    };
    osarc_status status = OSARC_OK;
    for (size_t f = 0; f < sizeof(fields) / sizeof(fields[0]) && !status; f++)
        status = fields[f].text ? set_text(object, fields[f].key, fields[f].text, err)
                                : set_number(object, fields[f].key, fields[f].number, err);
    return status;
}

osarc_status osarc_report_findings_json(const osarc_findings *findings, const char *path,
                                        osarc_error *err)
{
    if (!findings || !path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "findings and a path are needed");
    json_t *rows = json_array();
    osarc_status status = rows ? OSARC_OK : fail_memory(err);
    for (size_t i = 0; i < osarc_findings_count(findings) && !status; i++) {
        json_t *object = json_object();
        status = object ? set_row(object, osarc_findings_at(findings, i), err) : fail_memory(err);
        if (json_array_append_new(rows, object) != 0 && !status)
            status = fail_memory(err);
    }
    if (!status)
        return save(rows, path, err);
    json_decref(rows);
    return status;
}

static osarc_status add_labels(json_t *masks, const char *kind, const osarc_label *labels,
                               size_t count, osarc_error *err)
{
    json_t *list = json_array();
    osarc_status status = set_key(masks, kind, list, err);
    for (size_t i = 0; i < count && !status; i++) {
        json_t *object = json_object();
        status = object ? set_key(object, "number", json_integer(labels[i].number), err)
                        : fail_memory(err);
        if (!status)
            status = set_text(object, "name", labels[i].name, err);
        if (json_array_append_new(list, object) != 0 && !status)
            status = fail_memory(err);
    }
    return status;
}

osarc_status osarc_report_labels_json(const char *path, osarc_error *err)
{
    if (!path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a path is needed");
    size_t tissue_count = 0;
    size_t structure_count = 0;
    const osarc_label *tissues = osarc_tissue_labels(&tissue_count);
    const osarc_label *structures = osarc_structure_labels(&structure_count);
    size_t region_count = 0;
    const osarc_label *regions = osarc_hip_region_labels(&region_count);
    size_t forearm_count = 0;
    const osarc_label *forearm = osarc_forearm_region_labels(&forearm_count);
    size_t body_count = 0;
    const osarc_label *body = osarc_dxa_body_labels(&body_count);
    json_t *document = json_object();
    json_t *masks = json_object();
    osarc_status status = document ? set_key(document, "masks", masks, err) : fail_memory(err);
    if (!document)
        json_decref(masks);
    if (!status)
        status = add_labels(masks, "tissue", tissues, tissue_count, err);
    if (!status)
        status = add_labels(masks, "structures", structures, structure_count, err);
    /* a region carries the number of the structure it was measured in */
    if (!status)
        status = add_labels(masks, "rois", structures, structure_count, err);
    if (!status)
        status = add_labels(masks, "femur_regions", regions, region_count, err);
    if (!status)
        status = add_labels(masks, "forearm_regions", forearm, forearm_count, err);
    if (!status)
        status = add_labels(masks, "body_regions", body, body_count, err);
    if (!status)
        return save(document, path, err);
    json_decref(document);
    return status;
}
