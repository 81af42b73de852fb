/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_TABLE_ROWS_H
#define RUN_TABLE_ROWS_H

#include "case.h"

/* Rows of method `report` from the clinical table, for each patient with a measured series. They
 * have no series; classes read the table itself. */
osarc_status table_rows_add(osarc_findings *findings, const osarc_clinical *clinical,
                            const series_result *results, size_t count, osarc_error *err);

#endif
