/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <math.h>
#include <string.h>

#include <expect.h>
#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/text.h>
#include <osi/threads.h>

static osarc_error err;

Test(base_osi_text, grows_as_it_is_added_to)
{
    osi_text text = {0};
    for (int i = 0; i < 1000; i++)
        EXPECT_OK(osi_text_printf(&text, &err, "%03d,", i));
    EXPECT_OK(osi_text_add(&text, "end", 3, &err));
    cr_expect(eq(sz, text.size, 4003));
    cr_expect(eq(sz, strlen(text.data), 4003));
    cr_expect(eq(str, text.data + 3996, "999,end"));
    osi_free(text.data);
}

Test(base_osi_text, prints_at_most_six_digits_with_a_point)
{
    static const struct {
        double value;
        const char *wanted;
    } ROWS[] = {{0, "0"},
                {-0.0, "0"},
                {12.5, "12.5"},
                {1234567, "1.23457e+06"},
                {1.0 / 3, "0.333333"},
                {-1e-9, "-1e-09"},
                {NAN, ""},
                {INFINITY, ""}};
    char buffer[OSI_NUMBER_SIZE];
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++)
        cr_expect(
            eq(str, (char *) osi_number_print(buffer, ROWS[i].value), (char *) ROWS[i].wanted));
}

Test(base_osi_text, neither_prints_nor_reads_by_the_locale)
{
    /* where no comma locale is installed this stays in "C", and still must hold */
    if (!setlocale(LC_ALL, "de_DE.UTF-8"))
        setlocale(LC_ALL, "fr_FR.UTF-8");
    char buffer[OSI_NUMBER_SIZE];
    double value;
    cr_expect(eq(str, (char *) osi_number_print(buffer, 0.5), "0.5"));
    cr_expect(eq(int, osi_number_read("1.5", &value), 1));
    cr_expect(eq(dbl, value, 1.5));
    cr_expect(eq(int, osi_number_read("1,5", &value), 0));
}

Test(base_osi_text, reads_a_number_with_spaces_around_it)
{
    double value;
    cr_expect(eq(int, osi_number_read(" -2.5e1\r\n", &value), 1));
    cr_expect(eq(dbl, value, -25.0));
}

Test(base_osi_text, refuses_what_is_not_one_finite_decimal_number)
{
    static const char *const TEXTS[] = {"",    " ",  "1 2", "nan", "inf",   "0x10", "1.5mm",
                                        "--1", "1e", "e5",  ".",   "1e999", "1..2", "1,000"};
    for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++) {
        double value = 7;
        cr_expect(eq(int, osi_number_read(TEXTS[i], &value), 0), "'%s'", TEXTS[i]);
        cr_expect(isnan(value), "'%s'", TEXTS[i]);
    }
}

Test(base_osi_text, copies_without_control_bytes_and_outer_spaces)
{
    char out[8];
    osi_text_copy(out, sizeof(out), "  a\tb\n ");
    cr_expect(eq(str, out, "ab"));
    osi_text_copy(out, sizeof(out), "0123456789");
    cr_expect(eq(str, out, "0123456"));
    osi_text_copy(out, sizeof(out), "");
    cr_expect(eq(str, out, ""));
    out[0] = 'x';
    osi_text_copy(out, 0, "a");
    cr_expect(eq(chr, out[0], 'x'));
}

Test(base_osi_fail, puts_the_place_before_the_reason)
{
    osarc_error failed = OSARC_ERROR_INIT;
    osarc_status status = osi_fail(&failed, OSARC_ERR_FORMAT, "row %d is short", 3);
    cr_expect(eq(int, osi_fail_context(&failed, status, "a.csv"), OSARC_ERR_FORMAT));
    cr_expect(eq(str, failed.text, "a.csv: row 3 is short"));
}

Test(base_osi_fail, a_long_reason_is_cut_and_still_ends)
{
    osarc_error failed = OSARC_ERROR_INIT;
    char place[400];
    memset(place, 'p', sizeof(place));
    place[sizeof(place) - 1] = '\0';
    osi_fail(&failed, OSARC_ERR_IO, "%s", place);
    cr_expect(eq(sz, strlen(failed.text), sizeof(failed.text) - 1));
    osi_fail_context(&failed, OSARC_ERR_IO, place);
    cr_expect(eq(sz, strlen(failed.text), sizeof(failed.text) - 1));
    cr_expect(eq(int, osi_fail(NULL, OSARC_ERR_IO, "x"), OSARC_ERR_IO));
    cr_expect(eq(int, osi_fail_context(NULL, OSARC_ERR_IO, "x"), OSARC_ERR_IO));
}

Test(base_osi_threads, a_wish_is_followed_within_limits)
{
    cr_expect(eq(int, osi_threads(3), 3));
    cr_expect(eq(int, osi_threads(100000), 256));
    cr_expect(ge(int, osi_threads(0), 1));
    cr_expect(ge(int, osi_threads(-5), 1));
}
