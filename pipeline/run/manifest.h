/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_MANIFEST_H
#define RUN_MANIFEST_H

#include <osarc/dicom.h>
#include <osarc/run.h>

#include "case.h"

/* All that run.json tells. Borrowed parts; catalogue and results may be NULL after an early
 * failure. */
typedef struct manifest {
    const osarc_run_options *options;
    const osarc_run_summary *summary;
    const char *const *inputs;
    size_t input_count;
    const osarc_catalogue *catalogue;
    const series_result *results; /* one a series of the catalogue */
    double catalogue_seconds, digest_seconds, tables_seconds, total_seconds;
    const osarc_notes *clinical_notes;
} manifest;

osarc_status manifest_write(const manifest *m, const char *path, osarc_error *err);

#endif
