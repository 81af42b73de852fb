/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "elements.h"

#include <string.h>

#define TAG_ITEM           OSI_TAG(0xFFFE, 0xE000)
#define TAG_ITEM_END       OSI_TAG(0xFFFE, 0xE00D)
#define TAG_SEQUENCE_END   OSI_TAG(0xFFFE, 0xE0DD)
#define TAG_PIXEL_DATA     OSI_TAG(0x7FE0, 0x0010)
#define LENGTH_OPEN        0xFFFFFFFFu
#define SHORT_HEADER_BYTES 8
#define LONG_HEADER_BYTES  12

uint16_t osi_read_u16(const uint8_t *bytes, int big_endian)
{
    unsigned first = bytes[0];
    unsigned second = bytes[1];
    return (uint16_t) (big_endian ? first << 8 | second : second << 8 | first);
}

uint32_t osi_read_u32(const uint8_t *bytes, int big_endian)
{
    uint32_t first = osi_read_u16(bytes, big_endian);
    uint32_t second = osi_read_u16(bytes + 2, big_endian);
    return big_endian ? first << 16 | second : second << 16 | first;
}

static int is_upper(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

/* Value representations whose length takes 4 bytes, after 2 reserved ones. */
static int is_long_vr(const uint8_t *vr)
{
    static const char LONG[][3] = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ",
                                   "SV", "UC", "UN", "UR", "UT", "UV"};
    for (size_t i = 0; i < sizeof(LONG) / sizeof(LONG[0]); i++)
        if (memcmp(vr, LONG[i], 2) == 0)
            return 1;
    return 0;
}

static osi_walk ask_more(osi_cursor *cursor, size_t need)
{
    cursor->need = need;
    return OSI_WALK_MORE;
}

/* Tag, representation and length; *length_out may be LENGTH_OPEN. */
static osi_walk read_header(osi_cursor *cursor, osi_element *out, uint32_t *length_out)
{
    size_t left = cursor->size - cursor->at;
    if (left == 0)
        return OSI_WALK_END;
    if (left < SHORT_HEADER_BYTES)
        return ask_more(cursor, cursor->at + SHORT_HEADER_BYTES);
    const uint8_t *at = cursor->data + cursor->at;
    int big = cursor->encoding.big_endian;
    memset(out, 0, sizeof(*out));
    out->tag = OSI_TAG(osi_read_u16(at, big), osi_read_u16(at + 2, big));
    out->encoding = cursor->encoding;
    size_t header = SHORT_HEADER_BYTES;
    /* delimiters have no representation; some writers leave it out elsewhere too */
    if (out->tag >> 16 == 0xFFFE || !cursor->encoding.explicit_vr || !is_upper(at[4]) ||
        !is_upper(at[5])) {
        *length_out = osi_read_u32(at + 4, big);
    } else {
        memcpy(out->vr, at + 4, 2);
        if (is_long_vr(at + 4)) {
            if (left < LONG_HEADER_BYTES)
                return ask_more(cursor, cursor->at + LONG_HEADER_BYTES);
            *length_out = osi_read_u32(at + 8, big);
            header = LONG_HEADER_BYTES;
            /* an unknown sequence of open length is written implicit, little endian */
            if (memcmp(out->vr, "UN", 2) == 0 && *length_out == LENGTH_OPEN)
                out->encoding = (osi_encoding){0, 0};
        } else {
            *length_out = osi_read_u16(at + 6, big);
        }
    }
    out->value = cursor->at + header;
    return OSI_WALK_ELEMENT;
}

static osi_walk skip_open_sequence(osi_cursor *cursor, size_t *end_out, int depth);

