/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_MEASURE_SPINE_H
#define OSARC_MEASURE_SPINE_H

/**
 * @file measure_spine.h
 * From vertebrae and a density scale to rows of the findings table.
 */

#include <osarc/measure.h>
#include <osarc/scale.h>
#include <osarc/vertebra.h>

OSARC_BEGIN_DECLS

/** Where a trabecular region lies: as placed, and moved a little, for what placement does. */
typedef enum osarc_placement {
    OSARC_PLACED = 0,
    OSARC_PLACED_SHALLOWER = 1, /**< 1 mm nearer to the walls. */
    OSARC_PLACED_DEEPER = 2,    /**< 1 mm farther from the walls. */
    OSARC_PLACED_UP = 3,        /**< One slice towards the head. */
    OSARC_PLACED_DOWN = 4
} osarc_placement;

#define OSARC_PLACEMENTS 5

/** Voxels of a region, indices into the grid; borrowed. */
typedef struct osarc_region {
    const size_t *voxels;
    size_t count;
    const char *refused; /**< Why there is none; NULL or "" when there is one. */
} osarc_region;

/** One vertebra with what was found in it; all borrowed. */
typedef struct osarc_spine_level {
    const osarc_vertebra *vertebra;
    osarc_region trabecular[OSARC_PLACEMENTS];
    osarc_region body;
    const osarc_marrow_fat *marrow_fat; /**< NULL: refused. */
    const char *marrow_fat_refused;     /**< Why; may be NULL. */
} osarc_spine_level;

/** What the rows of a spine are made from. All-zero means: nothing known, no vertebra. */
typedef struct osarc_spine_input {
    const osarc_image *image; /**< In HU. */
    const osarc_spine_level *levels;
    size_t level_count;
    const osarc_spine_anchors *anchors;   /**< May be NULL. */
    const osarc_calibration *calibration; /**< NULL or rung NONE: densities are refused. */
    const char *calibration_refused;      /**< Why there is none; may be NULL. */
    const char *calibration_warnings;     /**< Weakens every density; NULL or "" for nothing. */
    const char *spine_refused;            /**< Why no vertebra was found; may be NULL. */
    const char *spine_warnings;           /**< Weakens every row; NULL or "" for nothing. */
    const char *labels_from;              /**< "labels from file", added to methods; NULL: own. */
    int blood_read;      /**< 1: blood was read, so that blood_enhanced says something. */
    int blood_enhanced;  /**< 1: brighter than unenhanced blood can be. */
    int accept_contrast; /**< 1: densities under contrast are warnings, not refused. */
} osarc_spine_input;

/**
 * Rows of each named vertebra, then of the means over L1-L2 and L1-L4.
 *
 * hu_trabecular, hu_trabecular_median, hu_trabecular_sd, trabecular_region_volume,
 * vbmd_trabecular, vbmd_integral, bmc, vertebra_height_anterior, _middle, _posterior and
 * marrow_fat_fraction; formulas and intervals in docs/measurements.md. Vertebrae without a name
 * give refused rows of hu_trabecular and vbmd_trabecular, and so does a scan without a vertebra.
 *
 * @retval OSARC_ERR_UNIT  the image is not in HU
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_measure_spine(osarc_findings *findings,
                                                            const osarc_measure_context *context,
                                                            const osarc_spine_input *input,
                                                            osarc_error *err);

/**
 * calibration_slope, calibration_intercept, calibration_r2 and effective_energy, with the points
 * that the scale was fitted to in the note. Refused rows when there is no calibration.
 *
 * @param refused   Why there is none; may be NULL.
 * @param warnings  What weakens it; NULL or "" for nothing.
 */
OSARC_API OSARC_MUST_CHECK osarc_status
osarc_measure_calibration(osarc_findings *findings, const osarc_measure_context *context,
                          const osarc_calibration *calibration, const char *refused,
                          const char *warnings, osarc_error *err);

/**
 * Mean of a region and its standard error, in HU.
 * @retval OSARC_ERR_QUALITY  no voxels, fewer than 8, or one outside the field of view
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_region_mean(double *mean_out, double *se_out,
                                                          const osarc_image *image,
                                                          const osarc_region *region,
                                                          osarc_error *err);

/** 1 when a kernel of that maker raises noise and edges; 0 when it does not or is not known. */
OSARC_API int osarc_kernel_is_sharp(const char *manufacturer, const char *kernel);

OSARC_END_DECLS

#endif
