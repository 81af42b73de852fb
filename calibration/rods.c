/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/density.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_fit.h>

#include <osarc/attenuation.h>
#include <osi/fail.h>

#include "rods.h"

/*
 * Mindways QCT PRO user guide: HU = rho_water + sigma_ref * rho_K2HPO4 + beta_ref, then
 * sigma_CT = sigma_ref - 0.2174 (water that K2HPO4 displaces) and beta_CT = beta_ref + 999.6
 * (density of water in mg/cm3).
 */
#define WATER_DISPLACED   0.2174
#define WATER_MG_CM3      999.6
#define MIN_SPAN_MG_CM3   50   /* rods closer together say nothing of the slope */
#define MIN_R2            0.99 /* published fits to rods reach 0.998 and more */
#define MAX_RESIDUAL_HU   10
#define MAX_RESIDUAL_SPAN 0.03 /* of the span in HU, for dense rods whose beam hardening shows */
#define MAX_INTERCEPT_HU  75   /* shading by a large body moves water by tens of HU */
#define NORMAL_95         1.959963984540054

/*
 * Effective energies of 70 to 150 kVp beams behind a body, wide. Phantom plastic moves a slope by
 * up to 20 % against the mineral in water (Faulkner 1993: K2HPO4 / HA 0.81 to 0.86).
 */
#define LOW_KEV     43
#define HIGH_KEV    105
#define SLOPE_LOWER 0.8
#define SLOPE_UPPER 1.2

typedef struct line {
    size_t count;
    size_t rod[OSARC_ROD_MAX];
    double x[OSARC_ROD_MAX]; /* density */
    double y[OSARC_ROD_MAX]; /* HU, less the water density for Mindways rods */
    double se[OSARC_ROD_MAX];
    double intercept, slope, covariance[3]; /* of intercept, both, slope */
    double t_95, r2, residual_sd;
} line;

static int has_water(const osarc_rod_model *model)
{
    for (size_t rod = 0; rod < model->rod_count; rod++)
        if (model->water_density_mg_cm3[rod] != 0)
            return 1;
    return 0;
}

static osarc_absorber mineral_of(const osarc_rod_model *model)
{
    return strcmp(model->basis, "K2HPO4") == 0 ? OSARC_ABSORBER_K2HPO4
                                               : OSARC_ABSORBER_HYDROXYAPATITE;
}

void rods_slope_range(const osarc_rod_model *model, double kvp, double *low_out, double *high_out)
{
    double low_kev = LOW_KEV;
    double high_kev = HIGH_KEV;
    if (kvp >= 70 && kvp <= 150) {
        low_kev = 20 + 0.33 * kvp;
        high_kev = 0.8 * kvp;
    }
    osarc_absorber mineral = mineral_of(model);
    *low_out = SLOPE_LOWER * osarc_mineral_hu_per_mg_cm3(mineral, high_kev);
    *high_out = SLOPE_UPPER * osarc_mineral_hu_per_mg_cm3(mineral, low_kev);
}

double rods_expected_hu(const osarc_rod_model *model, size_t rod, double intercept_hu, double slope)
{
    double hu = intercept_hu + slope * model->density_mg_cm3[rod];
    if (!has_water(model))
        return hu;
    return hu + WATER_DISPLACED * model->density_mg_cm3[rod] + model->water_density_mg_cm3[rod] -
           WATER_MG_CM3;
}

static osarc_status check_input(const osarc_rod_model *model, const double *hu, osarc_error *err)
{
    if (!model || !hu)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a model and CT numbers are needed");
    if (model->rod_count < 2 || model->rod_count > OSARC_ROD_MAX)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a model has 2 to %d rods, this one %zu",
                        OSARC_ROD_MAX, model->rod_count);
    for (size_t rod = 0; rod < model->rod_count; rod++)
        if (!isfinite(model->density_mg_cm3[rod]) || !isfinite(model->water_density_mg_cm3[rod]))
            return osi_fail(err, OSARC_ERR_ARGUMENT, "rod %zu of %s has no density", rod + 1,
                            model->id);
    return OSARC_OK;
}

