/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_DXA_REPORT_STEP_H
#define RUN_DXA_REPORT_STEP_H

#include "case.h"

/* Rows of method `report` from the documents of a series; fails when all numbers are refused. */
osarc_status dxa_report_take(series_result *result, osarc_findings *findings,
                             osarc_catalogue *catalogue, size_t series, size_t number,
                             out_folder *out, const run_given *given,
                             const osarc_run_options *options, osarc_error *err);

/* The same of images that hold their device's results; those that have no number yet get one. */
osarc_status dxa_report_take_images(series_result *results, size_t *number,
                                    osarc_run_summary *summary, osarc_findings *findings,
                                    osarc_catalogue *catalogue, osarc_error *err);

/* What the documents and images of the same patient, of the study or its day, state of that
 * quantity with no other value in a series of them; NAN: nothing. */
osarc_status dxa_report_states(double *value_out, const osarc_catalogue *catalogue,
                               const osarc_acquisition *study, const char *quantity,
                               const char *site, const char *level, const char *side,
                               osarc_error *err);

#endif
