/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_PRECISION_H
#define OSI_PRECISION_H

/* What a site says of the precision of its measurements. */

#include "facts.h"

/** Least significant change in precision errors: 1.96 * sqrt(2), as ISCD rounds it. */
#define OSI_LSC_FACTOR 2.77

/** Standard deviation of a fact: of its interval or of the site, the larger; 0: not known. */
double osi_fact_sd(const osi_facts *facts, osi_input input, const osarc_precision *precision);

/** 1 for inputs that may have a precision. */
int osi_input_is_measured(osi_input input);

#endif
