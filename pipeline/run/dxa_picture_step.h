/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_DXA_PICTURE_STEP_H
#define RUN_DXA_PICTURE_STEP_H

#include "case.h"

/*
 * Finished pictures of a densitometer: regions are found and their sizes measured, densities are
 * refused. *measured_out is 0 when nothing was, with rows that say why.
 */
osarc_status dxa_picture_measure(int *measured_out, series_result *result, osarc_findings *findings,
                                 osarc_catalogue *catalogue, size_t series, size_t number,
                                 out_folder *out, const osarc_run_options *options,
                                 osarc_error *err);

#endif
