/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_QUALITY_CONTROL_H
#define OSARC_QUALITY_CONTROL_H

/**
 * @file quality_control.h
 * Daily scans of a phantom on a densitometer: is the device still what it was?
 *
 * A table of measurements is split by device, phantom and baseline. Each series is judged by
 * Shewhart's chart with Westgard's rules, by the 1.5 % limit of the ISCD and by a tabular CUSUM.
 * Rules, limits and sources are in docs/quality-control.md. A result never changes; several threads
 * may read it.
 */

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/** All-zero means default. */
typedef struct osarc_qc_options {
    size_t baseline; /**< Measurements that a baseline is made of: 10 to 200; default 25. */
} osarc_qc_options;

typedef enum osarc_qc_rule {
    OSARC_QC_12S = 0,      /**< Over 2 SD: a warning, no alarm. */
    OSARC_QC_13S = 1,      /**< Over 3 SD. */
    OSARC_QC_22S = 2,      /**< Two in a row over 2 SD on one side. */
    OSARC_QC_R4S = 3,      /**< Two in a row over 2 SD on different sides. */
    OSARC_QC_41S = 4,      /**< Four in a row over 1 SD on one side. */
    OSARC_QC_10X = 5,      /**< Ten in a row on one side. */
    OSARC_QC_ISCD = 6,     /**< Over 1.5 % off the baseline. */
    OSARC_QC_CUSUM = 7,    /**< The mean has shifted. */
    OSARC_QC_CERTIFIED = 8 /**< The baseline is over 1.5 % off the certified value. */
} osarc_qc_rule;

/** A rule that was broken. */
typedef struct osarc_qc_alarm {
    osarc_qc_rule rule;
    size_t at;    /**< Index of the measurement that broke it. */
    size_t since; /**< Of the first that belongs to it; of a CUSUM where the shift began. */
    double shift; /**< Of a CUSUM, estimated, in the unit of the values; else NAN. */
} osarc_qc_alarm;

typedef struct osarc_qc_measurement {
    char date[11];   /**< YYYY-MM-DD. */
    size_t row;      /**< As a spreadsheet shows it: the header is row 1. */
    double value;    /**< g/cm2, or what the table is in. */
    double z;        /**< SDs off the baseline; NAN without one. */
    double cusum[2]; /**< Upwards, downwards, in SDs; NAN within the baseline. */
    int is_baseline;
} osarc_qc_measurement;

typedef enum osarc_qc_state {
    OSARC_QC_IN_CONTROL = 0,
    OSARC_QC_OUT_OF_CONTROL = 1,
    OSARC_QC_NO_BASELINE = 2, /**< Too few measurements so far: nothing is judged. */
    OSARC_QC_REFUSED = 3      /**< The baseline cannot be one: see `why`. */
} osarc_qc_state;

/** One device, phantom and baseline. Text is never NULL. */
typedef struct osarc_qc_series {
    const char *device;
    const char *phantom;
    size_t epoch;   /**< From 1; a new one with each new baseline. */
    int is_current; /**< The last epoch of its device and phantom. */
    osarc_qc_state state;
    char why[160];
    size_t baseline_count; /**< 0: the table states mean and SD. */
    double mean;           /**< Of the baseline; NAN without one. */
    double sd;
    double certified; /**< NAN when not stated. */
    osarc_qc_measurement *measurements;
    size_t count;
    osarc_qc_alarm *alarms; /**< In the order of measurements. */
    size_t alarm_count;
} osarc_qc_series;

typedef struct osarc_qc osarc_qc;

/**
 * Read and judge a table with the columns date, device, phantom and value, and any of certified,
 * baseline_mean, baseline_sd and event (docs/quality-control.md).
 *
 * @param[out] out  The caller frees it. NULL on failure.
 * @param options   May be NULL.
 * @retval OSARC_ERR_ARGUMENT  options that cannot be, or a column that is not there
 * @retval OSARC_ERR_IO        the file cannot be read
 * @retval OSARC_ERR_FORMAT    a cell that is not right: its row and column, and what is needed
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_qc_read(osarc_qc **out, const char *path,
                                                      const osarc_qc_options *options,
                                                      osarc_error *err);

OSARC_API size_t osarc_qc_count(const osarc_qc *qc);

/** By device, phantom and time; NULL past the end. Borrowed. */
OSARC_API const osarc_qc_series *osarc_qc_at(const osarc_qc *qc, size_t index);

/** How many current series are out of control or refused, and how many were judged at all. */
OSARC_API size_t osarc_qc_bad(const osarc_qc *qc);
OSARC_API size_t osarc_qc_judged(const osarc_qc *qc);

/** A short table for reading, and everything as JSON. Borrowed; never NULL. */
OSARC_API const char *osarc_qc_table(const osarc_qc *qc);
OSARC_API const char *osarc_qc_json(const osarc_qc *qc);

/**
 * qc.json and, for each series, chart_1.png and cusum_1.png, into a folder that is made when it is
 * not there.
 *
 * @param overwrite  0: a folder that holds a qc.json is refused.
 * @retval OSARC_ERR_ARGUMENT  there is a qc.json already
 * @retval OSARC_ERR_IO        cannot be written
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_qc_write(const osarc_qc *qc, const char *folder,
                                                       int overwrite, osarc_error *err);

/** "1-3s", "2-2s" ...; never NULL. */
OSARC_API const char *osarc_qc_rule_name(osarc_qc_rule rule);

/** "in_control", "out_of_control", "no_baseline" or "refused". */
OSARC_API const char *osarc_qc_state_name(osarc_qc_state state);

/** NULL is allowed. */
OSARC_API void osarc_qc_free(osarc_qc *qc);

OSARC_END_DECLS

#endif
