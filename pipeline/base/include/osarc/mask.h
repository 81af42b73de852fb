/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_MASK_H
#define OSARC_MASK_H

/**
 * @file mask.h
 * A label for each voxel of a grid, and the tables of what labels mean.
 */

#include <osarc/image.h>

OSARC_BEGIN_DECLS

/** Tissue labels. 0 is outside the body. The numbers are part of the file format. */
typedef enum osarc_tissue {
    OSARC_TISSUE_OUTSIDE = 0,
    OSARC_TISSUE_SUBCUTANEOUS_FAT = 1,
    OSARC_TISSUE_VISCERAL_FAT = 2, /**< Torso fat; all inner fat until muscle is told apart. */
    OSARC_TISSUE_MUSCLE = 3,
    OSARC_TISSUE_INTERMUSCULAR_FAT = 4,
    OSARC_TISSUE_SOFT = 5,
    OSARC_TISSUE_COMPACT_BONE = 6,
    OSARC_TISSUE_TRABECULAR_BONE = 7,
    OSARC_TISSUE_GAS = 8,
    OSARC_TISSUE_METAL = 9,
    OSARC_TISSUE_PHANTOM = 10
} osarc_tissue;

#define OSARC_TISSUE_COUNT 11

typedef struct osarc_mask osarc_mask;

/** A name for a label, such as {3, "skeletal_muscle"}. */
typedef struct osarc_label {
    uint8_t number;
    const char *name;
} osarc_label;

/** The tissue labels, in number order. Borrowed, static. */
OSARC_API const osarc_label *osarc_tissue_labels(size_t *count_out);

/** The structure labels in use (TotalSegmentator v2 `total` numbers). Borrowed, static. */
OSARC_API const osarc_label *osarc_structure_labels(size_t *count_out);

/** A new mask, all 0. Fails as osarc_image_create does. */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_mask_create(osarc_mask **out, const osarc_grid *grid,
                                                          osarc_error *err);

OSARC_API const osarc_grid *osarc_mask_grid(const osarc_mask *mask);

/** Labels, borrowed, in the grid's memory order. */
OSARC_API const uint8_t *osarc_mask_labels(const osarc_mask *mask);

/** Labels to be filled by the maker of the mask, before it is shared. */
OSARC_API uint8_t *osarc_mask_fill(osarc_mask *mask);

/** Voxels of each of the 256 labels. */
OSARC_API void osarc_mask_counts(const osarc_mask *mask, uint64_t counts_out[256]);

/** NULL is allowed. */
OSARC_API void osarc_mask_free(osarc_mask *mask);

OSARC_END_DECLS

#endif
