/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_CTXA_STEP_H
#define RUN_CTXA_STEP_H

#include <osarc/measure_hip.h>

#include "bone.h"
#include "case.h"

#define CTXA_MAX 2

/* Femurs as they were found; borrowed. */
typedef struct ctxa_found {
    const osarc_femur *femurs[CTXA_MAX];
    size_t count;
    const osarc_mask *codes; /* NULL: none was found */
    const char *refused;     /* why none was found; NULL or "" says nothing of it */
} ctxa_found;

/* Femurs of one series, projected. */
typedef struct ctxa_step {
    osarc_hip_projection *projections[CTXA_MAX];
    char refused[CTXA_MAX][256];
    double t_scores[CTXA_MAX][OSARC_HIP_REGION_COUNT]; /* NAN: none */
    char compared[CTXA_MAX][200];                      /* with whom, and on what scale */
    size_t count;
} ctxa_step;

/* Projects each femur and adds its rows. */
osarc_status ctxa_step_run(ctxa_step *out, osarc_findings *findings, const osarc_image *image,
                           const osarc_mask *tissue, const ctxa_found *found, double noise_sd_hu,
                           const series_bone *bone, const run_given *given,
                           const series_result *result, const char *warnings,
                           const osarc_run_options *options, osarc_error *err);

/* The picture, when a femur was projected. */
osarc_status ctxa_step_image(const ctxa_step *step, const char *basis, size_t number,
                             out_folder *out, int threads, osarc_error *err);

void ctxa_step_free(ctxa_step *step);

#endif
