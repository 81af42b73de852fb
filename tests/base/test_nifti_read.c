/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>

#include <expect.h>
#include <osi/alloc.h>
#include <osi/file.h>
#include <osi/gzip.h>
#include <osi/nifti.h>

#include "nifti_bytes.h"

static const double VALUES[12] = {-1000, 40, 0, 1, -1, 127, -128, 3, 100, -100, 55, 7};

static osarc_image *read_image(const nifti_file *file)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_image *image = NULL;
    EXPECT_OK(osi_nifti_read_image(&image, file->bytes, file->size, 2, &err));
    return image;
}

static void expect_values(const osarc_image *image, const double *values, double tolerance)
{
    for (size_t i = 0; i < 12; i++)
        cr_expect(epsilon_eq(dbl, osarc_image_value(image, i), values[i], tolerance));
}

static void put_values(nifti_file *file, int datatype, const double *values)
{
    switch (datatype) {
    case NIFTI_U8:
        PUT_VALUES(file, uint8_t, values);
        break;
    case NIFTI_I8:
        PUT_VALUES(file, int8_t, values);
        break;
    case NIFTI_I16:
        PUT_VALUES(file, int16_t, values);
        break;
    case NIFTI_U16:
        PUT_VALUES(file, uint16_t, values);
        break;
    case NIFTI_I32:
        PUT_VALUES(file, int32_t, values);
        break;
    case NIFTI_U32:
        PUT_VALUES(file, uint32_t, values);
        break;
    case NIFTI_I64:
        PUT_VALUES(file, int64_t, values);
        break;
    case NIFTI_U64:
        PUT_VALUES(file, uint64_t, values);
        break;
    case NIFTI_F32:
        PUT_VALUES(file, float, values);
        break;
    default:
        PUT_VALUES(file, double, values);
        break;
    }
}

static void make_file(nifti_file *file)
{
    start_file(file, 0, NIFTI_I16, 16);
    put_values(file, NIFTI_I16, VALUES);
}

Test(base_nifti_read, reads_whole_values_of_every_type_in_both_byte_orders)
{
    static const struct {
        int datatype, bits;
        double inter; /* brings unsigned types below 0 */
    } TYPES[] = {{NIFTI_U8, 8, -1000},   {NIFTI_I8, 8, -900},    {NIFTI_I16, 16, 0},
                 {NIFTI_U16, 16, -1024}, {NIFTI_I32, 32, 0},     {NIFTI_U32, 32, -1024},
                 {NIFTI_I64, 64, 0},     {NIFTI_U64, 64, -1024}, {NIFTI_F32, 32, 0},
                 {NIFTI_F64, 64, 0}};
    static const double RAW[12] = {0, 100, 99, 98, 1, 2, 3, 4, 5, 6, 7, 127};
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        for (size_t t = 0; t < sizeof(TYPES) / sizeof(TYPES[0]); t++) {
            nifti_file file;
            start_file(&file, big_endian, TYPES[t].datatype, TYPES[t].bits);
            put_float(&file, AT_SLOPE, 1);
            put_float(&file, AT_INTER, TYPES[t].inter - 10);
            put_values(&file, TYPES[t].datatype, RAW);
            double wanted[12];
            for (size_t i = 0; i < 12; i++)
                wanted[i] = RAW[i] + TYPES[t].inter - 10;
            osarc_image *image = read_image(&file);
            cr_expect(eq(dbl, osarc_image_step(image), 1.0));
            expect_values(image, wanted, 0);
            osarc_image_free(image);
        }
    }
}

Test(base_nifti_read, keeps_fractions_to_a_power_of_two)
{
    static const double REAL[12] = {-1024, 3071.4, 0.3, 0.2, -0.7, 1, 2, 3, 4, 5, 6, 7};
    nifti_file file;
    start_file(&file, 0, NIFTI_F32, 32);
    put_values(&file, NIFTI_F32, REAL);
    osarc_image *image = read_image(&file);
    cr_expect(eq(dbl, osarc_image_step(image), 0.125)); /* 3071.4 / 32767 lies under 1/8 */
    cr_expect(eq(dbl, osarc_image_offset(image), 0.0));
    expect_values(image, REAL, 0.0625); /* half a step */
    osarc_image_free(image);
}

