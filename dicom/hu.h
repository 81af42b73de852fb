/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_HU_H
#define OSI_DICOM_HU_H

/* From stored pixel values to HU, exactly. */

#include "frame.h"

OSARC_BEGIN_DECLS

/**
 * At or under this nothing was measured. Air is -1000 HU and reconstruction noise and undershoot
 * around it stay above -1500; scanners fill the corners outside the scanned circle with values
 * such as -1500, -2000, -2048 or -3024.
 */
#define OSI_OUTSIDE_HU (-1500)

/**
 * PixelPaddingValue is believed only where it stands for less than this. -1024 is the floor many
 * scanners clip real air to, so a padding value there or above cannot be told from air, and air
 * must not be taken for "not scanned".
 */
#define OSI_PADDING_HU (-1024)

/** One scale for all slices of a volume: HU = stored * step + offset. */
typedef struct osi_scale {
    double step;
    double offset;
    int shared;     /**< All slices have one rescale: pixels are kept as they are. */
    int32_t lift;   /**< Taken off each pixel when shared, so that it fits int16. */
    int is_rounded; /**< HU are rounded to the step. */
} osi_scale;

/** Exact with step 1 where all rescales are whole; exact where all are the same; else rounded. */
osi_scale osi_scale_choose(const osi_frame *const *frames, size_t count);

/** Voxels that could not be kept as they are. */
typedef struct osi_hu_counts {
    size_t clamped; /**< Over what int16 holds: metal. */
    size_t outside;
} osi_hu_counts;

/** OSARC_OK when the bits are laid out in a way that can be read. */
OSARC_MUST_CHECK osarc_status osi_pixels_check(const osi_pixels *pixels, osarc_error *err);

/**
 * One slice. `raw` holds count pixels of bits_allocated bits, little endian, aligned or not.
 * Voxels that are no measurement become OSARC_OUTSIDE.
 */
void osi_hu_convert(int16_t *out, const uint8_t *raw, size_t count, const osi_pixels *pixels,
                    const osi_frame *frame, const osi_scale *scale, osi_hu_counts *counts);

OSARC_END_DECLS

#endif
