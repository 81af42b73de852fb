/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine_anchors.h"

#include <string.h>

#include <osi/alloc.h>

/* A rib comes down that far from its root to where it is looked for. */
#define BELOW_MM 12.0
/* No root shows of a piece that comes so near to the upper border. */
#define BORDER_MM 6.0

/* A piece of bone beside the spine. */
typedef struct piece {
    double cells;
    double near_mm, far_mm; /* from the midline */
    double root_s;          /* steps along the canal, of its near end */
    double root_v_mm;
    int side;       /* 0 right, 1 left */
    int from_above; /* it comes into the view over its upper border */
} piece;

/* Middle of a cell, LPS. */
static void locate(double at[3], const coarse *c, size_t i)
{
    const size_t index[3] = {i % c->size[0], i / c->size[0] % c->size[1],
                             i / (c->size[0] * c->size[1])};
    for (int a = 0; a < 3; a++)
        at[a] = c->origin_mm[a] + (double) index[a] * COARSE_GRID_MM;
}

/* Cells of bone further from the midline than every joint of a rib with the spine. */
static void mark_aside(uint8_t *aside, float (*place)[3], const coarse *c, const spine_line *line)
{
    size_t plane = c->size[0] * c->size[1];
#pragma omp parallel for schedule(dynamic, 4) num_threads(c->threads)
    for (size_t z = 0; z < c->size[2]; z++) {
        size_t near = line->count / 2;
        for (size_t i = z * plane; i < (z + 1) * plane; i++) {
            aside[i] = 0;
            if (!c->thin[i])
                continue;
            double suv[3];
            double at[3];
            locate(at, c, i);
            spine_line_locate(line, at, &near, suv);
            aside[i] = fabs(suv[1]) > RIB_TUBE_MM;
            for (int a = 0; a < 3; a++)
                place[i][a] = (float) suv[a];
        }
    }
}

static size_t push_neighbours(size_t *stack, size_t top, uint8_t *aside, const coarse *c, size_t i)
{
    size_t x = i % c->size[0];
    size_t y = i / c->size[0] % c->size[1];
    size_t z = i / (c->size[0] * c->size[1]);
    for (size_t k = z ? z - 1 : 0; k <= z + 1 && k < c->size[2]; k++)
        for (size_t j = y ? y - 1 : 0; j <= y + 1 && j < c->size[1]; j++)
            for (size_t n = x ? x - 1 : 0; n <= x + 1 && n < c->size[0]; n++) {
                size_t at = coarse_index(c, n, j, k);
                if (aside[at] == 1) {
                    aside[at] = 2;
                    stack[top++] = at;
                }
            }
    return top;
}

/* Whether the view ends over a cell. */
static int is_under_border(const coarse *c, const sampler *s, size_t i)
{
    double at[3];
    locate(at, c, i);
    at[2] += BORDER_MM;
    size_t above = sample_nearest(s, at);
    return above == SIZE_MAX || s->stored[above] == OSARC_OUTSIDE;
}

/* The piece that holds cell i; its cells are struck out. */
static piece take_piece(uint8_t *aside, size_t *stack, float (*const place)[3], const coarse *c,
                        const sampler *s, size_t i)
{
    piece p = {0, HUGE_VAL, 0, 0, 0, place[i][1] > 0, 0};
    double root_cells = 0;
    size_t top = 1;
    stack[0] = i;
    aside[i] = 2;
    /* the stack keeps what is done: cells are read twice */
    for (size_t done = 0; done < top; done++) {
        double far = fabs((double) place[stack[done]][1]);
        p.near_mm = fmin(p.near_mm, far);
        p.far_mm = fmax(p.far_mm, far);
        p.from_above |= is_under_border(c, s, stack[done]);
        top = push_neighbours(stack, top, aside, c, stack[done]);
    }
    for (size_t done = 0; done < top; done++) {
        const float *at = place[stack[done]];
        if (fabs((double) at[1]) > p.near_mm + 2 * COARSE_GRID_MM)
            continue;
        p.root_s += at[0];
        p.root_v_mm += at[2];
        root_cells++;
    }
    p.cells = (double) top;
    p.root_s /= root_cells;
    p.root_v_mm /= root_cells;
    return p;
}

static int may_be_rib(const piece *p)
{
    double cm3 = p->cells * COARSE_GRID_MM * COARSE_GRID_MM * COARSE_GRID_MM / 1000;
    return p->far_mm >= RIB_DOUBT_MM && p->near_mm <= RIB_ROOT_MM &&
           p->root_v_mm >= -RIB_FRONT_MM && cm3 <= RIB_MAX_CM3;
}

/* A short rib may be the last one, or a long transverse process: it tells nothing. */
static void mark_level(level_ribs *level, const piece *p)
{
    if (p->far_mm >= RIB_REACH_MM) {
        level->side[p->side] = RIB_SEEN;
        level->reach_mm[p->side] = fmax(level->reach_mm[p->side], p->far_mm);
    } else if (level->side[p->side] == RIB_NONE) {
        level->side[p->side] = RIB_UNKNOWN;
    }
}

/* Whether the view goes far enough aside, over the height where a rib of the level would run. */
static int in_view(const sampler *s, const spine_line *line, double low, double high, int side)
{
    double u = (side ? 1 : -1) * (RIB_REACH_MM + 2);
    for (int n = 0; n <= 4; n++) {
        double at[3];
        double suv = low + (high - low) * n / 4;
        spine_line_position(line, suv, u, 10, at);
        if (!isfinite(sample_hu(s, at)))
            return 0;
    }
    return 1;
}

osarc_status ribs_find(level_ribs ribs[MAX_DISCS], const coarse *c, const spine_line *line,
                       const discs *d, const sampler *s, osarc_error *err)
{
    size_t count = c->size[0] * c->size[1] * c->size[2];
    uint8_t *aside = osi_alloc_raw(count, 1, err);
    float(*place)[3] = osi_alloc_raw(count, sizeof(*place), err);
    size_t *stack = osi_alloc_raw(count, sizeof(*stack), err);
    memset(ribs, 0, MAX_DISCS * sizeof(*ribs));
    osarc_status status = aside && place && stack ? OSARC_OK : OSARC_ERR_MEMORY;
    for (size_t i = 0; !status && i + 1 < d->count; i++)
        for (int side = 0; side < 2; side++) {
            /* the root of a rib may lie beyond the border of the view */
            int seen = !d->edge[i + 1] &&
                       in_view(s, line, d->at[i] - BELOW_MM / STRAIGHT_MM, d->at[i + 1], side);
            ribs[i].side[side] = seen ? RIB_NONE : RIB_UNKNOWN;
        }
    if (!status) {
        mark_aside(aside, place, c, line);
        for (size_t i = 0; i < count; i++) {
            if (aside[i] != 1)
                continue;
            piece p = take_piece(aside, stack, place, c, s, i);
            if (!may_be_rib(&p))
                continue;
            double from = p.root_s + RIB_RISE_MM / STRAIGHT_MM;
            for (size_t n = 0; n + 1 < d->count; n++)
                if (from >= d->at[n] && from < d->at[n + 1] && !(p.from_above && d->edge[n + 1]))
                    mark_level(&ribs[n], &p);
        }
    }
    osi_free(stack);
    osi_free(place);
    osi_free(aside);
    return status;
}
