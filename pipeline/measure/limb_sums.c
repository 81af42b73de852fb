/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "limb_sums.h"

#include <math.h>
#include <string.h>

#include <osarc/hu_windows.h>
#include <osi/alloc.h>
#include <osi/threads.h>

#define CORE_VOXELS_MIN 50
#define CONTRAST_MIN_HU 60.0 /* fat and muscle of one patient are 130 to 180 HU apart */
#define SEED_SHARE      0.30 /* of fat in a voxel that a thin streak runs through */
#define SEED_SDS        4.0  /* so many SDs of muscle below its mean noise does not take it */
#define SHARE_LOW       (-0.5)
#define SHARE_HIGH      1.5

/* A plane of the limb: index of a voxel is at + x * step[0] + y * step[1]. */
typedef struct plane {
    const osarc_image *image;
    const uint8_t *codes;
    size_t at, step[2], size[2];
    unsigned mine; /* the bit that tells limbs apart */
    double muscle_hu, fat_hu;
    double seed; /* share of fat from which muscle is taken for a thin streak */
} plane;

enum {
    NONE,
    MUSCLE,
    IMAT,
    SAT,
    VESSEL, /* other soft tissue: inside the fascia vessels, outside skin */
    BONE,
    EDGE,
    OUT
};

static int read_kind(const plane *p, size_t i)
{
    unsigned code = p->codes[i];
    if (!code || (code & OSARC_LIMB_SECOND) != p->mine)
        return NONE;
    if (code & OSARC_LIMB_EXCLUDED)
        return OUT;
    switch (code & OSARC_LIMB_TISSUE) {
    case OSARC_TISSUE_MUSCLE:
        return code & OSARC_LIMB_EDGE ? EDGE : MUSCLE;
    case OSARC_TISSUE_INTERMUSCULAR_FAT:
        return IMAT;
    case OSARC_TISSUE_SUBCUTANEOUS_FAT:
        return SAT;
    case OSARC_TISSUE_SOFT:
        return VESSEL;
    case OSARC_TISSUE_COMPACT_BONE:
    case OSARC_TISSUE_TRABECULAR_BONE:
    case OSARC_TISSUE_METAL:
        return BONE;
    default:
        return NONE;
    }
}

/* What lies around a voxel in its plane. */
typedef struct around {
    int of[OUT + 1];
    int thin; /* muscle with much fat in it: a streak too thin for the window */
    int within;
} around;

static double share_of(const plane *p, size_t i)
{
    double share = (p->muscle_hu - osarc_image_value(p->image, i)) / (p->muscle_hu - p->fat_hu);
    return fmin(SHARE_HIGH, fmax(SHARE_LOW, share));
}

static around look_around(const plane *p, size_t x, size_t y, int with_shares)
{
    around a = {0};
    for (size_t v = y ? y - 1 : 0; v <= y + 1 && v < p->size[1]; v++)
        for (size_t u = x ? x - 1 : 0; u <= x + 1 && u < p->size[0]; u++) {
            size_t i = p->at + u * p->step[0] + v * p->step[1];
            int kind = read_kind(p, i);
            if (with_shares && kind == MUSCLE && share_of(p, i) >= p->seed)
                a.thin = 1;
            if (u == x && v == y)
                continue;
            a.of[kind]++;
            a.within += (p->codes[i] & OSARC_LIMB_WITHIN) != 0;
        }
    return a;
}

static void add_out(osi_limb_sum *s, unsigned code)
{
    switch (code & OSARC_LIMB_TISSUE) {
    case OSARC_TISSUE_MUSCLE:
        s->out_muscle++;
        break;
    case OSARC_TISSUE_INTERMUSCULAR_FAT:
        s->out_imat++;
        break;
    case OSARC_TISSUE_SUBCUTANEOUS_FAT:
        s->out_sat++;
        break;
    default:
        s->out_other++;
    }
}

/* 1 when all fat within two voxels is subcutaneous. */
static int is_deep(const plane *p, size_t x, size_t y)
{
    if (x < 2 || y < 2 || x + 2 >= p->size[0] || y + 2 >= p->size[1])
        return 0;
    for (size_t v = y - 2; v <= y + 2; v++)
        for (size_t u = x - 2; u <= x + 2; u++)
            if (read_kind(p, p->at + u * p->step[0] + v * p->step[1]) != SAT)
                return 0;
    return 1;
}

/* Whole voxels, and means away from borders. */
static void add_whole(osi_limb_sum *s, const plane *p, size_t x, size_t y)
{
    const osarc_hu_window *low = osarc_hu_window_get(OSARC_WINDOW_MUSCLE_LOW);
    size_t i = p->at + x * p->step[0] + y * p->step[1];
    int kind = read_kind(p, i);
    if (kind == NONE)
        return;
    if (kind == OUT) {
        add_out(s, p->codes[i]);
        return;
    }
    double hu = osarc_image_value(p->image, i);
    s->muscle += kind == MUSCLE || kind == EDGE;
    s->imat += kind == IMAT;
    s->within += kind == IMAT && (p->codes[i] & OSARC_LIMB_WITHIN);
    s->sat += kind == SAT;
    if (kind == BONE) {
        int marrow = (p->codes[i] & OSARC_LIMB_TISSUE) == OSARC_TISSUE_TRABECULAR_BONE;
        s->marrow += marrow;
        s->compact += !marrow;
    }
    if (kind != MUSCLE && kind != SAT)
        return;
    around a = look_around(p, x, y, 0);
    if (kind == MUSCLE) {
        int is_low = osarc_hu_window_holds(low, hu);
        s->low += is_low;
        s->normal += !is_low;
        s->label++;
        s->label_hu += hu;
    }
    if (a.of[kind] != 8)
        return;
    if (kind == MUSCLE) {
        s->core++;
        s->core_hu += hu;
        s->core_hu2 += hu * hu;
    } else {
        s->fat_core++;
        s->fat_hu += hu;
        s->fat_hu2 += hu * hu;
        if (is_deep(p, x, y)) {
            s->fat_deep++;
            s->fat_deep_hu += hu;
        }
    }
}

