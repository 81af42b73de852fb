/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_AGREEMENT_PRIVATE_H
#define OSI_AGREEMENT_PRIVATE_H

/* What the files of agreement share: the result, and the data its plots are drawn from. */

#include <osarc/agreement.h>

#include "readings.h"
#include "statistics.h"

/** The pairs of one group, subjects merged when there are repeats. */
typedef struct osi_group {
    char *name;
    size_t count; /* pairs, as read */
    double *x;
    double *y;
    double *second;
    size_t *subject;
    size_t subjects; /* 0 without repeats */
    int *positive;
    double *counts; /* confusion matrix, classes * classes */
    double *mean_x; /* by subject; x itself without repeats */
    double *mean_y;
    size_t mean_count;
    /* for the plots */
    osi_estimate bias;
    osi_estimate limit_low;
    osi_estimate limit_high;
    osi_line deming;
    osi_line passing_bablok;
    osi_roc roc;
} osi_group;

struct osarc_agreement {
    osarc_agreement_kind kind;
    osarc_agreement_row *rows;
    size_t count;
    size_t room;
    osi_group *groups;
    size_t group_count;
    osi_wordset classes;
    int classes_ordered;
    char *method; /* names on the axes */
    char *reference;
    char *second;
    int low_is_positive;
    double deming_lambda;
    int logarithm;
    double change;
    char *table;
    char *json;
};

/** Adds a copy of a row; the note of the estimate is used when `note` is NULL. */
OSARC_MUST_CHECK osarc_status osi_agreement_add(osarc_agreement *out, const char *group,
                                                const char *name, osi_estimate estimate,
                                                const char *note, osarc_error *err);

/** A named estimate, for tables of rows. */
typedef struct osi_named {
    const char *name;
    osi_estimate estimate;
    const char *note; /* NULL: that of the estimate */
} osi_named;

OSARC_MUST_CHECK osarc_status osi_agreement_add_all(osarc_agreement *out, const char *group,
                                                    const osi_named *rows, size_t count,
                                                    osarc_error *err);

/** All rows of a group, by kind. */
OSARC_MUST_CHECK osarc_status osi_agreement_numbers(osarc_agreement *out, osi_group *group,
                                                    osarc_error *err);
OSARC_MUST_CHECK osarc_status osi_agreement_classes(osarc_agreement *out, osi_group *group,
                                                    osarc_error *err);
OSARC_MUST_CHECK osarc_status osi_agreement_roc(osarc_agreement *out, osi_group *group,
                                                osarc_error *err);

/** Fills table and json. */
OSARC_MUST_CHECK osarc_status osi_agreement_print(osarc_agreement *out, osarc_error *err);

/** How many groups get pictures. */
#define OSI_PLOTTED_GROUPS 40

OSARC_MUST_CHECK osarc_status osi_agreement_plot(const osarc_agreement *agreement,
                                                 const char *folder, osarc_error *err);

#endif
