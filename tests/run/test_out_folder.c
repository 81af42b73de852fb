/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <expect.h>
#include <osi/alloc.h>
#include <osi/file.h>

#include "out_folder.h"

static char base[64];
static char wanted[96];

static void enter(void)
{
    snprintf(base, sizeof(base), "/tmp/osarc_out_XXXXXX");
    cr_assert(mkdtemp(base) != NULL);
    snprintf(wanted, sizeof(wanted), "%s/results", base);
}

static void leave(void)
{
    (void) !osi_folder_remove(base, NULL);
}

static int is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static void put(out_folder *out, const char *name, const char *text)
{
    osarc_error err = OSARC_ERROR_INIT;
    const char *path = out_path(out, &err, "%s", name);
    cr_assert(path != NULL);
    EXPECT_OK(osi_file_write(path, text, strlen(text), &err));
}

TestSuite(run_out_folder, .init = enter, .fini = leave);

Test(run_out_folder, takes_the_wanted_name_only_when_published)
{
    osarc_error err = OSARC_ERROR_INIT;
    out_folder out;
    EXPECT_OK(out_open(&out, wanted, 0, &err));
    put(&out, "findings.csv", "x");
    cr_expect(eq(int, is_there(wanted), 0));
    EXPECT_OK(out_publish(&out, &err));
    char path[128];
    snprintf(path, sizeof(path), "%s/findings.csv", wanted);
    cr_expect(eq(int, is_there(path), 1));
    out_close(&out);
}

Test(run_out_folder, leaves_nothing_when_it_is_not_published)
{
    osarc_error err = OSARC_ERROR_INIT;
    out_folder out;
    EXPECT_OK(out_open(&out, wanted, 0, &err));
    put(&out, "findings.csv", "x");
    char work[160];
    snprintf(work, sizeof(work), "%s", out.work);
    out_close(&out);
    cr_expect(eq(int, is_there(wanted), 0));
    cr_expect(eq(int, is_there(work), 0));
}

Test(run_out_folder, refuses_a_folder_that_holds_results)
{
    osarc_error err = OSARC_ERROR_INIT;
    out_folder out;
    EXPECT_OK(out_open(&out, wanted, 0, &err));
    put(&out, "findings.csv", "old");
    EXPECT_OK(out_publish(&out, &err));
    out_close(&out);
    EXPECT_REFUSED(out_open(&out, wanted, 0, &err), OSARC_ERR_IO);
    out_close(&out);
    EXPECT_REFUSED(out_open(&out, base, 0, &err), OSARC_ERR_IO); /* holds the folder "results" */
    out_close(&out);
}

Test(run_out_folder, replaces_results_only_when_told_and_only_at_the_end)
{
    osarc_error err = OSARC_ERROR_INIT;
    out_folder out;
    EXPECT_OK(out_open(&out, wanted, 0, &err));
    put(&out, "old.csv", "old");
    EXPECT_OK(out_publish(&out, &err));
    out_close(&out);
    char old[128];
    snprintf(old, sizeof(old), "%s/old.csv", wanted);
    EXPECT_OK(out_open(&out, wanted, 1, &err));
    cr_expect(eq(int, is_there(old), 1));
    EXPECT_OK(out_publish(&out, &err));
    cr_expect(eq(int, is_there(old), 0));
    out_close(&out);
}

Test(run_out_folder, a_manifest_alone_is_no_result)
{
    osarc_error err = OSARC_ERROR_INIT;
    out_folder out;
    EXPECT_OK(out_open(&out, wanted, 0, &err));
    put(&out, "run.json", "{}");
    EXPECT_OK(out_publish(&out, &err));
    out_close(&out);
    EXPECT_OK(out_open(&out, wanted, 0, &err));
    out_close(&out);
}

Test(run_out_folder, refuses_what_cannot_be_a_folder)
{
    osarc_error err = OSARC_ERROR_INIT;
    out_folder out;
    EXPECT_REFUSED(out_open(&out, "/", 1, &err), OSARC_ERR_IO);
    out_close(&out);
    EXPECT_REFUSED(out_open(&out, ".", 1, &err), OSARC_ERR_IO);
    out_close(&out);
    EXPECT_REFUSED(out_open(&out, "", 1, &err), OSARC_ERR_IO);
    out_close(&out);
    EXPECT_OK(osi_file_write(wanted, "x", 1, &err));
    EXPECT_REFUSED(out_open(&out, wanted, 1, &err), OSARC_ERR_IO);
    out_close(&out);
    char below[128];
    snprintf(below, sizeof(below), "%s/missing/deeper", base);
    EXPECT_REFUSED(out_open(&out, below, 0, &err), OSARC_ERR_IO);
    cr_expect(strstr(err.text, "missing is not there") != NULL, "%s", err.text);
    out_close(&out);
}

Test(run_out_folder, says_so_when_memory_runs_out)
{
    osarc_error err = OSARC_ERROR_INIT;
    out_folder out;
    for (long n = 1; n <= 2; n++) {
        osi_alloc_fail_at(n);
        EXPECT_REFUSED(out_open(&out, wanted, 0, &err), OSARC_ERR_MEMORY);
        out_close(&out);
    }
    osi_alloc_fail_at(0);
    cr_expect(eq(int, is_there(wanted), 0));
}
