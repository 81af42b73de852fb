/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_DXA_SPINE_PARTS_H
#define SEGMENTATION_DXA_SPINE_PARTS_H

#include "dxa_limits.h"
#include "dxa_plane.h"

#define DXA_DISCS   16
#define STRAIGHT_MM 100 /* to either side of the axis */

/* A spine laid straight: row by row of the plane, with the axis in the middle column. */
typedef struct dxa_column {
    dxa_plane plane;         /* the picture in cells */
    dxa_plane straight;      /* the same, moved sideways */
    double *axis;            /* of each row, in cells of the plane */
    double soft, bone;       /* levels beside the spine and along it */
    double discs[DXA_DISCS]; /* rows of the discs' middles, head to foot */
    double depth[DXA_DISCS];
    size_t disc_count;
    char why[160]; /* why there is no spine; "" when there is one */
} dxa_column;

/* Axis, levels and discs. What is missing is told in `why`. */
osarc_status dxa_column_find(dxa_column *out, const osarc_dxa_picture *picture, osarc_error *err);
void dxa_column_free(dxa_column *column);

/* Share of the way from soft tissue to bone. */
static inline double dxa_share(const dxa_column *c, double value)
{
    return (value - c->soft) / (c->bone - c->soft);
}

/* Rows where the last ribs meet the spine and where the iliac crests begin; NAN when not in view.
 */
osarc_status dxa_column_anchors(const dxa_column *column, double *rib_out, double *crest_out,
                                osarc_error *err);

/* Vertebrae between discs, their names, and the pixels of their bone. */
void dxa_spine_name(osarc_dxa_spine *spine, const dxa_column *column, double rib, double crest);
osarc_status dxa_spine_edges(osarc_dxa_spine *spine, const dxa_column *column,
                             const osarc_dxa_picture *picture, osarc_error *err);

#endif
