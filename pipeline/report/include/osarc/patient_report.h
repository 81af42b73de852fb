/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_PATIENT_REPORT_H
#define OSARC_PATIENT_REPORT_H

/**
 * @file patient_report.h
 * The report of one patient as one HTML file that needs nothing else: values with intervals,
 * reference curves, classes with their rules, what is missing, warnings, and the pictures.
 * Colour says nothing that a word or a sign does not say too. Two printed pages; what does not
 * fit stays on the screen.
 */

#include <osarc/findings.h>
#include <osarc/reference.h>

OSARC_BEGIN_DECLS

typedef enum osarc_language {
    OSARC_LANGUAGE_EN = 0,
    OSARC_LANGUAGE_ZH =
        1 /**< Chinese, simplified; notes and rules stay as the program words them. */
} osarc_language;

/** One row of classification.csv, with what is known of its definition. Text may be NULL. */
typedef struct osarc_report_class {
    const char *definition; /**< Required. */
    const char *kind;       /**< "sarcopenia", "bone" or "os". */
    const char *title;
    char confidence;   /**< 'H', 'm' or 'L' as osarc_definition has it; 0: not told. */
    const char *arm;   /**< "result" or the arm's name. Required. */
    const char *state; /**< "met", "not_met" or "unknown". Required. */
    const char *class_name;
    double p_class; /**< NAN where it is not known. */
    const char *rule;
    const char *inputs;
    const char *missing;
    const char *notes;
    const char *would_change_if; /**< Single changes of inputs that alter the class. */
} osarc_report_class;

/** One of several scans that values are from. */
typedef struct osarc_report_scan {
    const char *series_uid; /**< Of its rows. Required. */
    size_t number;          /**< What it is called in rows and pictures. */
    const char *date;       /**< Orders scans; "" is older than any. Not printed. Required. */
} osarc_report_scan;

/** A value of the clinical table, under its column's name. */
typedef struct osarc_report_value {
    const char *column;
    double value;     /**< NAN in a column of words. */
    const char *word; /**< Of such a column, "" when not known; may be NULL. */
} osarc_report_value;

/** A PNG file that goes into the report. */
typedef struct osarc_report_picture {
    const char *path;
    const char *caption; /**< "tissue picture", "spine picture", "hip picture" or own words. */
} osarc_report_picture;

/** All there is to tell of a patient. Numbers that are not known are NAN, texts NULL. */
typedef struct osarc_patient_report {
    const char *case_id; /**< Rows of the findings that are this patient's. Required. */
    const char *patient_id;
    osarc_person person;
    double height_m;
    double weight_kg;
    const osarc_findings *findings; /**< Required; may hold rows of others. */
    const osarc_report_class *classes;
    size_t class_count;
    const osarc_report_scan *scans; /**< With several, rows say which one they are from. */
    size_t scan_count;
    const osarc_report_value *values;
    size_t value_count;
    const osarc_report_picture *pictures;
    size_t picture_count;
    osarc_language language;
    int guidance; /**< 1: also what the review of osteosarcopenia says on food and exercise. */
} osarc_patient_report;

/**
 * @param path  Written to a temporary name, then renamed.
 * @retval OSARC_ERR_ARGUMENT  a required part is missing
 * @retval OSARC_ERR_IO        a picture cannot be read, or the report cannot be written
 * @retval OSARC_ERR_FORMAT    a picture is no PNG
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_report_html(const osarc_patient_report *report,
                                                          const char *path, osarc_error *err);

/**
 * A page that leads to those of several patients: number i from 1 is reports/<i>.html.
 * @param cases  Their names, in order.
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_report_index_html(const char *const *cases,
                                                                size_t count,
                                                                osarc_language language,
                                                                const char *path, osarc_error *err);

/** "en" or "zh" to a language. @retval OSARC_ERR_ARGUMENT another word */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_language_read(osarc_language *out, const char *word,
                                                            osarc_error *err);

OSARC_END_DECLS

#endif
