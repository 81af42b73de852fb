/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_PHANTOM_H
#define OSARC_PHANTOM_H

/**
 * @file phantom.h
 * Synthetic scans of analytic shapes whose true areas, volumes and CT numbers are known in
 * closed form.
 */

#include <osarc/femur_part.h>
#include <osarc/hip_region.h>
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
    int streaks;       /**< Thigh only: streaks of fat in muscle, 4, 2 and 1 mm and a pixel wide. */
    double muscle_fat; /**< Thigh only: share of fat in the muscle of the right limb, up to 0.6. */
    /* of the hip only; refused for others. Its trabecular density, basis, energy and middle are
     * those below; its metal is "left" or "right". */
    double leg_turn_deg;    /**< Each leg about its shaft, toes outwards, up to 30 either way. */
    double anteversion_deg; /**< Head in front of the shaft, 0 to 40. */
    double joint_gap_mm;    /**< Between head and socket, 0.5 to 8. Default 4. */
    double cortical_mg_cm3; /**< Of compact bone, in that basis, 200 to 1200. Default 900. */
    /* of the spine only; refused for others */
    int lumbar;               /**< Vertebrae between the last rib and the sacrum, 4 to 6; 0: 5. */
    double effective_kev;     /**< 40 to 120. Default: what is assumed for kvp. */
    double centre_z_mm;       /**< Middle of the stack, -300 to 300; 0: the kind's. */
    double trabecular_mg_cm3; /**< Of L2, over water, 1 to 400. Default 120. */
    /** Of that density: "K2HPO4", as when empty, or "HA". Bone is hydroxyapatite in both; K2HPO4 is
     *  what reads the same at the first energy. */
    char basis[16];
    double marrow_fat; /**< Triglyceride, share by volume of what is not mineral, up to 0.95. */
    double second_kvp; /**< 70 to 150: the same body once more; 0: not. */
    double second_effective_kev; /**< Default: what is assumed for second_kvp. */
    int without_ribs;
    int without_sacrum;   /**< 1: no hip bones either. */
    double rotate_deg;    /**< Body about z, left to back, up to 30 either way. */
    double tilt_deg;      /**< Body about x, head to back, up to 20 either way. */
    double scoliosis_deg; /**< Angle between the most tilted vertebrae, up to 20 either way. */
    char fracture[8];     /**< "L1" and the like: front height of 70 %. Empty: none. */
    char metal[8];        /**< Level with pedicle screws; side with a ball and stem. */
    char cement[8];       /**< Level filled with cement in its middle. */
    char rods[32];        /**< Id of a rod phantom under the back; empty: none. */
    double rods_tilt_deg; /**< Its head end lower, up to 10 either way. */
} osarc_phantom_options;

/** A vertebra as drawn. Texts are static. */
typedef struct osarc_phantom_level {
    const char *name;    /**< "T10" to "L6". */
    uint8_t label;       /**< Structure number; 0 for L6, which has none. */
    int whole;           /**< 1 when the whole body is in view. */
    double centre_mm[3]; /**< Half way between front, back and end plates, LPS. */
    double up[3];        /**< Unit: across the end plates, towards the head. */
    double back[3];      /**< Unit: from the body to the canal. */
    double height_anterior_mm;
    double height_middle_mm;
    double height_posterior_mm;
    double width_mm;
    double depth_mm;
    double body_cm3;
    double trabecular_cm3; /**< Without shell, end plates, screws and cement. */
    double mineral_mg_cm3; /**< In the basis asked for. */
    double marrow_fat;     /**< Triglyceride, share by volume of what is not mineral. */
    double hu;             /**< Of its trabecular bone. */
    double second_hu;      /**< At the second voltage; NAN without. */
    double k2hpo4_mg_cm3;  /**< What hu is on a perfect K2HPO4 scale that knows of no fat. */
    double ha_mg_cm3;      /**< What hu is on a perfect hydroxyapatite scale. */
    int fractured;
    int has_metal;
    int has_cement;
} osarc_phantom_level;

/** A rod as drawn. */
typedef struct osarc_phantom_rod {
    double density_mg_cm3;
    double water_density_mg_cm3; /**< Mindways only; else 0. */
    double centre_mm[3];         /**< In the middle of the stack, LPS. */
    double along[3];             /**< Unit, towards the head. */
    double diameter_mm;
    double hu;
    double second_hu; /**< NAN without a second voltage. */
} osarc_phantom_rod;

/** True values of a region of a femur, seen along the line in which its axes lie flat. */
typedef struct osarc_phantom_hip_region {
    double area_cm2;
    double bmc_g;
    double abmd_g_cm2;
    double volume_cm3;
    double integral_mg_cm3;
    double compact_cm3;
} osarc_phantom_hip_region;

/** A femur as drawn. */
typedef struct osarc_phantom_femur {
    osarc_femur femur;
    osarc_phantom_hip_region regions[OSARC_HIP_REGION_COUNT];
    double core_mg_cm3; /**< Of its spongy bone, in the basis asked for. */
    double compact_mg_cm3;
} osarc_phantom_femur;

/** The scale a perfect calibration finds. */
typedef struct osarc_phantom_scale {
    double kvp;
    double effective_kev;
    double hu_per_k2hpo4_mg_cm3; /**< Water reads 0. */
    double hu_per_ha_mg_cm3;
} osarc_phantom_scale;

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

/** TotalSegmentator numbers of bones; NULL for kinds without. */
OSARC_API const osarc_mask *osarc_phantom_structures(const osarc_phantom *phantom);

/** The same body at second_kvp, and how it was taken; NULL without. */
OSARC_API const osarc_image *osarc_phantom_second_image(const osarc_phantom *phantom);
OSARC_API const osarc_acquisition *osarc_phantom_second_acquisition(const osarc_phantom *phantom);

/** Head to foot; 0 for kinds without vertebrae of known density. */
OSARC_API size_t osarc_phantom_level_count(const osarc_phantom *phantom);

/** Borrowed; NULL past the end. */
OSARC_API const osarc_phantom_level *osarc_phantom_level_at(const osarc_phantom *phantom,
                                                            size_t index);

/** Left, then right; 0 for kinds without. */
OSARC_API size_t osarc_phantom_femur_count(const osarc_phantom *phantom);

/** Borrowed; NULL past the end. */
OSARC_API const osarc_phantom_femur *osarc_phantom_femur_at(const osarc_phantom *phantom,
                                                            size_t index);

/** In the order of the model; 0 without rods. */
OSARC_API size_t osarc_phantom_rod_count(const osarc_phantom *phantom);

/** Borrowed; NULL past the end. */
OSARC_API const osarc_phantom_rod *osarc_phantom_rod_at(const osarc_phantom *phantom, size_t index);

/** Of the first voltage, or with second 1 of the second, whose numbers are NAN without one. */
OSARC_API osarc_phantom_scale osarc_phantom_scale_of(const osarc_phantom *phantom, int second);

OSARC_API size_t osarc_phantom_truth_count(const osarc_phantom *phantom);
OSARC_API const osarc_truth *osarc_phantom_truth(const osarc_phantom *phantom, size_t index);

/** NULL is allowed. */
OSARC_API void osarc_phantom_free(osarc_phantom *phantom);

OSARC_END_DECLS

#endif
