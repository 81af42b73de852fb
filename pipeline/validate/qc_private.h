/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_QC_PRIVATE_H
#define OSI_QC_PRIVATE_H

/* What the files of quality control share. */

#include <osarc/quality_control.h>

#include "table.h"

/* Corrective threshold of the ISCD for phantom scans, as a share of the baseline. */
#define OSI_QC_ISCD_SHARE 0.015

/* Reference value and decision interval of the CUSUM in SDs: a shift of 1 SD is found in about ten
 * measurements, a false alarm comes in about 465 (Montgomery, Statistical Quality Control). */
#define OSI_QC_CUSUM_K 0.5
#define OSI_QC_CUSUM_H 5.0

struct osarc_qc {
    osi_table *cells; /* device and phantom point into it */
    osarc_qc_series *series;
    size_t count;
    size_t room;
    char *table;
    char *json;
};

/** Splits a table into series, without judging them; texts are borrowed from the table. */
OSARC_MUST_CHECK osarc_status osi_qc_split(osarc_qc *qc, const osi_table *table, const char *name,
                                           osarc_error *err);

/** Baseline, rules and CUSUM of one series. */
OSARC_MUST_CHECK osarc_status osi_qc_judge(osarc_qc_series *series, size_t baseline,
                                           osarc_error *err);

/** Fills table and json. */
OSARC_MUST_CHECK osarc_status osi_qc_print(osarc_qc *qc, osarc_error *err);

/** chart_N.png and cusum_N.png. */
OSARC_MUST_CHECK osarc_status osi_qc_plot(const osarc_qc_series *series, size_t number,
                                          const char *folder, osarc_error *err);

#endif
