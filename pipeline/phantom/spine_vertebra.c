/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine.h"

#include <math.h>
#include <string.h>

/* Lengths in mm, in the vertebra's own frame: x left, y back, z up from the middle of its body. */

#define SHELL_MM 1.2
#define GAP_MM   0.02 /* between parts that touch */

#define ARCH_CUT    0.6
#define CANAL_WALL  1.2
#define FRACTURE    0.7 /* front height left */
#define SCREW_REACH 8.0
#define CEMENT_SIZES                                                                               \
    {                                                                                              \
        9, 8, 6                                                                                    \
    }

/* The ring around the canal. */
typedef struct arch {
    double half_mm[2];
    double canal_mm[2]; /* half sizes */
    double front_y;     /* flush with the back of the body */
    double centre_y;
    double canal_y;
    double low_z;
    double high_z;
} arch;

static arch find_arch(const osi_vertebra *v)
{
    arch a = {.half_mm = {18.5, 16.5}, .canal_mm = {10.5, 8}, .low_z = -1, .high_z = 12};
    if (v->is_thoracic) {
        a.half_mm[0] = 15.5;
        a.half_mm[1] = 14;
        a.canal_mm[0] = 8.5;
        a.canal_mm[1] = 7.5;
        a.low_z = -2;
        a.high_z = 9;
    }
    if (!v->name) /* S1, whose arch is a block of its own */
        a.high_z = 14;
    a.front_y = v->depth_mm / 2 + GAP_MM;
    a.centre_y = a.front_y + ARCH_CUT * a.half_mm[1];
    a.canal_y = a.front_y + CANAL_WALL + a.canal_mm[1];
    return a;
}

/* Ellipse with a flat back, of the body or inside its shell. */
static osi_solid body_shape(const osi_vertebra *v, double inset_mm)
{
    double half_y = v->depth_mm / (1 + OSI_BODY_CUT);
    double half_z = v->half_height_mm;
    osi_solid s = {.role = OSI_BODY, .shape = OSI_CYLINDER, .structure = v->label};
    s.centre_mm[1] = v->depth_mm / 2 - OSI_BODY_CUT * half_y;
    double slope = 0; /* of the end plates */
    if (v->is_fractured) {
        /* as high as it was at the back, FRACTURE of that in front */
        slope = (1 - FRACTURE) * half_z / v->depth_mm;
        half_z = FRACTURE * half_z + slope * half_y;
    }
    s.half_mm[0] = v->half_width_mm - inset_mm;
    s.half_mm[1] = half_y - inset_mm;
    s.half_mm[2] = half_z - inset_mm;
    s.cut = (OSI_BODY_CUT * half_y - inset_mm) / s.half_mm[1];
    s.wedge[1] = slope * s.half_mm[1] / s.half_mm[2];
    return s;
}

/* Half height of the body at y. */
static double half_height_at(const osi_solid *body, double y_mm)
{
    double v = (y_mm - body->centre_mm[1]) / body->half_mm[1];
    return body->half_mm[2] * (1 + body->wedge[1] * v);
}

static int add(osi_scene *scene, const osi_vertebra *v, osi_solid solid)
{
    solid.structure = v->label;
    return osi_scene_add(scene, &solid, &v->frame);
}

static double volume_cm3(const osi_scene *scene, int index)
{
    return osi_solid_volume_mm3(&scene->solids[index], -1e6, 1e6) / 1000;
}

/* A screw on each side through pedicle and body, its head behind the arch. */
static void add_screws(osi_scene *scene, const osi_vertebra *v, const arch *a, int core, int ring,
                       int parent)
{
    double x = (a->half_mm[0] + a->canal_mm[0]) / 2;
    double radius = (a->half_mm[0] - a->canal_mm[0]) / 2 - 1;
    double inside = a->half_mm[1] * sqrt(1 - pow((x + radius) / a->half_mm[0], 2));
    double behind = a->half_mm[1] * sqrt(1 - pow((x - radius) / a->half_mm[0], 2));
    double z = (a->low_z + a->high_z) / 2;
    const struct {
        int parent;
        double y;
        double half;
    } PARTS[] = {{core, v->depth_mm * 0.07, SCREW_REACH},
                 {ring, a->centre_y, inside - 0.5},
                 {parent, a->centre_y + behind + 6.5, 6}};
    for (int side = -1; side <= 1; side += 2)
        for (size_t i = 0; i < sizeof(PARTS) / sizeof(PARTS[0]); i++) {
            /* along y: own z is the frame's y */
            osi_solid screw = {.name = "screw",
                               .role = OSI_BODY,
                               .shape = OSI_CYLINDER,
                               .material = OSI_METAL,
                               .parent = PARTS[i].parent,
                               .centre_mm = {side * x, PARTS[i].y, z},
                               .half_mm = {radius, radius, PARTS[i].half},
                               .axes = {{1, 0, 0}, {0, 0, -1}, {0, 1, 0}}};
            int index = add(scene, v, screw);
            if (index >= 0 && PARTS[i].parent == parent)
                scene->solids[index].structure = 0;
        }
}

