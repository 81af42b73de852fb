/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_lines_file.h"

#include <math.h>
#include <stdio.h>

#include <osarc/vertebra.h>

#include "json_object.h"

/* Points in mm; one that is not known ends the line. */
static void add_line(json_t *to, const char *name, double points[][2], size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count && isfinite(points[i][0]) && isfinite(points[i][1]); i++)
        json_array_append_new(list, json_pack("[f,f]", points[i][0], points[i][1]));
    if (json_array_size(list) == count)
        json_array_append_new(to, json_pack("{s:s,s:o}", "name", name, "points_mm", list));
    else
        json_decref(list);
}

static void add_row(json_t *to, const char *name, const osarc_dxa_picture *picture, double row_mm)
{
    double points[2][2] = {{0, row_mm},
                           {((double) picture->columns - 1) * picture->spacing_mm[0], row_mm}};
    add_line(to, name, points, 2);
}

static void add_body(json_t *to, const osarc_dxa_body *b, const osarc_dxa_picture *picture)
{
    static const char *const LEGS[] = {"right leg", "left leg"};
    static const char *const ARMS[] = {"right arm", "left arm"};
    double last_mm[2] = {((double) picture->columns - 1) * picture->spacing_mm[0],
                         ((double) picture->rows - 1) * picture->spacing_mm[1]};
    add_row(to, "chin", picture, b->chin_mm);
    add_row(to, "pelvis", picture, b->crest_mm);
    for (int side = 0; side < 2; side++) {
        /* to the side of the picture */
        double out_mm = side ? last_mm[0] - b->crotch_mm[0] : b->crotch_mm[0];
        double leg[2][2] = {
            {b->crotch_mm[0], b->crotch_mm[1]},
            {side ? last_mm[0] : 0, b->crotch_mm[1] - out_mm * tan(b->leg_deg[side] * M_PI / 180)}};
        double arm[2][2] = {{b->armpit_mm[side][0], b->armpit_mm[side][1]},
                            {b->shoulder_mm[side][0], b->shoulder_mm[side][1]}};
        add_line(to, LEGS[side], leg, 2);
        add_line(to, ARMS[side], arm, 2);
    }
    double between[2][2] = {{b->crotch_mm[0], b->crotch_mm[1]}, {b->crotch_mm[0], last_mm[1]}};
    add_line(to, "between the legs", between, 2);
    add_row(to, "android, upper", picture, b->android_mm[0]);
    add_row(to, "android, lower", picture, b->android_mm[1]);
    add_row(to, "gynoid, upper", picture, b->gynoid_mm[0]);
    add_row(to, "gynoid, lower", picture, b->gynoid_mm[1]);
}

static void add_spine(json_t *to, const osarc_dxa_spine *spine)
{
    for (size_t i = 0; i < spine->count; i++) {
        osarc_dxa_vertebra v = spine->vertebrae[i];
        const char *level = v.label ? osarc_vertebra_name(v.label) : NULL;
        char name[32];
        if (!level)
            continue;
        snprintf(name, sizeof(name), "above %.8s", level);
        add_line(to, name, v.above, 2);
        snprintf(name, sizeof(name), "below %.8s", level);
        add_line(to, name, v.below, 2);
    }
}

/* A line across the shaft, as long as it is wide. */
static void add_across(json_t *to, const char *name, const osarc_dxa_femur *f, const double at[2])
{
    double points[2][2];
    for (int k = 0; k < 2; k++) {
        double half = (k ? 0.5 : -0.5) * f->shaft_width_mm;
        points[k][0] = at[0] - half * f->shaft_way[1];
        points[k][1] = at[1] + half * f->shaft_way[0];
    }
    add_line(to, name, points, 2);
}

static void add_femur(json_t *to, const osarc_dxa_femur *f)
{
    double shaft[2][2] = {{f->shaft_mm[0], f->shaft_mm[1]}, {f->cross_mm[0], f->cross_mm[1]}};
    double neck[2][2] = {{f->cross_mm[0], f->cross_mm[1]}, {f->neck_mm[0], f->neck_mm[1]}};
    double box[5][2];
    for (int k = 0; k < 5; k++)
        for (int a = 0; a < 2; a++)
            box[k][a] = f->box_mm[k % 4][a];
    add_line(to, "axis of the shaft", shaft, 2);
    add_line(to, "axis of the neck", neck, 2);
    add_line(to, "box of the neck", box, 5);
    if (!f->refused_total[0]) {
        add_across(to, "trochanter and intertrochanter", f, f->cross_mm);
        add_across(to, "last line", f, f->last_mm);
    }
}

osarc_status dxa_lines_write(const dxa_lines *lines, const osarc_dxa_picture *picture,
                             const char *path, osarc_error *err)
{
    json_t *list = json_array();
    if (lines->body->labels)
        add_body(list, lines->body, picture);
    if (lines->femur->labels)
        add_femur(list, lines->femur);
    if (lines->spine->labels)
        add_spine(list, lines->spine);
    if (json_array_size(list) == 0) {
        json_decref(list);
        return OSARC_OK;
    }
    json_t *root = json_pack("{s:s,s:s,s:o}", "placed", "auto", "origin",
                             "middle of the first pixel; across to the patient's left, down to the "
                             "feet",
                             "lines", list);
    return json_object_write(root, path, err);
}
