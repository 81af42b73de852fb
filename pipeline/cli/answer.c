/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answer.h"

#define REAL_DIGITS 9

int cli_print_answer(const cli_call *call, json_t *root, int failed)
{
    failed = failed || !root ||
             json_dumpf(root, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(REAL_DIGITS));
    json_decref(root);
    if (failed) {
        cli_complain(call, "the answer cannot be written as JSON");
        return CLI_EXIT_CANNOT_WRITE;
    }
    putchar('\n');
    return CLI_EXIT_OK;
}
