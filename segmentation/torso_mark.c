/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torso_parts.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/components.h>
#include <osi/fail.h>

#include "plane.h"

#define SLACK_MM 1.0   /* half a block */
#define MIXED_HU 150.0 /* a block that bone takes part in */

torso_polar torso_to_polar(const torso_grid *g, const double from[2], size_t x, size_t y)
{
    double front;
    double side;
    torso_turn(g, torso_at_mm(g, 0, x) - from[0], torso_at_mm(g, 1, y) - from[1], &front, &side);
    float turn = atan2f((float) side, (float) front) / (float) (2 * M_PI);
    int ray = (int) ((turn < 0 ? turn + 1 : turn) * RAYS + 0.5F) % RAYS;
    return (torso_polar){(float) sqrt(front * front + side * side), ray};
}

/* slack_mm: how far beyond its end soft tissue is still that muscle's. */
static int in_para(const torso_grid *g, const torso_rays *r, size_t k, size_t x, size_t y,
                   double slack_mm)
{
    torso_polar p = torso_to_polar(g, g->plane[k].body, x, y);
    size_t i = k * RAYS + (size_t) p.ray;
    return r->para_to[i] > 0 && p.mm >= r->para_from[i] &&
           (double) p.mm <= (double) r->para_to[i] + slack_mm;
}

int torso_in_wall(const torso_grid *g, const torso_rays *r, size_t k, size_t x, size_t y)
{
    torso_polar p = torso_to_polar(g, g->plane[k].centre, x, y);
    size_t i = k * RAYS + (size_t) p.ray;
    double in = r->wall_in[i] - (r->seen[i] ? 2 * SLACK_MM : SLACK_MM);
    return p.mm <= r->wall_out[i] && (double) p.mm > in;
}

static int in_canal(const torso_grid *g, size_t k, size_t x, size_t y)
{
    const torso_plane *p = &g->plane[k];
    double front;
    double side;
    torso_turn(g, torso_at_mm(g, 0, x) - p->body[0], torso_at_mm(g, 1, y) - p->body[1], &front,
               &side);
    double behind = -front - p->half_deep;
    /* soft voxels of the body, and the disc between two bodies */
    if (hypot(front / (p->half_deep + SLACK_MM), side / (p->half_wide + SLACK_MM)) < 1)
        return 1;
    return fabs(side) < CANAL_HALF_WIDE && behind > -2 && behind < CANAL_DEEP_MM;
}

static void mark_plane(torso_grid *g, const torso_rays *r, size_t k)
{
    int has_para = (long) k >= g->lowest && (long) k <= g->highest;
    for (size_t y = 0; y < g->size[1]; y++)
        for (size_t x = 0; x < g->size[0]; x++) {
            size_t i = torso_index(g, x, y, k);
            if (!(g->flags[i] & IN_WALL))
                continue;
            torso_polar p = torso_to_polar(g, g->plane[k].centre, x, y);
            if (has_para && in_canal(g, k, x, y))
                g->flags[i] |= CANAL;
            if (p.mm > r->wall_out[k * RAYS + (size_t) p.ray])
                continue;
            if (torso_in_wall(g, r, k, x, y) ||
                (has_para && in_para(g, r, k, x, y, 1.5 * SLACK_MM)))
                g->flags[i] |= MUSCLE;
        }
}

static int is_muscle(const torso_grid *g, size_t i)
{
    return (g->flags[i] & (MUSCLE | CANAL)) == MUSCLE && g->label[i] == OSARC_TISSUE_SOFT;
}

static double find_median_hu(const torso_grid *g)
{
    enum {
        LOW = -30,
        HIGH = 150
    };
    size_t bins[HIGH - LOW] = {0};
    size_t count = 0;
    for (size_t i = 0; i < g->count; i++)
        if (is_muscle(g, i) && g->hu[i] >= LOW && g->hu[i] < HIGH) {
            bins[g->hu[i] - LOW]++;
            count++;
        }
    size_t below = 0;
    for (int b = 0; b < HIGH - LOW; b++) {
        below += bins[b];
        if (2 * below > count)
            return b + LOW;
    }
    return HIGH;
}

/* Cartilage of ribs. */
static void drop_bright(torso_grid *g)
{
    double most = find_median_hu(g) + CARTILAGE_HU;
#pragma omp parallel for schedule(static) num_threads(g->threads)
    for (size_t k = 0; k < g->depth; k++)
        for (size_t y = 1; y + 1 < g->size[1]; y++)
            for (size_t x = 1; x + 1 < g->size[0]; x++) {
                size_t i = torso_index(g, x, y, k);
                if (!is_muscle(g, i))
                    continue;
                int sum = 0;
                int count = 0;
                int bone = 0;
                for (size_t v = i - g->size[0]; v <= i + g->size[0]; v += g->size[0])
                    for (size_t u = v - 1; u <= v + 1; u++) {
                        bone |= is_bone_label(g->label[u]) || g->hu[u] > MIXED_HU;
                        if (g->label[u] == OSARC_TISSUE_SOFT) {
                            sum += g->hu[u];
                            count++;
                        }
                    }
                if (bone)
                    continue; /* bright by its blur */
                if (sum > most * count)
                    g->flags[i] |= GUT;
            }
    for (size_t i = 0; i < g->count; i++)
        if (g->flags[i] & GUT)
            g->flags[i] &= (uint8_t) ~(MUSCLE | GUT);
}

