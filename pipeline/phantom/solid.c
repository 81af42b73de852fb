/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solid.h"

#include <math.h>

void osi_solid_place(osi_placed *out, const osi_solid *solid)
{
    double turn = solid->turn_deg * M_PI / 180;
    double axes[3][3] = {{cos(turn), sin(turn), 0}, {-sin(turn), cos(turn), 0}, {0, 0, 1}};

    out->shape = solid->shape;
    out->material = solid->material;
    for (int c = 0; c < 3; c++) {
        double reach = 0;
        for (int a = 0; a < 3; a++) {
            out->to_unit[a][c] = axes[a][c] / solid->half_mm[a];
            reach += fabs(axes[a][c]) * solid->half_mm[a];
        }
        out->centre_mm[c] = solid->centre_mm[c];
        out->low_mm[c] = solid->centre_mm[c] - reach;
        out->high_mm[c] = solid->centre_mm[c] + reach;
    }
    if (solid->half_mm[2] >= OSI_ENDLESS)
        out->to_unit[2][2] = 0;
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

int osi_solid_side(const osi_placed *placed, const osi_reach *reach, const double unit[3])
{
    double lateral = unit[0] * unit[0] + unit[1] * unit[1];
    int side;
    switch (placed->shape) {
    case OSI_CYLINDER:
        side =
            both(side_of_square(lateral, reach->lateral), side_of(fabs(unit[2]), reach->each[2]));
        return placed->hole[0] > 0 ? both(side, side_of_ring(placed, reach, unit)) : side;
    case OSI_ELLIPSOID:
        return side_of_square(lateral + unit[2] * unit[2], reach->whole);
    case OSI_BOX:
        return both(
            both(side_of(fabs(unit[0]), reach->each[0]), side_of(fabs(unit[1]), reach->each[1])),
            side_of(fabs(unit[2]), reach->each[2]));
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
        return fmax(0, share) * flat_share(placed, unit, 2, half_mm);
    case OSI_ELLIPSOID:
        return round_share(placed, PLAIN, unit, 3, half_mm);
    case OSI_BOX:
        return flat_share(placed, unit, 0, half_mm) * flat_share(placed, unit, 1, half_mm) *
               flat_share(placed, unit, 2, half_mm);
    }
    return 0;
}

int osi_solid_holds(const osi_placed *placed, const double point_mm[3])
{
    double unit[3];
    to_unit(unit, placed, point_mm);
    osi_reach point = {0};
    return osi_solid_side(placed, &point, unit) != 0;
}

/* Part of [-1, 1] along the axis that lies between the planes. */
static int clip(double *low, double *high, const osi_solid *solid, double low_z_mm,
                double high_z_mm)
{
    *low = fmax(-1, (low_z_mm - solid->centre_mm[2]) / solid->half_mm[2]);
    *high = fmin(1, (high_z_mm - solid->centre_mm[2]) / solid->half_mm[2]);
    return *low < *high;
}

/* Half sizes across z, multiplied, without the hole. */
static double rectangle_mm2(const osi_solid *solid)
{
    return solid->half_mm[0] * solid->half_mm[1] - solid->hole_mm[0] * solid->hole_mm[1];
}

double osi_solid_volume_mm3(const osi_solid *solid, double low_z_mm, double high_z_mm)
{
    double low;
    double high;
    if (!clip(&low, &high, solid, low_z_mm, high_z_mm))
        return 0;
    double box = rectangle_mm2(solid) * solid->half_mm[2];
    switch (solid->shape) {
    case OSI_CYLINDER:
        return M_PI * box * (high - low);
    case OSI_ELLIPSOID:
        return M_PI * box * (high - low - (high * high * high - low * low * low) / 3);
    case OSI_BOX:
        return 4 * box * (high - low);
    }
    return 0;
}

double osi_solid_area_mm2(const osi_solid *solid, double z_mm)
{
    double unit = (z_mm - solid->centre_mm[2]) / solid->half_mm[2];
    if (!(fabs(unit) < 1))
        return 0;
    double rectangle = rectangle_mm2(solid);
    switch (solid->shape) {
    case OSI_CYLINDER:
        return M_PI * rectangle;
    case OSI_ELLIPSOID:
        return M_PI * rectangle * (1 - unit * unit);
    case OSI_BOX:
        return 4 * rectangle;
    }
    return 0;
}

/* Ramanujan's first formula. */
static double ellipse_perimeter(double a, double b)
{
    return M_PI * (3 * (a + b) - sqrt((3 * a + b) * (a + 3 * b)));
}

double osi_solid_surface_mm2(const osi_solid *solid, double low_z_mm, double high_z_mm)
{
    double low;
    double high;
    if (!clip(&low, &high, solid, low_z_mm, high_z_mm))
        return 0;
    const double *half = solid->half_mm;
    double length = (high - low) * half[2];
    double caps = (low <= -1) + (high >= 1);
    double p = 1.6075; /* Thomsen's exponent */
    switch (solid->shape) {
    case OSI_CYLINDER:
        return (ellipse_perimeter(half[0], half[1]) +
                ellipse_perimeter(solid->hole_mm[0], solid->hole_mm[1])) *
                   length +
               caps * M_PI * rectangle_mm2(solid);
    case OSI_ELLIPSOID:
        return 4 * M_PI *
               pow((pow(half[0] * half[1], p) + pow(half[0] * half[2], p) +
                    pow(half[1] * half[2], p)) /
                       3,
                   1 / p) *
               (high - low) / 2;
    case OSI_BOX:
        return 4 * (half[0] + half[1]) * length + caps * 4 * half[0] * half[1];
    }
    return 0;
}
