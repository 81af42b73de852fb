/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_LIMB_H
#define OSARC_LIMB_H

/**
 * @file limb.h
 * Thighs apart from each other and from the trunk, with the tissues inside their fascia.
 */

#include <osarc/hu_windows.h>
#include <osarc/limb_part.h>
#include <osarc/mask.h>

OSARC_BEGIN_DECLS

/** All-zero means default. */
typedef struct osarc_limb_options {
    const osarc_mask *exclude;     /**< Not 0: left out, such as a tumour; on the image's grid. */
    const osarc_hu_table *windows; /**< NULL: the default. */
    int threads;                   /**< 0: all cores. */
} osarc_limb_options;

typedef struct osarc_limbs osarc_limbs;

/**
 * Find thighs by the shafts of their femurs. None is no failure: the count is 0 then.
 *
 * @param[out] out  The caller frees it. NULL on failure.
 * @param image     In HU.
 * @param tissue    Of osarc_segment_tissues, on the same grid.
 * @param options   May be NULL.
 * @retval OSARC_ERR_UNIT      the image is not in HU
 * @retval OSARC_ERR_GEOMETRY  the grids differ
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_limbs_find(osarc_limbs **out,
                                                         const osarc_image *image,
                                                         const osarc_mask *tissue,
                                                         const osarc_limb_options *options,
                                                         osarc_error *err);

/** 0 to 2. */
OSARC_API size_t osarc_limbs_count(const osarc_limbs *limbs);

/** Borrowed; NULL past the end. */
OSARC_API const osarc_limb *osarc_limbs_at(const osarc_limbs *limbs, size_t index);

/** A code for each voxel of the extents, see OSARC_LIMB_TISSUE and what follows it. Borrowed. */
OSARC_API const osarc_mask *osarc_limbs_codes(const osarc_limbs *limbs);

/** Tissue labels of the extents, written over those of `tissue`, on the same grid; what is left out
 * becomes other soft tissue. */
OSARC_API void osarc_limbs_label(const osarc_limbs *limbs, osarc_mask *tissue);

/** NULL is allowed. */
OSARC_API void osarc_limbs_free(osarc_limbs *limbs);

OSARC_END_DECLS

#endif
