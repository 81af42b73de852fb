/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "make_report.h"

#include <string.h>

#define OPEN 0xFFFFFFFFu

/* Where lengths stand that are filled in when their sequence or item ends. */
static size_t unended[256];
static size_t unended_count;
static int states_lengths;

void report_state_lengths(int yes)
{
    states_lengths = yes;
    unended_count = 0;
}

/* After the header of a sequence or item of open length. */
static void begin_length(dicom_bytes *to)
{
    unended[unended_count++] = to->size - 4;
}

static void end_length(dicom_bytes *to, uint16_t delimiter)
{
    size_t at = unended[--unended_count];
    size_t length = to->size - at - 4;
    if (!states_lengths) {
        put_item(to, delimiter, 0);
        return;
    }
    for (int i = 0; i < 4; i++)
        to->data[at + (size_t) (to->big_endian ? 3 - i : i)] = (uint8_t) (length >> 8 * i);
}

static void open_item(dicom_bytes *to)
{
    put_item(to, 0xE000, OPEN);
    begin_length(to);
}

static void close_item(dicom_bytes *to)
{
    end_length(to, 0xE00D);
}

static void open_list(dicom_bytes *to, uint16_t group, uint16_t element)
{
    put_head(to, group, element, "SQ", OPEN);
    begin_length(to);
}

static void close_list(dicom_bytes *to)
{
    end_length(to, 0xE0DD);
}

static void put_code(dicom_bytes *to, uint16_t group, uint16_t element, const char *scheme,
                     const char *value)
{
    open_list(to, group, element);
    open_item(to);
    put_text(to, 0x0008, 0x0100, "SH", value);
    put_text(to, 0x0008, 0x0102, "SH", scheme);
    put_text(to, 0x0008, 0x0104, "LO", "a meaning that nobody reads");
    close_item(to);
    close_list(to);
}

static void begin(dicom_bytes *to, const char *type, const char *scheme, const char *concept)
{
    open_item(to);
    put_text(to, 0x0040, 0xA010, "CS", "CONTAINS");
    put_text(to, 0x0040, 0xA040, "CS", type);
    put_code(to, 0x0040, 0xA043, scheme, concept);
}

static void open_content(dicom_bytes *to)
{
    open_list(to, 0x0040, 0xA730);
}

static const char *or_usual(const char *text, const char *usual)
{
    return text ? text : usual;
}

void report_start(dicom_bytes *to, const report_head *h)
{
    const char *sop_class = or_usual(h->sop_class, "1.2.840.10008.5.1.4.1.1.88.33");
    const char *syntax = to->implicit     ? "1.2.840.10008.1.2"
                         : to->big_endian ? "1.2.840.10008.1.2.2"
                                          : "1.2.840.10008.1.2.1";
    to->size = 0;
    unended_count = 0;
    put_start(to, sop_class, syntax);
    put_text(to, 0x0008, 0x0016, "UI", sop_class);
    put_text(to, 0x0008, 0x0020, "DA", or_usual(h->date, "20260102"));
    put_text(to, 0x0008, 0x0060, "CS", "SR");
    put_text(to, 0x0008, 0x0070, "LO", or_usual(h->manufacturer, "Hologic"));
    put_text(to, 0x0008, 0x1090, "LO", or_usual(h->model, ""));
    put_text(to, 0x0010, 0x0010, "PN", REPORT_PATIENT);
    put_text(to, 0x0010, 0x0020, "LO", or_usual(h->patient, "P1"));
    put_text(to, 0x0020, 0x000D, "UI", "1.2.3");
    put_text(to, 0x0020, 0x000E, "UI", or_usual(h->series, "1.2.3.9"));
    put_text(to, 0x0040, 0xA040, "CS", "CONTAINER");
    put_code(to, 0x0040, 0xA043, or_usual(h->title[0], "LN"), or_usual(h->title[1], "83311-1"));
    put_text(to, 0x0040, 0xA491, "CS", or_usual(h->completion, "COMPLETE"));
    open_content(to);
}

void report_finish(dicom_bytes *to)
{
    close_list(to);
}

void report_open(dicom_bytes *to, const char *scheme, const char *concept)
{
    begin(to, "CONTAINER", scheme, concept);
    open_content(to);
}

void report_close(dicom_bytes *to)
{
    close_list(to);
    close_item(to);
}

static void begin_code(dicom_bytes *to, const char *concept_scheme, const char *concept,
                       const char *scheme, const char *value)
{
    begin(to, "CODE", concept_scheme, concept);
    put_code(to, 0x0040, 0xA168, scheme, value);
}

