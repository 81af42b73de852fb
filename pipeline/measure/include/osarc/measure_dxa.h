/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_MEASURE_DXA_H
#define OSARC_MEASURE_DXA_H

/**
 * @file measure_dxa.h
 * Rows of densitometer images: density, mineral and area of vertebrae; lean and fat of a body.
 */

#include <osarc/dxa_maps.h>
#include <osarc/measure.h>
#include <osarc/reference.h>

OSARC_BEGIN_DECLS

/** What densities are compared with. */
typedef struct osarc_dxa_scores {
    osarc_bmd_scale scale; /**< Whose scale the calibration gives; unknown: no scores. */
    osarc_person person;
    const osarc_reference_db *references; /**< The user's; may be NULL. */
} osarc_dxa_scores;

/** A bone region of a projection. NAN where it cannot be measured. */
typedef struct osarc_dxa_bone {
    double bmc_g;
    double area_cm2;
    double abmd_g_cm2;
    double bmc_half_g; /**< Half a 95 % interval, by noise, edges and calibration. */
    double area_half_cm2;
    double abmd_half_g_cm2;
} osarc_dxa_bone;

/**
 * One label of a picture. The edge is where density, smoothed over 3 x 3 pixels, falls to half of
 * the region's median, between pixels; mineral is summed up to 2 mm beyond the labels.
 * @param labels  One for each pixel of the maps.
 * @retval OSARC_ERR_QUALITY  the label is not there, or on too few pixels
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_dxa_bone_measure(osarc_dxa_bone *out,
                                                               const osarc_dxa_maps *maps,
                                                               const uint8_t *labels, uint8_t label,
                                                               osarc_error *err);

/**
 * Rows of L1 to L4, each and together. A vertebra that differs by more than a T-score from both
 * neighbours, or at an end from the next one, is left out of means; where fewer than two are left,
 * means are refused.
 * @param labels   Structure numbers; NULL: none were found.
 * @param refused  Why there are none; "" or NULL when there are.
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_measure_dxa_spine(
    osarc_findings *findings, const osarc_measure_context *context, const osarc_dxa_maps *maps,
    const uint8_t *labels, const char *refused, const osarc_dxa_scores *scores, osarc_error *err);

/** Lines between the regions of a femur. Places are in mm from the middle of the first pixel,
 * {across, down}; ways are unit vectors. */
typedef struct osarc_dxa_femur_lines {
    double neck_mm[2];    /**< On the neck's axis. */
    double neck_way[2];   /**< From shaft to head. */
    double box_mm[2];     /**< Ends of the box along the axis from there: towards shaft and head. */
    double neck_reach_mm; /**< No neck lies farther from its axis. */
    double shaft_mm[2];   /**< On the shaft's axis. */
    double shaft_way[2];  /**< Towards the hip. */
    double cross_up_mm;   /**< Along it, where the axes cross. */
    double last_up_mm;    /**< Where the last line is; NAN: there is none. */
} osarc_dxa_femur_lines;

/** Bone of each pixel of a picture of a femur: 1 + osarc_hip_region, and: */
#define OSARC_DXA_LABEL_SHAFT  4 /**< Femur below the last line. */
#define OSARC_DXA_LABEL_BESIDE 5 /**< Head, pelvis and other bone. */

/** What the rows of a femur are made from. */
typedef struct osarc_dxa_femur_input {
    const osarc_dxa_maps *maps;
    const uint8_t *labels; /**< Of each pixel; NULL: no femur was found. */
    osarc_dxa_femur_lines lines;
    const char *side;     /**< "left", "right"; "" where it is not known. */
    double neck_width_mm; /**< NAN when not known. */
    double neck_shaft_deg;
    const char *refused;       /**< Why there is no femur; NULL or "" when there is. */
    const char *refused_total; /**< Why there is nothing but the neck; NULL or "" when there is. */
} osarc_dxa_femur_input;

/**
 * Labels again with the box moved towards the head and the two lines across the shaft moved up.
 * @param[out] out  As many as the maps have pixels.
 * @retval OSARC_ERR_ARGUMENT  no labels, or no place for new ones
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_dxa_femur_move(uint8_t *out,
                                                             const osarc_dxa_femur_input *input,
                                                             double box_mm, double lines_mm,
                                                             osarc_error *err);

/**
 * Rows of one femur: abmd, bmc and bone_area of neck, trochanter, intertrochanter and total, width
 * and angle of the neck, and scores of neck and total. Intervals hold noise, edges, calibration,
 * and box and lines moved by 1 mm either way.
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_measure_dxa_femur(
    osarc_findings *findings, const osarc_measure_context *context,
    const osarc_dxa_femur_input *input, const osarc_dxa_scores *scores, osarc_error *err);

/** A part of a body: pixels of some labels, between two rows where those are told. */
typedef struct osarc_dxa_part {
    const char *level;   /**< "arm", "leg", "trunk" ... */
    const char *side;    /**< "left", "right"; "" for neither. */
    unsigned labels;     /**< A bit for each label: 1u << label; 0: every pixel of the body. */
    int is_limb;         /**< Its lean mass counts as appendicular. */
    double rows_mm[2];   /**< From the middle of the first row; NAN: all. */
    const char *refused; /**< Why there is none; NULL or "" when there is. */
    /** Why `labels` are those of the limb on the other side, which stands for it; NULL or "" when
     * they are its own. */
    const char *mirrored;
} osarc_dxa_part;

/** What the rows of a body are made from. */
typedef struct osarc_dxa_body_input {
    const osarc_dxa_maps *maps;
    const uint8_t *labels; /**< Of each pixel; NULL: no part was found. */
    const osarc_dxa_part *parts;
    size_t part_count;
    const char *refused;       /**< Why no part was found; NULL or "" when some were. */
    const char *refused_total; /**< Why the picture is not the whole body; NULL or "" when it is. */
    double height_m;           /**< NAN when not known. */
    double weight_kg;
    /** Labels as in a part: not in the total, and twice in it, where a limb is mirrored. */
    unsigned without, twice;
} osarc_dxa_body_input;

/**
 * For the whole picture (`total`) and each part: lean_mass, fat_mass, bone_mass and fat_percent;
 * then alm, alm_index and alm_bmi, for which every limb is needed, and android_gynoid_ratio, for
 * which parts of these names are. Soft tissue is refused without a calibration. What stands on a
 * mirrored limb is a warning.
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_measure_dxa_body(osarc_findings *findings,
                                                               const osarc_measure_context *context,
                                                               const osarc_dxa_body_input *input,
                                                               const osarc_dxa_scores *scores,
                                                               osarc_error *err);

OSARC_END_DECLS

#endif
