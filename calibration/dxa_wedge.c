/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <gsl/gsl_linalg.h>
#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/text.h>

#include "dxa.h"

#define MAX_STEPS 16
/* Four steps with one at 0 leave a curve of fourth order free between them. */
#define MIN_COLUMNS   5
#define MIN_ROWS      5
#define IN_WEDGE      0.3  /* attenuation at the high energy */
#define MIN_FILL      0.97 /* of the box around it */
#define MIN_STEP_PX   8
#define CORE          0.7  /* of a step, in the middle, is read */
#define MAX_NOISE     0.35 /* of a pixel's intensity; under 8 photons it is more */
#define MIN_STEPS     20
#define MODEL_SHARE   3e-4  /* what polynomials of this order leave, as a share of attenuation */
#define MAX_SE        0.005 /* of a step that the check counts */
#define MIN_KEV       25.0
#define MAX_KEV       130.0
#define MIN_APART_KEV 8.0
/* A wedge measured back: half of what is asked of a density of 1 g/cm2 at 2 %. */
#define MAX_BONE_G_CM2 0.03
#define MAX_SOFT_SHARE 0.01

static const struct {
    const char *name;
    osarc_dxa_wedge wedge;
} WEDGES[] = {
    {"al-pmma",
     {OSARC_ABSORBER_ALUMINIUM,
      OSARC_ABSORBER_PMMA,
      6,
      7,
      {0, 1, 2, 3, 4.5, 6},
      {4, 8, 12, 16, 20, 26, 32}}},
    {"ha-pe",
     {OSARC_ABSORBER_HYDROXYAPATITE,
      OSARC_ABSORBER_POLYETHYLENE,
      6,
      7,
      {0, 0.5, 1, 1.5, 2, 3},
      {4, 8, 12, 16, 20, 26, 32}}},
};

const osarc_dxa_wedge *osarc_dxa_wedge_find(const char *name)
{
    for (size_t i = 0; name && i < sizeof(WEDGES) / sizeof(WEDGES[0]); i++)
        if (strcmp(WEDGES[i].name, name) == 0)
            return &WEDGES[i].wedge;
    return NULL;
}

/* What each step shows: low and high. */
typedef struct steps {
    double level[MAX_STEPS][MAX_STEPS][2]; /* row, column */
    double se[MAX_STEPS][MAX_STEPS][2];
    int dropped[MAX_STEPS][MAX_STEPS]; /* too few photons */
} steps;

static osarc_status check_wedge(const osarc_dxa_wedge *w, osarc_error *err)
{
    if (w->columns < MIN_COLUMNS || w->columns > MAX_STEPS || w->rows < MIN_ROWS ||
        w->rows > MAX_STEPS)
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "a wedge of %zu x %zu steps, %d to %d columns and %d to %d rows needed",
                        w->columns, w->rows, MIN_COLUMNS, MAX_STEPS, MIN_ROWS, MAX_STEPS);
    int is_bad = !(w->bone_g_cm2[0] >= 0) || !(w->soft_g_cm2[0] > 0) || w->bone == w->soft;
    for (size_t i = 1; i < w->columns; i++)
        is_bad |= !(w->bone_g_cm2[i] > w->bone_g_cm2[i - 1]);
    for (size_t i = 1; i < w->rows; i++)
        is_bad |= !(w->soft_g_cm2[i] > w->soft_g_cm2[i - 1]);
    return is_bad ? osi_fail(err, OSARC_ERR_ARGUMENT,
                             "steps of two materials are needed that rise from column to column "
                             "and from row to row")
                  : OSARC_OK;
}

/* The box around what attenuates: first and end of columns and rows. */
static osarc_status find_box(size_t box[2][2], const dxa_levels *l, osarc_error *err)
{
    size_t inside = 0;
    box[0][0] = l->columns;
    box[1][0] = l->rows;
    box[0][1] = box[1][1] = 0;
    for (size_t i = 0; i < l->columns * l->rows; i++) {
        const size_t at[2] = {i % l->columns, i / l->columns};
        if (!(l->high[i] > IN_WEDGE))
            continue;
        inside++;
        for (int a = 0; a < 2; a++) {
            box[a][0] = at[a] < box[a][0] ? at[a] : box[a][0];
            box[a][1] = at[a] + 1 > box[a][1] ? at[a] + 1 : box[a][1];
        }
    }
    double area = inside ? (double) (box[0][1] - box[0][0]) * (double) (box[1][1] - box[1][0]) : 1;
    if ((double) inside < MIN_FILL * area)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "no wedge alone in view: what attenuates fills %.0f %% of the box around "
                        "it, %g %% are needed",
                        100 * (double) inside / area, 100 * MIN_FILL);
    return OSARC_OK;
}

