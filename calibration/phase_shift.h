/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CALIBRATION_PHASE_SHIFT_H
#define CALIBRATION_PHASE_SHIFT_H

#include <osarc/base.h>

/*
 * How far the content of b lies from that of a, in voxels and parts of them: what is at p in a is
 * at p + shift in b. Height is that of the peak, 1 for the same content and about 0 for none in
 * common; 0 when no peak holds. The volumes should fade to 0 at their faces.
 */
OSARC_MUST_CHECK osarc_status find_phase_shift(double shift_out[3], double *height_out, double *a,
                                               double *b, const size_t size[3],
                                               const double spacing_mm[3], osarc_error *err);

#endif
