/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "limb_sums.h"

#include <math.h>
#include <string.h>

#include <osarc/hu_windows.h>
#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/threads.h>

#define CORE_VOXELS_MIN 50
#define CONTRAST_MIN_HU 60.0 /* fat and muscle of one patient are 130 to 180 HU apart */
#define SEED_SHARE      0.30 /* of fat in a voxel that a thin streak runs through */
#define SEED_SDS        4.0  /* so many SDs of muscle below its mean noise does not take it */
#define SHARE_LOW       (-0.5)
#define SHARE_HIGH      1.5

/* A plane of the limb: kinds of its voxels with two voxels of nothing all round. */
typedef struct plane {
    const osarc_image *image;
    const osarc_hu_window *low;
    double gap_from, gap_to; /* HU that a table leaves to neither fat nor muscle */
    const uint8_t *codes;
    size_t at, step[2], size[2];
    unsigned mine; /* the bit that tells limbs apart */
    double muscle_hu, fat_hu;
    double seed; /* share of fat from which muscle is taken for a thin streak */
    size_t pitch, room;
    uint8_t *kind;
    uint8_t *within;
    double *hu;
} plane;

#define RIM 2

enum {
    NONE,
    MUSCLE,
    IMAT,
    SAT,
    VESSEL, /* other soft tissue: inside the fascia vessels, outside skin */
    BONE,
    NEITHER,
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

static void read_plane(plane *p)
{
    memset(p->kind, NONE, p->room);
    memset(p->within, 0, p->room);
    for (size_t y = 0; y < p->size[1]; y++)
        for (size_t x = 0; x < p->size[0]; x++) {
            size_t i = p->at + x * p->step[0] + y * p->step[1];
            size_t to = (y + RIM) * p->pitch + x + RIM;
            if (!p->codes[i])
                continue;
            p->kind[to] = (uint8_t) read_kind(p, i);
            p->within[to] = (p->codes[i] & OSARC_LIMB_WITHIN) != 0;
            p->hu[to] = osarc_image_value(p->image, i);
            int kind = p->kind[to];
            if ((kind == MUSCLE || kind == IMAT || kind == SAT) && p->hu[to] >= p->gap_from &&
                p->hu[to] < p->gap_to)
                p->kind[to] = NEITHER;
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
    double share = (p->muscle_hu - p->hu[i]) / (p->muscle_hu - p->fat_hu);
    return fmin(SHARE_HIGH, fmax(SHARE_LOW, share));
}

/* 1 when all within a distance, in voxels, is of one kind. */
static int is_even(const plane *p, size_t i, size_t reach)
{
    const uint8_t *row = p->kind + i - reach * p->pitch - reach;
    for (size_t v = 0; v <= 2 * reach; v++, row += p->pitch)
        for (size_t u = 0; u <= 2 * reach; u++)
            if (row[u] != p->kind[i])
                return 0;
    return 1;
}

static around look_around(const plane *p, size_t i)
{
    around a = {0};
    for (size_t v = 0; v < 3; v++)
        for (size_t u = 0; u < 3; u++) {
            size_t n = i + v * p->pitch + u - p->pitch - 1;
            if (p->kind[n] == MUSCLE && share_of(p, n) >= p->seed)
                a.thin = 1;
            if (n == i)
                continue;
            a.of[p->kind[n]]++;
            a.within += p->within[n];
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

/* Whole voxels, and means away from borders. */
static void add_whole(osi_limb_sum *s, const plane *p, size_t i, unsigned code)
{
    int kind = p->kind[i];
    double hu = p->hu[i];
    if (kind == OUT) {
        add_out(s, code);
        return;
    }
    s->muscle += kind == MUSCLE || kind == EDGE;
    s->imat += kind == IMAT;
    s->within += kind == IMAT && p->within[i];
    s->sat += kind == SAT;
    if (kind == BONE) {
        int marrow = (code & OSARC_LIMB_TISSUE) == OSARC_TISSUE_TRABECULAR_BONE;
        s->marrow += marrow;
        s->compact += !marrow;
    }
    if (kind == MUSCLE) {
        int is_low = osarc_hu_window_holds(p->low, hu);
        s->low += is_low;
        s->normal += !is_low;
        s->label++;
        s->label_hu += hu;
    }
    if ((kind != MUSCLE && kind != SAT) || !is_even(p, i, 1))
        return;
    if (kind == MUSCLE) {
        s->core++;
        s->core_hu += hu;
        s->core_hu2 += hu * hu;
        return;
    }
    s->fat_core++;
    s->fat_hu += hu;
    s->fat_hu2 += hu * hu;
    if (is_even(p, i, RIM)) {
        s->fat_deep++;
        s->fat_deep_hu += hu;
    }
}

/* What a voxel on a border between fat and muscle moves from one to the other. */
static void add_shares(osi_limb_sum *s, const plane *p, size_t i)
{
    int kind = p->kind[i];
    if (kind != MUSCLE && kind != IMAT && kind != SAT && kind != VESSEL)
        return;
    if (kind != MUSCLE && is_even(p, i, 1))
        return;
    around a = look_around(p, i);
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
    s->within_shares -= kind == IMAT && p->within[i] ? share : 0;
}

static void add_sum(osi_limb_sum *to, const osi_limb_sum *from)
{
    double *a = (double *) to;
    const double *b = (const double *) from;
    for (size_t n = 0; n < sizeof(*to) / sizeof(double); n++)
        a[n] += b[n];
}

static int make_room(plane *p)
{
    p->pitch = p->size[0] + 2 * RIM;
    p->room = p->pitch * (p->size[1] + 2 * RIM);
    p->kind = osi_alloc_raw(2 * p->room, 1, NULL);
    p->hu = osi_alloc_raw(p->room, sizeof(*p->hu), NULL);
    p->within = p->kind ? p->kind + p->room : NULL;
    return p->kind && p->hu;
}

static osarc_status read_planes(osi_limb_sums *out, const plane *first, size_t step, int shares,
                                int threads, osarc_error *err)
{
    int failed = 0;
#pragma omp parallel num_threads(osi_threads(threads)) reduction(| : failed)
    {
        plane p = *first;
        failed |= !make_room(&p);
#pragma omp for schedule(dynamic)
        for (size_t k = 0; k < out->count; k++) {
            if (failed)
                continue;
            p.at = first->at + k * step;
            read_plane(&p);
            for (size_t y = 0; y < p.size[1]; y++)
                for (size_t x = 0; x < p.size[0]; x++) {
                    size_t i = (y + RIM) * p.pitch + x + RIM;
                    if (p.kind[i] == NONE)
                        continue;
                    if (shares)
                        add_shares(&out->slice[k], &p, i);
                    else
                        add_whole(&out->slice[k], &p, i,
                                  p.codes[p.at + x * p.step[0] + y * p.step[1]]);
                }
        }
        osi_free(p.kind);
        osi_free(p.hu);
    }
    return failed ? osi_fail(err, OSARC_ERR_MEMORY, "no memory to measure a limb") : OSARC_OK;
}

/* Standard deviation of muscle away from its border: noise, and what is in it. */
static double spread_hu(const osi_limb_sum *s)
{
    double mean = s->core_hu / s->core;
    return sqrt(fmax(0, s->core_hu2 / s->core - mean * mean));
}

/* Cuts the planes to what holds the limb in any of its slices. */
static void find_box(plane *p, const osi_limb_sums *sums, size_t step)
{
    size_t low[2] = {p->size[0], p->size[1]};
    size_t high[2] = {0, 0};
    for (size_t k = 0; k < sums->count; k++)
        for (size_t y = 0; y < p->size[1]; y++) {
            const uint8_t *row = p->codes + p->at + k * step + y * p->step[1];
            size_t from = 0;
            size_t to = p->size[0];
            while (from < to && (!row[from * p->step[0]] ||
                                 (row[from * p->step[0]] & OSARC_LIMB_SECOND) != p->mine))
                from++;
            if (from == to)
                continue;
            while (!row[(to - 1) * p->step[0]] ||
                   (row[(to - 1) * p->step[0]] & OSARC_LIMB_SECOND) != p->mine)
                to--;
            low[0] = from < low[0] ? from : low[0];
            high[0] = to > high[0] ? to : high[0];
            low[1] = y < low[1] ? y : low[1];
            high[1] = y + 1 > high[1] ? y + 1 : high[1];
        }
    if (low[0] >= high[0])
        return;
    for (int a = 0; a < 2; a++) {
        p->at += low[a] * p->step[a];
        p->size[a] = high[a] - low[a];
    }
}

osarc_status osi_limb_sums_read(osi_limb_sums *out, const osarc_image *image,
                                const osarc_mask *codes, const osarc_limb *limb,
                                const osarc_hu_table *windows, int threads, osarc_error *err)
{
    const osarc_grid *grid = osarc_image_grid(image);
    const size_t steps[3] = {1, grid->size[0], grid->size[0] * grid->size[1]};
    memset(out, 0, sizeof(*out));
    out->count = limb->last - limb->first + 1;
    out->slice = osi_alloc(out->count, sizeof(*out->slice), err);
    if (!out->slice)
        return OSARC_ERR_MEMORY;
    const osarc_hu_table table = windows ? *windows : osarc_hu_table_default();
    plane p = {.image = image,
               .low = &table.window[OSARC_WINDOW_MUSCLE_LOW],
               .gap_from = table.window[OSARC_WINDOW_ADIPOSE].high_hu,
               .gap_to = table.window[OSARC_WINDOW_MUSCLE].low_hu,
               .codes = osarc_mask_labels(codes),
               .at = limb->first * steps[limb->axis],
               .mine = limb->is_second ? OSARC_LIMB_SECOND : 0};
    for (int a = 0, n = 0; a < 3; a++)
        if (a != limb->axis) {
            p.step[n] = steps[a];
            p.size[n++] = grid->size[a];
        }
    find_box(&p, out, steps[limb->axis]);
    osarc_status status = read_planes(out, &p, steps[limb->axis], 0, threads, err);
    if (status)
        return status;
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
        status = read_planes(out, &p, steps[limb->axis], 1, threads, err);
    for (size_t k = 0; k < out->count; k++)
        add_sum(&out->whole, &out->slice[k]);
    return status;
}

void osi_limb_sums_free(osi_limb_sums *sums)
{
    osi_free(sums->slice);
    sums->slice = NULL;
}