Test(base_nifti_read, honours_slope_and_intercept_exactly)
{
    nifti_file file;
    make_file(&file);
    put_float(&file, AT_SLOPE, 0.5);
    put_float(&file, AT_INTER, 10);
    double wanted[12];
    for (size_t i = 0; i < 12; i++)
        wanted[i] = VALUES[i] / 2 + 10;
    osarc_image *image = read_image(&file);
    expect_values(image, wanted, 0);
    osarc_image_free(image);
    put_float(&file, AT_SLOPE, NAN); /* no scale, as 0 */
    put_float(&file, AT_INTER, NAN);
    image = read_image(&file);
    expect_values(image, VALUES, 0);
    osarc_image_free(image);
}

Test(base_nifti_read, marks_padding_and_what_is_no_number_as_outside)
{
    static const double REAL[12] = {-1500, NAN, INFINITY, -INFINITY, -3024, -1499,
                                    0,     0,   0,        0,         0,     9};
    nifti_file file;
    start_file(&file, 0, NIFTI_F32, 32);
    put_values(&file, NIFTI_F32, REAL);
    osarc_image *image = read_image(&file);
    for (size_t i = 0; i < 5; i++)
        cr_expect(eq(i16, osarc_image_stored(image)[i], OSARC_OUTSIDE));
    cr_expect(eq(dbl, osarc_image_value(image, 5), -1499.0));
    cr_expect(eq(dbl, osarc_image_value(image, 11), 9.0));
    osarc_image_free(image);
}

Test(base_nifti_read, turns_ras_to_lps_and_keeps_the_axes_of_the_file)
{
    nifti_file file;
    make_file(&file);
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid;
    EXPECT_OK(osi_nifti_grid(&grid, file.bytes, 348, &err)); /* the header is enough */
    static const double ORIGIN[3] = {-10, -20, 30};
    static const double SIGN[3] = {-1, -1, 1};
    for (int axis = 0; axis < 3; axis++) {
        cr_expect(eq(dbl, grid.origin_mm[axis], ORIGIN[axis]));
        cr_expect(eq(dbl, grid.spacing_mm[axis], (double) (1 << axis)));
        for (int c = 0; c < 3; c++)
            cr_expect(eq(dbl, grid.direction[axis][c], axis == c ? SIGN[c] : 0.0));
    }
    cr_expect(eq(sz, grid.size[0], 3));
    cr_expect(eq(sz, grid.size[2], 2));
}

Test(base_nifti_read, takes_the_qform_when_the_sform_is_absent_or_sheared)
{
    nifti_file file;
    make_file(&file);
    put_short(&file, AT_QFORM_CODE, 1);
    put_float(&file, AT_QUATERN + 8, sqrt(0.5)); /* 90 degrees around z: i to A, j to L */
    put_float(&file, AT_QOFFSET, 1);
    put_float(&file, AT_QOFFSET + 4, 2);
    put_float(&file, AT_QOFFSET + 8, 3);
    put_float(&file, AT_SROW + 4, 0.5);
    osarc_error err = OSARC_ERROR_INIT;
    for (int code = 1; code >= 0; code--) {
        put_short(&file, AT_SFORM_CODE, code);
        osarc_grid grid;
        EXPECT_OK(osi_nifti_grid(&grid, file.bytes, file.size, &err));
        static const double DIRECTION[3][3] = {{0, -1, 0}, {1, 0, 0}, {0, 0, 1}};
        static const double ORIGIN[3] = {-1, -2, 3};
        for (int axis = 0; axis < 3; axis++) {
            cr_expect(epsilon_eq(dbl, grid.spacing_mm[axis], (double) (1 << axis), 1e-6));
            cr_expect(eq(dbl, grid.origin_mm[axis], ORIGIN[axis]));
            for (int c = 0; c < 3; c++) /* the quaternion is in single precision */
                cr_expect(epsilon_eq(dbl, grid.direction[axis][c], DIRECTION[axis][c], 1e-6));
        }
    }
    put_float(&file, AT_PIXDIM, -1); /* left-handed: the last axis turns round */
    osarc_grid grid;
    EXPECT_OK(osi_nifti_grid(&grid, file.bytes, file.size, &err));
    cr_expect(epsilon_eq(dbl, grid.direction[2][2], -1, 1e-6));
}

