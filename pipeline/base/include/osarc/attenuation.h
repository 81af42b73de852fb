/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_ATTENUATION_H
#define OSARC_ATTENUATION_H

/**
 * @file attenuation.h
 * How strongly materials attenuate photons: the one table that calibration and phantoms share.
 */

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/** Tissues after ICRU Report 44; the rest by formula. Values are row numbers of the table. */
typedef enum osarc_absorber {
    OSARC_ABSORBER_WATER = 0,
    OSARC_ABSORBER_MUSCLE = 1,
    OSARC_ABSORBER_ADIPOSE = 2,
    OSARC_ABSORBER_BLOOD = 3,
    OSARC_ABSORBER_CORTICAL_BONE = 4,
    OSARC_ABSORBER_AIR = 5,
    OSARC_ABSORBER_TRIGLYCERIDE = 6,
    OSARC_ABSORBER_HYDROXYAPATITE = 7,
    OSARC_ABSORBER_K2HPO4 = 8,
    OSARC_ABSORBER_PMMA = 9,
    OSARC_ABSORBER_POLYETHYLENE = 10,
    OSARC_ABSORBER_ALUMINIUM = 11
} osarc_absorber;

#define OSARC_ABSORBER_COUNT 12

/** Lowest and highest energy of the table. */
#define OSARC_ATTENUATION_LOW_KEV  10
#define OSARC_ATTENUATION_HIGH_KEV 200

/**
 * Total mass attenuation coefficient with coherent scatter, in cm2/g; log-log between the whole
 * keV of the table (xraylib 4.0.0). NAN outside the table.
 */
OSARC_API double osarc_mass_attenuation_cm2_g(osarc_absorber absorber, double energy_kev);

/** Density of the pure material in g/cm3 (ICRU-44, NIST). */
OSARC_API double osarc_absorber_density_g_cm3(osarc_absorber absorber);

/** CT number of the pure material at one energy, 1000 * (mu / mu_water - 1). */
OSARC_API double osarc_absorber_hu(osarc_absorber absorber, double energy_kev);

/**
 * HU that one mg/cm3 of mineral (K2HPO4 or hydroxyapatite) adds to water, which gives way to it:
 * K2HPO4 displaces 0.2174 g of water a g (the constant of the Mindways equations), hydroxyapatite
 * 1/3.16. At 70 keV 1.346 for K2HPO4.
 */
OSARC_API double osarc_mineral_hu_per_mg_cm3(osarc_absorber mineral, double energy_kev);

/**
 * The energy that a tube voltage acts as behind a body, in keV: an assumption for phantoms and a
 * weak expectation for calibration, not a measurement. At 120 kV 69 keV, where published estimates
 * lie between 60 and 75. NAN below 70 and over 150 kV.
 */
OSARC_API double osarc_effective_energy_kev(double kvp);

OSARC_END_DECLS

#endif
