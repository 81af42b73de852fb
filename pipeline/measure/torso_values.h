/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_TORSO_VALUES_H
#define OSI_TORSO_VALUES_H

#include <osarc/measure_torso.h>

#include "plane_sums.h"

/** What is measured at a level, in the order of its rows. */
enum {
    OSI_MUSCLE_AREA,
    OSI_SAT_AREA,
    OSI_VAT_AREA,
    OSI_IMAT_AREA,
    OSI_MUSCLE_INDEX,
    OSI_MUSCLE_HU,
    OSI_SAT_HU,
    OSI_LOW_AREA,
    OSI_NORMAL_AREA,
    OSI_IMAT_FRACTION,
    OSI_FAT_FRACTION,
    OSI_WINDOW_MUSCLE_AREA,
    OSI_WINDOW_IMAT_AREA,
    OSI_TORSO_VALUES
};

/** Where muscle without fat reads: mid-thigh of lean adults (Goodpaster 2000, J Appl Physiol
 * 89:104): 49.2 HU, SD 2.8 between persons. */
#define OSI_LEAN_HU    49.2
#define OSI_LEAN_SD_HU 2.8

/** The share of fat in muscle by linear mixing, 0 to 1. */
double osi_fat_fraction(double muscle_hu, double fat_hu, double lean_hu);

/** What one sum over `planes` planes comes to; NAN where it says nothing. */
typedef struct osi_torso_scale {
    double pixel_cm2, step, offset, height_m, lean_hu;
} osi_torso_scale;
void osi_torso_values(double out[OSI_TORSO_VALUES], const osi_plane_sum *sum, double planes,
                      const osi_torso_scale *scale);

/** Half the 95 % interval that border voxels and noise give each value. */
void osi_torso_halves(double out[OSI_TORSO_VALUES], const osi_plane_sum *sum, double planes,
                      const osi_torso_scale *scale);

#endif
