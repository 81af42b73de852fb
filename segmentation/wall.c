/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "work.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/components.h>
#include <osi/distance.h>

#include "limits.h"

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

/* A way of the small ball that starts from the large one's. */
typedef struct pocket {
    size_t voxels;
    size_t mouth_voxels; /* next to the large ball's way */
    size_t deep_voxels, deep_near_air;
    float deepest_mm;
} pocket;

/*
 * Of the small ball's way beyond the large one's, keeps pockets: a fold is no wider inside than at
 * its mouth, and skin goes down into a deep one. What widens behind its mouth or leads away from
 * air has come through a gap in the wall.
 */
static osarc_status keep_pockets(const work *w, uint8_t *set, const float *beyond_mm,
                                 const uint8_t *near_air, uint32_t *part, osarc_error *err)
{
    uint32_t count = 0;
    size_t *sizes = NULL;
    osarc_status status = osi_components(part, &count, &sizes, set, w->size, err);
    osi_free(sizes);
    if (status)
        return status;
    pocket *pockets = osi_alloc((size_t) count + 1, sizeof(*pockets), err);
    if (!pockets)
        return OSARC_ERR_MEMORY;
    double mouth_mm = MOUTH_VOXELS * fmax(w->mm[0], w->mm[1]);
    for (size_t i = 0; i < w->count; i++) {
        pocket *p = &pockets[part[i]];
        float depth_mm = beyond_mm[i] - (float) BALL_MM;
        p->voxels++;
        p->mouth_voxels += depth_mm <= mouth_mm;
        p->deepest_mm = fmaxf(p->deepest_mm, depth_mm);
        p->deep_voxels += depth_mm > (float) DEEP_MM;
        p->deep_near_air += (depth_mm > (float) DEEP_MM) & near_air[i];
    }
    for (size_t i = 0; i < w->count; i++) {
        const pocket *p = &pockets[part[i]];
        double mean_depth_mm = (double) p->voxels / (double) p->mouth_voxels * mouth_mm;
        set[i] = part[i] && p->mouth_voxels > 0 && p->deepest_mm <= POCKET_MM &&
                 2 * p->deep_near_air >= p->deep_voxels &&
                 mean_depth_mm <= POCKET_WIDENING * fmax(p->deepest_mm, mouth_mm);
    }
    osi_free(pockets);
    return OSARC_OK;
}

/* Beyond the edge of the view each plane goes on as at its edge, or the ball would come in there.
 */
static void extend_view(const work *w, uint8_t *set)
{
    size_t nx = w->size[0];
    for (size_t k = 0; k < w->size[2]; k++) {
        uint8_t *known = NULL; /* the nearest row so far with some view */
        size_t unknown = 0;    /* rows before the first of those */
        for (size_t y = 0; y < w->size[1]; y++) {
            uint8_t *row = set + work_index(w, 0, y, k);
            const uint8_t *flags = w->flags + work_index(w, 0, y, k);
            size_t low = 0;
            size_t high = nx;
            while (low < nx && !(flags[low] & WORK_VIEW))
                low++;
            while (high > low && !(flags[high - 1] & WORK_VIEW))
                high--;
            if (low == nx) {
                if (known)
                    memcpy(row, known, nx);
                unknown += !known;
                continue;
            }
            memset(row, row[low], low);
            memset(row + high, row[high - 1], nx - high);
            for (size_t n = 1; !known && n <= unknown; n++)
                memcpy(row - n * nx, row, nx);
            known = row;
        }
    }
}

/*
 * A ball rolls from outside over everything that is not fat, gas of the bowel too, whose wall may
 * be thinner than a voxel; where it cannot go is inside the muscle wall. A large ball bridges gaps
 * in the wall; a small one then follows its folds.
 */
osarc_status find_wall(work *w, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    uint8_t *wall = osi_alloc_raw(w->count, 1, err);
    uint8_t *path = osi_alloc_raw(w->count, 1, err);
    uint8_t *air = osi_alloc_raw(w->count, 1, err);
    uint8_t *near_air = osi_alloc_raw(w->count, 1, err);
    float *mm = osi_alloc_raw(w->count, sizeof(*mm), err);
    uint32_t *part = osi_alloc_raw(w->count, sizeof(*part), err);
    if (!wall || !path || !air || !near_air || !mm || !part) {
        status = OSARC_ERR_MEMORY;
        goto cleanup;
    }
    size_t n = w->count;
    double slack = 0.75 * w->mm[0]; /* the first layer of the wall is part fat */
    double skin_mm = SKIN_MM + 1.2 * fmax(w->mm[0], w->mm[1]); /* with its blur */
#pragma omp parallel for schedule(static) num_threads(w->threads)
    for (size_t i = 0; i < n; i++)
        air[i] = !(w->flags[i] & WORK_BODY);
    int seen = 0;
    for (size_t i = 0; i < n; i++)
        seen |= air[i] && (w->flags[i] & WORK_VIEW);
    if (seen) /* else all that is known of outside is the edge */
        extend_view(w, air);
    status = osi_distance_limited_mm(mm, air, w->size, w->mm, AIR_NEAR_MM, w->threads, err);
    if (status)
        goto cleanup;
#pragma omp parallel for schedule(static) num_threads(w->threads)
    for (size_t i = 0; i < n; i++) {
        near_air[i] = mm[i] <= AIR_NEAR_MM;
        wall[i] = (w->hu[i] >= WALL_HU || w->hu[i] < GAS_HU) && mm[i] > skin_mm;
    }
    size_t area = w->size[0] * w->size[1];
    for (size_t k = 0; k < w->size[2]; k++)
        if (wall_has_lungs(w, k, 1)) /* fat behind a breast is as deep */
            memset(near_air + k * area, 1, area);
    if (seen)
        extend_view(w, wall);
    status = wall_drop_islands(w, wall, part, err);
    if (!status)
        status = osi_distance_limited_mm(mm, wall, w->size, w->mm, BALL_MM, w->threads, err);
    if (status)
        goto cleanup;
    uint8_t *free_path = wall; /* the wall itself is in mm now */
#pragma omp parallel for schedule(static) num_threads(w->threads)
    for (size_t i = 0; i < n; i++) {
        path[i] = mm[i] > BALL_MM;
        free_path[i] = mm[i] > SMALL_BALL_MM;
    }
    status = keep_reached(w, path, air, part, err);
    if (!status)
        status =
            osi_distance_limited_mm(mm, path, w->size, w->mm, BALL_MM + POCKET_MM, w->threads, err);
    if (status)
        goto cleanup;
#pragma omp parallel for schedule(static) num_threads(w->threads)
    for (size_t i = 0; i < n; i++) {
        path[i] = mm[i] <= BALL_MM + slack;
        free_path[i] = free_path[i] && mm[i] > BALL_MM;
    }
    status = keep_pockets(w, free_path, mm, near_air, part, err);
    if (!status)
        status = osi_distance_limited_mm(mm, free_path, w->size, w->mm, SMALL_BALL_MM + slack,
                                         w->threads, err);
    if (status)
        goto cleanup;
#pragma omp parallel for schedule(static) num_threads(w->threads)
    for (size_t i = 0; i < n; i++)
        if ((w->flags[i] & WORK_BODY) && (path[i] || mm[i] <= SMALL_BALL_MM + slack))
            w->flags[i] |= WORK_OUTER;
cleanup:
    osi_free(part);
    osi_free(mm);
    osi_free(near_air);
    osi_free(air);
    osi_free(path);
    osi_free(wall);
    return status;
}
