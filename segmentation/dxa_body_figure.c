/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_body_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/components.h>

/* Pieces that are too small to be body are dropped. */
static osarc_status drop_pieces(dxa_figure *f, osarc_error *err)
{
    const size_t size[3] = {f->plane.nx, f->plane.ny, 1};
    size_t count = size[0] * size[1];
    size_t least = (size_t) (PIECE_LEAST_CM2 * 100 / (f->plane.mm * f->plane.mm));
    uint32_t pieces = 0;
    size_t *sizes = NULL;
    uint32_t *piece = osi_alloc_raw(count, sizeof(*piece), err);
    osarc_status status =
        piece ? osi_components(piece, &pieces, &sizes, f->body, size, err) : OSARC_ERR_MEMORY;
    for (size_t i = 0; !status && i < count; i++)
        f->body[i] = piece[i] && sizes[piece[i]] >= least;
    osi_free(sizes);
    osi_free(piece);
    return status;
}

osarc_status dxa_figure_make(dxa_figure *f, const osarc_dxa_picture *p, const uint8_t *is_body,
                             osarc_error *err)
{
    memset(f, 0, sizeof(*f));
    osarc_status status = dxa_plane_make(&f->plane, p, BODY_GRID_MM, err);
    if (status)
        return status;
    size_t nx = f->plane.nx;
    size_t ny = f->plane.ny;
    f->body = osi_alloc(nx * ny, 1, err);
    for (int side = 0; side < 2; side++)
        f->arm[side] = osi_alloc(ny, sizeof(double), err);
    status = f->body && f->arm[0] && f->arm[1] ? OSARC_OK : OSARC_ERR_MEMORY;
    /* a cell is body when the pixel in its middle is; the last ones may reach beyond the picture */
    for (size_t y = 0; !status && y < ny; y++)
        for (size_t x = 0; x < nx; x++) {
            size_t px = (size_t) (((double) x + 0.5) * BODY_GRID_MM / p->spacing_mm[0]);
            size_t py = (size_t) (((double) y + 0.5) * BODY_GRID_MM / p->spacing_mm[1]);
            px = px < p->columns ? px : p->columns - 1;
            py = py < p->rows ? py : p->rows - 1;
            f->body[y * nx + x] = is_body[py * p->columns + px] != 0;
        }
    if (!status)
        status = drop_pieces(f, err);
    if (status)
        dxa_figure_free(f);
    return status;
}

void dxa_figure_free(dxa_figure *f)
{
    dxa_plane_free(&f->plane);
    osi_free(f->body);
    osi_free(f->arm[0]);
    osi_free(f->arm[1]);
    memset(f, 0, sizeof(*f));
}

static size_t row_count(const dxa_figure *f, size_t y)
{
    size_t n = 0;
    for (size_t x = 0; x < f->plane.nx; x++)
        n += f->body[y * f->plane.nx + x];
    return n;
}

/* Mean bone of a row between two distances from the middle, on both sides; NAN outside the body. */
static double bone_of(const dxa_figure *f, size_t y, double from_mm, double to_mm)
{
    double sum = 0;
    size_t n = 0;
    for (size_t x = 0; x < f->plane.nx; x++) {
        double d = fabs((double) x - f->middle) * f->plane.mm;
        if (d < from_mm || d > to_mm || !f->body[y * f->plane.nx + x])
            continue;
        sum += f->plane.value[y * f->plane.nx + x];
        n++;
    }
    return n ? sum / (double) n : NAN;
}

/* Least in a run of rows from this one on; NAN where the body ends before. Where body ends within a
 * pixel, or becomes thinner, a row may read as bone all across. */
static double bone_run(const dxa_figure *f, size_t y, double from_mm, double to_mm)
{
    size_t rows = (size_t) lround(BONE_RUN_MM / f->plane.mm);
    double least = INFINITY;
    for (size_t k = y; k < y + rows; k++) {
        double v = k < f->bottom ? bone_of(f, k, from_mm, to_mm) : NAN;
        if (isnan(v))
            return NAN;
        least = fmin(least, v);
    }
    return least;
}

