/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_COHORT_STATES_H
#define RUN_COHORT_STATES_H

#include <osarc/classify.h>

/* What came out of each definition for each patient, for the tables of a cohort. */
typedef struct cohort_result {
    const char *id;   /* borrowed from the definitions */
    const char *kind; /* "sarcopenia", "bone" or "os" */
    size_t row;       /* among the rows of a patient */
} cohort_result;

typedef struct cohort_states {
    size_t patients;
    cohort_result *results;
    size_t count;
    size_t low_bone;      /* row of an arm that low bone mass meets, too; SIZE_MAX: there is none */
    unsigned char *state; /* patient * (count + 1) + result; the last one is low_bone */
    unsigned char *open;  /* the same: 1 for indeterminate */
} cohort_states;

/* `blank`: the rows of any patient. */
osarc_status cohort_states_make(cohort_states *out, const osarc_definitions *set,
                                const osarc_classes *blank, size_t patients, osarc_error *err);
void cohort_states_free(cohort_states *states);

/* Patients may be taken by several threads at once. */
void cohort_states_take(cohort_states *states, size_t patient, const osarc_classes *classes);

/* The state of a result; the one behind the last is that of low bone mass. */
osarc_state cohort_state(const cohort_states *states, size_t patient, size_t result);

#endif
