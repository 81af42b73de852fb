/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torso_parts.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/components.h>
#include <osi/fail.h>

/*
 * Arms and hands beside or on the trunk: parts inside the skin with bone in them, apart from the
 * one that holds the spine. Fat belongs to the part from which it is reached first; skin between
 * an arm and the trunk that it touches keeps the two apart.
 */

#define ARM_CM2  5.0 /* section of a wrist with its muscles */
#define BONE_CM2 0.5

enum {
    TRUNK = 1,
    ARM = 2
};

typedef struct room {
    uint32_t *part, *queue;
    size_t *bone;
    uint8_t *owner;
} room;

static int make_room(room *r, size_t area)
{
    r->part = osi_alloc_raw(area, sizeof(*r->part), NULL);
    r->queue = osi_alloc_raw(area, sizeof(*r->queue), NULL);
    r->bone = osi_alloc_raw(area + 1, sizeof(*r->bone), NULL);
    r->owner = osi_alloc_raw(area, 1, NULL);
    return r->part && r->queue && r->bone && r->owner;
}

static void free_room(room *r)
{
    osi_free(r->part);
    osi_free(r->queue);
    osi_free(r->bone);
    osi_free(r->owner);
}

/* The part that holds the middle of the vertebral body; 0 when none does. */
static uint32_t find_trunk(const torso_grid *g, const room *r, size_t k)
{
    long x = torso_block(g, 0, g->plane[k].body[0]);
    long y = torso_block(g, 1, g->plane[k].body[1]);
    if (x < 0 || y < 0 || x >= (long) g->size[0] || y >= (long) g->size[1])
        return 0;
    return r->part[(size_t) y * g->size[0] + (size_t) x];
}

/* Whose each part is; returns whether there is an arm. */
static int name_parts(room *r, const torso_grid *g, size_t k, uint32_t count, const size_t *sizes)
{
    size_t area = g->size[0] * g->size[1];
    double cm2 = g->mm[0] * g->mm[1] / 100;
    uint32_t trunk = find_trunk(g, r, k);
    int any = 0;
    if (!trunk)
        return 0;
    memset(r->bone, 0, (count + 1) * sizeof(*r->bone));
    for (size_t i = 0; i < area; i++)
        if (r->part[i])
            r->bone[r->part[i]] += (size_t) is_bone_label(g->label[k * area + i]);
    for (size_t i = 0; i < area; i++) {
        uint32_t c = r->part[i];
        int arm = c && c != trunk && (double) sizes[c] * cm2 > ARM_CM2 &&
                  (double) r->bone[c] * cm2 > BONE_CM2;
        r->owner[i] = c == trunk ? TRUNK : arm ? ARM : 0;
        any |= arm;
    }
    return any;
}

/* Spreads both at the same pace, through fat under the skin or through all of the body. */
static void spread(room *r, const torso_grid *g, size_t k, int through_all)
{
    size_t w = g->size[0];
    size_t area = w * g->size[1];
    const uint8_t *label = g->label + k * area;
    size_t count = 0;
    for (size_t i = 0; i < area; i++)
        if (r->owner[i])
            r->queue[count++] = (uint32_t) i;
    for (size_t done = 0; done < count; done++) {
        size_t i = r->queue[done];
        const int ok[4] = {i % w > 0, i % w + 1 < w, i >= w, i + w < area};
        const size_t next[4] = {i - 1, i + 1, i - w, i + w};
        for (int n = 0; n < 4; n++)
            if (ok[n] && !r->owner[next[n]] &&
                (label[next[n]] == OSARC_TISSUE_SUBCUTANEOUS_FAT ||
                 (through_all && label[next[n]] != OSARC_TISSUE_OUTSIDE))) {
                r->owner[next[n]] = r->owner[i];
                r->queue[count++] = (uint32_t) next[n];
            }
    }
}

static osarc_status mark_plane(torso_grid *g, uint8_t *set, room *r, size_t k, int *any)
{
    size_t area = g->size[0] * g->size[1];
    const size_t size[3] = {g->size[0], g->size[1], 1};
    uint32_t count = 0;
    size_t *sizes = NULL;
    osarc_status status = osi_components(r->part, &count, &sizes, set, size, NULL);
    if (status)
        return status;
    int found = name_parts(r, g, k, count, sizes);
    osi_free(sizes);
    if (!found)
        return OSARC_OK;
    *any = 1;
    spread(r, g, k, 0);
    spread(r, g, k, 1);
    for (size_t i = 0; i < area; i++)
        if (r->owner[i] == ARM) {
            g->arm[k * area + i] = 1;
            set[i] = 0;
        }
    return OSARC_OK;
}

osarc_status torso_find_arms(torso_grid *g, uint8_t *inside, osarc_error *err)
{
    int failed = 0;
    int any = 0;
    size_t area = g->size[0] * g->size[1];
#pragma omp parallel num_threads(g->threads) reduction(| : failed, any)
    {
        room r = {0};
        int ready = make_room(&r, area);
        failed |= !ready;
#pragma omp for schedule(dynamic)
        for (long k = g->lowest; k <= g->highest; k++) {
            int here = 0;
            if (ready)
                failed |=
                    mark_plane(g, inside + (size_t) k * area, &r, (size_t) k, &here) != OSARC_OK;
            any |= here;
        }
        free_room(&r);
    }
    g->any_arm = any;
    return failed ? osi_fail(err, OSARC_ERR_MEMORY, "no memory to find arms") : OSARC_OK;
}
