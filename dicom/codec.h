/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_CODEC_H
#define OSI_DICOM_CODEC_H

/* What is left to the libraries: compressed pixels and deflated data sets. */

#include "fragments.h"

OSARC_BEGIN_DECLS

/**
 * One compressed frame to rows x columns pixels of bits_allocated bits, little endian.
 * @param out  Room for rows * columns * bits_allocated / 8 bytes, rounded up to even.
 * @retval OSARC_ERR_FORMAT       the compressed bytes are damaged or of another size
 * @retval OSARC_ERR_UNSUPPORTED  no codec for this transfer syntax
 */
OSARC_MUST_CHECK osarc_status osi_codec_decode(uint8_t *out, const osi_pixels *pixels,
                                               const uint8_t *bytes, const osi_fragment *fragments,
                                               size_t count, osarc_error *err);

/** JPEG 2000 only: the part of the above that OpenJPEG does. */
OSARC_MUST_CHECK osarc_status osi_jpeg2000_decode(uint8_t *out, const osi_pixels *pixels,
                                                  const uint8_t *bytes,
                                                  const osi_fragment *fragments, size_t count,
                                                  osarc_error *err);

/** Inflates a deflated data set, refusing over `limit` bytes. Free with osi_free. */
OSARC_MUST_CHECK osarc_status osi_inflate(uint8_t **out, size_t *size_out, const uint8_t *bytes,
                                          size_t size, size_t limit, osarc_error *err);

OSARC_END_DECLS

#endif
