/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/dxa_forearm.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osarc/forearm_region.h>
#include <osi/alloc.h>
#include <osi/fail.h>

#include "dxa_forearm_parts.h"

static osarc_status read_arm(dxa_arm *arm, const osarc_dxa_picture *picture, int flip,
                             osarc_error *err)
{
    osarc_status status = dxa_arm_make(arm, picture, flip, err);
    if (!status && !arm->why[0])
        status = dxa_arm_straighten(arm, err);
    if (!status && !arm->why[0])
        status = dxa_arm_part(arm, err);
    if (status)
        dxa_arm_free(arm);
    return status;
}

/* From a place in the straight picture to cells of the picture as it is read. */
static void to_cells(double out[2], const dxa_arm *arm, double u, double v)
{
    double across = u - arm->middle;
    out[0] = arm->from[0] + v * arm->way[0] - across * arm->way[1];
    out[1] = arm->from[1] + v * arm->way[1] + across * arm->way[0];
}

static void to_picture(double out[2], const dxa_arm *arm, const osarc_dxa_picture *p, double u,
                       double v)
{
    double at[2];
    to_cells(at, arm, u, v);
    if (arm->is_flipped)
        at[1] = (double) arm->plane.ny - 1 - at[1];
    for (int a = 0; a < 2; a++)
        out[a] = (at[a] + 0.5) * arm->plane.mm - p->spacing_mm[a] / 2;
}

/* Distance from the tip along the ulna, to the elbow. */
static double distance_mm(const dxa_arm *arm, double u, double v)
{
    double along = (u - arm->tip[0]) * arm->axis + (v - arm->tip[1]);
    return -along / sqrt(1 + arm->axis * arm->axis) * arm->plane.mm;
}

/* The row of a place across so far from the tip. */
static double row_of(const dxa_arm *arm, double u, double t_mm)
{
    return arm->tip[1] - (u - arm->tip[0]) * arm->axis -
           t_mm / arm->plane.mm * sqrt(1 + arm->axis * arm->axis);
}

/* The radius' middle so far from the tip, and the row. */
static size_t radius_row(double *middle, const dxa_arm *arm, double t_mm)
{
    double v = row_of(arm, arm->line[!arm->ulna][0], t_mm);
    for (int pass = 0; pass < 3; pass++) {
        size_t r = (size_t) fmin(fmax(0, round(v)), (double) arm->nv - 1);
        const float *e = arm->ends[!arm->ulna] + 2 * r;
        *middle = ((double) e[0] + (double) e[1]) / 2;
        if (!(e[1] > e[0]))
            *middle = arm->line[!arm->ulna][0] + arm->line[!arm->ulna][1] * (double) r;
        v = row_of(arm, *middle, t_mm);
    }
    return (size_t) fmin(fmax(0, round(v)), (double) arm->nv - 1);
}

/* What a region lacks, row by row. */
static void judge_region(char why[160], double *width_mm, const dxa_arm *arm, const double ends[2])
{
    double open = 0, rows = 0, width = 0, missing = 0, short_mm = 0, cut = 0;
    for (int k = 0; k * ARM_GRID_MM <= ends[1] - ends[0]; k++) {
        double middle;
        double t = ends[0] + k * ARM_GRID_MM;
        size_t r = radius_row(&middle, arm, t);
        const float *e = arm->ends[!arm->ulna] + 2 * r;
        double beside = BESIDE_MM / ARM_GRID_MM;
        const double sides[2] = {(double) e[0] - beside, (double) e[1] + beside};
        rows++;
        missing += !(e[1] > e[0]);
        width += dxa_arm_width(arm, !arm->ulna, r) * ARM_GRID_MM;
        size_t seam = (size_t) arm->seam[r];
        open += (double) arm->value[r * arm->nu + seam] / arm->level;
        for (int s = 0; s < 2; s++) {
            double at[2];
            double u = e[1] > e[0] ? sides[s] : middle;
            to_cells(at, arm, u, row_of(arm, u, t));
            short_mm = fmax(short_mm,
                            (at[1] - ((double) arm->plane.ny - 0.5)) * arm->plane.mm + WITHIN_MM);
            cut += at[0] < -0.5 || at[0] > (double) arm->plane.nx - 0.5;
        }
    }
    *width_mm = width / rows;
    why[0] = '\0';
    if (short_mm > 0)
        snprintf(why, 160, "the picture ends %.1f mm before the region does", short_mm);
    else if (cut > 0)
        snprintf(why, 160, "the picture's side cuts the radius, or the soft tissue beside it");
    else if (missing > 0)
        snprintf(why, 160, "the radius is not seen through the whole region");
    else if (open > SEAM_OPEN * rows)
        snprintf(why, 160, "radius and ulna lie over each other");
}