/* The logarithm of the mean intensity: the mean of logarithms is too high where photons are few. */
static osarc_status read_step(steps *out, const dxa_levels *l, size_t row, size_t column,
                              const size_t from[2], const size_t to[2], osarc_error *err)
{
    double sum[2] = {0, 0};
    double square[2] = {0, 0};
    double count = 0;
    for (size_t y = from[1]; y < to[1]; y++)
        for (size_t x = from[0]; x < to[0]; x++) {
            size_t i = y * l->columns + x;
            const double here[2] = {exp(-(double) l->low[i]), exp(-(double) l->high[i])};
            if (isnan(here[0]) || isnan(here[1]))
                continue;
            count++;
            for (int e = 0; e < 2; e++) {
                sum[e] += here[e];
                square[e] += here[e] * here[e];
            }
        }
    if (count < 2)
        return osi_fail(err, OSARC_ERR_QUALITY, "step %zu, %zu is not measured", column + 1,
                        row + 1);
    out->dropped[row][column] = 0;
    for (int e = 0; e < 2; e++) {
        double mean = sum[e] / count;
        double sd = sqrt(fmax(0, square[e] / count - mean * mean)) / mean;
        out->level[row][column][e] = -log(mean);
        out->se[row][column][e] = sd / sqrt(count);
        out->dropped[row][column] |= sd > MAX_NOISE;
    }
    return OSARC_OK;
}

static osarc_status check_order(const steps *s, const osarc_dxa_wedge *w, osarc_error *err)
{
    size_t dropped = 0;
    for (size_t r = 0; r < w->rows; r++)
        for (size_t c = 0; c < w->columns; c++) {
            dropped += (size_t) s->dropped[r][c];
            for (int e = 0; e < 2; e++)
                if ((c && !s->dropped[r][c] && !(s->level[r][c][e] > s->level[r][c - 1][e])) ||
                    (r && !s->dropped[r][c] && !(s->level[r][c][e] > s->level[r - 1][c][e])))
                    return osi_fail(err, OSARC_ERR_QUALITY,
                                    "step %zu, %zu attenuates no more than the one before it: the "
                                    "wedge does not rise from left to right and from top to bottom",
                                    c + 1, r + 1);
        }
    size_t left = w->rows * w->columns - dropped;
    if (left < MIN_STEPS)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "%zu steps show enough photons, %d are needed: a longer exposure is", left,
                        MIN_STEPS);
    return OSARC_OK;
}

static osarc_status read_steps(steps *out, const dxa_levels *l, const osarc_dxa_wedge *w,
                               osarc_error *err)
{
    size_t box[2][2];
    osarc_status status = find_box(box, l, err);
    if (status)
        return status;
    double side[2] = {(double) (box[0][1] - box[0][0]) / (double) w->columns,
                      (double) (box[1][1] - box[1][0]) / (double) w->rows};
    if (side[0] < MIN_STEP_PX || side[1] < MIN_STEP_PX)
        return osi_fail(err, OSARC_ERR_QUALITY, "steps of %.1f x %.1f pixels, %d a side needed",
                        side[0], side[1], MIN_STEP_PX);
    for (size_t r = 0; r < w->rows; r++)
        for (size_t c = 0; c < w->columns; c++) {
            size_t from[2], to[2];
            const size_t cell[2] = {c, r};
            for (int a = 0; a < 2; a++) {
                double start = (double) box[a][0] + (double) cell[a] * side[a];
                from[a] = (size_t) ceil(start + (1 - CORE) / 2 * side[a]);
                to[a] = (size_t) floor(start + (1 + CORE) / 2 * side[a]);
            }
            status = read_step(out, l, r, c, from, to, err);
            if (status)
                return status;
        }
    return check_order(out, w, err);
}

/* The energy at which the bone steps attenuate as they do, behind soft material of middle
 * thickness; bisection, since attenuation falls all the way. */