/* The column of a gap in a row that lies nearest to one given; -1 without. */
static long gap_near(const dxa_figure *f, size_t y, double column, double within)
{
    long best = -1;
    for (long x = 0; x < (long) f->plane.nx; x++) {
        if (dxa_in_body(f, x, (long) y))
            continue;
        double d = fabs((double) x - column);
        if (d <= within && (best < 0 || d < fabs((double) best - column)))
            best = x;
    }
    return best;
}

#define CROTCH_ROWS 8

/* Between the soles and the thighs a gap runs up the middle. */
static int find_legs(dxa_figure *f)
{
    size_t nx = f->plane.nx;
    double sum = 0, weight = 0;
    for (size_t i = 0; i < nx * f->plane.ny; i++) {
        sum += f->body[i] * (double) (i % nx);
        weight += f->body[i];
    }
    f->middle = sum / weight;
    size_t height = f->bottom - f->top;
    size_t y = f->bottom - height / 8; /* above the feet */
    double column = f->middle;
    size_t top = 0;
    double recent[CROTCH_ROWS] = {0};
    size_t rows = 0;
    for (; y > f->top; y--) {
        long x = gap_near(f, y, column, rows ? 4 : (double) nx / 8);
        if (x < 0)
            break;
        /* the middle of the gap */
        long left = x, right = x;
        while (left > 0 && !dxa_in_body(f, left - 1, (long) y))
            left--;
        while (right + 1 < (long) nx && !dxa_in_body(f, right + 1, (long) y))
            right++;
        if (left == 0 || right + 1 == (long) nx)
            break;
        column = (double) (left + right) / 2;
        recent[rows % CROTCH_ROWS] = column;
        rows++;
        top = y;
    }
    if (rows < height / 10)
        return 0;
    /* the last row alone may be closed in part */
    f->crotch = top;
    f->middle = 0;
    for (size_t i = 0; i < CROTCH_ROWS; i++)
        f->middle += recent[i] / CROTCH_ROWS;
    return 1;
}

/* Rows of the pelvis: where its wings are brightest, where they begin, and where the pubis ends. */
static int find_pelvis(dxa_figure *f, size_t *pubis_out)
{
    size_t height = f->bottom - f->top;
    size_t from = f->top + height / 4;
    size_t to = f->top + height * 6 / 10;
    double most = -INFINITY;
    size_t best = 0;
    for (size_t y = from; y < to; y++) {
        double v = bone_run(f, y, PELVIS_FROM_MM, PELVIS_TO_MM);
        /* the pelvis is the lower of what is bright: ribs lie in the upper third */
        if (isfinite(v) && v > most && y > f->top + height / 3) {
            most = v;
            best = y;
        }
    }
    double waist = INFINITY;
    for (size_t y = from; y < best; y++) {
        double v = bone_run(f, y, PELVIS_FROM_MM, PELVIS_TO_MM);
        if (isfinite(v))
            waist = fmin(waist, v);
    }
    if (!(most > waist))
        return 0;
    size_t y = best;
    double limit = waist + CREST_SHARE_UP * (most - waist);
    while (y > from && bone_run(f, y - 1, PELVIS_FROM_MM, PELVIS_TO_MM) > limit)
        y--;
    f->crest = y;
    double centre = -INFINITY;
    for (size_t k = best; k < best + height / 12 && k < f->bottom; k++)
        centre = fmax(centre, bone_run(f, k, 0, PUBIS_MM));
    size_t pubis = best;
    while (pubis < f->bottom &&
           bone_run(f, pubis, 0, PUBIS_MM) > waist + CREST_SHARE_UP * (centre - waist))
        pubis++;
    /* a run ends where it begins and as much further */
    *pubis_out = pubis + (size_t) lround(BONE_RUN_MM / f->plane.mm) - 1;
    return 1;
}

/* Width of bone in a row around the middle of the head. */
static double skull_width(const dxa_figure *f, size_t y, double limit)
{
    size_t n = 0;
    for (size_t x = 0; x < f->plane.nx; x++)
        n += f->body[y * f->plane.nx + x] && f->plane.value[y * f->plane.nx + x] > limit &&
             fabs((double) x - f->middle) * f->plane.mm < 120;
    return (double) n * f->plane.mm;
}

