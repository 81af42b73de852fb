/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osarc/dicom.h>

#include "answer.h"
#include "cmd.h"

/* Patients by number, in order of appearance: the table tells them apart without naming them. */
static size_t patient_number(const osarc_catalogue *catalogue, size_t index)
{
    const char *id = osarc_catalogue_series(catalogue, index)->acquisition.patient_id;
    size_t number = 0;
    for (size_t i = 0; i <= index; i++) {
        const char *other = osarc_catalogue_series(catalogue, i)->acquisition.patient_id;
        size_t j = 0;
        while (j < i && strcmp(osarc_catalogue_series(catalogue, j)->acquisition.patient_id, other))
            j++;
        number += j == i;
        if (strcmp(other, id) == 0)
            return number;
    }
    return number;
}

static void print_table(const osarc_catalogue *catalogue)
{
    size_t count = osarc_catalogue_series_count(catalogue);
    printf("%-4s %-8s %-13s %-20s %6s  %-38s %s\n", "row", "patient", "decision", "reason", "files",
           "what", "detail");
    for (size_t i = 0; i < count; i++) {
        const osarc_series *row = osarc_catalogue_series(catalogue, i);
        char patient[24] = "-";
        if (row->decision != OSARC_DECISION_UNREADABLE)
            snprintf(patient, sizeof(patient), "%zu", patient_number(catalogue, i));
        printf("%-4zu %-8s %-13s %-20s %6zu  %-38s %s\n", i, patient,
               osarc_decision_name(row->decision), row->reason, row->file_count, row->description,
               row->text);
    }
}

static json_t *real_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *three_reals(const double values[3])
{
    return json_pack("[f,f,f]", values[0], values[1], values[2]);
}

/* Paths, and texts that name files, are bytes; JSON is UTF-8: other bytes become '?'. */
static json_t *text_json(const char *bytes)
{
    json_t *text = json_string(bytes);
    if (text)
        return text;
    char plain[4096];
    size_t size = 0;
    for (; bytes[size] && size + 1 < sizeof(plain); size++)
        plain[size] = (char) (bytes[size] & 0x80 ? '?' : bytes[size]);
    plain[size] = '\0';
    return json_string(plain);
}

static const char *sex_word(osarc_sex sex)
{
    return sex == OSARC_SEX_FEMALE ? "F" : sex == OSARC_SEX_MALE ? "M" : "unknown";
}

static const char *contrast_word(osarc_contrast contrast)
{
    return contrast == OSARC_CONTRAST_GIVEN  ? "given"
           : contrast == OSARC_CONTRAST_NONE ? "none"
                                             : "unknown";
}

static json_t *facts_json(const osarc_acquisition *facts)
{
    return json_pack(
        "{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o}", "patient_id",
        facts->patient_id, "study_uid", facts->study_uid, "series_uid", facts->series_uid,
        "frame_of_reference_uid", facts->frame_of_reference_uid, "modality", facts->modality,
        "manufacturer", facts->manufacturer, "model", facts->model, "kernel", facts->kernel,
        "patient_position", facts->patient_position, "sex", sex_word(facts->sex), "contrast",
        contrast_word(facts->contrast), "age_years", real_or_null(facts->age_years), "height_m",
        real_or_null(facts->height_m), "weight_kg", real_or_null(facts->weight_kg), "kvp",
        real_or_null(facts->kvp), "slice_thickness_mm", real_or_null(facts->slice_thickness_mm),
        "tilt_deg", real_or_null(facts->tilt_deg));
}

