/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "marrow.h"

#include <math.h>
#include <string.h>

#include <osi/fail.h>

/* How far a tube voltage lets the energy open: 69 +- 10 keV at 120 kV, 95 %. */
#define VOLTAGE_SD 0.07

static int is_energy(double kev)
{
    return kev >= OSARC_ATTENUATION_LOW_KEV && kev <= OSARC_ATTENUATION_HIGH_KEV;
}

/*
 * Phantoms without water in their rods know no energy, and the one at which mass attenuation
 * follows HU best is not that of the beam: there the tube voltage has to do.
 */
osarc_status marrow_beam_find(marrow_beam *out, const osarc_calibration *calibration,
                              osarc_error *err)
{
    *out = (marrow_beam){{NAN, NAN, NAN}, 0, OSARC_ABSORBER_K2HPO4};
    if (calibration->rung == OSARC_RUNG_NONE)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "no calibration: the energy of the scan is not known");
    if (strcmp(calibration->basis, "K2HPO4") == 0)
        out->basis = OSARC_ABSORBER_K2HPO4;
    else if (strcmp(calibration->basis, "HA") == 0)
        out->basis = OSARC_ABSORBER_HYDROXYAPATITE;
    else
        return osi_fail(err, OSARC_ERR_QUALITY, "the basis of the calibration is not known");
    double kev = calibration->effective_energy_kev;
    const double *ci = calibration->energy_ci;
    out->own = is_energy(kev) && strcmp(calibration->method, "michalski2020") != 0;
    if (!out->own) {
        kev = osarc_effective_energy_kev(calibration->kvp);
        if (isnan(kev))
            return osi_fail(err, OSARC_ERR_QUALITY,
                            "the calibration has no energy, and the tube voltage is not known");
    }
    double half = Z_95 * VOLTAGE_SD * kev;
    int known = out->own && is_interval(ci);
    out->kev[0] = kev;
    out->kev[1] = clamp(known ? ci[0] : kev - (out->own ? 0 : half), OSARC_ATTENUATION_LOW_KEV,
                        OSARC_ATTENUATION_HIGH_KEV);
    out->kev[2] = clamp(known ? ci[1] : kev + (out->own ? 0 : half), OSARC_ATTENUATION_LOW_KEV,
                        OSARC_ATTENUATION_HIGH_KEV);
    return OSARC_OK;
}

marrow_reading marrow_mean_read(const osarc_calibration *calibration, const marrow_beam *b,
                                double hu, double se)
{
    double slope = calibration->density[1] + 2 * calibration->density[2] * hu;
    double half_mg = osarc_calibration_half_mg_cm3(calibration, hu);
    double half_hu = hypot(Z_95 * se, isfinite(half_mg) ? half_mg / slope : 0);
    if (!b->own)
        return (marrow_reading){hu, half_hu, slope};
    double per_mg = osarc_mineral_hu_per_mg_cm3(b->basis, b->kev[0]);
    return (marrow_reading){per_mg * osarc_calibration_mg_cm3(calibration, hu),
                            per_mg * slope * half_hu, 1 / per_mg};
}
