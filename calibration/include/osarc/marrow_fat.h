/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_MARROW_FAT_H
#define OSARC_MARROW_FAT_H

/**
 * @file marrow_fat.h
 * Fat fraction of marrow: solved from two energies, or bounded from one with a model.
 */

#include <osarc/scale.h>

OSARC_BEGIN_DECLS

/**
 * Mineral, fat and soft tissue from a low- and a high-energy value of each voxel: three equations
 * (two attenuations, and volume fractions that sum to 1) for three unknowns, a voxel at a time.
 *
 * @param low_hu, high_hu    Values of the same voxels.
 * @param low_kev, high_kev  Effective energies.
 * @retval OSARC_ERR_QUALITY  energies too near each other, or too many voxels without a solution
 */
OSARC_API OSARC_MUST_CHECK osarc_status
osarc_marrow_fat_two_energies(osarc_marrow_fat *out, const double *low_hu, const double *high_hu,
                              size_t count, double low_kev, double high_kev, osarc_error *err);

/**
 * What one energy leaves open: the fraction that fits an assumed range of true mineral density,
 * with an interval over that range. Never without its method.
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_marrow_fat_model_based(
    osarc_marrow_fat *out, double mean_hu, double mean_hu_se, const osarc_calibration *calibration,
    double age_years, osarc_error *err);

OSARC_END_DECLS

#endif
