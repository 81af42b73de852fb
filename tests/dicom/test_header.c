/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <expect.h>
#include <header.h>

#include "make_dicom.h"

static dicom_bytes b;
static osarc_error err;

static osi_header *read_whole(void)
{
    osi_header *header = NULL;
    size_t need = 0;
    EXPECT_OK(osi_header_read(&header, &need, b.data, b.size, 1, &err));
    cr_assert(header != NULL);
    return header;
}

static osi_header *read_slice(const ct_slice *slice)
{
    memset(&b, 0, sizeof(b));
    make_ct(&b, slice);
    return read_whole();
}

Test(dicom_header, reads_a_slice_in_each_encoding)
{
    static const char *const SYNTAXES[] = {"1.2.840.10008.1.2.1", "1.2.840.10008.1.2",
                                           "1.2.840.10008.1.2.2"};
    for (int way = 0; way < 3; way++) {
        memset(&b, 0, sizeof(b));
        b.implicit = way == 1;
        b.big_endian = way == 2;
        make_ct(&b, &(ct_slice){.z_mm = 12.5, .spacing = "0.7\\0.4", .syntax = SYNTAXES[way]});
        osi_header *h = read_whole();
        cr_expect(h->kind == OSI_KIND_CT);
        cr_assert(eq(sz, h->frame_count, (size_t) 1));
        const osi_frame *f = &h->frames[0];
        cr_expect(eq(dbl, f->position_mm[0], -10));
        cr_expect(eq(dbl, f->position_mm[2], 12.5));
        cr_expect(eq(dbl, f->column[1], 1));
        /* the header's first value is between rows: along the column direction */
        cr_expect(eq(dbl, f->spacing_mm[1], 0.7));
        cr_expect(eq(dbl, f->spacing_mm[0], 0.4));
        cr_expect(eq(dbl, f->intercept, -1024));
        cr_expect(eq(u16, f->rows, 3));
        cr_expect(eq(u16, f->columns, 4));
        cr_expect(eq(int, h->pixels.big_endian, way == 2));
        cr_expect(eq(sz, h->pixels.offset + 24, b.size));
        osi_header_free(h);
    }
}

Test(dicom_header, believes_the_data_where_the_transfer_syntax_is_wrong)
{
    memset(&b, 0, sizeof(b));
    make_ct(&b, &(ct_slice){.syntax = "1.2.840.10008.1.2"}); /* says implicit, is explicit */
    osi_header *h = read_whole();
    cr_expect(eq(u16, h->frames[0].rows, 3));
    osi_header_free(h);
}

Test(dicom_header, reads_a_file_without_preamble_and_meta_header)
{
    memset(&b, 0, sizeof(b));
    make_ct(&b, &(ct_slice){.z_mm = 3});
    size_t start = 132 + 8 + 26 + 8 + 20;
    memmove(b.data, b.data + start, b.size - start);
    b.size -= start;
    cr_expect(osi_dicom_is(b.data, b.size));
    osi_header *h = read_whole();
    cr_expect(eq(dbl, h->frames[0].position_mm[2], 3));
    osi_header_free(h);
}

Test(dicom_header, reads_facts_that_can_be_true)
{
    osi_header *h = read_slice(&(ct_slice){.age = "018M", .height = "1.63", .weight = "55.5"});
    cr_expect(eq(dbl, h->acquisition.age_years, 1.5));
    cr_expect(eq(dbl, h->acquisition.height_m, 1.63));
    cr_expect(eq(dbl, h->acquisition.weight_kg, 55.5));
    cr_expect(eq(uint, h->doubts, 0));
    osi_header_free(h);
}

Test(dicom_header, leaves_absent_facts_absent_without_a_doubt)
{
    osi_header *h = read_slice(&(ct_slice){.age = ""});
    cr_expect(isnan(h->acquisition.age_years));
    cr_expect(isnan(h->acquisition.height_m));
    cr_expect(isnan(h->acquisition.weight_kg));
    cr_expect(h->acquisition.sex == OSARC_SEX_UNKNOWN);
    cr_expect(h->acquisition.contrast == OSARC_CONTRAST_UNKNOWN);
    cr_expect(eq(uint, h->doubts, 0));
    osi_header_free(h);
}

