/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "femur_outline.h"

#include <math.h>
#include <string.h>

#include "femur_limits.h"

/*
 * The voxels' labels say where the edge is to half a cell. From there it is read in the image: half
 * way between the densest of the rim and the least dense beside it.
 */

#define STEPS  ((int) ((EDGE_IN_MM + EDGE_OUT_MM) / EDGE_STEP_MM) + 1)
#define ANGLES 36

static void along(double p[3], const double from[3], const double way[3], double mm)
{
    for (int a = 0; a < 3; a++)
        p[a] = from[a] + mm * way[a];
}

/* How far the label reaches in one go; NAN when it goes on into what is not in view. */
static double walk(const femur_body *f, const double at[3], const double way[3])
{
    const int steps = (int) (EDGE_FAR_MM / EDGE_STEP_MM);
    for (int n = 1; n <= steps; n++) {
        double p[3];
        along(p, at, way, EDGE_STEP_MM * n);
        size_t cell = femur_cell_at(f->g, p);
        if (cell == SIZE_MAX || f->g->bone[cell] == FEMUR_OUT)
            return NAN;
        if (f->labels[cell] != f->label)
            return EDGE_STEP_MM * (n - 1);
    }
    return NAN;
}

double femur_edge_mm(const femur_body *f, const sampler *s, const double at_mm[3],
                     const double way[3])
{
    double hu[64];
    double far = walk(f, at_mm, way);
    if (isnan(far))
        return NAN;
    double from = fmax(far - EDGE_IN_MM, 0);
    int count = 0;
    int peak = 0;
    int low = 0;
    for (int n = 0; n < STEPS; n++) {
        double p[3];
        along(p, at_mm, way, from + EDGE_STEP_MM * n);
        double v = sample_hu(s, p);
        if (isnan(v))
            break;
        hu[count++] = fmax(v, EDGE_LOW_HU);
    }
    for (int n = 0; n < count; n++)
        if (from + EDGE_STEP_MM * n <= far + EDGE_NEAR_MM && hu[n] > hu[peak])
            peak = n;
    low = peak;
    for (int n = peak; n < count; n++)
        if (hu[n] < hu[low])
            low = n;
    if (low == peak || hu[peak] - hu[low] < LEAST_FALL_HU)
        return NAN;
    double half = (hu[peak] + hu[low]) / 2;
    int n = peak;
    while (n + 1 < low && hu[n + 1] > half)
        n++;
    return from + EDGE_STEP_MM * (n + (hu[n] - half) / (hu[n] - hu[n + 1]));
}

static void span(femur_outline *out, const double normal[3], const double towards[3])
{
    double off = femur_dot(towards, normal);
    for (int a = 0; a < 3; a++)
        out->u[a] = towards[a] - off * normal[a];
    femur_unit(out->u);
    femur_cross(out->v, normal, out->u);
}

/* Moments of the wedges between rays, and the least of the widths. */
static void sum_up(femur_outline *out, const double at[3])
{
    const double wedge = sin(2 * M_PI / OUTLINE_RAYS);
    double area = 0;
    double x[OUTLINE_RAYS];
    double y[OUTLINE_RAYS];
    double sum[2] = {0};
    for (int n = 0; n < OUTLINE_RAYS; n++) {
        x[n] = out->reach_mm[n] * cos(2 * M_PI * n / OUTLINE_RAYS);
        y[n] = out->reach_mm[n] * sin(2 * M_PI * n / OUTLINE_RAYS);
    }
    for (int n = 0; n < OUTLINE_RAYS; n++) {
        int m = (n + 1) % OUTLINE_RAYS;
        double piece = out->reach_mm[n] * out->reach_mm[m] * wedge / 2;
        area += piece;
        sum[0] += piece * (x[n] + x[m]) / 3;
        sum[1] += piece * (y[n] + y[m]) / 3;
    }
    out->area_mm2 = area;
    for (int a = 0; a < 3; a++)
        out->centre_mm[a] = at[a] + (sum[0] * out->u[a] + sum[1] * out->v[a]) / area;
    out->least_mm = INFINITY;
    for (int k = 0; k < ANGLES; k++) {
        double c = cos(M_PI * k / ANGLES);
        double w = sin(M_PI * k / ANGLES);
        double low = INFINITY;
        double high = -INFINITY;
        for (int n = 0; n < OUTLINE_RAYS; n++) {
            low = fmin(low, c * x[n] + w * y[n]);
            high = fmax(high, c * x[n] + w * y[n]);
        }
        out->least_mm = fmin(out->least_mm, high - low);
    }
}

/* One ray whose neighbours were read is taken from them. */
static int mend(double reach[OUTLINE_RAYS])
{
    for (int n = 0; n < OUTLINE_RAYS; n++) {
        double before = reach[(n + OUTLINE_RAYS - 1) % OUTLINE_RAYS];
        double after = reach[(n + 1) % OUTLINE_RAYS];
        if (!isnan(reach[n]))
            continue;
        if (isnan(before) || isnan(after))
            return 0;
        reach[n] = (before + after) / 2;
    }
    return 1;
}

