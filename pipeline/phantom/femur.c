/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "femur.h"

#include <math.h>
#include <string.h>

/* Lengths in mm, own axes. Shells are as thick as the difference of outer and inner. */

typedef struct ellipsoid {
    double half_mm[3];
    double shell_mm;
} ellipsoid;

static const ellipsoid HEAD = {{OSI_FEMUR_HEAD_MM, OSI_FEMUR_HEAD_MM, OSI_FEMUR_HEAD_MM}, 1.2};
static const ellipsoid BODY = {{22, 22, 22}, 2}; /* where neck and shaft run into each other */
static const ellipsoid GREATER = {{12, 16, 20}, 1.2};
static const ellipsoid LESSER = {{9, 9, 12}, 1.5};

#define NECK_SHELL   1.8
#define NECK_FROM    8.0   /* from the head's centre: inside the head */
#define NECK_CURVE   0.012 /* radius grows by that times the square of the way from the waist */
#define SHAFT_RADIUS 15.0
#define SHAFT_SHELL  6.0
#define SHAFT_TOP    (-10.0)  /* from the crossing, */
#define CANAL_TOP    (-44.0)  /* from there down it holds fat: */
#define SHAFT_END    (-600.0) /* beyond any view */

#define METAL_BALL  14.0
#define METAL_STEM  6.0
#define METAL_TOP   (-5.0)
#define METAL_END   (-90.0)
#define SOCKET_WALL 6.0
#define SOCKET_SKIN 1.5

/* From the crossing of the axes, in the leg's own axes. */
static const double GREATER_AT[3] = {10, 4, 10};
static const double LESSER_AT[3] = {-13, 9, -32};

/* The shaft leans: its upper end to the side and to the front. */
#define LEAN_SIDE_DEG 6.0
#define LEAN_BACK_DEG (-3.0)
#define HEAD_X_MM     88.0

void osi_femur_make(osi_femur *out, int side, const osarc_phantom_options *options)
{
    double a = options->anteversion_deg * M_PI / 180;
    double turn = options->leg_turn_deg * M_PI / 180;
    double shaft = OSI_FEMUR_NECK_SHAFT_DEG * M_PI / 180;
    memset(out, 0, sizeof(*out));
    out->side = side;
    out->anteversion_deg = options->anteversion_deg;
    out->joint_gap_mm = options->joint_gap_mm;
    out->head_mm[0] = side * HEAD_X_MM;
    out->neck[0] = sin(shaft) * cos(a);
    out->neck[1] = sin(shaft) * sin(a);
    out->neck[2] = cos(shaft);
    for (int c = 0; c < 3; c++) {
        out->cross_mm[c] = OSI_FEMUR_ALONG_MM * out->neck[c];
        out->greater_mm[c] = out->cross_mm[c] + GREATER_AT[c];
        out->lesser_mm[c] = out->cross_mm[c] + LESSER_AT[c];
    }
    double way[2] = {LESSER_AT[0], LESSER_AT[1]};
    double far = hypot(way[0], way[1]);
    double across = 1 / sqrt(pow(way[0] / far / LESSER.half_mm[0], 2) +
                             pow(way[1] / far / LESSER.half_mm[1], 2));
    for (int c = 0; c < 2; c++)
        out->lesser_peak_mm[c] = out->lesser_mm[c] + across * way[c] / far;
    out->lesser_peak_mm[2] = out->lesser_mm[2];

    /* for a left leg; toes outwards: the side turns to the back */
    const double back = LEAN_BACK_DEG * M_PI / 180;
    const double lean = LEAN_SIDE_DEG * M_PI / 180;
    const double rows[3][3] = {{cos(turn), sin(turn), 0}, {-sin(turn), cos(turn), 0}, {0, 0, 1}};
    for (int r = 0; r < 3; r++) {
        double x = rows[r][0];
        double y = rows[r][1];
        double z = rows[r][2];
        double x1 = cos(lean) * x + sin(lean) * z;
        double z1 = -sin(lean) * x + cos(lean) * z;
        out->axes[r][0] = side * x1;
        out->axes[r][1] = cos(back) * y + sin(back) * z1;
        out->axes[r][2] = -sin(back) * y + cos(back) * z1;
    }
}

void osi_femur_own(double out_mm[3], const osi_femur *femur, const double patient_mm[3])
{
    for (int r = 0; r < 3; r++) {
        out_mm[r] = 0;
        for (int c = 0; c < 3; c++)
            out_mm[r] += femur->axes[r][c] * (patient_mm[c] - femur->head_mm[c]);
    }
}

