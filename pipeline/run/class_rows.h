/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_CLASS_ROWS_H
#define RUN_CLASS_ROWS_H

#include <osarc/classify.h>
#include <osarc/report.h>

/* Rules as they stand in the file: they are the same for every patient. */
typedef struct class_rules {
    osarc_csv **ready; /* by row of a patient */
    const char **rule;
    size_t count;
} class_rules;

osarc_status class_rules_make(class_rules *out, const osarc_classes *patient, osarc_error *err);
void class_rules_free(class_rules *rules);

/* The header line of classification.csv. */
osarc_status class_header_add(osarc_csv *csv, osarc_error *err);

/* The rows of one patient; rules may be NULL. */
osarc_status class_rows_add(osarc_csv *csv, const osarc_classes *patient, const class_rules *rules,
                            osarc_error *err);

#endif
