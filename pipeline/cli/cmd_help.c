/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "cmd.h"

static void print_verbs(void)
{
    size_t count;
    const cli_verb *const *verbs = cli_verbs(&count);
    puts("usage: osarc VERB [options] INPUT...\n"
         "       osarc VERB --help\n"
         "       osarc --version\n\n"
         "Bone, muscle and fat from CT. For research; not a medical device.\n");
    for (size_t i = 0; i < count; i++)
        printf("  %-18s %s\n", verbs[i]->name, verbs[i]->summary);
    puts("\n'osarc help VERB' tells more about one of them.");
}

static int run_help(const cli_call *call)
{
    if (cli_value(call, "man")) {
        cli_print_man();
        return CLI_EXIT_OK;
    }
    if (call->input_count == 0) {
        print_verbs();
        return CLI_EXIT_OK;
    }
    char name[64];
    snprintf(name, sizeof(name), "%s%s%s", call->inputs[0], call->input_count > 1 ? " " : "",
             call->input_count > 1 ? call->inputs[1] : "");
    const cli_verb *verb = cli_verb_find(name);
    if (!verb && call->input_count == 1 && cli_print_family(stdout, name))
        return CLI_EXIT_OK;
    if (!verb) {
        const cli_verb *nearest = cli_verb_nearest(call->inputs[0]);
        return cli_usage(call, "'%s' is not a verb%s%s%s", call->inputs[0], nearest ? "; '" : "",
                         nearest ? nearest->name : "", nearest ? "' is" : "");
    }
    cli_print_help(verb);
    return CLI_EXIT_OK;
}

static const cli_option OPTIONS[] = {
    {"man", 0, NULL, "Print the manual page of all verbs, as roff."},
    {0},
};

const cli_verb cli_cmd_help = {
    .name = "help",
    .parameters = "[VERB]",
    .summary = "Say what there is, or how one verb is used.",
    .options = OPTIONS,
    .max_inputs = 2,
    .run = run_help,
};
