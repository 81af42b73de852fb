/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <expect.h>
#include <osarc/dicom.h>
#include <osi/file.h>
#include <osi/nifti.h>

#include "make_dicom.h"

static osarc_error err;
static osarc_catalogue *catalogue;
static const char *folder;
static dicom_bytes b;

static void look(const char *path)
{
    EXPECT_OK(osarc_catalogue_read(&catalogue, &path, 1, NULL, &err));
}

/* The row of a reason; NULL when there is none. */
static const osarc_series *row_of(const char *reason)
{
    for (size_t i = 0; i < osarc_catalogue_series_count(catalogue); i++)
        if (strcmp(osarc_catalogue_series(catalogue, i)->reason, reason) == 0)
            return osarc_catalogue_series(catalogue, i);
    return NULL;
}

static void setup(void)
{
    folder = make_folder();
}

static void teardown(void)
{
    osarc_catalogue_free(catalogue);
    remove_folder(folder);
}

TestSuite(dicom_catalogue, .init = setup, .fini = teardown);

static void save_stack(const char *prefix, int count, const ct_slice *like)
{
    for (int i = 0; i < count; i++) {
        char name[64];
        ct_slice slice = *like;
        slice.z_mm += 2 * i;
        slice.base = (uint16_t) (slice.base + 100 * i);
        snprintf(name, sizeof(name), "%s%d", prefix, (i * 7 + 3) % count);
        save_ct(folder, name, &slice);
    }
}

static void make_subfolder(const char *name)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    EXPECT_OK(osi_folder_create(path, &err));
}

Test(dicom_catalogue, finds_a_series_in_nested_folders_under_any_name)
{
    make_subfolder("deep");
    make_subfolder("deep/er");
    save_stack("deep/er/IM no ending ", 5, &(ct_slice){.z_mm = 0});
    look(folder);
    cr_assert(eq(sz, osarc_catalogue_series_count(catalogue), (size_t) 1));
    const osarc_series *row = osarc_catalogue_series(catalogue, 0);
    cr_expect(row->decision == OSARC_DECISION_USABLE);
    cr_expect(eq(sz, row->file_count, (size_t) 5));
    cr_expect(eq(sz, row->grid.size[2], (size_t) 5));
    cr_expect(eq(sz, osarc_catalogue_input_count(catalogue), (size_t) 5));
    cr_expect(osarc_catalogue_series(catalogue, 1) == NULL);
    cr_expect(osarc_catalogue_input(catalogue, 5) == NULL);
}

Test(dicom_catalogue, tells_series_patients_and_other_objects_apart)
{
    save_stack("a", 5, &(ct_slice){.z_mm = 0});
    save_stack("b", 5, &(ct_slice){.z_mm = 0, .series = "1.2.3.9"});
    save_stack("c", 5, &(ct_slice){.z_mm = 0, .patient = "another"});
    save_ct(folder, "scout", &(ct_slice){.image_type = "ORIGINAL\\PRIMARY\\LOCALIZER"});
    save_ct(folder, "report",
            &(ct_slice){
                .sop_class = "1.2.840.10008.5.1.4.1.1.88.11", .modality = "SR", .no_pixels = 1});
    save(folder, "readme.txt", "hello", 5);
    save(folder, "empty", "", 0);
    look(folder);
    cr_expect(eq(sz, osarc_catalogue_series_count(catalogue), (size_t) 7));
    cr_assert(row_of("localizer") && row_of("document") && row_of("not_dicom") && row_of("empty"));
    cr_expect(row_of("localizer")->decision == OSARC_DECISION_NOT_A_VOLUME);
    cr_expect(row_of("document")->decision == OSARC_DECISION_NOT_A_VOLUME);
    cr_expect(row_of("not_dicom")->decision == OSARC_DECISION_UNREADABLE);
    cr_expect(row_of("empty")->decision == OSARC_DECISION_UNREADABLE);
    /* every file has a row */
    size_t files = 0;
    for (size_t i = 0; i < osarc_catalogue_series_count(catalogue); i++)
        files += osarc_catalogue_series(catalogue, i)->file_count;
    cr_expect(eq(sz, files, osarc_catalogue_input_count(catalogue)));
    for (size_t i = 0; i < osarc_catalogue_input_count(catalogue); i++)
        cr_expect(lt(sz, osarc_catalogue_input(catalogue, i)->series,
                     osarc_catalogue_series_count(catalogue)));
}

