/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_SCALE_H
#define OSARC_SCALE_H

/**
 * @file scale.h
 * A density scale and what was solved with it: made by calibration, printed by measures.
 */

#include <osarc/scan.h>

OSARC_BEGIN_DECLS

typedef enum osarc_rung {
    OSARC_RUNG_NONE = 0,
    OSARC_RUNG_INTERNAL = 1,
    OSARC_RUNG_ASYNCHRONOUS = 2,
    OSARC_RUNG_PHANTOM = 3
} osarc_rung;

/** One rod or tissue that the scale was fitted to. */
typedef struct osarc_calibration_point {
    char name[32];
    double hu;          /**< Mean in the scan. */
    double hu_se;       /**< Standard error of that mean. */
    double reference;   /**< Density in mg/cm3 of a rod; predicted HU of a tissue. */
    double residual_hu; /**< Measured less fitted. */
} osarc_calibration_point;

#define OSARC_CALIBRATION_POINTS 12

/**
 * A scale: mg/cm3 = density[0] + density[1] * HU + density[2] * HU^2.
 * All zero is no calibration. Numbers that are not known are NAN.
 */
typedef struct osarc_calibration {
    osarc_rung rung;
    char method[32]; /**< "phantom", "linear_mu", "michalski2020"; async keeps how it was made. */
    char model[32];  /**< Id of the rod phantom, or "". */
    char basis[16];  /**< "K2HPO4" or "HA". */
    double density[3];
    double covariance[3][3]; /**< Of density[], from the fit. */
    double t_95;             /**< Quantile of Student's t for a 95 % interval of the fit. */
    double
        systematic_mg_cm3; /**< Half a 95 % interval of what the fit cannot see; 0: none known. */
    double slope_hu_per_mg_cm3; /**< At water, for the report. */
    double intercept_hu;
    double slope_ci[2];     /**< 95 % */
    double intercept_ci[2]; /**< 95 % */
    double r2;
    double residual_sd_hu;
    double effective_energy_kev;
    double energy_ci[2]; /**< 95 % */
    osarc_calibration_point points[OSARC_CALIBRATION_POINTS];
    size_t point_count;
    /* the scan that it was made on */
    double kvp;
    char manufacturer[OSARC_TEXT_SIZE];
    char device_model[OSARC_TEXT_SIZE];
    char device_serial[OSARC_TEXT_SIZE];
    char kernel[OSARC_TEXT_SIZE];
    char made_on[16]; /**< YYYY-MM-DD, of an asynchronous file; else "". */
} osarc_calibration;

/** Density of a CT number; NAN without a calibration. */
OSARC_API double osarc_calibration_mg_cm3(const osarc_calibration *calibration, double hu);

/** Half the 95 % interval that the fit leaves there (with the systematic part); NAN when unknown.
 */
OSARC_API double osarc_calibration_half_mg_cm3(const osarc_calibration *calibration, double hu);

/** A fraction by volume with its 95 % interval, and what it says of density. */
typedef struct osarc_marrow_fat {
    double fraction; /**< Of marrow (fat and soft tissue, without mineral). */
    double ci[2];
    double mineral_mg_cm3; /**< Hydroxyapatite, with the fat accounted for. */
    double mineral_ci[2];
    double density_error_mg_cm3; /**< What this fat takes from a single-energy density. */
    double condition;            /**< Of the 3x3 equations; NAN for one energy. */
    double residual;             /**< RMS of the volume constraint after clamping; NAN for one. */
    size_t voxels;
    size_t clamped;  /**< Voxels whose solution had to be moved into [0, 1]. */
    char method[24]; /**< "three-material" or "model-based". */
} osarc_marrow_fat;

OSARC_END_DECLS

#endif