static json_t *series_json(const osarc_series *row)
{
    json_t *object =
        json_pack("{s:s,s:s,s:s,s:o,s:s,s:I,s:I}", "decision", osarc_decision_name(row->decision),
                  "reason", row->reason, "status", osarc_status_name(row->status), "text",
                  text_json(row->text), "description", row->description, "files",
                  (json_int_t) row->file_count, "frames", (json_int_t) row->frame_count);
    json_t *facts = facts_json(&row->acquisition);
    if (!object || !facts || json_object_update(object, facts)) {
        json_decref(object);
        object = NULL;
    }
    json_decref(facts);
    if (object && row->view[0] &&
        (json_object_set_new(object, "view", json_string(row->view)) |
         json_object_set_new(object, "spacing_from", json_string(row->spacing_from)) |
         json_object_set_new(
             object, "pixel_mm",
             json_pack("[o,o]", real_or_null(row->pixel_mm[0]), real_or_null(row->pixel_mm[1]))))) {
        json_decref(object);
        return NULL;
    }
    const osarc_grid *grid = &row->grid;
    if (object && osarc_grid_count(grid)) {
        json_t *size = json_pack("[I,I,I]", (json_int_t) grid->size[0], (json_int_t) grid->size[1],
                                 (json_int_t) grid->size[2]);
        int failed = json_object_set_new(object, "size", size);
        failed |= json_object_set_new(object, "spacing_mm", three_reals(grid->spacing_mm));
        failed |= json_object_set_new(object, "origin_mm", three_reals(grid->origin_mm));
        if (failed) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *input_json(const osarc_input *input)
{
    return json_pack("{s:o,s:I,s:I,s:s,s:o}", "path", text_json(input->path), "size_bytes",
                     (json_int_t) input->size_bytes, "row", (json_int_t) input->series, "status",
                     osarc_status_name(input->status), "text", text_json(input->text));
}

static int print_json(const cli_call *call, const osarc_catalogue *catalogue)
{
    json_t *root = json_object();
    json_t *series = json_array();
    json_t *inputs = json_array();
    int failed = json_object_set_new(root, "version", json_string(osarc_version())) |
                 json_object_set_new(root, "series", series) |
                 json_object_set_new(root, "inputs", inputs);
    for (size_t i = 0; !failed && i < osarc_catalogue_series_count(catalogue); i++)
        failed = json_array_append_new(series, series_json(osarc_catalogue_series(catalogue, i)));
    for (size_t i = 0; !failed && i < osarc_catalogue_input_count(catalogue); i++)
        failed = json_array_append_new(inputs, input_json(osarc_catalogue_input(catalogue, i)));
    return cli_print_answer(call, root, failed);
}

/* 1 when a document or picture of the row has a number that is taken over. */
static int has_results(const osarc_catalogue *catalogue, size_t row)
{
    for (size_t i = 0; i < osarc_catalogue_input_count(catalogue); i++)
        if (osarc_catalogue_input(catalogue, i)->series == row &&
            osarc_dxa_report_taken(osarc_catalogue_report(catalogue, i)) > 0)
            return 1;
    return 0;
}

/* 0 when a volume can be read from something; else the kind of what stands against it. */
static int judge(const osarc_catalogue *catalogue)
{
    size_t count = osarc_catalogue_series_count(catalogue);
    size_t refused = 0;
    size_t not_opened = 0;
    size_t damaged = 0;
    for (size_t i = 0; i < count; i++) {
        const osarc_series *row = osarc_catalogue_series(catalogue, i);
        if (row->decision == OSARC_DECISION_USABLE || row->decision == OSARC_DECISION_DXA_PAIR ||
            has_results(catalogue, i))
            return CLI_EXIT_OK;
        refused +=
            row->decision == OSARC_DECISION_REFUSED || row->decision == OSARC_DECISION_DXA_REPORT;
        if (row->decision == OSARC_DECISION_UNREADABLE) {
            not_opened += row->status == OSARC_ERR_IO;
            damaged += row->status == OSARC_ERR_FORMAT && strcmp(row->reason, "not_dicom") != 0;
        }
    }
    if (count && not_opened == count)
        return CLI_EXIT_CANNOT_READ;
    if (count && damaged == count)
        return CLI_EXIT_DAMAGED;
    return refused ? CLI_EXIT_REFUSED : CLI_EXIT_NOTHING_USABLE;
}

static int run_info(const cli_call *call)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_catalogue *catalogue = NULL;
    osarc_read_options options = {.threads = call->threads};
    osarc_status status =
        osarc_catalogue_read(&catalogue, call->inputs, call->input_count, &options, &err);
    if (status)
        return cli_fail(call, status, CLI_READING, &err);
    int code = judge(catalogue);
    if (osarc_catalogue_input_count(catalogue) == 0)
        cli_complain(call, "no file in %s: an empty folder", call->inputs[0]);
    if (call->json) {
        int printed = print_json(call, catalogue);
        code = printed ? printed : code;
    } else if (osarc_catalogue_series_count(catalogue)) {
        print_table(catalogue);
    }
    osarc_catalogue_free(catalogue);
    return code;
}

const cli_verb cli_cmd_info = {
    .name = "info",
    .parameters = "INPUT...",
    .summary = "Tell what is in files and folders: a row per series, usable or not, and why.",
    .details = "Looks at headers only, and into structured reports. A row says what becomes of a "
               "series: usable, dxa_pair (two energies of a densitometer), dxa_report (results of "
               "densitometry), not_a_volume (localizers, documents, other "
               "modalities, pictures of finished densitometer scans with view and pixel size), "
               "refused (a CT that cannot be trusted, "
               "such as one with a missing slice) or unreadable. Nothing is left out in silence. "
               "Exit code 0 when at least one series is usable.",
    .shared = CLI_JSON | CLI_THREADS | CLI_QUIET,
    .min_inputs = 1,
    .max_inputs = SIZE_MAX,
    .run = run_info,
};
