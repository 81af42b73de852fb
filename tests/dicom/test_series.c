/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "frames.h"

static size_t usable(void)
{
    size_t count = 0;
    for (size_t i = 0; i < stacks.count; i++)
        count += stacks.items[i].decision == OSARC_DECISION_USABLE;
    return count;
}

static size_t listed(void)
{
    size_t count = 0;
    for (size_t i = 0; i < stacks.count; i++)
        count += stacks.items[i].count;
    return count;
}

/* Two stacks of ten, the second one changed; they must come apart, each usable. */
static void expect_apart(const char *what)
{
    sort_out(20, 0);
    cr_expect(eq(sz, stacks.count, (size_t) 2), "%s", what);
    cr_expect(eq(sz, usable(), (size_t) 2), "%s: %s", what, stacks.items[0].text);
    cr_expect(eq(sz, listed(), (size_t) 20), "%s", what);
    osi_stacks_free(&stacks);
}

static void lay_two(void)
{
    lay(0, 10, AXIAL, 2);
    lay(10, 10, AXIAL, 2);
}

Test(dicom_series, makes_one_stack_of_one_series)
{
    lay(0, 20, AXIAL, 2);
    sort_out(20, 0);
    cr_expect(eq(sz, stacks.count, (size_t) 1));
    cr_expect(eq(sz, usable(), (size_t) 1));
    osi_stacks_free(&stacks);
}

Test(dicom_series, keeps_apart_what_has_another_text)
{
    static const size_t TEXTS[] = {offsetof(osi_frame, patient_id), offsetof(osi_frame, study_uid),
                                   offsetof(osi_frame, series_uid),
                                   offsetof(osi_frame, frame_of_reference_uid)};
    for (size_t t = 0; t < 4; t++) {
        lay_two();
        for (size_t i = 10; i < 20; i++)
            *(const char **) (void *) ((char *) &frames[i] + TEXTS[t]) = "other";
        expect_apart("text");
    }
    lay_two();
    for (size_t i = 10; i < 20; i++)
        snprintf(frames[i].kernel, sizeof(frames[i].kernel), "BONE");
    expect_apart("kernel");
    lay_two();
    for (size_t i = 10; i < 20; i++)
        snprintf(frames[i].image_type, sizeof(frames[i].image_type),
                 "ORIGINAL\\PRIMARY\\AXIAL\\VMI");
    expect_apart("image type");
}

Test(dicom_series, keeps_apart_what_has_another_shape_or_energy)
{
    lay_two();
    for (size_t i = 10; i < 20; i++)
        frames[i].columns = 64;
    expect_apart("columns");
    lay_two();
    for (size_t i = 10; i < 20; i++)
        frames[i].rows = 64;
    expect_apart("rows");
    lay_two();
    for (size_t i = 10; i < 20; i++)
        frames[i].spacing_mm[1] = 0.6;
    expect_apart("spacing");
    lay_two();
    for (size_t i = 10; i < 20; i++)
        frames[i].kvp = 80;
    expect_apart("kVp");
}

Test(dicom_series, keeps_apart_two_orientations)
{
    static const double CORONAL[6] = {1, 0, 0, 0, 0, -1};
    lay(0, 10, AXIAL, 2);
    lay(10, 10, CORONAL, 2);
    expect_apart("orientation");
}

Test(dicom_series, splits_repeated_positions_by_acquisition_time_or_type)
{
    lay_two();
    for (size_t i = 10; i < 20; i++)
        frames[i].acquisition_number = 2;
    expect_apart("acquisition");
    lay_two();
    for (size_t i = 0; i < 20; i++)
        frames[i].temporal_position = i < 10 ? 1 : 2;
    expect_apart("time");
    lay_two();
    for (size_t i = 10; i < 20; i++)
        snprintf(frames[i].image_type, sizeof(frames[i].image_type), "DERIVED\\PRIMARY\\AXIAL");
    expect_apart("processing");
}

