/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_OVERLAP_PRIVATE_H
#define OSI_OVERLAP_PRIVATE_H

/* The inside of a collection, shared by the files overlap_*.c. */

#include <osarc/overlap.h>

#include "overlap_measure.h"

/** Room for a label as text, such as "1:3", and for a metric's name. */
#define OSI_LABEL_TEXT  8
#define OSI_METRIC_TEXT 40

/** Which sides hold a label in a case. */
typedef enum osi_presence {
    OSI_PRESENT_BOTH = 0,
    OSI_PRESENT_ONE = 1,
    OSI_PRESENT_NONE = 2,
    OSI_PRESENT_UNKNOWN = 3 /**< The case was refused as a whole. */
} osi_presence;

/** A row with its own texts. */
typedef struct osi_overlap_entry {
    osarc_overlap_row row; /**< Its texts point to what follows, or to static text. */
    osarc_label_pair pair;
    osi_presence presence;
    size_t case_index;
    char label[OSI_LABEL_TEXT];
    char metric[OSI_METRIC_TEXT];
    char *name;
    char *note;
} osi_overlap_entry;

typedef struct osi_overlap_total {
    osarc_overlap_summary row;
    char *name;
    char *note;
} osi_overlap_total;

struct osarc_overlap {
    osarc_label_pair *pairs; /**< NULL: all labels there are. */
    size_t pair_count;
    double tolerances_mm[OSI_TOLERANCES_MAX];
    size_t tolerance_count;
    osarc_numbering numbering;
    uint64_t seed;
    size_t resamples;
    int threads;
    char **cases;
    size_t case_count;
    size_t refused_count;
    osi_overlap_entry **entries; /**< Each in its own block: rows point into it. */
    size_t entry_count;
    size_t entry_room;
    osi_overlap_total *totals;
    size_t total_count;
    char *json; /**< NULL unless finished. */
};

/** What the metrics of one label in one case are made from. */
typedef struct osi_overlap_finding {
    const char *name;
    osarc_label_pair pair;
    const char *note; /**< What every row of it says; "" when all is well. */
    osarc_quality quality;
    osi_overlap_numbers numbers;
    double voxel_mm3;
} osi_overlap_finding;

/** The rows of one label in the case that is being added. */
OSARC_MUST_CHECK osarc_status osi_overlap_add_rows(osarc_overlap *overlap,
                                                   const osi_overlap_finding *finding,
                                                   osarc_error *err);

/** One refused row without label: the whole case. */
OSARC_MUST_CHECK osarc_status osi_overlap_add_refusal(osarc_overlap *overlap, const char *reason,
                                                      osarc_error *err);

/**
 * The layers of a side that is empty beyond its grid, on a grid that holds all labels of the test
 * too; NULL when they fit already. Free with osi_layers_free.
 */
OSARC_MUST_CHECK osarc_status osi_overlap_extend(osarc_mask ***out, const osarc_overlap_side *side,
                                                 const osarc_overlap_side *test, int threads,
                                                 osarc_error *err);

/** NULL is allowed. */
void osi_layers_free(osarc_mask **layers, size_t count);

/** Drops entries from a number on. */
void osi_overlap_drop(osarc_overlap *overlap, size_t from);

void osi_overlap_free_totals(osarc_overlap *overlap);

/** What overlap.json holds; the caller frees it with osi_free. */
OSARC_MUST_CHECK osarc_status osi_overlap_make_json(char **out, const osarc_overlap *overlap,
                                                    osarc_error *err);

/** overlap_dice.png in a folder: box plots of Dice by label; none when no case has a value. */
OSARC_MUST_CHECK osarc_status osi_overlap_plot(const osarc_overlap *overlap, const char *folder,
                                               osarc_error *err);

#endif
