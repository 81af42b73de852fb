/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torso_psoas.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/components.h>
#include <osi/fail.h>

/*
 * Psoas beside the last lumbar bodies is followed down the pelvis plane by plane. What lay in it
 * one plane higher starts the muscle, what lay beside it (bowel, vessels, bladder) starts the rest,
 * and muscle that lines the hip bone joins in; between them the border runs where soft tissue is
 * thinnest.
 */

#define START_MM      45.0    /* over the lowest lumbar plane: psoas apart from iliacus */
#define LEAST_CM2     2.0     /* of psoas there, or it is not followed */
#define SIDE_FRONT_MM (-12.0) /* psoas lies in front of this line behind the middle of a body */
#define SLOPE         1.0     /* mm sideways per mm along the body */
#define SLOPE_MM      2.0
#define APART_MM      2.5 /* nothing is sure so near to where it ended one plane higher */
#define SLIP_MM       4.0 /* half as wide as a vessel or bowel beside it */
#define VESSEL_CM2    6.0 /* artery and vein; larger sections are bowel and bladder */
#define SURE_SHARE    0.6 /* of psoas where it starts: it is seen, and the rest is something else */
#define ILIUM_SIDE_MM 60.0 /* from the middle: the sacrum ends before that */
#define ILIAC_MM      10.0 /* muscle so near to the ilium is iliacus */
#define LINES_MM      4.0
#define NEAR_HIP_MM   40.0 /* muscle of the wall so near may be iliopsoas */
#define AROUND_MM     30.0 /* of the last plane's muscle that is looked at */
#define LESS_HU       25.0 /* under muscle's median: fat takes part */
#define MORE_HU       60.0 /* over it: contrast */

enum {
    BYTE_MAPS = 10
};

/* Where a block of the window lies in the plane. */
static inline size_t x_of(const window *w, size_t i)
{
    return w->from[0] + i % w->size[0];
}

static inline size_t y_of(const window *w, size_t i)
{
    return w->from[1] + i / w->size[0];
}

static double side_mm(const torso_grid *g, size_t k, size_t x, size_t y, double *front)
{
    double side;
    torso_turn(g, torso_at_mm(g, 0, x) - g->plane[k].body[0],
               torso_at_mm(g, 1, y) - g->plane[k].body[1], front, &side);
    return side;
}

static int is_soft(const torso_grid *g, size_t i)
{
    return (g->flags[i] & (IN_WALL | CANAL)) == IN_WALL && g->label[i] == OSARC_TISSUE_SOFT;
}

static int has_body(const torso_grid *g, long k)
{
    return k >= g->lowest && k <= g->highest;
}

/* Muscle of the wall, by other means than this. */
static int is_wall(const follow *f, size_t k, size_t x, size_t y)
{
    const torso_grid *g = f->g;
    return (g->flags[torso_index(g, x, y, k)] & MUSCLE) &&
           (!has_body(g, (long) k) || torso_in_wall(g, f->r, k, x, y));
}

static window find_window(const follow *f)
{
    const torso_grid *g = f->g;
    window w = {{g->size[0], g->size[1]}, {0, 0, 1}, 0};
    size_t to[2] = {0, 0};
    for (size_t y = 0; y < g->size[1]; y++)
        for (size_t x = 0; x < g->size[0]; x++)
            if (f->last[y * g->size[0] + x] == PSOAS) {
                const size_t at[2] = {x, y};
                for (int a = 0; a < 2; a++) {
                    w.from[a] = at[a] < w.from[a] ? at[a] : w.from[a];
                    to[a] = at[a] > to[a] ? at[a] : to[a];
                }
            }
    for (int a = 0; a < 2 && w.from[0] <= to[0]; a++) {
        size_t more = (size_t) ceil(AROUND_MM / g->mm[a]);
        w.from[a] = w.from[a] > more ? w.from[a] - more : 0;
        to[a] = to[a] + more < g->size[a] ? to[a] + more : g->size[a] - 1;
        w.size[a] = to[a] - w.from[a] + 1;
    }
    w.count = w.size[0] * w.size[1]; /* 0: none */
    return w;
}

