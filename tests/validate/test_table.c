/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <expect.h>
#include <osi/alloc.h>

#include <table.h>

static osarc_status parse(osi_table **out, const char *text, osarc_error *err)
{
    return osi_table_parse(out, text, strlen(text), "reads.csv", err);
}

Test(validate_table, cells_are_found_by_name_and_row)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_table *t = NULL;
    EXPECT_OK(parse(&t,
                    "\xEF\xBB\xBF"
                    "case, \"a, b\" ,c\r\n1,x y,\r\n\r\n\"2\", \"say \"\"yes\"\"\" ,3\n",
                    &err));
    cr_expect(eq(sz, osi_table_columns(t), 3));
    cr_expect(eq(sz, osi_table_rows(t), 2));
    cr_expect(eq(sz, osi_table_find(t, "a, b"), 1));
    cr_expect(eq(str, (char *) osi_table_cell(t, 0, 1), "x y"));
    cr_expect(eq(str, (char *) osi_table_cell(t, 0, 2), ""));
    cr_expect(eq(str, (char *) osi_table_cell(t, 1, 1), "say \"yes\""));
    osi_table_free(t);
}

Test(validate_table, row_numbers_are_those_of_a_spreadsheet)
{
    osarc_error err = OSARC_ERROR_INIT;
    const char *const texts[] = {"a,b\r\n1,2\r\n\r\n\r\n3,4\r\n5,6", "a,b\n1,2\n\n\n3,4\n5,6\n",
                                 "a,b\r1,2\r\r\r3,4\r5,6"};
    for (size_t i = 0; i < 3; i++) {
        osi_table *t = NULL;
        EXPECT_OK(parse(&t, texts[i], &err));
        cr_expect(eq(sz, osi_table_rows(t), 3));
        cr_expect(eq(sz, osi_table_row_number(t, 0), 2));
        cr_expect(eq(sz, osi_table_row_number(t, 1), 5));
        cr_expect(eq(sz, osi_table_row_number(t, 2), 6));
        osi_table_free(t);
    }
}

Test(validate_table, refuses_rows_of_another_width)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_table *t = (osi_table *) -1;
    EXPECT_REFUSED(parse(&t, "a,b\n1,2\n1,2,3\n", &err), OSARC_ERR_FORMAT);
    cr_expect(eq(str, err.text, "reads.csv: row 3 has 3 cells, the header 2"));
    cr_expect(eq(ptr, t, NULL));
    EXPECT_REFUSED(parse(&t, "a,b\n1\n", &err), OSARC_ERR_FORMAT);
}

Test(validate_table, refuses_a_file_without_a_header)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_table *t = NULL;
    EXPECT_REFUSED(parse(&t, "", &err), OSARC_ERR_FORMAT);
    EXPECT_REFUSED(parse(&t, "\n\n", &err), OSARC_ERR_FORMAT);
}

Test(validate_table, refuses_a_column_name_twice)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_table *t = NULL;
    EXPECT_REFUSED(parse(&t, "a,b,a\n1,2,3\n", &err), OSARC_ERR_FORMAT);
    cr_expect(eq(str, err.text, "reads.csv: column 'a' is there twice"));
}

Test(validate_table, refuses_other_separators)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_table *t = NULL;
    EXPECT_REFUSED(parse(&t, "a;b\n1;2\n", &err), OSARC_ERR_FORMAT);
    cr_expect(ne(ptr, strstr(err.text, "a comma is needed"), NULL));
    EXPECT_REFUSED(parse(&t, "a\tb\n1\t2\n", &err), OSARC_ERR_FORMAT);
}

Test(validate_table, refuses_quotes_out_of_place)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_table *t = NULL;
    EXPECT_REFUSED(parse(&t, "a,b\n1,\"2\n", &err), OSARC_ERR_FORMAT);
    EXPECT_REFUSED(parse(&t, "a,b\n1,2\"x\n", &err), OSARC_ERR_FORMAT);
    EXPECT_REFUSED(osi_table_parse(&t, "a,b\n1,\0x\n", 9, "reads.csv", &err), OSARC_ERR_FORMAT);
}

Test(validate_table, refuses_a_missing_column_and_names_those_that_are_there)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_table *t = NULL;
    size_t column;
    EXPECT_OK(parse(&t, "auto,manual\n1,2\n", &err));
    EXPECT_REFUSED(osi_table_need(&column, t, "Auto", &err), OSARC_ERR_ARGUMENT);
    cr_expect(eq(str, err.text, "no column 'Auto'; there are: auto, manual"));
    cr_expect(eq(sz, column, OSI_NO_COLUMN));
    osi_table_free(t);
}

Test(validate_table, refuses_a_file_that_is_not_there)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_table *t = NULL;
    EXPECT_REFUSED(osi_table_read(&t, "no/such/reads.csv", &err), OSARC_ERR_IO);
}

Test(validate_table, every_allocation_may_fail)
{
    osarc_error err = OSARC_ERROR_INIT;
    for (long n = 1; n < 20; n++) {
        osi_table *t = NULL;
        osi_alloc_fail_at(n);
        osarc_status status = parse(&t, "a,b\n1,2\n3,4\n", &err);
        long asked = osi_alloc_asked();
        osi_alloc_fail_at(0);
        cr_expect(eq(int, (int) status, asked >= n ? OSARC_ERR_MEMORY : OSARC_OK));
        osi_table_free(t);
    }
}
