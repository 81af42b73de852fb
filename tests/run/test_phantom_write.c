/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include <expect.h>
#include <osarc/dicom.h>
#include <osarc/selftest.h>
#include <osi/alloc.h>
#include <osi/file.h>

#define FILE_LIMIT 1000000

static char base[64];
static char folder[96];

static void make_folder(void)
{
    snprintf(base, sizeof(base), "/tmp/osarc_phantom_write_XXXXXX");
    cr_assert(ne(ptr, mkdtemp(base), NULL));
    snprintf(folder, sizeof(folder), "%s/scan", base);
}

static void remove_folder(void)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_OK(osi_folder_remove(base, &err));
}

TestSuite(run_phantom_write, .init = make_folder, .fini = remove_folder);

static osarc_phantom *make(const char *kind, osarc_phantom_options options)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = NULL;
    options.pixel_mm = 4;
    options.slice_mm = 12;
    options.length_mm = 36;
    EXPECT_OK(osarc_phantom_create(&phantom, kind, &options, &err));
    return phantom;
}

static void read_file(const char *name, uint8_t **bytes, size_t *size)
{
    osarc_error err = OSARC_ERROR_INIT;
    char path[160];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    EXPECT_OK(osi_file_read(bytes, size, path, FILE_LIMIT, &err));
}

static void expect_read_back(const osarc_phantom *phantom)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_catalogue *catalogue = NULL;
    osarc_scan *scan = NULL;
    const char *const paths[] = {folder};
    EXPECT_OK(osarc_catalogue_read(&catalogue, paths, 1, NULL, &err));
    EXPECT_OK(osarc_scan_read(&scan, catalogue, 0, NULL, &err));
    const osarc_image *was = osarc_phantom_image(phantom);
    const osarc_image *is = osarc_scan_image(scan);
    cr_assert(eq(int, osarc_grid_same(osarc_image_grid(was), osarc_image_grid(is), 1e-4), 1));
    size_t count = osarc_grid_count(osarc_image_grid(was));
    for (size_t i = 0; i < count; i++) {
        double a = osarc_image_value(was, i);
        double b = osarc_image_value(is, i);
        cr_assert(a == b || (isnan(a) && isnan(b)), "voxel %zu is %g, was %g", i, b, a);
    }
    const osarc_acquisition *sent = osarc_phantom_acquisition(phantom);
    const osarc_acquisition *got = osarc_scan_acquisition(scan);
    cr_expect(eq(str, (char *) got->patient_id, (char *) sent->patient_id));
    cr_expect(eq(str, (char *) got->patient_position, (char *) sent->patient_position));
    cr_expect(eq(int, got->contrast, sent->contrast));
    cr_expect(eq(dbl, got->kvp, sent->kvp));
    osarc_scan_free(scan);
    osarc_catalogue_free(catalogue);
}

Test(run_phantom_write, every_plane_and_position_reads_back_as_it_was)
{
    osarc_error err = OSARC_ERROR_INIT;
    for (int turn = 0; turn < 12; turn++) {
        osarc_phantom *phantom = make("thigh", (osarc_phantom_options){.plane = turn / 4,
                                                                       .feet_first = turn & 1,
                                                                       .prone = (turn >> 1) & 1,
                                                                       .noise_sd_hu = 30,
                                                                       .seed = (uint64_t) turn});
        EXPECT_OK(osarc_phantom_write(folder, phantom, 1, &err));
        expect_read_back(phantom);
        osarc_phantom_free(phantom);
    }
}

Test(run_phantom_write, padding_contrast_and_voltage_read_back)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom =
        make("abdomen", (osarc_phantom_options){.circle_padding = 1, .contrast = 1, .kvp = 80});
    EXPECT_OK(osarc_phantom_write(folder, phantom, 0, &err));
    expect_read_back(phantom);
    osarc_phantom_free(phantom);
}

