/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "work.h"

#include <osi/alloc.h>
#include <osi/components.h>

#include "limits.h"

/*
 * Pieces of the wall that hang together with nothing else: large ones are muscle, small ones
 * vessels, nodes, ports and glands in the fat layer. Of a thin view each piece is a part only, and
 * one that runs through all of it counts by its section; but not beside lungs, where ribs close
 * the wall and such a piece is a gland of the breast.
 */

typedef struct island {
    size_t voxels, soft_voxels;
    int at_first, at_last; /* planes of the view */
    int is_wall;
} island;

static int is_large(const work *w, const island *s)
{
    return (double) s->voxels * w->voxel_cm3 >= least_cm3(w, WALL_MIN_CM3);
}

static int runs_through(const work *w, const island *s)
{
    double height_cm = (double) w->size[2] * w->mm[2] / 10;
    return s->at_first && s->at_last &&
           (double) s->soft_voxels * w->voxel_cm3 >= WALL_MIN_CM2 * height_cm;
}

static void count_islands(island *islands, const work *w, const uint32_t *part)
{
    size_t area = w->size[0] * w->size[1];
    for (size_t i = 0; i < w->count; i++) {
        island *s = &islands[part[i]];
        s->voxels++;
        s->soft_voxels += w->hu[i] >= WALL_HU;
        s->at_first |= i < area;
        s->at_last |= i >= w->count - area;
    }
}

int wall_has_lungs(const work *w, size_t first, size_t planes)
{
    size_t lung = 0;
    size_t body = 0;
    size_t area = w->size[0] * w->size[1];
    for (size_t i = first * area; i < (first + planes) * area; i++) {
        size_t in_body = (w->flags[i] & WORK_BODY) != 0;
        body += in_body;
        lung += in_body && w->hu[i] > LUNG_LOW_HU && w->hu[i] < GAS_HU;
    }
    return (double) lung > LUNG_SHARE * (double) body;
}

osarc_status wall_drop_islands(const work *w, uint8_t *set, uint32_t *part, osarc_error *err)
{
    uint32_t count = 0;
    size_t *sizes = NULL;
    osarc_status status = osi_components(part, &count, &sizes, set, w->size, err);
    if (status)
        return status;
    osi_free(sizes);
    island *islands = osi_alloc((size_t) count + 1, sizeof(*islands), err);
    if (!islands)
        return OSARC_ERR_MEMORY;
    count_islands(islands, w, part);
    int lungs = wall_has_lungs(w, 0, w->size[2]);
    for (uint32_t n = 1; n <= count; n++)
        islands[n].is_wall = is_large(w, &islands[n]) || (!lungs && runs_through(w, &islands[n]));
    for (size_t i = 0; i < w->count; i++)
        set[i] = (uint8_t) islands[part[i]].is_wall;
    osi_free(islands);
    return OSARC_OK;
}
