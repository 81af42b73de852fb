/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_MEASURE_LIMB_H
#define OSARC_MEASURE_LIMB_H

/**
 * @file measure_limb.h
 * From thighs to rows of the findings table.
 */

#include <osarc/hu_windows.h>
#include <osarc/limb_part.h>
#include <osarc/measure_spine.h>
#include <osarc/measure_torso.h>

OSARC_BEGIN_DECLS

/** One limb with what was solved of its marrow; all borrowed. */
typedef struct osarc_limb_level {
    const osarc_limb *limb;
    osarc_region marrow;                /**< Of the shaft, away from the cortex. */
    const osarc_marrow_fat *marrow_fat; /**< NULL: refused. */
    const char *marrow_fat_refused;     /**< Why; may be NULL. */
} osarc_limb_level;

/** What the rows of limbs are made from. */
typedef struct osarc_limb_input {
    const osarc_image *image; /**< In HU. */
    const osarc_mask *codes;  /**< See OSARC_LIMB_TISSUE; on the same grid. */
    const osarc_limb_level *levels;
    size_t level_count;
    const osarc_hu_table *windows; /**< NULL: the default. */
    osarc_imat_definition imat;    /**< Of imat_area, imat_volume and imat_fraction. */
    double noise_sd_hu;            /**< NAN when not known. */
    double lean_hu; /**< CT number of muscle without fat; 0 or NAN: from the tube voltage. */
    double lean_half_hu;
    const osarc_calibration *calibration; /**< NULL or rung NONE: densities are refused. */
    const char *calibration_refused;      /**< Why there is none; may be NULL. */
    const char *calibration_warnings;     /**< Weakens every density; NULL or "" for nothing. */
    int accept_contrast;
    int threads; /**< 0: all cores. */
} osarc_limb_input;

/**
 * Rows of each thigh: areas, means and fractions of one slice, then volumes, means and fractions
 * of the extent, then the shaft of the femur; then alm, which is refused with what is in view of
 * arms and legs. Formulas and intervals in docs/measurements.md. A
 * limb that is refused has refused rows.
 *
 * @retval OSARC_ERR_UNIT      the image is not in HU
 * @retval OSARC_ERR_GEOMETRY  the grids differ
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_measure_limbs(osarc_findings *findings,
                                                            const osarc_measure_context *context,
                                                            const osarc_limb_input *input,
                                                            osarc_error *err);

OSARC_END_DECLS

#endif