Test(run_phantom_write, truth_json_holds_every_true_value)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = make("abdomen", (osarc_phantom_options){.seed = UINT64_MAX});
    EXPECT_OK(osarc_phantom_write(folder, phantom, 0, &err));
    uint8_t *bytes = NULL;
    size_t size = 0;
    read_file("truth.json", &bytes, &size);
    json_t *root = json_loadb((const char *) bytes, size, 0, NULL);
    cr_assert(ne(ptr, root, NULL));
    cr_expect(eq(str, (char *) json_string_value(json_object_get(root, "kind")), "abdomen"));
    json_t *options = json_object_get(root, "options");
    cr_expect(eq(str, (char *) json_string_value(json_object_get(options, "seed")),
                 "18446744073709551615"));
    cr_expect(eq(dbl, json_number_value(json_object_get(options, "thickness_mm")), 12));
    json_t *list = json_object_get(root, "truth");
    cr_assert(eq(sz, json_array_size(list), osarc_phantom_truth_count(phantom)));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const osarc_truth *truth = osarc_phantom_truth(phantom, i);
        json_t *row = json_array_get(list, i);
        cr_expect(eq(str, (char *) json_string_value(json_object_get(row, "quantity")),
                     (char *) truth->quantity));
        cr_expect(epsilon_eq(dbl, json_number_value(json_object_get(row, "value")), truth->value,
                             1e-6 * fabs(truth->value)));
    }
    json_decref(root);
    osi_free(bytes);
    osarc_phantom_free(phantom);
}

/* Two series of one study: the same place, each its own voltage and its own pixels. */
Test(run_phantom_write, two_voltages_are_two_series_of_one_frame_of_reference)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = make(
        "spine", (osarc_phantom_options){.kvp = 140, .second_kvp = 80, .rods = "siemens_osteo"});
    EXPECT_OK(osarc_phantom_write(folder, phantom, 0, &err));
    osarc_catalogue *catalogue = NULL;
    const char *const paths[] = {folder};
    EXPECT_OK(osarc_catalogue_read(&catalogue, paths, 1, NULL, &err));
    /* and truth.json, which is no scan */
    cr_assert(eq(sz, osarc_catalogue_series_count(catalogue), 3));
    osarc_scan *scans[2] = {NULL};
    for (size_t i = 0; i < 2; i++)
        EXPECT_OK(osarc_scan_read(&scans[i], catalogue, i, NULL, &err));
    const osarc_acquisition *a = osarc_scan_acquisition(scans[0]);
    const osarc_acquisition *b = osarc_scan_acquisition(scans[1]);
    cr_expect(eq(str, (char *) a->study_uid, (char *) b->study_uid));
    cr_expect(eq(str, (char *) a->frame_of_reference_uid, (char *) b->frame_of_reference_uid));
    cr_expect(ne(str, (char *) a->series_uid, (char *) b->series_uid));
    cr_expect(eq(dbl, a->kvp + b->kvp, 220));
    for (size_t i = 0; i < 2; i++) {
        int is_first = osarc_scan_acquisition(scans[i])->kvp == 140;
        const osarc_image *was =
            is_first ? osarc_phantom_image(phantom) : osarc_phantom_second_image(phantom);
        const osarc_image *is = osarc_scan_image(scans[i]);
        cr_assert(eq(int, osarc_grid_same(osarc_image_grid(was), osarc_image_grid(is), 1e-4), 1));
        for (size_t v = 0; v < osarc_grid_count(osarc_image_grid(was)); v++)
            cr_assert(eq(dbl, osarc_image_value(is, v), osarc_image_value(was, v)));
        osarc_scan_free(scans[i]);
    }
    osarc_catalogue_free(catalogue);
    osarc_phantom_free(phantom);
}

