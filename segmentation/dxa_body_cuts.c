/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_body_parts.h"

#include <math.h>
#include <stdio.h>

#include <osi/alloc.h>

/* The gap beside the trunk in a row: the first run of no body, from the middle outwards, that has
 * body beyond it. Its middle, or -1. */
static double gap_of(const dxa_figure *f, size_t y, int side)
{
    long step = side ? 1 : -1;
    long x = lround(f->middle);
    long limit = side ? (long) f->plane.nx : -1;
    while (x != limit && dxa_in_body(f, x, (long) y))
        x += step;
    long first = x;
    while (x != limit && !dxa_in_body(f, x, (long) y))
        x += step;
    return x == limit ? -1 : (double) (first + x - step) / 2;
}

/* The longest run of rows with a gap, between chin and crotch. */
static int find_gap(dxa_figure *f, int side)
{
    size_t best = 0;
    size_t run = 0;
    for (size_t y = f->chin; y < f->crotch; y++) {
        run = gap_of(f, y, side) >= 0 ? run + 1 : 0;
        if (run > best) {
            best = run;
            f->gap_bottom[side] = y;
            f->gap_top[side] = y + 1 - run;
        }
    }
    return (double) best * f->plane.mm >= GAP_LEAST_MM;
}

static int touches_edge(const dxa_figure *f, int side)
{
    long x = side ? (long) f->plane.nx - 1 : 0;
    for (size_t y = f->chin; y < f->crotch; y++)
        if (dxa_in_body(f, x, (long) y))
            return 1;
    return 0;
}

/* Bone over a level along a straight line, in cells: what it crosses, not how long it is. */
static double bone_along(const dxa_figure *f, double soft, double x0, double y0, double x1,
                         double y1)
{
    double length = hypot(x1 - x0, y1 - y0);
    double sum = 0;
    for (int t_step = 0; t_step * 0.5 <= length; t_step++) {
        double t = t_step * 0.5;
        sum += fmax(
            dxa_at(&f->plane, x0 + (x1 - x0) * t / length, y0 + (y1 - y0) * t / length) - soft, 0);
    }
    return sum;
}

/* What soft tissue reads in rows: bone is less than half of them. */
static osarc_status soft_level(double *out, const dxa_figure *f, size_t from, size_t to,
                               osarc_error *err)
{
    double *numbers = osi_alloc(f->plane.nx * (to - from + 1), sizeof(*numbers), err);
    if (!numbers)
        return OSARC_ERR_MEMORY;
    size_t n = 0;
    for (size_t i = from * f->plane.nx; i < to * f->plane.nx; i++)
        if (f->body[i])
            numbers[n++] = f->plane.value[i];
    *out = dxa_quantile(numbers, n, 0.4);
    osi_free(numbers);
    return OSARC_OK;
}

/* The first row of body in a column, from above. */
static double contour_above(const dxa_figure *f, double column, size_t below)
{
    long y = (long) below;
    while (y > 0 && dxa_in_body(f, lround(column), y - 1))
        y--;
    return (double) y;
}

/* From the armpit up through the shoulder joint, where least bone is crossed. */
static void cut_shoulder(dxa_figure *f, int side, double soft)
{
    size_t top = f->gap_top[side];
    double x0 = gap_of(f, top, side);
    double inwards = side ? -1 : 1;
    double best = INFINITY;
    double end[2] = {x0, contour_above(f, x0, top)};
    for (int in_step = 0; in_step <= SHOULDER_IN_MM / f->plane.mm; in_step++) {
        double in = in_step;
        double x = x0 + inwards * in;
        double y = contour_above(f, x, top);
        double bone = bone_along(f, soft, x0, (double) top, x, y);
        if ((double) top - y >= 1 && bone < best) {
            best = bone;
            end[0] = x;
            end[1] = y;
        }
    }
    f->shoulder[side][0] = end[0];
    f->shoulder[side][1] = end[1];
    for (size_t y = (size_t) end[1]; y < top && end[1] < (double) top; y++)
        f->arm[side][y] =
            x0 + (end[0] - x0) * ((double) top - (double) y) / ((double) top - end[1]);
}

osarc_status dxa_figure_arms(dxa_figure *f, osarc_error *err)
{
    double soft = 0;
    osarc_status status = soft_level(&soft, f, f->chin, f->crotch, err);
    for (int side = 0; side < 2 && !status; side++) {
        double outside = side ? (double) f->plane.nx + 1 : -2;
        for (size_t y = 0; y < f->plane.ny; y++)
            f->arm[side][y] = outside;
        f->arm_is_cut[side] = touches_edge(f, side);
        if (!find_gap(f, side)) {
            snprintf(f->no_arm[side], sizeof(f->no_arm[side]),
                     f->arm_is_cut[side]
                         ? "the picture's edge cuts the arm, and no gap parts it from the trunk"
                         : "no gap parts the arm from the trunk");
            continue;
        }
        double last = outside;
        for (size_t y = f->gap_top[side]; y <= f->gap_bottom[side]; y++)
            f->arm[side][y] = last = gap_of(f, y, side);
        /* a hand that reaches below the gap's last row, or touches the thigh */
        for (size_t y = f->gap_bottom[side] + 1; y < f->bottom; y++) {
            double gap = gap_of(f, y, side);
            last = gap >= 0 && fabs(gap - last) * f->plane.mm < 30 ? gap : last;
            f->arm[side][y] = last;
        }
        if (gap_of(f, f->gap_top[side] - 1, side) < 0 &&
            dxa_in_body(f, lround(f->arm[side][f->gap_top[side]]), (long) f->gap_top[side] - 1))
            cut_shoulder(f, side, soft);
        else
            for (int a = 0; a < 2; a++)
                f->shoulder[side][a] =
                    a ? (double) f->gap_top[side] : f->arm[side][f->gap_top[side]];
    }
    return status;
}

/* From the crotch outwards and up across least bone: through the femoral neck. */
osarc_status dxa_figure_legs(dxa_figure *f, osarc_error *err)
{
    double soft = 0;
    size_t thigh = f->crotch + (f->bottom - f->crotch) / 4;
    osarc_status status = soft_level(&soft, f, f->crotch, thigh, err);
    for (int side = 0; side < 2 && !status; side++) {
        double out = side ? 1 : -1;
        double best = INFINITY;
        double sum = 0;
        int n = 0;
        for (int pass = 0; pass < 2; pass++)
            for (int deg_step = 0; LEG_LEAST_DEG + deg_step <= LEG_MOST_DEG; deg_step++) {
                double deg = LEG_LEAST_DEG + deg_step;
                double dx = out * cos(deg * M_PI / 180);
                double dy = -sin(deg * M_PI / 180);
                double reach = LEG_FROM_MM / f->plane.mm;
                double end = reach;
                while (dxa_in_body(f, lround(f->middle + end * dx),
                                   lround((double) f->crotch + end * dy)) &&
                       end * f->plane.mm < LEG_TO_MM)
                    end += 1;
                double bone =
                    bone_along(f, soft, f->middle + reach * dx, (double) f->crotch + reach * dy,
                               f->middle + end * dx, (double) f->crotch + end * dy);
                if (pass == 0) {
                    best = fmin(best, bone);
                } else if (bone <= best * 1.02 + 1e-6) {
                    sum += deg;
                    n++;
                }
            }
        f->leg_slope[side] = tan(sum / n * M_PI / 180);
    }
    return status;
}
