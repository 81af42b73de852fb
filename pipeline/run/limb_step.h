/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_LIMB_STEP_H
#define RUN_LIMB_STEP_H

#include <osarc/limb.h>

#include "bone.h"
#include "case.h"

/* Thighs of one series. */
typedef struct limb_step {
    osarc_limbs *limbs;
} limb_step;

/*
 * Finds thighs, writes their tissues over `tissue`, adds their rows. A mask to leave out that does
 * not lie on this scan is a warning among the notes.
 */
osarc_status limb_step_run(limb_step *out, osarc_findings *findings, const osarc_image *image,
                           osarc_mask *tissue, double noise_sd_hu, const series_bone *bone,
                           const run_given *given, series_result *result, const char *warnings,
                           const osarc_run_options *options, osarc_error *err);

void limb_step_free(limb_step *step);

#endif
