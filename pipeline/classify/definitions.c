/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "definitions.h"

#include <string.h>

#define MASS        OSI_BIT(OSI_MASS)
#define STRENGTH    OSI_BIT(OSI_STRENGTH)
#define PERFORMANCE OSI_BIT(OSI_PERFORMANCE)
#define BONE        OSI_BIT(OSI_BONE)
#define NORMAL      OSI_BIT(OSI_NORMAL_BONE)
#define SEVERE_BONE OSI_BIT(OSI_SEVERE_BONE)

static const osi_definition DEFINITIONS[] = {
    {"ewgsop2",
     "ewgsop2",
     NULL,
     "EWGSOP2, Cruz-Jentoft 2019, doi 10.1093/ageing/afy169",
     {{"severe", {STRENGTH, MASS, PERFORMANCE}, 1},
      {"confirmed", {STRENGTH, MASS}, 1},
      {"probable", {STRENGTH}, 0},
      {"none", {0}, 0}}},
    {"who",
     NULL,
     "who",
     "WHO 1994, Technical Report Series 843; population as ISCD 2005; fracture as NBHA 2014, "
     "doi 10.1007/s00198-014-2655-z",
     {{"severe_osteoporosis", {SEVERE_BONE}, 1},
      {"osteoporosis", {BONE}, 1},
      {"normal", {NORMAL}, 0},
      {"low_bone_mass", {0}, 0}}},
    {"os_strict:ewgsop2",
     "ewgsop2",
     "who",
     "osteoporosis together with confirmed sarcopenia; severe when one of the two is",
     {{"severe_osteosarcopenia", {BONE, STRENGTH, MASS, PERFORMANCE | SEVERE_BONE}, 1},
      {"osteosarcopenia", {BONE, STRENGTH, MASS}, 1},
      {"none", {0}, 0}}},
    {"qct_spine",
     NULL,
     "qct_spine",
     "Chinese expert consensus 2020, doi 10.21037/qims-2020-16; no T-score",
     {{"severe_osteoporosis", {SEVERE_BONE}, 1},
      {"osteoporosis", {BONE}, 1},
      {"normal", {NORMAL}, 0},
      {"low_bone_mass", {0}, 0}}},
};
#define DEFINITION_COUNT (sizeof(DEFINITIONS) / sizeof(DEFINITIONS[0]))

static const osi_bone_rule BONE_RULES[] = {
    {"who", OSI_VALUE_T_LOWEST, "T", 1, 1, "peri- and postmenopausal women",
     "T classes do not apply to this patient: Z-scores do"},
    {"qct_spine", OSI_VALUE_VBMD_MG_CM3, "vbmd_lumbar_mg_cm3", 0, 0, "postmenopausal women",
     "the bands do not apply to this patient: they are for postmenopausal women and elderly men"},
};

const osi_bone_rule *osi_bone_rule_find(const char *id)
{
    for (size_t i = 0; i < sizeof(BONE_RULES) / sizeof(BONE_RULES[0]); i++)
        if (!strcmp(BONE_RULES[i].id, id))
            return &BONE_RULES[i];
    return NULL;
}

const osi_definition *osi_definitions(size_t *count_out)
{
    *count_out = DEFINITION_COUNT;
    return DEFINITIONS;
}

size_t osi_class_count(const osi_definition *definition)
{
    size_t count = 0;
    while (count < OSI_CLASSES_MAX && definition->classes[count].name)
        count++;
    return count;
}

static int holds(const osi_class_rule *rule, unsigned met)
{
    for (size_t c = 0; c < OSI_CLAUSE_MAX && rule->clauses[c]; c++)
        if (!(rule->clauses[c] & met))
            return 0;
    return 1;
}

size_t osi_class_of(const osi_definition *definition, unsigned met)
{
    size_t i = 0;
    while (!holds(&definition->classes[i], met))
        i++;
    return i;
}

unsigned osi_parts_of(const osi_definition *definition)
{
    unsigned parts = 0;
    for (size_t i = 0; i < osi_class_count(definition); i++)
        for (size_t c = 0; c < OSI_CLAUSE_MAX; c++)
            parts |= definition->classes[i].clauses[c];
    return parts;
}
