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
