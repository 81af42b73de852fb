/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solid.h"

#include <math.h>
#include <string.h>

void osi_solid_place(osi_placed *out, const osi_solid *solid)
{
    double axes[3][3];
    double half_mm[3];
    osi_solid_axes(axes, solid);
    osi_solid_extent(half_mm, solid);
    out->shape = solid->shape;
    out->material = solid->material;
    for (int c = 0; c < 3; c++) {
        for (int a = 0; a < 3; a++)
            out->to_unit[a][c] = axes[a][c] / solid->half_mm[a];
        if (solid->half_mm[2] >= OSI_ENDLESS)
            out->to_unit[2][c] = 0;
        out->centre_mm[c] = solid->centre_mm[c];
        out->low_mm[c] = solid->centre_mm[c] - half_mm[c];
        out->high_mm[c] = solid->centre_mm[c] + half_mm[c];
    }
    out->cut = solid->cut > 0 ? solid->cut : INFINITY;
    out->wedge[0] = solid->wedge[0];
    out->wedge[1] = solid->wedge[1];
    out->is_arc = solid->arc_deg[0] != solid->arc_deg[1];
    double from = solid->arc_deg[0] * M_PI / 180;
    double to = solid->arc_deg[1] * M_PI / 180;
    const double arc[2][3] = {{-sin(from), cos(from), 0}, {sin(to), -cos(to), 0}};
    memcpy(out->arc, arc, sizeof(arc));
    out->hole[2] = 0;
    for (int a = 0; a < 2; a++)
        out->hole[a] = solid->hole_mm[a] > 0 ? solid->half_mm[a] / solid->hole_mm[a] : 0;
}

osi_reach osi_solid_reach(const osi_placed *placed, const double half_mm[3])
{
    osi_reach reach;
    for (int a = 0; a < 3; a++) {
        reach.each[a] = 0;
        for (int c = 0; c < 3; c++)
            reach.each[a] += fabs(placed->to_unit[a][c]) * half_mm[c];
    }
    reach.lateral = hypot(reach.each[0], reach.each[1]);
    reach.whole = hypot(reach.lateral, reach.each[2]);
    reach.hole = hypot(placed->hole[0] * reach.each[0], placed->hole[1] * reach.each[1]);
    return reach;
}

static int side_of(double value, double reach)
{
    if (value >= 1 + reach)
        return 0;
    return value <= 1 - reach ? 1 : -1;
}

/* As side_of, from the square of a length. */
static int side_of_square(double square, double reach)
{
    if (square >= (1 + reach) * (1 + reach))
        return 0;
    return reach < 1 && square <= (1 - reach) * (1 - reach) ? 1 : -1;
}

static int both(int a, int b)
{
    if (a == 0 || b == 0)
        return 0;
    return a == 1 && b == 1 ? 1 : -1;
}

/* As osi_solid_side, to the solid around a hole. */
static int side_of_ring(const osi_placed *placed, const osi_reach *reach, const double unit[3])
{
    double u = placed->hole[0] * unit[0];
    double v = placed->hole[1] * unit[1];
    int side = side_of_square(u * u + v * v, reach->hole);
    return side < 0 ? side : !side;
}

/* Of the half space where offset + weights * unit is over 0. */
static int side_of_plane(double offset, const double weights[3], const osi_reach *reach,
                         const double unit[3])
{
    double value = offset;
    double room = 0;
    for (int a = 0; a < 3; a++) {
        value += weights[a] * unit[a];
        room += fabs(weights[a]) * reach->each[a];
    }
    if (value <= -room)
        return 0;
    return value >= room ? 1 : -1;
}

static int is_wedge(const osi_placed *placed)
{
    return placed->wedge[0] != 0 || placed->wedge[1] != 0;
}

/* Between the two ends. */
static int side_of_ends(const osi_placed *placed, const osi_reach *reach, const double unit[3])
{
    if (!is_wedge(placed))
        return side_of(fabs(unit[2]), reach->each[2]);
    const double upper[3] = {placed->wedge[0], placed->wedge[1], -1};
    const double lower[3] = {placed->wedge[0], placed->wedge[1], 1};
    return both(side_of_plane(1, upper, reach, unit), side_of_plane(1, lower, reach, unit));
}

static const double BACKWARDS[3] = {0, -1, 0};

/* Of what a cylinder keeps after its cuts along the axis. */
static int side_of_cuts(const osi_placed *placed, const osi_reach *reach, const double unit[3])
{
    int side = 1;
    if (placed->hole[0] > 0)
        side = both(side, side_of_ring(placed, reach, unit));
    if (placed->cut <= 1)
        side = both(side, side_of_plane(placed->cut, BACKWARDS, reach, unit));
    if (placed->is_arc)
        side = both(side, both(side_of_plane(0, placed->arc[0], reach, unit),
                               side_of_plane(0, placed->arc[1], reach, unit)));
    return side;
}

int osi_solid_side(const osi_placed *placed, const osi_reach *reach, const double unit[3])
{
    double lateral = unit[0] * unit[0] + unit[1] * unit[1];
    int side;
    switch (placed->shape) {
    case OSI_CYLINDER:
        side = both(side_of_square(lateral, reach->lateral), side_of_ends(placed, reach, unit));
        return side == 0 ? 0 : both(side, side_of_cuts(placed, reach, unit));
    case OSI_ELLIPSOID:
        return side_of_square(lateral + unit[2] * unit[2], reach->whole);
    case OSI_BOX:
        return both(
            both(side_of(fabs(unit[0]), reach->each[0]), side_of(fabs(unit[1]), reach->each[1])),
            side_of_ends(placed, reach, unit));
    }
    return 0;
}

