/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torso_parts.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/components.h>
#include <osi/fail.h>

#include "plane.h"

typedef struct scratch {
    uint8_t *set, *other, *near;
    uint32_t *part;
} scratch;

static osarc_status near_in_plane(uint8_t *near, const torso_grid *g, const uint8_t *set,
                                  double radius_mm, osarc_error *err)
{
    if (plane_near(near, set, g->size, g->mm, radius_mm, g->threads))
        return osi_fail(err, OSARC_ERR_MEMORY, "no memory for distances in the torso");
    return OSARC_OK;
}

/* Takes off what is thinner than twice a radius, in plane. */
static osarc_status open_in_plane(uint8_t *set, scratch *s, const torso_grid *g, double radius_mm,
                                  osarc_error *err)
{
    for (size_t i = 0; i < g->count; i++)
        s->other[i] = !set[i];
    osarc_status status = near_in_plane(s->near, g, s->other, radius_mm, err);
    if (status)
        return status;
    for (size_t i = 0; i < g->count; i++)
        s->other[i] = s->near[i] ? 0 : set[i];
    status = near_in_plane(s->near, g, s->other, radius_mm, err);
    for (size_t i = 0; !status && i < g->count; i++)
        set[i] = s->near[i] ? set[i] : 0;
    return status;
}

static osarc_status keep_largest(uint8_t *set, scratch *s, const torso_grid *g, osarc_error *err)
{
    uint32_t count = 0;
    size_t *sizes = NULL;
    osarc_status status = osi_components(s->part, &count, &sizes, set, g->size, err);
    if (status)
        return status;
    uint32_t best = 0;
    for (uint32_t c = 1; c <= count; c++)
        if (best == 0 || sizes[c] > sizes[best])
            best = c;
    for (size_t i = 0; i < g->count; i++)
        set[i] = best && s->part[i] == best;
    osi_free(sizes);
    return best ? OSARC_OK : osi_fail(err, OSARC_ERR_QUALITY, "no torso round the spine");
}

/* Inside the wall: not reached from outside through subcutaneous fat and skin. */
static osarc_status find_inside(torso_grid *g, scratch *s, osarc_error *err)
{
    for (size_t i = 0; i < g->count; i++)
        s->other[i] = g->label[i] == OSARC_TISSUE_OUTSIDE;
    osarc_status status = near_in_plane(s->near, g, s->other, TORSO_SKIN_MM, err);
    if (status)
        return status;
    for (size_t i = 0; i < g->count; i++) {
        int skin = (g->label[i] == OSARC_TISSUE_SOFT) & s->near[i];
        int outer =
            (g->label[i] == OSARC_TISSUE_OUTSIDE) | (g->label[i] == OSARC_TISSUE_SUBCUTANEOUS_FAT);
        s->other[i] = !(skin | outer);
    }
    size_t area = g->size[0] * g->size[1];
    int failed = 0;
    memset(s->set, 0, g->count);
#pragma omp parallel for schedule(dynamic) num_threads(g->threads) reduction(| : failed)
    for (size_t k = 0; k < g->depth; k++)
        failed |= plane_flood(s->set + k * area, s->other + k * area, g->size[0], g->size[1]);
    if (failed)
        return osi_fail(err, OSARC_ERR_MEMORY, "no memory for the torso's outline");
    for (size_t i = 0; i < g->count; i++)
        s->set[i] = !s->set[i];
    status = open_in_plane(s->set, s, g, TORSO_OPEN_MM, err);
    if (!status)
        status = torso_find_arms(g, s->set, err);
    if (!status)
        status = keep_largest(s->set, s, g, err);
    for (size_t i = 0; !status && i < g->count; i++)
        if (s->set[i])
            g->flags[i] |= IN_WALL;
    return status;
}

/* From a point in plane to the last inside on the way to the front; -1 when it is not inside. */
static double reach_front_mm(const torso_grid *g, size_t k, const double from[2])
{
    double last = -1;
    for (int n = 0; n < MAX_STEPS; n++) {
        long x = torso_block(g, 0, from[0] + n * RAY_MM * g->front[0]);
        long y = torso_block(g, 1, from[1] + n * RAY_MM * g->front[1]);
        if (x < 0 || y < 0 || x >= (long) g->size[0] || y >= (long) g->size[1])
            break;
        if (g->flags[torso_index(g, (size_t) x, (size_t) y, k)] & IN_WALL)
            last = n * RAY_MM;
    }
    return last;
}

