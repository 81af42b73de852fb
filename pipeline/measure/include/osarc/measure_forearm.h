/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_MEASURE_FOREARM_H
#define OSARC_MEASURE_FOREARM_H

/**
 * @file measure_forearm.h
 * Rows of a forearm in a densitometer image.
 */

#include <osarc/forearm_region.h>
#include <osarc/measure_dxa.h>

OSARC_BEGIN_DECLS

/** Radius outside of the regions, and all other bone; regions are 1 + osarc_forearm_region. */
#define OSARC_DXA_LABEL_RADIUS 4
#define OSARC_DXA_LABEL_ULNA   5

/** What the rows of a forearm are made from. */
typedef struct osarc_dxa_forearm_input {
    const osarc_dxa_maps *maps;
    const uint8_t *labels; /**< Of each pixel; NULL: no forearm was found. */
    double tip_mm[2];      /**< Of the ulna, from the middle of the first pixel, {across, down}. */
    double way[2];         /**< Unit, along the ulna to the elbow. */
    double forearm_mm;     /**< NAN when it is not known. */
    const char *side;      /**< "left", "right"; "" where it is not known. */
    const char *refused;   /**< Why there is no forearm; NULL or "" when there is. */
    const char *refused_region[OSARC_FOREARM_REGION_COUNT]; /**< Why a region is not there. */
} osarc_dxa_forearm_input;

/**
 * Rows of one radius: abmd, bmc and bone_area of the 33 %, the mid and the ultradistal region, and
 * a score of the first. Intervals hold noise, edges, calibration, and the tip moved by 1 mm either
 * way; that of the length that was measured on the arm is not known.
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_measure_dxa_forearm(
    osarc_findings *findings, const osarc_measure_context *context,
    const osarc_dxa_forearm_input *input, const osarc_dxa_scores *scores, osarc_error *err);

OSARC_END_DECLS

#endif
