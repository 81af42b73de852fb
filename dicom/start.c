/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "header.h"

#include <string.h>

#include "value.h"

#define PREAMBLE_BYTES 128
#define TAG_CLASS      OSI_TAG(0x0002, 0x0002)
#define TAG_SYNTAX     OSI_TAG(0x0002, 0x0010)

#define SYNTAX          "1.2.840.10008.1.2"
#define SYNTAX_DEFLATED SYNTAX ".1.99"

static const struct {
    const char *uid;
    osi_packing packing;
    int lossy;
} SYNTAXES[] = {
    {SYNTAX, OSI_PACKING_NATIVE, 0},
    {SYNTAX ".1", OSI_PACKING_NATIVE, 0},
    {SYNTAX ".2", OSI_PACKING_NATIVE, 0},
    {SYNTAX_DEFLATED, OSI_PACKING_NATIVE, 0},
    {SYNTAX ".5", OSI_PACKING_RLE, 0},
    {SYNTAX ".4.50", OSI_PACKING_JPEG, 1}, /* baseline */
    {SYNTAX ".4.51", OSI_PACKING_JPEG, 1}, /* extended, 12 bit */
    {SYNTAX ".4.53", OSI_PACKING_JPEG, 1}, /* spectral selection */
    {SYNTAX ".4.55", OSI_PACKING_JPEG, 1}, /* progressive */
    {SYNTAX ".4.57", OSI_PACKING_JPEG, 0}, /* lossless, any predictor */
    {SYNTAX ".4.70", OSI_PACKING_JPEG, 0}, /* lossless, first predictor */
    {SYNTAX ".4.80", OSI_PACKING_JPEG_LS, 0},
    {SYNTAX ".4.81", OSI_PACKING_JPEG_LS, 1},
    {SYNTAX ".4.90", OSI_PACKING_JPEG_2000, 0},
    {SYNTAX ".4.91", OSI_PACKING_JPEG_2000, 1},
};

static int is_vr(const uint8_t *at)
{
    static const char VRS[][3] = {"AE", "AS", "AT", "CS", "DA", "DS", "DT", "FL", "FD",
                                  "IS", "LO", "LT", "OB", "OD", "OF", "OL", "OV", "OW",
                                  "PN", "SH", "SL", "SQ", "SS", "ST", "SV", "TM", "UC",
                                  "UI", "UL", "UN", "UR", "US", "UT", "UV"};
    for (size_t i = 0; i < sizeof(VRS) / sizeof(VRS[0]); i++)
        if (memcmp(at, VRS[i], 2) == 0)
            return 1;
    return 0;
}

/* Judged on the first element itself: files that claim another syntax than they use are common. */
static osi_encoding guess_encoding(const uint8_t *at, size_t left)
{
    osi_encoding encoding = {0, 0};
    if (left >= 8) {
        encoding.explicit_vr = is_vr(at + 4);
        encoding.big_endian = osi_read_u16(at, 0) >= 0x100 && osi_read_u16(at, 1) < 0x100;
    }
    return encoding;
}

/* Without a preamble: two whole elements of low groups, in ascending order. */
static int looks_like_elements(const uint8_t *bytes, size_t size)
{
    if (size < 8)
        return 0;
    osi_cursor cursor = {.data = bytes, .size = size, .encoding = guess_encoding(bytes, size)};
    uint16_t group = osi_read_u16(bytes, cursor.encoding.big_endian);
    osi_element first;
    osi_element second;
    if (group != 0x0002 && group != 0x0008)
        return 0;
    return osi_element_next(&cursor, &first) == OSI_WALK_ELEMENT &&
           osi_element_next(&cursor, &second) == OSI_WALK_ELEMENT && second.tag > first.tag &&
           second.tag >> 16 <= 0x0010;
}

int osi_dicom_is(const uint8_t *bytes, size_t size)
{
    if (size >= PREAMBLE_BYTES + 4 && memcmp(bytes + PREAMBLE_BYTES, "DICM", 4) == 0)
        return 1;
    return looks_like_elements(bytes, size);
}

int osi_start_find(osi_start *out, const uint8_t *bytes, size_t size)
{
    memset(out, 0, sizeof(*out));
    if (!osi_dicom_is(bytes, size))
        return 0;
    osi_cursor cursor = {.data = bytes, .size = size, .encoding = {.explicit_vr = 1}};
    if (size >= PREAMBLE_BYTES + 4 && memcmp(bytes + PREAMBLE_BYTES, "DICM", 4) == 0)
        cursor.at = PREAMBLE_BYTES + 4;
    /* the meta header is little endian; its stated length is often wrong, its group is not */
    while (cursor.at + 8 <= size && osi_read_u16(bytes + cursor.at, 0) == 0x0002) {
        osi_element element;
        if (osi_element_next(&cursor, &element) != OSI_WALK_ELEMENT)
            break;
        if (element.tag == TAG_CLASS)
            osi_value_text(out->class_uid, sizeof(out->class_uid), bytes, &element, "");
        if (element.tag == TAG_SYNTAX)
            osi_value_text(out->syntax_uid, sizeof(out->syntax_uid), bytes, &element, "");
    }
    out->offset = cursor.at;
    out->encoding = guess_encoding(bytes + cursor.at, size - cursor.at);
    return 1;
}

void osi_start_describe(osi_header *header, const osi_start *start)
{
    osi_pixels *pixels = &header->pixels;
    memcpy(header->sop_class_uid, start->class_uid, sizeof(header->sop_class_uid));
    memcpy(pixels->syntax_uid, start->syntax_uid, sizeof(pixels->syntax_uid));
    pixels->packing = start->syntax_uid[0] ? OSI_PACKING_UNKNOWN : OSI_PACKING_NATIVE;
    for (size_t i = 0; i < sizeof(SYNTAXES) / sizeof(SYNTAXES[0]); i++) {
        if (strcmp(start->syntax_uid, SYNTAXES[i].uid) == 0) {
            pixels->packing = SYNTAXES[i].packing;
            pixels->lossy = SYNTAXES[i].lossy;
        }
    }
}

int osi_dicom_is_deflated(const uint8_t *bytes, size_t size, size_t *offset_out)
{
    osi_start start;
    *offset_out = 0;
    if (!osi_start_find(&start, bytes, size) || strcmp(start.syntax_uid, SYNTAX_DEFLATED) != 0)
        return 0;
    *offset_out = start.offset;
    return 1;
}
