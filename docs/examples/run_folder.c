/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_folder FOLDER OUT: the whole job, then each number with its unit, or why there is none. */
#include <stdio.h>

#include <osarc/run.h>

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: run_folder FOLDER OUT\n", stderr);
        return 1;
    }
    const char *folder = argv[1];
    osarc_run_options options = {.out_folder = argv[2], .overwrite = 1};
    osarc_run_summary summary;
    osarc_findings *findings = NULL;
    osarc_error err = OSARC_ERROR_INIT;
    if (osarc_run(&summary, &findings, &folder, 1, &options, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    for (size_t i = 0; i < osarc_findings_count(findings); i++) {
        const osarc_finding *row = osarc_findings_at(findings, i);
        if (row->quality == OSARC_QUALITY_REFUSED)
            printf("%s: refused, %s\n", row->quantity, row->note);
        else
            printf("%s: %g %s\n", row->quantity, row->value, row->unit);
    }
    osarc_findings_free(findings);
    return summary.exit_code;
}
