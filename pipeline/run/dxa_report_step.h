/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_DXA_REPORT_STEP_H
#define RUN_DXA_REPORT_STEP_H

#include "case.h"

/* Rows of method `report` from the documents of a series; fails when all numbers are refused. */
osarc_status dxa_report_take(series_result *result, osarc_findings *findings,
                             osarc_catalogue *catalogue, size_t series, size_t number,
                             out_folder *out, const run_given *given,
                             const osarc_run_options *options, osarc_error *err);

#endif
