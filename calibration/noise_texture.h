/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CALIBRATION_NOISE_TEXTURE_H
#define CALIBRATION_NOISE_TEXTURE_H

#include <osarc/mask.h>

/*
 * Mean spatial frequency of noise in even tissue, cycles per mm: high where the kernel sharpens.
 * NAN where there is too little even tissue.
 */
osarc_status noise_frequency(double *out_per_mm, const osarc_image *image, const osarc_mask *tissue,
                             osarc_error *err);

#endif
