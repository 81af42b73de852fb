/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_LIMB_SUMS_H
#define OSI_LIMB_SUMS_H

#include <osarc/measure_limb.h>

/** Sums over a slice of a limb, or over its extent; voxels, until they are made into mm2. */
typedef struct osi_limb_sum {
    double muscle, imat, within, sat, compact, marrow;            /**< By whole voxels. */
    double muscle_shares, imat_shares, within_shares, sat_shares; /**< By shares on the border. */
    double zone;                                                  /**< Voxels counted by shares. */
    double low, normal; /**< Muscle of low and of normal attenuation. */
    double out_muscle, out_imat, out_sat, out_other; /**< Left out. */
    double core, core_hu, core_hu2;                  /**< Muscle away from its border. */
    double label, label_hu;
    double fat_core, fat_hu, fat_hu2; /**< Subcutaneous fat away from its border. */
    double fat_deep, fat_deep_hu;     /**< The same, two voxels away. */
} osi_limb_sum;

typedef struct osi_limb_sums {
    osi_limb_sum *slice; /**< From the limb's first to its last. */
    size_t count;
    osi_limb_sum whole;
    int fat_is_thin;          /**< 1: no voxel of fat is two voxels away from its border. */
    double muscle_hu, fat_hu; /**< Means of the extent that shares stand on; NAN: no shares. */
} osi_limb_sums;

OSARC_MUST_CHECK osarc_status osi_limb_sums_read(osi_limb_sums *out, const osarc_image *image,
                                                 const osarc_mask *codes, const osarc_limb *limb,
                                                 const osarc_hu_table *windows, int threads,
                                                 osarc_error *err);
void osi_limb_sums_free(osi_limb_sums *sums);

#endif
