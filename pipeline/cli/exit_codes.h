/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_EXIT_CODES_H
#define CLI_EXIT_CODES_H

/* What the program returns to the shell. Numbers never change once released; docs/errors.md. */

#include <stddef.h>

#include <osarc/base.h>

typedef enum cli_exit {
    CLI_EXIT_OK = 0,
    CLI_EXIT_USAGE = 1,
    CLI_EXIT_CANNOT_READ = 20,
    CLI_EXIT_NOTHING_USABLE = 21,
    CLI_EXIT_DAMAGED = 22,
    CLI_EXIT_CANNOT_WRITE = 40,
    CLI_EXIT_REFUSED = 80,
    CLI_EXIT_SOME = 81,
    CLI_EXIT_INTERNAL = 99
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
