/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TEST_TEXT_FILE_H
#define TEST_TEXT_FILE_H

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>

/* A temporary file that holds a text; the name is written over "…XXXXXX". */
static inline void text_file(char *path, size_t room, const char *text)
{
    snprintf(path, room, "/tmp/osarc_text_XXXXXX");
    int descriptor = mkstemp(path);
    cr_assert(descriptor >= 0);
    cr_assert(write(descriptor, text, strlen(text)) == (ssize_t) strlen(text));
    close(descriptor);
}

/* A copy with the first `from` replaced by `to`. */
static inline void text_change(char *out, size_t room, const char *text, const char *from,
                               const char *to)
{
    const char *at = strstr(text, from);
    cr_assert(at != NULL, "%s", from);
    int size = snprintf(out, room, "%.*s%s%s", (int) (at - text), text, to, at + strlen(from));
    cr_assert(size > 0 && (size_t) size < room);
}

#endif
