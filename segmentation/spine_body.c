/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine_body.h"

#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_multifit.h>

#include <osi/fail.h>

#define DISC_APART_MM   6.0  /* from the middle of a disc to its end plates */
#define DISC_MORE_MM    2.0  /* or so much nearer or farther */
#define CONTRAST_HU     80.0 /* one bright island does not tilt a disc */
#define STRAIGHT_HU     1.0  /* what a step of tilt or shift must be worth */
#define PLATE_REACH_MM  11.0 /* end plates lie within that of the middle of their disc */
#define PLATE_USUAL_MM  4.5
#define PLATE_SPREAD_MM 3.5
#define PLATE_HALF_U_MM 16.0
#define PLATE_FRONT_MM  (-40.0)
#define PLATE_BACK_MM   (-11.0)
#define BODY_FILL       0.88 /* shares of columns that meet bone over the height of a vertebra */
#define BODY_FILL_CUT   0.75
#define PEDICLE_FILL    0.5
#define ARCH_FILL       0.4
#define PLATE_GRID_MM   3.0
#define FILL_STEP_MM    2.0
#define REFINE_STEPS    6
#define REFINE_MM       0.5
#define EDGE_USUAL_HU   250.0 /* a stronger edge is hardly believed more */
#define PLATE_TRIM_MM   2.5

double plate_height(const double plate[PLATE_TERMS], const body_model *b, double u_mm, double v_mm)
{
    double x = (u_mm - b->axis_u_mm) / PLATE_UNIT_MM;
    double y = (v_mm - b->axis_v_mm) / PLATE_UNIT_MM;
    return plate[0] + plate[1] * x + plate[2] * y + plate[3] * x * x + plate[4] * y * y;
}

static double plane_height(const disc_planes *p, size_t disc, double u_mm, double v_mm)
{
    return p->at[disc] + p->slope_u[disc] * u_mm + p->slope_v[disc] * (v_mm - BODY_MIDDLE_MM);
}

/* The brightest of three places where the end plate on one side of a disc may lie. */
static double read_plate(const straight *st, double s, int way, double u, double v)
{
    double most = NAN;
    for (int n = -1; n <= 1; n++)
        most =
            fmax(most,
                 straight_hu(st, s + way * (DISC_APART_MM + n * DISC_MORE_MM) / STRAIGHT_MM, u, v));
    return most;
}

/* By how much end plates stand out on both sides of a plane. */
static double plane_contrast(const straight *st, const disc_planes *p, size_t disc)
{
    double sum = 0;
    int count = 0;
    for (int row = 0; row <= 8; row++)
        for (int column = -3; column <= 3; column++) {
            double v = -36 + 3.0 * row;
            double u = 5.0 * column;
            double s = plane_height(p, disc, u, v);
            double rise = (read_plate(st, s, 1, u, v) + read_plate(st, s, -1, u, v)) / 2 -
                          straight_hu(st, s, u, v);
            if (isfinite(rise)) {
                sum += fmax(-CONTRAST_HU, fmin(CONTRAST_HU, rise));
                count++;
            }
        }
    return count ? sum / count : -1000;
}

void disc_planes_fit(disc_planes *out, const straight *st, const discs *d)
{
    static const double DEG = M_PI / 180 / STRAIGHT_MM; /* small angles, in steps a mm */
    memset(out, 0, sizeof(*out));
#pragma omp parallel for schedule(dynamic) num_threads(st->threads)
    for (size_t i = 0; i < d->count; i++) {
        out->at[i] = d->at[i];
        if (d->edge[i])
            continue;
        disc_planes best = *out;
        disc_planes trial = *out;
        double most = plane_contrast(st, &trial, i);
        for (int b = -5; b <= 5; b++)
            for (int a = -3; a <= 3; a++)
                for (int shift = -4; shift <= 4; shift++) {
                    trial.at[i] = d->at[i] + shift;
                    trial.slope_u[i] = a * 4.5 * DEG;
                    trial.slope_v[i] = b * 4.5 * DEG;
                    /* without a reason for it a disc stands straight */
                    double contrast =
                        plane_contrast(st, &trial, i) - 0.4 * (abs(a) + abs(b) + abs(shift));
                    if (contrast > most) {
                        most = contrast;
                        best = trial;
                    }
                }
        out->at[i] = best.at[i];
        out->slope_u[i] = best.slope_u[i];
        out->slope_v[i] = best.slope_v[i];
    }
}

/* Share of the columns of a box, over the height of a level, that meet bone somewhere. */
static double fill_box(const straight *st, const discs *d, size_t level, const double u[2],
                       const double v[2])
{
    int met = 0;
    int all = 0;
    int rows = (int) ((v[1] - v[0]) / FILL_STEP_MM);
    int columns = (int) ((u[1] - u[0]) / FILL_STEP_MM);
    for (int row = 0; row <= rows; row++)
        for (int column = 0; column <= columns; column++) {
            double y = v[0] + FILL_STEP_MM * row;
            double x = u[0] + FILL_STEP_MM * column;
            int bright = 0;
            /* its end plates show, if nothing else does */
            int height = (int) (d->at[level + 1] - d->at[level]);
            for (int s = 0; s <= height && !bright; s++)
                bright = straight_hu(st, d->at[level] + s, x, y) > PLATE_HU;
            all++;
            met += bright;
        }
    return (double) met / all;
}

