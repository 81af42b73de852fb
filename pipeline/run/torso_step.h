/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_TORSO_STEP_H
#define RUN_TORSO_STEP_H

#include <osarc/measure_torso.h>
#include <osarc/torso.h>

#include "case.h"
#include "spine_step.h"

/* Muscle and fat of the torso of one series. All-zero is empty. */
typedef struct torso_step {
    osarc_torso torso;
    int from_file;     /* 1: labels of others */
    char refused[320]; /* why muscle was not told apart; "" when it was */
} torso_step;

/* Relabels muscle and the fat between muscles, or takes both and all fat from a file; what speaks
 * against it ends in `refused`. */
osarc_status torso_step_part(torso_step *out, osarc_mask *tissue, const osarc_image *image,
                             const spine_step *spine, series_result *result, const run_given *given,
                             int threads, osarc_error *err);

/* What options ask of muscle and fat. ERR_ARGUMENT: no such definition, or out of range. */
osarc_status torso_asked_read(osarc_imat_definition *out, const osarc_run_options *options,
                              osarc_error *err);

/* Rows of levels, abdomen and whole body. */
osarc_status torso_step_measure(const torso_step *step, osarc_findings *findings,
                                const osarc_image *image, const osarc_mask *tissue,
                                const spine_step *spine, series_result *result,
                                const run_given *given, const char *warnings, double noise_sd_hu,
                                const osarc_run_options *options, osarc_error *err);

void torso_step_free(torso_step *step);

#endif
