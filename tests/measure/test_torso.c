/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osi/fail.h>

#include "torso_help.h"

Test(measure_torso, areas_are_those_of_the_slabs)
{
    scene s;
    set_up(&s);
    measure(&s);
    expect_value(&s, "sat_area", SLAB);
    expect_value(&s, "vat_area", SLAB);
    expect_value(&s, "muscle_area", SLAB);
    expect_value(&s, "imat_area", SLAB);
    expect_value(&s, "muscle_index", SLAB / 4);
    expect_value(&s, "imat_fraction", 0.5);
    expect_value(&s, "muscle_normal_attenuation_area", SLAB);
    expect_value(&s, "muscle_low_attenuation_area", 0);
    tear_down(&s);
}

Test(measure_torso, fat_in_muscle_mixes_own_fat_and_lean_muscle)
{
    scene s;
    set_up(&s);
    measure(&s);
    expect_value(&s, "muscle_attenuation", 40);
    expect_value(&s, "sat_attenuation", -100);
    expect_value(&s, "muscle_fat_fraction", (49.2 - 40) / (49.2 + 100));
    osarc_findings_free(s.findings);
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_OK(osarc_findings_create(&s.findings, &err));
    s.input.lean_hu = 60;
    measure(&s);
    expect_value(&s, "muscle_fat_fraction", 20.0 / 160);
    tear_down(&s);
}

Test(measure_torso, planes_may_run_along_any_axis)
{
    scene s;
    set_up(&s);
    s.input.axis = 1;
    s.input.plane_count = ROWS;
    s.input.cut_share = s.input.interpolated_share = NULL;
    measure(&s);
    expect_value(&s, "muscle_area", 10 * 2 * 12 * 4 / 100.0);
    tear_down(&s);
}

/* From a slice on muscle is other soft tissue. */
static void end_muscle_at(scene *s, size_t slice)
{
    size_t plane = COLUMNS * ROWS;
    for (size_t i = slice * plane; i < SLICES * plane; i++)
        if (osarc_mask_labels(s->mask)[i] == OSARC_TISSUE_MUSCLE)
            osarc_mask_fill(s->mask)[i] = OSARC_TISSUE_SOFT;
}

Test(measure_torso, a_level_may_be_the_mean_over_a_stretch)
{
    scene s;
    set_up(&s);
    /* centre 22 mm, 8 mm each way: 14 to 30 mm, of which 14 to 26 mm hold muscle (slices to 6) */
    end_muscle_at(&s, 7);
    s.input.level_extent_mm = 8;
    measure(&s);
    expect_value(&s, "muscle_area", SLAB * 12 / 16);
    cr_expect(strstr(find(&s, "muscle_area")->note, "over 16") != NULL);
    tear_down(&s);
}

Test(measure_torso, a_level_between_two_slices_takes_part_of_both)
{
    scene s;
    set_up(&s);
    end_muscle_at(&s, 6);
    s.vertebra.centre_mm[2] = 21; /* slice 5 and a quarter */
    measure(&s);
    expect_value(&s, "muscle_area", SLAB * 3 / 4);
    expect_value(&s, "muscle_attenuation", 40);
    tear_down(&s);
}

Test(measure_torso, windows_decide_and_are_named)
{
    scene s;
    set_up(&s);
    osarc_hu_table table = osarc_hu_table_default();
    strcpy(table.name, "mine"); /* banned-ok */
    table.window[OSARC_WINDOW_VISCERAL].high_hu = -95;
    s.input.windows = &table;
    measure(&s);
    expect_value(&s, "vat_area", 0);
    cr_expect(eq(str, (char *) find(&s, "vat_area")->method, "hu-windows mine"));
    cr_expect(
        eq(str, (char *) find(&s, "imat_area")->method, "hu-windows mine, between-and-within"));
    tear_down(&s);
}

Test(measure_torso, within_leaves_out_what_lies_between_muscles)
{
    scene s;
    set_up(&s);
    /* a streak of one column inside the muscle, beside 10 columns of fat outside it */
    for (size_t i = 0; i < osarc_grid_count(osarc_mask_grid(s.mask)); i++)
        if (i % COLUMNS == 25) {
            osarc_mask_fill(s.mask)[i] = OSARC_TISSUE_INTERMUSCULAR_FAT;
            osarc_image_fill(s.image)[i] = -80;
        }
    s.input.imat = OSARC_IMAT_WITHIN;
    measure(&s);
    expect_value(&s, "imat_area", SLAB / 10);
    tear_down(&s);
}

Test(measure_torso, small_pieces_do_not_count)
{
    scene s;
    set_up(&s);
    size_t at = 6 * COLUMNS * ROWS + 10 * COLUMNS + 15; /* one voxel amid visceral fat */
    osarc_mask_fill(s.mask)[at] = OSARC_TISSUE_INTERMUSCULAR_FAT;
    s.input.least_mm2 = 5;
    measure(&s);
    expect_value(&s, "imat_area", SLAB);
    tear_down(&s);
}

