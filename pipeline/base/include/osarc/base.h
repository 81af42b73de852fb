/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_BASE_H
#define OSARC_BASE_H

/**
 * @file base.h
 * What every room shares: how a call fails, and why.
 */

#include <stddef.h>
#include <stdint.h>

#include <osarc/export.h>

OSARC_BEGIN_DECLS

/** What a fallible call returns. Numbers never change once released. */
typedef enum osarc_status {
    OSARC_OK = 0,
    OSARC_ERR_ARGUMENT = 1,    /**< The caller broke the documented contract. */
    OSARC_ERR_MEMORY = 2,      /**< Out of memory, or over a stated size limit. */
    OSARC_ERR_IO = 3,          /**< A file could not be read or written. */
    OSARC_ERR_FORMAT = 4,      /**< A file is damaged or not what it claims. */
    OSARC_ERR_UNSUPPORTED = 5, /**< Valid, but not handled by this version. */
    OSARC_ERR_UNIT = 6,        /**< Pixels are in the wrong unit for this step. */
    OSARC_ERR_GEOMETRY = 7,    /**< Gaps, overlaps or mismatched grids. */
    OSARC_ERR_QUALITY = 8,     /**< Readable, but too poor to measure. */
    OSARC_ERR_INTERNAL = 9     /**< A bug in libosarc. Please report it. */
} osarc_status;

/**
 * Why a call failed. Lives in the caller, so reporting "out of memory" needs none.
 * Written only on failure. Holds no patient name, ID or date.
 */
typedef struct osarc_error {
    osarc_status status;
    char text[248];
} osarc_error;

#define OSARC_ERROR_INIT                                                                           \
    {                                                                                              \
        OSARC_OK, ""                                                                               \
    }

/** Short lower-case name, such as "geometry". Never NULL. */
OSARC_API const char *osarc_status_name(osarc_status status);

/** Version of the library that is running, such as "0.1.0". Never NULL. */
OSARC_API const char *osarc_version(void);

/** Called now and then during long work; `done` runs from 0 to 1. Never from two threads at once.
 */
typedef void (*osarc_progress)(void *payload, const char *stage, double done);

OSARC_END_DECLS

#endif
