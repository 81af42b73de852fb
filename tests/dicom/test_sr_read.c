/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results of densitometry in structured reports: taken by code, place and unit, or refused. Values
 * are as written by the test; tolerances of 1e-9 are those of conversions between units. */
#include "sr_help.h"

Test(dicom_sr_read, takes_numbers_by_code_place_and_side)
{
    start();
    put_vertebrae("1.012", 1, 4);
    put_neck("LN", "80954-1", "0.712", "g/cm2");
    put_neck("LN", "80948-3", "-1.9", "{T-score}");
    const osarc_dxa_report *report = take();
    cr_assert(eq(sz, report->count, 3));
    expect_value(&report->results[0], "abmd", "L1-L4", "", 1.012);
    expect_value(&report->results[1], "abmd", "neck", "left", 0.712);
    expect_value(&report->results[2], "t_score", "neck", "left", -1.9);
    cr_expect(eq(str, (char *) report->results[0].site, "lumbar"));
    cr_expect(eq(str, (char *) report->results[1].site, "femur"));
    cr_expect(eq(str, (char *) report->results[2].unit, "1"));
    cr_expect(eq(str, (char *) report->results[0].basis, "DXA-Hologic"));
    cr_expect(eq(sz, report->ignored, 0));
    stop();
}

Test(dicom_sr_read, takes_place_and_side_from_what_a_number_lies_in)
{
    start();
    report_open(&to, "DCM", "125007");
    report_code_open(&to, "SRT", "G-C0E3", "SRT", "T-12710");
    report_code(&to, "SRT", "G-A1F8", "99OSS", "trochanter");
    report_code(&to, "SRT", "G-C171", "SRT", "G-A100");
    report_close(&to);
    report_number(&to, "99OSS", "abmd", "650", "mg/cm2");
    report_number(&to, "SCT", "42798000", "1210", "mm2");
    report_close(&to);
    const osarc_dxa_report *report = take();
    cr_assert(eq(sz, report->count, 2));
    expect_value(&report->results[0], "abmd", "trochanter", "right", 0.65);
    expect_value(&report->results[1], "bone_area", "trochanter", "right", 12.1);
    stop();
}

Test(dicom_sr_read, takes_the_order_of_items_for_nothing)
{
    start();
    report_open(&to, "DCM", "125007");
    report_number(&to, "99OSS", "bmc", "61.5", "g");
    report_code(&to, "DCM", "123014", "99OSS", "L2-L4");
    report_close(&to);
    expect_value(only(take()), "bmc", "L2-L4", "", 61.5);
    stop();
}

Test(dicom_sr_read, reads_masses_of_a_body)
{
    start();
    report_open(&to, "DCM", "125007");
    report_place(&to, "SCT", "61685007");
    report_side(&to, "24028007");
    report_number(&to, "99OSS", "lean_mass", "7.25", "kg");
    report_number(&to, "99OSS", "fat_percent", "31.2", "%");
    report_close(&to);
    report_number(&to, "99OSS", "alm", "18400", "g");
    const osarc_dxa_report *report = take();
    cr_assert(eq(sz, report->count, 3));
    expect_value(&report->results[0], "lean_mass", "leg", "right", 7250);
    expect_value(&report->results[1], "fat_percent", "leg", "right", 0.312);
    expect_value(&report->results[2], "alm", "", "", 18.4);
    stop();
}

Test(dicom_sr_read, reads_a_z_score_that_belongs_to_a_density)
{
    start();
    report_number_open(&to, "LN", "24966-4", "1.1", "g/cm2");
    report_place(&to, "99OSS", "L1-L4");
    report_text(&to, "121405", "NHANES III white female");
    report_number(&to, "DCM", "121416", "-0.4", "1");
    report_close(&to);
    const osarc_dxa_report *report = take();
    cr_assert(eq(sz, report->count, 2));
    expect_value(&report->results[1], "z_score", "L1-L4", "", -0.4);
    cr_expect(eq(str, (char *) report->results[1].reference, "report:NHANES"));
    cr_expect(eq(str, (char *) report->results[0].reference, ""));
    stop();
}

Test(dicom_sr_read, reads_implicit_and_big_endian_documents)
{
    for (int i = 0; i < 2; i++) {
        to.implicit = i == 0;
        to.big_endian = i == 1;
        start();
        put_neck("LN", "80954-1", "0.7", "g/cm2");
        expect_value(only(take()), "abmd", "neck", "left", 0.7);
        stop();
    }
}

Test(dicom_sr_read, reads_documents_that_state_their_lengths)
{
    for (int i = 0; i < 3; i++) {
        to.implicit = i == 0;
        to.big_endian = i == 1;
        report_state_lengths(1);
        start();
        put_neck("LN", "80954-1", "0.7", "g/cm2");
        report_code(&to, "DCM", "121058", "LN", "83311-1");
        expect_value(only(take()), "abmd", "neck", "left", 0.7);
        stop();
    }
    report_state_lengths(0);
}

