/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bone_steps.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/components.h>
#include <osi/distance.h>
#include <osi/fail.h>

#include "limits.h"
#include "plane.h"

/* What decides whether a closed space is marrow. */
typedef struct space {
    int64_t hu_sum;
    int64_t voxels;
    double wall_mm2;  /* surface towards bone */
    double edge_mm2;  /* surface on the edge of the scan */
    float radius_mm;  /* largest ball inside, gap included */
    int open;         /* holds air outside the body */
} space;

/* No more of a space's surface may lie on the edge of the scan: more is a corner of soft tissue. */
#define EDGE_SHARE 0.35

static int is_marrow(const work *w, const space *s)
{
    double cm3 = (double) s->voxels * w->voxel_cm3;
    double mean = (double) s->hu_sum / (double) s->voxels;
    return !s->open && cm3 <= MARROW_MAX_CM3 && mean >= MARROW_LOW_HU &&
           s->radius_mm <= MARROW_RADIUS_MM &&
           s->edge_mm2 <= EDGE_SHARE * (s->edge_mm2 + s->wall_mm2);
}

static void read_spaces(const work *w, space *spaces, const uint32_t *part, const uint8_t *closed,
                        const float *mm)
{
    size_t step[3] = {1, w->size[0], w->size[0] * w->size[1]};
    double face[3] = {w->mm[1] * w->mm[2], w->mm[0] * w->mm[2], w->mm[0] * w->mm[1]};
    for (size_t k = 0, i = 0; k < w->size[2]; k++)
        for (size_t y = 0; y < w->size[1]; y++)
            for (size_t x = 0; x < w->size[0]; x++, i++) {
                if (!part[i])
                    continue;
                space *s = &spaces[part[i]];
                s->hu_sum += w->hu[i];
                s->voxels++;
                s->open |= !(w->flags[i] & WORK_BODY);
                if (mm[i] > s->radius_mm)
                    s->radius_mm = mm[i];
                size_t at[3] = {x, y, k};
                for (int a = 0; a < 3; a++)
                    for (int side = 0; side < 2; side++) {
                        int out = side ? at[a] + 1 == w->size[a] : at[a] == 0;
                        size_t next = out ? i : side ? i + step[a] : i - step[a];
                        if (out || !(w->flags[next] & WORK_VIEW))
                            s->edge_mm2 += face[a];
                        else if (closed[next])
                            s->wall_mm2 += face[a];
                    }
            }
}

/* Spaces closed in 3-D, once holes in the cortex are bridged. `hole` gets 1 where marrow is. */
static osarc_status find_closed_spaces(const work *w, uint8_t *hole, const uint8_t *closed,
                                       uint32_t *part, const float *mm, osarc_error *err)
{
    uint32_t count = 0;
    size_t *sizes = NULL;
    for (size_t i = 0; i < w->count; i++)
        hole[i] = !closed[i] && (w->flags[i] & WORK_VIEW);
    osarc_status status = osi_components(part, &count, &sizes, hole, w->size, err);
    osi_free(sizes);
    if (status)
        return status;
    space *spaces = osi_alloc((size_t) count + 1, sizeof(*spaces), err);
    if (!spaces)
        return OSARC_ERR_MEMORY;
    read_spaces(w, spaces, part, closed, mm);
    for (uint32_t c = 1; c <= count; c++)
        spaces[c].open |= !is_marrow(w, &spaces[c]);
    for (size_t i = 0; i < w->count; i++)
        hole[i] = part[i] && !spaces[part[i]].open;
    osi_free(spaces);
    return OSARC_OK;
}

/* Spaces closed in one axial plane: long bones, and bodies whose end plates are lost in thick slices. */
static int fill_plane_spaces(const work *w, uint8_t *hole, const uint8_t *closed, size_t k)
{
    size_t width = w->size[0];
    size_t height = w->size[1];
    size_t plane = width * height;
    size_t size[3] = {width, height, 1};
    uint8_t *open = osi_alloc(plane, 1, NULL);
    uint32_t *part = osi_alloc_raw(plane, sizeof(*part), NULL);
    size_t *sizes = NULL;
    int64_t *sums = NULL;
    uint32_t count = 0;
    int failed = !open || !part || plane_flood(open, closed + k * plane, width, height);
    if (!failed) {
        for (size_t i = 0; i < plane; i++)
            open[i] = !open[i] && !closed[k * plane + i];
        failed = osi_components(part, &count, &sizes, open, size, NULL) != OSARC_OK;
    }
    if (!failed && count) {
        sums = osi_alloc((size_t) count + 1, sizeof(*sums), NULL);
        failed = !sums;
    }
    if (!failed && count) {
        for (size_t i = 0; i < plane; i++)
            if (part[i])
                sums[part[i]] += w->hu[k * plane + i];
        for (size_t i = 0; i < plane; i++) {
            uint32_t c = part[i];
            if (!c)
                continue;
            double mean = (double) sums[c] / (double) sizes[c];
            double radius_mm = sqrt((double) sizes[c] * w->mm[0] * w->mm[1] / M_PI);
            double cm2 = M_PI * pow(radius_mm + MARROW_GAP_MM, 2) / 100;
            int canal = cm2 >= CANAL_MIN_CM2 && cm2 <= CANAL_MAX_CM2 && mean >= CANAL_LOW_HU &&
                        mean <= CANAL_HIGH_HU;
            if (cm2 <= MARROW_MAX_CM2 && mean >= MARROW_LOW_HU && !canal)
                hole[k * plane + i] = 1;
        }
    }
    osi_free(sums);
    osi_free(sizes);
    osi_free(part);
    osi_free(open);
    return failed;
}

osarc_status fill_marrow(work *w, uint8_t *bone, uint32_t *part, float *mm, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    int failed = 0;
    uint8_t *hole = osi_alloc_raw(w->count, 1, err);
    uint8_t *closed = osi_alloc_raw(w->count, 1, err);
    if (!hole || !closed) {
        status = OSARC_ERR_MEMORY;
        goto cleanup;
    }
    status = osi_distance_mm(mm, bone, w->size, w->mm, w->threads, err);
    if (status)
        goto cleanup;
    for (size_t i = 0; i < w->count; i++)
        closed[i] = mm[i] <= MARROW_GAP_MM;
    status = find_closed_spaces(w, hole, closed, part, mm, err);
    if (status)
        goto cleanup;
#pragma omp parallel for schedule(dynamic) num_threads(w->threads) reduction(| : failed)
    for (size_t k = 0; k < w->size[2]; k++)
        failed |= fill_plane_spaces(w, hole, closed, k);
    if (failed) {
        status = osi_fail(err, OSARC_ERR_MEMORY, "no memory to fill bone interior");
        goto cleanup;
    }
    /* back to the bone's inner surface */
    status = osi_distance_mm(mm, hole, w->size, w->mm, w->threads, err);
    if (status)
        goto cleanup;
    for (size_t i = 0; i < w->count; i++)
        if (mm[i] <= MARROW_GAP_MM && (w->flags[i] & WORK_BODY) && w->hu[i] >= MARROW_LOW_HU)
            bone[i] = 1;
cleanup:
    osi_free(closed);
    osi_free(hole);
    return status;
}
