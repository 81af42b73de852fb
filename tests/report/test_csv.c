/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <math.h>

#include <osarc/report.h>

#include "scratch.h"

TestSuite(report_csv, .init = make_folder, .fini = drop_folder);

#define HEADER                                                                                     \
    "case,patient_id,study_uid,series_uid,modality,site,level,side,quantity,value,unit,ci_low,"    \
    "ci_high,method,basis,reference,quality,note\n"

static const osarc_finding MEASURED = {
    .case_id = "1",
    .patient_id = "p-1",
    .study_uid = "1.2",
    .series_uid = "1.2.3",
    .modality = "CT",
    .site = "lumbar",
    .level = "L3",
    .side = "both",
    .quantity = "muscle_area",
    .value = 123.456789,
    .unit = "cm2",
    .ci_low = 120,
    .ci_high = 125.5,
    .method = "threshold",
};

static osarc_findings *one_finding(const osarc_finding *row)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_findings *findings = NULL;
    EXPECT_OK(osarc_findings_create(&findings, &err));
    EXPECT_OK(osarc_findings_add(findings, row, &err));
    return findings;
}

static void expect_file(const char *wanted)
{
    char *text = read_whole(NULL);
    cr_expect(eq(str, text, (char *) wanted));
    osi_free(text);
}

static void expect_rows(const osarc_finding *row, const char *wanted)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_findings *findings = one_finding(row);
    EXPECT_OK(osarc_report_findings_csv(findings, path, &err));
    expect_file(wanted);
    osarc_findings_free(findings);
}

Test(report_csv, writes_the_header_and_a_row_as_promised)
{
    expect_rows(&MEASURED, HEADER "1,p-1,1.2,1.2.3,CT,lumbar,L3,both,muscle_area,123.457,cm2,120,"
                                  "125.5,threshold,,,ok,\n");
}

Test(report_csv, leaves_the_value_of_a_refused_row_empty)
{
    osarc_finding row = MEASURED;
    row.value = NAN;
    row.ci_low = NAN;
    row.ci_high = NAN;
    row.quality = OSARC_QUALITY_REFUSED;
    row.note = "gap of 4 mm, none allowed";
    expect_rows(&row, HEADER "1,p-1,1.2,1.2.3,CT,lumbar,L3,both,muscle_area,,cm2,,,threshold,,,"
                             "refused,\"gap of 4 mm, none allowed\"\n");
}

Test(report_csv, writes_the_header_alone_when_there_is_nothing)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_findings *findings = NULL;
    EXPECT_OK(osarc_findings_create(&findings, &err));
    EXPECT_OK(osarc_report_findings_csv(findings, path, &err));
    expect_file(HEADER);
    osarc_findings_free(findings);
}

Test(report_csv, prints_numbers_with_a_point_in_a_locale_with_commas)
{
    static const char *const NAMES[] = {"de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8",
                                        "es_ES.UTF-8"};
    const char *set = NULL;
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]) && !set; i++)
        set = setlocale(LC_ALL, NAMES[i]);
    if (!set)
        printf("no locale with a decimal comma is installed: tried with the one there is\n");
    expect_rows(&MEASURED, HEADER "1,p-1,1.2,1.2.3,CT,lumbar,L3,both,muscle_area,123.457,cm2,120,"
                                  "125.5,threshold,,,ok,\n");
}

Test(report_csv, quotes_as_rfc_4180_asks_and_no_more)
{
    static const char *const COLUMNS[] = {"a", "b, c"};
    static const char *const CELLS[] = {
        "plain",
        "with, comma",
        "say \"yes\"",
        "two\nlines",
        " space",
        "end ",
        "M\xC3\xBCller",
        "cr\rlf",
        "semi;colon",
        "",
        NULL,
        "=1+1",
        "-5.5",
        "-x",
        "@home",
        "+1e3",
        "\"",
        "#1",
        "'",
        "in side",
    };
    osarc_error err = OSARC_ERROR_INIT;
    osarc_table table = {COLUMNS, 2, CELLS, sizeof(CELLS) / sizeof(CELLS[0]) / 2};
    EXPECT_OK(osarc_report_table_csv(&table, path, &err));
    expect_file("a,\"b, c\"\n"
                "plain,\"with, comma\"\n"
                "\"say \"\"yes\"\"\",\"two\nlines\"\n"
                "\" space\",\"end \"\n"
                "M\xC3\xBCller,\"cr\rlf\"\n"
                "semi;colon,\n"
                ",\"=1+1\"\n"
                "-5.5,\"-x\"\n"
                "\"@home\",+1e3\n"
                "\"\"\"\",#1\n"
                "',in side\n");
}

