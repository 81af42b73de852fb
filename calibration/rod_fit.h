/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CALIBRATION_ROD_FIT_H
#define CALIBRATION_ROD_FIT_H

#include <osarc/rod_phantom.h>

/** A rod is read up to so far from its edge, where neither blur nor a little tilt reach. */
#define ROD_MARGIN_MM 3.0
#define ROD_INNER_MM(radius_mm)                                                                    \
    ((radius_mm) > 2 * ROD_MARGIN_MM ? (radius_mm) -ROD_MARGIN_MM : 0.5 * (radius_mm))

/** SD of voxels in a rod that no noise explains. */
#define ROD_UNEVEN_HU 120

/** y = c0 + c1 x + c2 x^2 by least squares; c2 is 0 for two places, c1 too for one. */
void rod_fit_parabola(double out[3], const double *x, const double *y, size_t count);

/** Whether rods may read so: slope, water and scatter. NAN where a rod was not seen. */
int rod_fit_is_plausible(double *rms_out, const osarc_rod_model *model, const double *hu,
                         double kvp);

#endif
