/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <osarc/dicom.h>
#include <osi/alloc.h>
#include <osi/digest.h>
#include <osi/file.h>

#include "make_dicom.h"

static osarc_error err;
static osarc_catalogue *catalogue;
static osarc_scan *scan;
static const char *folder;
static dicom_bytes b;

static void setup(void)
{
    folder = make_folder();
}

static void teardown(void)
{
    osarc_scan_free(scan);
    osarc_catalogue_free(catalogue);
    remove_folder(folder);
}

TestSuite(dicom_scan_read, .init = setup, .fini = teardown);

/* Slice k: stored values 1000 + 100 k + pixel; HU 1024 less. */
static void save_stack(int count)
{
    for (int k = 0; k < count; k++) {
        char name[32];
        snprintf(name, sizeof(name), "s%02d", k);
        save_ct(folder, name, &(ct_slice){.z_mm = 2 * k, .base = (uint16_t) (1000 + 100 * k)});
    }
}

static osarc_status try_read(int threads)
{
    osarc_read_options options = {.threads = threads};
    EXPECT_OK(osarc_catalogue_read(&catalogue, &folder, 1, &options, &err));
    cr_assert(gt(sz, osarc_catalogue_series_count(catalogue), (size_t) 0));
    return osarc_scan_read(&scan, catalogue, 0, &options, &err);
}

static void expect_values(size_t slices, int first, int step)
{
    const osarc_image *image = osarc_scan_image(scan);
    cr_assert(eq(sz, osarc_image_grid(image)->size[2], slices));
    for (size_t k = 0; k < slices; k++)
        for (size_t p = 0; p < 12; p++)
            cr_assert(eq(dbl, osarc_image_value(image, 12 * k + p),
                         first + step * (double) k + (double) p));
}

static int has_note(const char *code)
{
    const osarc_notes *notes = osarc_scan_notes(scan);
    for (size_t i = 0; i < osarc_notes_count(notes); i++)
        if (strcmp(osarc_notes_at(notes, i)->code, code) == 0)
            return 1;
    return 0;
}

Test(dicom_scan_read, reads_every_voxel_of_a_stack)
{
    save_stack(9);
    EXPECT_OK(try_read(0));
    expect_values(9, -24, 100);
    const osarc_acquisition *facts = osarc_scan_acquisition(scan);
    cr_expect(eq(dbl, facts->kvp, 120));
    cr_expect(eq(str, (char *) facts->kernel, "SOFT"));
}

Test(dicom_scan_read, digests_on_the_way)
{
    save_stack(3);
    EXPECT_OK(try_read(0));
    for (size_t i = 0; i < 3; i++) {
        const osarc_input *input = osarc_catalogue_input(catalogue, i);
        uint8_t *bytes = NULL;
        size_t size;
        char wanted[OSI_SHA256_SIZE];
        EXPECT_OK(osi_file_read(&bytes, &size, input->path, 1 << 20, &err));
        EXPECT_OK(osi_sha256(wanted, bytes, size, &err));
        cr_expect(eq(str, (char *) input->sha256, wanted));
        osi_free(bytes);
    }
}

Test(dicom_scan_read, makes_the_same_bytes_with_any_number_of_threads)
{
    save_stack(9);
    EXPECT_OK(try_read(1));
    osarc_scan *first = scan;
    osarc_catalogue *first_catalogue = catalogue;
    EXPECT_OK(try_read(5));
    cr_expect(memcmp(osarc_image_stored(osarc_scan_image(first)),
                     osarc_image_stored(osarc_scan_image(scan)), 9 * 12 * sizeof(int16_t)) == 0);
    osarc_scan_free(first);
    osarc_catalogue_free(first_catalogue);
}

Test(dicom_scan_read, reads_big_endian_pixels)
{
    b.big_endian = 1;
    make_ct(&b, &(ct_slice){.base = 1000, .syntax = "1.2.840.10008.1.2.2"});
    save(folder, "one", b.data, b.size);
    EXPECT_OK(try_read(0));
    expect_values(1, -24, 0);
}

Test(dicom_scan_read, reads_run_length_compressed_pixels)
{
    for (int k = 0; k < 3; k++) {
        char name[16];
        snprintf(name, sizeof(name), "r%d", k);
        make_rle(&b, &(ct_slice){.z_mm = 2 * k, .base = (uint16_t) (1000 + 100 * k)});
        save(folder, name, b.data, b.size);
    }
    EXPECT_OK(try_read(0));
    expect_values(3, -24, 100);
}

