/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DIGEST_H
#define OSI_DIGEST_H

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/** 64 hex digits and the end. */
#define OSI_SHA256_SIZE 65

OSARC_MUST_CHECK osarc_status osi_sha256(char out[OSI_SHA256_SIZE], const void *bytes, size_t size,
                                         osarc_error *err);

/** A SHA-256 under way, for bytes that come in parts. One thread at a time. */
typedef struct osi_digest osi_digest;

/** Starts a digest of nothing; the caller frees it. */
OSARC_MUST_CHECK osarc_status osi_digest_create(osi_digest **out, osarc_error *err);

OSARC_MUST_CHECK osarc_status osi_digest_add(osi_digest *digest, const void *bytes, size_t size,
                                             osarc_error *err);

/** The digest of all bytes added; after this the next add starts a new one. */
OSARC_MUST_CHECK osarc_status osi_digest_finish(char out[OSI_SHA256_SIZE], osi_digest *digest,
                                                osarc_error *err);

/** NULL is allowed. */
void osi_digest_free(osi_digest *digest);

/** As RFC 4648 has it, on one line, ended by NUL; free with osi_free. Under 1 GiB. */
OSARC_MUST_CHECK osarc_status osi_base64(char **out, size_t *size_out, const void *bytes,
                                         size_t size, osarc_error *err);

OSARC_END_DECLS

#endif
