/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "manifest.h"

#include <math.h>

#include <jansson.h>

#include "json_object.h"

/* Text from file names may be any bytes; JSON takes UTF-8 only. */
static json_t *text_of(const char *text)
{
    json_t *json = json_string(text);
    if (json)
        return json;
    char clean[1024];
    size_t n = 0;
    for (; text[n] && n + 1 < sizeof(clean); n++)
        clean[n] = (char) (((unsigned char) text[n] < 0x80) ? text[n] : '?');
    clean[n] = '\0';
    return json_string(clean);
}

static json_t *number_of(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *milliseconds(double seconds)
{
    return json_real(round(1e3 * seconds) / 1e3);
}

static json_t *numbers_of(const double values[3])
{
    return json_pack("[f,f,f]", values[0], values[1], values[2]);
}

static json_t *notes_of(const osarc_notes *notes)
{
    json_t *list = json_array();
    for (size_t i = 0; notes && i < osarc_notes_count(notes); i++) {
        const osarc_note *note = osarc_notes_at(notes, i);
        json_array_append_new(list,
                              json_pack("{s:s,s:s,s:o}", "severity",
                                        note->severity == OSARC_NOTE_WARNING ? "warning" : "info",
                                        "code", note->code, "text", text_of(note->text)));
    }
    return list;
}

static json_t *grid_of(const osarc_grid *grid)
{
    json_t *direction = json_array();
    for (int a = 0; a < 3; a++)
        json_array_append_new(direction, numbers_of(grid->direction[a]));
    return json_pack("{s:[I,I,I],s:o,s:o,s:o}", "size", (json_int_t) grid->size[0],
                     (json_int_t) grid->size[1], (json_int_t) grid->size[2], "spacing_mm",
                     numbers_of(grid->spacing_mm), "origin_lps_mm", numbers_of(grid->origin_mm),
                     "direction_lps", direction);
}

static json_t *bone_of(const bone_told *told)
{
    json_t *scale = json_pack("{s:s,s:s,s:s}", "rung", told->rung, "method", told->method, "basis",
                              told->basis);
    if (told->why_no_scale[0])
        json_object_set_new(scale, "why_not", text_of(told->why_no_scale));
    json_t *spine = json_pack("{s:I,s:o,s:o,s:b}", "vertebrae", (json_int_t) told->vertebrae,
                              "levels", text_of(told->levels), "anchors", text_of(told->anchors),
                              "labels_from_file", told->labels_from_file);
    if (told->why_no_spine[0])
        json_object_set_new(spine, "why_not", text_of(told->why_no_spine));
    return json_pack("{s:o,s:o}", "scale", scale, "spine", spine);
}

static json_t *series_of(const osarc_series *s, const series_result *r, size_t index)
{
    json_t *json = json_object();
    json_object_set_new(json, "index", json_integer((json_int_t) index));
    json_object_set_new(json, "decision", json_string(osarc_decision_name(s->decision)));
    json_object_set_new(json, "reason", json_string(s->reason));
    json_object_set_new(json, "text", text_of(s->text));
    json_object_set_new(json, "description", text_of(s->description));
    json_object_set_new(json, "study_uid", text_of(s->acquisition.study_uid));
    json_object_set_new(json, "series_uid", text_of(s->acquisition.series_uid));
    json_object_set_new(json, "modality", text_of(s->acquisition.modality));
    json_object_set_new(json, "kernel", text_of(s->acquisition.kernel));
    json_object_set_new(json, "kvp", number_of(s->acquisition.kvp));
    json_object_set_new(json, "files", json_integer((json_int_t) s->file_count));
    json_object_set_new(json, "frames", json_integer((json_int_t) s->frame_count));
    if (s->view[0])
        json_object_set_new(json, "view", json_string(s->view));
    if (s->decision != OSARC_DECISION_USABLE && s->decision != OSARC_DECISION_DXA_PAIR &&
        s->decision != OSARC_DECISION_DXA_REPORT)
        return json;
    if (s->decision == OSARC_DECISION_USABLE)
        json_object_set_new(json, "grid", grid_of(&s->grid));
    if (!r)
        return json;
    json_object_set_new(json, "case", text_of(r->case_id));
    json_object_set_new(json, "measured", json_boolean(r->number > 0));
    if (r->number)
        json_object_set_new(json, "number", json_integer((json_int_t) r->number));
    else
        json_object_set_new(json, "why_not", text_of(r->text));
    json_object_set_new(json, "notes", notes_of(r->notes));
    if (r->bone.is_there)
        json_object_set_new(json, "bone", bone_of(&r->bone));
    const step_times *t = &r->seconds;
    json_object_set_new(json, "seconds",
                        json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "read",
                                  milliseconds(t->read), "segment", milliseconds(t->segment),
                                  "scale", milliseconds(t->scale), "check", milliseconds(t->check),
                                  "spine", milliseconds(t->spine), "hip", milliseconds(t->hip),
                                  "measure", milliseconds(t->measure), "masks",
                                  milliseconds(t->masks), "images", milliseconds(t->images)));
    return json;
}

