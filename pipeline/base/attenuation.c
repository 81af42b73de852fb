/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/attenuation.h>

#include <math.h>

#include "attenuation_table.h"

/*
 * Density, g/cm3. Tissues: ICRU Report 44. Air, plastics, aluminium: NIST material tables.
 * Triglyceride, hydroxyapatite, K2HPO4: of the pure substance.
 */
static const double DENSITY_G_CM3[OSARC_ABSORBER_COUNT] = {
    [OSARC_ABSORBER_WATER] = 1.0,          [OSARC_ABSORBER_MUSCLE] = 1.05,
    [OSARC_ABSORBER_ADIPOSE] = 0.95,       [OSARC_ABSORBER_BLOOD] = 1.06,
    [OSARC_ABSORBER_CORTICAL_BONE] = 1.92, [OSARC_ABSORBER_AIR] = 0.001205,
    [OSARC_ABSORBER_TRIGLYCERIDE] = 0.92,  [OSARC_ABSORBER_HYDROXYAPATITE] = 3.16,
    [OSARC_ABSORBER_K2HPO4] = 2.44,        [OSARC_ABSORBER_PMMA] = 1.19,
    [OSARC_ABSORBER_POLYETHYLENE] = 0.93,  [OSARC_ABSORBER_ALUMINIUM] = 2.70,
};

/* g of water that a g of K2HPO4 in solution displaces: the constant of the Mindways equations. */
#define K2HPO4_DISPLACED 0.2174

/* Straight between the points; the slope of K2HPO4 phantoms at 120 kV, 1.3 to 1.5 HU per mg/cm3,
 * is that of 72 to 65 keV. */
static const struct {
    double kvp;
    double energy_kev;
} EFFECTIVE[] = {{70, 51.5}, {80, 55}, {100, 62}, {120, 69}, {140, 76}, {150, 79.5}};
#define EFFECTIVE_COUNT (sizeof(EFFECTIVE) / sizeof(EFFECTIVE[0]))

static int holds(osarc_absorber absorber)
{
    return (int) absorber >= 0 && (int) absorber < OSARC_ABSORBER_COUNT;
}

double osarc_mass_attenuation_cm2_g(osarc_absorber absorber, double energy_kev)
{
    /* written so that NAN is refused too */
    if (!holds(absorber) ||
        !(energy_kev >= OSARC_ATTENUATION_LOW_KEV && energy_kev <= OSARC_ATTENUATION_HIGH_KEV))
        return NAN;
    double row = floor(energy_kev);
    size_t i = (size_t) row - OSARC_ATTENUATION_LOW_KEV;
    double low = OSI_MASS_ATTENUATION_CM2_G[i][absorber];
    if (energy_kev == row)
        return low;
    double high = OSI_MASS_ATTENUATION_CM2_G[i + 1][absorber];
    return low * pow(high / low, log(energy_kev / row) / log((row + 1) / row));
}

double osarc_absorber_density_g_cm3(osarc_absorber absorber)
{
    return holds(absorber) ? DENSITY_G_CM3[absorber] : NAN;
}

double osarc_absorber_hu(osarc_absorber absorber, double energy_kev)
{
    double water = osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_WATER, energy_kev);
    double own = osarc_mass_attenuation_cm2_g(absorber, energy_kev);
    return 1000 * (osarc_absorber_density_g_cm3(absorber) * own / water - 1);
}

double osarc_mineral_hu_per_mg_cm3(osarc_absorber mineral, double energy_kev)
{
    double displaced = NAN;
    if (mineral == OSARC_ABSORBER_K2HPO4)
        displaced = K2HPO4_DISPLACED;
    else if (mineral == OSARC_ABSORBER_HYDROXYAPATITE)
        displaced = 1 / DENSITY_G_CM3[OSARC_ABSORBER_HYDROXYAPATITE];
    double water = osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_WATER, energy_kev);
    return osarc_mass_attenuation_cm2_g(mineral, energy_kev) / water - displaced;
}

double osarc_effective_energy_kev(double kvp)
{
    if (!(kvp >= EFFECTIVE[0].kvp && kvp <= EFFECTIVE[EFFECTIVE_COUNT - 1].kvp))
        return NAN;
    size_t i = 1;
    while (kvp > EFFECTIVE[i].kvp)
        i++;
    double share = (kvp - EFFECTIVE[i - 1].kvp) / (EFFECTIVE[i].kvp - EFFECTIVE[i - 1].kvp);
    return EFFECTIVE[i - 1].energy_kev +
           share * (EFFECTIVE[i].energy_kev - EFFECTIVE[i - 1].energy_kev);
}
