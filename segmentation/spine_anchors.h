/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_SPINE_ANCHORS_H
#define SEGMENTATION_SPINE_ANCHORS_H

#include <osarc/vertebra.h>

#include "spine_discs.h"

/* What hangs on a level. */
typedef enum rib_state {
    RIB_UNKNOWN = 0, /* the view ends before a rib would show */
    RIB_NONE,
    RIB_SEEN
} rib_state;

typedef struct level_ribs {
    rib_state side[2];  /* right, left */
    double reach_mm[2]; /* from the midline, of what is seen */
} level_ribs;

/* Level i lies between discs i and i + 1; ribs has one entry for each. */
osarc_status ribs_find(level_ribs ribs[MAX_DISCS], const coarse *c, const spine_line *line,
                       const discs *d, const sampler *s, osarc_error *err);

/* Index of the disc between the last lumbar vertebra and the sacrum; -1: not in view. */
int promontory_find(const straight *st, const discs *d);

/* Names, and their second reading; 0 where nothing anchors. */
void levels_name(uint8_t label[MAX_DISCS], uint8_t other[MAX_DISCS], osarc_spine_anchors *anchors,
                 const discs *d, const level_ribs ribs[MAX_DISCS], int promontory);

#endif
