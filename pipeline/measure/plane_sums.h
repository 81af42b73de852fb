/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_PLANE_SUMS_H
#define OSI_PLANE_SUMS_H

#include <osarc/hu_windows.h>
#include <osarc/mask.h>

/** What a voxel counts as. */
enum {
    OSI_COUNTS_NOT = 0,
    OSI_COUNTS_SAT,
    OSI_COUNTS_VAT,
    OSI_COUNTS_MUSCLE,
    OSI_COUNTS_IMAT,
    OSI_COUNTS
};

/** Whole numbers, so exact in any order. HU sums are of stored values. */
typedef struct osi_plane_sum {
    uint64_t voxels[OSI_COUNTS];
    uint64_t edge[OSI_COUNTS]; /**< Of those, with a neighbour in plane that counts otherwise. */
    uint64_t window_muscle, window_imat; /**< Of the muscle envelope, by the image as it is. */
    uint64_t low, normal;                /**< Muscle of low and of normal attenuation. */
    uint64_t body;                       /**< All that is labelled. */
    uint64_t arms;                       /**< Of arms, which count nowhere else. */
    int64_t muscle_sum;
    uint64_t muscle_square_sum;
    uint64_t sat_core; /**< Not edge. */
    int64_t sat_core_sum;
    uint64_t sat_core_square_sum;
} osi_plane_sum;

typedef struct osi_plane_rule {
    const osarc_hu_table *windows;
    const osarc_image *smooth; /**< What windows are held to; NULL: the image. */
    const osarc_mask *arms;    /**< Not 0: does not count; may be NULL. */
    double least_mm2;          /**< Smaller pieces in plane do not count; 0: all do. */
    double closing_mm;         /**< Over 0: only fat that a closing of muscle by that takes in is
                                    intermuscular. */
} osi_plane_rule;

/** Planes across a grid axis, first to first + count - 1; image and mask lie on the same grid. */
OSARC_MUST_CHECK osarc_status osi_plane_sums_read(osi_plane_sum *out, const osarc_image *image,
                                                  const osarc_mask *tissue, int axis, size_t first,
                                                  size_t count, const osi_plane_rule *rule,
                                                  int threads, osarc_error *err);

/** Adds b to a so many times. */
void osi_plane_sum_add_times(osi_plane_sum *a, const osi_plane_sum *b, uint64_t times);

#endif
