/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_SERIES_H
#define OSI_DICOM_SERIES_H

/* Which CT slices make one volume, in which order, on which grid. Works on plain values alone. */

#include <osarc/dicom.h>

#include "frame.h"

OSARC_BEGIN_DECLS

/** What becomes of a slice. */
typedef enum osi_fate {
    OSI_FATE_USED = 0,
    OSI_FATE_DUPLICATE = 1,  /**< The same slice is there twice. */
    OSI_FATE_DAMAGED_END = 2 /**< Damaged, at an end of the stack: left out. */
} osi_fate;

/** Slices that belong together. */
typedef struct osi_stack {
    size_t *members; /**< Frame indices; those used come first, in order along the normal. */
    size_t count;
    size_t used;
    osarc_decision decision;
    osarc_status status;
    const char *reason; /**< Static. */
    char text[248];
    osarc_grid grid;   /**< When usable: after tilt correction. */
    double tilt_deg;   /**< 0 when slices lie straight behind each other. */
    double shift[2];   /**< Columns and rows by which each slice lies off the one before. */
    long first_column; /**< Grid column 0 and row 0, counted in those of the first slice. */
    long first_row;
    osarc_notes *notes;
} osi_stack;

typedef struct osi_stacks {
    osi_stack *items;
    size_t count;
} osi_stacks;

/** Whether two slices at one place hold the same pixels; not, when that cannot be told. */
typedef osarc_status (*osi_same_pixels)(int *same_out, void *payload, const osi_frame *a,
                                        const osi_frame *b, osarc_error *err);

/**
 * Sorts slices into stacks and judges each. Every frame ends up in exactly one stack.
 * @param fates  One for each frame.
 */
OSARC_MUST_CHECK osarc_status osi_stacks_make(osi_stacks *out, osi_fate *fates,
                                              const osi_frame *frames, size_t count,
                                              osi_same_pixels same, void *payload,
                                              osarc_error *err);

/** Judges the used members of one stack, in any order: order, spacing, tilt, grid, notes. */
OSARC_MUST_CHECK osarc_status osi_stack_judge(osi_stack *stack, osi_fate *fates,
                                              const osi_frame *frames, osarc_error *err);

/** Position along the normal of a frame, in mm. */
double osi_frame_depth_mm(const osi_frame *frame);

/** 1 when so few slices at the ends are damaged that the rest may be used: 2, or a tenth. */
int osi_may_drop(size_t dropped, size_t count);

void osi_stacks_free(osi_stacks *stacks);

OSARC_END_DECLS

#endif
