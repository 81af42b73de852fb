/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/classify.h>

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "verdict.h"
#include "words.h"

#define RESULT OSI_ARM_COUNT /* the row behind the arms */

struct osarc_classes {
    osarc_class_row *rows;
    size_t count;
    osi_text text; /* inputs and missing of all rows, each with its end */
    char *case_id;
    char *patient_id;
    osarc_definitions *own; /* NULL where the caller holds them */
};

static const char *const ARM_NAMES[] = {[OSI_MASS] = "mass",
                                        [OSI_STRENGTH] = "strength",
                                        [OSI_PERFORMANCE] = "performance",
                                        [OSI_BONE] = "bone",
                                        [RESULT] = "result"};

/* Where the texts of a row lie in the text of all. */
typedef struct row_place {
    size_t inputs;
    size_t missing;
    size_t notes;
    size_t would_change;
} row_place;

typedef struct classifying {
    osarc_classes *classes;
    row_place *places;
    osi_facts facts;
    osi_fact_words facts_in_words;
    osi_judge judge;
    const osarc_patient *patient;
    osi_inputs uncertain;
    osi_sample *samples; /* results that stand on several uncertain inputs; NULL: there are none */
    osarc_class_row **sampled;
    size_t sample_count;
    osi_words words;
    osarc_error *err;
} classifying;

static void add_missing(osi_words *words, const classifying *c, const osi_verdict *verdict,
                        unsigned arms, int sex)
{
    if (sex)
        osi_words_needed(words, &c->facts, OSI_SEX);
    osi_inputs told = 0;
    const char *said = NULL;
    for (int a = 0; a < OSI_ARM_COUNT; a++) {
        osi_arm arm = verdict->arm[a];
        if (!(arms & OSI_BIT(a)) || (arm.not_applicable && arm.not_applicable == said))
            continue;
        arm.needs_all &= ~told; /* each fact and each reason once */
        osi_words_missing(words, &c->facts, &arm);
        told |= arm.not_applicable ? 0 : arm.needs_all;
        said = arm.not_applicable ? arm.not_applicable : said;
    }
}

static void add_notes(osi_words *words, const osi_verdict *verdict, int row)
{
    for (int a = 0; a < OSI_ARM_COUNT; a++)
        if ((verdict->arms & OSI_BIT(a)) && (row == RESULT || row == a) && verdict->arm[a].boundary)
            osi_words_put(words, verdict->arm[a].boundary);
}

static osi_inputs used_by(const osi_verdict *verdict, const osi_definition *definition, int row)
{
    osi_inputs used = 0;
    for (int a = 0; a < OSI_ARM_COUNT; a++) {
        if (!(verdict->arms & OSI_BIT(a)) || (row != RESULT && row != a))
            continue;
        used |= verdict->arm[a].used;
        if (definition->sexed & OSI_BIT(a))
            used |= OSI_INPUT(OSI_SEX);
    }
    return used;
}

/* Begins the next cell; returns where it begins. */
static size_t begin_cell(osi_words *words)
{
    words->start = words->text.size;
    return words->start;
}

static void end_cell(osi_words *words)
{
    if (!words->status)
        words->status = osi_text_add(&words->text, "", 1, words->err);
}

/* What is known of how sure a result is. Several uncertain inputs are drawn later, all at once. */
static void add_sureness(classifying *c, osarc_class_row *row, const osi_definition *definition,
                         const osi_verdict *verdict)
{
    const osarc_precision *precision = c->patient->precision;
    osi_inputs used = used_by(verdict, definition, RESULT);
    osi_inputs uncertain = used & c->uncertain;
    if (!osi_verdict_class(verdict, definition))
        return;
    if (c->patient->margins) {
        osi_changes changes;
        osi_changes_find(&changes, definition, &c->facts, used, precision);
        osi_words_changes(&c->words, &changes);
        if (changes.count)
            row->margin_lsc = changes.change[0].lsc;
    }
    if (uncertain && !(uncertain & (uncertain - 1))) {
        osi_input input = (osi_input) __builtin_ctz(uncertain);
        row->p_class = osi_chance_of_one(definition, &c->facts, input, precision);
    } else if (uncertain) {
        c->sampled[c->sample_count] = row;
        c->samples[c->sample_count++] = (osi_sample){definition, verdict->possible, 0};
    }
}

/* Two decimals are what so many draws know (their standard error is up to 0.008), and that a class
 * never came out otherwise is no certainty. */
static double round_share(size_t hits)
{
    return fmin(0.99, fmax(0.01, round(100.0 * (double) hits / OSI_DRAWS) / 100));
}

