/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "frames.h"

/* Positions are sums of a few doubles: 1e-9 mm is far over their rounding. */
#define EXACT 1e-9

static const osi_stack *only(size_t count)
{
    sort_out(count, 0);
    cr_assert(eq(sz, stacks.count, (size_t) 1));
    return &stacks.items[0];
}

static void expect_refused(size_t count, const char *reason, osarc_status status)
{
    const osi_stack *stack = only(count);
    cr_expect(stack->decision == OSARC_DECISION_REFUSED);
    cr_expect(eq(str, (char *) stack->reason, (char *) reason));
    cr_expect(stack->status == status, "%s", osarc_status_name(stack->status));
    cr_expect(stack->text[0] != '\0');
    osi_stacks_free(&stacks);
}

Test(dicom_stack, orders_slices_by_position_whatever_way_the_patient_lies)
{
    /* head first supine, prone, decubitus; feet first; coronal and sagittal stacks; oblique */
    static const double WAYS[][6] = {
        {1, 0, 0, 0, 1, 0},  {-1, 0, 0, 0, -1, 0}, {0, 1, 0, -1, 0, 0},
        {0, -1, 0, 1, 0, 0}, {-1, 0, 0, 0, 1, 0},  {1, 0, 0, 0, -1, 0},
        {1, 0, 0, 0, 0, -1}, {0, 1, 0, 0, 0, -1},  {0.6, 0.8, 0, 0, 0, -1}};
    for (size_t w = 0; w < sizeof(WAYS) / sizeof(WAYS[0]); w++) {
        lay(0, 9, WAYS[w], 2.5);
        const osi_stack *stack = only(9);
        cr_assert(stack->decision == OSARC_DECISION_USABLE, "%zu: %s", w, stack->text);
        for (size_t k = 0; k < 9; k++) {
            double ijk[3] = {0, 0, (double) k};
            double lps[3];
            osarc_grid_position_mm(&stack->grid, ijk, lps);
            for (int c = 0; c < 3; c++)
                cr_expect(epsilon_eq(dbl, lps[c], frames[stack->members[k]].position_mm[c], EXACT));
        }
        cr_expect(epsilon_eq(dbl, stack->grid.spacing_mm[2], 2.5, EXACT));
        cr_expect(eq(dbl, stack->tilt_deg, 0));
        osi_stacks_free(&stacks);
    }
}

Test(dicom_stack, puts_columns_and_rows_on_the_right_axes)
{
    lay(0, 5, AXIAL, 3);
    for (size_t i = 0; i < 5; i++) {
        frames[i].spacing_mm[0] = 0.4;
        frames[i].spacing_mm[1] = 0.7;
    }
    const osi_stack *stack = only(5);
    cr_expect(eq(sz, stack->grid.size[0], (size_t) 50));
    cr_expect(eq(sz, stack->grid.size[1], (size_t) 40));
    cr_expect(eq(dbl, stack->grid.spacing_mm[0], 0.4));
    cr_expect(eq(dbl, stack->grid.spacing_mm[1], 0.7));
    osi_stacks_free(&stacks);
}

Test(dicom_stack, takes_positions_rounded_to_a_tenth_as_regular_and_says_so)
{
    lay(0, 20, AXIAL, 0.625);
    for (size_t i = 0; i < 20; i++)
        frames[i].position_mm[2] = round(frames[i].position_mm[2] * 10) / 10;
    const osi_stack *stack = only(20);
    cr_assert(stack->decision == OSARC_DECISION_USABLE, "%s", stack->text);
    cr_expect(has_note(stack, "spacing_rounded"));
    /* both ends are rounded by up to 0.05 mm, over 19 steps */
    cr_expect(epsilon_eq(dbl, stack->grid.spacing_mm[2], 0.625, 0.1 / 19));
    osi_stacks_free(&stacks);
}

Test(dicom_stack, says_when_slices_overlap_or_lie_apart)
{
    lay(0, 5, AXIAL, 3);
    for (size_t i = 0; i < 5; i++)
        frames[i].thickness_mm = 5;
    cr_expect(has_note(only(5), "overlapping_slices"));
    osi_stacks_free(&stacks);
    for (size_t i = 0; i < 5; i++)
        frames[i].thickness_mm = 1;
    cr_expect(has_note(only(5), "slices_apart"));
    osi_stacks_free(&stacks);
}

