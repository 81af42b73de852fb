/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_CLAIMS_H
#define OSI_DICOM_CLAIMS_H

#include "elements.h"

OSARC_BEGIN_DECLS

/** The data set of a file, as its bytes show it: a parser that guessed otherwise would take other
 * bytes for lengths. */
typedef struct osi_data_set {
    size_t at; /**< First byte. */
    osi_encoding encoding;
} osi_data_set;

/**
 * OSARC_OK when every length in a file, however deep, fits the bytes there are, so that a parser
 * that makes room before it reads asks for no more than the file's size. `inflated`: the bytes are
 * a bare data set, explicit little endian.
 * @retval OSARC_ERR_FORMAT       a length that does not fit
 * @retval OSARC_ERR_UNSUPPORTED  compressed pixels, or big endian without stated representations
 */
OSARC_MUST_CHECK osarc_status osi_claims_check(osi_data_set *out, const uint8_t *bytes, size_t size,
                                               int inflated, osarc_error *err);

OSARC_END_DECLS

#endif
