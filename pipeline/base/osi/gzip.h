/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_GZIP_H
#define OSI_GZIP_H

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/**
 * Compress bytes into one gzip member, in fixed pieces by several threads; the bytes out do not
 * depend on the thread count. The caller frees *out with osi_free.
 */
OSARC_MUST_CHECK osarc_status osi_gzip(uint8_t **out, size_t *size_out, const uint8_t *bytes,
                                       size_t size, int threads, osarc_error *err);

/** The same as a zlib stream (RFC 1950), the form that PNG holds. */
OSARC_MUST_CHECK osarc_status osi_zlib(uint8_t **out, size_t *size_out, const uint8_t *bytes,
                                       size_t size, int threads, osarc_error *err);

/** Decompress a whole gzip file (any number of members), refusing over `limit` bytes. */
OSARC_MUST_CHECK osarc_status osi_gunzip(uint8_t **out, size_t *size_out, const uint8_t *bytes,
                                         size_t size, size_t limit, osarc_error *err);

/** 1 when the bytes begin as a gzip file does. */
int osi_gzip_is(const uint8_t *bytes, size_t size);

/** The first bytes of a gzip file, of which only a beginning may be there; how many came out. */
size_t osi_gunzip_start(uint8_t *out, size_t room, const uint8_t *bytes, size_t size);

OSARC_END_DECLS

#endif
