/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <expect.h>

#include "exit_codes.h"

Test(cli_exit_codes, gives_each_status_its_code)
{
    static const struct {
        osarc_status status;
        int code;
    } WANTED[] = {{OSARC_OK, 0},           {OSARC_ERR_ARGUMENT, 1},  {OSARC_ERR_MEMORY, 22},
                  {OSARC_ERR_IO, 20},      {OSARC_ERR_FORMAT, 22},   {OSARC_ERR_UNSUPPORTED, 22},
                  {OSARC_ERR_UNIT, 80},    {OSARC_ERR_GEOMETRY, 80}, {OSARC_ERR_QUALITY, 80},
                  {OSARC_ERR_INTERNAL, 99}};
    for (size_t i = 0; i < sizeof(WANTED) / sizeof(WANTED[0]); i++)
        cr_expect(eq(int, (int) cli_exit_code(WANTED[i].status, CLI_READING), WANTED[i].code));
}

Test(cli_exit_codes, tells_a_file_that_cannot_be_written_from_one_that_cannot_be_read)
{
    cr_expect(eq(int, (int) cli_exit_code(OSARC_ERR_IO, CLI_WRITING), 40));
}

Test(cli_exit_codes, takes_a_status_it_does_not_know_for_a_fault)
{
    cr_expect(eq(int, (int) cli_exit_code((osarc_status) 1234, CLI_READING), 99));
}

Test(cli_exit_codes, lists_each_code_once_in_number_order)
{
    size_t count;
    const cli_exit_row *rows = cli_exit_table(&count);
    for (size_t i = 1; i < count; i++)
        cr_expect(lt(int, (int) rows[i - 1].code, (int) rows[i].code));
    cr_expect(eq(sz, count, 9u));
}
