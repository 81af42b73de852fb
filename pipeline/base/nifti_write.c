/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osi/nifti.h>

#include <math.h>
#include <string.h>

#include <nifti1_io.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/file.h>
#include <osi/gzip.h>
#include <osi/threads.h>

#include "nifti_head.h"

/* NIfTI-1 keeps sizes as signed 16 bit. */
#define SIZE_LIMIT 32767

/* The affine of a grid, LPS turned to RAS. */
static mat44 affine_of(const osarc_grid *grid)
{
    mat44 affine;
    for (int c = 0; c < 3; c++) {
        double sign = c < 2 ? -1 : 1;
        for (int axis = 0; axis < 3; axis++)
            affine.m[c][axis] =
                (float) (sign * grid->direction[axis][c] * grid->spacing_mm[axis] + 0.0);
        affine.m[c][3] = (float) (sign * grid->origin_mm[c] + 0.0);
    }
    for (int c = 0; c < 4; c++)
        affine.m[3][c] = c == 3 ? 1 : 0;
    return affine;
}

/* The same voxels with the index of axis 1 running the other way. */
static osarc_grid flip_rows(const osarc_grid *grid)
{
    osarc_grid flipped = *grid;
    double last_row[3] = {0, (double) grid->size[1] - 1, 0};
    osarc_grid_position_mm(grid, last_row, flipped.origin_mm);
    for (int c = 0; c < 3; c++)
        flipped.direction[1][c] = -grid->direction[1][c];
    return flipped;
}

static void fill_header(struct nifti_1_header *h, const osarc_grid *grid)
{
    memset(h, 0, sizeof(*h));
    h->sizeof_hdr = NIFTI_HEADER_SIZE;
    h->regular = 'r';
    h->dim[0] = 3;
    for (int axis = 0; axis < 3; axis++)
        h->dim[axis + 1] = (short) grid->size[axis];
    for (int d = 4; d < 8; d++)
        h->dim[d] = 1;
    h->intent_code = NIFTI_INTENT_LABEL;
    h->datatype = DT_UINT8;
    h->bitpix = 8;
    h->vox_offset = NIFTI_DATA_START;
    h->scl_slope = 1;
    h->xyzt_units = NIFTI_UNITS_MM;
    memcpy(h->magic, "n+1", 4);

    mat44 affine = affine_of(grid);
    h->sform_code = NIFTI_XFORM_SCANNER_ANAT;
    memcpy(h->srow_x, affine.m[0], sizeof(h->srow_x));
    memcpy(h->srow_y, affine.m[1], sizeof(h->srow_y));
    memcpy(h->srow_z, affine.m[2], sizeof(h->srow_z));
    h->qform_code = NIFTI_XFORM_SCANNER_ANAT;
    nifti_mat44_to_quatern(affine, &h->quatern_b, &h->quatern_c, &h->quatern_d, &h->qoffset_x,
                           &h->qoffset_y, &h->qoffset_z, &h->pixdim[1], &h->pixdim[2],
                           &h->pixdim[3], &h->pixdim[0]);
}

/* NIfTI tells its byte order by sizeof_hdr, yet equal bytes on every machine are promised. */
static void make_little_endian(struct nifti_1_header *h)
{
    const uint16_t probe = 1;
    if (*(const uint8_t *) &probe == 0)
        swap_nifti_header(h, 1);
}

static void copy_labels(uint8_t *to, const osarc_mask *mask, osi_nifti_layout layout, int threads)
{
    const osarc_grid *grid = osarc_mask_grid(mask);
    const uint8_t *labels = osarc_mask_labels(mask);
    size_t columns = grid->size[0];
    size_t rows = grid->size[1];
#pragma omp parallel for schedule(static) num_threads(osi_threads(threads))
    for (size_t k = 0; k < grid->size[2]; k++)
        for (size_t j = 0; j < rows; j++) {
            size_t from = layout == OSI_NIFTI_AS_GRID ? j : rows - 1 - j;
            memcpy(to + (k * rows + j) * columns, labels + (k * rows + from) * columns, columns);
        }
}

static osarc_status write_packed(const char *path, const uint8_t *bytes, size_t size, int threads,
                                 osarc_error *err)
{
    uint8_t *packed = NULL;
    size_t packed_size = 0;
    osarc_status status = osi_gzip(&packed, &packed_size, bytes, size, threads, err);
    if (!status)
        status = osi_file_write(path, packed, packed_size, err);
    osi_free(packed);
    return status;
}

osarc_status osi_nifti_write_mask(const char *path, const osarc_mask *mask, osi_nifti_layout layout,
                                  int threads, osarc_error *err)
{
    if (!path || !mask)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a path and a mask are needed");
    osarc_grid grid = *osarc_mask_grid(mask);
    for (int axis = 0; axis < 3; axis++)
        if (grid.size[axis] > SIZE_LIMIT)
            return osi_fail(err, OSARC_ERR_UNSUPPORTED, "%zu voxels on axis %d, NIfTI-1 holds %d",
                            grid.size[axis], axis, SIZE_LIMIT);
    if (layout != OSI_NIFTI_AS_GRID)
        grid = flip_rows(&grid);

    struct nifti_1_header header;
    fill_header(&header, &grid);
    make_little_endian(&header);
    size_t size = NIFTI_DATA_START + osarc_grid_count(&grid);
    uint8_t *bytes = osi_alloc_raw(size, 1, err);
    if (!bytes)
        return OSARC_ERR_MEMORY;
    memset(bytes, 0, NIFTI_DATA_START);
    memcpy(bytes, &header, sizeof(header));
    copy_labels(bytes + NIFTI_DATA_START, mask, layout, threads);
    osarc_status status = write_packed(path, bytes, size, threads, err);
    osi_free(bytes);
    return status;
}

osarc_status osi_nifti_write_map(const char *path, const float *values, const osarc_grid *grid,
                                 osarc_error *err)
{
    if (!path || !values || !grid)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a path, values and a grid are needed");
    osarc_grid flipped = flip_rows(grid);
    struct nifti_1_header header;
    for (int axis = 0; axis < 3; axis++)
        if (grid->size[axis] > SIZE_LIMIT)
            return osi_fail(err, OSARC_ERR_UNSUPPORTED, "%zu voxels on axis %d, NIfTI-1 holds %d",
                            grid->size[axis], axis, SIZE_LIMIT);
    fill_header(&header, &flipped);
    header.intent_code = NIFTI_INTENT_NONE;
    header.datatype = DT_FLOAT32;
    header.bitpix = 32;
    make_little_endian(&header);
    size_t count = osarc_grid_count(grid);
    size_t size = NIFTI_DATA_START + count * sizeof(float);
    uint8_t *bytes = osi_alloc_raw(size, 1, err);
    if (!bytes)
        return OSARC_ERR_MEMORY;
    memset(bytes, 0, NIFTI_DATA_START);
    memcpy(bytes, &header, sizeof(header));
    size_t columns = grid->size[0];
    size_t rows = grid->size[1];
    for (size_t i = 0; i < count; i++) {
        size_t line = i / columns;
        size_t from = (line / rows * rows + rows - 1 - line % rows) * columns + i % columns;
        uint32_t bits;
        memcpy(&bits, &values[from], sizeof(bits));
        for (size_t b = 0; b < 4; b++)
            bytes[NIFTI_DATA_START + 4 * i + b] = (uint8_t) (bits >> 8 * b);
    }
    osarc_status status = write_packed(path, bytes, size, 1, err);
    osi_free(bytes);
    return status;
}
