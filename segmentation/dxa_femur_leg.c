/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_femur_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/components.h>

/* Soft tissue is dark and fills much of the picture; bone is what is brightest. */
static osarc_status find_levels(dxa_leg *leg, osarc_error *err)
{
    const dxa_plane *p = &leg->plane;
    double *numbers = osi_alloc(p->nx * p->ny, sizeof(*numbers), err);
    if (!numbers)
        return OSARC_ERR_MEMORY;
    size_t n = 0;
    for (size_t i = 0; i < p->nx * p->ny; i++)
        if (p->ok[i])
            numbers[n++] = p->value[i];
    leg->soft = dxa_quantile(numbers, n, 0.2);
    leg->level = dxa_quantile(numbers, n, 0.9);
    osi_free(numbers);
    return OSARC_OK;
}

/* What cannot be reached from the border without crossing bone is inside; from below it may be, for
 * a marrow canal is open there. */
static osarc_status fill_holes(dxa_leg *leg, osarc_error *err)
{
    const size_t size[3] = {leg->plane.nx, leg->plane.ny, 1};
    size_t count = size[0] * size[1];
    uint32_t parts = 0;
    size_t *outside = NULL; /* sizes of parts, then whether they are */
    uint8_t *rest = osi_alloc_raw(count, 1, err);
    uint32_t *part = osi_alloc_raw(count, sizeof(*part), err);
    osarc_status status = rest && part ? OSARC_OK : OSARC_ERR_MEMORY;
    for (size_t i = 0; !status && i < count; i++)
        rest[i] = !leg->bone[i];
    if (!status)
        status = osi_components(part, &parts, &outside, rest, size, err);
    if (!status)
        memset(outside, 0, (parts + 1) * sizeof(*outside));
    for (size_t i = 0; !status && i < count; i++)
        if (i < size[0] || i % size[0] == 0 || i % size[0] + 1 == size[0])
            outside[part[i]] = 1;
    for (size_t i = 0; !status && i < count; i++)
        leg->bone[i] = !part[i] || !outside[part[i]];
    osi_free(outside);
    osi_free(part);
    osi_free(rest);
    return status;
}

static void mirror_rows(dxa_plane *p)
{
    for (size_t y = 0; y < p->ny; y++)
        for (size_t x = 0; x < p->nx / 2; x++) {
            size_t a = y * p->nx + x;
            size_t b = y * p->nx + p->nx - 1 - x;
            float value = p->value[a];
            uint8_t ok = p->ok[a];
            p->value[a] = p->value[b];
            p->value[b] = value;
            p->ok[a] = p->ok[b];
            p->ok[b] = ok;
        }
}

osarc_status dxa_leg_make(dxa_leg *leg, dxa_plane *plane, int mirror, osarc_error *err)
{
    memset(leg, 0, sizeof(*leg));
    leg->plane = *plane;
    memset(plane, 0, sizeof(*plane));
    leg->mirrored = mirror;
    if (mirror)
        mirror_rows(&leg->plane);
    size_t count = leg->plane.nx * leg->plane.ny;
    osarc_status status = dxa_plane_blur(&leg->plane, 2, 2, err);
    if (!status)
        status = find_levels(leg, err);
    if (!status) {
        leg->bone = osi_alloc(count, 1, err);
        status = leg->bone ? OSARC_OK : OSARC_ERR_MEMORY;
    }
    leg->limit = leg->soft + FEMUR_SHARE * (leg->level - leg->soft);
    for (size_t i = 0; !status && i < count; i++)
        leg->bone[i] =
            leg->plane.ok[i] && leg->plane.value[i] > leg->limit && leg->level > leg->soft;
    if (!status)
        status = fill_holes(leg, err);
    if (status)
        dxa_leg_free(leg);
    return status;
}

void dxa_leg_free(dxa_leg *leg)
{
    dxa_plane_free(&leg->plane);
    osi_free(leg->bone);
    leg->bone = NULL;
}

double dxa_leg_reach(const dxa_leg *leg, const double from[2], const double way[2], double most)
{
    for (int d_step = 0; d_step * 0.5 <= most; d_step++) {
        double d = d_step * 0.5;
        double x = from[0] + d * way[0];
        double y = from[1] + d * way[1];
        if (x < 0 || y < 0 || x > (double) leg->plane.nx - 1 || y > (double) leg->plane.ny - 1)
            return -1;
        if (!dxa_is_bone(leg, x, y))
            return d;
    }
    return -1;
}

#define EDGE_BACK 2.0 /* cells from where the outline ends */
#define EDGE_STEP 0.25

double dxa_leg_edge(const dxa_leg *leg, const double from[2], const double way[2], double most)
{
    double end = dxa_leg_reach(leg, from, way, most);
    if (end < EDGE_BACK)
        return end;
    double before = NAN;
    double edge = end;
    for (int step = 0; step * EDGE_STEP <= EDGE_BACK + 1; step++) {
        double d = end - EDGE_BACK + step * EDGE_STEP;
        double here = dxa_at(&leg->plane, from[0] + d * way[0], from[1] + d * way[1]) - leg->limit;
        if (before > 0 && here <= 0)
            edge = d - EDGE_STEP * here / (here - before);
        before = here;
    }
    return edge;
}

