/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text_file.h"

#include <math.h>

#include <osarc/density.h>

static osarc_error err;

static void make(osarc_calibration *cal, const char *model)
{
    static const double OFF[] = {1.37, -0.6, 0.2, -1.1, 0.9, 0.31};
    const osarc_rod_model *m = osarc_rod_model_find(model);
    double hu[OSARC_ROD_MAX] = {0};
    double se[OSARC_ROD_MAX] = {0.1, 0.2, 0.3, 0.1, 0.2, 0.3};
    for (size_t rod = 0; rod < m->rod_count; rod++) {
        hu[rod] = 1.2345678901 * m->density_mg_cm3[rod] + OFF[rod];
        if (m->water_density_mg_cm3[rod] > 0)
            hu[rod] += 0.2174 * m->density_mg_cm3[rod] + m->water_density_mg_cm3[rod] - 999.6;
    }
    EXPECT_OK(osarc_calibrate_rods(cal, m, hu, se, &err));
    strcpy(cal->made_on, "2026-02-28");
    strcpy(cal->manufacturer, "Maker");
    strcpy(cal->device_model, "Scanner \"X\" 64");
    strcpy(cal->device_serial, "12345");
    strcpy(cal->kernel, "B40s");
    cal->kvp = 120;
}

static void new_path(char *path, size_t room)
{
    text_file(path, room, "");
    unlink(path);
}

static int same(double a, double b)
{
    return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof(a)) == 0;
}

static void expect_same_numbers(const double *a, const double *b, size_t count, const char *what)
{
    for (size_t i = 0; i < count; i++)
        cr_expect(same(a[i], b[i]), "%s[%zu]: %.17g came back as %.17g", what, i, a[i], b[i]);
}

Test(calibration_scale_file, brings_back_every_bit)
{
    static const char *const MODELS[] = {"mindways3_ct", "qrm_bdc_6", "siemens_osteo"};
    for (size_t i = 0; i < 3; i++) {
        osarc_calibration cal;
        osarc_calibration back;
        char path[64];
        make(&cal, MODELS[i]);
        new_path(path, sizeof(path));
        EXPECT_OK(osarc_calibration_write(&cal, path, &err));
        EXPECT_OK(osarc_calibration_read(&back, path, &err));
        unlink(path);
        cr_expect(eq(int, back.rung, OSARC_RUNG_ASYNCHRONOUS));
        cr_expect(eq(str, back.method, "phantom"));
        cr_expect(eq(str, back.model, cal.model));
        cr_expect(eq(str, back.basis, cal.basis));
        cr_expect(eq(str, back.made_on, cal.made_on));
        cr_expect(eq(str, back.device_model, cal.device_model));
        cr_expect(eq(str, back.device_serial, cal.device_serial));
        cr_expect(eq(str, back.kernel, cal.kernel));
        expect_same_numbers(cal.density, back.density, 3, "density");
        expect_same_numbers(cal.covariance[0], back.covariance[0], 9, "covariance");
        expect_same_numbers(&cal.t_95, &back.t_95, 1, "t_95");
        expect_same_numbers(&cal.slope_hu_per_mg_cm3, &back.slope_hu_per_mg_cm3, 1, "slope");
        expect_same_numbers(cal.slope_ci, back.slope_ci, 2, "slope_ci");
        expect_same_numbers(cal.intercept_ci, back.intercept_ci, 2, "intercept_ci");
        expect_same_numbers(&cal.r2, &back.r2, 1, "r2");
        expect_same_numbers(&cal.residual_sd_hu, &back.residual_sd_hu, 1, "residual_sd_hu");
        expect_same_numbers(cal.energy_ci, back.energy_ci, 2, "energy_ci");
        cr_assert(eq(sz, back.point_count, cal.point_count));
        for (size_t k = 0; k < cal.point_count; k++) {
            cr_expect(eq(str, back.points[k].name, cal.points[k].name));
            expect_same_numbers(&cal.points[k].hu, &back.points[k].hu, 1, "hu");
            expect_same_numbers(&cal.points[k].reference, &back.points[k].reference, 1, "density");
        }
        double half = osarc_calibration_half_mg_cm3(&cal, 150);
        cr_expect(same(half, osarc_calibration_half_mg_cm3(&back, 150)));
    }
}

static size_t read_text(char *text, size_t room, const char *path)
{
    FILE *file = fopen(path, "r");
    cr_assert(file != NULL);
    size_t size = fread(text, 1, room - 1, file);
    text[size] = '\0';
    fclose(file);
    return size;
}