/* Bone and soft tissue of the upper rows: neither is its brightest or darkest cell, for where body
 * ends within one it may read as anything. */
static osarc_status head_levels(double *soft, double *bright, const dxa_figure *f, size_t to,
                                osarc_error *err)
{
    double *numbers = osi_alloc_raw(f->plane.nx * (to - f->top + 1), sizeof(*numbers), err);
    if (!numbers)
        return OSARC_ERR_MEMORY;
    size_t n = 0;
    for (size_t i = f->top * f->plane.nx; i < to * f->plane.nx; i++)
        if (f->body[i])
            numbers[n++] = f->plane.value[i];
    *bright = dxa_quantile(numbers, n, 1 - ODD_SHARE);
    *soft = dxa_quantile(numbers, n, ODD_SHARE);
    osi_free(numbers);
    return OSARC_OK;
}

/* Least in a run of rows, as of bone. */
static double run_width(const dxa_figure *f, size_t from, double limit)
{
    size_t rows = (size_t) lround(BONE_RUN_MM / f->plane.mm);
    double least = INFINITY;
    for (size_t y = from; y < from + rows && y < f->bottom; y++)
        least = fmin(least, skull_width(f, y, limit));
    return least;
}

/* limit: of bone. */
static int find_chin(dxa_figure *f, double limit)
{
    size_t height = f->bottom - f->top;
    size_t to = f->top + height / 5;
    double widest = 0;
    size_t at = f->top;
    for (size_t y = f->top; y < f->top + height / 8; y++)
        if (run_width(f, y, limit) > widest) {
            widest = run_width(f, y, limit);
            at = y;
        }
    if (widest < 60)
        return 0;
    f->chin = at;
    while (f->chin < to && skull_width(f, f->chin, limit) > CHIN_SHARE * widest)
        f->chin++;
    return f->chin < to && (double) (f->chin - f->top) * f->plane.mm >= HEAD_LEAST_MM;
}

osarc_status dxa_figure_landmarks(dxa_figure *f, osarc_error *err)
{
    size_t ny = f->plane.ny;
    f->top = 0;
    while (f->top < ny && row_count(f, f->top) == 0)
        f->top++;
    f->bottom = ny;
    while (f->bottom > f->top && row_count(f, f->bottom - 1) == 0)
        f->bottom--;
    double height = (double) (f->bottom - f->top) * f->plane.mm;
    size_t pubis = 0;
    double soft, bright;
    osarc_status status = head_levels(&soft, &bright, f, f->top + (f->bottom - f->top) / 5, err);
    if (status)
        return status;
    if (height < BODY_LEAST_MM)
        snprintf(f->why, sizeof(f->why), "a body of %.0f mm is in view; %.0f mm are needed", height,
                 BODY_LEAST_MM);
    else if (!find_legs(f))
        snprintf(f->why, sizeof(f->why), "no two legs are told apart");
    else if (!find_pelvis(f, &pubis))
        snprintf(f->why, sizeof(f->why), "no pelvis is seen");
    else if (!find_chin(f, soft + (bright - soft) / 2))
        snprintf(f->why, sizeof(f->why), "no skull with a jaw is seen");
    if (f->why[0])
        return OSARC_OK;
    size_t hidden = pubis + (size_t) (CROTCH_BELOW_MM / f->plane.mm);
    if (f->crotch > hidden) {
        f->crotch = hidden;
        snprintf(f->warning, sizeof(f->warning),
                 "the thighs touch: the crotch is placed %.0f mm below the pubis", CROTCH_BELOW_MM);
    }
    int is_cut = f->top == 0 || f->bottom == ny;
    size_t used = strlen(f->warning);
    if (is_cut)
        snprintf(f->warning + used, sizeof(f->warning) - used, "%sthe picture's edge cuts the %s",
                 used ? "; " : "",
                 f->top > 0       ? "feet"
                 : f->bottom < ny ? "crown"
                                  : "crown and the feet");
    return OSARC_OK;
}
