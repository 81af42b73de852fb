/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "internal.h"

#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_linalg.h>

#include <osi/fail.h>

/*
 * HU_i = (1 + gain) * 1000 (rho_i mu_i(E) / (rho_w mu_w(E)) - 1) + offset, for E, gain and offset.
 * Each tissue weighs by its spread among patients; gain, offset and, where the tube voltage is
 * known, energy are tied to what scanners are allowed.
 */
#define OFFSET_SD_HU 2.5  /* water is 0 +- 5 HU (ACR accreditation), taken as 95 % */
#define GAIN_SD      0.01 /* air to water, from the same table */
#define ENERGY_SD    0.07 /* of what the tube voltage lets expect: 69 +- 10 keV at 120 kV, 95 % */
#define LOW_KEV      40.0
#define HIGH_KEV     140.0
#define GRID_KEV     0.5
#define FINE_KEV     1e-7
#define ENERGY_LIMIT 30.0 /* half a 95 % interval; beyond, the slope is open to a factor of 2 */
#define CHI2_NOTED   0.01
#define CHI2_REFUSED 1e-4

enum {
    ENERGY,
    GAIN,
    OFFSET,
    UNKNOWNS
};

typedef struct problem {
    const osi_tissue_set *set;
    double expected_kev; /* NAN: tissues only */
} problem;

typedef struct solution {
    double value[UNKNOWNS];
    double chi2;
} solution;

/* Cost and best gain and offset at one energy: two linear equations. */
static solution solve_at(const problem *p, double energy_kev)
{
    double gain_gain = 1 / (GAIN_SD * GAIN_SD);
    double offset_offset = 1 / (OFFSET_SD_HU * OFFSET_SD_HU);
    double gain_offset = 0;
    double gain_rest = 0;
    double offset_rest = 0;
    double squares = 0;
    for (size_t i = 0; i < p->set->count; i++) {
        double h = osarc_absorber_hu(p->set->tissue[i]->absorber, energy_kev);
        double rest = p->set->hu[i] - h;
        double sd = osi_tissue_sd_hu(p->set, i, h, rest < 0);
        double weight = 1 / (sd * sd);
        gain_gain += weight * h * h;
        gain_offset += weight * h;
        offset_offset += weight;
        gain_rest += weight * h * rest;
        offset_rest += weight * rest;
        squares += weight * rest * rest;
    }
    double det = gain_gain * offset_offset - gain_offset * gain_offset;
    double gain = (gain_rest * offset_offset - offset_rest * gain_offset) / det;
    double offset = (gain_gain * offset_rest - gain_offset * gain_rest) / det;
    double chi2 = squares - gain * gain_rest - offset * offset_rest;
    if (!isnan(p->expected_kev)) {
        double d = (energy_kev - p->expected_kev) / (ENERGY_SD * p->expected_kev);
        chi2 += d * d;
    }
    return (solution){{energy_kev, gain, offset}, fmax(0, chi2)};
}

/* Grid, then golden section: the minimisers of GSL stop the program where they fail. */
static solution solve(const problem *p)
{
    solution best = solve_at(p, LOW_KEV);
    for (int n = 1; LOW_KEV + n * GRID_KEV <= HIGH_KEV; n++) {
        solution s = solve_at(p, LOW_KEV + n * GRID_KEV);
        if (s.chi2 < best.chi2)
            best = s;
    }
    const double share = (sqrt(5) - 1) / 2;
    double low = fmax(LOW_KEV, best.value[ENERGY] - GRID_KEV);
    double high = fmin(HIGH_KEV, best.value[ENERGY] + GRID_KEV);
    while (high - low > FINE_KEV) {
        double a = high - share * (high - low);
        double b = low + share * (high - low);
        if (solve_at(p, a).chi2 <= solve_at(p, b).chi2)
            high = b;
        else
            low = a;
    }
    solution fine = solve_at(p, (low + high) / 2);
    return fine.chi2 < best.chi2 ? fine : best;
}

static double slope_of(osarc_absorber absorber, double energy_kev)
{
    const double d = 0.5;
    return (osarc_absorber_hu(absorber, energy_kev + d) -
            osarc_absorber_hu(absorber, energy_kev - d)) /
           (2 * d);
}

