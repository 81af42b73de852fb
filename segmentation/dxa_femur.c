/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/dxa_regions.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osarc/hip_region.h>
#include <osi/alloc.h>
#include <osi/fail.h>

#include "dxa_femur_parts.h"

/* A leg one way round; `why` says what it lacks. */
static osarc_status read_leg(dxa_leg *leg, const osarc_dxa_picture *picture, int mirror,
                             osarc_error *err)
{
    dxa_plane plane;
    osarc_status status = dxa_plane_make(&plane, picture, DXA_GRID_MM, err);
    if (status)
        return status;
    status = dxa_leg_make(leg, &plane, mirror, err);
    dxa_plane_free(&plane);
    if (!status)
        status = dxa_leg_shaft(leg, err);
    if (!status && !leg->why[0])
        dxa_leg_neck(leg);
    if (!status && !leg->why[0])
        dxa_leg_regions(leg);
    if (status)
        dxa_leg_free(leg);
    return status;
}

/* From cells to mm of the picture. */
static void place(double out[2], const dxa_leg *leg, const osarc_dxa_picture *p, double x, double y)
{
    if (leg->mirrored)
        x = (double) leg->plane.nx - 1 - x;
    out[0] = (x + 0.5) * leg->plane.mm - p->spacing_mm[0] / 2;
    out[1] = (y + 0.5) * leg->plane.mm - p->spacing_mm[1] / 2;
}

static void turn(double out[2], const dxa_leg *leg, const double way[2])
{
    out[0] = leg->mirrored ? -way[0] : way[0];
    out[1] = way[1];
}

static void fill_box(osarc_dxa_femur *out, const dxa_leg *leg, const osarc_dxa_picture *p)
{
    double over[2] = {-leg->neck_way[1], leg->neck_way[0]};
    double half = leg->neck_width * 0.75;
    for (int k = 0; k < 4; k++) {
        double along = -leg->box[k == 1 || k == 2];
        double side = k < 2 ? half : -half;
        place(out->box_mm[k], leg, p, leg->neck[0] + along * leg->neck_way[0] + side * over[0],
              leg->neck[1] + along * leg->neck_way[1] + side * over[1]);
    }
}

static void fill(osarc_dxa_femur *out, const dxa_leg *leg, const osarc_dxa_picture *p)
{
    double mm = leg->plane.mm;
    /* the outer side is to the right of a leg that is not mirrored: the patient's left */
    out->side = leg->mirrored ? OSARC_SIDE_RIGHT : OSARC_SIDE_LEFT;
    place(out->shaft_mm, leg, p, leg->shaft[0], leg->shaft[1]);
    place(out->neck_mm, leg, p, leg->neck[0], leg->neck[1]);
    place(out->cross_mm, leg, p, leg->cross[0], leg->cross[1]);
    place(out->greater_mm, leg, p, leg->greater[0], leg->greater[1]);
    turn(out->shaft_way, leg, leg->shaft_way);
    turn(out->neck_way, leg, leg->neck_way);
    out->shaft_width_mm = leg->shaft_width * mm;
    out->neck_width_mm = leg->neck_width * mm;
    out->neck_reach_mm = NECK_REACH * out->neck_width_mm;
    out->neck_shaft_deg = leg->neck_shaft_deg;
    out->lesser_rise_mm = leg->lesser_rise * mm;
    double last = leg->lesser_up - OSARC_HIP_BELOW_LESSER_MM / mm;
    place(out->last_mm, leg, p, leg->shaft[0] + last * leg->shaft_way[0],
          leg->shaft[1] + last * leg->shaft_way[1]);
    fill_box(out, leg, p);
    double bottom = (double) (p->rows - 1) * p->spacing_mm[1];
    if (isnan(last))
        snprintf(out->refused_total, sizeof(out->refused_total),
                 "neither a lesser trochanter nor a widening shaft is in view");
    else if (out->last_mm[1] > bottom)
        snprintf(out->refused_total, sizeof(out->refused_total),
                 "the picture ends %.0f mm above the last line of the total hip",
                 out->last_mm[1] - bottom);
    if (out->lesser_rise_mm > LESSER_MOST_MM)
        snprintf(out->warning, sizeof(out->warning),
                 "the lesser trochanter stands out %.0f mm: the leg may be turned out",
                 out->lesser_rise_mm);
    else if (!leg->notch_is_seen)
        snprintf(out->warning, sizeof(out->warning),
                 "no notch of the greater trochanter: the box is in the middle of the narrowest "
                 "section");
    else if (!leg->lesser_is_seen)
        snprintf(
            out->warning, sizeof(out->warning),
            "the lesser trochanter is not seen: the last line is placed by the widening shaft");
}

/* Each pixel takes the label of its cell, when it is bone itself. */
static osarc_status label_pixels(osarc_dxa_femur *out, const dxa_leg *leg,
                                 const osarc_dxa_picture *p, osarc_error *err)
{
    uint8_t *cells = osi_alloc(leg->plane.nx * leg->plane.ny, 1, err);
    out->labels = osi_alloc(p->columns * p->rows, 1, err);
    float *limits = osi_alloc_raw(leg->plane.nx * leg->plane.ny, sizeof(*limits), err);
    osarc_status status =
        cells && out->labels && limits ? dxa_leg_label(cells, leg, err) : OSARC_ERR_MEMORY;
    if (!status)
        status = dxa_leg_limits(limits, leg, err);
    for (size_t y = 0; !status && y < p->rows; y++)
        for (size_t x = 0; x < p->columns; x++) {
            size_t cx = (size_t) (((double) x + 0.5) * p->spacing_mm[0] / leg->plane.mm);
            size_t cy = (size_t) (((double) y + 0.5) * p->spacing_mm[1] / leg->plane.mm);
            cx = cx < leg->plane.nx ? cx : leg->plane.nx - 1;
            cy = cy < leg->plane.ny ? cy : leg->plane.ny - 1;
            cx = leg->mirrored ? leg->plane.nx - 1 - cx : cx;
            size_t cell = cy * leg->plane.nx + cx;
            size_t i = y * p->columns + x;
            out->labels[i] = p->bone[i] >= limits[cell] ? cells[cell] : OSARC_DXA_FEMUR_NONE;
        }
    osi_free(limits);
    osi_free(cells);
    return status;
}

osarc_status osarc_dxa_femur_find(osarc_dxa_femur *out, const osarc_dxa_picture *picture,
                                  osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a place for the femur is needed");
    memset(out, 0, sizeof(*out));
    osarc_status status = dxa_picture_check(picture, err);
    if (status)
        return status;
    dxa_leg legs[2];
    status = read_leg(&legs[0], picture, 0, err);
    if (status)
        return status;
    status = read_leg(&legs[1], picture, 1, err);
    if (status) {
        dxa_leg_free(&legs[0]);
        return status;
    }
    int good[2] = {!legs[0].why[0], !legs[1].why[0]};
    if (good[0] && good[1]) {
        snprintf(out->refused, sizeof(out->refused), "a neck is seen on both sides of the shaft");
    } else if (!good[0] && !good[1]) {
        snprintf(out->refused, sizeof(out->refused), "%s", legs[0].why);
    } else {
        fill(out, &legs[good[1]], picture);
        status = label_pixels(out, &legs[good[1]], picture, err);
    }
    dxa_leg_free(&legs[0]);
    dxa_leg_free(&legs[1]);
    if (status)
        osarc_dxa_femur_free(out);
    return status;
}

void osarc_dxa_femur_free(osarc_dxa_femur *femur)
{
    if (!femur)
        return;
    osi_free(femur->labels);
    memset(femur, 0, sizeof(*femur));
}