static void judge(osarc_dxa_forearm *out, const dxa_arm *arm, double forearm_mm)
{
    out->radius_width_mm = NAN;
    for (int r = 0; r < OSARC_FOREARM_REGION_COUNT; r++) {
        double ends[2];
        double width;
        char *why = out->refused_region[r];
        osarc_forearm_region_ends(ends, (osarc_forearm_region) r, forearm_mm);
        if (isnan(ends[1])) {
            snprintf(why, 160,
                     "the length of the forearm is not known: `forearm_mm` in dxa.json, from the "
                     "olecranon to the styloid of the ulna, is needed");
            continue;
        }
        judge_region(why, &width, arm, ends);
        if (r != OSARC_FOREARM_THIRD || why[0])
            continue;
        if (width >= THIRD_FROM_MM && width <= THIRD_TO_MM)
            out->radius_width_mm = width;
        else
            snprintf(why, 160, "what lies there is %.0f mm wide, a radius %g to %g", width,
                     THIRD_FROM_MM, THIRD_TO_MM);
    }
}

/* Mean of bone around each row of the radius. */
static void find_levels(float *out, const dxa_arm *arm)
{
    size_t reach = (size_t) lround(ARM_LEVEL_MM / ARM_GRID_MM);
    for (size_t v = 0; v < arm->nv; v++) {
        double sum = 0;
        double n = 0;
        for (size_t r = v > reach ? v - reach : 0; r <= v + reach && r < arm->nv; r++) {
            const float *e = arm->ends[!arm->ulna] + 2 * r;
            for (size_t u = (size_t) fmaxf(0, ceilf(e[0])); (float) u <= e[1] && u < arm->nu; u++) {
                sum += (double) arm->value[r * arm->nu + u];
                n++;
            }
        }
        out[v] = (float) (n > 0 ? sum / n : arm->level);
    }
}

static uint8_t region_of(const osarc_dxa_forearm *out, double t_mm, double forearm_mm)
{
    for (int r = 0; r < OSARC_FOREARM_REGION_COUNT; r++) {
        double ends[2];
        osarc_forearm_region_ends(ends, (osarc_forearm_region) r, forearm_mm);
        if (!out->refused_region[r][0] && t_mm >= ends[0] && t_mm < ends[1])
            return (uint8_t) (OSARC_DXA_FOREARM_ULTRADISTAL + r);
    }
    return OSARC_DXA_FOREARM_RADIUS;
}

/* In the radius a pixel counts whatever it holds, near its edges when it holds half of the bone. */
static uint8_t label_of(const osarc_dxa_forearm *out, const dxa_arm *arm, const float *levels,
                        const double cell[2], double bone, double forearm_mm)
{
    double dx = cell[0] - arm->from[0];
    double dy = cell[1] - arm->from[1];
    double v = dx * arm->way[0] + dy * arm->way[1];
    double u = arm->middle - dx * arm->way[1] + dy * arm->way[0];
    double blurred = dxa_at(&arm->plane, cell[0], cell[1]);
    if (!(v >= 0 && v <= (double) arm->nv - 1))
        return blurred > arm->limit ? OSARC_DXA_FOREARM_OTHER : OSARC_DXA_FOREARM_NONE;
    size_t row = (size_t) (v + 0.5);
    const float *e = arm->ends[!arm->ulna] + 2 * row;
    double edge = ARM_EDGE_MM / ARM_GRID_MM;
    int is_beside = arm->ulna ? u < (double) arm->seam[row] : u > (double) arm->seam[row];
    double inside = fmin(u - (double) e[0], (double) e[1] - u);
    double t = distance_mm(arm, u, v);
    if (t < 0 || !is_beside || !(e[1] > e[0]) || inside < -edge)
        return blurred > arm->limit ? OSARC_DXA_FOREARM_OTHER : OSARC_DXA_FOREARM_NONE;
    if (inside < edge && bone < ARM_EDGE_SHARE * (double) levels[row])
        return OSARC_DXA_FOREARM_NONE;
    return region_of(out, t, forearm_mm);
}

