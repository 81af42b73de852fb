/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torso_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/order.h>

/* What a ray meets at each step. */
enum {
    MET_INSIDE = 1,
    MET_CAVITY = 2,
    MET_BONE = 4,
    MET_SOFT = 8,
    MET_GAS = 16
};

typedef struct ray {
    uint8_t met[MAX_STEPS];
    size_t at[MAX_STEPS]; /* index of the block */
} ray;

static void cast(ray *out, const torso_grid *g, size_t k, const double from[2], int number)
{
    double angle = 2 * M_PI * number / RAYS;
    double dx = g->front[0] * cos(angle) - g->front[1] * sin(angle);
    double dy = g->front[1] * cos(angle) + g->front[0] * sin(angle);
    for (int n = 0; n < MAX_STEPS; n++) {
        long x = torso_block(g, 0, from[0] + n * RAY_MM * dx);
        long y = torso_block(g, 1, from[1] + n * RAY_MM * dy);
        out->met[n] = 0;
        out->at[n] = 0;
        if (x < 0 || y < 0 || x >= (long) g->size[0] || y >= (long) g->size[1])
            continue;
        size_t i = torso_index(g, (size_t) x, (size_t) y, k);
        out->at[n] = i;
        if (!(g->flags[i] & IN_WALL))
            continue;
        unsigned met = MET_INSIDE;
        met |= g->flags[i] & CAVITY ? MET_CAVITY : 0;
        met |= is_bone_label(g->label[i]) ? MET_BONE : 0;
        met |= g->label[i] == OSARC_TISSUE_SOFT ? MET_SOFT : 0;
        met |= g->label[i] == OSARC_TISSUE_GAS ? MET_GAS : 0;
        out->met[n] = (uint8_t) met;
    }
}

static double from_front_deg(int number)
{
    double deg = 360.0 * number / RAYS;
    return deg > 180 ? 360 - deg : deg;
}

/* Readings of one fan, before they are made robust. */
typedef struct readings {
    float *wall, *lining, *outer, *bone;
    uint8_t *wall_ok, *lining_ok, *kind;
} readings;

enum {
    NO_BONE,
    RIB,
    HIP,
    VERTEBRA
};

static int below_spine(const torso_grid *g, size_t k)
{
    return g->head_up ? (long) k < g->lowest : (long) k > g->highest;
}

/* The wall starts where the ray meets fat or gas of the cavity for the last time before bone. */
static void read_wall(const readings *out, const torso_grid *g, size_t k, int number)
{
    ray r;
    size_t i = k * RAYS + (size_t) number;
    int outer = -1;
    int bone = -1;
    int hit = -1;
    cast(&r, g, k, g->plane[k].centre, number);
    for (int n = 0; n < MAX_STEPS; n++) {
        if (r.met[n] & MET_INSIDE)
            outer = n;
        if ((r.met[n] & MET_BONE) && bone < 0)
            bone = n;
        if ((r.met[n] & MET_CAVITY) && bone < 0)
            hit = n;
    }
    /* between gas and the wall lies bowel's own wall, or pleura */
    if (hit >= 0 && (r.met[hit] & MET_GAS))
        hit += (int) (GUT_WALL_MM / RAY_MM);
    int kind = NO_BONE;
    if (bone >= 0) {
        uint8_t flags = g->flags[r.at[bone]];
        kind = (flags & PELVIS) || below_spine(g, k) ? HIP : flags & SPINE ? VERTEBRA : RIB;
    }
    double cap = from_front_deg(number) < 115 ? FRONT_WALL_MM : BACK_WALL_MM;
    out->kind[i] = (uint8_t) kind;
    out->outer[i] = (float) outer;
    out->bone[i] = (float) bone;
    if (outer < 0)
        return;
    if (kind == RIB) {
        out->wall[i] = (float) ((outer - bone) * RAY_MM);
        out->wall_ok[i] = out->wall[i] < cap;
    } else if (kind == NO_BONE && hit >= 0) {
        double deg = from_front_deg(number);
        int maybe = deg > HOLE_FROM_DEG && deg < HOLE_TO_DEG;
        out->wall[i] = (float) ((outer - hit) * RAY_MM);
        if (out->wall[i] < cap)
            out->wall_ok[i] = maybe ? READING_MAYBE_HOLE : READING_SURE;
    } else if (kind == HIP && hit >= 0) {
        out->lining[i] = (float) ((bone - hit) * RAY_MM);
        out->lining_ok[i] = out->lining[i] < LINING_MM;
    }
}

