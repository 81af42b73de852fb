/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_COHORT_REPORT_H
#define RUN_COHORT_REPORT_H

#include "cohort_states.h"

/* prevalence.csv, agreement.csv with a picture for each kind, overlap.csv and missing.csv, into a
 * folder that is made when it is not there. */
osarc_status cohort_report_write(const char *folder, const cohort_states *states,
                                 const osarc_clinical *clinical, osarc_error *err);

/* How two results fall together: [a is met][b is met], both being known. */
typedef struct cohort_pair {
    double counts[4]; /* neither, b only, a only, both */
    size_t unknown;
} cohort_pair;

cohort_pair cohort_pair_count(const cohort_states *states, size_t a, size_t b);

/* The two tables of pairs, in a file of their own. */
osarc_status cohort_agreement_write(const char *folder, const cohort_states *states,
                                    osarc_error *err);
osarc_status cohort_overlap_write(const char *folder, const cohort_states *states,
                                  osarc_error *err);

/* One table: header, then rows that are added one by one. */
typedef struct cohort_table {
    osarc_status status; /* the first failure sticks */
    struct osarc_csv *csv;
    osarc_error *err;
} cohort_table;

void cohort_table_start(cohort_table *table, const char *const *columns, size_t count,
                        osarc_error *err);
void cohort_table_text(cohort_table *table, const char *text);
void cohort_table_number(cohort_table *table, double number);
void cohort_table_end_row(cohort_table *table);
osarc_status cohort_table_finish(cohort_table *table, const char *folder, const char *name);

#endif
