/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_DXA_FOREARM_H
#define OSARC_DXA_FOREARM_H

/**
 * @file dxa_forearm.h
 * Regions of the radius in a densitometer image of a forearm, the hand at its upper or lower edge.
 *
 * Places are in mm from the middle of the first pixel, {across, down}.
 */

#include <osarc/dxa_regions.h>

OSARC_BEGIN_DECLS

/** Pixels of a forearm. */
typedef enum osarc_dxa_forearm_pixel {
    OSARC_DXA_FOREARM_NONE = 0,
    OSARC_DXA_FOREARM_ULTRADISTAL = 1, /**< 1 + osarc_forearm_region. */
    OSARC_DXA_FOREARM_MID = 2,
    OSARC_DXA_FOREARM_THIRD = 3,
    OSARC_DXA_FOREARM_RADIUS = 4, /**< Radius of no region. */
    OSARC_DXA_FOREARM_OTHER = 5   /**< Ulna, wrist and all other bone. */
} osarc_dxa_forearm_pixel;

/** A forearm in a picture, by the rules of forearm_region.h. */
typedef struct osarc_dxa_forearm {
    double tip_mm[2];       /**< Tip of the ulna's styloid. */
    double way[2];          /**< Unit, along the ulna to the elbow. */
    double radius_width_mm; /**< Mean over the 33 % region; NAN without one. */
    int hand_is_down;       /**< 1: at the picture's lower edge. */
    uint8_t *labels;        /**< osarc_dxa_forearm_pixel of each pixel. */
    char refused[160];      /**< Why there is no forearm; "" when there is one. */
    char refused_region[3]
                       [160]; /**< By osarc_forearm_region: why it is not there; "" when it is. */
} osarc_dxa_forearm;

/**
 * Finds radius and ulna and tells them apart by their width at the wrist; the tip of the ulna by
 * the gap between it and the wrist. None is no failure: refused says why.
 *
 * @param[out] out    To be freed with osarc_dxa_forearm_free; all-zero on failure.
 * @param picture     In g/cm2 of mineral.
 * @param forearm_mm  Olecranon to styloid, measured on the arm; NAN: not known, then only the
 *                    ultradistal region is there.
 * @retval OSARC_ERR_ARGUMENT  no picture, a display image, or a length that no forearm has
 * @retval OSARC_ERR_GEOMETRY  the spacing is not known, or the picture has under 8 columns or rows
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_dxa_forearm_find(osarc_dxa_forearm *out,
                                                               const osarc_dxa_picture *picture,
                                                               double forearm_mm, osarc_error *err);

/** Leaves it all-zero. NULL is allowed. */
OSARC_API void osarc_dxa_forearm_free(osarc_dxa_forearm *forearm);

OSARC_END_DECLS

#endif
