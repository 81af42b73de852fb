/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_plates.h"

#include <string.h>

static double ahead(const double at[2], const double from[2], const double way[2])
{
    return (at[0] - from[0]) * way[0] + (at[1] - from[1]) * way[1];
}

/* Edges that are cut away at two places are joined along the cut, where they hold no area. */
void dxa_outline_cut(dxa_outline *outline, const double from_mm[2], const double way[2])
{
    double kept[DXA_MAX_CORNERS][2];
    size_t count = 0;
    for (size_t i = 0; i < outline->count; i++) {
        const double *a = outline->at_mm[i];
        const double *b = outline->at_mm[(i + 1) % outline->count];
        double here = ahead(a, from_mm, way);
        double there = ahead(b, from_mm, way);
        if (here >= 0 && count < DXA_MAX_CORNERS) {
            kept[count][0] = a[0];
            kept[count++][1] = a[1];
        }
        if ((here >= 0) != (there >= 0) && count < DXA_MAX_CORNERS) {
            double share = here / (here - there);
            kept[count][0] = a[0] + share * (b[0] - a[0]);
            kept[count++][1] = a[1] + share * (b[1] - a[1]);
        }
    }
    memcpy(outline->at_mm, kept, count * sizeof(*kept));
    outline->count = count;
}

/* Area, and its moments along both axes: Green's theorem. */
static void integrate(double out[3], const dxa_outline *o)
{
    memset(out, 0, 3 * sizeof(*out));
    for (size_t i = 0; i < o->count; i++) {
        const double *a = o->at_mm[i];
        const double *b = o->at_mm[(i + 1) % o->count];
        double twice = a[0] * b[1] - b[0] * a[1];
        out[0] += twice / 2;
        out[1] += twice * (a[0] + b[0]) / 6;
        out[2] += twice * (a[1] + b[1]) / 6;
    }
    if (out[0] < 0)
        for (int i = 0; i < 3; i++)
            out[i] = -out[i];
}

double dxa_outline_cm2(const dxa_outline *outline)
{
    double sums[3];
    integrate(sums, outline);
    return sums[0] / 100;
}

double dxa_outline_g(const dxa_outline *o)
{
    double sums[3];
    integrate(sums, o);
    return (o->g_cm2 * sums[0] + o->rise_g_cm2_mm[0] * sums[1] + o->rise_g_cm2_mm[1] * sums[2]) /
           100;
}

double dxa_outline_at(const dxa_outline *o, const double at_mm[2])
{
    int inside = 0;
    for (size_t i = 0; i < o->count; i++) {
        const double *a = o->at_mm[i];
        const double *b = o->at_mm[i + 1 < o->count ? i + 1 : 0];
        if ((a[1] > at_mm[1]) != (b[1] > at_mm[1]) &&
            at_mm[0] < a[0] + (b[0] - a[0]) * (at_mm[1] - a[1]) / (b[1] - a[1]))
            inside = !inside;
    }
    return inside ? o->g_cm2 + o->rise_g_cm2_mm[0] * at_mm[0] + o->rise_g_cm2_mm[1] * at_mm[1] : 0;
}