/* Beyond the outermost muscle of its ray nothing is the cavity's; nor is what lies in the wall and
 * does not hang together with the cavity. */
static void mark_skin_side(torso_grid *g, const torso_rays *r, size_t k, torso_polar *place)
{
    size_t area = g->size[0] * g->size[1];
    uint8_t *flags = g->flags + k * area;
    float most[RAYS];
    for (int n = 0; n < RAYS; n++)
        most[n] = INFINITY;
    for (size_t y = 0, i = 0; y < g->size[1]; y++)
        for (size_t x = 0; x < g->size[0]; x++, i++) {
            if (!(flags[i] & (IN_WALL | MUSCLE)))
                continue;
            torso_polar p = place[i] = torso_to_polar(g, g->plane[k].centre, x, y);
            if (is_muscle(g, k * area + i) && (isinf(most[p.ray]) || p.mm > most[p.ray]))
                most[p.ray] = p.mm;
        }
    for (size_t i = 0; i < area; i++) {
        if (!(flags[i] & (IN_WALL | MUSCLE)))
            continue;
        torso_polar p = place[i];
        double in = r->wall_in[k * RAYS + (size_t) p.ray];
        double rim = (flags[i] & CAVITY ? 4 : 2) * SLACK_MM;
        int in_wall = r->seen[k * RAYS + (size_t) p.ray] && (double) p.mm > in + rim;
        int bulge = p.mm > r->wall_out[k * RAYS + (size_t) p.ray];
        if (!bulge && (p.mm > most[p.ray] || in_wall))
            flags[i] |= BETWEEN;
    }
}

/*
 * Fat in gaps between muscles, or between muscle and bone, that a disc cannot enter from the
 * cavity; a block away from where it can, for that is mixed with the cavity's fat.
 */
static osarc_status mark_between(torso_grid *g, const torso_rays *r, osarc_error *err)
{
    double least = GAP_MM + fmax(g->mm[0], g->mm[1]);
    uint8_t *set = osi_alloc_raw(g->count, 1, err);
    uint8_t *near = osi_alloc_raw(g->count, 1, err);
    int failed = !set || !near;
    for (size_t i = 0; !failed && i < g->count; i++)
        set[i] = is_muscle(g, i) || ((g->flags[i] & IN_WALL) && is_bone_label(g->label[i]));
    failed = failed || plane_near(near, set, g->size, g->mm, GAP_MM, g->threads);
    for (size_t i = 0; !failed && i < g->count; i++)
        set[i] = !near[i];
    failed = failed || plane_near(near, set, g->size, g->mm, least, g->threads);
    for (size_t i = 0; !failed && i < g->count; i++)
        if (!near[i] && !(g->flags[i] & CAVITY))
            g->flags[i] |= BETWEEN;
    osi_free(near);
    osi_free(set);
#pragma omp parallel num_threads(g->threads) reduction(| : failed)
    {
        torso_polar *place = osi_alloc_raw(g->size[0] * g->size[1], sizeof(*place), NULL);
        failed |= !place;
#pragma omp for schedule(dynamic)
        for (size_t k = 0; k < g->depth; k++)
            if (place)
                mark_skin_side(g, r, k, place);
        osi_free(place);
    }
    return failed ? osi_fail(err, OSARC_ERR_MEMORY, "no memory for gaps between muscles")
                  : OSARC_OK;
}

typedef struct piece {
    size_t blocks, near;
    double front, side;
    int far;
} piece;

typedef struct room {
    uint8_t *set, *close, *near;
    uint32_t *part;
} room;

static osarc_status make_room(room *out, size_t area, osarc_error *err)
{
    out->set = osi_alloc_raw(area, 1, err);
    out->close = osi_alloc_raw(area, 1, err);
    out->near = osi_alloc_raw(area, 1, err);
    out->part = osi_alloc_raw(area, sizeof(*out->part), err);
    return out->set && out->close && out->near && out->part ? OSARC_OK : OSARC_ERR_MEMORY;
}

static void free_room(room *r)
{
    osi_free(r->part);
    osi_free(r->near);
    osi_free(r->close);
    osi_free(r->set);
}

/*
 * Soft pieces behind, beside the muscles of the spine and close to them in every part, are parts
 * of quadratus and psoas that the rays missed.
 */
