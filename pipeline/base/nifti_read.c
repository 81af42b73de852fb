/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osi/nifti.h>

#include <float.h>
#include <math.h>
#include <string.h>

#include <osarc/hu_windows.h>
#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/gzip.h>
#include <osi/threads.h>

#include "nifti_head.h"

/* Bytes that may follow the voxels of a gzipped file before it counts as something else. */
#define TAIL_LIMIT ((size_t) 1 << 20)

#define STORED_MAX 32767

/* The finest step worth keeping: far below any noise. */
#define STEP_MIN 0x1p-10

/* What the values of a part of the volume are like. All-zero: none seen. */
typedef struct value_range {
    double low;
    double high;
    int any;
    int fraction; /* a value that is not whole was seen */
} value_range;

int osi_nifti_is(const uint8_t *bytes, size_t size)
{
    uint8_t start[NIFTI_HEADER_SIZE];
    if (osi_gzip_is(bytes, size)) {
        size = osi_gunzip_start(start, sizeof(start), bytes, size);
        bytes = start;
    }
    return bytes && size >= NIFTI_HEADER_SIZE && memcmp(bytes + 344, "n+1", 4) == 0;
}

/* The header of a file that may be gzipped and cut off behind it. */
static osarc_status read_head(nifti_head *out, const uint8_t *bytes, size_t size, osarc_error *err)
{
    uint8_t start[NIFTI_DATA_START];
    if (!bytes)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "bytes are needed");
    if (osi_gzip_is(bytes, size)) {
        size = osi_gunzip_start(start, sizeof(start), bytes, size);
        bytes = start;
    }
    return nifti_head_read(out, bytes, size, err);
}

/* The header, and where the voxels are; *inflated_out is the caller's to free when not NULL. */
static osarc_status open_volume(nifti_head *head, const uint8_t **data_out, uint8_t **inflated_out,
                                const uint8_t *bytes, size_t size, osarc_error *err)
{
    *inflated_out = NULL;
    osarc_status status = read_head(head, bytes, size, err);
    if (status)
        return status;
    size_t need = head->data_start + head->data_bytes;
    if (osi_gzip_is(bytes, size)) {
        status = osi_gunzip(inflated_out, &size, bytes, size, need + TAIL_LIMIT, err);
        if (status)
            return status;
        bytes = *inflated_out;
    }
    if (size < need) {
        osi_free(*inflated_out);
        *inflated_out = NULL;
        return osi_fail(err, OSARC_ERR_FORMAT, "cut off: %zu bytes, the header tells of %zu", size,
                        need);
    }
    *data_out = bytes + head->data_start;
    return OSARC_OK;
}

static size_t chunk_size(size_t count, size_t chunk)
{
    size_t left = count - chunk * NIFTI_CHUNK;
    return left < NIFTI_CHUNK ? left : NIFTI_CHUNK;
}

static int is_measured(double value)
{
    return value > OSARC_PADDING_MAX_HU && value <= DBL_MAX;
}

static void widen(value_range *range, const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double value = values[i];
        if (!is_measured(value))
            continue;
        if (!range->any) {
            range->low = value;
            range->high = value;
            range->any = 1;
        }
        range->low = value < range->low ? value : range->low;
        range->high = value > range->high ? value : range->high;
        range->fraction |= value != rint(value);
    }
}

static value_range find_range(const nifti_head *head, const uint8_t *data, int threads)
{
    size_t count = osarc_grid_count(&head->grid);
    size_t chunks = (count - 1) / NIFTI_CHUNK + 1;
    value_range all = {0, 0, 0, 0};
#pragma omp parallel num_threads(osi_threads(threads))
    {
        double values[NIFTI_CHUNK];
        value_range mine = {0, 0, 0, 0};
#pragma omp for schedule(static)
        for (size_t c = 0; c < chunks; c++) {
            size_t n = chunk_size(count, c);
            nifti_load(values, head, data, c * NIFTI_CHUNK, n);
            widen(&mine, values, n);
        }
#pragma omp critical
        if (mine.any) {
            double ends[2] = {mine.low, mine.high};
            int fraction = mine.fraction | all.fraction;
            widen(&all, ends, 2);
            all.fraction = fraction;
        }
    }
    return all;
}