static osarc_status collect(line *l, const osarc_rod_model *model, const double *hu,
                            const double *hu_se, osarc_error *err)
{
    double low = INFINITY;
    double high = -INFINITY;
    memset(l, 0, sizeof(*l));
    for (size_t rod = 0; rod < model->rod_count; rod++) {
        if (!isfinite(hu[rod]))
            continue;
        l->rod[l->count] = rod;
        l->x[l->count] = model->density_mg_cm3[rod];
        l->y[l->count] = hu[rod] - (has_water(model) ? model->water_density_mg_cm3[rod] : 0);
        l->se[l->count] = hu_se && hu_se[rod] > 0 ? hu_se[rod] : NAN;
        low = fmin(low, l->x[l->count]);
        high = fmax(high, l->x[l->count]);
        l->count++;
    }
    if (l->count < 2)
        return osi_fail(err, OSARC_ERR_QUALITY, "%zu of %zu rods of %s seen, at least 2 needed",
                        l->count, model->rod_count, model->id);
    if (high - low < MIN_SPAN_MG_CM3)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "the rods seen of %s span %.1f mg/cm3, at least %d needed", model->id,
                        high - low, MIN_SPAN_MG_CM3);
    return OSARC_OK;
}

/* Two rods fit any line: what is known of it comes from the noise of their means. */
static void fit_two(line *l)
{
    double dx = l->x[1] - l->x[0];
    l->slope = (l->y[1] - l->y[0]) / dx;
    l->intercept = l->y[0] - l->slope * l->x[0];
    double v0 = l->se[0] * l->se[0];
    double v1 = l->se[1] * l->se[1];
    l->covariance[0] = (l->x[1] * l->x[1] * v0 + l->x[0] * l->x[0] * v1) / (dx * dx);
    l->covariance[1] = -(l->x[1] * v0 + l->x[0] * v1) / (dx * dx);
    l->covariance[2] = (v0 + v1) / (dx * dx);
    l->t_95 = NORMAL_95;
    l->r2 = NAN;
    l->residual_sd = NAN;
}

static void fit_line(line *l)
{
    double squares;
    gsl_fit_linear(l->x, 1, l->y, 1, l->count, &l->intercept, &l->slope, &l->covariance[0],
                   &l->covariance[1], &l->covariance[2], &squares);
    double mean = 0;
    double total = 0;
    for (size_t i = 0; i < l->count; i++)
        mean += l->y[i] / (double) l->count;
    for (size_t i = 0; i < l->count; i++)
        total += (l->y[i] - mean) * (l->y[i] - mean);
    double free_count = (double) l->count - 2;
    l->r2 = total > 0 ? 1 - squares / total : 0;
    l->residual_sd = sqrt(squares / free_count);
    l->t_95 = gsl_cdf_tdist_Pinv(0.975, free_count);
}

static double residual(const line *l, size_t i)
{
    return l->y[i] - l->intercept - l->slope * l->x[i];
}

static size_t worst_rod(const line *l)
{
    size_t worst = 0;
    for (size_t i = 1; i < l->count; i++)
        if (fabs(residual(l, i)) > fabs(residual(l, worst)))
            worst = i;
    return worst;
}

static osarc_status check_fit(const line *l, const osarc_rod_model *model, double slope,
                              double intercept, osarc_error *err)
{
    double low, high;
    rods_slope_range(model, NAN, &low, &high);
    /* an absurd slope says more than a poor fit */
    if (!(slope >= low && slope <= high))
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "slope of the rods of %s is %.3f HU per mg/cm3, %.2f to %.2f expected at "
                        "70 to 150 kVp",
                        model->id, slope, low, high);
    if (l->count > 2) {
        size_t worst = worst_rod(l);
        double span = 0;
        for (size_t i = 0; i < l->count; i++)
            for (size_t j = 0; j < i; j++)
                span = fmax(span, fabs(l->y[i] - l->y[j]));
        double limit = fmax(MAX_RESIDUAL_HU, MAX_RESIDUAL_SPAN * span);
        if (!(l->r2 >= MIN_R2))
            return osi_fail(err, OSARC_ERR_QUALITY,
                            "fit to the rods of %s has R2 %.4f, at least %.2f needed; rod %zu is "
                            "off by %.1f HU",
                            model->id, l->r2, MIN_R2, l->rod[worst] + 1, residual(l, worst));
        if (!(l->residual_sd <= limit))
            return osi_fail(err, OSARC_ERR_QUALITY,
                            "residual SD of the rods of %s is %.1f HU, at most %.1f allowed; rod "
                            "%zu is off by %.1f HU",
                            model->id, l->residual_sd, limit, l->rod[worst] + 1,
                            residual(l, worst));
    }
    if (!(fabs(intercept) <= MAX_INTERCEPT_HU))
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "rods of %s put 0 mg/cm3 at %.1f HU, -%d to %d expected", model->id,
                        intercept, MAX_INTERCEPT_HU, MAX_INTERCEPT_HU);
    return OSARC_OK;
}

