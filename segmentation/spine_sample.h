/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_SPINE_SAMPLE_H
#define SEGMENTATION_SPINE_SAMPLE_H

/* An image with its tissue labels, read at patient positions whatever its grid is. */

#include <osarc/mask.h>

typedef struct sampler {
    const int16_t *stored;
    const uint8_t *tissue;
    osarc_grid grid;
    double step, offset;
    double to_index[3][3]; /* index = to_index * (position - origin) */
} sampler;

void sampler_make(sampler *s, const osarc_image *image, const osarc_mask *tissue);

/* HU between voxels; NAN outside the view. */
double sample_hu(const sampler *s, const double lps_mm[3]);

/* Index of the nearest voxel; SIZE_MAX outside the grid. */
size_t sample_nearest(const sampler *s, const double lps_mm[3]);

#endif
