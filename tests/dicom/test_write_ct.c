/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <osarc/dicom.h>
#include <osi/alloc.h>
#include <osi/file.h>

#define FILE_LIMIT 1000000

static const osarc_grid GRID = {
    .size = {7, 5, 3},
    .spacing_mm = {0.78125, 0.9, 2.5},
    .origin_mm = {-199.609375, 12.3, -561.25},
    .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
};

static char folder[64];

static void make_folder(void)
{
    snprintf(folder, sizeof(folder), "/tmp/osarc_write_ct_XXXXXX");
    cr_assert(ne(ptr, mkdtemp(folder), NULL));
}

static void remove_folder(void)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_OK(osi_folder_remove(folder, &err));
}

TestSuite(dicom_write_ct, .init = make_folder, .fini = remove_folder);

static osarc_image *make_image(const osarc_grid *grid, double step, double offset, int low)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_image *image = NULL;
    EXPECT_OK(osarc_image_create(&image, grid, OSARC_UNIT_HU, step, offset, &err));
    size_t count = osarc_grid_count(grid);
    for (size_t i = 0; i < count; i++)
        osarc_image_fill(image)[i] = (int16_t) (low + (int) (i * 37 % 2900));
    return image;
}

static osarc_acquisition make_acquisition(void)
{
    osarc_acquisition acquisition;
    osarc_acquisition_init(&acquisition);
    snprintf(acquisition.patient_id, sizeof(acquisition.patient_id), "PHANTOM-test");
    snprintf(acquisition.kernel, sizeof(acquisition.kernel), "SOFT");
    snprintf(acquisition.patient_position, sizeof(acquisition.patient_position), "HFS");
    acquisition.kvp = 120;
    acquisition.slice_thickness_mm = 2.5;
    acquisition.sex = OSARC_SEX_FEMALE;
    acquisition.age_years = 67;
    acquisition.height_m = 1.62;
    acquisition.weight_kg = 71.5;
    return acquisition;
}

/* The first series of the folder, through the reader. */
static osarc_scan *read_back(void)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_catalogue *catalogue = NULL;
    osarc_scan *scan = NULL;
    const char *const paths[] = {folder};
    EXPECT_OK(osarc_catalogue_read(&catalogue, paths, 1, NULL, &err));
    cr_assert(eq(sz, osarc_catalogue_series_count(catalogue), 1));
    EXPECT_OK(osarc_scan_read(&scan, catalogue, 0, NULL, &err));
    osarc_catalogue_free(catalogue);
    return scan;
}

static void expect_same(const osarc_image *a, const osarc_image *b)
{
    /* 1e-4 mm: a decimal string has 16 letters */
    cr_assert(eq(int, osarc_grid_same(osarc_image_grid(a), osarc_image_grid(b), 1e-4), 1));
    size_t count = osarc_grid_count(osarc_image_grid(a));
    for (size_t i = 0; i < count; i++) {
        double was = osarc_image_value(a, i);
        double is = osarc_image_value(b, i);
        cr_expect(was == is || (isnan(was) && isnan(is)), "voxel %zu: %g, was %g", i, is, was);
    }
}

static void write_and_compare(osarc_image *image, int16_t padding)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_acquisition acquisition = make_acquisition();
    osarc_ct_write_options options = {&acquisition, "seed", padding, 0};
    EXPECT_OK(osarc_ct_write(folder, image, &options, &err));
    osarc_scan *scan = read_back();
    expect_same(image, osarc_scan_image(scan));
    osarc_scan_free(scan);
    osarc_image_free(image);
}

Test(dicom_write_ct, reads_back_as_the_same_numbers_in_the_same_place)
{
    write_and_compare(make_image(&GRID, 1, 0, -1024), 0);
}

Test(dicom_write_ct, reads_back_numbers_under_the_usual_floor)
{
    write_and_compare(make_image(&GRID, 1, 0, -1200), 0);
}

