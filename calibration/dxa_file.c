/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <osi/fail.h>

#include "days.h"
#include "dxa.h"
#include "json_record.h"

#define LARGE     1e6
#define MAX_STEPS 16
/* The polynomials lead near to where they start from: what hardening takes off is no more. */
#define MAX_CHANGE 0.5

static const struct {
    const char *word;
    osarc_absorber absorber;
} MATERIALS[] = {{"aluminium", OSARC_ABSORBER_ALUMINIUM},
                 {"hydroxyapatite", OSARC_ABSORBER_HYDROXYAPATITE},
                 {"pmma", OSARC_ABSORBER_PMMA},
                 {"polyethylene", OSARC_ABSORBER_POLYETHYLENE},
                 {"water", OSARC_ABSORBER_WATER}};
#define MATERIAL_COUNT (sizeof(MATERIALS) / sizeof(MATERIALS[0]))

#define TEXT(key, name, empty) RECORD_TEXT(osarc_dxa_calibration, key, name, empty)
#define NUMBER(key, name, low, high, optional)                                                     \
    RECORD_NUMBER(osarc_dxa_calibration, key, name, low, high, optional)

static const record_number NUMBERS[] = {
    NUMBER("kvp", kvp, 20, 300, 1),
    NUMBER("energy_kev", energy_kev, 20, 150, 0),
    NUMBER("coefficients_low", coefficients[0], -LARGE, LARGE, 0),
    NUMBER("coefficients_high", coefficients[1], -LARGE, LARGE, 0),
    NUMBER("range_low", range[0], 0, 20, 0),
    NUMBER("range_high", range[1], 0, 20, 0),
    NUMBER("residual_share", residual_share, 0, 1, 0),
    NUMBER("bone_sd_g_cm2", bone_sd_g_cm2, 0, 1, 0),
    NUMBER("bone_worst_g_cm2", bone_worst_g_cm2, 0, 1, 0),
    NUMBER("soft_worst_share", soft_worst_share, 0, 1, 0),
};

static const record_text TEXTS[] = {
    TEXT("made_on", made_on, 0),
    TEXT("manufacturer", manufacturer, 1),
    TEXT("device_model", device_model, 1),
    TEXT("device_serial", device_serial, 1),
};

static const record_layout LAYOUT = {.format = "osarc-dxa-calibration",
                                     .version = 1,
                                     .texts = TEXTS,
                                     .text_count = sizeof(TEXTS) / sizeof(TEXTS[0]),
                                     .numbers = NUMBERS,
                                     .number_count = sizeof(NUMBERS) / sizeof(NUMBERS[0]),
                                     .part = "wedge"};

static const char *material_word(osarc_absorber absorber)
{
    for (size_t i = 0; i < MATERIAL_COUNT; i++)
        if (MATERIALS[i].absorber == absorber)
            return MATERIALS[i].word;
    return "";
}

/* ---- out ---- */

static json_t *wedge_json(const osarc_dxa_wedge *w)
{
    return json_pack("{s:s,s:s,s:o,s:o}", "bone", material_word(w->bone), "soft",
                     material_word(w->soft), "bone_g_cm2",
                     record_numbers_json(w->bone_g_cm2, w->columns), "soft_g_cm2",
                     record_numbers_json(w->soft_g_cm2, w->rows));
}

osarc_status osarc_dxa_calibration_write(const osarc_dxa_calibration *calibration, const char *path,
                                         osarc_error *err)
{
    long day;
    if (!calibration || !path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a calibration and a path are needed");
    if (!days_of(calibration->made_on, &day))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "the day it was made on, YYYY-MM-DD, is needed");
    return record_write(calibration, &LAYOUT, wedge_json(&calibration->wedge), path, err);
}

/* ---- in ---- */