int femur_outline_read(femur_outline *out, const femur_body *f, const sampler *s,
                       const double at_mm[3], const double normal[3], const double towards[3])
{
    memset(out, 0, sizeof(*out));
    span(out, normal, towards);
    out->area_mm2 = out->least_mm = NAN;
    for (int n = 0; n < OUTLINE_RAYS; n++) {
        double way[3];
        for (int a = 0; a < 3; a++)
            way[a] = cos(2 * M_PI * n / OUTLINE_RAYS) * out->u[a] +
                     sin(2 * M_PI * n / OUTLINE_RAYS) * out->v[a];
        out->reach_mm[n] = femur_edge_mm(f, s, at_mm, way);
    }
    if (!mend(out->reach_mm))
        return 0;
    sum_up(out, at_mm);
    return 1;
}

/* Turning point of the parabola through values at even steps about 0, or NAN; *value there. */
static double fit_turn(const double *values, int reach, double step_mm, double *value)
{
    double n = 0;
    double s1 = 0;
    double s2 = 0;
    double y0 = 0;
    double y1 = 0;
    double y2 = 0;
    for (int k = -reach; k <= reach; k++) {
        double x = k * step_mm;
        double y = values[k + reach];
        n++;
        s1 += x * x;
        s2 += x * x * x * x;
        y0 += y;
        y1 += x * y;
        y2 += x * x * y;
    }
    double curve = (n * y2 - s1 * y0) / (n * s2 - s1 * s1);
    double slope = y1 / s1;
    double level = (y0 - curve * s1) / n;
    double at = -slope / (2 * curve);
    *value = level + slope * at + curve * at * at;
    return isfinite(at) ? at : NAN;
}

/* ---- neck ---- */

/* The line from the head through the middles of the sections near the narrowest, and how far along
 * it that is. 0 when an edge is not seen. */
static int read_neck(osarc_femur *out, double way[3], double *at_mm, const femur_body *f,
                     const sampler *s)
{
    static const double UP[3] = {0, 0, 1};
    double areas[2 * NECK_NEAR_STEPS + 1];
    double least[2 * NECK_NEAR_STEPS + 1];
    double sum[3] = {0};
    double value = 0;
    for (int k = -NECK_NEAR_STEPS; k <= NECK_NEAR_STEPS; k++) {
        femur_outline o;
        double p[3];
        double t = *at_mm + NECK_STEP_MM * k;
        along(p, out->head_mm, way, t);
        if (!femur_outline_read(&o, f, s, p, way, UP))
            return 0;
        areas[k + NECK_NEAR_STEPS] = o.area_mm2;
        least[k + NECK_NEAR_STEPS] = o.least_mm;
        for (int a = 0; a < 3; a++)
            sum[a] += (o.centre_mm[a] - out->head_mm[a]) / t;
    }
    double turn = fit_turn(areas, NECK_NEAR_STEPS, NECK_STEP_MM, &value);
    if (isnan(turn) || areas[0] + areas[2 * NECK_NEAR_STEPS] <= 2 * areas[NECK_NEAR_STEPS])
        turn = 0; /* no waist: where the pixels were narrowest */
    *at_mm += fmin(fmax(turn, -NECK_STEP_MM * NECK_NEAR_STEPS), NECK_STEP_MM * NECK_NEAR_STEPS) / 2;
    memcpy(way, sum, sizeof(sum));
    femur_unit(way);
    out->neck_section_mm2 = areas[NECK_NEAR_STEPS];
    out->neck_least_mm = least[NECK_NEAR_STEPS];
    return 1;
}

void femur_neck_refine(osarc_femur *out, const femur_body *f, const sampler *s)
{
    osarc_femur now = *out;
    double way[3];
    double at_mm = 0;
    for (int a = 0; a < 3; a++) {
        way[a] = -out->neck_axis[a];
        at_mm += (out->neck_mm[a] - out->head_mm[a]) * way[a];
    }
    for (int round = 0; round < 6; round++)
        if (!read_neck(&now, way, &at_mm, f, s))
            return;
    double off = 0;
    along(now.neck_mm, out->head_mm, way, at_mm);
    for (int a = 0; a < 3; a++) {
        now.neck_axis[a] = -way[a];
        off += now.neck_axis[a] * out->neck_axis[a];
    }
    if (off < EDGE_TURN_COS)
        return;
    *out = now;
}

/* ---- shaft ---- */

/* Sums of a straight line through places over heights. */
typedef struct line_sums {
    double n, h, hh;
    double y[3], hy[3];
} line_sums;

