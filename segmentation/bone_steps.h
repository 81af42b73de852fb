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

/* Adds to `bone` the interior that it encloses; a space wider than a bone is left out. */
osarc_status fill_marrow(work *w, uint8_t *bone, osarc_error *err);

/* Takes the spinal canal out of `bone` again; `bright` is the bone before it was filled. */
osarc_status clear_canal(const work *w, uint8_t *bone, const uint8_t *bright, osarc_error *err);

/* The same where the canal has merged with the vertebrae's interior. */
osarc_status clear_tube(const work *w, uint8_t *bone, const uint8_t *bright, osarc_error *err);

#endif
