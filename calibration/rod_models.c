/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/density.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "json_file.h"

#define MODELS_MAX      32
#define USUAL_DIAMETER  18.0 /* mm; the search allows for others */
#define USUAL_STEP      32.0
#define MIN_SPAN_MG_CM3 50

static const file_number DENSITY = {"density_mg_cm3", -200, 3000, 0};
static const file_number WATER = {"water_density_mg_cm3", 500, 1500, 1};
static const file_number DIAMETER = {"rod_diameter_mm", 8, 30, 1};

static osarc_status read_rod(osarc_rod_model *model, size_t rod, const json_t *object,
                             const char *where, osarc_error *err)
{
    static const char *const KEYS[] = {"density_mg_cm3", "water_density_mg_cm3", NULL};
    char rod_where[96];
    double water;
    snprintf(rod_where, sizeof(rod_where), "%s, rod %zu", where, rod + 1);
    if (!json_is_object(object))
        return osi_fail(err, OSARC_ERR_FORMAT, "%s: an object { } is needed", rod_where);
    osarc_status status = file_check_keys(object, rod_where, KEYS, err);
    if (!status)
        status = file_get_number(&model->density_mg_cm3[rod], object, rod_where, &DENSITY, err);
    if (!status)
        status = file_get_number(&water, object, rod_where, &WATER, err);
    if (status)
        return status;
    model->water_density_mg_cm3[rod] = isfinite(water) ? water : 0;
    if (rod && (model->water_density_mg_cm3[0] > 0) != (model->water_density_mg_cm3[rod] > 0))
        return osi_fail(err, OSARC_ERR_FORMAT,
                        "%s: key 'water_density_mg_cm3' is needed on all rods or on none",
                        rod_where);
    return OSARC_OK;
}

static osarc_status read_rods(osarc_rod_model *model, const json_t *object, const char *where,
                              osarc_error *err)
{
    const json_t *rods = json_object_get(object, "rods");
    osarc_status status = OSARC_OK;
    size_t count = json_array_size(rods); /* 0 for what is no list */
    if (count < 2 || count > OSARC_ROD_MAX)
        return osi_fail(err, OSARC_ERR_FORMAT, "%s: key 'rods': a list of 2 to %d rods is needed",
                        where, OSARC_ROD_MAX);
    model->rod_count = count;
    for (size_t rod = 0; !status && rod < count; rod++) {
        status = read_rod(model, rod, json_array_get(rods, rod), where, err);
        model->x_mm[rod] = USUAL_STEP * ((double) rod - (double) (count - 1) / 2);
    }
    if (status)
        return status;
    double low = INFINITY;
    double high = -INFINITY;
    for (size_t rod = 0; rod < count; rod++) {
        low = fmin(low, model->density_mg_cm3[rod]);
        high = fmax(high, model->density_mg_cm3[rod]);
    }
    if (high - low < MIN_SPAN_MG_CM3)
        return osi_fail(err, OSARC_ERR_FORMAT,
                        "%s: key 'rods': densities span %.1f mg/cm3, at least %d needed", where,
                        high - low, MIN_SPAN_MG_CM3);
    return OSARC_OK;
}

static int is_word(const char *text)
{
    return text[strspn(
               text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")] == '\0';
}

static osarc_status read_model(osarc_rod_model *model, const json_t *object, const char *where,
                               osarc_error *err)
{
    static const char *const KEYS[] = {"id", "name", "basis", "rods", "rod_diameter_mm", NULL};
    if (!json_is_object(object))
        return osi_fail(err, OSARC_ERR_FORMAT, "%s: an object { } is needed", where);
    memset(model, 0, sizeof(*model));
    osarc_status status = file_check_keys(object, where, KEYS, err);
    if (!status)
        status = file_get_text(model->id, sizeof(model->id), object, where, "id", 0, err);
    if (!status && !is_word(model->id))
        status =
            osi_fail(err, OSARC_ERR_FORMAT,
                     "%s: key 'id': only letters, digits, '_', '-' and '.' are allowed", where);
    if (!status)
        status = file_get_text(model->name, sizeof(model->name), object, where, "name", 0, err);
    if (!status)
        status = file_get_text(model->basis, sizeof(model->basis), object, where, "basis", 0, err);
    if (!status && strcmp(model->basis, "HA") != 0 && strcmp(model->basis, "K2HPO4") != 0)
        status = osi_fail(err, OSARC_ERR_FORMAT, "%s: key 'basis': HA or K2HPO4 is needed", where);
    if (!status)
        status = read_rods(model, object, where, err);
    if (!status)
        status = file_get_number(&model->rod_diameter_mm, object, where, &DIAMETER, err);
    if (!isfinite(model->rod_diameter_mm))
        model->rod_diameter_mm = USUAL_DIAMETER;
    model->base_hu = NAN;
    snprintf(model->source, sizeof(model->source), "given by the user");
    if (!status && model->water_density_mg_cm3[0] > 0 && strcmp(model->basis, "K2HPO4") != 0)
        status = osi_fail(err, OSARC_ERR_FORMAT,
                          "%s: key 'water_density_mg_cm3' belongs to K2HPO4 rods", where);
    return status;
}

static osarc_status read_list(osarc_rod_model **out, size_t *count_out, const json_t *root,
                              osarc_error *err)
{
    static const char *const KEYS[] = {"phantoms", NULL};
    const json_t *list = json_object_get(root, "phantoms");
    size_t count = json_array_size(list);
    osarc_status status = file_check_keys(root, "file", KEYS, err);
    if (status)
        return status;
    if (count < 1 || count > MODELS_MAX)
        return osi_fail(err, OSARC_ERR_FORMAT, "key 'phantoms': a list of 1 to %d is needed",
                        MODELS_MAX);
    osarc_rod_model *models = osi_alloc(count, sizeof(*models), err);
    if (!models)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; !status && i < count; i++) {
        char where[48];
        snprintf(where, sizeof(where), "phantom %zu", i + 1);
        status = read_model(&models[i], json_array_get(list, i), where, err);
        for (size_t k = 0; !status && k < i; k++)
            if (strcmp(models[k].id, models[i].id) == 0)
                status = osi_fail(err, OSARC_ERR_FORMAT, "%s: key 'id': '%s' is there twice", where,
                                  models[i].id);
    }
    if (status) {
        osi_free(models);
        return status;
    }
    *out = models;
    *count_out = count;
    return OSARC_OK;
}

osarc_status osarc_rod_models_read(osarc_rod_model **out, size_t *count_out, const char *path,
                                   osarc_error *err)
{
    json_t *root = NULL;
    if (!out || !count_out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out or count_out is NULL");
    *out = NULL;
    *count_out = 0;
    if (!path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a path is needed");
    osarc_status status = file_open(&root, path, err);
    if (!status)
        status = read_list(out, count_out, root, err);
    json_decref(root);
    return status ? osi_fail_context(err, status, "values of phantoms") : OSARC_OK;
}

void osarc_rod_models_free(osarc_rod_model *models)
{
    osi_free(models);
}
