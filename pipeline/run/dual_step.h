/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_DUAL_STEP_H
#define RUN_DUAL_STEP_H

#include "bone.h"

/*
 * Marrow fat from two energies, where the catalogue holds a second series of another voltage that
 * lies on this one. A level that it cannot be solved in gets the reason; what is wrong with the
 * pair ends in a note, not in a failure.
 */
osarc_status dual_step_fat(series_bone *bone, const osarc_image *image, const osarc_mask *tissue,
                           osarc_catalogue *catalogue, size_t series, series_result *result,
                           const run_given *given, const osarc_run_options *options,
                           osarc_error *err);

#endif
