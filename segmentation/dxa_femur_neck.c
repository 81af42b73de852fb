/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_femur_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A section across the neck: its two halves, upper first, in cells. */
typedef struct section {
    double up, down;
} section;

typedef double (*outline_edge)(const dxa_leg *leg, const double from[2], const double way[2],
                               double most);

static int cut_by(section *out, const dxa_leg *leg, const double at[2], const double way[2],
                  outline_edge edge)
{
    double over[2] = {-way[1], way[0]};
    if (over[1] > 0) {
        over[0] = -over[0];
        over[1] = -over[1];
    }
    double under[2] = {-over[0], -over[1]};
    double most = NECK_MOST_MM / leg->plane.mm;
    out->up = edge(leg, at, over, most);
    out->down = edge(leg, at, under, most);
    return out->up > 0 && out->down > 0;
}

static int cut(section *out, const dxa_leg *leg, const double at[2], const double way[2])
{
    return cut_by(out, leg, at, way, dxa_leg_reach);
}

/* Bone all the way from a place back to the shaft's axis, and how far that is; -1 when not. */
static double way_to_axis(const dxa_leg *leg, const double at[2], const double way[2])
{
    double across = way[0] * leg->shaft_way[1] - way[1] * leg->shaft_way[0];
    double dx = at[0] - leg->shaft[0];
    double dy = at[1] - leg->shaft[1];
    double distance = (dx * leg->shaft_way[1] - dy * leg->shaft_way[0]) / across;
    double aside = (distance * across) * leg->plane.mm;
    if (distance <= 0 || fabs(aside) < NECK_FROM_AXIS_MM ||
        distance * leg->plane.mm > NECK_TO_AXIS_MM)
        return -1;
    for (int d_step = 0; d_step < distance; d_step++) {
        double d = d_step;
        if (!dxa_is_bone(leg, at[0] - d * way[0], at[1] - d * way[1]))
            return -1;
    }
    return distance;
}

/* The neck's direction at an angle to the shaft; the outer side is to the right. */
static void way_of(double out[2], const dxa_leg *leg, double neck_shaft_deg)
{
    double turn = (180 - neck_shaft_deg) * M_PI / 180;
    double c = cos(turn);
    double s = sin(turn);
    /* from up the shaft towards the left, inwards */
    out[0] = leg->shaft_way[0] * c + leg->shaft_way[1] * s;
    out[1] = leg->shaft_way[1] * c - leg->shaft_way[0] * s;
}

/* A neck carries a head: further inwards the bone is wider. A corner only gets narrower. */
static int has_head(const dxa_leg *leg, const double at[2], const double way[2], double width)
{
    double step = NECK_HEAD_MM / leg->plane.mm;
    double there[2] = {at[0] + step * way[0], at[1] + step * way[1]};
    section s;
    if (!dxa_is_bone(leg, there[0], there[1]))
        return 0;
    /* a section that leaves the picture or is too long is wide enough */
    return !cut(&s, leg, there, way) || s.up + s.down > HEAD_NECKS * width;
}

/* Takes over a section when it is narrower than the narrowest so far. */
static void try_section(dxa_leg *leg, const double at[2], const double way[2])
{
    double mm = leg->plane.mm;
    section s;
    if (way_to_axis(leg, at, way) < 0 || !cut(&s, leg, at, way))
        return;
    double width = s.up + s.down;
    if (width * mm < NECK_LEAST_MM || width * mm > NECK_MOST_MM || width >= leg->neck_width ||
        !has_head(leg, at, way, width))
        return;
    leg->neck_width = width;
    /* the middle of the section */
    double shift = (s.up - s.down) / 2;
    double sign = way[0] > 0 ? -1 : 1;
    leg->neck[0] = at[0] - sign * shift * way[1];
    leg->neck[1] = at[1] + sign * shift * way[0];
    leg->neck_way[0] = way[0];
    leg->neck_way[1] = way[1];
}

