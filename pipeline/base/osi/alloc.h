/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_ALLOC_H
#define OSI_ALLOC_H

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/** No single allocation is larger: a size read from a file is capped before it is trusted. */
#define OSI_ALLOC_LIMIT ((size_t) 1 << 34)

/** count*size zeroed bytes, overflow-checked and capped; NULL with err set on failure. */
void *osi_alloc(size_t count, size_t size, osarc_error *err);

/** As osi_alloc, but the bytes are not set: for buffers that are filled at once. */
void *osi_alloc_raw(size_t count, size_t size, osarc_error *err);

/** Grows or shrinks; the old block stays valid on failure. New bytes are not set. */
void *osi_realloc(void *block, size_t count, size_t size, osarc_error *err);

/** A copy of a text. */
char *osi_strdup(const char *text, osarc_error *err);

/** NULL is allowed. */
void osi_free(void *block);

/**
 * For tests: the n-th allocation from now fails (1 is the next one), later ones work again;
 * 0 switches it off. Not for threads.
 */
void osi_alloc_fail_at(long n);

/** For tests: how many allocations were asked for since osi_alloc_fail_at. */
long osi_alloc_asked(void);

OSARC_END_DECLS

#endif
