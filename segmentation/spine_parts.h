/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_SPINE_PARTS_H
#define SEGMENTATION_SPINE_PARTS_H

#include <osarc/spine.h>

#include "spine_anchors.h"
#include "spine_body.h"

/* A voxel of a body, and how far it is from what bounds the body. */
typedef struct body_voxel {
    size_t index;
    float over_lower_mm, under_upper_mm; /* end plates */
    float within_wall_mm;
    float from_back_mm; /* the canal's front wall */
} body_voxel;

typedef struct level_part {
    size_t level; /* in discs */
    body_model body;
    double depth_mm, width_mm;
    double plate_mm[2]; /* margin of the trabecular region from the lower and upper end plate */
    body_voxel *voxels; /* by rising index */
    size_t voxel_count;
} level_part;

struct osarc_spine {
    osarc_vertebra vertebrae[MAX_DISCS]; /* head to foot */
    level_part parts[MAX_DISCS];
    size_t count;
    osarc_spine_anchors anchors;
    osarc_mask *structures;
    osarc_mask *bodies;
    spine_line line;
    discs discs;
    disc_planes planes;
    double wall_mm, plate_mm; /* margins of the trabecular region */
};

/*
 * Fills bodies and structures on the image's grid: bodies by their models, posterior elements as
 * the bone behind between sloping borders. `given`: structure labels from elsewhere, which are kept
 * as they are; only bodies are parted from arches. May be NULL.
 */
osarc_status spine_fill_masks(osarc_spine *spine, const sampler *s, const uint8_t *given,
                              int threads, osarc_error *err);

/* Sizes, heights, axes and what spoils each vertebra, from the filled masks. */
osarc_status spine_describe(osarc_spine *spine, const sampler *s, int threads, osarc_error *err);

/* Margins of the trabecular region, from how far rims reach into the bodies of this scan. */
void spine_set_margins(osarc_spine *spine, const sampler *s);

#endif
