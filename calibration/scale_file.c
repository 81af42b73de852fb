/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/density.h>

#include <math.h>
#include <string.h>

#include <osi/fail.h>

#include "days.h"
#include "json_record.h"
#include "rods.h"

#define AGREE  1e-9
#define LARGE  1e9
#define MIN_R2 0.99

#define TEXT(key, name, empty) RECORD_TEXT(osarc_calibration, key, name, empty)
#define NUMBER(key, name, low, high, optional)                                                     \
    RECORD_NUMBER(osarc_calibration, key, name, low, high, optional)

static const record_text TEXTS[] = {
    TEXT("made_on", made_on, 0),
    TEXT("method", method, 0),
    TEXT("model", model, 0),
    TEXT("basis", basis, 0),
    TEXT("manufacturer", manufacturer, 1),
    TEXT("device_model", device_model, 1),
    TEXT("device_serial", device_serial, 1),
    TEXT("kernel", kernel, 1),
};

static const record_number NUMBERS[] = {
    NUMBER("kvp", kvp, 20, 300, 1),
    NUMBER("density", density, -1e4, 1e4, 0),
    NUMBER("covariance", covariance, -LARGE, LARGE, 1),
    NUMBER("t_95", t_95, 1.9, 13, 0),
    NUMBER("systematic_mg_cm3", systematic_mg_cm3, 0, 1e4, 0),
    NUMBER("slope_hu_per_mg_cm3", slope_hu_per_mg_cm3, 0.1, 10, 0),
    NUMBER("intercept_hu", intercept_hu, -1000, 1000, 0),
    NUMBER("slope_ci", slope_ci, -LARGE, LARGE, 1),
    NUMBER("intercept_ci", intercept_ci, -LARGE, LARGE, 1),
    NUMBER("r2", r2, MIN_R2, 1, 1),
    NUMBER("residual_sd_hu", residual_sd_hu, 0, 1000, 1),
    NUMBER("effective_energy_kev", effective_energy_kev, 20, 200, 1),
    NUMBER("energy_ci", energy_ci, 20, 200, 1),
};

static const record_layout LAYOUT = {.format = "osarc-calibration",
                                     .version = 1,
                                     .texts = TEXTS,
                                     .text_count = sizeof(TEXTS) / sizeof(TEXTS[0]),
                                     .numbers = NUMBERS,
                                     .number_count = sizeof(NUMBERS) / sizeof(NUMBERS[0]),
                                     .part = "points"};

static const file_number POINT_NUMBERS[] = {{"hu", -1100, 4000, 0},
                                            {"hu_se", 0, 1000, 1},
                                            {"density_mg_cm3", -200, 3000, 0},
                                            {"residual_hu", -1000, 1000, 0}};

/* ---- out ---- */