/* What a voxel on a border between fat and muscle moves from one to the other. */
static void add_shares(osi_limb_sum *s, const plane *p, size_t x, size_t y)
{
    size_t i = p->at + x * p->step[0] + y * p->step[1];
    int kind = read_kind(p, i);
    if (kind != MUSCLE && kind != IMAT && kind != SAT && kind != VESSEL)
        return;
    around a = look_around(p, x, y, 1);
    if (a.of[BONE] || a.of[EDGE])
        return; /* blurred with bone as well */
    if (kind == MUSCLE || kind == VESSEL) {
        int fat = a.of[IMAT] + (kind == MUSCLE ? a.of[SAT] : 0);
        if (!fat && !(kind == MUSCLE && a.thin))
            return;
        double share = share_of(p, i);
        double imat = fat ? (double) a.of[IMAT] / fat : 1;
        s->zone++;
        s->imat_shares += share * imat;
        s->sat_shares += share * (1 - imat);
        s->muscle_shares -= kind == MUSCLE ? share : 0;
        s->within_shares += a.of[IMAT] ? share * imat * a.within / a.of[IMAT] : fat ? 0 : share;
        return;
    }
    int soft = a.of[MUSCLE] + (kind == IMAT ? a.of[VESSEL] : 0);
    if (!soft)
        return;
    double share = 1 - share_of(p, i);
    s->zone++;
    s->muscle_shares += share * a.of[MUSCLE] / soft;
    s->sat_shares -= kind == SAT ? share : 0;
    s->imat_shares -= kind == IMAT ? share : 0;
    s->within_shares -= kind == IMAT && (p->codes[i] & OSARC_LIMB_WITHIN) ? share : 0;
}

static void add_sum(osi_limb_sum *to, const osi_limb_sum *from)
{
    double *a = (double *) to;
    const double *b = (const double *) from;
    for (size_t n = 0; n < sizeof(*to) / sizeof(double); n++)
        a[n] += b[n];
}

static void read_planes(osi_limb_sums *out, const plane *first, size_t step, int shares,
                        int threads)
{
#pragma omp parallel for schedule(dynamic) num_threads(osi_threads(threads))
    for (size_t k = 0; k < out->count; k++) {
        plane p = *first;
        p.at += k * step;
        for (size_t y = 0; y < p.size[1]; y++)
            for (size_t x = 0; x < p.size[0]; x++) {
                if (!p.codes[p.at + x * p.step[0] + y * p.step[1]])
                    continue;
                if (shares)
                    add_shares(&out->slice[k], &p, x, y);
                else
                    add_whole(&out->slice[k], &p, x, y);
            }
    }
}

/* Standard deviation of muscle away from its border: noise, and what is in it. */
static double spread_hu(const osi_limb_sum *s)
{
    double mean = s->core_hu / s->core;
    return sqrt(fmax(0, s->core_hu2 / s->core - mean * mean));
}

osarc_status osi_limb_sums_read(osi_limb_sums *out, const osarc_image *image,
                                const osarc_mask *codes, const osarc_limb *limb, int threads,
                                osarc_error *err)
{
    const osarc_grid *grid = osarc_image_grid(image);
    const size_t steps[3] = {1, grid->size[0], grid->size[0] * grid->size[1]};
    memset(out, 0, sizeof(*out));
    out->count = limb->last - limb->first + 1;
    out->slice = osi_alloc(out->count, sizeof(*out->slice), err);
    if (!out->slice)
        return OSARC_ERR_MEMORY;
    plane p = {.image = image,
               .codes = osarc_mask_labels(codes),
               .at = limb->first * steps[limb->axis],
               .mine = limb->is_second ? OSARC_LIMB_SECOND : 0};
    for (int a = 0, n = 0; a < 3; a++)
        if (a != limb->axis) {
            p.step[n] = steps[a];
            p.size[n++] = grid->size[a];
        }
    read_planes(out, &p, steps[limb->axis], 0, threads);
    osi_limb_sum all = {0};
    for (size_t k = 0; k < out->count; k++)
        add_sum(&all, &out->slice[k]);
    out->muscle_hu = all.core >= CORE_VOXELS_MIN ? all.core_hu / all.core : NAN;
    out->fat_is_thin = all.fat_deep < CORE_VOXELS_MIN;
    out->fat_hu = !out->fat_is_thin                 ? all.fat_deep_hu / all.fat_deep
                  : all.fat_core >= CORE_VOXELS_MIN ? all.fat_hu / all.fat_core
                                                    : NAN;
    p.muscle_hu = out->muscle_hu;
    p.fat_hu = out->fat_hu;
    p.seed = fmax(SEED_SHARE, SEED_SDS * spread_hu(&all) / (p.muscle_hu - p.fat_hu));
    if (out->muscle_hu - out->fat_hu >= CONTRAST_MIN_HU)
        read_planes(out, &p, steps[limb->axis], 1, threads);
    for (size_t k = 0; k < out->count; k++)
        add_sum(&out->whole, &out->slice[k]);
    return OSARC_OK;
}

void osi_limb_sums_free(osi_limb_sums *sums)
{
    osi_free(sums->slice);
    sums->slice = NULL;
}
