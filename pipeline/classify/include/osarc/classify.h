/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_CLASSIFY_H
#define OSARC_CLASSIFY_H

/**
 * @file classify.h
 * The published definitions, in three-valued logic, from a patient's known values.
 * Missing is unknown, never a default.
 */

#include <osarc/findings.h>
#include <osarc/reference.h>
#include <osarc/scan.h>

OSARC_BEGIN_DECLS

typedef struct osarc_clinical osarc_clinical;

/**
 * Read a clinical table (columns by name, one row a patient; see docs/outputs.md).
 * Cells that are refused are unknown afterwards; each is named, by row and column, in notes.
 *
 * @param[out] out  The caller frees it. NULL on failure.
 * @param notes     Unknown columns, refused cells, doubled patients; may be NULL.
 * @retval OSARC_ERR_IO      the file cannot be read
 * @retval OSARC_ERR_FORMAT  no header line, no patient_id column, or not a CSV file
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_clinical_read(osarc_clinical **out, const char *path,
                                                            osarc_notes *notes, osarc_error *err);

/** Patients; one that stands in several rows counts once. */
OSARC_API size_t osarc_clinical_count(const osarc_clinical *clinical);

/** The id of a patient, in the order of first rows; NULL past the end. */
OSARC_API const char *osarc_clinical_id(const osarc_clinical *clinical, size_t row);

/** Name of a column that a clinical table may have; NULL past the last. Static. */
OSARC_API const char *osarc_clinical_column(size_t index);

/** A number of a patient's row; NAN when the row, column or value is not there. */
OSARC_API double osarc_clinical_number(const osarc_clinical *clinical, const char *patient_id,
                                       const char *column);

/** A word of a patient's row; "" when not there. */
OSARC_API const char *osarc_clinical_word(const osarc_clinical *clinical, const char *patient_id,
                                          const char *column);

/** Who a patient is. What is not known is unknown, NAN or NULL. */
typedef struct osarc_patient_facts {
    osarc_person person; /**< Its ancestry is borrowed from the table. */
    double height_m;
    double weight_kg;
} osarc_patient_facts;

/**
 * The table goes before the header of a scan. Two sexes, or heights over 3 cm apart, are not known
 * unless the table's overrules_header says yes: as in classes.
 * @param clinical  May be NULL.
 */
OSARC_API osarc_patient_facts osarc_patient_facts_of(const osarc_clinical *clinical,
                                                     const osarc_acquisition *header);

/** NULL is allowed. */
OSARC_API void osarc_clinical_free(osarc_clinical *clinical);

typedef enum osarc_state {
    OSARC_NOT_MET = 0,
    OSARC_UNKNOWN = 1,
    OSARC_MET = 2
} osarc_state;

/** One row of classification.csv. Text is never NULL. */
typedef struct osarc_class_row {
    const char *case_id;
    const char *patient_id;
    const char *definition;
    const char *arm; /**< "mass", "strength", "performance", "bone" or "result". */
    osarc_state state;
    const char *class_name; /**< On result rows; else "". */
    double p_class;         /**< NAN where no interval is known. */
    const char *rule;
    const char *inputs;
    const char *missing;
    const char *notes; /**< What else is to be known of the row. */
    /** On result rows: distance to the nearest change of class, in least significant changes of the
     * input that would make it; NAN where none is known. */
    double margin_lsc;
    const char *would_change_if; /**< Single changes of inputs that alter the class. */
} osarc_class_row;

typedef struct osarc_classes osarc_classes;

/** The definitions: those that are built in, and the user's own. */
typedef struct osarc_definitions osarc_definitions;

/** One definition. Text is never NULL. */
typedef struct osarc_definition {
    const char *id;
    const char *kind; /**< "sarcopenia", "bone" or "os". */
    const char *title;
    const char *source;
    char confidence;         /**< 'H': published tables agree; 'm': one does; 'L': less. */
    int built_in;            /**< 0 for one of the user's folder. */
    const char *explanation; /**< Arms with their cut-offs, classes and notes, in several lines. */
} osarc_definition;

/**
 * The built-in definitions and, from files that end in .json, the user's own (docs/definitions.md).
 *
 * @param[out] out  The caller frees it. NULL on failure.
 * @param folder    The user's own; may be NULL.
 * @retval OSARC_ERR_IO      the folder or a file cannot be read
 * @retval OSARC_ERR_FORMAT  a file is no definition: the file, the place and the reason
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_definitions_read(osarc_definitions **out,
                                                               const char *folder,
                                                               osarc_error *err);

OSARC_API size_t osarc_definitions_count(const osarc_definitions *set);

/** Borrowed; NULL past the end. */
OSARC_API const osarc_definition *osarc_definitions_at(const osarc_definitions *set, size_t index);

