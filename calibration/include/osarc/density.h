/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_DENSITY_H
#define OSARC_DENSITY_H

/**
 * @file density.h
 * From CT numbers to mineral density in mg/cm3, with what the scale stands on and how sure it is.
 *
 * The ladder, best first: a phantom in the scan; a calibration made on a phantom before
 * (asynchronous); the patient's own tissues (internal); none.
 */

#include <osarc/mask.h>
#include <osarc/notes.h>
#include <osarc/rod_phantom.h>
#include <osarc/scale.h>

OSARC_BEGIN_DECLS

/* ---- phantom in the scan ---- */

typedef struct osarc_phantom_search {
    const osarc_rod_model *own_models; /**< The user's, tried first; may be NULL. */
    size_t own_count;
    int threads; /**< 0: all cores. */
} osarc_phantom_search;

/** Read models of the user's own phantoms (JSON; docs/calibration.md). The caller frees. */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_rod_models_read(osarc_rod_model **out,
                                                              size_t *count_out, const char *path,
                                                              osarc_error *err);
OSARC_API void osarc_rod_models_free(osarc_rod_model *models);

/**
 * Find the rods of a known phantom under or beside the patient and fit the scale to them.
 *
 * @param[out] out     Filled on success; rung NONE (and OSARC_OK) when no phantom is in view.
 * @param image        In HU.
 * @param tissue       Labels on the same grid; voxels of the phantom become OSARC_TISSUE_PHANTOM.
 * @param acquisition  Of the scan; copied into the calibration. May be NULL.
 * @param notes        Which phantom, what was left out; may be NULL.
 * @retval OSARC_ERR_QUALITY  a phantom is there, but cannot be told or the fit is bad: why
 */
OSARC_API OSARC_MUST_CHECK osarc_status
osarc_calibrate_phantom(osarc_calibration *out, const osarc_image *image, osarc_mask *tissue,
                        const osarc_acquisition *acquisition, const osarc_phantom_search *search,
                        osarc_notes *notes, osarc_error *err);

/**
 * Fit the scale to rods whose mean HU are known, in the order of the model.
 * NAN marks a rod that was not seen. Mindways models use the Mindways equations.
 * @retval OSARC_ERR_QUALITY  fewer than 2 rods (3 for an interval), or a bad fit: why
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_calibrate_rods(osarc_calibration *out,
                                                             const osarc_rod_model *model,
                                                             const double hu[OSARC_ROD_MAX],
                                                             const double hu_se[OSARC_ROD_MAX],
                                                             osarc_error *err);

/* ---- asynchronous ---- */

/** Write a phantom calibration as JSON, to a temporary name first. */
OSARC_API OSARC_MUST_CHECK osarc_status
osarc_calibration_write(const osarc_calibration *calibration, const char *path, osarc_error *err);

/**
 * @retval OSARC_ERR_IO      cannot be read
 * @retval OSARC_ERR_FORMAT  not a calibration, or damaged
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_calibration_read(osarc_calibration *out,
                                                               const char *path, osarc_error *err);

/**
 * Whether a calibration made before holds for this scan: same scanner, kVp and kernel.
 * `forced` turns a refusal into a warning note; its age in days is noted when `today` is given.
 * @param today  YYYY-MM-DD or NULL.
 * @retval OSARC_ERR_QUALITY  another scanner, kVp or kernel, or one that is not known
 */
OSARC_API OSARC_MUST_CHECK osarc_status
osarc_calibration_check(const osarc_calibration *calibration, const osarc_acquisition *acquisition,
                        int forced, const char *today, osarc_notes *notes, osarc_error *err);

/* ---- internal ---- */

typedef enum osarc_internal_method {
    OSARC_INTERNAL_LINEAR_MU = 0,
    OSARC_INTERNAL_MICHALSKI2020 = 1
} osarc_internal_method;

/** What the patient's tissues read on this scan; NAN where too little or none is in view. */
typedef struct osarc_tissue_samples {
    double air_hu, air_se;
    double fat_hu, fat_se;
    double muscle_hu, muscle_se;
    double blood_hu, blood_se;
    double cortical_hu, cortical_se;
    char blood_from[32]; /**< "aorta" or a stated substitute; "" when none. */
    int blood_enhanced;  /**< 1 when blood is brighter than unenhanced blood can be. */
    double noise_sd_hu;
} osarc_tissue_samples;

/** Where the spine runs, for the vessels in front of it. */
typedef struct osarc_spine_line {
    const double (*centre_mm)[3]; /**< Middles of vertebral bodies, LPS, head to foot. */
    const double (*back)[3];      /**< Unit vectors towards the back, one each. */
    size_t count;
} osarc_spine_line;

/**
 * Sample air, subcutaneous fat, muscle, blood and cortical bone.
 * @param line  NULL: blood is not sampled.
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_tissue_samples_read(
    osarc_tissue_samples *out, const osarc_image *image, const osarc_mask *tissue,
    const osarc_spine_line *line, osarc_notes *notes, int threads, osarc_error *err);

/**
 * Fit the scale to the patient's tissues. Basis K2HPO4.
 * @retval OSARC_ERR_QUALITY  fewer than three tissues, or one that is implausible: why
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_calibrate_internal(
    osarc_calibration *out, const osarc_tissue_samples *samples, osarc_internal_method method,
    const osarc_acquisition *acquisition, osarc_notes *notes, osarc_error *err);

OSARC_END_DECLS

#endif
