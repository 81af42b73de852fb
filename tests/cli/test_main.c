/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <expect.h>
#include <program.h>

static program_result r;

static int says(const char *words)
{
    return strstr(r.text, words) != NULL;
}

Test(cli_main, lists_the_verbs)
{
    run_program(&r, "help");
    cr_expect(eq(int, r.code, 0));
    cr_expect(says("osarc VERB [options] INPUT..."));
    cr_expect(says("  help "));
}

Test(cli_main, prints_help_on_standard_output_for_each_way_of_asking)
{
    static const char *const WAYS[] = {"--help", "-h", "help help", "help -h", "help --help"};
    for (size_t i = 0; i < sizeof(WAYS) / sizeof(WAYS[0]); i++) {
        run_program(&r, WAYS[i]);
        cr_expect(eq(int, r.code, 0), "%s", WAYS[i]);
        cr_expect(r.text[0] != '\0', "%s", WAYS[i]);
    }
}

Test(cli_main, prints_the_version_of_the_library)
{
    char wanted[64];
    snprintf(wanted, sizeof(wanted), "osarc %s\n", osarc_version());
    run_program(&r, "--version");
    cr_expect(eq(int, r.code, 0));
    cr_expect(eq(str, r.text, wanted));
}

Test(cli_main, refuses_to_run_without_a_verb)
{
    run_program(&r, ERRORS_ONLY);
    cr_expect(eq(int, r.code, 1));
    cr_expect(says("a verb is needed"));
}

Test(cli_main, refuses_an_unknown_verb_and_names_the_nearest)
{
    run_program(&r, "hepl" ERRORS_ONLY);
    cr_expect(eq(int, r.code, 1));
    cr_expect(says("'hepl' is not a verb; 'help' is"));
}

Test(cli_main, refuses_an_unknown_verb_that_is_like_none)
{
    run_program(&r, "xylophone" ERRORS_ONLY);
    cr_expect(eq(int, r.code, 1));
    cr_expect(says("'xylophone' is not a verb"));
    cr_expect(eq(int, says("' is\n"), 0));
}

Test(cli_main, refuses_an_unknown_verb_to_help)
{
    run_program(&r, "help hel" ERRORS_ONLY);
    cr_expect(eq(int, r.code, 1));
    cr_expect(says("'help' is"));
}

Test(cli_main, refuses_an_unknown_option)
{
    run_program(&r, "help --fast" ERRORS_ONLY);
    cr_expect(eq(int, r.code, 1));
    cr_expect(says("--fast"));
}

Test(cli_main, refuses_an_input_too_many)
{
    run_program(&r, "help help help help" ERRORS_ONLY);
    cr_expect(eq(int, r.code, 1));
    cr_expect(says("too many"));
}

Test(cli_main, refuses_a_standard_output_that_is_full)
{
    run_program(&r, "help 2>&1 >/dev/full");
    cr_expect(eq(int, r.code, 40));
    cr_expect(says("standard output"));
}

Test(cli_main, writes_a_manual_page_with_each_verb_and_exit_code)
{
    run_program(&r, "help --man");
    cr_expect(eq(int, r.code, 0));
    cr_expect(says(".TH OSARC 1"));
    cr_expect(says(".SS osarc help "));
    cr_expect(says(".B 99\n"));
}
