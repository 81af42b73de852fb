/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_SR_READ_H
#define OSI_DICOM_SR_READ_H

/* Numbers of densitometry from structured reports. */

#include <osarc/dxa_report.h>

#include "elements.h"
#include "frame.h"

OSARC_BEGIN_DECLS

/** A document over this is not looked into: reports are a thousand times smaller. */
#define OSI_SR_LIMIT ((size_t) 16 << 20)

/** 1 when a class of objects is one of structured reports. */
int osi_sr_is(const char *sop_class_uid);

/**
 * Walks the content tree by codes. No results: a document of something else.
 *
 * @param out    All-zero; free with osarc_dxa_report_free, also on failure.
 * @param start  Where the data set begins, after any meta header.
 * @retval OSARC_ERR_FORMAT  cut short, damaged, or nested too deep
 */
OSARC_MUST_CHECK osarc_status osi_sr_read(osarc_dxa_report *out, const uint8_t *bytes, size_t size,
                                          const osi_cursor *start, const osi_header *header,
                                          osarc_error *err);

OSARC_END_DECLS

#endif