static void add_section(line_sums *sums, const femur_body *f, const sampler *s, const double at[3],
                        const double up[3], double height, const double head[3])
{
    static const double ACROSS[3] = {1, 0, 0};
    femur_outline o;
    double p[3];
    double d[3];
    along(p, at, up, height);
    for (int a = 0; a < 3; a++)
        d[a] = p[a] - head[a];
    double mm = sqrt(femur_dot(d, d));
    if (mm < SHAFT_FROM_MM || mm > SHAFT_TO_MM || !femur_outline_read(&o, f, s, p, up, ACROSS) ||
        o.area_mm2 > SHAFT_MOST_MM2)
        return;
    sums->n++;
    sums->h += height;
    sums->hh += height * height;
    for (int a = 0; a < 3; a++) {
        sums->y[a] += o.centre_mm[a];
        sums->hy[a] += height * o.centre_mm[a];
    }
}

void femur_shaft_refine(double at_mm[3], double up[3], const femur_body *f, const sampler *s,
                        const double head_mm[3])
{
    const int reach = (int) (SHAFT_TO_MM / 2 / SHAFT_STEP_MM);
    for (int round = 0; round < 3; round++) {
        line_sums sums = {0};
        double way[3];
        double to[3];
        for (int k = -reach; k <= reach; k++)
            add_section(&sums, f, s, at_mm, up, SHAFT_STEP_MM * k, head_mm);
        if (SHAFT_STEP_MM * sums.n < SHAFT_LEAST_MM)
            return;
        double spread = sums.hh - sums.h * sums.h / sums.n;
        for (int a = 0; a < 3; a++) {
            way[a] = (sums.hy[a] - sums.h * sums.y[a] / sums.n) / spread;
            to[a] = sums.y[a] / sums.n;
        }
        femur_unit(way);
        if (!(femur_dot(way, up) > EDGE_TURN_COS))
            return;
        memcpy(up, way, sizeof(way));
        memcpy(at_mm, to, sizeof(to));
    }
}

/* ---- trochanters ---- */

void femur_lesser_refine(osarc_femur *out, const femur_body *f, const sampler *s,
                         const double at_mm[3])
{
    const double *up = out->shaft_axis;
    for (int round = 0; round < LESSER_ROUNDS; round++) {
        double d[3];
        double reach[2 * LESSER_STEPS + 1];
        double turns[2 * LESSER_RAYS + 1] = {0};
        femur_outline o;
        for (int a = 0; a < 3; a++)
            d[a] = out->lesser_mm[a] - at_mm[a];
        double height = femur_dot(d, up);
        for (int k = -LESSER_STEPS; k <= LESSER_STEPS; k++) {
            double p[3];
            along(p, at_mm, up, height + LESSER_STEP_MM * k);
            (void) femur_outline_read(&o, f, s, p, up, d);
            reach[k + LESSER_STEPS] = 0;
            for (int n = -LESSER_RAYS; n <= LESSER_RAYS; n++) {
                double r = o.reach_mm[(n + OUTLINE_RAYS) % OUTLINE_RAYS];
                reach[k + LESSER_STEPS] += r / (2 * LESSER_RAYS + 1);
                turns[n + LESSER_RAYS] += r / (2 * LESSER_STEPS + 1);
            }
        }
        double most = 0;
        double high = fit_turn(reach, LESSER_STEPS, LESSER_STEP_MM, &most);
        double turn = fit_turn(turns, LESSER_RAYS, 2 * M_PI / OUTLINE_RAYS, &most);
        if (isnan(high) || isnan(turn) ||
            reach[0] + reach[2 * LESSER_STEPS] >= 2 * reach[LESSER_STEPS])
            return;
        high =
            fmin(fmax(high, -LESSER_STEP_MM * LESSER_STEPS / 2), LESSER_STEP_MM * LESSER_STEPS / 2);
        turn = fmin(fmax(turn, -0.3), 0.3);
        double p[3];
        double way[3];
        along(p, at_mm, up, height + high);
        for (int a = 0; a < 3; a++)
            way[a] = cos(turn) * o.u[a] + sin(turn) * o.v[a];
        double far = femur_edge_mm(f, s, p, way);
        if (isnan(far))
            return;
        along(out->lesser_mm, p, way, far);
    }
}

void femur_greater_refine(osarc_femur *out, const femur_body *f, const sampler *s)
{
    double sum[3] = {0};
    double n = 0;
    double p[3];
    size_t cells = femur_count(f->g);
    if (isnan(out->greater_mm[0]))
        return;
    for (size_t i = 0; i < cells; i++) {
        if (f->labels[i] != f->label)
            continue;
        femur_place(f->g, i, p);
        for (int a = 0; a < 3; a++)
            p[a] -= out->greater_mm[a];
        double below = -femur_dot(p, out->shaft_axis);
        if (below > GREATER_DEEP_MM || femur_dot(p, p) > GREATER_SIDE_MM * GREATER_SIDE_MM)
            continue;
        n++;
        for (int a = 0; a < 3; a++)
            sum[a] += p[a];
    }
    for (int a = 0; a < 3; a++)
        p[a] = out->greater_mm[a] + sum[a] / n;
    double far = femur_edge_mm(f, s, p, out->shaft_axis);
    if (!isnan(far))
        along(out->greater_mm, p, out->shaft_axis, far);
}
