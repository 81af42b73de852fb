/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole way: DICOM files of a synthetic hip, dxa.json, a table of patients, rows, classes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <osarc/dxa_calibration.h>
#include <osarc/run.h>
#include <osarc/selftest.h>
#include <osi/alloc.h>
#include <osi/file.h>

#include "dxa_help.h"

static osarc_error err = OSARC_ERROR_INIT;
static char base[64];
static char scan[96];
static char out[96];
static char calibration[96];

static void write_text(const char *path, const char *text)
{
    EXPECT_OK(osi_file_write(path, text, strlen(text), &err));
}

static void enter(void)
{
    const osarc_dxa_phantom_options options = {.photons = 1e7};
    osarc_dxa_calibration made = calibrate(&options);
    snprintf(base, sizeof(base), "/tmp/osarc_dxa_hip_XXXXXX");
    cr_assert(mkdtemp(base) != NULL);
    snprintf(scan, sizeof(scan), "%s/scan", base);
    snprintf(out, sizeof(out), "%s/out", base);
    snprintf(calibration, sizeof(calibration), "%s/cal.json", base);
    strcpy(made.made_on, "2026-03-01");
    EXPECT_OK(osarc_dxa_calibration_write(&made, calibration, &err));
}

static void leave(void)
{
    (void) !osi_folder_remove(base, NULL);
}

TestSuite(run_dxa_femur_run, .init = enter, .fini = leave);

/* stated: what dxa.json says; row: of the table of patients, NULL: no table. */
static osarc_findings *run_on(const char *kind, const osarc_dxa_phantom_options *options,
                              const char *stated, const char *row)
{
    char path[128];
    char table[160];
    osarc_run_summary summary;
    osarc_findings *findings = NULL;
    const char *const inputs[] = {scan};
    osarc_run_options how = {.out_folder = out, .dxa_calibration_path = calibration};
    osarc_dxa_phantom *phantom = draw(kind, options);
    EXPECT_OK(osarc_dxa_phantom_write(scan, phantom, 0, &err));
    osarc_dxa_phantom_free(phantom);
    snprintf(path, sizeof(path), "%s/dxa.json", scan);
    write_text(path, stated);
    snprintf(path, sizeof(path), "%s/clinical.csv", base);
    if (row) {
        snprintf(table, sizeof(table), "patient_id,sex,age_years,menopausal\nPHANTOM-DXA,%s\n",
                 row);
        write_text(path, table);
        how.clinical_path = path;
    }
    EXPECT_OK(osarc_run(&summary, &findings, inputs, 1, &how, &err));
    return findings;
}

static const osarc_finding *find(const osarc_findings *findings, const char *level,
                                 const char *quantity)
{
    for (size_t i = 0; i < osarc_findings_count(findings); i++) {
        const osarc_finding *row = osarc_findings_at(findings, i);
        if (!strcmp(row->site, "femur") && !strcmp(row->quantity, quantity) &&
            !strcmp(row->level, level))
            return row;
    }
    cr_fatal("no %s of %s", quantity, level);
    return NULL;
}

static void expect_refused(const osarc_finding *row, const char *words)
{
    cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_REFUSED), "%s", row->quantity);
    cr_expect(isnan(row->value) && isnan(row->ci_low) && isnan(row->ci_high));
    cr_expect(strstr(row->note, words) != NULL, "'%s'", row->note);
}

/* Whether classification.csv has a row of a definition's arm with that state and class. */
static int has_class(const char *definition, const char *arm, const char *state, const char *name)
{
    static char text[1 << 17];
    char path[128];
    char wanted[160];
    snprintf(path, sizeof(path), "%s/classification.csv", out);
    FILE *file = fopen(path, "r");
    cr_assert(file != NULL);
    size_t length = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[length] = '\0';
    snprintf(wanted, sizeof(wanted), "PHANTOM-DXA,%s,%s,%s,%s,", definition, arm, state, name);
    return strstr(text, wanted) != NULL;
}

/* NHANES III, white women of 20 to 29, Hologic: neck 0.858 (0.120), total hip 0.942 (0.122) g/cm2
 * (Looker 1998). The interval is that of the density in those units. */
static void expect_t_score(const osarc_findings *findings, const char *level, double mean,
                           double sd)
{
    const osarc_finding *t = find(findings, level, "t_score");
    const osarc_finding *abmd = find(findings, level, "abmd");
    cr_expect(eq(int, (int) t->quality, OSARC_QUALITY_OK), "%s", t->note);
    cr_expect(epsilon_eq(dbl, t->value, (abmd->value - mean) / sd, 1e-6), "%s", level);
    cr_expect(epsilon_eq(dbl, t->ci_high - t->ci_low, (abmd->ci_high - abmd->ci_low) / sd, 1e-6));
    cr_expect(eq(str, (char *) t->basis, (char *) "DXA-Hologic"));
    cr_expect(eq(str, (char *) abmd->basis, (char *) "DXA-Hologic"));
    cr_expect(eq(str, (char *) t->side, (char *) "right"));
}

