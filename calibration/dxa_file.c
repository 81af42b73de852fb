/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <osi/fail.h>
#include <osi/file.h>

#include "days.h"
#include "dxa.h"
#include "json_file.h"

#define FORMAT       "osarc-dxa-calibration"
#define FILE_VERSION 1
#define DIGITS       17 /* a double comes back as it was */
#define LARGE        1e6
#define MAX_STEPS    16
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

typedef struct number_field {
    file_number number;
    size_t offset, count;
} number_field;

#define NUMBER(key, name, low, high, optional)                                                     \
    {                                                                                              \
        {key, low, high, optional}, offsetof(osarc_dxa_calibration, name),                         \
            sizeof(((osarc_dxa_calibration *) 0)->name) / sizeof(double)                           \
    }

static const number_field NUMBERS[] = {
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
#define NUMBER_COUNT (sizeof(NUMBERS) / sizeof(NUMBERS[0]))

static const struct {
    const char *key;
    size_t offset, room;
    int may_be_empty;
} TEXTS[] = {{"made_on", offsetof(osarc_dxa_calibration, made_on), 12, 0},
             {"manufacturer", offsetof(osarc_dxa_calibration, manufacturer), OSARC_TEXT_SIZE, 1},
             {"device_model", offsetof(osarc_dxa_calibration, device_model), OSARC_TEXT_SIZE, 1},
             {"device_serial", offsetof(osarc_dxa_calibration, device_serial), OSARC_TEXT_SIZE, 1}};
#define TEXT_COUNT (sizeof(TEXTS) / sizeof(TEXTS[0]))

static double *number_at(osarc_dxa_calibration *c, const number_field *field)
{
    return (double *) (void *) ((char *) c + field->offset);
}

static const char *material_word(osarc_absorber absorber)
{
    for (size_t i = 0; i < MATERIAL_COUNT; i++)
        if (MATERIALS[i].absorber == absorber)
            return MATERIALS[i].word;
    return "";
}

/* ---- out ---- */

static json_t *numbers_json(const double *values, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, isfinite(values[i]) ? json_real(values[i]) : json_null());
    return list;
}

static json_t *calibration_json(osarc_dxa_calibration *c)
{
    const osarc_dxa_wedge *w = &c->wedge;
    json_t *root = json_pack("{s:s,s:i}", "format", FORMAT, "version", FILE_VERSION);
    int failed = !root;
    for (size_t i = 0; !failed && i < TEXT_COUNT; i++) {
        json_t *text = json_string((const char *) c + TEXTS[i].offset);
        /* headers may hold bytes that are no UTF-8: then the fact is not known */
        failed = json_object_set_new(root, TEXTS[i].key, text ? text : json_string(""));
    }
    for (size_t i = 0; !failed && i < NUMBER_COUNT; i++) {
        const double *values = number_at(c, &NUMBERS[i]);
        failed = json_object_set_new(
            root, NUMBERS[i].number.key,
            NUMBERS[i].count == 1 ? json_real(*values) : numbers_json(values, NUMBERS[i].count));
    }
    if (!failed)
        failed = json_object_set_new(root, "wedge",
                                     json_pack("{s:s,s:s,s:o,s:o}", "bone", material_word(w->bone),
                                               "soft", material_word(w->soft), "bone_g_cm2",
                                               numbers_json(w->bone_g_cm2, w->columns),
                                               "soft_g_cm2", numbers_json(w->soft_g_cm2, w->rows)));
    if (failed) {
        json_decref(root);
        return NULL;
    }
    return root;
}

osarc_status osarc_dxa_calibration_write(const osarc_dxa_calibration *calibration, const char *path,
                                         osarc_error *err)
{
    long day;
    if (!calibration || !path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a calibration and a path are needed");
    if (!days_of(calibration->made_on, &day))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "the day it was made on, YYYY-MM-DD, is needed");
    osarc_dxa_calibration copy = *calibration;
    json_t *root = calibration_json(&copy);
    char *text = root ? json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(DIGITS)) : NULL;
    json_decref(root);
    if (!text)
        return osi_fail(err, OSARC_ERR_MEMORY, "out of memory for a calibration");
    osarc_status status = osi_file_write(path, text, strlen(text), err);
    free(text); /* banned-ok: it is jansson's */
    return status;
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

static osarc_status read_keys(osarc_dxa_calibration *c, const json_t *root, osarc_error *err)
{
    const char *keys[TEXT_COUNT + NUMBER_COUNT + 4] = {"format", "version", "wedge"};
    for (size_t i = 0; i < TEXT_COUNT; i++)
        keys[3 + i] = TEXTS[i].key;
    for (size_t i = 0; i < NUMBER_COUNT; i++)
        keys[3 + TEXT_COUNT + i] = NUMBERS[i].number.key;
    osarc_status status = file_check_keys(root, "file", keys, err);
    for (size_t i = 0; !status && i < TEXT_COUNT; i++)
        status = file_get_text((char *) c + TEXTS[i].offset, TEXTS[i].room, root, "file",
                               TEXTS[i].key, TEXTS[i].may_be_empty, err);
    for (size_t i = 0; !status && i < NUMBER_COUNT; i++) {
        const number_field *field = &NUMBERS[i];
        status = field->count == 1
                     ? file_get_number(number_at(c, field), root, "file", &field->number, err)
                     : file_get_numbers(number_at(c, field), field->count, root, "file",
                                        &field->number, err);
    }
    return status ? status : read_wedge(&c->wedge, json_object_get(root, "wedge"), err);
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
    char format[32];
    if (!out || !path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a path and room for a calibration are needed");
    memset(out, 0, sizeof(*out));
    osarc_status status = file_open(&root, path, err);
    if (!status)
        status = file_get_text(format, sizeof(format), root, "file", "format", 0, err);
    if (!status && strcmp(format, FORMAT) != 0)
        status = osi_fail(err, OSARC_ERR_FORMAT, "not a densitometer calibration");
    if (!status && json_integer_value(json_object_get(root, "version")) != FILE_VERSION)
        status = osi_fail(err, OSARC_ERR_FORMAT, "version %d of the file is needed", FILE_VERSION);
    if (!status)
        status = read_keys(out, root, err);
    if (!status)
        status = check_sense(out, err);
    json_decref(root);
    if (status)
        memset(out, 0, sizeof(*out));
    return status;
}
