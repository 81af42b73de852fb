/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "femur_outline.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "femur_limits.h"

#define DEGREES    (180 / M_PI)
#define ROUNDS     6
#define LEVELS_MAX 256

static void along(double p[3], const double from[3], const double way[3], double mm)
{
    for (int a = 0; a < 3; a++)
        p[a] = from[a] + mm * way[a];
}

/* The narrowest section between head and trochanters, square to the line from the head's centre
 * through its middle. Why there is none: text, else NULL. */
static const char *find_neck(osarc_femur *out, const femur_body *f, const femur_head *h)
{
    double way[3];
    femur_section narrow = {0};
    memcpy(way, h->neck, sizeof(way));
    for (int round = 0; round < ROUNDS; round++) {
        femur_section best = {.area_mm2 = INFINITY};
        double widest_past = 0;
        int cut = 0;
        const int steps = (int) (((1 - NECK_FROM) * h->radius_mm + NECK_FAR_MM) / NECK_STEP_MM);
        for (int n = 0; n <= steps; n++) {
            double t = NECK_FROM * h->radius_mm + NECK_STEP_MM * n;
            femur_section s;
            double p[3];
            along(p, h->centre_mm, way, t);
            femur_cut(&s, f, p, way);
            cut |= s.is_cut && t < h->radius_mm + NECK_FAR_MM / 2;
            if (s.area_mm2 <= 0 || s.is_cut)
                break;
            if (s.area_mm2 < best.area_mm2) {
                best = s;
                widest_past = 0;
            }
            widest_past = fmax(widest_past, s.area_mm2);
            if (widest_past > NECK_FLARE * best.area_mm2)
                break;
        }
        if (!isfinite(best.area_mm2) || widest_past <= NECK_FLARE * best.area_mm2)
            return cut || out->head_in_view < 1 ? "the view cuts the neck"
                                                : "no narrowest section past the head";
        narrow = best;
        for (int a = 0; a < 3; a++)
            way[a] = best.centre_mm[a] - h->centre_mm[a];
        femur_unit(way);
    }
    memcpy(out->neck_mm, narrow.centre_mm, sizeof(out->neck_mm));
    for (int a = 0; a < 3; a++)
        out->neck_axis[a] = -way[a];
    out->neck_section_mm2 = narrow.area_mm2;
    out->neck_least_mm = narrow.least_mm;
    return NULL;
}

/* Main direction of moments about their mean (xx yy zz xy xz yz), by repeated squaring. */
static void find_main(double out[3], const double t[6])
{
    double m[3][3] = {{t[0], t[3], t[4]}, {t[3], t[1], t[5]}, {t[4], t[5], t[2]}};
    for (int n = 0; n < 12; n++) {
        double q[3][3];
        double sum = 0;
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++) {
                q[i][j] = m[i][0] * m[0][j] + m[i][1] * m[1][j] + m[i][2] * m[2][j];
                sum += i == j ? q[i][j] : 0;
            }
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
                m[i][j] = sum > 0 ? q[i][j] / sum : 0;
    }
    int most = m[0][0] >= m[1][1] && m[0][0] >= m[2][2] ? 0 : m[1][1] >= m[2][2] ? 1 : 2;
    memcpy(out, m[most], 3 * sizeof(*out));
    femur_unit(out);
}

/* A line along cells of the femur whose distance from the head is in a range; 0 when too short. */
static int find_line(double at[3], double way[3], const femur_body *f, const double head[3])
{
    double sum[3] = {0};
    double t[6] = {0};
    double n = 0;
    size_t cells = femur_count(f->g);
    for (size_t i = 0; i < cells; i++) {
        double p[3];
        if (f->labels[i] != f->label)
            continue;
        femur_place(f->g, i, p);
        double d[3] = {p[0] - head[0], p[1] - head[1], p[2] - head[2]};
        double mm = sqrt(femur_dot(d, d));
        if (mm < SHAFT_FROM_MM || mm > SHAFT_TO_MM)
            continue;
        n++;
        for (int a = 0; a < 3; a++) {
            sum[a] += d[a];
            t[a] += d[a] * d[a];
            t[3 + a] += d[a == 2 ? 1 : 0] * d[a == 0 ? 1 : 2];
        }
    }
    if (n < SHAFT_LEAST_CELLS)
        return 0;
    for (int a = 0; a < 3; a++) {
        t[a] -= sum[a] * sum[a] / n;
        t[3 + a] -= sum[a == 2 ? 1 : 0] * sum[a == 0 ? 1 : 2] / n;
    }
    find_main(way, t);
    for (int a = 0; a < 3; a++)
        at[a] = head[a] + sum[a] / n;
    if (femur_dot(way, sum) > 0)
        for (int a = 0; a < 3; a++)
            way[a] = -way[a];
    return 1;
}

/* The axis through the middles of the shaft's sections; 0 when less than SHAFT_LEAST_MM of it is in
 * view. *low_mm is how far down from `at` it is whole. */
