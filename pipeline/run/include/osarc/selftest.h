/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_SELFTEST_H
#define OSARC_SELFTEST_H

/**
 * @file selftest.h
 * Synthetic scans as files, and whether this build measures them as it should.
 */

#include <osarc/dxa_phantom.h>
#include <osarc/phantom.h>

OSARC_BEGIN_DECLS

/**
 * Write a phantom as a CT series, 0001.dcm and so on, with its true values in truth.json. The
 * same phantom gives the same bytes.
 *
 * @param folder     Made when it is not there; one that holds something is refused.
 * @param overwrite  1: what the folder holds is replaced.
 * @retval OSARC_ERR_IO  the folder cannot be used or written
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_phantom_write(const char *folder,
                                                            const osarc_phantom *phantom,
                                                            int overwrite, osarc_error *err);

/** The same of a densitometer phantom: 0001.dcm the low energy, 0002.dcm the high one. */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_dxa_phantom_write(const char *folder,
                                                                const osarc_dxa_phantom *phantom,
                                                                int overwrite, osarc_error *err);

/** One value against its truth. Texts are static. */
typedef struct osarc_selftest_row {
    const char *case_name; /**< Which phantom: "abdomen" ... */
    const char *quantity;  /**< As in findings.csv. */
    const char *tissue;    /**< Name of the tissue label, or "". */
    double measured;       /**< NAN when it was refused. */
    double truth;
    const char *unit;
    double tolerance; /**< Absolute. */
    const char *tolerance_reason;
    int ok;
} osarc_selftest_row;

typedef struct osarc_selftest osarc_selftest;

/** All-zero means default. */
typedef struct osarc_selftest_options {
    int threads;             /**< 0: all cores. */
    const char *folder;      /**< For the scan that goes through files; NULL: TMPDIR or /tmp. */
    osarc_progress progress; /**< May be NULL. */
    void *payload;           /**< Handed to progress. */
} osarc_selftest_options;

/**
 * Make phantoms, one of them through DICOM files, segment and measure them, and compare.
 * A value that is off is a row that is not ok, not a failure of the call.
 *
 * @param[out] out  The caller frees it. NULL on failure.
 * @retval OSARC_ERR_IO  the temporary files cannot be written
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_selftest_run(osarc_selftest **out,
                                                           const osarc_selftest_options *options,
                                                           osarc_error *err);

OSARC_API size_t osarc_selftest_count(const osarc_selftest *selftest);

/** Rows that are not ok. */
OSARC_API size_t osarc_selftest_failed(const osarc_selftest *selftest);

/** Borrowed; NULL past the end. */
OSARC_API const osarc_selftest_row *osarc_selftest_at(const osarc_selftest *selftest, size_t index);

/** NULL is allowed. */
OSARC_API void osarc_selftest_free(osarc_selftest *selftest);

OSARC_END_DECLS

#endif