/* Inverse of the information; bone counts with its wide side whichever it lies on. */
static int find_covariance(const problem *p, const solution *s,
                           double covariance[UNKNOWNS][UNKNOWNS])
{
    double m[UNKNOWNS][UNKNOWNS] = {{0}};
    m[GAIN][GAIN] = 1 / (GAIN_SD * GAIN_SD);
    m[OFFSET][OFFSET] = 1 / (OFFSET_SD_HU * OFFSET_SD_HU);
    if (!isnan(p->expected_kev))
        m[ENERGY][ENERGY] = 1 / pow(ENERGY_SD * p->expected_kev, 2);
    for (size_t i = 0; i < p->set->count; i++) {
        osarc_absorber absorber = p->set->tissue[i]->absorber;
        double h = osarc_absorber_hu(absorber, s->value[ENERGY]);
        double j[UNKNOWNS] = {(1 + s->value[GAIN]) * slope_of(absorber, s->value[ENERGY]), h, 1};
        double sd = osi_tissue_sd_hu(p->set, i, h, 1);
        for (int r = 0; r < UNKNOWNS; r++)
            for (int c = 0; c < UNKNOWNS; c++)
                m[r][c] += j[r] * j[c] / (sd * sd);
    }
    /* Cholesky in GSL stops the program on a matrix that is not positive */
    if (!(m[ENERGY][ENERGY] > 1e-6))
        return 0;
    gsl_matrix_view view = gsl_matrix_view_array(&m[0][0], UNKNOWNS, UNKNOWNS);
    gsl_linalg_cholesky_decomp1(&view.matrix);
    gsl_linalg_cholesky_invert(&view.matrix);
    for (int r = 0; r < UNKNOWNS; r++)
        for (int c = 0; c < UNKNOWNS; c++)
            covariance[r][c] = m[r][c];
    return 1;
}

/* Where tissues alone put the energy, against what the tube voltage lets expect. */
static osarc_status compare_voltage(const problem *p, osarc_notes *notes, osarc_error *err)
{
    if (!notes)
        return OSARC_OK;
    if (isnan(p->expected_kev))
        return osarc_notes_add(notes, OSARC_NOTE_WARNING, "internal_no_tube_voltage", err,
                               "no tube voltage is known: the energy stands on tissues alone, and "
                               "intervals are wide");
    problem tissues = {p->set, NAN};
    solution s = solve(&tissues);
    double covariance[UNKNOWNS][UNKNOWNS];
    if (!find_covariance(&tissues, &s, covariance))
        return OSARC_OK;
    double sd = sqrt(covariance[ENERGY][ENERGY]);
    double expected_sd = ENERGY_SD * p->expected_kev;
    double apart = s.value[ENERGY] - p->expected_kev;
    if (fabs(apart) > 2 * hypot(sd, expected_sd))
        return osarc_notes_add(notes, OSARC_NOTE_WARNING, "internal_energy", err,
                               "tissues read as at %.0f keV, the tube voltage lets expect %.0f: an "
                               "unusual beam, or tissues that are not what they are taken for",
                               s.value[ENERGY], p->expected_kev);
    if (sd > expected_sd)
        return osarc_notes_add(notes, OSARC_NOTE_INFO, "internal_energy_from_voltage", err,
                               "the energy stands more on the tube voltage (%.0f +- %.0f keV) than "
                               "on the tissues (%.0f +- %.0f keV)",
                               p->expected_kev, expected_sd, s.value[ENERGY], sd);
    return OSARC_OK;
}

