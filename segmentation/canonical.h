/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_CANONICAL_H
#define SEGMENTATION_CANONICAL_H

#include <osarc/image.h>

/* axis_out[a]: the image axis that becomes axis a; the last is the one nearest to head-foot. */
void canonical_axes(const osarc_grid *grid, int axis_out[3]);

/* 1 when no voxel moves. */
int canonical_is_identity(const int axis[3]);

/* Copies in canonical order (to_canonical 1) or back (0); voxels are `bytes` (1 or 2) each. */
void canonical_copy(void *out, const void *in, const osarc_grid *grid, const int axis[3],
                    size_t bytes, int to_canonical, int threads);

#endif
