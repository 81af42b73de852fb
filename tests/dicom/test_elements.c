/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <elements.h>
#include <expect.h>

#include "make_dicom.h"

static dicom_bytes b;
static osi_element e;

static osi_cursor cursor_over(int implicit, int big_endian)
{
    return (osi_cursor){.data = b.data,
                        .size = b.size,
                        .encoding = {.explicit_vr = !implicit, .big_endian = big_endian}};
}

static void start(int implicit, int big_endian)
{
    memset(&b, 0, sizeof(b));
    b.implicit = implicit;
    b.big_endian = big_endian;
}

Test(dicom_elements, reads_the_same_elements_in_each_encoding)
{
    for (int way = 0; way < 3; way++) {
        start(way == 1, way == 2);
        put_text(&b, 0x10, 0x20, "LO", "abc");
        put_u16(&b, 0x28, 0x10, 515);
        osi_cursor c = cursor_over(way == 1, way == 2);
        cr_assert(osi_element_next(&c, &e) == OSI_WALK_ELEMENT);
        cr_expect(eq(u32, e.tag, OSI_TAG(0x10, 0x20)));
        cr_expect(eq(sz, e.length, (size_t) 4));
        cr_expect(memcmp(b.data + e.value, "abc ", 4) == 0);
        cr_assert(osi_element_next(&c, &e) == OSI_WALK_ELEMENT);
        cr_expect(eq(u16, osi_read_u16(b.data + e.value, way == 2), 515));
        cr_expect(osi_element_next(&c, &e) == OSI_WALK_END);
    }
}

Test(dicom_elements, steps_over_sequences_of_open_length)
{
    start(0, 0);
    put_head(&b, 8, 0x1140, "SQ", 0xFFFFFFFFu);
    put_item(&b, 0xE000, 0xFFFFFFFFu);
    put_text(&b, 8, 0x1155, "UI", "1.2");
    put_item(&b, 0xE00D, 0);
    put_item(&b, 0xE0DD, 0);
    put_u16(&b, 0x28, 0x10, 7);
    osi_cursor c = cursor_over(0, 0);
    cr_assert(osi_element_next(&c, &e) == OSI_WALK_ELEMENT);
    osi_cursor items = osi_element_inside(&c, &e);
    osi_element item;
    cr_assert(osi_item_next(&items, &item) == OSI_WALK_ELEMENT);
    osi_cursor inside = osi_element_inside(&items, &item);
    osi_element inner;
    cr_assert(osi_element_next(&inside, &inner) == OSI_WALK_ELEMENT);
    cr_expect(eq(u32, inner.tag, OSI_TAG(8, 0x1155)));
    cr_expect(osi_element_next(&inside, &inner) == OSI_WALK_END);
    cr_assert(osi_element_next(&c, &e) == OSI_WALK_ELEMENT);
    cr_expect(eq(u32, e.tag, OSI_TAG(0x28, 0x10)));
}

Test(dicom_elements, reads_an_unknown_sequence_as_implicit)
{
    start(0, 0);
    put_head(&b, 9, 0x1001, "UN", 0xFFFFFFFFu);
    b.implicit = 1;
    put_item(&b, 0xE000, 0xFFFFFFFFu);
    put_text(&b, 9, 0x1002, "LO", "x");
    put_item(&b, 0xE00D, 0);
    put_item(&b, 0xE0DD, 0);
    b.implicit = 0;
    put_u16(&b, 0x28, 0x10, 7);
    osi_cursor c = cursor_over(0, 0);
    cr_assert(osi_element_next(&c, &e) == OSI_WALK_ELEMENT);
    cr_assert(osi_element_next(&c, &e) == OSI_WALK_ELEMENT);
    cr_expect(eq(u32, e.tag, OSI_TAG(0x28, 0x10)));
}

Test(dicom_elements, leaves_pixel_data_to_the_caller)
{
    start(0, 0);
    put_head(&b, 0x7FE0, 0x10, "OW", 1000000);
    osi_cursor c = cursor_over(0, 0);
    cr_assert(osi_element_next(&c, &e) == OSI_WALK_ELEMENT);
    cr_expect(eq(sz, e.length, (size_t) 1000000));
    cr_expect(eq(sz, c.at, (size_t) 12));
}

Test(dicom_elements, asks_for_more_at_every_length_a_header_is_cut_to)
{
    start(0, 0);
    put_head(&b, 8, 0x1140, "SQ", 0xFFFFFFFFu);
    put_item(&b, 0xE000, 0xFFFFFFFFu);
    put_text(&b, 8, 0x1155, "UI", "1.2.840");
    put_item(&b, 0xE00D, 0);
    put_item(&b, 0xE0DD, 0);
    size_t whole = b.size;
    for (size_t size = 1; size < whole; size++) {
        osi_cursor c = cursor_over(0, 0);
        c.size = size;
        cr_expect(osi_element_next(&c, &e) == OSI_WALK_MORE);
        cr_expect(gt(sz, c.need, size));
    }
}

Test(dicom_elements, refuses_a_length_that_reaches_past_the_end)
{
    start(0, 0);
    put_head(&b, 9, 0x1001, "OB", 0xFFFFFFF0u);
    osi_cursor c = cursor_over(0, 0);
    cr_expect(osi_element_next(&c, &e) == OSI_WALK_MORE);
}

Test(dicom_elements, refuses_sequences_nested_without_end)
{
    start(0, 0);
    for (int depth = 0; depth < 5000; depth++) {
        put_head(&b, 8, 0x1140, "SQ", 0xFFFFFFFFu);
        put_item(&b, 0xE000, 0xFFFFFFFFu);
    }
    osi_cursor c = cursor_over(0, 0);
    cr_expect(osi_element_next(&c, &e) == OSI_WALK_BAD);
}

Test(dicom_elements, refuses_a_sequence_that_holds_something_else_than_items)
{
    start(0, 0);
    put_head(&b, 8, 0x1140, "SQ", 0xFFFFFFFFu);
    put_u16(&b, 0x28, 0x10, 7);
    put_item(&b, 0xE0DD, 0);
    osi_cursor c = cursor_over(0, 0);
    cr_expect(osi_element_next(&c, &e) == OSI_WALK_BAD);
}

Test(dicom_elements, refuses_a_delimiter_where_an_element_should_be)
{
    start(0, 0);
    put_item(&b, 0xE0DD, 0);
    osi_cursor c = cursor_over(0, 0);
    cr_expect(osi_element_next(&c, &e) == OSI_WALK_BAD);
}
