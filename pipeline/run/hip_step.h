/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_HIP_STEP_H
#define RUN_HIP_STEP_H

#include <osarc/hip.h>
#include <osarc/measure_femur.h>

#include "bone.h"
#include "case.h"

#define HIP_REFUSAL 200

/* Proximal femurs of one series. All-zero is empty. */
typedef struct hip_step {
    osarc_hip *hip;
    osarc_femur_level levels[2];
    size_t *head[2]; /* trabecular bone of each head */
    char refused[2][HIP_REFUSAL];
    size_t count;
} hip_step;

/* Finds femurs; `tissue` as it was segmented, before limbs are written over it. */
osarc_status hip_step_find(hip_step *out, const osarc_image *image, const osarc_mask *tissue,
                           series_result *result, const osarc_run_options *options,
                           osarc_error *err);

/* Their rows. */
osarc_status hip_step_measure(const hip_step *step, osarc_findings *findings,
                              const osarc_image *image, const series_result *result,
                              const char *warnings, osarc_error *err);

/* A copy of the structures (NULL: none) with the femurs in it, by structure number. */
osarc_status hip_step_structures(osarc_mask **out, const hip_step *step,
                                 const osarc_mask *structures, const osarc_grid *grid,
                                 osarc_error *err);

/* "left femur", and so on. Static. */
const char *hip_step_title(osarc_side side);

/* A picture of each femur that is measured, cut through its neck or its head. */
osarc_status hip_step_images(const hip_step *step, const osarc_image *image, size_t number,
                             out_folder *out, int threads, osarc_error *err);

void hip_step_free(hip_step *step);

#endif
