/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_DXA_FEMUR_PARTS_H
#define SEGMENTATION_DXA_FEMUR_PARTS_H

#include "dxa_limits.h"
#include "dxa_plane.h"

/* A picture of a femur on the work grid, its outer side to the right: mirrored when it is not. */
typedef struct dxa_leg {
    dxa_plane plane;
    uint8_t *bone;             /* the outline, holes filled */
    double soft, level, limit; /* limit: of the outline */
    int mirrored;
    /* all in cells */
    double shaft[2], shaft_way[2], shaft_width;
    double neck[2], neck_way[2], neck_width, neck_shaft_deg;
    double greater[2];
    double cross[2];  /* of the axes */
    double box[2];    /* ends along the neck from its narrowest section, towards the shaft */
    double lesser_up; /* along the shaft from its middle */
    double lesser_rise;
    int lesser_is_seen;
    int notch_is_seen;
    char why[160];
} dxa_leg;

/* Outline and levels of a plane that the leg takes over. */
osarc_status dxa_leg_make(dxa_leg *leg, dxa_plane *plane, int mirror, osarc_error *err);
void dxa_leg_free(dxa_leg *leg);

/* Each tells in `why` what it did not find. */
osarc_status dxa_leg_shaft(dxa_leg *leg, osarc_error *err);
void dxa_leg_neck(dxa_leg *leg);

/* Cross, box and lesser trochanter, from axes that are good. */
void dxa_leg_regions(dxa_leg *leg);

/* Label of each cell; borrowed array of the plane's size. */
osarc_status dxa_leg_label(uint8_t *labels, const dxa_leg *leg, osarc_error *err);

/* What a pixel has to hold to be bone: near the outline half of the way to what is brightest
 * nearby, farther inside nothing. */
osarc_status dxa_leg_limits(float *limits, const dxa_leg *leg, osarc_error *err);

/* Distance from the shaft's axis to the inner side, in cells. */
static inline double dxa_leg_aside(const dxa_leg *leg, const double at[2])
{
    return (at[0] - leg->shaft[0]) * leg->shaft_way[1] -
           (at[1] - leg->shaft[1]) * leg->shaft_way[0];
}

/* Distance up the shaft from its middle. */
static inline double dxa_leg_up(const dxa_leg *leg, const double at[2])
{
    return (at[0] - leg->shaft[0]) * leg->shaft_way[0] +
           (at[1] - leg->shaft[1]) * leg->shaft_way[1];
}

/* Distance along the neck from its narrowest section towards the shaft. */
static inline double dxa_leg_along(const dxa_leg *leg, double x, double y)
{
    return -(x - leg->neck[0]) * leg->neck_way[0] - (y - leg->neck[1]) * leg->neck_way[1];
}

static inline int dxa_is_bone(const dxa_leg *leg, double x, double y)
{
    if (!(x >= 0 && y >= 0 && x < (double) leg->plane.nx - 0.5 && y < (double) leg->plane.ny - 0.5))
        return 0;
    return leg->bone[(size_t) (y + 0.5) * leg->plane.nx + (size_t) (x + 0.5)] != 0;
}

/* How far the outline reaches from a place in a direction, in cells; -1 when it meets the edge of
 * the picture. */
double dxa_leg_reach(const dxa_leg *leg, const double from[2], const double way[2], double most);

/* The same to parts of a cell: steps of an outline that lies aslant are no bumps. */
double dxa_leg_edge(const dxa_leg *leg, const double from[2], const double way[2], double most);

#endif
