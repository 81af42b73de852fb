/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_MEASURE_FEMUR_H
#define OSARC_MEASURE_FEMUR_H

/**
 * @file measure_femur.h
 * From proximal femurs to rows of the findings table.
 */

#include <osarc/femur_part.h>
#include <osarc/measure_spine.h>

OSARC_BEGIN_DECLS

/** One femur with the trabecular bone of its head; all borrowed. */
typedef struct osarc_femur_level {
    const osarc_femur *femur;
    osarc_region head; /**< Of its ball, away from the surface. */
} osarc_femur_level;

/**
 * Rows of each femur: trabecular bone and radius of the head, narrowest width of the neck, angle
 * between neck and shaft, anteversion. What a femur refuses has refused rows.
 *
 * @param image  In HU.
 * @retval OSARC_ERR_UNIT  the image is not in HU
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_measure_femurs(osarc_findings *findings,
                                                             const osarc_measure_context *context,
                                                             const osarc_image *image,
                                                             const osarc_femur_level *levels,
                                                             size_t level_count, osarc_error *err);

OSARC_END_DECLS

#endif
