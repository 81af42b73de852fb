/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_MUSCLES_STEP_H
#define RUN_MUSCLES_STEP_H

#include "spine_step.h"
#include "torso_step.h"

/* Rows of single muscles that the label file holds; none without one, or without labels that lie
 * on this scan. */
osarc_status muscles_step_measure(osarc_findings *findings, const osarc_image *image,
                                  const osarc_mask *tissue, const torso_step *torso,
                                  const spine_step *spine, series_result *result,
                                  const run_given *given, const char *warnings,
                                  const osarc_run_options *options, osarc_error *err);

#endif
