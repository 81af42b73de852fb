/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_CLASS_TABLE_H
#define RUN_CLASS_TABLE_H

#include <osarc/classify.h>

#include "case.h"

/* The classes of each case, in the order of the series that came first. */
typedef struct class_table {
    osarc_definitions *set;
    osarc_classes **cases;
    size_t count;
} class_table;

/* Which definitions: those of a folder of the user's beside the built-in ones (NULL: none), and
 * their ids (NULL: all). */
typedef struct class_choice {
    const char *folder;
    const char *ids;
} class_choice;

/* Classifies each case once, with what is known of all of them (tables and findings). `out` is to
 * be freed on failure, too. */
osarc_status class_table_make(class_table *out, const series_result *results, size_t count,
                              const osarc_patient *known, const class_choice *choice,
                              osarc_error *err);

/* All measured series of the case that begins at `first`, as the scans of one patient; `out` has
 * room for `count`. Returns how many. */
size_t class_scans_list(osarc_patient_scan *out, const series_result *results, size_t first,
                        size_t count);

void class_table_free(class_table *table);

/* 1 for the first measured series of a case: the others are classified with it. */
int is_first_of_case(const series_result *results, size_t index);

#endif
