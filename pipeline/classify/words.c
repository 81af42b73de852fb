/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "words.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void osi_words_add(osi_words *words, const char *format, ...)
{
    char piece[512];
    va_list args;
    va_start(args, format);
    vsnprintf(piece, sizeof(piece), format, args);
    va_end(args);
    if (!words->status)
        words->status = osi_text_add(&words->text, piece, strlen(piece), words->err);
}

void osi_words_put(osi_words *words, const char *text)
{
    if (!words->status)
        words->status = osi_text_add(&words->text, text, strlen(text), words->err);
}

static void add_limit(osi_words *words, osi_operator compare, double limit)
{
    char number[OSI_NUMBER_SIZE];
    osi_words_add(words, "%s %s", osi_operator_text(compare), osi_number_print(number, limit));
}

static void add_ages(osi_words *words, const osi_test *test)
{
    char from[OSI_NUMBER_SIZE];
    char below[OSI_NUMBER_SIZE];
    osi_number_print(from, test->age_from);
    osi_number_print(below, test->age_below);
    if (isfinite(test->age_from) && isfinite(test->age_below))
        osi_words_add(words, " at age %s to under %s", from, below);
    else if (isfinite(test->age_from))
        osi_words_add(words, " at age >= %s", from);
    else if (isfinite(test->age_below))
        osi_words_add(words, " at age < %s", below);
}

/* The name of a value; the method in place of %s. */
static void add_value(osi_words *words, const osi_test *test)
{
    const char *name = osi_value_name(test->value);
    const char *gap = strstr(name, "%s");
    char number[OSI_NUMBER_SIZE];
    if (gap)
        osi_words_add(words, "%.*s%s%s", (int) (gap - name), name, test->method, gap + 2);
    else
        osi_words_add(words, "%s", name);
    if (test->course_m > 0)
        osi_words_add(words, " over %s m", osi_number_print(number, test->course_m));
}

static void add_test(osi_words *words, const osi_test *test)
{
    add_value(words, test);
    osi_words_add(words, " ");
    if (test->unpublished) {
        osi_words_add(words, "%s a number that is not published", osi_operator_text(test->compare));
    } else {
        int both = !(test->limit[0] < test->limit[1] || test->limit[0] > test->limit[1]);
        add_limit(words, test->compare, test->limit[1]);
        if (!both) {
            osi_words_add(words, " (M), ");
            add_limit(words, test->compare, test->limit[0]);
            osi_words_add(words, " (F)");
        }
    }
    osi_words_add(words, "%s", osi_value_remark(test->value));
    add_ages(words, test);
}

static void add_low_bone(osi_words *words, const osi_bone_rule *rule, const char *value)
{
    osi_words_add(words, "%s ", value);
    add_limit(words, rule->low.compare, rule->low.limit);
    if (rule->fracture_suffices)
        osi_words_add(words, " or a stated fragility fracture of hip or vertebra");
    if (rule->with_fracture.given) {
        osi_words_add(words, " or ");
        add_limit(words, rule->with_fracture.compare, rule->with_fracture.limit);
        osi_words_add(words, " with one of proximal humerus, pelvis or distal forearm");
    }
}

static void add_bone_rule(osi_words *words, const osi_bone_rule *rule)
{
    add_low_bone(words, rule, osi_value_name(rule->value));
    osi_words_add(words, "; for %s, men of age ", rule->women);
    add_limit(words, OSI_AT_LEAST, rule->men_age_from);
    if (rule->z.given) {
        osi_words_add(words, "; for others %s ", osi_value_name(OSI_VALUE_Z_LOWEST));
        add_limit(words, rule->z.compare, rule->z.limit);
    }
    osi_words_add(words, " [%s; %s]", rule->source, rule->population_source);
}

/* Said of what is less sure than several published tables. */
static void add_confidence(osi_words *words, const char *format, char confidence)
{
    char text[32];
    if (confidence == 'H')
        return;
    snprintf(text, sizeof(text), format, confidence);
    osi_words_add(words, "%s", text);
}

