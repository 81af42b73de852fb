/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <osi/file.h>

#include "conversion_file.h"

static char path[] = "/tmp/osarc_convert_XXXXXX";

static osarc_status read_text(conversion_list *out, const char *text, osarc_error *err)
{
    strcpy(path, "/tmp/osarc_convert_XXXXXX"); /* banned-ok */
    int file = mkstemp(path);
    cr_assert(ge(int, file, 0));
    close(file);
    cr_assert(eq(int, (int) osi_file_write(path, text, strlen(text), err), 0));
    osarc_status status = conversion_file_read(out, path, err);
    remove(path);
    return status;
}

#define ROW(site, slope, more)                                                                     \
    "{\"id\": \"mine\", \"site\": \"" site                                                         \
    "\", \"basis\": \"K2HPO4\", \"to\": \"DXA-Hologic\", \"slope\": " slope                        \
    ", \"intercept_g_cm2\": 0.02, \"source\": \"40 women\"" more "}"
#define FILE_OF(rows) "{\"conversions\": [" rows "]}"

static void expect_refused(const char *text)
{
    osarc_error err = OSARC_ERROR_INIT;
    conversion_list list;
    osarc_status status = read_text(&list, text, &err);
    cr_expect(eq(int, (int) status, (int) OSARC_ERR_FORMAT), "%s: %s", text, err.text);
    cr_expect(ne(chr, err.text[0], '\0'));
    cr_expect(eq(sz, list.count, 0));
}

Test(run_conversion_file, reads_an_equation_of_each_site)
{
    osarc_error err = OSARC_ERROR_INIT;
    conversion_list list;
    EXPECT_OK(read_text(
        &list, FILE_OF(ROW("femoral_neck", "1.2", "") "," ROW("total_hip", "1", "")), &err));
    cr_assert(eq(sz, list.count, 2));
    const osarc_bmd_equation *e = &list.rows[0];
    cr_expect(eq(str, (char *) e->id, "mine"));
    cr_expect(eq(dbl, e->slope, 1.2));
    cr_expect(eq(dbl, e->intercept_g_cm2, 0.02));
    cr_expect(eq(u32, e->sites, 1u << OSARC_BMD_FEMORAL_NECK));
    cr_expect(eq(int, e->from, OSARC_BMD_CTXA));
    cr_expect(eq(int, e->to, OSARC_BMD_HOLOGIC));
    cr_expect(eq(u32, list.rows[1].sites, 1u << OSARC_BMD_TOTAL_HIP));
}

/* What was read takes a density there and back. */
Test(run_conversion_file, an_equation_that_was_read_round_trips)
{
    osarc_error err = OSARC_ERROR_INIT;
    conversion_list list;
    EXPECT_OK(read_text(&list, FILE_OF(ROW("total_hip", "1.297", "")), &err));
    const osarc_bmd ct = {.value_g_cm2 = 0.7, .site = OSARC_BMD_TOTAL_HIP, .scale = OSARC_BMD_CTXA};
    osarc_bmd there;
    osarc_bmd back;
    EXPECT_OK(osarc_bmd_convert_by(&there, &ct, &list.rows[0], &err));
    cr_expect(epsilon_eq(dbl, there.value_g_cm2, 1.297 * 0.7 + 0.02, 1e-12));
    EXPECT_OK(osarc_bmd_convert_by(&back, &there, &list.rows[0], &err));
    cr_expect(epsilon_eq(dbl, back.value_g_cm2, 0.7, 1e-12));
}

Test(run_conversion_file, refuses_what_is_no_list)
{
    expect_refused("");
    expect_refused("[1]");
    expect_refused("{\"conversions\": []}");
    expect_refused("{\"conversions\": {}}");
    expect_refused("{\"equations\": [" ROW("total_hip", "1", "") "]}");
    expect_refused(FILE_OF("1"));
}

