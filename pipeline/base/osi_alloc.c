/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osi/alloc.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <osi/fail.h>

/* The one piece of global state, and only for tests: see alloc.h. */
static atomic_long fail_at;
static atomic_long asked;

static int refused(void)
{
    long at = atomic_load_explicit(&fail_at, memory_order_relaxed);
    if (at == 0)
        return 0;
    return atomic_fetch_add_explicit(&asked, 1, memory_order_relaxed) + 1 == at;
}

void osi_alloc_fail_at(long n)
{
    atomic_store(&asked, 0);
    atomic_store(&fail_at, n);
}

long osi_alloc_asked(void)
{
    return atomic_load(&asked);
}

static int check_size(size_t *bytes, size_t count, size_t size, osarc_error *err)
{
    if (__builtin_mul_overflow(count, size, bytes) || *bytes > OSI_ALLOC_LIMIT) {
        osi_fail(err, OSARC_ERR_MEMORY, "%zu items of %zu bytes asked, at most %zu bytes allowed",
                 count, size, OSI_ALLOC_LIMIT);
        return 0;
    }
    if (*bytes == 0)
        *bytes = 1;
    return 1;
}

static void *checked(void *block, size_t bytes, osarc_error *err)
{
    if (!block)
        osi_fail(err, OSARC_ERR_MEMORY, "out of memory (%zu bytes asked)", bytes);
    return block;
}

void *osi_alloc(size_t count, size_t size, osarc_error *err)
{
    size_t bytes;
    if (!check_size(&bytes, count, size, err))
        return NULL;
    return checked(refused() ? NULL : calloc(1, bytes), bytes, err); /* banned-ok */
}

void *osi_alloc_raw(size_t count, size_t size, osarc_error *err)
{
    size_t bytes;
    if (!check_size(&bytes, count, size, err))
        return NULL;
    return checked(refused() ? NULL : malloc(bytes), bytes, err); /* banned-ok */
}

void *osi_realloc(void *block, size_t count, size_t size, osarc_error *err)
{
    size_t bytes;
    if (!check_size(&bytes, count, size, err))
        return NULL;
    return checked(refused() ? NULL : realloc(block, bytes), bytes, err); /* banned-ok */
}

char *osi_strdup(const char *text, osarc_error *err)
{
    size_t size = strlen(text) + 1;
    char *copy = osi_alloc_raw(size, 1, err);
    if (copy)
        memcpy(copy, text, size);
    return copy;
}

void osi_free(void *block)
{
    free(block); /* banned-ok */
}
