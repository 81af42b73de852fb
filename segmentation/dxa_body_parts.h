/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_DXA_BODY_PARTS_H
#define SEGMENTATION_DXA_BODY_PARTS_H

#include "dxa_limits.h"
#include "dxa_plane.h"

/* A body on the work grid. Rows and columns are cells; side 0 is the patient's right. */
typedef struct dxa_figure {
    dxa_plane plane;
    uint8_t *body;
    size_t top, bottom; /* rows of crown and soles */
    double middle;      /* column between the legs */
    size_t crotch, crest, chin;
    double leg_slope[2]; /* rows up for columns outwards */
    /* Of each row: the column that parts arm from trunk; outside the picture where there is no arm.
     */
    double *arm[2];
    size_t gap_top[2], gap_bottom[2];
    double shoulder[2][2];
    int arm_is_cut[2];
    char no_arm[2][96];
    char why[160];
    char warning[160];
} dxa_figure;

osarc_status dxa_figure_make(dxa_figure *f, const osarc_dxa_picture *picture,
                             const uint8_t *is_body, osarc_error *err);
void dxa_figure_free(dxa_figure *f);

/* Each tells in `why` what is not found. */
osarc_status dxa_figure_landmarks(dxa_figure *f, osarc_error *err);
osarc_status dxa_figure_arms(dxa_figure *f, osarc_error *err);
osarc_status dxa_figure_legs(dxa_figure *f, osarc_error *err);

static inline int dxa_in_body(const dxa_figure *f, long x, long y)
{
    return x >= 0 && y >= 0 && x < (long) f->plane.nx && y < (long) f->plane.ny &&
           f->body[(size_t) y * f->plane.nx + (size_t) x];
}

#endif
