/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <expect.h>
#include <osi/alloc.h>
#include <osi/file.h>

#include "report_step.h"

static osarc_error err = OSARC_ERROR_INIT;
static char folder[] = "/tmp/osarc_report_step_XXXXXX";
static series_result results[2];

static void start(void)
{
    cr_assert(mkdtemp(folder) != NULL);
    memset(results, 0, sizeof(results));
    for (size_t i = 0; i < 2; i++) {
        osarc_acquisition *a = &results[i].acquisition;
        osarc_acquisition_init(a);
        results[i].number = i + 1;
        a->sex = OSARC_SEX_FEMALE;
        a->age_years = 60 + 2 * (double) i;
        snprintf(results[i].case_id, sizeof(results[i].case_id), "A");
        snprintf(a->patient_id, sizeof(a->patient_id), "A");
        snprintf(a->study_date, sizeof(a->study_date), "202%zu0101", 4 + i);
    }
}

static void stop(void)
{
    EXPECT_OK(osi_folder_remove(folder, &err));
}

TestSuite(run_report_step, .init = start, .fini = stop);

/* Writes the page; 1 when it has the text. */
static int says(const char *text)
{
    class_table classes = {0};
    out_folder out = {0};
    osarc_findings *findings = NULL;
    uint8_t *bytes = NULL;
    size_t size = 0;
    char path[64];
    snprintf(path, sizeof(path), "%s/out", folder);
    EXPECT_OK(osarc_findings_create(&findings, &err));
    EXPECT_OK(class_table_make(&classes, results, 2, &(osarc_patient){.findings = findings},
                               &(class_choice){NULL, "who"}, &err));
    EXPECT_OK(out_open(&out, path, 0, &err));
    report_sources from = {
        .results = results, .count = 2, .classes = &classes, .findings = findings};
    EXPECT_OK(report_step_write(&out, &from, &err));
    EXPECT_OK(osi_file_read(&bytes, &size, out_path(&out, &err, "report.html"), 1 << 20, &err));
    char *page = osi_alloc(size + 1, 1, &err);
    memcpy(page, bytes, size);
    int found = strstr(page, text) != NULL;
    osi_free(page);
    osi_free(bytes);
    out_close(&out);
    class_table_free(&classes);
    osarc_findings_free(findings);
    return found;
}

Test(run_report_step, shows_the_facts_that_classes_stand_on)
{
    cr_expect(says("<dd>female</dd>"));
    cr_expect(says("<dd>62")); /* of the most recent scan */
}

Test(run_report_step, refuses_a_sex_that_scans_contradict)
{
    results[1].acquisition.sex = OSARC_SEX_MALE;
    cr_expect(eq(int, says("<dd>female</dd>"), 0));
}