static json_t *inputs_of(const osarc_catalogue *catalogue)
{
    json_t *list = json_array();
    for (size_t i = 0; i < osarc_catalogue_input_count(catalogue); i++) {
        const osarc_input *input = osarc_catalogue_input(catalogue, i);
        json_t *json = json_pack("{s:o,s:I,s:s,s:s}", "path", text_of(input->path), "size_bytes",
                                 (json_int_t) input->size_bytes, "sha256", input->sha256, "status",
                                 osarc_status_name(input->status));
        json_object_set_new(json, "series",
                            input->series == SIZE_MAX ? json_null()
                                                      : json_integer((json_int_t) input->series));
        if (input->text[0])
            json_object_set_new(json, "text", text_of(input->text));
        json_array_append_new(list, json);
    }
    return list;
}

static const char *status_word(osarc_exit code)
{
    return code == OSARC_EXIT_OK ? "done" : code == OSARC_EXIT_SOME ? "some" : "failed";
}

osarc_status manifest_write(const manifest *m, const char *path, osarc_error *err)
{
    json_t *root = json_object();
    json_t *arguments = json_array();
    for (size_t i = 0; i < m->options->argument_count; i++)
        json_array_append_new(arguments, text_of(m->options->arguments[i]));
    json_t *given = json_array();
    for (size_t i = 0; i < m->input_count; i++)
        json_array_append_new(given, text_of(m->inputs[i]));
    json_object_set_new(root, "program", json_string("osarc"));
    json_object_set_new(root, "version", json_string(osarc_version()));
    json_object_set_new(root, "status", json_string(status_word(m->summary->exit_code)));
    json_object_set_new(root, "exit_code", json_integer(m->summary->exit_code));
    json_object_set_new(root, "message", text_of(m->summary->text));
    json_object_set_new(root, "arguments", arguments);
    json_object_set_new(root, "given", given);
    json_t *series = json_array();
    for (size_t i = 0; m->catalogue && i < osarc_catalogue_series_count(m->catalogue); i++)
        json_array_append_new(series, series_of(osarc_catalogue_series(m->catalogue, i),
                                                m->results ? &m->results[i] : NULL, i));
    json_object_set_new(root, "series", series);
    json_object_set_new(root, "inputs", m->catalogue ? inputs_of(m->catalogue) : json_array());
    json_object_set_new(root, "clinical_notes", notes_of(m->clinical_notes));
    json_object_set_new(
        root, "seconds",
        json_pack("{s:o,s:o,s:o,s:o}", "catalogue", milliseconds(m->catalogue_seconds), "digest",
                  milliseconds(m->digest_seconds), "tables", milliseconds(m->tables_seconds),
                  "total", milliseconds(m->total_seconds)));
    return json_object_write(root, path, err);
}