static osarc_status label_pixels(osarc_dxa_forearm *out, const dxa_arm *arm,
                                 const osarc_dxa_picture *p, double forearm_mm, osarc_error *err)
{
    out->labels = osi_alloc(p->columns * p->rows, 1, err);
    float *levels = out->labels ? osi_alloc_raw(arm->nv, sizeof(*levels), err) : NULL;
    if (!levels)
        return OSARC_ERR_MEMORY;
    find_levels(levels, arm);
    for (size_t y = 0; y < p->rows; y++)
        for (size_t x = 0; x < p->columns; x++) {
            size_t i = y * p->columns + x;
            double cell[2] = {((double) x + 0.5) * p->spacing_mm[0] / arm->plane.mm - 0.5,
                              ((double) y + 0.5) * p->spacing_mm[1] / arm->plane.mm - 0.5};
            if (arm->is_flipped)
                cell[1] = (double) arm->plane.ny - 1 - cell[1];
            out->labels[i] = label_of(out, arm, levels, cell, (double) p->bone[i], forearm_mm);
        }
    osi_free(levels);
    return OSARC_OK;
}

static osarc_status fill(osarc_dxa_forearm *out, const dxa_arm *arm, const osarc_dxa_picture *p,
                         double forearm_mm, osarc_error *err)
{
    double elbow[2];
    to_picture(out->tip_mm, arm, p, arm->tip[0], arm->tip[1]);
    to_picture(elbow, arm, p, arm->tip[0] - arm->axis, arm->tip[1] - 1);
    double length = hypot(elbow[0] - out->tip_mm[0], elbow[1] - out->tip_mm[1]);
    for (int a = 0; a < 2; a++)
        out->way[a] = (elbow[a] - out->tip_mm[a]) / length;
    out->hand_is_down = arm->is_flipped;
    judge(out, arm, forearm_mm);
    return label_pixels(out, arm, p, forearm_mm, err);
}

osarc_status osarc_dxa_forearm_find(osarc_dxa_forearm *out, const osarc_dxa_picture *picture,
                                    double forearm_mm, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a place for the forearm is needed");
    memset(out, 0, sizeof(*out));
    osarc_status status = dxa_picture_check(picture, err);
    if (status)
        return status;
    if (picture->is_display)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a map in g/cm2 is needed, not a picture");
    if (!isnan(forearm_mm) &&
        !(forearm_mm >= OSARC_FOREARM_LEAST_MM && forearm_mm <= OSARC_FOREARM_MOST_MM))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a forearm of %g mm, %g to %g are needed",
                        forearm_mm, OSARC_FOREARM_LEAST_MM, OSARC_FOREARM_MOST_MM);
    for (int a = 0; a < 2; a++) {
        double side_mm = (double) (a ? picture->rows : picture->columns) * picture->spacing_mm[a];
        if (side_mm > ARM_PICTURE_MM) {
            snprintf(out->refused, sizeof(out->refused),
                     "a picture of %.0f mm, of a forearm %g at most", side_mm, ARM_PICTURE_MM);
            return OSARC_OK;
        }
    }
    dxa_arm arms[2];
    status = read_arm(&arms[0], picture, 0, err);
    if (status)
        return status;
    status = read_arm(&arms[1], picture, 1, err);
    if (status) {
        dxa_arm_free(&arms[0]);
        return status;
    }
    int good[2] = {!arms[0].why[0], !arms[1].why[0]};
    if (good[0] && good[1])
        snprintf(out->refused, sizeof(out->refused), "a wrist is seen at both ends of the forearm");
    else if (!good[0] && !good[1])
        snprintf(out->refused, sizeof(out->refused), "%s", arms[arms[1].stage > arms[0].stage].why);
    else
        status = fill(out, &arms[good[1]], picture, forearm_mm, err);
    dxa_arm_free(&arms[0]);
    dxa_arm_free(&arms[1]);
    if (status)
        osarc_dxa_forearm_free(out);
    return status;
}

void osarc_dxa_forearm_free(osarc_dxa_forearm *forearm)
{
    if (!forearm)
        return;
    osi_free(forearm->labels);
    memset(forearm, 0, sizeof(*forearm));
}
