/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_HEADER_H
#define OSI_DICOM_HEADER_H

/* From the first bytes of a DICOM file to plain values. */

#include "elements.h"
#include "frame.h"

OSARC_BEGIN_DECLS

/** 1 when the bytes begin like DICOM, with or without preamble and meta header. */
int osi_dicom_is(const uint8_t *bytes, size_t size);

/** 1 when the data set is deflated; *offset_out is where it begins. Judged on the meta header. */
int osi_dicom_is_deflated(const uint8_t *bytes, size_t size, size_t *offset_out);

/**
 * Reads a header up to the pixel data.
 *
 * @param[out] out       Free with osi_header_free. NULL on failure.
 * @param[out] need_out  When more bytes of the file are needed (out is NULL, status OK): how many
 *                       from its start at least.
 * @param whole          These bytes are all there is: a header cut short is then returned with
 *                       `truncated` set.
 * @retval OSARC_ERR_FORMAT  not DICOM, or damaged beyond use
 */
OSARC_MUST_CHECK osarc_status osi_header_read(osi_header **out, size_t *need_out,
                                              const uint8_t *bytes, size_t size, int whole,
                                              osarc_error *err);

/** As above, of a data set (inflated) without meta header, explicit little endian. */
OSARC_MUST_CHECK osarc_status osi_header_read_inflated(osi_header **out, const uint8_t *bytes,
                                                       size_t size, osarc_error *err);

/** What a slice says, at the top of a classic file or in a functional group of an enhanced one. */
void osi_take_frame_element(osi_frame *frame, const uint8_t *data, const osi_element *element);

/**
 * Where a private element of results lies. `block` keeps the number that its maker has reserved in
 * this file, from element to element; 0 at first.
 */
void osi_take_results_element(osi_header *header, unsigned *block, const uint8_t *data,
                              const osi_element *element);

/** What a file says of its pixels. */
void osi_take_pixel_element(osi_header *header, const uint8_t *data, const osi_element *element);

void osi_header_free(osi_header *header);

/**
 * The files a DICOMDIR names: called for each, with '/' between parts.
 * @retval OSARC_ERR_FORMAT  no directory records
 */
OSARC_MUST_CHECK osarc_status osi_dicomdir_read(const uint8_t *bytes, size_t size,
                                                osarc_status (*found)(void *payload,
                                                                      const char *path,
                                                                      osarc_error *err),
                                                void *payload, osarc_error *err);

OSARC_END_DECLS

#endif
