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
    size_t room;
    char *case_id;
    char *patient_id;
    osarc_definitions *own; /* NULL where the caller holds them */
};

static const char *const ARM_NAMES[] = {[OSI_MASS] = "mass",
                                        [OSI_STRENGTH] = "strength",
                                        [OSI_PERFORMANCE] = "performance",
                                        [OSI_BONE] = "bone",
                                        [RESULT] = "result"};

typedef struct classifying {
    osarc_classes *classes;
    const osi_facts *facts;
    osarc_error *err;
} classifying;

static osarc_status add_row(osarc_classes *classes, const osarc_class_row *row, osarc_error *err)
{
    if (classes->count == classes->room) {
        size_t room = classes->room ? 2 * classes->room : 16;
        osarc_class_row *rows = osi_realloc(classes->rows, room, sizeof(*rows), err);
        if (!rows)
            return OSARC_ERR_MEMORY;
        classes->rows = rows;
        classes->room = room;
    }
    classes->rows[classes->count++] = *row;
    return OSARC_OK;
}

/* Hands the finished text over; NULL when it could not be put together. */
static char *finish(osi_words *words)
{
    osi_words_add(words, "%s", "");
    if (!words->status)
        return words->text.data;
    osi_free(words->text.data);
    return NULL;
}

static void add_missing(osi_words *words, const classifying *c, const osi_verdict *verdict,
                        unsigned arms, int sex)
{
    if (sex)
        osi_words_add(words, "sex");
    for (int a = 0; a < OSI_ARM_COUNT; a++)
        if (arms & OSI_BIT(a))
            osi_words_missing(words, c->facts, &verdict->arm[a]);
}

static osi_inputs used_by(const osi_verdict *verdict, const osi_definition *definition, int row)
{
    osi_inputs used = 0;
    for (int a = 0; a < OSI_ARM_COUNT; a++) {
        if (!(verdict->arms & OSI_BIT(a)) || (row != RESULT && row != a))
            continue;
        used |= verdict->arm[a].used;
        if (osi_part_is_sexed(definition, (osi_part) a))
            used |= OSI_INPUT(OSI_SEX);
    }
    return used;
}

static osarc_status add_verdict_row(const classifying *c, const osi_definition *definition,
                                    const osi_verdict *verdict, int which)
{
    osi_words rule = {.err = c->err};
    osi_words inputs = {.err = c->err};
    osi_words missing = {.err = c->err};
    osarc_class_row row = {.case_id = c->classes->case_id,
                           .patient_id = c->classes->patient_id,
                           .definition = definition->id,
                           .arm = ARM_NAMES[which],
                           .class_name = "",
                           .p_class = NAN};
    if (which == RESULT) {
        const char *class_name = osi_verdict_class(verdict, definition);
        row.state = verdict->state;
        row.class_name = class_name ? class_name : "indeterminate";
        row.p_class = osi_verdict_chance(definition, c->facts, class_name);
        osi_words_result_rule(&rule, definition);
        if (!class_name)
            add_missing(&missing, c, verdict, verdict->deciding, verdict->result_needs_sex);
    } else {
        row.state = verdict->arm[which].state;
        osi_words_arm_rule(&rule, definition, (osi_part) which);
        if (row.state == OSARC_UNKNOWN)
            add_missing(&missing, c, verdict, OSI_BIT(which), verdict->needs_sex[which]);
    }
    osi_words_inputs(&inputs, c->facts, used_by(verdict, definition, which));
    char *const texts[3] = {finish(&rule), finish(&inputs), finish(&missing)};
    row.rule = texts[0];
    row.inputs = texts[1];
    row.missing = texts[2];
    osarc_status status = OSARC_ERR_MEMORY;
    if (texts[0] && texts[1] && texts[2])
        status = add_row(c->classes, &row, c->err);
    for (int i = 0; i < 3 && status; i++)
        osi_free(texts[i]);
    return status;
}

static osarc_status add_definition(const classifying *c, const osi_definition *definition)
{
    osi_verdict verdict;
    osi_verdict_read(&verdict, definition, c->facts);
    osarc_status status = OSARC_OK;
    for (int a = 0; a < OSI_ARM_COUNT && !status; a++)
        if (verdict.arms & OSI_BIT(a))
            status = add_verdict_row(c, definition, &verdict, a);
    return status ? status : add_verdict_row(c, definition, &verdict, RESULT);
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

static osarc_status start(osarc_classes **out, const char *case_id, const char *patient_id,
                          osarc_error *err)
{
    *out = osi_alloc(1, sizeof(**out), err);
    if (!*out)
        return OSARC_ERR_MEMORY;
    (*out)->case_id = osi_strdup(case_id ? case_id : "", err);
    (*out)->patient_id = osi_strdup(patient_id ? patient_id : "", err);
    return (*out)->case_id && (*out)->patient_id ? OSARC_OK : OSARC_ERR_MEMORY;
}

osarc_status osarc_classify_by(osarc_classes **out, const osarc_definitions *set,
                               const char *case_id, const char *patient_id,
                               const osarc_clinical *clinical, const osarc_acquisition *acquisition,
                               const osarc_findings *findings, const char *definitions,
                               osarc_error *err)
{
    if (!out || !set)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "%s is NULL", out ? "set" : "out");
    *out = NULL;
    osarc_status status = check_ids(set, definitions, err);
    if (status)
        return status;
    osi_facts facts;
    osi_facts_read(&facts, &(osi_sources){case_id, patient_id, clinical, acquisition, findings});
    osarc_classes *classes = NULL;
    status = start(&classes, case_id, patient_id, err);
    classifying c = {classes, &facts, err};
    for (size_t i = 0; i < osarc_definitions_count(set) && !status; i++)
        if (is_wanted(definitions, osi_definition_at(set, i)->id))
            status = add_definition(&c, osi_definition_at(set, i));
    if (status)
        osarc_classes_free(classes);
    else
        *out = classes;
    return status;
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
    for (size_t i = 0; i < classes->count; i++) {
        osi_free((char *) classes->rows[i].rule);
        osi_free((char *) classes->rows[i].inputs);
        osi_free((char *) classes->rows[i].missing);
    }
    osi_free(classes->rows);
    osi_free(classes->case_id);
    osi_free(classes->patient_id);
    osarc_definitions_free(classes->own);
    osi_free(classes);
}