Test(dicom_catalogue, takes_a_file_that_is_given_twice_once)
{
    save_stack("a", 5, &(ct_slice){.z_mm = 0});
    char one[128];
    snprintf(one, sizeof(one), "%s/a0", folder);
    const char *paths[] = {folder, one, folder};
    EXPECT_OK(osarc_catalogue_read(&catalogue, paths, 3, NULL, &err));
    cr_expect(eq(sz, osarc_catalogue_input_count(catalogue), (size_t) 5));
    cr_expect(osarc_catalogue_series(catalogue, 0)->decision == OSARC_DECISION_USABLE);
}

Test(dicom_catalogue, drops_a_copy_of_a_folder)
{
    make_subfolder("copy");
    save_stack("a", 5, &(ct_slice){.z_mm = 0});
    save_stack("copy/a", 5, &(ct_slice){.z_mm = 0});
    look(folder);
    cr_assert(eq(sz, osarc_catalogue_series_count(catalogue), (size_t) 1));
    cr_expect(osarc_catalogue_series(catalogue, 0)->decision == OSARC_DECISION_USABLE);
    cr_expect(eq(sz, osarc_catalogue_series(catalogue, 0)->grid.size[2], (size_t) 5));
    size_t told = 0;
    for (size_t i = 0; i < 10; i++)
        told += osarc_catalogue_input(catalogue, i)->text[0] != '\0';
    cr_expect(eq(sz, told, (size_t) 5));
}

Test(dicom_catalogue, refuses_two_different_scans_with_the_same_places)
{
    save_stack("a", 5, &(ct_slice){.z_mm = 0});
    save_stack("b", 5, &(ct_slice){.z_mm = 0, .base = 7});
    look(folder);
    cr_assert(row_of("doubled_positions") != NULL);
    cr_expect(row_of("doubled_positions")->status == OSARC_ERR_GEOMETRY);
}

Test(dicom_catalogue, refuses_a_series_with_a_slice_missing)
{
    save_stack("a", 9, &(ct_slice){.z_mm = 0});
    char lost[128];
    snprintf(lost, sizeof(lost), "%s/a4", folder); /* slice 4 of 9: 4 * 7 + 3 = 31 = 4 mod 9 */
    cr_assert(unlink(lost) == 0);
    look(folder);
    const osarc_series *row = row_of("gap");
    cr_assert(row != NULL);
    cr_expect(strstr(row->text, "4.00 mm between the slices at 6.00 and 10.00 mm") != NULL, "%s",
              row->text);
}

Test(dicom_catalogue, refuses_a_slice_cut_short_inside_by_its_name)
{
    save_stack("a", 9, &(ct_slice){.z_mm = 0});
    save_ct(folder, "a4", &(ct_slice){.z_mm = 8, .pixel_bytes = 10});
    look(folder);
    const osarc_series *row = row_of("damaged_slice");
    cr_assert(row != NULL);
    cr_expect(strstr(row->text, "a4 ") != NULL, "%s", row->text);
}

Test(dicom_catalogue, leaves_out_a_slice_cut_short_at_an_end)
{
    save_stack("a", 9, &(ct_slice){.z_mm = 0});
    save_ct(folder, "a3", &(ct_slice){.z_mm = 0, .pixel_bytes = 10}); /* slice 0 */
    look(folder);
    const osarc_series *row = osarc_catalogue_series(catalogue, 0);
    cr_expect(row->decision == OSARC_DECISION_USABLE);
    cr_expect(eq(sz, row->grid.size[2], (size_t) 8));
    cr_expect(eq(dbl, row->grid.origin_mm[2], 2));
    cr_expect(osarc_catalogue_input(catalogue, 3)->status == OSARC_ERR_FORMAT);
}