static void fill_level(osarc_phantom_level *level, const osi_vertebra *v, const osi_solid *body)
{
    level->name = v->name;
    level->label = v->label;
    memcpy(level->centre_mm, v->frame.origin_mm, sizeof(level->centre_mm));
    memcpy(level->up, v->frame.axes[2], sizeof(level->up));
    memcpy(level->back, v->frame.axes[1], sizeof(level->back));
    level->height_anterior_mm = 2 * half_height_at(body, -v->depth_mm / 2);
    level->height_middle_mm = 2 * half_height_at(body, 0);
    level->height_posterior_mm = 2 * half_height_at(body, v->depth_mm / 2);
    level->width_mm = 2 * v->half_width_mm;
    level->depth_mm = v->depth_mm;
    level->fractured = v->is_fractured;
    level->has_metal = v->has_metal;
    level->has_cement = v->has_cement;
}

static void add_body(osi_scene *scene, const osi_vertebra *v, int parent, const arch *a, int ring,
                     osarc_phantom_level *level)
{
    osi_solid body = body_shape(v, 0);
    osi_solid core = body_shape(v, SHELL_MM);
    fill_level(level, v, &body);
    body.name = "vertebral_body";
    body.material = OSI_COMPACT_BONE;
    body.parent = parent;
    int shell = add(scene, v, body);
    core.name = "vertebral_core";
    core.material = v->spongiosa;
    core.parent = shell;
    int inner = add(scene, v, core);
    level->body_cm3 = volume_cm3(scene, shell);
    level->trabecular_cm3 = volume_cm3(scene, inner);
    size_t from = scene->count;
    if (v->has_cement) {
        osi_solid cement = {.name = "cement",
                            .role = OSI_BODY,
                            .shape = OSI_ELLIPSOID,
                            .material = OSI_CEMENT,
                            .parent = inner,
                            .half_mm = CEMENT_SIZES};
        add(scene, v, cement);
    }
    if (v->has_metal)
        add_screws(scene, v, a, inner, ring, parent);
    for (size_t i = from; i < scene->count; i++)
        if (scene->solids[i].parent == inner)
            level->trabecular_cm3 -= volume_cm3(scene, (int) i);
}

static osi_solid arch_box(const char *name, int parent, double x, double y, double z, double half_x,
                          double half_y, double half_z)
{
    return (osi_solid){.name = name,
                       .role = OSI_BODY,
                       .shape = OSI_BOX,
                       .material = OSI_ARCH_BONE,
                       .parent = parent,
                       .centre_mm = {x, y, z},
                       .half_mm = {half_x, half_y, half_z}};
}

void osi_add_vertebra(osi_scene *scene, const osi_vertebra *v, int parent,
                      osarc_phantom_level *level)
{
    arch a = find_arch(v);
    double back_y = a.centre_y + a.half_mm[1];
    double canal_back = a.canal_y + a.canal_mm[1];
    double half_z = (a.high_z - a.low_z) / 2;
    osi_solid ring = {.name = "arch",
                      .role = OSI_BODY,
                      .shape = OSI_CYLINDER,
                      .material = OSI_ARCH_BONE,
                      .parent = parent,
                      .centre_mm = {0, a.centre_y, (a.low_z + a.high_z) / 2},
                      .half_mm = {a.half_mm[0], a.half_mm[1], half_z},
                      .turn_deg = 180, /* flat in front */
                      .cut = ARCH_CUT};
    int index = add(scene, v, ring);
    osi_solid canal = {.name = "canal",
                       .role = OSI_BODY,
                       .shape = OSI_CYLINDER,
                       .material = OSI_CANAL_FLUID,
                       .parent = index,
                       .centre_mm = {0, a.canal_y, ring.centre_mm[2]},
                       .half_mm = {a.canal_mm[0], a.canal_mm[1], half_z}};
    int hole = add(scene, v, canal);
    if (hole >= 0)
        scene->solids[hole].structure = 0;

    double lamina_front = canal_back + 0.6;
    add(scene, v,
        arch_box("lamina", parent, 0, (lamina_front + back_y) / 2, a.low_z - GAP_MM - 6.5,
                 v->is_thoracic ? 10 : 13, (back_y - lamina_front) / 2 - 0.5, 6.5));
    add(scene, v,
        arch_box("spinous_process", parent, 0, back_y + GAP_MM + v->spinous_mm / 2, -6, 3.2,
                 v->spinous_mm / 2, 8.5));
    double length = v->is_thoracic ? 12.5 : 26;
    double z = v->is_thoracic ? 0 : 5;
    for (int side = -1; side <= 1; side += 2)
        add(scene, v,
            arch_box("transverse_process", parent, side * (a.half_mm[0] + GAP_MM + length / 2),
                     a.centre_y, z, length / 2, 3.5, 4.5));
    add_body(scene, v, parent, &a, index, level);
}

