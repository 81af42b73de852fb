/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "femur_parts.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/components.h>
#include <osi/distance.h>

#include "femur_limits.h"
#include "plane.h"

/*
 * After the split: marrow too fat to be told from muscle is filled in, and what hangs on by a
 * thread, such as calcified vessels and spurs, is taken off.
 */

typedef struct box {
    size_t low[3], size[3];
    size_t count;
    uint8_t *own, *set;
    uint32_t *part;
    float *mm;
} box;

/* 0 when the label is nowhere. One cell of margin where the grid has it. */
static int find_box(box *b, const femur_grid *g, const uint8_t *labels, uint8_t label)
{
    size_t high[3] = {0, 0, 0};
    size_t i = 0;
    int any = 0;
    for (int a = 0; a < 3; a++)
        b->low[a] = SIZE_MAX;
    for (size_t z = 0; z < g->size[2]; z++)
        for (size_t y = 0; y < g->size[1]; y++)
            for (size_t x = 0; x < g->size[0]; x++, i++) {
                const size_t at[3] = {x, y, z};
                if (labels[i] != label)
                    continue;
                any = 1;
                for (int a = 0; a < 3; a++) {
                    b->low[a] = at[a] < b->low[a] ? at[a] : b->low[a];
                    high[a] = at[a] > high[a] ? at[a] : high[a];
                }
            }
    for (int a = 0; a < 3 && any; a++) {
        b->low[a] -= b->low[a] > 0;
        high[a] += high[a] + 1 < g->size[a];
        b->size[a] = high[a] - b->low[a] + 1;
    }
    b->count = any ? b->size[0] * b->size[1] * b->size[2] : 0;
    return any;
}

static size_t cell_of(const box *b, const femur_grid *g, size_t i)
{
    return femur_cell(g, b->low[0] + i % b->size[0], b->low[1] + i / b->size[0] % b->size[1],
                      b->low[2] + i / (b->size[0] * b->size[1]));
}

static double from_centre_mm(const femur_head *h, const femur_grid *g, size_t cell)
{
    double p[3];
    double r2 = 0;
    femur_place(g, cell, p);
    for (int a = 0; a < 3; a++)
        r2 += (p[a] - h->centre_mm[a]) * (p[a] - h->centre_mm[a]);
    return sqrt(r2);
}

/* Within the rim all is head, whatever the tissue labels call it. */
static void fill_ball(femur_grid *g, uint8_t *labels, uint8_t label, const femur_head *h)
{
    size_t cells = femur_count(g);
    for (size_t i = 0; i < cells; i++)
        if (g->bone[i] == FEMUR_SOFT && !labels[i] &&
            from_centre_mm(h, g, i) <= h->radius_mm - BALL_SURE_MM) {
            labels[i] = label;
            g->bone[i] = FEMUR_FILLED;
        }
}

/* 1 without memory. */
static int fill(box *b, femur_grid *g, uint8_t *labels, uint8_t label)
{
    size_t plane = b->size[0] * b->size[1];
    for (size_t z = 0; z < b->size[2]; z++) {
        uint8_t *open = b->set + z * plane;
        memset(open, 0, plane);
        if (plane_flood(open, b->own + z * plane, b->size[0], b->size[1]))
            return 1;
    }
    for (size_t i = 0; i < b->count; i++) {
        size_t cell = cell_of(b, g, i);
        if (b->own[i] || b->set[i] || labels[cell] || g->bone[cell] == FEMUR_OUT)
            continue;
        b->own[i] = 1;
        labels[cell] = label;
        if (g->bone[cell] == FEMUR_SOFT)
            g->bone[cell] = FEMUR_FILLED;
    }
    return 0;
}

/* Marks in own what a ball reaches from the part that holds the head, and a little more. */
static osarc_status thin_out(box *b, const femur_grid *g, const femur_head *h, osarc_error *err)
{
    const double mm[3] = {g->mm, g->mm, g->mm};
    uint32_t parts = 0;
    size_t *sizes = NULL;
    for (size_t i = 0; i < b->count; i++)
        b->set[i] = !b->own[i] && g->bone[cell_of(b, g, i)] != FEMUR_OUT;
    osarc_status status = osi_distance_limited_mm(b->mm, b->set, b->size, mm, CLEAN_MM, 1, err);
    for (size_t i = 0; i < b->count; i++)
        b->set[i] = b->own[i] && !(b->mm[i] <= CLEAN_MM);
    if (!status)
        status = osi_components(b->part, &parts, &sizes, b->set, b->size, err);
    uint32_t head = 0;
    for (size_t i = 0; !status && i < b->count; i++) {
        if (b->part[i] && from_centre_mm(h, g, cell_of(b, g, i)) < h->radius_mm / 2 &&
            (!head || sizes[b->part[i]] > sizes[head]))
            head = b->part[i];
    }
    for (size_t i = 0; !status && i < b->count; i++)
        b->set[i] = head && b->part[i] == head;
    if (!status && head)
        status = osi_distance_limited_mm(b->mm, b->set, b->size, mm, CLEAN_MM + REST_MM, 1, err);
    for (size_t i = 0; !status && head && i < b->count; i++)
        b->own[i] = b->own[i] && b->mm[i] <= CLEAN_MM + REST_MM;
    osi_free(sizes);
    return status;
}

osarc_status femur_clean(femur_grid *g, uint8_t *labels, uint8_t label, const femur_head *h,
                         osarc_error *err)
{
    box b;
    memset(&b, 0, sizeof(b));
    fill_ball(g, labels, label, h);
    if (!find_box(&b, g, labels, label))
        return OSARC_OK;
    b.own = osi_alloc_raw(b.count, 1, err);
    b.set = osi_alloc_raw(b.count, 1, err);
    b.part = osi_alloc_raw(b.count, sizeof(*b.part), err);
    b.mm = osi_alloc_raw(b.count, sizeof(*b.mm), err);
    osarc_status status = b.own && b.set && b.part && b.mm ? OSARC_OK : OSARC_ERR_MEMORY;
    for (size_t i = 0; !status && i < b.count; i++)
        b.own[i] = labels[cell_of(&b, g, i)] == label;
    if (!status && fill(&b, g, labels, label))
        status = OSARC_ERR_MEMORY;
    if (!status)
        status = thin_out(&b, g, h, err);
    for (size_t i = 0; !status && i < b.count; i++) {
        size_t cell = cell_of(&b, g, i);
        if (labels[cell] == label && !b.own[i])
            labels[cell] = FEMUR_OTHER;
    }
    osi_free(b.own);
    osi_free(b.set);
    osi_free(b.part);
    osi_free(b.mm);
    return status;
}
