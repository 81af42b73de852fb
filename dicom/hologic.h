/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_HOLOGIC_H
#define OSI_DICOM_HOLOGIC_H

/* Results that Hologic's program keeps in a private element of its images, (0021,xx01). */

#include <osarc/dxa.h>
#include <osarc/dxa_report.h>

OSARC_BEGIN_DECLS

/** An element over this is not looked into. */
#define OSI_HOLOGIC_LIMIT ((size_t) 1 << 20)

#define OSI_HOLOGIC_ROWS    40
#define OSI_HOLOGIC_COLUMNS 16
#define OSI_HOLOGIC_CELL    48

/** The table of results as its program writes it: row 0 names columns, column 0 regions. */
typedef struct osi_hologic_table {
    char cells[OSI_HOLOGIC_ROWS][OSI_HOLOGIC_COLUMNS][OSI_HOLOGIC_CELL];
    size_t count;   /**< Cells that were set. */
    int is_refused; /**< A cell beyond the table, or set twice to different texts. */
} osi_hologic_table;

/** Takes each assignment ResultsTable[ i][ j] = "text" out of a text; all else is passed over. */
void osi_hologic_scan(osi_hologic_table *table, const char *text, size_t size);

/** From the table to results. `view`: which scan, where it does not say which side. */
OSARC_MUST_CHECK osarc_status osi_hologic_take(osarc_dxa_report *out,
                                               const osi_hologic_table *table, osarc_dxa_view view,
                                               osarc_error *err);

/**
 * From the bytes of the element, XML or the plain script in it. What cannot be read becomes one
 * refused result.
 */
OSARC_MUST_CHECK osarc_status osi_hologic_read(osarc_dxa_report *out, const uint8_t *bytes,
                                               size_t size, osarc_dxa_view view, osarc_error *err);

OSARC_END_DECLS

#endif
