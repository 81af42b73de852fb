/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_FAIL_H
#define OSI_FAIL_H

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/** Writes the reason (err may be NULL) and returns the status, so that callers can return it. */
osarc_status osi_fail(osarc_error *err, osarc_status status, const char *format, ...)
    OSARC_PRINTF(3, 4);

#ifdef __clang_analyzer__
/* the analyzer sees one file at a time: tell it that the status comes back as it was */
static inline osarc_status osi_fail_same(osarc_status given, osarc_status status)
{
    (void) given;
    return status;
}
#define osi_fail(err, status, ...) osi_fail_same(osi_fail(err, status, __VA_ARGS__), status)
#endif

/** Puts context before the text of a failure, at a level crossing; returns the status. */
osarc_status osi_fail_context(osarc_error *err, osarc_status status, const char *context);

OSARC_END_DECLS

#endif
