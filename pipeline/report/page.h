/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include <osarc/patient_report.h>
#include <osi/text.h>

/* An HTML page as it grows. The first failure is kept and later calls do nothing, so that
 * sections read as what they print; page_status tells at the end. */
typedef struct page {
    const osarc_patient_report *report;
    osi_text text;
    osi_text scratch;
    osarc_status status;
    osarc_error *err;
} page;

/* Markup as it stands. */
void page_raw(page *p, const char *markup);

/* Markup by format: numbers and own words only, nothing of a patient. */
void page_format(page *p, const char *format, ...) OSARC_PRINTF(2, 3);

/* Text of anybody, escaped; NULL prints nothing. */
void page_text(page *p, const char *text);

/* The word of the report's language; a key that is no word is printed as it is. */
void page_word(page *p, const char *key);

/* With as many digits as its unit deserves; a dash for NAN. */
void page_number(page *p, double value, const char *unit, const char *quantity);

/* "<tag>text</tag>". */
void page_element(page *p, const char *tag, const char *text);

/* Sections, in the order of the report. */
void page_head(page *p);
void page_values(page *p);
void page_curves(page *p);
void page_classes(page *p);
void page_laboratory(page *p);
void page_guidance(page *p);
void page_pictures(page *p);
void page_details(page *p);

/* The scan that a row is from; NULL when it is none of those listed. */
const osarc_report_scan *page_scan_of(const page *p, const osarc_finding *row);

/* A finding of this patient, for loops over all. */
int page_owns(const page *p, const osarc_finding *row);

#endif
