/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"

#define NAME_MAX_TYPED 32

void cli_complain(const cli_call *call, const char *format, ...)
{
    va_list args;
    fprintf(stderr, "osarc %s: ", call->verb->name);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

int cli_usage(const cli_call *call, const char *format, ...)
{
    va_list args;
    fprintf(stderr, "osarc %s: ", call->verb->name);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\n'osarc help %s' tells more\n", call->verb->name);
    return CLI_EXIT_USAGE;
}

int cli_fail(const cli_call *call, osarc_status status, cli_stage stage, const osarc_error *err)
{
    const char *text = err && err->text[0] ? err->text : osarc_status_name(status);
    cli_complain(call, "%s", text);
    return cli_exit_code(status, stage);
}

static void print_progress(void *payload, const char *stage, double done)
{
    (void) payload;
    if (done < 1)
        fprintf(stderr, "\r\033[K%s %.0f %%", stage, 100 * done);
    else
        fputs("\r\033[K", stderr);
    fflush(stderr);
}

osarc_progress cli_progress(const cli_call *call)
{
    return !call->quiet && isatty(STDERR_FILENO) ? print_progress : NULL;
}

/* Letters to change, add or drop to get from one word to the other. */
static size_t distance_between(const char *a, const char *b)
{
    size_t row[NAME_MAX_TYPED + 1];
    size_t b_size = strlen(b);
    for (size_t j = 0; j <= b_size; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[b_size];
}

const cli_verb *cli_verb_nearest(const char *typed)
{
    size_t count;
    const cli_verb *const *verbs = cli_verbs(&count);
    const cli_verb *nearest = NULL;
    size_t least = 3; /* more than two slips is another word */
    if (strlen(typed) > NAME_MAX_TYPED || strlen(typed) < 2)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t distance = distance_between(verbs[i]->name, typed);
        if (!strncmp(verbs[i]->name, typed, strlen(typed)))
            distance = 1;
        if (distance < least) {
            least = distance;
            nearest = verbs[i];
        }
    }
    return nearest;
}

void cli_print_today(char out[16])
{
    time_t now = time(NULL);
    struct tm day;
    if (!localtime_r(&now, &day) || !strftime(out, 16, "%Y-%m-%d", &day))
        out[0] = '\0';
}
