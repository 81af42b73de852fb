/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "words.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>

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

static void add_cutoff(osi_words *words, const osi_cutoff *cutoff)
{
    char number[OSI_NUMBER_SIZE];
    osi_words_add(words, "%s %s", osi_operator_text(cutoff->compare),
                  osi_number_print(number, cutoff->limit));
}

/* One test of an arm; returns its source, NULL when the arm has no such test. */
static const char *add_test(osi_words *words, const char *definition, osi_part part,
                            osi_value value, const char *before)
{
    const osi_cutoff *man = osi_cutoff_find(definition, part, value, OSARC_SEX_MALE);
    const osi_cutoff *woman = osi_cutoff_find(definition, part, value, OSARC_SEX_FEMALE);
    if (!man || !woman)
        return NULL;
    osi_words_add(words, "%s%s ", before, osi_value_name(value));
    add_cutoff(words, man);
    if (man != woman) {
        osi_words_add(words, " (M), ");
        add_cutoff(words, woman);
        osi_words_add(words, " (F)");
    }
    osi_words_add(words, "%s", osi_value_remark(value));
    return man->source;
}

static void add_bone_rule(osi_words *words, const char *definition)
{
    const osi_bone_rule *rule = osi_bone_rule_find(definition);
    const osi_cutoff *age =
        osi_cutoff_find(definition, OSI_POPULATION, OSI_VALUE_AGE_YEARS, OSARC_SEX_MALE);
    const char *source = add_test(words, definition, OSI_BONE, rule->value, "");
    osi_words_add(words, "%s; for %s, men of age ",
                  rule->fracture_suffices ? " or a stated fragility fracture of hip or vertebra"
                                          : "",
                  rule->women);
    add_cutoff(words, age);
    osi_words_add(words, " [%s; %s]", source ? source : "", age->source);
}

void osi_words_arm_rule(osi_words *words, const osi_definition *definition, osi_part arm)
{
    const char *source = NULL;
    if (arm == OSI_BONE) {
        add_bone_rule(words, definition->bone);
        return;
    }
    for (int value = 0; value < OSI_VALUE_COUNT; value++) {
        const char *of_test =
            add_test(words, definition->lean, arm, (osi_value) value, source ? " or " : "");
        source = of_test ? of_test : source;
    }
    osi_words_add(words, " [%s]", source ? source : "");
}

static void add_part(osi_words *words, const osi_definition *definition, osi_part part)
{
    static const char *const PLAIN[] = {
        [OSI_MASS] = "low mass",
        [OSI_STRENGTH] = "low strength",
        [OSI_PERFORMANCE] = "low performance",
        [OSI_BONE] = "osteoporosis",
    };
    if (part < OSI_ARM_COUNT) {
        osi_words_add(words, "%s", PLAIN[part]);
        return;
    }
    osi_part of = part == OSI_SEVERE_BONE ? OSI_BONE : part;
    const osi_bone_rule *rule = osi_bone_rule_find(definition->bone);
    osi_words_add(words, "%s ", rule->name);
    add_cutoff(words, osi_cutoff_find(rule->id, of, rule->value, OSARC_SEX_UNKNOWN));
    if (part == OSI_SEVERE_BONE)
        osi_words_add(words, " with a stated fragility fracture");
}

static void add_clause(osi_words *words, const osi_definition *definition, unsigned clause)
{
    int several = (clause & (clause - 1)) != 0;
    int first = 1;
    osi_words_add(words, several ? "(" : "");
    for (int p = 0; p < OSI_PART_COUNT; p++) {
        if (!(clause & OSI_BIT(p)))
            continue;
        osi_words_add(words, first ? "" : " or ");
        add_part(words, definition, (osi_part) p);
        first = 0;
    }
    osi_words_add(words, several ? ")" : "");
}

void osi_words_result_rule(osi_words *words, const osi_definition *definition)
{
    for (size_t i = 0; i < osi_class_count(definition); i++) {
        const osi_class_rule *rule = &definition->classes[i];
        osi_words_add(words, "%s%s: ", i ? "; " : "", rule->name);
        if (!rule->clauses[0])
            osi_words_add(words, "otherwise");
        for (size_t c = 0; c < OSI_CLAUSE_MAX && rule->clauses[c]; c++) {
            osi_words_add(words, c ? " and " : "");
            add_clause(words, definition, rule->clauses[c]);
        }
    }
    osi_words_add(words, " [%s]", definition->source);
}

static void add_input(osi_words *words, const osi_facts *facts, osi_input input)
{
    char number[OSI_NUMBER_SIZE];
    const osi_fact *fact = &facts->fact[input];
    const char *value = isnan(fact->number) ? fact->word : osi_number_print(number, fact->number);
    osi_words_add(words, "%s=%s (%s", osi_input_name(input), value, fact->source);
    if (input == OSI_SEX && facts->header_sex != OSARC_SEX_UNKNOWN)
        osi_words_add(words, "; header says %s", facts->header_sex == OSARC_SEX_FEMALE ? "F" : "M");
    osi_words_add(words, ")");
}

void osi_words_inputs(osi_words *words, const osi_facts *facts, osi_inputs inputs)
{
    int first = 1;
    for (int i = 0; i < OSI_INPUT_COUNT; i++) {
        if (!(inputs & OSI_INPUT(i)) || !osi_fact_known(facts, (osi_input) i))
            continue;
        osi_words_add(words, first ? "" : "; ");
        add_input(words, facts, (osi_input) i);
        first = 0;
    }
}

static void add_names(osi_words *words, const osi_facts *facts, osi_inputs inputs,
                      const char *between)
{
    for (int i = 0; i < OSI_INPUT_COUNT; i++) {
        if (!(inputs & OSI_INPUT(i)))
            continue;
        osi_words_add(words, "%s%s", words->text.size ? between : "",
                      osi_input_name((osi_input) i));
        if (i == OSI_ALM && osi_fact_known(facts, OSI_ALM_METHOD) &&
            !osi_fact_is(facts, OSI_ALM_METHOD, "dxa"))
            osi_words_add(words, " by dxa");
        if (i == OSI_VBMD && osi_fact_known(facts, OSI_VBMD_BASIS))
            osi_words_add(words, " on K2HPO4");
        if (i == OSI_VBMD && facts->vbmd_refused)
            osi_words_add(words, " (refused: %.200s)", facts->vbmd_refused);
    }
}

void osi_words_missing(osi_words *words, const osi_facts *facts, const osi_arm *arm)
{
    if (arm->not_applicable) {
        osi_words_add(words, "%s%s", words->text.size ? "; " : "", arm->not_applicable);
        return;
    }
    add_names(words, facts, arm->needs_all, "; ");
    osi_words alternatives = {.err = words->err};
    add_names(&alternatives, facts, arm->needs_one, " or ");
    if (alternatives.text.size)
        osi_words_add(words, "%s%s", words->text.size ? "; " : "", alternatives.text.data);
    if (!words->status)
        words->status = alternatives.status;
    osi_free(alternatives.text.data);
}
