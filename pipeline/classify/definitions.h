/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DEFINITIONS_H
#define OSI_DEFINITIONS_H

/* The definitions as data: which parts there are, and which class follows from them. */

#include "cutoffs.h"

#define OSI_BIT(part)   (1u << (part))
#define OSI_CLAUSE_MAX  4
#define OSI_CLASSES_MAX 6

/** A class holds when every clause does; a clause holds when one of its parts is met. */
typedef struct osi_class_rule {
    const char *name;
    unsigned clauses[OSI_CLAUSE_MAX]; /**< Sets of parts; 0 ends them. */
    int is_condition;                 /**< The class is (a grade of) what is looked for. */
} osi_class_rule;

/** The first class that holds is the class; the last has no clause and always holds. */
typedef struct osi_definition {
    const char *id;
    const char *lean; /**< Whose cut-offs decide mass, strength and performance; NULL: none. */
    const char *bone; /**< Whose cut-offs decide bone; NULL: none. */
    const char *source;
    osi_class_rule classes[OSI_CLASSES_MAX];
} osi_definition;

/** How bone is judged by whoever's cut-offs. */
typedef struct osi_bone_rule {
    const char *id;
    osi_value value;            /**< What its cut-offs are about. */
    const char *name;           /**< Of that value, short. */
    int fracture_suffices;      /**< A stated hip or vertebral fracture alone is osteoporosis. */
    int perimenopausal;         /**< It is for perimenopausal women, too. */
    const char *women;          /**< Whom it is for. */
    const char *not_applicable; /**< What is said of those it is not for. */
} osi_bone_rule;

/** NULL when there is none of that id. Static. */
const osi_bone_rule *osi_bone_rule_find(const char *id);

/** All definitions, in the order of their rows. Static. */
const osi_definition *osi_definitions(size_t *count_out);

/** How many classes a definition has. */
size_t osi_class_count(const osi_definition *definition);

/** Index of the class that follows when just these parts are met. */
size_t osi_class_of(const osi_definition *definition, unsigned met);

/** Parts that a definition uses. */
unsigned osi_parts_of(const osi_definition *definition);

#endif