Test(dicom_header, doubts_facts_that_cannot_be_true)
{
    static const ct_slice CASES[] = {{.age = "000Y"},   {.age = "200Y"},    {.age = "42"},
                                     {.age = "Y"},      {.height = "163"},  {.height = "3.1"},
                                     {.height = "0.0"}, {.height = "tall"}, {.weight = "1"},
                                     {.weight = "500"}, {.weight = "-70"},  {.weight = "0.000"}};
    static const unsigned DOUBTS[] = {OSI_DOUBT_AGE, OSI_DOUBT_HEIGHT, OSI_DOUBT_WEIGHT};
    for (size_t i = 0; i < 12; i++) {
        osi_header *h = read_slice(&CASES[i]);
        cr_expect(eq(uint, h->doubts, DOUBTS[i / 4]), "%zu", i);
        cr_expect(isnan(i < 4   ? h->acquisition.age_years
                        : i < 8 ? h->acquisition.height_m
                                : h->acquisition.weight_kg),
                  "%zu", i);
        osi_header_free(h);
    }
}

static void put_person(const char *birth, const char *study)
{
    memset(&b, 0, sizeof(b));
    put_start(&b, "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.1.2.1");
    put_text(&b, 8, 0x20, "DA", study);
    put_text(&b, 8, 0x60, "CS", "CT");
    put_text(&b, 0x10, 0x30, "DA", birth);
    put_text(&b, 0x10, 0x40, "CS", "F ");
}

Test(dicom_header, counts_whole_years_where_only_dates_are_given)
{
    static const struct {
        const char *birth;
        const char *study;
        double years;
    } PEOPLE[] = {{"19700615", "20200614", 49},
                  {"19700615", "20200615", 50},
                  {"19700615", "20200714", 50},
                  {"19701231", "20200101", 49}};
    for (size_t i = 0; i < 4; i++) {
        put_person(PEOPLE[i].birth, PEOPLE[i].study);
        osi_header *h = read_whole();
        cr_expect(eq(dbl, h->acquisition.age_years, PEOPLE[i].years));
        cr_expect(h->acquisition.sex == OSARC_SEX_FEMALE);
        osi_header_free(h);
    }
    put_person("20250101", "20200101");
    osi_header *h = read_whole();
    cr_expect(isnan(h->acquisition.age_years));
    cr_expect(eq(uint, h->doubts, OSI_DOUBT_AGE));
    osi_header_free(h);
}

Test(dicom_header, tells_contrast_from_none_and_from_silence)
{
    static const struct {
        const char *agent;
        osarc_contrast contrast;
    } AGENTS[] = {{"Omnipaque 350", OSARC_CONTRAST_GIVEN},
                  {"APPLIED", OSARC_CONTRAST_GIVEN},
                  {"NONE", OSARC_CONTRAST_NONE},
                  {"no", OSARC_CONTRAST_NONE},
                  {"", OSARC_CONTRAST_UNKNOWN}};
    for (size_t i = 0; i < 5; i++) {
        osi_header *h = read_slice(&(ct_slice){.agent = AGENTS[i].agent});
        cr_expect(h->acquisition.contrast == AGENTS[i].contrast, "%s", AGENTS[i].agent);
        osi_header_free(h);
    }
}

Test(dicom_header, turns_text_into_utf8)
{
    memset(&b, 0, sizeof(b));
    put_start(&b, "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.1.2.1");
    put_text(&b, 8, 5, "CS", "ISO_IR 100");
    put_text(&b, 8, 0x60, "CS", "CT");
    put_text(&b, 0x10, 0x20, "LO", "M\xFCller");
    osi_header *h = read_whole();
    cr_expect(eq(str, h->acquisition.patient_id, "M\xC3\xBCller"));
    osi_header_free(h);
    memset(&b, 0, sizeof(b));
    put_start(&b, "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.1.2.1");
    put_text(&b, 8, 0x60, "CS", "CT");
    put_text(&b, 0x10, 0x20, "LO", "M\xFCller");
    h = read_whole();
    cr_expect(eq(str, h->acquisition.patient_id, "M?ller"));
    osi_header_free(h);
}

