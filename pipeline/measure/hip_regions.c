/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hip.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define WALK_MM    0.25
#define REACH_MM   60.0 /* no edge of a neck is farther from its axis */
#define HEAD_SHARE 0.5  /* of the head's radius: nearer to its centre the box holds head */
#define TAIL_MM    3.0  /* what an edge smears is not farther from it */
#define WALK_MAX   256  /* steps along a box, and more */

const char *osarc_neck_rule_name(osarc_neck_rule rule)
{
    static const char *const NAMES[] = {"neck-at-notch", "neck-at-narrowest"};
    return (unsigned) rule < 2 ? NAMES[rule] : NULL;
}

int osi_hip_is_bone(const osarc_hip_projection *p, size_t pixel)
{
    return (double) p->bone_mm[pixel] >= OSI_HIP_EDGE_MM;
}

static double bone_at(const osarc_hip_projection *p, double x_mm, double y_mm)
{
    double x = (x_mm - p->origin_mm[0]) / p->pixel_mm;
    double y = (y_mm - p->origin_mm[1]) / p->pixel_mm;
    if (!(x >= 0 && y >= 0 && x < (double) p->size[0] - 1 && y < (double) p->size[1] - 1))
        return 0;
    size_t i = (size_t) x;
    size_t j = (size_t) y;
    double fx = x - (double) i;
    double fy = y - (double) j;
    const float *row = p->bone_mm + j * p->size[0] + i;
    const float *next = row + p->size[0];
    return (1 - fy) * ((1 - fx) * (double) row[0] + fx * (double) row[1]) +
           fy * ((1 - fx) * (double) next[0] + fx * (double) next[1]);
}

/* How far the bone reaches from the neck's axis in one go; way 1 upwards, -1 downwards. */
static double height(const osarc_hip_projection *p, double along, double way)
{
    const double over[2] = {p->neck_way[1] * way, -p->neck_way[0] * way};
    double x = p->neck_from_mm[0] + along * p->neck_way[0];
    double y = p->neck_from_mm[1] + along * p->neck_way[1];
    double last = bone_at(p, x, y);
    if (last < OSI_HIP_EDGE_MM)
        return 0;
    for (int step = 1; step * WALK_MM < REACH_MM; step++) {
        double far = step * WALK_MM;
        double here = bone_at(p, x + far * over[0], y + far * over[1]);
        if (here < OSI_HIP_EDGE_MM)
            return far - WALK_MM * (OSI_HIP_EDGE_MM - here) / (last - here);
        last = here;
    }
    return REACH_MM;
}

/* The line from the trochanter's tip that touches the head from above. */
typedef struct bridge {
    double tip_mm[2];
    double down[2]; /* unit, across it into the bone */
} bridge;

/* 0 when there is none. */
static int find_bridge(bridge *out, const osarc_hip_projection *p, const osi_hip_frame *frame,
                       const osarc_femur *femur)
{
    osi_hip_frame_lay(out->tip_mm, frame, femur->greater_mm);
    double way[2] = {p->head_mm[0] - out->tip_mm[0], p->head_mm[1] - out->tip_mm[1]};
    double far = hypot(way[0], way[1]);
    if (!(far > p->head_radius_mm) || !(way[0] > 0))
        return 0;
    double turn = atan2(way[1], way[0]) + asin(p->head_radius_mm / far);
    out->down[0] = sin(turn);
    out->down[1] = -cos(turn);
    return 1;
}

/* How far the upper edge lies under the bridge; NAN where there is no bone on the axis. */
static double depth_at(const osarc_hip_projection *p, const bridge *b, double along)
{
    double up = height(p, along, 1);
    double depth = 0;
    const double over[2] = {p->neck_way[1], -p->neck_way[0]};
    for (int d = 0; d < 2; d++)
        depth += (p->neck_from_mm[d] + along * p->neck_way[d] + up * over[d] - b->tip_mm[d]) *
                 b->down[d];
    return up > 0 ? depth : NAN;
}

