/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_TORSO_PSOAS_H
#define SEGMENTATION_TORSO_PSOAS_H

#include "torso_parts.h"

enum {
    PSOAS_LEVELS = 61,
    PSOAS = 1,
    OTHER = 2,
    OPEN = 3 /* not known yet */
};

/* Part of a plane. */
typedef struct window {
    size_t from[2], size[3], count;
} window;

/* Blocks that wait, by their depth in soft tissue. */
typedef struct queue {
    uint32_t first[PSOAS_LEVELS], last[PSOAS_LEVELS];
    uint32_t *next;
} queue;

typedef struct follow {
    const torso_grid *g;
    const torso_rays *r;
    int side; /* 1 or -1 */
    double low_hu, high_hu;
    double start, psoas; /* blocks: in the first plane, and when last seen apart from iliacus */
    float first_hip[RAYS];
    uint8_t *last; /* of the whole plane: PSOAS, OPEN or 0 */
    /* of the window */
    uint8_t *core, *seed, *set, *near, *old, *rest, *hip, *iliac, *reach;
    float *deep;
    uint32_t *part;
    queue wait;
} follow;

/* Blocks of the window within a distance of a set, to `near`; returns 1 without memory. */
int psoas_near(follow *f, const window *w, const uint8_t *set, double mm);

/* Shares out the core among what starts in it, from the deepest soft tissue to its borders. */
osarc_status psoas_share(follow *f, const window *w, osarc_error *err);

/* Takes small parts off the set that hang together with the rest by something thin, or not at all.
 */
osarc_status psoas_drop_parts(follow *f, const window *w, osarc_error *err);

#endif
