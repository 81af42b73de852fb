/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_REPORT_STEP_H
#define RUN_REPORT_STEP_H

#include <osarc/patient_report.h>

#include "class_table.h"

/* What reports are made from; all borrowed. */
typedef struct report_sources {
    const series_result *results;
    size_t count;
    const class_table *classes;
    const osarc_clinical *clinical; /* may be NULL */
    const osarc_findings *findings;
    osarc_language language;
    int guidance;
} report_sources;

/* report.html of the patient; of several, a page each in reports/ and report.html that leads
 * to them. */
osarc_status report_step_write(out_folder *out, const report_sources *sources, osarc_error *err);

#endif
