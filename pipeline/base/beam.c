/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/beam.h>

#include <math.h>
#include <string.h>

#include <osi/fail.h>

/* Mean energies of the first two are near their names; 25 mm of aluminium stand for the brass of
 * densitometers that switch the tube voltage. */
static const osarc_beam_pair PAIRS[] = {
    {"40/70", {{80, 3, 32, 48}, {80, 3, 60, 80}}},
    {"38/76", {{100, 3, 28, 46}, {100, 3, 60, 100}}},
    {"70/140", {{70, 3, 10, 70}, {140, 25, 10, 140}}},
};

const osarc_beam_pair *osarc_beam_pair_find(const char *name)
{
    for (size_t i = 0; name && i < sizeof(PAIRS) / sizeof(PAIRS[0]); i++)
        if (strcmp(PAIRS[i].name, name) == 0)
            return &PAIRS[i];
    return NULL;
}

osarc_status osarc_beam_weights(double weights_out[OSARC_BEAM_ENERGIES], const osarc_beam *beam,
                                osarc_error *err)
{
    if (!weights_out || !beam)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a beam and room for its weights are needed");
    double filter_g_cm2 =
        beam->aluminium_mm / 10 * osarc_absorber_density_g_cm3(OSARC_ABSORBER_ALUMINIUM);
    double sum = 0;
    for (int i = 0; i < OSARC_BEAM_ENERGIES; i++) {
        double kev = OSARC_ATTENUATION_LOW_KEV + i;
        int is_in = kev >= beam->low_kev && kev < beam->high_kev && kev < beam->kvp;
        double aluminium = osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_ALUMINIUM, kev);
        weights_out[i] = is_in ? (beam->kvp - kev) / kev * exp(-aluminium * filter_g_cm2) : 0;
        sum += weights_out[i];
    }
    if (!(sum > 0) || !isfinite(sum))
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a beam of %g kV without photons from %g to %g",
                        beam->kvp, beam->low_kev, beam->high_kev);
    for (int i = 0; i < OSARC_BEAM_ENERGIES; i++)
        weights_out[i] /= sum;
    return OSARC_OK;
}