Test(run_dxa_femur_run, t_scores_are_those_of_the_table_and_classify_the_patient)
{
    const osarc_dxa_phantom_options thin = {
        .side = "right", .bone_g_cm2 = {0.5, 0.48, 0.7, 0.65}, .shift_px = {0.4, -0.3}};
    osarc_findings *findings = run_on("dxa-hip", &thin, "{\"scale\": \"hologic\"}", "F,70,post");
    expect_t_score(findings, "neck", 0.858, 0.120);
    expect_t_score(findings, "total", 0.942, 0.122);
    cr_expect(
        eq(str, (char *) find(findings, "neck", "t_score")->reference, (char *) "nhanes3_neck_f"));
    /* 0.5 g/cm2 of the neck: (0.5 - 0.858) / 0.12 = -3 */
    cr_expect(epsilon_eq(dbl, find(findings, "neck", "t_score")->value, -2.98, 0.05));
    cr_expect(has_class("who", "result", "met", "osteoporosis"));
    cr_expect(has_class("iscd", "result", "met", "osteoporosis"));
    cr_expect(has_class("os_strict:ewgsop2", "bone", "met", ""));
    osarc_findings_free(findings);
}

Test(run_dxa_femur_run, dense_bone_is_normal)
{
    const osarc_dxa_phantom_options dense = {.bone_g_cm2 = {0.95, 0.85, 1.2, 1.1}};
    osarc_findings *findings = run_on("dxa-hip", &dense, "{\"scale\": \"hologic\"}", "M,66,");
    cr_expect(gt(dbl, find(findings, "neck", "t_score")->value, -1));
    cr_expect(gt(dbl, find(findings, "total", "t_score")->value, -1));
    cr_expect(has_class("who", "result", "not_met", "normal"));
    cr_expect(eq(int, has_class("who", "result", "met", "osteoporosis"), 0));
    osarc_findings_free(findings);
}

Test(run_dxa_femur_run, a_z_score_stands_where_iscd_asks_for_it)
{
    osarc_findings *findings = run_on("dxa-hip", NULL, "{\"scale\": \"hologic\"}", "F,35,pre");
    for (size_t i = 0; i < osarc_findings_count(findings); i++)
        cr_expect(ne(str, (char *) osarc_findings_at(findings, i)->quantity, (char *) "t_score"));
    (void) find(findings, "neck", "z_score");
    (void) find(findings, "total", "z_score");
    cr_expect(eq(int, has_class("who", "result", "met", "osteoporosis"), 0));
    osarc_findings_free(findings);
}

Test(run_dxa_femur_run, without_sex_there_is_a_density_and_no_score)
{
    osarc_findings *findings = run_on("dxa-hip", NULL, "{\"scale\": \"hologic\"}", NULL);
    expect_refused(find(findings, "neck", "t_score"), "sex");
    expect_refused(find(findings, "total", "t_score"), "sex");
    cr_expect(eq(int, (int) find(findings, "neck", "abmd")->quality, OSARC_QUALITY_OK));
    osarc_findings_free(findings);
}

Test(run_dxa_femur_run, another_makers_scale_is_not_held_against_hologic)
{
    osarc_findings *findings = run_on("dxa-hip", NULL, "{\"scale\": \"lunar\"}", "F,70,post");
    expect_refused(find(findings, "neck", "t_score"), "DXA-Lunar");
    cr_expect(eq(str, (char *) find(findings, "neck", "abmd")->basis, (char *) "DXA-Lunar"));
    cr_expect(eq(int, has_class("who", "result", "met", "osteoporosis"), 0));
    osarc_findings_free(findings);
}

Test(run_dxa_femur_run, a_wedges_own_scale_has_no_scores)
{
    osarc_findings *findings = run_on("dxa-hip", NULL, "{}", "F,70,post");
    expect_refused(find(findings, "neck", "t_score"), "maker's scale");
    expect_refused(find(findings, "total", "t_score"), "maker's scale");
    cr_expect(eq(str, (char *) find(findings, "neck", "abmd")->basis, (char *) "HA"));
    osarc_findings_free(findings);
}

Test(run_dxa_femur_run, what_shows_no_femur_is_refused_and_classifies_nobody)
{
    osarc_findings *findings = run_on(
        "dxa-spine", NULL, "{\"scale\": \"hologic\", \"view\": \"left_femur\"}", "F,70,post");
    for (size_t i = 0; i < osarc_findings_count(findings); i++) {
        const osarc_finding *row = osarc_findings_at(findings, i);
        if (!strcmp(row->site, "femur"))
            expect_refused(row, "");
    }
    expect_refused(find(findings, "neck", "t_score"), find(findings, "neck", "abmd")->note);
    cr_expect(ne(str, (char *) find(findings, "neck", "abmd")->note, (char *) ""));
    cr_expect(eq(int, has_class("who", "result", "met", "osteoporosis"), 0));
    osarc_findings_free(findings);
}

Test(run_dxa_femur_run, the_picture_and_the_regions_are_written)
{
    static const char *const FILES[] = {"images/1_dxa.png", "masks/1_femur_regions.nii.gz",
                                        "masks/1_bone_mineral.nii.gz"};
    osarc_findings *findings = run_on("dxa-hip", NULL, "{}", NULL);
    for (size_t i = 0; i < 3; i++) {
        char path[160];
        snprintf(path, sizeof(path), "%s/%s", out, FILES[i]);
        cr_expect(eq(int, access(path, R_OK), 0), "%s", FILES[i]);
    }
    osarc_findings_free(findings);
}