/* The outermost point of the edge that is nearly the deepest; NAN when there is none. */
static double find_notch(const osarc_hip_projection *p, const bridge *b, double cross_along)
{
    double deepest = -INFINITY;
    double from = OSARC_HIP_NECK_FROM_RADII * p->head_radius_mm;
    int steps = (int) ceil(fmin(fmax(cross_along - from, 0), REACH_MM) / WALK_MM);
    int start = steps;
    for (int i = 0; i < steps; i++) {
        double depth = depth_at(p, b, from + i * WALK_MM);
        if (depth > deepest) {
            deepest = depth;
            start = i;
        }
    }
    double limit = deepest - OSARC_HIP_NOTCH_WITHIN_MM;
    double last = deepest;
    for (int i = start + 1; i < steps; i++) {
        double along = from + i * WALK_MM;
        double depth = depth_at(p, b, along);
        if (!(depth >= limit))
            return along - (isnan(depth) ? WALK_MM : WALK_MM * (limit - depth) / (last - depth));
        last = depth;
    }
    return NAN;
}

static void place_box(osarc_hip_projection *p, const double neck_mm[2], double cross_along,
                      const bridge *b, osarc_neck_rule rule)
{
    double end = NAN;
    p->neck = rule;
    if (rule == OSARC_NECK_AT_NOTCH) {
        end = b ? find_notch(p, b, cross_along) : NAN;
        if (isnan(end)) {
            p->neck = OSARC_NECK_AT_NARROWEST;
            snprintf(p->neck_note, sizeof(p->neck_note),
                     "no notch of the greater trochanter is seen: the box is in the middle of the "
                     "narrowest section");
        }
    }
    if (isnan(end))
        end = (neck_mm[0] - p->neck_from_mm[0]) * p->neck_way[0] +
              (neck_mm[1] - p->neck_from_mm[1]) * p->neck_way[1] + OSARC_HIP_NECK_BOX_MM / 2;
    p->box_mm[0] = end - OSARC_HIP_NECK_BOX_MM;
    if (!p->neck_note[0] && p->box_mm[0] < HEAD_SHARE * p->head_radius_mm)
        snprintf(p->neck_note, sizeof(p->neck_note), "a short neck: its box reaches into the head");
    p->box_mm[1] = end;
    for (int i = 0; i * WALK_MM <= OSARC_HIP_NECK_BOX_MM; i++) {
        double along = p->box_mm[0] + i * WALK_MM;
        p->box_half_mm[0] = fmax(p->box_half_mm[0], height(p, along, -1));
        p->box_half_mm[1] = fmax(p->box_half_mm[1], height(p, along, 1));
    }
}

void osi_hip_place(osarc_hip_projection *p, const osi_hip_frame *frame, const osarc_femur *femur,
                   osarc_neck_rule rule)
{
    bridge b;
    double neck[2];
    double lesser[2];
    double foot = 0;
    osi_hip_frame_lay(p->head_mm, frame, femur->head_mm);
    osi_hip_frame_lay(neck, frame, femur->neck_mm);
    osi_hip_frame_lay(lesser, frame, femur->lesser_mm);
    p->head_radius_mm = femur->head_radius_mm;
    p->side = femur->side;
    p->last_mm = lesser[1] - OSARC_HIP_BELOW_LESSER_MM;
    p->neck_way[0] = p->neck_way[1] = 0;
    for (int c = 0; c < 3; c++) {
        p->neck_way[0] -= femur->neck_axis[c] * frame->across[c];
        p->neck_way[1] -= femur->neck_axis[c] * frame->up[c];
    }
    double length = hypot(p->neck_way[0], p->neck_way[1]);
    for (int d = 0; d < 2; d++) {
        p->neck_way[d] /= length;
        foot += (p->head_mm[d] - neck[d]) * p->neck_way[d];
    }
    for (int d = 0; d < 2; d++)
        p->neck_from_mm[d] = neck[d] + foot * p->neck_way[d];
    double cross_along = -p->neck_from_mm[0] / p->neck_way[0];
    p->cross_mm[0] = 0;
    p->cross_mm[1] = p->neck_from_mm[1] + cross_along * p->neck_way[1];
    p->box_mm[0] = p->box_mm[1] = NAN;
    if (!femur->refused_neck[0] && isfinite(cross_along))
        place_box(p, neck, cross_along, find_bridge(&b, p, frame, femur) ? &b : NULL, rule);
}

