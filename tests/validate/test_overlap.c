/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include <osi/alloc.h>
#include <osi/file.h>

#include "overlap_help.h"

Test(validate_overlap, reports_volumes_centroids_and_names_of_a_moved_cube)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = new_grid(12, 12, 12, 2);
    osarc_mask *reference = new_mask(&grid);
    osarc_mask *test = new_mask(&grid);
    set_cube(reference, 3, 1, 1, 1, 4);
    set_cube(test, 3, 3, 1, 1, 4);
    osarc_overlap *overlap =
        new_overlap(&(osarc_overlap_options){.numbering = OSARC_NUMBERING_TISSUE});
    EXPECT_OK(add(overlap, "a", reference, test, &err));
    expect_value(find(overlap, "a", "3", "dice"), 0.5);
    expect_value(find(overlap, "a", "3", "jaccard"), 1 / 3.0);
    expect_value(find(overlap, "a", "3", "sensitivity"), 0.5);
    expect_value(find(overlap, "a", "3", "precision"), 0.5);
    expect_value(find(overlap, "a", "3", "volume_reference"), 512);
    expect_value(find(overlap, "a", "3", "volume_difference"), 0);
    expect_value(find(overlap, "a", "3", "centroid_distance"), 4);
    expect_value(find(overlap, "a", "3", "centroid_difference_left"), 4);
    expect_value(find(overlap, "a", "3", "hd"), 4);
    cr_expect(eq(str, (char *) find(overlap, "a", "3", "dice")->name, "skeletal_muscle"));
    cr_expect(eq(int, find(overlap, "a", "3", "dice")->quality, OSARC_QUALITY_OK));
    osarc_overlap_free(overlap);
    osarc_mask_free(reference);
    osarc_mask_free(test);
}

Test(validate_overlap, one_empty_side_is_dice_0_without_distances_and_both_are_no_value)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = new_grid(8, 8, 8, 1);
    osarc_mask *reference = new_mask(&grid);
    osarc_mask *test = new_mask(&grid);
    set_cube(reference, 1, 1, 1, 1, 3);
    set_cube(test, 2, 1, 1, 1, 3);
    const osarc_label_pair pairs[] = {{1, 1}, {2, 2}, {5, 5}};
    osarc_overlap *overlap = new_overlap(&(osarc_overlap_options){.pairs = pairs, .pair_count = 3});
    EXPECT_OK(add(overlap, "a", reference, test, &err));
    EXPECT_OK(osarc_overlap_finish(overlap, &err));

    expect_value(find(overlap, "a", "1", "dice"), 0);
    expect_value(find(overlap, "a", "1", "sensitivity"), 0);
    expect_value(find(overlap, "a", "1", "surface_dice_1mm"), 0);
    const osarc_overlap_row *precision = find(overlap, "a", "1", "precision");
    cr_expect(eq(int, precision->quality, OSARC_QUALITY_REFUSED));
    cr_expect(isnan(precision->value));
    const osarc_overlap_row *hd = find(overlap, "a", "1", "hd");
    cr_expect(eq(int, hd->quality, OSARC_QUALITY_REFUSED));
    cr_expect(eq(str, (char *) hd->note, "the test does not hold this label"));
    expect_value(find(overlap, "a", "2", "dice"), 0);
    expect_value(find(overlap, "a", "2", "precision"), 0);
    cr_expect(isnan(find(overlap, "a", "2", "sensitivity")->value));
    expect_value(find(overlap, "a", "2", "volume_difference"), 27);

    for (size_t i = 0; i < osarc_overlap_count(overlap); i++) {
        const osarc_overlap_row *row = osarc_overlap_at(overlap, i);
        if (strcmp(row->label, "5") != 0)
            continue;
        cr_expect(eq(int, row->quality, OSARC_QUALITY_REFUSED));
        cr_expect(isnan(row->value));
        cr_expect(eq(str, (char *) row->note, "neither reference nor test holds this label"));
    }
    const osarc_overlap_summary *none = find_total(overlap, "5", "dice");
    cr_expect(eq(sz, none->both_empty, 1));
    cr_expect(eq(sz, none->count, 0));
    cr_expect(eq(int, none->quality, OSARC_QUALITY_REFUSED));
    cr_expect(eq(sz, find_total(overlap, "1", "dice")->one_empty, 1));
    osarc_overlap_free(overlap);
    osarc_mask_free(reference);
    osarc_mask_free(test);
}