Test(base_nifti_read, reads_gzipped_files_and_lists_them_from_their_start)
{
    nifti_file file;
    make_file(&file);
    osarc_error err = OSARC_ERROR_INIT;
    uint8_t *packed = NULL;
    size_t size = 0;
    EXPECT_OK(osi_gzip(&packed, &size, file.bytes, file.size, 1, &err));
    cr_expect(eq(int, osi_nifti_is(packed, size), 1));
    cr_expect(eq(int, osi_nifti_is(file.bytes, file.size), 1));
    cr_expect(eq(int, osi_nifti_is(file.bytes, 200), 0));
    cr_expect(eq(int, osi_nifti_is(file.bytes + 1, 348), 0));
    cr_expect(eq(int, osi_nifti_is(packed, 20), 0));
    cr_expect(eq(int, osi_nifti_is(NULL, 0), 0));
    osarc_image *image = NULL;
    EXPECT_OK(osi_nifti_read_image(&image, packed, size, 1, &err));
    expect_values(image, VALUES, 0);
    osarc_image_free(image);
    osarc_grid grid;
    EXPECT_OK(osi_nifti_grid(&grid, packed, size - 12, &err));
    EXPECT_REFUSED(osi_nifti_read_image(&image, packed, size - 12, 1, &err), OSARC_ERR_FORMAT);
    osi_free(packed);
}

