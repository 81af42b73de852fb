/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "work.h"

#include <osi/alloc.h>
#include <osi/components.h>
#include <osi/distance.h>

#include "limits.h"

/* Drops islands of `set` under a volume: vessels, nodes, ports and glands in the fat layer. */
static osarc_status drop_islands(const work *w, uint8_t *set, uint32_t *part, double min_cm3,
                                 osarc_error *err)
{
    uint32_t count = 0;
    size_t *sizes = NULL;
    osarc_status status = osi_components(part, &count, &sizes, set, w->size, err);
    if (status)
        return status;
    for (size_t i = 0; i < w->count; i++)
        set[i] = part[i] && (double) sizes[part[i]] * w->voxel_cm3 >= min_cm3;
    osi_free(sizes);
    return OSARC_OK;
}

/* Of `set`, keeps the components that hold a voxel of `seed`. */
static osarc_status keep_reached(const work *w, uint8_t *set, const uint8_t *seed, uint32_t *part,
                                 osarc_error *err)
{
    uint32_t count = 0;
    size_t *sizes = NULL;
    osarc_status status = osi_components(part, &count, &sizes, set, w->size, err);
    if (status)
        return status;
    for (uint32_t c = 0; c <= count; c++)
        sizes[c] = 0;
    for (size_t i = 0; i < w->count; i++)
        if (part[i] && seed[i])
            sizes[part[i]] = 1;
    for (size_t i = 0; i < w->count; i++)
        set[i] = part[i] && sizes[part[i]];
    osi_free(sizes);
    return OSARC_OK;
}

/*
 * A ball rolls from outside over everything that is not fat; where it cannot go is inside the
 * muscle wall. A large ball bridges gaps in the wall; a small one then follows its folds.
 */
osarc_status find_wall(work *w, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    uint8_t *wall = osi_alloc_raw(w->count, 1, err);
    uint8_t *path = osi_alloc_raw(w->count, 1, err);
    uint8_t *air = osi_alloc_raw(w->count, 1, err);
    float *mm = osi_alloc_raw(w->count, sizeof(*mm), err);
    uint32_t *part = osi_alloc_raw(w->count, sizeof(*part), err);
    if (!wall || !path || !air || !mm || !part) {
        status = OSARC_ERR_MEMORY;
        goto cleanup;
    }
    size_t n = w->count;
    double slack = 0.75 * w->mm[0]; /* the first layer of the wall is part fat */
    for (size_t i = 0; i < n; i++)
        air[i] = !(w->flags[i] & WORK_BODY);
    status = osi_distance_mm(mm, air, w->size, w->mm, w->threads, err);
    if (status)
        goto cleanup;
    for (size_t i = 0; i < n; i++)
        wall[i] = w->hu[i] >= WALL_HU && mm[i] > SKIN_MM;
    status = drop_islands(w, wall, part, WALL_MIN_CM3, err);
    if (!status)
        status = osi_distance_mm(mm, wall, w->size, w->mm, w->threads, err);
    if (status)
        goto cleanup;
    uint8_t *free_path = wall; /* the wall itself is in mm now */
    for (size_t i = 0; i < n; i++) {
        path[i] = mm[i] > BALL_MM;
        free_path[i] = mm[i] > SMALL_BALL_MM;
    }
    status = keep_reached(w, path, air, part, err);
    if (!status)
        status = osi_distance_mm(mm, path, w->size, w->mm, w->threads, err);
    if (status)
        goto cleanup;
    for (size_t i = 0; i < n; i++) {
        int outer = mm[i] <= BALL_MM + slack;
        free_path[i] = free_path[i] && mm[i] <= BALL_MM + FOLD_MM;
        path[i] = (uint8_t) outer;
    }
    status = keep_reached(w, free_path, path, part, err);
    if (!status)
        status = osi_distance_mm(mm, free_path, w->size, w->mm, w->threads, err);
    if (status)
        goto cleanup;
    for (size_t i = 0; i < n; i++)
        if ((w->flags[i] & WORK_BODY) && (path[i] || mm[i] <= SMALL_BALL_MM + slack))
            w->flags[i] |= WORK_OUTER;
cleanup:
    osi_free(part);
    osi_free(mm);
    osi_free(air);
    osi_free(path);
    osi_free(wall);
    return status;
}
