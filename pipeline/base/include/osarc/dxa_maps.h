/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_DXA_MAPS_H
#define OSARC_DXA_MAPS_H

/**
 * @file dxa_maps.h
 * Mineral, lean and fat in each pixel of a densitometer image, in g/cm2.
 */

#include <osarc/dxa.h>
#include <osarc/mask.h>

OSARC_BEGIN_DECLS

/** What a pixel shows. */
typedef enum osarc_dxa_pixel {
    OSARC_DXA_AIR = 0,
    OSARC_DXA_SOFT = 1,
    OSARC_DXA_BONE = 2,    /**< With soft tissue in front and behind. */
    OSARC_DXA_NOTHING = 3, /**< Not measured: a full detector, or no photon left. */
    OSARC_DXA_RIM = 4      /**< Soft tissue next to bone, with a part of its edge. */
} osarc_dxa_pixel;

/** Arrays row by row, 0 where nothing is measured. All-zero is a valid empty one. */
typedef struct osarc_dxa_maps {
    size_t columns, rows;
    double spacing_mm[2];
    float *bone_g_cm2; /**< Hydroxyapatite; around 0 with noise where there is none. */
    float *lean_g_cm2; /**< Soft tissue without fat; under bone by its neighbours. */
    float *fat_g_cm2;
    uint8_t *pixels; /**< osarc_dxa_pixel. */
    double energy_kev[2];
    int is_calibrated;           /**< 0: tables at two single energies. */
    double bone_noise_g_cm2_cm;  /**< SD of a mean over a square, times the length of its side. */
    double fat_noise_cm;         /**< The same of the fat fraction. */
    double calibration_sd_g_cm2; /**< Of bone, by what the calibration leaves over. */
    double shift_px[2];          /**< Of the high image against the low one. */
    double air[2];               /**< Values taken for air. */
    double fat_calibration_sd;   /**< Of the fat fraction, in the same way. */
} osarc_dxa_maps;

/** Numbers in a mask of the parts of a whole body. */
OSARC_API const osarc_label *osarc_dxa_body_labels(size_t *count_out);

OSARC_API void osarc_dxa_maps_free(osarc_dxa_maps *maps);

OSARC_END_DECLS

#endif
