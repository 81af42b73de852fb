/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results of densitometry from a document to findings and classes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <expect.h>
#include <osarc/run.h>
#include <osi/alloc.h>
#include <osi/file.h>

#include "make_report.h"

static osarc_error err = OSARC_ERROR_INIT;
static dicom_bytes to;
static char out[] = "/tmp/osarc_report_XXXXXX";
static osarc_findings *findings;
static osarc_run_summary summary;

static void put_score(const char *place, const char *side, const char *number)
{
    report_number_open(&to, "99OSS", "t_score", number, "{T-score}");
    report_place(&to, "99OSS", place);
    if (side)
        report_side(&to, side);
    report_close(&to);
}

static void run(const char *folder, const char *clinical)
{
    osarc_run_options options = {
        .out_folder = out, .overwrite = 1, .clinical_path = clinical, .definitions = "who"};
    EXPECT_OK(osarc_run(&summary, &findings, &folder, 1, &options, &err));
    remove_folder(folder);
}

static char *read_out(const char *name)
{
    char path[256];
    uint8_t *bytes = NULL;
    size_t size = 0;
    snprintf(path, sizeof(path), "%s/%s", out, name);
    EXPECT_OK(osi_file_read(&bytes, &size, path, 1 << 20, &err));
    char *text = osi_alloc(size + 1, 1, &err);
    cr_assert(text != NULL);
    memcpy(text, bytes, size);
    osi_free(bytes);
    return text;
}

static void expect_in(const char *name, const char *wanted)
{
    char *text = read_out(name);
    cr_expect(strstr(text, wanted) != NULL, "%s not in %s", wanted, text);
    osi_free(text);
}

static void stop(void)
{
    osarc_findings_free(findings);
    EXPECT_OK(osi_folder_remove(out, &err));
}

Test(run_dxa_report, results_become_rows_and_classes)
{
    cr_assert(mkdtemp(out) != NULL);
    const char *folder = make_folder();
    report_start(&to, &(report_head){0});
    put_score("L1-L4", NULL, "-2.7");
    put_score("neck", "7771000", "-1.2");
    put_score("neck", NULL, "-3.9"); /* of no side: refused */
    report_finish(&to);
    save(folder, "sr.dcm", to.data, to.size);
    save(folder, "clinical.csv", "patient_id,menopausal,age_years\nP1,post,70\n", 43);
    char table[256];
    snprintf(table, sizeof(table), "%s/clinical.csv", folder);
    run(folder, table);
    cr_expect(eq(int, (int) summary.exit_code, OSARC_EXIT_OK), "%s", summary.text);
    cr_expect(eq(sz, summary.series_measured, 1));
    cr_assert(eq(sz, osarc_findings_count(findings), 3));
    const osarc_finding *row = osarc_findings_at(findings, 0);
    cr_expect(eq(str, (char *) row->method, "report"));
    cr_expect(eq(str, (char *) row->basis, "DXA-Hologic"));
    cr_expect(eq(str, (char *) row->reference, "report"));
    cr_expect(eq(str, (char *) row->modality, "SR"));
    cr_expect(epsilon_eq(dbl, row->value, -2.7, 1e-9));
    cr_expect(strstr(row->note, "not measured here") != NULL);
    row = osarc_findings_at(findings, 2);
    cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_REFUSED));
    cr_expect(strstr(row->note, "side is not stated") != NULL);
    expect_in("classification.csv", "osteoporosis");
    expect_in("classification.csv", "t_lumbar=-2.7 (report)");
    expect_in("run.json", "dxa_report");
    stop();
}

Test(run_dxa_report, a_document_of_refused_numbers_alone_is_refused)
{
    cr_assert(mkdtemp(out) != NULL);
    const char *folder = make_folder();
    report_start(&to, &(report_head){0});
    put_score("neck", NULL, "-3.9");
    report_finish(&to);
    save(folder, "sr.dcm", to.data, to.size);
    run(folder, NULL);
    cr_expect(eq(int, (int) summary.exit_code, OSARC_EXIT_REFUSED), "%s", summary.text);
    cr_expect(eq(sz, summary.series_measured, 0));
    cr_assert(eq(sz, osarc_findings_count(findings), 1));
    cr_expect(isnan(osarc_findings_at(findings, 0)->value));
    stop();
}

Test(run_dxa_report, no_file_of_results_holds_the_name)
{
    static const char *const FILES[] = {"findings.csv", "findings.json", "run.json",
                                        "classification.csv"};
    cr_assert(mkdtemp(out) != NULL);
    const char *folder = make_folder();
    report_start(&to, &(report_head){0});
    put_score("L1-L4", NULL, "-2.7");
    put_score("neck", NULL, "-3.9");
    report_finish(&to);
    save(folder, "sr.dcm", to.data, to.size);
    run(folder, NULL);
    for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++) {
        char *text = read_out(FILES[i]);
        cr_expect(strstr(text, "SECRET") == NULL, "%s", FILES[i]);
        osi_free(text);
    }
    stop();
}

