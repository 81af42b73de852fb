/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole way: DICOM files of a synthetic forearm, dxa.json, tables, rows, classes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <osarc/dxa_calibration.h>
#include <osarc/run.h>
#include <osarc/selftest.h>
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
    snprintf(base, sizeof(base), "/tmp/osarc_dxa_arm_XXXXXX");
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

TestSuite(run_dxa_forearm_run, .init = enter, .fini = leave);

/* A population of this test: 0.75 (0.06) g/cm2. */
static const char POPULATION[] =
    "id,kind,site,sex,scale,mean,sd,unit,source,confidence,standard\n"
    "test_radius_f,young_adult,radius_33,F,DXA-Hologic,0.75,0.06,g/cm2,made up,high,yes\n";

/* stated: what dxa.json says, NULL: there is none. population: NULL: the published ones alone. */
static osarc_findings *run_on(const osarc_dxa_phantom_options *options, const char *stated,
                              const char *population)
{
    char path[128];
    char table[128];
    char own[128];
    osarc_run_summary summary;
    osarc_findings *findings = NULL;
    const char *const inputs[] = {scan};
    osarc_run_options how = {.out_folder = out, .dxa_calibration_path = calibration};
    osarc_dxa_phantom *phantom = draw("dxa-forearm", options);
    EXPECT_OK(osarc_dxa_phantom_write(scan, phantom, 0, &err));
    osarc_dxa_phantom_free(phantom);
    snprintf(path, sizeof(path), "%s/dxa.json", scan);
    if (stated)
        write_text(path, stated);
    else
        cr_assert(eq(int, remove(path), 0));
    snprintf(table, sizeof(table), "%s/clinical.csv", base);
    write_text(table, "patient_id,sex,age_years,menopausal\nPHANTOM-DXA,F,70,post\n");
    how.clinical_path = table;
    snprintf(own, sizeof(own), "%s/population.csv", base);
    if (population) {
        write_text(own, population);
        how.reference_path = own;
    }
    EXPECT_OK(osarc_run(&summary, &findings, inputs, 1, &how, &err));
    return findings;
}

static const osarc_finding *find(const osarc_findings *findings, const char *level,
                                 const char *quantity)
{
    for (size_t i = 0; i < osarc_findings_count(findings); i++) {
        const osarc_finding *row = osarc_findings_at(findings, i);
        if (!strcmp(row->site, "forearm") && !strcmp(row->quantity, quantity) &&
            !strcmp(row->level, level))
            return row;
    }
    cr_fatal("no %s of %s", quantity, level);
    return NULL;
}

/* Whether classification.csv has a row of a definition's result with that class. */
static int has_class(const char *definition, const char *name)
{
    static char text[1 << 17];
    char path[128];
    char wanted[160];
    snprintf(path, sizeof(path), "%s/classification.csv", out);
    FILE *file = fopen(path, "r"); /* banned-ok: a test reads what was written */
    cr_assert(file != NULL);
    size_t length = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[length] = '\0';
    snprintf(wanted, sizeof(wanted), "PHANTOM-DXA,%s,result,met,%s,", definition, name);
    return strstr(text, wanted) != NULL;
}

Test(run_dxa_forearm_run, a_population_of_ones_own_gives_a_t_score_that_classifies)
{
    /* 0.58 g/cm2: (0.58 - 0.75) / 0.06 = -2.8 */
    const osarc_dxa_phantom_options thin = {.side = "right", .bone_g_cm2 = {0.58, 0.4, 0.5, 0.4}};
    osarc_findings *findings =
        run_on(&thin, "{\"scale\": \"hologic\", \"forearm_mm\": 255}", POPULATION);
    const osarc_finding *t = find(findings, "radius-33", "t_score");
    const osarc_finding *abmd = find(findings, "radius-33", "abmd");
    cr_expect(epsilon_eq(dbl, t->value, (abmd->value - 0.75) / 0.06, 1e-6));
    cr_expect(epsilon_eq(dbl, t->value, -2.83, 0.15));
    cr_expect(eq(str, (char *) t->reference, "test_radius_f"));
    cr_expect(eq(str, (char *) t->side, "right"));
    cr_expect(has_class("who", "osteoporosis"));
    cr_expect(has_class("iscd", "osteoporosis"));
    osarc_findings_free(findings);
}

Test(run_dxa_forearm_run, without_a_population_there_is_no_score_and_no_class)
{
    const osarc_dxa_phantom_options thin = {.bone_g_cm2 = {0.4, 0.3, 0.4, 0.3}};
    osarc_findings *findings = run_on(&thin, "{\"scale\": \"hologic\", \"forearm_mm\": 255}", NULL);
    const osarc_finding *t = find(findings, "radius-33", "t_score");
    cr_expect(eq(int, (int) t->quality, OSARC_QUALITY_REFUSED));
    cr_expect(strstr(t->note, "no standard population") != NULL, "%s", t->note);
    cr_expect(eq(int, (int) find(findings, "radius-33", "abmd")->quality, OSARC_QUALITY_OK));
    cr_expect(eq(int, has_class("who", "osteoporosis"), 0));
    osarc_findings_free(findings);
}

Test(run_dxa_forearm_run, only_the_third_has_a_score)
{
    osarc_findings *findings =
        run_on(NULL, "{\"scale\": \"hologic\", \"forearm_mm\": 255}", POPULATION);
    for (size_t i = 0; i < osarc_findings_count(findings); i++) {
        const osarc_finding *row = osarc_findings_at(findings, i);
        if (!strcmp(row->quantity, "t_score") || !strcmp(row->quantity, "z_score"))
            cr_expect(eq(str, (char *) row->level, "radius-33"));
    }
    osarc_findings_free(findings);
}

Test(run_dxa_forearm_run, the_file_beside_the_images_gives_the_length)
{
    /* that of the phantom's own file */
    osarc_findings *findings = run_on(NULL, "{\"forearm_mm\": 255}", NULL);
    const osarc_finding *row = find(findings, "radius-33", "abmd");
    cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_OK), "%s", row->note);
    cr_expect(eq(str, (char *) row->side, "left"));
    osarc_findings_free(findings);
}

Test(run_dxa_forearm_run, without_the_file_there_is_no_third)
{
    osarc_findings *findings = run_on(NULL, NULL, NULL);
    const osarc_finding *row = find(findings, "radius-33", "abmd");
    cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_REFUSED));
    cr_expect(strstr(row->note, "forearm_mm") != NULL, "%s", row->note);
    cr_expect(isfinite(find(findings, "radius-ultradistal", "abmd")->value));
    osarc_findings_free(findings);
}

Test(run_dxa_forearm_run, the_user_says_the_side_over_the_protocol)
{
    osarc_findings *findings = run_on(NULL, "{\"forearm_mm\": 255, \"side\": \"right\"}", NULL);
    cr_expect(eq(str, (char *) find(findings, "radius-33", "abmd")->side, "right"));
    osarc_findings_free(findings);
}

Test(run_dxa_forearm_run, the_picture_and_the_regions_are_written)
{
    static const char *const FILES[] = {"images/1_dxa.png", "masks/1_forearm_regions.nii.gz",
                                        "masks/1_bone_mineral.nii.gz"};
    osarc_findings *findings = run_on(NULL, "{\"forearm_mm\": 255}", NULL);
    for (size_t i = 0; i < 3; i++) {
        char path[160];
        snprintf(path, sizeof(path), "%s/%s", out, FILES[i]);
        cr_expect(eq(int, access(path, R_OK), 0), "%s", FILES[i]);
    }
    osarc_findings_free(findings);
}