/* Cubes of 4 moved by 0, 1, 2 and 4 voxels: Dice 1, 3/4, 1/2 and 0. */
Test(validate_overlap, sums_up_cases_whatever_their_order)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = new_grid(12, 8, 8, 1);
    const size_t moves[2][4] = {{0, 1, 2, 4}, {4, 2, 0, 1}};
    double ends[2][2];
    for (int order = 0; order < 2; order++) {
        osarc_overlap *overlap = new_overlap(NULL);
        for (int i = 0; i < 4; i++) {
            osarc_mask *reference = new_mask(&grid);
            osarc_mask *test = new_mask(&grid);
            char name[8];
            snprintf(name, sizeof(name), "case%d", i);
            set_cube(reference, 1, 1, 1, 1, 4);
            set_cube(test, 1, 1 + moves[order][i], 1, 1, 4);
            EXPECT_OK(add(overlap, name, reference, test, &err));
            osarc_mask_free(reference);
            osarc_mask_free(test);
        }
        EXPECT_OK(osarc_overlap_refuse(overlap, "broken", "no such file", &err));
        EXPECT_OK(osarc_overlap_finish(overlap, &err));
        const osarc_overlap_summary *dice = find_total(overlap, "1", "dice");
        cr_expect(eq(sz, dice->count, 4));
        cr_expect(eq(sz, dice->refused, 1));
        cr_expect(epsilon_eq(dbl, dice->mean, 0.5625, 1e-12));
        cr_expect(epsilon_eq(dbl, dice->median, 0.625, 1e-12));
        cr_expect(epsilon_eq(dbl, dice->quartile_low, 0.375, 1e-12));
        cr_expect(epsilon_eq(dbl, dice->quartile_high, 0.8125, 1e-12));
        cr_expect(epsilon_eq(dbl, dice->sd, sqrt(0.546875 / 3), 1e-12));
        cr_expect(lt(dbl, dice->ci_low, dice->mean));
        cr_expect(gt(dbl, dice->ci_high, dice->mean));
        cr_expect(eq(sz, osarc_overlap_case_count(overlap), 5));
        cr_expect(eq(sz, osarc_overlap_refused_count(overlap), 1));
        ends[order][0] = dice->ci_low;
        ends[order][1] = dice->ci_high;
        osarc_overlap_free(overlap);
    }
    cr_expect(eq(dbl, ends[0][0], ends[1][0]));
    cr_expect(eq(dbl, ends[0][1], ends[1][1]));
}

Test(validate_overlap, of_one_case_has_a_mean_but_no_spread)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = new_grid(8, 8, 8, 1);
    osarc_mask *mask = new_mask(&grid);
    set_cube(mask, 1, 1, 1, 1, 4);
    osarc_overlap *overlap = new_overlap(NULL);
    EXPECT_OK(add(overlap, "only", mask, mask, &err));
    EXPECT_OK(osarc_overlap_finish(overlap, &err));
    const osarc_overlap_summary *dice = find_total(overlap, "1", "dice");
    cr_expect(eq(dbl, dice->mean, 1.0));
    cr_expect(isnan(dice->sd));
    cr_expect(isnan(dice->ci_low));
    cr_expect(eq(int, dice->quality, OSARC_QUALITY_WARNING));
    osarc_overlap_free(overlap);
    osarc_mask_free(mask);
}

Test(validate_overlap, writes_its_tables)
{
    osarc_error err = OSARC_ERROR_INIT;
    char folder[] = "/tmp/osarc_overlap_XXXXXX";
    cr_assert(ne(ptr, mkdtemp(folder), NULL));
    osarc_grid grid = new_grid(8, 8, 8, 1);
    osarc_mask *mask = new_mask(&grid);
    set_cube(mask, 1, 1, 1, 1, 4);
    osarc_overlap *overlap = new_overlap(NULL);
    EXPECT_OK(add(overlap, "with, \"comma\"", mask, mask, &err));
    EXPECT_OK(osarc_overlap_finish(overlap, &err));
    EXPECT_OK(osarc_overlap_write(overlap, folder, 0, &err));
    char path[128];
    uint8_t *bytes;
    size_t size;
    snprintf(path, sizeof(path), "%s/overlap.csv", folder);
    EXPECT_OK(osi_file_read(&bytes, &size, path, 1 << 20, &err));
    const char *wanted = "case,label,name,metric,value,unit,quality,note\n"
                         "\"with, \"\"comma\"\"\",1,,dice,1,1,ok,\n";
    cr_expect(memcmp(bytes, wanted, strlen(wanted)) == 0);
    osi_free(bytes);
    snprintf(path, sizeof(path), "%s/overlap.json", folder);
    EXPECT_OK(osi_file_read(&bytes, &size, path, 1 << 20, &err));
    osi_free(bytes);
    EXPECT_REFUSED(osarc_overlap_write(overlap, folder, 0, &err), OSARC_ERR_ARGUMENT);
    EXPECT_OK(osarc_overlap_write(overlap, folder, 1, &err));
    EXPECT_OK(osi_folder_remove(folder, &err));
    osarc_overlap_free(overlap);
    osarc_mask_free(mask);
}

