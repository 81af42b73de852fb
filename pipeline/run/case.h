/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_CASE_H
#define RUN_CASE_H

#include <osarc/dicom.h>
#include <osarc/findings.h>
#include <osarc/run.h>

#include "out_folder.h"

/* Seconds that each step took. */
typedef struct step_times {
    double read, segment, check, measure, masks, images;
} step_times;

/* What became of one series of the catalogue. */
typedef struct series_result {
    size_t number; /* in file names, from 1; 0 when not measured */
    char case_id[96];
    osarc_status status; /* of the whole, or of the step that failed */
    char text[256];      /* why not measured */
    osarc_notes *notes;  /* of loading and segmenting; NULL when none */
    osarc_acquisition acquisition;
    step_times seconds;
} series_result;

double now_seconds(void);

/* Reads, segments, measures and writes the masks and pictures of one series. */
osarc_status measure_series(series_result *result, osarc_findings *findings,
                            osarc_catalogue *catalogue, size_t series, size_t number,
                            out_folder *out, const osarc_run_options *options, osarc_error *err);

#endif
