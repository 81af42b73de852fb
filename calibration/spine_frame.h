/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_CALIBRATION_SPINE_FRAME_H
#define OSI_CALIBRATION_SPINE_FRAME_H

/* Directions at each vertebra: where behind, beside and in front of the spine is. */

#include <osarc/density.h>

OSARC_BEGIN_DECLS

typedef struct osi_spine_frame {
    double centre_mm[3];
    double up[3];   /* unit, along the spine */
    double back[3]; /* unit, at right angles to up */
    double left[3]; /* unit, the patient's left */
} osi_spine_frame;

/* One frame a vertebra; the caller frees *out with osi_free. */
OSARC_MUST_CHECK osarc_status osi_spine_frames(osi_spine_frame **out, const osarc_spine_line *line,
                                               osarc_error *err);

/* Frames every `step_mm` along the spine, `beyond_mm` past both ends; the caller frees *out. */
OSARC_MUST_CHECK osarc_status osi_spine_levels(osi_spine_frame **out, size_t *count_out,
                                               const osi_spine_frame *frames, size_t count,
                                               double step_mm, double beyond_mm, osarc_error *err);

/* Coordinates of a position in the frame: to the left, to the back, up. */
void osi_spine_frame_in(const osi_spine_frame *frame, const double lps_mm[3], double out_mm[3]);

OSARC_END_DECLS

#endif
