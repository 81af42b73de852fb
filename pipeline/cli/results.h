/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_RESULTS_H
#define CLI_RESULTS_H

/* What a run found, in short, for people (text) and for programs (JSON). */

#include <osarc/findings.h>

/** Volumes of each case, and what was refused, on standard output. Series have the numbers that
 * OUT/run.json gives them, as their masks and pictures; without one there they have none. */
void cli_print_volumes(const osarc_findings *findings, const char *out_folder);

/** Whether a file is in the folder of results. */
int cli_has_file(const char *out_folder, const char *name);

/** 1 when there is a row that is not refused. */
int cli_any_measured(const osarc_findings *findings);

/** The result rows of OUT/classification.csv, on standard output; 0 when it cannot be read. */
int cli_print_classes(const char *out_folder);

/** OUT/findings.json and OUT/classification.csv as one object; 0 when one cannot be read. */
int cli_print_json(const char *out_folder);

#endif