/* Half-way from the front of the body to the front wall, or the middle of the torso if that is
 * further in front. */
static int find_centre(double out[2], const torso_grid *g, size_t k)
{
    double sum[3] = {0, 0, 0};
    for (size_t y = 0; y < g->size[1]; y++)
        for (size_t x = 0; x < g->size[0]; x++)
            if (g->flags[torso_index(g, x, y, k)] & IN_WALL) {
                sum[0]++;
                sum[1] += torso_at_mm(g, 0, x);
                sum[2] += torso_at_mm(g, 1, y);
            }
    if (sum[0] < 1)
        return 0;
    const torso_plane *p = &g->plane[k];
    double front;
    double side;
    torso_turn(g, sum[1] / sum[0] - p->body[0], sum[2] / sum[0] - p->body[1], &front, &side);
    double reach = reach_front_mm(g, k, p->body);
    if (reach > 0)
        front = fmax(front, (p->half_deep + reach) / 2);
    out[0] = p->body[0] + front * g->front[0] - side * g->front[1];
    out[1] = p->body[1] + front * g->front[1] + side * g->front[0];
    return 1;
}

#define CENTRE_SMOOTH_MM 12.0

/* Ray starts, smoothed along the body. */
static osarc_status find_centres(torso_grid *g, osarc_error *err)
{
    double(*raw)[3] = osi_alloc(g->depth, sizeof(*raw), err);
    if (!raw)
        return OSARC_ERR_MEMORY;
#pragma omp parallel for schedule(dynamic) num_threads(g->threads)
    for (size_t k = 0; k < g->depth; k++)
        raw[k][2] = find_centre(raw[k], g, k);
    long half = (long) (CENTRE_SMOOTH_MM / g->mm[2]);
    for (long k = 0; k < (long) g->depth; k++) {
        double sum[3] = {0, 0, 0};
        for (long q = k - half; q <= k + half; q++)
            if (q >= 0 && q < (long) g->depth && raw[q][2] > 0) {
                sum[0] += raw[q][0];
                sum[1] += raw[q][1];
                sum[2]++;
            }
        torso_plane *p = &g->plane[k];
        p->centre[0] = sum[2] > 0 ? sum[0] / sum[2] : p->body[0];
        p->centre[1] = sum[2] > 0 ? sum[1] / sum[2] : p->body[1];
        p->front_mm = reach_front_mm(g, (size_t) k, p->centre);
    }
    osi_free(raw);
    return OSARC_OK;
}

/* Fat and gas that hang together with those in the middle of the cavity. */
static osarc_status find_cavity(torso_grid *g, scratch *s, osarc_error *err)
{
    for (size_t i = 0; i < g->count; i++)
        s->set[i] =
            ((g->flags[i] & IN_WALL) != 0) &
            ((g->label[i] == OSARC_TISSUE_SUBCUTANEOUS_FAT) |
             (g->label[i] == OSARC_TISSUE_VISCERAL_FAT) | (g->label[i] == OSARC_TISSUE_GAS));
    osarc_status status = open_in_plane(s->set, s, g, CAVITY_OPEN_MM, err);
    uint32_t count = 0;
    size_t *sizes = NULL;
    if (!status)
        status = osi_components(s->part, &count, &sizes, s->set, g->size, err);
    if (status)
        return status;
    memset(sizes, 0, (count + 1) * sizeof(*sizes));
    for (size_t k = 0, i = 0; k < g->depth; k++) {
        const torso_plane *p = &g->plane[k];
        double seed = fmin(SEED_SHARE * p->front_mm, SEED_MAX_MM);
        for (size_t y = 0; y < g->size[1]; y++)
            for (size_t x = 0; x < g->size[0]; x++, i++)
                if (s->part[i] && hypot(torso_at_mm(g, 0, x) - p->centre[0],
                                        torso_at_mm(g, 1, y) - p->centre[1]) < seed)
                    sizes[s->part[i]] = 1;
    }
    for (size_t i = 0; i < g->count; i++)
        s->other[i] = s->part[i] && sizes[s->part[i]];
    osi_free(sizes);
    status = near_in_plane(s->near, g, s->other, CAVITY_OPEN_MM, err);
    for (size_t i = 0; !status && i < g->count; i++)
        if (s->near[i] && (g->flags[i] & IN_WALL) &&
            (g->label[i] == OSARC_TISSUE_VISCERAL_FAT || g->label[i] == OSARC_TISSUE_GAS))
            g->flags[i] |= CAVITY;
    return status;
}

