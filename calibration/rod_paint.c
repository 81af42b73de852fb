/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rod_find.h"

#include <math.h>

#define LOOK_MM      1.5 /* radius of what is read beyond a rod */
#define WALL_STEP_MM 0.5
#define WALL_MAX_MM  12.0 /* plastic that goes on for longer is taken for something else, */
#define END_MAX_MM   30.0 /* at the ends of the row */
#define WALL_MIN_MM  2.0
#define BASE_HU      100 /* from the plastic, with noise */
#define LOOKS        9   /* slices in which the wall is measured */

static double rod_at(const rod_track *rod, int axis, double w_mm)
{
    return axis ? rod->v_mm + rod->dv * w_mm : rod->u_mm + rod->du * w_mm;
}

/* Plastic beyond a rod in one direction, in one slice; NAN when no end of it is seen. */
static double wall_mm(const rod_view *view, const rod_track *rod, size_t slice, const double way[2],
                      double max_mm)
{
    double w = (double) slice * view->mm[2];
    int steps = (int) ((max_mm - LOOK_MM) / WALL_STEP_MM);
    for (int k = 0; k <= steps; k++) {
        double far = LOOK_MM + k * WALL_STEP_MM;
        double at = rod->radius_mm + far;
        rod_spot spot = rod_spot_read(view, slice, rod_at(rod, 0, w) + at * way[0],
                                      rod_at(rod, 1, w) + at * way[1], LOOK_MM);
        if (!spot.whole || (spot.voxels && fabs(spot.mean_hu - rod->base_hu) > BASE_HU))
            return far;
    }
    return NAN;
}

/* What most slices show of the wall beyond one rod; NAN when they show no end of it. */
static double rod_wall(const rod_view *view, const rod_row *row, const rod_means *means, size_t rod,
                       const double way[2], double max_mm)
{
    double sum = 0;
    int seen = 0;
    if (row->seen[rod] <= 0)
        return NAN;
    for (size_t k = 0; k < LOOKS; k++) {
        size_t slice = means->first[rod] + k * (means->last[rod] - means->first[rod]) / (LOOKS - 1);
        double wall = wall_mm(view, &row->rods[rod], slice, way, max_mm);
        if (isfinite(wall)) {
            sum += wall;
            seen++;
        }
    }
    return seen > LOOKS / 2 ? sum / seen : NAN;
}

static double thinnest_wall(const rod_view *view, const rod_row *row, const rod_means *means,
                            const double way[2])
{
    double thinnest = NAN;
    for (size_t rod = 0; rod < row->model->rod_count; rod++) {
        double wall = rod_wall(view, row, means, rod, way, WALL_MAX_MM);
        if (isfinite(wall))
            thinnest = isfinite(thinnest) ? fmin(thinnest, wall) : wall;
    }
    return thinnest;
}

typedef struct shape {
    double middle[OSARC_ROD_MAX][2]; /* in this slice */
    double radius_mm[OSARC_ROD_MAX];
    size_t count;
    double wall_mm[2]; /* along the normal, against it */
    double end_mm[2];  /* beyond the first rod, beyond the last */
} shape;

static int in_rod(const shape *s, double u, double v)
{
    for (size_t rod = 0; rod < s->count; rod++)
        if (hypot(u - s->middle[rod][0], v - s->middle[rod][1]) <= s->radius_mm[rod])
            return 1;
    return 0;
}

/* Beside the line from rod to rod, and beyond its ends, no farther than the plastic goes. */
static int in_base(const shape *s, double u, double v)
{
    for (size_t rod = 0; rod + 1 < s->count; rod++) {
        double line[2] = {s->middle[rod + 1][0] - s->middle[rod][0],
                          s->middle[rod + 1][1] - s->middle[rod][1]};
        double to[2] = {u - s->middle[rod][0], v - s->middle[rod][1]};
        double length = hypot(line[0], line[1]);
        double along = (to[0] * line[0] + to[1] * line[1]) / length;
        double across = (to[1] * line[0] - to[0] * line[1]) / length;
        double before = rod == 0 ? s->radius_mm[0] + s->end_mm[0] : 0;
        double after = rod + 2 == s->count ? s->radius_mm[rod + 1] + s->end_mm[1] : 0;
        if (along >= -before && along <= length + after &&
            fabs(across) <= s->radius_mm[rod] + s->wall_mm[across < 0])
            return 1;
    }
    return 0;
}

