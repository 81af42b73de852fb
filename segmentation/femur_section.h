/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_FEMUR_SECTION_H
#define SEGMENTATION_FEMUR_SECTION_H

#include "femur_parts.h"

/* One femur on the grid of its parts. */
typedef struct femur_body {
    const femur_grid *g;
    const uint8_t *labels;
    uint8_t label;
} femur_body;

/* What a plane cuts out of a femur: the piece nearest to where the plane was laid. */
typedef struct femur_section {
    double area_mm2; /* 0: nothing there */
    double centre_mm[3];
    double least_mm; /* smaller diameter */
    int is_cut;      /* the piece reaches the edge of the view */
} femur_section;

void femur_cut(femur_section *out, const femur_body *f, const double at_mm[3],
               const double normal[3]);

static inline double femur_dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static inline void femur_cross(double out[3], const double a[3], const double b[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

/* Length before; nothing is done to 0. */
double femur_unit(double v[3]);

#endif
