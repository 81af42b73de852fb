/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_CASE_H
#define RUN_CASE_H

#include <osarc/dicom.h>
#include <osarc/dicom_masks.h>
#include <osarc/dxa_calibration.h>
#include <osarc/findings.h>
#include <osarc/measure_torso.h>
#include <osarc/reference.h>
#include <osarc/run.h>

#include <osi/text.h>

#include "conversion_file.h"
#include "out_folder.h"
#include "scale_step.h"

/* Seconds that each step took. */
typedef struct step_times {
    double read, segment, scale, check, spine, hip, measure, masks, images;
} step_times;

/* What is read once a run, for all series. */
typedef struct run_given {
    scale_asked scale;
    osarc_hu_table windows;
    osarc_imat_definition imat;
    osarc_dxa_calibration *dxa;     /* NULL: pairs are not calibrated */
    const osarc_clinical *clinical; /* NULL: no table */
    osarc_reference_db *references; /* NULL: the published populations alone */
    conversion_list conversions;    /* of projected bone density */
    osarc_label_file *labels;       /* NULL: vertebrae are looked for */
    osarc_label_file *exclude;      /* NULL: nothing is left out */
    osarc_label_file *tissues;      /* muscle and fat of others; NULL: told apart here */
} run_given;

/* What run.json tells of scale and spine. */
typedef struct bone_told {
    int is_there;
    const char *rung; /* static */
    char method[32];
    char basis[16];
    char why_no_scale[512];
    int labels_from_file;
    size_t vertebrae;
    char levels[160]; /* "T12,L1,L2"; ? where there is no name */
    char anchors[160];
    char why_no_spine[512];
} bone_told;

/* What became of one series of the catalogue. */
typedef struct series_result {
    size_t number; /* in file names, from 1; 0 when not measured */
    char case_id[96];
    osarc_status status; /* of the whole, or of the step that failed */
    char text[256];      /* why not measured */
    osarc_notes *notes;  /* of loading and segmenting; NULL when none */
    osarc_acquisition acquisition;
    bone_told bone;
    osi_text sensitivity; /* lines of sensitivity.csv */
    step_times seconds;
} series_result;

double now_seconds(void);

/* Seconds since *last, which moves on. */
double lap(double *last);

/* Measures one series, as the next two; `size_t`: its index, and its number. */
typedef osarc_status measure_one(series_result *, osarc_findings *, osarc_catalogue *, size_t,
                                 size_t, out_folder *, const run_given *, const osarc_run_options *,
                                 osarc_error *);

/* Reads, segments, measures and writes the masks and pictures of one series. */
osarc_status measure_series(series_result *result, osarc_findings *findings,
                            osarc_catalogue *catalogue, size_t series, size_t number,
                            out_folder *out, const run_given *given,
                            const osarc_run_options *options, osarc_error *err);

#endif
