/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solid.h"

#include <math.h>

void osi_solid_extent(double half_mm[3], const osi_solid *solid)
{
    double axes[3][3];
    osi_solid_axes(axes, solid);
    double ends = 1 + fabs(solid->wedge[0]) + fabs(solid->wedge[1]);
    for (int c = 0; c < 3; c++) {
        double u = axes[0][c] * solid->half_mm[0];
        double v = axes[1][c] * solid->half_mm[1];
        double w = axes[2][c] * solid->half_mm[2] * ends;
        switch (solid->shape) {
        case OSI_CYLINDER:
            half_mm[c] = hypot(u, v) + fabs(w);
            break;
        case OSI_ELLIPSOID:
            half_mm[c] = hypot(hypot(u, v), w);
            break;
        case OSI_BOX:
            half_mm[c] = fabs(u) + fabs(v) + fabs(w);
            break;
        }
    }
}

/* Cross-section in half sizes squared, and its first moment towards the back. */
static double section(const osi_solid *solid, double *moment)
{
    *moment = 0;
    if (solid->shape == OSI_BOX)
        return 4;
    if (solid->arc_deg[0] != solid->arc_deg[1])
        return (solid->arc_deg[1] - solid->arc_deg[0]) * M_PI / 360;
    if (!(solid->cut > 0))
        return M_PI;
    double chord = sqrt(1 - solid->cut * solid->cut);
    *moment = -2 * chord * chord * chord / 3;
    return M_PI / 2 + asin(solid->cut) + solid->cut * chord;
}

/* Half sizes across, multiplied, without the hole. */
static double rectangle_mm2(const osi_solid *solid)
{
    return solid->half_mm[0] * solid->half_mm[1] - solid->hole_mm[0] * solid->hole_mm[1];
}

static double section_mm2(const osi_solid *solid)
{
    double moment;
    return section(solid, &moment) * rectangle_mm2(solid);
}

/* Of all of it. */
static double whole_mm3(const osi_solid *solid)
{
    double moment;
    double area = section(solid, &moment);
    if (solid->shape == OSI_ELLIPSOID)
        return 4 * M_PI / 3 * rectangle_mm2(solid) * solid->half_mm[2];
    return 2 * solid->half_mm[2] * rectangle_mm2(solid) * (area + solid->wedge[1] * moment);
}

/* Where a solid lies between two planes across z. */
typedef struct slab {
    double low; /* part of [-1, 1] along z, in half extents */
    double high;
    double half_mm; /* extent along z */
    double lean;    /* of its own z axis: cosine */
    int is_empty;
} slab;

static slab find_slab(const osi_solid *solid, double low_z_mm, double high_z_mm)
{
    double half_mm[3];
    double axes[3][3];
    osi_solid_extent(half_mm, solid);
    osi_solid_axes(axes, solid);
    slab out = {.half_mm = half_mm[2], .lean = fabs(axes[2][2])};
    out.low = fmax(-1, (low_z_mm - solid->centre_mm[2]) / half_mm[2]);
    out.high = fmin(1, (high_z_mm - solid->centre_mm[2]) / half_mm[2]);
    out.is_empty = !(out.low < out.high);
    return out;
}

static int is_endless(const osi_solid *solid)
{
    return solid->half_mm[2] >= OSI_ENDLESS;
}

/* 1 when every cross-section between its ends is the same. */
static int is_upright(const osi_solid *solid, const slab *part)
{
    return is_endless(solid) ||
           (part->lean > 1 - 1e-12 && solid->wedge[0] == 0 && solid->wedge[1] == 0);
}

double osi_solid_volume_mm3(const osi_solid *solid, double low_z_mm, double high_z_mm)
{
    slab part = find_slab(solid, low_z_mm, high_z_mm);
    if (part.is_empty)
        return 0;
    double low = part.low;
    double high = part.high;
    if (is_endless(solid))
        return section_mm2(solid) / part.lean * (high_z_mm - low_z_mm);
    if (solid->shape == OSI_ELLIPSOID)
        return whole_mm3(solid) * (high - low - (high * high * high - low * low * low) / 3) * 0.75;
    if (is_upright(solid, &part))
        return section_mm2(solid) * part.half_mm * (high - low);
    return low <= -1 && high >= 1 ? whole_mm3(solid) : NAN;
}

double osi_solid_area_mm2(const osi_solid *solid, double z_mm)
{
    slab part = find_slab(solid, z_mm, z_mm);
    double unit = (z_mm - solid->centre_mm[2]) / part.half_mm;
    if (is_endless(solid))
        return section_mm2(solid) / part.lean;
    if (!(fabs(unit) < 1))
        return 0;
    if (solid->shape == OSI_ELLIPSOID)
        return whole_mm3(solid) * 0.75 / part.half_mm * (1 - unit * unit);
    return is_upright(solid, &part) ? section_mm2(solid) : NAN;
}

/* Ramanujan's first formula. */
static double ellipse_perimeter(double a, double b)
{
    return M_PI * (3 * (a + b) - sqrt((3 * a + b) * (a + 3 * b)));
}

double osi_solid_surface_mm2(const osi_solid *solid, double low_z_mm, double high_z_mm)
{
    slab part = find_slab(solid, low_z_mm, high_z_mm);
    if (part.is_empty)
        return 0;
    const double *half = solid->half_mm;
    double share = (part.high - part.low) / 2;
    double length = is_endless(solid) ? (high_z_mm - low_z_mm) / part.lean : share * 2 * half[2];
    double caps = (part.low <= -1) + (part.high >= 1);
    double round =
        solid->shape == OSI_CYLINDER ? section_mm2(solid) / M_PI / rectangle_mm2(solid) : 1;
    double p = 1.6075; /* Thomsen's exponent */
    switch (solid->shape) {
    case OSI_CYLINDER:
        return (ellipse_perimeter(half[0], half[1]) +
                ellipse_perimeter(solid->hole_mm[0], solid->hole_mm[1])) *
                   round * length +
               caps * section_mm2(solid);
    case OSI_ELLIPSOID:
        return 4 * M_PI *
               pow((pow(half[0] * half[1], p) + pow(half[0] * half[2], p) +
                    pow(half[1] * half[2], p)) /
                       3,
                   1 / p) *
               share;
    case OSI_BOX:
        return 4 * (half[0] + half[1]) * length + caps * 4 * half[0] * half[1];
    }
    return 0;
}
