/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <jansson.h>
#include <osarc/dicom.h>
#include <osarc/phantom.h>
#include <osarc/run.h>
#include <osi/alloc.h>
#include <osi/file.h>

static char base[64];
static char scan[96];
static char out[96];

static void enter(void)
{
    osarc_error err = OSARC_ERROR_INIT;
    snprintf(base, sizeof(base), "/tmp/osarc_run_XXXXXX");
    cr_assert(mkdtemp(base) != NULL);
    snprintf(scan, sizeof(scan), "%s/scan", base);
    snprintf(out, sizeof(out), "%s/out", base);
    EXPECT_OK(osi_folder_create(scan, &err));
    osarc_phantom_options wanted = {.pixel_mm = 3, .slice_mm = 5, .length_mm = 40};
    osarc_phantom *phantom = NULL;
    EXPECT_OK(osarc_phantom_create(&phantom, "abdomen", &wanted, &err));
    osarc_ct_write_options how = {.acquisition = osarc_phantom_acquisition(phantom),
                                  .uid_seed = "run test"};
    EXPECT_OK(osarc_ct_write(scan, osarc_phantom_image(phantom), &how, &err));
    osarc_phantom_free(phantom);
}

static void leave(void)
{
    (void) !osi_folder_remove(base, NULL);
}

static osarc_status run(osarc_run_summary *summary, const char *input, osarc_run_options options,
                        osarc_error *err)
{
    const char *const inputs[] = {input};
    options.out_folder = out;
    return osarc_run(summary, NULL, inputs, 1, &options, err);
}

static int is_there(const char *name)
{
    char path[192];
    snprintf(path, sizeof(path), "%s/%s", out, name);
    return access(path, F_OK) == 0;
}

static json_t *read_manifest(const char *path)
{
    json_error_t why;
    json_t *json = json_load_file(path, 0, &why);
    cr_assert(json != NULL, "%s: %s", path, why.text);
    return json;
}

static long integer_of(const json_t *json, const char *key)
{
    return (long) json_integer_value(json_object_get(json, key));
}

TestSuite(run_run, .init = enter, .fini = leave);

Test(run_run, writes_everything_that_is_promised)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_run_summary summary;
    EXPECT_OK(run(&summary, scan, (osarc_run_options){0}, &err));
    cr_expect(eq(int, summary.exit_code, OSARC_EXIT_OK));
    cr_expect(eq(sz, summary.series_measured, 1));
    static const char *const NAMES[] = {
        "run.json",           "findings.csv",          "findings.json",
        "classification.csv", "masks/1_tissue.nii.gz", "masks/1_structures.nii.gz",
        "masks/labels.json",  "masks/1_rois.nii.gz",   "images/1_tissue.png",
    };
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
        cr_expect(is_there(NAMES[i]), "%s is missing", NAMES[i]);
}

Test(run_run, accounts_for_every_input_with_its_digest)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_run_summary summary;
    char stray[128];
    snprintf(stray, sizeof(stray), "%s/notes.txt", scan);
    EXPECT_OK(osi_file_write(stray, "hello", 5, &err));
    EXPECT_OK(run(&summary, scan, (osarc_run_options){0}, &err));
    cr_expect(eq(int, summary.exit_code, OSARC_EXIT_OK)); /* a text file is no scan that failed */
    char path[128];
    snprintf(path, sizeof(path), "%s/run.json", out);
    json_t *json = read_manifest(path);
    json_t *inputs = json_object_get(json, "inputs");
    cr_expect(eq(sz, json_array_size(inputs), 9));
    int found = 0;
    for (size_t i = 0; i < json_array_size(inputs); i++) {
        json_t *one = json_array_get(inputs, i);
        const char *digest = json_string_value(json_object_get(one, "sha256"));
        cr_expect(eq(sz, strlen(digest), 64));
        /* SHA-256 of "hello", as sha256sum prints it */
        found |=
            strcmp(digest, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824") == 0;
    }
    cr_expect(found);
    json_decref(json);
}

Test(run_run, gives_rows_for_the_caller)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_run_summary summary;
    osarc_findings *findings = NULL;
    const char *const inputs[] = {scan};
    osarc_run_options options = {.out_folder = out};
    EXPECT_OK(osarc_run(&summary, &findings, inputs, 1, &options, &err));
    cr_expect(gt(sz, osarc_findings_count(findings), 10));
    osarc_findings_free(findings);
}

Test(run_run, refuses_a_folder_with_results_and_leaves_it_alone)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_run_summary summary;
    EXPECT_OK(run(&summary, scan, (osarc_run_options){0}, &err));
    EXPECT_REFUSED(run(&summary, scan, (osarc_run_options){0}, &err), OSARC_ERR_IO);
    cr_expect(eq(int, summary.exit_code, OSARC_EXIT_CANNOT_WRITE));
    cr_expect(is_there("findings.csv"));
    EXPECT_OK(run(&summary, scan, (osarc_run_options){.overwrite = 1}, &err));
}

