/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Allocations of a whole run fail in turn: it ends with a message, never as if all were well. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <expect.h>
#include <osarc/dicom.h>
#include <osarc/phantom.h>
#include <osarc/run.h>
#include <osi/alloc.h>
#include <osi/file.h>

#define TURNS 150 /* all of them would take minutes: evenly spread over the run */

static char work[64];
static char scan[80];
static char out[80];

static void write_scan(void)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = NULL;
    osarc_phantom_options options = {.seed = 1, .pixel_mm = 4, .slice_mm = 20};
    snprintf(work, sizeof(work), "/tmp/osarc-failing-XXXXXX");
    cr_assert(mkdtemp(work) != NULL);
    snprintf(scan, sizeof(scan), "%s/scan", work);
    snprintf(out, sizeof(out), "%s/out", work);
    EXPECT_OK(osi_folder_create(scan, &err));
    EXPECT_OK(osarc_phantom_create(&phantom, "abdomen", &options, &err));
    osarc_ct_write_options how = {.acquisition = osarc_phantom_acquisition(phantom),
                                  .uid_seed = "failing"};
    EXPECT_OK(osarc_ct_write(scan, osarc_phantom_image(phantom), &how, &err));
    osarc_phantom_free(phantom);
}

static void remove_scan(void)
{
    cr_expect(eq(int, osi_folder_remove(work, NULL), OSARC_OK));
}

/* Runs with allocation number `turn` failing (0: none); returns how many were asked for. */
static long run_once(long turn, osarc_status *status, osarc_run_summary *summary, osarc_error *err)
{
    const char *input = scan;
    osarc_run_options options = {.out_folder = out, .threads = 1, .overwrite = 1};
    osarc_findings *findings = NULL;
    osi_alloc_fail_at(turn ? turn : -1);
    *status = osarc_run(summary, &findings, &input, 1, &options, err);
    long asked = osi_alloc_asked();
    osi_alloc_fail_at(0);
    osarc_findings_free(findings);
    return asked;
}

Test(failing_run, says_so_and_leaves_nothing_behind, .init = write_scan, .fini = remove_scan,
     .timeout = 500)
{
    osarc_status status;
    osarc_run_summary summary;
    osarc_error err = OSARC_ERROR_INIT;
    long count = run_once(0, &status, &summary, &err);
    cr_assert(eq(int, status, OSARC_OK), "%s", err.text);
    cr_assert(eq(int, summary.exit_code, 0), "%s", summary.text);
    cr_assert(gt(long, count, TURNS));
    for (long turn = 1; turn <= count; turn += 1 + count / TURNS) {
        err.text[0] = '\0';
        run_once(turn, &status, &summary, &err);
        cr_expect(ne(int, summary.exit_code, 0), "allocation %ld of %ld failed unnoticed", turn,
                  count);
        if (status)
            cr_expect(ne(chr, err.text[0], '\0'), "allocation %ld: no message", turn);
        else
            cr_expect(ne(chr, summary.text[0], '\0'), "allocation %ld: no message", turn);
    }
}