Test(run_conversion_file, refuses_rows_that_lack_something_or_are_out_of_range)
{
    expect_refused(FILE_OF(ROW("trochanter", "1", "")));
    expect_refused(FILE_OF(ROW("lumbar_l1_l4", "1", "")));
    expect_refused(FILE_OF(ROW("total_hip", "0", "")));
    expect_refused(FILE_OF(ROW("total_hip", "-1", "")));
    expect_refused(FILE_OF(ROW("total_hip", "1000", "")));
    expect_refused(FILE_OF(ROW("total_hip", "\"1\"", "")));
    expect_refused(FILE_OF(ROW("total_hip", "1", ", \"r2\": 0.9")));
    expect_refused(
        FILE_OF("{\"id\": \"mine\", \"site\": \"total_hip\", \"basis\": \"HA\", \"to\": \"CTXA\", "
                "\"slope\": 1, \"intercept_g_cm2\": 0, \"source\": \"x\"}"));
    expect_refused(
        FILE_OF("{\"id\": \"two words\", \"site\": \"total_hip\", \"basis\": \"HA\", \"to\": "
                "\"DXA-Lunar\", \"slope\": 1, \"intercept_g_cm2\": 0, "
                "\"source\": \"x\"}"));
    expect_refused(FILE_OF(
        "{\"id\": \"mine\", \"site\": \"total_hip\", \"basis\": \"HA\", \"to\": \"DXA-Lunar\", "
        "\"slope\": 1, \"intercept_g_cm2\": 20, \"source\": \"mg\"}"));
    expect_refused(FILE_OF(
        "{\"id\": \"mine\", \"site\": \"total_hip\", \"basis\": \"HA\", \"to\": \"DXA-Lunar\", "
        "\"slope\": 1, \"intercept_g_cm2\": 0}"));
}

Test(run_conversion_file, refuses_two_for_one_site)
{
    expect_refused(FILE_OF(ROW("total_hip", "1", "") "," ROW("total_hip", "1.1", "")));
}

Test(run_conversion_file, an_equation_holds_for_its_mineral_alone)
{
    osarc_error err = OSARC_ERROR_INIT;
    conversion_list list;
    osarc_bmd_equation own[CONVERSION_MAX];
    EXPECT_OK(read_text(&list,
                        FILE_OF(ROW("total_hip", "1.2", "") ",{\"id\": \"ha\", \"site\": "
                                                            "\"total_hip\", \"basis\": \"HA\", "
                                                            "\"to\": \"sBMD\", \"slope\": 1, "
                                                            "\"intercept_g_cm2\": 0, "
                                                            "\"source\": \"x\"}"),
                        &err));
    cr_assert(eq(sz, conversion_select(own, &list, "HA"), 1));
    cr_expect(eq(str, (char *) own[0].id, "ha"));
    cr_assert(eq(sz, conversion_select(own, &list, "K2HPO4"), 1));
    cr_expect(eq(dbl, own[0].slope, 1.2));
    cr_expect(eq(sz, conversion_select(own, &list, "synthetic"), 0));
}

Test(run_conversion_file, refuses_an_equation_without_its_mineral)
{
    expect_refused(FILE_OF("{\"id\": \"mine\", \"site\": \"total_hip\", \"to\": "
                           "\"DXA-Lunar\", \"slope\": 1, \"intercept_g_cm2\": 0, "
                           "\"source\": \"x\"}"));
    expect_refused(FILE_OF("{\"id\": \"mine\", \"site\": \"total_hip\", \"basis\": \"ash\", "
                           "\"to\": \"DXA-Lunar\", \"slope\": 1, \"intercept_g_cm2\": 0, "
                           "\"source\": \"x\"}"));
}

Test(run_conversion_file, refuses_a_file_that_is_not_there)
{
    osarc_error err = OSARC_ERROR_INIT;
    conversion_list list;
    EXPECT_REFUSED(conversion_file_read(&list, "/nowhere/conversions.json", &err), OSARC_ERR_IO);
}
