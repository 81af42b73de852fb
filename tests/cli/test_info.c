/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exit codes of `osarc info` for results of densitometers. */
#include <expect.h>
#include <program.h>

#include "make_report.h"

static dicom_bytes to;

static int info(const char *folder, const char *wanted)
{
    static program_result result;
    char arguments[256];
    snprintf(arguments, sizeof(arguments), "info '%s' 2>/dev/null", folder);
    run_program(&result, arguments);
    cr_expect(strstr(result.text, wanted) != NULL, "%s", result.text);
    cr_expect(strstr(result.text, "SECRET") == NULL);
    remove_folder(folder);
    return result.code;
}

static const char *save_score(const char *place, const char *side)
{
    const char *folder = make_folder();
    report_start(&to, &(report_head){0});
    report_number_open(&to, "99OSS", "t_score", "-1.2", "{T-score}");
    report_place(&to, "99OSS", place);
    if (side)
        report_side(&to, side);
    report_close(&to);
    report_finish(&to);
    save(folder, "sr.dcm", to.data, to.size);
    return folder;
}

Test(cli_info, a_document_with_a_number_is_usable)
{
    cr_expect(eq(int, info(save_score("neck", "7771000"), "dxa_report"), 0));
}

Test(cli_info, a_document_whose_numbers_are_all_refused_is_refused)
{
    cr_expect(eq(int, info(save_score("neck", NULL), "dxa_report"), 80));
}

Test(cli_info, a_picture_with_results_in_it_is_usable)
{
    const char *folder = make_folder();
    report_picture(folder, 1);
    cr_expect(eq(int, info(folder, "5 results"), 0));
}

Test(cli_info, a_picture_without_them_is_nothing_usable)
{
    const char *folder = make_folder();
    report_picture(folder, 0);
    cr_expect(eq(int, info(folder, "ap_spine"), 21));
}
