/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_OVERLAP_H
#define OSARC_OVERLAP_H

/**
 * @file overlap.h
 * How well masks agree with reference masks: overlap, surface distances, volumes; a case at a
 * time, then over cases. docs/validate-overlap.md has the formulas and conventions.
 *
 * A collection is changed by one thread at a time; once finished it may be read by many.
 */

#include <osarc/findings.h>
#include <osarc/mask.h>

OSARC_BEGIN_DECLS

/** A label of the reference and the one of the test that stands for the same thing. */
typedef struct osarc_label_pair {
    uint8_t reference;
    uint8_t test;
} osarc_label_pair;

/** What label numbers mean where a file does not say. */
typedef enum osarc_numbering {
    OSARC_NUMBERING_NONE = 0,
    OSARC_NUMBERING_TISSUE = 1,    /**< osarc_tissue_labels */
    OSARC_NUMBERING_STRUCTURES = 2 /**< osarc_structure_labels */
} osarc_numbering;

/** All-zero means default. */
typedef struct osarc_overlap_options {
    const osarc_label_pair *pairs; /**< NULL: each label that either side holds, with itself. */
    size_t pair_count;
    const double *tolerances_mm; /**< Of surface Dice, over 0. NULL: 1 and 2 mm. At most 8. */
    size_t tolerance_count;
    osarc_numbering numbering;
    uint64_t seed;    /**< Of the bootstrap. */
    size_t resamples; /**< Of the bootstrap. Default 9999; at least 999. */
    int threads;      /**< 0: all cores. */
} osarc_overlap_options;

/** One side of a case. */
typedef struct osarc_overlap_side {
    const osarc_mask *const *layers; /**< On one grid. More than one where labels overlap. */
    size_t layer_count;
    const osarc_label *names; /**< As its file names labels; may be NULL. */
    size_t name_count;
    const char *frame_of_reference_uid; /**< NULL or "": not known. */
    int empty_beyond; /**< 1: beyond its grid it is known to hold nothing (DICOM SEG). */
    const char *note; /**< What a reader of its numbers should know; NULL or "": nothing. */
} osarc_overlap_side;

/** One number of one label in one case. Text is never NULL. */
typedef struct osarc_overlap_row {
    const char *case_id;
    const char *label; /**< "3", or "1:3" when reference and test number it differently. */
    const char *name;
    const char *metric;
    double value; /**< NAN exactly when refused. */
    const char *unit;
    osarc_quality quality;
    const char *note;
} osarc_overlap_row;

/** One number of one label over all cases. Text is never NULL; numbers that do not exist are NAN.
 */
typedef struct osarc_overlap_summary {
    const char *label;
    const char *name;
    const char *metric;
    const char *unit;
    size_t count;      /**< Cases with a value: what the numbers below stand on. */
    size_t both_empty; /**< Cases where neither side holds the label. */
    size_t one_empty;  /**< Cases where one side holds it. */
    size_t refused;    /**< Cases that could not be compared at all. */
    double mean;
    double sd; /**< n - 1. */
    double median;
    double quartile_low;
    double quartile_high;
    double ci_low; /**< 95 % of the mean, bootstrap BCa. */
    double ci_high;
    osarc_quality quality;
    const char *note;
} osarc_overlap_summary;

typedef struct osarc_overlap osarc_overlap;

/**
 * @param[out] out  The caller frees it. NULL on failure.
 * @param options   May be NULL. Read during the call only.
 * @retval OSARC_ERR_ARGUMENT  a pair twice, a label 0, a tolerance that is no length
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_overlap_create(osarc_overlap **out,
                                                             const osarc_overlap_options *options,
                                                             osarc_error *err);

/**
 * Compare one case. Where the grids differ, the test is brought on to the reference grid by world
 * position, nearest neighbour, and every row says so. On failure nothing is added.
 *
 * @retval OSARC_ERR_ARGUMENT  the case was there already, or a side is empty or not on one grid
 * @retval OSARC_ERR_GEOMETRY  the frames of reference differ, or the grids do not meet
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_overlap_add(osarc_overlap *overlap,
                                                          const char *case_id,
                                                          const osarc_overlap_side *reference,
                                                          const osarc_overlap_side *test,
                                                          osarc_error *err);

/** Count a case that could not be read or compared: one refused row, with the reason. */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_overlap_refuse(osarc_overlap *overlap,
                                                             const char *case_id,
                                                             const char *reason, osarc_error *err);

/** After the last case: the statistics over cases. May be called again after more cases. */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_overlap_finish(osarc_overlap *overlap,
                                                             osarc_error *err);

OSARC_API size_t osarc_overlap_case_count(const osarc_overlap *overlap);
OSARC_API size_t osarc_overlap_refused_count(const osarc_overlap *overlap);
OSARC_API size_t osarc_overlap_count(const osarc_overlap *overlap);

/** Rows in the order of cases; borrowed, NULL past the end. */
OSARC_API const osarc_overlap_row *osarc_overlap_at(const osarc_overlap *overlap, size_t index);

OSARC_API size_t osarc_overlap_summary_count(const osarc_overlap *overlap);

/** Borrowed, NULL past the end; valid until the next finish or free. */
OSARC_API const osarc_overlap_summary *osarc_overlap_summary_at(const osarc_overlap *overlap,
                                                                size_t index);

/** All rows, summaries and conventions as JSON. Borrowed; NULL unless finished. */
OSARC_API const char *osarc_overlap_json(const osarc_overlap *overlap);

/**
 * Write overlap.csv, overlap_summary.csv, overlap.json and overlap_dice.png into a folder, which is
 * made when it is not there.
 * @retval OSARC_ERR_ARGUMENT  not finished, or overlap.csv is there already and overwrite is 0
 * @retval OSARC_ERR_IO        a file cannot be written
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_overlap_write(const osarc_overlap *overlap,
                                                            const char *folder, int overwrite,
                                                            osarc_error *err);

/** NULL is allowed. */
OSARC_API void osarc_overlap_free(osarc_overlap *overlap);

/** Room for any list of labels. */
#define OSARC_LABEL_PAIRS_MAX 512

/**
 * Reads a list such as "25-33,75,1:3": numbers, ranges, and reference:test (or reference=test).
 * @retval OSARC_ERR_ARGUMENT  not such a list, or a number outside 1 to 255
 */
OSARC_API OSARC_MUST_CHECK osarc_status
osarc_label_pairs_read(osarc_label_pair out[OSARC_LABEL_PAIRS_MAX], size_t *count_out,
                       const char *text, osarc_error *err);

/** One row of a list of cases. Paths stand as they can be opened; series is "" when not given. */
typedef struct osarc_case_files {
    const char *case_id;
    const char *reference;
    const char *test;
    const char *series;
} osarc_case_files;

typedef struct osarc_case_list osarc_case_list;

/**
 * Reads a CSV with the columns case, reference, test and, when contours need it, series. Relative
 * paths start at the folder of the CSV.
 *
 * @param[out] out  The caller frees it. NULL on failure.
 * @retval OSARC_ERR_IO      cannot be read
 * @retval OSARC_ERR_FORMAT  not such a table, no rows, an empty cell, or a case twice
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_case_list_read(osarc_case_list **out,
                                                             const char *path, osarc_error *err);

OSARC_API size_t osarc_case_list_count(const osarc_case_list *list);

/** Borrowed; NULL past the end. */
OSARC_API const osarc_case_files *osarc_case_list_at(const osarc_case_list *list, size_t index);

/** NULL is allowed. */
OSARC_API void osarc_case_list_free(osarc_case_list *list);

OSARC_END_DECLS

#endif
