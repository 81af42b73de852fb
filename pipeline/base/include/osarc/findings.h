/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_FINDINGS_H
#define OSARC_FINDINGS_H

/**
 * @file findings.h
 * The one table every report is printed from: a number, its unit, its interval, how it was
 * made and how far to trust it. Columns are those of findings.csv, in that order.
 */

#include <osarc/base.h>

OSARC_BEGIN_DECLS

typedef enum osarc_quality {
    OSARC_QUALITY_OK = 0,
    OSARC_QUALITY_WARNING = 1, /**< Usable; the note says what to know. */
    OSARC_QUALITY_REFUSED = 2  /**< No value; the note says why. */
} osarc_quality;

/** One row. NULL text prints empty; NAN numbers print empty. All-zero is not a valid row. */
typedef struct osarc_finding {
    const char *case_id;
    const char *patient_id;
    const char *study_uid;
    const char *series_uid;
    const char *modality;
    const char *site;
    const char *level;
    const char *side;
    const char *quantity; /**< Required. */
    double value;         /**< NAN exactly when refused. */
    const char *unit;     /**< UCUM-like, "1" for a ratio. Required unless refused. */
    double ci_low;        /**< 95 % interval, or NAN where none is known. */
    double ci_high;
    const char *method; /**< Required unless refused. */
    const char *basis;
    const char *reference;
    osarc_quality quality;
    const char *note; /**< Required unless ok. */
} osarc_finding;

typedef struct osarc_findings osarc_findings;

OSARC_API OSARC_MUST_CHECK osarc_status osarc_findings_create(osarc_findings **out,
                                                              osarc_error *err);

/**
 * Adds a copy of a row.
 * @retval OSARC_ERR_ARGUMENT  a required field is missing, a refused row has a value, a row that
 *                             is not refused has none, or the interval does not hold the value
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_findings_add(osarc_findings *findings,
                                                           const osarc_finding *row,
                                                           osarc_error *err);

OSARC_API size_t osarc_findings_count(const osarc_findings *findings);

/** Borrowed; text fields are never NULL. Valid until free. */
OSARC_API const osarc_finding *osarc_findings_at(const osarc_findings *findings, size_t index);

/** "ok", "warning" or "refused". */
OSARC_API const char *osarc_quality_name(osarc_quality quality);

/** NULL is allowed. */
OSARC_API void osarc_findings_free(osarc_findings *findings);

OSARC_END_DECLS

#endif
