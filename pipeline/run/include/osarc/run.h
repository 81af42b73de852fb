/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_RUN_H
#define OSARC_RUN_H

/**
 * @file run.h
 * The main job from inputs to a folder of results, and the phantoms that check it.
 */

#include <osarc/classify.h>
#include <osarc/findings.h>

OSARC_BEGIN_DECLS

/** What a run comes to; the command returns it to the shell. Numbers never change. */
typedef enum osarc_exit {
    OSARC_EXIT_OK = 0,
    OSARC_EXIT_USAGE = 1,
    OSARC_EXIT_CANNOT_READ = 20,
    OSARC_EXIT_NOTHING_USABLE = 21,
    OSARC_EXIT_DAMAGED = 22,
    OSARC_EXIT_CANNOT_WRITE = 40,
    OSARC_EXIT_REFUSED = 80,
    OSARC_EXIT_SOME = 81,
    OSARC_EXIT_INTERNAL = 99
} osarc_exit;

/** What a failed call comes to; `writing`: it was about an output, not an input. */
OSARC_API osarc_exit osarc_exit_of(osarc_status status, int writing);

/** All-zero means default. */
typedef struct osarc_run_options {
    const char *out_folder;           /**< Required. */
    const char *clinical_path;        /**< CSV with one row a patient; may be NULL. */
    const char *definitions;          /**< Comma-separated ids; NULL: all. */
    const char *definitions_folder;   /**< The user's own, beside the built-in; may be NULL. */
    const char *precision_path;       /**< CSV of a site's precision errors; may be NULL. */
    const char *calibration;          /**< auto, phantom, internal, async:FILE, none; NULL: auto. */
    const char *phantom_path;         /**< Models of the user's own phantoms; may be NULL. */
    const char *dxa_calibration_path; /**< Of a densitometer; may be NULL. */
    const char *labels_path; /**< Structures instead of the own segmentation; may be NULL. */
    /** YYYY-MM-DD, for the age of a calibration made before; NULL: it is not told. */
    const char *today;
    const char *exclude_path;     /**< A mask that is left out; may be NULL. */
    const char *hu_windows_path;  /**< Table of HU windows; NULL: the default. */
    const char *reference_path;   /**< Populations of the user's own; may be NULL. */
    const char *conversion_path;  /**< Equations from CT's projection to DXA; may be NULL. */
    const char *imat;             /**< "between-and-within" or "within"; NULL: the first. */
    double level_extent_mm;       /**< Areas are means over so much above and below; 0: a slice. */
    double lean_hu;               /**< Of muscle without fat; 0: the default. */
    int sensitivity;              /**< 1: sensitivity.csv is written, too. */
    int calibration_force;        /**< An asynchronous one holds for another scanner, too. */
    int accept_contrast;          /**< Densities under contrast are warnings, not refused. */
    int sbmd;                     /**< 1: densities of densitometers on the makers' common scale. */
    int mirror_arm;               /**< 1: an arm that a whole-body picture cuts is the other's. */
    const char *language;         /**< Of report.html: "en" or "zh"; NULL: the first. */
    int guidance;                 /**< 1: report.html tells of food and exercise, too. */
    const char *report_path;      /**< Where run.json goes; NULL: in out_folder. */
    const char *const *arguments; /**< As typed, for run.json; may be NULL. */
    size_t argument_count;
    int threads; /**< 0: all cores. */
    int overwrite;
    osarc_progress progress; /**< May be NULL. */
    void *payload;
} osarc_run_options;

/** How a run ended. */
typedef struct osarc_run_summary {
    size_t series_measured;
    size_t series_refused;
    size_t inputs_unreadable;
    osarc_exit exit_code;
    char text[512]; /**< One line for the reader: what, where, what is needed. */
} osarc_run_summary;

/** Write classification.csv: the rows of each patient, in the order given. */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_classes_write(const char *path,
                                                            const osarc_classes *const *patients,
                                                            size_t count, osarc_error *err);

/** All-zero means default. */
typedef struct osarc_cohort_options {
    const char *definitions; /**< Comma-separated ids; NULL: all. */
    int threads;             /**< 0: all cores; the bytes of the answer do not depend on it. */
    const osarc_precision *precision; /**< Of the site; may be NULL. */
    int margins;                      /**< 1: margin_lsc and would_change_if are worked out. */
    /** Prevalence, agreement, overlap and missing data go there; NULL: they are not written. */
    const char *report_folder;
} osarc_cohort_options;

/**
 * Classify each row of a clinical table and write classification.csv, row by row: the memory it
 * takes does not grow with the table.
 *
 * @param rows_out  How many rows were written; may be NULL.
 * @retval OSARC_ERR_ARGUMENT  a definition that does not exist
 * @retval OSARC_ERR_IO        the file cannot be written; nothing is left of it
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_cohort_write(const char *path, size_t *rows_out,
                                                           const osarc_definitions *set,
                                                           const osarc_clinical *clinical,
                                                           const osarc_cohort_options *options,
                                                           osarc_error *err);

/**
 * Load, segment, measure, classify, and write the results. run.json is written also on failure.
 *
 * Results stand in the folder only when all of them are written; a folder that holds results is
 * refused without `overwrite`.
 *
 * @param[out] summary_out   Filled always.
 * @param[out] findings_out  The rows, for the caller to free; may be NULL. NULL on failure.
 * @retval OSARC_OK  results of at least one series were written; summary tells whether of all
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_run(osarc_run_summary *summary_out,
                                                  osarc_findings **findings_out,
                                                  const char *const *inputs, size_t input_count,
                                                  const osarc_run_options *options,
                                                  osarc_error *err);

OSARC_END_DECLS

#endif
