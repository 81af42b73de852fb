/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_SEGMENTATION_H
#define OSARC_SEGMENTATION_H

/**
 * @file segmentation.h
 * From an image in HU to a tissue label for each voxel.
 */

#include <osarc/mask.h>
#include <osarc/notes.h>

OSARC_BEGIN_DECLS

/** All-zero means default. */
typedef struct osarc_segment_options {
    int threads;             /**< 0: all cores. */
    int contrast_given;      /**< 1 when the header says that contrast was given. */
    osarc_progress progress; /**< May be NULL. */
    void *payload;           /**< Handed to progress. */
} osarc_segment_options;

/** What was seen on the way; numbers that are not known are NAN. */
typedef struct osarc_segment_report {
    double body_cut_fraction; /**< Share of the body outline that lies on the edge of the view. */
    double metal_cm3;         /**< 0 when there is none. */
    double metal_slice_fraction; /**< Share of slices with metal, whose streaks reach tissue. */
    double removed_cm3;          /**< Table, blankets and the like: solid, but not body. */
} osarc_segment_report;

/**
 * Label every voxel: outside, subcutaneous fat, inner fat (as 2), other soft tissue (as 5),
 * compact bone, trabecular bone and marrow, gas, metal. Works in mm, for any grid.
 *
 * @param[out] out         The caller frees it. NULL on failure. On the image's grid.
 * @param[out] report_out  May be NULL.
 * @param image            In HU.
 * @param notes            What a reader should know is added here; may be NULL.
 * @retval OSARC_ERR_UNIT     the image is not in HU
 * @retval OSARC_ERR_QUALITY  there is no body in the image
 */
OSARC_API OSARC_MUST_CHECK osarc_status
osarc_segment_tissues(osarc_mask **out, osarc_segment_report *report_out, const osarc_image *image,
                      osarc_notes *notes, const osarc_segment_options *options, osarc_error *err);

OSARC_END_DECLS

#endif