static int find_shaft(double at[3], double way[3], double *low_mm, const femur_body *f,
                      const double head[3])
{
    if (!find_line(at, way, f, head))
        return 0;
    for (int round = 0; round < 3; round++) {
        double sum[3] = {0};
        double t[6] = {0};
        double n = 0;
        *low_mm = 0;
        const int reach = (int) (SHAFT_TO_MM / 2 / SHAFT_STEP_MM);
        for (int k = -reach; k <= reach; k++) {
            double u = SHAFT_STEP_MM * k;
            femur_section s;
            double p[3];
            along(p, at, way, u);
            femur_cut(&s, f, p, way);
            double d[3] = {s.centre_mm[0] - head[0], s.centre_mm[1] - head[1],
                           s.centre_mm[2] - head[2]};
            double mm = sqrt(femur_dot(d, d));
            if (s.area_mm2 <= 0 || s.is_cut || s.area_mm2 > SHAFT_MOST_MM2 || mm < SHAFT_FROM_MM ||
                mm > SHAFT_TO_MM)
                continue;
            n++;
            for (int a = 0; a < 3; a++) {
                sum[a] += d[a];
                t[a] += d[a] * d[a];
                t[3 + a] += d[a == 2 ? 1 : 0] * d[a == 0 ? 1 : 2];
            }
        }
        if (SHAFT_STEP_MM * n < SHAFT_LEAST_MM)
            return 0;
        for (int a = 0; a < 3; a++) {
            t[a] -= sum[a] * sum[a] / n;
            t[3 + a] -= sum[a == 2 ? 1 : 0] * sum[a == 0 ? 1 : 2] / n;
        }
        find_main(way, t);
        for (int a = 0; a < 3; a++) {
            at[a] = head[a] + sum[a] / n;
        }
        if (femur_dot(way, sum) > 0)
            for (int a = 0; a < 3; a++)
                way[a] = -way[a];
    }
    for (int k = 0; k < SHAFT_STEPS; k++) {
        double u = -SHAFT_STEP_MM * k;
        femur_section s;
        double p[3];
        along(p, at, way, u);
        femur_cut(&s, f, p, way);
        if (s.area_mm2 <= 0 || s.is_cut)
            break;
        *low_mm = u;
    }
    return 1;
}

/* How far the femur stands out from the shaft's axis towards `way` at each level; the cells. */
typedef struct outline {
    double reach[LEVELS_MAX];
    size_t cell[LEVELS_MAX];
    int cut[LEVELS_MAX]; /* the femur meets the edge of the view there */
    double low_mm;       /* of level 0, along the axis from `at` */
} outline;

static void trace(outline *o, const femur_body *f, const double at[3], const double up[3],
                  const double way[3], double within_cos, double low_mm)
{
    const size_t step[3] = {1, f->g->size[0], f->g->size[0] * f->g->size[1]};
    size_t cells = femur_count(f->g);
    o->low_mm = low_mm;
    for (int n = 0; n < LEVELS_MAX; n++) {
        o->reach[n] = -INFINITY;
        o->cut[n] = 0;
    }
    for (size_t i = 0; i < cells; i++) {
        double p[3];
        if (f->labels[i] != f->label)
            continue;
        femur_place(f->g, i, p);
        double d[3] = {p[0] - at[0], p[1] - at[1], p[2] - at[2]};
        double height = femur_dot(d, up);
        double level = (height - low_mm) / f->g->mm;
        if (!(level >= 0 && level < LEVELS_MAX))
            continue;
        for (int a = 0; a < 3; a++)
            d[a] -= height * up[a];
        double reach = femur_dot(d, way);
        int n = (int) level;
        for (int a = 0; a < 3; a++) {
            size_t k = i / step[a] % f->g->size[a];
            o->cut[n] |= k == 0 || k + 1 == f->g->size[a] || f->g->bone[i - step[a]] == FEMUR_OUT ||
                         f->g->bone[i + step[a]] == FEMUR_OUT;
        }
        if (reach > o->reach[n] && reach >= within_cos * sqrt(femur_dot(d, d))) {
            o->reach[n] = reach;
            o->cell[n] = i;
        }
    }
}

/* The lowest place where the femur stands out, on its medial back, and less above: the lesser
 * trochanter. NAN when there is none, or it is not in view. */
