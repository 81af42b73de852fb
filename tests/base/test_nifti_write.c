/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <osi/alloc.h>
#include <osi/file.h>
#include <osi/gzip.h>
#include <osi/nifti.h>

static char folder[] = "/tmp/osarc-test-XXXXXX";
static char path[64];

static void make_folder(void)
{
    cr_assert(mkdtemp(folder) != NULL);
    snprintf(path, sizeof(path), "%s/mask.nii.gz", folder);
}

static void drop_folder(void)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_OK(osi_folder_remove(folder, &err));
}

TestSuite(base_nifti_write, .init = make_folder, .fini = drop_folder);

#define COLUMNS ((size_t) 5)
#define ROWS    ((size_t) 4)
#define SLICES  ((size_t) 3)

/* Row and column as DICOM writes them; the slice axis is row x column. */
static const double PLANES[][2][3] = {
    {{1, 0, 0}, {0, 1, 0}},               /* axial, head first supine */
    {{-1, 0, 0}, {0, 1, 0}},              /* axial, feet first */
    {{-1, 0, 0}, {0, -1, 0}},             /* axial, prone */
    {{0, 1, 0}, {0, 0, -1}},              /* sagittal */
    {{0, -1, 0}, {0, 0, -1}},             /* sagittal from the other side */
    {{1, 0, 0}, {0, 0, -1}},              /* coronal */
    {{-1, 0, 0}, {0, 0, 1}},              /* coronal, upside down */
    {{0.8, 0.6, 0}, {-0.6, 0.8, 0}},      /* turned in the plane */
    {{0.8, 0, 0.6}, {0, 1, 0}},           /* oblique */
    {{0.36, 0.48, -0.8}, {-0.8, 0.6, 0}}, /* doubly oblique */
};
#define PLANE_COUNT (sizeof(PLANES) / sizeof(PLANES[0]))

static osarc_grid make_grid(size_t plane)
{
    osarc_grid grid = {
        .size = {COLUMNS, ROWS, SLICES},
        .spacing_mm = {0.5, 0.75, 4.25},
        .origin_mm = {-101.5, 33.25, -700.125},
    };
    const double *row = PLANES[plane][0];
    const double *column = PLANES[plane][1];
    for (int c = 0; c < 3; c++) {
        grid.direction[0][c] = row[c];
        grid.direction[1][c] = column[c];
        grid.direction[2][c] =
            row[(c + 1) % 3] * column[(c + 2) % 3] - row[(c + 2) % 3] * column[(c + 1) % 3];
    }
    return grid;
}

/* Every voxel has a label of its own. */
static osarc_mask *make_mask(const osarc_grid *grid)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_mask *mask = NULL;
    EXPECT_OK(osarc_mask_create(&mask, grid, &err));
    for (size_t i = 0; i < COLUMNS * ROWS * SLICES; i++)
        osarc_mask_fill(mask)[i] = (uint8_t) (i + 1);
    return mask;
}

static osarc_mask *write_and_read(const osarc_mask *mask, osi_nifti_layout layout)
{
    osarc_error err = OSARC_ERROR_INIT;
    uint8_t *bytes = NULL;
    size_t size = 0;
    osarc_mask *back = NULL;
    EXPECT_OK(osi_nifti_write_mask(path, mask, layout, 2, &err));
    EXPECT_OK(osi_file_read(&bytes, &size, path, 1 << 20, &err));
    EXPECT_OK(osi_nifti_read_mask(&back, bytes, size, &err));
    osi_free(bytes);
    return back;
}

/* Each label must lie where it lay: the position tells, whatever the order in memory. */
static void expect_same_places(const osarc_mask *mask, const osarc_mask *back)
{
    const osarc_grid *from = osarc_mask_grid(back);
    const osarc_grid *to = osarc_mask_grid(mask);
    for (size_t i = 0; i < COLUMNS * ROWS * SLICES; i++) {
        double ijk[3] = {(double) (i % COLUMNS), (double) (i / COLUMNS % ROWS),
                         (double) (i / COLUMNS / ROWS)};
        double lps[3];
        double found[3];
        osarc_grid_position_mm(from, ijk, lps);
        osarc_grid_index(to, lps, found);
        size_t whole[3];
        for (int axis = 0; axis < 3; axis++) {
            whole[axis] = (size_t) (found[axis] + 0.5);
            /* the affine is kept in single precision: 700 mm to 6e-5 mm */
            cr_assert(epsilon_eq(dbl, found[axis], (double) whole[axis], 1e-3));
        }
        size_t index = (whole[2] * ROWS + whole[1]) * COLUMNS + whole[0];
        cr_assert(eq(int, osarc_mask_labels(back)[i], osarc_mask_labels(mask)[index]));
    }
}

Test(base_nifti_write, keeps_every_label_in_its_place_in_any_orientation)
{
    for (size_t plane = 0; plane < PLANE_COUNT; plane++) {
        osarc_grid grid = make_grid(plane);
        osarc_mask *mask = make_mask(&grid);
        for (int layout = OSI_NIFTI_AS_DICOM_CONVERTERS; layout <= OSI_NIFTI_AS_GRID; layout++) {
            osarc_mask *back = write_and_read(mask, (osi_nifti_layout) layout);
            expect_same_places(mask, back);
            osarc_mask_free(back);
        }
        osarc_mask_free(mask);
    }
}

