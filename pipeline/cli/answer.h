/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_ANSWER_H
#define CLI_ANSWER_H

#include <jansson.h>

#include "cmd.h"

/** Prints a whole answer on standard output and ends it; an answer that is not whole (`failed`, or
 * NULL) is complained of. Returns the exit code. */
int cli_print_answer(const cli_call *call, json_t *root, int failed);

#endif
