/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_REGION_H
#define OSI_REGION_H

#include <osarc/image.h>

/** What the voxels of a region read, in HU. */
typedef struct osi_region_stats {
    size_t count;
    double mean;
    double mean_square;
    double sd;
    double median;
    double alike; /**< Voxels that vary as one: what a voxel's neighbours repeat of it. */
    double se;    /**< Of the mean: without the slope across the region, and with `alike`. */
} osi_region_stats;

/**
 * Reads a region in full.
 * @retval OSARC_ERR_QUALITY  fewer than 8 voxels, or one outside the field of view
 */
OSARC_MUST_CHECK osarc_status osi_region_read(osi_region_stats *out, const osarc_image *image,
                                              const size_t *voxels, size_t count, osarc_error *err);

/** Mean and mean square alone; NAN both when a voxel lies outside the field of view. */
void osi_region_mean(double *mean_out, double *mean_square_out, const osarc_image *image,
                     const size_t *voxels, size_t count);

#endif