static osarc_status draw_samples(classifying *c)
{
    if (!c->sample_count)
        return OSARC_OK;
    osarc_status status = osi_sample_all(c->samples, c->sample_count, &c->judge, &c->facts,
                                         c->patient->precision, c->err);
    for (size_t i = 0; i < c->sample_count && !status; i++)
        c->sampled[i]->p_class = round_share(c->samples[i].hits);
    return status;
}

static void add_verdict_row(classifying *c, const osi_definition *definition,
                            const osi_verdict *verdict, int which)
{
    osi_words *words = &c->words;
    row_place *place = &c->places[c->classes->count];
    osarc_class_row *row = &c->classes->rows[c->classes->count++];
    unsigned lacking = 0;
    int sex = 0;
    *row = (osarc_class_row){.case_id = c->classes->case_id,
                             .patient_id = c->classes->patient_id,
                             .definition = definition->id,
                             .arm = ARM_NAMES[which],
                             .class_name = "",
                             .p_class = NAN,
                             .margin_lsc = NAN,
                             .rule = definition->rules[which]};
    if (which == RESULT) {
        const char *class_name = osi_verdict_class(verdict, definition);
        row->state = verdict->state;
        row->class_name = class_name ? class_name : "indeterminate";
        lacking = class_name ? 0 : verdict->deciding;
        sex = !class_name && verdict->result_needs_sex;
    } else {
        row->state = verdict->arm[which].state;
        lacking = row->state == OSARC_UNKNOWN ? OSI_BIT(which) : 0;
        sex = row->state == OSARC_UNKNOWN && verdict->needs_sex[which];
    }
    place->inputs = begin_cell(words);
    osi_words_inputs(words, &c->facts_in_words, used_by(verdict, definition, which));
    end_cell(words);
    place->missing = begin_cell(words);
    add_missing(words, c, verdict, lacking, sex);
    end_cell(words);
    place->notes = begin_cell(words);
    add_notes(words, verdict, which);
    osi_words_trust(words, &c->facts, used_by(verdict, definition, which));
    osi_words_warnings(words, &c->facts, used_by(verdict, definition, which));
    osi_words_others(words, &c->facts, used_by(verdict, definition, which));
    end_cell(words);
    place->would_change = begin_cell(words);
    if (which == RESULT)
        add_sureness(c, row, definition, verdict);
    end_cell(words);
}

static void add_definition(classifying *c, const osi_definition *definition)
{
    osi_verdict verdict;
    osi_judge_verdict(&verdict, &c->judge, definition);
    for (int a = 0; a < OSI_ARM_COUNT; a++)
        if (verdict.arms & OSI_BIT(a))
            add_verdict_row(c, definition, &verdict, a);
    add_verdict_row(c, definition, &verdict, RESULT);
}

/* The text lies still now: rows may point into it. */
static void place_texts(classifying *c)
{
    osarc_classes *classes = c->classes;
    classes->text = c->words.text;
    for (size_t i = 0; i < classes->count; i++) {
        classes->rows[i].inputs = classes->text.data + c->places[i].inputs;
        classes->rows[i].missing = classes->text.data + c->places[i].missing;
        classes->rows[i].notes = classes->text.data + c->places[i].notes;
        classes->rows[i].would_change_if = classes->text.data + c->places[i].would_change;
    }
}

static osarc_status refuse_id(const osarc_definitions *set, const char *id, size_t size,
                              osarc_error *err)
{
    osi_words ids = {.err = err};
    for (size_t i = 0; i < osarc_definitions_count(set); i++)
        osi_words_add(&ids, "%s%s", i ? ", " : "", osi_definition_at(set, i)->id);
    osarc_status status = ids.status;
    if (!status)
        status = osi_fail(err, OSARC_ERR_ARGUMENT, "there is no definition '%.*s'; there are %s",
                          size > 40 ? 40 : (int) size, id, ids.text.data);
    osi_free(ids.text.data);
    return status;
}

/* 1 when a list of ids has an id; NULL and "all" have every one. */
static int is_wanted(const char *ids, const char *id)
{
    if (!ids || !strcmp(ids, "all"))
        return 1;
    for (const char *at = ids;; at++) {
        size_t size = strcspn(at, ",");
        if (strlen(id) == size && !strncmp(id, at, size))
            return 1;
        at += size;
        if (!*at)
            return 0;
    }
}

static osarc_status check_ids(const osarc_definitions *set, const char *ids, osarc_error *err)
{
    if (!ids || !strcmp(ids, "all"))
        return OSARC_OK;
    for (const char *at = ids;; at++) {
        size_t size = strcspn(at, ",");
        if (!osi_definition_find(set, at, size))
            return refuse_id(set, at, size, err);
        at += size;
        if (!*at)
            return OSARC_OK;
    }
}