Test(dicom_header, tells_kinds_apart)
{
    static const struct {
        ct_slice slice;
        osi_kind kind;
    } KINDS[] = {
        {{.image_type = "ORIGINAL\\PRIMARY\\LOCALIZER"}, OSI_KIND_LOCALIZER},
        {{.image_type = "ORIGINAL\\PRIMARY\\AXIAL\\SCOUT"}, OSI_KIND_LOCALIZER},
        {{.image_type = "DERIVED\\SECONDARY\\MIP"}, OSI_KIND_DERIVED_MAP},
        {{.sop_class = "1.2.840.10008.5.1.4.1.1.7"}, OSI_KIND_SECONDARY_CAPTURE},
        {{.sop_class = "1.2.840.10008.5.1.4.1.1.4", .modality = "MR"}, OSI_KIND_MR},
        {{.modality = "MR"}, OSI_KIND_MR}, /* stored as CT */
        {{.modality = "NM"}, OSI_KIND_OTHER_MODALITY},
        {{.sop_class = "1.2.840.10008.5.1.4.1.1.88.33", .modality = "SR"}, OSI_KIND_DOCUMENT},
        {{.sop_class = "1.2.840.10008.5.1.4.1.1.104.1", .modality = "DOC"}, OSI_KIND_DOCUMENT},
        {{.sop_class = "1.2.840.10008.5.1.4.1.1.66.4", .modality = "SEG"}, OSI_KIND_SEGMENTATION},
        {{.sop_class = "1.2.840.10008.5.1.4.1.1.481.3", .modality = "RTSTRUCT"}, OSI_KIND_CONTOURS},
        {{.sop_class = "1.2.840.10008.5.1.4.1.1.481.5", .modality = "RTPLAN"},
         OSI_KIND_RADIOTHERAPY},
        {{.sop_class = "1.2.840.10008.5.1.4.1.1.128", .modality = "PT"}, OSI_KIND_OTHER_MODALITY},
        {{.sop_class = "1.2.840.10008.5.1.4.1.1.7", .modality = "BMD"}, OSI_KIND_DXA},
        {{.modality = "CT"}, OSI_KIND_CT},
    };
    for (size_t i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]); i++) {
        osi_header *h = read_slice(&KINDS[i].slice);
        cr_expect(eq(int, (int) h->kind, (int) KINDS[i].kind), "%zu", i);
        osi_header_free(h);
    }
}

static void put_group(const char *position, const char *intercept)
{
    put_item(&b, 0xE000, 0xFFFFFFFFu);
    put_head(&b, 0x20, 0x9113, "SQ", 0xFFFFFFFFu);
    put_item(&b, 0xE000, 0xFFFFFFFFu);
    put_text(&b, 0x20, 0x32, "DS", position);
    put_item(&b, 0xE00D, 0);
    put_item(&b, 0xE0DD, 0);
    put_head(&b, 0x28, 0x9145, "SQ", 0xFFFFFFFFu);
    put_item(&b, 0xE000, 0xFFFFFFFFu);
    put_text(&b, 0x28, 0x1052, "DS", intercept);
    put_text(&b, 0x28, 0x1053, "DS", "1");
    put_item(&b, 0xE00D, 0);
    put_item(&b, 0xE0DD, 0);
    put_item(&b, 0xE00D, 0);
}

Test(dicom_header, reads_the_functional_groups_of_an_enhanced_file)
{
    memset(&b, 0, sizeof(b));
    put_start(&b, "1.2.840.10008.5.1.4.1.1.2.1", "1.2.840.10008.1.2.1");
    put_text(&b, 8, 0x16, "UI", "1.2.840.10008.5.1.4.1.1.2.1");
    put_text(&b, 8, 0x60, "CS", "CT");
    put_text(&b, 0x28, 8, "IS", "2");
    put_u16(&b, 0x28, 0x10, 3);
    put_u16(&b, 0x28, 0x11, 4);
    put_head(&b, 0x5200, 0x9229, "SQ", 0xFFFFFFFFu);
    put_item(&b, 0xE000, 0xFFFFFFFFu);
    put_head(&b, 0x20, 0x9116, "SQ", 0xFFFFFFFFu);
    put_item(&b, 0xE000, 0xFFFFFFFFu);
    put_text(&b, 0x20, 0x37, "DS", "1\\0\\0\\0\\1\\0");
    put_item(&b, 0xE00D, 0);
    put_item(&b, 0xE0DD, 0);
    put_item(&b, 0xE00D, 0);
    put_item(&b, 0xE0DD, 0);
    put_head(&b, 0x5200, 0x9230, "SQ", 0xFFFFFFFFu);
    put_group("1\\2\\30", "-1024");
    put_group("1\\2\\35", "-1000");
    put_item(&b, 0xE0DD, 0);
    put_head(&b, 0x7FE0, 0x10, "OW", 48);
    osi_header *h = read_whole();
    cr_assert(eq(sz, h->frame_count, (size_t) 2));
    cr_expect(eq(dbl, h->frames[0].position_mm[2], 30));
    cr_expect(eq(dbl, h->frames[1].position_mm[2], 35));
    cr_expect(eq(dbl, h->frames[0].intercept, -1024));
    cr_expect(eq(dbl, h->frames[1].intercept, -1000));
    cr_expect(eq(dbl, h->frames[1].row[0], 1));
    cr_expect(eq(sz, h->frames[1].number, (size_t) 1));
    osi_header_free(h);
}

