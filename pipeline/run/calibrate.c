/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/calibrate.h>

#include <string.h>
#include <unistd.h>

#include <osarc/dicom.h>
#include <osarc/segmentation.h>
#include <osi/fail.h>
#include <osi/text.h>

/* The only usable series; the first reason when there is none. */
static osarc_status choose_series(size_t *out, const osarc_catalogue *catalogue, osarc_error *err)
{
    size_t usable = 0;
    size_t pairs = 0;
    const osarc_series *refused = NULL;
    *out = 0;
    for (size_t i = 0; i < osarc_catalogue_series_count(catalogue); i++) {
        const osarc_series *series = osarc_catalogue_series(catalogue, i);
        if (series->decision == OSARC_DECISION_USABLE) {
            if (!usable++)
                *out = i;
        } else if (series->decision == OSARC_DECISION_DXA_PAIR) {
            pairs++;
        } else if (!refused && series->decision == OSARC_DECISION_REFUSED) {
            refused = series;
        }
    }
    if (usable == 1)
        return OSARC_OK;
    if (usable)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "%zu CT series in the input: give the one with the phantom alone", usable);
    if (refused)
        return osi_fail(err, refused->status, "%s", refused->text);
    return osi_fail(err, OSARC_ERR_QUALITY,
                    pairs ? "no CT series in the input; images of a densitometer need --wedge"
                          : "no CT series in the input; `osarc info` lists what is there");
}

/* Without a patient there is no body to be found: then nothing is labelled. */
static osarc_status label(osarc_mask **out, const osarc_image *image,
                          const osarc_calibrate_options *options, osarc_notes *notes,
                          osarc_error *err)
{
    osarc_segment_options segment = {
        .threads = options->threads, .progress = options->progress, .payload = options->payload};
    osarc_status status = osarc_segment_tissues(out, NULL, image, NULL, &segment, err);
    if (status != OSARC_ERR_QUALITY)
        return status;
    status = osarc_mask_create(out, osarc_image_grid(image), err);
    if (!status)
        status = osarc_notes_add(notes, OSARC_NOTE_INFO, "no_patient", err,
                                 "no patient in the scan: the phantom alone");
    return status;
}

static osarc_status check_model(const osarc_calibration *cal, const char *wanted, osarc_error *err)
{
    if (cal->rung == OSARC_RUNG_NONE)
        return osi_fail(err, OSARC_ERR_QUALITY, "no bone density phantom in view");
    if (wanted && strcmp(cal->model, wanted) != 0)
        return osi_fail(err, OSARC_ERR_QUALITY, "the phantom in view fits %s, not %s", cal->model,
                        wanted);
    return OSARC_OK;
}

/* A model that is named is looked for before all others, the user's values of it first. */
static osarc_status prepare_search(osarc_phantom_search *search, osarc_rod_model **models,
                                   const osarc_calibrate_options *options, osarc_error *err)
{
    const char *wanted = options->model_id;
    osarc_status status = OSARC_OK;
    search->threads = options->threads;
    if (options->models_path)
        status = osarc_rod_models_read(models, &search->own_count, options->models_path, err);
    if (status)
        return status;
    search->own_models = *models;
    if (!wanted)
        return OSARC_OK;
    for (size_t i = 0; i < search->own_count; i++)
        if (strcmp((*models)[i].id, wanted) == 0) {
            search->own_models = &(*models)[i];
            search->own_count = 1;
            return OSARC_OK;
        }
    search->own_models = osarc_rod_model_find(wanted);
    search->own_count = 1;
    if (!search->own_models)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "'%.40s' is no phantom that is known", wanted);
    return OSARC_OK;
}

static osarc_status calibrate(osarc_calibration *out, osarc_notes *notes, const char *const *inputs,
                              size_t input_count, const osarc_calibrate_options *options,
                              osarc_error *err)
{
    osarc_read_options read = {options->threads, options->progress, options->payload};
    osarc_phantom_search search = {0};
    osarc_rod_model *models = NULL;
    osarc_catalogue *catalogue = NULL;
    osarc_scan *scan = NULL;
    osarc_mask *tissue = NULL;
    size_t series = 0;

    osarc_status status = prepare_search(&search, &models, options, err);
    if (!status)
        status = osarc_catalogue_read(&catalogue, inputs, input_count, &read, err);
    if (!status)
        status = choose_series(&series, catalogue, err);
    if (!status)
        status = osarc_scan_read(&scan, catalogue, series, &read, err);
    if (!status)
        status = label(&tissue, osarc_scan_image(scan), options, notes, err);
    if (!status)
        status = osarc_calibrate_phantom(out, osarc_scan_image(scan), tissue,
                                         osarc_scan_acquisition(scan), &search, notes, err);
    if (!status)
        status = check_model(out, options->model_id, err);
    osarc_mask_free(tissue);
    osarc_scan_free(scan);
    osarc_catalogue_free(catalogue);
    osarc_rod_models_free(models);
    return status;
}

/* What a later scan is compared with; without it the calibration must be forced on every scan. */
static osarc_status note_unknown(const osarc_calibration *cal, osarc_notes *notes, osarc_error *err)
{
    int known = cal->manufacturer[0] && cal->device_model[0] && cal->device_serial[0] &&
                cal->kernel[0] && cal->kvp > 0;
    return known ? OSARC_OK
                 : osarc_notes_add(notes, OSARC_NOTE_WARNING, "scanner_unknown", err,
                                   "the scan does not tell its scanner, kVp and kernel: other "
                                   "scans cannot be matched to this calibration");
}

osarc_status osarc_calibrate_scan(osarc_calibration *out, osarc_notes **notes_out, int *writing_out,
                                  const char *const *inputs, size_t input_count,
                                  const osarc_calibrate_options *options, osarc_error *err)
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
    if (!status)
        status = note_unknown(out, notes, err);
    if (!status) {
        writing = 1;
        osi_text_copy(out->made_on, sizeof(out->made_on), options->made_on);
        status = osarc_calibration_write(out, options->out_path, err);
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
