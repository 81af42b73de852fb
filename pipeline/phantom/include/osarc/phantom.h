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
    uint64_t seed;       /**< Of the noise. */
    double pixel_mm;     /**< In plane, 0.1 to 20. Default 1. */
    double slice_mm;     /**< Between slices, 0.1 to 50. Default 1. */
    double thickness_mm; /**< Slice thickness, up to 4 slice_mm. Default slice_mm. */
    double length_mm;    /**< Of the stack from feet to head, up to 600. Default: the kind's. */
    double noise_sd_hu;  /**< Gaussian, up to 200. Default 0. */
    double kvp;          /**< Moves fat and bone as attenuation does, 70 to 150. Default 120. */
    size_t matrix;       /**< Axial columns and rows, 16 to 4096; 0: as many as the shape needs. */
    osarc_phantom_plane plane;
    int feet_first;     /**< Columns and slices run the other way. */
    int prone;          /**< Columns and rows run the other way; the table is in front. */
    int circle_padding; /**< 1: outside a circle is marked as outside the field of view. */
    int without_table;  /**< 1: neither table nor tubes. */
    int table_touches;  /**< 1: the table touches the skin; else it is 5 mm away. */
    int blanket;        /**< 1: wrapped in a thin sheet, a few mm off the skin. */
    int contrast;       /**< 1: vessels, kidneys and bowel are enhanced. */
    int threads;        /**< 0: all cores. */
} osarc_phantom_options;

/**
 * One true value. Volumes are of the whole stack, areas of the axial plane in its middle.
 * A body that is cut by the edge of the view has no volumes and no areas. Texts are static.
 */
typedef struct osarc_truth {
    const char *quantity; /**< As in findings.csv, "_area", "material_volume" or "material_hu". */
    const char *tissue;   /**< Name of the tissue label or of the material, or "". */
    double value;
    const char *unit;
    double tolerance; /**< Absolute, for the measurement at these settings. */
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

/** One of osarc_phantom_kinds. */
OSARC_API const char *osarc_phantom_kind(const osarc_phantom *phantom);

/** What it was made with, defaults filled in. */
OSARC_API const osarc_phantom_options *osarc_phantom_settings(const osarc_phantom *phantom);

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
