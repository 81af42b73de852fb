/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verdict.h"

#include <math.h>
#include <string.h>

#include "logic.h"

#define Z_95 1.959963984540054 /* 97.5 % point of the normal distribution */

static int agrees(const osi_parts *parts, unsigned met, unsigned used)
{
    for (int p = 0; p < OSI_PART_COUNT; p++) {
        if (!(used & OSI_BIT(p)))
            continue;
        if (parts->state[p] == OSARC_MET && !(met & OSI_BIT(p)))
            return 0;
        if (parts->state[p] == OSARC_NOT_MET && (met & OSI_BIT(p)))
            return 0;
    }
    return 1;
}

/* Severe bone is a grade of low bone, and excludes normal bone. */
static int can_be(unsigned met, unsigned used)
{
    if (!(met & OSI_BIT(OSI_SEVERE_BONE)))
        return 1;
    if ((used & OSI_BIT(OSI_BONE)) && !(met & OSI_BIT(OSI_BONE)))
        return 0;
    return !(met & OSI_BIT(OSI_NORMAL_BONE));
}

static unsigned arm_of(int part)
{
    return OSI_BIT(part < OSI_ARM_COUNT ? part : OSI_BONE);
}

/* A definition without a grade of bone leaves it out; the parts it does not use are not tried. */
static void try_all(osi_verdict *out, const osi_definition *definition, const osi_parts *parts)
{
    unsigned used = definition->parts;
    for (unsigned met = 0; met < OSI_BIT(OSI_PART_COUNT); met++) {
        if ((met & ~used) || !agrees(parts, met & used, used) || !can_be(met, used))
            continue;
        size_t class = osi_class_of(definition, met);
        out->possible |= 1u << class;
        for (int p = 0; p < OSI_PART_COUNT; p++) {
            unsigned other = met ^ OSI_BIT(p);
            if ((used & OSI_BIT(p)) && parts->state[p] == OSARC_UNKNOWN && can_be(other, used) &&
                osi_class_of(definition, other) != class)
                out->deciding |= arm_of(p);
        }
    }
}

/* Returns 1 when the sexes differ. */
static int merge_arm(osi_arm *into, const osi_arm *arm)
{
    int differ = into->state != arm->state;
    if (differ)
        into->state = OSARC_UNKNOWN;
    into->used |= arm->used;
    into->needs_all |= arm->needs_all;
    into->needs_one |= arm->needs_one;
    if (!arm->not_applicable)
        into->not_applicable = NULL;
    into->by_dxa |= arm->by_dxa;
    into->by_bia |= arm->by_bia;
    into->course_m = fmax(into->course_m, arm->course_m);
    return differ;
}

static osarc_state read_state(const osi_verdict *verdict, const osi_definition *definition)
{
    int yes = 0;
    int no = 0;
    for (size_t i = 0; i < definition->class_count; i++) {
        if (!(verdict->possible & (1u << i)))
            continue;
        yes |= definition->classes[i].is_condition;
        no |= !definition->classes[i].is_condition;
    }
    if (yes && no)
        return OSARC_UNKNOWN;
    return yes ? OSARC_MET : OSARC_NOT_MET;
}

static void ask_for_sex(osi_verdict *out, const osi_definition *definition)
{
    int open = !osi_verdict_class(out, definition);
    for (int a = 0; a < OSI_ARM_COUNT; a++) {
        if (!(out->arms & OSI_BIT(a)) || out->arm[a].state != OSARC_UNKNOWN ||
            out->arm[a].not_applicable)
            continue;
        out->needs_sex[a] = osi_part_is_sexed(definition, (osi_part) a);
        if (open && ((out->deciding | out->differing) & OSI_BIT(a)))
            out->result_needs_sex |= out->needs_sex[a];
    }
}

void osi_verdict_read(osi_verdict *out, const osi_definition *definition, const osi_facts *facts)
{
    *out = (osi_verdict){0};
    out->arms = osi_arms_of(definition);
    int sex_known = osi_fact_known(facts, OSI_SEX);
    int first = 1;
    for (int s = OSARC_SEX_FEMALE; s <= OSARC_SEX_MALE; s++) {
        if (sex_known && !osi_fact_is(facts, OSI_SEX, s == OSARC_SEX_FEMALE ? "F" : "M"))
            continue;
        osi_parts parts;
        osi_parts_read(&parts, definition, facts, (osarc_sex) s);
        try_all(out, definition, &parts);
        for (int a = 0; a < OSI_ARM_COUNT; a++) {
            if (first)
                out->arm[a] = parts.arm[a];
            else if (merge_arm(&out->arm[a], &parts.arm[a]))
                out->differing |= OSI_BIT(a);
        }
        first = 0;
    }
    out->state = read_state(out, definition);
    if (!sex_known)
        ask_for_sex(out, definition);
}

const char *osi_verdict_class(const osi_verdict *verdict, const osi_definition *definition)
{
    for (size_t i = 0; i < definition->class_count; i++)
        if (verdict->possible == 1u << i)
            return definition->classes[i].name;
    return NULL;
}

/* Share of a normal distribution that lies below a limit. */
static double share_below(double limit, double mean, double sd)
{
    return sd > 0 ? erfc((mean - limit) / (sd * sqrt(2))) / 2 : mean < limit;
}

double osi_verdict_chance(const osi_definition *definition, const osi_facts *facts,
                          const char *class_name)
{
    const osi_bone_rule *rule = &definition->bone;
    if (strcmp(definition->kind, "bone") != 0 || rule->value != OSI_VALUE_VBMD_MG_CM3 ||
        !rule->low.given || !rule->normal.given || !class_name)
        return NAN;
    osi_inputs used;
    osi_inputs missing;
    double mean = osi_value_read(facts, rule->value, &used, &missing);
    double sd = facts->vbmd_half / Z_95;
    if (isnan(mean) || !isfinite(sd))
        return NAN;
    double below_low = share_below(rule->low.limit, mean, sd);
    double below_high = share_below(rule->normal.limit, mean, sd);
    if (!strcmp(class_name, "normal"))
        return 1 - below_high;
    if (!strcmp(class_name, "low_bone_mass"))
        return below_high - below_low;
    return below_low;
}
