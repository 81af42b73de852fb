/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parts.h"

#include <math.h>
#include <string.h>

#include "logic.h"

/*
 * Strength and performance each have several tests, of which a clinic does one: the tests that
 * were done decide. Mass has one measurement put in several ways, so all of them must be known
 * before it counts as not low.
 */
static int all_tests_needed(osi_part part)
{
    return part == OSI_MASS;
}

static void read_tests(osi_arm *arm, const char *definition, osi_part part, const osi_facts *facts,
                       osarc_sex sex)
{
    osi_inputs needed = 0;
    int done = 0;
    int tests = 0;
    osarc_state any = OSARC_NOT_MET;
    *arm = (osi_arm){.state = OSARC_UNKNOWN};
    for (int value = 0; value < OSI_VALUE_COUNT; value++) {
        const osi_cutoff *cutoff = osi_cutoff_find(definition, part, (osi_value) value, sex);
        if (!cutoff)
            continue;
        osi_inputs used;
        osi_inputs missing;
        double number = osi_value_read(facts, (osi_value) value, &used, &missing);
        osarc_state state = osi_compare(number, cutoff->compare, cutoff->limit);
        tests++;
        done += state != OSARC_UNKNOWN;
        any = osi_or(any, state == OSARC_MET ? OSARC_MET : OSARC_NOT_MET);
        arm->used |= used;
        needed |= missing;
    }
    if (any == OSARC_MET || done == tests || (done > 0 && !all_tests_needed(part)))
        arm->state = any;
    else if (all_tests_needed(part))
        arm->needs_all = needed;
    else
        arm->needs_one = needed;
}

/* Whether the bands are for this patient: women by their menopause, men by their age. */
static osarc_state read_population(osi_arm *arm, const osi_bone_rule *rule, const osi_facts *facts,
                                   osarc_sex sex)
{
    if (sex == OSARC_SEX_FEMALE) {
        if (!osi_fact_known(facts, OSI_MENOPAUSAL)) {
            arm->needs_all |= OSI_INPUT(OSI_MENOPAUSAL);
            return OSARC_UNKNOWN;
        }
        arm->used |= OSI_INPUT(OSI_MENOPAUSAL);
        if (osi_fact_is(facts, OSI_MENOPAUSAL, "post"))
            return OSARC_MET;
        return rule->perimenopausal && osi_fact_is(facts, OSI_MENOPAUSAL, "peri") ? OSARC_MET
                                                                                  : OSARC_NOT_MET;
    }
    osi_inputs used;
    osi_inputs missing;
    const osi_cutoff *cutoff = osi_cutoff_find(rule->id, OSI_POPULATION, OSI_VALUE_AGE_YEARS, sex);
    double age = osi_value_read(facts, OSI_VALUE_AGE_YEARS, &used, &missing);
    arm->used |= used;
    arm->needs_all |= missing;
    return osi_compare(age, cutoff->compare, cutoff->limit);
}

static osarc_state read_band(const osi_bone_rule *rule, osi_part part, double number)
{
    const osi_cutoff *cutoff = osi_cutoff_find(rule->id, part, rule->value, OSARC_SEX_UNKNOWN);
    return osi_compare(number, cutoff->compare, cutoff->limit);
}

static osarc_state from_flag(int flag)
{
    return flag ? OSARC_MET : OSARC_NOT_MET;
}

/* A fracture counts only when it is stated: none is ever inferred, and one that is not stated is
 * not missing. */
static void read_bone(osi_parts *parts, const osi_bone_rule *rule, const osi_facts *facts,
                      osarc_sex sex)
{
    osi_arm *arm = &parts->arm[OSI_BONE];
    *arm = (osi_arm){.state = OSARC_UNKNOWN};
    osi_inputs used;
    osi_inputs missing;
    double number = osi_value_read(facts, rule->value, &used, &missing);
    osarc_state population = read_population(arm, rule, facts, sex);
    arm->used |= used;
    arm->needs_one = missing;
    arm->not_applicable = population == OSARC_NOT_MET ? rule->not_applicable : NULL;
    if (population != OSARC_MET)
        return;
    int stated = osi_fact_known(facts, OSI_FRACTURE);
    int major = rule->fracture_suffices && (osi_fact_is(facts, OSI_FRACTURE, "hip") ||
                                            osi_fact_is(facts, OSI_FRACTURE, "vertebral"));
    if (stated)
        arm->used |= OSI_INPUT(OSI_FRACTURE);
    osarc_state low = read_band(rule, OSI_BONE, number);
    arm->state = osi_or(low, from_flag(major));
    if (arm->state != OSARC_UNKNOWN)
        arm->needs_one = 0;
    parts->state[OSI_NORMAL_BONE] = read_band(rule, OSI_NORMAL_BONE, number);
    if (arm->state != OSARC_UNKNOWN)
        parts->state[OSI_SEVERE_BONE] =
            from_flag(low == OSARC_MET && stated && !osi_fact_is(facts, OSI_FRACTURE, "none"));
}

void osi_parts_read(osi_parts *out, const osi_definition *definition, const osi_facts *facts,
                    osarc_sex sex)
{
    unsigned parts = osi_parts_of(definition);
    for (int p = 0; p < OSI_PART_COUNT; p++)
        out->state[p] = OSARC_UNKNOWN;
    for (int a = 0; a < OSI_ARM_COUNT; a++) {
        out->arm[a] = (osi_arm){.state = OSARC_UNKNOWN};
        if (a != OSI_BONE && (parts & OSI_BIT(a)))
            read_tests(&out->arm[a], definition->lean, (osi_part) a, facts, sex);
    }
    if (definition->bone)
        read_bone(out, osi_bone_rule_find(definition->bone), facts, sex);
    for (int a = 0; a < OSI_ARM_COUNT; a++)
        out->state[a] = out->arm[a].state;
}

int osi_part_is_sexed(const osi_definition *definition, osi_part part)
{
    size_t count;
    const osi_cutoff *cutoffs = osi_cutoffs(&count);
    if (part == OSI_BONE)
        return 1; /* by its population */
    for (size_t i = 0; i < count; i++)
        if (cutoffs[i].part == part && cutoffs[i].sex != OSARC_SEX_UNKNOWN &&
            !strcmp(cutoffs[i].definition, definition->lean))
            return 1;
    return 0;
}
