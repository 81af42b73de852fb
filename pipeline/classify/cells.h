/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_CELLS_H
#define OSI_CELLS_H

/* Rows of a CSV text, one after the other. The only place that knows libcsv. */

#include <osarc/base.h>

/** One row; the texts are valid during the call. */
typedef struct osi_cells {
    size_t row; /**< From 1, as a spreadsheet counts: rows without a cell that is filled are left
                   out, and counted. */
    int first;  /**< The first row that is not left out. */
    const char *const *text;
    size_t count;
} osi_cells;

/**
 * Calls `take` with each row until it fails.
 * @retval OSARC_ERR_FORMAT  not UTF-8 text, or quotes that do not end
 */
OSARC_MUST_CHECK osarc_status osi_cells_read(const uint8_t *bytes, size_t size,
                                             osarc_status (*take)(void *, const osi_cells *),
                                             void *payload, osarc_error *err);

#endif
