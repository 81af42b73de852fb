/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_SPINE_H
#define OSARC_SPINE_H

/**
 * @file spine.h
 * Vertebrae: found, parted into body and posterior elements, and named only where an anchor
 * (sacrum and iliac crest below, last rib above) says which they are.
 */

#include <osarc/mask.h>
#include <osarc/notes.h>
#include <osarc/vertebra.h>

OSARC_BEGIN_DECLS

typedef struct osarc_spine osarc_spine;

/** All-zero means default. */
typedef struct osarc_spine_options {
    int threads; /**< 0: all cores. */
    osarc_progress progress;
    void *payload;
} osarc_spine_options;

/**
 * Find the spine.
 *
 * @param[out] out  The caller frees it; with no vertebra when no spine is in view. NULL on failure.
 * @param image     In HU.
 * @param tissue    Tissue labels on the same grid.
 * @param notes     Anchors, disagreements and what was left out; may be NULL.
 */
OSARC_API OSARC_MUST_CHECK osarc_status
osarc_spine_find(osarc_spine **out, const osarc_image *image, const osarc_mask *tissue,
                 osarc_notes *notes, const osarc_spine_options *options, osarc_error *err);

/**
 * Take the structures from elsewhere instead (TotalSegmentator v2 `total` numbers on the image's
 * grid). Bodies are parted from posterior elements as for own ones.
 * @retval OSARC_ERR_GEOMETRY  the grids differ
 * @retval OSARC_ERR_QUALITY   no vertebra label in it
 */
OSARC_API OSARC_MUST_CHECK osarc_status
osarc_spine_from_labels(osarc_spine **out, const osarc_image *image, const osarc_mask *tissue,
                        const osarc_mask *structures, osarc_notes *notes,
                        const osarc_spine_options *options, osarc_error *err);

OSARC_API size_t osarc_spine_count(const osarc_spine *spine);

/** Head to foot; borrowed, NULL past the end. */
OSARC_API const osarc_vertebra *osarc_spine_at(const osarc_spine *spine, size_t index);

OSARC_API const osarc_spine_anchors *osarc_spine_anchors_of(const osarc_spine *spine);

/** Named vertebrae, sacrum and hip bones by structure number; borrowed, on the image's grid. */
OSARC_API const osarc_mask *osarc_spine_structures(const osarc_spine *spine);

/** Index + 1 of the vertebra whose body holds the voxel; borrowed. */
OSARC_API const osarc_mask *osarc_spine_bodies(const osarc_spine *spine);

/** All-zero means default. */
typedef struct osarc_trabecular_options {
    double deeper_mm; /**< More (or with a minus less) distance from every wall. */
    double up_mm;     /**< Region moved along the body's axis. */
} osarc_trabecular_options;

/**
 * Voxels of the trabecular region of one body: away from cortex, end plates and basivertebral
 * vein, in its front part; distances in docs/measurements.md.
 *
 * @param[out] voxels_out  Indices into the grid, rising; the caller frees with
 *                         osarc_voxels_free. NULL on failure.
 * @retval OSARC_ERR_QUALITY  cut, spoiled, or nothing left so far from the walls: why
 */
OSARC_API OSARC_MUST_CHECK osarc_status
osarc_spine_trabecular(size_t **voxels_out, size_t *count_out, const osarc_spine *spine,
                       size_t index, const osarc_trabecular_options *options, osarc_error *err);

/**
 * Least distances from wall and end plates of the trabecular regions on this scan, in mm: as far
 * as their blurred rims reach. The end plates' is a voxel along the spine at least.
 */
OSARC_API void osarc_spine_margins(const osarc_spine *spine, double *wall_mm, double *plate_mm);

/** NULL is allowed. */
OSARC_API void osarc_voxels_free(size_t *voxels);

/** NULL is allowed. */
OSARC_API void osarc_spine_free(osarc_spine *spine);

OSARC_END_DECLS

#endif
