/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real finished pictures of a densitometer: where a technologist would draw, and no density. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <osarc/dicom.h>
#include <osarc/run.h>
#include <osi/file.h>

#include "make_report.h"

#define PICTURES OSARC_REAL_DATA "/dxa_lunar"

static char out[] = "/tmp/osarc_pictures_XXXXXX";

static osarc_findings *measure(void)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_findings *findings = NULL;
    osarc_run_summary summary;
    const char *input = PICTURES;
    osarc_run_options options = {.out_folder = out, .overwrite = 1};
    if (access(PICTURES, R_OK) != 0) {
        puts("real scans are absent: skipped");
        return NULL;
    }
    cr_assert(mkdtemp(out) != NULL);
    EXPECT_OK(osarc_run(&summary, &findings, &input, 1, &options, &err));
    cr_expect(eq(int, (int) summary.exit_code, OSARC_EXIT_OK));
    cr_expect(eq(sz, summary.series_measured, 3));
    EXPECT_OK(osi_folder_remove(out, &err));
    return findings;
}

static const osarc_finding *row_of(const osarc_findings *findings, const char *quantity,
                                   const char *level, const char *side)
{
    for (size_t i = 0; i < osarc_findings_count(findings); i++) {
        const osarc_finding *row = osarc_findings_at(findings, i);
        if (strcmp(row->quantity, quantity) == 0 && strcmp(row->level, level) == 0 &&
            strcmp(row->side, side) == 0)
            return row;
    }
    cr_assert(0, "no row %s %s %s", quantity, level, side);
    return NULL;
}

/* Sizes of adults: lumbar vertebrae of a tall man 13 to 24 cm2 each, a neck of 30 to 42 mm that
 * leaves the shaft at 115 to 145 degrees, a total hip of 30 to 48 cm2 (Lunar's manuals show 32 to
 * 40); arms of a body alike within a tenth, legs within a twentieth. */
Test(run_dxa_pictures, sizes_are_those_of_men)
{
    static const char *const LEVELS[] = {"L1", "L2", "L3", "L4"};
    osarc_findings *findings = measure();
    if (!findings)
        return;
    for (size_t i = 0; i < 4; i++) {
        double area = row_of(findings, "bone_area", LEVELS[i], "")->value;
        cr_expect(area > 13 && area < 24, "%s %g cm2", LEVELS[i], area);
    }
    double width = row_of(findings, "width", "neck", "left")->value;
    double angle = row_of(findings, "neck_shaft_angle", "neck", "left")->value;
    double total = row_of(findings, "bone_area", "total", "left")->value;
    cr_expect(width > 30 && width < 42, "%g mm", width);
    cr_expect(angle > 115 && angle < 145, "%g degrees", angle);
    cr_expect(total > 30 && total < 48, "%g cm2", total);
    double arms = row_of(findings, "projected_area", "arm", "left")->value /
                  row_of(findings, "projected_area", "arm", "right")->value;
    double legs = row_of(findings, "projected_area", "leg", "left")->value /
                  row_of(findings, "projected_area", "leg", "right")->value;
    cr_expect(arms > 0.9 && arms < 1.1, "arms %g", arms);
    cr_expect(legs > 0.95 && legs < 1.05, "legs %g", legs);
    osarc_findings_free(findings);
}

Test(run_dxa_pictures, densities_and_masses_are_refused)
{
    osarc_findings *findings = measure();
    if (!findings)
        return;
    const osarc_finding *rows[] = {
        row_of(findings, "abmd", "L1-L4", ""),      row_of(findings, "bmc", "L1-L4", ""),
        row_of(findings, "abmd", "neck", "left"),   row_of(findings, "abmd", "total", "left"),
        row_of(findings, "lean_mass", "total", ""), row_of(findings, "alm", "total", "")};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect(rows[i]->quality == OSARC_QUALITY_REFUSED && isnan(rows[i]->value));
        cr_expect(strstr(rows[i]->note, "holds no density") != NULL, "%s", rows[i]->note);
    }
    for (size_t i = 0; i < osarc_findings_count(findings); i++)
        cr_expect(osarc_findings_at(findings, i)->quality != OSARC_QUALITY_OK);
    osarc_findings_free(findings);
}

/* A document of the day of a real picture, by the same patient: 18.0 and 23.5 cm2 are drawn. */
Test(run_dxa_pictures, areas_are_held_against_those_of_a_report)
{
    static dicom_bytes to;
    static const char *const PICTURE = PICTURES "/ap_spine.dcm";
    static const char *const STATED[][4] = {
        {"L2", "14293000", "18.2", "the report of this study states 18.2"},
        {"L4", "11994002", "31", "are not the report's"}};
    osarc_error err = OSARC_ERROR_INIT;
    osarc_catalogue *catalogue = NULL;
    osarc_findings *findings = NULL;
    osarc_run_summary summary;
    char patient[OSARC_TEXT_SIZE];
    char date[OSARC_TEXT_SIZE];
    if (access(PICTURE, R_OK) != 0) {
        puts("real scans are absent: skipped");
        return;
    }
    EXPECT_OK(osarc_catalogue_read(&catalogue, &PICTURE, 1, NULL, &err));
    const osarc_acquisition *of = &osarc_catalogue_series(catalogue, 0)->acquisition;
    snprintf(patient, sizeof(patient), "%s", of->patient_id);
    snprintf(date, sizeof(date), "%s", of->study_date);
    osarc_catalogue_free(catalogue);
    const char *folder = make_folder();
    report_start(&to, &(report_head){.patient = patient, .date = date});
    for (size_t i = 0; i < 2; i++) {
        report_number_open(&to, "SCT", "42798000", STATED[i][2], "cm2");
        report_place(&to, "SCT", STATED[i][1]);
        report_close(&to);
    }
    report_finish(&to);
    save(folder, "sr.dcm", to.data, to.size);
    cr_assert(mkdtemp(out) != NULL);
    const char *inputs[] = {PICTURE, folder};
    osarc_run_options options = {.out_folder = out, .overwrite = 1, .definitions = "who"};
    EXPECT_OK(osarc_run(&summary, &findings, inputs, 2, &options, &err));
    for (size_t i = 0; i < 2; i++) {
        int found = 0;
        for (size_t k = 0; k < osarc_findings_count(findings); k++) {
            const osarc_finding *row = osarc_findings_at(findings, k);
            found |= strcmp(row->method, "picture-outline") == 0 &&
                     strcmp(row->quantity, "bone_area") == 0 &&
                     strcmp(row->level, STATED[i][0]) == 0 &&
                     strstr(row->note, STATED[i][3]) != NULL &&
                     (i == 1) == (strstr(row->note, "are not the report's") != NULL);
        }
        cr_expect(found, "%s", STATED[i][0]);
    }
    const osarc_finding *other = row_of(findings, "bone_area", "L1", "");
    cr_expect(strstr(other->note, "report") == NULL, "%s", other->note);
    osarc_findings_free(findings);
    EXPECT_OK(osi_folder_remove(out, &err));
    remove_folder(folder);
}