void osi_words_arm_rule(osi_words *words, const osi_definition *definition, osi_part arm)
{
    if (arm == OSI_BONE) {
        add_bone_rule(words, &definition->bone);
        return;
    }
    const osi_tests *tests = &definition->arms[arm];
    char all = tests->test[0].confidence;
    for (size_t i = 1; i < tests->count; i++)
        all = tests->test[i].confidence == all ? all : 'H';
    for (size_t i = 0; i < tests->count; i++) {
        osi_words_add(words, i ? " or " : "");
        add_test(words, &tests->test[i]);
        if (all == 'H')
            add_confidence(words, " (confidence %c)", tests->test[i].confidence);
    }
    osi_words_add(words, " [%s", tests->source);
    add_confidence(words, "; confidence %c", all);
    osi_words_add(words, "]");
}

static void add_part(osi_words *words, const osi_definition *definition, osi_part part)
{
    static const char *const PLAIN[] = {
        [OSI_MASS] = "low mass",
        [OSI_STRENGTH] = "low strength",
        [OSI_PERFORMANCE] = "low performance",
        [OSI_Z_APPLIES] = "Z-scores apply",
    };
    const osi_bone_rule *rule = &definition->bone;
    if (part == OSI_BONE && osi_arms_of(definition) == OSI_BIT(OSI_BONE)) {
        /* a class of bone by its numbers; one that joins arms by their names */
        add_low_bone(words, rule, osi_value_short(rule->value));
        if (rule->z.given) {
            osi_words_add(words, " (%s ", osi_value_short(OSI_VALUE_Z_LOWEST));
            add_limit(words, rule->z.compare, rule->z.limit);
            osi_words_add(words, " where Z-scores apply)");
        }
    } else if (part == OSI_BONE) {
        osi_words_add(words, "%s", rule->name);
    } else if (part < OSI_ARM_COUNT || part == OSI_Z_APPLIES) {
        osi_words_add(words, "%s", PLAIN[part]);
    } else {
        const osi_cutoff *cutoff = part == OSI_SEVERE_BONE ? &rule->severe : &rule->normal;
        osi_words_add(words, "%s ", osi_value_short(rule->value));
        add_limit(words, cutoff->compare, cutoff->limit);
        if (part == OSI_SEVERE_BONE)
            osi_words_add(words, " with a stated fragility fracture");
    }
}

/* The expression with the names of parts in words. */
static void add_when(osi_words *words, const osi_definition *definition, const char *when)
{
    while (*when) {
        size_t size = strspn(when, "abcdefghijklmnopqrstuvwxyz_");
        int part = OSI_PART_COUNT;
        for (int p = 0; p < OSI_PART_COUNT; p++)
            if (strlen(osi_part_name((osi_part) p)) == size &&
                !strncmp(osi_part_name((osi_part) p), when, size))
                part = p;
        if (part < OSI_PART_COUNT)
            add_part(words, definition, (osi_part) part);
        else
            osi_words_add(words, "%.*s", size ? (int) size : 1, when);
        when += size ? size : 1;
    }
}

void osi_words_result_rule(osi_words *words, const osi_definition *definition)
{
    for (size_t i = 0; i < definition->class_count; i++) {
        const osi_class_rule *rule = &definition->classes[i];
        osi_words_add(words, "%s%s: ", i ? "; " : "", rule->name);
        add_when(words, definition, rule->when);
    }
    osi_words_add(words, " [%s", definition->source);
    add_confidence(words, "; confidence %c", definition->confidence);
    osi_words_add(words, "]");
}

static void add_value_of(osi_words *words, const osi_fact *fact)
{
    char number[OSI_NUMBER_SIZE];
    osi_words_put(words, isnan(fact->number) ? fact->word : osi_number_print(number, fact->number));
}

/* What is to be known of how a value was measured. */
static void add_manner(osi_words *words, osi_input input, const osarc_finding *row)
{
    if (input != OSI_VBMD && !strncmp(row->method, "ctxa", 4))
        osi_words_put(words, strncmp(row->basis, "DXA", 3) ? ", by CT, not converted to DXA"
                                                           : ", by CT, converted to DXA");
    if (row->quality == OSARC_QUALITY_WARNING)
        osi_words_put(words, ", with a warning");
}

