/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <expect.h>
#include <osarc/selftest.h>
#include <osi/alloc.h>

Test(run_selftest, every_value_is_as_it_should_be)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_selftest *selftest = NULL;
    EXPECT_OK(osarc_selftest_run(&selftest, NULL, &err));
    size_t count = osarc_selftest_count(selftest);
    size_t failed = 0;
    int through_files = 0;
    for (size_t i = 0; i < count; i++) {
        const osarc_selftest_row *row = osarc_selftest_at(selftest, i);
        int within = fabs(row->measured - row->truth) <= row->tolerance;
        cr_expect(eq(int, row->ok, within));
        cr_expect(row->ok, "%s: %s is %g, true %g, %g allowed", row->case_name, row->quantity,
                  row->measured, row->truth, row->tolerance);
        cr_expect(ne(str, (char *) row->tolerance_reason, ""));
        failed += !row->ok;
        through_files += strcmp(row->quantity, "voxels_changed") == 0;
    }
    cr_expect(gt(sz, count, 50));
    cr_expect(eq(sz, osarc_selftest_failed(selftest), failed));
    cr_expect(eq(int, through_files, 1));
    cr_expect(eq(ptr, (void *) osarc_selftest_at(selftest, count), NULL));
    osarc_selftest_free(selftest);
}

Test(run_selftest, refuses_a_temporary_folder_that_is_not_there)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_selftest *selftest = (osarc_selftest *) -1;
    osarc_selftest_options options = {.folder = "/nowhere/at/all"};
    EXPECT_REFUSED(osarc_selftest_run(&selftest, &options, &err), OSARC_ERR_IO);
    cr_expect(eq(ptr, selftest, NULL));
    cr_expect(ne(ptr, strstr(err.text, "/nowhere/at/all"), NULL));
}

Test(run_selftest, refuses_to_answer_nowhere)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_REFUSED(osarc_selftest_run(NULL, NULL, &err), OSARC_ERR_ARGUMENT);
}

Test(run_selftest, says_so_when_there_is_no_memory)
{
    for (long n = 1; n <= 4; n++) {
        osarc_error err = OSARC_ERROR_INIT;
        osarc_selftest *selftest = (osarc_selftest *) -1;
        osi_alloc_fail_at(n);
        osarc_status status = osarc_selftest_run(&selftest, NULL, &err);
        osi_alloc_fail_at(0);
        cr_expect(eq(int, status, OSARC_ERR_MEMORY));
        cr_expect(eq(ptr, selftest, NULL));
    }
}

Test(run_selftest, freeing_nothing_is_fine)
{
    osarc_selftest_free(NULL);
}
