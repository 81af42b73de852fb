/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bone_steps.h"

#include <math.h>

#include <osi/alloc.h>
#include <osi/components.h>
#include <osi/distance.h>

#include "limits.h"

/* Statistics of one thick bright piece: its core, and the layer round it. */
typedef struct piece {
    double core_sum, core_squares;
    double rim_sum;
    size_t core_voxels, rim_voxels, rim_bright;
} piece;

/* In bone, compact bone makes a good part of the rim brighter than the core; contrast fades to its
 * edge. */
#define RIM_BRIGHTER     1.15
#define RIM_BRIGHT_SHARE 0.10
/* Blood, urine and bowel content are smooth: their core varies with noise alone. */
#define SMOOTH_CV 0.15
/* Smoother than any bone: rejected though plaques or a vertebra make up part of its rim. */
#define VERY_SMOOTH_CV    0.10
#define VERY_SMOOTH_SHARE 0.35
/* Denser pieces are compact bone or metal. */
#define CONTRAST_MAX_HU 700.0
/* From a core to the piece's blurred edge, beyond the depth of the core. */
#define RIM_VOXELS 1.5
/* A thinner one is too small to tell. */
#define CONTRAST_MIN_CM3 0.2

static int looks_like_contrast(const work *w, const piece *p)
{
    double n = (double) p->core_voxels;
    double mean = p->core_sum / n;
    double sd = sqrt(fmax(0, p->core_squares / n - mean * mean));
    double bright_share = p->rim_voxels ? (double) p->rim_bright / (double) p->rim_voxels : 1;
    int smooth = (sd < SMOOTH_CV * mean && bright_share < RIM_BRIGHT_SHARE) ||
                 (sd < VERY_SMOOTH_CV * mean && bright_share < VERY_SMOOTH_SHARE);
    return smooth && mean < CONTRAST_MAX_HU && n * w->voxel_cm3 >= CONTRAST_MIN_CM3;
}

/* Gives voxels of `bright` round each numbered piece the piece's number, one layer at a time. */
static void grow_pieces(const work *w, const uint8_t *bright, uint32_t *part, size_t layers)
{
    const uint32_t FRESH = 1u << 31;
    size_t step[3] = {1, w->size[0], w->size[0] * w->size[1]};
    for (size_t layer = 0; layer < layers; layer++) {
        for (size_t i = step[2]; i + step[2] < w->count; i++) {
            if (part[i] || !bright[i])
                continue;
            for (int a = 0; a < 3 && !part[i]; a++) {
                uint32_t low = part[i - step[a]];
                uint32_t high = part[i + step[a]];
                if (low && !(low & FRESH))
                    part[i] = low | FRESH;
                else if (high && !(high & FRESH))
                    part[i] = high | FRESH;
            }
        }
        for (size_t i = 0; i < w->count; i++)
            part[i] &= ~FRESH;
    }
}

/* Pieces that hang on rejected ones alone: branches of vessels and their blurred walls. */
#define BRANCH_MAX_CM3 30.0
/* Where there is contrast, so are all pieces smoother than bone with its cortex: thin bowel, say.
 */
#define BRANCH_CV 0.25

typedef struct branch {
    double sum, squares;
    size_t voxels;
    int touching;
} branch;

static osarc_status reject_branches(work *w, const uint8_t *bright, uint8_t *rest, uint32_t *part,
                                    osarc_error *err)
{
    uint32_t count = 0;
    size_t *sizes = NULL;
    size_t step[3] = {1, w->size[0], w->size[0] * w->size[1]};
    for (size_t i = 0; i < w->count; i++)
        rest[i] = bright[i] && !(w->flags[i] & WORK_FALSE);
    osarc_status status = osi_components(part, &count, &sizes, rest, w->size, err);
    osi_free(sizes);
    if (status)
        return status;
    branch *branches = osi_alloc((size_t) count + 1, sizeof(*branches), err);
    if (!branches)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < w->count; i++) {
        if (!part[i])
            continue;
        branch *b = &branches[part[i]];
        b->voxels++;
        b->sum += w->hu[i];
        b->squares += (double) w->hu[i] * w->hu[i];
        for (int a = 0; a < 3; a++) {
            unsigned low = i >= step[a] ? w->flags[i - step[a]] : 0;
            unsigned high = i + step[a] < w->count ? w->flags[i + step[a]] : 0;
            b->touching |= ((low | high) & WORK_FALSE) != 0;
        }
    }
    for (uint32_t c = 1; c <= count; c++) {
        branch *b = &branches[c];
        double mean = b->sum / (double) b->voxels;
        double variance = b->squares / (double) b->voxels - mean * mean;
        int smooth = variance <= BRANCH_CV * BRANCH_CV * mean * mean && mean < CONTRAST_MAX_HU;
        int small = (double) b->voxels * w->voxel_cm3 <= BRANCH_MAX_CM3;
        b->touching = smooth || (b->touching && small);
    }
    for (size_t i = 0; i < w->count; i++)
        if (part[i] && branches[part[i]].touching)
            w->flags[i] |= WORK_FALSE;
    osi_free(branches);
    return OSARC_OK;
}

osarc_status reject_contrast(work *w, const uint8_t *bright, uint32_t *part, float *mm,
                             osarc_error *err)
{
    uint32_t count = 0;
    size_t *sizes = NULL;
    piece *pieces = NULL;
    osarc_status status = OSARC_OK;
    uint8_t *core = osi_alloc_raw(w->count, 1, err);
    if (!core)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < w->count; i++)
        core[i] = !bright[i];
    status = osi_distance_limited_mm(mm, core, w->size, w->mm, CORE_MM, w->threads, err);
    if (status)
        goto cleanup;
    for (size_t i = 0; i < w->count; i++)
        core[i] = mm[i] > CORE_MM && bright[i];
    status = osi_components(part, &count, &sizes, core, w->size, err);
    if (status || count == 0)
        goto cleanup;
    pieces = osi_alloc((size_t) count + 1, sizeof(*pieces), err);
    if (!pieces) {
        status = OSARC_ERR_MEMORY;
        goto cleanup;
    }
    for (size_t i = 0; i < w->count; i++)
        if (part[i]) {
            piece *p = &pieces[part[i]];
            p->core_sum += w->hu[i];
            p->core_squares += (double) w->hu[i] * w->hu[i];
            p->core_voxels++;
        }
    double thinnest = fmin(w->mm[0], w->mm[1]);
    grow_pieces(w, bright, part, (size_t) ceil((CORE_MM + thinnest) / thinnest));
    for (size_t i = 0; i < w->count; i++)
        if (part[i] && !core[i]) {
            piece *p = &pieces[part[i]];
            p->rim_voxels++;
            p->rim_bright += w->hu[i] > RIM_BRIGHTER * p->core_sum / (double) p->core_voxels;
        }
    size_t rejected = 0;
    for (size_t i = 0; i < w->count; i++) {
        core[i] = core[i] && looks_like_contrast(w, &pieces[part[i]]);
        rejected += core[i];
    }
    double reach_mm = CORE_MM + RIM_VOXELS * fmax(w->mm[0], w->mm[1]);
    if (rejected)
        status = osi_distance_limited_mm(mm, core, w->size, w->mm, reach_mm, w->threads, err);
    if (status)
        goto cleanup;
    for (size_t i = 0; rejected && i < w->count; i++)
        if (bright[i] && mm[i] <= reach_mm)
            w->flags[i] |= WORK_FALSE;
    if (rejected)
        status = reject_branches(w, bright, core, part, err);
cleanup:
    osi_free(pieces);
    osi_free(sizes);
    osi_free(core);
    return status;
}
