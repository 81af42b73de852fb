/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <osarc/phantom.h>
#include <osarc/run.h>
#include <osarc/selftest.h>
#include <osi/file.h>

/* The whole way: DICOM files of the phantom, femurs found, scale from its tissues, rows. */

static char base[64];
static char scan[96];
static char out[96];

static void enter(void)
{
    snprintf(base, sizeof(base), "/tmp/osarc_hip_XXXXXX");
    cr_assert(mkdtemp(base) != NULL);
    snprintf(scan, sizeof(scan), "%s/scan", base);
    snprintf(out, sizeof(out), "%s/out", base);
}

static void leave(void)
{
    (void) !osi_folder_remove(base, NULL);
}

TestSuite(run_hip_run, .init = enter, .fini = leave);

static osarc_phantom *write_scan(osarc_phantom_options options)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = NULL;
    EXPECT_OK(osarc_phantom_create(&phantom, "hip", &options, &err));
    EXPECT_OK(osarc_phantom_write(scan, phantom, 0, &err));
    return phantom;
}

static const char *write_file(const char *name, const char *text)
{
    static char paths[4][128];
    static int used;
    osarc_error err = OSARC_ERROR_INIT;
    char *path = paths[used++ % 4];
    snprintf(path, sizeof(paths[0]), "%s/%s", base, name);
    EXPECT_OK(osi_file_write(path, text, strlen(text), &err));
    return path;
}

static osarc_findings *run(osarc_run_options options)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_run_summary summary;
    osarc_findings *findings = NULL;
    const char *const inputs[] = {scan};
    options.out_folder = out;
    EXPECT_OK(osarc_run(&summary, &findings, inputs, 1, &options, &err));
    return findings;
}

static const osarc_finding *find(const osarc_findings *findings, const char *quantity,
                                 const char *level, const char *side)
{
    for (size_t i = 0; i < osarc_findings_count(findings); i++) {
        const osarc_finding *row = osarc_findings_at(findings, i);
        if (!strcmp(row->site, "femur") && !strcmp(row->quantity, quantity) &&
            !strcmp(row->level, level) && !strcmp(row->side, side))
            return row;
    }
    cr_fatal("no %s of %s %s", quantity, level, side);
    return NULL;
}

Test(run_hip_run, measures_one_side_beside_metal_and_scores_it)
{
    osarc_phantom *phantom = write_scan((osarc_phantom_options){.pixel_mm = 1.2,
                                                                .slice_mm = 1.5,
                                                                .noise_sd_hu = 10,
                                                                .anteversion_deg = 12,
                                                                .metal = "left"});
    const osarc_phantom_femur *truth = osarc_phantom_femur_at(phantom, 1);
    char table[128];
    snprintf(table, sizeof(table), "patient_id,sex,age_years,menopausal\n%s,F,70,post\n",
             osarc_phantom_acquisition(phantom)->patient_id);
    osarc_findings *findings = run((osarc_run_options){
        .clinical_path = write_file("clinical.csv", table),
        .conversion_path = write_file(
            "own.json",
            "{\"conversions\": [{\"id\": \"own\", \"site\": \"total_hip\", \"basis\": \"K2HPO4\", "
            "\"to\": \"DXA-Hologic\", \"slope\": 1.1, \"intercept_g_cm2\": "
            "0.01, \"source\": \"made up\"}]}")});
    for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++) {
        const char *name = osarc_hip_region_name((osarc_hip_region) r);
        const osarc_finding *row = find(findings, "abmd", name, "right");
        cr_expect(ne(int, row->quality, OSARC_QUALITY_REFUSED), "%s: %s", name, row->note);
        /* the interval is what it is for: scale, noise, placement */
        cr_expect(le(dbl, row->ci_low, truth->regions[r].abmd_g_cm2), "%s", name);
        cr_expect(ge(dbl, row->ci_high, truth->regions[r].abmd_g_cm2), "%s", name);
        /* and it is no wider than to be of use: the scale from tissues leaves a sixth */
        cr_expect(lt(dbl, row->ci_high - row->value, 0.25 * row->value), "%s", name);
        cr_expect(eq(int, find(findings, "abmd", name, "left")->quality, OSARC_QUALITY_REFUSED));
    }
    const osarc_finding *neck = find(findings, "t_score", "neck", "right");
    double neck_abmd = find(findings, "abmd", "neck", "right")->value;
    cr_expect(epsilon_eq(dbl, neck->value, (neck_abmd - 0.858) / 0.120, 1e-6));
    cr_expect(eq(str, (char *) neck->basis, "CTXA unconverted"));
    const osarc_finding *total = find(findings, "t_score", "total", "right");
    double total_abmd = find(findings, "abmd", "total", "right")->value;
    cr_expect(epsilon_eq(dbl, total->value, (1.1 * total_abmd + 0.01 - 0.942) / 0.122, 1e-6));
    cr_expect(eq(str, (char *) total->basis, "DXA-Hologic (own CTXA>DXA-Hologic)"));
    char picture[128];
    snprintf(picture, sizeof(picture), "%s/images/1_hip.png", out);
    cr_expect(eq(int, access(picture, R_OK), 0));
    osarc_findings_free(findings);
    osarc_phantom_free(phantom);
}

