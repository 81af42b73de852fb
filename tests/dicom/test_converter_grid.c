/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <expect.h>
#include <osarc/dicom.h>
#include <osi/alloc.h>
#include <osi/file.h>
#include <osi/nifti.h>

/* Masks promise to lie, voxel on voxel, on the series as dcm2niix converts it: ask dcm2niix. */

#define CONVERTER  "/usr/bin/dcm2niix"
#define FILE_LIMIT ((size_t) 1 << 29)

/* The converter takes the slice distance from two neighbours in single precision: 2e-5 mm, which
   adds up over a hundred slices. */
#define TOLERANCE_MM 0.01

extern char **environ;

static char folder[64];
static char nifti_path[96];
static char mask_path[96];
static char dicom_folder[96];

static void make_folder(void)
{
    snprintf(folder, sizeof(folder), "/tmp/osarc_grid_XXXXXX");
    cr_assert(mkdtemp(folder) != NULL);
    snprintf(nifti_path, sizeof(nifti_path), "%s/converted.nii", folder);
    snprintf(mask_path, sizeof(mask_path), "%s/mask.nii.gz", folder);
    snprintf(dicom_folder, sizeof(dicom_folder), "%s/dicom", folder);
}

static void remove_folder(void)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_OK(osi_folder_remove(folder, &err));
}

TestSuite(dicom_converter_grid, .init = make_folder, .fini = remove_folder, .timeout = 300);

/* 1 when the converter ran and left the one file that is asked for. */
static int convert(const char *source)
{
    char *const arguments[] = {CONVERTER, "-z", "n",         "-b", "n",    "-w",
                               "1",       "-f", "converted", "-o", folder, (char *) source,
                               NULL};
    pid_t child;
    int ended = 0;
    posix_spawn_file_actions_t actions;
    cr_assert(eq(int, posix_spawn_file_actions_init(&actions), 0));
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int failed = posix_spawn(&child, CONVERTER, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed)
        return 0;
    cr_assert(eq(int, (int) waitpid(child, &ended, 0), (int) child));
    return WIFEXITED(ended) && WEXITSTATUS(ended) == 0 && access(nifti_path, R_OK) == 0;
}

static osarc_scan *read_scan(const char *source)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_catalogue *catalogue = NULL;
    osarc_scan *scan = NULL;
    EXPECT_OK(osarc_catalogue_read(&catalogue, &source, 1, NULL, &err));
    for (size_t i = 0; i < osarc_catalogue_series_count(catalogue) && !scan; i++)
        if (osarc_catalogue_series(catalogue, i)->decision == OSARC_DECISION_USABLE)
            EXPECT_OK(osarc_scan_read(&scan, catalogue, i, NULL, &err));
    cr_assert(scan != NULL, "no usable series");
    osarc_catalogue_free(catalogue);
    return scan;
}

static uint8_t *read_bytes(const char *path, size_t *size_out)
{
    osarc_error err = OSARC_ERROR_INIT;
    uint8_t *bytes = NULL;
    EXPECT_OK(osi_file_read(&bytes, size_out, path, FILE_LIMIT, &err));
    return bytes;
}

/* Labels that differ between neighbours on every axis. */
static osarc_mask *make_mask(const osarc_grid *grid)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_mask *mask = NULL;
    EXPECT_OK(osarc_mask_create(&mask, grid, &err));
    size_t at = 0;
    for (size_t k = 0; k < grid->size[2]; k++)
        for (size_t j = 0; j < grid->size[1]; j++)
            for (size_t i = 0; i < grid->size[0]; i++)
                osarc_mask_fill(mask)[at++] = (uint8_t) ((i + 7 * j + 31 * k) % 251);
    return mask;
}

/* Voxel by voxel: the mask's label belongs to the voxel that the converter put in the same place.
 */
static void compare(const osarc_scan *scan)
{
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_image *ours = osarc_scan_image(scan);
    const osarc_grid *grid = osarc_image_grid(ours);
    size_t size = 0;
    uint8_t *bytes = read_bytes(nifti_path, &size);
    osarc_image *theirs = NULL;
    EXPECT_OK(osi_nifti_read_image(&theirs, bytes, size, 0, &err));
    osi_free(bytes);

    osarc_mask *mask = make_mask(grid);
    osarc_mask *back = NULL;
    EXPECT_OK(osi_nifti_write_mask(mask_path, mask, OSI_NIFTI_AS_DICOM_CONVERTERS, 0, &err));
    bytes = read_bytes(mask_path, &size);
    EXPECT_OK(osi_nifti_read_mask(&back, bytes, size, &err));
    osi_free(bytes);
    const osarc_grid *a = osarc_mask_grid(back);
    const osarc_grid *b = osarc_image_grid(theirs);
    cr_assert(osarc_grid_same(a, b, TOLERANCE_MM) == 1,
              "the mask lies elsewhere: first voxel %.4f %.4f %.4f, spacing %.5f %.5f %.5f, not "
              "%.4f %.4f %.4f, %.5f %.5f %.5f",
              a->origin_mm[0], a->origin_mm[1], a->origin_mm[2], a->spacing_mm[0], a->spacing_mm[1],
              a->spacing_mm[2], b->origin_mm[0], b->origin_mm[1], b->origin_mm[2], b->spacing_mm[0],
              b->spacing_mm[1], b->spacing_mm[2]);

    size_t count = osarc_grid_count(grid);
    size_t row = grid->size[0];
    size_t wrong_label = 0;
    size_t wrong_value = 0;
    for (size_t at = 0; at < count; at++) {
        size_t j = at / row % grid->size[1];
        size_t mirrored = at - j * row + (grid->size[1] - 1 - j) * row;
        double value = osarc_image_value(ours, at);
        double other = osarc_image_value(theirs, mirrored);
        wrong_label += osarc_mask_labels(mask)[at] != osarc_mask_labels(back)[mirrored];
        wrong_value += isnan(value) ? !isnan(other) : value != other;
    }
    cr_expect(eq(sz, wrong_label, 0));
    cr_expect(eq(sz, wrong_value, 0));
    osarc_image_free(theirs);
    osarc_mask_free(mask);
    osarc_mask_free(back);
}

