/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "cmd.h"

/* clang-format off */
static const cli_verb *const VERBS[] = {
    &cli_cmd_run,
    &cli_cmd_info,
    &cli_cmd_calibrate,
    &cli_cmd_classify,
    &cli_cmd_validate_agreement,
    &cli_cmd_validate_overlap,
    &cli_cmd_phantom,
    &cli_cmd_selftest,
    &cli_cmd_help,
};
/* clang-format on */
#define VERB_COUNT (sizeof(VERBS) / sizeof(VERBS[0]))

const cli_verb *const *cli_verbs(size_t *count_out)
{
    *count_out = VERB_COUNT;
    return VERBS;
}

const cli_verb *cli_verb_find(const char *name)
{
    for (size_t i = 0; i < VERB_COUNT; i++)
        if (!strcmp(VERBS[i]->name, name))
            return VERBS[i];
    return NULL;
}

/* Verbs of two words, such as "validate agreement". */
static const cli_verb *find_pair(const char *first, const char *second)
{
    char name[64];
    snprintf(name, sizeof(name), "%s %s", first, second);
    return cli_verb_find(name);
}

size_t cli_print_family(FILE *stream, const char *first)
{
    size_t printed = 0;
    size_t size = strlen(first);
    for (size_t i = 0; i < VERB_COUNT; i++) {
        if (strncmp(VERBS[i]->name, first, size) != 0 || VERBS[i]->name[size] != ' ')
            continue;
        fprintf(stream, "  %-18s %s\n", VERBS[i]->name, VERBS[i]->summary);
        printed++;
    }
    return printed;
}

static int refuse_verb(const char *typed)
{
    if (cli_print_family(stderr, typed)) {
        fprintf(stderr, "osarc: '%s' needs one of these words after it\n", typed);
        return CLI_EXIT_USAGE;
    }
    const cli_verb *nearest = cli_verb_nearest(typed);
    fprintf(stderr, "osarc: '%s' is not a verb", typed);
    if (nearest)
        fprintf(stderr, "; '%s' is", nearest->name);
    fputs("\n'osarc help' lists the verbs\n", stderr);
    return CLI_EXIT_USAGE;
}

static int is_one_of(const char *typed, const char *a, const char *b)
{
    return !strcmp(typed, a) || !strcmp(typed, b);
}

static int run_verb(const cli_verb *verb, int argc, char **argv)
{
    cli_call call;
    cli_parse(&call, verb, argc, argv);
    return verb->run(&call);
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        fputs("osarc: a verb is needed\n'osarc help' lists the verbs\n", stderr);
        return CLI_EXIT_USAGE;
    }
    if (is_one_of(argv[1], "--version", "-V")) {
        printf("osarc %s\n", osarc_version());
        return CLI_EXIT_OK;
    }
    if (is_one_of(argv[1], "--help", "-h"))
        return run_verb(&cli_cmd_help, 1, argv);
    const cli_verb *pair = argc > 2 ? find_pair(argv[1], argv[2]) : NULL;
    if (pair)
        return run_verb(pair, argc - 2, argv + 2);
    if (argc > 2 && is_one_of(argv[2], "--help", "-h") && cli_print_family(stdout, argv[1]))
        return CLI_EXIT_OK;
    const cli_verb *verb = cli_verb_find(argv[1]);
    return verb ? run_verb(verb, argc - 1, argv + 1) : refuse_verb(argv[1]);
}

/* Blocks about as large as a scan go back to the system when they are freed. By itself the
 * allocator learns to keep them, and whether there is room between those it kept depends on luck.
 */
static void bound_memory(void)
{
#ifdef __GLIBC__
    enum {
        LARGE = 16 << 20
    };
    (void) mallopt(M_MMAP_THRESHOLD, LARGE);
    (void) mallopt(M_TRIM_THRESHOLD, LARGE);
#endif
}

int main(int argc, char **argv)
{
    bound_memory();
    int code = run(argc, argv);
    if ((fflush(stdout) || ferror(stdout)) && code == CLI_EXIT_OK) {
        fputs("osarc: standard output cannot be written\n", stderr);
        return CLI_EXIT_CANNOT_WRITE;
    }
    return code;
}
