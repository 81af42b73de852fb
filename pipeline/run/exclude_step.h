/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_EXCLUDE_STEP_H
#define RUN_EXCLUDE_STEP_H

#include <osarc/dicom_masks.h>
#include <osarc/scan.h>

/* A mask for --exclude: NIfTI, SEG or RTSTRUCT; every label in it is left out. */
osarc_status exclude_read(osarc_label_file **out, const char *path, int threads, osarc_error *err);

/*
 * What is left out of a scan, on its grid: 1, else 0. NULL, with a warning among the notes, when
 * the mask does not lie on this scan.
 */
osarc_status exclude_on_grid(osarc_mask **out, const osarc_label_file *exclude,
                             const osarc_grid *grid, const osarc_acquisition *acquisition,
                             osarc_notes *notes, int threads, osarc_error *err);

#endif
