/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_ROD_PHANTOM_H
#define OSARC_ROD_PHANTOM_H

/**
 * @file rod_phantom.h
 * Bone density phantoms that are scanned under or beside a patient: which rods they hold, where
 * they lie, and what each stands for. One table, for calibration and for synthetic scans.
 */

#include <osarc/notes.h>

OSARC_BEGIN_DECLS

#define OSARC_ROD_MAX 8

typedef struct osarc_rod_model {
    char id[32];    /**< Stable word, such as "mindways3_ct". */
    char name[64];  /**< As makers print it, with the serial number that the values belong to. */
    char basis[16]; /**< "K2HPO4" or "HA". */
    size_t rod_count;
    double density_mg_cm3[OSARC_ROD_MAX];       /**< Of the basis mineral, in spatial order. */
    double water_density_mg_cm3[OSARC_ROD_MAX]; /**< Mindways only; else 0. */
    double x_mm[OSARC_ROD_MAX]; /**< Rod middles across the phantom, relative to their mean. */
    double y_mm[OSARC_ROD_MAX]; /**< Towards the patient's back, relative to their mean. */
    double rod_diameter_mm;
    double base_hu; /**< About what the plastic around the rods reads; NAN when not known. */
    char source[96];
} osarc_rod_model;

/** The models known by themselves; borrowed, static. */
OSARC_API const osarc_rod_model *osarc_rod_models(size_t *count_out);

/** By id; NULL when there is none. */
OSARC_API const osarc_rod_model *osarc_rod_model_find(const char *id);

OSARC_END_DECLS

#endif
