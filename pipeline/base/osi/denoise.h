/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DENOISE_H
#define OSI_DENOISE_H

#include <osarc/mask.h>

OSARC_BEGIN_DECLS

/** Planes across a grid axis. */
typedef struct osi_planes {
    int axis;
    size_t first, count;
} osi_planes;

/**
 * Noise of fat and soft tissue in HU, from differences within planes where `where` is not 0.
 * NAN when there is too little of them.
 */
OSARC_MUST_CHECK osarc_status osi_noise_hu(double *out, const osarc_image *image,
                                           const osarc_mask *where, osi_planes planes, int threads,
                                           osarc_error *err);

/**
 * SD in units of `step` from how often neighbours differ by 0, 1, 2... stored numbers, by the
 * median of the differences: count[t * bins + difference] of each of `threads`, which are added up
 * in place. NAN for too few of them.
 */
double osi_noise_of_differences(uint32_t *count, int threads, size_t bins, double step);

/**
 * A copy with less noise in these planes: each voxel of fat or soft tissue where `where` is not 0
 * becomes the mean of voxels close by whose surroundings are alike but for noise. Borders and thin
 * strands stay where they are. With little noise voxels stay as they are.
 *
 * @param[out] out  The caller frees it.
 * @param noise_hu  Over 0.
 */
OSARC_MUST_CHECK osarc_status osi_denoise(osarc_image **out, const osarc_image *image,
                                          const osarc_mask *where, osi_planes planes,
                                          double noise_hu, int threads, osarc_error *err);

OSARC_END_DECLS

#endif
