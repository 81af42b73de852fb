/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "make_report.h"

#include <string.h>

#define OPEN 0xFFFFFFFFu

static void open_sequence(dicom_bytes *to, uint16_t group, uint16_t element)
{
    put_head(to, group, element, "SQ", OPEN);
    put_item(to, 0xE000, OPEN);
}

static void close_sequence(dicom_bytes *to)
{
    put_item(to, 0xE00D, 0);
    put_item(to, 0xE0DD, 0);
}

static void put_code(dicom_bytes *to, uint16_t group, uint16_t element, const char *scheme,
                     const char *value)
{
    open_sequence(to, group, element);
    put_text(to, 0x0008, 0x0100, "SH", value);
    put_text(to, 0x0008, 0x0102, "SH", scheme);
    put_text(to, 0x0008, 0x0104, "LO", "a meaning that nobody reads");
    close_sequence(to);
}

static void begin(dicom_bytes *to, const char *type, const char *scheme, const char *concept)
{
    put_item(to, 0xE000, OPEN);
    put_text(to, 0x0040, 0xA010, "CS", "CONTAINS");
    put_text(to, 0x0040, 0xA040, "CS", type);
    put_code(to, 0x0040, 0xA043, scheme, concept);
}

static void end(dicom_bytes *to)
{
    put_item(to, 0xE00D, 0);
}

static void open_content(dicom_bytes *to)
{
    put_head(to, 0x0040, 0xA730, "SQ", OPEN);
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
    put_item(to, 0xE0DD, 0);
}

void report_open(dicom_bytes *to, const char *scheme, const char *concept)
{
    begin(to, "CONTAINER", scheme, concept);
    open_content(to);
}

void report_close(dicom_bytes *to)
{
    put_item(to, 0xE0DD, 0);
    end(to);
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
    end(to);
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
    end(to);
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
    put_head(to, 0x0040, 0xA300, "SQ", OPEN);
    if (number) {
        put_item(to, 0xE000, OPEN);
        put_code(to, 0x0040, 0x08EA, "UCUM", unit);
        put_text(to, 0x0040, 0xA30A, "DS", number);
        end(to);
    }
    put_item(to, 0xE0DD, 0);
}

void report_number(dicom_bytes *to, const char *scheme, const char *concept, const char *number,
                   const char *unit)
{
    begin_number(to, scheme, concept, number, unit);
    end(to);
}

void report_number_open(dicom_bytes *to, const char *scheme, const char *concept,
                        const char *number, const char *unit)
{
    begin_number(to, scheme, concept, number, unit);
    open_content(to);
}