/* How far from where rays start the first hip bone lies, on this side. */
static void find_first_hip(follow *f, size_t k)
{
    const torso_grid *g = f->g;
    const double *from = g->plane[k].centre;
    for (int number = 0; number < RAYS; number++) {
        double angle = 2 * M_PI * number / RAYS;
        double way[2] = {g->front[0] * cos(angle) - g->front[1] * sin(angle),
                         g->front[1] * cos(angle) + g->front[0] * sin(angle)};
        f->first_hip[number] = INFINITY;
        if (sin(angle) * f->side < 0)
            continue;
        for (int n = 0; n < MAX_STEPS; n++) {
            long u = torso_block(g, 0, from[0] + way[0] * n * RAY_MM);
            long v = torso_block(g, 1, from[1] + way[1] * n * RAY_MM);
            if (u < 0 || v < 0 || u >= (long) g->size[0] || v >= (long) g->size[1])
                break;
            if (g->flags[torso_index(g, (size_t) u, (size_t) v, k)] & PELVIS) {
                f->first_hip[number] = (float) (n * RAY_MM);
                break;
            }
        }
    }
}

/* Whether no hip bone lies between a block and where rays start. */
static int is_inside_hip(const follow *f, size_t k, size_t x, size_t y)
{
    torso_polar p = torso_to_polar(f->g, f->g->plane[k].centre, x, y);
    return p.mm < f->first_hip[p.ray];
}

/* Takes off all that lies within a distance of the set's border. */
static int shrink(follow *f, const window *w, uint8_t *set, double mm)
{
    for (size_t i = 0; i < w->count; i++)
        f->set[i] = !set[i];
    int failed = psoas_near(f, w, f->set, mm);
    for (size_t i = 0; i < w->count; i++)
        set[i] = set[i] && !f->near[i];
    return failed;
}

/* Soft tissue to be shared out, and what one plane higher (`above`) was muscle or was not. */
static int look(follow *f, const window *w, size_t k, size_t above)
{
    const torso_grid *g = f->g;
    for (size_t i = 0; i < w->count; i++) {
        size_t at = torso_index(g, x_of(w, i), y_of(w, i), k);
        f->hip[i] = (g->flags[at] & PELVIS) != 0;
    }
    int failed = psoas_near(f, w, f->hip, NEAR_HIP_MM);
    find_first_hip(f, k);
    for (size_t i = 0; i < w->count; i++) {
        size_t x = x_of(w, i);
        size_t y = y_of(w, i);
        size_t at = torso_index(g, x, y, k);
        size_t at_above = torso_index(g, x, y, above);
        double front;
        double side = side_mm(g, k, x, y, &front) * f->side;
        int hu = g->hu[at] >= f->low_hu && g->hu[at] < f->high_hu;
        f->core[i] = side > 0 && hu && is_soft(g, at) &&
                     (!is_wall(f, k, x, y) || (f->near[i] && is_inside_hip(f, k, x, y)));
        f->old[i] = f->last[y * g->size[0] + x] == PSOAS;
        int behind =
            front < SIDE_FRONT_MM && has_body(g, (long) above) && (g->flags[at_above] & MUSCLE);
        f->rest[i] = is_soft(g, at_above) && !f->last[y * g->size[0] + x] && !behind &&
                     (side < ILIUM_SIDE_MM || !is_wall(f, above, x, y));
    }
    return failed;
}

/* Iliacus, and bone it lines: not the sacrum. */
static int find_iliac(follow *f, const window *w, size_t k)
{
    double front;
    for (size_t i = 0; i < w->count; i++)
        if (f->hip[i])
            f->hip[i] = side_mm(f->g, k, x_of(w, i), y_of(w, i), &front) * f->side > ILIUM_SIDE_MM;
    int failed = psoas_near(f, w, f->hip, ILIAC_MM);
    for (size_t i = 0; i < w->count; i++)
        f->iliac[i] = f->near[i] && f->core[i] && is_wall(f, k, x_of(w, i), y_of(w, i)) &&
                      is_inside_hip(f, k, x_of(w, i), y_of(w, i));
    return failed;
}

/* What beside it starts the rest: vessels up to where they ended, for psoas never moves into one;
 * bowel and bladder only apart from there, for psoas may. */
