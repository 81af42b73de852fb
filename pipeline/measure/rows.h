/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_ROWS_H
#define OSI_ROWS_H

#include <osarc/measure.h>
#include <osarc/side.h>

#define OSI_Z_95 1.959963984540054 /* 97.5 % point of the normal distribution */

/** What all rows of a series have in common; numbers NAN. */
osarc_finding osi_row_blank(const osarc_measure_context *context);

/** What is to be said of a row, in parts joined by "; ". All-zero is empty. */
typedef struct osi_row_note {
    char text[2048];
    size_t used;
    int is_warning; /**< A part of it weakens the value. */
} osi_row_note;

/** Adds a part; an empty one adds nothing. */
void osi_row_note_add(osi_row_note *note, int is_warning, const char *format, ...)
    OSARC_PRINTF(3, 4);

/** A refused row: the value and interval of `row` are taken away. */
OSARC_MUST_CHECK osarc_status osi_row_refuse(osarc_findings *findings, const osarc_finding *row,
                                             const char *why, osarc_error *err);

/** A row with its note; `half` is half its interval, NAN for none. */
OSARC_MUST_CHECK osarc_status osi_row_add(osarc_findings *findings, const osarc_finding *row,
                                          double half, const osi_row_note *note, osarc_error *err);

/** Room for a number in a note. */
typedef struct osi_short_number {
    char text[32];
} osi_short_number;

/** Rounded to so many decimals, '.' whatever the locale. */
osi_short_number osi_short(double value, int decimals);

#endif