int body_is_there(const straight *st, const discs *d, size_t level)
{
    static const double MIDDLE[2] = {-12, 12};
    static const double RIGHT[2] = {-20, -8};
    static const double LEFT[2] = {8, 20};
    static const double BODY[2] = {-26, -12};
    static const double PEDICLE[2] = {-10, 6};
    static const double ARCH[2] = {6, 22};
    int cut = d->edge[level] || d->edge[level + 1];
    return fill_box(st, d, level, MIDDLE, BODY) >= (cut ? BODY_FILL_CUT : BODY_FILL) &&
           fill_box(st, d, level, RIGHT, PEDICLE) >= PEDICLE_FILL &&
           fill_box(st, d, level, LEFT, PEDICLE) >= PEDICLE_FILL &&
           fill_box(st, d, level, MIDDLE, ARCH) >= ARCH_FILL;
}

/* A point of an end plate and how clearly it shows. */
typedef struct plate_point {
    double u, v, s, weight;
} plate_point;

/* The place, near an edge, where HU come half-way from the disc to the brightest of the plate. */
static double refine_edge(const straight *st, double edge, int way, double u, double v,
                          double mm_per_step)
{
    double hu[2 * REFINE_STEPS + 1];
    int low = 0;
    int high = 0;
    for (int n = 0; n <= 2 * REFINE_STEPS; n++) {
        double mm = (n - REFINE_STEPS) * REFINE_MM;
        hu[n] = straight_hu(st, edge + way * mm / mm_per_step, u, v);
        if (!isfinite(hu[n]))
            return edge;
        if (n <= REFINE_STEPS && hu[n] < hu[low])
            low = n;
    }
    high = low;
    for (int n = low; n <= 2 * REFINE_STEPS; n++)
        if (hu[n] > hu[high])
            high = n;
    double half = (hu[low] + hu[high]) / 2;
    for (int n = low + 1; n <= high; n++)
        if (hu[n] >= half && hu[n - 1] < half) {
            double at = n - 1 + (half - hu[n - 1]) / (hu[n] - hu[n - 1]) - REFINE_STEPS;
            return edge + way * at * REFINE_MM / mm_per_step;
        }
    return edge;
}

/* Where along the column the bone of the end plate meets the disc; `way` +1: bone lies above. */
static plate_point find_edge(const straight *st, double start, int way, double u, double v,
                             double mm_per_step)
{
    plate_point p = {u, v, start + way * PLATE_USUAL_MM / mm_per_step, 0};
    double most = 0;
    for (int n = 1; n <= (int) (PLATE_REACH_MM / REFINE_MM); n++) {
        double mm = n * REFINE_MM;
        double s = start + way * mm / mm_per_step;
        double rise = straight_hu(st, s + way * 1.5 / mm_per_step, u, v) -
                      straight_hu(st, s - way * 1.5 / mm_per_step, u, v);
        double usual = (mm - PLATE_USUAL_MM) / PLATE_SPREAD_MM;
        double score = rise / (1 + fabs(rise) / EDGE_USUAL_HU) / (1 + usual * usual);
        if (score > most) {
            most = score;
            p.s = s;
        }
    }
    p.weight = most;
    if (most > 0)
        p.s = refine_edge(st, p.s, way, u, v, mm_per_step);
    return p;
}

static osarc_status fit_sheet(double plate[PLATE_TERMS], const body_model *b,
                              const plate_point *points, size_t count, osarc_error *err)
{
    gsl_matrix *terms = gsl_matrix_alloc(count + 2, PLATE_TERMS);
    gsl_vector *height = gsl_vector_alloc(count + 2);
    gsl_vector *weight = gsl_vector_alloc(count + 2);
    gsl_vector *fit = gsl_vector_alloc(PLATE_TERMS);
    gsl_matrix *covariance = gsl_matrix_alloc(PLATE_TERMS, PLATE_TERMS);
    gsl_multifit_linear_workspace *work = gsl_multifit_linear_alloc(count + 2, PLATE_TERMS);
    if (terms && height && weight && fit && covariance && work) {
        for (int round = 0; round < 5; round++) {
            for (size_t i = 0; i < count; i++) {
                const plate_point *p = &points[i];
                double x = (p->u - b->axis_u_mm) / PLATE_UNIT_MM;
                double y = (p->v - b->axis_v_mm) / PLATE_UNIT_MM;
                const double row[PLATE_TERMS] = {1, x, y, x * x, y * y};
                double off = round ? (p->s - plate_height(plate, b, p->u, p->v)) * b->mm_per_step /
                                         PLATE_TRIM_MM
                                   : 0;
                double trust = fabs(off) < 1 ? (1 - off * off) * (1 - off * off) : 0;
                for (size_t n = 0; n < PLATE_TERMS; n++)
                    gsl_matrix_set(terms, i, n, row[n]);
                gsl_vector_set(height, i, p->s);
                gsl_vector_set(weight, i, p->weight * (trust + 1e-6));
            }
            /* flat, unless points say otherwise */
            for (size_t n = 0; n < 2; n++) {
                for (size_t m = 0; m < PLATE_TERMS; m++)
                    gsl_matrix_set(terms, count + n, m, m == 3 + n);
                gsl_vector_set(height, count + n, 0);
                gsl_vector_set(weight, count + n, 300);
            }
            double chi2;
            gsl_multifit_wlinear(terms, weight, height, fit, covariance, &chi2, work);
            for (size_t n = 0; n < PLATE_TERMS; n++)
                plate[n] = gsl_vector_get(fit, n);
        }
    }
    int failed = !(terms && height && weight && fit && covariance && work);
    gsl_multifit_linear_free(work);
    gsl_matrix_free(covariance);
    gsl_vector_free(fit);
    gsl_vector_free(weight);
    gsl_vector_free(height);
    gsl_matrix_free(terms);
    return failed ? osi_fail(err, OSARC_ERR_MEMORY, "no memory to fit an end plate") : OSARC_OK;
}

