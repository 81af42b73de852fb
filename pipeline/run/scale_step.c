/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scale_step.h"

#include <stdio.h>
#include <string.h>

#include <osi/fail.h>

#define ASYNC "async:"

static osarc_status read_kind(scale_asked *out, const char *text, osarc_error *err)
{
    static const struct {
        const char *word;
        scale_kind kind;
    } KINDS[] = {{"auto", SCALE_AUTO},
                 {"phantom", SCALE_PHANTOM},
                 {"internal", SCALE_INTERNAL},
                 {"none", SCALE_NONE}};
    if (!text)
        return OSARC_OK;
    for (size_t i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]); i++)
        if (strcmp(text, KINDS[i].word) == 0) {
            out->kind = KINDS[i].kind;
            return OSARC_OK;
        }
    if (strncmp(text, ASYNC, strlen(ASYNC)) != 0 || !text[strlen(ASYNC)])
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "there is no calibration '%.40s'; there are auto, phantom, internal, "
                        "async:FILE and none",
                        text);
    const char *path = text + strlen(ASYNC);
    out->kind = SCALE_ASYNC;
    osarc_status status = osarc_calibration_read(&out->made_before, path, err);
    return status ? osi_fail_context(err, status, path) : OSARC_OK;
}

osarc_status scale_asked_read(scale_asked *out, const osarc_run_options *options, osarc_error *err)
{
    memset(out, 0, sizeof(*out));
    osarc_status status = read_kind(out, options->calibration, err);
    if (status || !options->phantom_path)
        return status;
    status = osarc_rod_models_read(&out->models, &out->model_count, options->phantom_path, err);
    return status ? osi_fail_context(err, status, options->phantom_path) : OSARC_OK;
}

void scale_asked_free(scale_asked *asked)
{
    osarc_rod_models_free(asked->models);
    memset(asked, 0, sizeof(*asked));
}

/* What keeps a scale from being found is no failure of the series: densities say so. */
static int is_refusal(osarc_status status)
{
    return status == OSARC_ERR_QUALITY || status == OSARC_ERR_UNSUPPORTED ||
           status == OSARC_ERR_GEOMETRY;
}

static void refuse(scale_found *found, const char *before, const char *why)
{
    memset(&found->calibration, 0, sizeof(found->calibration));
    size_t used = strlen(found->refused);
    snprintf(found->refused + used, sizeof(found->refused) - used, "%s%s%s", used ? "; " : "",
             before, why);
}

static osarc_status take_made_before(scale_found *out, const scale_asked *asked,
                                     const osarc_acquisition *acquisition, osarc_notes *notes,
                                     const osarc_run_options *options, osarc_error *err)
{
    osarc_error why = OSARC_ERROR_INIT;
    osarc_status status = osarc_calibration_check(
        &asked->made_before, acquisition, options->calibration_force, options->today, notes, &why);
    if (is_refusal(status)) {
        refuse(out, "the calibration made before does not hold here: ", why.text);
        return OSARC_OK;
    }
    if (status && err)
        *err = why;
    out->calibration = asked->made_before;
    out->calibration.rung = OSARC_RUNG_ASYNCHRONOUS;
    return status;
}

static osarc_status look_for_phantom(scale_found *out, const scale_asked *asked,
                                     const osarc_image *image, osarc_mask *tissue,
                                     const osarc_acquisition *acquisition, osarc_notes *notes,
                                     int threads, osarc_error *err)
{
    const osarc_phantom_search search = {asked->models, asked->model_count, threads};
    osarc_error why = OSARC_ERROR_INIT;
    osarc_status status = osarc_calibrate_phantom(&out->calibration, image, tissue, acquisition,
                                                  &search, notes, &why);
    if (is_refusal(status)) {
        refuse(out, "phantom: ", why.text);
        return osarc_notes_add(notes, OSARC_NOTE_WARNING, "phantom_refused", err,
                               "the phantom in view is not used: %s", why.text);
    }
    if (status) {
        if (err)
            *err = why;
        return status;
    }
    if (out->calibration.rung == OSARC_RUNG_NONE)
        refuse(out, "no phantom in view", "");
    return OSARC_OK;
}

osarc_status scale_find(scale_found *out, const scale_asked *asked, const osarc_image *image,
                        osarc_mask *tissue, const osarc_acquisition *acquisition,
                        osarc_notes *notes, const osarc_run_options *options, osarc_error *err)
{
    memset(out, 0, sizeof(*out));
    switch (asked->kind) {
    case SCALE_ASYNC:
        return take_made_before(out, asked, acquisition, notes, options, err);
    case SCALE_AUTO:
    case SCALE_PHANTOM:
        return look_for_phantom(out, asked, image, tissue, acquisition, notes, options->threads,
                                err);
    case SCALE_NONE:
        refuse(out, "calibration is switched off", "");
        return OSARC_OK;
    case SCALE_INTERNAL:
        break;
    }
    return OSARC_OK;
}

osarc_status scale_find_internal(scale_found *found, const scale_asked *asked,
                                 const osarc_tissue_samples *samples,
                                 const osarc_acquisition *acquisition, osarc_notes *notes,
                                 osarc_error *err)
{
    if (found->calibration.rung != OSARC_RUNG_NONE ||
        (asked->kind != SCALE_AUTO && asked->kind != SCALE_INTERNAL))
        return OSARC_OK;
    osarc_error why = OSARC_ERROR_INIT;
    osarc_calibration calibration = {0};
    osarc_status status = osarc_calibrate_internal(&calibration, samples, OSARC_INTERNAL_LINEAR_MU,
                                                   acquisition, notes, &why);
    if (is_refusal(status)) {
        refuse(found, "the patient's tissues: ", why.text);
        return OSARC_OK;
    }
    if (status && err)
        *err = why;
    if (!status) {
        found->calibration = calibration;
        found->refused[0] = '\0';
    }
    return status;
}

const char *scale_rung_name(osarc_rung rung)
{
    switch (rung) {
    case OSARC_RUNG_PHANTOM:
        return "phantom";
    case OSARC_RUNG_ASYNCHRONOUS:
        return "async";
    case OSARC_RUNG_INTERNAL:
        return "internal";
    case OSARC_RUNG_NONE:
        break;
    }
    return "none";
}
