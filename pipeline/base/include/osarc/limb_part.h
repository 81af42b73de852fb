/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_LIMB_PART_H
#define OSARC_LIMB_PART_H

/**
 * @file limb_part.h
 * A limb as it was found, and what its voxels are: made by segmentation, printed by measures.
 */

#include <osarc/mask.h>
#include <osarc/side.h>

OSARC_BEGIN_DECLS

/*
 * A voxel of a limb: its tissue label in the low bits, then what else is known of it. 0: none.
 */
#define OSARC_LIMB_TISSUE   0x0fu
#define OSARC_LIMB_SECOND   0x10u /**< Of limb 1; without it of limb 0. */
#define OSARC_LIMB_WITHIN   0x20u /**< Intermuscular fat that does not reach the fascia. */
#define OSARC_LIMB_EXCLUDED 0x40u /**< Left out: see osarc_limb_options. */
#define OSARC_LIMB_EDGE     0x80u /**< Blurred with bone: muscle by half-way, without a value. */

/** One thigh. Slices are counted along `axis` of the grid. */
typedef struct osarc_limb {
    osarc_side side;
    int is_second;         /**< 1: its voxels carry OSARC_LIMB_SECOND. */
    const char *side_from; /**< What the side stands on. Static. */
    int axis;              /**< Of the grid: the one nearest to head-foot. */
    size_t first, last;    /**< Slices of the extent, both inclusive. */
    size_t middle;         /**< Slice that areas are of. */
    int is_mid_thigh;      /**< 1: half-way along the femur; 0: in the middle of what is measured */
    double femur_mm;       /**< From trochanter to condyles; NAN when not whole in view. */
    double share_in_view;  /**< Of the cross-section, by area, where the view cuts it; else 1. */
    size_t slices_cut;     /**< Slices beside the extent that the edge of the view cuts. */
    size_t slices_joined;  /**< Slices beside the extent that are joined to the trunk. */
    const char *refused;   /**< Why nothing is measured; "" when something is. Static. */
} osarc_limb;

OSARC_END_DECLS

#endif
