/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_BONE_H
#define RUN_BONE_H

#include "case.h"
#include "scale_step.h"
#include "spine_step.h"

/* Spine and density scale of one series. */
typedef struct series_bone {
    scale_found scale;
    spine_step spine;
    osarc_tissue_samples samples;
    char spine_warnings[400];
    char scale_warnings[400];
} series_bone;

/* Adds the texts of the warnings among notes from..to; those that measures tell by themselves are
 * left out. */
void join_warnings(char *out, size_t room, const osarc_notes *notes, size_t from, size_t to);

/* The scale from a phantom or one made before: first, for a phantom is no part of the body. */
osarc_status bone_find_phantom(series_bone *bone, const osarc_image *image, osarc_mask *tissue,
                               series_result *result, const run_given *given,
                               const osarc_run_options *options, osarc_error *err);

/* Vertebrae and their regions; the scale from tissues where it is still wanted. */
osarc_status bone_find_spine(series_bone *bone, const osarc_image *image, const osarc_mask *tissue,
                             series_result *result, const run_given *given,
                             const osarc_run_options *options, osarc_error *err);

/* Rows of scale and spine, and what run.json tells of them. */
osarc_status bone_measure(series_bone *bone, osarc_findings *findings, const osarc_image *image,
                          series_result *result, const char *warnings,
                          const osarc_run_options *options, osarc_error *err);

void bone_free(series_bone *bone);

#endif
