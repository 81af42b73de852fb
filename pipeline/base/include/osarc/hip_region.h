/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_HIP_REGION_H
#define OSARC_HIP_REGION_H

/**
 * @file hip_region.h
 * Regions of a proximal femur seen along the one direction in which neck and shaft both lie flat,
 * as densitometry sees it. docs/measurements.md has the reasons.
 */

#include <osarc/base.h>
#include <osarc/mask.h>

OSARC_BEGIN_DECLS

typedef enum osarc_hip_region {
    OSARC_HIP_NECK = 0,
    OSARC_HIP_TROCHANTER = 1,
    OSARC_HIP_INTERTROCHANTER = 2,
    OSARC_HIP_TOTAL = 3, /**< The three together. */
    OSARC_HIP_REGION_COUNT = 4
} osarc_hip_region;

/** Length of the box of the neck along its axis. */
#define OSARC_HIP_NECK_BOX_MM 15.0

/** The box ends at the notch of the greater trochanter: the outermost point of the neck's upper
 * edge that lies within this of the deepest one under the line from the tip of the trochanter that
 * touches the head from above. */
#define OSARC_HIP_NOTCH_WITHIN_MM 3.0

/** Where the tip of the trochanter is not known: the box ends where the upper edge has risen so far
 * over its lowest height above the neck's axis. */
#define OSARC_HIP_NOTCH_RISE_MM 3.0

/** The edge is looked at from there on, in radii of the head from its centre along the neck. */
#define OSARC_HIP_NECK_FROM_RADII 0.6

/** The last line lies across the shaft so far below the most prominent point of the lesser
 * trochanter. */
#define OSARC_HIP_BELOW_LESSER_MM 20.0

/** "neck", "trochanter", "intertrochanter", "total". Static; NULL for another number. */
OSARC_API const char *osarc_hip_region_name(osarc_hip_region region);

/** What labels of a femur in a densitometer image mean: 1 + osarc_hip_region, shaft, other bone. */
OSARC_API const osarc_label *osarc_hip_region_labels(size_t *count_out);

OSARC_END_DECLS

#endif
