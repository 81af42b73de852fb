/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_VERDICT_H
#define OSI_VERDICT_H

/* What follows for one patient from one definition, whatever the unknown parts turn out to be. */

#include "parts.h"

typedef struct osi_verdict {
    unsigned arms;              /**< Set of arms the definition has. */
    osi_arm arm[OSI_ARM_COUNT]; /**< Over all sexes that are possible. */
    unsigned deciding;          /**< Unknown arms that the class still depends on. */
    unsigned differing;         /**< Arms that one sex would meet and the other not. */
    unsigned possible;          /**< Set of classes that are possible. */
    osarc_state state;          /**< Whether the patient has what the definition looks for. */
    int needs_sex[OSI_ARM_COUNT];
    int result_needs_sex;
} osi_verdict;

void osi_verdict_read(osi_verdict *out, const osi_definition *definition, const osi_facts *facts);

/** The class; NULL when more than one is possible. */
const char *osi_verdict_class(const osi_verdict *verdict, const osi_definition *definition);

/**
 * Probability of a class when the measured density has its interval and nothing else is in doubt;
 * NAN where the class does not stand on a measured density with an interval.
 */
double osi_verdict_chance(const osi_definition *definition, const osi_facts *facts,
                          const char *class_name);

#endif