static void find_lesser(osarc_femur *out, const femur_body *f, const double at[3],
                        const double up[3], const double medial[3], const double back[3],
                        double head_mm)
{
    double most = LESSER_LEAST_MM;
    for (int turn = 30; turn <= 90; turn += 15) {
        outline o;
        double way[3];
        for (int a = 0; a < 3; a++)
            way[a] = cos(turn / DEGREES) * medial[a] + sin(turn / DEGREES) * back[a];
        trace(&o, f, at, up, way, 0.94, head_mm - LESSER_LOW_MM);
        int last = (int) ((LESSER_LOW_MM - LESSER_HIGH_MM) / f->g->mm);
        for (int n = 4; n + 4 < last && n + 4 < LEVELS_MAX; n++) {
            if (!isfinite(o.reach[n]) || !isfinite(o.reach[n - 4]) || !isfinite(o.reach[n + 4]))
                continue;
            double base = INFINITY;
            for (int m = 0; m < n; m++)
                base = isfinite(o.reach[m]) ? fmin(base, o.reach[m]) : base;
            double above = INFINITY;
            for (int m = n; m <= n + 6 && m < last; m++)
                above = isfinite(o.reach[m]) ? fmin(above, o.reach[m]) : above;
            double out_mm = fmin(o.reach[n] - base, 3 * (o.reach[n] - above));
            int is_peak = 1;
            for (int m = n - 3; m <= n + 3; m++)
                is_peak &= o.reach[m] <= o.reach[n];
            if (is_peak && out_mm > most) {
                most = out_mm;
                femur_place(f->g, o.cell[n], out->lesser_mm);
            }
        }
    }
}

/* The highest place on the lateral side of the shaft's axis. */
static void find_greater(osarc_femur *out, const femur_body *f, const double at[3],
                         const double up[3], const double medial[3])
{
    const size_t plane = f->g->size[0] * f->g->size[1];
    size_t cells = femur_count(f->g);
    double highest = -INFINITY;
    int cut = 0;
    for (size_t i = 0; i < cells; i++) {
        double p[3];
        if (f->labels[i] != f->label)
            continue;
        femur_place(f->g, i, p);
        double d[3] = {p[0] - at[0], p[1] - at[1], p[2] - at[2]};
        double height = femur_dot(d, up);
        if (femur_dot(d, medial) > 0 || height <= highest)
            continue;
        highest = height;
        cut = i / plane + 1 == f->g->size[2] || f->g->bone[i + plane] == FEMUR_OUT;
        memcpy(out->greater_mm, p, sizeof(p));
    }
    if (cut || !isfinite(highest))
        for (int a = 0; a < 3; a++)
            out->greater_mm[a] = NAN;
}

static void find_trochanters(osarc_femur *out, const femur_body *f, const sampler *s,
                             const double at[3], double low_mm)
{
    const double *up = out->shaft_axis;
    double medial[3];
    double back[3];
    double head_mm = 0;
    for (int a = 0; a < 3; a++)
        medial[a] = out->head_mm[a] - at[a];
    head_mm = femur_dot(medial, up);
    for (int a = 0; a < 3; a++)
        medial[a] -= head_mm * up[a];
    femur_unit(medial);
    femur_cross(back, up, medial);
    for (int a = 0; a < 3 && out->side == OSARC_SIDE_LEFT; a++)
        back[a] = -back[a];
    find_lesser(out, f, at, up, medial, back, head_mm);
    find_greater(out, f, at, up, medial);
    femur_greater_refine(out, f, s);
    if (isnan(out->lesser_mm[0]))
        return;
    femur_lesser_refine(out, f, s, at);
    double d[3];
    for (int a = 0; a < 3; a++)
        d[a] = out->lesser_mm[a] - at[a];
    double lesser = femur_dot(d, up);
    along(out->shaft_mm, at, up, lesser);
    out->shaft_in_view_mm = fmax(0, lesser - low_mm);
}

void femur_axes_find(osarc_femur *out, const sampler *s, const femur_grid *g, const uint8_t *labels,
                     uint8_t label, const femur_head *h)
{
    const femur_body f = {g, labels, label};
    double at[3];
    double way[3];
    double low_mm = 0;
    const char *why = find_neck(out, &f, h);
    if (why) {
        snprintf(out->refused_neck, sizeof(out->refused_neck), "%s", why);
    } else {
        femur_neck_refine(out, &f, s);
        out->neck_forward_deg = asin(fmin(fmax(-out->neck_axis[1], -1), 1)) * DEGREES;
    }
    if (!find_shaft(at, way, &low_mm, &f, h->centre_mm)) {
        snprintf(out->refused_total, sizeof(out->refused_total),
                 "less than %.0f mm of the shaft below the trochanters is in view", SHAFT_LEAST_MM);
        return;
    }
    const double was[3] = {at[0], at[1], at[2]};
    femur_shaft_refine(at, way, &f, s, h->centre_mm);
    for (int a = 0; a < 3; a++)
        low_mm += (was[a] - at[a]) * way[a];
    memcpy(out->shaft_axis, way, sizeof(way));
    find_trochanters(out, &f, s, at, low_mm);
    if (isnan(out->lesser_mm[0]))
        snprintf(out->refused_total, sizeof(out->refused_total),
                 "the lesser trochanter does not stand out");
    if (!why)
        out->neck_shaft_deg =
            180 - acos(fmin(fmax(femur_dot(out->neck_axis, way), -1), 1)) * DEGREES;
}
