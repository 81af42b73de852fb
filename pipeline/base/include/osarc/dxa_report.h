/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_DXA_REPORT_H
#define OSARC_DXA_REPORT_H

/**
 * @file dxa_report.h
 * Results that a densitometer's own program has worked out, as a document states them. Nothing in
 * it is measured here. It holds no text of the document: only words of the tables it was read by.
 */

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/** One number, or why it was not taken. Text is never NULL. */
typedef struct osarc_dxa_result {
    const char *quantity;  /**< "abmd", "t_score" ...; static. */
    const char *unit;      /**< Static; as in findings.csv. */
    const char *site;      /**< "lumbar", "femur", "forearm", "whole_body" or ""; static. */
    char level[16];        /**< "L1-L4", "neck" ...; "" when it is not stated. */
    const char *side;      /**< "left", "right", "both" or ""; static. */
    double value;          /**< NAN exactly when refused. */
    const char *refused;   /**< Why; "" when it was taken. Static. */
    const char *warning;   /**< What to know of it; "" for nothing. Static. */
    const char *basis;     /**< "DXA-Hologic" ..., "DXA-unknown"; static. */
    const char *reference; /**< Population of scores, as far as it is stated, or ""; static. */
} osarc_dxa_result;

typedef struct osarc_dxa_report {
    osarc_dxa_result *results;
    size_t count;
    size_t room;
    size_t ignored; /**< Numbers whose concept is not known. */
} osarc_dxa_report;

/** Adds a copy. A number that is there already is left out; a different one refuses both. */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_dxa_report_add(osarc_dxa_report *report,
                                                             const osarc_dxa_result *result,
                                                             osarc_error *err);

/** Adds copies of all numbers of another document, but for sums: osarc_dxa_report_complete makes
 * them of what agrees. */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_dxa_report_join(osarc_dxa_report *report,
                                                              const osarc_dxa_report *more,
                                                              osarc_error *err);

/**
 * Adds appendicular lean mass where it is not stated and lean mass of both arms and legs is, on one
 * scale: their sum, with a warning that says so.
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_dxa_report_complete(osarc_dxa_report *report,
                                                                  osarc_error *err);

/** How many numbers were taken. */
OSARC_API size_t osarc_dxa_report_taken(const osarc_dxa_report *report);

/** The scale a maker's device measures on, by what a header says: "DXA-Hologic", "DXA-Lunar",
 * "DXA-Norland", or "DXA-unknown". Either may be NULL. */
OSARC_API const char *osarc_dxa_report_basis(const char *manufacturer, const char *model);

/** Leaves it all-zero. NULL is allowed. */
OSARC_API void osarc_dxa_report_free(osarc_dxa_report *report);

OSARC_END_DECLS

#endif
