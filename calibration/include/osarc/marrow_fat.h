/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_MARROW_FAT_H
#define OSARC_MARROW_FAT_H

/**
 * @file marrow_fat.h
 * Fat fraction of marrow: solved from two energies, or bounded from one.
 *
 * Fat is triglyceride (0.92 g/cm3), the rest of marrow is soft tissue (ICRU-44 skeletal muscle),
 * mineral is hydroxyapatite (3.16 g/cm3). docs/marrow-fat.md has the reasons and the limits.
 */

#include <osarc/attenuation.h>
#include <osarc/scale.h>

OSARC_BEGIN_DECLS

/** Effective energy of a scan, and how well it is known. */
typedef struct osarc_effective_energy {
    double kev;
    double ci_kev[2]; /**< 95 %; both 0 or NAN: taken as exact. */
    double half_hu;   /**< Half a 95 % interval of what all CT numbers may be off by together. */
} osarc_effective_energy;

/**
 * Mineral, fat and soft tissue from a low- and a high-energy value of each voxel: three equations
 * (two attenuations, and volume fractions that sum to 1) for three unknowns.
 *
 * The fraction is solved on the means of the region, which noise does not bias; voxel by voxel
 * only what had to be clamped is counted. The interval holds the scatter between 20 successive
 * parts of the list, the intervals of both energies and scales, and what blood in place of muscle
 * as soft tissue would give.
 *
 * @param[out] out         All NAN and 0 on failure.
 * @param low_hu, high_hu  Values of the same voxels, in the order of the grid; NAN is left out.
 * @param low, high        Their effective energies.
 * @retval OSARC_ERR_ARGUMENT  nothing to solve, or energies that are outside the table
 * @retval OSARC_ERR_QUALITY   energies equal, reversed or too near each other; fewer than 20 voxels
 *                             or more than half without a value; or not mineral, fat and soft
 *                             tissue: contrast agent, metal, gas; or an interval of over +- 0.5
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_marrow_fat_two_energies(
    osarc_marrow_fat *out, const double *low_hu, const double *high_hu, size_t count,
    const osarc_effective_energy *low, const osarc_effective_energy *high, osarc_error *err);

/**
 * The same with the density scales of both images: energies and their intervals are theirs, and
 * their offset and gain are taken out of the values first. A scale that knows its energy to a few
 * keV is needed at both; see docs/marrow-fat.md.
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_marrow_fat_two_scales(
    osarc_marrow_fat *out, const double *low_hu, const double *high_hu, size_t count,
    const osarc_calibration *low, const osarc_calibration *high, osarc_error *err);

/** What is known of the true mineral from elsewhere, as hydroxyapatite. */
typedef struct osarc_mineral_range {
    double low_mg_cm3;
    double high_mg_cm3;
} osarc_mineral_range;

/**
 * What one energy leaves open: all fractions from pure soft tissue to pure fat that, with a
 * mineral density in the range, read as the region does. `ci` holds all of them, with what is not
 * known of the mean, the scale and the energy; `fraction` is its middle and no more.
 *
 * @param[out] out     All NAN and 0 on failure.
 * @param mean_hu_se   Standard error of the mean; 0: not known.
 * @param calibration  Of the scan; its energy is used, or that of its tube voltage where it knows
 *                     none. density_error_mg_cm3 is on its basis.
 * @param mineral      NULL: from none to that of compact bone, which is no information.
 * @retval OSARC_ERR_ARGUMENT  a value is not finite, or the range is not one
 * @retval OSARC_ERR_QUALITY   no calibration or no energy, or no marrow reads like that
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_marrow_fat_model_based(
    osarc_marrow_fat *out, double mean_hu, double mean_hu_se, const osarc_calibration *calibration,
    const osarc_mineral_range *mineral, osarc_error *err);

/**
 * How much too low a single-energy density reads where fat takes the place of water, in mg/cm3 of
 * `mineral` (K2HPO4 or hydroxyapatite): 8.49 of K2HPO4 for each 10 % of the volume at 70 keV.
 * NAN for other absorbers and outside the table of energies.
 */
OSARC_API double osarc_fat_density_error_mg_cm3(double fat_volume_fraction, osarc_absorber mineral,
                                                double energy_kev);

OSARC_END_DECLS

#endif
