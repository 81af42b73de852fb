/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_SBMD_STEP_H
#define RUN_SBMD_STEP_H

#include <osarc/findings.h>

/* For each density of a densitometer a row `sbmd` on the scale that makers agreed on, refused where
 * no equation leads there. */
osarc_status sbmd_rows_add(osarc_findings *findings, osarc_error *err);

#endif