/* The finest power of two that fits; 1 for whole values. */
static double choose_step(const value_range *range)
{
    double extreme = fmax(fabs(range->low), fabs(range->high));
    double step = range->fraction ? STEP_MIN : 1;
    while (extreme / step > STORED_MAX)
        step *= 2;
    return step;
}

static void store(int16_t *stored, const nifti_head *head, const uint8_t *data, double step,
                  int threads)
{
    size_t count = osarc_grid_count(&head->grid);
    size_t chunks = (count - 1) / NIFTI_CHUNK + 1;
    double per_step = 1 / step; /* exact: a power of two */
#pragma omp parallel for schedule(static) num_threads(osi_threads(threads))
    for (size_t c = 0; c < chunks; c++) {
        double values[NIFTI_CHUNK];
        size_t n = chunk_size(count, c);
        int16_t *to = stored + c * NIFTI_CHUNK;
        nifti_load(values, head, data, c * NIFTI_CHUNK, n);
        for (size_t i = 0; i < n; i++)
            to[i] = is_measured(values[i]) ? (int16_t) lrint(values[i] * per_step) : OSARC_OUTSIDE;
    }
}

osarc_status osi_nifti_grid(osarc_grid *out, const uint8_t *bytes, size_t size, osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    memset(out, 0, sizeof(*out));
    nifti_head head;
    osarc_status status = read_head(&head, bytes, size, err);
    if (status)
        return status;
    *out = head.grid;
    return OSARC_OK;
}

int osi_nifti_is_bytes(const uint8_t *bytes, size_t size)
{
    nifti_head head;
    return bytes && read_head(&head, bytes, size, NULL) == OSARC_OK && head.is_bytes;
}

osarc_status osi_nifti_read_image(osarc_image **out, const uint8_t *bytes, size_t size, int threads,
                                  osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    nifti_head head;
    const uint8_t *data = NULL;
    uint8_t *inflated = NULL;
    osarc_status status = open_volume(&head, &data, &inflated, bytes, size, err);
    if (status)
        return status;
    value_range range = find_range(&head, data, threads);
    if (!range.any)
        status = osi_fail(err, OSARC_ERR_QUALITY, "no voxel holds a measured value");
    else if (range.low >= 0)
        status = osi_fail(err, OSARC_ERR_UNIT,
                          "no value below 0 (%g to %g): CT in HU holds air or fat, below 0",
                          range.low, range.high);
    else if (range.high > STORED_MAX)
        status = osi_fail(err, OSARC_ERR_UNIT, "values up to %g, in HU at most %d are expected",
                          range.high, STORED_MAX);
    if (!status) {
        double step = choose_step(&range);
        status = osarc_image_create(out, &head.grid, OSARC_UNIT_HU, step, 0, err);
        if (!status)
            store(osarc_image_fill(*out), &head, data, step, threads);
    }
    osi_free(inflated);
    return status;
}

static osarc_status store_labels(uint8_t *labels, const nifti_head *head, const uint8_t *data,
                                 osarc_error *err)
{
    double values[NIFTI_CHUNK];
    size_t count = osarc_grid_count(&head->grid);
    for (size_t c = 0; c * NIFTI_CHUNK < count; c++) {
        size_t n = chunk_size(count, c);
        nifti_load(values, head, data, c * NIFTI_CHUNK, n);
        for (size_t i = 0; i < n; i++) {
            if (!(values[i] >= 0 && values[i] <= 255) || values[i] != floor(values[i]))
                return osi_fail(err, OSARC_ERR_FORMAT,
                                "%g is no label, whole numbers 0 to 255 are needed", values[i]);
            labels[c * NIFTI_CHUNK + i] = (uint8_t) values[i];
        }
    }
    return OSARC_OK;
}

osarc_status osi_nifti_read_mask(osarc_mask **out, const uint8_t *bytes, size_t size,
                                 osarc_error *err)
{
    if (!out)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    nifti_head head;
    const uint8_t *data = NULL;
    uint8_t *inflated = NULL;
    osarc_status status = open_volume(&head, &data, &inflated, bytes, size, err);
    if (status)
        return status;
    osarc_mask *mask = NULL;
    status = osarc_mask_create(&mask, &head.grid, err);
    if (!status)
        status = store_labels(osarc_mask_fill(mask), &head, data, err);
    osi_free(inflated);
    if (status) {
        osarc_mask_free(mask);
        return status;
    }
    *out = mask;
    return OSARC_OK;
}
