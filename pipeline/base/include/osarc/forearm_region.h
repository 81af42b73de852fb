/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_FOREARM_REGION_H
#define OSARC_FOREARM_REGION_H

/**
 * @file forearm_region.h
 * Regions of the radius in a densitometer image of a forearm. All lie at distances from the tip of
 * the ulna's styloid, along the ulna; docs/measurements.md has the sources.
 */

#include <osarc/mask.h>

OSARC_BEGIN_DECLS

typedef enum osarc_forearm_region {
    OSARC_FOREARM_ULTRADISTAL = 0,
    OSARC_FOREARM_MID = 1, /**< Between the other two. */
    OSARC_FOREARM_THIRD = 2,
    OSARC_FOREARM_REGION_COUNT = 3
} osarc_forearm_region;

/** Height of the region whose middle lies a third of the forearm's length from the tip. */
#define OSARC_FOREARM_THIRD_MM 20.0

/** The ultradistal region begins so far from the tip and is so high. */
#define OSARC_FOREARM_ULTRADISTAL_FROM_MM 10.0
#define OSARC_FOREARM_ULTRADISTAL_MM      15.0

/** Lengths of a forearm, olecranon to styloid of the ulna, that are taken for one. */
#define OSARC_FOREARM_LEAST_MM 150.0
#define OSARC_FOREARM_MOST_MM  350.0

/** "radius-ultradistal", "radius-mid", "radius-33". Static; NULL for another number. */
OSARC_API const char *osarc_forearm_region_name(osarc_forearm_region region);

/** Ends of a region in mm from the tip, nearer one first. The mid region of a very short forearm
 * may end before it begins. */
OSARC_API void osarc_forearm_region_ends(double out_mm[2], osarc_forearm_region region,
                                         double forearm_mm);

/** What labels of a forearm in a densitometer image mean: 1 + osarc_forearm_region, the radius
 * elsewhere, other bone. */
OSARC_API const osarc_label *osarc_forearm_region_labels(size_t *count_out);

OSARC_END_DECLS

#endif
