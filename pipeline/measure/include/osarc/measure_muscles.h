/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_MEASURE_MUSCLES_H
#define OSARC_MEASURE_MUSCLES_H

/**
 * @file measure_muscles.h
 * From labels of single muscles, drawn elsewhere, to rows of each.
 */

#include <osarc/hu_windows.h>
#include <osarc/measure.h>
#include <osarc/vertebra.h>

OSARC_BEGIN_DECLS

/** Name of a muscle by its structure number, without its side: "iliopsoas" for 88 and 89. Static;
 * NULL for a number that is no muscle. Even numbers are left, odd ones right. */
OSARC_API const char *osarc_muscle_name(uint8_t label);

/** What the rows of muscles are made from; all borrowed. */
typedef struct osarc_muscles_input {
    const osarc_image *image;  /**< In HU. */
    const osarc_image *smooth; /**< What windows are held to; NULL: the image itself. */
    const osarc_mask *labels;  /**< Structure numbers. */
    const osarc_mask *tissue;  /**< For the CT number of the patient's fat; NULL: not known. */
    const osarc_vertebra *const *vertebrae;
    size_t vertebra_count;
    const osarc_hu_table *windows; /**< NULL: the default. */
    double lean_hu;                /**< HU of muscle without fat; 0: the default. */
    int threads;
} osarc_muscles_input;

/**
 * For each muscle that is labelled: muscle_area, imat_area and muscle_attenuation at each whole
 * vertebra that it lies at, then muscle_volume, imat_volume, muscle_attenuation and
 * muscle_fat_fraction of all of it. Sites are muscles. No row without a labelled muscle.
 *
 * @retval OSARC_ERR_UNIT      the image is not in HU
 * @retval OSARC_ERR_GEOMETRY  the grids differ
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_measure_muscles(osarc_findings *findings,
                                                              const osarc_measure_context *context,
                                                              const osarc_muscles_input *input,
                                                              osarc_error *err);

OSARC_END_DECLS

#endif