/* Gantry tilt: slices lean, the table moves straight along z. */
static void lay_tilted(double tilt_deg)
{
    double angle = tilt_deg / 57.29577951308232;
    double leaning[6] = {1, 0, 0, 0, cos(angle), sin(angle)};
    lay(0, 9, leaning, 2);
    for (size_t i = 0; i < 9; i++) {
        size_t place = (i * 7 + 3) % 9;
        frames[i].position_mm[0] = -10;
        frames[i].position_mm[1] = -20;
        frames[i].position_mm[2] = 2.0 * (double) place;
    }
}

Test(dicom_stack, finds_gantry_tilt_with_its_sign)
{
    static const double TILTS[] = {-18.5, 12, 30, -3};
    for (size_t t = 0; t < 4; t++) {
        lay_tilted(TILTS[t]);
        const osi_stack *stack = only(9);
        cr_assert(stack->decision == OSARC_DECISION_USABLE, "%s", stack->text);
        cr_expect(epsilon_eq(dbl, stack->tilt_deg, TILTS[t], 1e-6));
        cr_expect(has_note(stack, "tilt_corrected"));
        double angle = TILTS[t] / 57.29577951308232;
        cr_expect(epsilon_eq(dbl, stack->grid.spacing_mm[2], 2 * cos(angle), EXACT));
        cr_expect(epsilon_eq(dbl, stack->shift[1], 2 * sin(angle) / 0.5, EXACT));
        osi_stacks_free(&stacks);
    }
}

Test(dicom_stack, keeps_all_of_a_tilted_stack_on_a_straight_grid_in_the_right_place)
{
    lay_tilted(-18.5);
    const osi_stack *stack = only(9);
    for (size_t k = 0; k < 9; k++) {
        const osi_frame *frame = &frames[stack->members[k]];
        double ijk[3];
        osarc_grid_index(&stack->grid, frame->position_mm, ijk);
        cr_expect(epsilon_eq(dbl, ijk[2], (double) k, 1e-6));
        /* where the first row of slice k lands: what the shift says */
        double row = (double) k * stack->shift[1] - (double) stack->first_row;
        cr_expect(epsilon_eq(dbl, ijk[1], row, 1e-6));
        cr_expect(ge(dbl, row, 0.0));
        cr_expect(le(dbl, row + 39, (double) stack->grid.size[1] - 1));
    }
    osi_stacks_free(&stacks);
}

Test(dicom_stack, takes_one_slice_with_its_thickness_and_a_warning)
{
    lay(0, 1, AXIAL, 3);
    const osi_stack *stack = only(1);
    cr_expect(stack->decision == OSARC_DECISION_USABLE);
    cr_expect(eq(dbl, stack->grid.spacing_mm[2], 3));
    cr_expect(has_note(stack, "single_slice"));
    osi_stacks_free(&stacks);
    frames[0].thickness_mm = NAN;
    expect_refused(1, "single_slice", OSARC_ERR_GEOMETRY);
}

Test(dicom_stack, leaves_damaged_slices_out_at_the_ends)
{
    lay(0, 20, AXIAL, 2);
    const osi_stack *stack = only(20);
    size_t lowest = stack->members[0];
    size_t highest = stack->members[19];
    osi_stacks_free(&stacks);
    frames[lowest].damaged = frames[highest].damaged = 1;
    stack = only(20);
    cr_expect(stack->decision == OSARC_DECISION_USABLE);
    cr_expect(eq(sz, stack->used, (size_t) 18));
    cr_expect(fates[lowest] == OSI_FATE_DAMAGED_END);
    cr_expect(has_note(stack, "damaged_end_dropped"));
    cr_expect(epsilon_eq(dbl, stack->grid.origin_mm[2], frames[lowest].position_mm[2] + 2, EXACT));
    osi_stacks_free(&stacks);
}

Test(dicom_stack, refuses_damage_inside_by_the_name_of_the_file)
{
    lay(0, 20, AXIAL, 2);
    const osi_stack *stack = only(20);
    osi_frame *middle = &frames[stack->members[10]];
    osi_stacks_free(&stacks);
    middle->damaged = 1;
    middle->file_name = "IM_0042";
    stack = only(20);
    cr_expect(eq(str, (char *) stack->reason, "damaged_slice"));
    cr_expect(strstr(stack->text, "IM_0042") != NULL);
    osi_stacks_free(&stacks);
}

