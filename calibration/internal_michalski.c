/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "internal.h"

#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_fit.h>
#include <gsl/gsl_statistics_double.h>

#include <osi/fail.h>

/*
 * Michalski 2020 (Med Eng Phys 78:55), as published: the energy is the one at which mass
 * attenuation is most nearly a straight line of HU; at it mass attenuation u and density rho are
 * lines of HU, and K2HPO4 follows from a mixture with triglyceride, 1000 rho (u - u_fat) /
 * (u_mineral - u_fat).
 */
#define STEP_KEV 0.5

typedef struct lines {
    double energy_kev;
    double u[2];   /* cm2/g = u[0] + u[1] HU */
    double rho[2]; /* g/cm3 */
    double density[3];
} lines;

static void fit_line(double line[2], const double *hu, const double *y, size_t count)
{
    double unused[4];
    gsl_fit_linear(hu, 1, y, 1, count, &line[0], &line[1], &unused[0], &unused[1], &unused[2],
                   &unused[3]);
}

static lines fit_lines(const osi_tissue_set *set, const double *hu)
{
    lines fit = {.energy_kev = NAN};
    double best = -1;
    double attenuation[OSI_TISSUE_KINDS];
    for (int n = 0;; n++) {
        double e = OSARC_ATTENUATION_LOW_KEV + n * STEP_KEV;
        if (e > OSARC_ATTENUATION_HIGH_KEV)
            break;
        for (size_t i = 0; i < set->count; i++)
            attenuation[i] = osarc_mass_attenuation_cm2_g(set->tissue[i]->absorber, e);
        double r = gsl_stats_correlation(hu, 1, attenuation, 1, set->count);
        if (r * r > best) {
            best = r * r;
            fit.energy_kev = e;
        }
    }
    double density[OSI_TISSUE_KINDS];
    double water = osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_WATER, fit.energy_kev);
    for (size_t i = 0; i < set->count; i++) {
        attenuation[i] = osarc_mass_attenuation_cm2_g(set->tissue[i]->absorber, fit.energy_kev);
        density[i] = water * (hu[i] / 1000 + 1) / attenuation[i];
    }
    fit_line(fit.u, hu, attenuation, set->count);
    fit_line(fit.rho, hu, density, set->count);
    double fat = osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_TRIGLYCERIDE, fit.energy_kev);
    double mineral = osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_K2HPO4, fit.energy_kev);
    double unit = 1000 / (mineral - fat);
    fit.density[0] = unit * fit.rho[0] * (fit.u[0] - fat);
    fit.density[1] = unit * (fit.rho[1] * (fit.u[0] - fat) + fit.rho[0] * fit.u[1]);
    fit.density[2] = unit * fit.rho[1] * fit.u[1];
    return fit;
}

/* HU where density is 0, the root next to water. */
static double zero_of(const double density[3])
{
    const double *c = density;
    double root = sqrt(fmax(0, c[1] * c[1] - 4 * c[0] * c[2]));
    return -2 * c[0] / (c[1] + root);
}

osarc_status osi_fit_michalski2020(osarc_calibration *out, const osi_tissue_set *set,
                                   osarc_error *err)
{
    if (!osi_tissue_set_has(set, OSARC_ABSORBER_CORTICAL_BONE))
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "soft tissues do not tell the energy: michalski2020 needs cortical bone");
    lines fit = fit_lines(set, set->hu);
    if (!(fit.density[1] > 0))
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "tissues do not give a density that rises with HU (%.3g mg/cm3 per HU)",
                        fit.density[1]);
    double z = gsl_cdf_ugaussian_Pinv(0.975);
    double energy_variance = 0, slope_variance = 0, zero_variance = 0;
    /* all five steps again with each tissue one SD of patients off: half the change is its share */
    for (size_t i = 0; i < set->count; i++) {
        double sd = osi_tissue_sd_hu(set, i, set->hu[i], 1);
        lines moved[2];
        for (int side = 0; side < 2; side++) {
            double hu[OSI_TISSUE_KINDS];
            for (size_t n = 0; n < set->count; n++)
                hu[n] = set->hu[n] + (n == i ? (side ? sd : -sd) : 0);
            moved[side] = fit_lines(set, hu);
        }
        double change[3];
        for (int r = 0; r < 3; r++)
            change[r] = (moved[1].density[r] - moved[0].density[r]) / 2;
        for (int r = 0; r < 3; r++)
            for (int c = 0; c < 3; c++)
                out->covariance[r][c] += change[r] * change[c];
        energy_variance += pow((moved[1].energy_kev - moved[0].energy_kev) / 2, 2);
        slope_variance += pow((1 / moved[1].density[1] - 1 / moved[0].density[1]) / 2, 2);
        zero_variance += pow((zero_of(moved[1].density) - zero_of(moved[0].density)) / 2, 2);
    }
    for (int r = 0; r < 3; r++)
        out->density[r] = fit.density[r];
    out->t_95 = z;
    out->effective_energy_kev = fit.energy_kev;
    out->slope_hu_per_mg_cm3 = 1 / fit.density[1];
    out->intercept_hu = zero_of(fit.density);
    for (int side = 0; side < 2; side++) {
        double half = side ? z : -z;
        out->energy_ci[side] = fit.energy_kev + half * sqrt(energy_variance);
        out->slope_ci[side] = out->slope_hu_per_mg_cm3 + half * sqrt(slope_variance);
        out->intercept_ci[side] = out->intercept_hu + half * sqrt(zero_variance);
    }
    double predicted[OSI_TISSUE_KINDS];
    for (size_t i = 0; i < set->count; i++)
        predicted[i] =
            (osarc_mass_attenuation_cm2_g(set->tissue[i]->absorber, fit.energy_kev) - fit.u[0]) /
            fit.u[1];
    osi_calibration_points(out, set, predicted);
    return OSARC_OK;
}
