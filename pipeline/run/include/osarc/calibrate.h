/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_CALIBRATE_H
#define OSARC_CALIBRATE_H

/**
 * @file calibrate.h
 * A scan of a density phantom, with or without a patient, made into a calibration for later scans.
 */

#include <osarc/density.h>
#include <osarc/dxa_calibration.h>

OSARC_BEGIN_DECLS

/** All-zero means default. */
typedef struct osarc_calibrate_options {
    const char *out_path;    /**< Required: the calibration file. */
    const char *made_on;     /**< Required: YYYY-MM-DD. */
    const char *model_id;    /**< The phantom that it must be; NULL: any that is known. */
    const char *models_path; /**< Values of own phantoms (JSON); may be NULL. */
    int threads;             /**< 0: all cores. */
    int overwrite;           /**< 1: a file that is there is replaced. */
    osarc_progress progress; /**< May be NULL. */
    void *payload;           /**< Handed to progress. */
} osarc_calibrate_options;

/**
 * Read the one CT series of the inputs, find the phantom, write the calibration.
 *
 * @param[out] out          Filled on success.
 * @param[out] notes_out    What to know of it; the caller frees. NULL on failure.
 * @param[out] writing_out  1 when a failure is about the output; may be NULL.
 * @retval OSARC_ERR_IO       an input or the output cannot be used
 * @retval OSARC_ERR_FORMAT   nothing but damaged files, or a bad file of values
 * @retval OSARC_ERR_QUALITY  not exactly one usable series, no phantom, or a bad fit: why
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_calibrate_scan(
    osarc_calibration *out, osarc_notes **notes_out, int *writing_out, const char *const *inputs,
    size_t input_count, const osarc_calibrate_options *options, osarc_error *err);

/** All-zero means default. */
typedef struct osarc_dxa_calibrate_options {
    const char *out_path; /**< Required: the calibration file. */
    const char *made_on;  /**< Required: YYYY-MM-DD. */
    const char *wedge;    /**< "al-pmma", "ha-pe" or a file; NULL: al-pmma. */
    int threads;          /**< 0: all cores. */
    int overwrite;        /**< 1: a file that is there is replaced. */
} osarc_dxa_calibrate_options;

/**
 * The same for a densitometer: read the one pair of the inputs, an image of a step wedge.
 * @retval OSARC_ERR_QUALITY  not exactly one pair, no wedge, or a bad fit: why
 */
OSARC_API OSARC_MUST_CHECK osarc_status
osarc_dxa_calibrate_scan(osarc_dxa_calibration *out, osarc_notes **notes_out, int *writing_out,
                         const char *const *inputs, size_t input_count,
                         const osarc_dxa_calibrate_options *options, osarc_error *err);

OSARC_END_DECLS

#endif
