/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_ENERGY_PAIR_H
#define RUN_ENERGY_PAIR_H

#include <osarc/dicom.h>

#define ENERGY_PAIR_NONE SIZE_MAX

/*
 * Index of the series that `series` makes a dual-energy pair with: same study, patient, frame of
 * reference and grid, both usable, no contrast, and 30 kV or more between them. Of several the
 * one farthest off in voltage, then one of the same kernel, then the first. ENERGY_PAIR_NONE when
 * there is none. A series with two voltages in it is two rows of the catalogue, so it is found too.
 * Which of the two is the low energy tells acquisition.kvp.
 */
size_t energy_pair_find(const osarc_catalogue *catalogue, size_t series);

#endif