Test(base_nifti_read, reads_labels_and_refuses_what_is_none)
{
    static const double LABELS[12] = {0, 1, 2, 3, 255, 0, 0, 0, 0, 0, 31, 27};
    nifti_file file;
    osarc_error err = OSARC_ERROR_INIT;
    osarc_mask *mask = NULL;
    start_file(&file, 0, NIFTI_F64, 64);
    put_values(&file, NIFTI_F64, LABELS);
    EXPECT_OK(osi_nifti_read_mask(&mask, file.bytes, file.size, &err));
    for (size_t i = 0; i < 12; i++)
        cr_expect(eq(dbl, (double) osarc_mask_labels(mask)[i], LABELS[i]));
    osarc_mask_free(mask);

    static const double BAD[] = {-1, 256, 0.5, NAN, INFINITY};
    for (size_t b = 0; b < sizeof(BAD) / sizeof(BAD[0]); b++) {
        put(&file, AT_DATA + 8, &BAD[b], 8);
        EXPECT_REFUSED(osi_nifti_read_mask(&mask, file.bytes, file.size, &err), OSARC_ERR_FORMAT);
        cr_expect(eq(ptr, mask, NULL));
    }
    EXPECT_REFUSED(osi_nifti_read_mask(&mask, file.bytes, file.size - 1, &err), OSARC_ERR_FORMAT);
    EXPECT_REFUSED(osi_nifti_read_mask(NULL, file.bytes, file.size, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_nifti_read_mask(&mask, NULL, 0, &err), OSARC_ERR_ARGUMENT);
}

/* One change to a good header, and how it must be refused. */
typedef struct spoiling {
    size_t at;
    int width; /* 2: short, 4: float, 1: byte */
    double value;
    osarc_status wanted;
} spoiling;

Test(base_nifti_read, refuses_headers_that_cannot_be_trusted)
{
    static const spoiling CASES[] = {
        {0, 2, 347, OSARC_ERR_FORMAT},
        {AT_MAGIC, 1, 'x', OSARC_ERR_FORMAT},
        {AT_MAGIC + 1, 1, 'i', OSARC_ERR_UNSUPPORTED},
        {4, 1, 0, OSARC_OK},
        {AT_DIM, 2, 0, OSARC_ERR_FORMAT},
        {AT_DIM, 2, 8, OSARC_ERR_FORMAT},
        {AT_DIM, 2, 2, OSARC_ERR_GEOMETRY},
        {AT_DIM + 2, 2, 0, OSARC_ERR_FORMAT},
        {AT_DIM + 4, 2, -3, OSARC_ERR_FORMAT},
        {AT_DIM + 6, 2, 3, OSARC_ERR_FORMAT},     /* more voxels than bytes */
        {AT_DIM + 2, 2, 32767, OSARC_ERR_FORMAT}, /* many more */
        {AT_DATATYPE, 2, NIFTI_COMPLEX, OSARC_ERR_UNSUPPORTED},
        {AT_DATATYPE, 2, NIFTI_RGB, OSARC_ERR_UNSUPPORTED},
        {AT_DATATYPE, 2, 0, OSARC_ERR_UNSUPPORTED},
        {AT_DATATYPE, 2, NIFTI_I32, OSARC_ERR_FORMAT}, /* bits say otherwise */
        {AT_BITPIX, 2, 12, OSARC_ERR_FORMAT},
        {AT_VOX_OFFSET, 4, 0, OSARC_ERR_FORMAT},
        {AT_VOX_OFFSET, 4, 352.5, OSARC_ERR_FORMAT},
        {AT_VOX_OFFSET, 4, 1e9, OSARC_ERR_FORMAT},
        {AT_VOX_OFFSET, 4, NAN, OSARC_ERR_FORMAT},
        {AT_VOX_OFFSET, 4, 368, OSARC_ERR_FORMAT},
        {AT_SLOPE, 4, INFINITY, OSARC_ERR_FORMAT},
        {AT_UNITS, 1, 1, OSARC_ERR_GEOMETRY}, /* metres */
        {AT_UNITS, 1, 3, OSARC_ERR_GEOMETRY}, /* micrometres */
        {AT_UNITS, 1, 0, OSARC_OK},
        {AT_UNITS, 1, 2 + 8, OSARC_OK}, /* mm and seconds */
        {AT_SFORM_CODE, 2, 0, OSARC_ERR_GEOMETRY},
        {AT_SROW + 4, 4, 0.1, OSARC_ERR_GEOMETRY}, /* sheared, no qform */
        {AT_SROW, 4, 0, OSARC_ERR_GEOMETRY},
        {AT_SROW, 4, NAN, OSARC_ERR_GEOMETRY},
        {AT_SROW + 12, 4, INFINITY, OSARC_ERR_GEOMETRY},
        {AT_SROW, 4, 1.1, OSARC_ERR_GEOMETRY}, /* pixdim says 1 */
        {AT_PIXDIM + 8, 4, 2.01, OSARC_ERR_GEOMETRY},
        {AT_PIXDIM + 8, 4, 0, OSARC_ERR_GEOMETRY},
    };
    for (size_t c = 0; c < sizeof(CASES) / sizeof(CASES[0]); c++) {
        osarc_error err = OSARC_ERROR_INIT;
        osarc_image *image = NULL;
        nifti_file file;
        make_file(&file);
        const spoiling *change = &CASES[c];
        if (change->width == 1)
            file.bytes[change->at] = (uint8_t) change->value;
        else if (change->width == 2)
            put_short(&file, change->at, (int) change->value);
        else
            put_float(&file, change->at, change->value);
        osarc_status status = osi_nifti_read_image(&image, file.bytes, file.size, 1, &err);
        cr_expect(status == change->wanted, "case %zu: %s (%s)", c, osarc_status_name(status),
                  err.text);
        if (status)
            cr_expect(eq(ptr, image, NULL));
        osarc_image_free(image);
    }
}

Test(base_nifti_read, refuses_several_volumes_and_takes_one_in_four_dimensions)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_image *image = NULL;
    nifti_file file;
    make_file(&file);
    put_short(&file, AT_DIM, 4);
    EXPECT_OK(osi_nifti_read_image(&image, file.bytes, file.size, 1, &err));
    osarc_image_free(image);
    put_short(&file, AT_DIM + 8, 2);
    EXPECT_REFUSED(osi_nifti_read_image(&image, file.bytes, file.size, 1, &err),
                   OSARC_ERR_GEOMETRY);
}

Test(base_nifti_read, refuses_nifti_2_by_name)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid;
    nifti_file file;
    make_file(&file);
    put_short(&file, 0, 540);
    memcpy(file.bytes + 4, "n+2", 4);
    EXPECT_REFUSED(osi_nifti_grid(&grid, file.bytes, file.size, &err), OSARC_ERR_UNSUPPORTED);
}

