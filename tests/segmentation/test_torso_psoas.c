/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>

#include <expect.h>
#include <osarc/segmentation.h>
#include <osi/alloc.h>

#include "torso_psoas.h"

/* Two psoas of 18 x 15 mm (half axes) that run aside and to the front below the last body, each
 * with a vessel of 7 mm against its inner side, and a loop of bowel in front of the left one. */

#define MM        2.0
#define PLANE_MM  4.0
#define LOWEST    30
#define LEFT_LOOP 12.0 /* half axis */

enum {
    SIZE = 120,
    DEPTH = 50
};

typedef struct drawn {
    torso_grid g;
    torso_rays r;
    uint8_t *truth; /* 1 psoas, 2 vessel or bowel */
} drawn;

static int in_disc(double u, double v, double at_u, double at_v, double half_u, double half_v)
{
    return hypot((u - at_u) / half_u, (v - at_v) / half_v) < 1;
}

/* u to the side, v to the front, from the middle of the last body */
static uint8_t truth_at(double u, double v, double below_mm)
{
    double aside = 45 + 0.35 * fmax(0, below_mm);
    double front = 0.25 * fmax(0, below_mm);
    double side = fabs(u);
    if (in_disc(side, v, aside, front, 18, 15))
        return 1;
    if (in_disc(side, v, aside - 18 - 6, front + 3, 7, 7))
        return 2;
    return u > 0 && in_disc(side, v, aside, front + 15 + LEFT_LOOP - 1, 16, LEFT_LOOP) ? 2 : 0;
}

static drawn draw(int head_up)
{
    drawn d = {.g = {.size = {SIZE, SIZE, DEPTH},
                     .mm = {MM, MM, PLANE_MM},
                     .pixel_mm = {MM, MM},
                     .front = {0, -1},
                     .head_up = head_up,
                     .depth = DEPTH,
                     .count = (size_t) SIZE * SIZE * DEPTH,
                     .threads = 1}};
    torso_grid *g = &d.g;
    g->lowest = head_up ? LOWEST : 0;
    g->highest = head_up ? DEPTH - 1 : DEPTH - 1 - LOWEST;
    g->label = osi_alloc(g->count, 1, NULL);
    g->hu = osi_alloc(g->count, sizeof(*g->hu), NULL);
    g->flags = osi_alloc(g->count, 1, NULL);
    g->plane = osi_alloc(DEPTH, sizeof(*g->plane), NULL);
    d.truth = osi_alloc(g->count, 1, NULL);
    d.r.wall_in = osi_alloc((size_t) DEPTH * RAYS, sizeof(*d.r.wall_in), NULL);
    d.r.wall_out = osi_alloc((size_t) DEPTH * RAYS, sizeof(*d.r.wall_out), NULL);
    d.r.seen = osi_alloc((size_t) DEPTH * RAYS, 1, NULL);
    cr_assert(g->label && g->hu && g->flags && g->plane && d.truth && d.r.wall_in && d.r.wall_out &&
              d.r.seen);
    for (size_t i = 0; i < (size_t) DEPTH * RAYS; i++) {
        d.r.wall_in[i] = 1000;
        d.r.wall_out[i] = 1000;
    }
    for (size_t k = 0; k < DEPTH; k++) {
        long up = head_up ? (long) k : DEPTH - 1 - (long) k;
        g->plane[k] = (torso_plane){.body = {SIZE * MM / 2, SIZE * MM / 2},
                                    .half_deep = 17,
                                    .half_wide = 23,
                                    .centre = {SIZE * MM / 2, SIZE * MM / 2 - 40}};
        for (size_t y = 0; y < SIZE; y++)
            for (size_t x = 0; x < SIZE; x++) {
                size_t i = torso_index(g, x, y, k);
                double u = torso_at_mm(g, 0, x) - SIZE * MM / 2;
                double v = SIZE * MM / 2 - torso_at_mm(g, 1, y);
                d.truth[i] = truth_at(u, v, (double) (LOWEST - up) * PLANE_MM);
                g->flags[i] = IN_WALL;
                g->label[i] = d.truth[i] ? OSARC_TISSUE_SOFT : OSARC_TISSUE_VISCERAL_FAT;
                g->hu[i] = d.truth[i] ? 45 : -100;
                if (d.truth[i] == 1 && up >= LOWEST)
                    g->flags[i] |= MUSCLE;
            }
    }
    return d;
}

