/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nifti_head.h"

#include <math.h>
#include <string.h>

#include <nifti1_io.h>

#include <osi/fail.h>
#include <osi/grid.h>

/* What headers with 6 digits leave of right angles and of equal voxel sizes. */
#define ANGLE_TOLERANCE   1e-3
#define SPACING_TOLERANCE 1e-3

static osarc_status check_kind(const struct nifti_1_header *h, const uint8_t *bytes, size_t size,
                               int *swapped_out, osarc_error *err)
{
    int length = h->sizeof_hdr;
    *swapped_out = length == (int) __builtin_bswap32(NIFTI_HEADER_SIZE);
    if (size >= 8 && (memcmp(bytes + 4, "n+2", 3) == 0 || memcmp(bytes + 4, "ni2", 3) == 0))
        return osi_fail(err, OSARC_ERR_UNSUPPORTED, "NIfTI-2, NIfTI-1 is needed");
    if (length != NIFTI_HEADER_SIZE && !*swapped_out)
        return osi_fail(err, OSARC_ERR_FORMAT, "not a NIfTI-1 header");
    if (size < NIFTI_HEADER_SIZE)
        return osi_fail(err, OSARC_ERR_FORMAT, "cut off after %zu bytes, a header has %d", size,
                        NIFTI_HEADER_SIZE);
    if (memcmp(h->magic, "ni1", 4) == 0)
        return osi_fail(err, OSARC_ERR_UNSUPPORTED,
                        "one half of a .hdr and .img pair, a single .nii file is needed");
    if (memcmp(h->magic, "n+1", 4) != 0)
        return osi_fail(err, OSARC_ERR_FORMAT, "not a NIfTI-1 header (no magic)");
    return OSARC_OK;
}

static osarc_status read_size(osarc_grid *grid, const struct nifti_1_header *h, osarc_error *err)
{
    if (h->dim[0] < 1 || h->dim[0] > 7)
        return osi_fail(err, OSARC_ERR_FORMAT, "%d dimensions in the header", h->dim[0]);
    if (h->dim[0] < 3)
        return osi_fail(err, OSARC_ERR_GEOMETRY, "%d dimensions, a volume has 3", h->dim[0]);
    for (int d = 1; d <= h->dim[0]; d++) {
        if (h->dim[d] < 1)
            return osi_fail(err, OSARC_ERR_FORMAT, "size %d in dimension %d", h->dim[d], d);
        if (d > 3 && h->dim[d] != 1)
            return osi_fail(err, OSARC_ERR_GEOMETRY, "%d volumes in one file, one is needed",
                            h->dim[d]);
    }
    for (int axis = 0; axis < 3; axis++)
        grid->size[axis] = (size_t) h->dim[axis + 1];
    return OSARC_OK;
}

/* 1 when columns are index axes at right angles; fills spacing and direction, RAS turned to LPS. */
static int grid_from_affine(osarc_grid *grid, double affine[3][4])
{
    for (int axis = 0; axis < 3; axis++) {
        double square = 0;
        for (int c = 0; c < 3; c++)
            square += affine[c][axis] * affine[c][axis];
        double length = sqrt(square);
        if (!isfinite(length) || length <= 0)
            return 0;
        grid->spacing_mm[axis] = length;
        for (int c = 0; c < 3; c++)
            grid->direction[axis][c] = (c < 2 ? -1 : 1) * affine[c][axis] / length;
    }
    for (int c = 0; c < 3; c++) {
        grid->origin_mm[c] = c < 2 ? -affine[c][3] : affine[c][3];
        if (!isfinite(grid->origin_mm[c]))
            return 0;
    }
    for (int a = 0; a < 3; a++)
        for (int b = a + 1; b < 3; b++) {
            double dot = 0;
            for (int c = 0; c < 3; c++)
                dot += grid->direction[a][c] * grid->direction[b][c];
            if (!(fabs(dot) < ANGLE_TOLERANCE))
                return 0;
        }
    return 1;
}

static int grid_from_sform(osarc_grid *grid, const struct nifti_1_header *h)
{
    double affine[3][4];
    for (int c = 0; c < 4; c++) {
        affine[0][c] = (double) h->srow_x[c];
        affine[1][c] = (double) h->srow_y[c];
        affine[2][c] = (double) h->srow_z[c];
    }
    return grid_from_affine(grid, affine);
}

static int grid_from_qform(osarc_grid *grid, const struct nifti_1_header *h)
{
    for (int axis = 1; axis <= 3; axis++)
        if (!(h->pixdim[axis] > 0))
            return 0;
    mat44 unit = nifti_quatern_to_mat44(h->quatern_b, h->quatern_c, h->quatern_d, h->qoffset_x,
                                        h->qoffset_y, h->qoffset_z, 1, 1, 1, h->pixdim[0]);
    double affine[3][4];
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 4; c++)
            affine[r][c] = (double) unit.m[r][c] * (c < 3 ? (double) h->pixdim[c + 1] : 1);
    return grid_from_affine(grid, affine);
}

/* The two places that tell the voxel size must agree: which one is true cannot be known. */
static osarc_status check_pixdim(const osarc_grid *grid, const struct nifti_1_header *h,
                                 osarc_error *err)
{
    for (int axis = 0; axis < 3; axis++) {
        double pixdim = fabs((double) h->pixdim[axis + 1]);
        if (!(fabs(grid->spacing_mm[axis] - pixdim) <= SPACING_TOLERANCE * pixdim))
            return osi_fail(err, OSARC_ERR_GEOMETRY,
                            "voxel size on axis %d is %g in the affine, %g in pixdim", axis,
                            grid->spacing_mm[axis], pixdim);
    }
    return OSARC_OK;
}

