/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_PLAN_H
#define OSI_PLAN_H

/* What is worked out once for all patients: shared arms, tables of outcomes, rules in words. */

#include "definitions.h"

/** Fills what definitions.h says is worked out once; total_out: how many different arms. */
OSARC_MUST_CHECK osarc_status osi_plan_make(osi_definition *all, size_t count, size_t *total_out,
                                            osarc_error *err);

/** Frees what osi_plan_make filled, also when it stopped half way; NULL is allowed. */
void osi_plan_free(osi_definition *all, size_t count);

#endif
