/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_plates.h"

#include <math.h>
#include <string.h>

#include <osarc/hip_region.h>

/* Lengths in mm from where the axes of neck and shaft cross: outwards and down; along the neck to
 * the head and across it, upwards. */
#define NECK_SHAFT_DEG 128.0
#define NARROWEST_MM   34.0 /* along the neck */
#define NECK_HALF_MM   16.0 /* its half width there */
#define HEAD_FROM_MM   46.0
#define HEAD_MM        62.0
#define HEAD_RADIUS_MM 24.0
#define HEAD_CORNERS   60
#define LESSER_DOWN_MM 30.0
#define LESSER_OUT_MM  16.0 /* the inner side there, without the lesser trochanter */

/* Of a picture seen from the front, for a left femur. */
#define CROSS_ACROSS_MM 15.0
#define CROSS_DOWN_MM   (-5.0)
#define SKIN_MM         70.0
#define UNDER_SKIN_MM   22.0

typedef struct hip {
    dxa_scene *scene;
    const osarc_dxa_phantom_options *options;
    double along[2]; /* unit, from shaft to head */
    double over[2];  /* unit, across the neck, upwards */
    double sign;     /* -1: a right femur */
    double c, s;     /* of the turn */
    double origin[2];
} hip;

static void turn(double out[2], const hip *h, const double way[2])
{
    out[0] = h->sign * (h->c * way[0] + h->s * way[1]);
    out[1] = h->c * way[1] - h->s * way[0];
}

static void place(double out[2], const hip *h, const double at[2])
{
    turn(out, h, at);
    for (int a = 0; a < 2; a++)
        out[a] += h->origin[a];
}

static void of_neck(double out[2], const hip *h, double along, double over)
{
    for (int a = 0; a < 2; a++)
        out[a] = along * h->along[a] + over * h->over[a];
}

static void corner(dxa_outline *o, double outwards, double down)
{
    o->at_mm[o->count][0] = outwards;
    o->at_mm[o->count++][1] = down;
}

static void neck_corner(dxa_outline *o, const hip *h, double along, double over)
{
    of_neck(o->at_mm[o->count++], h, along, over);
}

/* Neck, trochanters and shaft; the edges of the neck mirror each other up to the notch. */
static void draw_femur(dxa_outline *o, const hip *h)
{
    static const double OUTER[][2] = {{3, -36}, {8, -38}, {20, -32}, {24, -18},
                                      {22, -5}, {15, 12}, {15, 130}, {-15, 130}};
    neck_corner(o, h, HEAD_FROM_MM, NECK_HALF_MM + 2);
    neck_corner(o, h, NARROWEST_MM, NECK_HALF_MM);
    neck_corner(o, h, NARROWEST_MM - 10, NECK_HALF_MM + 0.6);
    for (size_t i = 0; i < sizeof(OUTER) / sizeof(OUTER[0]); i++)
        corner(o, OUTER[i][0], OUTER[i][1]);
    corner(o, -15, LESSER_DOWN_MM + 6.5);
    corner(o, -LESSER_OUT_MM - h->options->lesser_mm, LESSER_DOWN_MM);
    corner(o, -17, LESSER_DOWN_MM - 6);
    corner(o, -22.5, 10);
    neck_corner(o, h, NARROWEST_MM - 10, -NECK_HALF_MM - 0.6);
    neck_corner(o, h, NARROWEST_MM, -NECK_HALF_MM);
    neck_corner(o, h, HEAD_FROM_MM, -NECK_HALF_MM - 2);
}

/* Where the neck's upper edge has risen to the notch, along the neck. */
static double find_notch(const dxa_outline *femur, const hip *h)
{
    double at[2][2];
    for (int i = 0; i < 2; i++) {
        const double *p = femur->at_mm[2 + i];
        at[i][0] = p[0] * h->along[0] + p[1] * h->along[1];
        at[i][1] = p[0] * h->over[0] + p[1] * h->over[1];
    }
    double height = NECK_HALF_MM + OSARC_HIP_NOTCH_RISE_MM;
    double share = (height - at[0][1]) / (at[1][1] - at[0][1]);
    return at[0][0] + share * (at[1][0] - at[0][0]);
}

