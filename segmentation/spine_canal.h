/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_SPINE_CANAL_H
#define SEGMENTATION_SPINE_CANAL_H

#include "spine_coarse.h"

/* The spinal canal, from foot to head, one cell of the coarse grid a plane. */
typedef struct canal {
    size_t first, count; /* planes of the coarse grid; count 0: no canal in view */
    uint16_t (*cell)[2]; /* x and y in each plane */
} canal;

osarc_status canal_find(canal *out, const coarse *c, osarc_error *err);
void canal_free(canal *c);

#endif
