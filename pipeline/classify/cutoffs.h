/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_CUTOFFS_H
#define OSI_CUTOFFS_H

/* How a number is held against a limit. The limits themselves are in the files of definitions. */

#include "facts.h"

typedef enum osi_operator {
    OSI_LESS,
    OSI_AT_MOST,
    OSI_MORE,
    OSI_AT_LEAST
} osi_operator;

/** As printed: "<", "<=", ">" or ">=". */
const char *osi_operator_text(osi_operator compare);

/** 1 when the text is an operator as printed. */
int osi_operator_read(const char *text, osi_operator *out);

/**
 * Whether a number meets a cut-off; unknown for NAN. A number within 1e-9 of the limit counts as
 * the limit: (0.558 - 0.858) / 0.120 is -2.4999999999999996 in binary, and means -2.5.
 */
osarc_state osi_compare(double number, osi_operator compare, double limit);

#endif
