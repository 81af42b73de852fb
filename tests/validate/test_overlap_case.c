/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "overlap_help.h"

Test(validate_overlap_case, pairs_a_label_of_the_reference_with_another_of_the_test)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = new_grid(8, 8, 8, 1);
    osarc_mask *reference = new_mask(&grid);
    osarc_mask *test = new_mask(&grid);
    set_cube(reference, 1, 1, 1, 1, 3);
    set_cube(test, 3, 1, 1, 1, 3);
    const osarc_label_pair pairs[] = {{1, 3}};
    osarc_overlap *overlap = new_overlap(&(osarc_overlap_options){.pairs = pairs, .pair_count = 1});
    EXPECT_OK(add(overlap, "a", reference, test, &err));
    expect_value(find(overlap, "a", "1:3", "dice"), 1);
    expect_value(find(overlap, "a", "1:3", "hd"), 0);
    expect_value(find(overlap, "a", "1:3", "surface_dice_2mm"), 1);
    osarc_overlap_free(overlap);
    osarc_mask_free(reference);
    osarc_mask_free(test);
}

Test(validate_overlap_case, finds_overlapping_labels_in_their_own_layers)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = new_grid(9, 9, 9, 1);
    osarc_mask *layers[2] = {new_mask(&grid), new_mask(&grid)};
    osarc_mask *test = new_mask(&grid);
    set_cube(layers[0], 1, 1, 1, 1, 6);
    set_cube(layers[1], 2, 2, 2, 2, 2); /* inside label 1 */
    set_cube(test, 2, 2, 2, 2, 2);
    const osarc_label names[] = {{1, "tumour"}, {2, "core"}};
    const osarc_overlap_side r = {.layers = (const osarc_mask *const *) layers,
                                  .layer_count = 2,
                                  .names = names,
                                  .name_count = 2};
    const osarc_overlap_side t = {.layers = (const osarc_mask *const *) &test, .layer_count = 1};
    osarc_overlap *overlap = new_overlap(NULL);
    EXPECT_OK(osarc_overlap_add(overlap, "a", &r, &t, &err));
    expect_value(find(overlap, "a", "2", "dice"), 1);
    expect_value(find(overlap, "a", "1", "dice"), 0);
    expect_value(find(overlap, "a", "1", "volume_reference"), 216);
    cr_expect(eq(str, (char *) find(overlap, "a", "2", "dice")->name, "core"));
    osarc_overlap_free(overlap);
    osarc_mask_free(layers[0]);
    osarc_mask_free(layers[1]);
    osarc_mask_free(test);
}

/* The same voxels laid out the other way round are the same mask. */
Test(validate_overlap_case, brings_a_grid_that_runs_the_other_way_on_to_the_reference_without_loss)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = new_grid(10, 9, 8, 1.5);
    osarc_grid turned = {.size = {8, 10, 9},
                         .spacing_mm = {1.5, 1.5, 1.5},
                         .direction = {{0, 0, -1}, {-1, 0, 0}, {0, 1, 0}}};
    osarc_grid_position_mm(&grid, (const double[3]){9, 0, 7}, turned.origin_mm);
    osarc_mask *reference = new_mask(&grid);
    osarc_mask *test = new_mask(&turned);
    for (size_t z = 0; z < 8; z++)
        for (size_t y = 0; y < 9; y++)
            for (size_t x = 0; x < 10; x++) {
                uint8_t label = (x * 7 + y * 3 + z * 5) % 4 == 0;
                osarc_mask_fill(reference)[(z * 9 + y) * 10 + x] = label;
                osarc_mask_fill(test)[(y * 10 + 9 - x) * 8 + 7 - z] = label;
            }
    osarc_overlap *overlap = new_overlap(NULL);
    EXPECT_OK(add(overlap, "a", reference, test, &err));
    const osarc_overlap_row *dice = find(overlap, "a", "1", "dice");
    expect_value(dice, 1);
    cr_expect(eq(int, dice->quality, OSARC_QUALITY_OK));
    osarc_overlap_free(overlap);
    osarc_mask_free(reference);
    osarc_mask_free(test);
}

Test(validate_overlap_case, resamples_a_coarser_test_by_position_and_says_so)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid fine = new_grid(16, 16, 16, 1);
    osarc_grid coarse = new_grid(8, 8, 8, 2);
    for (int axis = 0; axis < 3; axis++)
        coarse.origin_mm[axis] += 0.5;
    osarc_mask *reference = new_mask(&fine);
    osarc_mask *test = new_mask(&coarse);
    set_cube(reference, 1, 4, 4, 4, 6);
    set_cube(test, 1, 2, 2, 2, 3);
    osarc_overlap *overlap = new_overlap(NULL);
    EXPECT_OK(add(overlap, "a", reference, test, &err));
    const osarc_overlap_row *dice = find(overlap, "a", "1", "dice");
    expect_value(dice, 1);
    cr_expect(eq(int, dice->quality, OSARC_QUALITY_WARNING));
    cr_expect(ne(ptr, strstr(dice->note, "resampled"), NULL));
    osarc_overlap_free(overlap);
    osarc_mask_free(reference);
    osarc_mask_free(test);
}

