/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results in a private element of Hologic's images: by creator and by content. Values are as
 * written by the test; 1e-9 is rounding of unit changes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <expect.h>
#include <osarc/dicom.h>

#include "make_dicom.h"

#define SECRET   "SECRET^NAME"
#define SC_CLASS "1.2.840.10008.5.1.4.1.1.7"

static osarc_error err = OSARC_ERROR_INIT;
static dicom_bytes to;
static osarc_catalogue *catalogue;
static char script[60000];

static void put_long_text(uint16_t group, uint16_t element, const char *text, size_t size)
{
    put_head(&to, group, element, "UN", (uint32_t) (size + size % 2));
    put_raw(&to, text, size);
    if (size % 2)
        put_raw(&to, "", 1);
}

/* An image whose element (0021,1101) is the text; "" creator: it is not reserved. */
static const osarc_dxa_report *look(const char *creator, const char *protocol, const char *text,
                                    size_t size)
{
    const char *folder = make_folder();
    to.size = 0;
    put_start(&to, SC_CLASS, "1.2.840.10008.1.2.1");
    put_text(&to, 0x0008, 0x0016, "UI", SC_CLASS);
    put_text(&to, 0x0008, 0x0060, "CS", "OT");
    put_text(&to, 0x0010, 0x0010, "PN", SECRET);
    put_text(&to, 0x0010, 0x0020, "LO", "P1");
    put_text(&to, 0x0018, 0x1030, "LO", protocol);
    put_text(&to, 0x0020, 0x000D, "UI", "1.2.3");
    put_text(&to, 0x0020, 0x000E, "UI", "1.2.3.4");
    put_text(&to, 0x0021, 0x0010, "LO", "SOMEBODY ELSE");
    if (creator[0])
        put_text(&to, 0x0021, 0x0011, "LO", creator);
    put_text(&to, 0x0021, 0x1001, "LO", "ResultsTable[ 0][ 0] = \"not this one\";");
    put_long_text(0x0021, 0x1101, text, size);
    put_u16(&to, 0x0028, 0x0010, 2);
    put_u16(&to, 0x0028, 0x0011, 2);
    put_long_text(0x7FE0, 0x0010, "1234", 4);
    save(folder, "image.dcm", to.data, to.size);
    EXPECT_OK(osarc_catalogue_read(&catalogue, &folder, 1, NULL, &err));
    remove_folder(folder);
    for (size_t i = 0; i < osarc_catalogue_series_count(catalogue); i++)
        cr_expect(strstr(osarc_catalogue_series(catalogue, i)->text, "SECRET") == NULL);
    return osarc_catalogue_report(catalogue, 0);
}

static void stop(void)
{
    osarc_catalogue_free(catalogue);
    catalogue = NULL;
}

/* Lines as the maker's program writes them, columns parted by '|', with a name among them. */
static void write_script(const char *const *rows, size_t count, const char *begin, const char *end)
{
    size_t used =
        (size_t) snprintf(script, sizeof(script), "%sPatientName = \"%s\";\r\n", begin, SECRET);
    for (size_t r = 0; r < count; r++) {
        const char *at = rows[r];
        for (int c = 0; at; c++) {
            const char *bar = strchr(at, '|');
            int length = bar ? (int) (bar - at) : (int) strlen(at);
            used += (size_t) snprintf(script + used, sizeof(script) - used,
                                      "ResultsTable[ %zu][ %d] = \"%.*s\";\r\n", r, c, length, at);
            at = bar ? bar + 1 : NULL;
        }
    }
    snprintf(script + used, sizeof(script) - used, "%s", end);
}

#define XML_BEGIN "<?xml version=\"1.0\"?>\n<Analysis><Script><![CDATA["
#define XML_END   "]]></Script></Analysis>"

static const char *const SPINE[] = {
    "Region|Area[cm<sup><small>2</small></sup>]|BMC[(g)]|BMD[g/cm<sup><small>2</small></sup>]|T - "
    "score",
    "L1|13.2|11.9|0.902|-1.2",
    "L2|14.1|13.5|0.957|-1.0",
    "L3|15.0|14.2|0.947|-1.3",
    "L4|16.3|15.9|0.975|-1.1",
    "Total|58.6|55.5|0.947|-1.2"};

static const char *const HIP[] = {"Region|Area[(cm^2)]|BMC[(g)]|BMD[(g/cm^2)]",
                                  "Neck|5.1|3.6|0.706", "Troch|11.0|7.0|0.636",
                                  "Inter|17.3|18.2|1.052", "Total|33.4|28.8|0.862"};