static int in_spine_tube(const torso_grid *g, size_t k, size_t x, size_t y)
{
    double front;
    double side;
    torso_turn(g, torso_at_mm(g, 0, x) - g->plane[k].body[0],
               torso_at_mm(g, 1, y) - g->plane[k].body[1], &front, &side);
    return fabs(side) < SPINE_TUBE_MM && front < TUBE_FRONT_MM;
}

/* Bone beside the spine that is larger than a rib and reaches below the last lumbar body. */
static osarc_status find_bones(torso_grid *g, scratch *s, osarc_error *err)
{
    for (size_t k = 0, i = 0; k < g->depth; k++)
        for (size_t y = 0; y < g->size[1]; y++)
            for (size_t x = 0; x < g->size[0]; x++, i++) {
                int bone = (g->flags[i] & IN_WALL) && is_bone_label(g->label[i]);
                int tube = bone && in_spine_tube(g, k, x, y);
                s->set[i] = bone && !tube;
                if (tube)
                    g->flags[i] |= SPINE;
            }
    uint32_t count = 0;
    size_t *sizes = NULL;
    osarc_status status = osi_components(s->part, &count, &sizes, s->set, g->size, err);
    if (status)
        return status;
    double cm3 = g->mm[0] * g->mm[1] * g->mm[2] / 1000;
    uint8_t *low = osi_alloc((size_t) count + 1, 1, err);
    if (low) {
        size_t area = g->size[0] * g->size[1];
        for (size_t i = 0; i < g->count; i++) {
            long k = (long) (i / area);
            if (s->part[i] && (g->head_up ? k < g->lowest : k > g->highest))
                low[s->part[i]] = 1;
        }
        for (size_t i = 0; i < g->count; i++)
            if (low[s->part[i]] && (double) sizes[s->part[i]] * cm3 > PELVIS_CM3)
                g->flags[i] |= PELVIS;
    }
    osi_free(sizes);
    osi_free(low);
    return low ? OSARC_OK : OSARC_ERR_MEMORY;
}

/* Whether much bone lies beside vertebrae without a name all along: hip bones beside a sacrum. */
static int is_pelvis_alone(const torso_grid *g, const uint8_t *beside)
{
    size_t area = g->size[0] * g->size[1];
    size_t least = area;
    if (g->is_named)
        return 0;
    for (long k = g->lowest; k <= g->highest; k++) {
        size_t bone = 0;
        for (size_t i = 0; i < area; i++)
            bone += beside[(size_t) k * area + i];
        least = bone < least ? bone : least;
    }
    return (double) least * g->mm[0] * g->mm[1] / 100 > HIPS_CM2;
}

osarc_status torso_find_regions(torso_grid *g, osarc_error *err)
{
    scratch s = {osi_alloc_raw(g->count, 1, err), osi_alloc_raw(g->count, 1, err),
                 osi_alloc_raw(g->count, 1, err), osi_alloc_raw(g->count, sizeof(*s.part), err)};
    osarc_status status = s.set && s.other && s.near && s.part ? OSARC_OK : OSARC_ERR_MEMORY;
    if (!status)
        status = find_inside(g, &s, err);
    if (!status)
        status = find_centres(g, err);
    if (!status)
        status = find_cavity(g, &s, err);
    if (!status)
        status = find_bones(g, &s, err);
    if (!status && is_pelvis_alone(g, s.set))
        status = osi_fail(err, OSARC_ERR_QUALITY, "no lumbar vertebra in view, only the pelvis");
    osi_free(s.set);
    osi_free(s.other);
    osi_free(s.near);
    osi_free(s.part);
    return status;
}