Test(dicom_write_ct, reads_back_steps_other_than_one_hu)
{
    write_and_compare(make_image(&GRID, 0.5, -100, -1000), 0);
}

Test(dicom_write_ct, reads_back_an_oblique_stack_that_runs_downwards)
{
    osarc_grid grid = GRID;
    double c = cos(0.4);
    double s = sin(0.4);
    double direction[3][3] = {{c, s, 0}, {s, -c, 0}, {0, 0, -1}};
    memcpy(grid.direction, direction, sizeof(direction));
    write_and_compare(make_image(&grid, 1, 0, -1000), 0);
}

Test(dicom_write_ct, reads_padding_back_as_outside_the_view)
{
    osarc_image *image = make_image(&GRID, 1, 0, -1000);
    osarc_image_fill(image)[0] = OSARC_OUTSIDE;
    osarc_image_fill(image)[20] = OSARC_OUTSIDE;
    write_and_compare(image, -2000);
}

Test(dicom_write_ct, writes_the_facts_it_was_given_and_no_others)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_acquisition acquisition = make_acquisition();
    osarc_ct_write_options options = {&acquisition, "seed", 0, 0};
    osarc_image *image = make_image(&GRID, 1, 0, -1000);
    acquisition.contrast = OSARC_CONTRAST_NONE;
    EXPECT_OK(osarc_ct_write(folder, image, &options, &err));
    osarc_scan *scan = read_back();
    const osarc_acquisition *a = osarc_scan_acquisition(scan);
    cr_expect(eq(str, (char *) a->patient_id, "PHANTOM-test"));
    cr_expect(eq(str, (char *) a->kernel, "SOFT"));
    cr_expect(eq(int, a->sex, OSARC_SEX_FEMALE));
    cr_expect(eq(int, a->contrast, OSARC_CONTRAST_NONE));
    cr_expect(eq(dbl, a->age_years, 67));
    cr_expect(eq(dbl, a->height_m, 1.62));
    cr_expect(eq(dbl, a->weight_kg, 71.5));
    cr_expect(eq(dbl, a->kvp, 120));
    cr_expect(isnan(a->table_height_mm));
    osarc_scan_free(scan);
    osarc_image_free(image);
}

static void read_file(const char *name, uint8_t **bytes, size_t *size)
{
    osarc_error err = OSARC_ERROR_INIT;
    char path[96];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    EXPECT_OK(osi_file_read(bytes, size, path, FILE_LIMIT, &err));
}

Test(dicom_write_ct, writes_the_same_bytes_again_and_other_uids_with_another_seed)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_acquisition acquisition = make_acquisition();
    osarc_image *image = make_image(&GRID, 1, 0, -1000);
    uint8_t *bytes[3];
    size_t size[3];
    const char *const seeds[3] = {"a", "a", "b"};
    for (int i = 0; i < 3; i++) {
        osarc_ct_write_options options = {&acquisition, seeds[i], 0, 0};
        EXPECT_OK(osarc_ct_write(folder, image, &options, &err));
        read_file("0002.dcm", &bytes[i], &size[i]);
    }
    cr_expect(eq(sz, size[0], size[1]));
    cr_expect(zero(int, memcmp(bytes[0], bytes[1], size[0])));
    cr_expect(size[0] != size[2] || memcmp(bytes[0], bytes[2], size[0]) != 0);
    for (int i = 0; i < 3; i++)
        osi_free(bytes[i]);
    osarc_image_free(image);
}

