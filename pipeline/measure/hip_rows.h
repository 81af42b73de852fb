/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_MEASURE_HIP_ROWS_H
#define OSI_MEASURE_HIP_ROWS_H

/* Inside of the rows of hips: hip_rows.c prints what was measured, hip_scores.c how it compares. */

#include <osarc/measure_hip.h>
#include <osarc/measure_spine.h>

#include "rows.h"

typedef struct osi_hip_run {
    osarc_findings *findings;
    const osarc_measure_context *context;
    const osarc_hip_rows *in;
    char refused[512];  /* why no density can be told; "" when it can */
    char contrast[128]; /* how it is known that contrast was given; "" when it was not */
    char method[64];
} osi_hip_run;

/* level: NULL when no femur was found. */
osarc_finding osi_hip_start(const osi_hip_run *run, const osarc_hip_level *level,
                            osarc_hip_region region, const char *quantity, const char *unit);

/* What weakens all rows of a femur. */
void osi_hip_note(osi_row_note *note, const osi_hip_run *run, const osarc_hip_level *level);

/* The parts in quadrature; NAN when the fit's is not known. */
double osi_hip_half(const osarc_hip_value *value);

/* T- or Z-score of a region that has one; regions without are passed over. */
OSARC_MUST_CHECK osarc_status osi_hip_add_score(const osi_hip_run *run,
                                                const osarc_hip_level *level,
                                                osarc_hip_region region, osarc_error *err);
OSARC_MUST_CHECK osarc_status osi_hip_refuse_score(const osi_hip_run *run,
                                                   const osarc_hip_level *level,
                                                   osarc_hip_region region, const char *why,
                                                   osarc_error *err);

#endif
