/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CALIBRATION_MARROW_H
#define CALIBRATION_MARROW_H

#include <math.h>

#include <osarc/marrow_fat.h>

/* What marrow is made of: docs/decisions/marrow-fat.md. */
#define FAT        OSARC_ABSORBER_TRIGLYCERIDE
#define SOFT       OSARC_ABSORBER_MUSCLE
#define DENSE_SOFT OSARC_ABSORBER_BLOOD /* what soft tissue may be in its place */
#define MINERAL    OSARC_ABSORBER_HYDROXYAPATITE

/* Calcium of ICRU-44 cortical bone, 0.225 of 1920 mg/cm3, as hydroxyapatite, 0.3989 calcium. */
#define COMPACT_BONE_MG_CM3 1083.0

#define Z_95 1.9600 /* normal distribution */

/* All unknown. */
osarc_marrow_fat marrow_fat_none(const char *method);

static inline int is_interval(const double ci[2])
{
    return isfinite(ci[0]) && isfinite(ci[1]) && ci[1] > ci[0];
}

static inline double clamp(double value, double low, double high)
{
    return fmin(high, fmax(low, value));
}

#endif
