/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_NOISE_H
#define SEGMENTATION_NOISE_H

#include <osarc/image.h>

/* SD of noise in fat and soft tissue, without labels yet; NAN where there is too little of both. */
osarc_status find_noise_hu(double *out, const int16_t *stored, const osarc_image *image,
                           const size_t size[3], const double spacing_mm[3], int threads,
                           osarc_error *err);

/* A copy with each axial plane smoothed, bone and what lies outside the view kept. Free with
 * osi_free. */
osarc_status smooth_planes(int16_t **out, const int16_t *stored, const osarc_image *image,
                           double noise_hu, const size_t size[3], const double spacing_mm[3],
                           int threads, osarc_error *err);

#endif