/* each key of a good file is made wrong in turn; the message names it */
Test(calibration_scale_file, refuses_each_damaged_key_by_its_name)
{
    static const struct {
        const char *from, *to, *word;
    } CHANGES[] = {
        {"osarc-calibration", "osarc", "'format'"},
        {"\"version\": 1", "\"version\": 2", "'version'"},
        {"2026-02-28", "2026-02-29", "'made_on'"},
        {"2026-02-28", "28.02.2026", "'made_on'"},
        {"\"method\": \"phantom\"", "\"method\": \"guess\"", "'method'"},
        {"\"basis\": \"HA\"", "\"basis\": \"\"", "'basis'"},
        {"\"basis\": \"HA\"", "\"basis\": \"water\"", "'basis'"},
        {"\"model\": \"qrm_bdc_6\"", "\"model\": 3", "'model'"},
        {"\"kernel\": \"B40s\"", "\"kernel\": null", "'kernel'"},
        {"\"kvp\": 120.0", "\"kvp\": 1200", "'kvp'"},
        {"\"kvp\": 120.0,", "", "'kvp' is missing"},
        {"\"density\":", "\"Density\":", "'Density' is not known"},
        {"\"t_95\": 2", "\"t_95\": 200", "'t_95'"},
        {"\"t_95\": 2", "\"t_95\": -2", "'t_95'"},
        {"\"r2\": 0.9", "\"r2\": 0.1", "'r2'"},
        {"\"slope_hu_per_mg_cm3\": 1", "\"slope_hu_per_mg_cm3\": 2", "'density' does not agree"},
        {"\"slope_hu_per_mg_cm3\": 1", "\"slope_hu_per_mg_cm3\": -1", "'slope_hu_per_mg_cm3'"},
        {"\"intercept_hu\": ", "\"intercept_hu\": 3", "'density' does not agree"},
        {"\"slope_ci\": [", "\"slope_ci\": [7,", "'slope_ci': a list of 2"},
        {"\"points\": [", "\"points\": [1,", "'points'"},
        {"\"name\": \"rod 1\"", "\"name\": \"\"", "'name'"},
        {"\"hu\": ", "\"hu\": \"a\", \"x\": ", "'x' is not known"},
        {"\"residual_hu\": ", "\"residual_hu\": 1e9", "no JSON"},
    };
    osarc_calibration cal;
    char path[64];
    char good[8192];
    make(&cal, "qrm_bdc_6");
    new_path(path, sizeof(path));
    EXPECT_OK(osarc_calibration_write(&cal, path, &err));
    read_text(good, sizeof(good), path);
    unlink(path);
    for (size_t i = 0; i < sizeof(CHANGES) / sizeof(CHANGES[0]); i++) {
        char text[8192];
        text_change(text, sizeof(text), good, CHANGES[i].from, CHANGES[i].to);
        text_file(path, sizeof(path), text);
        EXPECT_REFUSED(osarc_calibration_read(&cal, path, &err), OSARC_ERR_FORMAT);
        unlink(path);
        int named = strstr(err.text, CHANGES[i].word) != NULL || strstr(err.text, "no JSON");
        cr_expect(named, "%s: %s", CHANGES[i].to, err.text);
        cr_expect(eq(int, cal.rung, OSARC_RUNG_NONE));
    }
}

/* whatever is cut off, nothing is read as a calibration */
Test(calibration_scale_file, refuses_a_file_cut_short_anywhere)
{
    osarc_calibration cal;
    char path[64];
    char good[8192];
    make(&cal, "siemens_osteo");
    new_path(path, sizeof(path));
    EXPECT_OK(osarc_calibration_write(&cal, path, &err));
    size_t size = read_text(good, sizeof(good), path);
    unlink(path);
    for (size_t cut = 0; cut + 1 < size; cut += 61) {
        char text[8192];
        snprintf(text, sizeof(text), "%.*s", (int) cut, good);
        text_file(path, sizeof(path), text);
        EXPECT_REFUSED(osarc_calibration_read(&cal, path, &err), OSARC_ERR_FORMAT);
        unlink(path);
    }
}

Test(calibration_scale_file, refuses_to_write_what_is_not_whole)
{
    osarc_calibration cal;
    char path[64];
    make(&cal, "qrm_bdc_3");
    new_path(path, sizeof(path));
    EXPECT_REFUSED(osarc_calibration_write(NULL, path, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_calibration_write(&cal, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_calibration_write(&cal, "/nonexistent/folder/cal.json", &err),
                   OSARC_ERR_IO);
    strcpy(cal.made_on, "");
    EXPECT_REFUSED(osarc_calibration_write(&cal, path, &err), OSARC_ERR_ARGUMENT);
    strcpy(cal.made_on, "2026-13-01");
    EXPECT_REFUSED(osarc_calibration_write(&cal, path, &err), OSARC_ERR_ARGUMENT);
    strcpy(cal.made_on, "2026-12-01");
    cal.rung = OSARC_RUNG_INTERNAL;
    EXPECT_REFUSED(osarc_calibration_write(&cal, path, &err), OSARC_ERR_ARGUMENT);
    cr_expect(access(path, F_OK) != 0, "a file was left behind");
}

Test(calibration_scale_file, refuses_what_is_no_file)
{
    osarc_calibration cal;
    EXPECT_REFUSED(osarc_calibration_read(&cal, "/nonexistent/cal.json", &err), OSARC_ERR_IO);
    EXPECT_REFUSED(osarc_calibration_read(&cal, "/tmp", &err), OSARC_ERR_IO);
    EXPECT_REFUSED(osarc_calibration_read(&cal, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_calibration_read(NULL, "/tmp/x", &err), OSARC_ERR_ARGUMENT);
}