static void drop(drawn *d)
{
    torso_rays_free(&d->r);
    osi_free(d->truth);
    torso_grid_free(&d->g);
}

/* Shares of psoas below the spine that are found, and of the rest that is taken for it. */
static void compare(const drawn *d, double share[2])
{
    size_t all[2] = {0, 0};
    size_t found[2] = {0, 0};
    for (size_t i = 0; i < d->g.count; i++) {
        long k = (long) (i / (SIZE * SIZE));
        if ((k >= d->g.lowest && k <= d->g.highest) || !d->truth[i])
            continue;
        all[d->truth[i] - 1]++;
        found[d->truth[i] - 1] += (d->g.flags[i] & MUSCLE) != 0;
    }
    for (int n = 0; n < 2; n++)
        share[n] = (double) found[n] / (double) all[n];
    printf("psoas found %.3f, vessels and bowel taken for it %.3f\n", share[0], share[1]);
}

/* One block along where they touch: 2 mm of 30 to 36 mm of psoas, and of 14 mm of a vessel. */
static void expect_followed(int head_up)
{
    osarc_error err = OSARC_ERROR_INIT;
    drawn d = draw(head_up);
    double share[2];
    EXPECT_OK(torso_follow_psoas(&d.g, &d.r, &err));
    compare(&d, share);
    cr_expect(gt(dbl, share[0], 0.94), "%g of psoas", share[0]);
    cr_expect(lt(dbl, share[1], 0.10), "%g of the rest", share[1]);
    drop(&d);
}

Test(torso_psoas, it_is_followed_below_the_spine_apart_from_vessels_and_bowel)
{
    expect_followed(1);
}

Test(torso_psoas, so_it_is_when_planes_run_from_head_to_foot)
{
    expect_followed(0);
}

/* A vessel that was taken for psoas beside the last bodies is given back. */
Test(torso_psoas, a_vessel_marked_beside_the_last_body_is_given_back)
{
    osarc_error err = OSARC_ERROR_INIT;
    drawn d = draw(1);
    size_t marked = 0;
    size_t left = 0;
    for (size_t i = 0; i < d.g.count; i++)
        if (d.truth[i] == 2 && i / (SIZE * SIZE) >= LOWEST && i / (SIZE * SIZE) < LOWEST + 5) {
            d.g.flags[i] |= MUSCLE;
            marked++;
        }
    EXPECT_OK(torso_follow_psoas(&d.g, &d.r, &err));
    for (size_t i = 0; i < d.g.count; i++)
        left += d.truth[i] == 2 && i / (SIZE * SIZE) >= LOWEST && (d.g.flags[i] & MUSCLE);
    cr_expect(lt(dbl, (double) left / (double) marked, 0.10), "%zu of %zu", left, marked);
    drop(&d);
}

/* What cannot be followed leaves everything below the spine unmarked. */
static void expect_nothing_done(drawn *d)
{
    osarc_error err = OSARC_ERROR_INIT;
    size_t marked = 0;
    EXPECT_OK(torso_follow_psoas(&d->g, &d->r, &err));
    for (size_t i = 0; i < (size_t) LOWEST * SIZE * SIZE; i++)
        marked += (d->g.flags[i] & MUSCLE) != 0;
    cr_expect(eq(sz, marked, 0));
}

Test(torso_psoas, without_psoas_beside_the_last_bodies_nothing_is_followed)
{
    drawn d = draw(1);
    for (size_t i = 0; i < d.g.count; i++)
        d.g.flags[i] &= (uint8_t) ~MUSCLE;
    expect_nothing_done(&d);
    drop(&d);
}

Test(torso_psoas, soft_tissue_apart_from_psoas_is_not_taken_for_it)
{
    drawn d = draw(1);
    for (size_t i = 0; i < d.g.count; i++)
        if (i / (SIZE * SIZE) < LOWEST && d.truth[i] == 1) {
            d.g.label[i] = OSARC_TISSUE_VISCERAL_FAT;
            d.g.hu[i] = -100;
        }
    expect_nothing_done(&d);
    drop(&d);
}
