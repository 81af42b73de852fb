/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RUN_SCALE_STEP_H
#define RUN_SCALE_STEP_H

#include <osarc/density.h>
#include <osarc/run.h>

typedef enum scale_kind {
    SCALE_AUTO = 0, /* phantom in view, else the patient's tissues */
    SCALE_PHANTOM,
    SCALE_INTERNAL,
    SCALE_ASYNC,
    SCALE_NONE
} scale_kind;

/* What --calibration asks for, read once a run. */
typedef struct scale_asked {
    scale_kind kind;
    osarc_calibration made_before; /* of SCALE_ASYNC */
    osarc_rod_model *models;       /* the user's own phantoms */
    size_t model_count;
} scale_asked;

/* ERR_ARGUMENT: not one of auto, phantom, internal, async:FILE, none. */
osarc_status scale_asked_read(scale_asked *out, const osarc_run_options *options, osarc_error *err);
void scale_asked_free(scale_asked *asked);

/* The scale of one series; rung NONE with the reason. */
typedef struct scale_found {
    osarc_calibration calibration;
    char refused[512];
} scale_found;

/* The rungs that need no tissues: one made before, or a phantom, whose voxels are marked. */
osarc_status scale_find(scale_found *out, const scale_asked *asked, const osarc_image *image,
                        osarc_mask *tissue, const osarc_acquisition *acquisition,
                        osarc_notes *notes, const osarc_run_options *options, osarc_error *err);

/* The rung below: nothing is done when there is a scale, or none is asked for. */
osarc_status scale_find_internal(scale_found *found, const scale_asked *asked,
                                 const osarc_tissue_samples *samples,
                                 const osarc_acquisition *acquisition, osarc_notes *notes,
                                 osarc_error *err);

/* "phantom", "async", "internal" or "none". */
const char *scale_rung_name(osarc_rung rung);

#endif