static const char *const BODY[] = {"Region|BMC[(g)]|Fat[(g)]|Lean[(g)]|Total[(g)]|% Fat[(%)]",
                                   "L Arm|150|1200|2300|3650|32.9",
                                   "R Arm|160|1250|2450|3860|32.4",
                                   "Trunk|600|9000|22000|31600|28.5",
                                   "L Leg|400|3900|7000|11300|34.5",
                                   "R Leg|410|4000|7200|11610|34.5"};

static const osarc_dxa_result *find(const osarc_dxa_report *report, const char *quantity,
                                    const char *level, const char *side)
{
    for (size_t i = 0; report && i < report->count; i++) {
        const osarc_dxa_result *r = &report->results[i];
        if (!strcmp(r->quantity, quantity) && !strcmp(r->level, level) && !strcmp(r->side, side))
            return r;
    }
    cr_assert(0, "no %s %s %s", quantity, level, side);
    return NULL;
}

static void expect_value(const osarc_dxa_report *report, const char *quantity, const char *level,
                         const char *side, double value)
{
    const osarc_dxa_result *r = find(report, quantity, level, side);
    cr_expect(epsilon_eq(dbl, r->value, value, 1e-9), "%s %s %g: %s", quantity, level, r->value,
              r->refused);
    cr_expect(eq(str, (char *) r->basis, "DXA-Hologic"));
}

static const osarc_dxa_report *look_at_script(const char *protocol)
{
    return look("HOLOGIC", protocol, script, strlen(script));
}

static void expect_spine(const osarc_dxa_report *report)
{
    cr_assert(report != NULL);
    cr_expect(eq(sz, report->count, 20));
    expect_value(report, "abmd", "L2", "", 0.957);
    expect_value(report, "abmd", "L1-L4", "", 0.947);
    expect_value(report, "bmc", "L1-L4", "", 55.5);
    expect_value(report, "bone_area", "L4", "", 16.3);
    expect_value(report, "t_score", "L1-L4", "", -1.2);
}

Test(dicom_hologic, reads_a_spine_in_xml)
{
    write_script(SPINE, 6, XML_BEGIN, XML_END);
    const osarc_dxa_report *report = look_at_script("AP Spine");
    expect_spine(report);
    const osarc_series *row = osarc_catalogue_series(catalogue, 0);
    cr_expect(eq(int, (int) row->decision, OSARC_DECISION_DXA_REPORT), "%s", row->text);
    stop();
}

Test(dicom_hologic, reads_the_plain_script_and_any_case_of_the_creator)
{
    write_script(SPINE, 6, "\xEF\xBB\xBF", "");
    expect_spine(look("Hologic", "AP Spine", script, strlen(script)));
    stop();
}

Test(dicom_hologic, reads_columns_and_rows_in_any_order)
{
    static const char *const ROWS[] = {"Region|BMD[(g/cm^2)]|Area[(cm^2)]", "L3|0.947|15.0",
                                       "Total|0.960|29.1", "L2|0.975|14.1"};
    write_script(ROWS, 4, XML_BEGIN, XML_END);
    const osarc_dxa_report *report = look_at_script("AP Spine");
    expect_value(report, "abmd", "L2-L3", "", 0.960);
    expect_value(report, "bone_area", "L2", "", 14.1);
    stop();
}

Test(dicom_hologic, takes_the_side_of_a_hip_from_the_protocol)
{
    write_script(HIP, 5, XML_BEGIN, XML_END);
    const osarc_dxa_report *report = look_at_script("Right Hip");
    expect_value(report, "abmd", "neck", "right", 0.706);
    expect_value(report, "abmd", "total", "right", 0.862);
    expect_value(report, "abmd", "intertrochanter", "right", 1.052);
    stop();
}

Test(dicom_hologic, reads_a_body_and_sums_its_limbs)
{
    write_script(BODY, 6, XML_BEGIN, XML_END);
    const osarc_dxa_report *report = look_at_script("Whole Body");
    expect_value(report, "lean_mass", "arm", "left", 2300);
    expect_value(report, "fat_percent", "leg", "right", 0.345);
    expect_value(report, "bone_mass", "trunk", "", 600);
    expect_value(report, "alm", "", "", 18.95);
    cr_expect(strstr(find(report, "alm", "", "")->warning, "sum of the lean mass") != NULL);
    stop();
}

Test(dicom_hologic, reads_nothing_of_another_creator)
{
    write_script(SPINE, 6, XML_BEGIN, XML_END);
    cr_expect(eq(ptr, (void *) look("SIEMENS", "AP Spine", script, strlen(script)), NULL));
    stop();
    cr_expect(eq(ptr, (void *) look("", "AP Spine", script, strlen(script)), NULL));
    stop();
}