/* A map that another program left beside its scan is no scan that failed. */
Test(dicom_catalogue, takes_no_label_map_for_a_volume)
{
    osarc_grid grid = {
        .size = {4, 4, 4}, .spacing_mm = {1, 1, 1}, .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    osarc_mask *mask = NULL;
    char path[160];
    EXPECT_OK(osarc_mask_create(&mask, &grid, &err));
    osarc_mask_fill(mask)[5] = 29;
    snprintf(path, sizeof(path), "%s/labels.nii.gz", folder);
    EXPECT_OK(osi_nifti_write_mask(path, mask, OSI_NIFTI_AS_GRID, 1, &err));
    osarc_mask_free(mask);
    look(folder);
    const osarc_series *row = row_of("label_map");
    cr_assert(row != NULL);
    cr_expect(eq(int, (int) row->decision, OSARC_DECISION_NOT_A_VOLUME));
    cr_expect(eq(str, (char *) row->description, "NIfTI label map"));
    cr_expect(eq(sz, osarc_catalogue_input(catalogue, 0)->series, 0u));
    osarc_scan *scan = NULL;
    EXPECT_REFUSED(osarc_scan_read(&scan, catalogue, 0, NULL, &err), OSARC_ERR_ARGUMENT);
}

Test(dicom_catalogue, refuses_ct_that_cannot_be_hu)
{
    static const struct {
        ct_slice slice;
        const char *reason;
        osarc_status status;
    } FAULTS[] = {
        {{.slope = ""}, "no_rescale", OSARC_ERR_UNIT},
        {{.intercept = ""}, "no_rescale", OSARC_ERR_UNIT},
        {{.rescale_type = "US"}, "not_hu", OSARC_ERR_UNIT},
        {{.slope = "0"}, "rescale", OSARC_ERR_UNIT},
        {{.spacing = ""}, "no_pixel_spacing", OSARC_ERR_GEOMETRY},
        {{.position = ""}, "no_position", OSARC_ERR_GEOMETRY},
        {{.position = "nan\\1\\2"}, "no_position", OSARC_ERR_GEOMETRY},
        {{.orientation = ""}, "no_orientation", OSARC_ERR_GEOMETRY},
        {{.no_pixels = 1}, "no_pixels", OSARC_ERR_FORMAT},
        {{.bits_stored = 17}, "pixel_layout", OSARC_ERR_FORMAT},
        {{.syntax = "1.2.840.10008.1.2.4.102"}, "transfer_syntax", OSARC_ERR_UNSUPPORTED},
        {{.syntax = "1.2.840.10008.1.2.4.90"}, "transfer_syntax", OSARC_ERR_FORMAT},
    };
    for (size_t i = 0; i < sizeof(FAULTS) / sizeof(FAULTS[0]); i++) {
        save_ct(folder, "one", &FAULTS[i].slice);
        look(folder);
        const osarc_series *row = osarc_catalogue_series(catalogue, 0);
        cr_expect(row->decision == OSARC_DECISION_REFUSED, "%zu", i);
        cr_expect(eq(str, (char *) row->reason, (char *) FAULTS[i].reason));
        cr_expect(row->status == FAULTS[i].status, "%zu", i);
        cr_expect(row->text[0] != '\0');
        osarc_scan *scan = (osarc_scan *) -1;
        EXPECT_REFUSED(osarc_scan_read(&scan, catalogue, 0, NULL, &err), OSARC_ERR_ARGUMENT);
        cr_expect(scan == NULL);
        osarc_catalogue_free(catalogue);
        catalogue = NULL;
    }
}

Test(dicom_catalogue, follows_a_dicomdir_and_tells_what_it_misses)
{
    static const char *const NAMES[] = {"SUB\\A0", "SUB\\A1", "SUB\\GONE"};
    make_subfolder("SUB");
    save_stack("SUB/A", 2, &(ct_slice){.z_mm = 0});
    put_start(&b, "1.2.840.10008.1.3.10", "1.2.840.10008.1.2.1");
    put_text(&b, 2, 0x16, "AE", "X");
    put_head(&b, 4, 0x1220, "SQ", 0xFFFFFFFFu);
    for (size_t i = 0; i < 3; i++) {
        put_item(&b, 0xE000, 0xFFFFFFFFu);
        put_text(&b, 4, 0x1500, "CS", NAMES[i]);
        put_item(&b, 0xE00D, 0);
    }
    put_item(&b, 0xE0DD, 0);
    save(folder, "DICOMDIR", b.data, b.size);
    char path[128];
    snprintf(path, sizeof(path), "%s/DICOMDIR", folder);
    look(path);
    cr_expect(row_of("dicomdir") != NULL);
    cr_assert(row_of("missing") != NULL);
    cr_assert(row_of("usable") != NULL);
    cr_expect(eq(sz, row_of("usable")->file_count, (size_t) 2));
    osarc_catalogue_free(catalogue);
    look(folder);
    cr_expect(eq(sz, osarc_catalogue_input_count(catalogue), (size_t) 4));
}

Test(dicom_catalogue, lists_pipes_and_links_without_waiting)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/pipe", folder);
    cr_assert(mkfifo(path, 0600) == 0);
    snprintf(path, sizeof(path), "%s/loop", folder);
    cr_assert(symlink(folder, path) == 0);
    snprintf(path, sizeof(path), "%s/dangling", folder);
    cr_assert(symlink("/nonexistent/file", path) == 0);
    save_stack("a", 3, &(ct_slice){.z_mm = 0});
    look(folder);
    cr_expect(row_of("not_a_file") != NULL);
    cr_expect(row_of("folder_link") != NULL);
    cr_expect(row_of("unreadable") != NULL);
    cr_assert(row_of("usable") != NULL);
    cr_expect(eq(sz, osarc_catalogue_series_count(catalogue), (size_t) 4));
}

