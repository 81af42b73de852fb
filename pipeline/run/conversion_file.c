/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversion_file.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/fail.h>

#include "json_object.h"

/* What no two ways of measuring one bone differ by. */
#define LEAST_SLOPE    0.2
#define MOST_SLOPE     5.0
#define MOST_INTERCEPT 1.0 /* either way */

/* Where a fault is. */
typedef struct place {
    const char *path;
    size_t row; /* from 1 */
    osarc_error *err;
} place;

static osarc_status refuse(const place *at, const char *key, const char *wanted)
{
    return osi_fail(at->err, OSARC_ERR_FORMAT, "%s: conversion %zu: %s needs to be %s", at->path,
                    at->row, key, wanted);
}

static int is_word(const char *text, size_t room)
{
    size_t size = strlen(text);
    for (size_t i = 0; i < size; i++)
        if (!isalnum((unsigned char) text[i]) && !strchr(".-_", text[i]))
            return 0;
    return size > 0 && size < room;
}

static osarc_status take_text(char *out, size_t room, const json_t *row, const char *key,
                              const place *at)
{
    const char *text = json_string_value(json_object_get(row, key));
    int is_id = strcmp(key, "id") == 0;
    if (!text || !text[0] || strlen(text) >= room || (is_id && !is_word(text, room)))
        return refuse(at, key,
                      is_id ? "a word of up to 31 letters, digits, . - or _"
                            : "a text of up to 95 bytes");
    snprintf(out, room, "%s", text);
    return OSARC_OK;
}

static osarc_status take_number(double *out, const json_t *row, const char *key, double low,
                                double high, const char *wanted, const place *at)
{
    const json_t *number = json_object_get(row, key);
    *out = json_is_number(number) ? json_number_value(number) : NAN;
    return *out >= low && *out <= high ? OSARC_OK : refuse(at, key, wanted);
}

static osarc_status take_site(osarc_bmd_equation *out, const json_t *row, const place *at)
{
    static const osarc_bmd_site SITES[] = {OSARC_BMD_FEMORAL_NECK, OSARC_BMD_TOTAL_HIP};
    const char *text = json_string_value(json_object_get(row, "site"));
    for (size_t i = 0; text && i < 2; i++)
        if (strcmp(text, osarc_bmd_site_name(SITES[i])) == 0)
            out->sites = 1u << SITES[i];
    return out->sites ? OSARC_OK : refuse(at, "site", "femoral_neck or total_hip");
}

static osarc_status take_scale(osarc_bmd_equation *out, const json_t *row, const place *at)
{
    const char *text = json_string_value(json_object_get(row, "to"));
    for (int s = OSARC_BMD_HOLOGIC; text && s < OSARC_BMD_CTXA; s++)
        if (strcmp(text, osarc_bmd_scale_name((osarc_bmd_scale) s)) == 0)
            out->to = (osarc_bmd_scale) s;
    return out->to ? OSARC_OK : refuse(at, "to", "DXA-Hologic, DXA-Lunar, DXA-Norland or sBMD");
}

static osarc_status take_basis(char out[16], const json_t *row, const place *at)
{
    const char *text = json_string_value(json_object_get(row, "basis"));
    if (!text || (strcmp(text, "K2HPO4") != 0 && strcmp(text, "HA") != 0))
        return refuse(at, "basis", "K2HPO4 or HA, the mineral of the density it starts from");
    snprintf(out, 16, "%s", text);
    return OSARC_OK;
}

static osarc_status check_keys(const json_t *row, const place *at)
{
    static const char *const KEYS[] = {"id",    "site", "basis", "to", "slope", "intercept_g_cm2",
                                       "source"};
    const char *key;
    json_t *value;
    json_object_foreach((json_t *) row, key, value)
    {
        int known = 0;
        for (size_t i = 0; i < sizeof(KEYS) / sizeof(KEYS[0]); i++)
            known |= strcmp(key, KEYS[i]) == 0;
        if (!known)
            return osi_fail(at->err, OSARC_ERR_FORMAT, "%s: conversion %zu: '%.60s' is not known",
                            at->path, at->row, key);
    }
    return OSARC_OK;
}

static osarc_status take_row(conversion_list *out, const json_t *row, const place *at)
{
    osarc_bmd_equation e = {.from = OSARC_BMD_CTXA, .confidence = OSARC_CONFIDENCE_HIGH};
    if (!json_is_object(row))
        return osi_fail(at->err, OSARC_ERR_FORMAT, "%s: conversion %zu is no object", at->path,
                        at->row);
    osarc_status status = check_keys(row, at);
    if (!status)
        status = take_text(e.id, sizeof(e.id), row, "id", at);
    if (!status)
        status = take_text(e.source, sizeof(e.source), row, "source", at);
    if (!status)
        status = take_site(&e, row, at);
    if (!status)
        status = take_basis(out->basis[out->count], row, at);
    if (!status)
        status = take_scale(&e, row, at);
    if (!status)
        status = take_number(&e.slope, row, "slope", LEAST_SLOPE, MOST_SLOPE,
                             "a number from 0.2 to 5", at);
    if (!status)
        status = take_number(&e.intercept_g_cm2, row, "intercept_g_cm2", -MOST_INTERCEPT,
                             MOST_INTERCEPT, "a number of g/cm2 from -1 to 1", at);
    for (size_t i = 0; i < out->count && !status; i++)
        if ((out->rows[i].sites & e.sites) && !strcmp(out->basis[i], out->basis[out->count]))
            status = refuse(at, "site", "one that no conversion of that basis before has");
    if (!status)
        out->rows[out->count++] = e;
    return status;
}

static osarc_status take_all(conversion_list *out, const json_t *root, const char *path,
                             osarc_error *err)
{
    const json_t *list = json_object_get(root, "conversions");
    size_t count = json_array_size(list);
    osarc_status status = OSARC_OK;
    if (json_object_size(root) != 1 || count == 0 || count > CONVERSION_MAX)
        return osi_fail(err, OSARC_ERR_FORMAT,
                        "%s: one list is needed, conversions, of 1 to %d of them", path,
                        CONVERSION_MAX);
    for (size_t i = 0; i < count && !status; i++) {
        const place at = {path, i + 1, err};
        status = take_row(out, json_array_get(list, i), &at);
    }
    return status;
}

size_t conversion_select(osarc_bmd_equation out[CONVERSION_MAX], const conversion_list *list,
                         const char *basis)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->basis[i], basis) == 0)
            out[count++] = list->rows[i];
    return count;
}

osarc_status conversion_file_read(conversion_list *out, const char *path, osarc_error *err)
{
    json_t *root = NULL;
    memset(out, 0, sizeof(*out));
    osarc_status status = json_object_read(&root, path, err);
    if (!status)
        status = take_all(out, root, path, err);
    json_decref(root);
    if (status)
        memset(out, 0, sizeof(*out));
    return status;
}
