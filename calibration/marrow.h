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

/* The scale of a scan in terms of energy. */
typedef struct marrow_beam {
    double kev[3]; /* best, and the ends of its 95 % interval */
    int own;       /* solved with the scale: then that is one of gain and offset too */
    osarc_absorber basis;
} marrow_beam;

/* OSARC_ERR_QUALITY without a calibration, a known basis, or an energy or tube voltage. */
osarc_status marrow_beam_find(marrow_beam *out, const osarc_calibration *calibration,
                              osarc_error *err);

/* A mean as an ideal scanner of that energy would read it. */
typedef struct marrow_reading {
    double hu;
    double half_hu;   /* of the 95 % interval, from the mean and from the scale */
    double mg_per_hu; /* of the scale */
} marrow_reading;

marrow_reading marrow_mean_read(const osarc_calibration *calibration, const marrow_beam *b,
                                double hu, double se);

static inline int is_interval(const double ci[2])
{
    return isfinite(ci[0]) && isfinite(ci[1]) && ci[1] > ci[0];
}

static inline double clamp(double value, double low, double high)
{
    return fmin(high, fmax(low, value));
}

#endif
