/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_COLUMNS_H
#define OSI_COLUMNS_H

#include <osarc/base.h>

typedef enum osi_column_kind {
    OSI_NUMBER,
    OSI_WHOLE, /**< A number without a fraction. */
    OSI_WORD,  /**< One of a few words. */
    OSI_TEXT   /**< Free text. */
} osi_column_kind;

/** A column of the clinical table: what may stand in it. */
typedef struct osi_column {
    const char *name;
    osi_column_kind kind;
    double low; /**< Plausible range, both ends included. */
    double high;
    const char *needed; /**< For the reader of a refusal: "metres, 0.5 to 2.5". */
    const char *words;  /**< "pre|peri|post" */
} osi_column;

#define OSI_COLUMN_MAX 64

/** All columns. Static. */
const osi_column *osi_columns(size_t *count_out);

/** Index of a column; SIZE_MAX when there is none of that name. */
size_t osi_column_find(const char *name);

/** The column that a name of a file may mean: spelt almost so, or in another unit. NULL: none. */
const char *osi_column_nearest(const char *name);

/**
 * The text of a cell, checked: fills number for numbers and word (canonical, static) for words.
 * NULL on success; else what is needed instead.
 */
const char *osi_column_read(const osi_column *column, const char *text, double *number_out,
                            const char **word_out);

/** 1 when a number lies in the column's plausible range. */
int osi_column_plausible(const osi_column *column, double number);

#endif