Test(dicom_series, does_not_split_by_acquisition_where_nothing_repeats)
{
    lay(0, 20, AXIAL, 2);
    for (size_t i = 0; i < 20; i++)
        frames[i].acquisition_number = (double) i;
    sort_out(20, 0);
    cr_expect(eq(sz, stacks.count, (size_t) 1));
    cr_expect(eq(sz, usable(), (size_t) 1));
    cr_expect(eq(int, asked_for_pixels, 0));
    osi_stacks_free(&stacks);
}

Test(dicom_series, drops_copies_with_the_same_pixels_and_says_so)
{
    lay_two();
    sort_out(20, 1);
    cr_assert(eq(sz, stacks.count, (size_t) 1));
    cr_expect(eq(sz, usable(), (size_t) 1));
    cr_expect(eq(sz, stacks.items[0].used, (size_t) 10));
    cr_expect(eq(sz, listed(), (size_t) 20));
    cr_expect(has_note(&stacks.items[0], "duplicates_dropped"));
    size_t dropped = 0;
    for (size_t i = 0; i < 20; i++)
        dropped += fates[i] == OSI_FATE_DUPLICATE;
    cr_expect(eq(sz, dropped, (size_t) 10));
    osi_stacks_free(&stacks);
}

Test(dicom_series, drops_copies_of_two_phases_before_it_splits_them)
{
    lay(0, 10, AXIAL, 2);
    lay(10, 10, AXIAL, 2);
    lay(20, 10, AXIAL, 2);
    for (size_t i = 10; i < 20; i++)
        frames[i].acquisition_number = 2;
    sort_out(30, 1);
    cr_expect(eq(sz, stacks.count, (size_t) 2));
    cr_expect(eq(sz, usable(), (size_t) 2));
    cr_expect(eq(sz, listed(), (size_t) 30));
    osi_stacks_free(&stacks);
}

Test(dicom_series, prefers_the_whole_one_of_a_damaged_and_a_whole_copy)
{
    lay(0, 10, AXIAL, 2);
    frames[10] = frames[4];
    frames[4].damaged = 1;
    sort_out(11, 0);
    cr_expect(eq(sz, usable(), (size_t) 1));
    cr_expect(fates[4] == OSI_FATE_DUPLICATE);
    cr_expect(fates[10] == OSI_FATE_USED);
    osi_stacks_free(&stacks);
}

Test(dicom_series, refuses_two_different_slices_at_one_place)
{
    lay(0, 10, AXIAL, 2);
    frames[10] = frames[4];
    sort_out(11, 0);
    cr_assert(eq(sz, stacks.count, (size_t) 1));
    cr_expect(eq(str, (char *) stacks.items[0].reason, "doubled_positions"));
    cr_expect(stacks.items[0].status == OSARC_ERR_GEOMETRY);
    osi_stacks_free(&stacks);
}

Test(dicom_series, refuses_two_fields_of_view_at_one_place)
{
    lay_two();
    for (size_t i = 10; i < 20; i++)
        frames[i].position_mm[0] += 40;
    sort_out(20, 1);
    cr_expect(eq(sz, usable(), (size_t) 0));
    cr_expect(eq(sz, listed(), (size_t) 20));
    osi_stacks_free(&stacks);
}

Test(dicom_series, refuses_a_phase_that_repeats_in_part)
{
    lay_two();
    for (size_t i = 10; i < 20; i++)
        frames[i].acquisition_number = i < 15 ? 2 : 1;
    sort_out(20, 0);
    cr_expect(eq(sz, usable(), (size_t) 0));
    osi_stacks_free(&stacks);
}

Test(dicom_series, makes_nothing_of_nothing)
{
    int same = 0;
    EXPECT_OK(osi_stacks_make(&stacks, fates, frames, 0, pixels_are_same, &same, &err));
    cr_expect(eq(sz, stacks.count, (size_t) 0));
    osi_stacks_free(&stacks);
}
