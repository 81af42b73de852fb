/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "claims.h"

#include <string.h>

#include <osi/fail.h>

#include "elements.h"

#define PREAMBLE_BYTES 128
#define TAG_PIXEL_DATA OSI_TAG(0x7FE0, 0x0010)

static osarc_status check_elements(osi_cursor *cursor, int depth, osarc_error *err);

static osarc_status refuse(osarc_error *err)
{
    return osi_fail(err, OSARC_ERR_FORMAT,
                    "damaged or cut off: an element is not as long as it states");
}

static osarc_status check_items(osi_cursor sequence, int depth, osarc_error *err)
{
    for (;;) {
        osi_element item;
        osi_walk walk = osi_item_next(&sequence, &item);
        if (walk == OSI_WALK_END)
            return OSARC_OK;
        if (walk != OSI_WALK_ELEMENT)
            return refuse(err);
        osi_cursor inside = osi_element_inside(&sequence, &item);
        osarc_status status = check_elements(&inside, depth + 1, err);
        if (status)
            return status;
    }
}

/* Without a stated representation, a value that begins like an item is taken for a sequence. */
static int is_sequence(const osi_cursor *cursor, const osi_element *element)
{
    if (element->open || !memcmp(element->vr, "SQ", 2))
        return 1;
    if (element->length < 8 || (element->vr[0] && memcmp(element->vr, "UN", 2) != 0))
        return 0;
    const uint8_t *value = cursor->data + element->value;
    return osi_read_u16(value, element->encoding.big_endian) == 0xFFFE;
}

/* Parsers differ in how long the length of a representation is that they do not know. */
static int has_known_vr(const osi_element *element)
{
    static const char VRS[] =
        "AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS "
        "ST SV TM UC UI UL UN UR US UT UV ";
    for (const char *at = VRS; *at; at += 3)
        if (!memcmp(at, element->vr, 2))
            return 1;
    return 0;
}

static osarc_status check_elements(osi_cursor *cursor, int depth, osarc_error *err)
{
    if (depth > OSI_NESTING_LIMIT)
        return refuse(err);
    for (;;) {
        osi_element element;
        osi_walk walk = osi_element_next(cursor, &element);
        if (walk == OSI_WALK_END)
            return OSARC_OK;
        if (walk != OSI_WALK_ELEMENT)
            return refuse(err);
        if (cursor->encoding.explicit_vr && !has_known_vr(&element))
            return refuse(err);
        if (element.tag == TAG_PIXEL_DATA) {
            if (element.open)
                return osi_fail(err, OSARC_ERR_UNSUPPORTED, "compressed labels are not read");
            if (element.length > cursor->size - cursor->at)
                return refuse(err);
            cursor->at += element.length;
        } else if (is_sequence(cursor, &element)) {
            osarc_status status = check_items(osi_element_inside(cursor, &element), depth, err);
            if (status)
                return status;
        }
    }
}

static void guess_encoding(osi_cursor *cursor)
{
    const uint8_t *at = cursor->data + cursor->at;
    if (cursor->size - cursor->at < 8)
        return;
    cursor->encoding.big_endian = osi_read_u16(at, 0) >= 0x100;
    cursor->encoding.explicit_vr = at[4] >= 'A' && at[4] <= 'Z' && at[5] >= 'A' && at[5] <= 'Z';
}

osarc_status osi_claims_check(osi_data_set *out, const uint8_t *bytes, size_t size, int inflated,
                              osarc_error *err)
{
    osi_cursor cursor = {.data = bytes, .size = size, .encoding = {1, 0}};
    *out = (osi_data_set){.encoding = cursor.encoding};
    if (inflated)
        return check_elements(&cursor, 0, err);
    if (size >= PREAMBLE_BYTES + 4 && !memcmp(bytes + PREAMBLE_BYTES, "DICM", 4))
        cursor.at = PREAMBLE_BYTES + 4;
    while (size - cursor.at >= 8 && osi_read_u16(bytes + cursor.at, 0) == 2) {
        osi_element element;
        if (osi_element_next(&cursor, &element) != OSI_WALK_ELEMENT)
            return refuse(err);
    }
    guess_encoding(&cursor);
    *out = (osi_data_set){.at = cursor.at, .encoding = cursor.encoding};
    if (cursor.encoding.big_endian && !cursor.encoding.explicit_vr)
        return osi_fail(err, OSARC_ERR_UNSUPPORTED, "big endian without representations");
    return check_elements(&cursor, 0, err);
}
