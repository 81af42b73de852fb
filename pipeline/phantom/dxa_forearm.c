/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_plates.h"

#include <math.h>
#include <string.h>

#include <osarc/forearm_region.h>

/* Lengths in mm from the tip of the ulna's styloid: to the thumb's side, and to the elbow. */
#define TIP_UP_MM   40.0 /* from the middle of the picture to the hand */
#define TIP_MM      (-19.25)
#define MIDDLE_MM   3.0 /* of the soft tissue */
#define LEAN_MM     34.0
#define SKIN_MM     38.0
#define BONE_END_MM 170.0 /* beyond the picture, however it is turned */

/* Shafts that taper, a head with its styloid; the wide end of the radius with its own. */
static const double ULNA[][2] = {
    {-21.5, BONE_END_MM}, {-21.5, 130}, {-19.5, 30},        {-22, 15},   {-22, 6},
    {-20.5, 0},           {-18, 0},     {-17, 6},           {-6.5, 6.5}, {-6, 15},
    {-8.5, 30},           {-6.5, 130},  {-6.5, BONE_END_MM}};
static const double RADIUS[][2] = {
    {7.5, BONE_END_MM}, {7.5, 135}, {8, 85},    {7, 60},  {5, 40},    {2, 25},
    {-3.5, 14},         {-4, 2},    {-4, 0},    {10, -4}, {25, -11},  {28, -8},
    {27.5, 5},          {25, 20},   {22.5, 35}, {22, 60}, {22.5, 85}, {21, 135},
    {21, BONE_END_MM}};

/* Of the wrist: middle, half sizes. */
static const double WRIST[][4] = {{-12, -13, 7, 7}, {2, -11.5, 7, 7}, {17, -18.5, 9, 6},
                                  {-8, -28, 7, 7},  {6, -28, 7, 9},   {22, -32, 8, 6}};

typedef struct arm {
    dxa_scene *scene;
    const osarc_dxa_phantom_options *options;
    double across[2], down[2]; /* of the picture, for a step to the thumb and to the elbow */
    double origin[2];
} arm;

static void place(double out[2], const arm *a, const double at[2])
{
    for (int i = 0; i < 2; i++)
        out[i] = a->origin[i] + at[0] * a->across[i] + at[1] * a->down[i];
}

static dxa_outline draw(const double (*corners)[2], size_t count)
{
    dxa_outline o = {.count = count};
    memcpy(o.at_mm, corners, count * sizeof(*corners));
    return o;
}

static void add_outline(arm *a, const dxa_outline *own)
{
    dxa_outline *o = &a->scene->outlines[a->scene->outline_count++];
    *o = *own;
    for (int i = 0; i < 2; i++) {
        o->rise_g_cm2_mm[i] =
            own->rise_g_cm2_mm[0] * a->across[i] + own->rise_g_cm2_mm[1] * a->down[i];
        o->g_cm2 -= o->rise_g_cm2_mm[i] * a->origin[i];
    }
    for (size_t k = 0; k < own->count; k++) {
        place(o->at_mm[k], a, own->at_mm[k]);
        for (int i = 0; i < 2; i++) {
            o->low_mm[i] = k ? fmin(o->low_mm[i], o->at_mm[k][i]) : o->at_mm[k][i];
            o->high_mm[i] = k ? fmax(o->high_mm[i], o->at_mm[k][i]) : o->at_mm[k][i];
        }
    }
}

/* Along the arm as thick everywhere; lean tissue ends inside the skin. */
static void add_soft(arm *a)
{
    double soft = a->options->soft_g_cm2;
    double fat = a->options->fat_fraction * soft;
    dxa_plate plate = {.half_mm = {LEAN_MM, BONE_END_MM + TIP_UP_MM}, .profile = DXA_ROUND};
    place(plate.centre_mm, a, (const double[2]){MIDDLE_MM, TIP_UP_MM});
    plate.angle_deg = atan2(a->across[1], a->across[0]) * 180 / M_PI;
    plate.g_cm2[DXA_LEAN] = soft - fat;
    dxa_add_plate(a->scene, &plate);
    plate.half_mm[0] = SKIN_MM;
    plate.g_cm2[DXA_LEAN] = 0;
    plate.g_cm2[DXA_FAT] = fat;
    dxa_add_plate(a->scene, &plate);
}