static json_t *points_json(const osarc_calibration *cal)
{
    json_t *list = json_array();
    for (size_t i = 0; i < cal->point_count; i++) {
        const osarc_calibration_point *p = &cal->points[i];
        json_t *point = json_pack("{s:s,s:o,s:o,s:o,s:o}", "name", p->name, "hu",
                                  record_number_json(p->hu), "hu_se", record_number_json(p->hu_se),
                                  "density_mg_cm3", record_number_json(p->reference), "residual_hu",
                                  record_number_json(p->residual_hu));
        if (json_array_append_new(list, point)) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

osarc_status osarc_calibration_write(const osarc_calibration *calibration, const char *path,
                                     osarc_error *err)
{
    long day;
    if (!calibration || !path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a calibration and a path are needed");
    if (calibration->rung != OSARC_RUNG_PHANTOM)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "only a calibration on a phantom is kept");
    if (!days_of(calibration->made_on, &day))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "the day it was made on, YYYY-MM-DD, is needed");
    return record_write(calibration, &LAYOUT, points_json(calibration), path, err);
}

/* ---- in ---- */

static osarc_status read_points(osarc_calibration *cal, const json_t *root, osarc_error *err)
{
    static const char *const KEYS[] = {"name",           "hu",          "hu_se",
                                       "density_mg_cm3", "residual_hu", NULL};
    const json_t *list = json_object_get(root, "points");
    size_t count = json_array_size(list);
    if (count < 2 || count > OSARC_ROD_MAX)
        return osi_fail(err, OSARC_ERR_FORMAT, "key 'points': a list of 2 to %d rods is needed",
                        OSARC_ROD_MAX);
    cal->point_count = count;
    for (size_t i = 0; i < count; i++) {
        osarc_calibration_point *p = &cal->points[i];
        const json_t *object = json_array_get(list, i);
        double *values[] = {&p->hu, &p->hu_se, &p->reference, &p->residual_hu};
        if (!json_is_object(object))
            return osi_fail(err, OSARC_ERR_FORMAT, "key 'points': objects { } are needed");
        osarc_status status = file_check_keys(object, "points", KEYS, err);
        if (!status)
            status = file_get_text(p->name, sizeof(p->name), object, "points", "name", 0, err);
        for (size_t k = 0; !status && k < 4; k++)
            status = file_get_number(values[k], object, "points", &POINT_NUMBERS[k], err);
        if (status)
            return status;
    }
    return OSARC_OK;
}

static int differ(double a, double b)
{
    return fabs(a - b) > AGREE * fmax(1, fabs(a));
}

/* Numbers that follow from each other: a file that was changed by hand contradicts itself. */
static osarc_status check_sense(const osarc_calibration *cal, osarc_error *err)
{
    long day;
    const osarc_rod_model basis = {.basis = "HA", .rod_count = 0};
    double low, high;
    if (!days_of(cal->made_on, &day))
        return osi_fail(err, OSARC_ERR_FORMAT, "key 'made_on': a day YYYY-MM-DD is needed");
    if (strcmp(cal->method, "phantom") != 0)
        return osi_fail(err, OSARC_ERR_FORMAT, "key 'method': 'phantom' is needed");
    if (strcmp(cal->basis, "HA") != 0 && strcmp(cal->basis, "K2HPO4") != 0)
        return osi_fail(err, OSARC_ERR_FORMAT, "key 'basis': HA or K2HPO4 is needed");
    if (differ(cal->density[1] * cal->slope_hu_per_mg_cm3, 1) ||
        differ(cal->density[0] * cal->slope_hu_per_mg_cm3, -cal->intercept_hu) ||
        cal->density[2] != 0)
        return osi_fail(err, OSARC_ERR_FORMAT,
                        "key 'density' does not agree with slope_hu_per_mg_cm3 and intercept_hu");
    rods_slope_range(&basis, NAN, &low, &high);
    if (!(cal->slope_hu_per_mg_cm3 >= low && cal->slope_hu_per_mg_cm3 <= high))
        return osi_fail(err, OSARC_ERR_FORMAT,
                        "key 'slope_hu_per_mg_cm3': %.2f to %.2f is plausible", low, high);
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++)
            if (cal->covariance[i][i] < 0 || differ(cal->covariance[i][k], cal->covariance[k][i]))
                return osi_fail(err, OSARC_ERR_FORMAT, "key 'covariance' is none");
    if (cal->slope_ci[0] > cal->slope_hu_per_mg_cm3 || cal->slope_ci[1] < cal->slope_hu_per_mg_cm3)
        return osi_fail(err, OSARC_ERR_FORMAT, "key 'slope_ci' does not hold the slope");
    if (cal->intercept_ci[0] > cal->intercept_hu || cal->intercept_ci[1] < cal->intercept_hu)
        return osi_fail(err, OSARC_ERR_FORMAT, "key 'intercept_ci' does not hold the intercept");
    return OSARC_OK;
}

osarc_status osarc_calibration_read(osarc_calibration *out, const char *path, osarc_error *err)
{
    json_t *root = NULL;
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    rods_clear(out);
    if (!path)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a path is needed");
    osarc_status status = file_open(&root, path, err);
    if (!status)
        status = record_read(out, root, &LAYOUT, err);
    if (!status)
        status = read_points(out, root, err);
    if (!status)
        status = check_sense(out, err);
    json_decref(root);
    if (status) {
        rods_clear(out);
        return osi_fail_context(err, status, "calibration file");
    }
    out->rung = OSARC_RUNG_ASYNCHRONOUS;
    return OSARC_OK;
}
