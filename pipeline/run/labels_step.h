/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_LABELS_STEP_H
#define RUN_LABELS_STEP_H

#include <osarc/dicom_masks.h>
#include <osarc/scan.h>

/* A label file for --labels: a NIfTI map in TotalSegmentator numbers, or a SEG by the names of its
 * segments. Structure sets of contours are refused. */
osarc_status labels_read(osarc_label_file **out, const char *path, int threads, osarc_error *err);

/*
 * Structure numbers, or with `tissues` tissue numbers 1 to 4, on another grid, the nearest voxel
 * for each. A NIfTI map has to cover the grid; a SEG leaves empty slices out, so it has to lie in
 * the same frame of reference instead.
 */
osarc_status labels_on_grid(osarc_mask **out, const osarc_label_file *labels, int tissues,
                            const osarc_grid *grid, const osarc_acquisition *acquisition,
                            osarc_notes *notes, int threads, osarc_error *err);

/* 1 when a file tells tissues, not structures: a NIfTI map with numbers 1 to 4 only, 3 among them,
 * as TotalSegmentator's tissue tasks write; or a SEG with segments of such names. */
int labels_are_tissues(const osarc_label_file *labels);

/* Structure number of a code such as "SCT:36470004"; 0: none. */
uint8_t labels_structure_of_code(const char *code);

/* Structure number of a name such as "vertebrae_L3", "L3 vertebra" or "Sacrum"; 0: none. */
uint8_t labels_structure_of(const char *name);

#endif
