/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_BONE_STEPS_H
#define SEGMENTATION_BONE_STEPS_H

#include "work.h"

/*
 * Marks as WORK_FALSE what is bright but smooth and without a brighter rim: vessels, bowel and
 * kidneys with contrast. `part` and `mm` are scratch of one entry a voxel.
 */
osarc_status reject_contrast(work *w, const uint8_t *bright, uint32_t *part, float *mm,
                             osarc_error *err);

/* Adds to `bone` the interior that it encloses: marrow, not spinal canal, pelvis or skull. */
osarc_status fill_marrow(work *w, uint8_t *bone, uint32_t *part, float *mm, osarc_error *err);

#endif
