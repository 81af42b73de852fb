/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_TEST_PROGRAM_H
#define OSARC_TEST_PROGRAM_H

/* Run the installed command's twin in the build tree; OSARC_PROGRAM names it. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <criterion/criterion.h>

typedef struct program_result {
    int code;
    char text[65536]; /* what was asked for: standard output, or with "2>&1 1>..." the errors */
} program_result;

/* `arguments` as a shell line behind the program's name. */
static inline void run_program(program_result *result, const char *arguments)
{
    char line[4096];
    int size = snprintf(line, sizeof(line), "'%s' %s", OSARC_PROGRAM, arguments);
    cr_assert(size > 0 && (size_t) size < sizeof(line));
    FILE *pipe = popen(line, "r");
    cr_assert(pipe != NULL);
    size_t got = fread(result->text, 1, sizeof(result->text) - 1, pipe);
    result->text[got] = '\0';
    int status = pclose(pipe);
    int exited = WIFEXITED(status);
    cr_assert(exited, "the program did not exit by itself: %s", line);
    result->code = WEXITSTATUS(status);
}

#define ERRORS_ONLY " 2>&1 1>/dev/null"

#endif
