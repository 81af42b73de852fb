/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "value.h"

#include <math.h>
#include <string.h>

#include <osi/text.h>

/* Longest text looked at: 8 floating-point values as decimal text. */
#define TEXT_BYTES 256

/* Bytes of the UTF-8 sequence at `at`; 0 when it is not one. */
static size_t utf8_size(const uint8_t *at, size_t left)
{
    size_t size = at[0] < 0x80             ? 1
                  : (at[0] & 0xE0) == 0xC0 ? 2
                  : (at[0] & 0xF0) == 0xE0 ? 3
                  : (at[0] & 0xF8) == 0xF0 ? 4
                                           : 0;
    if (size == 0 || size > left || at[0] == 0xC0 || at[0] == 0xC1)
        return 0;
    for (size_t i = 1; i < size; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    return size;
}

void osi_value_text(char *out, size_t room, const uint8_t *data, const osi_element *element,
                    const char *charset)
{
    char text[TEXT_BYTES];
    size_t used = 0;
    int utf8 = strcmp(charset, "ISO_IR 192") == 0;
    int latin1 = strcmp(charset, "ISO_IR 100") == 0;
    const uint8_t *value = data + element->value;
    size_t limit = room < TEXT_BYTES ? room : TEXT_BYTES;
    for (size_t i = 0; i < element->length && value[i];) {
        size_t size = utf8 ? utf8_size(value + i, element->length - i) : 1;
        int wide = latin1 && value[i] >= 0xA0;
        if (used + (wide ? 2 : size ? size : 1) >= limit)
            break;
        if (value[i] < 0x80) {
            text[used++] = (char) value[i];
        } else if (utf8 && size) {
            memcpy(text + used, value + i, size);
            used += size;
        } else if (wide) {
            text[used++] = (char) (0xC0 | value[i] >> 6);
            text[used++] = (char) (0x80 | (value[i] & 0x3F));
        } else {
            text[used++] = '?';
        }
        i += size ? size : 1;
    }
    text[used] = '\0';
    osi_text_copy(out, room, text);
}

static double binary_number(const uint8_t *at, const char *vr, int big)
{
    uint64_t bits;
    uint32_t word;
    double value;
    float single;
    if (memcmp(vr, "US", 2) == 0)
        return osi_read_u16(at, big);
    if (memcmp(vr, "SS", 2) == 0)
        return (int16_t) osi_read_u16(at, big);
    word = osi_read_u32(at, big);
    if (memcmp(vr, "UL", 2) == 0)
        return word;
    if (memcmp(vr, "SL", 2) == 0)
        return (int32_t) word;
    if (memcmp(vr, "FL", 2) == 0) {
        memcpy(&single, &word, sizeof(single));
        return single;
    }
    bits = osi_read_u32(at + 4, big);
    bits = big ? (uint64_t) word << 32 | bits : bits << 32 | word;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

static size_t binary_size(const char *vr)
{
    static const char SIZED[][4] = {"US2", "SS2", "UL4", "SL4", "FL4", "FD8"};
    for (size_t i = 0; i < sizeof(SIZED) / sizeof(SIZED[0]); i++)
        if (memcmp(vr, SIZED[i], 2) == 0)
            return (size_t) (SIZED[i][2] - '0');
    return 0;
}

/* Numbers that the standard writes in binary; implicit encodings do not say so. */
static const char *vr_of(const osi_element *element)
{
    if (element->vr[0])
        return element->vr;
    switch (element->tag) {
    case OSI_TAG(0x0020, 0x9156):
    case OSI_TAG(0x0040, 0x0303):
        return "US";
    case OSI_TAG(0x0020, 0x9128):
        return "UL";
    default:
        return "DS";
    }
}

void osi_value_numbers(double *out, size_t count, const uint8_t *data, const osi_element *element)
{
    for (size_t i = 0; i < count; i++)
        out[i] = NAN;
    const char *vr = vr_of(element);
    size_t size = binary_size(vr);
    const uint8_t *value = data + element->value;
    if (size) {
        for (size_t i = 0; i < count && (i + 1) * size <= element->length; i++) {
            double number = binary_number(value + i * size, vr, element->encoding.big_endian);
            out[i] = isfinite(number) ? number : NAN;
        }
        return;
    }
    char text[TEXT_BYTES];
    size_t length = element->length < sizeof(text) - 1 ? element->length : sizeof(text) - 1;
    memcpy(text, value, length);
    text[length] = '\0';
    char *at = text;
    for (size_t i = 0; i < count && at; i++) {
        char *end = strchr(at, '\\');
        if (end)
            *end = '\0';
        osi_number_read(at, &out[i]);
        at = end ? end + 1 : NULL;
    }
}

uint16_t osi_value_u16(const uint8_t *data, const osi_element *element, uint16_t otherwise)
{
    return element->length == 2 ? osi_read_u16(data + element->value, element->encoding.big_endian)
                                : otherwise;
}
