/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_CMD_H
#define CLI_CMD_H

/*
 * A verb is one file cmd_NAME.c that ends in one const struct cli_verb. To add one: write the
 * file, name it in CMakeLists.txt, declare the struct at the end of this header and put it into
 * the table of main.c. Options, --help, `osarc help NAME` and the manual page follow from the
 * struct. A verb uses public headers only. A verb of two words is named with a space between them.
 */

#include <stdio.h>

#include <osarc/base.h>

#include "exit_codes.h"

/** An option of a verb. A list ends in {0}. */
typedef struct cli_option {
    const char *name;  /**< Long name, without dashes. */
    char letter;       /**< Short name; 0 for none. */
    const char *value; /**< What the help calls the value, such as "FILE"; NULL for a switch. */
    const char *text;  /**< One sentence. */
} cli_option;

/** Options that mean the same on every verb that has them. */
enum {
    CLI_OUT = 1,        /**< -o, --out DIR */
    CLI_NEEDS_OUT = 3,  /**< the same, and required */
    CLI_JSON = 4,       /**< --json */
    CLI_THREADS = 8,    /**< --threads N */
    CLI_QUIET = 16,     /**< --quiet */
    CLI_OVERWRITE = 32, /**< --overwrite */
    CLI_REPORT = 64     /**< --report FILE */
};

typedef struct cli_call cli_call;

typedef struct cli_verb {
    const char *name;
    const char *parameters;    /**< "INPUT..." */
    const char *summary;       /**< One line, for the list of verbs. */
    const char *details;       /**< Paragraphs after the options; may be NULL. */
    unsigned shared;           /**< CLI_... together. */
    const cli_option *options; /**< Its own; may be NULL. */
    size_t min_inputs;
    size_t max_inputs; /**< SIZE_MAX: any number. */
    int (*run)(const cli_call *call);
} cli_verb;

#define CLI_OPTIONS_MAX 64

/** What the user typed, checked. */
struct cli_call {
    const cli_verb *verb;
    const char *const *inputs; /**< Positionals. */
    size_t input_count;
    const char *out;    /**< NULL when not given. */
    const char *report; /**< NULL when not given. */
    int threads;        /**< 0: all cores. */
    int json;
    int quiet;
    int overwrite;
    const char *const *arguments; /**< As typed, from the verb on. */
    size_t argument_count;
    const char *values[CLI_OPTIONS_MAX]; /**< Of the verb's own options, in their order. */
};

/** Value of one of the verb's own options; "" for a switch that is given; NULL when not given. */
const char *cli_value(const cli_call *call, const char *name);

/** A whole number within limits from a text; 1 on success. */
int cli_read_integer(const char *text, long low, long high, long *value_out);

/** A finite number with '.' from a text; 1 on success. */
int cli_read_number(const char *text, double *value_out);

/** Fill a call from the command line; argv[0] is the verb. Wrong usage ends the program. */
void cli_parse(cli_call *call, const cli_verb *verb, int argc, char **argv);

/** Print the help of a verb on standard output. */
void cli_print_help(const cli_verb *verb);

/** The verbs, in the order of the help. Static. */
const cli_verb *const *cli_verbs(size_t *count_out);

/** Print the verbs whose first word is this, and whose name has more; returns how many. */
size_t cli_print_family(FILE *stream, const char *first);

/** NULL when there is no such verb. */
const cli_verb *cli_verb_find(const char *name);

/** The verb whose name is closest to what was typed; NULL when none is close. */
const cli_verb *cli_verb_nearest(const char *typed);

/** Say that the usage is wrong, and where help is; returns CLI_EXIT_USAGE. */
int cli_usage(const cli_call *call, const char *format, ...) OSARC_PRINTF(2, 3);

/** Print why a call failed; returns its exit code. */
int cli_fail(const cli_call *call, osarc_status status, cli_stage stage, const osarc_error *err);

/** Print a message on standard error, after the name of the verb. Shown with --quiet too. */
void cli_complain(const cli_call *call, const char *format, ...) OSARC_PRINTF(2, 3);

/** A printer of progress for library calls, payload NULL; NULL when progress is not to be seen. */
osarc_progress cli_progress(const cli_call *call);

/** The day here, YYYY-MM-DD; "" when it is not known. */
void cli_print_today(char out[16]);

/** The options of a verb, shared ones first; returns how many. */
size_t cli_list_options(const cli_verb *verb, cli_option out[CLI_OPTIONS_MAX]);

/** Print the manual page of the program on standard output. */
void cli_print_man(void);

/* one line a verb */
extern const cli_verb cli_cmd_calibrate;
extern const cli_verb cli_cmd_classify;
extern const cli_verb cli_cmd_help;
extern const cli_verb cli_cmd_info;
extern const cli_verb cli_cmd_validate_agreement;
extern const cli_verb cli_cmd_validate_overlap;
extern const cli_verb cli_cmd_phantom;
extern const cli_verb cli_cmd_run;
extern const cli_verb cli_cmd_selftest;

#endif
