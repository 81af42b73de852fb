/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_MEASURE_H
#define OSARC_MEASURE_H

/**
 * @file measure.h
 * From labelled images to rows of the findings table.
 */

#include <osarc/findings.h>
#include <osarc/mask.h>
#include <osarc/scan.h>

OSARC_BEGIN_DECLS

/** What every row of a series has in common. */
typedef struct osarc_measure_context {
    const char *case_id;
    const osarc_acquisition *acquisition; /**< Contrast in it makes attenuation a warning. */
    const char *warnings; /**< What weakens every value of the series; NULL or "" for nothing. */
} osarc_measure_context;

/**
 * Volume and mean HU of each tissue over the whole scan, voxel size and noise, one row each.
 * A tissue that the scan does not hold gives a volume of 0 and a refused mean. Means are over the
 * voxels whose face neighbours are of the same tissue (core-mean), and over all (label-mean).
 * Voxels of label 3 tell that muscle was told apart; without any, muscle rows are refused.
 *
 * @param findings      Rows are added here.
 * @param image         In HU.
 * @param tissue        Tissue labels on the same grid.
 * @param noise_sd_hu   NAN when not known: the row is then refused.
 * @param cut_fraction  Share of the body outline cut by the field of view; over 0 gives warnings.
 * @retval OSARC_ERR_UNIT      the image is not in HU
 * @retval OSARC_ERR_GEOMETRY  the grids differ
 */
OSARC_API OSARC_MUST_CHECK osarc_status
osarc_measure_tissues(osarc_findings *findings, const osarc_measure_context *context,
                      const osarc_image *image, const osarc_mask *tissue, double noise_sd_hu,
                      double cut_fraction, int threads, osarc_error *err);

/**
 * One row: the mean spatial frequency of noise, by which kernels differ. Refused when not finite.
 */
OSARC_API OSARC_MUST_CHECK osarc_status
osarc_measure_noise_frequency(osarc_findings *findings, const osarc_measure_context *context,
                              double frequency_per_mm, osarc_error *err);

OSARC_END_DECLS

#endif