/* In front the outer side of the wall runs evenly. What stands out to the front lies under the
 * skin, in a hernia or beside a stoma; the wall there is as thick as its neighbours. */
static void cut_bulges(torso_rays *out, const torso_grid *g, const readings *s, size_t k)
{
    const size_t start = k * RAYS;
    float front[RAYS]; /* of the wall's outer side */
    for (int number = 0; number < RAYS; number++) {
        front[number] =
            s->outer[start + (size_t) number] * (float) cos(from_front_deg(number) * M_PI / 180);
        out->wall_out[start + (size_t) number] = INFINITY;
    }
    for (int number = 0; number < RAYS; number++) {
        size_t i = start + (size_t) number;
        float near[2 * BULGE_RAYS + 1];
        if (from_front_deg(number) > BULGE_DEG || s->kind[i] != NO_BONE || (long) k < g->lowest ||
            (long) k > g->highest)
            continue;
        for (int n = 0; n <= 2 * BULGE_RAYS; n++)
            near[n] = front[(number + n - BULGE_RAYS + RAYS) % RAYS];
        qsort(near, 2 * BULGE_RAYS + 1, sizeof(near[0]), osi_by_float);
        float usual = near[BULGE_RANK];
        if ((double) front[number] <= (double) usual + BULGE_MM)
            continue;
        s->outer[i] *= usual / front[number];
        s->wall_ok[i] = READING_NONE;
        out->wall_out[i] = s->outer[i] + (float) BULGE_SLACK_MM;
    }
}

static const robust_rule WALL_RULE = {8, 25, 1.4, 4, 2, 12, 0.6};
static const robust_rule LINING_RULE = {10, 30, 1.5, 5, 1.8, 10, 0};
static const robust_rule PARA_RULE = {4, 20, 1.4, 6, 2, 14, 0};

static osarc_status find_wall_in(torso_rays *out, const torso_grid *g, readings *s,
                                 osarc_error *err)
{
#pragma omp parallel for schedule(dynamic) num_threads(g->threads)
    for (size_t k = 0; k < g->depth; k++) {
        for (int number = 0; number < RAYS; number++)
            read_wall(s, g, k, number);
        cut_bulges(out, g, s, k);
    }
    osarc_status status = torso_robust(s->wall, s->wall_ok, g, &WALL_RULE, err);
    if (!status)
        status = torso_robust(s->lining, s->lining_ok, g, &LINING_RULE, err);
    for (size_t i = 0; !status && i < g->depth * RAYS; i++) {
        double in = s->outer[i] - (double) s->wall[i];
        out->seen[i] = s->wall_ok[i] != READING_NONE;
        if (s->kind[i] == VERTEBRA || s->kind[i] == RIB) {
            in = s->bone[i];
            out->seen[i] = 1;
        } else if (s->kind[i] == HIP) {
            in = s->bone[i] - (isnan(s->lining[i]) ? 0.0 : (double) s->lining[i]);
            out->seen[i] = s->lining_ok[i];
        }
        out->wall_in[i] = (float) in;
    }
    return status;
}

/* Last bone of the body, its arch and processes along a ray from the body's middle. */
static int leave_bone(const ray *r, double back_deg)
{
    int last = 10;
    int gap = 0;
    int most = back_deg < 60 ? 26 : 6; /* the canal lies between body and arch */
    for (int n = 0; n < 90; n++) {
        gap = r->met[n] & MET_BONE ? 0 : gap + 1;
        if (gap == 0)
            last = n > last ? n : last;
        if (gap > most && n > 12)
            break;
    }
    return last;
}

/* Where the muscle beside the bone ends; -1 when nothing ends it. */
#define NOTHING_THERE (-2.0F) /* fat from the bone on */

static int end_muscle(const ray *r, int from, int is_back, double fat_mm)
{
    int soft = 0;
    for (int n = from + 1; n <= from + (int) fat_mm + 3; n++)
        soft |= r->met[n] & MET_SOFT;
    if (!soft && !is_back)
        return from;
    int run = 0;
    for (int n = from + 1; n < MAX_STEPS; n++) {
        run = r->met[n] & MET_CAVITY ? run + 1 : 0;
        if (!(r->met[n] & MET_INSIDE))
            return n;
        if ((r->met[n] & MET_BONE) && n - from > 12)
            return n;
        if (is_back && (r->met[n] & MET_GAS))
            return n;
        int first = n - run + 1;
        if (!is_back && run * RAY_MM >= FAT_RUN_MM && n - from > (int) fat_mm)
            return first > from ? first : from;
    }
    return -1;
}

