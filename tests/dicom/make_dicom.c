/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "make_dicom.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>
#include <osi/file.h>

#define CT_CLASS        "1.2.840.10008.5.1.4.1.1.2"
#define SYNTAX_EXPLICIT "1.2.840.10008.1.2.1"

void put_raw(dicom_bytes *to, const void *bytes, size_t size)
{
    cr_assert(to->size + size <= MAKE_BYTES);
    if (size)
        memcpy(to->data + to->size, bytes, size);
    to->size += size;
}

static void put_short(dicom_bytes *to, unsigned value)
{
    uint8_t low_first[2] = {(uint8_t) value, (uint8_t) (value >> 8)};
    uint8_t high_first[2] = {low_first[1], low_first[0]};
    put_raw(to, to->big_endian ? high_first : low_first, 2);
}

static void put_long(dicom_bytes *to, uint32_t value)
{
    put_short(to, to->big_endian ? value >> 16 : value & 0xFFFF);
    put_short(to, to->big_endian ? value & 0xFFFF : value >> 16);
}

void put_head(dicom_bytes *to, uint16_t group, uint16_t element, const char *vr, uint32_t length)
{
    put_short(to, group);
    put_short(to, element);
    if (to->implicit && group != 2) {
        put_long(to, length);
        return;
    }
    put_raw(to, vr, 2);
    if (strstr("OB OW SQ UN UT", vr)) {
        put_short(to, 0);
        put_long(to, length);
    } else {
        put_short(to, length);
    }
}

void put_item(dicom_bytes *to, uint16_t element, uint32_t length)
{
    put_short(to, 0xFFFE);
    put_short(to, element);
    put_long(to, length);
}

void put_text(dicom_bytes *to, uint16_t group, uint16_t element, const char *vr, const char *text)
{
    size_t size = strlen(text);
    put_head(to, group, element, vr, (uint32_t) (size + size % 2));
    put_raw(to, text, size);
    if (size % 2)
        put_raw(to, strcmp(vr, "UI") == 0 ? "" : " ", 1);
}

void put_u16(dicom_bytes *to, uint16_t group, uint16_t element, uint16_t value)
{
    put_head(to, group, element, "US", 2);
    put_short(to, value);
}

void put_start(dicom_bytes *to, const char *sop_class, const char *syntax)
{
    static const uint8_t PREAMBLE[128];
    int big_endian = to->big_endian;
    to->big_endian = 0;
    put_raw(to, PREAMBLE, sizeof(PREAMBLE));
    put_raw(to, "DICM", 4);
    put_text(to, 2, 2, "UI", sop_class);
    put_text(to, 2, 0x10, "UI", syntax);
    to->big_endian = big_endian;
}

/* NULL: the usual; "": left out. */
static void put_or(dicom_bytes *to, uint16_t group, uint16_t element, const char *vr,
                   const char *text, const char *usual)
{
    const char *value = text ? text : usual;
    if (value && value[0])
        put_text(to, group, element, vr, value);
}

static void put_pixels(dicom_bytes *to, const ct_slice *s, uint16_t rows, uint16_t columns)
{
    size_t count = (size_t) rows * columns;
    size_t bytes = s->pixel_bytes ? s->pixel_bytes : 2 * count;
    put_head(to, 0x7FE0, 0x10, "OW", (uint32_t) bytes);
    for (size_t i = 0; i < bytes / 2; i++)
        put_short(to, s->base + (unsigned) i);
}

void make_ct(dicom_bytes *to, const ct_slice *s)
{
    uint16_t rows = s->rows ? s->rows : 3;
    uint16_t columns = s->columns ? s->columns : 4;
    uint16_t bits = s->bits_stored ? s->bits_stored : 16;
    char position[64];
    snprintf(position, sizeof(position), "-10\\-20\\%g", s->z_mm);
    to->size = 0;
    const char *sop_class = s->sop_class ? s->sop_class : CT_CLASS;
    put_start(to, sop_class, s->syntax ? s->syntax : SYNTAX_EXPLICIT);
    put_or(to, 8, 8, "CS", s->image_type, "ORIGINAL\\PRIMARY\\AXIAL");
    put_or(to, 8, 0x16, "UI", s->sop_class, sop_class);
    put_or(to, 8, 0x60, "CS", s->modality, "CT");
    put_or(to, 0x10, 0x20, "LO", s->patient, "patient");
    put_or(to, 0x10, 0x1010, "AS", s->age, "");
    put_or(to, 0x10, 0x1020, "DS", s->height, "");
    put_or(to, 0x10, 0x1030, "DS", s->weight, "");
    put_or(to, 0x18, 0x10, "LO", s->agent, "");
    put_or(to, 0x18, 0x50, "DS", s->thickness, "2");
    put_or(to, 0x18, 0x60, "DS", s->kvp, "120");
    put_or(to, 0x18, 0x1210, "SH", s->kernel, "SOFT");
    put_or(to, 0x20, 0x0D, "UI", s->study, "1.2.3");
    put_or(to, 0x20, 0x0E, "UI", s->series, "1.2.3.4");
    put_or(to, 0x20, 0x12, "IS", s->acquisition, "1");
    put_or(to, 0x20, 0x32, "DS", s->position, position);
    put_or(to, 0x20, 0x37, "DS", s->orientation, "1\\0\\0\\0\\1\\0");
    put_or(to, 0x20, 0x52, "UI", s->frame_of_reference, "1.2.3.5");
    put_u16(to, 0x28, 2, 1);
    put_text(to, 0x28, 4, "CS", "MONOCHROME2");
    put_u16(to, 0x28, 0x10, rows);
    put_u16(to, 0x28, 0x11, columns);
    put_or(to, 0x28, 0x30, "DS", s->spacing, "0.5\\0.5");
    put_u16(to, 0x28, 0x100, 16);
    put_u16(to, 0x28, 0x101, bits);
    put_u16(to, 0x28, 0x102, (uint16_t) (bits - 1));
    put_u16(to, 0x28, 0x103, s->is_unsigned ? 0 : 1);
    if (s->has_padding)
        put_u16(to, 0x28, 0x120, s->padding);
    put_or(to, 0x28, 0x1052, "DS", s->intercept, "-1024");
    put_or(to, 0x28, 0x1053, "DS", s->slope, "1");
    put_or(to, 0x28, 0x1054, "LO", s->rescale_type, "");
    if (!s->no_pixels)
        put_pixels(to, s, rows, columns);
}