Test(validate_overlap_case, counts_what_lies_outside_the_other_grid)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = new_grid(10, 10, 10, 1);
    osarc_grid moved = grid;
    moved.origin_mm[2] += 4;
    osarc_mask *reference = new_mask(&grid);
    osarc_mask *test = new_mask(&moved);
    set_cube(reference, 1, 2, 2, 2, 4); /* slices 2 to 5; the test begins at 4 */
    set_cube(test, 1, 2, 2, 0, 2);      /* slices 4 and 5 */
    set_cube(test, 1, 2, 2, 8, 2);      /* slices 12 and 13: beyond the reference */
    osarc_overlap *overlap = new_overlap(NULL);
    EXPECT_OK(add(overlap, "a", reference, test, &err));
    const osarc_overlap_row *dice = find(overlap, "a", "1", "dice");
    expect_value(dice, 2 * 8.0 / (64 + 8));
    cr_expect(eq(int, dice->quality, OSARC_QUALITY_WARNING));
    cr_expect(ne(ptr, strstr(dice->note, "8 test voxels lie outside"), NULL));
    cr_expect(ne(ptr, strstr(dice->note, "32 reference voxels lie outside"), NULL));
    osarc_overlap_free(overlap);
    osarc_mask_free(reference);
    osarc_mask_free(test);
}

Test(validate_overlap_case, counts_test_voxels_beyond_a_reference_that_is_empty_there)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = new_grid(10, 10, 4, 1);
    osarc_grid tall = new_grid(10, 10, 12, 1);
    tall.origin_mm[2] -= 3;
    osarc_mask *reference = new_mask(&grid);
    osarc_mask *test = new_mask(&tall);
    set_cube(reference, 1, 2, 2, 0, 4);
    set_cube(test, 1, 2, 2, 3, 4);
    set_cube(test, 1, 2, 2, 0, 2);
    const osarc_mask *r_layer = reference;
    const osarc_mask *t_layer = test;
    const osarc_overlap_side r = {.layers = &r_layer, .layer_count = 1, .empty_beyond = 1};
    const osarc_overlap_side t = {.layers = &t_layer, .layer_count = 1};
    osarc_overlap *overlap = new_overlap(NULL);
    EXPECT_OK(osarc_overlap_add(overlap, "a", &r, &t, &err));
    const osarc_overlap_row *dice = find(overlap, "a", "1", "dice");
    expect_value(dice, 2 * 64.0 / (64 + 72));
    cr_expect(eq(int, dice->quality, OSARC_QUALITY_OK));
    expect_value(find(overlap, "a", "1", "hd"), 3);
    osarc_overlap_free(overlap);
    osarc_mask_free(reference);
    osarc_mask_free(test);
}

Test(validate_overlap_case, refuses_frames_of_reference_that_differ)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = new_grid(8, 8, 8, 1);
    osarc_mask *mask = new_mask(&grid);
    set_cube(mask, 1, 1, 1, 1, 4);
    const osarc_mask *layer = mask;
    const osarc_overlap_side r = {
        .layers = &layer, .layer_count = 1, .frame_of_reference_uid = "1.2.3"};
    osarc_overlap_side t = {.layers = &layer, .layer_count = 1, .frame_of_reference_uid = "1.2.4"};
    osarc_overlap *overlap = new_overlap(NULL);
    EXPECT_REFUSED(osarc_overlap_add(overlap, "a", &r, &t, &err), OSARC_ERR_GEOMETRY);
    cr_expect(eq(sz, osarc_overlap_case_count(overlap), 0));
    t.frame_of_reference_uid = "";
    EXPECT_OK(osarc_overlap_add(overlap, "a", &r, &t, &err));
    osarc_overlap_free(overlap);
    osarc_mask_free(mask);
}

Test(validate_overlap_case, refuses_grids_that_do_not_meet)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = new_grid(8, 8, 8, 1);
    osarc_grid far = grid;
    far.origin_mm[0] += 100;
    osarc_mask *reference = new_mask(&grid);
    osarc_mask *test = new_mask(&far);
    set_cube(reference, 1, 1, 1, 1, 4);
    set_cube(test, 1, 1, 1, 1, 4);
    osarc_overlap *overlap = new_overlap(NULL);
    EXPECT_REFUSED(add(overlap, "a", reference, test, &err), OSARC_ERR_GEOMETRY);
    cr_expect(eq(sz, osarc_overlap_count(overlap), 0));
    osarc_overlap_free(overlap);
    osarc_mask_free(reference);
    osarc_mask_free(test);
}

Test(validate_overlap_case, refuses_masks_without_any_label)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = new_grid(8, 8, 8, 1);
    osarc_mask *mask = new_mask(&grid);
    osarc_overlap *overlap = new_overlap(NULL);
    EXPECT_REFUSED(add(overlap, "a", mask, mask, &err), OSARC_ERR_QUALITY);
    osarc_overlap_free(overlap);
    osarc_mask_free(mask);
}

Test(validate_overlap_case, refuses_layers_on_several_grids_and_sides_without_masks)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = new_grid(8, 8, 8, 1);
    osarc_grid other = new_grid(8, 8, 9, 1);
    osarc_mask *layers[2] = {new_mask(&grid), new_mask(&other)};
    const osarc_overlap_side two = {.layers = (const osarc_mask *const *) layers, .layer_count = 2};
    const osarc_overlap_side none = {0};
    osarc_overlap *overlap = new_overlap(NULL);
    EXPECT_REFUSED(osarc_overlap_add(overlap, "a", &two, &two, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_overlap_add(overlap, "a", &none, &none, &err), OSARC_ERR_ARGUMENT);
    osarc_overlap_free(overlap);
    osarc_mask_free(layers[0]);
    osarc_mask_free(layers[1]);
}
