/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_CALIBRATION_INTERNAL_H
#define OSI_CALIBRATION_INTERNAL_H

/* The tissues that an internal calibration stands on, and its two methods. */

#include <osarc/attenuation.h>
#include <osarc/density.h>

OSARC_BEGIN_DECLS

#define OSI_TISSUE_KINDS 5

/* One tissue as reference books and patients have it. Sources: internal_tissues.c. */
typedef struct osi_reference_tissue {
    const char *name;
    osarc_absorber absorber;
    double possible[2]; /* outside: refused */
    double usual[2];    /* outside: noted */
    double spread_hu;   /* SD of patients, when read below the reference */
    double above_hu;    /* the same when read above it */
    int relative;       /* 1: the two are shares of the reference HU */
} osi_reference_tissue;

extern const osi_reference_tissue OSI_REFERENCE_TISSUES[OSI_TISSUE_KINDS];

/* Tissues that were seen, in the order of the table. */
typedef struct osi_tissue_set {
    size_t count;
    const osi_reference_tissue *tissue[OSI_TISSUE_KINDS];
    double hu[OSI_TISSUE_KINDS];
    double se[OSI_TISSUE_KINDS];
} osi_tissue_set;

/* SD of what a tissue may read in a patient around `reference_hu`, its own and that of the mean. */
double osi_tissue_sd_hu(const osi_tissue_set *set, size_t i, double reference_hu, int below);

/* Gates, and what is left out; at least three tissues. */
OSARC_MUST_CHECK osarc_status osi_tissue_set_take(osi_tissue_set *out,
                                                  const osarc_tissue_samples *samples,
                                                  osarc_notes *notes, osarc_error *err);

int osi_tissue_set_has(const osi_tissue_set *set, osarc_absorber absorber);

/* Both fill density[], its covariance, energy, slope, intercept, points and fit quality. */
OSARC_MUST_CHECK osarc_status osi_fit_linear_mu(osarc_calibration *out, const osi_tissue_set *set,
                                                double kvp, osarc_notes *notes, osarc_error *err);
OSARC_MUST_CHECK osarc_status osi_fit_michalski2020(osarc_calibration *out,
                                                    const osi_tissue_set *set, osarc_error *err);

/* Points and their residuals from what the fit predicts, r2 and residual SD. */
void osi_calibration_points(osarc_calibration *out, const osi_tissue_set *set,
                            const double predicted_hu[OSI_TISSUE_KINDS]);

OSARC_END_DECLS

#endif
