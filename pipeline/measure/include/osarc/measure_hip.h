/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_MEASURE_HIP_H
#define OSARC_MEASURE_HIP_H

/**
 * @file measure_hip.h
 * A proximal femur in CT seen as densitometry sees it: its mineral projected along the one
 * direction in which neck and shaft both lie flat, in the regions of hip_region.h.
 */

#include <osarc/femur_part.h>
#include <osarc/hip_region.h>
#include <osarc/mask.h>
#include <osarc/measure.h>
#include <osarc/reference.h>
#include <osarc/scale.h>

OSARC_BEGIN_DECLS

/** Where the box of the neck lies along its axis. */
typedef enum osarc_neck_rule {
    OSARC_NECK_AT_NOTCH = 0,    /**< Against the notch of the greater trochanter. */
    OSARC_NECK_AT_NARROWEST = 1 /**< In the middle of the narrowest section. */
} osarc_neck_rule;

/** "neck-at-notch", "neck-at-narrowest". Static; NULL for another number. */
OSARC_API const char *osarc_neck_rule_name(osarc_neck_rule rule);

/** What a femur is projected from; all borrowed. */
typedef struct osarc_hip_input {
    const osarc_image *image; /**< In HU. */
    const osarc_mask *tissue; /**< On the same grid: tells other bones from soft tissue. */
    const osarc_mask *codes;  /**< Bits OSARC_FEMUR_*, on the same grid. */
    const osarc_femur *femur; /**< The one to project. */
    const osarc_calibration *calibration; /**< NULL or rung NONE: areas and lengths alone. */
    double noise_sd_hu;                   /**< NAN when not known. */
    osarc_neck_rule neck;
} osarc_hip_input;

/** A value with the parts of its interval, each half a 95 % one; NAN where not known. */
typedef struct osarc_hip_value {
    double value;
    double fit;
    double noise;
    double placement;
} osarc_hip_value;

/** One region. */
typedef struct osarc_hip_values {
    char refused[160]; /**< Why it has no values; "" when it does. */
    osarc_hip_value abmd_g_cm2;
    osarc_hip_value bmc_g;
    osarc_hip_value area_cm2;
    osarc_hip_value integral_mg_cm3;   /**< All mineral over all bone, marrow included. */
    osarc_hip_value trabecular_mg_cm3; /**< Away from compact bone; NAN: too little of it. */
    osarc_hip_value compact_mg_cm3;
    double volume_cm3;
} osarc_hip_values;

/** Labels of pixels of a projection. */
typedef enum osarc_hip_pixel {
    OSARC_HIP_PIXEL_NONE = 0,
    OSARC_HIP_PIXEL_NECK = 1,
    OSARC_HIP_PIXEL_TROCHANTER = 2,
    OSARC_HIP_PIXEL_INTERTROCHANTER = 3,
    OSARC_HIP_PIXEL_OTHER = 4 /**< Bone, but of no region: head, and shaft below the last line. */
} osarc_hip_pixel;

/**
 * The projected image. Its plane holds the axes of neck and shaft: x runs to the middle of the
 * body, y up the shaft, 0 where the shaft passes the lesser trochanter.
 */
typedef struct osarc_hip_projection {
    size_t size[2];
    double pixel_mm;
    double origin_mm[2]; /**< Middle of the first pixel. */
    float *g_cm2;        /**< Areal density; NULL without a density scale. */
    float *bone_mm;      /**< Length of the line in bone. */
    uint8_t *labels;     /**< osarc_hip_pixel, of pixels that are bone. */
    osarc_side side;
    double head_mm[2]; /**< On the plane. */
    double head_radius_mm;
    double neck_way[2];     /**< Unit, along the neck from head to shaft. */
    double neck_from_mm[2]; /**< Foot of the head's centre on the neck's axis. */
    double cross_mm[2];     /**< Where the axes cross: the line between the lower two regions. */
    double box_mm[2];       /**< Ends of the box along the neck from its foot; NAN: no box. */
    double box_half_mm[2];  /**< How far the bone reaches below and above the axis in it. */
    double last_mm;         /**< Height of the last line; NAN without the lesser trochanter. */
    osarc_neck_rule neck;   /**< As it was placed. */
    char neck_note[160];    /**< Why not as asked for; "" when it was. */
    osarc_hip_values values[OSARC_HIP_REGION_COUNT];
} osarc_hip_projection;

/**
 * Projects one femur and sums its regions. What the femur refuses is refused in the values.
 *
 * @param[out] out  The caller frees it. NULL on failure.
 * @retval OSARC_ERR_UNIT      the image is not in HU
 * @retval OSARC_ERR_GEOMETRY  the grids differ
 * @retval OSARC_ERR_QUALITY   the femur is refused whole, or its axes are unusable
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_hip_project(osarc_hip_projection **out,
                                                          const osarc_hip_input *input,
                                                          osarc_error *err);

/** NULL is allowed. */
OSARC_API void osarc_hip_projection_free(osarc_hip_projection *projection);

/** One femur with its projection; all borrowed. */
typedef struct osarc_hip_level {
    const osarc_femur *femur;
    const osarc_hip_projection *projection; /**< NULL: refused. */
    const char *refused;                    /**< Why; may be NULL. */
} osarc_hip_level;

/** What the rows of hips are made from. */
typedef struct osarc_hip_rows {
    const osarc_hip_level *levels;
    size_t level_count;
    const osarc_calibration *calibration; /**< NULL or rung NONE: all but areas is refused. */
    const char *calibration_refused;      /**< Why there is none; may be NULL. */
    const char *calibration_warnings;     /**< Weakens every row; NULL or "" for nothing. */
    const char *hips_refused;             /**< Why no femur was found; may be NULL. */
    int blood_read;                       /**< As for osarc_spine_input. */
    int blood_enhanced;
    int accept_contrast;
    osarc_person person;                   /**< Who is compared with a population. */
    const osarc_reference_db *references;  /**< The user's; may be NULL. */
    const osarc_bmd_equation *conversions; /**< The user's, from CTXA to a scale; may be NULL. */
    size_t conversion_count;
} osarc_hip_rows;

/**
 * For each femur and region: abmd, bmc, bone_area, vbmd_integral, vbmd_trabecular and
 * vbmd_compact; t_score and z_score of neck and total. Formulas and intervals in
 * docs/measurements.md. What cannot be measured is a refused row.
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_measure_hips(osarc_findings *findings,
                                                           const osarc_measure_context *context,
                                                           const osarc_hip_rows *rows,
                                                           osarc_error *err);

OSARC_END_DECLS

#endif
