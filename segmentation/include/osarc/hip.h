/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_HIP_H
#define OSARC_HIP_H

/**
 * @file hip.h
 * Proximal femurs: found by the ball of the head in its socket, cut free of the pelvis, described
 * by landmarks. What is refused is in the list, with the reason.
 */

#include <osarc/femur_part.h>
#include <osarc/mask.h>
#include <osarc/notes.h>

OSARC_BEGIN_DECLS

typedef struct osarc_hip osarc_hip;

/** All-zero means default. */
typedef struct osarc_hip_options {
    int threads; /**< 0: all cores. */
} osarc_hip_options;

/**
 * Find the proximal femurs, one a side at most. None is no failure: the count is 0 then.
 *
 * @param[out] out  The caller frees it. NULL on failure.
 * @param image     In HU.
 * @param tissue    Of osarc_segment_tissues, on the same grid.
 * @param notes     Sides that are refused, and why; may be NULL.
 * @param options   May be NULL.
 * @retval OSARC_ERR_UNIT      the image is not in HU
 * @retval OSARC_ERR_GEOMETRY  the grids differ
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_hip_find(osarc_hip **out, const osarc_image *image,
                                                       const osarc_mask *tissue, osarc_notes *notes,
                                                       const osarc_hip_options *options,
                                                       osarc_error *err);

/** 0 to 2, refused ones among them. */
OSARC_API size_t osarc_hip_count(const osarc_hip *hip);

/** Right before left. Borrowed; NULL past the end. */
OSARC_API const osarc_femur *osarc_hip_at(const osarc_hip *hip, size_t index);

/** OSARC_FEMUR_PRESENT and the bits that follow it for each voxel; nothing of a femur with
 * refused_all. Borrowed, on the image's grid. */
OSARC_API const osarc_mask *osarc_hip_voxels(const osarc_hip *hip);

/**
 * Trabecular bone of one head: what of its ball is farther from the surface than rim and blur.
 *
 * @param[out] voxels_out  Indices into the grid, rising; the caller frees with
 *                         osarc_voxels_free. NULL on failure.
 * @retval OSARC_ERR_QUALITY  refused, or nothing left so far from the surface: why
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_hip_trabecular(size_t **voxels_out, size_t *count_out,
                                                             const osarc_hip *hip, size_t index,
                                                             osarc_error *err);

/** NULL is allowed. */
OSARC_API void osarc_hip_free(osarc_hip *hip);

OSARC_END_DECLS

#endif