/* Past the elements of an item of open length, to behind its delimiter. */
static osi_walk skip_open_item(osi_cursor *cursor, size_t *end_out, int depth)
{
    for (;;) {
        osi_element element;
        uint32_t length;
        osi_walk walk = read_header(cursor, &element, &length);
        if (walk == OSI_WALK_END)
            return ask_more(cursor, cursor->size + SHORT_HEADER_BYTES);
        if (walk != OSI_WALK_ELEMENT)
            return walk;
        cursor->at = element.value;
        if (element.tag == TAG_ITEM_END) {
            *end_out = cursor->at;
            return OSI_WALK_ELEMENT;
        }
        if (element.tag >> 16 == 0xFFFE)
            return OSI_WALK_BAD;
        if (length == LENGTH_OPEN) {
            osi_cursor inner = *cursor;
            inner.encoding = element.encoding;
            size_t end;
            walk = skip_open_sequence(&inner, &end, depth + 1);
            cursor->need = inner.need;
            if (walk != OSI_WALK_ELEMENT)
                return walk;
            cursor->at = end;
        } else {
            if (length > cursor->size - cursor->at)
                return ask_more(cursor, cursor->at + length);
            cursor->at += length;
        }
    }
}

/* Past the items of a sequence of open length, to behind its delimiter. */
static osi_walk skip_open_sequence(osi_cursor *cursor, size_t *end_out, int depth)
{
    if (depth > OSI_NESTING_LIMIT)
        return OSI_WALK_BAD;
    for (;;) {
        osi_element item;
        uint32_t length;
        osi_walk walk = read_header(cursor, &item, &length);
        if (walk == OSI_WALK_END)
            return ask_more(cursor, cursor->size + SHORT_HEADER_BYTES);
        if (walk != OSI_WALK_ELEMENT)
            return walk;
        cursor->at = item.value;
        if (item.tag == TAG_SEQUENCE_END) {
            *end_out = cursor->at;
            return OSI_WALK_ELEMENT;
        }
        if (item.tag != TAG_ITEM)
            return OSI_WALK_BAD;
        if (length == LENGTH_OPEN) {
            walk = skip_open_item(cursor, &cursor->at, depth);
            if (walk != OSI_WALK_ELEMENT)
                return walk;
        } else {
            if (length > cursor->size - cursor->at)
                return ask_more(cursor, cursor->at + length);
            cursor->at += length;
        }
    }
}

/* Steps the cursor behind the value of an element or item whose header was read. */
static osi_walk step_over(osi_cursor *cursor, osi_element *out, uint32_t length)
{
    if (length != LENGTH_OPEN) {
        out->length = length;
        if (length > cursor->size - out->value)
            return ask_more(cursor, out->value + length);
        cursor->at = out->value + length;
        return OSI_WALK_ELEMENT;
    }
    out->open = 1;
    osi_cursor inner = *cursor;
    inner.at = out->value;
    inner.encoding = out->encoding;
    size_t end = inner.at;
    osi_walk walk = out->tag == TAG_ITEM ? skip_open_item(&inner, &end, 1)
                                         : skip_open_sequence(&inner, &end, 1);
    cursor->need = inner.need;
    if (walk != OSI_WALK_ELEMENT)
        return walk;
    out->length = end - SHORT_HEADER_BYTES - out->value;
    cursor->at = end;
    return OSI_WALK_ELEMENT;
}

osi_walk osi_element_next(osi_cursor *cursor, osi_element *out)
{
    uint32_t length = 0;
    osi_walk walk = read_header(cursor, out, &length);
    if (walk != OSI_WALK_ELEMENT)
        return walk;
    if (out->tag == TAG_PIXEL_DATA) {
        out->open = length == LENGTH_OPEN;
        out->length = out->open ? 0 : length;
        cursor->at = out->value;
        return OSI_WALK_ELEMENT;
    }
    if (out->tag >> 16 == 0xFFFE)
        return OSI_WALK_BAD;
    return step_over(cursor, out, length);
}

osi_cursor osi_element_inside(const osi_cursor *cursor, const osi_element *element)
{
    osi_cursor inside = {.data = cursor->data,
                         .size = element->value + element->length,
                         .at = element->value,
                         .encoding = element->encoding};
    return inside;
}

osi_walk osi_item_next(osi_cursor *cursor, osi_element *out)
{
    uint32_t length = 0;
    osi_walk walk = read_header(cursor, out, &length);
    if (walk != OSI_WALK_ELEMENT)
        return walk;
    if (out->tag == TAG_SEQUENCE_END)
        return OSI_WALK_END;
    return out->tag == TAG_ITEM ? step_over(cursor, out, length) : OSI_WALK_BAD;
}
