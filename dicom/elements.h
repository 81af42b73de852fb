/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_DICOM_ELEMENTS_H
#define OSI_DICOM_ELEMENTS_H

/* Walking the elements of a DICOM data set in memory. Nothing is trusted: every length is held
 * against the bytes there are, and nesting is limited. */

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/** Sequences nested deeper than this are refused: real headers stay below ten. */
#define OSI_NESTING_LIMIT 32

#define OSI_TAG(group, element) (((uint32_t) (group) << 16) | (uint32_t) (element))

/** How the bytes of a data set are written. */
typedef struct osi_encoding {
    int explicit_vr;
    int big_endian;
} osi_encoding;

/** One element; its value lies at data[value] .. data[value + length - 1]. */
typedef struct osi_element {
    uint32_t tag;
    char vr[2]; /**< Zero when the encoding does not say. */
    size_t value;
    size_t length;
    int open;              /**< Its length is not given: ended by a delimiter. */
    osi_encoding encoding; /**< Of what is nested in it. */
} osi_element;

typedef enum osi_walk {
    OSI_WALK_ELEMENT = 0, /**< The next element was read. */
    OSI_WALK_END = 1,     /**< No more elements. */
    OSI_WALK_MORE = 2,    /**< The bytes end inside an element; `need` says how many at least. */
    OSI_WALK_BAD = 3      /**< Not a data set, or nested too deep. */
} osi_walk;

typedef struct osi_cursor {
    const uint8_t *data;
    size_t size;
    size_t at;
    size_t need; /**< Bytes from the start of data needed to go on, after OSI_WALK_MORE. */
    osi_encoding encoding;
} osi_cursor;

/**
 * The next element. Pixel data (7FE0,0010) is not stepped over: its length may reach past the
 * bytes there are, and the cursor stays behind its header.
 */
osi_walk osi_element_next(osi_cursor *cursor, osi_element *out);

/** A cursor over the value of a sequence or an item. */
osi_cursor osi_element_inside(const osi_cursor *cursor, const osi_element *element);

/** The next item (FFFE,E000) of a sequence. */
osi_walk osi_item_next(osi_cursor *cursor, osi_element *out);

uint16_t osi_read_u16(const uint8_t *bytes, int big_endian);
uint32_t osi_read_u32(const uint8_t *bytes, int big_endian);

OSARC_END_DECLS

#endif