Test(base_nifti_read, refuses_values_that_cannot_be_hu)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_image *image = NULL;
    nifti_file file;
    double values[12];
    start_file(&file, 0, NIFTI_F32, 32);
    for (size_t i = 0; i < 12; i++)
        values[i] = (double) i; /* a label map */
    put_values(&file, NIFTI_F32, values);
    EXPECT_REFUSED(osi_nifti_read_image(&image, file.bytes, file.size, 1, &err), OSARC_ERR_UNIT);
    values[0] = -1000;
    values[1] = 3e38;
    put_values(&file, NIFTI_F32, values);
    EXPECT_REFUSED(osi_nifti_read_image(&image, file.bytes, file.size, 1, &err), OSARC_ERR_UNIT);
    for (size_t i = 0; i < 12; i++)
        values[i] = -2000;
    put_values(&file, NIFTI_F32, values);
    EXPECT_REFUSED(osi_nifti_read_image(&image, file.bytes, file.size, 1, &err), OSARC_ERR_QUALITY);
}

Test(base_nifti_read, refuses_a_file_cut_off_anywhere)
{
    osarc_error err = OSARC_ERROR_INIT;
    nifti_file file;
    make_file(&file);
    for (size_t size = 0; size < file.size; size++) {
        osarc_image *image = (osarc_image *) -1;
        EXPECT_REFUSED(osi_nifti_read_image(&image, file.bytes, size, 1, &err), OSARC_ERR_FORMAT);
        cr_expect(eq(ptr, image, NULL));
    }
}

/* Told by another reader (nibabel) of the same files: sizes, sum of all values, two voxels,
 * corners. */
typedef struct known_file {
    const char *folder;
    size_t size[3];
    double sum;
    double value_10_20_15;
    double value_40_30_20;
    double first_lps_mm[3];
    double last_lps_mm[3];
} known_file;

static const known_file KNOWN[] = {
    {"ct_spine_pelvis_3mm",
     {122, 101, 112},
     -496851173,
     -77,
     -102,
     {177.95632935, -11.31900024, 94.30175781},
     {-185.04367065, -311.31900024, 427.30175781}},
    {"ct_slab_tissues_3mm",
     {122, 101, 30},
     -130894872,
     -986,
     -6,
     {177.95632935, -11.31900024, 94.30175781},
     {-185.04367065, -311.31900024, 181.30175781}},
    {"ct_vertebra_pir",
     {73, 47, 73},
     12207496,
     -87,
     -101,
     {78, 135, -34.19998169},
     {-30, 243, -103.19998169}},
};

Test(base_nifti_read, reads_real_scans_as_another_reader_does)
{
    for (size_t f = 0; f < sizeof(KNOWN) / sizeof(KNOWN[0]); f++) {
        osarc_error err = OSARC_ERROR_INIT;
        const known_file *known = &KNOWN[f];
        char path[512];
        uint8_t *bytes = NULL;
        size_t size = 0;
        snprintf(path, sizeof(path), "%s/%s/ct.nii.gz", OSARC_REAL_DATA, known->folder);
        if (osi_file_read(&bytes, &size, path, 1 << 28, &err)) {
            printf("not there, skipped: %s\n", known->folder);
            continue;
        }
        osarc_image *image = NULL;
        EXPECT_OK(osi_nifti_read_image(&image, bytes, size, 2, &err));
        const osarc_grid *grid = osarc_image_grid(image);
        double corner[3];
        double last[3];
        for (int axis = 0; axis < 3; axis++) {
            cr_expect(eq(sz, grid->size[axis], known->size[axis]));
            corner[axis] = (double) known->size[axis] - 1;
        }
        osarc_grid_position_mm(grid, corner, last);
        for (int c = 0; c < 3; c++) { /* printed to 8 decimals */
            cr_expect(epsilon_eq(dbl, grid->origin_mm[c], known->first_lps_mm[c], 1e-7));
            cr_expect(epsilon_eq(dbl, last[c], known->last_lps_mm[c], 1e-7));
        }
        double sum = 0;
        for (size_t i = 0; i < osarc_grid_count(grid); i++)
            sum += osarc_image_value(image, i);
        cr_expect(eq(dbl, sum, known->sum));
        size_t row = known->size[0];
        size_t slice = known->size[0] * known->size[1];
        cr_expect(
            eq(dbl, osarc_image_value(image, 10 + 20 * row + 15 * slice), known->value_10_20_15));
        cr_expect(
            eq(dbl, osarc_image_value(image, 40 + 30 * row + 20 * slice), known->value_40_30_20));
        osarc_image_free(image);
        osi_free(bytes);
    }
}