/* Densities are of no other kind of measurement here; what a neck of an adult reads by any. */
static void expect_plausible(const char *name, const char *side)
{
    snprintf(scan, sizeof(scan), "%s/%s", OSARC_REAL_DATA, name);
    if (access(scan, R_OK) != 0) {
        printf("%s is not here\n", name);
        return;
    }
    osarc_findings *findings = run((osarc_run_options){.accept_contrast = 1});
    const osarc_finding *neck = find(findings, "abmd", "neck", side);
    const osarc_finding *total = find(findings, "abmd", "total", side);
    cr_expect(eq(str, (char *) neck->method, "ctxa, neck-at-notch"));
    cr_expect(gt(dbl, neck->value, 0.4), "%s", name);
    cr_expect(lt(dbl, neck->value, 1.2), "%s", name);
    /* the shaft in it is denser than the neck */
    cr_expect(gt(dbl, total->value, neck->value), "%s", name);
    cr_expect(gt(dbl, find(findings, "bone_area", "neck", side)->value, 3), "%s", name);
    cr_expect(lt(dbl, find(findings, "bone_area", "neck", side)->value, 7), "%s", name);
    osarc_findings_free(findings);
}

Test(run_hip_run, measures_a_right_femur_in_a_patient)
{
    expect_plausible("ct_femur_a", "right");
}

Test(run_hip_run, measures_a_left_femur_in_a_patient)
{
    expect_plausible("ct_femur_b", "left");
}

static void expect_run_refused(osarc_run_options options, osarc_status wanted)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_run_summary summary;
    const char *const inputs[] = {scan};
    options.out_folder = out;
    EXPECT_REFUSED(osarc_run(&summary, NULL, inputs, 1, &options, &err), wanted);
}

Test(run_hip_run, refuses_files_of_populations_and_equations_before_any_work)
{
    expect_run_refused((osarc_run_options){.reference_path = "/nowhere.csv"}, OSARC_ERR_IO);
    expect_run_refused((osarc_run_options){.conversion_path = "/nowhere.json"}, OSARC_ERR_IO);
    expect_run_refused((osarc_run_options){.reference_path = write_file("r.csv", "id,kind\n")},
                       OSARC_ERR_FORMAT);
    expect_run_refused((osarc_run_options){.conversion_path = write_file("c.json", "{}")},
                       OSARC_ERR_FORMAT);
}

Test(run_hip_run, refuses_necks_that_the_view_cuts)
{
    osarc_phantom *phantom = write_scan((osarc_phantom_options){
        .pixel_mm = 1.5, .slice_mm = 2, .length_mm = 80, .centre_z_mm = 25});
    osarc_findings *findings = run((osarc_run_options){0});
    static const char *const SIDES[] = {"left", "right"};
    for (int side = 0; side < 2; side++)
        for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++) {
            const char *name = osarc_hip_region_name((osarc_hip_region) r);
            const osarc_finding *row = find(findings, "abmd", name, SIDES[side]);
            cr_expect(eq(int, row->quality, OSARC_QUALITY_REFUSED), "%s %s", name, SIDES[side]);
        }
    osarc_findings_free(findings);
    osarc_phantom_free(phantom);
}
