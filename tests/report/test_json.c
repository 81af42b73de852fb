/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <math.h>

#include <jansson.h>

#include <osarc/report.h>
#include <osi/text.h>

#include "scratch.h"

TestSuite(report_json, .init = make_folder, .fini = drop_folder);

static const osarc_finding ROWS[] = {
    {.case_id = "1",
     .patient_id = "M\xC3\xBCller \"K\", 7",
     .quantity = "muscle_area",
     .value = 123.456789,
     .unit = "cm2",
     .ci_low = 120,
     .ci_high = 125.5,
     .method = "threshold"},
    {.case_id = "1",
     .patient_id = "bad \xFF byte",
     .quantity = "image_noise",
     .value = NAN,
     .ci_low = NAN,
     .ci_high = NAN,
     .quality = OSARC_QUALITY_REFUSED,
     .note = "no air\nin view"},
    {.quantity = "sat_volume",
     .value = 0.000123456789,
     .unit = "cm3",
     .ci_low = NAN,
     .ci_high = NAN,
     .method = "m",
     .quality = OSARC_QUALITY_WARNING,
     .note = "cut"},
    {.quantity = "x", .value = -0.0, .unit = "1", .ci_low = NAN, .ci_high = NAN, .method = "m"},
    {.quantity = "x", .value = 1234567, .unit = "1", .ci_low = NAN, .ci_high = NAN, .method = "m"},
};
#define ROW_COUNT (sizeof(ROWS) / sizeof(ROWS[0]))

static osarc_findings *make_findings(void)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_findings *findings = NULL;
    EXPECT_OK(osarc_findings_create(&findings, &err));
    for (size_t i = 0; i < ROW_COUNT; i++)
        EXPECT_OK(osarc_findings_add(findings, &ROWS[i], &err));
    return findings;
}

static json_t *load(void)
{
    json_error_t error;
    json_t *document = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    cr_assert(document != NULL, "%s, line %d", error.text, error.line);
    return document;
}

static int has_type(const json_t *value, json_type type)
{
    return value && json_typeof(value) == type;
}

static void expect_text(const json_t *row, const char *key, const char *wanted)
{
    const json_t *value = json_object_get(row, key);
    if (!wanted || !*wanted)
        cr_expect(has_type(value, JSON_NULL), "%s", key);
    else
        cr_expect(eq(str, (char *) json_string_value(value), (char *) wanted));
}

/* The same number as the CSV file prints, not only a near one. */
static void expect_number(const json_t *row, const char *key, double wanted)
{
    const json_t *value = json_object_get(row, key);
    char printed[OSI_NUMBER_SIZE];
    double rounded;
    if (isnan(wanted)) {
        cr_expect(has_type(value, JSON_NULL), "%s", key);
        return;
    }
    cr_assert(has_type(value, JSON_REAL), "%s", key);
    cr_assert(osi_number_read(osi_number_print(printed, wanted), &rounded) == 1);
    cr_expect(eq(dbl, json_number_value(value), rounded));
}

static void expect_rows(void)
{
    static const char *const KEYS[] = {
        "case",    "patient_id", "study_uid", "series_uid", "modality", "site",
        "level",   "side",       "quantity",  "value",      "unit",     "ci_low",
        "ci_high", "method",     "basis",     "reference",  "quality",  "note"};
    json_t *rows = load();
    cr_assert(eq(sz, json_array_size(rows), ROW_COUNT));
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const json_t *row = json_array_get(rows, i);
        size_t place = 0;
        const char *key;
        json_t *value;
        json_object_foreach((json_t *) row, key, value)
        {
            cr_assert(lt(sz, place, sizeof(KEYS) / sizeof(KEYS[0])));
            cr_expect(eq(str, (char *) key, (char *) KEYS[place]));
            place++;
        }
        cr_expect(eq(sz, place, sizeof(KEYS) / sizeof(KEYS[0])));
        expect_text(row, "case", ROWS[i].case_id);
        if (i != 1)
            expect_text(row, "patient_id", ROWS[i].patient_id);
        expect_text(row, "quantity", ROWS[i].quantity);
        expect_text(row, "unit", ROWS[i].unit);
        expect_text(row, "basis", ROWS[i].basis);
        expect_text(row, "note", ROWS[i].note);
        expect_text(row, "quality", osarc_quality_name(ROWS[i].quality));
        expect_number(row, "value", ROWS[i].value);
        expect_number(row, "ci_low", ROWS[i].ci_low);
        expect_number(row, "ci_high", ROWS[i].ci_high);
    }
    expect_text(json_array_get(rows, 1), "patient_id", "bad \xEF\xBF\xBD byte");
    json_decref(rows);
}