/* A run of bone in a row; empty when last < first. */
typedef struct run {
    long first, last;
} run;

/* The widest run of a row that could be a shaft and touches neither side of the picture. */
static run shaft_in_row(const dxa_leg *leg, size_t y)
{
    run best = {0, -1};
    const uint8_t *row = leg->bone + y * leg->plane.nx;
    for (long x = 0; x < (long) leg->plane.nx;) {
        if (!row[x]) {
            x++;
            continue;
        }
        run r = {x, x};
        while (r.last + 1 < (long) leg->plane.nx && row[r.last + 1])
            r.last++;
        double width = (double) (r.last - r.first + 1) * leg->plane.mm;
        if (r.first > 0 && r.last + 1 < (long) leg->plane.nx && width >= SHAFT_LEAST_MM &&
            width <= SHAFT_MOST_MM && r.last - r.first > best.last - best.first)
            best = r;
        x = r.last + 1;
    }
    return best;
}

/* Where a row falls to the limit between its last cell of bone and the next one; half-way for a
 * cell that was filled. */
static double edge_between(const dxa_leg *leg, size_t y, long inside, long outside)
{
    const float *row = leg->plane.value + y * leg->plane.nx;
    double in = row[inside] - leg->limit;
    double out = row[outside] - leg->limit;
    double share = in > 0 && out <= 0 ? in / (in - out) : 0.5;
    return (double) inside + share * (double) (outside - inside);
}

/* The run of a row that meets a run below it; the outermost of several. */
static run run_above(const dxa_leg *leg, size_t y, run below)
{
    const uint8_t *row = leg->bone + y * leg->plane.nx;
    run r = {0, -1};
    long x = below.last + 3 < (long) leg->plane.nx ? below.last + 3 : (long) leg->plane.nx - 1;
    while (x >= below.first && !row[x])
        x--;
    if (x < below.first)
        return r;
    r.last = x;
    while (r.last + 1 < (long) leg->plane.nx && row[r.last + 1])
        r.last++;
    r.first = x;
    while (r.first > 0 && row[r.first - 1])
        r.first--;
    return r;
}

/* The outer edge from the shaft up to the tip of the greater trochanter: there it ends, or jumps
 * inwards to the neck. */
static void climb(dxa_leg *leg, size_t from, run r)
{
    long widest = r.last;
    for (size_t y = from; y-- > 0;) {
        long reach = lround(TROCHANTER_MM / leg->plane.mm);
        if (r.first < widest - reach)
            r.first = widest - reach;
        r = run_above(leg, y, r);
        widest = r.last > widest ? r.last : widest;
        if (r.last < r.first || r.last < widest - reach)
            return;
        leg->greater[0] = (double) (r.first > widest - reach ? r.first : widest - reach);
        leg->greater[0] = (leg->greater[0] + (double) r.last) / 2;
        leg->greater[1] = (double) y;
    }
}

osarc_status dxa_leg_shaft(dxa_leg *leg, osarc_error *err)
{
    const dxa_plane *p = &leg->plane;
    size_t seen = (size_t) lround(SHAFT_SEEN_MM / p->mm);
    run *runs = osi_alloc(p->ny, sizeof(*runs), err);
    if (!runs)
        return OSARC_ERR_MEMORY;
    size_t low = p->ny;
    while (low > 0 && runs[low - 1].last <= runs[low - 1].first) {
        runs[low - 1] = shaft_in_row(leg, low - 1);
        if (runs[low - 1].last > runs[low - 1].first)
            break;
        low--;
    }
    double s = 0, sy = 0, syy = 0, sx = 0, sxy = 0, width = 0;
    size_t rows = 0;
    for (size_t y = low; y-- > 0 && rows < seen; rows++) {
        run r = shaft_in_row(leg, y);
        if (r.last <= r.first)
            break;
        double left = edge_between(leg, y, r.first, r.first - 1);
        double right = edge_between(leg, y, r.last, r.last + 1);
        double middle = (left + right) / 2;
        s += 1;
        sy += (double) y;
        syy += (double) y * (double) y;
        sx += middle;
        sxy += (double) y * middle;
        width += right - left;
    }
    osarc_status status = OSARC_OK;
    if (rows < seen) {
        snprintf(leg->why, sizeof(leg->why),
                 "no shaft of a femur runs through the lowest %.0f mm of the picture",
                 SHAFT_SEEN_MM);
    } else {
        double slope = (s * sxy - sy * sx) / (s * syy - sy * sy);
        double length = sqrt(1 + slope * slope);
        leg->shaft[1] = sy / s;
        leg->shaft[0] = sx / s;
        leg->shaft_way[0] = -slope / length;
        leg->shaft_way[1] = -1 / length;
        leg->shaft_width = width / s / length;
        climb(leg, low, shaft_in_row(leg, low - 1));
    }
    osi_free(runs);
    return status;
}