/* The narrowest section that leads from the shaft to a head; the axis is at right angles to it. */
static int search_neck(dxa_leg *leg)
{
    leg->neck_width = INFINITY;
    for (int angle_step = 0; NECK_LEAST_DEG + angle_step * 2.5 <= NECK_MOST_DEG; angle_step++) {
        double angle = NECK_LEAST_DEG + angle_step * 2.5;
        double way[2];
        way_of(way, leg, angle);
        for (size_t y = 0; y < leg->plane.ny; y++)
            for (size_t x = 0; x < leg->plane.nx; x++)
                if (leg->bone[y * leg->plane.nx + x])
                    try_section(leg, (const double[2]){(double) x, (double) y}, way);
    }
    return isfinite(leg->neck_width);
}

#define FIT_MOST 128

/* A line through the middles of the sections near the narrowest one, as far as neither edge has
 * left it for the head or the trochanter. */
static void fit_axis(dxa_leg *leg)
{
    double reach = NECK_FIT_MM / leg->plane.mm;
    double spread = NECK_FIT_RISE_MM / leg->plane.mm;
    double sign = leg->neck_way[0] > 0 ? -1 : 1;
    double over[2] = {-sign * leg->neck_way[1], sign * leg->neck_way[0]};
    section cuts[FIT_MOST] = {{0, 0}};
    double at[FIT_MOST];
    size_t n = 0;
    section least = {INFINITY, INFINITY};
    double narrowest = INFINITY;
    for (int t_step = 0; - reach + t_step * 0.5 <= reach && n < FIT_MOST; t_step++) {
        double t = -reach + t_step * 0.5;
        double place[2] = {leg->neck[0] + t * leg->neck_way[0],
                           leg->neck[1] + t * leg->neck_way[1]};
        if (!cut_by(&cuts[n], leg, place, leg->neck_way, dxa_leg_edge))
            continue;
        least.up = fmin(least.up, cuts[n].up);
        least.down = fmin(least.down, cuts[n].down);
        narrowest = fmin(narrowest, cuts[n].up + cuts[n].down);
        at[n++] = t;
    }
    double s = 0, st = 0, stt = 0, sm = 0, stm = 0;
    for (size_t i = 0; i < n; i++) {
        if (cuts[i].up > least.up + spread || cuts[i].down > least.down + spread)
            continue;
        double middle = (cuts[i].up - cuts[i].down) / 2;
        s += 1;
        st += at[i];
        stt += at[i] * at[i];
        sm += middle;
        stm += at[i] * middle;
    }
    double bottom = s * stt - st * st;
    if (s < 5 || bottom <= 0)
        return;
    leg->neck_width = narrowest;
    double slope = (s * stm - st * sm) / bottom;
    double offset = (sm - slope * st) / s;
    double length = sqrt(1 + slope * slope);
    for (int a = 0; a < 2; a++) {
        leg->neck[a] += offset * over[a];
        leg->neck_way[a] = (leg->neck_way[a] + slope * over[a]) / length;
    }
}

void dxa_leg_neck(dxa_leg *leg)
{
    if (!search_neck(leg)) {
        snprintf(
            leg->why, sizeof(leg->why),
            "no neck leaves the shaft at %.0f to %.0f degrees with a section of %.0f to %.0f mm",
            NECK_LEAST_DEG, NECK_MOST_DEG, NECK_LEAST_MM, NECK_MOST_MM);
        return;
    }
    for (int round = 0; round < 4; round++)
        fit_axis(leg);
    double cosine = leg->neck_way[0] * leg->shaft_way[0] + leg->neck_way[1] * leg->shaft_way[1];
    leg->neck_shaft_deg = 180 - acos(fmin(fmax(cosine, -1), 1)) * 180 / M_PI;
    double width = leg->neck_width * leg->plane.mm;
    if (leg->neck_shaft_deg < NECK_LEAST_DEG || leg->neck_shaft_deg > NECK_MOST_DEG ||
        width < NECK_LEAST_MM || width > NECK_MOST_MM ||
        way_to_axis(leg, leg->neck, leg->neck_way) < 0 ||
        !has_head(leg, leg->neck, leg->neck_way, leg->neck_width))
        snprintf(leg->why, sizeof(leg->why),
                 "a neck of %.0f mm at %.0f degrees to the shaft is not one of a femur", width,
                 leg->neck_shaft_deg);
    else if (leg->greater[1] > leg->neck[1] + leg->neck_width ||
             dxa_leg_aside(leg, leg->greater) > 0)
        snprintf(leg->why, sizeof(leg->why), "no greater trochanter rises beside the neck");
}