Test(report_json, holds_the_rows_of_the_table_in_the_columns_order)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_findings *findings = make_findings();
    EXPECT_OK(osarc_report_findings_json(findings, path, &err));
    expect_rows();
    setlocale(LC_ALL, "de_DE.UTF-8"); /* where it is installed: a decimal comma */
    EXPECT_OK(osarc_report_findings_json(findings, path, &err));
    setlocale(LC_ALL, "C");
    expect_rows();
    osarc_findings_free(findings);
}

Test(report_json, writes_an_empty_list_when_there_is_nothing)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_findings *findings = NULL;
    EXPECT_OK(osarc_findings_create(&findings, &err));
    EXPECT_OK(osarc_report_findings_json(findings, path, &err));
    json_t *rows = load();
    cr_expect(has_type(rows, JSON_ARRAY));
    cr_expect(eq(sz, json_array_size(rows), 0));
    json_decref(rows);
    osarc_findings_free(findings);
}

static void expect_label(const json_t *document, const char *kind, int number, const char *name)
{
    const json_t *list = json_object_get(json_object_get(document, "masks"), kind);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *label = json_array_get(list, i);
        if (json_integer_value(json_object_get(label, "number")) == number) {
            cr_expect(
                eq(str, (char *) json_string_value(json_object_get(label, "name")), (char *) name));
            return;
        }
    }
    cr_expect(number < 0, "no label %d in %s", number, kind);
}

Test(report_json, names_the_labels_of_every_mask)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_OK(osarc_report_labels_json(path, &err));
    json_t *document = load();
    expect_label(document, "tissue", 0, "outside");
    expect_label(document, "tissue", 3, "skeletal_muscle");
    expect_label(document, "structures", 29, "vertebrae_L3");
    expect_label(document, "structures", 78, "hip_right");
    expect_label(document, "rois", 31, "vertebrae_L1");
    expect_label(document, "femur_regions", 3, "intertrochanter");
    json_decref(document);
}

Test(report_json, refuses_what_is_not_there)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_findings *findings = make_findings();
    EXPECT_REFUSED(osarc_report_findings_json(NULL, path, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_report_findings_json(findings, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_report_labels_json(NULL, &err), OSARC_ERR_ARGUMENT);
    osarc_findings_free(findings);
}

Test(report_json, leaves_nothing_behind_when_it_fails)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_findings *findings = make_findings();
    EXPECT_REFUSED(osarc_report_findings_json(findings, nowhere, &err), OSARC_ERR_IO);
    EXPECT_REFUSED(osarc_report_labels_json(nowhere, &err), OSARC_ERR_IO);
    long n = 0;
    osarc_status status;
    do {
        osi_alloc_fail_at(++n);
        status = osarc_report_findings_json(findings, path, &err);
        cr_assert(status == OSARC_OK || (status == OSARC_ERR_MEMORY && entries() == 0));
    } while (status);
    cr_expect(gt(long, n, 3));
    cr_expect(eq(int, entries(), 1));
    osi_alloc_fail_at(0);
    osarc_findings_free(findings);
}