Test(report_csv, writes_valid_utf_8_whatever_it_is_given)
{
    static const char *const COLUMNS[] = {"a"};
    static const char *const CELLS[] = {"M\xFCller, K."};
    osarc_error err = OSARC_ERROR_INIT;
    osarc_table table = {COLUMNS, 1, CELLS, 1};
    EXPECT_OK(osarc_report_table_csv(&table, path, &err));
    expect_file("a\n\"M\xEF\xBF\xBDller, K.\"\n");
}

Test(report_csv, refuses_what_is_not_there)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_findings *findings = one_finding(&MEASURED);
    static const char *const COLUMNS[] = {"a"};
    EXPECT_REFUSED(osarc_report_findings_csv(NULL, path, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_report_findings_csv(findings, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_report_table_csv(NULL, path, &err), OSARC_ERR_ARGUMENT);
    osarc_table table = {COLUMNS, 1, NULL, 1};
    EXPECT_REFUSED(osarc_report_table_csv(&table, path, &err), OSARC_ERR_ARGUMENT);
    table = (osarc_table){COLUMNS, 0, NULL, 0};
    EXPECT_REFUSED(osarc_report_table_csv(&table, path, &err), OSARC_ERR_ARGUMENT);
    table = (osarc_table){NULL, 1, NULL, 0};
    EXPECT_REFUSED(osarc_report_table_csv(&table, path, &err), OSARC_ERR_ARGUMENT);
    cr_expect(eq(int, entries(), 0));
    osarc_findings_free(findings);
}

Test(report_csv, leaves_nothing_behind_when_it_fails)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_finding row = MEASURED;
    row.note = "quoted, so that each kind of memory is asked for";
    osarc_findings *findings = one_finding(&row);
    EXPECT_REFUSED(osarc_report_findings_csv(findings, nowhere, &err), OSARC_ERR_IO);
    EXPECT_REFUSED(osarc_report_findings_csv(findings, folder, &err), OSARC_ERR_IO);
    for (long n = 1;; n++) {
        osi_alloc_fail_at(n);
        osarc_status status = osarc_report_findings_csv(findings, path, &err);
        if (status == OSARC_OK)
            break;
        cr_assert(eq(int, status, OSARC_ERR_MEMORY));
        cr_assert(eq(int, entries(), 0));
    }
    cr_expect(gt(long, osi_alloc_asked(), 2));
    cr_expect(eq(int, entries(), 1));
    osi_alloc_fail_at(0);
    osarc_findings_free(findings);
}

Test(report_csv, gives_rows_one_by_one_as_it_gives_a_table)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_csv *csv = NULL;
    size_t size = 0;
    static const char *const CELLS[] = {"a",  NULL, "b,c", "say \"x\"", " y", "z ",
                                        "=1", "-1", "-x",  "\xff",      "",   "two\nlines"};
    EXPECT_OK(osarc_csv_create(&csv, &err));
    cr_expect(eq(str, (char *) osarc_csv_text(csv, &size), ""));
    EXPECT_OK(osarc_csv_add(csv, CELLS, 12, 1, &err));
    cr_expect(eq(str, (char *) osarc_csv_text(csv, &size),
                 "a,,\"b,c\",\"say \"\"x\"\"\",\" y\",\"z \",\"=1\",-1,\"-x\",\xef\xbf\xbd,,"
                 "\"two\nlines\"\n"));
    osarc_table table = {CELLS, 12, NULL, 0};
    EXPECT_OK(osarc_report_table_csv(&table, path, &err));
    expect_file(osarc_csv_text(csv, &size));
    osarc_csv_clear(csv);
    EXPECT_OK(osarc_csv_add(csv, CELLS, 1, 0, &err));
    EXPECT_OK(osarc_csv_add_ready(csv, "\"as, it\"", 8, &err));
    EXPECT_OK(osarc_csv_add(csv, CELLS, 1, 1, &err));
    cr_expect(eq(str, (char *) osarc_csv_text(csv, &size), "a,\"as, it\",a\n"));
    cr_expect(eq(sz, size, 13u));
    osarc_csv_free(csv);
}

Test(report_csv, refuses_rows_without_memory_or_place)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_csv *csv = NULL;
    const char *cell = "a";
    EXPECT_REFUSED(osarc_csv_create(NULL, &err), OSARC_ERR_ARGUMENT);
    osi_alloc_fail_at(1);
    EXPECT_REFUSED(osarc_csv_create(&csv, &err), OSARC_ERR_MEMORY);
    osi_alloc_fail_at(0);
    EXPECT_OK(osarc_csv_create(&csv, &err));
    osi_alloc_fail_at(1);
    EXPECT_REFUSED(osarc_csv_add(csv, &cell, 1, 1, &err), OSARC_ERR_MEMORY);
    osi_alloc_fail_at(1);
    EXPECT_REFUSED(osarc_csv_add_ready(csv, "a", 1, &err), OSARC_ERR_MEMORY);
    osi_alloc_fail_at(0);
    osarc_csv_free(csv);
    osarc_csv_free(NULL);
}
