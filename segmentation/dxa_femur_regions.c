/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_femur_parts.h"

#include <math.h>

#include <osarc/hip_region.h>
#include <osi/alloc.h>
#include <osi/components.h>

/* Height of the upper outline above the neck's axis, at a distance towards the shaft. */
static double height_at(const dxa_leg *leg, double along)
{
    double over[2] = {-leg->neck_way[1], leg->neck_way[0]};
    double sign = over[1] > 0 ? -1 : 1;
    double at[2] = {leg->neck[0] - along * leg->neck_way[0],
                    leg->neck[1] - along * leg->neck_way[1]};
    double way[2] = {sign * over[0], sign * over[1]};
    return dxa_leg_edge(leg, at, way, 2 * NECK_MOST_MM / leg->plane.mm);
}

/* Where the trochanter begins to rise from the neck. */
static void place_box(dxa_leg *leg)
{
    double mm = leg->plane.mm;
    double box = OSARC_HIP_NECK_BOX_MM / mm;
    double lowest = INFINITY;
    double reach = dxa_leg_aside(leg, leg->neck) / sin(leg->neck_shaft_deg * M_PI / 180);
    leg->box[1] = box / 2;
    leg->notch_is_seen = 0;
    for (int along_step = 0; along_step * 0.5 < reach; along_step++) {
        double along = along_step * 0.5;
        double h = height_at(leg, along);
        if (h <= 0)
            break;
        lowest = fmin(lowest, h);
        if (h > lowest + OSARC_HIP_NOTCH_RISE_MM / mm) {
            leg->box[1] = along;
            leg->notch_is_seen = 1;
            break;
        }
    }
    leg->box[0] = leg->box[1] - box;
}

/* How far the shaft reaches inwards at a height. */
static double inner_at(const dxa_leg *leg, double up)
{
    double at[2] = {leg->shaft[0] + up * leg->shaft_way[0], leg->shaft[1] + up * leg->shaft_way[1]};
    double way[2] = {leg->shaft_way[1], -leg->shaft_way[0]};
    return dxa_leg_edge(leg, at, way, 2 * NECK_MOST_MM / leg->plane.mm);
}

/* How far the inner side at a height stands out over the lowest places just above and below. */
static double stands_out(const dxa_leg *leg, double up, double here)
{
    double span = LESSER_SPAN_MM / leg->plane.mm / 2;
    double lowest[2] = {here, here};
    for (int way = 0; way < 2; way++)
        for (int d_step = 0; 0.5 + d_step * 0.5 <= span; d_step++) {
            double d = 0.5 + d_step * 0.5;
            double there = inner_at(leg, way ? up + d : up - d);
            if (there < 0)
                return 0;
            lowest[way] = fmin(lowest[way], there);
        }
    return here - fmax(lowest[0], lowest[1]);
}

/* How far it stands out from a slanting line between places above and below. */
static double bends_out(const dxa_leg *leg, double up, double here)
{
    double span = LESSER_SPAN_MM / leg->plane.mm;
    double below = inner_at(leg, up - span);
    double above = inner_at(leg, up + span);
    return below > 0 && above > 0 ? here - (below + above) / 2 : 0;
}

/* The first place up the shaft where the inner side stands out; further up it bends into the
 * neck. */
static int find_bump(dxa_leg *leg, double (*measure)(const dxa_leg *, double, double))
{
    double least = LESSER_LEAST_MM / leg->plane.mm;
    double top = dxa_leg_up(leg, leg->cross);
    double most = 0;
    double first = NAN;
    double last = NAN;
    for (int up_step = 0; up_step * 0.5 < top; up_step++) {
        double up = up_step * 0.5;
        double here = inner_at(leg, up);
        double rise = here > 0 ? measure(leg, up, here) : 0;
        if (rise < most - least / 2)
            break;
        if (rise >= least && rise > most) {
            most = rise;
            first = up;
        }
        if (rise >= least && rise >= most)
            last = up;
    }
    if (isnan(first))
        return 0;
    leg->lesser_rise = most;
    leg->lesser_up = (first + last) / 2;
    return 1;
}

/* Where the lesser trochanter hides, it lies where the shaft begins to widen. */
static void place_lesser(dxa_leg *leg)
{
    leg->lesser_rise = 0;
    leg->lesser_is_seen = find_bump(leg, stands_out) || find_bump(leg, bends_out);
    if (leg->lesser_is_seen)
        return;
    double top = dxa_leg_up(leg, leg->cross);
    leg->lesser_up = NAN;
    for (int up_step = 0; up_step * 0.5 < top && isnan(leg->lesser_up); up_step++) {
        double up = up_step * 0.5;
        if (inner_at(leg, up) > SHAFT_WIDENS * leg->shaft_width / 2 + 1)
            leg->lesser_up = up;
    }
}

