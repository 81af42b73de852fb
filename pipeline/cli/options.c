/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <argp.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

/* Options without a letter get numbers from here on, in their order. */
#define KEY_BASE  256
#define KEY_USAGE 1000

typedef struct shared_option {
    unsigned bit;
    cli_option option;
} shared_option;

static const shared_option SHARED[] = {
    {CLI_OUT, {"out", 'o', "OUT", "Where results are written."}},
    {CLI_JSON, {"json", 0, NULL, "Answer as JSON on standard output."}},
    {CLI_THREADS, {"threads", 0, "N", "Threads to use, 1 to 256; all cores when not given."}},
    {CLI_QUIET, {"quiet", 0, NULL, "No progress."}},
    {CLI_OVERWRITE, {"overwrite", 0, NULL, "Replace results that are there already."}},
    {CLI_REPORT, {"report", 0, "FILE", "Where run.json is written; in OUT when not given."}},
};
#define SHARED_COUNT (sizeof(SHARED) / sizeof(SHARED[0]))

typedef struct parsing {
    cli_call *call;
    cli_option options[CLI_OPTIONS_MAX];
    size_t count;
    size_t shared_count;
} parsing;

size_t cli_list_options(const cli_verb *verb, cli_option out[CLI_OPTIONS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < SHARED_COUNT; i++)
        if (verb->shared & SHARED[i].bit)
            out[count++] = SHARED[i].option;
    for (const cli_option *own = verb->options; own && own->name && count < CLI_OPTIONS_MAX; own++)
        out[count++] = *own;
    return count;
}

static size_t count_shared(const cli_verb *verb)
{
    size_t count = 0;
    for (size_t i = 0; i < SHARED_COUNT; i++)
        count += (verb->shared & SHARED[i].bit) != 0;
    return count;
}

const char *cli_value(const cli_call *call, const char *name)
{
    const cli_option *own = call->verb->options;
    for (size_t i = 0; own && own[i].name && i < CLI_OPTIONS_MAX; i++)
        if (!strcmp(own[i].name, name))
            return call->values[i];
    return NULL;
}

int cli_read_integer(const char *text, long low, long high, long *value_out)
{
    char *end = NULL;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno || end == text || *end || value < low || value > high)
        return 0;
    *value_out = value;
    return 1;
}

/* The program never sets a locale, so the point is a point. */
int cli_read_number(const char *text, double *value_out)
{
    char *end = NULL;
    if (!*text || strspn(text, "0123456789+-.eE") != strlen(text))
        return 0;
    double value = strtod(text, &end); /* banned-ok */
    if (*end || !isfinite(value))
        return 0;
    *value_out = value;
    return 1;
}

static void take_threads(cli_call *call, const char *value, struct argp_state *state)
{
    long threads = 0;
    if (!cli_read_integer(value, 1, 256, &threads))
        argp_error(state, "--threads is '%s', a whole number from 1 to 256 is needed", value);
    call->threads = (int) threads;
}

static void take_shared(cli_call *call, const char *name, const char *value,
                        struct argp_state *state)
{
    if (!strcmp(name, "out"))
        call->out = value;
    else if (!strcmp(name, "json"))
        call->json = 1;
    else if (!strcmp(name, "threads"))
        take_threads(call, value, state);
    else if (!strcmp(name, "quiet"))
        call->quiet = 1;
    else if (!strcmp(name, "overwrite"))
        call->overwrite = 1;
    else if (!strcmp(name, "report"))
        call->report = value;
}

static void check_end(const parsing *p, struct argp_state *state)
{
    const cli_verb *verb = p->call->verb;
    if (p->call->input_count < verb->min_inputs)
        argp_error(state, "%s needed", verb->parameters);
    if (p->call->input_count > verb->max_inputs)
        argp_error(state, "'%s' is one too many", p->call->inputs[verb->max_inputs]);
    if ((verb->shared & CLI_NEEDS_OUT) == CLI_NEEDS_OUT && !p->call->out)
        argp_error(state, "-o OUT is needed: where results are written");
}

static int key_of(const parsing *p, size_t i)
{
    return p->options[i].letter ? p->options[i].letter : KEY_BASE + (int) i;
}

static error_t take(int key, char *value, struct argp_state *state)
{
    parsing *p = state->input;
    if (key == 'h')
        argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
    if (key == KEY_USAGE)
        argp_state_help(state, stdout, ARGP_HELP_USAGE | ARGP_HELP_EXIT_OK);
    if (key == ARGP_KEY_ARGS) { /* what is left, behind the options */
        p->call->inputs = (const char *const *) state->argv + state->next;
        p->call->input_count = (size_t) (state->argc - state->next);
        return 0;
    }
    if (key == ARGP_KEY_END) {
        check_end(p, state);
        return 0;
    }
    for (size_t i = 0; i < p->count; i++) {
        if (key != key_of(p, i))
            continue;
        if (i < p->shared_count)
            take_shared(p->call, p->options[i].name, value, state);
        else
            p->call->values[i - p->shared_count] = value ? value : "";
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

/* The argp twin of a verb's options; `out` has room for all, help and the end. */
static void list_argp(const parsing *p, struct argp_option out[CLI_OPTIONS_MAX + 3])
{
    size_t n = 0;
    for (; n < p->count; n++)
        out[n] = (struct argp_option){.name = p->options[n].name,
                                      .key = key_of(p, n),
                                      .arg = p->options[n].value,
                                      .doc = p->options[n].text};
    out[n++] = (struct argp_option){.name = "help", .key = 'h', .doc = "Print this.", .group = -1};
    out[n++] = (struct argp_option){
        .name = "usage", .key = KEY_USAGE, .flags = OPTION_HIDDEN, .group = -1};
    out[n] = (struct argp_option){0};
}

/* What argp needs, with the texts it points to. */
typedef struct argp_twin {
    struct argp argp;
    struct argp_option options[CLI_OPTIONS_MAX + 3];
    char doc[2048];
    char name[64];
} argp_twin;

static void make_twin(argp_twin *twin, parsing *p, const cli_verb *verb)
{
    p->count = cli_list_options(verb, p->options);
    p->shared_count = count_shared(verb);
    list_argp(p, twin->options);
    snprintf(twin->doc, sizeof(twin->doc), "%s%s%s", verb->summary, verb->details ? "\v" : "",
             verb->details ? verb->details : "");
    snprintf(twin->name, sizeof(twin->name), "osarc %s", verb->name);
    twin->argp = (struct argp){
        .options = twin->options, .parser = take, .args_doc = verb->parameters, .doc = twin->doc};
}

void cli_parse(cli_call *call, const cli_verb *verb, int argc, char **argv)
{
    *call = (cli_call){
        .verb = verb, .arguments = (const char *const *) argv, .argument_count = (size_t) argc};
    parsing p = {.call = call};
    argp_twin twin;
    make_twin(&twin, &p, verb);
    char *typed = argv[0];
    argv[0] = twin.name;
    argp_err_exit_status = CLI_EXIT_USAGE;
    error_t failed = argp_parse(&twin.argp, argc, argv, ARGP_NO_HELP, NULL, &p);
    argv[0] = typed;
    if (failed) {
        fprintf(stderr, "%s: %s\n", twin.name, strerror(failed));
        exit(CLI_EXIT_INTERNAL);
    }
}

void cli_print_help(const cli_verb *verb)
{
    parsing p = {0};
    argp_twin twin;
    make_twin(&twin, &p, verb);
    argp_help(&twin.argp, stdout, ARGP_HELP_SHORT_USAGE | ARGP_HELP_DOC | ARGP_HELP_LONG,
              twin.name);
}
