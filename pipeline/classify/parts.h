/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_PARTS_H
#define OSI_PARTS_H

/* An arm of a definition on one patient: met, not met or unknown, and what is missing. */

#include "definitions.h"

/** Grades of bone beside the arm itself. */
#define OSI_GRADE_COUNT (OSI_PART_COUNT - OSI_ARM_COUNT)

/** An arm: its state, the facts it stands on, and the facts that would decide it. */
typedef struct osi_arm {
    osarc_state state;
    osarc_state grade[OSI_GRADE_COUNT]; /**< Of bone; unknown for other arms. */
    osi_inputs used;
    osi_inputs needs_all;       /**< Each of these is missing. */
    osi_inputs needs_one;       /**< One of these would do. */
    const char *not_applicable; /**< Why the definition is not for this patient; NULL: it is. */
    const char *boundary;       /**< What is doubtful at just this value; NULL: nothing. */
    int by_dxa;                 /**< Lean mass is known by another method than these. */
    int by_bia;
    double course_m; /**< Gait speed is known over another course than this; 0: it is not. */
} osi_arm;

/** One arm of a definition, taking the patient for one sex; the definition has the arm. */
void osi_arm_read(osi_arm *out, const osi_definition *definition, osi_part arm,
                  const osi_facts *facts, osarc_sex sex);

/** 1 when a cut-off of the part depends on sex. */
int osi_part_is_sexed(const osi_definition *definition, osi_part part);

#endif
