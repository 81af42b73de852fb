/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TEST_DICOM_DX_HELP_H
#define TEST_DICOM_DX_HELP_H

/* Small images of a densitometer, by what their headers say. */

#include <stdio.h>
#include <string.h>

#include <expect.h>
#include <osarc/dicom.h>

#include "make_dicom.h"

static osarc_error err = OSARC_ERROR_INIT;

#define DX_CLASS "1.2.840.10008.5.1.4.1.1.1.1.1"

/* One image of 10 x 8 pixels of 16 bits; pixel i is base + i. All-zero is a good low energy. */
typedef struct dx_image {
    const char *modality; /* NULL: BMD */
    const char *kvp;      /* NULL: 76 */
    const char *spacing;  /* NULL: 0.5\0.6; "" leaves it out */
    const char *imager;
    const char *nominal;
    const char *protocol; /* NULL: AP Spine */
    const char *relation; /* NULL: LIN */
    const char *series;
    const char *slope;
    const char *orientation; /* NULL leaves it out */
    const char *intent;
    int sign; /* 0: 1; 2 leaves it out */
    uint16_t area[2];
    uint16_t rows;
    uint16_t frames;
    uint16_t base;
    int is_byte;
} dx_image;

static inline const char *or_text(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

static inline void put_maybe(dicom_bytes *to, uint16_t group, uint16_t element, const char *vr,
                             const char *text)
{
    if (text && text[0])
        put_text(to, group, element, vr, text);
}

static inline void save_dx(const char *folder, const char *name, const dx_image *i)
{
    static dicom_bytes to;
    uint16_t rows = i->rows ? i->rows : 8;
    uint16_t frames = i->frames ? i->frames : 1;
    char count[8];
    memset(&to, 0, sizeof(to));
    put_start(&to, DX_CLASS, "1.2.840.10008.1.2.1");
    put_text(&to, 0x0008, 0x0016, "UI", DX_CLASS);
    put_text(&to, 0x0008, 0x0060, "CS", or_text(i->modality, "BMD"));
    put_maybe(&to, 0x0008, 0x0068, "CS", i->intent);
    put_text(&to, 0x0010, 0x0020, "LO", "P1");
    put_maybe(&to, 0x0018, 0x0060, "DS", or_text(i->kvp, "76"));
    put_maybe(&to, 0x0018, 0x1030, "LO", or_text(i->protocol, "AP Spine"));
    put_maybe(&to, 0x0018, 0x1164, "DS", i->imager);
    put_maybe(&to, 0x0018, 0x2010, "DS", i->nominal);
    put_text(&to, 0x0020, 0x000D, "UI", "1.2.3");
    put_text(&to, 0x0020, 0x000E, "UI", or_text(i->series, "1.2.3.4"));
    put_maybe(&to, 0x0020, 0x0020, "CS", i->orientation);
    put_u16(&to, 0x0028, 0x0002, 1);
    put_text(&to, 0x0028, 0x0004, "CS", "MONOCHROME2");
    snprintf(count, sizeof(count), "%u", frames);
    put_text(&to, 0x0028, 0x0008, "IS", count);
    put_u16(&to, 0x0028, 0x0010, rows);
    put_u16(&to, 0x0028, 0x0011, 10);
    put_maybe(&to, 0x0028, 0x0030, "DS", or_text(i->spacing, "0.5\\0.6"));
    put_u16(&to, 0x0028, 0x0100, i->is_byte ? 8 : 16);
    put_u16(&to, 0x0028, 0x0101, i->is_byte ? 8 : 16);
    put_u16(&to, 0x0028, 0x0102, i->is_byte ? 7 : 15);
    put_u16(&to, 0x0028, 0x0103, 0);
    put_maybe(&to, 0x0028, 0x1040, "CS", or_text(i->relation, "LIN"));
    if (i->sign != 2)
        put_u16(&to, 0x0028, 0x1041, i->sign < 0 ? 0xFFFF : 1);
    if (i->slope) {
        put_text(&to, 0x0028, 0x1052, "DS", "0.5");
        put_text(&to, 0x0028, 0x1053, "DS", i->slope);
    }
    if (i->area[0]) {
        put_head(&to, 0x0040, 0x0303, "US", 4);
        put_raw(&to, i->area, 4);
    }
    put_head(&to, 0x7FE0, 0x0010, "OW", (uint32_t) (rows * 10 * frames * (i->is_byte ? 1 : 2)));
    for (int p = 0; p < rows * 10 * frames; p++) {
        uint16_t value = (uint16_t) (i->base + p);
        put_raw(&to, &value, i->is_byte ? 1 : 2);
    }
    save(folder, name, to.data, to.size);
}

static inline osarc_catalogue *look(const char *folder)
{
    osarc_catalogue *catalogue = NULL;
    EXPECT_OK(osarc_catalogue_read(&catalogue, &folder, 1, NULL, &err));
    return catalogue;
}

/* The only row, and what it says. */
static inline void expect_row(const char *folder, osarc_decision decision, const char *reason)
{
    osarc_catalogue *catalogue = look(folder);
    cr_assert(eq(sz, osarc_catalogue_series_count(catalogue), 1));
    const osarc_series *row = osarc_catalogue_series(catalogue, 0);
    cr_expect(row->decision == decision, "%s", row->text);
    cr_expect(eq(str, (char *) row->reason, (char *) reason));
    osarc_catalogue_free(catalogue);
}

#endif