static void open_sequence(dicom_bytes *to, uint16_t group, uint16_t element)
{
    put_head(to, group, element, "SQ", 0xFFFFFFFFu);
    put_item(to, 0xE000, 0xFFFFFFFFu);
}

static void close_sequence(dicom_bytes *to)
{
    put_item(to, 0xE00D, 0);
    put_item(to, 0xE0DD, 0);
}

void make_enhanced(dicom_bytes *to, const int *place, int count, uint16_t base)
{
    char text[64];
    to->size = 0;
    put_start(to, CT_CLASS ".1", SYNTAX_EXPLICIT);
    put_text(to, 8, 8, "CS", "ORIGINAL\\PRIMARY\\VOLUME\\NONE");
    put_text(to, 8, 0x16, "UI", CT_CLASS ".1");
    put_text(to, 8, 0x60, "CS", "CT");
    put_text(to, 0x20, 0x0D, "UI", "1.2.3");
    put_text(to, 0x20, 0x0E, "UI", "1.2.3.4");
    put_u16(to, 0x28, 2, 1);
    snprintf(text, sizeof(text), "%d", count);
    put_text(to, 0x28, 8, "IS", text);
    put_u16(to, 0x28, 0x10, 3);
    put_u16(to, 0x28, 0x11, 4);
    put_u16(to, 0x28, 0x100, 16);
    put_u16(to, 0x28, 0x101, 16);
    put_u16(to, 0x28, 0x102, 15);
    put_u16(to, 0x28, 0x103, 1);
    open_sequence(to, 0x5200, 0x9229);
    open_sequence(to, 0x20, 0x9116);
    put_text(to, 0x20, 0x37, "DS", "1\\0\\0\\0\\1\\0");
    close_sequence(to);
    open_sequence(to, 0x28, 0x9110);
    put_text(to, 0x18, 0x50, "DS", "3");
    put_text(to, 0x28, 0x30, "DS", "0.5\\0.5");
    close_sequence(to);
    open_sequence(to, 0x28, 0x9145);
    put_text(to, 0x28, 0x1052, "DS", "-1024");
    put_text(to, 0x28, 0x1053, "DS", "1");
    put_text(to, 0x28, 0x1054, "LO", "HU");
    close_sequence(to);
    close_sequence(to);
    put_head(to, 0x5200, 0x9230, "SQ", 0xFFFFFFFFu);
    for (int i = 0; i < count; i++) {
        put_item(to, 0xE000, 0xFFFFFFFFu);
        open_sequence(to, 0x20, 0x9113);
        snprintf(text, sizeof(text), "0\\0\\%d", 3 * place[i]);
        put_text(to, 0x20, 0x32, "DS", text);
        close_sequence(to);
        put_item(to, 0xE00D, 0);
    }
    put_item(to, 0xE0DD, 0);
    put_head(to, 0x7FE0, 0x10, "OW", (uint32_t) count * 24);
    for (int i = 0; i < count; i++)
        for (unsigned p = 0; p < 12; p++)
            put_short(to, base + 100U * (unsigned) place[i] + p);
}

void make_rle(dicom_bytes *to, const ct_slice *slice)
{
    ct_slice plain = *slice;
    plain.syntax = "1.2.840.10008.1.2.5";
    plain.no_pixels = 1;
    make_ct(to, &plain);
    uint8_t planes[2][14] = {{11},
                             {11}}; /* a literal run of 12 bytes each: high bytes, low bytes */
    for (unsigned i = 0; i < 12; i++) {
        planes[0][1 + i] = (uint8_t) ((slice->base + i) >> 8);
        planes[1][1 + i] = (uint8_t) (slice->base + i);
    }
    uint32_t header[16] = {2, 64, 64 + 14};
    put_head(to, 0x7FE0, 0x10, "OB", 0xFFFFFFFFu);
    put_item(to, 0xE000, 0);
    put_item(to, 0xE000, 64 + 28);
    for (int i = 0; i < 16; i++)
        put_long(to, header[i]);
    put_raw(to, planes, 28);
    put_item(to, 0xE0DD, 0);
}

const char *make_folder(void)
{
    static char folder[64];
    snprintf(folder, sizeof(folder), "/tmp/osarc_dicom_XXXXXX");
    cr_assert(mkdtemp(folder) != NULL);
    return folder;
}

void remove_folder(const char *folder)
{
    cr_assert(osi_folder_remove(folder, NULL) == OSARC_OK);
}

void save(const char *folder, const char *name, const void *bytes, size_t size)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    cr_assert(osi_file_write(path, bytes, size, NULL) == OSARC_OK);
}

void save_ct(const char *folder, const char *name, const ct_slice *slice)
{
    static dicom_bytes bytes;
    memset(&bytes, 0, sizeof(bytes));
    make_ct(&bytes, slice);
    save(folder, name, bytes.data, bytes.size);
}