Test(dicom_scan_read, reads_an_enhanced_file_in_the_order_of_positions)
{
    static const int PLACES[] = {3, 0, 4, 1, 2};
    make_enhanced(&b, PLACES, 5, 1000);
    save(folder, "enhanced", b.data, b.size);
    EXPECT_OK(try_read(0));
    expect_values(5, -24, 100);
    char wanted[OSI_SHA256_SIZE];
    EXPECT_OK(osi_sha256(wanted, b.data, b.size, &err));
    cr_expect(eq(str, (char *) osarc_catalogue_input(catalogue, 0)->sha256, wanted));
}

Test(dicom_scan_read, reads_each_slice_with_its_own_rescale)
{
    save_ct(folder, "a", &(ct_slice){.z_mm = 0, .base = 1000});
    save_ct(folder, "b", &(ct_slice){.z_mm = 2, .base = 1000, .intercept = "-1000"});
    save_ct(folder, "c", &(ct_slice){.z_mm = 4, .base = 1000, .slope = "2"});
    EXPECT_OK(try_read(0));
    const osarc_image *image = osarc_scan_image(scan);
    cr_expect(eq(dbl, osarc_image_value(image, 1), 1001 - 1024));
    cr_expect(eq(dbl, osarc_image_value(image, 13), 1001 - 1000));
    cr_expect(eq(dbl, osarc_image_value(image, 25), 2 * 1001 - 1024));
}

Test(dicom_scan_read, says_where_hu_had_to_be_rounded)
{
    save_ct(folder, "a", &(ct_slice){.z_mm = 0, .bits_stored = 12, .slope = "0.91"});
    save_ct(folder, "b", &(ct_slice){.z_mm = 2, .bits_stored = 12, .slope = "1.03"});
    EXPECT_OK(try_read(0));
    cr_expect(has_note("hu_rounded"));
    const osarc_image *image = osarc_scan_image(scan);
    double step = osarc_image_step(image);
    cr_expect(epsilon_eq(dbl, osarc_image_value(image, 5), 5 * 0.91 - 1024, step / 2));
    cr_expect(epsilon_eq(dbl, osarc_image_value(image, 17), 5 * 1.03 - 1024, step / 2));
}

Test(dicom_scan_read, moves_the_slices_of_a_tilted_gantry_into_place)
{
    /* 45 degrees would move rows by whole pixels; at 30 a ramp along rows stays the same ramp */
    for (int k = 0; k < 4; k++) {
        char name[16];
        snprintf(name, sizeof(name), "t%d", k);
        save_ct(folder, name,
                &(ct_slice){.z_mm = 0.5 * k,
                            .orientation = "1\\0\\0\\0\\0.86602540378\\-0.5",
                            .base = 1000,
                            .thickness = "0.5"});
    }
    EXPECT_OK(try_read(0));
    cr_expect(has_note("tilt_corrected"));
    cr_expect(epsilon_eq(dbl, osarc_scan_acquisition(scan)->tilt_deg, -30, 1e-6));
    const osarc_image *image = osarc_scan_image(scan);
    const osarc_grid *grid = osarc_image_grid(image);
    size_t inside = 0;
    for (size_t k = 0; k < grid->size[2]; k++) {
        for (size_t j = 0; j < grid->size[1]; j++) {
            for (size_t i = 0; i < 4; i++) {
                double ijk[3] = {(double) i, (double) j, (double) k};
                double lps[3];
                double hu = osarc_image_value(image, (k * grid->size[1] + j) * 4 + i);
                osarc_grid_position_mm(grid, ijk, lps);
                /* the row in slice k that lies at this place, 0.5 mm pixels from (-10, -20, z) */
                double row = (lps[1] + 20) / 0.86602540378 / 0.5;
                if (hu == hu) {
                    /* whole HU: half of one is lost to rounding */
                    cr_expect(epsilon_eq(dbl, hu, -24 + 4 * row + (double) i, 0.5 + 1e-6));
                    inside++;
                }
            }
        }
    }
    cr_expect(ge(sz, inside, (size_t) 4 * 4 * 2));
}