static void add_outline(hip *h, const dxa_outline *own)
{
    dxa_outline *o = &h->scene->outlines[h->scene->outline_count++];
    *o = *own;
    for (size_t i = 0; i < own->count; i++) {
        place(o->at_mm[i], h, own->at_mm[i]);
        for (int a = 0; a < 2; a++) {
            o->low_mm[a] = i ? fmin(o->low_mm[a], o->at_mm[i][a]) : o->at_mm[i][a];
            o->high_mm[a] = i ? fmax(o->high_mm[a], o->at_mm[i][a]) : o->at_mm[i][a];
        }
    }
    turn(o->rise_g_cm2_mm, h, own->rise_g_cm2_mm);
    for (int a = 0; a < 2; a++)
        o->g_cm2 -= o->rise_g_cm2_mm[a] * h->origin[a];
}

/* An ellipse of bone that is not the femur's. */
static void add_other(hip *h, const double at[2], const double half_mm[2], const double way[2],
                      double g_cm2)
{
    dxa_plate plate = {
        .half_mm = {half_mm[0], half_mm[1]}, .profile = DXA_ELLIPSE, .g_cm2 = {0, 0, g_cm2}};
    double turned[2];
    place(plate.centre_mm, h, at);
    turn(turned, h, way);
    plate.angle_deg = atan2(turned[1], turned[0]) * 180 / M_PI;
    dxa_add_plate(h->scene, &plate);
}

/* The socket over the head, the hip bone above it, and the seat bone below. */
static void add_pelvis(hip *h)
{
    const double across[2] = {1, 0};
    const double seat[2] = {-62, 22};
    double socket[2];
    double wing[2];
    of_neck(socket, h, HEAD_MM + 14, 6);
    of_neck(wing, h, HEAD_MM + 25, 42);
    add_other(h, socket, (const double[2]){26, 30}, h->along, 0.5);
    add_other(h, wing, (const double[2]){30, 28}, across, 0.7);
    add_other(h, seat, (const double[2]){13, 34}, across, 0.7);
}

/* The share of fat changes from side to side and downwards, and rises to the skin. */
static void add_soft(hip *h)
{
    double soft = h->options->soft_g_cm2;
    double fat = h->options->fat_fraction * soft;
    double middle = (SKIN_MM - 130) / 2;
    double half = (SKIN_MM + 130) / 2;
    dxa_plate thigh = {
        .centre_mm = {h->sign * middle, 0}, .half_mm = {half, 130}, .g_cm2 = {soft - fat, fat, 0}};
    dxa_plate across = thigh;
    dxa_plate down = {.centre_mm = {h->sign * middle, 0},
                      .half_mm = {130, half},
                      .angle_deg = 90,
                      .profile = DXA_RAMP,
                      .g_cm2 = {-0.1 * fat, 0.1 * fat, 0}};
    dxa_plate skin = {.centre_mm = {h->sign * (SKIN_MM - UNDER_SKIN_MM / 2), 0},
                      .half_mm = {UNDER_SKIN_MM / 2, 130},
                      .g_cm2 = {-0.2 * (soft - fat), 0.2 * (soft - fat), 0}};
    dxa_plate rise = skin;
    across.profile = DXA_RAMP;
    across.g_cm2[DXA_LEAN] = -h->sign * 0.2 * fat;
    across.g_cm2[DXA_FAT] = h->sign * 0.2 * fat;
    rise.profile = DXA_RAMP;
    for (int k = 0; k < DXA_BONE; k++)
        rise.g_cm2[k] *= h->sign;
    dxa_add_plate(h->scene, &thigh);
    dxa_add_plate(h->scene, &across);
    dxa_add_plate(h->scene, &down);
    dxa_add_plate(h->scene, &skin);
    dxa_add_plate(h->scene, &rise);
}

static void add_region(hip *h, const char *name, double g, double cm2)
{
    dxa_add_truth(h->scene, name, "abmd", g / cm2, "g/cm2");
    dxa_add_truth(h->scene, name, "bmc", g, "g");
    dxa_add_truth(h->scene, name, "bone_area", cm2, "cm2");
}

static void add_point(hip *h, const char *name, const double at[2])
{
    double there[2];
    place(there, h, at);
    dxa_add_truth(h->scene, name, "across", there[0] + h->options->offset_mm[0], "mm");
    dxa_add_truth(h->scene, name, "down", there[1] + h->options->offset_mm[1], "mm");
}

/* Lines by a point on each; those of the neck lie across it, the other two across the shaft. */
static void add_lines(hip *h, double notch)
{
    const double cross[2] = {0, 0};
    const double last[2] = {0, LESSER_DOWN_MM + OSARC_HIP_BELOW_LESSER_MM};
    double at[2];
    of_neck(at, h, notch, 0);
    add_point(h, "box_outer_end", at);
    of_neck(at, h, notch + OSARC_HIP_NECK_BOX_MM, 0);
    add_point(h, "box_inner_end", at);
    of_neck(at, h, NARROWEST_MM, 0);
    add_point(h, "narrowest", at);
    add_point(h, "cross", cross);
    add_point(h, "last_line", last);
    dxa_add_truth(h->scene, "neck", "width", 2 * NECK_HALF_MM, "mm");
    dxa_add_truth(h->scene, "neck", "neck_shaft_angle", NECK_SHAFT_DEG, "deg");
}

