/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_JUDGE_H
#define OSI_DICOM_JUDGE_H

/* What becomes of one file, before series are made. */

#include "files.h"

OSARC_BEGIN_DECLS

typedef struct osi_verdict {
    osarc_decision decision;
    osarc_status status;
    const char *reason; /**< Static. */
    char text[248];
} osi_verdict;

/** 1 when the file's slices take part in making series. */
int osi_file_has_slices(const osi_file *file);

/** Why a file does not take part; usable when it does. */
osi_verdict osi_file_judge(const osi_file *file);

OSARC_END_DECLS

#endif
