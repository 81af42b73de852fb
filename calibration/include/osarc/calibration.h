/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_CALIBRATION_H
#define OSARC_CALIBRATION_H

/**
 * @file calibration.h
 * Whether CT numbers are what they claim: the scale is checked on the scan itself.
 */

#include <osarc/mask.h>
#include <osarc/notes.h>

OSARC_BEGIN_DECLS

/** Where known materials read on this scan, in HU; NAN where too little of it is in view. */
typedef struct osarc_hu_check {
    double air_hu;      /**< Median of air around the body. */
    double fat_hu;      /**< Mode of subcutaneous fat. */
    double soft_hu;     /**< Mode of soft tissue. */
    double noise_sd_hu; /**< Robust SD of neighbour differences in fat and soft tissue. */
    double noise_frequency_per_mm; /**< Mean spatial frequency of noise in even tissue. */
} osarc_hu_check;

/**
 * Read air, fat, soft tissue and noise from a labelled image, and note what is implausible.
 *
 * @param[out] out  Filled on success.
 * @param image     In HU.
 * @param tissue    Tissue labels on the same grid.
 * @param notes     Warnings are added here; may be NULL.
 * @retval OSARC_ERR_UNIT      the image is not in HU
 * @retval OSARC_ERR_GEOMETRY  the grids differ
 * @retval OSARC_ERR_QUALITY   air, fat or soft tissue lie so far off that values cannot be HU
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_hu_check_read(osarc_hu_check *out,
                                                            const osarc_image *image,
                                                            const osarc_mask *tissue,
                                                            osarc_notes *notes, int threads,
                                                            osarc_error *err);

OSARC_END_DECLS

#endif
