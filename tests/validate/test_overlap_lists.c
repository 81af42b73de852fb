/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <expect.h>
#include <osarc/overlap.h>
#include <osi/file.h>

Test(validate_overlap_lists, of_labels_are_numbers_ranges_and_pairs)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_label_pair pairs[OSARC_LABEL_PAIRS_MAX];
    size_t count;
    EXPECT_OK(osarc_label_pairs_read(pairs, &count, "25-27,75, 1:3,2=4", &err));
    const osarc_label_pair wanted[] = {{25, 25}, {26, 26}, {27, 27}, {75, 75}, {1, 3}, {2, 4}};
    cr_assert(eq(sz, count, 6));
    for (size_t i = 0; i < 6; i++) {
        cr_expect(eq(int, pairs[i].reference, wanted[i].reference));
        cr_expect(eq(int, pairs[i].test, wanted[i].test));
    }
    EXPECT_OK(osarc_label_pairs_read(pairs, &count, "1-255", &err));
    cr_expect(eq(sz, count, 255));
}

Test(validate_overlap_lists, of_labels_refuse_anything_else)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_label_pair pairs[OSARC_LABEL_PAIRS_MAX];
    size_t count;
    const char *const bad[] = {"",
                               "x",
                               "0",
                               "256",
                               "1.5",
                               "-1",
                               "3-1",
                               "1-",
                               "1,,2",
                               "1:",
                               ":3",
                               "1:0",
                               "1:2:3",
                               "1-2:3",
                               "5,",
                               "nan",
                               "1e9",
                               "1-300",
                               "1-255,1-255,1-255",
                               "liver",
                               "1;2",
                               "1111111111111111111111111111111111111111"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        osarc_status status = osarc_label_pairs_read(pairs, &count, bad[i], &err);
        cr_expect(eq(int, status, OSARC_ERR_ARGUMENT), "'%s' was taken", bad[i]);
    }
}

/* A table in a folder of its own. */
static char folder[64];
static char path[96];

static void write_table(const char *text)
{
    osarc_error err = OSARC_ERROR_INIT;
    strcpy(folder, "/tmp/osarc_cases_XXXXXX");
    cr_assert(ne(ptr, mkdtemp(folder), NULL));
    snprintf(path, sizeof(path), "%s/pairs.csv", folder);
    EXPECT_OK(osi_file_write(path, text, strlen(text), &err));
}

static void remove_table(void)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_OK(osi_folder_remove(folder, &err));
}

Test(validate_overlap_lists, of_cases_keep_their_order_and_find_files_from_the_table)
{
    osarc_error err = OSARC_ERROR_INIT;
    write_table("test,case,reference,series\n"
                "t/b.nii.gz,second,/abs/r.dcm,ct\n"
                "\"a, b.nii\",first,r.nii,\n");
    osarc_case_list *list;
    EXPECT_OK(osarc_case_list_read(&list, path, &err));
    cr_assert(eq(sz, osarc_case_list_count(list), 2));
    const osarc_case_files *row = osarc_case_list_at(list, 0);
    char wanted[128];
    cr_expect(eq(str, (char *) row->case_id, "second"));
    cr_expect(eq(str, (char *) row->reference, "/abs/r.dcm"));
    snprintf(wanted, sizeof(wanted), "%s/t/b.nii.gz", folder);
    cr_expect(eq(str, (char *) row->test, wanted));
    snprintf(wanted, sizeof(wanted), "%s/ct", folder);
    cr_expect(eq(str, (char *) row->series, wanted));
    row = osarc_case_list_at(list, 1);
    snprintf(wanted, sizeof(wanted), "%s/a, b.nii", folder);
    cr_expect(eq(str, (char *) row->test, wanted));
    cr_expect(eq(str, (char *) row->series, ""));
    cr_expect(eq(ptr, (void *) osarc_case_list_at(list, 2), NULL));
    osarc_case_list_free(list);
    remove_table();
}

static void expect_refused(const char *text, const char *said)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_case_list *list = (osarc_case_list *) -1;
    write_table(text);
    EXPECT_REFUSED(osarc_case_list_read(&list, path, &err), OSARC_ERR_FORMAT);
    cr_expect(eq(ptr, list, NULL));
    cr_expect(ne(ptr, strstr(err.text, said), NULL), "'%s' does not say '%s'", err.text, said);
    remove_table();
}

Test(validate_overlap_lists, of_cases_refuse_a_case_twice)
{
    expect_refused("case,reference,test\nb,x,y\na,x,y\nb,z,w\n", "row 4 names the case of row 2");
}

Test(validate_overlap_lists, of_cases_refuse_empty_cells_and_missing_columns)
{
    expect_refused("case,reference,test\na,,y\n", "row 2 has no reference");
    expect_refused("case,reference,test\n,x,y\n", "row 2 has no case");
    expect_refused("case,reference\na,x\n", "test");
    expect_refused("case,reference,test\n", "no rows");
    expect_refused("", "");
}

Test(validate_overlap_lists, of_cases_refuse_a_file_that_is_not_there)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_case_list *list;
    EXPECT_REFUSED(osarc_case_list_read(&list, "/nowhere/pairs.csv", &err), OSARC_ERR_IO);
}
