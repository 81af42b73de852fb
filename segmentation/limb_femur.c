/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "limb_parts.h"

#include <math.h>

#include "limb_limits.h"

/* Ends of the femur: the top of the greater trochanter, and the lowest part of the condyles. */

/* The bone of the next slice that continues this one; NULL: none. */
static const limb_section *find_next(const limb_slice *slice, const limb_section *from)
{
    const limb_section *best = NULL;
    for (size_t n = 0; n < slice->count; n++) {
        const limb_section *s = &slice->sections[n];
        double x = fmin(s->high_mm[0], from->high_mm[0]) - fmax(s->low_mm[0], from->low_mm[0]);
        double y = fmin(s->high_mm[1], from->high_mm[1]) - fmax(s->low_mm[1], from->low_mm[1]);
        if (x > 0 && y > 0 && (!best || s->area_cm2 > best->area_cm2))
            best = s;
    }
    return best;
}

static double lateral_edge(const limb_view *view, const limb_section *s, double lateral)
{
    int axis = fabs(view->left) >= fabs(view->left_y) ? 0 : 1;
    double way = (axis ? view->left_y : view->left) * lateral;
    return way > 0 ? s->high_mm[axis] : -s->low_mm[axis];
}

int limb_femur_ends(size_t *feet_out, size_t *head_out, const limb_track *track,
                    const limb_slice *slices, const limb_view *view, double lateral)
{
    size_t top = view->s[2] - 1;
    double flare_cm2 = FLARE * track->area_cm2;
    if (!(fabs(lateral) >= SIDE_OFFSET_MM))
        return 0;
    /* down to the joint: the section grows to the condyles, and is least again between the bones */
    int down = view->up > 0 ? -1 : 1;
    size_t k = down < 0 ? track->low : track->high;
    const limb_section *s = &slices[k].sections[track->section[k]];
    double widest = s->area_cm2;
    int found = 0;
    while (!found && (down < 0 ? k > 0 : k < top)) {
        size_t next = down < 0 ? k - 1 : k + 1;
        const limb_section *n = find_next(&slices[next], s);
        double area = n ? n->area_cm2 : 0;
        found = widest > flare_cm2 && area < 0.7 * widest;
        if (!n && !found)
            return 0;
        widest = fmax(widest, area);
        if (!found) {
            s = n;
            k = next;
        }
    }
    if (!found)
        return 0;
    *feet_out = k;
    /* up to where the outermost bone is no longer the trochanter's */
    k = down < 0 ? track->high : track->low;
    s = &slices[k].sections[track->section[k]];
    double outermost = lateral_edge(view, s, lateral);
    int flared = 0;
    while (down < 0 ? k < top : k > 0) {
        size_t next = down < 0 ? k + 1 : k - 1;
        const limb_section *n = find_next(&slices[next], s);
        double edge = n ? lateral_edge(view, n, lateral) : -INFINITY;
        flared |= s->area_cm2 > flare_cm2;
        if (flared && edge < outermost - TROCHANTER_MM) {
            *head_out = k;
            return 1;
        }
        if (!n)
            return 0;
        outermost = fmax(outermost - view->smm[2], edge);
        s = n;
        k = next;
    }
    return 0;
}
