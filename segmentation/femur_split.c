/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "femur_parts.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>

#include "femur_limits.h"

/*
 * Femurs apart from the pelvis: the ball and the first of the neck belong to the one, bone round
 * the ball that is not the neck to the other. From there both grow through bone, densest first, so
 * that they meet where bone is thinnest: in the gap of the joint, closed or not.
 */

#define LEVELS 66

typedef struct queue {
    uint32_t *cells;        /* a ring would save room; each cell enters once */
    uint32_t *next;         /* chain of the level */
    uint32_t first[LEVELS]; /* 1-based into cells; 0: empty */
    uint32_t last[LEVELS];
    uint32_t count;
    int top;
} queue;

static int level_of(const femur_grid *g, size_t cell)
{
    int level = (int) (((double) g->hu[cell] - LOW_HU) / (HIGH_HU - LOW_HU) * (LEVELS - 1));
    return g->bone[cell] == FEMUR_METAL ? LEVELS - 1 : level;
}

static void push(queue *q, uint32_t cell, int level)
{
    uint32_t at = ++q->count;
    q->cells[at] = cell;
    q->next[at] = 0;
    if (q->first[level])
        q->next[q->last[level]] = at;
    else
        q->first[level] = at;
    q->last[level] = at;
    if (level > q->top)
        q->top = level;
}

static uint32_t pop(queue *q)
{
    while (q->top >= 0 && !q->first[q->top])
        q->top--;
    if (q->top < 0)
        return UINT32_MAX;
    uint32_t at = q->first[q->top];
    q->first[q->top] = q->next[at];
    return q->cells[at];
}

static uint8_t seed_of(const femur_head *h, const double p[3], uint8_t own)
{
    double along;
    double r = femur_head_distance_mm(h, p, &along);
    if (r <= h->radius_mm + BALL_RIM_MM)
        return own;
    if (r > h->radius_mm + SOCKET_SEED_MM)
        return 0;
    if (along > h->radius_mm && r * r - along * along < NECK_SEED_MM * NECK_SEED_MM)
        return own;
    return r >= h->radius_mm + SOCKET_GAP_MM && along < AWAY_COS * r ? FEMUR_OTHER : 0;
}

static void put_seeds(uint8_t *labels, queue *q, const femur_grid *g, const femur_head *heads,
                      size_t count)
{
    size_t cells = femur_count(g);
    for (size_t i = 0; i < cells; i++) {
        if (g->bone[i] < FEMUR_BONE)
            continue;
        double p[3];
        femur_place(g, i, p);
        for (size_t n = 0; n < count && !labels[i]; n++)
            labels[i] = seed_of(&heads[n], p, (uint8_t) (n + 1));
        if (labels[i])
            push(q, (uint32_t) i, level_of(g, i));
    }
}

static void grow(uint8_t *labels, queue *q, const femur_grid *g)
{
    const size_t step[3] = {1, g->size[0], g->size[0] * g->size[1]};
    for (uint32_t cell = pop(q); cell != UINT32_MAX; cell = pop(q)) {
        for (int a = 0; a < 3; a++) {
            size_t at = cell / step[a] % g->size[a];
            for (int way = -1; way <= 1; way += 2) {
                if ((way < 0 && at == 0) || (way > 0 && at + 1 == g->size[a]))
                    continue;
                size_t to = way < 0 ? cell - step[a] : cell + step[a];
                if (g->bone[to] < FEMUR_BONE || labels[to])
                    continue;
                labels[to] = labels[cell];
                push(q, (uint32_t) to, level_of(g, to));
            }
        }
    }
}

osarc_status femur_split(uint8_t **labels_out, const femur_grid *g, const femur_head *heads,
                         size_t count, osarc_error *err)
{
    size_t cells = femur_count(g);
    size_t bone = 0;
    queue q;
    memset(&q, 0, sizeof(q));
    q.top = -1;
    for (size_t i = 0; i < cells; i++)
        bone += g->bone[i] >= FEMUR_BONE;
    *labels_out = osi_alloc(cells, 1, err);
    q.cells = osi_alloc_raw(bone + 1, sizeof(*q.cells), err);
    q.next = osi_alloc_raw(bone + 1, sizeof(*q.next), err);
    osarc_status status = *labels_out && q.cells && q.next ? OSARC_OK : OSARC_ERR_MEMORY;
    if (!status) {
        put_seeds(*labels_out, &q, g, heads, count);
        grow(*labels_out, &q, g);
    }
    osi_free(q.cells);
    osi_free(q.next);
    return status;
}
