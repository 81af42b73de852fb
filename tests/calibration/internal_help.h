/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_TEST_INTERNAL_H
#define OSARC_TEST_INTERNAL_H

/* Tissues as books and as patients have them. */

#include <math.h>
#include <string.h>

#include <expect.h>
#include <osarc/attenuation.h>
#include <osarc/density.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static inline osarc_tissue_samples nothing(void)
{
    return (osarc_tissue_samples){.air_hu = NAN,
                                  .fat_hu = NAN,
                                  .muscle_hu = NAN,
                                  .blood_hu = NAN,
                                  .cortical_hu = NAN,
                                  .noise_sd_hu = NAN};
}

/* What ICRU-44 tissues read at one energy, by the definition of the CT number. */
static inline osarc_tissue_samples icru(double kev)
{
    osarc_tissue_samples s = nothing();
    s.air_hu = osarc_absorber_hu(OSARC_ABSORBER_AIR, kev);
    s.fat_hu = osarc_absorber_hu(OSARC_ABSORBER_ADIPOSE, kev);
    s.muscle_hu = osarc_absorber_hu(OSARC_ABSORBER_MUSCLE, kev);
    s.blood_hu = osarc_absorber_hu(OSARC_ABSORBER_BLOOD, kev);
    s.cortical_hu = osarc_absorber_hu(OSARC_ABSORBER_CORTICAL_BONE, kev);
    return s;
}

/* A patient of the usual kind at 120 kV. */
static inline osarc_tissue_samples patient(void)
{
    osarc_tissue_samples s = nothing();
    s.air_hu = -1000;
    s.fat_hu = -100;
    s.muscle_hu = 55;
    s.blood_hu = 45;
    s.cortical_hu = 1150;
    return s;
}

static inline osarc_acquisition at_kvp(double kvp)
{
    osarc_acquisition a;
    osarc_acquisition_init(&a);
    a.kvp = kvp;
    return a;
}

static inline osarc_calibration fit(osarc_tissue_samples samples, osarc_internal_method method,
                                    double kvp)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_acquisition acquisition = at_kvp(kvp);
    osarc_calibration c;
    EXPECT_OK(osarc_calibrate_internal(&c, &samples, method, &acquisition, NULL, &err));
    return c;
}

static inline int noted(const osarc_notes *notes, const char *code)
{
    for (size_t i = 0; i < osarc_notes_count(notes); i++)
        if (strcmp(osarc_notes_at(notes, i)->code, code) == 0)
            return 1;
    return 0;
}

#endif
