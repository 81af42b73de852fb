/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torso_parts.h"

#include <math.h>

#include <osarc/hu_windows.h>
#include <osi/alloc.h>
#include <osi/components.h>
#include <osi/distance.h>
#include <osi/fail.h>

/*
 * Stool is soft tissue mixed with gas bubbles smaller than voxels: some of it reads as fat, but
 * never evenly. Fat-like blocks without even fat close by, in pieces that are thick together with
 * the gas they touch, are bowel content; thin fat between loops is no such piece.
 */

#define APART_MM     1e4
#define USUAL_FAT_HU (-100.0) /* where none lies under the skin */
#define EVEN_HU      28.0     /* adipose tissue, with noise, is so near to its median */
#define EVEN_BLOCKS  7        /* of 3 x 3 */

typedef struct room {
    uint8_t *thin;  /* fat without even fat close by */
    uint8_t *mixed; /* that and gas */
    uint8_t *set;
    float *mm;
    uint32_t *part;
    double fat_hu;
} room;

static int make_room(room *r, size_t area)
{
    r->thin = osi_alloc_raw(area, 1, NULL);
    r->mixed = osi_alloc_raw(area, 1, NULL);
    r->set = osi_alloc_raw(area, 1, NULL);
    r->mm = osi_alloc_raw(area, sizeof(*r->mm), NULL);
    r->part = osi_alloc_raw(area, sizeof(*r->part), NULL);
    return r->thin && r->mixed && r->set && r->mm && r->part;
}

static void free_room(room *r)
{
    osi_free(r->thin);
    osi_free(r->mixed);
    osi_free(r->set);
    osi_free(r->mm);
    osi_free(r->part);
}

/* CT number of adipose tissue: the median under the skin. */
static double find_fat_hu(const torso_grid *g)
{
    enum {
        LOW = -190,
        HIGH = -30
    };
    size_t bins[HIGH - LOW] = {0};
    size_t count = 0;
    for (size_t i = 0; i < g->count; i++)
        if (g->label[i] == OSARC_TISSUE_SUBCUTANEOUS_FAT && g->hu[i] >= LOW && g->hu[i] < HIGH) {
            bins[g->hu[i] - LOW]++;
            count++;
        }
    size_t below = 0;
    for (int b = 0; b < HIGH - LOW; b++) {
        below += bins[b];
        if (2 * below > count)
            return b + LOW;
    }
    return USUAL_FAT_HU;
}

static int is_even_fat(const int16_t *hu, size_t width, double fat_hu)
{
    int like = 0;
    if (fabs(*hu - fat_hu) > EVEN_HU)
        return 0;
    for (const int16_t *row = hu - width; row <= hu + width; row += width)
        for (int u = -1; u <= 1; u++)
            like += fabs(row[u] - fat_hu) <= EVEN_HU;
    return like >= EVEN_BLOCKS;
}

static int is_gas(const torso_grid *g, size_t i)
{
    return (g->flags[i] & IN_WALL) &&
           (g->label[i] == OSARC_TISSUE_GAS ||
            (g->label[i] == OSARC_TISSUE_SOFT &&
             g->hu[i] < osarc_hu_window_get(OSARC_WINDOW_ADIPOSE)->low_hu));
}

static int is_inner_fat(const torso_grid *g, size_t i)
{
    return (g->flags[i] & IN_WALL) && g->label[i] == OSARC_TISSUE_VISCERAL_FAT;
}

/* Fills thin and mixed; gas_out tells whether there is any gas. */
static osarc_status find_mixed(room *r, int *gas_out, const torso_grid *g, size_t k)
{
    size_t w = g->size[0];
    size_t area = w * g->size[1];
    size_t start = k * area;
    const size_t size[3] = {w, g->size[1], 1};
    const double spacing[3] = {g->mm[0], g->mm[1], APART_MM};
    *gas_out = 0;
    for (size_t i = 0; i < area && !*gas_out; i++)
        *gas_out = is_gas(g, start + i);
    if (!*gas_out)
        return OSARC_OK;
    for (size_t i = 0; i < area; i++) {
        int inside = i >= w && i + w < area && i % w > 0 && i % w + 1 < w;
        r->set[i] =
            inside && is_inner_fat(g, start + i) && is_even_fat(g->hu + start + i, w, r->fat_hu);
    }
    osarc_status status =
        osi_distance_limited_mm(r->mm, r->set, size, spacing, NEAR_FAT_MM, 1, NULL);
    for (size_t i = 0; !status && i < area; i++) {
        r->thin[i] = is_inner_fat(g, start + i) && isinf(r->mm[i]);
        r->mixed[i] = r->thin[i] || is_gas(g, start + i);
    }
    return status;
}

/* Of the mixture, what is thicker than twice the radius. */
static osarc_status open_mixed(room *r, const torso_grid *g)
{
    size_t area = g->size[0] * g->size[1];
    const size_t size[3] = {g->size[0], g->size[1], 1};
    const double spacing[3] = {g->mm[0], g->mm[1], APART_MM};
    for (size_t i = 0; i < area; i++)
        r->set[i] = !r->mixed[i];
    osarc_status status =
        osi_distance_limited_mm(r->mm, r->set, size, spacing, CONTENT_MM, 1, NULL);
    for (size_t i = 0; !status && i < area; i++)
        r->set[i] = (uint8_t) !!isinf(r->mm[i]);
    if (!status)
        status = osi_distance_limited_mm(r->mm, r->set, size, spacing, CONTENT_MM, 1, NULL);
    for (size_t i = 0; !status && i < area; i++)
        r->set[i] = r->mixed[i] && !isinf(r->mm[i]);
    return status;
}

static osarc_status mark_plane(torso_grid *g, room *r, size_t k)
{
    size_t area = g->size[0] * g->size[1];
    const size_t size[3] = {g->size[0], g->size[1], 1};
    uint32_t count = 0;
    size_t *holds_gas = NULL;
    int any;
    osarc_status status = find_mixed(r, &any, g, k);
    if (status || !any)
        return status;
    status = open_mixed(r, g);
    if (!status)
        status = osi_components(r->part, &count, &holds_gas, r->set, size, NULL);
    if (status)
        return status;
    for (uint32_t c = 0; c <= count; c++)
        holds_gas[c] = 0;
    for (size_t i = 0; i < area; i++)
        if (r->part[i] && !r->thin[i])
            holds_gas[r->part[i]] = 1;
    for (size_t i = 0; i < area; i++)
        if (r->part[i] && holds_gas[r->part[i]])
            g->flags[k * area + i] |= GUT;
    osi_free(holds_gas);
    return OSARC_OK;
}

osarc_status torso_mark_content(torso_grid *g, osarc_error *err)
{
    int failed = 0;
    double fat_hu = find_fat_hu(g);
#pragma omp parallel num_threads(g->threads) reduction(| : failed)
    {
        room r = {.fat_hu = fat_hu};
        int ready = make_room(&r, g->size[0] * g->size[1]);
        failed |= !ready;
#pragma omp for schedule(dynamic)
        for (size_t k = 0; k < g->depth; k++)
            if (ready)
                failed |= mark_plane(g, &r, k) != OSARC_OK;
        free_room(&r);
    }
    return failed ? osi_fail(err, OSARC_ERR_MEMORY, "no memory to find bowel content") : OSARC_OK;
}