/* "(table)", "(measured, with a warning, scan 2)". */
static void add_source(osi_words *words, osi_input input, const osi_fact *fact,
                       const osarc_finding *row)
{
    osi_words_put(words, " (");
    osi_words_put(words, fact->source);
    if (row)
        add_manner(words, input, row);
    if (fact->scan)
        osi_words_add(words, ", scan %zu", fact->scan);
    osi_words_put(words, ")");
}

static void add_input(osi_words *words, osi_input input, const osi_fact *fact,
                      const osarc_finding *row)
{
    osi_words_put(words, osi_input_name(input));
    osi_words_put(words, "=");
    add_value_of(words, fact);
    add_source(words, input, fact, row);
}

void osi_words_warnings(osi_words *words, const osi_facts *facts, osi_inputs inputs)
{
    for (int i = 0; i < OSI_INPUT_COUNT; i++) {
        const osarc_finding *row = facts->row[i];
        if (!(inputs & OSI_INPUT(i)) || !row || row->quality != OSARC_QUALITY_WARNING ||
            !row->note[0])
            continue;
        osi_words_put(words, words->text.size > words->start ? "; " : "");
        osi_words_add(words, "%s: %.300s", osi_input_name((osi_input) i), row->note);
    }
}

/* " from bmd_femoral_neck_g_cm2=0.558 on DXA-Hologic against nhanes3_neck_f". */
static void add_density(osi_words *words, const osi_facts *facts, osi_input input)
{
    const osi_score *score = osi_score_of(facts, input);
    if (!score || !score->reference)
        return;
    osi_input density = osi_score_density(input);
    osi_words_add(words, " from %s=", osi_input_name(density));
    add_value_of(words, &facts->fact[density]);
    osi_words_add(words, " on %s against %s", osarc_bmd_scale_name(score->reference->scale),
                  score->reference->id);
}

void osi_words_trust(osi_words *words, const osi_facts *facts, osi_inputs inputs)
{
    for (int i = OSI_T_LUMBAR; i <= OSI_Z_HIP; i++) {
        const osi_score *score = osi_score_of(facts, (osi_input) i);
        if (!(inputs & OSI_INPUT(i)) || !score->reference ||
            score->reference->confidence == OSARC_CONFIDENCE_HIGH)
            continue;
        osi_words_add(words, "%snumbers of %s come from a secondary source",
                      words->text.size > words->start ? "; " : "", score->reference->id);
    }
}

void osi_words_others(osi_words *words, const osi_facts *facts, osi_inputs inputs)
{
    const char *before = words->text.size > words->start ? "; not used: " : "not used: ";
    unsigned lost = 0;
    for (size_t i = 0; i < facts->other_count; i++) {
        const osi_other *other = &facts->others[i];
        if (!(inputs & OSI_INPUT(other->input)))
            continue;
        osi_words_put(words, before);
        add_input(words, other->input, &other->fact, other->row);
        before = "; ";
    }
    for (int i = 0; i < OSI_INPUT_COUNT; i++)
        lost += inputs & OSI_INPUT(i) ? facts->lost[i] : 0;
    if (lost)
        osi_words_add(words, "%s%u more", before, lost);
}

void osi_words_changes(osi_words *words, const osi_changes *changes)
{
    char limit[OSI_NUMBER_SIZE];
    char distance[OSI_NUMBER_SIZE];
    char lsc[OSI_NUMBER_SIZE];
    for (size_t i = 0; i < changes->count; i++) {
        const osi_change *c = &changes->change[i];
        osi_words_add(words, "%s%s %s %s: %s (by %s", i ? "; " : "", osi_input_name(c->input),
                      osi_operator_text(c->compare), osi_number_print(limit, c->limit),
                      c->class_name, osi_number_print(distance, c->distance));
        if (!isnan(c->lsc))
            osi_words_add(words, ", %s LSC", osi_number_print(lsc, round(100 * c->lsc) / 100));
        osi_words_put(words, ")");
    }
}