Test(run_dxa_report, of_two_documents_the_later_one_counts)
{
    cr_assert(mkdtemp(out) != NULL);
    const char *folder = make_folder();
    report_start(&to, &(report_head){.date = "20200101", .series = "1.2.3.1"});
    put_score("L1-L4", NULL, "-2.7");
    report_finish(&to);
    save(folder, "old.dcm", to.data, to.size);
    report_start(&to, &(report_head){.date = "20250101", .series = "1.2.3.2"});
    put_score("L1-L4", NULL, "-1.7");
    report_finish(&to);
    save(folder, "new.dcm", to.data, to.size);
    run(folder, NULL);
    cr_expect(eq(sz, summary.series_measured, 2));
    expect_in("classification.csv", "t_lumbar=-1.7 (report, scan 2)");
    expect_in("classification.csv", "not used: t_lumbar=-2.7 (report, scan 1)");
    stop();
}

Test(run_dxa_report, results_in_the_clinical_table_have_rows_and_count_once)
{
    static const char TABLE[] =
        "patient_id,menopausal,age_years,t_lumbar,bmd_lumbar_g_cm2,bmd_device,alm_kg,alm_method\n"
        "P1,post,70,-2.6,0.81,lunar,17.5,bia\nP9,post,70,-1,1,hologic,15,dxa\n";
    cr_assert(mkdtemp(out) != NULL);
    const char *folder = make_folder();
    report_start(&to, &(report_head){0});
    put_score("neck", "7771000", "-1.2");
    report_finish(&to);
    save(folder, "sr.dcm", to.data, to.size);
    save(folder, "clinical.csv", TABLE, strlen(TABLE));
    char table[256];
    snprintf(table, sizeof(table), "%s/clinical.csv", folder);
    run(folder, table);
    /* the score of the document, two of the table; not the impedance, not the other patient */
    cr_assert(eq(sz, osarc_findings_count(findings), 3));
    const osarc_finding *row = osarc_findings_at(findings, 2);
    cr_expect(eq(str, (char *) row->quantity, "t_score"));
    cr_expect(epsilon_eq(dbl, row->value, -2.6, 1e-12));
    cr_expect(eq(str, (char *) row->basis, "DXA-Lunar"));
    cr_expect(eq(str, (char *) row->series_uid, ""));
    cr_expect(strstr(row->note, "clinical table") != NULL);
    char *classes = read_out("classification.csv");
    cr_expect(strstr(classes, "t_lumbar=-2.6 (table)") != NULL, "%s", classes);
    cr_expect(strstr(classes, "not used: t_lumbar") == NULL, "%s", classes);
    osi_free(classes);
    stop();
}

Test(run_dxa_report, of_one_series_what_an_amended_document_changes_is_refused)
{
    static const char *const NUMBERS[2] = {"-2.7", "-1.7"};
    cr_assert(mkdtemp(out) != NULL);
    const char *folder = make_folder();
    for (int i = 0; i < 2; i++) {
        report_start(&to, &(report_head){0});
        put_score("L1-L4", NULL, NUMBERS[i]);
        put_score("neck", "7771000", "-1.2");
        report_finish(&to);
        save(folder, i ? "amended.dcm" : "first.dcm", to.data, to.size);
    }
    run(folder, NULL);
    cr_expect(eq(int, (int) summary.exit_code, OSARC_EXIT_OK), "%s", summary.text);
    cr_assert(eq(sz, osarc_findings_count(findings), 2));
    const osarc_finding *row = osarc_findings_at(findings, 0);
    cr_expect(isnan(row->value));
    cr_expect(strstr(row->note, "two different values") != NULL, "%s", row->note);
    cr_expect(epsilon_eq(dbl, osarc_findings_at(findings, 1)->value, -1.2, 1e-9));
    stop();
}

Test(run_dxa_report, a_sum_of_masses_that_differ_is_refused_with_them)
{
    static const char *const LIMBS[4][2] = {{"53120007", "7771000"},
                                            {"53120007", "24028007"},
                                            {"61685007", "7771000"},
                                            {"61685007", "24028007"}};
    cr_assert(mkdtemp(out) != NULL);
    const char *folder = make_folder();
    for (int i = 0; i < 2; i++) {
        report_start(&to, &(report_head){0});
        for (int k = i ? 3 : 0; k < 4; k++) {
            report_number_open(&to, "99OSS", "lean_mass", i ? "9" : "8", "kg");
            report_place(&to, "SCT", LIMBS[k][0]);
            report_side(&to, LIMBS[k][1]);
            report_close(&to);
        }
        report_finish(&to);
        save(folder, i ? "amended.dcm" : "first.dcm", to.data, to.size);
    }
    run(folder, NULL);
    cr_assert(eq(sz, osarc_findings_count(findings), 4));
    for (size_t i = 0; i < 4; i++) {
        const osarc_finding *row = osarc_findings_at(findings, i);
        cr_expect(eq(str, (char *) row->quantity, "lean_mass"));
        int is_amended = !strcmp(row->level, "leg") && !strcmp(row->side, "right");
        cr_expect(is_amended ? isnan(row->value) : row->value > 0, "%s %s", row->side, row->level);
    }
    stop();
}

