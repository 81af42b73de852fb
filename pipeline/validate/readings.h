/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_READINGS_H
#define OSI_READINGS_H

/* Pairs of cells, read from one table or joined from two, with an account of what was left out. */

#include <osarc/agreement.h>

#include "table.h"
#include "wordset.h"

/** One usable pair. Classes are numbers in osi_readings.classes; a score is in y. */
typedef struct osi_reading {
    double x;
    double y;
    double second;
    size_t class_x;
    size_t class_y;
    size_t subject;    /**< OSI_NO_WORD without --repeat. */
    size_t row_number; /**< In the method's file. */
    size_t whole;      /**< The group it always belongs to. */
    size_t part;       /**< The group that --by puts it into, or OSI_NO_WORD. */
} osi_reading;

/** Rows of one kind that were left out. `what` is static or borrowed from the options. */
typedef struct osi_left_out {
    char *what;
    size_t *rows;
    size_t count;
    size_t room;
} osi_left_out;

typedef struct osi_readings {
    osi_reading *items;
    size_t count;
    size_t room;
    osi_wordset groups; /**< Wholes and parts. */
    size_t wholes;      /**< The first so many groups are wholes, once sorted. */
    osi_wordset subjects;
    osi_wordset classes;
    int classes_ordered;
    size_t positive; /**< ROC: number of the positive class. */
    int joined;      /**< From two files. */
    osi_left_out *missing;
    size_t missing_count;
    osi_left_out *not_numeric;
    size_t not_numeric_count;
    osi_left_out *unmatched;
    size_t unmatched_count;
} osi_readings;

OSARC_MUST_CHECK osarc_status osi_readings_of_table(osi_readings *out, const char *path,
                                                    const osarc_agreement_options *options,
                                                    osarc_error *err);

OSARC_MUST_CHECK osarc_status osi_readings_of_findings(osi_readings *out, const char *path,
                                                       const char *reference_path,
                                                       const osarc_agreement_options *options,
                                                       osarc_error *err);

/* For the readers. */

OSARC_MUST_CHECK osarc_status osi_readings_add(osi_readings *out, const osi_reading *reading,
                                               osarc_error *err);

/** Notes a row that is left out, in the list of `what`. */
OSARC_MUST_CHECK osarc_status osi_readings_leave_out(osi_left_out **lists, size_t *list_count,
                                                     const char *what, size_t row_number,
                                                     osarc_error *err);

/** Puts whole groups first, then parts, each kind by name: the order of rows does not matter. */
OSARC_MUST_CHECK osarc_status osi_readings_sort_groups(osi_readings *out, osarc_error *err);

/** "method: rows 3, 7-9; reference: row 4". Free with osi_free. */
OSARC_MUST_CHECK osarc_status osi_readings_name_rows(char **out, const osi_left_out *lists,
                                                     size_t count, osarc_error *err);

/** Frees what it holds, not the struct. */
void osi_readings_free(osi_readings *readings);

#endif
