/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_IMAGE_H
#define OSARC_IMAGE_H

/**
 * @file image.h
 * A volume of numbers with a unit, on a grid in patient space.
 *
 * Values are kept as int16 with one scale for the whole image:
 * value = stored * step + offset. CT in HU is exact that way at two bytes a voxel.
 * An image is filled once by its maker and read only after that, by any number of threads.
 */

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/**
 * Where voxels lie. Patient coordinates are DICOM's: x to the patient's left, y to the
 * back, z to the head (LPS), in mm. Voxel (i,j,k) has its centre at
 * origin_mm + i*spacing_mm[0]*direction[0] + j*spacing_mm[1]*direction[1]
 *           + k*spacing_mm[2]*direction[2]; voxel index in memory is (k*size[1] + j)*size[0] + i.
 */
typedef struct osarc_grid {
    size_t size[3];
    double spacing_mm[3];
    double origin_mm[3];
    double direction[3][3]; /**< direction[axis] is that index axis as a unit vector. */
} osarc_grid;

typedef enum osarc_unit {
    OSARC_UNIT_HU = 0,
    OSARC_UNIT_MG_CM3 = 1,
    OSARC_UNIT_G_CM2 = 2,
    OSARC_UNIT_FRACTION = 3
} osarc_unit;

/** Stored value of a voxel that lies outside the scanned field of view: not a measurement. */
#define OSARC_OUTSIDE INT16_MIN

typedef struct osarc_image osarc_image;

/** Voxels in the grid. 0 when a size is 0 or the product does not fit. */
OSARC_API size_t osarc_grid_count(const osarc_grid *grid);

/** Volume of one voxel in mm3. */
OSARC_API double osarc_grid_voxel_mm3(const osarc_grid *grid);

/** Position of voxel (i,j,k), which need not be whole or inside, in patient coordinates. */
OSARC_API void osarc_grid_position_mm(const osarc_grid *grid, const double ijk[3],
                                      double lps_mm_out[3]);

/** Voxel index (not rounded) of a patient position. */
OSARC_API void osarc_grid_index(const osarc_grid *grid, const double lps_mm[3], double ijk_out[3]);

/** 1 when sizes are equal and all corners agree within tolerance_mm, else 0. */
OSARC_API int osarc_grid_same(const osarc_grid *a, const osarc_grid *b, double tolerance_mm);

/**
 * A new image, all voxels 0 stored.
 *
 * @param[out] out  The caller frees it. NULL on failure.
 * @param grid      Sizes 1 to 65535 each, spacings over 0, directions unit and right-angled.
 * @param unit      What value stands for.
 * @param step      value = stored * step + offset; over 0.
 * @param offset    See step.
 * @retval OSARC_ERR_ARGUMENT  the grid or the scale is not as above
 * @retval OSARC_ERR_MEMORY    no memory, or more than 2^33 voxels
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_image_create(osarc_image **out,
                                                           const osarc_grid *grid, osarc_unit unit,
                                                           double step, double offset,
                                                           osarc_error *err);

OSARC_API const osarc_grid *osarc_image_grid(const osarc_image *image);
OSARC_API osarc_unit osarc_image_unit(const osarc_image *image);
OSARC_API double osarc_image_step(const osarc_image *image);
OSARC_API double osarc_image_offset(const osarc_image *image);

/** Stored values, borrowed. */
OSARC_API const int16_t *osarc_image_stored(const osarc_image *image);

/** Stored values to be filled by the maker of the image, before it is shared. */
OSARC_API int16_t *osarc_image_fill(osarc_image *image);

/** Value of one voxel; NAN outside the field of view. No bounds check. */
OSARC_API double osarc_image_value(const osarc_image *image, size_t index);

/**
 * The smallest stored number whose value is at or over a threshold, clamped to int16 above
 * OSARC_OUTSIDE: `stored >= osarc_image_threshold(image, t)` is `value >= t`, exactly.
 */
OSARC_API int16_t osarc_image_threshold(const osarc_image *image, double value);

/** NULL is allowed. */
OSARC_API void osarc_image_free(osarc_image *image);

OSARC_END_DECLS

#endif