Test(dicom_sr_read, names_the_scale_by_the_device_in_the_document)
{
    static const struct {
        const char *maker, *model, *basis;
    } DEVICES[] = {{"Hologic, Inc.", "", "DXA-Hologic"},
                   {"GE Healthcare", "Lunar iDXA", "DXA-Lunar"},
                   {"GE Healthcare", "Centricity", "DXA-unknown"},
                   {"Norland", "", "DXA-Norland"},
                   {"Somebody", "", "DXA-unknown"}};
    for (size_t i = 0; i < sizeof(DEVICES) / sizeof(DEVICES[0]); i++) {
        report_start(&to, &(report_head){.manufacturer = "A workstation"});
        report_text(&to, "121014", DEVICES[i].maker);
        report_text(&to, "121015", DEVICES[i].model);
        put_neck("LN", "80954-1", "0.7", "g/cm2");
        cr_expect(eq(str, (char *) only(take())->basis, (char *) DEVICES[i].basis));
        stop();
    }
}

/* Of each bone and side density, T and Z, as LOINC numbers them; the last two are the calcaneus. */
Test(dicom_sr_read, knows_the_codes_of_each_bone_and_side)
{
    static const struct {
        const char *density, *t, *z, *site, *side;
    } BONES[] = {{"24966-4", "38267-1", "85394-5", "lumbar", ""},
                 {"80954-1", "80948-3", "80940-0", "femur", "left"},
                 {"80953-3", "80947-5", "80939-2", "femur", "right"},
                 {"46278-8", "80946-7", "80938-4", "femur", "left"},
                 {"46279-6", "80945-9", "80937-6", "femur", "right"},
                 {"80952-5", "80944-2", "80936-8", "forearm", "left"},
                 {"80951-7", "80943-4", "80935-0", "forearm", "right"}};
    for (size_t i = 0; i < sizeof(BONES) / sizeof(BONES[0]); i++) {
        start();
        report_number(&to, "LN", BONES[i].density, "0.8", "g/cm2");
        report_number(&to, "LN", BONES[i].t, "-2", "1");
        report_number(&to, "LN", BONES[i].z, "-1", "1");
        report_number(&to, "LN", "80956-6", "0.5", "g/cm2");
        report_number(&to, "LN", "80955-8", "0.5", "g/cm2");
        const osarc_dxa_report *report = take();
        cr_assert(eq(sz, report->count, 3));
        cr_expect(eq(sz, report->ignored, 2));
        expect_value(&report->results[0], "abmd", "", BONES[i].side, 0.8);
        expect_value(&report->results[1], "t_score", "", BONES[i].side, -2);
        expect_value(&report->results[2], "z_score", "", BONES[i].side, -1);
        cr_expect(eq(str, (char *) report->results[0].site, (char *) BONES[i].site));
        stop();
    }
}

Test(dicom_sr_read, keeps_the_same_number_once)
{
    start();
    put_neck("LN", "80954-1", "0.7", "g/cm2");
    put_neck("LN", "46278-8", "0.70", "g/cm2");
    put_neck("99OSS", "abmd", "700", "mg/cm2");
    expect_value(only(take()), "abmd", "neck", "left", 0.7);
    stop();
}

Test(dicom_sr_read, warns_where_the_part_of_a_bone_is_not_stated)
{
    start();
    report_number(&to, "LN", "80954-1", "0.7", "g/cm2");
    const osarc_dxa_result *one = only(take());
    expect_value(one, "abmd", "", "left", 0.7);
    cr_expect(strstr(one->warning, "which part of the bone") != NULL);
    stop();
}

Test(dicom_sr_read, warns_of_a_document_that_is_not_complete)
{
    report_start(&to, &(report_head){.completion = "PARTIAL"});
    put_neck("LN", "80954-1", "0.7", "g/cm2");
    cr_expect(strstr(only(take())->warning, "not complete") != NULL);
    stop();
}

Test(dicom_sr_read, counts_numbers_that_it_does_not_know)
{
    start();
    put_neck("LN", "80954-1", "0.7", "g/cm2");
    put_neck("99LUNAR", "T", "-2", "1");
    put_neck("LN", "38266-3", "-3", "1"); /* calcaneus */
    const osarc_dxa_report *report = take();
    cr_expect(eq(sz, report->count, 1));
    cr_expect(eq(sz, report->ignored, 2));
    stop();
}

Test(dicom_sr_read, leaves_reports_of_something_else_alone)
{
    report_start(&to, &(report_head){.title = {"DCM", "126000"}});
    report_number_open(&to, "SCT", "42798000", "150", "cm2"); /* muscle at L3 */
    report_place(&to, "SCT", "36470004");
    report_close(&to);
    report_finish(&to);
    const osarc_series *row = look();
    cr_expect(eq(int, (int) row->decision, OSARC_DECISION_NOT_A_VOLUME));
    cr_expect(eq(str, (char *) row->reason, "document"));
    cr_expect(eq(ptr, (void *) osarc_catalogue_report(catalogue, 0), NULL));
    stop();
}