static void to_unit(double unit[3], const osi_placed *placed, const double point_mm[3])
{
    for (int a = 0; a < 3; a++) {
        unit[a] = 0;
        for (int c = 0; c < 3; c++)
            unit[a] += placed->to_unit[a][c] * (point_mm[c] - placed->centre_mm[c]);
    }
}

/*
 * Share of a box on the inner side of a plane at some depth from its centre. reach: what each
 * half side adds to the depth. Exact when the plane leans to two axes at most; else the two
 * smaller reaches act as one, which keeps the spread and so the sum over a round surface.
 */
static double cut_share(double depth, const double reach[3])
{
    double most = fmax(reach[0], fmax(reach[1], reach[2]));
    double all = reach[0] * reach[0] + reach[1] * reach[1] + reach[2] * reach[2];
    double rest = sqrt(fmax(all - most * most, 0));
    double wide = fmax(most, rest);
    double narrow = fmin(most, rest);
    double beyond = wide + narrow - fabs(depth);
    if (beyond <= 0)
        return depth > 0 ? 1 : 0;
    if (fabs(depth) <= wide - narrow)
        return 0.5 + depth / (2 * wide);
    double corner = beyond * beyond / (8 * wide * narrow);
    return depth > 0 ? 1 - corner : corner;
}

/* Share inside the round surface |scale * unit over the first axes| = 1. */
static double round_share(const osi_placed *placed, const double scale[3], const double unit[3],
                          int axes, const double half_mm[3])
{
    double length = 0;
    for (int a = 0; a < axes; a++)
        length += scale[a] * unit[a] * scale[a] * unit[a];
    length = sqrt(length);
    if (length < 0.1)
        return 1;
    double reach[3];
    double bulge = 0; /* how much longer, on average over the box, than in its centre */
    for (int c = 0; c < 3; c++) {
        double slope = 0;
        double square = 0;
        for (int a = 0; a < axes; a++) {
            double row = scale[a] * placed->to_unit[a][c];
            slope += row * scale[a] * unit[a] / length;
            square += row * row;
        }
        reach[c] = fabs(slope) * half_mm[c];
        bulge += (square - slope * slope) * half_mm[c] * half_mm[c] / (6 * length);
    }
    return cut_share(1 - length - bulge, reach);
}

static double flat_share(const osi_placed *placed, const double unit[3], int axis,
                         const double half_mm[3])
{
    double reach[3];
    for (int c = 0; c < 3; c++)
        reach[c] = fabs(placed->to_unit[axis][c]) * half_mm[c];
    return cut_share(1 - fabs(unit[axis]), reach);
}

/* Share of the half space where offset + weights * unit is over 0. */
static double plane_share(const osi_placed *placed, double offset, const double weights[3],
                          const double unit[3], const double half_mm[3])
{
    double value = offset;
    double reach[3];
    for (int c = 0; c < 3; c++) {
        double slope = 0;
        for (int a = 0; a < 3; a++)
            slope += weights[a] * placed->to_unit[a][c];
        reach[c] = fabs(slope) * half_mm[c];
        value += weights[c] * unit[c];
    }
    return cut_share(value, reach);
}

static double ends_share(const osi_placed *placed, const double unit[3], const double half_mm[3])
{
    if (!is_wedge(placed))
        return flat_share(placed, unit, 2, half_mm);
    const double nearer[3] = {placed->wedge[0], placed->wedge[1], unit[2] > 0 ? -1 : 1};
    return plane_share(placed, 1, nearer, unit, half_mm);
}

static double cuts_share(const osi_placed *placed, const double unit[3], const double half_mm[3])
{
    double share = 1;
    if (placed->cut <= 1)
        share *= plane_share(placed, placed->cut, BACKWARDS, unit, half_mm);
    for (int i = 0; placed->is_arc && i < 2; i++)
        share *= plane_share(placed, 0, placed->arc[i], unit, half_mm);
    return share;
}

double osi_solid_share(const osi_placed *placed, const double point_mm[3], const double half_mm[3])
{
    static const double PLAIN[3] = {1, 1, 1};
    double unit[3];
    double share;
    to_unit(unit, placed, point_mm);
    switch (placed->shape) {
    case OSI_CYLINDER:
        share = round_share(placed, PLAIN, unit, 2, half_mm);
        if (placed->hole[0] > 0)
            share -= round_share(placed, placed->hole, unit, 2, half_mm);
        return fmax(0, share) * ends_share(placed, unit, half_mm) *
               cuts_share(placed, unit, half_mm);
    case OSI_ELLIPSOID:
        return round_share(placed, PLAIN, unit, 3, half_mm);
    case OSI_BOX:
        return flat_share(placed, unit, 0, half_mm) * flat_share(placed, unit, 1, half_mm) *
               ends_share(placed, unit, half_mm);
    }
    return 0;
}

int osi_solid_misses(const osi_placed *placed, const osi_reach *reach, const double point_mm[3])
{
    double unit[3];
    /* a share in a hole is a difference, which need not be 0 */
    if (placed->hole[0] > 0)
        return 0;
    to_unit(unit, placed, point_mm);
    return osi_solid_side(placed, reach, unit) == 0;
}

int osi_solid_holds(const osi_placed *placed, const double point_mm[3])
{
    double unit[3];
    to_unit(unit, placed, point_mm);
    osi_reach point = {0};
    return osi_solid_side(placed, &point, unit) != 0;
}