void report_code(dicom_bytes *to, const char *concept_scheme, const char *concept,
                 const char *scheme, const char *value)
{
    begin_code(to, concept_scheme, concept, scheme, value);
    close_item(to);
}

void report_code_open(dicom_bytes *to, const char *concept_scheme, const char *concept,
                      const char *scheme, const char *value)
{
    begin_code(to, concept_scheme, concept, scheme, value);
    open_content(to);
}

void report_text(dicom_bytes *to, const char *concept, const char *text)
{
    begin(to, "TEXT", "DCM", concept);
    put_text(to, 0x0040, 0xA160, "UT", text);
    close_item(to);
}

void report_place(dicom_bytes *to, const char *scheme, const char *value)
{
    report_code(to, "SCT", "363698007", scheme, value);
}

void report_side(dicom_bytes *to, const char *value)
{
    report_code(to, "SCT", "272741003", "SCT", value);
}

static void begin_number(dicom_bytes *to, const char *scheme, const char *concept,
                         const char *number, const char *unit)
{
    begin(to, "NUM", scheme, concept);
    open_list(to, 0x0040, 0xA300);
    if (number) {
        open_item(to);
        put_code(to, 0x0040, 0x08EA, "UCUM", unit);
        put_text(to, 0x0040, 0xA30A, "DS", number);
        close_item(to);
    }
    close_list(to);
}

void report_number(dicom_bytes *to, const char *scheme, const char *concept, const char *number,
                   const char *unit)
{
    begin_number(to, scheme, concept, number, unit);
    close_item(to);
}

void report_number_open(dicom_bytes *to, const char *scheme, const char *concept,
                        const char *number, const char *unit)
{
    begin_number(to, scheme, concept, number, unit);
    open_content(to);
}

void report_picture(const char *folder, int with_results)
{
    static dicom_bytes to;
    static const char TABLE[] = "ResultsTable[ 0][ 0] = \"Region\"; ResultsTable[ 0][ 1] = \"BMD"
                                "[(g/cm^2)]\"; ResultsTable[ 1][ 0] = \"L1\"; ResultsTable[ 1][ 1] "
                                "= \"0.91\"; ResultsTable[ 2][ 0] = \"L2\"; ResultsTable[ 2][ 1] = "
                                "\"0.93\"; ResultsTable[ 3][ 0] = \"L3\"; ResultsTable[ 3][ 1] = "
                                "\"0.95\"; ResultsTable[ 4][ 0] = \"L4\"; ResultsTable[ 4][ 1] = "
                                "\"0.97\"; ResultsTable[ 5][ 0] = \"Total\"; ResultsTable[ 5][ 1] "
                                "= \"0.942\"; ";
    to.size = 0;
    put_start(&to, "1.2.840.10008.5.1.4.1.1.7", "1.2.840.10008.1.2.1");
    put_text(&to, 0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.7");
    put_text(&to, 0x0008, 0x0060, "CS", "BMD");
    put_text(&to, 0x0010, 0x0020, "LO", "P1");
    put_text(&to, 0x0018, 0x1030, "LO", "AP Spine");
    put_text(&to, 0x0020, 0x000D, "UI", "1.2.3");
    put_text(&to, 0x0020, 0x000E, "UI", "1.2.3.4");
    put_text(&to, 0x0020, 0x0020, "CS", "L\\F");
    if (with_results) {
        put_text(&to, 0x0021, 0x0010, "LO", "HOLOGIC");
        put_text(&to, 0x0021, 0x1001, "LT", TABLE);
    }
    put_u16(&to, 0x0028, 0x0002, 1);
    put_text(&to, 0x0028, 0x0004, "CS", "MONOCHROME2");
    put_u16(&to, 0x0028, 0x0010, 200);
    put_u16(&to, 0x0028, 0x0011, 120);
    put_text(&to, 0x0028, 0x0030, "DS", "1\\1");
    put_u16(&to, 0x0028, 0x0100, 8);
    put_u16(&to, 0x0028, 0x0101, 8);
    put_u16(&to, 0x0028, 0x0102, 7);
    put_u16(&to, 0x0028, 0x0103, 0);
    put_head(&to, 0x7FE0, 0x0010, "OB", 200 * 120);
    for (int i = 0; i < 200 * 120; i++) {
        uint8_t level = (uint8_t) (i % 120 > 45 && i % 120 < 75 ? 200 : 40);
        put_raw(&to, &level, 1);
    }
    save(folder, "picture.dcm", to.data, to.size);
}