static osarc_status find_energy(double *energy_kev, const steps *s, const osarc_dxa_wedge *w, int e,
                                osarc_error *err)
{
    size_t row = w->rows / 2;
    size_t column = w->columns / 2;
    double wanted = (s->level[row][column][e] - s->level[row][0][e]) /
                    (w->bone_g_cm2[column] - w->bone_g_cm2[0]);
    double low = MIN_KEV;
    double high = MAX_KEV;
    if (!(wanted < osarc_mass_attenuation_cm2_g(w->bone, low)) ||
        !(wanted > osarc_mass_attenuation_cm2_g(w->bone, high)))
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "the steps attenuate %.3f cm2/g, as no energy from %g to %g keV does: the "
                        "wedge is not what it is said to be",
                        wanted, low, high);
    while (high - low > 1e-6) {
        double middle = (low + high) / 2;
        if (osarc_mass_attenuation_cm2_g(w->bone, middle) > wanted)
            low = middle;
        else
            high = middle;
    }
    *energy_kev = low;
    return OSARC_OK;
}

/* Relative errors count: a ratio of attenuations is what tells fat from lean. */
static osarc_status fit_surface(osarc_dxa_calibration *out, const steps *s, int e, osarc_error *err)
{
    const osarc_dxa_wedge *w = &out->wedge;
    size_t count = w->rows * w->columns;
    osarc_dxa_material bone = dxa_material(w->bone, out->energy_kev);
    osarc_dxa_material soft = dxa_material(w->soft, out->energy_kev);
    double *room = osi_alloc(count * (OSARC_DXA_TERMS + 2), sizeof(*room), err);
    double tau[OSARC_DXA_TERMS];
    double squares = 0;
    size_t left = 0;
    if (!room)
        return OSARC_ERR_MEMORY;
    gsl_matrix_view x = gsl_matrix_view_array(room, count, OSARC_DXA_TERMS);
    gsl_vector_view y = gsl_vector_view_array(room + count * OSARC_DXA_TERMS, count);
    gsl_vector_view rest = gsl_vector_view_array(room + count * (OSARC_DXA_TERMS + 1), count);
    gsl_vector_view scales = gsl_vector_view_array(tau, OSARC_DXA_TERMS);
    gsl_vector_view c = gsl_vector_view_array(out->coefficients[e], OSARC_DXA_TERMS);
    for (size_t i = 0; i < count; i++) {
        size_t row = i / w->columns;
        size_t column = i % w->columns;
        double terms[OSARC_DXA_TERMS];
        double truth = (e ? bone.high : bone.low) * w->bone_g_cm2[column] +
                       (e ? soft.high : soft.low) * w->soft_g_cm2[row];
        double weight =
            s->dropped[row][column] ? 0 : 1 / hypot(MODEL_SHARE * truth, s->se[row][column][e]);
        left += weight > 0;
        dxa_surface_terms(terms, s->level[row][column][0], s->level[row][column][1]);
        for (size_t k = 0; k < OSARC_DXA_TERMS; k++)
            gsl_matrix_set(&x.matrix, i, k, weight * terms[k]);
        gsl_vector_set(&y.vector, i, weight * truth);
    }
    int failed =
        gsl_linalg_QR_decomp(&x.matrix, &scales.vector) ||
        gsl_linalg_QR_lssolve(&x.matrix, &scales.vector, &y.vector, &c.vector, &rest.vector);
    for (size_t i = 0; !failed && i < count; i++)
        squares += gsl_vector_get(&rest.vector, i) * gsl_vector_get(&rest.vector, i);
    osi_free(room);
    /* in units of what was expected of each step */
    out->residual_share[e] = sqrt(squares / (double) (left - OSARC_DXA_TERMS)) * MODEL_SHARE;
    return failed ? osi_fail(err, OSARC_ERR_QUALITY, "the steps of the wedge cannot be fitted")
                  : OSARC_OK;
}