Test(dicom_header, asks_for_more_until_the_pixels_begin)
{
    memset(&b, 0, sizeof(b));
    make_ct(&b, &(ct_slice){.z_mm = 1});
    size_t pixels = b.size - 24;
    for (size_t size = 133; size < pixels; size++) {
        osi_header *h = NULL;
        size_t need = 0;
        osarc_status status = osi_header_read(&h, &need, b.data, size, 0, &err);
        cr_expect(status == OSARC_OK);
        cr_expect(h || need > size);
        osi_header_free(h);
    }
}

Test(dicom_header, survives_being_cut_anywhere)
{
    memset(&b, 0, sizeof(b));
    make_ct(&b, &(ct_slice){.z_mm = 1});
    for (size_t size = 0; size < b.size; size++) {
        osi_header *h = NULL;
        size_t need = 0;
        if (osi_header_read(&h, &need, b.data, size, 1, &err))
            cr_expect(h == NULL);
        else
            cr_expect(h->pixels.offset == 0 || size >= b.size - 24, "%zu", size);
        osi_header_free(h);
    }
}

Test(dicom_header, refuses_what_is_not_dicom)
{
    static const char *const TEXTS[] = {"", "a", "II*\0and so on", "{\"json\": [1, 2, 3, 4, 5, 6]}",
                                        "\x08\x00\x08\x00"};
    for (size_t i = 0; i < 5; i++) {
        osi_header *h = (osi_header *) -1;
        size_t need = 0;
        EXPECT_REFUSED(
            osi_header_read(&h, &need, (const uint8_t *) TEXTS[i], strlen(TEXTS[i]), 1, &err),
            OSARC_ERR_FORMAT);
        cr_expect(h == NULL);
    }
}

static osarc_status count_path(void *payload, const char *path, osarc_error *error)
{
    (void) error;
    cr_expect(strstr(path, "..") == NULL);
    cr_expect(path[0] != '/');
    ++*(int *) payload;
    return OSARC_OK;
}

Test(dicom_header, follows_a_dicomdir_but_not_out_of_its_folder)
{
    static const char *const NAMES[] = {"A\\B\\IM1", "..\\..\\SECRET", "IM2", "/ETC/X"};
    memset(&b, 0, sizeof(b));
    put_start(&b, "1.2.840.10008.1.3.10", "1.2.840.10008.1.2.1");
    put_head(&b, 4, 0x1220, "SQ", 0xFFFFFFFFu);
    for (size_t i = 0; i < 4; i++) {
        put_item(&b, 0xE000, 0xFFFFFFFFu);
        put_text(&b, 4, 0x1500, "CS", NAMES[i]);
        put_item(&b, 0xE00D, 0);
    }
    put_item(&b, 0xE0DD, 0);
    int count = 0;
    EXPECT_OK(osi_dicomdir_read(b.data, b.size, count_path, &count, &err));
    cr_expect(eq(int, count, 2));
}

Test(dicom_header, refuses_a_dicomdir_without_records)
{
    int count = 0;
    memset(&b, 0, sizeof(b));
    put_start(&b, "1.2.840.10008.1.3.10", "1.2.840.10008.1.2.1");
    put_text(&b, 4, 0x1130, "CS", "DISK1");
    EXPECT_REFUSED(osi_dicomdir_read(b.data, b.size, count_path, &count, &err), OSARC_ERR_FORMAT);
}