void osi_femur_patient(double out_mm[3], const osi_femur *femur, const double own_mm[3])
{
    for (int c = 0; c < 3; c++) {
        out_mm[c] = femur->head_mm[c];
        for (int r = 0; r < 3; r++)
            out_mm[c] += femur->axes[r][c] * own_mm[r];
    }
}

static double in_ball(const double p[3], double radius)
{
    return radius - sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]);
}

static double in_ellipsoid(const double p[3], const double centre[3], const ellipsoid *e,
                           double less)
{
    double unit = 0;
    double slope = 0;
    for (int c = 0; c < 3; c++) {
        double half = e->half_mm[c] - less;
        double x = (p[c] - centre[c]) / half;
        unit += x * x;
        slope += x * x / (half * half);
    }
    unit = sqrt(unit);
    return slope > 0 ? unit * (1 - unit) / sqrt(slope) : e->half_mm[0] - less;
}

static double neck_radius(double along)
{
    double off = along - OSI_FEMUR_WAIST_MM;
    return OSI_FEMUR_WAIST_RADIUS + NECK_CURVE * off * off;
}

static double in_neck(const osi_femur *f, const double p[3], double less)
{
    double along = p[0] * f->neck[0] + p[1] * f->neck[1] + p[2] * f->neck[2];
    double square = p[0] * p[0] + p[1] * p[1] + p[2] * p[2] - along * along;
    double across = sqrt(fmax(0, square));
    double slope = 2 * NECK_CURVE * (along - OSI_FEMUR_WAIST_MM);
    double depth = (neck_radius(along) - less - across) / sqrt(1 + slope * slope);
    return fmin(depth, fmin(along - NECK_FROM, OSI_FEMUR_ALONG_MM - along));
}

static double in_shaft(const osi_femur *f, const double p[3], double radius, double top, double end)
{
    double across = hypot(p[0] - f->cross_mm[0], p[1] - f->cross_mm[1]);
    double z = p[2] - f->cross_mm[2];
    return fmin(radius - across, fmin(top - z, z - end));
}

static double in_bone(const osi_femur *f, const double p[3], int inner)
{
    static const double NONE[3] = {0, 0, 0};
    double k = inner ? 1 : 0;
    double depth = in_ellipsoid(p, NONE, &HEAD, k * HEAD.shell_mm);
    depth = fmax(depth, in_neck(f, p, k * NECK_SHELL));
    depth = fmax(depth, in_ellipsoid(p, f->cross_mm, &BODY, k * BODY.shell_mm));
    depth = fmax(depth, in_ellipsoid(p, f->greater_mm, &GREATER, k * GREATER.shell_mm));
    depth = fmax(depth, in_ellipsoid(p, f->lesser_mm, &LESSER, k * LESSER.shell_mm));
    return fmax(depth, in_shaft(f, p, SHAFT_RADIUS - k * SHAFT_SHELL, SHAFT_TOP, SHAFT_END));
}

/* Half a shell around the head, open downwards and to the side, and the bone over it. It stands in
 * the body and does not turn with the leg. */
static double in_socket(const osi_femur *f, const double p[3], double less)
{
    static const ellipsoid WING = {{15, 22, 40}, 0};
    double at[3];
    double wing[3];
    osi_femur_patient(at, f, p);
    for (int c = 0; c < 3; c++)
        at[c] -= f->head_mm[c];
    at[0] *= f->side;
    memcpy(wing, at, sizeof(wing));
    wing[0] += 16;
    wing[2] -= 54;
    static const double NONE[3] = {0, 0, 0};
    double inner = OSI_FEMUR_HEAD_MM + f->joint_gap_mm;
    double half = -0.5 * at[0] + 0.8660254 * at[2] - 4;
    double cup = fmin(in_ball(at, inner + SOCKET_WALL), half);
    double depth = fmax(cup, in_ellipsoid(wing, NONE, &WING, 0)) - less;
    return fmin(depth, -in_ball(at, inner) - less);
}

static double in_canal(const osi_femur *f, const double p[3])
{
    return in_shaft(f, p, SHAFT_RADIUS - SHAFT_SHELL, CANAL_TOP, SHAFT_END);
}

static double in_metal(const osi_femur *f, const double p[3])
{
    if (!f->has_metal)
        return -1e6;
    return fmax(in_ball(p, METAL_BALL), in_shaft(f, p, METAL_STEM, METAL_TOP, METAL_END));
}

osi_femur_depth osi_femur_depths(const osi_femur *femur, const double p[3])
{
    return (osi_femur_depth){.bone = in_bone(femur, p, 0),
                             .core = in_bone(femur, p, 1),
                             .marrow = in_canal(femur, p),
                             .metal = in_metal(femur, p),
                             .socket = in_socket(femur, p, 0),
                             .socket_core = in_socket(femur, p, SOCKET_SKIN)};
}