static osarc_status read_place(osarc_grid *grid, const struct nifti_1_header *h, osarc_error *err)
{
    int space = XYZT_TO_SPACE(h->xyzt_units);
    if (space != NIFTI_UNITS_UNKNOWN && space != NIFTI_UNITS_MM)
        return osi_fail(err, OSARC_ERR_GEOMETRY, "lengths in unit code %d, mm (2) are needed",
                        space);
    if (h->sform_code <= 0 && h->qform_code <= 0)
        return osi_fail(err, OSARC_ERR_GEOMETRY,
                        "neither sform nor qform: the orientation is not known");
    if (h->sform_code > 0 && grid_from_sform(grid, h))
        return check_pixdim(grid, h, err);
    if (h->qform_code > 0 && grid_from_qform(grid, h))
        return OSARC_OK;
    return osi_fail(err, OSARC_ERR_GEOMETRY,
                    "the axes of the affine are not at right angles, or it is not a number");
}

static osarc_status read_voxels(nifti_head *out, const struct nifti_1_header *h, osarc_error *err)
{
    int bytes = 0;
    int swap_size = 0;
    nifti_datatype_sizes(h->datatype, &bytes, &swap_size);
    switch (h->datatype) {
    case DT_INT8:
    case DT_UINT8:
    case DT_INT16:
    case DT_UINT16:
    case DT_INT32:
    case DT_UINT32:
    case DT_INT64:
    case DT_UINT64:
    case DT_FLOAT32:
    case DT_FLOAT64:
        break;
    default:
        return osi_fail(err, OSARC_ERR_UNSUPPORTED, "data type %d is no plain number", h->datatype);
    }
    if (h->bitpix != 8 * bytes)
        return osi_fail(err, OSARC_ERR_FORMAT, "data type %d with %d bits a voxel", h->datatype,
                        h->bitpix);
    out->datatype = h->datatype;
    out->voxel_bytes = (size_t) bytes;

    /* single precision holds whole offsets to 2^24; more is no offset a writer means */
    float start = h->vox_offset;
    if (!(start >= NIFTI_DATA_START && start <= 16777216.0f) || start != floorf(start))
        return osi_fail(err, OSARC_ERR_FORMAT, "data at byte %g", (double) start);
    out->data_start = (size_t) start;
    out->data_bytes = osarc_grid_count(&out->grid) * out->voxel_bytes;

    out->slope = (double) h->scl_slope;
    out->intercept = (double) h->scl_inter;
    if (isnan(out->slope) || out->slope == 0) {
        out->slope = 1;
        out->intercept = 0;
    }
    if (!isfinite(out->slope) || !isfinite(out->intercept))
        return osi_fail(err, OSARC_ERR_FORMAT, "scale %g and offset %g", out->slope,
                        out->intercept);
    out->is_bytes = h->datatype == DT_UINT8 && out->slope == 1 && out->intercept == 0;
    return OSARC_OK;
}

osarc_status nifti_head_read(nifti_head *out, const uint8_t *bytes, size_t size, osarc_error *err)
{
    struct nifti_1_header h;
    memset(out, 0, sizeof(*out));
    memset(&h, 0, sizeof(h));
    memcpy(&h, bytes, size < sizeof(h) ? size : sizeof(h));
    osarc_status status = check_kind(&h, bytes, size, &out->swapped, err);
    if (status)
        return status;
    if (out->swapped)
        swap_nifti_header(&h, 1);
    status = read_size(&out->grid, &h, err);
    if (!status)
        status = read_place(&out->grid, &h, err);
    if (!status)
        status = osi_grid_check(&out->grid, err);
    if (!status)
        status = read_voxels(out, &h, err);
    return status == OSARC_ERR_ARGUMENT ? OSARC_ERR_GEOMETRY : status;
}

static void swap_bytes(uint8_t *bytes, size_t count, size_t width)
{
    for (size_t i = 0; i < count; i++)
        for (size_t b = 0; b < width / 2; b++) {
            uint8_t *low = bytes + i * width + b;
            uint8_t *high = bytes + i * width + width - 1 - b;
            uint8_t kept = *low;
            *low = *high;
            *high = kept;
        }
}

#define CONVERT(type)                                                                              \
    do {                                                                                           \
        type raw[NIFTI_CHUNK];                                                                     \
        memcpy(raw, from, count * sizeof(type));                                                   \
        if (head->swapped)                                                                         \
            swap_bytes((uint8_t *) raw, count, sizeof(type));                                      \
        for (size_t i = 0; i < count; i++)                                                         \
            values_out[i] = (double) raw[i];                                                       \
    } while (0)

void nifti_load(double values_out[NIFTI_CHUNK], const nifti_head *head, const uint8_t *data,
                size_t first, size_t count)
{
    const uint8_t *from = data + first * head->voxel_bytes;
    switch (head->datatype) {
    case DT_INT8:
        CONVERT(int8_t);
        break;
    case DT_UINT8:
        CONVERT(uint8_t);
        break;
    case DT_INT16:
        CONVERT(int16_t);
        break;
    case DT_UINT16:
        CONVERT(uint16_t);
        break;
    case DT_INT32:
        CONVERT(int32_t);
        break;
    case DT_UINT32:
        CONVERT(uint32_t);
        break;
    case DT_INT64:
        CONVERT(int64_t);
        break;
    case DT_UINT64:
        CONVERT(uint64_t);
        break;
    case DT_FLOAT32:
        CONVERT(float);
        break;
    default:
        CONVERT(double);
        break;
    }
    if (head->slope != 1 || head->intercept != 0)
        for (size_t i = 0; i < count; i++)
            values_out[i] = values_out[i] * head->slope + head->intercept;
}
