/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <osi/file.h>

#include "torso_step.h"
#include "windows_file.h"

static char path[] = "/tmp/osarc_windows_XXXXXX";

static void write_text(const char *text)
{
    osarc_error err = OSARC_ERROR_INIT;
    strcpy(path, "/tmp/osarc_windows_XXXXXX"); /* banned-ok */
    int file = mkstemp(path);
    cr_assert(ge(int, file, 0));
    close(file);
    EXPECT_OK(osi_file_write(path, text, strlen(text), &err));
}

static void expect_refused(const char *text, osarc_status wanted)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_hu_table table;
    write_text(text);
    osarc_status status = windows_file_read(&table, path, &err);
    remove(path);
    cr_expect(eq(int, (int) status, (int) wanted), "%s: %s", text, err.text);
    cr_expect(ne(chr, err.text[0], '\0'));
}

Test(windows_file, windows_that_are_named_change_and_others_stay)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_hu_table table;
    write_text("{\"name\": \"alberta\", \"visceral\": [-150, -50]}");
    EXPECT_OK(windows_file_read(&table, path, &err));
    remove(path);
    cr_expect(eq(str, table.name, "alberta"));
    cr_expect(eq(dbl, table.window[OSARC_WINDOW_VISCERAL].low_hu, -150));
    cr_expect(eq(dbl, table.window[OSARC_WINDOW_VISCERAL].high_hu, -50));
    cr_expect(eq(dbl, table.window[OSARC_WINDOW_ADIPOSE].high_hu, -30));
    cr_expect(eq(dbl, table.window[OSARC_WINDOW_MUSCLE].high_hu, 150));
}

Test(windows_file, what_is_no_table_is_refused)
{
    expect_refused("", OSARC_ERR_FORMAT);
    expect_refused("[1, 2]", OSARC_ERR_FORMAT);
    expect_refused("{\"name\": \"a\", \"muscle\": [-30, 150]", OSARC_ERR_FORMAT);
    expect_refused("{\"name\": \"a\", \"liver\": [0, 100]}", OSARC_ERR_FORMAT);
    expect_refused("{\"name\": \"a\", \"muscle\": [-30]}", OSARC_ERR_FORMAT);
    expect_refused("{\"name\": \"a\", \"muscle\": [-30, \"150\"]}", OSARC_ERR_FORMAT);
    expect_refused("{\"name\": \"a\", \"muscle\": [-30, 90000]}", OSARC_ERR_FORMAT);
}

Test(windows_file, a_table_needs_a_name_of_its_own)
{
    expect_refused("{\"muscle\": [-30, 150]}", OSARC_ERR_FORMAT);
    expect_refused("{\"name\": \"\", \"muscle\": [-30, 150]}", OSARC_ERR_FORMAT);
    expect_refused("{\"name\": \"two words\"}", OSARC_ERR_FORMAT);
    expect_refused("{\"name\": \"aubrey2014\", \"muscle\": [-20, 150]}", OSARC_ERR_ARGUMENT);
}

Test(windows_file, windows_that_contradict_are_refused)
{
    expect_refused("{\"name\": \"a\", \"muscle\": [150, -30]}", OSARC_ERR_ARGUMENT);
    expect_refused("{\"name\": \"a\", \"muscle\": [-50, 150]}", OSARC_ERR_ARGUMENT);
    expect_refused("{\"name\": \"a\", \"muscle_low\": [-60, 30]}", OSARC_ERR_ARGUMENT);
    expect_refused("{\"name\": \"a\", \"visceral\": [-150, 0]}", OSARC_ERR_ARGUMENT);
}

Test(windows_file, a_file_that_is_not_there_is_refused)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_hu_table table;
    EXPECT_REFUSED(windows_file_read(&table, "/tmp/osarc/none.json", &err), OSARC_ERR_IO);
}

Test(torso_asked, definitions_go_by_their_names)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_imat_definition imat;
    EXPECT_OK(torso_asked_read(&imat, &(osarc_run_options){.imat = "within"}, &err));
    cr_expect(eq(int, (int) imat, OSARC_IMAT_WITHIN));
    EXPECT_OK(torso_asked_read(&imat, &(osarc_run_options){.imat = NULL}, &err));
    cr_expect(eq(int, (int) imat, OSARC_IMAT_BETWEEN_AND_WITHIN));
}

Test(torso_asked, other_values_are_refused)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_imat_definition imat;
    EXPECT_REFUSED(torso_asked_read(&imat, &(osarc_run_options){.imat = "between"}, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(torso_asked_read(&imat, &(osarc_run_options){.level_extent_mm = -5}, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(torso_asked_read(&imat, &(osarc_run_options){.level_extent_mm = 500}, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(torso_asked_read(&imat, &(osarc_run_options){.lean_hu = -50}, &err),
                   OSARC_ERR_ARGUMENT);
}
