/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_MEASURE_DXA_H
#define OSARC_MEASURE_DXA_H

/**
 * @file measure_dxa.h
 * Rows of densitometer images: density, mineral and area of vertebrae; lean and fat of a body.
 */

#include <osarc/dxa_maps.h>
#include <osarc/measure.h>
#include <osarc/reference.h>

OSARC_BEGIN_DECLS

/** What densities are compared with. */
typedef struct osarc_dxa_scores {
    osarc_bmd_scale scale; /**< Whose scale the calibration gives; unknown: no scores. */
    osarc_person person;
    const osarc_reference_db *references; /**< The user's; may be NULL. */
} osarc_dxa_scores;

/** A bone region of a projection. NAN where it cannot be measured. */
typedef struct osarc_dxa_bone {
    double bmc_g;
    double area_cm2;
    double abmd_g_cm2;
    double bmc_half_g; /**< Half a 95 % interval, by noise, edges and calibration. */
    double area_half_cm2;
    double abmd_half_g_cm2;
} osarc_dxa_bone;

/**
 * One label of a picture. The edge is where density, smoothed over 3 x 3 pixels, falls to half of
 * the region's median, between pixels; mineral is summed up to 2 mm beyond the labels.
 * @param labels  One for each pixel of the maps.
 * @retval OSARC_ERR_QUALITY  the label is not there, or on too few pixels
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_dxa_bone_measure(osarc_dxa_bone *out,
                                                               const osarc_dxa_maps *maps,
                                                               const uint8_t *labels, uint8_t label,
                                                               osarc_error *err);

/**
 * Rows of L1 to L4, each and together. A vertebra that differs by more than a T-score from both
 * neighbours, or at an end from the next one, is left out of means; where fewer than two are left,
 * means are refused.
 * @param labels   Structure numbers; NULL: none were found.
 * @param refused  Why there are none; "" or NULL when there are.
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_measure_dxa_spine(
    osarc_findings *findings, const osarc_measure_context *context, const osarc_dxa_maps *maps,
    const uint8_t *labels, const char *refused, const osarc_dxa_scores *scores, osarc_error *err);

/**
 * Rows of the whole picture: lean, fat and bone mass and the share of fat. Soft tissue is refused
 * without a calibration.
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_measure_dxa_total(
    osarc_findings *findings, const osarc_measure_context *context, const osarc_dxa_maps *maps,
    const osarc_dxa_scores *scores, osarc_error *err);

OSARC_END_DECLS

#endif
