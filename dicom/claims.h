/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_CLAIMS_H
#define OSI_DICOM_CLAIMS_H

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/**
 * OSARC_OK when every length in a file, however deep, fits the bytes there are, so that a parser
 * that makes room before it reads asks for no more than the file's size. `inflated`: the bytes are
 * a bare data set, explicit little endian.
 * @retval OSARC_ERR_FORMAT       a length that does not fit
 * @retval OSARC_ERR_UNSUPPORTED  compressed pixels
 */
OSARC_MUST_CHECK osarc_status osi_claims_check(const uint8_t *bytes, size_t size, int inflated,
                                               osarc_error *err);

OSARC_END_DECLS

#endif
