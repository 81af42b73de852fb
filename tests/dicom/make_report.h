/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_TEST_MAKE_REPORT_H
#define OSARC_TEST_MAKE_REPORT_H

/* Structured reports written item by item. */

#include "make_dicom.h"

#define REPORT_PATIENT "SECRET^NAME"

/** All-zero is a good Comprehensive SR of the DXA panel, by Hologic. */
typedef struct report_head {
    const char *sop_class;    /**< NULL: Comprehensive SR. */
    const char *title[2];     /**< Scheme and value; NULL: LN 83311-1. */
    const char *manufacturer; /**< NULL: Hologic. */
    const char *model;
    const char *completion;
    const char *patient; /**< NULL: P1. */
    const char *date;    /**< NULL: 20260102. */
    const char *series;  /**< NULL: 1.2.3.9. */
} report_head;

/** 1: sequences and items state their lengths; 0, the usual: they are of open length. */
void report_state_lengths(int yes);

void report_start(dicom_bytes *to, const report_head *head);
void report_finish(dicom_bytes *to);

/** An item with content in it, until report_close. */
void report_open(dicom_bytes *to, const char *scheme, const char *concept);
void report_close(dicom_bytes *to);

/** A coded item; the second may hold more, until report_close. */
void report_code(dicom_bytes *to, const char *concept_scheme, const char *concept,
                 const char *scheme, const char *value);
void report_code_open(dicom_bytes *to, const char *concept_scheme, const char *concept,
                      const char *scheme, const char *value);
void report_text(dicom_bytes *to, const char *concept, const char *text);

/** Finding site, and laterality. */
void report_place(dicom_bytes *to, const char *scheme, const char *value);
void report_side(dicom_bytes *to, const char *value);

/** A number; the second may hold more, until report_close. NULL number: none is measured. */
void report_number(dicom_bytes *to, const char *scheme, const char *concept, const char *number,
                   const char *unit);
void report_number_open(dicom_bytes *to, const char *scheme, const char *concept,
                        const char *number, const char *unit);

/** A finished picture of a spine of the same study and patient P1 in a folder, as picture.dcm, with
 * or without the results of Hologic's program in it. */
void report_picture(const char *folder, int with_results);

#endif