static const osarc_finding *row_of(const char *method, const char *quantity, const char *level)
{
    for (size_t i = 0; i < osarc_findings_count(findings); i++) {
        const osarc_finding *row = osarc_findings_at(findings, i);
        if (!strcmp(row->method, method) && !strcmp(row->quantity, quantity) &&
            !strcmp(row->level, level))
            return row;
    }
    cr_assert(0, "no row %s %s %s", method, quantity, level);
    return NULL;
}

Test(run_dxa_report, a_picture_stays_without_density_and_says_where_it_is_stated)
{
    cr_assert(mkdtemp(out) != NULL);
    const char *folder = make_folder();
    report_picture(folder, 1);
    run(folder, NULL);
    const osarc_finding *row = row_of("report", "abmd", "L1-L4");
    cr_expect(epsilon_eq(dbl, row->value, 0.942, 1e-9));
    cr_expect(eq(str, (char *) row->basis, "DXA-Hologic"));
    row = row_of("picture-outline", "abmd", "L1-L4");
    cr_expect(isnan(row->value));
    cr_expect(strstr(row->note, "see the row of method report") != NULL, "%s", row->note);
    cr_expect(eq(int, (int) summary.exit_code, OSARC_EXIT_OK), "%s", summary.text);
    expect_in("run.json", "5 results of its device are in it");
    stop();
}

Test(run_dxa_report, a_picture_without_results_points_nowhere)
{
    cr_assert(mkdtemp(out) != NULL);
    const char *folder = make_folder();
    report_picture(folder, 0);
    report_start(&to, &(report_head){.patient = "P2"}); /* same study UID, another patient */
    put_score("L1-L4", NULL, "-2.7");
    report_number_open(&to, "LN", "24966-4", "0.9", "g/cm2");
    report_place(&to, "99OSS", "L1-L4");
    report_close(&to);
    report_finish(&to);
    save(folder, "sr.dcm", to.data, to.size);
    run(folder, NULL);
    const osarc_finding *row = row_of("picture-outline", "abmd", "L1-L4");
    cr_expect(isnan(row->value));
    cr_expect(strstr(row->note, "method report") == NULL, "%s", row->note);
    stop();
}

/* What a series of documents contradicts itself on has no row with a value to point to. */
Test(run_dxa_report, a_picture_points_to_nothing_that_an_amended_document_changes)
{
    static const char *const NUMBERS[2] = {"0.9", "0.8"};
    cr_assert(mkdtemp(out) != NULL);
    const char *folder = make_folder();
    report_picture(folder, 0);
    for (int i = 0; i < 2; i++) {
        report_start(&to, &(report_head){0});
        report_number_open(&to, "LN", "24966-4", NUMBERS[i], "g/cm2");
        report_place(&to, "99OSS", "L1-L4");
        report_close(&to);
        report_finish(&to);
        save(folder, i ? "amended.dcm" : "first.dcm", to.data, to.size);
    }
    run(folder, NULL);
    cr_expect(isnan(row_of("report", "abmd", "L1-L4")->value));
    const osarc_finding *row = row_of("picture-outline", "abmd", "L1-L4");
    cr_expect(isnan(row->value));
    cr_expect(strstr(row->note, "method report") == NULL, "%s", row->note);
    stop();
}

Test(run_dxa_report, a_picture_points_to_what_one_of_several_documents_states)
{
    cr_assert(mkdtemp(out) != NULL);
    const char *folder = make_folder();
    report_picture(folder, 0);
    for (int i = 0; i < 2; i++) {
        report_start(&to, &(report_head){.series = i ? "1.2.3.9" : "1.2.3.8"});
        report_number_open(&to, "LN", "24966-4", "0.9", "g/cm2");
        report_place(&to, "99OSS", i ? "L1-L4" : "L2-L4");
        report_close(&to);
        report_finish(&to);
        save(folder, i ? "b.dcm" : "a.dcm", to.data, to.size);
    }
    run(folder, NULL);
    const osarc_finding *row = row_of("picture-outline", "abmd", "L1-L4");
    cr_expect(strstr(row->note, "see the row of method report") != NULL, "%s", row->note);
    stop();
}
