/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_SPINE_BODY_H
#define SEGMENTATION_SPINE_BODY_H

#include "spine_discs.h"

/*
 * A vertebral body in the straightened spine: an upper and a lower end plate as smooth sheets, and
 * a wall as distance from the axis in WALL_RAYS directions at WALL_ROWS heights.
 */

#define WALL_RAYS     48
#define WALL_ROWS     7
#define PLATE_TERMS   5 /* 1, u, v, u^2, v^2 in units of PLATE_UNIT_MM from the axis */
#define PLATE_UNIT_MM 15.0

typedef struct body_model {
    int whole;                   /* both end plates in view */
    double axis_u_mm, axis_v_mm; /* middle of the section */
    double lower[PLATE_TERMS];   /* s in steps */
    double upper[PLATE_TERMS];
    double back_mm;     /* v of the canal's front wall */
    double mm_per_step; /* along the body's middle */
    float wall_mm[WALL_ROWS][WALL_RAYS];
} body_model;

/* Tilted planes through the discs, as s = at + slope_u * u + slope_v * (v - BODY_MIDDLE_MM). */
typedef struct disc_planes {
    double at[MAX_DISCS], slope_u[MAX_DISCS], slope_v[MAX_DISCS];
} disc_planes;

#define BODY_MIDDLE_MM (-24.0)

void disc_planes_fit(disc_planes *out, const straight *st, const discs *d);

/* Whether bone stands where a body should, between two neighbours of `discs`. */
int body_is_there(const straight *st, const discs *d, size_t level);

osarc_status body_fit(body_model *out, const straight *st, const spine_line *line, const discs *d,
                      const disc_planes *planes, size_t level, osarc_error *err);

/* Finds the wall, given the end plates; moves the axis to the middle of the section. */
void body_wall_fit(body_model *b, const straight *st);

/* Where (s, u, v) lies: share of the height (0 lower plate, 1 upper), and mm within the wall
 * (negative outside). */
typedef struct body_place {
    double share;
    double under_upper_mm, over_lower_mm;
    double within_wall_mm;
} body_place;

void body_locate(body_place *out, const body_model *b, double s, double u_mm, double v_mm);

/* Height of an end plate over (u, v), in steps. */
double plate_height(const double plate[PLATE_TERMS], const body_model *b, double u_mm, double v_mm);

/* mm from the axis to the wall in the direction of (u, v) at a share of the height. */
double wall_distance(const body_model *b, double share, double u_mm, double v_mm);

#endif