static void cut(const char *name, size_t size)
{
    char path[128];
    uint8_t *bytes = NULL;
    size_t whole;
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    EXPECT_OK(osi_file_read(&bytes, &whole, path, 1 << 20, &err));
    save(folder, name, bytes, size < whole ? size : whole);
    osi_free(bytes);
}

static void save_rle_stack(int damaged)
{
    for (int k = 0; k < 9; k++) {
        char name[16];
        snprintf(name, sizeof(name), "r%d", k);
        make_rle(&b, &(ct_slice){.z_mm = 2 * k, .base = (uint16_t) (1000 + 100 * k)});
        save(folder, name, b.data, k == damaged ? b.size - 40 : b.size);
    }
}

Test(dicom_scan_read, drops_a_slice_at_an_end_whose_compressed_pixels_are_cut)
{
    save_rle_stack(0);
    EXPECT_OK(try_read(0));
    expect_values(8, 76, 100);
    cr_expect(has_note("damaged_end_dropped"));
    cr_expect(eq(dbl, osarc_image_grid(osarc_scan_image(scan))->origin_mm[2], 2));
    cr_expect(osarc_catalogue_input(catalogue, 0)->status == OSARC_ERR_FORMAT);
}

Test(dicom_scan_read, refuses_compressed_pixels_cut_inside_by_the_name_of_the_file)
{
    save_rle_stack(4);
    EXPECT_REFUSED(try_read(0), OSARC_ERR_FORMAT);
    cr_expect(strstr(err.text, "r4") != NULL, "%s", err.text);
    cr_expect(scan == NULL);
}

Test(dicom_scan_read, refuses_a_file_that_shrank_since_it_was_listed)
{
    save_stack(9);
    EXPECT_OK(osarc_catalogue_read(&catalogue, &folder, 1, NULL, &err));
    cut("s04", 100);
    EXPECT_REFUSED(osarc_scan_read(&scan, catalogue, 0, NULL, &err), OSARC_ERR_IO);
    cr_expect(strstr(err.text, "s04") != NULL, "%s", err.text);
}

Test(dicom_scan_read, refuses_a_file_that_went_away)
{
    char path[128];
    save_stack(3);
    EXPECT_OK(osarc_catalogue_read(&catalogue, &folder, 1, NULL, &err));
    snprintf(path, sizeof(path), "%s/s01", folder);
    cr_assert(unlink(path) == 0);
    EXPECT_REFUSED(osarc_scan_read(&scan, catalogue, 0, NULL, &err), OSARC_ERR_IO);
}

Test(dicom_scan_read, refuses_a_series_that_is_not_there)
{
    save_stack(3);
    EXPECT_OK(osarc_catalogue_read(&catalogue, &folder, 1, NULL, &err));
    EXPECT_REFUSED(osarc_scan_read(&scan, catalogue, 1, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_scan_read(&scan, NULL, 0, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_scan_read(NULL, catalogue, 0, NULL, &err), OSARC_ERR_ARGUMENT);
}

Test(dicom_scan_read, survives_a_slice_cut_at_any_length)
{
    memset(&b, 0, sizeof(b));
    make_ct(&b, &(ct_slice){.base = 1000});
    for (size_t size = 0; size < b.size; size += 7) {
        save(folder, "one", b.data, size);
        EXPECT_OK(osarc_catalogue_read(&catalogue, &folder, 1, NULL, &err));
        cr_assert(eq(sz, osarc_catalogue_series_count(catalogue), (size_t) 1));
        cr_expect(osarc_catalogue_series(catalogue, 0)->decision != OSARC_DECISION_USABLE, "%zu",
                  size);
        osarc_catalogue_free(catalogue);
        catalogue = NULL;
    }
}

static void count_calls(void *payload, const char *stage, double done)
{
    (void) stage;
    cr_expect(done > 0 && done <= 1);
    ++*(int *) payload;
}

Test(dicom_scan_read, tells_progress)
{
    int calls = 0;
    save_stack(9);
    osarc_read_options options = {.progress = count_calls, .payload = &calls};
    EXPECT_OK(osarc_catalogue_read(&catalogue, &folder, 1, &options, &err));
    EXPECT_OK(osarc_scan_read(&scan, catalogue, 0, &options, &err));
    cr_expect(eq(int, calls, 9));
}