/** NULL is allowed. */
OSARC_API void osarc_definitions_free(osarc_definitions *set);

typedef struct osarc_precision osarc_precision;

/**
 * Read a site's precision errors: a CSV with the columns quantity (a measured column of the
 * clinical table) and sd, in its unit, or cv_percent.
 *
 * @param[out] out  The caller frees it. NULL on failure.
 * @retval OSARC_ERR_IO      the file cannot be read
 * @retval OSARC_ERR_FORMAT  a row that is not right: its number, column and what is needed
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_precision_read(osarc_precision **out,
                                                             const char *path, osarc_error *err);

/** NULL is allowed. */
OSARC_API void osarc_precision_free(osarc_precision *precision);

/** One of several scans of a patient. */
typedef struct osarc_patient_scan {
    const osarc_acquisition *acquisition;
    size_t number; /**< What the scan is called in the rows; 0: by its place, from 1. */
} osarc_patient_scan;

/** What is known of one patient; all-zero is nothing. Everything is borrowed. */
typedef struct osarc_patient {
    const char *case_id;    /**< Printed in each row; may be NULL. */
    const char *patient_id; /**< Row of the clinical table and of findings, and printed. */
    const osarc_clinical *clinical;
    /** Sex, age, height and weight where the table has none; series and dates of the findings. */
    const osarc_patient_scan *scans;
    size_t scan_count;
    const osarc_findings *findings;
    const osarc_precision *precision; /**< May be NULL: intervals of findings alone are known. */
    int margins;                      /**< 1: margin_lsc and would_change_if are worked out. */
    /** For scores of densities in the table: go before the published ones; may be NULL. */
    const osarc_reference_db *references;
} osarc_patient;

/**
 * Who a patient with several scans is: just what classes stand on. What scans or the table
 * contradict is not known.
 */
OSARC_API osarc_patient_facts osarc_patient_facts_all(const osarc_patient *patient);

/**
 * Every definition asked for, on all that is known of one patient: the table before scans, DXA
 * before CT, the most recent scan, of one day measured values before those of a report, of two
 * sides the lower. What was not used stands in the notes. A density in the table gives a score
 * where it has a bmd_device and no score of that site. Sexes, or heights over 3 cm apart, that
 * contradict each other are unknown until the table's column overrules_header says yes.
 *
 * @param[out] out     The caller frees it; set must outlive it. NULL on failure.
 * @param definitions  Comma-separated ids, or NULL or "all".
 * @retval OSARC_ERR_ARGUMENT  a definition that does not exist
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_classify_patient(osarc_classes **out,
                                                               const osarc_definitions *set,
                                                               const osarc_patient *patient,
                                                               const char *definitions,
                                                               osarc_error *err);

/**
 * Every definition asked for, on one patient with one scan.
 *
 * @param[out] out     The caller frees it. NULL on failure.
 * @param case_id      Printed in each row.
 * @param patient_id   Row of the clinical table, and printed.
 * @param clinical     May be NULL.
 * @param acquisition  Sex, age and height where the table has none; may be NULL.
 * @param findings     Measured values; may be NULL.
 * @param definitions  Comma-separated ids, or NULL or "all".
 * @retval OSARC_ERR_ARGUMENT  a definition that does not exist
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_classify(osarc_classes **out, const char *case_id,
                                                       const char *patient_id,
                                                       const osarc_clinical *clinical,
                                                       const osarc_acquisition *acquisition,
                                                       const osarc_findings *findings,
                                                       const char *definitions, osarc_error *err);

/** The same with definitions that were read before; they must outlive the classes. */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_classify_by(
    osarc_classes **out, const osarc_definitions *set, const char *case_id, const char *patient_id,
    const osarc_clinical *clinical, const osarc_acquisition *acquisition,
    const osarc_findings *findings, const char *definitions, osarc_error *err);

OSARC_API size_t osarc_classes_count(const osarc_classes *classes);

/** Borrowed; NULL past the end. */
OSARC_API const osarc_class_row *osarc_classes_at(const osarc_classes *classes, size_t index);

/** "met", "not_met" or "unknown". */
OSARC_API const char *osarc_state_name(osarc_state state);

/** NULL is allowed. */
OSARC_API void osarc_classes_free(osarc_classes *classes);

OSARC_END_DECLS

#endif