/* The femur in pieces that lie side by side, each cut again for its region. */
static void add_femur(hip *h)
{
    const double *minerals = h->options->bone_g_cm2;
    const double up[2] = {0, -1};
    const double downwards[2] = {0, 1};
    const double back[2] = {-h->along[0], -h->along[1]};
    const double cross[2] = {0, 0};
    const double last[2] = {0, LESSER_DOWN_MM + OSARC_HIP_BELOW_LESSER_MM};
    double outer[2];
    double inner[2];
    double head_from[2];
    dxa_outline femur = {.count = 0};
    dxa_outline head = {.count = 0};
    draw_femur(&femur, h);
    double notch = find_notch(&femur, h);
    of_neck(outer, h, notch, 0);
    of_neck(inner, h, notch + OSARC_HIP_NECK_BOX_MM, 0);
    of_neck(head_from, h, HEAD_FROM_MM, 0);
    dxa_outline neck = femur;
    dxa_outline_cut(&neck, outer, h->along);
    /* denser along its lower edge, by a twelfth */
    neck.g_cm2 = minerals[0];
    for (int a = 0; a < 2; a++)
        neck.rise_g_cm2_mm[a] = -minerals[0] / 12 / NECK_HALF_MM * h->over[a];
    dxa_outline trochanter = femur;
    dxa_outline_cut(&trochanter, outer, back);
    dxa_outline shaft = trochanter;
    dxa_outline_cut(&trochanter, cross, up);
    trochanter.g_cm2 = minerals[1];
    dxa_outline_cut(&shaft, cross, downwards);
    /* denser downwards */
    shaft.g_cm2 = 0.95 * minerals[2];
    shaft.rise_g_cm2_mm[1] = 0.002 * minerals[2];
    for (int i = 0; i < HEAD_CORNERS; i++) {
        double angle = 2 * M_PI * i / HEAD_CORNERS;
        neck_corner(&head, h, HEAD_MM + HEAD_RADIUS_MM * cos(angle), HEAD_RADIUS_MM * sin(angle));
    }
    dxa_outline_cut(&head, head_from, h->along);
    head.g_cm2 = minerals[3];
    add_outline(h, &neck);
    add_outline(h, &trochanter);
    add_outline(h, &shaft);
    add_outline(h, &head);
    dxa_outline box = neck;
    dxa_outline_cut(&box, inner, back);
    dxa_outline upper_shaft = shaft;
    dxa_outline_cut(&upper_shaft, last, up);
    const dxa_outline *parts[3] = {&box, &trochanter, &upper_shaft};
    double sums[2] = {0, 0};
    for (int r = 0; r < 3; r++) {
        double g = dxa_outline_g(parts[r]);
        double cm2 = dxa_outline_cm2(parts[r]);
        add_region(h, osarc_hip_region_name((osarc_hip_region) r), g, cm2);
        sums[0] += g;
        sums[1] += cm2;
    }
    add_region(h, osarc_hip_region_name(OSARC_HIP_TOTAL), sums[0], sums[1]);
    add_lines(h, notch);
}

void dxa_build_hip(dxa_scene *scene, const osarc_dxa_phantom_options *options)
{
    double inwards = (180 - NECK_SHAFT_DEG) * M_PI / 180;
    double turned = options->turn_deg * M_PI / 180;
    int is_right = strcmp(options->side, "right") == 0;
    hip h = {.scene = scene,
             .options = options,
             .along = {-sin(inwards), -cos(inwards)},
             .over = {cos(inwards), -sin(inwards)},
             .sign = is_right ? -1 : 1,
             .c = cos(turned),
             .s = sin(turned)};
    h.origin[0] = h.sign * CROSS_ACROSS_MM;
    h.origin[1] = CROSS_DOWN_MM;
    dxa_use_tissues(scene);
    scene->view = is_right ? OSARC_DXA_VIEW_FEMUR_RIGHT : OSARC_DXA_VIEW_FEMUR_LEFT;
    scene->protocol = is_right ? "Right Femur" : "Left Femur";
    add_soft(&h);
    add_femur(&h);
    add_pelvis(&h);
    scene->half_view_mm[0] = 85;
    scene->half_view_mm[1] = 80;
}
