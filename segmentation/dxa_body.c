/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/dxa_regions.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "dxa_body_parts.h"

static double to_mm(const dxa_figure *f, const osarc_dxa_picture *p, int axis, double cell)
{
    return (cell + 0.5) * f->plane.mm - p->spacing_mm[axis] / 2;
}

/* Edges of rows: a row's upper edge, in mm. */
static double edge_mm(const dxa_figure *f, const osarc_dxa_picture *p, double row)
{
    return row * f->plane.mm - p->spacing_mm[1] / 2;
}

static double arm_column(const dxa_figure *f, int side, double row)
{
    long y = lround(row);
    y = y < 0 ? 0 : y >= (long) f->plane.ny ? (long) f->plane.ny - 1 : y;
    return f->arm[side][y];
}

static uint8_t part_at(const dxa_figure *f, double x, double y)
{
    if (y < (double) f->chin - 0.5)
        return OSARC_DXA_BODY_HEAD;
    if (x < arm_column(f, 0, y))
        return OSARC_DXA_BODY_ARM_RIGHT;
    if (x > arm_column(f, 1, y))
        return OSARC_DXA_BODY_ARM_LEFT;
    int side = x > f->middle;
    double cut = (double) f->crotch - 0.5 - fabs(x - f->middle) * f->leg_slope[side];
    if (y > cut)
        return side ? OSARC_DXA_BODY_LEG_LEFT : OSARC_DXA_BODY_LEG_RIGHT;
    return OSARC_DXA_BODY_TRUNK;
}

static osarc_status label_pixels(osarc_dxa_body *out, const dxa_figure *f,
                                 const osarc_dxa_picture *p, const uint8_t *is_body,
                                 osarc_error *err)
{
    out->labels = osi_alloc(p->columns * p->rows, 1, err);
    if (!out->labels)
        return OSARC_ERR_MEMORY;
    for (size_t y = 0; y < p->rows; y++)
        for (size_t x = 0; x < p->columns; x++) {
            size_t i = y * p->columns + x;
            if (!is_body[i])
                continue;
            double cx = ((double) x + 0.5) * p->spacing_mm[0] / f->plane.mm - 0.5;
            double cy = ((double) y + 0.5) * p->spacing_mm[1] / f->plane.mm - 0.5;
            out->labels[i] = part_at(f, cx, cy);
        }
    return OSARC_OK;
}

static void fill(osarc_dxa_body *out, const dxa_figure *f, const osarc_dxa_picture *p)
{
    out->chin_mm = edge_mm(f, p, (double) f->chin);
    out->crest_mm = edge_mm(f, p, (double) f->crest);
    out->crotch_mm[0] = to_mm(f, p, 0, f->middle);
    out->crotch_mm[1] = edge_mm(f, p, (double) f->crotch);
    for (int side = 0; side < 2; side++) {
        out->leg_deg[side] = atan(f->leg_slope[side]) * 180 / M_PI;
        out->arm_is_cut[side] = f->arm_is_cut[side];
        memcpy(out->refused_arm[side], f->no_arm[side], sizeof(out->refused_arm[side]));
        int none = f->no_arm[side][0] != '\0';
        size_t top = f->gap_top[side];
        out->armpit_mm[side][0] = none ? NAN : to_mm(f, p, 0, f->arm[side][top]);
        out->armpit_mm[side][1] = none ? NAN : to_mm(f, p, 1, (double) top);
        for (int a = 0; a < 2; a++)
            out->shoulder_mm[side][a] = none ? NAN : to_mm(f, p, a, f->shoulder[side][a]);
    }
    double height = ANDROID_SHARE * (out->crest_mm - out->chin_mm);
    out->android_mm[0] = out->crest_mm - height;
    out->android_mm[1] = out->crest_mm;
    out->gynoid_mm[0] = out->crest_mm + GYNOID_BELOW * height;
    out->gynoid_mm[1] = out->gynoid_mm[0] + GYNOID_HEIGHTS * height;
    out->crown_is_cut = f->top == 0;
    out->feet_are_cut = f->bottom == f->plane.ny;
    memcpy(out->warning, f->warning, sizeof(out->warning));
}

osarc_status osarc_dxa_body_find(osarc_dxa_body *out, const osarc_dxa_picture *picture,
                                 const uint8_t *is_body, osarc_error *err)
{
    if (!out || !is_body)
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "pixels of the body, and a place for it, are needed");
    memset(out, 0, sizeof(*out));
    osarc_status status = dxa_picture_check(picture, err);
    if (status)
        return status;
    dxa_figure f;
    status = dxa_figure_make(&f, picture, is_body, err);
    if (status)
        return status;
    status = dxa_figure_landmarks(&f, err);
    if (!status && f.why[0]) {
        memcpy(out->refused, f.why, sizeof(out->refused));
    } else if (!status) {
        status = dxa_figure_arms(&f, err);
        if (!status)
            status = dxa_figure_legs(&f, err);
        if (!status) {
            fill(out, &f, picture);
            status = label_pixels(out, &f, picture, is_body, err);
        }
    }
    dxa_figure_free(&f);
    if (status)
        osarc_dxa_body_free(out);
    return status;
}

void osarc_dxa_body_free(osarc_dxa_body *body)
{
    if (!body)
        return;
    osi_free(body->labels);
    memset(body, 0, sizeof(*body));
}
