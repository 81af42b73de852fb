/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parts.h"

#include <math.h>
#include <string.h>

#include "logic.h"

/* T compares with young adults, and none are published for those who still gain bone: the age that
 * scores are refused under (ISCD 2019: Z in children and adolescents). */
#define T_AGE_FROM 20.0

/* Every population that cut-offs of sarcopenia are from is of adults. */
#define ADULT_AGE_FROM 18.0

/*
 * Strength and performance each have several tests, of which a clinic does one: the tests that
 * were done decide. Mass has one measurement put in several ways, so all of them must be known
 * before it counts as not low.
 */
static int all_tests_needed(osi_part part)
{
    return part == OSI_MASS;
}

static int by_method(const osi_test *test, const osi_facts *facts)
{
    return !test->method || osi_fact_is(facts, OSI_ALM_METHOD, test->method);
}

/* A method that no cut-off of the arm is for leaves lean mass missing; an unknown one is asked
 * for. */
static int is_method_wanted(const osi_tests *tests, const osi_facts *facts)
{
    for (size_t i = 0; i < tests->count; i++)
        if (by_method(&tests->test[i], facts))
            return 1;
    return 0;
}

/* Whether a test is for the patient's age; unknown when the age is. */
static osarc_state is_for_age(const osi_test *test, const osi_facts *facts, osi_arm *arm)
{
    if (isinf(test->age_from) && isinf(test->age_below)) {
        int minor = osi_compare(facts->fact[OSI_AGE].number, OSI_LESS, ADULT_AGE_FROM) == OSARC_MET;
        arm->used |= minor ? OSI_INPUT(OSI_AGE) : 0;
        return minor ? OSARC_NOT_MET : OSARC_MET;
    }
    if (osi_fact_known(facts, OSI_AGE))
        arm->used |= OSI_INPUT(OSI_AGE);
    double age = facts->fact[OSI_AGE].number;
    return osi_and(osi_compare(age, OSI_AT_LEAST, test->age_from),
                   osi_compare(age, OSI_LESS, test->age_below));
}

/* A walk over another course than the cut-off's is another test, and one over a course that is not
 * stated may be. Where a definition names no course, any will do. */
static osi_inputs lacks_course(const osi_test *test, const osi_facts *facts, osi_arm *arm)
{
    if (test->value != OSI_VALUE_GAIT_M_S || !osi_fact_known(facts, OSI_GAIT))
        return 0;
    if (osi_fact_known(facts, OSI_GAIT_COURSE))
        arm->used |= OSI_INPUT(OSI_GAIT_COURSE);
    else
        return test->course_m > 0 ? OSI_INPUT(OSI_GAIT_COURSE) : 0;
    double course = facts->fact[OSI_GAIT_COURSE].number;
    if (test->course_m <= 0 || fabs(course - test->course_m) <= 1e-9)
        return 0;
    arm->course_m = test->course_m;
    return OSI_INPUT(OSI_GAIT);
}

/* State of one test; what it is worked out from goes into the arm, what lacks into needed. */
static osarc_state read_test(osi_arm *arm, const osi_test *test, const osi_facts *facts,
                             osarc_sex sex, osi_inputs *needed)
{
    osi_inputs used;
    osi_inputs missing;
    double number = osi_value_read(facts, test->value, &used, &missing);
    arm->used |= used;
    *needed |= missing;
    if (test->unpublished) {
        arm->not_applicable = test->unpublished;
        return OSARC_UNKNOWN;
    }
    if (!by_method(test, facts)) {
        if (osi_fact_known(facts, OSI_ALM_METHOD))
            *needed |= OSI_INPUT(OSI_ALM);
        return OSARC_UNKNOWN;
    }
    osi_inputs course = lacks_course(test, facts, arm);
    *needed |= course;
    if (course)
        return OSARC_UNKNOWN;
    return osi_compare(number, test->compare, test->limit[sex == OSARC_SEX_MALE]);
}

static void read_tests(osi_arm *arm, const osi_tests *of, osi_part part, const osi_facts *facts,
                       osarc_sex sex)
{
    osi_inputs needed = 0;
    size_t done = 0;
    size_t tests = 0;
    size_t other_age = 0;
    osarc_state any = OSARC_NOT_MET;
    int wanted = is_method_wanted(of, facts);
    for (size_t i = 0; i < of->count; i++) {
        const osi_test *test = &of->test[i];
        osarc_state age = is_for_age(test, facts, arm);
        if (wanted && !by_method(test, facts))
            continue;
        if (!wanted) {
            arm->by_dxa |= test->method && !strcmp(test->method, "dxa");
            arm->by_bia |= test->method && !strcmp(test->method, "bia");
        }
        other_age += age == OSARC_NOT_MET;
        if (age == OSARC_NOT_MET)
            continue;
        osarc_state state = read_test(arm, test, facts, sex, &needed);
        if (age == OSARC_UNKNOWN) {
            needed |= OSI_INPUT(OSI_AGE);
            state = OSARC_UNKNOWN;
        }
        tests++;
        done += state != OSARC_UNKNOWN;
        any = osi_or(any, state == OSARC_MET ? OSARC_MET : OSARC_NOT_MET);
    }
    if (!tests && other_age)
        arm->not_applicable = "the definition has no cut-offs for this age";
    else if (any == OSARC_MET || done == tests || (done > 0 && !all_tests_needed(part)))
        arm->state = any;
    else if (all_tests_needed(part) || tests == 1 || (needed & OSI_INPUT(OSI_AGE)))
        arm->needs_all = needed;
    else
        arm->needs_one = needed;
}