Test(dicom_stack, refuses_a_stack_that_is_mostly_damaged)
{
    lay(0, 20, AXIAL, 2);
    for (size_t i = 0; i < 20; i++)
        frames[i].damaged = 1;
    expect_refused(20, "damaged", OSARC_ERR_FORMAT);
    for (size_t i = 0; i < 20; i++)
        frames[i].damaged = frames[i].position_mm[2] > 30;
    expect_refused(20, "damaged", OSARC_ERR_FORMAT);
}

Test(dicom_stack, refuses_a_missing_slice_and_says_where)
{
    lay(0, 20, AXIAL, 2);
    const osi_stack *stack = only(20);
    size_t lost = stack->members[10];
    osi_stacks_free(&stacks);
    frames[lost] = frames[19];
    stack = only(19);
    cr_expect(eq(str, (char *) stack->reason, "gap"));
    cr_expect(strstr(stack->text, "a gap of 4.00 mm between the slices at 34.00 and 38.00 mm") !=
                  NULL,
              "%s", stack->text);
    cr_expect(strstr(stack->text, "1 missing") != NULL);
    osi_stacks_free(&stacks);
}

Test(dicom_stack, refuses_uneven_spacing)
{
    lay(0, 10, AXIAL, 2);
    for (size_t i = 0; i < 10; i++)
        if (frames[i].position_mm[2] > 25)
            frames[i].position_mm[2] += 0.4;
    expect_refused(10, "uneven_spacing", OSARC_ERR_GEOMETRY);
}

Test(dicom_stack, refuses_slices_that_jump_sideways)
{
    lay(0, 10, AXIAL, 2);
    frames[4].position_mm[0] += 0.5;
    expect_refused(10, "shifted_slices", OSARC_ERR_GEOMETRY);
}

Test(dicom_stack, refuses_a_lean_that_no_gantry_has)
{
    lay_tilted(60);
    expect_refused(9, "tilt", OSARC_ERR_GEOMETRY);
}

Test(dicom_stack, refuses_slices_without_place_or_unit)
{
    struct {
        const char *reason;
        osarc_status status;
        size_t offset;
        double value;
    } faults[] = {
        {"no_pixel_spacing", OSARC_ERR_GEOMETRY, offsetof(osi_frame, spacing_mm), NAN},
        {"pixel_spacing", OSARC_ERR_GEOMETRY, offsetof(osi_frame, spacing_mm), 0},
        {"pixel_spacing", OSARC_ERR_GEOMETRY, offsetof(osi_frame, spacing_mm), -1},
        {"pixel_spacing", OSARC_ERR_GEOMETRY, offsetof(osi_frame, spacing_mm), 1e6},
        {"no_position", OSARC_ERR_GEOMETRY, offsetof(osi_frame, position_mm), NAN},
        {"no_orientation", OSARC_ERR_GEOMETRY, offsetof(osi_frame, row), NAN},
        {"orientation", OSARC_ERR_GEOMETRY, offsetof(osi_frame, row), 0.5},
        {"no_rescale", OSARC_ERR_UNIT, offsetof(osi_frame, slope), NAN},
        {"no_rescale", OSARC_ERR_UNIT, offsetof(osi_frame, intercept), NAN},
        {"rescale", OSARC_ERR_UNIT, offsetof(osi_frame, slope), 0},
        {"rescale", OSARC_ERR_UNIT, offsetof(osi_frame, slope), -1},
        {"rescale", OSARC_ERR_UNIT, offsetof(osi_frame, slope), 1e9},
        {"rescale", OSARC_ERR_UNIT, offsetof(osi_frame, intercept), 1e12},
    };
    for (size_t f = 0; f < sizeof(faults) / sizeof(faults[0]); f++) {
        lay(0, 5, AXIAL, 2);
        for (size_t i = 0; i < 5; i++)
            *(double *) (void *) ((char *) &frames[i] + faults[f].offset) = faults[f].value;
        expect_refused(5, faults[f].reason, faults[f].status);
    }
    lay(0, 5, AXIAL, 2);
    snprintf(frames[2].rescale_type, sizeof(frames[2].rescale_type), "US");
    expect_refused(5, "not_hu", OSARC_ERR_UNIT);
}

Test(dicom_stack, refuses_axes_that_are_not_at_right_angles)
{
    static const double SKEW[6] = {1, 0, 0, 0.1, 0.99498743710662, 0};
    lay(0, 5, SKEW, 2);
    expect_refused(5, "orientation", OSARC_ERR_GEOMETRY);
}