osi_femur_depth osi_femur_depths_near(const osi_femur *femur, const double p[3],
                                      const osi_femur_depth *beside, double near_mm)
{
    osi_femur_depth d = *beside;
    if (fabs(d.bone) <= near_mm)
        d.bone = in_bone(femur, p, 0);
    if (fabs(d.core) <= near_mm)
        d.core = in_bone(femur, p, 1);
    if (fabs(d.marrow) <= near_mm)
        d.marrow = in_canal(femur, p);
    if (fabs(d.metal) <= near_mm)
        d.metal = in_metal(femur, p);
    if (fabs(d.socket) <= near_mm)
        d.socket = in_socket(femur, p, 0);
    if (fabs(d.socket_core) <= near_mm)
        d.socket_core = in_socket(femur, p, SOCKET_SKIN);
    return d;
}

/* ---- lines across both axes ---- */

#define MOST_PARTS 6

typedef struct interval {
    double low;
    double high;
} interval;

/* The part of a line from `at` along unit `way` inside an ellipsoid; 0 when it misses. */
static int cut_ellipsoid(interval *out, const double at[3], const double way[3],
                         const double centre[3], const ellipsoid *e, double less)
{
    double a = 0;
    double b = 0;
    double c = -1;
    for (int i = 0; i < 3; i++) {
        double half = e->half_mm[i] - less;
        double x = (at[i] - centre[i]) / half;
        double w = way[i] / half;
        a += w * w;
        b += w * x;
        c += x * x;
    }
    double root = b * b - a * c;
    if (root <= 0)
        return 0;
    root = sqrt(root);
    *out = (interval){(-b - root) / a, (-b + root) / a};
    return 1;
}

/* Round about an axis of the plane that the line crosses at 0. */
static int cut_round(interval *out, double radius, double off)
{
    double half = radius * radius - off * off;
    if (radius <= 0 || half <= 0)
        return 0;
    half = sqrt(half);
    *out = (interval){-half, half};
    return 1;
}

static double length_of(interval *parts, int count)
{
    for (int i = 1; i < count; i++)
        for (int j = i; j > 0 && parts[j].low < parts[j - 1].low; j--) {
            interval swap = parts[j];
            parts[j] = parts[j - 1];
            parts[j - 1] = swap;
        }
    double sum = 0;
    double reached = -INFINITY;
    for (int i = 0; i < count; i++) {
        double from = fmax(parts[i].low, reached);
        sum += fmax(0, parts[i].high - from);
        reached = fmax(reached, parts[i].high);
    }
    return sum;
}

static double chord(const osi_femur *f, const double at[3], const double way[3], double u, double v,
                    int inner)
{
    static const double NONE[3] = {0, 0, 0};
    interval parts[MOST_PARTS];
    int n = 0;
    double k = inner ? 1 : 0;
    double along = at[0] * f->neck[0] + at[1] * f->neck[1] + at[2] * f->neck[2];
    double off = sqrt(fmax(0, at[0] * at[0] + at[1] * at[1] + at[2] * at[2] - along * along));
    n += cut_ellipsoid(&parts[n], at, way, NONE, &HEAD, k * HEAD.shell_mm);
    if (along > NECK_FROM && along < OSI_FEMUR_ALONG_MM)
        n += cut_round(&parts[n], neck_radius(along) - k * NECK_SHELL, off);
    n += cut_ellipsoid(&parts[n], at, way, f->cross_mm, &BODY, k * BODY.shell_mm);
    n += cut_ellipsoid(&parts[n], at, way, f->greater_mm, &GREATER, k * GREATER.shell_mm);
    n += cut_ellipsoid(&parts[n], at, way, f->lesser_mm, &LESSER, k * LESSER.shell_mm);
    if (v < SHAFT_TOP)
        n += cut_round(&parts[n], SHAFT_RADIUS - k * SHAFT_SHELL, u);
    return length_of(parts, n);
}

void osi_femur_chords(double out_mm[3], const osi_femur *femur, double u_mm, double v_mm)
{
    double a = femur->anteversion_deg * M_PI / 180;
    const double way[3] = {-sin(a), cos(a), 0};
    const double at[3] = {femur->cross_mm[0] - u_mm * cos(a), femur->cross_mm[1] - u_mm * sin(a),
                          femur->cross_mm[2] + v_mm};
    interval fat;
    out_mm[0] = chord(femur, at, way, u_mm, v_mm, 0);
    out_mm[1] = chord(femur, at, way, u_mm, v_mm, 1);
    out_mm[2] = 0;
    if (v_mm < CANAL_TOP && cut_round(&fat, SHAFT_RADIUS - SHAFT_SHELL, u_mm))
        out_mm[2] = fat.high - fat.low;
}
