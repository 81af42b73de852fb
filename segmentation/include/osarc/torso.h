/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_TORSO_H
#define OSARC_TORSO_H

/**
 * @file torso.h
 * Skeletal muscle of the torso apart from organs, and inner fat parted into visceral and
 * intermuscular.
 */

#include <osarc/spine.h>

OSARC_BEGIN_DECLS

/** All-zero means default. */
typedef struct osarc_torso_options {
    int threads; /**< 0: all cores. */
} osarc_torso_options;

/** Where muscle was told apart. Planes are those across the grid's head-foot axis. */
typedef struct osarc_torso {
    int axis;                  /**< The grid axis that runs head to foot. */
    size_t first_plane;        /**< The first plane done, in grid order. */
    size_t plane_count;        /**< 0: none. */
    float *cut_share;          /**< Per plane done: share of its outline cut by the view. */
    float *interpolated_share; /**< Per plane done: share of the wall's inner side not seen, but
                                    taken from its neighbours. */
    float *open_cm2;           /**< Per plane done: fat under the skin right before the spine, where
                                    it can only lie when the wall is open. */
    osarc_mask *arms;          /**< 1 where arms or hands lie beside or on the trunk; NULL: none. */
    osarc_image *smooth;       /**< With less noise in these planes, as it was labelled; NULL when
                                    there is too little noise to matter. */
} osarc_torso;

/**
 * Relabel a tissue mask in place: soft tissue (5) of skeletal muscle becomes 3, inner fat (2)
 * between and within muscles 4; what stays 2 is visceral, what stays 5 organs, bowel, vessels and
 * skin. On failure the mask is as it was.
 *
 * @param[out] out  Where it was done; the caller clears it with osarc_torso_clear.
 * @param tissue    Labels of osarc_segment_tissues.
 * @param spine     Found on the same image.
 * @retval OSARC_ERR_GEOMETRY  the grids differ
 * @retval OSARC_ERR_QUALITY   no vertebral body, or no abdomen round it: why
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_torso_part(osarc_torso *out, osarc_mask *tissue,
                                                         const osarc_image *image,
                                                         const osarc_spine *spine,
                                                         const osarc_torso_options *options,
                                                         osarc_error *err);

/** Frees what it holds; NULL and all-zero are allowed. */
OSARC_API void osarc_torso_clear(osarc_torso *torso);

OSARC_END_DECLS

#endif
