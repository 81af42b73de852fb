/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_BEAM_H
#define OSARC_BEAM_H

/**
 * @file beam.h
 * Plain models of X-ray beams: bremsstrahlung by Kramers' law behind aluminium, cut to an energy
 * window. For phantoms and tests; nothing of a patient is measured with them.
 */

#include <osarc/attenuation.h>

OSARC_BEGIN_DECLS

/** Photons per keV go as (kvp - E) / E, less what the filter takes, between low and high. */
typedef struct osarc_beam {
    double kvp;
    double aluminium_mm;
    double low_kev;
    double high_kev; /**< Not counted itself. */
} osarc_beam;

/** Energies of the table that a beam may hold. */
#define OSARC_BEAM_ENERGIES (OSARC_ATTENUATION_HIGH_KEV - OSARC_ATTENUATION_LOW_KEV + 1)

/** A low and a high beam, as densitometers use them. */
typedef struct osarc_beam_pair {
    const char *name;    /**< "40/70", "38/76" or "70/140"; static. */
    osarc_beam beams[2]; /**< Low, high. */
} osarc_beam_pair;

/**
 * "40/70" and "38/76" are two windows of one tube voltage, as behind a filter with a K edge or on a
 * counter that sorts by energy; "70/140" are two tube voltages. NULL for another name.
 */
OSARC_API const osarc_beam_pair *osarc_beam_pair_find(const char *name);

/**
 * Share of photons at OSARC_ATTENUATION_LOW_KEV + i keV, with a sum of 1.
 * @retval OSARC_ERR_ARGUMENT  no photon is left in the window
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_beam_weights(double weights_out[OSARC_BEAM_ENERGIES],
                                                           const osarc_beam *beam,
                                                           osarc_error *err);

OSARC_END_DECLS

#endif
