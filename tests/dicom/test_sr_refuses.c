/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Structured reports that are not taken as they stand. */
#include "sr_help.h"

Test(dicom_sr_refuses, refuses_codes_of_paired_bones_without_a_side)
{
    static const char *const CODES[] = {"24701-5", "38261-4", "24890-6"};
    for (size_t i = 0; i < 3; i++) {
        start();
        report_number(&to, "LN", CODES[i], "0.8", "g/cm2");
        expect_refused("side is not stated");
    }
}

Test(dicom_sr_refuses, refuses_units_that_do_not_fit)
{
    start();
    put_neck("LN", "80954-1", "0.7", "g/cm3");
    expect_refused("g/cm2 or mg/cm2 is needed");
    start();
    put_neck("LN", "80948-3", "-2", "g/cm2");
    expect_refused("{T-score} is needed");
    start();
    put_neck("LN", "80954-1", "0.7", "");
    expect_refused("not stated as a UCUM code");
}

Test(dicom_sr_refuses, refuses_a_number_without_a_side)
{
    start();
    report_number_open(&to, "LN", "38264-8", "-2.6", "1");
    report_place(&to, "SCT", "29627003");
    report_close(&to);
    expect_refused("side is not stated");
}

Test(dicom_sr_refuses, refuses_sides_and_places_that_contradict_each_other)
{
    start();
    report_number_open(&to, "LN", "80954-1", "0.7", "g/cm2");
    report_side(&to, "24028007");
    report_close(&to);
    expect_refused("its code and its side differ");
    start();
    report_number_open(&to, "LN", "38267-1", "-2", "1");
    report_place(&to, "SCT", "29627003");
    report_side(&to, "24028007");
    report_close(&to);
    expect_refused("different parts of the body");
    start();
    report_number_open(&to, "LN", "38264-8", "-2", "1");
    report_side(&to, "24028007");
    report_side(&to, "7771000");
    report_close(&to);
    expect_refused("more than one side");
    start();
    report_number_open(&to, "99OSS", "abmd", "1", "g/cm2");
    report_place(&to, "SCT", "29627003");
    report_place(&to, "SCT", "66794005");
    report_close(&to);
    expect_refused("more than one place");
}

/* A neck of a femur inside of what states its sides; the nearer side may be NULL. */
static void put_neck_below(const char *first, const char *second, const char *nearer)
{
    start();
    report_open(&to, "DCM", "125007");
    report_side(&to, first);
    if (second)
        report_side(&to, second);
    report_number_open(&to, "99OSS", "abmd", "0.7", "g/cm2");
    report_place(&to, "99OSS", "neck");
    if (nearer)
        report_side(&to, nearer);
    report_close(&to);
    report_close(&to);
}

Test(dicom_sr_refuses, a_nearer_place_does_not_settle_the_side)
{
    put_neck_below("7771000", "24028007", NULL);
    expect_refused("more than one side");
    put_neck_below("7771000", NULL, "99999999"); /* no side, though one is stated farther up */
    expect_refused("code that is not known");
    put_neck_below("7771000", "24028007", "24028007");
    const osarc_dxa_report *report = take();
    cr_assert(eq(sz, report->count, 1));
    expect_value(&report->results[0], "abmd", "neck", "right", 0.7);
    stop();
}

Test(dicom_sr_refuses, refuses_places_it_cannot_tell)
{
    start();
    report_number(&to, "99OSS", "t_score", "-2", "1");
    expect_refused("its place is not stated");
    start();
    report_number_open(&to, "LN", "38267-1", "-2", "1");
    report_place(&to, "99LUNAR", "L1-L4");
    report_close(&to);
    expect_refused("code that is not known");
    start();
    report_number_open(&to, "LN", "24966-4", "1", "g/cm2");
    report_place(&to, "SCT", "66794005");
    report_place(&to, "SCT", "36470004");
    report_close(&to);
    expect_refused("not neighbours");
    start();
    report_number_open(&to, "99OSS", "lean_mass", "7000", "g");
    report_place(&to, "SCT", "66794005");
    report_close(&to);
    expect_refused("needs a region of the body");
}

Test(dicom_sr_refuses, refuses_two_values_of_one_place)
{
    start();
    put_neck("LN", "80954-1", "0.7", "g/cm2");
    put_neck("LN", "46278-8", "0.8", "g/cm2");
    put_neck("LN", "80954-1", "0.7", "g/cm2");
    expect_refused("two different values");
}

Test(dicom_sr_refuses, refuses_numbers_that_are_none_or_cannot_be)
{
    static const char *const BAD[] = {"about 0.7", "0.7\\0.8", "nan", "7.1", "-0.7", NULL};
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        start();
        put_neck("LN", "80954-1", BAD[i], "g/cm2");
        const osarc_dxa_result *one = only(take());
        cr_expect(isnan(one->value) && one->refused[0], "%zu", i);
        stop();
    }
}

static void expect_damaged(const char *why)
{
    const osarc_series *row = look();
    cr_expect(eq(int, (int) row->decision, OSARC_DECISION_UNREADABLE));
    cr_expect(eq(int, (int) row->status, OSARC_ERR_FORMAT));
    cr_expect(strstr(row->text, why) != NULL, "%s", row->text);
    cr_expect(strstr(row->text, "SECRET") == NULL);
    cr_expect(eq(ptr, (void *) osarc_catalogue_report(catalogue, 0), NULL));
    stop();
}

Test(dicom_sr_refuses, refuses_a_document_nested_too_deep)
{
    start();
    for (int i = 0; i < 60; i++)
        report_open(&to, "DCM", "125007");
    put_neck("LN", "80954-1", "0.7", "g/cm2");
    for (int i = 0; i < 60; i++)
        report_close(&to);
    report_finish(&to);
    expect_damaged("nested over 32 deep");
}

Test(dicom_sr_refuses, refuses_a_document_that_is_cut_short)
{
    start();
    put_neck("LN", "80954-1", "0.7", "g/cm2");
    put_neck("LN", "80948-3", "-1.9", "1");
    to.size -= 30;
    expect_damaged("cut short");
}

Test(dicom_sr_refuses, never_reads_past_the_end_wherever_it_is_cut)
{
    start();
    put_neck("LN", "80954-1", "0.7", "g/cm2");
    report_finish(&to);
    size_t whole = to.size;
    for (size_t cut = 400; cut < whole; cut += 7) {
        to.size = cut;
        const osarc_series *row = look();
        cr_expect(ne(int, (int) row->decision, OSARC_DECISION_DXA_REPORT), "%zu", cut);
        stop();
    }
}
