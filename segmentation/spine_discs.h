/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_SPINE_DISCS_H
#define SEGMENTATION_SPINE_DISCS_H

#include "spine_straight.h"

#define MAX_DISCS 32

typedef struct discs {
    double at[MAX_DISCS]; /* steps along the canal, foot to head */
    double score[MAX_DISCS];
    int edge[MAX_DISCS]; /* 1: no disc, but the end of the view */
    size_t count;
} discs;

/* From the rhythm of pedicles and of discs along the canal; with the ends of the view, so that
 * levels lie between neighbours. */
osarc_status discs_find(discs *out, const straight *st, const spine_line *line, osarc_error *err);

#endif