/* The energy at which K2HPO4 in water has this slope; falls with energy all through the range. */
static double energy_of_slope(double slope)
{
    double low = LOW_KEV;
    double high = HIGH_KEV;
    if (!(slope <= osarc_mineral_hu_per_mg_cm3(OSARC_ABSORBER_K2HPO4, low)) ||
        !(slope >= osarc_mineral_hu_per_mg_cm3(OSARC_ABSORBER_K2HPO4, high)))
        return NAN;
    for (int i = 0; i < 50; i++) {
        double middle = (low + high) / 2;
        if (osarc_mineral_hu_per_mg_cm3(OSARC_ABSORBER_K2HPO4, middle) > slope)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

static void set_range(double out[2], double middle, double half)
{
    out[0] = middle - half;
    out[1] = middle + half;
}

/* density = (HU - beta) / sigma, errors by the first derivatives. */
static void fill(osarc_calibration *out, const line *l, const osarc_rod_model *model, double slope,
                 double intercept)
{
    double to_beta[2] = {-1 / slope, 0};
    double to_sigma[2] = {intercept / (slope * slope), -1 / (slope * slope)};
    out->density[0] = -intercept / slope;
    out->density[1] = 1 / slope;
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
            out->covariance[i][j] =
                to_beta[i] * to_beta[j] * l->covariance[0] +
                (to_beta[i] * to_sigma[j] + to_sigma[i] * to_beta[j]) * l->covariance[1] +
                to_sigma[i] * to_sigma[j] * l->covariance[2];
    out->t_95 = l->t_95;
    out->slope_hu_per_mg_cm3 = slope;
    out->intercept_hu = intercept;
    set_range(out->slope_ci, slope, l->t_95 * sqrt(l->covariance[2]));
    set_range(out->intercept_ci, intercept, l->t_95 * sqrt(l->covariance[0]));
    out->r2 = l->r2;
    out->residual_sd_hu = l->residual_sd;
    if (has_water(model)) {
        out->effective_energy_kev = energy_of_slope(slope);
        out->energy_ci[0] = energy_of_slope(out->slope_ci[1]);
        out->energy_ci[1] = energy_of_slope(out->slope_ci[0]);
    }
    for (size_t i = 0; i < l->count; i++) {
        osarc_calibration_point *point = &out->points[i];
        size_t rod = l->rod[i];
        snprintf(point->name, sizeof(point->name), "rod %zu", rod + 1);
        point->hu = l->y[i] + (has_water(model) ? model->water_density_mg_cm3[rod] : 0);
        point->hu_se = l->se[i];
        point->reference = l->x[i];
        point->residual_hu = residual(l, i);
    }
    out->point_count = l->count;
}

void rods_clear(osarc_calibration *out)
{
    memset(out, 0, sizeof(*out));
    out->slope_hu_per_mg_cm3 = out->intercept_hu = NAN;
    out->r2 = out->residual_sd_hu = out->kvp = NAN;
    out->effective_energy_kev = NAN;
    for (int i = 0; i < 2; i++)
        out->slope_ci[i] = out->intercept_ci[i] = out->energy_ci[i] = NAN;
}

osarc_status osarc_calibrate_rods(osarc_calibration *out, const osarc_rod_model *model,
                                  const double hu[OSARC_ROD_MAX], const double hu_se[OSARC_ROD_MAX],
                                  osarc_error *err)
{
    line l;
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    rods_clear(out);
    osarc_status status = check_input(model, hu, err);
    if (!status)
        status = collect(&l, model, hu, hu_se, err);
    if (status)
        return status;
    if (l.count == 2)
        fit_two(&l);
    else
        fit_line(&l);
    double slope = l.slope - (has_water(model) ? WATER_DISPLACED : 0);
    double intercept = l.intercept + (has_water(model) ? WATER_MG_CM3 : 0);
    status = check_fit(&l, model, slope, intercept, err);
    if (status)
        return status;
    fill(out, &l, model, slope, intercept);
    out->rung = OSARC_RUNG_PHANTOM;
    snprintf(out->method, sizeof(out->method), "phantom");
    snprintf(out->model, sizeof(out->model), "%s", model->id);
    snprintf(out->basis, sizeof(out->basis), "%s", model->basis);
    return OSARC_OK;
}
