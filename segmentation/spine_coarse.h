/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_SPINE_COARSE_H
#define SEGMENTATION_SPINE_COARSE_H

/* The part of a scan that holds bone, on a grid along the patient's axes of COARSE_GRID_MM. */

#include "spine_sample.h"

typedef struct coarse {
    size_t size[3];
    double origin_mm[3];
    int16_t *hu;   /* mean of the cell; AIR_HU outside the view */
    uint8_t *bone; /* labelled as bone or metal, at least half of the cell */
    uint8_t *ring; /* of that, bright as cortex */
    uint8_t *thin; /* bone in a quarter of the cell: ribs */
    int threads;
} coarse;

/* Sizes are 0 when there is no bone. */
osarc_status coarse_make(coarse *c, const sampler *s, int threads, osarc_error *err);
void coarse_free(coarse *c);

static inline size_t coarse_index(const coarse *c, size_t x, size_t y, size_t z)
{
    return (z * c->size[1] + y) * c->size[0] + x;
}

#endif
