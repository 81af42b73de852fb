/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "utf8.h"

#include <string.h>

/* Bytes of the character at the start, 0 when it is none (RFC 3629: no overlong forms, no
   surrogates, nothing over U+10FFFF). */
static size_t character_size(const unsigned char *s)
{
    size_t size = s[0] < 0x80 ? 1 : s[0] < 0xC2 ? 0 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
    if (s[0] > 0xF4)
        return 0;
    for (size_t i = 1; i < size; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ||
        (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F))
        return 0;
    return size;
}

osarc_status utf8_add(osi_text *out, const char *text, osarc_error *err)
{
    static const char REPLACEMENT[] = "\xEF\xBF\xBD";
    osarc_status status = OSARC_OK;
    const char *s = text ? text : "";
    while (*s && !status) {
        const char *good = s;
        size_t size = 0;
        while (*s && (size = character_size((const unsigned char *) s)) > 0)
            s += size;
        status = osi_text_add(out, good, (size_t) (s - good), err);
        if (*s && !status) {
            status = osi_text_add(out, REPLACEMENT, 3, err);
            s++;
        }
    }
    return status;
}