static osarc_status read_material(osarc_absorber *out, const json_t *object, const char *key,
                                  osarc_error *err)
{
    char word[24];
    osarc_status status = file_get_text(word, sizeof(word), object, "wedge", key, 0, err);
    if (status)
        return status;
    for (size_t i = 0; i < MATERIAL_COUNT; i++)
        if (strcmp(MATERIALS[i].word, word) == 0) {
            *out = MATERIALS[i].absorber;
            return OSARC_OK;
        }
    return osi_fail(err, OSARC_ERR_FORMAT,
                    "wedge: key '%s': aluminium, hydroxyapatite, pmma, polyethylene or water is "
                    "needed",
                    key);
}

static osarc_status read_steps(double *out, size_t *count_out, const json_t *object,
                               const char *key, osarc_error *err)
{
    const file_number steps = {key, 0, 100, 0};
    size_t count = json_array_size(json_object_get(object, key));
    if (count < 1 || count > MAX_STEPS)
        return osi_fail(err, OSARC_ERR_FORMAT,
                        "wedge: key '%s': a list of up to %d numbers is "
                        "needed",
                        key, MAX_STEPS);
    *count_out = count;
    return file_get_numbers(out, count, object, "wedge", &steps, err);
}

static osarc_status read_wedge(osarc_dxa_wedge *out, const json_t *object, osarc_error *err)
{
    static const char *const KEYS[] = {"bone", "soft", "bone_g_cm2", "soft_g_cm2", NULL};
    if (!json_is_object(object))
        return osi_fail(err, OSARC_ERR_FORMAT, "wedge: an object { } is needed");
    osarc_status status = file_check_keys(object, "wedge", KEYS, err);
    if (!status)
        status = read_material(&out->bone, object, "bone", err);
    if (!status)
        status = read_material(&out->soft, object, "soft", err);
    if (!status)
        status = read_steps(out->bone_g_cm2, &out->columns, object, "bone_g_cm2", err);
    if (!status)
        status = read_steps(out->soft_g_cm2, &out->rows, object, "soft_g_cm2", err);
    return status;
}

osarc_status osarc_dxa_wedge_read(osarc_dxa_wedge *out, const char *path, osarc_error *err)
{
    json_t *root = NULL;
    if (!out || !path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a path and room for a wedge are needed");
    memset(out, 0, sizeof(*out));
    osarc_status status = file_open(&root, path, err);
    if (!status)
        status = read_wedge(out, root, err);
    json_decref(root);
    return status;
}

/* Numbers that follow from each other: a file that was changed by hand contradicts itself. */
static osarc_status check_sense(const osarc_dxa_calibration *c, osarc_error *err)
{
    long day;
    if (!days_of(c->made_on, &day))
        return osi_fail(err, OSARC_ERR_FORMAT, "key 'made_on': a day YYYY-MM-DD is needed");
    double low = c->range[0][1];
    double high = c->range[1][1];
    double change[2] = {dxa_surface_at(c->coefficients[0], low, high) / low - 1,
                        dxa_surface_at(c->coefficients[1], low, high) / high - 1};
    if (!(c->energy_kev[1] > c->energy_kev[0]) || !(fabs(change[0]) <= MAX_CHANGE) ||
        !(fabs(change[1]) <= MAX_CHANGE))
        return osi_fail(err, OSARC_ERR_FORMAT, "the numbers contradict each other");
    return OSARC_OK;
}

osarc_status osarc_dxa_calibration_read(osarc_dxa_calibration *out, const char *path,
                                        osarc_error *err)
{
    json_t *root = NULL;
    if (!out || !path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a path and room for a calibration are needed");
    memset(out, 0, sizeof(*out));
    osarc_status status = file_open(&root, path, err);
    if (!status)
        status = record_read(out, root, &LAYOUT, err);
    if (!status)
        status = read_wedge(&out->wedge, json_object_get(root, "wedge"), err);
    if (!status)
        status = check_sense(out, err);
    json_decref(root);
    if (status)
        memset(out, 0, sizeof(*out));
    return status;
}
