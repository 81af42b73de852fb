/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DIGEST_H
#define OSI_DIGEST_H

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/** 64 hex digits and the end. */
#define OSI_SHA256_SIZE 65

OSARC_MUST_CHECK osarc_status osi_sha256(char out[OSI_SHA256_SIZE], const void *bytes, size_t size,
                                         osarc_error *err);

OSARC_END_DECLS

#endif
