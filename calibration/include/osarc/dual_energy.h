/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_DUAL_ENERGY_H
#define OSARC_DUAL_ENERGY_H

/**
 * @file dual_energy.h
 * Two CT volumes of one patient at two tube voltages, laid on each other below a pixel.
 */

#include <osarc/scan.h>

OSARC_BEGIN_DECLS

/** Tube voltages of a pair differ by this at least. */
#define OSARC_ENERGY_PAIR_MIN_KV 30.0

/** Grids of a pair agree to this everywhere. */
#define OSARC_ENERGY_PAIR_GRID_MM 0.1

/** The patient may have moved by this much between the two scans. */
#define OSARC_ENERGY_PAIR_MAX_SHIFT_MM 5.0

/** How the content of the high-energy image lies against that of the low-energy image. */
typedef struct osarc_energy_shift {
    double mm[3];      /**< What is at p in the low image is at p + mm in the high one; LPS. */
    double confidence; /**< Height of the peak of phase correlation, 0 to 1. */
} osarc_energy_shift;

/**
 * Whether two series may be a dual-energy pair.
 *
 * @retval OSARC_ERR_GEOMETRY  another frame of reference or patient, or one that is not stated
 * @retval OSARC_ERR_QUALITY   voltages unknown or too near each other, or contrast was given
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_energy_pair_check(const osarc_acquisition *low,
                                                                const osarc_acquisition *high,
                                                                osarc_error *err);

/**
 * The shift between two images on one grid, by phase correlation in a box of 80 mm.
 *
 * @param[out] out     All NAN on failure.
 * @param low, high    In HU, on the same grid.
 * @param centre_mm    Middle of the box in patient coordinates; NULL: middle of the grid.
 * @retval OSARC_ERR_UNIT      an image is not in HU
 * @retval OSARC_ERR_GEOMETRY  the grids differ, or the box holds too little of them
 * @retval OSARC_ERR_QUALITY   the images do not fit each other, or the shift is over the limit
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_energy_pair_shift(osarc_energy_shift *out,
                                                                const osarc_image *low,
                                                                const osarc_image *high,
                                                                const double centre_mm[3],
                                                                osarc_error *err);

/**
 * Values of the high-energy image where voxels of the low-energy image lie in it, linear between
 * voxels; NAN outside the image and next to what was not measured.
 *
 * @param[out] out_hu  One for each voxel.
 * @param voxels       Indices in memory on the grid of `low`.
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_energy_pair_resample(
    double *out_hu, const osarc_image *low, const osarc_image *high,
    const osarc_energy_shift *shift, const size_t *voxels, size_t count, osarc_error *err);

OSARC_END_DECLS

#endif