Test(measure_torso, without_height_there_is_no_index)
{
    scene s;
    set_up(&s);
    s.input.height_m = NAN;
    measure(&s);
    expect_refused(&s, "muscle_index", "height");
    tear_down(&s);
}

Test(measure_torso, a_cut_body_warns_and_then_refuses)
{
    scene s;
    set_up(&s);
    for (size_t k = 0; k < SLICES; k++)
        s.cut[k] = 0.10F;
    measure(&s);
    expect_refused(&s, "sat_area", "cuts 10 %");
    cr_expect(eq(int, (int) find(&s, "muscle_area")->quality, OSARC_QUALITY_WARNING));
    expect_refused(&s, "fat_mass_l3", "cuts the outline");
    tear_down(&s);
    set_up(&s);
    for (size_t k = 0; k < SLICES; k++)
        s.cut[k] = 0.20F;
    measure(&s);
    expect_refused(&s, "muscle_area", "more than 15 %");
    tear_down(&s);
}

Test(measure_torso, a_wall_that_nothing_shows_is_refused)
{
    scene s;
    set_up(&s);
    for (size_t k = 0; k < SLICES; k++)
        s.interpolated[k] = 0.9F;
    measure(&s);
    expect_refused(&s, "muscle_area", "along 90 %");
    expect_value(&s, "sat_area", SLAB);
    tear_down(&s);
}

Test(measure_torso, a_wall_that_is_open_is_refused)
{
    scene s;
    set_up(&s);
    for (size_t k = 0; k < SLICES; k++)
        s.open_cm2[k] = 1.1F;
    measure(&s);
    static const char *const ROWS_OF[] = {"muscle_area", "sat_area",    "vat_area",
                                          "imat_area",   "fat_mass_l3", "fat_free_mass_l3"};
    for (size_t i = 0; i < sizeof(ROWS_OF) / sizeof(ROWS_OF[0]); i++)
        expect_refused(&s, ROWS_OF[i], "the muscle wall is open");
    tear_down(&s);
    set_up(&s);
    for (size_t k = 0; k < SLICES; k++)
        s.open_cm2[k] = 0.9F;
    measure(&s);
    expect_value(&s, "sat_area", SLAB);
    tear_down(&s);
}

Test(measure_torso, a_level_that_is_cut_or_spoiled_is_refused)
{
    scene s;
    set_up(&s);
    s.vertebra.whole = 0;
    measure(&s);
    expect_refused(&s, "muscle_area", "cut by the view");
    expect_refused(&s, "fat_free_mass_l3", "L3");
    tear_down(&s);
    set_up(&s);
    strcpy(s.vertebra.spoiled, "metal"); /* banned-ok */
    measure(&s);
    expect_refused(&s, "vat_area", "metal");
    tear_down(&s);
}

Test(measure_torso, what_spoils_the_bone_alone_leaves_the_slice_measured)
{
    scene s;
    set_up(&s);
    strcpy(s.vertebra.spoiled, "end plates and discs cannot be told apart"); /* banned-ok */
    s.vertebra.sound_around = 1;
    measure(&s);
    expect_value(&s, "sat_area", SLAB);
    tear_down(&s);
}

Test(measure_torso, other_levels_are_refused_with_the_reason)
{
    scene s;
    set_up(&s);
    s.vertebra.label = 36; /* T8 */
    measure(&s);
    expect_refused(&s, "muscle_area", "above T10");
    tear_down(&s);
    set_up(&s);
    s.vertebra.label = 0;
    measure(&s);
    expect_refused(&s, "muscle_area", "name");
    tear_down(&s);
    set_up(&s);
    s.input.refused = "no spine in view";
    measure(&s);
    expect_refused(&s, "muscle_area", "no spine in view");
    tear_down(&s);
}

Test(measure_torso, slices_beyond_the_view_are_refused)
{
    scene s;
    set_up(&s);
    s.input.level_extent_mm = 60;
    measure(&s);
    expect_refused(&s, "muscle_area", "view ends");
    tear_down(&s);
}

Test(measure_torso, one_level_makes_no_volume)
{
    scene s;
    set_up(&s);
    measure(&s);
    expect_refused(&s, "muscle_volume", "two lumbar levels");
    tear_down(&s);
}

