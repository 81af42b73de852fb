/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_AGREEMENT_H
#define OSARC_AGREEMENT_H

/**
 * @file agreement.h
 * A method against a reference: numbers, classes, or a score against a yes-no reference.
 *
 * A result is a list of rows, one a statistic. What cannot be had is a refused row with its
 * reason, and every cell that could not be used is named. Formulas, conventions and sources are in
 * docs/validate-agreement.md. A result never changes; several threads may read it.
 */

#include <osarc/findings.h>

OSARC_BEGIN_DECLS

typedef enum osarc_agreement_kind {
    OSARC_AGREEMENT_NUMBERS = 0, /**< Both columns are measurements. */
    OSARC_AGREEMENT_CLASSES = 1, /**< Both columns are classes. */
    OSARC_AGREEMENT_ROC = 2      /**< The method is a score, the reference has two classes. */
} osarc_agreement_kind;

/** All-zero and NULL mean default; texts are borrowed during the call. */
typedef struct osarc_agreement_options {
    osarc_agreement_kind kind;
    const char *method;    /**< Column to be judged. Required for tables. */
    const char *reference; /**< Column to judge it by. Required for tables. */
    const char *second;    /**< ROC: another score, to compare the areas. */
    const char *repeat;    /**< Rows with the same text here are repeats on one subject. */
    const char *by;        /**< Also each group of rows with the same text here. */
    const char *case_id;   /**< Names the case: twice the same is refused. */
    const char *order;     /**< Classes: "a,b,c", lowest first; for weighted kappa. */
    const char *positive;  /**< ROC: the class that counts as positive; "1" when not given. */
    int low_is_positive;   /**< ROC: low scores speak for the positive class. */
    int logarithm;         /**< Numbers: ratio limits too. */
    double deming_lambda;  /**< Error variance of the method over the reference's; default 1. */
    double change;         /**< A change to hold against the least significant change; 0: none. */
    const char *quantity;  /**< Findings: only this one. */
    const char *keys;      /**< Findings: columns that must match; see below. */
} osarc_agreement_options;

typedef struct osarc_agreement osarc_agreement;

/** One statistic. Texts are never NULL. */
typedef struct osarc_agreement_row {
    const char *group; /**< "all", or "column=value". */
    const char *name;  /**< Stable words, as docs/validate-agreement.md lists them. */
    double value;      /**< NAN exactly when refused. */
    double ci_low;     /**< 95 % interval, or NAN where there is none. */
    double ci_high;
    size_t count; /**< How many pairs, subjects or cases it stands on. */
    osarc_quality quality;
    const char *note;
} osarc_agreement_row;

/**
 * Two columns of one CSV table.
 *
 * @param[out] out  The caller frees it. NULL on failure.
 * @retval OSARC_ERR_ARGUMENT  a column that is not there, the same column twice, or options that
 *                             do not go together
 * @retval OSARC_ERR_IO        the file cannot be read
 * @retval OSARC_ERR_FORMAT    not a CSV table
 * @retval OSARC_ERR_QUALITY   no usable pair, a case twice, or a reference that has not two classes
 */
OSARC_API OSARC_MUST_CHECK osarc_status
osarc_agreement_of_table(osarc_agreement **out, const char *path,
                         const osarc_agreement_options *options, osarc_error *err);

/**
 * The values of two findings.csv files, joined by case, site, level, side and quantity (or by the
 * columns in options->keys, comma-separated). Each quantity and site is a group of its own; units
 * of a pair must be equal. `path` is judged by `reference_path`.
 *
 * @retval OSARC_ERR_QUALITY  nothing joins, a key is there twice in one file, or units differ
 */
OSARC_API OSARC_MUST_CHECK osarc_status
osarc_agreement_of_findings(osarc_agreement **out, const char *path, const char *reference_path,
                            const osarc_agreement_options *options, osarc_error *err);

OSARC_API size_t osarc_agreement_count(const osarc_agreement *agreement);

/** Borrowed; NULL past the end. */
OSARC_API const osarc_agreement_row *osarc_agreement_at(const osarc_agreement *agreement,
                                                        size_t index);

/** The row of a group and name, or NULL. Borrowed. */
OSARC_API const osarc_agreement_row *osarc_agreement_find(const osarc_agreement *agreement,
                                                          const char *group, const char *name);

/** A short table for reading, and all rows as JSON. Borrowed; never NULL. */
OSARC_API const char *osarc_agreement_table(const osarc_agreement *agreement);
OSARC_API const char *osarc_agreement_json(const osarc_agreement *agreement);

/**
 * agreement.csv, agreement.json and the plots, into a folder that is made when it is not there.
 *
 * @param overwrite  0: a folder that holds an agreement.csv is refused.
 * @retval OSARC_ERR_ARGUMENT  there is an agreement.csv already
 * @retval OSARC_ERR_IO        cannot be written
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_agreement_write(const osarc_agreement *agreement,
                                                              const char *folder, int overwrite,
                                                              osarc_error *err);

/** NULL is allowed. */
OSARC_API void osarc_agreement_free(osarc_agreement *agreement);

OSARC_END_DECLS

#endif
