/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CALIBRATION_RODS_H
#define CALIBRATION_RODS_H

#include <osarc/density.h>

/** No calibration: all zero, numbers that are not known NAN. */
void rods_clear(osarc_calibration *out);

/** Plausible slopes in HU per mg/cm3 of the model's mineral; kvp NAN: any of 70 to 150. */
void rods_slope_range(const osarc_rod_model *model, double kvp, double *low_out, double *high_out);

/** What a rod reads on a scale: intercept_hu at 0 mg/cm3, slope as in osarc_calibration. */
double rods_expected_hu(const osarc_rod_model *model, size_t rod, double intercept_hu,
                        double slope);

#endif
