/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_NIFTI_H
#define OSI_NIFTI_H

/* NIfTI in and out. The only place that knows the format. */

#include <osarc/mask.h>

OSARC_BEGIN_DECLS

/** 1 when the bytes begin like a NIfTI file, gzipped or not (judged on at least 348 bytes inflated). */
int osi_nifti_is(const uint8_t *bytes, size_t size);

/** Header only: the grid (LPS, as image.h), enough to list the file. `bytes` may be the file's start. */
OSARC_MUST_CHECK osarc_status osi_nifti_grid(osarc_grid *out, const uint8_t *bytes, size_t size,
                                             osarc_error *err);

/**
 * A whole NIfTI-1 file (.nii or .nii.gz, any orientation, any integer or real type, scl_slope) as an
 * image in HU. Whole values come through exactly; others are kept to a power of two that fits the
 * range, the step being the image's. Not-a-number becomes OSARC_OUTSIDE.
 */
OSARC_MUST_CHECK osarc_status osi_nifti_read_image(osarc_image **out, const uint8_t *bytes,
                                                   size_t size, int threads, osarc_error *err);

/** A whole NIfTI-1 file as labels; refuses values that are not whole or not 0 to 255. */
OSARC_MUST_CHECK osarc_status osi_nifti_read_mask(osarc_mask **out, const uint8_t *bytes,
                                                  size_t size, osarc_error *err);

/**
 * Write labels as .nii.gz (uint8, RAS+ affine in both qform and sform). Voxels are laid out as
 * the common DICOM converters lay out this series: see docs/decisions.
 */
OSARC_MUST_CHECK osarc_status osi_nifti_write_mask(const char *path, const osarc_mask *mask,
                                                   int threads, osarc_error *err);

OSARC_END_DECLS

#endif
