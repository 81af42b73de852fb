/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_EXIT_CODES_H
#define CLI_EXIT_CODES_H

/* What the program returns to the shell; docs/errors.md. The numbers are those of a run. */

#include <stddef.h>

#include <osarc/run.h>

typedef enum cli_exit {
    CLI_EXIT_OK = OSARC_EXIT_OK,
    CLI_EXIT_USAGE = OSARC_EXIT_USAGE,
    CLI_EXIT_CANNOT_READ = OSARC_EXIT_CANNOT_READ,
    CLI_EXIT_NOTHING_USABLE = OSARC_EXIT_NOTHING_USABLE,
    CLI_EXIT_DAMAGED = OSARC_EXIT_DAMAGED,
    CLI_EXIT_CANNOT_WRITE = OSARC_EXIT_CANNOT_WRITE,
    CLI_EXIT_REFUSED = OSARC_EXIT_REFUSED,
    CLI_EXIT_SOME = OSARC_EXIT_SOME,
    CLI_EXIT_INTERNAL = OSARC_EXIT_INTERNAL
} cli_exit;

/** One row of the table that the manual page and the documents print. */
typedef struct cli_exit_row {
    cli_exit code;
    const char *meaning;
} cli_exit_row;

/** All codes, in number order. Static. */
const cli_exit_row *cli_exit_table(size_t *count_out);

/** Whether a failed file operation was on an input or on an output. */
typedef enum cli_stage {
    CLI_READING,
    CLI_WRITING
} cli_stage;

/** The exit code of a library status. */
cli_exit cli_exit_code(osarc_status status, cli_stage stage);

#endif
