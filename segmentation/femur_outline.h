/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_FEMUR_OUTLINE_H
#define SEGMENTATION_FEMUR_OUTLINE_H

#include "femur_section.h"

#define OUTLINE_RAYS 72

/* The edge of a femur round a point of a plane, finer than its voxels. */
typedef struct femur_outline {
    double u[3];
    double v[3];
    double reach_mm[OUTLINE_RAYS]; /* from u towards v; NAN where no edge is seen */
    double area_mm2;               /* NAN unless all of the edge is seen */
    double centre_mm[3];
    double least_mm; /* smaller diameter */
} femur_outline;

/* Rays from `at_mm` across `normal`, the first along `towards` as far as it lies in the plane. 1
 * when all of the edge is seen. */
int femur_outline_read(femur_outline *out, const femur_body *f, const sampler *s,
                       const double at_mm[3], const double normal[3], const double towards[3]);

/* How far the edge is from a place in the femur along a unit vector; NAN when it is not seen. */
double femur_edge_mm(const femur_body *f, const sampler *s, const double at_mm[3],
                     const double way[3]);

/* Moves the neck's middle, axis, section and width from the planes of pixels to the edge itself. */
void femur_neck_refine(osarc_femur *out, const femur_body *f, const sampler *s);

/* Moves the shaft's axis to the line through the middles of its edges. */
void femur_shaft_refine(double at_mm[3], double up[3], const femur_body *f, const sampler *s,
                        const double head_mm[3]);

/* Moves the lesser trochanter to where the edge stands out most from the shaft's axis. */
void femur_lesser_refine(osarc_femur *out, const femur_body *f, const sampler *s,
                         const double at_mm[3]);

/* Moves the tip of the greater trochanter to the edge above it. */
void femur_greater_refine(osarc_femur *out, const femur_body *f, const sampler *s);

#endif