static osarc_status add_pieces(torso_grid *g, size_t k, room *m, osarc_error *err)
{
    uint8_t *set = m->set;
    uint32_t *part = m->part;
    size_t area = g->size[0] * g->size[1];
    size_t start = k * area;
    const size_t size[3] = {g->size[0], g->size[1], 1};
    for (size_t i = 0; i < area; i++)
        set[i] = (uint8_t) is_muscle(g, start + i);
    if (plane_near(m->close, set, size, g->mm, PIECE_CLOSE_MM, 1) ||
        plane_near(m->near, set, size, g->mm, PIECE_FAR_MM, 1))
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < area; i++)
        set[i] = (g->flags[start + i] & (IN_WALL | MUSCLE | CANAL)) == IN_WALL &&
                 g->label[start + i] == OSARC_TISSUE_SOFT;
    uint32_t count = 0;
    size_t *sizes = NULL;
    osarc_status status = osi_components(part, &count, &sizes, set, size, err);
    if (status)
        return status;
    piece *pieces = osi_alloc((size_t) count + 1, sizeof(*pieces), err);
    for (size_t i = 0; pieces && i < area; i++)
        if (part[i]) {
            piece *p = &pieces[part[i]];
            double front;
            double side;
            torso_turn(g, torso_at_mm(g, 0, i % g->size[0]) - g->plane[k].body[0],
                       torso_at_mm(g, 1, i / g->size[0]) - g->plane[k].body[1], &front, &side);
            p->blocks++;
            p->front += front;
            p->side += fabs(side);
            p->near += m->close[i];
            p->far |= !m->near[i];
        }
    for (size_t i = 0; pieces && i < area; i++)
        if (part[i]) {
            const piece *p = &pieces[part[i]];
            double n = (double) p->blocks;
            if (!p->far && n * g->mm[0] * g->mm[1] / 100 < PIECE_CM2 && p->front / n < 5 &&
                p->side / n < PIECE_ASIDE_MM && (double) p->near > PIECE_CLOSE_SHARE * n)
                g->flags[start + i] |= MUSCLE;
        }
    status = pieces ? OSARC_OK : OSARC_ERR_MEMORY;
    osi_free(pieces);
    osi_free(sizes);
    return status;
}

/* The outer side of the wall runs through blocks that are mostly fat. */
static void add_rim(torso_grid *g, size_t k, uint8_t *set)
{
    size_t w = g->size[0];
    uint8_t *flags = g->flags + k * w * g->size[1];
    const uint8_t *label = g->label + k * w * g->size[1];
    memset(set, 0, w * g->size[1]);
    for (size_t y = 1; y + 1 < g->size[1]; y++)
        for (size_t x = 1; x + 1 < w; x++) {
            size_t i = y * w + x;
            if (flags[i] & IN_WALL || label[i] != OSARC_TISSUE_SUBCUTANEOUS_FAT)
                continue;
            const size_t next[4] = {i - 1, i + 1, i - w, i + w};
            for (int n = 0; n < 4; n++)
                set[i] |= (flags[next[n]] & (IN_WALL | MUSCLE)) == (IN_WALL | MUSCLE);
        }
    for (size_t i = 0; i < w * g->size[1]; i++)
        if (set[i])
            flags[i] |= MUSCLE;
}

static osarc_status mark_pieces(torso_grid *g, const torso_rays *r, osarc_error *err)
{
    int failed = 0;
#pragma omp parallel num_threads(g->threads) reduction(| : failed)
    {
        room m = {0};
        int without = make_room(&m, g->size[0] * g->size[1], NULL) != OSARC_OK;
        failed |= without;
#pragma omp for schedule(dynamic)
        for (long k = g->lowest; k <= g->highest; k++)
            if (!without)
                failed |= add_pieces(g, (size_t) k, &m, NULL) != OSARC_OK;
        free_room(&m);
    }
    if (failed)
        return osi_fail(err, OSARC_ERR_MEMORY, "no memory for pieces of muscle");
    drop_bright(g);
    osarc_status status = torso_follow_psoas(g, r, err);
    if (!status)
        status = torso_mark_content(g, err);
    if (status)
        return status;
#pragma omp parallel num_threads(g->threads) reduction(| : failed)
    {
        uint8_t *set = osi_alloc_raw(g->size[0] * g->size[1], 1, NULL);
        failed |= !set;
#pragma omp for schedule(dynamic)
        for (size_t k = 0; k < g->depth; k++)
            if (set)
                add_rim(g, k, set);
        osi_free(set);
    }
    return failed ? osi_fail(err, OSARC_ERR_MEMORY, "no memory for the wall's rim") : OSARC_OK;
}

osarc_status torso_mark(torso_grid *g, const torso_rays *r, osarc_error *err)
{
#pragma omp parallel for schedule(dynamic) num_threads(g->threads)
    for (size_t k = 0; k < g->depth; k++)
        mark_plane(g, r, k);
    osarc_status status = mark_pieces(g, r, err);
    if (!status)
        status = mark_between(g, r, err);
    return status;
}
