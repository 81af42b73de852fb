/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torso_psoas.h"

#include <math.h>

#include <osi/alloc.h>
#include <osi/components.h>
#include <osi/distance.h>
#include <osi/fail.h>

#include "plane.h"

#define THIN_MM     3.5  /* half as wide as what joins psoas to something else */
#define PART_SHARE  0.35 /* of psoas: smaller parts apart from it are vessels */
#define LEVEL_MM    0.5
#define LINES_ILIUM SIZE_MAX
#define NOBODY      UINT32_MAX

int psoas_near(follow *f, const window *w, const uint8_t *set, double mm)
{
    return plane_near(f->near, set, w->size, f->g->mm, mm, 1);
}

static void push(queue *q, size_t i, int level)
{
    uint32_t block = (uint32_t) i;
    q->next[i] = NOBODY;
    if (q->first[level] == NOBODY)
        q->first[level] = block;
    else
        q->next[q->last[level]] = block;
    q->last[level] = block;
}

static int level_of(const follow *f, size_t i, int most)
{
    return (int) fmin((double) f->deep[i] / LEVEL_MM, most);
}

osarc_status psoas_share(follow *f, const window *w, osarc_error *err)
{
    const double mm[3] = {f->g->mm[0], f->g->mm[1], 1};
    queue *q = &f->wait;
    for (size_t i = 0; i < w->count; i++)
        f->set[i] = !f->core[i];
    osarc_status status = osi_distance_mm(f->deep, f->set, w->size, mm, 1, err);
    if (status)
        return status;
    for (int l = 0; l < PSOAS_LEVELS; l++)
        q->first[l] = NOBODY;
    for (size_t i = 0; i < w->count; i++)
        if (f->seed[i])
            push(q, i, level_of(f, i, PSOAS_LEVELS - 1));
    for (int l = PSOAS_LEVELS - 1; l >= 0; l--)
        while (q->first[l] != NOBODY) {
            size_t i = q->first[l];
            size_t wide = w->size[0];
            size_t x = i % wide;
            q->first[l] = q->next[i];
            const size_t next[4] = {x > 0 ? i - 1 : i, x + 1 < wide ? i + 1 : i,
                                    i >= wide ? i - wide : i, i + wide < w->count ? i + wide : i};
            for (int n = 0; n < 4; n++)
                if (f->core[next[n]] && !f->seed[next[n]]) {
                    f->seed[next[n]] = f->seed[i];
                    push(q, next[n], level_of(f, next[n], l));
                }
        }
    return OSARC_OK;
}

/* A part is kept when it lines the ilium or is not small against psoas; sizes become 0 or 1. */
static void choose_parts(follow *f, const window *w, size_t *sizes, uint32_t count)
{
    size_t largest = 0;
    for (size_t i = 0; i < w->count; i++)
        if (f->part[i] && f->iliac[i])
            sizes[f->part[i]] = LINES_ILIUM;
    for (uint32_t c = 1; c <= count; c++)
        if (sizes[c] != LINES_ILIUM) {
            largest = sizes[c] > largest ? sizes[c] : largest;
            sizes[c] = (double) sizes[c] >= PART_SHARE * f->psoas;
        }
    if ((double) largest >= PART_SHARE * f->psoas)
        f->psoas = (double) largest;
}

osarc_status psoas_drop_parts(follow *f, const window *w, osarc_error *err)
{
    const torso_grid *g = f->g;
    double thin_mm = fmax(THIN_MM, 1.05 * fmax(g->mm[0], g->mm[1]));
    uint32_t count = 0;
    size_t *sizes = NULL;
    for (size_t i = 0; i < w->count; i++)
        f->rest[i] = !f->set[i] && !f->hip[i];
    int failed = psoas_near(f, w, f->rest, thin_mm);
    for (size_t i = 0; i < w->count; i++)
        f->rest[i] = f->set[i] && (!f->near[i] || f->iliac[i]);
    osarc_status status = osi_components(f->part, &count, &sizes, f->rest, w->size, err);
    if (status)
        return status;
    choose_parts(f, w, sizes, count);
    for (size_t i = 0; i < w->count; i++)
        f->rest[i] = f->part[i] && sizes[f->part[i]];
    osi_free(sizes);
    failed |= psoas_near(f, w, f->rest, thin_mm);
    for (size_t i = 0; i < w->count; i++)
        f->set[i] = f->set[i] && f->near[i];
    return failed ? osi_fail(err, OSARC_ERR_MEMORY, "no memory to follow psoas") : OSARC_OK;
}
