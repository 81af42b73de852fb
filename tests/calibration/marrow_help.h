/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_TEST_MARROW_HELP_H
#define OSARC_TEST_MARROW_HELP_H

/* Mixtures of known composition, and noise that is the same on every run. */

#include <math.h>
#include <stdint.h>

#include <osarc/attenuation.h>

#define HA_G_CM3 3.16

static inline double mu(osarc_absorber absorber, double kev)
{
    return osarc_absorber_density_g_cm3(absorber) * osarc_mass_attenuation_cm2_g(absorber, kev);
}

/* HU of so much hydroxyapatite, the rest fat and muscle by volume. */
static inline double mixed_hu(double fraction, double mineral_mg_cm3, double kev)
{
    double volume = mineral_mg_cm3 / (1000 * HA_G_CM3);
    double marrow = fraction * mu(OSARC_ABSORBER_TRIGLYCERIDE, kev) +
                    (1 - fraction) * mu(OSARC_ABSORBER_MUSCLE, kev);
    double all = volume * mu(OSARC_ABSORBER_HYDROXYAPATITE, kev) + (1 - volume) * marrow;
    return 1000 * (all / mu(OSARC_ABSORBER_WATER, kev) - 1);
}

/* Splitmix64: even on (0, 1). */
static inline double next_even(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return ((double) ((z ^ (z >> 31)) >> 11) + 0.5) * 0x1p-53;
}

/* Normal with SD 1, after Box and Muller. */
static inline double next_normal(uint64_t *state)
{
    double radius = sqrt(-2 * log(next_even(state)));
    return radius * cos(2 * M_PI * next_even(state));
}

#endif