Test(measure_torso, volumes_run_from_middle_to_middle)
{
    scene s;
    set_up(&s);
    osarc_vertebra upper = s.vertebra;
    upper.label = 31;
    upper.centre_mm[2] = 40;
    s.vertebra.centre_mm[2] = 16;
    s.vertebrae[0] = &upper;
    s.vertebrae[1] = &s.vertebra;
    s.input.vertebra_count = 2;
    measure(&s);
    expect_value(&s, "muscle_volume", SLAB * 2.4);
    cr_expect(eq(str, (char *) find(&s, "muscle_volume")->level, "L1-L3"));
    tear_down(&s);
}

Test(measure_torso, masses_follow_the_published_lines)
{
    scene s;
    set_up(&s);
    measure(&s);
    expect_value(&s, "fat_free_mass_l3", 0.30 * SLAB + 6.06);
    expect_value(&s, "fat_mass_l3", 0.042 * 3 * SLAB + 11.2);
    cr_expect(eq(int, (int) find(&s, "fat_mass_l3")->quality, OSARC_QUALITY_WARNING));
    tear_down(&s);
}

Test(measure_torso, contrast_and_voltage_flag_attenuation_only)
{
    scene s;
    set_up(&s);
    s.acquisition.contrast = OSARC_CONTRAST_GIVEN;
    s.acquisition.kvp = 100;
    measure(&s);
    cr_expect(eq(int, (int) find(&s, "muscle_attenuation")->quality, OSARC_QUALITY_WARNING));
    cr_expect(strstr(find(&s, "muscle_attenuation")->note, "100 kVp") != NULL);
    cr_expect(eq(int, (int) find(&s, "muscle_area")->quality, OSARC_QUALITY_OK));
    tear_down(&s);
}

/* The shares by which areas of thick slices were seen to move, see the table of the measure. */
Test(measure_torso, thick_slices_flag_every_value_and_widen_its_interval)
{
    scene s;
    set_up(&s);
    s.acquisition.slice_thickness_mm = 8;
    measure(&s);
    const osarc_finding *muscle = find(&s, "muscle_area");
    const osarc_finding *imat = find(&s, "imat_area");
    cr_expect(eq(int, (int) muscle->quality, OSARC_QUALITY_WARNING));
    cr_expect(strstr(muscle->note, "slices of 8 mm") != NULL, "%s", muscle->note);
    cr_expect(ge(dbl, muscle->ci_high - muscle->value, 0.033 * muscle->value));
    cr_expect(strstr(muscle->note, "thin sheets") == NULL, "%s", muscle->note);
    cr_expect(strstr(imat->note, "thin sheets") != NULL, "%s", imat->note);
    cr_expect(ge(dbl, imat->ci_high - imat->value, 0.30 * imat->value));
    tear_down(&s);
}

Test(measure_torso, slices_of_5_mm_are_not_thick)
{
    scene s;
    set_up(&s);
    s.acquisition.slice_thickness_mm = 5;
    measure(&s);
    cr_expect(eq(int, (int) find(&s, "imat_area")->quality, OSARC_QUALITY_OK));
    tear_down(&s);
}

Test(measure_torso, senseless_input_is_refused)
{
    scene s;
    osarc_error err = OSARC_ERROR_INIT;
    set_up(&s);
    EXPECT_REFUSED(osarc_measure_torso(NULL, &s.context, &s.input, &err), OSARC_ERR_ARGUMENT);
    s.input.axis = 3;
    EXPECT_REFUSED(osarc_measure_torso(s.findings, &s.context, &s.input, &err), OSARC_ERR_ARGUMENT);
    s.input.axis = 2;
    s.input.plane_count = SLICES + 1;
    EXPECT_REFUSED(osarc_measure_torso(s.findings, &s.context, &s.input, &err), OSARC_ERR_ARGUMENT);
    s.input.plane_count = SLICES;
    s.input.level_extent_mm = -1;
    EXPECT_REFUSED(osarc_measure_torso(s.findings, &s.context, &s.input, &err), OSARC_ERR_ARGUMENT);
    s.input.level_extent_mm = 0;
    osarc_hu_table table = osarc_hu_table_default();
    table.window[OSARC_WINDOW_ADIPOSE].high_hu = 0;
    s.input.windows = &table;
    EXPECT_REFUSED(osarc_measure_torso(s.findings, &s.context, &s.input, &err), OSARC_ERR_ARGUMENT);
    tear_down(&s);
}

Test(measure_torso, labels_of_another_grid_are_refused)
{
    scene s;
    osarc_error err = OSARC_ERROR_INIT;
    set_up(&s);
    osarc_grid grid = *osarc_image_grid(s.image);
    osarc_mask *other = NULL;
    grid.origin_mm[0] = 5;
    EXPECT_OK(osarc_mask_create(&other, &grid, &err));
    s.input.tissue = other;
    EXPECT_REFUSED(osarc_measure_torso(s.findings, &s.context, &s.input, &err), OSARC_ERR_GEOMETRY);
    osarc_mask_free(other);
    tear_down(&s);
}
