/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osi/fail.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <osi/version.h>

#undef osi_fail

osarc_status osi_fail(osarc_error *err, osarc_status status, const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        err->status = status;
        vsnprintf(err->text, sizeof(err->text), format, args);
        va_end(args);
    }
    return status;
}

osarc_status osi_fail_context(osarc_error *err, osarc_status status, const char *context)
{
    if (err) {
        char text[sizeof(err->text)];
        memcpy(text, err->text, sizeof(text));
        text[sizeof(text) - 1] = '\0';
        err->status = status;
        size_t used = (size_t) snprintf(err->text, sizeof(err->text), "%s: ", context);
        if (used < sizeof(err->text))
            snprintf(err->text + used, sizeof(err->text) - used, "%s", text);
    }
    return status;
}

const char *osarc_status_name(osarc_status status)
{
    static const char *const NAMES[] = {"ok",      "argument",    "memory", "io",
                                        "format",  "unsupported", "unit",   "geometry",
                                        "quality", "internal"};
    size_t index = (size_t) status;
    return index < sizeof(NAMES) / sizeof(NAMES[0]) ? NAMES[index] : "unknown";
}

const char *osarc_version(void)
{
    return OSARC_VERSION_TEXT;
}