static osarc_status start_rest(follow *f, const window *w, double apart_mm, double slip_mm,
                               osarc_error *err)
{
    uint32_t count = 0;
    size_t *sizes = NULL;
    double most = 100 * VESSEL_CM2 / (f->g->mm[0] * f->g->mm[1]);
    /* thin slips along a border are as often psoas's */
    memcpy(f->reach, f->rest, w->count);
    int failed = shrink(f, w, f->reach, slip_mm);
    failed |= psoas_near(f, w, f->reach, slip_mm);
    for (size_t i = 0; i < w->count; i++)
        f->rest[i] = f->rest[i] && f->near[i];
    failed |= psoas_near(f, w, f->old, apart_mm);
    if (failed)
        return osi_fail(err, OSARC_ERR_MEMORY, "no memory to follow psoas");
    osarc_status status = osi_components(f->part, &count, &sizes, f->rest, w->size, err);
    if (status)
        return status;
    for (size_t i = 0; i < w->count; i++)
        f->rest[i] = f->rest[i] && (!f->near[i] || (double) sizes[f->part[i]] < most);
    osi_free(sizes);
    return OSARC_OK;
}

static osarc_status start_both(follow *f, const window *w, size_t k, osarc_error *err)
{
    double block_mm = 1.05 * fmax(f->g->mm[0], f->g->mm[1]);
    double apart_mm = fmax(APART_MM, block_mm);
    memcpy(f->seed, f->old, w->count);
    if (shrink(f, w, f->seed, apart_mm) || find_iliac(f, w, k))
        return osi_fail(err, OSARC_ERR_MEMORY, "no memory to follow psoas");
    osarc_status status = start_rest(f, w, apart_mm, fmax(SLIP_MM, block_mm), err);
    for (size_t i = 0; !status && i < w->count; i++) {
        uint8_t kind = f->seed[i] || f->iliac[i] ? PSOAS : f->rest[i] ? OTHER : 0;
        f->seed[i] = f->core[i] ? kind : 0;
        f->old[i] |= f->iliac[i];
    }
    return status;
}

/* Near to what it was, with its rim that fat takes part in. */
static osarc_status settle(follow *f, const window *w, size_t k, osarc_error *err)
{
    const torso_grid *g = f->g;
    int failed = psoas_near(f, w, f->old, SLOPE * g->mm[2] + SLOPE_MM);
    for (size_t i = 0; i < w->count; i++) {
        f->reach[i] = f->near[i];
        f->set[i] = f->seed[i] == PSOAS && f->near[i];
    }
    osarc_status status = psoas_drop_parts(f, w, err);
    if (status)
        return status;
    failed |= psoas_near(f, w, f->hip, LINES_MM);
    for (size_t i = 0; i < w->count; i++) {
        int beyond = f->seed[i] == PSOAS && !f->reach[i];
        f->rest[i] = f->core[i] && (beyond || (f->near[i] && !f->seed[i]));
    }
    failed |= psoas_near(f, w, f->set, 1.5 * fmax(g->mm[0], g->mm[1]));
    memset(f->last, 0, g->size[0] * g->size[1]);
    for (size_t i = 0; i < w->count; i++) {
        size_t x = x_of(w, i);
        size_t y = y_of(w, i);
        size_t at = torso_index(g, x, y, k);
        int rim = f->near[i] && !f->core[i] && is_soft(g, at) && g->hu[at] < f->low_hu;
        f->last[y * g->size[0] + x] = f->set[i] || rim ? PSOAS : f->rest[i] ? OPEN : 0;
    }
    return failed ? osi_fail(err, OSARC_ERR_MEMORY, "no memory to follow psoas") : OSARC_OK;
}

/* Below the spine there is nothing but muscle beside the hip bones. */
static void mark_beside(const follow *f, torso_grid *g, size_t k)
{
    double most = INFINITY;
    double front;
    for (size_t i = torso_index(g, 0, 0, k), y = 0; y < g->size[1]; y++)
        for (size_t x = 0; x < g->size[0]; x++, i++)
            if (g->flags[i] & PELVIS) {
                double side = side_mm(g, k, x, y, &front) * f->side;
                if (side > 0 && (isinf(most) || side > most))
                    most = side;
            }
    for (size_t i = torso_index(g, 0, 0, k), y = 0; isfinite(most) && y < g->size[1]; y++)
        for (size_t x = 0; x < g->size[0]; x++, i++)
            if (is_soft(g, i) && side_mm(g, k, x, y, &front) * f->side > most)
                g->flags[i] |= MUSCLE;
}