static void range_of(size_t out[2], const shape *s, int axis, const rod_view *view)
{
    double low = INFINITY;
    double high = -INFINITY;
    for (size_t rod = 0; rod < s->count; rod++) {
        double reach = s->radius_mm[rod] + END_MAX_MM;
        low = fmin(low, s->middle[rod][axis] - reach);
        high = fmax(high, s->middle[rod][axis] + reach);
    }
    double last = (double) (view->size[axis] - 1);
    out[0] = (size_t) fmax(0, fmin(last, ceil(low / view->mm[axis])));
    out[1] = (size_t) fmax(0, fmin(last, floor(high / view->mm[axis])));
}

static void paint_slice(uint8_t *labels, const shape *s, size_t slice, const rod_view *view,
                        double base_hu)
{
    size_t range[2][2];
    range_of(range[0], s, 0, view);
    range_of(range[1], s, 1, view);
    for (size_t j = range[1][0]; j <= range[1][1]; j++)
        for (size_t i = range[0][0]; i <= range[0][1]; i++) {
            double u = (double) i * view->mm[0];
            double v = (double) j * view->mm[1];
            size_t at = i * view->stride[0] + j * view->stride[1] + slice * view->stride[2];
            double hu = view->step * view->stored[at] + view->offset;
            if (view->stored[at] == OSARC_OUTSIDE)
                continue;
            if (in_rod(s, u, v) || (fabs(hu - base_hu) <= BASE_HU && in_base(s, u, v)))
                labels[at] = OSARC_TISSUE_PHANTOM;
        }
}

/* Opposite walls are alike: one that cannot be seen is taken from the other. */
static void complete(double walls[2])
{
    for (int side = 0; side < 2; side++)
        if (!isfinite(walls[side]))
            walls[side] = isfinite(walls[!side]) ? walls[!side] : WALL_MIN_MM;
}

static void measure_walls(shape *s, const rod_row *row, const rod_means *means,
                          const rod_view *view)
{
    size_t ends[2] = {row->model->rod_count, 0};
    for (size_t rod = 0; rod < row->model->rod_count; rod++)
        if (row->seen[rod] >= 0) {
            ends[0] = rod < ends[0] ? rod : ends[0];
            ends[1] = rod;
        }
    const rod_track *first = &row->rods[ends[0]];
    const rod_track *last = &row->rods[ends[1]];
    double line[2] = {last->u_mm - first->u_mm, last->v_mm - first->v_mm};
    double length = hypot(line[0], line[1]);
    for (int side = 0; side < 2; side++) {
        double sign = side ? -1 : 1;
        const double across[2] = {-sign * line[1] / length, sign * line[0] / length};
        const double along[2] = {-sign * line[0] / length, -sign * line[1] / length};
        s->wall_mm[side] = thinnest_wall(view, row, means, across);
        s->end_mm[side] = rod_wall(view, row, means, ends[side], along, END_MAX_MM);
    }
    complete(s->wall_mm);
    complete(s->end_mm);
}

void rod_paint(osarc_mask *tissue, const rod_row *row, const rod_means *means, const rod_view *view)
{
    shape s = {.count = 0};
    uint8_t *labels = osarc_mask_fill(tissue);
    size_t first = SIZE_MAX;
    size_t last = 0;
    double base = 0;
    size_t seen = 0;
    for (size_t rod = 0; rod < row->model->rod_count; rod++)
        if (row->seen[rod] > 0) {
            first = means->first[rod] < first ? means->first[rod] : first;
            last = means->last[rod] > last ? means->last[rod] : last;
            base += row->rods[rod].base_hu;
            seen++;
        }
    if (!seen)
        return;
    measure_walls(&s, row, means, view);
    for (size_t slice = first; slice <= last; slice++) {
        double w = (double) slice * view->mm[2];
        s.count = 0;
        for (size_t rod = 0; rod < row->model->rod_count; rod++) {
            if (row->seen[rod] < 0)
                continue;
            s.middle[s.count][0] = rod_at(&row->rods[rod], 0, w);
            s.middle[s.count][1] = rod_at(&row->rods[rod], 1, w);
            s.radius_mm[s.count++] = row->rods[rod].radius_mm;
        }
        paint_slice(labels, &s, slice, view, base / (double) seen);
    }
}