static void expect_refused(const char *text, size_t size, const char *why)
{
    const osarc_dxa_report *report = look("HOLOGIC", "Hip", text, size);
    cr_assert(report != NULL);
    cr_expect(eq(sz, osarc_dxa_report_taken(report), 0));
    cr_expect(strstr(report->results[0].refused, why) != NULL, "%s", report->results[0].refused);
    cr_expect(strstr(report->results[0].refused, "SECRET") == NULL);
    stop();
}

Test(dicom_hologic, refuses_xml_with_entities)
{
    static const char BOMB[] =
        "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"" SECRET "\"><!ENTITY c "
        "\"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;\">]><a>&d;</a>";
    static const char FILES[] = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM "
                                "\"file:///etc/passwd\">]><a>&b;</a>";
    expect_refused(BOMB, strlen(BOMB), "declare entities");
    expect_refused(FILES, strlen(FILES), "declare entities");
}

Test(dicom_hologic, refuses_xml_that_is_damaged_or_too_deep)
{
    write_script(SPINE, 6, XML_BEGIN, "]]></Script>");
    expect_refused(script, strlen(script), "damaged XML");
    expect_refused("<a>&nbsp;" SECRET "</a>", 24, "damaged XML");
    script[0] = '\0';
    for (int i = 0; i < 80; i++)
        strcat(script, "<a>");
    strcat(script, SECRET);
    for (int i = 0; i < 80; i++)
        strcat(script, "</a>");
    expect_refused(script, strlen(script), "nested too deep");
}

Test(dicom_hologic, refuses_what_is_no_text_or_no_table)
{
    expect_refused("<\0a\0>\0" SECRET, 18, "not text");
    expect_refused("<a>" SECRET "</a>", 18, "no table that is known");
    expect_refused("ResultsTable[0] = \"1\"; " SECRET, 34, "no table that is known");
}

Test(dicom_hologic, refuses_tables_that_contradict_themselves)
{
    write_script(SPINE, 6, "ResultsTable[ 1][ 3] = \"0.9\";", "");
    expect_refused(script, strlen(script), "contradict each other");
    write_script(SPINE, 6, "ResultsTable[ 1][ 99] = \"0.9\";", "");
    expect_refused(script, strlen(script), "larger than any report");
}

Test(dicom_hologic, refuses_a_hip_without_a_side)
{
    write_script(HIP, 5, XML_BEGIN, XML_END);
    expect_refused(script, strlen(script), "side is not stated");
}

Test(dicom_hologic, refuses_numbers_that_are_none)
{
    static const char *const ROWS[] = {"Region|BMD[(g/cm^2)]", "L1|" SECRET, "L2|9.9"};
    write_script(ROWS, 3, "", "");
    expect_refused(script, strlen(script), "no number is stated");
}

Test(dicom_hologic, refuses_a_total_of_vertebrae_with_a_gap)
{
    static const char *const ROWS[] = {"Region|BMD[(g/cm^2)]", "L1|0.9", "L2| ", "L3|0.9",
                                       "Total|0.9"};
    write_script(ROWS, 5, XML_BEGIN, XML_END);
    const osarc_dxa_report *report = look_at_script("AP Spine");
    cr_expect(isnan(find(report, "abmd", "", "")->value));
    cr_expect(strstr(find(report, "abmd", "", "")->refused, "not neighbours") != NULL);
    expect_value(report, "abmd", "L3", "", 0.9);
    stop();
}

Test(dicom_hologic, refuses_lean_mass_that_may_hold_bone_mineral)
{
    static const char *const ROWS[] = {"Region|BMC[(g)]|Fat[(g)]|Lean[(g)]|Total[(g)]",
                                       "L Arm|150|1200|2450|3650"};
    write_script(ROWS, 2, XML_BEGIN, XML_END);
    const osarc_dxa_report *report = look_at_script("Whole Body");
    cr_expect(strstr(find(report, "lean_mass", "arm", "left")->refused, "do not add up") != NULL);
    expect_value(report, "fat_mass", "arm", "left", 1200);
    stop();
    static const char *const SHORT[] = {"Region|Lean[(g)]", "L Arm|2450"};
    write_script(SHORT, 2, XML_BEGIN, XML_END);
    report = look_at_script("Whole Body");
    cr_expect(isnan(find(report, "lean_mass", "arm", "left")->value));
    stop();
}

Test(dicom_hologic, leaves_tables_of_other_scans_alone)
{
    static const char *const ROWS[] = {"Region|BMD[(g/cm^2)]", "1/3|0.7", "UD|0.4"};
    write_script(ROWS, 3, XML_BEGIN, XML_END);
    cr_expect(eq(ptr, (void *) look_at_script("Forearm"), NULL));
    stop();
}
