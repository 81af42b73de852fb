/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_DXA_STEP_H
#define RUN_DXA_STEP_H

#include "case.h"

/* What --dxa-calibration names, for the whole run; NULL when it is not given. */
osarc_status dxa_asked_read(osarc_dxa_calibration **out, const osarc_run_options *options,
                            osarc_error *err);

/* Reads, decomposes and measures a pair of densitometer images; writes its maps and a picture. */
osarc_status dxa_step_measure(series_result *result, osarc_findings *findings,
                              osarc_catalogue *catalogue, size_t series, size_t number,
                              out_folder *out, const run_given *given,
                              const osarc_run_options *options, osarc_error *err);

/* What the view of a series would give is refused, with the reason. */
osarc_status dxa_step_refuse(osarc_findings *findings, const osarc_series *series,
                             const char *case_id, const char *why, osarc_error *err);

#endif
