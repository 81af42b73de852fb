/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torso_parts.h"

#include <math.h>
#include <string.h>

#include <osarc/hu_windows.h>
#include <osi/alloc.h>
#include <osi/fail.h>

#include "plane.h"

/*
 * Stool is soft tissue mixed with gas bubbles smaller than voxels: parts of it read as fat. What is
 * close to gas, but neither to even fat nor to even soft tissue, and thicker than a border, is
 * bowel content.
 */

#define USUAL_FAT_HU (-100.0) /* where there is none */
#define EVEN_HU      28.0     /* adipose tissue, with noise, is so near to it */
#define EVEN_SOFT_HU (-20)    /* soft tissue with noise is over it */
#define EVEN_BLOCKS  6        /* of 3 x 3 */

typedef struct room {
    uint8_t *set, *mixed, *near, *far;
    double fat_hu;
} room;

static int make_room(room *r, size_t area)
{
    r->set = osi_alloc_raw(area, 1, NULL);
    r->mixed = osi_alloc_raw(area, 1, NULL);
    r->near = osi_alloc_raw(area, 1, NULL);
    r->far = osi_alloc_raw(area, 1, NULL);
    return r->set && r->mixed && r->near && r->far;
}

static void free_room(room *r)
{
    osi_free(r->set);
    osi_free(r->mixed);
    osi_free(r->near);
    osi_free(r->far);
}

/* CT number of adipose tissue: what is most frequent among fat, which no border moves. */
static double find_fat_hu(const torso_grid *g)
{
    enum {
        LOW = -190,
        HIGH = -30,
        PEAK_HALF = 8
    };
    size_t bins[HIGH - LOW] = {0};
    for (size_t i = 0; i < g->count; i++)
        if ((g->label[i] == OSARC_TISSUE_SUBCUTANEOUS_FAT ||
             g->label[i] == OSARC_TISSUE_VISCERAL_FAT) &&
            g->hu[i] >= LOW && g->hu[i] < HIGH)
            bins[g->hu[i] - LOW]++;
    double best = USUAL_FAT_HU;
    size_t most = 0;
    for (int b = PEAK_HALF; b + PEAK_HALF < HIGH - LOW; b++) {
        size_t sum = 0;
        for (int n = b - PEAK_HALF; n <= b + PEAK_HALF; n++)
            sum += bins[n];
        if (sum > most) {
            most = sum;
            best = b + LOW;
        }
    }
    return best;
}

static int is_even(const int16_t *hu, size_t width, int low, int high)
{
    int like = 0;
    if (*hu < low || *hu > high)
        return 0;
    for (const int16_t *row = hu - width; row <= hu + width; row += width)
        for (int u = -1; u <= 1; u++)
            like += row[u] >= low && row[u] <= high;
    return like >= EVEN_BLOCKS;
}

static int is_gas(const torso_grid *g, size_t i)
{
    return (g->flags[i] & IN_WALL) &&
           (g->label[i] == OSARC_TISSUE_GAS ||
            (g->label[i] == OSARC_TISSUE_SOFT &&
             g->hu[i] < osarc_hu_window_get(OSARC_WINDOW_ADIPOSE)->low_hu));
}

static int is_inner(const torso_grid *g, size_t i)
{
    return (g->flags[i] & IN_WALL) &&
           (g->label[i] == OSARC_TISSUE_VISCERAL_FAT || g->label[i] == OSARC_TISSUE_SOFT ||
            g->label[i] == OSARC_TISSUE_GAS);
}

static osarc_status near_in_plane(room *r, const torso_grid *g, double radius_mm)
{
    const size_t size[3] = {g->size[0], g->size[1], 1};
    return plane_near(r->near, r->set, size, g->mm, radius_mm, 1) ? OSARC_ERR_MEMORY : OSARC_OK;
}

/* Takes what is close to even fat, or to even soft tissue, out of the mixture. */
static osarc_status drop_even(room *r, const torso_grid *g, size_t k, int low, int high)
{
    size_t w = g->size[0];
    size_t area = w * g->size[1];
    const int16_t *hu = g->hu + k * area;
    memset(r->set, 0, area);
    for (size_t y = 1; y + 1 < g->size[1]; y++)
        for (size_t x = 1; x + 1 < w; x++) {
            size_t i = y * w + x;
            r->set[i] = r->far[i] && is_inner(g, k * area + i) && is_even(hu + i, w, low, high);
        }
    osarc_status status = near_in_plane(r, g, NEAR_EVEN_MM);
    for (size_t i = 0; !status && i < area; i++)
        r->mixed[i] = r->near[i] ? 0 : r->mixed[i];
    return status;
}

/* Marks what of the mixture is thicker than twice a radius. */
static osarc_status mark_thick(torso_grid *g, room *r, size_t k)
{
    size_t area = g->size[0] * g->size[1];
    for (size_t i = 0; i < area; i++)
        r->set[i] = !r->mixed[i];
    osarc_status status = near_in_plane(r, g, CONTENT_MM);
    for (size_t i = 0; !status && i < area; i++)
        r->set[i] = !r->near[i];
    if (!status)
        status = near_in_plane(r, g, CONTENT_MM);
    for (size_t i = 0; !status && i < area; i++)
        if (r->mixed[i] && r->near[i])
            g->flags[k * area + i] |= GUT;
    return status;
}

static osarc_status mark_plane(torso_grid *g, room *r, size_t k)
{
    const size_t size[3] = {g->size[0], g->size[1], 1};
    size_t area = g->size[0] * g->size[1];
    int any = 0;
    for (size_t i = 0; i < area; i++) {
        r->set[i] = (uint8_t) is_gas(g, k * area + i);
        any |= r->set[i];
    }
    if (!any)
        return OSARC_OK;
    osarc_status status = near_in_plane(r, g, NEAR_GAS_MM);
    for (size_t i = 0; !status && i < area; i++)
        r->mixed[i] = r->near[i] && is_inner(g, k * area + i);
    /* evenness matters no further away */
    if (!status && plane_near(r->far, r->set, size, g->mm, NEAR_GAS_MM + NEAR_EVEN_MM, 1))
        status = OSARC_ERR_MEMORY;
    if (!status)
        status = drop_even(r, g, k, (int) ceil(r->fat_hu - EVEN_HU), (int) (r->fat_hu + EVEN_HU));
    if (!status)
        status = drop_even(r, g, k, EVEN_SOFT_HU + 1, INT16_MAX);
    return status ? status : mark_thick(g, r, k);
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
