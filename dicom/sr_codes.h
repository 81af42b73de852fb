/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_SR_CODES_H
#define OSI_DICOM_SR_CODES_H

/* Codes of structured reports: quantities, places and units. Meanings are never looked at. */

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/** A coded entry; "" when absent. */
typedef struct osi_code {
    char value[32];
    char scheme[20];
} osi_code;

/** A place in the body. */
typedef struct osi_sr_place {
    const char *site; /**< NULL: none. */
    char level[16];
    int vertebra;  /**< 1 for T12, 2 for L1 ... 6 for L5; 0: none, or several. */
    int is_paired; /**< Needs a side. */
} osi_sr_place;

/** What a number is. */
typedef struct osi_sr_quantity {
    const char *quantity;
    const char *site;  /**< NULL: the code does not say. */
    const char *side;  /**< NULL: the code does not say. */
    int needs_dxa;     /**< The code does not speak of densitometry: its document must. */
    int needs_density; /**< Or it must stand below a density. */
} osi_sr_quantity;

/** 1 when the title of a document says that it is of densitometry. */
int osi_sr_is_dxa_title(const osi_code *code);

/** 0 when the code is none of a quantity. */
int osi_sr_quantity_find(osi_sr_quantity *out, const osi_code *code);

/** 0 when the code is no place that is known. */
int osi_sr_place_find(osi_sr_place *out, const osi_code *code);

/** "left", "right", "both", or NULL. */
const char *osi_sr_side_find(const osi_code *code);

/** Concepts that say where something is. */
int osi_sr_says_place(const osi_code *concept);
int osi_sr_says_side(const osi_code *concept);

/**
 * The unit of findings.csv for a quantity, and by what a number is to be multiplied for it.
 * @return why the unit does not fit, static; NULL when it does
 */
const char *osi_sr_unit_find(const char **unit_out, double *factor_out, const char *quantity,
                             const osi_code *unit);

/** The unit of findings.csv for a quantity; "" for one that is not known. Static. */
const char *osi_sr_unit_of(const char *quantity);

/** Why a number in the unit of findings.csv cannot be believed, static; NULL when it can. */
const char *osi_sr_range_check(const char *quantity, double value);

OSARC_END_DECLS

#endif
