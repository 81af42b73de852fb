/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <expect.h>
#include <osarc/hu_windows.h>
#include <osarc/mask.h>
#include <osarc/scan.h>

static osarc_error err;

static const osarc_grid GRID = {
    .size = {4, 3, 2},
    .spacing_mm = {0.5, 1, 5},
    .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
};

Test(public_nouns, a_mask_counts_its_labels)
{
    osarc_mask *mask = NULL;
    EXPECT_OK(osarc_mask_create(&mask, &GRID, &err));
    for (size_t i = 0; i < 7; i++)
        osarc_mask_fill(mask)[3 * i] = OSARC_TISSUE_MUSCLE;
    uint64_t counts[256];
    osarc_mask_counts(mask, counts);
    cr_expect(eq(u64, counts[OSARC_TISSUE_MUSCLE], 7));
    cr_expect(eq(u64, counts[0], 17));
    cr_expect(eq(u64, counts[255], 0));
    cr_expect(eq(int, osarc_grid_same(osarc_mask_grid(mask), &GRID, 0), 1));
    osarc_mask_free(mask);
}

Test(public_nouns, tissue_labels_are_numbered_in_order)
{
    size_t count = 0;
    const osarc_label *labels = osarc_tissue_labels(&count);
    cr_assert(eq(sz, count, OSARC_TISSUE_COUNT));
    for (size_t i = 0; i < count; i++)
        cr_expect(eq(sz, (size_t) labels[i].number, i));
    cr_expect(eq(str, (char *) labels[3].name, "skeletal_muscle"));
}

/* numbers of the TotalSegmentator v2 task "total", as published with that program */
Test(public_nouns, structure_labels_are_those_of_totalsegmentator)
{
    static const osarc_label WANTED[] = {{25, "sacrum"},       {27, "vertebrae_L5"},
                                         {29, "vertebrae_L3"}, {31, "vertebrae_L1"},
                                         {75, "femur_left"},   {76, "femur_right"}};
    size_t count = 0;
    const osarc_label *labels = osarc_structure_labels(&count);
    for (size_t w = 0; w < sizeof(WANTED) / sizeof(WANTED[0]); w++) {
        size_t found = 0;
        for (size_t i = 0; i < count; i++)
            if (labels[i].number == WANTED[w].number) {
                found++;
                cr_expect(eq(str, (char *) labels[i].name, (char *) WANTED[w].name));
            }
        cr_expect(eq(sz, found, 1));
    }
}

Test(public_nouns, a_grid_that_is_moved_by_more_than_the_tolerance_is_another)
{
    osarc_grid moved = GRID;
    moved.origin_mm[1] += 0.2;
    cr_expect(eq(int, osarc_grid_same(&GRID, &moved, 0.3), 1));
    cr_expect(eq(int, osarc_grid_same(&GRID, &moved, 0.1), 0));
    moved = GRID;
    moved.size[2] = 3;
    cr_expect(eq(int, osarc_grid_same(&GRID, &moved, 100), 0));
}

Test(public_nouns, a_voxel_has_the_product_of_its_spacings)
{
    cr_expect(epsilon_eq(dbl, osarc_grid_voxel_mm3(&GRID), 2.5, 1e-12));
    cr_expect(eq(sz, osarc_grid_count(&GRID), 24));
}

Test(public_nouns, a_grid_whose_count_does_not_fit_counts_zero)
{
    osarc_grid grid = GRID;
    grid.size[0] = grid.size[1] = grid.size[2] = (size_t) 1 << 32;
    cr_expect(eq(sz, osarc_grid_count(&grid), 0));
}

Test(public_nouns, refuses_a_mask_without_a_grid)
{
    osarc_mask *mask = (osarc_mask *) -1;
    EXPECT_REFUSED(osarc_mask_create(&mask, NULL, &err), OSARC_ERR_ARGUMENT);
    cr_expect(eq(ptr, mask, NULL));
}

Test(public_nouns, refuses_an_image_over_the_size_limit)
{
    osarc_image *image = (osarc_image *) -1;
    osarc_grid grid = GRID;
    grid.size[0] = grid.size[1] = grid.size[2] = 65535;
    EXPECT_REFUSED(osarc_image_create(&image, &grid, OSARC_UNIT_HU, 1, 0, &err), OSARC_ERR_MEMORY);
    cr_expect(eq(ptr, image, NULL));
}