/* A point between two, share of the way from a to b. */
static void between(double out[3], const double a[3], const double b[3], double share)
{
    for (int c = 0; c < 3; c++)
        out[c] = a[c] + share * (b[c] - a[c]);
}

/* Axes half way between those of two frames that are turned little. */
static osi_frame middle_frame(const osi_frame *upper, const osi_frame *lower)
{
    osi_frame out = *upper;
    double length = 0;
    double along = 0;
    for (int c = 0; c < 3; c++) {
        out.axes[2][c] = upper->axes[2][c] + lower->axes[2][c];
        out.axes[0][c] = upper->axes[0][c] + lower->axes[0][c];
        length += out.axes[2][c] * out.axes[2][c];
    }
    for (int c = 0; c < 3; c++) {
        out.axes[2][c] /= sqrt(length);
        along += out.axes[2][c] * out.axes[0][c];
    }
    length = 0;
    for (int c = 0; c < 3; c++) {
        out.axes[0][c] -= along * out.axes[2][c];
        length += out.axes[0][c] * out.axes[0][c];
    }
    for (int c = 0; c < 3; c++)
        out.axes[0][c] /= sqrt(length);
    for (int c = 0; c < 3; c++) {
        int d = (c + 1) % 3;
        int e = (c + 2) % 3;
        out.axes[1][c] = out.axes[2][d] * out.axes[0][e] - out.axes[2][e] * out.axes[0][d];
    }
    return out;
}

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

void osi_add_disc(osi_scene *scene, const osi_vertebra *upper, const osi_vertebra *lower,
                  int parent)
{
    double ends[2][3];
    const double under[3] = {0, 0, -upper->half_height_mm};
    const double over[3] = {0, 0, lower->half_height_mm};
    osi_frame frame = middle_frame(&upper->frame, &lower->frame);
    osi_frame_point(ends[0], &upper->frame, under);
    osi_frame_point(ends[1], &lower->frame, over);
    between(frame.origin_mm, ends[0], ends[1], 0.5);

    double depth = fmin(upper->depth_mm, lower->depth_mm) - 1;
    double half_y = depth / (1 + OSI_BODY_CUT);
    osi_solid disc = {
        .name = "disc",
        .role = OSI_BODY,
        .shape = OSI_CYLINDER,
        .material = OSI_DISC,
        .parent = parent,
        .centre_mm = {0, depth / 2 - OSI_BODY_CUT * half_y, 0},
        .half_mm = {fmin(upper->half_width_mm, lower->half_width_mm) - 0.5, half_y, 0},
        .cut = OSI_BODY_CUT};
    /* its ends are the end plates, whose planes lean the same way apart */
    double lean[2];
    for (int a = 0; a < 2; a++) {
        double most =
            dot(upper->frame.axes[2], frame.axes[a]) / dot(upper->frame.axes[2], frame.axes[2]);
        double other =
            -dot(lower->frame.axes[2], frame.axes[a]) / dot(lower->frame.axes[2], frame.axes[2]);
        lean[a] = -(most + other) / 2;
    }
    double middle = upper->disc_mm / 2 - 0.05 + lean[1] * disc.centre_mm[1];
    disc.half_mm[2] = middle;
    for (int a = 0; a < 2; a++)
        disc.wedge[a] = lean[a] * disc.half_mm[a] / middle;
    osi_scene_add(scene, &disc, &frame);

    /* the canal between the two arches */
    arch above = find_arch(upper);
    arch below = find_arch(lower);
    const double from[3] = {0, above.canal_y, above.low_z};
    const double to[3] = {0, below.canal_y, below.high_z};
    osi_frame_point(ends[0], &upper->frame, from);
    osi_frame_point(ends[1], &lower->frame, to);
    between(frame.origin_mm, ends[0], ends[1], 0.5);
    double length = 0;
    for (int c = 0; c < 3; c++)
        length += (ends[0][c] - ends[1][c]) * frame.axes[2][c];
    osi_solid canal = {.name = "canal_between",
                       .role = OSI_BODY,
                       .shape = OSI_CYLINDER,
                       .material = OSI_CANAL_FLUID,
                       .parent = parent,
                       .half_mm = {above.canal_mm[0] - 1, above.canal_mm[1] - 1.5, length / 2 - 2}};
    osi_scene_add(scene, &canal, &frame);
}