Test(base_nifti_write, stores_a_dicom_grid_from_its_last_row_on)
{
    osarc_grid grid = make_grid(0);
    osarc_mask *mask = make_mask(&grid);
    osarc_mask *back = write_and_read(mask, OSI_NIFTI_AS_DICOM_CONVERTERS);
    cr_expect(eq(int, osarc_mask_labels(back)[0], (int) ((ROWS - 1) * COLUMNS + 1)));
    cr_expect(eq(dbl, osarc_mask_grid(back)->direction[1][1], -1.0));
    cr_expect(eq(dbl, osarc_mask_grid(back)->origin_mm[1], 33.25 + 3 * 0.75));
    osarc_mask_free(back);
    osarc_mask_free(mask);
}

Test(base_nifti_write, stores_a_nifti_grid_as_that_file_is_left_handed_too)
{
    osarc_grid grid = make_grid(3);
    for (int hand = 0; hand < 2; hand++) {
        for (int c = 0; c < 3; c++)
            grid.direction[2][c] = -grid.direction[2][c];
        osarc_mask *mask = make_mask(&grid);
        osarc_mask *back = write_and_read(mask, OSI_NIFTI_AS_GRID);
        cr_expect(
            memcmp(osarc_mask_labels(mask), osarc_mask_labels(back), COLUMNS * ROWS * SLICES) == 0);
        cr_expect(eq(int, osarc_grid_same(&grid, osarc_mask_grid(back), 1e-4), 1));
        osarc_mask_free(back);
        osarc_mask_free(mask);
    }
}

/* Bytes of the header as published: sform and qform must tell the same affine. */
Test(base_nifti_write, gives_the_same_grid_by_sform_and_by_qform)
{
    osarc_error err = OSARC_ERROR_INIT;
    for (size_t plane = 0; plane < PLANE_COUNT; plane++) {
        osarc_grid grid = make_grid(plane);
        osarc_mask *mask = make_mask(&grid);
        EXPECT_OK(osi_nifti_write_mask(path, mask, OSI_NIFTI_AS_DICOM_CONVERTERS, 1, &err));
        uint8_t *packed = NULL;
        uint8_t *bytes = NULL;
        size_t packed_size = 0;
        size_t size = 0;
        EXPECT_OK(osi_file_read(&packed, &packed_size, path, 1 << 20, &err));
        EXPECT_OK(osi_gunzip(&bytes, &size, packed, packed_size, 1 << 20, &err));
        cr_assert(eq(sz, size, 352 + COLUMNS * ROWS * SLICES));
        cr_expect(eq(int, bytes[252], 1));
        cr_expect(eq(int, bytes[254], 1));
        osarc_grid by_sform;
        osarc_grid by_qform;
        EXPECT_OK(osi_nifti_grid(&by_sform, bytes, size, &err));
        bytes[254] = 0;
        EXPECT_OK(osi_nifti_grid(&by_qform, bytes, size, &err));
        /* a quaternion in single precision turns to 1e-6 rad or so, over 20 mm */
        cr_expect(eq(int, osarc_grid_same(&by_sform, &by_qform, 1e-3), 1));
        osi_free(packed);
        osi_free(bytes);
        osarc_mask_free(mask);
    }
}

Test(base_nifti_write, gives_the_same_bytes_for_any_number_of_threads)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = make_grid(0);
    osarc_mask *mask = make_mask(&grid);
    uint8_t *bytes[2] = {NULL, NULL};
    size_t size[2] = {0, 0};
    for (int t = 0; t < 2; t++) {
        EXPECT_OK(osi_nifti_write_mask(path, mask, OSI_NIFTI_AS_GRID, 1 + 2 * t, &err));
        EXPECT_OK(osi_file_read(&bytes[t], &size[t], path, 1 << 20, &err));
    }
    cr_expect(eq(sz, size[0], size[1]));
    cr_expect(memcmp(bytes[0], bytes[1], size[0]) == 0);
    osi_free(bytes[0]);
    osi_free(bytes[1]);
    osarc_mask_free(mask);
}

Test(base_nifti_write, refuses_what_the_format_cannot_hold)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = make_grid(0);
    grid.size[0] = 32768;
    grid.size[1] = 1;
    grid.size[2] = 1;
    osarc_mask *mask = NULL;
    EXPECT_OK(osarc_mask_create(&mask, &grid, &err));
    EXPECT_REFUSED(osi_nifti_write_mask(path, mask, OSI_NIFTI_AS_GRID, 1, &err),
                   OSARC_ERR_UNSUPPORTED);
    cr_expect(eq(int, access(path, F_OK), -1));
    osarc_mask_free(mask);
}

Test(base_nifti_write, leaves_no_file_when_it_fails)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = make_grid(0);
    osarc_mask *mask = make_mask(&grid);
    char missing[80];
    snprintf(missing, sizeof(missing), "%s/none/mask.nii.gz", folder);
    EXPECT_REFUSED(osi_nifti_write_mask(missing, mask, OSI_NIFTI_AS_GRID, 1, &err), OSARC_ERR_IO);
    for (long n = 1; n <= 6; n++) {
        osi_alloc_fail_at(n);
        EXPECT_REFUSED(osi_nifti_write_mask(path, mask, OSI_NIFTI_AS_GRID, 1, &err),
                       OSARC_ERR_MEMORY);
        cr_expect(eq(int, access(path, F_OK), -1));
    }
    osi_alloc_fail_at(0);
    EXPECT_REFUSED(osi_nifti_write_mask(NULL, mask, OSI_NIFTI_AS_GRID, 1, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_nifti_write_mask(path, NULL, OSI_NIFTI_AS_GRID, 1, &err),
                   OSARC_ERR_ARGUMENT);
    osarc_mask_free(mask);
}