/* Aubrey 2014 gives fat -190 to -30 and muscle -29 to 150 on whole HU: nothing may fall between */
Test(public_nouns, no_value_falls_between_the_windows_of_fat_and_muscle)
{
    const osarc_hu_window *fat = osarc_hu_window_get(OSARC_WINDOW_ADIPOSE);
    const osarc_hu_window *muscle = osarc_hu_window_get(OSARC_WINDOW_MUSCLE);
    for (double hu = -190; hu <= 150; hu += 0.125)
        cr_expect(eq(int, osarc_hu_window_holds(fat, hu) + osarc_hu_window_holds(muscle, hu), 1),
                  "%g HU", hu);
    cr_expect(eq(int, osarc_hu_window_holds(fat, -190.125), 0));
    cr_expect(eq(int, osarc_hu_window_holds(muscle, 150.125), 0));
}

Test(public_nouns, low_and_normal_attenuation_make_up_muscle)
{
    const osarc_hu_window *all = osarc_hu_window_get(OSARC_WINDOW_MUSCLE);
    const osarc_hu_window *low = osarc_hu_window_get(OSARC_WINDOW_MUSCLE_LOW);
    const osarc_hu_window *normal = osarc_hu_window_get(OSARC_WINDOW_MUSCLE_NORMAL);
    for (double hu = -40; hu <= 160; hu += 0.125)
        cr_expect(eq(int, osarc_hu_window_holds(low, hu) + osarc_hu_window_holds(normal, hu),
                     osarc_hu_window_holds(all, hu)));
}

Test(public_nouns, there_is_no_window_past_the_last)
{
    cr_expect(eq(ptr, (void *) osarc_hu_window_get(OSARC_WINDOW_COUNT), NULL));
}

Test(public_nouns, an_acquisition_starts_with_nothing_known)
{
    osarc_acquisition acquisition;
    osarc_acquisition_init(&acquisition);
    cr_expect(isnan(acquisition.height_m));
    cr_expect(isnan(acquisition.kvp));
    cr_expect(isnan(acquisition.age_years));
    cr_expect(eq(int, acquisition.sex, OSARC_SEX_UNKNOWN));
    cr_expect(eq(int, acquisition.contrast, OSARC_CONTRAST_UNKNOWN));
    cr_expect(eq(str, acquisition.patient_id, ""));
}

Test(public_nouns, a_scan_takes_over_image_and_notes)
{
    osarc_image *image = NULL;
    osarc_notes *notes = NULL;
    osarc_scan *scan = NULL;
    osarc_acquisition acquisition;
    osarc_acquisition_init(&acquisition);
    EXPECT_OK(osarc_image_create(&image, &GRID, OSARC_UNIT_HU, 1, 0, &err));
    const osarc_image *given = image;
    EXPECT_OK(osarc_scan_create(&scan, &image, &acquisition, &notes, &err));
    cr_expect(eq(ptr, image, NULL));
    cr_expect(eq(ptr, (void *) osarc_scan_image(scan), (void *) given));
    cr_expect(eq(sz, osarc_notes_count(osarc_scan_notes(scan)), 0));
    cr_expect(isnan(osarc_scan_acquisition(scan)->kvp));
    osarc_scan_free(scan);
}

Test(public_nouns, refuses_a_scan_without_an_image)
{
    osarc_image *image = NULL;
    osarc_notes *notes = NULL;
    osarc_scan *scan = (osarc_scan *) -1;
    osarc_acquisition acquisition;
    osarc_acquisition_init(&acquisition);
    EXPECT_REFUSED(osarc_scan_create(&scan, &image, &acquisition, &notes, &err),
                   OSARC_ERR_ARGUMENT);
    cr_expect(eq(ptr, scan, NULL));
}

Test(public_nouns, every_status_has_a_name)
{
    for (int status = OSARC_OK; status <= OSARC_ERR_INTERNAL; status++)
        cr_expect(ne(str, (char *) osarc_status_name((osarc_status) status), "unknown"));
    cr_expect(eq(str, (char *) osarc_status_name((osarc_status) 77), "unknown"));
}

Test(public_nouns, an_error_need_not_be_wanted)
{
    osarc_mask *mask = NULL;
    cr_expect(eq(int, osarc_mask_create(&mask, NULL, NULL), OSARC_ERR_ARGUMENT));
}
