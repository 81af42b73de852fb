/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <expect.h>
#include <osarc/findings.h>
#include <osarc/notes.h>

static osarc_error err;
static osarc_findings *findings;

static void set_up(void)
{
    EXPECT_OK(osarc_findings_create(&findings, &err));
}

static void tear_down(void)
{
    osarc_findings_free(findings);
}

TestSuite(public_findings, .init = set_up, .fini = tear_down);

static osarc_finding good_row(void)
{
    return (osarc_finding){.case_id = "a",
                           .quantity = "sat_volume",
                           .value = 12.5,
                           .unit = "cm3",
                           .ci_low = 12,
                           .ci_high = 13,
                           .method = "windows"};
}

Test(public_findings, keeps_a_copy_of_a_row)
{
    char quantity[] = "sat_volume";
    osarc_finding row = good_row();
    row.quantity = quantity;
    EXPECT_OK(osarc_findings_add(findings, &row, &err));
    quantity[0] = '?';
    cr_assert(eq(sz, osarc_findings_count(findings), 1));
    const osarc_finding *kept = osarc_findings_at(findings, 0);
    cr_expect(eq(str, (char *) kept->quantity, "sat_volume"));
    cr_expect(eq(dbl, kept->value, 12.5));
    cr_expect(eq(str, (char *) kept->note, ""), "an absent text is empty, not NULL");
}

Test(public_findings, takes_a_refused_row_with_its_reason)
{
    osarc_finding row = {.quantity = "muscle_area",
                         .value = NAN,
                         .ci_low = NAN,
                         .ci_high = NAN,
                         .quality = OSARC_QUALITY_REFUSED,
                         .note = "the level is not in view"};
    EXPECT_OK(osarc_findings_add(findings, &row, &err));
    cr_expect(isnan(osarc_findings_at(findings, 0)->value));
}

Test(public_findings, holds_many_rows_in_their_order)
{
    for (int i = 0; i < 1000; i++) {
        osarc_finding row = good_row();
        row.value = row.ci_low = row.ci_high = i;
        EXPECT_OK(osarc_findings_add(findings, &row, &err));
    }
    cr_assert(eq(sz, osarc_findings_count(findings), 1000));
    for (size_t i = 0; i < 1000; i++)
        cr_expect(eq(dbl, osarc_findings_at(findings, i)->value, (double) i));
    cr_expect(eq(ptr, (void *) osarc_findings_at(findings, 1000), NULL));
}

Test(public_findings, refuses_a_refused_row_that_has_a_value)
{
    osarc_finding row = good_row();
    row.quality = OSARC_QUALITY_REFUSED;
    row.note = "noise";
    EXPECT_REFUSED(osarc_findings_add(findings, &row, &err), OSARC_ERR_ARGUMENT);
    cr_expect(eq(sz, osarc_findings_count(findings), 0));
}

Test(public_findings, refuses_a_row_without_a_value)
{
    osarc_finding row = good_row();
    row.value = NAN;
    EXPECT_REFUSED(osarc_findings_add(findings, &row, &err), OSARC_ERR_ARGUMENT);
}

Test(public_findings, refuses_an_infinite_value)
{
    osarc_finding row = good_row();
    row.value = INFINITY;
    row.ci_high = NAN;
    row.ci_low = NAN;
    EXPECT_REFUSED(osarc_findings_add(findings, &row, &err), OSARC_ERR_ARGUMENT);
}

Test(public_findings, refuses_an_interval_that_does_not_hold_the_value)
{
    osarc_finding row = good_row();
    row.ci_low = 12.6;
    EXPECT_REFUSED(osarc_findings_add(findings, &row, &err), OSARC_ERR_ARGUMENT);
}

Test(public_findings, refuses_a_row_without_quantity_unit_or_method)
{
    osarc_finding row = good_row();
    row.quantity = NULL;
    EXPECT_REFUSED(osarc_findings_add(findings, &row, &err), OSARC_ERR_ARGUMENT);
    row = good_row();
    row.unit = NULL;
    EXPECT_REFUSED(osarc_findings_add(findings, &row, &err), OSARC_ERR_ARGUMENT);
    row = good_row();
    row.method = "";
    EXPECT_REFUSED(osarc_findings_add(findings, &row, &err), OSARC_ERR_ARGUMENT);
}

Test(public_findings, refuses_a_warning_that_does_not_say_what_to_know)
{
    osarc_finding row = good_row();
    row.quality = OSARC_QUALITY_WARNING;
    EXPECT_REFUSED(osarc_findings_add(findings, &row, &err), OSARC_ERR_ARGUMENT);
}

Test(public_findings, names_each_quality)
{
    cr_expect(eq(str, (char *) osarc_quality_name(OSARC_QUALITY_OK), "ok"));
    cr_expect(eq(str, (char *) osarc_quality_name(OSARC_QUALITY_WARNING), "warning"));
    cr_expect(eq(str, (char *) osarc_quality_name(OSARC_QUALITY_REFUSED), "refused"));
}

Test(public_notes, keeps_a_formatted_note)
{
    osarc_notes *notes = NULL;
    EXPECT_OK(osarc_notes_create(&notes, &err));
    EXPECT_OK(
        osarc_notes_add(notes, OSARC_NOTE_WARNING, "tilt_corrected", &err, "by %d degrees", 18));
    cr_assert(eq(sz, osarc_notes_count(notes), 1));
    cr_expect(eq(str, (char *) osarc_notes_at(notes, 0)->text, "by 18 degrees"));
    cr_expect(eq(str, (char *) osarc_notes_at(notes, 0)->code, "tilt_corrected"));
    cr_expect(eq(ptr, (void *) osarc_notes_at(notes, 1), NULL));
    osarc_notes_free(notes);
}

Test(public_notes, refuses_a_note_without_a_code)
{
    osarc_notes *notes = NULL;
    EXPECT_OK(osarc_notes_create(&notes, &err));
    EXPECT_REFUSED(osarc_notes_add(notes, OSARC_NOTE_INFO, NULL, &err, "x"), OSARC_ERR_ARGUMENT);
    osarc_notes_free(notes);
}

Test(public_notes, refuses_to_add_to_no_list)
{
    EXPECT_REFUSED(osarc_notes_add(NULL, OSARC_NOTE_INFO, "a", &err, "x"), OSARC_ERR_ARGUMENT);
}

Test(public_notes, a_null_list_can_be_freed)
{
    osarc_notes_free(NULL);
    osarc_findings_free(NULL);
}