/* The end plate on the `way` side of a disc, over the part of the section within the wall. */
static osarc_status fit_plate(double plate[PLATE_TERMS], const body_model *b, const straight *st,
                              const disc_planes *planes, size_t disc, int way, osarc_error *err)
{
    plate_point points[256];
    size_t count = 0;
    int rows = (int) ((PLATE_BACK_MM - PLATE_FRONT_MM) / PLATE_GRID_MM);
    int columns = (int) (2 * PLATE_HALF_U_MM / PLATE_GRID_MM);
    for (int row = 0; row <= rows; row++)
        for (int column = 0; column <= columns; column++) {
            double v = PLATE_FRONT_MM + PLATE_GRID_MM * row;
            double u = -PLATE_HALF_U_MM + PLATE_GRID_MM * column;
            double from = hypot(u - b->axis_u_mm, v - b->axis_v_mm);
            if (count == sizeof(points) / sizeof(points[0]) ||
                (b->wall_mm[0][0] > 0 && from > wall_distance(b, way > 0 ? 0 : 1, u, v) - 3))
                continue;
            plate_point p =
                find_edge(st, plane_height(planes, disc, u, v), way, u, v, b->mm_per_step);
            if (p.weight > 0)
                points[count++] = p;
        }
    if (count < 2 * PLATE_TERMS) {
        memset(plate, 0, PLATE_TERMS * sizeof(*plate));
        plate[0] = plane_height(planes, disc, b->axis_u_mm, b->axis_v_mm) +
                   way * PLATE_USUAL_MM / b->mm_per_step;
        return OSARC_OK;
    }
    return fit_sheet(plate, b, points, count, err);
}

/* The border of the view as an end plate. */
static void take_border(double plate[PLATE_TERMS], double s)
{
    memset(plate, 0, PLATE_TERMS * sizeof(*plate));
    plate[0] = s;
}

static osarc_status fit_plates(body_model *b, const straight *st, const discs *d,
                               const disc_planes *planes, size_t level, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    if (d->edge[level])
        take_border(b->lower, d->at[level]);
    else
        status = fit_plate(b->lower, b, st, planes, level, 1, err);
    if (!status && d->edge[level + 1])
        take_border(b->upper, d->at[level + 1]);
    else if (!status)
        status = fit_plate(b->upper, b, st, planes, level + 1, -1, err);
    return status;
}

osarc_status body_fit(body_model *out, const straight *st, const spine_line *line, const discs *d,
                      const disc_planes *planes, size_t level, osarc_error *err)
{
    memset(out, 0, sizeof(*out));
    out->whole = !d->edge[level] && !d->edge[level + 1];
    out->axis_v_mm = BODY_MIDDLE_MM;
    double low[3];
    double high[3];
    spine_line_position(line, d->at[level], 0, BODY_MIDDLE_MM, low);
    spine_line_position(line, d->at[level + 1], 0, BODY_MIDDLE_MM, high);
    out->mm_per_step = hypot(hypot(high[0] - low[0], high[1] - low[1]), high[2] - low[2]) /
                       (d->at[level + 1] - d->at[level]);
    out->mm_per_step = fmax(0.5, fmin(4, out->mm_per_step));
    osarc_status status = fit_plates(out, st, d, planes, level, err);
    if (status)
        return status;
    body_wall_fit(out, st);
    return fit_plates(out, st, d, planes, level, err);
}

void body_locate(body_place *out, const body_model *b, double s, double u_mm, double v_mm)
{
    double low = plate_height(b->lower, b, u_mm, v_mm);
    double high = plate_height(b->upper, b, u_mm, v_mm);
    out->over_lower_mm = (s - low) * b->mm_per_step;
    out->under_upper_mm = (high - s) * b->mm_per_step;
    out->share = high > low ? (s - low) / (high - low) : -1;
    out->within_wall_mm =
        wall_distance(b, out->share, u_mm, v_mm) - hypot(u_mm - b->axis_u_mm, v_mm - b->axis_v_mm);
}
