/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_NIFTI_H
#define OSI_NIFTI_H

/* NIfTI in and out. The only place that knows the format. */

#include <osarc/mask.h>

OSARC_BEGIN_DECLS

/** 1 when the bytes begin like a NIfTI file, gzipped or not (judged on at least 348 bytes
 * inflated). */
int osi_nifti_is(const uint8_t *bytes, size_t size);

/**
 * Header only: the grid, enough to list the file. `bytes` may be the file's start. Index axes stay
 * in the file's own order; positions are LPS, as image.h.
 * @retval OSARC_ERR_FORMAT       not a NIfTI file, or a header that contradicts itself
 * @retval OSARC_ERR_UNSUPPORTED  NIfTI-2, a .hdr/.img pair, colours or complex numbers
 * @retval OSARC_ERR_GEOMETRY     not one volume in mm with a known orientation and right angles
 */
OSARC_MUST_CHECK osarc_status osi_nifti_grid(osarc_grid *out, const uint8_t *bytes, size_t size,
                                             osarc_error *err);

/**
 * 1 when the header says that voxels are unsigned bytes without a scale: nothing can be below 0,
 * so they are labels or a picture, never HU. `bytes` may be the file's start.
 */
int osi_nifti_is_bytes(const uint8_t *bytes, size_t size);

/**
 * A whole NIfTI-1 file (.nii or .nii.gz, any orientation, any integer or real type, scl_slope) as
 * an image in HU. Whole values come through exactly; others are kept to a power of two that fits
 * the range, the step being the image's. What is no number, infinite, or padding (see
 * OSARC_PADDING_MAX_HU) becomes OSARC_OUTSIDE.
 * @retval OSARC_ERR_UNIT     no value below 0, or one over 32767: not HU
 * @retval OSARC_ERR_QUALITY  no voxel holds a measured value
 */
OSARC_MUST_CHECK osarc_status osi_nifti_read_image(osarc_image **out, const uint8_t *bytes,
                                                   size_t size, int threads, osarc_error *err);

/** A whole NIfTI-1 file as labels; refuses values that are not whole or not 0 to 255. */
OSARC_MUST_CHECK osarc_status osi_nifti_read_mask(osarc_mask **out, const uint8_t *bytes,
                                                  size_t size, osarc_error *err);

/** How the voxels of a mask lie in its file: see docs/decisions/mask-grid.md. */
typedef enum osi_nifti_layout {
    OSI_NIFTI_AS_DICOM_CONVERTERS =
        0,                /**< Grid from DICOM: rows stored from the last to the first. */
    OSI_NIFTI_AS_GRID = 1 /**< Grid from a NIfTI file: stored as that file is. */
} osi_nifti_layout;

/** Write labels as .nii.gz (uint8, RAS+ affine in both qform and sform), whole or not at all. */
OSARC_MUST_CHECK osarc_status osi_nifti_write_mask(const char *path, const osarc_mask *mask,
                                                   osi_nifti_layout layout, int threads,
                                                   osarc_error *err);

/** Write numbers of a grid, in its memory order, as .nii.gz (float32), stored as converters of
 * DICOM do. */
OSARC_MUST_CHECK osarc_status osi_nifti_write_map(const char *path, const float *values,
                                                  const osarc_grid *grid, osarc_error *err);

OSARC_END_DECLS

#endif
