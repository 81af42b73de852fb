/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_CALIBRATE_QC_H
#define CLI_CALIBRATE_QC_H

#include "cmd.h"

/* Judges a table of phantom scans and prints what rules are broken. */
int cli_calibrate_qc(const cli_call *call, const char *path);

#endif