void dxa_leg_regions(dxa_leg *leg)
{
    double aside = dxa_leg_aside(leg, leg->neck);
    double per_step = leg->neck_way[0] * leg->shaft_way[1] - leg->neck_way[1] * leg->shaft_way[0];
    double steps = aside / per_step;
    for (int a = 0; a < 2; a++)
        leg->cross[a] = leg->neck[a] - steps * leg->neck_way[a];
    place_box(leg);
    place_lesser(leg);
}

/* Beside the neck the seat bone may touch it: no neck is so much wider than at its narrowest. */
static int is_beside(const dxa_leg *leg, double x, double y)
{
    double over = (x - leg->neck[0]) * leg->neck_way[1] - (y - leg->neck[1]) * leg->neck_way[0];
    return dxa_leg_along(leg, x, y) <= leg->box[1] && fabs(over) > NECK_REACH * leg->neck_width;
}

static uint8_t label_at(const dxa_leg *leg, double x, double y)
{
    double at[2] = {x, y};
    double along = dxa_leg_along(leg, x, y);
    double last = leg->lesser_up - OSARC_HIP_BELOW_LESSER_MM / leg->plane.mm;
    if (along <= leg->box[1])
        return OSARC_DXA_FEMUR_NECK;
    if (dxa_leg_up(leg, at) > dxa_leg_up(leg, leg->cross))
        return OSARC_DXA_FEMUR_TROCHANTER;
    /* without a last line all below is of no region */
    return dxa_leg_up(leg, at) > last ? OSARC_DXA_FEMUR_INTERTROCHANTER : OSARC_DXA_FEMUR_OTHER;
}

/* From the shaft through bone up to the inner end of the box: beyond it pelvis and head lie one
 * over the other. */
osarc_status dxa_leg_label(uint8_t *labels, const dxa_leg *leg, osarc_error *err)
{
    const size_t size[3] = {leg->plane.nx, leg->plane.ny, 1};
    size_t count = size[0] * size[1];
    size_t start = (size_t) lround(leg->shaft[1]) * size[0] + (size_t) lround(leg->shaft[0]);
    uint32_t parts = 0;
    size_t *sizes = NULL;
    uint8_t *open = osi_alloc(count, 1, err);
    uint32_t *part = osi_alloc_raw(count, sizeof(*part), err);
    osarc_status status = open && part ? OSARC_OK : OSARC_ERR_MEMORY;
    for (size_t i = 0; !status && i < count; i++) {
        size_t row = i / size[0];
        double x = (double) (i % size[0]);
        double y = (double) row;
        open[i] = i == start || (leg->bone[i] && dxa_leg_along(leg, x, y) >= leg->box[0] &&
                                 !is_beside(leg, x, y));
    }
    if (!status)
        status = osi_components(part, &parts, &sizes, open, size, err);
    for (size_t i = 0; !status && i < count; i++) {
        size_t row = i / size[0];
        if (part[i] == part[start])
            labels[i] = label_at(leg, (double) (i % size[0]), (double) row);
        else if (leg->bone[i])
            labels[i] = OSARC_DXA_FEMUR_BESIDE;
    }
    if (!status)
        labels[start] = label_at(leg, leg->shaft[0], leg->shaft[1]);
    osi_free(sizes);
    osi_free(part);
    osi_free(open);
    return status;
}

/* The largest of the map within `half` cells to either side, along one axis. */
static void spread_most(float *to, const float *from, size_t count, size_t step, size_t half)
{
    for (size_t i = 0; i < count; i++) {
        size_t first = i > half ? i - half : 0;
        size_t last = i + half < count ? i + half : count - 1;
        float most = from[first * step];
        for (size_t k = first + 1; k <= last; k++)
            most = fmaxf(most, from[k * step]);
        to[i * step] = most;
    }
}

osarc_status dxa_leg_limits(float *limits, const dxa_leg *leg, osarc_error *err)
{
    size_t nx = leg->plane.nx;
    size_t ny = leg->plane.ny;
    size_t half = (size_t) lround(FEMUR_EDGE_MM / leg->plane.mm);
    float *rows = osi_alloc_raw(nx * ny, sizeof(*rows), err);
    if (!rows)
        return OSARC_ERR_MEMORY;
    for (size_t y = 0; y < ny; y++)
        spread_most(rows + y * nx, leg->plane.value + y * nx, nx, 1, half);
    for (size_t x = 0; x < nx; x++)
        spread_most(limits + x, rows + x, ny, nx, half);
    for (size_t y = 0; y < ny; y++)
        for (size_t x = 0; x < nx; x++) {
            int inside = 1;
            for (int k = 0; k < 8 && inside; k++) {
                double a = k * M_PI / 4;
                inside = dxa_is_bone(leg, (double) x + (double) half * cos(a),
                                     (double) y + (double) half * sin(a));
            }
            float *limit = &limits[y * nx + x];
            *limit = inside ? -INFINITY : (float) leg->soft + (*limit - (float) leg->soft) / 2;
        }
    osi_free(rows);
    return OSARC_OK;
}