static osarc_status start(classifying *c, const osarc_definitions *set,
                          const osarc_patient *patient, const char *wanted)
{
    size_t rows = 0;
    for (size_t i = 0; i < osarc_definitions_count(set); i++)
        rows += is_wanted(wanted, osi_definition_at(set, i)->id) ? OSI_ARM_COUNT + 1 : 0;
    c->classes = osi_alloc(1, sizeof(*c->classes), c->err);
    if (!c->classes)
        return OSARC_ERR_MEMORY;
    c->classes->rows = osi_alloc_raw(rows, sizeof(*c->classes->rows), c->err);
    c->classes->case_id = osi_strdup(patient->case_id ? patient->case_id : "", c->err);
    c->classes->patient_id = osi_strdup(patient->patient_id ? patient->patient_id : "", c->err);
    c->places = osi_alloc_raw(rows, sizeof(*c->places), c->err);
    if (!c->places || !c->classes->rows || !c->classes->case_id || !c->classes->patient_id)
        return OSARC_ERR_MEMORY;
    c->uncertain = osi_uncertain(&c->facts, ~(osi_inputs) 0, c->patient->precision);
    if (c->uncertain & (c->uncertain - 1)) {
        c->samples = osi_alloc_raw(rows, sizeof(*c->samples), c->err);
        c->sampled = osi_alloc_raw(rows, sizeof(*c->sampled), c->err);
        if (!c->samples || !c->sampled)
            return OSARC_ERR_MEMORY;
    }
    osarc_status status = osi_judge_create(&c->judge, set, c->err);
    if (!status)
        status = osi_fact_words_fill(&c->facts_in_words, &c->facts, c->err);
    if (!status)
        osi_judge_start(&c->judge, &c->facts);
    return status;
}

osarc_status osarc_classify_patient(osarc_classes **out, const osarc_definitions *set,
                                    const osarc_patient *patient, const char *definitions,
                                    osarc_error *err)
{
    if (!out || !set || !patient)
        return osi_fail(err, OSARC_ERR_ARGUMENT,
                        "a place for the answer, definitions and a "
                        "patient are needed");
    *out = NULL;
    osarc_status status = check_ids(set, definitions, err);
    if (status)
        return status;
    classifying c = {.patient = patient, .err = err, .words = {.err = err}};
    osi_facts_read(&c.facts, &(osi_sources){patient, osi_definitions_columns(set)});
    status = start(&c, set, patient, definitions);
    for (size_t i = 0; i < osarc_definitions_count(set) && !status; i++) {
        if (is_wanted(definitions, osi_definition_at(set, i)->id))
            add_definition(&c, osi_definition_at(set, i));
        status = c.words.status;
    }
    if (!status)
        status = draw_samples(&c);
    if (c.classes)
        place_texts(&c);
    osi_free(c.samples);
    osi_free(c.sampled);
    osi_judge_free(&c.judge);
    osi_free(c.facts_in_words.text.data);
    osi_free(c.places);
    if (status)
        osarc_classes_free(c.classes);
    else
        *out = c.classes;
    return status;
}

osarc_status osarc_classify_by(osarc_classes **out, const osarc_definitions *set,
                               const char *case_id, const char *patient_id,
                               const osarc_clinical *clinical, const osarc_acquisition *acquisition,
                               const osarc_findings *findings, const char *definitions,
                               osarc_error *err)
{
    osarc_patient_scan scan = {acquisition, 0};
    osarc_patient patient = {.case_id = case_id,
                             .patient_id = patient_id,
                             .clinical = clinical,
                             .scans = &scan,
                             .scan_count = acquisition != NULL,
                             .findings = findings};
    return osarc_classify_patient(out, set, &patient, definitions, err);
}

osarc_status osarc_classify(osarc_classes **out, const char *case_id, const char *patient_id,
                            const osarc_clinical *clinical, const osarc_acquisition *acquisition,
                            const osarc_findings *findings, const char *definitions,
                            osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    osarc_definitions *set = NULL;
    osarc_status status = osarc_definitions_read(&set, NULL, err);
    if (!status)
        status = osarc_classify_by(out, set, case_id, patient_id, clinical, acquisition, findings,
                                   definitions, err);
    if (status)
        osarc_definitions_free(set);
    else
        (*out)->own = set;
    return status;
}

size_t osarc_classes_count(const osarc_classes *classes)
{
    return classes->count;
}

const osarc_class_row *osarc_classes_at(const osarc_classes *classes, size_t index)
{
    return index < classes->count ? &classes->rows[index] : NULL;
}

void osarc_classes_free(osarc_classes *classes)
{
    if (!classes)
        return;
    osi_free(classes->rows);
    osi_free(classes->text.data);
    osi_free(classes->case_id);
    osi_free(classes->patient_id);
    osarc_definitions_free(classes->own);
    osi_free(classes);
}
