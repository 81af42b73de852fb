/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_TORSO_ROWS_H
#define OSI_TORSO_ROWS_H

#include "torso_values.h"

#define OSI_TORSO_LEVELS 16

/** Fat under the skin before the spine: a few voxels of noise are less. */
#define OSI_TORSO_OPEN_CM2 1.0
#define OSI_TORSO_OPEN     "the muscle wall is open: fat under the skin runs on to the spine"

/** A stretch along the body in slices from the first one done; slice k runs from k - 0.5 to
 * k + 0.5. */
typedef struct osi_torso_span {
    double low, high;
} osi_torso_span;

typedef struct osi_torso_place {
    long from, to; /**< Slices that lie in it by more than half. */
    double mm;
    double arms_cm2;
    double cut, not_seen, open_cm2; /**< Worst over these; NAN: not known. */
    double value[OSI_TORSO_VALUES];
    double half[OSI_TORSO_VALUES];  /**< By borders and noise. */
    double moved[OSI_TORSO_VALUES]; /**< By one slice up or down. */
    double voxels[OSI_COUNTS], edge[OSI_COUNTS];
} osi_torso_place;

typedef struct osi_torso_level {
    uint8_t label;
    double middle; /**< In slices, as a span. */
    osi_torso_place place;
} osi_torso_level;

typedef struct osi_torso_run {
    osarc_findings *findings;
    const osarc_measure_context *context;
    const osarc_torso_input *input;
    osarc_finding blank;
    osarc_hu_table windows;
    osi_torso_scale scale;
    double plane_mm;
    osi_plane_sum *sums;
    char method[2][96]; /**< Without and with the definition of intermuscular fat. */
    osi_torso_level levels[OSI_TORSO_LEVELS];
    size_t level_count;
} osi_torso_run;

/** Reads all planes; the caller frees run->sums. */
OSARC_MUST_CHECK osarc_status osi_torso_open(osi_torso_run *run, osarc_error *err);

/** Returns 0 when the slices are not all there. */
int osi_torso_measure_span(osi_torso_place *out, const osi_torso_run *run, osi_torso_span span);

/** Volumes between the first and last lumbar level that was measured. */
OSARC_MUST_CHECK osarc_status osi_torso_add_volumes(const osi_torso_run *run, osarc_error *err);

/** Lean and fat mass of the whole body, from the areas at L3. */
OSARC_MUST_CHECK osarc_status osi_torso_add_surrogates(const osi_torso_run *run, osarc_error *err);

#endif