static int is_low(const torso_grid *g, size_t k)
{
    long planes = g->head_up ? (long) k - g->lowest : g->highest - (long) k;
    return (double) planes * g->mm[2] < PARA_LOW_MM;
}

/* How far to the front the muscles beside the spine reach. */
static double side_limit_deg(const torso_grid *g, size_t k)
{
    return is_low(g, k) ? PARA_LOW_DEG : PARA_SIDE_DEG;
}

static void read_para(torso_rays *out, uint8_t *ok, float *raw, const torso_grid *g, size_t k,
                      int number)
{
    size_t i = k * RAYS + (size_t) number;
    double back = 180 - from_front_deg(number);
    out->para_from[i] = out->para_to[i] = raw[i] = 0;
    if (back > side_limit_deg(g, k) || (long) k < g->lowest || (long) k > g->highest)
        return;
    ray r;
    cast(&r, g, k, g->plane[k].body, number);
    int from = leave_bone(&r, back);
    int to =
        end_muscle(&r, from, back <= PARA_BACK_DEG, is_low(g, k) ? PARA_LOW_FAT_MM : PARA_FAT_MM);
    out->para_from[i] = (float) from;
    int sure = back < PARA_SURE_DEG;
    if (to == from && !sure)
        out->para_to[i] = NOTHING_THERE;
    if (to <= from)
        return;
    /* fat between a bone and the muscle beside it is not between muscles */
    while (back > PARA_BACK_DEG && from + 1 < to && !(r.met[from + 1] & MET_SOFT))
        from++;
    out->para_from[i] = (float) from;
    raw[i] = (float) ((to - from) * RAY_MM);
    ok[i] = raw[i] < (back < 60 ? 120 : PARA_SIDE_MM) && !(sure && raw[i] < PARA_MIN_MM);
    out->para_to[i] = raw[i];
}

static osarc_status find_para(torso_rays *out, const torso_grid *g, readings *s, osarc_error *err)
{
    float *raw = s->wall; /* no longer needed */
    uint8_t *ok = s->wall_ok;
    memset(ok, 0, g->depth * RAYS);
#pragma omp parallel for schedule(dynamic) num_threads(g->threads)
    for (size_t k = 0; k < g->depth; k++)
        for (int number = 0; number < RAYS; number++)
            read_para(out, ok, raw, g, k, number);
    osarc_status status = torso_robust(raw, ok, g, &PARA_RULE, err);
    for (size_t i = 0; !status && i < g->depth * RAYS; i++) {
        double back = 180 - from_front_deg((int) (i % RAYS));
        long k = (long) (i / RAYS);
        double thick = back <= PARA_BACK_DEG ? out->para_to[i] : raw[i];
        if (back > side_limit_deg(g, (size_t) k) || k < g->lowest || k > g->highest ||
            isnan(thick) || out->para_to[i] == NOTHING_THERE ||
            (back > PARA_BACK_DEG && thick < PARA_MIN_MM))
            thick = -1;
        out->para_to[i] = (float) (thick < 0 ? -1 : out->para_from[i] + thick);
    }
    return status;
}

osarc_status torso_rays_make(torso_rays *out, const torso_grid *g, osarc_error *err)
{
    size_t n = g->depth * RAYS;
    float *values = osi_alloc(4 * n, sizeof(*values), err);
    uint8_t *bytes = osi_alloc(3 * n, 1, err);
    memset(out, 0, sizeof(*out));
    out->wall_in = osi_alloc(n, sizeof(*out->wall_in), err);
    out->wall_out = osi_alloc(n, sizeof(*out->wall_out), err);
    out->seen = osi_alloc(n, 1, err);
    out->para_from = osi_alloc(n, sizeof(*out->para_from), err);
    out->para_to = osi_alloc(n, sizeof(*out->para_to), err);
    osarc_status status = OSARC_ERR_MEMORY;
    if (values && bytes && out->wall_in && out->wall_out && out->seen && out->para_from &&
        out->para_to) {
        readings s = {values, values + n, values + 2 * n, values + 3 * n,
                      bytes,  bytes + n,  bytes + 2 * n};
        status = find_wall_in(out, g, &s, err);
        if (!status)
            status = find_para(out, g, &s, err);
    }
    osi_free(bytes);
    osi_free(values);
    return status;
}

void torso_rays_free(torso_rays *r)
{
    osi_free(r->wall_in);
    osi_free(r->wall_out);
    osi_free(r->seen);
    osi_free(r->para_from);
    osi_free(r->para_to);
    memset(r, 0, sizeof(*r));
}
