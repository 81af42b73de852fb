/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <osi/file.h>
#include <osi/nifti.h>

#include "labels_step.h"
#include "make_labels.h"

static osarc_error err = OSARC_ERROR_INIT;
static char folder[] = "/tmp/osarc_labels_XXXXXX";
static char path[64];
static osarc_notes *notes;
static osarc_acquisition acquisition;

static void enter(void)
{
    cr_assert(mkdtemp(folder) != NULL);
    snprintf(path, sizeof(path), "%s/labels.nii.gz", folder);
    EXPECT_OK(osarc_notes_create(&notes, &err));
    osarc_acquisition_init(&acquisition);
}

static void leave(void)
{
    osarc_notes_free(notes);
    (void) !osi_folder_remove(folder, NULL);
}

TestSuite(run_labels_step, .init = enter, .fini = leave);

static osarc_grid make_grid(size_t side, double spacing_mm)
{
    return (osarc_grid){.size = {side, side, side},
                        .spacing_mm = {spacing_mm, spacing_mm, spacing_mm},
                        .origin_mm = {spacing_mm / 2, spacing_mm / 2, spacing_mm / 2},
                        .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
}

/* A map of L3 where x is over half, written and read back. */
static osarc_label_file *make_labels(const osarc_grid *grid)
{
    osarc_mask *mask = NULL;
    osarc_label_file *file = NULL;
    EXPECT_OK(osarc_mask_create(&mask, grid, &err));
    for (size_t i = 0; i < osarc_grid_count(grid); i++)
        osarc_mask_fill(mask)[i] = i % grid->size[0] >= grid->size[0] / 2 ? 29 : 0;
    EXPECT_OK(osi_nifti_write_mask(path, mask, OSI_NIFTI_AS_GRID, 1, &err));
    osarc_mask_free(mask);
    EXPECT_OK(labels_read(&file, path, 1, &err));
    return file;
}

static size_t count_l3(const osarc_mask *mask)
{
    uint64_t counts[256];
    osarc_mask_counts(mask, counts);
    return (size_t) counts[29];
}

Test(run_labels_step, takes_a_map_on_the_same_grid_as_it_is)
{
    osarc_grid grid = make_grid(8, 2);
    osarc_label_file *labels = make_labels(&grid);
    osarc_mask *mask = NULL;
    EXPECT_OK(labels_on_grid(&mask, labels, 0, &grid, &acquisition, notes, 2, &err));
    cr_expect(eq(sz, count_l3(mask), 256u));
    cr_expect(eq(sz, osarc_notes_count(notes), 0u));
    osarc_mask_free(mask);
    osarc_label_file_free(labels);
}

/* Twice as fine, rows and slices running the other way: the same half of the cube. */
Test(run_labels_step, takes_the_nearest_voxel_of_another_grid)
{
    osarc_grid grid = make_grid(8, 2);
    osarc_grid fine = {.size = {16, 16, 16},
                       .spacing_mm = {1, 1, 1},
                       .origin_mm = {0.5, 15.5, 15.5},
                       .direction = {{1, 0, 0}, {0, -1, 0}, {0, 0, -1}}};
    osarc_label_file *labels = make_labels(&grid);
    osarc_mask *mask = NULL;
    EXPECT_OK(labels_on_grid(&mask, labels, 0, &fine, &acquisition, notes, 2, &err));
    cr_expect(eq(sz, count_l3(mask), 2048u));
    for (size_t i = 0; i < 4096; i++)
        cr_assert(eq(int, osarc_mask_labels(mask)[i], i % 16 >= 8 ? 29 : 0));
    cr_expect(eq(str, (char *) osarc_notes_at(notes, 0)->code, "labels_resampled"));
    osarc_mask_free(mask);
    osarc_label_file_free(labels);
}

Test(run_labels_step, refuses_a_map_that_does_not_cover_the_scan)
{
    osarc_grid grid = make_grid(8, 2);
    osarc_grid larger = make_grid(10, 2);
    osarc_grid moved = make_grid(8, 2);
    moved.origin_mm[2] += 6;
    osarc_label_file *labels = make_labels(&grid);
    osarc_mask *mask = (osarc_mask *) -1;
    EXPECT_REFUSED(labels_on_grid(&mask, labels, 0, &larger, &acquisition, notes, 2, &err),
                   OSARC_ERR_GEOMETRY);
    cr_expect(eq(ptr, mask, NULL));
    EXPECT_REFUSED(labels_on_grid(&mask, labels, 0, &moved, &acquisition, notes, 2, &err),
                   OSARC_ERR_GEOMETRY);
    osarc_label_file_free(labels);
}

Test(run_labels_step, refuses_files_that_are_no_labels)
{
    osarc_label_file *file = NULL;
    EXPECT_REFUSED(labels_read(&file, "/no/such/file", 1, &err), OSARC_ERR_IO);
    EXPECT_OK(osi_file_write(path, "hello", 5, &err));
    EXPECT_REFUSED(labels_read(&file, path, 1, &err), OSARC_ERR_FORMAT);
    cr_expect(eq(ptr, file, NULL));
}

Test(run_labels_step, refuses_contours)
{
    static const char THIGH[] = OSARC_REAL_DATA "/ct_thigh_a";
    osarc_label_file *file = NULL;
    if (access(THIGH, R_OK) != 0) {
        fprintf(stderr, "%s is not there: left out\n", THIGH);
        return;
    }
    char line[512];
    char found[512] = "";
    snprintf(line, sizeof(line), "grep -rl --binary-files=text RTSTRUCT %s | head -1", THIGH);
    FILE *pipe = popen(line, "r");
    cr_assert(fgets(found, sizeof(found), pipe) != NULL);
    pclose(pipe);
    found[strcspn(found, "\n")] = '\0';
    EXPECT_REFUSED(labels_read(&file, found, 1, &err), OSARC_ERR_UNSUPPORTED);
    cr_expect(strstr(err.text, "contours") != NULL);
}

Test(run_labels_step, knows_structures_by_the_names_that_programs_give_them)
{
    static const struct {
        const char *name;
        int number;
    } NAMES[] = {{"vertebrae_L3", 29}, {"L3 vertebra", 29}, {"Vertebra L5", 27},
                 {"l1", 31},           {"T12", 32},         {"Vertebral body L2", 30},
                 {"Sacrum", 25},       {"hip_left", 77},    {"Femur right", 76}};
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
        cr_expect(labels_structure_of(NAMES[i].name) == NAMES[i].number, "%s is %d", NAMES[i].name,
                  labels_structure_of(NAMES[i].name));
}

Test(run_labels_step, take_no_other_name_for_a_structure)
{
    static const char *const NAMES[] = {"",    "vertebra", "L6",      "L",     "lesion L3",
                                        "hip", "3",        "disc L3", "L3-L4", "___"};
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
        cr_expect(labels_structure_of(NAMES[i]) == 0, "%s is %d", NAMES[i],
                  labels_structure_of(NAMES[i]));
}

#define FRAME "1.2.826.0.1.3680043.2.1143.1"

/* One segment on the middle slices only; empty ones are left out, as writers do. */
static osarc_label_file *make_segmentation(const osarc_grid *grid, const char *name,
                                           const char *code)
{
    static const uint8_t LABEL = 1;
    osarc_label_file *file = NULL;
    osarc_mask *mask = NULL;
    EXPECT_OK(osarc_mask_create(&mask, grid, &err));
    for (size_t i = 0; i < osarc_grid_count(grid); i++) {
        size_t z = i / grid->size[0] / grid->size[1];
        osarc_mask_fill(mask)[i] = z >= 3 && z < 5;
    }
    const osarc_mask *const masks[] = {mask};
    const seg_spec spec = {.masks = masks,
                           .labels = &LABEL,
                           .names = &name,
                           .codes = &code,
                           .count = 1,
                           .frame_uid = FRAME,
                           .skip_empty = 1};
    snprintf(path, sizeof(path), "%s/seg.dcm", folder);
    cr_assert(make_seg(path, &spec));
    osarc_mask_free(mask);
    EXPECT_OK(labels_read(&file, path, 1, &err));
    return file;
}

static void expect_segment(const char *name, const char *code, size_t l3)
{
    osarc_grid grid = make_grid(8, 2);
    osarc_mask *mask = NULL;
    osarc_label_file *labels = make_segmentation(&grid, name, code);
    snprintf(acquisition.frame_of_reference_uid, OSARC_TEXT_SIZE, FRAME);
    EXPECT_OK(labels_on_grid(&mask, labels, 0, &grid, &acquisition, notes, 2, &err));
    cr_expect(eq(sz, count_l3(mask), l3));
    osarc_mask_free(mask);
    osarc_label_file_free(labels);
}

Test(run_labels_step, takes_a_segment_by_its_name_or_its_code)
{
    expect_segment("L3 vertebra", "3138006", 128);
    expect_segment("Segment_1", "36470004", 128);
    expect_segment("vertebrae_L3", "36470004", 128);
    expect_segment("L2", "3138006", 0);
}

Test(run_labels_step, refuses_a_segment_whose_name_and_code_contradict)
{
    osarc_grid grid = make_grid(8, 2);
    osarc_mask *mask = NULL;
    osarc_label_file *labels = make_segmentation(&grid, "L3", "14293000");
    snprintf(acquisition.frame_of_reference_uid, OSARC_TEXT_SIZE, FRAME);
    EXPECT_REFUSED(labels_on_grid(&mask, labels, 0, &grid, &acquisition, notes, 2, &err),
                   OSARC_ERR_QUALITY);
    cr_expect(strstr(err.text, "named as L3 and coded as L2") != NULL, "%s", err.text);
    osarc_label_file_free(labels);
}

Test(run_labels_step, refuses_segments_without_a_known_structure)
{
    osarc_grid grid = make_grid(8, 2);
    osarc_mask *mask = NULL;
    osarc_label_file *labels = make_segmentation(&grid, "lesion", "3138006");
    snprintf(acquisition.frame_of_reference_uid, OSARC_TEXT_SIZE, FRAME);
    EXPECT_REFUSED(labels_on_grid(&mask, labels, 0, &grid, &acquisition, notes, 2, &err),
                   OSARC_ERR_QUALITY);
    osarc_label_file_free(labels);
}

Test(run_labels_step, refuses_a_segmentation_in_another_frame_of_reference)
{
    osarc_grid grid = make_grid(8, 2);
    osarc_mask *mask = NULL;
    osarc_label_file *labels = make_segmentation(&grid, "L3", "3138006");
    EXPECT_REFUSED(labels_on_grid(&mask, labels, 0, &grid, &acquisition, notes, 2, &err),
                   OSARC_ERR_GEOMETRY);
    snprintf(acquisition.frame_of_reference_uid, OSARC_TEXT_SIZE, "1.2.3");
    EXPECT_REFUSED(labels_on_grid(&mask, labels, 0, &grid, &acquisition, notes, 2, &err),
                   OSARC_ERR_GEOMETRY);
    osarc_label_file_free(labels);
}
