/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan.h"

#include <string.h>

#include <osi/alloc.h>

#include "verdict.h"
#include "words.h"

static int same_number(double a, double b)
{
    return !(a < b) && !(a > b) && (a == a) == (b == b);
}

static int same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

static int same_test(const osi_test *a, const osi_test *b)
{
    return a->value == b->value && a->compare == b->compare && same_text(a->method, b->method) &&
           same_number(a->limit[0], b->limit[0]) && same_number(a->limit[1], b->limit[1]) &&
           same_number(a->age_from, b->age_from) && same_number(a->age_below, b->age_below) &&
           same_number(a->course_m, b->course_m) && same_text(a->unpublished, b->unpublished);
}

static int same_cutoff(const osi_cutoff *a, const osi_cutoff *b)
{
    return a->given == b->given &&
           (!a->given || (a->compare == b->compare && same_number(a->limit, b->limit)));
}

static int same_boundaries(const osi_bone_rule *a, const osi_bone_rule *b)
{
    if (a->boundary_count != b->boundary_count)
        return 0;
    for (size_t i = 0; i < a->boundary_count; i++)
        if (!same_number(a->boundaries[i].value, b->boundaries[i].value) ||
            !same_text(a->boundaries[i].note, b->boundaries[i].note))
            return 0;
    return 1;
}

static int same_bone(const osi_bone_rule *a, const osi_bone_rule *b)
{
    return a->value == b->value && same_cutoff(&a->low, &b->low) &&
           same_cutoff(&a->normal, &b->normal) && same_cutoff(&a->severe, &b->severe) &&
           same_cutoff(&a->z, &b->z) && same_cutoff(&a->with_fracture, &b->with_fracture) &&
           same_boundaries(a, b) && a->fracture_suffices == b->fracture_suffices &&
           a->perimenopausal == b->perimenopausal &&
           same_number(a->men_age_from, b->men_age_from) &&
           same_text(a->not_applicable, b->not_applicable);
}

/* Whether an arm comes out the same for every patient; sources and names may differ. */
static int same_arm(const osi_definition *a, const osi_definition *b, osi_part arm)
{
    if (!(osi_arms_of(a) & osi_arms_of(b) & OSI_BIT(arm)))
        return 0;
    if (arm == OSI_BONE)
        return same_bone(&a->bone, &b->bone);
    const osi_tests *x = &a->arms[arm];
    const osi_tests *y = &b->arms[arm];
    if (x->count != y->count)
        return 0;
    for (size_t i = 0; i < x->count; i++)
        if (!same_test(&x->test[i], &y->test[i]))
            return 0;
    return 1;
}

static void number_arms(osi_definition *all, size_t index, size_t *total)
{
    osi_definition *d = &all[index];
    for (int a = 0; a < OSI_ARM_COUNT; a++) {
        d->shared[a] = SIZE_MAX;
        if (!(osi_arms_of(d) & OSI_BIT(a)))
            continue;
        d->sexed |= osi_part_is_sexed(d, (osi_part) a) ? OSI_BIT(a) : 0;
        for (size_t i = 0; i < index && d->shared[a] == SIZE_MAX; i++)
            if (same_arm(&all[i], d, (osi_part) a))
                d->shared[a] = all[i].shared[a];
        if (d->shared[a] == SIZE_MAX)
            d->shared[a] = (*total)++;
    }
}

static osarc_status fill_outcomes(osi_definition *d, osarc_error *err)
{
    size_t count = osi_outcome_count(d);
    d->outcomes = osi_alloc(count, sizeof(*d->outcomes), err);
    if (!d->outcomes)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        osarc_state states[OSI_PART_COUNT];
        size_t digits = i;
        for (int p = OSI_PART_COUNT - 1; p >= 0; p--) {
            int used = (d->parts & OSI_BIT(p)) != 0;
            states[p] = used ? (osarc_state) (digits % 3) : OSARC_UNKNOWN;
            digits /= used ? 3 : 1;
        }
        d->outcomes[i] = osi_outcome_find(d, states);
    }
    return OSARC_OK;
}

static osarc_status fill_rules(osi_definition *d, osarc_error *err)
{
    for (int row = 0; row <= OSI_ARM_COUNT; row++) {
        osi_words words = {.err = err};
        if (row < OSI_ARM_COUNT && !(osi_arms_of(d) & OSI_BIT(row)))
            continue;
        if (row < OSI_ARM_COUNT)
            osi_words_arm_rule(&words, d, (osi_part) row);
        else
            osi_words_result_rule(&words, d);
        d->rules[row] = words.text.data;
        if (words.status)
            return words.status;
    }
    return OSARC_OK;
}

osarc_status osi_plan_make(osi_definition *all, size_t count, size_t *total_out, osarc_error *err)
{
    osarc_status status = OSARC_OK;
    *total_out = 0;
    for (size_t i = 0; i < count && !status; i++) {
        number_arms(all, i, total_out);
        status = fill_outcomes(&all[i], err);
        if (!status)
            status = fill_rules(&all[i], err);
    }
    return status;
}

void osi_plan_free(osi_definition *all, size_t count)
{
    for (size_t i = 0; i < count && all; i++) {
        osi_free(all[i].outcomes);
        for (int row = 0; row <= OSI_ARM_COUNT; row++)
            osi_free(all[i].rules[row]);
    }
}