/* Edges of the neck along the box. */
typedef struct edges {
    double from;
    double down[WALK_MAX];
    double up[WALK_MAX];
    size_t count;
} edges;

static void find_edges(edges *out, const osarc_hip_projection *p, double from)
{
    out->from = from;
    out->count = 0;
    for (int i = 0; i * WALK_MM <= OSARC_HIP_NECK_BOX_MM + WALK_MM && i < WALK_MAX; i++) {
        double along = i * WALK_MM;
        out->down[out->count] = height(p, from + along, -1);
        out->up[out->count++] = height(p, from + along, 1);
    }
}

static uint8_t label_beyond(double y_mm, double cross_mm, double last_mm)
{
    if (y_mm > cross_mm)
        return OSARC_HIP_PIXEL_TROCHANTER;
    return y_mm > last_mm ? OSARC_HIP_PIXEL_INTERTROCHANTER : OSARC_HIP_PIXEL_OTHER;
}

static uint8_t label_of(const osarc_hip_projection *p, const edges *neck,
                        const osi_hip_moves *moves, double x_mm, double y_mm)
{
    if (isnan(p->box_mm[0]))
        return OSARC_HIP_PIXEL_OTHER;
    double x = x_mm - p->neck_from_mm[0];
    double y = y_mm - p->neck_from_mm[1];
    double along = x * p->neck_way[0] + y * p->neck_way[1] - neck->from;
    double over = x * p->neck_way[1] - y * p->neck_way[0];
    if (along < 0)
        return OSARC_HIP_PIXEL_OTHER;
    if (along <= OSARC_HIP_NECK_BOX_MM) {
        size_t i = (size_t) (along / WALK_MM + 0.5);
        if (over <= neck->up[i] + p->pixel_mm && -over <= neck->down[i] + p->pixel_mm)
            return OSARC_HIP_PIXEL_NECK;
    }
    /* without the lesser trochanter the last line is nowhere: what lies below is of no region */
    double last = isnan(p->last_mm) ? INFINITY : p->last_mm + moves->line_mm;
    return label_beyond(y_mm, p->cross_mm[1] + moves->line_mm, last);
}

/* The label of the nearest bone; 0 when that is too far. */
static uint8_t label_near(const uint8_t *labels, const osarc_hip_projection *p, size_t i, size_t j)
{
    ptrdiff_t reach = (ptrdiff_t) (TAIL_MM / p->pixel_mm);
    ptrdiff_t nearest = reach * reach + 1;
    uint8_t best = 0;
    for (ptrdiff_t dj = -reach; dj <= reach; dj++)
        for (ptrdiff_t di = -reach; di <= reach; di++) {
            ptrdiff_t x = (ptrdiff_t) i + di;
            ptrdiff_t y = (ptrdiff_t) j + dj;
            if (di * di + dj * dj >= nearest || x < 0 || y < 0 || x >= (ptrdiff_t) p->size[0] ||
                y >= (ptrdiff_t) p->size[1])
                continue;
            size_t n = (size_t) y * p->size[0] + (size_t) x;
            if (osi_hip_is_bone(p, n)) {
                nearest = di * di + dj * dj;
                best = labels[n];
            }
        }
    return best;
}

void osi_hip_label(uint8_t *labels, const osarc_hip_projection *p, const osi_hip_moves *moves)
{
    edges neck;
    find_edges(&neck, p, isnan(p->box_mm[0]) ? 0 : p->box_mm[0] + moves->box_mm);
    memset(labels, 0, p->size[0] * p->size[1]);
    for (size_t j = 0; j < p->size[1]; j++)
        for (size_t i = 0; i < p->size[0]; i++) {
            size_t n = j * p->size[0] + i;
            if (osi_hip_is_bone(p, n))
                labels[n] = label_of(p, &neck, moves, p->origin_mm[0] + (double) i * p->pixel_mm,
                                     p->origin_mm[1] + (double) j * p->pixel_mm);
        }
    for (size_t j = 0; j < p->size[1]; j++)
        for (size_t i = 0; i < p->size[0]; i++) {
            size_t n = j * p->size[0] + i;
            if (!osi_hip_is_bone(p, n) && p->g_cm2[n] != 0)
                labels[n] = label_near(labels, p, i, j);
        }
}