/* Beside the last bodies, what was taken for psoas and is a vessel is no longer muscle. */
static void mark(const follow *f, torso_grid *g, const window *w, size_t k)
{
    size_t count = 0;
    for (size_t i = 0; i < g->size[0] * g->size[1]; i++)
        count += f->last[i] == PSOAS;
    int sure = has_body(g, (long) k) && (double) count > SURE_SHARE * f->start;
    for (size_t i = 0; i < w->count; i++) {
        size_t x = x_of(w, i);
        size_t y = y_of(w, i);
        size_t at = torso_index(g, x, y, k);
        double front;
        if (f->last[y * g->size[0] + x] == PSOAS)
            g->flags[at] |= MUSCLE;
        else if (sure && f->seed[i] == OTHER && !is_wall(f, k, x, y) &&
                 side_mm(g, k, x, y, &front) * f->side > 0 && front > SIDE_FRONT_MM)
            g->flags[at] &= (uint8_t) ~MUSCLE;
    }
    if (!has_body(g, (long) k))
        mark_beside(f, g, k);
}

/* Psoas in the plane where it starts, and how bright it is. */
static int start(follow *f, size_t k)
{
    const torso_grid *g = f->g;
    enum {
        LOW = -30,
        HIGH = 150
    };
    size_t bins[HIGH - LOW] = {0};
    size_t count = 0;
    for (size_t y = 0; y < g->size[1]; y++)
        for (size_t x = 0; x < g->size[0]; x++) {
            size_t i = torso_index(g, x, y, k);
            double front;
            double side = side_mm(g, k, x, y, &front) * f->side;
            int in = side > 0 && front > SIDE_FRONT_MM && is_soft(g, i) && (g->flags[i] & MUSCLE) &&
                     !is_wall(f, k, x, y);
            f->last[y * g->size[0] + x] = (uint8_t) in;
            if (in && g->hu[i] >= LOW && g->hu[i] < HIGH) {
                bins[g->hu[i] - LOW]++;
                count++;
            }
        }
    size_t below = 0;
    int median = 0;
    for (int b = 0; b < HIGH - LOW && 2 * below <= count; b++) {
        below += bins[b];
        median = b + LOW;
    }
    f->psoas = f->start = (double) count;
    f->low_hu = median - LESS_HU;
    f->high_hu = median + MORE_HU;
    return (double) count * g->mm[0] * g->mm[1] / 100 > LEAST_CM2;
}

/* One plane, from the one above it. */
static osarc_status follow_plane(follow *f, torso_grid *g, const window *w, size_t k, size_t above,
                                 osarc_error *err)
{
    if (look(f, w, k, above))
        return osi_fail(err, OSARC_ERR_MEMORY, "no memory to follow psoas");
    osarc_status status = start_both(f, w, k, err);
    if (!status)
        status = psoas_share(f, w, err);
    if (!status)
        status = settle(f, w, k, err);
    if (!status)
        mark(f, g, w, k);
    return status;
}

static osarc_status follow_down(follow *f, torso_grid *g, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    long step = g->head_up ? -1 : 1;
    long over = (long) (START_MM / g->mm[2]);
    long from = g->head_up ? g->lowest + over : g->highest - over;
    from = from < g->lowest ? g->lowest : from > g->highest ? g->highest : from;
    if (!start(f, (size_t) from))
        return OSARC_OK;
    for (long k = from + step; !status && k >= 0 && k < (long) g->depth; k += step) {
        const window w = find_window(f);
        if (w.count == 0)
            break;
        status = follow_plane(f, g, &w, (size_t) k, (size_t) (k - step), err);
    }
    return status;
}

osarc_status torso_follow_psoas(torso_grid *g, const torso_rays *r, osarc_error *err)
{
    size_t area = g->size[0] * g->size[1];
    uint8_t *bytes = osi_alloc_raw(BYTE_MAPS * area, 1, err);
    float *deep = osi_alloc_raw(area, sizeof(*deep), err);
    uint32_t *words = osi_alloc_raw(2 * area, sizeof(*words), err);
    osarc_status status = bytes && deep && words ? OSARC_OK : OSARC_ERR_MEMORY;
    for (int side = 1; side >= -1 && !status; side -= 2) {
        follow f = {.g = g, .r = r, .side = side, .deep = deep, .part = words};
        uint8_t **map[BYTE_MAPS] = {&f.last, &f.core, &f.seed, &f.set,   &f.near,
                                    &f.old,  &f.rest, &f.hip,  &f.iliac, &f.reach};
        for (size_t n = 0; n < BYTE_MAPS; n++)
            *map[n] = bytes + n * area;
        f.wait.next = words + area;
        status = follow_down(&f, g, err);
    }
    osi_free(words);
    osi_free(deep);
    osi_free(bytes);
    return status;
}
