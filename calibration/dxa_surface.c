/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <osi/fail.h>

#include "dxa.h"

/* Of the product of the diagonal: below it two materials look the same. */
#define MIN_DETERMINANT 0.01

void dxa_surface_terms(double out[OSARC_DXA_TERMS], double low, double high)
{
    size_t n = 0;
    double x[5] = {1, low, low * low, low * low * low, low * low * low * low};
    double y[5] = {1, high, high * high, high * high * high, high * high * high * high};
    for (int order = 1; order <= 4; order++)
        for (int j = 0; j <= order; j++)
            out[n++] = x[order - j] * y[j];
}

double dxa_surface_at(const double coefficients[OSARC_DXA_TERMS], double low, double high)
{
    double terms[OSARC_DXA_TERMS];
    double sum = 0;
    dxa_surface_terms(terms, low, high);
    for (int i = 0; i < OSARC_DXA_TERMS; i++)
        sum += coefficients[i] * terms[i];
    return sum;
}

osarc_dxa_material dxa_material(osarc_absorber absorber, const double energy_kev[2])
{
    osarc_dxa_material m = {osarc_mass_attenuation_cm2_g(absorber, energy_kev[0]),
                            osarc_mass_attenuation_cm2_g(absorber, energy_kev[1])};
    return m;
}

double dxa_as_mineral(osarc_absorber absorber, const double energy_kev[2])
{
    osarc_dxa_material own = dxa_material(absorber, energy_kev);
    osarc_dxa_material mineral = dxa_material(OSARC_ABSORBER_HYDROXYAPATITE, energy_kev);
    osarc_dxa_material lean = dxa_material(OSARC_ABSORBER_MUSCLE, energy_kev);
    double ratio = lean.low / lean.high;
    return (own.low - ratio * own.high) / (mineral.low - ratio * mineral.high);
}

osarc_status osarc_dxa_solve(double *a_g_cm2_out, double *b_g_cm2_out, double low, double high,
                             const osarc_dxa_material *a, const osarc_dxa_material *b,
                             osarc_error *err)
{
    if (!a_g_cm2_out || !b_g_cm2_out || !a || !b)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "two materials and room for masses are needed");
    *a_g_cm2_out = *b_g_cm2_out = NAN;
    double determinant = a->low * b->high - a->high * b->low;
    if (!(fabs(determinant) >= MIN_DETERMINANT * fabs(a->low * b->high)))
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "determinant %.3g: the two materials cannot be told apart at these "
                        "energies",
                        determinant);
    *a_g_cm2_out = (low * b->high - high * b->low) / determinant;
    *b_g_cm2_out = (a->low * high - a->high * low) / determinant;
    return OSARC_OK;
}

double osarc_dxa_fat_fraction(double ratio, const osarc_dxa_material *lean,
                              const osarc_dxa_material *fat)
{
    double off_lean = lean->low - ratio * lean->high;
    double off_fat = fat->low - ratio * fat->high;
    return off_lean / (off_lean - off_fat);
}