Test(validate_overlap, refuses_a_case_that_was_there_already)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = new_grid(8, 8, 8, 1);
    osarc_mask *mask = new_mask(&grid);
    set_cube(mask, 1, 1, 1, 1, 4);
    osarc_overlap *overlap = new_overlap(NULL);
    EXPECT_OK(add(overlap, "a", mask, mask, &err));
    size_t rows = osarc_overlap_count(overlap);
    EXPECT_REFUSED(add(overlap, "a", mask, mask, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(add(overlap, "", mask, mask, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_overlap_refuse(overlap, "a", "twice", &err), OSARC_ERR_ARGUMENT);
    cr_expect(eq(sz, osarc_overlap_count(overlap), rows));
    osarc_overlap_free(overlap);
    osarc_mask_free(mask);
}

Test(validate_overlap, refuses_options_that_make_no_sense)
{
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_label_pair zero[] = {{0, 1}};
    const osarc_label_pair twice[] = {{1, 2}, {1, 2}};
    const double bad[] = {0, -1, NAN, INFINITY};
    const double same[] = {1, 1};
    osarc_overlap *overlap = (osarc_overlap *) -1;
    osarc_overlap_options o = {.pairs = zero, .pair_count = 1};
    EXPECT_REFUSED(osarc_overlap_create(&overlap, &o, &err), OSARC_ERR_ARGUMENT);
    cr_expect(eq(ptr, overlap, NULL));
    o = (osarc_overlap_options){.pairs = twice, .pair_count = 2};
    EXPECT_REFUSED(osarc_overlap_create(&overlap, &o, &err), OSARC_ERR_ARGUMENT);
    for (int i = 0; i < 4; i++) {
        o = (osarc_overlap_options){.tolerances_mm = &bad[i], .tolerance_count = 1};
        EXPECT_REFUSED(osarc_overlap_create(&overlap, &o, &err), OSARC_ERR_ARGUMENT);
    }
    o = (osarc_overlap_options){.tolerances_mm = same, .tolerance_count = 2};
    EXPECT_REFUSED(osarc_overlap_create(&overlap, &o, &err), OSARC_ERR_ARGUMENT);
    o = (osarc_overlap_options){.tolerances_mm = same, .tolerance_count = 9};
    EXPECT_REFUSED(osarc_overlap_create(&overlap, &o, &err), OSARC_ERR_ARGUMENT);
    o = (osarc_overlap_options){.resamples = 10};
    EXPECT_REFUSED(osarc_overlap_create(&overlap, &o, &err), OSARC_ERR_ARGUMENT);
}

Test(validate_overlap, refuses_to_finish_without_cases_and_to_write_before_it_is_finished)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_overlap *overlap = new_overlap(NULL);
    EXPECT_REFUSED(osarc_overlap_finish(overlap, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_overlap_write(overlap, "/tmp", 0, &err), OSARC_ERR_ARGUMENT);
    EXPECT_OK(osarc_overlap_refuse(overlap, "a", "no such file", &err));
    EXPECT_REFUSED(osarc_overlap_refuse(overlap, "b", "", &err), OSARC_ERR_ARGUMENT);
    EXPECT_OK(osarc_overlap_finish(overlap, &err));
    EXPECT_REFUSED(osarc_overlap_write(overlap, "/nowhere/at/all", 0, &err), OSARC_ERR_IO);
    cr_expect(eq(sz, osarc_overlap_summary_count(overlap), 0));
    osarc_overlap_free(overlap);
}

Test(validate_overlap, says_so_when_any_of_its_allocations_fails)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = new_grid(6, 6, 6, 1);
    osarc_grid coarse = new_grid(3, 3, 3, 2);
    osarc_mask *reference = new_mask(&grid);
    osarc_mask *test = new_mask(&coarse);
    set_cube(reference, 1, 1, 1, 1, 4);
    set_cube(test, 1, 0, 0, 0, 2);
    for (long at = 1;; at++) {
        osarc_overlap *overlap = NULL;
        osi_alloc_fail_at(at);
        osarc_status status = osarc_overlap_create(&overlap, NULL, &err);
        if (!status)
            status = add(overlap, "a", reference, test, &err);
        if (!status)
            status = osarc_overlap_finish(overlap, &err);
        long asked = osi_alloc_asked();
        osi_alloc_fail_at(0);
        osarc_overlap_free(overlap);
        if (asked < at)
            break;
        cr_assert(eq(int, status, OSARC_ERR_MEMORY));
    }
    osarc_mask_free(reference);
    osarc_mask_free(test);
}
