/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_SPINE_STEP_H
#define RUN_SPINE_STEP_H

#include <osarc/density.h>
#include <osarc/dicom_masks.h>
#include <osarc/marrow_fat.h>
#include <osarc/measure_spine.h>
#include <osarc/report.h>
#include <osarc/spine.h>

#define SPINE_REFUSAL 160

/* What is owned for one vertebra. */
typedef struct spine_part {
    size_t *trabecular[OSARC_PLACEMENTS];
    char refused[OSARC_PLACEMENTS][SPINE_REFUSAL];
    osarc_marrow_fat fat;
    char fat_refused[SPINE_REFUSAL];
} spine_part;

/* The spine of one series, from finding it to what is measured in it. All-zero is empty. */
typedef struct spine_step {
    osarc_spine *spine; /* NULL when there is none, with the reason in refused */
    osarc_spine_level *levels;
    spine_part *parts;
    size_t *body_voxels;
    size_t count;
    int from_file;
    char refused[512];
} spine_step;

/* Finds vertebrae, or takes them from a label file, and the regions in each. What is wrong with
 * the spine or the labels ends in `refused`, not in a failure. */
osarc_status spine_step_find(spine_step *out, const osarc_image *image, const osarc_mask *tissue,
                             const osarc_label_file *labels, const osarc_acquisition *acquisition,
                             osarc_notes *notes, int threads, osarc_error *err);

/* What the patient's tissues read; blood is looked for along the spine. */
osarc_status spine_step_sample(osarc_tissue_samples *out, const spine_step *step,
                               const osarc_image *image, const osarc_mask *tissue,
                               osarc_notes *notes, int threads, osarc_error *err);

/* Fat in the marrow of each vertebra, as far as one energy bounds it. */
osarc_status spine_step_fat(spine_step *step, const osarc_image *image,
                            const osarc_calibration *calibration, osarc_error *err);

/* The regions that were measured, by structure number. */
osarc_status spine_step_rois(osarc_mask **out, const spine_step *step, const osarc_grid *grid,
                             osarc_error *err);

/* Names and places for a picture; *count_out 0 without vertebrae. Free with osi_free. */
osarc_status spine_step_marks(osarc_spine_mark **out, size_t *count_out, const spine_step *step,
                              osarc_error *err);

void spine_step_free(spine_step *step);

#endif
