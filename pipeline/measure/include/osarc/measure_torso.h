/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_MEASURE_TORSO_H
#define OSARC_MEASURE_TORSO_H

/**
 * @file measure_torso.h
 * From torso labels to rows of muscle and fat at each vertebral level and over the abdomen.
 */

#include <osarc/hu_windows.h>
#include <osarc/measure.h>
#include <osarc/vertebra.h>

OSARC_BEGIN_DECLS

/** What counts as intermuscular fat. */
typedef enum osarc_imat_definition {
    OSARC_IMAT_BETWEEN_AND_WITHIN = 0, /**< All fat inside the fascial envelope. */
    OSARC_IMAT_WITHIN = 1              /**< Only fat inside the outlines of muscles. */
} osarc_imat_definition;

/** "between-and-within" or "within". Static; NULL for another number. */
OSARC_API const char *osarc_imat_definition_name(osarc_imat_definition definition);

/** What the rows of a torso are made from; all borrowed. */
typedef struct osarc_torso_input {
    const osarc_image *image;               /**< In HU. */
    const osarc_image *smooth;              /**< With less noise, of the same scale: what windows
                                                 are held to; NULL: the image itself. */
    const osarc_mask *tissue;               /**< With labels 3 and 4. */
    const osarc_mask *arms;                 /**< Not 0: no part of the trunk; NULL: none. */
    const osarc_vertebra *const *vertebrae; /**< Head to foot. */
    size_t vertebra_count;
    int axis;                        /**< Head to foot. */
    size_t first_plane, plane_count; /**< Where muscle was told apart. */
    const float *cut_share;          /**< Per plane; NULL: not known. */
    const float *interpolated_share; /**< Per plane; NULL: not known. */
    const float *open_cm2;   /**< Per plane: fat under the skin right before the spine; NULL: not
                                  known. */
    const char *refused;     /**< Why muscle was not told apart; NULL: it was. */
    const char *labels_from; /**< "labels from file", added to methods; NULL: own. */
    const osarc_hu_table *windows; /**< NULL: the default. */
    osarc_imat_definition imat;
    double least_mm2;       /**< Smaller pieces of muscle and of fat between do not count. */
    double level_extent_mm; /**< Mean over so much above and below the middle; 0: one slice. */
    double lean_hu;         /**< HU of muscle without fat; 0: the default. */
    double height_m;        /**< 0 or NAN: not known. */
    double noise_sd_hu;     /**< NAN: not known. */
    int threads;
} osarc_torso_input;

/**
 * At each level from T10 to L5: muscle_area, sat_area, vat_area, imat_area, muscle_index,
 * muscle_attenuation, sat_attenuation, muscle_low_attenuation_area,
 * muscle_normal_attenuation_area, imat_fraction and muscle_fat_fraction; then volumes between the
 * first and last lumbar level in view, and lean and fat mass of the whole body from L3's areas.
 * Formulas and intervals in docs/measurements.md. What cannot be measured is a refused row.
 *
 * @retval OSARC_ERR_UNIT      the image is not in HU
 * @retval OSARC_ERR_GEOMETRY  the grids differ
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_measure_torso(osarc_findings *findings,
                                                            const osarc_measure_context *context,
                                                            const osarc_torso_input *input,
                                                            osarc_error *err);

OSARC_END_DECLS

#endif
