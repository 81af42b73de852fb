/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_CUTOFFS_H
#define OSI_CUTOFFS_H

/* Every clinical threshold, once, with its source. */

#include "facts.h"

typedef enum osi_operator {
    OSI_LESS,
    OSI_AT_MOST,
    OSI_MORE,
    OSI_AT_LEAST
} osi_operator;

/** What cut-offs decide. The first four are the arms of classification.csv. */
typedef enum osi_part {
    OSI_MASS,
    OSI_STRENGTH,
    OSI_PERFORMANCE,
    OSI_BONE,
    OSI_ARM_COUNT,
    OSI_NORMAL_BONE = OSI_ARM_COUNT,
    OSI_SEVERE_BONE,
    OSI_PART_COUNT,
    OSI_POPULATION = OSI_PART_COUNT
} osi_part;

/** Met when `value operator limit`. */
typedef struct osi_cutoff {
    const char *definition;
    osi_part part;
    osi_value value;
    osarc_sex sex; /**< Unknown: both sexes. */
    osi_operator compare;
    double limit;
    const char *source;
    char confidence; /**< 'H': several published tables agree; 'm': one does. */
} osi_cutoff;

/** All cut-offs. Static. */
const osi_cutoff *osi_cutoffs(size_t *count_out);

/** Of a definition's part, for a value and a known sex; NULL when there is none. */
const osi_cutoff *osi_cutoff_find(const char *definition, osi_part part, osi_value value,
                                  osarc_sex sex);

/** As printed: "<", "<=", ">" or ">=". */
const char *osi_operator_text(osi_operator compare);

/**
 * Whether a number meets a cut-off; unknown for NAN. A number within 1e-9 of the limit counts as
 * the limit: (0.558 - 0.858) / 0.120 is -2.4999999999999996 in binary, and means -2.5.
 */
osarc_state osi_compare(double number, osi_operator compare, double limit);

#endif
