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

/** What is worked out of one patient once for all definitions: arms that several share. */
typedef struct osi_judge {
    const osi_facts *facts;
    osi_arm (*arms)[2]; /**< Of each different arm, taking the patient for a woman, a man. */
    unsigned char *read;
    size_t count;
    int one_definition; /**< Arms are numbered as parts. */
} osi_judge;

/** Room for the arms of a set; one thread at a time. Free with osi_judge_free. */
OSARC_MUST_CHECK osarc_status osi_judge_create(osi_judge *out, const osarc_definitions *set,
                                               osarc_error *err);

/** Starts with the facts of another patient, borrowed. */
void osi_judge_start(osi_judge *judge, const osi_facts *facts);

/** As osi_verdict_read, on the facts it was started with. */
void osi_judge_verdict(osi_verdict *out, osi_judge *judge, const osi_definition *definition);

void osi_judge_free(osi_judge *judge);

/** Number of an outcome: the states of the parts in use, as digits to the base 3. */
size_t osi_outcome_count(const osi_definition *definition);

/** What follows from states of parts. */
osi_outcome osi_outcome_find(const osi_definition *definition,
                             const osarc_state states[OSI_PART_COUNT]);

/** The class; NULL when more than one is possible. */
const char *osi_verdict_class(const osi_verdict *verdict, const osi_definition *definition);

#endif
