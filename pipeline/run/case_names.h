/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_CASE_NAMES_H
#define RUN_CASE_NAMES_H

#include <osarc/dicom.h>

#include "case.h"

/* What a series is named after. */
typedef struct case_source {
    const char *patient_id;
    const char *study_uid;
    const char *nifti_path; /* NULL: DICOM */
    int unreadable;         /* of DICOM: has no name */
} case_source;

/* The patient's id. Without one a NIfTI file is named after itself, with its folder where another
 * file has the same name, and each study of DICOM has a number. What cannot be told to be one
 * person is never one case. */
void case_names_make(series_result *results, const case_source *sources, size_t count);

osarc_status case_names_set(series_result *results, const osarc_catalogue *catalogue,
                            osarc_error *err);

#endif
