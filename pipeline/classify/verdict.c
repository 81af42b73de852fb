/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verdict.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>

#include "logic.h"

static int agrees(const osarc_state *states, unsigned met, unsigned used)
{
    for (int p = 0; p < OSI_PART_COUNT; p++) {
        if (!(used & OSI_BIT(p)))
            continue;
        if (states[p] == OSARC_MET && !(met & OSI_BIT(p)))
            return 0;
        if (states[p] == OSARC_NOT_MET && (met & OSI_BIT(p)))
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
osi_outcome osi_outcome_find(const osi_definition *definition,
                             const osarc_state states[OSI_PART_COUNT])
{
    unsigned used = definition->parts;
    osi_outcome out = {0, 0};
    for (unsigned met = 0; met < OSI_BIT(OSI_PART_COUNT); met++) {
        if ((met & ~used) || !agrees(states, met & used, used) || !can_be(met, used))
            continue;
        size_t class = osi_class_of(definition, met);
        out.possible |= (uint8_t) (1u << class);
        for (int p = 0; p < OSI_PART_COUNT; p++) {
            unsigned other = met ^ OSI_BIT(p);
            if ((used & OSI_BIT(p)) && states[p] == OSARC_UNKNOWN && can_be(other, used) &&
                osi_class_of(definition, other) != class)
                out.deciding |= (uint8_t) arm_of(p);
        }
    }
    return out;
}

size_t osi_outcome_count(const osi_definition *definition)
{
    size_t count = 1;
    for (int p = 0; p < OSI_PART_COUNT; p++)
        if (definition->parts & OSI_BIT(p))
            count *= 3;
    return count;
}

static osarc_state state_of(const osi_arm *const arms[OSI_ARM_COUNT], int part)
{
    const osi_arm *arm = arms[part < OSI_ARM_COUNT ? part : OSI_BONE];
    return part < OSI_ARM_COUNT ? arm->state : arm->grade[part - OSI_ARM_COUNT];
}

/* The outcome from the table, the first part in use being the first digit. */
static osi_outcome look_up(const osi_definition *definition,
                           const osi_arm *const arms[OSI_ARM_COUNT])
{
    size_t index = 0;
    for (int p = 0; p < OSI_PART_COUNT; p++)
        if (definition->parts & OSI_BIT(p))
            index = 3 * index + (size_t) state_of(arms, p);
    return definition->outcomes[index];
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
    into->boundary = into->boundary ? into->boundary : arm->boundary;
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
        out->needs_sex[a] = (definition->sexed & OSI_BIT(a)) != 0;
        if (open && ((out->deciding | out->differing) & OSI_BIT(a)))
            out->result_needs_sex |= out->needs_sex[a];
    }
}

/* One sex more: what it makes possible, and its arms beside those of the other. */
static void join_sex(osi_verdict *out, const osi_definition *definition,
                     const osi_arm *const arms[OSI_ARM_COUNT], int first)
{
    osi_outcome outcome = look_up(definition, arms);
    out->possible |= outcome.possible;
    out->deciding |= outcome.deciding;
    for (int a = 0; a < OSI_ARM_COUNT; a++) {
        if (!(out->arms & OSI_BIT(a)))
            continue;
        if (first)
            out->arm[a] = *arms[a];
        else if (merge_arm(&out->arm[a], arms[a]))
            out->differing |= OSI_BIT(a);
    }
}

static int is_possible_sex(const osi_facts *facts, osarc_sex sex)
{
    return !osi_fact_known(facts, OSI_SEX) ||
           osi_fact_is(facts, OSI_SEX, sex == OSARC_SEX_FEMALE ? "F" : "M");
}

/* Where an arm of a definition stands: read when it was not, for one sex. */
static const osi_arm *find_arm(osi_judge *judge, const osi_definition *definition, osi_part part,
                               osarc_sex sex)
{
    size_t number = judge->one_definition ? (size_t) part : definition->shared[part];
    int s = sex == OSARC_SEX_MALE;
    osi_arm *arm = &judge->arms[number][s];
    if (!(judge->read[number] & 1u << s))
        osi_arm_read(arm, definition, part, judge->facts, sex);
    judge->read[number] |= (unsigned char) (1u << s);
    return arm;
}

void osi_judge_verdict(osi_verdict *out, osi_judge *judge, const osi_definition *definition)
{
    *out = (osi_verdict){.arms = osi_arms_of(definition)};
    int first = 1;
    for (int s = OSARC_SEX_FEMALE; s <= OSARC_SEX_MALE; s++) {
        const osi_arm *arms[OSI_ARM_COUNT] = {NULL};
        if (!is_possible_sex(judge->facts, (osarc_sex) s))
            continue;
        for (int a = 0; a < OSI_ARM_COUNT; a++)
            if (out->arms & OSI_BIT(a))
                arms[a] = find_arm(judge, definition, (osi_part) a, (osarc_sex) s);
        join_sex(out, definition, arms, first);
        first = 0;
    }
    out->state = read_state(out, definition);
    if (!osi_fact_known(judge->facts, OSI_SEX))
        ask_for_sex(out, definition);
}

void osi_verdict_read(osi_verdict *out, const osi_definition *definition, const osi_facts *facts)
{
    osi_arm arms[OSI_ARM_COUNT][2];
    unsigned char read[OSI_ARM_COUNT] = {0};
    osi_judge judge = {facts, arms, read, OSI_ARM_COUNT, 1};
    osi_judge_verdict(out, &judge, definition);
}

osarc_status osi_judge_create(osi_judge *out, const osarc_definitions *set, osarc_error *err)
{
    *out = (osi_judge){.count = osi_arm_total(set)};
    out->arms = osi_alloc(out->count, sizeof(*out->arms), err);
    out->read = osi_alloc(out->count, 1, err);
    if (out->arms && out->read)
        return OSARC_OK;
    osi_judge_free(out);
    return OSARC_ERR_MEMORY;
}

void osi_judge_start(osi_judge *judge, const osi_facts *facts)
{
    judge->facts = facts;
    memset(judge->read, 0, judge->count);
}

void osi_judge_free(osi_judge *judge)
{
    osi_free(judge->arms);
    osi_free(judge->read);
    *judge = (osi_judge){0};
}

const char *osi_verdict_class(const osi_verdict *verdict, const osi_definition *definition)
{
    for (size_t i = 0; i < definition->class_count; i++)
        if (verdict->possible == 1u << i)
            return definition->classes[i].name;
    return NULL;
}
