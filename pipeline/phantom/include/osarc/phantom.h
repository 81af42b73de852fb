/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_PHANTOM_H
#define OSARC_PHANTOM_H

/**
 * @file phantom.h
 * Synthetic scans of analytic shapes whose true areas, volumes and CT numbers are known in
 * closed form.
 */

#include <osarc/mask.h>
#include <osarc/scan.h>

OSARC_BEGIN_DECLS

/** How the stack lies in patient space. */
typedef enum osarc_phantom_plane {
    OSARC_PLANE_AXIAL = 0,
    OSARC_PLANE_SAGITTAL = 1,
    OSARC_PLANE_CORONAL = 2
} osarc_phantom_plane;

/** All-zero means default. */
typedef struct osarc_phantom_options {
    uint64_t seed;              /**< Of the noise. */
    double pixel_mm;            /**< In plane. Default 1. */
    double slice_mm;            /**< Between slices. Default 1. */
    double thickness_mm;        /**< Slice thickness, for overlapping slices. Default slice_mm. */
    double noise_sd_hu;         /**< Gaussian. Default 0. */
    double kvp;                 /**< Moves fat and bone as attenuation does. Default 120. */
    size_t matrix;              /**< Columns and rows; 0: as many as the shape needs. */
    osarc_phantom_plane plane;
    int feet_first;             /**< Columns and slices run the other way. */
    int prone;
    int circle_padding;         /**< 1: outside a circle is marked as outside the field of view. */
    int without_table;
    int contrast;               /**< 1: vessels, kidneys and bowel are enhanced. */
} osarc_phantom_options;

/** One true value. */
typedef struct osarc_truth {
    const char *quantity; /**< As in findings.csv: "sat_volume", "tissue_mean_hu" ... */
    const char *tissue;   /**< Name of the tissue label, or "". */
    double value;
    const char *unit;
    double tolerance;         /**< Absolute, for the measurement at these settings. */
    const char *tolerance_reason;
} osarc_truth;

typedef struct osarc_phantom osarc_phantom;

/** Kinds there are, ending in NULL: "abdomen", "thigh" ... */
OSARC_API const char *const *osarc_phantom_kinds(void);

/**
 * @param[out] out  The caller frees it. NULL on failure.
 * @param kind      One of osarc_phantom_kinds.
 * @retval OSARC_ERR_ARGUMENT  no such kind, or an option out of its range
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_phantom_create(osarc_phantom **out, const char *kind,
                                                             const osarc_phantom_options *options,
                                                             osarc_error *err);

OSARC_API const osarc_image *osarc_phantom_image(const osarc_phantom *phantom);
OSARC_API const osarc_acquisition *osarc_phantom_acquisition(const osarc_phantom *phantom);

/** The label of the material that fills most of each voxel. */
OSARC_API const osarc_mask *osarc_phantom_tissue(const osarc_phantom *phantom);

OSARC_API size_t osarc_phantom_truth_count(const osarc_phantom *phantom);
OSARC_API const osarc_truth *osarc_phantom_truth(const osarc_phantom *phantom, size_t index);

/** NULL is allowed. */
OSARC_API void osarc_phantom_free(osarc_phantom *phantom);

OSARC_END_DECLS

#endif