/* Every step measured with the calibration made of it. */
static osarc_status measure_back(osarc_dxa_calibration *out, const steps *s, osarc_error *err)
{
    const osarc_dxa_wedge *w = &out->wedge;
    osarc_dxa_material bone = dxa_material(w->bone, out->energy_kev);
    osarc_dxa_material soft = dxa_material(w->soft, out->energy_kev);
    double squares = 0;
    size_t counted = 0;
    for (size_t i = 0; i < w->rows * w->columns; i++) {
        size_t row = i / w->columns;
        size_t column = i % w->columns;
        const double *level = s->level[row][column];
        double mass[2];
        if (s->dropped[row][column])
            continue;
        for (int e = 0; e < 2; e++)
            out->range[e][1] = fmax(out->range[e][1], level[e]);
        if (s->se[row][column][0] > MAX_SE || s->se[row][column][1] > MAX_SE)
            continue;
        osarc_status status = osarc_dxa_solve(
            &mass[0], &mass[1], dxa_surface_at(out->coefficients[0], level[0], level[1]),
            dxa_surface_at(out->coefficients[1], level[0], level[1]), &bone, &soft, err);
        if (status)
            return status;
        double off = mass[0] - w->bone_g_cm2[column];
        if (!isfinite(off) || !isfinite(mass[1]))
            return osi_fail(err, OSARC_ERR_QUALITY, "the fit to the wedge is none");
        squares += off * off;
        counted++;
        out->bone_worst_g_cm2 = fmax(out->bone_worst_g_cm2, fabs(off));
        out->soft_worst_share = fmax(out->soft_worst_share, fabs(mass[1] / w->soft_g_cm2[row] - 1));
    }
    for (int e = 0; e < 2; e++)
        out->range[e][0] = s->level[0][0][e];
    if (counted < MIN_STEPS)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "%zu steps are known to %g of attenuation, %d are needed: a longer "
                        "exposure is",
                        counted, MAX_SE, MIN_STEPS);
    out->bone_sd_g_cm2 = sqrt(squares / (double) counted);
    double worst = out->bone_worst_g_cm2 * dxa_as_mineral(w->bone, out->energy_kev);
    if (!(worst <= MAX_BONE_G_CM2) || !(out->soft_worst_share <= MAX_SOFT_SHARE))
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "measured back, steps are off by up to %.3f g/cm2 of bone mineral and "
                        "%.2f %% of soft tissue, %g and %g allowed: the wedge is not what it is "
                        "said to be, or the noise is too high",
                        worst, 100 * out->soft_worst_share, MAX_BONE_G_CM2, 100 * MAX_SOFT_SHARE);
    return OSARC_OK;
}

static osarc_status calibrate(osarc_dxa_calibration *out, const steps *s, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    for (int e = 0; !status && e < 2; e++)
        status = find_energy(&out->energy_kev[e], s, &out->wedge, e, err);
    if (!status && !(out->energy_kev[1] - out->energy_kev[0] >= MIN_APART_KEV))
        status = osi_fail(err, OSARC_ERR_QUALITY,
                          "effective energies of %.1f and %.1f keV, at least %g between them are "
                          "needed",
                          out->energy_kev[0], out->energy_kev[1], MIN_APART_KEV);
    for (int e = 0; !status && e < 2; e++)
        status = fit_surface(out, s, e, err);
    return status ? status : measure_back(out, s, err);
}

osarc_status osarc_dxa_calibrate(osarc_dxa_calibration *out, const osarc_dxa_pair *pair,
                                 const osarc_dxa_wedge *wedge, osarc_notes *notes, osarc_error *err)
{
    if (!out || !pair || !wedge)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a pair, a wedge and room are needed");
    memset(out, 0, sizeof(*out));
    osarc_status status = check_wedge(wedge, err);
    if (status)
        return status;
    const osarc_dxa_facts *facts = osarc_dxa_pair_facts(pair);
    const osarc_acquisition *a = &facts->acquisition;
    dxa_levels levels;
    steps s;
    status = dxa_levels_make(&levels, pair, 0, notes, err);
    if (!status)
        status = read_steps(&s, &levels, wedge, err);
    dxa_levels_free(&levels);
    if (!status) {
        out->wedge = *wedge;
        memcpy(out->kvp, facts->kvp, sizeof(out->kvp));
        osi_text_copy(out->manufacturer, sizeof(out->manufacturer), a->manufacturer);
        osi_text_copy(out->device_model, sizeof(out->device_model), a->model);
        osi_text_copy(out->device_serial, sizeof(out->device_serial), a->device_serial);
        status = calibrate(out, &s, err);
    }
    if (status)
        memset(out, 0, sizeof(*out));
    return status;
}
