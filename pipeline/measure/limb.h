/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_LIMB_H
#define OSI_LIMB_H

#include "limb_sums.h"
#include "rows.h"

/** One limb on its way to rows. */
typedef struct osi_limb_rows {
    osarc_findings *findings;
    const osarc_measure_context *context;
    const osarc_limb_input *in;
    const osarc_limb_level *level;
    osi_limb_sums sums;
    osarc_finding blank;
    double pixel_mm2, slice_mm;
    double lean_hu, lean_half_hu;
    char table[64]; /* "hu-windows aubrey2014" */
} osi_limb_rows;

/** Rows of the middle slice and of the extent. */
OSARC_MUST_CHECK osarc_status osi_limb_add_tissues(osi_limb_rows *r, osarc_error *err);

/** Rows of the shaft of the femur. */
OSARC_MUST_CHECK osarc_status osi_limb_add_femur(osi_limb_rows *r, osarc_error *err);

/** What is to be said of every row of a limb. */
void osi_limb_describe(osi_row_note *note, const osi_limb_rows *r, int of_slice);

/** What weakens CT numbers: contrast, voltage, kernel. */
void osi_limb_doubt_hu(osi_row_note *note, const osi_limb_rows *r);

#endif