static void add_wrist(arm *a)
{
    for (size_t i = 0; i < sizeof(WRIST) / sizeof(WRIST[0]); i++) {
        dxa_plate bone = {.half_mm = {WRIST[i][2], WRIST[i][3]},
                          .profile = DXA_ELLIPSE,
                          .angle_deg = atan2(a->across[1], a->across[0]) * 180 / M_PI,
                          .g_cm2 = {0, 0, a->options->bone_g_cm2[3]}};
        place(bone.centre_mm, a, WRIST[i]);
        dxa_add_plate(a->scene, &bone);
    }
}

static void add_point(arm *a, const char *name, const double at[2])
{
    double there[2];
    place(there, a, at);
    dxa_add_truth(a->scene, name, "across", there[0] + a->options->offset_mm[0], "mm");
    dxa_add_truth(a->scene, name, "down", there[1] + a->options->offset_mm[1], "mm");
}

/* The radius between two lines across the arm. */
static void add_region(arm *a, osarc_forearm_region region, const dxa_outline *radius)
{
    double ends[2];
    dxa_outline part = *radius;
    osarc_forearm_region_ends(ends, region, a->options->forearm_mm);
    dxa_outline_cut(&part, (const double[2]){0, ends[0]}, (const double[2]){0, 1});
    dxa_outline_cut(&part, (const double[2]){0, ends[1]}, (const double[2]){0, -1});
    const char *name = osarc_forearm_region_name(region);
    double g = dxa_outline_g(&part);
    double cm2 = dxa_outline_cm2(&part);
    dxa_add_truth(a->scene, name, "abmd", g / cm2, "g/cm2");
    dxa_add_truth(a->scene, name, "bmc", g, "g");
    dxa_add_truth(a->scene, name, "bone_area", cm2, "cm2");
}

void dxa_build_forearm(dxa_scene *scene, const osarc_dxa_phantom_options *options)
{
    int is_right = strcmp(options->side, "right") == 0;
    double turned = options->turn_deg * M_PI / 180 + (options->hand_down ? M_PI : 0);
    /* palm down, the thumb of a left hand lies to the right of the picture */
    double sign = is_right ? -1 : 1;
    arm a = {.scene = scene,
             .options = options,
             .across = {sign * cos(turned), sign * sin(turned)},
             .down = {-sin(turned), cos(turned)}};
    for (int i = 0; i < 2; i++)
        a.origin[i] = -TIP_UP_MM * a.down[i];
    dxa_use_tissues(scene);
    scene->view = OSARC_DXA_VIEW_FOREARM;
    scene->protocol = "Forearm";
    add_soft(&a);
    dxa_outline radius = draw(RADIUS, sizeof(RADIUS) / sizeof(RADIUS[0]));
    dxa_outline ulna = draw(ULNA, sizeof(ULNA) / sizeof(ULNA[0]));
    /* denser from its end to its shaft */
    double third = options->forearm_mm / 3;
    double distal = OSARC_FOREARM_ULTRADISTAL_FROM_MM + OSARC_FOREARM_ULTRADISTAL_MM / 2;
    const double *g = options->bone_g_cm2;
    radius.rise_g_cm2_mm[1] = (g[0] - g[1]) / (third - distal);
    radius.g_cm2 = g[1] - radius.rise_g_cm2_mm[1] * distal;
    ulna.g_cm2 = g[2];
    add_outline(&a, &radius);
    add_outline(&a, &ulna);
    if (!options->without_wrist)
        add_wrist(&a);
    for (int r = 0; r < OSARC_FOREARM_REGION_COUNT; r++)
        add_region(&a, (osarc_forearm_region) r, &radius);
    add_point(&a, "styloid", (const double[2]){TIP_MM, 0});
    add_point(&a, "third", (const double[2]){TIP_MM, third});
    scene->half_view_mm[0] = 50;
    scene->half_view_mm[1] = 75;
}
