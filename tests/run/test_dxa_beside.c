/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A pair of images that cannot be measured beside the results of its device. */
#include <math.h>
#include <stdlib.h>

#include <osarc/run.h>
#include <osi/file.h>

#include "dx_help.h"
#include "make_report.h"

static char out[] = "/tmp/osarc_beside_XXXXXX";
static dicom_bytes to;
static osarc_findings *findings;
static osarc_run_summary summary;

/* Two energies of 10 x 8 pixels with no body in them, and a document of the same patient. */
static void run_both(int with_report)
{
    cr_assert(mkdtemp(out) != NULL);
    const char *folder = make_folder();
    save_dx(folder, "a.dcm", &(dx_image){.orientation = "L\\F"});
    save_dx(folder, "b.dcm", &(dx_image){.orientation = "L\\F", .kvp = "140", .base = 1000});
    if (with_report) {
        report_start(&to, &(report_head){0});
        report_number_open(&to, "LN", "24966-4", "0.9", "g/cm2");
        report_place(&to, "99OSS", "L1-L4");
        report_close(&to);
        report_finish(&to);
        save(folder, "sr.dcm", to.data, to.size);
    }
    osarc_run_options options = {.out_folder = out, .overwrite = 1, .definitions = "who"};
    EXPECT_OK(osarc_run(&summary, &findings, &folder, 1, &options, &err));
    remove_folder(folder);
}

static void stop(void)
{
    osarc_findings_free(findings);
    EXPECT_OK(osi_folder_remove(out, &err));
}

/* Rows of a density by a method; what they hold. */
static size_t count_rows(double *value, const char *method)
{
    size_t count = 0;
    for (size_t i = 0; i < osarc_findings_count(findings); i++) {
        const osarc_finding *row = osarc_findings_at(findings, i);
        if (strcmp(row->quantity, "abmd") != 0 || strcmp(row->method, method) != 0)
            continue;
        cr_expect(eq(str, (char *) row->patient_id, "P1"));
        cr_expect(eq(str, (char *) row->level, "L1-L4"));
        *value = row->value;
        count++;
    }
    return count;
}

Test(run_dxa_beside, a_refused_pair_keeps_its_row_and_the_report_its_number)
{
    double value = NAN;
    run_both(1);
    cr_expect(eq(sz, summary.series_measured, 1));
    cr_expect(eq(sz, summary.series_refused, 1));
    cr_expect(eq(int, (int) summary.exit_code, OSARC_EXIT_SOME), "%s", summary.text);
    cr_assert(eq(sz, count_rows(&value, "report"), 1));
    cr_expect(epsilon_eq(dbl, value, 0.9, 1e-12));
    cr_assert(eq(sz, count_rows(&value, ""), 1));
    cr_expect(isnan(value));
    stop();
}

Test(run_dxa_beside, alone_it_is_refused)
{
    double value = 0;
    run_both(0);
    cr_expect(eq(int, (int) summary.exit_code, OSARC_EXIT_REFUSED), "%s", summary.text);
    cr_expect(eq(sz, count_rows(&value, "report"), 0));
    cr_assert(eq(sz, count_rows(&value, ""), 1));
    cr_expect(isnan(value));
    stop();
}