/* A menopause that is stated of one so young does not make T hold. */
static int is_too_young(const osi_bone_rule *rule, const osi_facts *facts)
{
    return (rule->value == OSI_VALUE_T_LOWEST || rule->value == OSI_VALUE_T_CENTRAL) &&
           osi_compare(facts->fact[OSI_AGE].number, OSI_LESS, T_AGE_FROM) == OSARC_MET;
}

/* Whether the bands are for this patient: women by their menopause, men by their age. */
static osarc_state read_population(osi_arm *arm, const osi_bone_rule *rule, const osi_facts *facts,
                                   osarc_sex sex)
{
    if (is_too_young(rule, facts)) {
        arm->used |= OSI_INPUT(OSI_AGE);
        return OSARC_NOT_MET;
    }
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
    if (osi_fact_known(facts, OSI_AGE))
        arm->used |= OSI_INPUT(OSI_AGE);
    else
        arm->needs_all |= OSI_INPUT(OSI_AGE);
    return osi_compare(facts->fact[OSI_AGE].number, OSI_AT_LEAST, rule->men_age_from);
}

static osarc_state read_band(const osi_cutoff *cutoff, double number)
{
    return cutoff->given ? osi_compare(number, cutoff->compare, cutoff->limit) : OSARC_NOT_MET;
}

static osarc_state from_flag(int flag)
{
    return flag ? OSARC_MET : OSARC_NOT_MET;
}

static osarc_state *grade_of(osi_arm *arm, osi_part part)
{
    return &arm->grade[part - OSI_ARM_COUNT];
}

/* Of those whom T is not for: by Z, where the definition says so. */
static void read_z(osi_arm *arm, const osi_bone_rule *rule, const osi_facts *facts)
{
    osi_inputs used;
    osi_inputs missing;
    double number = osi_value_read(facts, OSI_VALUE_Z_LOWEST, &used, &missing);
    arm->used |= used;
    arm->needs_one = missing;
    arm->state = read_band(&rule->z, number);
    *grade_of(arm, OSI_NORMAL_BONE) = OSARC_NOT_MET;
    *grade_of(arm, OSI_SEVERE_BONE) = OSARC_NOT_MET;
}

/* A fracture counts only when it is stated: none is ever inferred, and one that is not stated is
 * not missing. */
static void read_bone(osi_arm *arm, const osi_bone_rule *rule, const osi_facts *facts,
                      osarc_sex sex)
{
    osi_inputs used;
    osi_inputs missing;
    double number = osi_value_read(facts, rule->value, &used, &missing);
    osarc_state population = read_population(arm, rule, facts, sex);
    if (rule->z.given)
        *grade_of(arm, OSI_Z_APPLIES) = osi_not(population);
    if (rule->z.given && population == OSARC_NOT_MET) {
        read_z(arm, rule, facts);
        return;
    }
    arm->used |= used;
    arm->needs_one = missing;
    arm->not_applicable = population == OSARC_NOT_MET ? rule->not_applicable : NULL;
    if (population != OSARC_MET)
        return;
    for (size_t i = 0; i < rule->boundary_count; i++)
        if (osi_compare(number, OSI_AT_LEAST, rule->boundaries[i].value) == OSARC_MET &&
            osi_compare(number, OSI_AT_MOST, rule->boundaries[i].value) == OSARC_MET)
            arm->boundary = rule->boundaries[i].note;
    int stated = osi_fact_known(facts, OSI_FRACTURE);
    int major = rule->fracture_suffices && (osi_fact_is(facts, OSI_FRACTURE, "hip") ||
                                            osi_fact_is(facts, OSI_FRACTURE, "vertebral"));
    int minor = osi_fact_is(facts, OSI_FRACTURE, "humerus") ||
                osi_fact_is(facts, OSI_FRACTURE, "pelvis") ||
                osi_fact_is(facts, OSI_FRACTURE, "forearm");
    if (stated && (rule->fracture_suffices || rule->severe.given))
        arm->used |= OSI_INPUT(OSI_FRACTURE);
    osarc_state low = read_band(&rule->low, number);
    osarc_state broken = minor ? read_band(&rule->with_fracture, number) : OSARC_NOT_MET;
    arm->state = osi_or(osi_or(low, broken), from_flag(major));
    if (arm->state != OSARC_UNKNOWN)
        arm->needs_one = 0;
    *grade_of(arm, OSI_NORMAL_BONE) = read_band(&rule->normal, number);
    if (arm->state != OSARC_UNKNOWN)
        *grade_of(arm, OSI_SEVERE_BONE) =
            from_flag(read_band(&rule->severe, number) == OSARC_MET && stated &&
                      !osi_fact_is(facts, OSI_FRACTURE, "none"));
}

void osi_arm_read(osi_arm *out, const osi_definition *definition, osi_part arm,
                  const osi_facts *facts, osarc_sex sex)
{
    *out = (osi_arm){.state = OSARC_UNKNOWN};
    for (int g = 0; g < OSI_GRADE_COUNT; g++)
        out->grade[g] = OSARC_UNKNOWN;
    if (arm == OSI_BONE)
        read_bone(out, &definition->bone, facts, sex);
    else
        read_tests(out, &definition->arms[arm], arm, facts, sex);
}

int osi_part_is_sexed(const osi_definition *definition, osi_part part)
{
    if (part == OSI_BONE)
        return 1; /* by its population */
    const osi_tests *tests = &definition->arms[part];
    for (size_t i = 0; i < tests->count; i++)
        if (tests->test[i].limit[0] < tests->test[i].limit[1] ||
            tests->test[i].limit[0] > tests->test[i].limit[1])
            return 1;
    return 0;
}
