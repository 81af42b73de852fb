/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "work.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/components.h>
#include <osi/distance.h>

#include "bone_steps.h"
#include "limits.h"

/*
 * The CT number where soft tissue ends on this scan, whatever its noise, energy or contrast: the
 * lowest one at which voxels are hardly more frequent than far up in bone.
 */
static double find_low_hu(const work *w, int contrast)
{
    size_t bins[TAIL_HIGH_HU] = {0};
    for (size_t i = 0; i < w->count; i++)
        if ((w->flags[i] & WORK_BODY) && w->hu[i] >= 0 && w->hu[i] < TAIL_HIGH_HU)
            bins[w->hu[i]]++;
    double tail = 0;
    for (size_t hu = TAIL_LOW_HU; hu < TAIL_HIGH_HU; hu++)
        tail += (double) bins[hu] / (TAIL_HIGH_HU - TAIL_LOW_HU);
    for (int hu = BONE_LOW_HU; hu < BONE_SEED_HU; hu++) {
        double here = 0;
        for (int n = hu - TAIL_WIDTH_HU; n <= hu + TAIL_WIDTH_HU; n++)
            here += (double) bins[n] / (2 * TAIL_WIDTH_HU + 1);
        if (here <= (contrast ? TAIL_RATIO_CONTRAST : TAIL_RATIO) * tail)
            return hu;
    }
    return BONE_SEED_HU;
}

/* Bright enough to be bone, in pieces that hold something brighter still and are not specks. */
static osarc_status find_bright(const work *w, uint8_t *bright, uint32_t *part, double low_hu,
                                osarc_error *err)
{
    uint32_t count = 0;
    size_t *sizes = NULL;
    for (size_t i = 0; i < w->count; i++)
        bright[i] = w->hu[i] >= low_hu && (w->flags[i] & WORK_BODY) && !(w->flags[i] & WORK_FALSE);
    osarc_status status = osi_components(part, &count, &sizes, bright, w->size, err);
    if (status)
        return status;
    uint8_t *seeded = osi_alloc((size_t) count + 1, 1, err);
    if (!seeded) {
        osi_free(sizes);
        return OSARC_ERR_MEMORY;
    }
    for (size_t i = 0; i < w->count; i++)
        if (part[i] && w->hu[i] >= BONE_SEED_HU)
            seeded[part[i]] = 1;
    double least = least_cm3(w, BONE_MIN_CM3);
    for (size_t i = 0; i < w->count; i++) {
        uint32_t c = part[i];
        bright[i] = c && seeded[c] && (double) sizes[c] * w->voxel_cm3 >= least;
    }
    osi_free(seeded);
    osi_free(sizes);
    return OSARC_OK;
}

osarc_status find_bone(work *w, int contrast, osarc_error *err)
{
    double low_hu = find_low_hu(w, contrast);
    osarc_status status = OSARC_OK;
    uint8_t *bone = osi_alloc_raw(w->count, 1, err);
    uint8_t *bright = osi_alloc_raw(w->count, 1, err);
    uint32_t *part = osi_alloc_raw(w->count, sizeof(*part), err);
    float *mm = osi_alloc_raw(w->count, sizeof(*mm), err);
    if (!bone || !bright || !part || !mm) {
        status = OSARC_ERR_MEMORY;
        goto cleanup;
    }
    status = find_bright(w, bright, part, low_hu, err);
    if (!status)
        status = reject_contrast(w, bright, part, mm, err);
    if (!status)
        status = find_bright(w, bright, part, low_hu, err);
    if (status)
        goto cleanup;
    memcpy(bone, bright, w->count);
    status = fill_marrow(w, bone, err);
    if (!status)
        status = clear_tube(w, bone, bright, err);
    if (!status)
        status = clear_canal(w, bone, bright, err);
    if (status)
        goto cleanup;

    size_t step[3] = {1, w->size[0], w->size[0] * w->size[1]};
    for (size_t k = 0, i = 0; k < w->size[2]; k++)
        for (size_t y = 0; y < w->size[1]; y++)
            for (size_t x = 0; x < w->size[0]; x++, i++) {
                if (!bone[i])
                    continue;
                w->flags[i] |= WORK_BONE;
                /* the margin keeps x and y inside; beyond the first and last plane bone goes on */
                int deep = bone[i - step[0]] && bone[i + step[0]] && bone[i - step[1]] &&
                           bone[i + step[1]] && (k == 0 || bone[i - step[2]]) &&
                           (k + 1 == w->size[2] || bone[i + step[2]]);
                if (deep || !bright[i])
                    w->flags[i] |= WORK_MARROW;
            }
cleanup:
    osi_free(mm);
    osi_free(part);
    osi_free(bright);
    osi_free(bone);
    return status;
}
