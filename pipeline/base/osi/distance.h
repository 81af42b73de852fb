/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DISTANCE_H
#define OSI_DISTANCE_H

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/**
 * Exact Euclidean distance in mm between voxel centres: out_mm[i] is the distance from voxel i to
 * the nearest voxel with set[i] != 0 (0 inside the set; INFINITY when the set is empty).
 * Spacing may differ by axis. Bytes out do not depend on the thread count.
 */
OSARC_MUST_CHECK osarc_status osi_distance_mm(float *out_mm, const uint8_t *set,
                                              const size_t size[3], const double spacing_mm[3],
                                              int threads, osarc_error *err);

/**
 * As osi_distance_mm up to cap_mm (over 0, may be INFINITY); INFINITY beyond. Much faster when the
 * cap is a few voxels.
 */
OSARC_MUST_CHECK osarc_status osi_distance_limited_mm(float *out_mm, const uint8_t *set,
                                                      const size_t size[3],
                                                      const double spacing_mm[3], double cap_mm,
                                                      int threads, osarc_error *err);

OSARC_END_DECLS

#endif