static int converter_is_there(void)
{
    if (access(CONVERTER, X_OK) == 0)
        return 1;
    printf("no %s here: skipped\n", CONVERTER);
    return 0;
}

Test(dicom_converter_grid, is_where_a_converter_puts_real_series)
{
    static const char *const SERIES[] = {"ct_abdomen_pelvis", "ct_thigh_a/image", "ct_j2k_slab",
                                         "ct_chest_sharp"};
    if (!converter_is_there())
        return;
    for (size_t s = 0; s < sizeof(SERIES) / sizeof(SERIES[0]); s++) {
        char source[512];
        snprintf(source, sizeof(source), "%s/%s", OSARC_REAL_DATA, SERIES[s]);
        if (access(source, R_OK) != 0) {
            printf("not there, skipped: %s\n", SERIES[s]);
            continue;
        }
        cr_assert(convert(source), "%s was not converted", SERIES[s]);
        osarc_scan *scan = read_scan(source);
        compare(scan);
        osarc_scan_free(scan);
    }
}

Test(dicom_converter_grid, is_where_a_converter_puts_stacks_in_any_plane)
{
    static const double PLANES[][2][3] = {
        {{1, 0, 0}, {0, 1, 0}},   {{-1, 0, 0}, {0, 1, 0}},
        {{-1, 0, 0}, {0, -1, 0}}, {{0, 1, 0}, {0, 0, -1}},
        {{0, -1, 0}, {0, 0, -1}}, {{0, 1, 0}, {0, 0, 1}},
        {{1, 0, 0}, {0, 0, -1}},  {{-1, 0, 0}, {0, 0, -1}},
        {{1, 0, 0}, {0, 0, 1}},   {{0.96, 0.28, 0}, {-0.28, 0.96, 0}},
    };
    if (!converter_is_there())
        return;
    for (size_t p = 0; p < sizeof(PLANES) / sizeof(PLANES[0]); p++) {
        osarc_error err = OSARC_ERROR_INIT;
        osarc_grid grid = {
            .size = {9, 8, 7}, .spacing_mm = {0.75, 0.875, 2.5}, .origin_mm = {-10.5, 20.25, -300}};
        for (int c = 0; c < 3; c++) {
            int d = (c + 1) % 3;
            int e = (c + 2) % 3;
            grid.direction[0][c] = PLANES[p][0][c];
            grid.direction[1][c] = PLANES[p][1][c];
            grid.direction[2][c] =
                PLANES[p][0][d] * PLANES[p][1][e] - PLANES[p][0][e] * PLANES[p][1][d];
        }
        osarc_image *image = NULL;
        EXPECT_OK(osarc_image_create(&image, &grid, OSARC_UNIT_HU, 1, 0, &err));
        for (size_t i = 0; i < osarc_grid_count(&grid); i++)
            osarc_image_fill(image)[i] = (int16_t) (i * 5 % 1400) - 900;
        osarc_acquisition acquisition;
        osarc_acquisition_init(&acquisition);
        snprintf(acquisition.patient_id, sizeof(acquisition.patient_id), "PHANTOM-grid");
        snprintf(acquisition.patient_position, sizeof(acquisition.patient_position), "HFS");
        acquisition.kvp = 120;
        acquisition.slice_thickness_mm = 2.5;
        osarc_ct_write_options options = {
            .acquisition = &acquisition, .uid_seed = "grid", .padding_value = -2000};
        EXPECT_OK(osi_folder_remove(dicom_folder, &err));
        EXPECT_OK(osi_folder_create(dicom_folder, &err));
        EXPECT_OK(osarc_ct_write(dicom_folder, image, &options, &err));
        osarc_image_free(image);

        cr_assert(convert(dicom_folder), "plane %zu was not converted", p);
        osarc_scan *scan = read_scan(dicom_folder);
        compare(scan);
        osarc_scan_free(scan);
    }
}
