/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_TEST_NIFTI_BYTES_H
#define OSARC_TEST_NIFTI_BYTES_H

/* A NIfTI-1 file put together byte by byte, by the offsets of the published header. */

#include <stdint.h>
#include <string.h>

#define NIFTI_FILE_SIZE 4096

typedef struct nifti_file {
    uint8_t bytes[NIFTI_FILE_SIZE];
    size_t size;
    int big_endian;
} nifti_file;

enum {
    AT_DIM = 40,
    AT_DATATYPE = 70,
    AT_BITPIX = 72,
    AT_PIXDIM = 76,
    AT_VOX_OFFSET = 108,
    AT_SLOPE = 112,
    AT_INTER = 116,
    AT_UNITS = 123,
    AT_QFORM_CODE = 252,
    AT_SFORM_CODE = 254,
    AT_QUATERN = 256,
    AT_QOFFSET = 268,
    AT_SROW = 280,
    AT_MAGIC = 344,
    AT_DATA = 352
};

static inline void put(nifti_file *file, size_t at, const void *value, size_t width)
{
    for (size_t i = 0; i < width; i++)
        file->bytes[at + i] = ((const uint8_t *) value)[file->big_endian ? width - 1 - i : i];
}

static inline void put_short(nifti_file *file, size_t at, int value)
{
    int16_t narrow = (int16_t) value;
    put(file, at, &narrow, 2);
}

static inline void put_float(nifti_file *file, size_t at, double value)
{
    float narrow = (float) value;
    put(file, at, &narrow, 4);
}

/* 3 x 2 x 2 voxels of 1, 2, 4 mm, RAS axes, origin (10, 20, 30); no data yet. */
static inline void start_file(nifti_file *file, int big_endian, int datatype, int bits)
{
    static const double SROW[12] = {1, 0, 0, 10, 0, 2, 0, 20, 0, 0, 4, 30};
    int32_t length = 348;
    memset(file, 0, sizeof(*file));
    file->big_endian = big_endian;
    put(file, 0, &length, 4);
    static const int DIM[8] = {3, 3, 2, 2, 1, 1, 1, 1};
    for (size_t d = 0; d < 8; d++)
        put_short(file, AT_DIM + 2 * d, DIM[d]);
    put_short(file, AT_DATATYPE, datatype);
    put_short(file, AT_BITPIX, bits);
    static const double PIXDIM[4] = {1, 1, 2, 4};
    for (size_t d = 0; d < 4; d++)
        put_float(file, AT_PIXDIM + 4 * d, PIXDIM[d]);
    put_float(file, AT_VOX_OFFSET, AT_DATA);
    file->bytes[AT_UNITS] = 2;
    put_short(file, AT_SFORM_CODE, 1);
    for (size_t i = 0; i < 12; i++)
        put_float(file, AT_SROW + 4 * i, SROW[i]);
    memcpy(file->bytes + AT_MAGIC, "n+1", 4);
    file->size = AT_DATA + 12 * (size_t) bits / 8;
}

/* Datatype codes of the standard. */
enum {
    NIFTI_U8 = 2,
    NIFTI_I16 = 4,
    NIFTI_I32 = 8,
    NIFTI_F32 = 16,
    NIFTI_COMPLEX = 32,
    NIFTI_F64 = 64,
    NIFTI_RGB = 128,
    NIFTI_I8 = 256,
    NIFTI_U16 = 512,
    NIFTI_U32 = 768,
    NIFTI_I64 = 1024,
    NIFTI_U64 = 1280
};

#define PUT_VALUES(file, type, values)                                                             \
    do {                                                                                           \
        for (size_t i_ = 0; i_ < 12; i_++) {                                                       \
            type narrow_ = (type) (values)[i_];                                                    \
            put(file, AT_DATA + i_ * sizeof(type), &narrow_, sizeof(type));                        \
        }                                                                                          \
    } while (0)

#endif