Test(run_run, keeps_old_results_when_an_overwriting_run_fails)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_run_summary summary;
    EXPECT_OK(run(&summary, scan, (osarc_run_options){0}, &err));
    EXPECT_REFUSED(run(&summary, "/no/such/folder", (osarc_run_options){.overwrite = 1}, &err),
                   OSARC_ERR_IO);
    cr_expect(is_there("findings.csv"));
}

Test(run_run, leaves_a_manifest_when_an_overwriting_run_fails_in_a_new_folder)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_run_summary summary;
    EXPECT_REFUSED(run(&summary, "/no/such/folder", (osarc_run_options){.overwrite = 1}, &err),
                   OSARC_ERR_IO);
    cr_expect(is_there("run.json"));
    cr_expect(eq(int, is_there("findings.csv"), 0));
}

Test(run_run, refuses_an_input_that_is_not_there_and_says_so_in_the_manifest)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_run_summary summary;
    EXPECT_REFUSED(run(&summary, "/no/such/folder", (osarc_run_options){0}, &err), OSARC_ERR_IO);
    cr_expect(eq(int, summary.exit_code, OSARC_EXIT_CANNOT_READ));
    char path[128];
    snprintf(path, sizeof(path), "%s/run.json", out);
    json_t *json = read_manifest(path);
    cr_expect(eq(long, integer_of(json, "exit_code"), 20));
    cr_expect(eq(int, is_there("findings.csv"), 0));
    json_decref(json);
}

Test(run_run, puts_the_manifest_where_it_is_asked_for)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_run_summary summary;
    char path[128];
    snprintf(path, sizeof(path), "%s/report.json", base);
    EXPECT_OK(run(&summary, scan, (osarc_run_options){.report_path = path}, &err));
    json_t *json = read_manifest(path);
    cr_expect(eq(long, integer_of(json, "exit_code"), 0));
    json_decref(json);
    cr_expect(eq(int, is_there("run.json"), 0));
}

/* Cuts the file of one slice to half its length. */
static void damage(const char *name)
{
    char path[160];
    snprintf(path, sizeof(path), "%s/%s", scan, name);
    cr_assert(eq(int, truncate(path, 3000), 0));
}

Test(run_run, refuses_a_series_with_a_damaged_slice_inside)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_run_summary summary;
    damage("0004.dcm");
    EXPECT_OK(run(&summary, scan, (osarc_run_options){0}, &err));
    cr_expect(eq(sz, summary.series_measured, 0));
    cr_expect(eq(int,
                 summary.exit_code == OSARC_EXIT_DAMAGED || summary.exit_code == OSARC_EXIT_REFUSED,
                 1));
    cr_expect(strstr(summary.text, "0004.dcm") != NULL, "%s", summary.text);
    cr_expect(is_there("findings.csv"));
}

Test(run_run, drops_a_damaged_slice_at_an_end_and_measures_the_rest)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_run_summary summary;
    damage("0008.dcm");
    EXPECT_OK(run(&summary, scan, (osarc_run_options){0}, &err));
    cr_expect(eq(sz, summary.series_measured, 1), "%s", summary.text);
}

Test(run_run, ends_with_nothing_usable_on_a_folder_without_scans)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_run_summary summary;
    char empty[128];
    snprintf(empty, sizeof(empty), "%s/empty", base);
    EXPECT_OK(osi_folder_create(empty, &err));
    (void) !run(&summary, empty, (osarc_run_options){0}, &err);
    cr_expect(eq(int, summary.exit_code, OSARC_EXIT_NOTHING_USABLE));
}

Test(run_run, refuses_a_definition_or_a_table_that_is_not_there)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_run_summary summary;
    EXPECT_REFUSED(run(&summary, scan, (osarc_run_options){.definitions = "astrology"}, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(run(&summary, scan, (osarc_run_options){.clinical_path = "/no/table.csv"}, &err),
                   OSARC_ERR_IO);
    cr_expect(eq(int, summary.exit_code, OSARC_EXIT_CANNOT_READ));
}

Test(run_run, refuses_missing_arguments)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_run_summary summary;
    const char *const inputs[] = {scan};
    osarc_run_options nowhere = {0};
    EXPECT_REFUSED(osarc_run(&summary, NULL, inputs, 1, &nowhere, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_run(&summary, NULL, inputs, 1, NULL, &err), OSARC_ERR_ARGUMENT);
    osarc_run_options somewhere = {.out_folder = out};
    EXPECT_REFUSED(osarc_run(&summary, NULL, inputs, 0, &somewhere, &err), OSARC_ERR_ARGUMENT);
    cr_expect(eq(int, summary.exit_code, OSARC_EXIT_USAGE));
}
