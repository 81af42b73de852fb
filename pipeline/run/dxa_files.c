/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_files.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <osarc/calibrate.h>
#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/text.h>

#define STATED_NAME "dxa.json"

osarc_status dxa_pair_read(osarc_dxa_pair **out, osarc_catalogue *catalogue, size_t series,
                           osarc_error *err)
{
    osarc_dxa_stated stated;
    osarc_dxa_stated_init(&stated);
    osarc_status status = OSARC_OK;
    *out = NULL;
    for (size_t i = 0; i < osarc_catalogue_input_count(catalogue); i++) {
        const osarc_input *input = osarc_catalogue_input(catalogue, i);
        if (input->series != series)
            continue;
        const char *slash = strrchr(input->path, '/');
        size_t folder = slash ? (size_t) (slash - input->path) + 1 : 0;
        size_t room = folder + sizeof(STATED_NAME);
        char *path = osi_alloc(room, 1, err);
        if (!path)
            return OSARC_ERR_MEMORY;
        snprintf(path, room, "%.*s%s", (int) folder, input->path, STATED_NAME);
        if (access(path, F_OK) == 0)
            status = osarc_dxa_stated_read(&stated, path, err);
        if (status)
            status = osi_fail_context(err, status, path);
        osi_free(path);
        break;
    }
    return status ? status : osarc_dxa_read(out, catalogue, series, &stated, err);
}

/* The only pair; a scan of several cannot tell which has the wedge. */
static osarc_status choose_pair(size_t *out, const osarc_catalogue *catalogue, osarc_error *err)
{
    size_t pairs = 0;
    const osarc_series *refused = NULL;
    for (size_t i = 0; i < osarc_catalogue_series_count(catalogue); i++) {
        const osarc_series *series = osarc_catalogue_series(catalogue, i);
        if (series->decision == OSARC_DECISION_DXA_PAIR) {
            pairs++;
            *out = i;
        } else if (series->decision == OSARC_DECISION_REFUSED) {
            refused = refused ? refused : series;
        }
    }
    if (pairs == 1)
        return OSARC_OK;
    if (pairs)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "%zu pairs of densitometer images in the input: give the one with the "
                        "wedge alone",
                        pairs);
    if (refused)
        return osi_fail(err, refused->status, "%s", refused->text);
    return osi_fail(err, OSARC_ERR_QUALITY,
                    "no pair of densitometer images in the input; `osarc info` lists what is "
                    "there");
}

static osarc_status calibrate(osarc_dxa_calibration *out, osarc_notes *notes,
                              const char *const *inputs, size_t input_count,
                              const osarc_dxa_calibrate_options *options, osarc_error *err)
{
    const char *name = options->wedge ? options->wedge : "al-pmma";
    const osarc_dxa_wedge *known = osarc_dxa_wedge_find(name);
    osarc_read_options read = {.threads = options->threads};
    osarc_dxa_wedge own;
    osarc_catalogue *catalogue = NULL;
    osarc_dxa_pair *pair = NULL;
    size_t series = 0;
    osarc_status status = known ? OSARC_OK : osarc_dxa_wedge_read(&own, name, err);
    if (!status)
        status = osarc_catalogue_read(&catalogue, inputs, input_count, &read, err);
    if (!status)
        status = choose_pair(&series, catalogue, err);
    if (!status)
        status = dxa_pair_read(&pair, catalogue, series, err);
    if (!status)
        status = osarc_dxa_calibrate(out, pair, known ? known : &own, notes, err);
    osarc_dxa_pair_free(pair);
    osarc_catalogue_free(catalogue);
    return status;
}

osarc_status osarc_dxa_calibrate_scan(osarc_dxa_calibration *out, osarc_notes **notes_out,
                                      int *writing_out, const char *const *inputs,
                                      size_t input_count,
                                      const osarc_dxa_calibrate_options *options, osarc_error *err)
{
    osarc_notes *notes = NULL;
    int writing = 0;
    if (notes_out)
        *notes_out = NULL;
    if (writing_out)
        *writing_out = 0;
    if (!out || !notes_out || !options || !options->out_path || !options->made_on)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "results, an output and a day are needed");
    memset(out, 0, sizeof(*out));
    osarc_status status = OSARC_OK;
    if (!options->overwrite && access(options->out_path, F_OK) == 0) {
        writing = 1;
        status = osi_fail(err, OSARC_ERR_IO, "%s is there already (--overwrite replaces it)",
                          options->out_path);
    }
    if (!status)
        status = osarc_notes_create(&notes, err);
    if (!status)
        status = calibrate(out, notes, inputs, input_count, options, err);
    if (!status) {
        writing = 1;
        osi_text_copy(out->made_on, sizeof(out->made_on), options->made_on);
        status = osarc_dxa_calibration_write(out, options->out_path, err);
    }
    if (writing_out)
        *writing_out = status ? writing : 0;
    if (status) {
        memset(out, 0, sizeof(*out));
        osarc_notes_free(notes);
        return status;
    }
    *notes_out = notes;
    return OSARC_OK;
}