/* PS3.10: group length counts from after itself to the end of the group. */
Test(dicom_write_ct, states_the_length_of_the_file_header)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_acquisition acquisition = make_acquisition();
    osarc_ct_write_options options = {&acquisition, "seed", 0, 0};
    osarc_image *image = make_image(&GRID, 1, 0, -1000);
    EXPECT_OK(osarc_ct_write(folder, image, &options, &err));
    uint8_t *bytes = NULL;
    size_t size = 0;
    read_file("0001.dcm", &bytes, &size);
    cr_expect(zero(int, memcmp(bytes + 128, "DICM\2\0\0\0UL\4\0", 12)));
    size_t end = 144 + bytes[140] + 256 * (size_t) bytes[141];
    cr_assert(lt(sz, end + 4, size));
    cr_expect(zero(int, memcmp(bytes + end, "\10\0\5\0CS", 6)), "group 8 does not begin there");
    osi_free(bytes);
    osarc_image_free(image);
}

static void expect_refused(osarc_image *image, const char *where, osarc_ct_write_options options,
                           osarc_status wanted)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_REFUSED(osarc_ct_write(where, image, &options, &err), wanted);
    osarc_image_free(image);
}

Test(dicom_write_ct, refuses_to_write_without_seed_acquisition_image_or_folder)
{
    osarc_acquisition acquisition = make_acquisition();
    osarc_ct_write_options options = {&acquisition, "seed", 0, 0};
    expect_refused(NULL, folder, options, OSARC_ERR_ARGUMENT);
    expect_refused(make_image(&GRID, 1, 0, 0), NULL, options, OSARC_ERR_ARGUMENT);
    options.uid_seed = NULL;
    expect_refused(make_image(&GRID, 1, 0, 0), folder, options, OSARC_ERR_ARGUMENT);
    options.uid_seed = "";
    expect_refused(make_image(&GRID, 1, 0, 0), folder, options, OSARC_ERR_ARGUMENT);
    options.uid_seed = "seed";
    options.acquisition = NULL;
    expect_refused(make_image(&GRID, 1, 0, 0), folder, options, OSARC_ERR_ARGUMENT);
}

Test(dicom_write_ct, refuses_what_is_not_in_hu)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_acquisition acquisition = make_acquisition();
    osarc_image *image = NULL;
    EXPECT_OK(osarc_image_create(&image, &GRID, OSARC_UNIT_MG_CM3, 1, 0, &err));
    expect_refused(image, folder, (osarc_ct_write_options){&acquisition, "seed", 0, 0},
                   OSARC_ERR_UNIT);
}

Test(dicom_write_ct, refuses_values_that_do_not_fit)
{
    osarc_acquisition acquisition = make_acquisition();
    osarc_ct_write_options options = {&acquisition, "seed", 0, 0};
    osarc_image *image = make_image(&GRID, 1, 0, -2000);
    osarc_image_fill(image)[3] = INT16_MAX;
    expect_refused(image, folder, options, OSARC_ERR_UNIT);
    expect_refused(make_image(&GRID, 1, 1e9, 0), folder, options, OSARC_ERR_UNIT);
}

Test(dicom_write_ct, refuses_a_padding_value_that_is_also_measured)
{
    osarc_acquisition acquisition = make_acquisition();
    osarc_image *image = make_image(&GRID, 1, 0, -1024);
    osarc_image_fill(image)[5] = OSARC_OUTSIDE;
    expect_refused(image, folder, (osarc_ct_write_options){&acquisition, "seed", 0, 0},
                   OSARC_ERR_ARGUMENT);
}

Test(dicom_write_ct, refuses_more_slices_than_file_names)
{
    osarc_acquisition acquisition = make_acquisition();
    osarc_grid grid = GRID;
    grid.size[0] = 1;
    grid.size[1] = 1;
    grid.size[2] = 10000;
    expect_refused(make_image(&grid, 1, 0, 0), folder,
                   (osarc_ct_write_options){&acquisition, "seed", 0, 0}, OSARC_ERR_ARGUMENT);
}

Test(dicom_write_ct, refuses_a_folder_that_is_not_there)
{
    osarc_acquisition acquisition = make_acquisition();
    expect_refused(make_image(&GRID, 1, 0, 0), "/nowhere/at/all",
                   (osarc_ct_write_options){&acquisition, "seed", 0, 0}, OSARC_ERR_IO);
}