Test(run_phantom_write, truth_json_of_a_spine_holds_levels_rods_and_scales)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = make("spine", (osarc_phantom_options){.rods = "mindways3_ct"});
    EXPECT_OK(osarc_phantom_write(folder, phantom, 0, &err));
    uint8_t *bytes = NULL;
    size_t size = 0;
    read_file("truth.json", &bytes, &size);
    json_t *root = json_loadb((const char *) bytes, size, 0, NULL);
    cr_assert(ne(ptr, root, NULL));
    json_t *options = json_object_get(root, "options");
    cr_expect(
        eq(str, (char *) json_string_value(json_object_get(options, "rods")), "mindways3_ct"));
    cr_expect(eq(dbl, json_number_value(json_object_get(options, "trabecular_mg_cm3")), 120));
    json_t *levels = json_object_get(root, "levels");
    cr_assert(eq(sz, json_array_size(levels), osarc_phantom_level_count(phantom)));
    for (size_t i = 0; i < json_array_size(levels); i++) {
        const osarc_phantom_level *level = osarc_phantom_level_at(phantom, i);
        json_t *row = json_array_get(levels, i);
        cr_expect(eq(str, (char *) json_string_value(json_object_get(row, "name")),
                     (char *) level->name));
        cr_expect(epsilon_eq(dbl, json_number_value(json_object_get(row, "hu")), level->hu, 1e-6));
        cr_expect(epsilon_eq(dbl, json_number_value(json_object_get(row, "mineral_mg_cm3")),
                             level->mineral_mg_cm3, 1e-6));
        cr_expect(eq(int, json_typeof(json_object_get(row, "second_hu")), JSON_NULL));
    }
    cr_expect(eq(sz, json_array_size(json_object_get(root, "rods")), 5));
    json_t *scales = json_object_get(root, "scales");
    cr_assert(eq(sz, json_array_size(scales), 1));
    cr_expect(eq(dbl,
                 json_number_value(json_object_get(json_array_get(scales, 0), "effective_kev")),
                 osarc_phantom_scale_of(phantom, 0).effective_kev));
    json_decref(root);
    osi_free(bytes);
    osarc_phantom_free(phantom);
}

Test(run_phantom_write, other_options_give_other_uids)
{
    osarc_error err = OSARC_ERROR_INIT;
    uint8_t *bytes[2];
    size_t size[2];
    for (int i = 0; i < 2; i++) {
        /* without a table there is nothing else to tell the two apart but the option */
        osarc_phantom *phantom =
            make("thigh", (osarc_phantom_options){.without_table = 1, .table_touches = i});
        EXPECT_OK(osarc_phantom_write(folder, phantom, 1, &err));
        read_file("0001.dcm", &bytes[i], &size[i]);
        osarc_phantom_free(phantom);
    }
    cr_expect(size[0] != size[1] || memcmp(bytes[0], bytes[1], size[0]) != 0);
    osi_free(bytes[0]);
    osi_free(bytes[1]);
}

Test(run_phantom_write, refuses_a_folder_that_holds_something)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = make("thigh", (osarc_phantom_options){0});
    EXPECT_OK(osarc_phantom_write(folder, phantom, 0, &err));
    EXPECT_REFUSED(osarc_phantom_write(folder, phantom, 0, &err), OSARC_ERR_IO);
    EXPECT_OK(osarc_phantom_write(folder, phantom, 1, &err));
    osarc_phantom_free(phantom);
}

Test(run_phantom_write, refuses_a_folder_that_cannot_be_made)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = make("thigh", (osarc_phantom_options){0});
    EXPECT_REFUSED(osarc_phantom_write("/nowhere/at/all", phantom, 0, &err), OSARC_ERR_IO);
    EXPECT_REFUSED(osarc_phantom_write("/dev/null", phantom, 0, &err), OSARC_ERR_IO);
    osarc_phantom_free(phantom);
}

Test(run_phantom_write, refuses_a_folder_that_may_not_be_written)
{
    if (geteuid() == 0) {
        fprintf(stderr, "root may write anywhere: not tested\n");
        return;
    }
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = make("thigh", (osarc_phantom_options){0});
    cr_assert(zero(int, chmod(base, 0500)));
    EXPECT_REFUSED(osarc_phantom_write(folder, phantom, 0, &err), OSARC_ERR_IO);
    chmod(base, 0700);
    osarc_phantom_free(phantom);
}

Test(run_phantom_write, refuses_to_write_nothing)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = make("thigh", (osarc_phantom_options){0});
    EXPECT_REFUSED(osarc_phantom_write(folder, NULL, 0, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_phantom_write(NULL, phantom, 0, &err), OSARC_ERR_ARGUMENT);
    osarc_phantom_free(phantom);
}
