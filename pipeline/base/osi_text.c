/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osi/text.h>

#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#define TEXT_LIMIT ((size_t) 1 << 30)

static osarc_status make_room(osi_text *text, size_t more, osarc_error *err)
{
    if (more >= TEXT_LIMIT || text->size + more + 1 > TEXT_LIMIT)
        return osi_fail(err, OSARC_ERR_MEMORY, "text over %zu bytes", TEXT_LIMIT);
    size_t need = text->size + more + 1;
    if (need <= text->room)
        return OSARC_OK;
    size_t room = text->room ? text->room : 256;
    while (room < need)
        room *= 2;
    char *data = osi_realloc(text->data, room, 1, err);
    if (!data)
        return OSARC_ERR_MEMORY;
    text->data = data;
    text->room = room;
    return OSARC_OK;
}

osarc_status osi_text_add(osi_text *text, const char *bytes, size_t count, osarc_error *err)
{
    osarc_status status = make_room(text, count, err);
    if (status)
        return status;
    if (count)
        memcpy(text->data + text->size, bytes, count);
    text->size += count;
    text->data[text->size] = '\0';
    return OSARC_OK;
}

osarc_status osi_text_printf(osi_text *text, osarc_error *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int count = vsnprintf(NULL, 0, format, args);
    va_end(args);
    osarc_status status = make_room(text, count > 0 ? (size_t) count : 0, err);
    if (status)
        return status;
    va_start(args, format);
    vsnprintf(text->data + text->size, (size_t) count + 1, format, args);
    va_end(args);
    text->size += (size_t) count;
    return OSARC_OK;
}

/* newlocale can fail only without memory; the C locale object then stays NULL and is retried. */
static locale_t c_locale(void)
{
    return newlocale(LC_ALL_MASK, "C", (locale_t) 0);
}

const char *osi_number_print(char buffer[OSI_NUMBER_SIZE], double value)
{
    buffer[0] = '\0';
    if (!isfinite(value))
        return buffer;
    if (value == 0)
        value = 0; /* no "-0" */
    snprintf(buffer, OSI_NUMBER_SIZE, "%.6g", value);
    for (char *c = buffer; *c; c++)
        if (!strchr("0123456789+-eE", *c))
            *c = '.';
    return buffer;
}

int osi_number_read(const char *text, double *value_out)
{
    *value_out = NAN;
    while (isspace((unsigned char) *text))
        text++;
    if (!*text || strspn(text, "0123456789+-.eE \t\r\n") != strlen(text))
        return 0;
    char *end = NULL;
    locale_t loc = c_locale();
    if (!loc)
        return 0;
    double value = strtod_l(text, &end, loc); /* banned-ok */
    freelocale(loc);
    if (end == text)
        return 0;
    while (isspace((unsigned char) *end))
        end++;
    if (*end || !isfinite(value))
        return 0;
    *value_out = value;
    return 1;
}

void osi_text_copy(char *out, size_t room, const char *text)
{
    if (room == 0)
        return;
    while (*text && isspace((unsigned char) *text))
        text++;
    size_t used = 0;
    for (; *text && used + 1 < room; text++)
        if (!iscntrl((unsigned char) *text))
            out[used++] = *text;
    while (used && out[used - 1] == ' ')
        used--;
    out[used] = '\0';
}