/* Why a fact that was there is unknown. */
static void add_conflict(osi_words *words, const osi_facts *facts, osi_input input)
{
    const char *before = " (refused: ";
    for (size_t i = 0; i < facts->other_count; i++) {
        const osi_fact *fact = &facts->others[i].fact;
        if (facts->others[i].input != input)
            continue;
        osi_words_put(words, before);
        add_value_of(words, fact);
        osi_words_put(words, !strcmp(fact->source, "table") ? " in the table" : " in the header");
        if (fact->scan)
            osi_words_add(words, " of scan %zu", fact->scan);
        before = ", ";
    }
    osi_words_put(words, "; one that holds is needed in the table, with overrules_header yes)");
}

void osi_words_needed(osi_words *words, const osi_facts *facts, osi_input input)
{
    const osi_score *score = osi_score_of(facts, input);
    osi_words_put(words, osi_input_name(input));
    if (facts->conflict & OSI_INPUT(input))
        add_conflict(words, facts, input);
    if (score && score->why)
        osi_words_add(words, " (%s gives none: %s)", osi_input_name(osi_score_density(input)),
                      score->why);
    if (input == OSI_ALM && facts->ct_muscle && !osi_fact_known(facts, OSI_ALM))
        osi_words_put(words, " (muscle on CT is no lean mass of the limbs)");
}

osarc_status osi_fact_words_fill(osi_fact_words *out, const osi_facts *facts, osarc_error *err)
{
    osi_words words = {.err = err};
    for (int i = 0; i < OSI_INPUT_COUNT; i++) {
        out->from[i] = words.text.size;
        if (osi_fact_known(facts, (osi_input) i))
            add_input(&words, (osi_input) i, &facts->fact[i], facts->row[i]);
        if (osi_fact_known(facts, (osi_input) i))
            add_density(&words, facts, (osi_input) i);
        out->size[i] = words.text.size - out->from[i];
    }
    out->text = words.text;
    return words.status;
}

void osi_words_inputs(osi_words *words, const osi_fact_words *facts, osi_inputs inputs)
{
    int first = 1;
    for (int i = 0; i < OSI_INPUT_COUNT; i++) {
        if (!(inputs & OSI_INPUT(i)) || !facts->size[i])
            continue;
        osi_words_put(words, first ? "" : "; ");
        if (!words->status)
            words->status = osi_text_add(&words->text, facts->text.data + facts->from[i],
                                         facts->size[i], words->err);
        first = 0;
    }
}

/* `first` goes before the first name, unless the cell is empty. */
static void add_names(osi_words *words, const osi_facts *facts, const osi_arm *arm,
                      osi_inputs inputs, const char *first, const char *between)
{
    char number[OSI_NUMBER_SIZE];
    for (int i = 0; i < OSI_INPUT_COUNT; i++) {
        if (!(inputs & OSI_INPUT(i)))
            continue;
        osi_words_put(words, words->text.size > words->start ? first : "");
        osi_words_needed(words, facts, (osi_input) i);
        first = between;
        if (i == OSI_ALM && osi_fact_known(facts, OSI_ALM_METHOD) && (arm->by_dxa || arm->by_bia))
            osi_words_add(words, " by %s%s%s", arm->by_dxa ? "dxa" : "",
                          arm->by_dxa && arm->by_bia ? " or " : "", arm->by_bia ? "bia" : "");
        if (i == OSI_GAIT && arm->course_m > 0)
            osi_words_add(words, " over %s m", osi_number_print(number, arm->course_m));
        if (i == OSI_VBMD && osi_fact_known(facts, OSI_VBMD_BASIS))
            osi_words_put(words, " on K2HPO4");
        if (i == OSI_VBMD && facts->vbmd_refused)
            osi_words_add(words, " (refused: %.200s)", facts->vbmd_refused);
    }
}

void osi_words_missing(osi_words *words, const osi_facts *facts, const osi_arm *arm)
{
    if (arm->not_applicable) {
        osi_words_put(words, words->text.size > words->start ? "; " : "");
        osi_words_put(words, arm->not_applicable);
        return;
    }
    add_names(words, facts, arm, arm->needs_all, "; ", "; ");
    add_names(words, facts, arm, arm->needs_one, "; ", " or ");
}
