/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort_states.h"

#include <string.h>

#include <osi/alloc.h>

static const char *kind_of(const osarc_definitions *set, const char *id)
{
    for (size_t i = 0; i < osarc_definitions_count(set); i++)
        if (!strcmp(osarc_definitions_at(set, i)->id, id))
            return osarc_definitions_at(set, i)->kind;
    return "";
}

osarc_status cohort_states_make(cohort_states *out, const osarc_definitions *set,
                                const osarc_classes *blank, size_t patients, osarc_error *err)
{
    size_t rows = osarc_classes_count(blank);
    *out = (cohort_states){.patients = patients, .low_bone = SIZE_MAX};
    out->results = osi_alloc(rows, sizeof(*out->results), err);
    if (!out->results)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < rows; i++) {
        const osarc_class_row *row = osarc_classes_at(blank, i);
        if (!strcmp(row->arm, "result"))
            out->results[out->count++] =
                (cohort_result){row->definition, kind_of(set, row->definition), i};
        else if (!strcmp(row->arm, "bone") && !strncmp(row->definition, "os_broad:", 9))
            out->low_bone = i;
    }
    out->state = osi_alloc(patients * (out->count + 1), 1, err);
    out->open = osi_alloc(patients * (out->count + 1), 1, err);
    if (out->state && out->open)
        return OSARC_OK;
    cohort_states_free(out);
    return OSARC_ERR_MEMORY;
}

void cohort_states_free(cohort_states *states)
{
    osi_free(states->results);
    osi_free(states->state);
    osi_free(states->open);
    *states = (cohort_states){0};
}

void cohort_states_take(cohort_states *states, size_t patient, const osarc_classes *classes)
{
    unsigned char *state = states->state + patient * (states->count + 1);
    unsigned char *open = states->open + patient * (states->count + 1);
    for (size_t i = 0; i < states->count; i++) {
        const osarc_class_row *row = osarc_classes_at(classes, states->results[i].row);
        state[i] = (unsigned char) row->state;
        open[i] = !strcmp(row->class_name, "indeterminate");
    }
    state[states->count] = OSARC_UNKNOWN;
    if (states->low_bone != SIZE_MAX)
        state[states->count] = (unsigned char) osarc_classes_at(classes, states->low_bone)->state;
}

osarc_state cohort_state(const cohort_states *states, size_t patient, size_t result)
{
    return (osarc_state) states->state[patient * (states->count + 1) + result];
}