/* mg/cm3 = (HU - offset) / ((1 + gain) slope(E)), and what the three unknowns leave open in it. */
static void fill_density(osarc_calibration *out, const solution *s,
                         double covariance[UNKNOWNS][UNKNOWNS], double z)
{
    double e = s->value[ENERGY];
    double gain = 1 + s->value[GAIN];
    double slope = gain * osarc_mineral_hu_per_mg_cm3(OSARC_ABSORBER_K2HPO4, e);
    double d_slope = gain * (osarc_mineral_hu_per_mg_cm3(OSARC_ABSORBER_K2HPO4, e + 0.5) -
                             osarc_mineral_hu_per_mg_cm3(OSARC_ABSORBER_K2HPO4, e - 0.5));
    out->density[0] = -s->value[OFFSET] / slope;
    out->density[1] = 1 / slope;
    const double slope_by[UNKNOWNS] = {d_slope, slope / gain, 0};
    double by[2][UNKNOWNS];
    for (int u = 0; u < UNKNOWNS; u++) {
        by[0][u] = (s->value[OFFSET] * slope_by[u] / slope - (u == OFFSET)) / slope;
        by[1][u] = -slope_by[u] / (slope * slope);
    }
    double slope_variance = 0;
    for (int u = 0; u < UNKNOWNS; u++)
        for (int v = 0; v < UNKNOWNS; v++) {
            slope_variance += slope_by[u] * slope_by[v] * covariance[u][v];
            for (int r = 0; r < 2; r++)
                for (int c = 0; c < 2; c++)
                    out->covariance[r][c] += by[r][u] * by[c][v] * covariance[u][v];
        }
    out->t_95 = z;
    out->effective_energy_kev = e;
    out->slope_hu_per_mg_cm3 = slope;
    out->intercept_hu = s->value[OFFSET];
    const double half[3] = {z * sqrt(covariance[ENERGY][ENERGY]), z * sqrt(slope_variance),
                            z * sqrt(covariance[OFFSET][OFFSET])};
    for (int side = 0; side < 2; side++) {
        int sign = side ? 1 : -1;
        out->energy_ci[side] = e + sign * half[0];
        out->slope_ci[side] = slope + sign * half[1];
        out->intercept_ci[side] = s->value[OFFSET] + sign * half[2];
    }
}

osarc_status osi_fit_linear_mu(osarc_calibration *out, const osi_tissue_set *set, double kvp,
                               osarc_notes *notes, osarc_error *err)
{
    problem p = {set, osarc_effective_energy_kev(kvp)};
    if (isnan(p.expected_kev) && !osi_tissue_set_has(set, OSARC_ABSORBER_CORTICAL_BONE))
        return osi_fail(
            err, OSARC_ERR_QUALITY,
            "soft tissues do not tell the energy: cortical bone or a tube voltage of 70 "
            "to 150 kV is needed");
    solution s = solve(&p);
    double covariance[UNKNOWNS][UNKNOWNS];
    double z = gsl_cdf_ugaussian_Pinv(0.975);
    int known = find_covariance(&p, &s, covariance);
    if (!known || z * sqrt(covariance[ENERGY][ENERGY]) > ENERGY_LIMIT)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "tissues leave the energy open to more than +- %.0f keV: the tube voltage "
                        "is needed",
                        ENERGY_LIMIT);
    double degrees = (double) set->count;
    double chance = gsl_cdf_chisq_Q(s.chi2, degrees);
    if (chance < CHI2_REFUSED)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "tissues contradict each other at any energy (chi2 %.1f of %zu)", s.chi2,
                        set->count);
    osarc_status status = OSARC_OK;
    if (chance < CHI2_NOTED && notes)
        status =
            osarc_notes_add(notes, OSARC_NOTE_WARNING, "internal_misfit", err,
                            "tissues fit together badly (chi2 %.1f of %zu)", s.chi2, set->count);
    if (!status)
        status = compare_voltage(&p, notes, err);
    if (status)
        return status;
    /* a misfit beyond the spreads widens all that comes from them */
    double wider = fmax(1, s.chi2 / degrees);
    for (int u = 0; u < UNKNOWNS; u++)
        for (int v = 0; v < UNKNOWNS; v++)
            covariance[u][v] *= wider;
    fill_density(out, &s, covariance, z);
    double predicted[OSI_TISSUE_KINDS];
    for (size_t i = 0; i < set->count; i++)
        predicted[i] =
            (1 + s.value[GAIN]) * osarc_absorber_hu(set->tissue[i]->absorber, s.value[ENERGY]) +
            s.value[OFFSET];
    osi_calibration_points(out, set, predicted);
    return OSARC_OK;
}
