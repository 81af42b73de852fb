/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_TBS_H
#define OSARC_TBS_H

/**
 * @file tbs.h
 * A trabecular bone score whose definition is open: how fast areal density changes with distance.
 * It is not the commercial score and is not to be compared with cut-offs of that one.
 */

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/** Distances of the variogram, in mm, whatever the size of a pixel. */
#define OSARC_TBS_FROM_MM 1.0
#define OSARC_TBS_TO_MM   4.0

/** Of noise in the variogram at the shortest distance, at most: read beside bone, it is larger
 * behind it. */
#define OSARC_TBS_NOISE_SHARE 0.2

/** A map and the region in it; row by row. */
typedef struct osarc_tbs_input {
    const float *bone_g_cm2;
    const uint8_t *labels;
    uint8_t from_label, to_label; /**< Pixels with a label from one to the other count. */
    size_t columns, rows;
    double spacing_mm[2];
    double noise_sd_g_cm2; /**< Of a pixel, taken out; 0 or NAN: none. */
} osarc_tbs_input;

typedef struct osarc_tbs {
    double value;
    double ci_low, ci_high; /**< 95 %, by leaving out a tenth of the rows after the other. */
    size_t pairs;           /**< Of pixels, at the shortest distance. */
} osarc_tbs;

/**
 * Slope of log variogram over log distance: the mean squared difference of two pixels of the
 * region along rows, columns and diagonals, for every distance from OSARC_TBS_FROM_MM to
 * OSARC_TBS_TO_MM, after Pothuaud 2008, Bone 42:775. A smooth slope reads 2, noise reads 0.
 *
 * @retval OSARC_ERR_ARGUMENT     no map
 * @retval OSARC_ERR_GEOMETRY     pixels over half of OSARC_TBS_TO_MM, or their size is not known
 * @retval OSARC_ERR_QUALITY      the region is too small, or noise is all there is
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_tbs_measure(osarc_tbs *out,
                                                          const osarc_tbs_input *input,
                                                          osarc_error *err);

OSARC_END_DECLS

#endif
