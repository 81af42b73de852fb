/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_CALIBRATION_TISSUE_CORES_H
#define OSI_CALIBRATION_TISSUE_CORES_H

/* CT numbers well inside each tissue, where neither blur nor neighbours reach. */

#include "spine_frame.h"

OSARC_BEGIN_DECLS

#define OSI_CORE_LOW_HU  (-1200)
#define OSI_CORE_HIGH_HU 400
#define OSI_CORE_BINS    (OSI_CORE_HIGH_HU - OSI_CORE_LOW_HU)
#define OSI_BONE_BINS    3200 /* from 0 HU */
#define OSI_NOISE_BINS   1000

/* Counts in bins of 1 HU. */
typedef struct osi_tissue_cores {
    uint32_t air[OSI_CORE_BINS];
    uint32_t fat[OSI_CORE_BINS];
    uint32_t muscle[OSI_CORE_BINS];      /* beside and behind the spine; anywhere without one */
    uint32_t difference[OSI_NOISE_BINS]; /* of neighbours in fat and muscle */
    uint32_t bone[OSI_BONE_BINS];        /* means over solid compact bone */
    double block_cm3;                    /* what each of them stands for */
    uint64_t near_metal;                 /* compact voxels left out for it */
} osi_tissue_cores;

/* The caller frees *out with osi_free. Frames may be NULL. */
OSARC_MUST_CHECK osarc_status osi_tissue_cores_read(osi_tissue_cores **out,
                                                    const osarc_image *image,
                                                    const osarc_mask *tissue,
                                                    const osi_spine_frame *frames, size_t count,
                                                    int threads, osarc_error *err);

/* 1 when at least two directions of a grid are fine enough to resolve compact bone. */
int osi_grid_resolves_bone(const osarc_grid *grid);

OSARC_END_DECLS

#endif