Test(dicom_catalogue, lists_nothing_in_an_empty_folder)
{
    look(folder);
    cr_expect(eq(sz, osarc_catalogue_series_count(catalogue), (size_t) 0));
    cr_expect(eq(sz, osarc_catalogue_input_count(catalogue), (size_t) 0));
}

Test(dicom_catalogue, refuses_a_path_that_is_not_there)
{
    const char *path = "/nonexistent/scan";
    catalogue = (osarc_catalogue *) -1;
    EXPECT_REFUSED(osarc_catalogue_read(&catalogue, &path, 1, NULL, &err), OSARC_ERR_IO);
    cr_expect(catalogue == NULL);
    cr_expect(strstr(err.text, "/nonexistent/scan") != NULL);
}

Test(dicom_catalogue, refuses_no_path_at_all)
{
    const char *path = "";
    EXPECT_REFUSED(osarc_catalogue_read(&catalogue, NULL, 0, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_catalogue_read(&catalogue, &path, 1, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_catalogue_read(NULL, &path, 1, NULL, &err), OSARC_ERR_ARGUMENT);
}

Test(dicom_catalogue, refuses_a_header_nested_without_end)
{
    put_start(&b, "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.1.2.1");
    for (int i = 0; i < 8000; i++) {
        put_head(&b, 8, 0x1140, "SQ", 0xFFFFFFFFu);
        put_item(&b, 0xE000, 0xFFFFFFFFu);
    }
    save(folder, "deep", b.data, b.size);
    look(folder);
    cr_assert(row_of("damaged") != NULL);
    cr_expect(row_of("damaged")->decision == OSARC_DECISION_UNREADABLE);
}

Test(dicom_catalogue, gives_the_same_rows_for_any_number_of_threads)
{
    save_stack("a", 9, &(ct_slice){.z_mm = 0});
    save_stack("b", 9, &(ct_slice){.z_mm = 0, .series = "1.2.3.9"});
    save(folder, "readme.txt", "hello", 5);
    osarc_read_options one = {.threads = 1};
    osarc_read_options many = {.threads = 7};
    osarc_catalogue *other = NULL;
    EXPECT_OK(osarc_catalogue_read(&catalogue, &folder, 1, &one, &err));
    EXPECT_OK(osarc_catalogue_read(&other, &folder, 1, &many, &err));
    cr_assert(eq(sz, osarc_catalogue_series_count(catalogue), osarc_catalogue_series_count(other)));
    for (size_t i = 0; i < osarc_catalogue_series_count(catalogue); i++)
        cr_expect(eq(str, (char *) osarc_catalogue_series(catalogue, i)->text,
                     (char *) osarc_catalogue_series(other, i)->text));
    for (size_t i = 0; i < osarc_catalogue_input_count(catalogue); i++)
        cr_expect(eq(sz, osarc_catalogue_input(catalogue, i)->series,
                     osarc_catalogue_input(other, i)->series));
    osarc_catalogue_free(other);
}

Test(dicom_catalogue, digests_every_file_it_can_read)
{
    save(folder, "abc", "abc", 3);
    look(folder);
    cr_expect(eq(str, (char *) osarc_catalogue_input(catalogue, 0)->sha256, ""));
    EXPECT_OK(osarc_catalogue_digest(catalogue, NULL, &err));
    /* FIPS 180-2, appendix B.1 */
    cr_expect(eq(str, (char *) osarc_catalogue_input(catalogue, 0)->sha256,
                 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
}
