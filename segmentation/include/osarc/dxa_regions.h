/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_DXA_REGIONS_H
#define OSARC_DXA_REGIONS_H

/**
 * @file dxa_regions.h
 * Regions of densitometer images: lumbar vertebrae, the proximal femur, and the parts of a body.
 *
 * Pictures are seen from the front: columns run to the patient's left, rows to the feet. Places
 * are in mm from the middle of the first pixel, {across, down}.
 */

#include <osarc/side.h>

OSARC_BEGIN_DECLS

/** A map of bone, row by row: g/cm2, or any grey that rises with it and is about even where there
 * is none. */
typedef struct osarc_dxa_picture {
    const float *bone;
    const uint8_t *usable; /**< 0: nothing was measured there; NULL: all was. */
    size_t columns, rows;
    double spacing_mm[2];
    int is_display; /**< 1: grey levels of a finished picture, with white margins to leave out. */
} osarc_dxa_picture;

#define OSARC_DXA_VERTEBRAE 8

/** One vertebra between the middles of the discs above and below it. */
typedef struct osarc_dxa_vertebra {
    uint8_t label;      /**< Structure number, such as 28 for L4; 0: nothing anchors it. */
    double above[2][2]; /**< Disc above: ends to the patient's right and left. */
    double below[2][2]; /**< Disc below. */
    double width_mm;    /**< Between the bone's edges, mean. */
    size_t pixel_count; /**< Of it in the labels. */
} osarc_dxa_vertebra;

/** Vertebrae of a picture, head to foot. */
typedef struct osarc_dxa_spine {
    osarc_dxa_vertebra vertebrae[OSARC_DXA_VERTEBRAE];
    size_t count;
    uint8_t *labels;   /**< Of each pixel: structure number of a named vertebra's bone, else 0. */
    int has_rib;       /**< A last pair of ribs, or one of it, names vertebrae from above. */
    int has_crest;     /**< The iliac crests do from below. */
    char refused[160]; /**< Why nothing is named; "" when something is. */
    char warning[160]; /**< What is doubtful in the names; "" when nothing is. */
} osarc_dxa_spine;

/**
 * Finds whole vertebrae and names them from the last rib above and the iliac crests below. One of
 * the two is enough, with a warning; when both are there and differ, nothing is named.
 *
 * @param[out] out  To be freed with osarc_dxa_spine_free; all-zero on failure. No spine is no
 *                  failure: the count is 0 then, and refused says why.
 * @retval OSARC_ERR_ARGUMENT  no picture
 * @retval OSARC_ERR_GEOMETRY  the spacing is not known, or the picture has under 8 columns or rows
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_dxa_spine_find(osarc_dxa_spine *out,
                                                             const osarc_dxa_picture *picture,
                                                             osarc_error *err);

/** Leaves it all-zero. NULL is allowed. */
OSARC_API void osarc_dxa_spine_free(osarc_dxa_spine *spine);

OSARC_END_DECLS

#endif
