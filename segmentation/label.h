/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_LABEL_H
#define SEGMENTATION_LABEL_H

#include "work.h"

/*
 * From the regions of the work grid to a label for each voxel; labels and stored in canonical
 * order. *metal_out counts metal voxels, *metal_planes_out the axial planes that hold some.
 */
osarc_status label_voxels(uint8_t *labels, const int16_t *stored, const osarc_image *image, work *w,
                          size_t *metal_out, size_t *metal_planes_out, osarc_error *err);

#endif
