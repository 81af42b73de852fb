/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "cmd.h"

/* roff takes a backslash, and a dot or quote that begins a line, for its own; a dash is a hyphen.
 */
static void print_text(const char *text)
{
    int at_start = 1;
    for (; *text; text++) {
        if (at_start && (*text == '.' || *text == '\''))
            fputs("\\&", stdout);
        if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '-')
            fputs("\\-", stdout);
        else
            putchar(*text);
        at_start = *text == '\n';
    }
    putchar('\n');
}

static void print_option(const cli_option *option)
{
    fputs(".TP\n", stdout);
    if (option->letter)
        printf("\\fB\\-%c\\fR, ", option->letter);
    printf("\\fB\\-\\-%s\\fR", option->name);
    if (option->value)
        printf("=\\fI%s\\fR", option->value);
    putchar('\n');
    print_text(option->text);
}

static void print_verb(const cli_verb *verb)
{
    cli_option options[CLI_OPTIONS_MAX];
    size_t count = cli_list_options(verb, options);
    printf(".SS osarc %s %s%s\n", verb->name, count ? "[options] " : "", verb->parameters);
    print_text(verb->summary);
    for (size_t i = 0; i < count; i++)
        print_option(&options[i]);
    if (verb->details) {
        fputs(".PP\n", stdout);
        print_text(verb->details);
    }
}

void cli_print_man(void)
{
    size_t count;
    const cli_verb *const *verbs = cli_verbs(&count);
    printf(".TH OSARC 1 \"\" \"osarc %s\" \"User commands\"\n", osarc_version());
    fputs(".SH NAME\nosarc \\- bone, muscle and fat from CT\n"
          ".SH SYNOPSIS\n.B osarc\n.I VERB\n[options] \\fIINPUT\\fR...\n.br\n"
          ".B osarc help\n[\\fIVERB\\fR]\n.br\n.B osarc \\-\\-version\n"
          ".SH DESCRIPTION\nReads CT scans as hospitals store them and measures what is in them.\n"
          "Answers are printed on standard output, messages and progress on standard error.\n"
          "For research; not a medical device.\n"
          ".SH VERBS\n",
          stdout);
    for (size_t i = 0; i < count; i++)
        print_verb(verbs[i]);
    const cli_exit_row *codes = cli_exit_table(&count);
    fputs(".SH EXIT STATUS\n", stdout);
    for (size_t i = 0; i < count; i++) {
        printf(".TP\n.B %d\n", codes[i].code);
        print_text(codes[i].meaning);
    }
}
