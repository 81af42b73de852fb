/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_SPINE_LINE_H
#define SEGMENTATION_SPINE_LINE_H

#include "spine_canal.h"

/* A point of the canal's middle with the axes of the level there, in patient coordinates. */
typedef struct line_point {
    double at_mm[3];
    double left[3], back[3], up[3]; /* unit, right-angled */
} line_point;

/* From foot to head in steps of STRAIGHT_MM along the canal. */
typedef struct spine_line {
    line_point *point;
    size_t count;
} spine_line;

osarc_status spine_line_make(spine_line *out, const canal *found, const coarse *c,
                             osarc_error *err);
void spine_line_free(spine_line *line);

/* Place of a position: s (in steps, not rounded), u and v in mm. `near` is where to look first and
 * becomes the nearest point. Returns 0 when it lies beyond the ends. */
int spine_line_locate(const spine_line *line, const double lps_mm[3], size_t *near, double suv[3]);

void spine_line_position(const spine_line *line, double s, double u_mm, double v_mm,
                         double lps_mm[3]);

#endif
