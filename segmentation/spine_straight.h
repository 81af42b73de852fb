/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_SPINE_STRAIGHT_H
#define SEGMENTATION_SPINE_STRAIGHT_H

#include <math.h>

#include "spine_limits.h"
#include "spine_line.h"

/* The spine unrolled along its canal: planes s, rows v, columns u, in steps of STRAIGHT_MM. */
typedef struct straight {
    size_t depth;
    float *hu; /* NAN outside the view */
    uint8_t *tissue;
    int threads;
} straight;

enum {
    STRAIGHT_WIDTH = 2 * STRAIGHT_HALF + 1,
    STRAIGHT_PLANE = STRAIGHT_WIDTH * STRAIGHT_WIDTH
};

osarc_status straight_make(straight *out, const spine_line *line, const sampler *s, int threads,
                           osarc_error *err);
void straight_free(straight *s);

static inline size_t straight_index(size_t s, int u, int v)
{
    return (s * STRAIGHT_WIDTH + (size_t) (v + STRAIGHT_HALF)) * STRAIGHT_WIDTH +
           (size_t) (u + STRAIGHT_HALF);
}

/* HU between samples, s in steps, u and v in mm; NAN outside. */
double straight_hu(const straight *st, double s, double u_mm, double v_mm);

#endif
