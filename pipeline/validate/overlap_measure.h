/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_OVERLAP_MEASURE_H
#define OSI_OVERLAP_MEASURE_H

/* The measuring kernels of overlap: two label volumes on one grid. */

#include <osarc/mask.h>

#define OSI_TOLERANCES_MAX 8

/** Where a label lies: [low, high) on each axis; count 0 when it is nowhere. */
typedef struct osi_extent {
    size_t low[3];
    size_t high[3];
    uint64_t count;
} osi_extent;

/** The extent of each of the 256 labels. */
void osi_label_extents(osi_extent out[256], const uint8_t *labels, const size_t size[3],
                       int threads);

/** The smallest extent that holds both; count is the sum. */
osi_extent osi_extent_join(const osi_extent *a, const osi_extent *b);

/** One label of one case: what to compare, within which extent. */
typedef struct osi_overlap_job {
    const osarc_grid *grid;
    const uint8_t *reference;
    const uint8_t *test;
    uint8_t reference_label;
    uint8_t test_label;
    osi_extent extent; /**< Holds every voxel of both. */
    double tolerances_mm[OSI_TOLERANCES_MAX];
    size_t tolerance_count;
    int threads;
} osi_overlap_job;

/** Distances are NAN unless both sides hold voxels. */
typedef struct osi_overlap_numbers {
    uint64_t both;
    uint64_t reference_only;
    uint64_t test_only;
    double reference_centroid_mm[3];
    double test_centroid_mm[3];
    double hd_mm;
    double hd95_mm;        /**< The larger of the two directed 95th percentiles. */
    double hd95_pooled_mm; /**< The 95th percentile of all distances of both directions. */
    double assd_mm;
    double surface_dice[OSI_TOLERANCES_MAX];
} osi_overlap_numbers;

OSARC_MUST_CHECK osarc_status osi_overlap_measure(osi_overlap_numbers *out,
                                                  const osi_overlap_job *job, osarc_error *err);

/** What was lost on the way from one grid to another, by label. */
typedef struct osi_regrid {
    int exact;               /**< Voxels coincide: nothing was interpolated. */
    uint64_t outside[256];   /**< Voxels of the test that lie outside the reference grid. */
    uint64_t uncovered[256]; /**< Voxels of the reference where the test has no voxel. */
} osi_regrid;

/**
 * Labels of `test` at the voxel centres of the grid that the layers of the reference share, nearest
 * neighbour, 0 where the test has none. The caller frees *out with osi_free.
 * @retval OSARC_ERR_GEOMETRY  the grids do not meet
 */
OSARC_MUST_CHECK osarc_status osi_mask_regrid(uint8_t **out, osi_regrid *info_out,
                                              const osarc_mask *test,
                                              const osarc_mask *const *reference, size_t layers,
                                              int threads, osarc_error *err);

#endif
