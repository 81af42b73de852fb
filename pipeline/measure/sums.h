/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_SUMS_H
#define OSI_SUMS_H

#include <osarc/mask.h>

/** Sums over the voxels of one label, on stored values; whole numbers, so exact in any order. */
typedef struct osi_label_sum {
    uint64_t voxels;      /**< With the label. */
    uint64_t read_voxels; /**< Of those, inside the field of view. */
    int64_t sum;          /**< Of read_voxels. */
    uint64_t core_voxels; /**< Of read_voxels, those whose face neighbours have the label too. */
    int64_t core_sum;
    uint64_t core_square_sum;
} osi_label_sum;

typedef struct osi_label_sums {
    osi_label_sum label[256];
    uint64_t skin_voxels; /**< Labelled voxels that touch label 0. */
} osi_label_sums;

/** One pass over image and mask, which lie on the same grid. Out is filled whole. */
void osi_label_sums_read(osi_label_sums *out, const osarc_image *image, const osarc_mask *mask,
                         int threads);

#endif
