/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exit_codes.h"

static const cli_exit_row CODES[] = {
    {CLI_EXIT_OK, "all done"},
    {CLI_EXIT_USAGE, "wrong usage"},
    {CLI_EXIT_CANNOT_READ, "cannot read input"},
    {CLI_EXIT_NOTHING_USABLE, "nothing usable in the input"},
    {CLI_EXIT_DAMAGED, "damaged or unsupported input"},
    {CLI_EXIT_CANNOT_WRITE, "cannot write output"},
    {CLI_EXIT_REFUSED, "refused: quality, unit or geometry"},
    {CLI_EXIT_SOME, "several inputs, some done, some not"},
    {CLI_EXIT_INTERNAL, "internal fault"},
};

const cli_exit_row *cli_exit_table(size_t *count_out)
{
    *count_out = sizeof(CODES) / sizeof(CODES[0]);
    return CODES;
}

cli_exit cli_exit_code(osarc_status status, cli_stage stage)
{
    return (cli_exit) osarc_exit_of(status, stage == CLI_WRITING);
}
