/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "region.h"

#include <osarc/measure_spine.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/order.h>

#define VOXELS_MIN 8
#define PAIRS_MIN  30 /* fewer do not tell a correlation */

/* Noise of a kernel reaches a few mm; what is alike farther apart is how the bone is built. */
#define NOISE_REACH_MM 5.0

/* The box around a region: values less their mean, NAN outside the region. */
typedef struct region_box {
    double *values;
    size_t size[3];
    double spacing_mm[3];
} region_box;

void osi_region_mean(double *mean_out, double *mean_square_out, const osarc_image *image,
                     const size_t *voxels, size_t count)
{
    const int16_t *stored = osarc_image_stored(image);
    double step = osarc_image_step(image);
    double offset = osarc_image_offset(image);
    int64_t sum = 0;
    int64_t squares = 0;
    *mean_out = *mean_square_out = NAN;
    for (size_t i = 0; i < count; i++) {
        int64_t value = stored[voxels[i]];
        if (value == OSARC_OUTSIDE)
            return;
        sum += value;
        squares += value * value;
    }
    if (count == 0)
        return;
    double mean = (double) sum / (double) count;
    double square = (double) squares / (double) count;
    *mean_out = mean * step + offset;
    *mean_square_out = square * step * step + 2 * mean * step * offset + offset * offset;
}

static void split(size_t ijk[3], size_t index, const size_t size[3])
{
    ijk[0] = index % size[0];
    ijk[1] = index / size[0] % size[1];
    ijk[2] = index / size[0] / size[1];
}

static osarc_status make_box(region_box *box, const osarc_image *image, const size_t *voxels,
                             size_t count, double mean, osarc_error *err)
{
    const osarc_grid *grid = osarc_image_grid(image);
    size_t low[3] = {SIZE_MAX, SIZE_MAX, SIZE_MAX};
    size_t high[3] = {0, 0, 0};
    size_t at[3];
    for (size_t i = 0; i < count; i++) {
        split(at, voxels[i], grid->size);
        for (int a = 0; a < 3; a++) {
            low[a] = at[a] < low[a] ? at[a] : low[a];
            high[a] = at[a] > high[a] ? at[a] : high[a];
        }
    }
    for (int a = 0; a < 3; a++) {
        box->size[a] = high[a] - low[a] + 1;
        box->spacing_mm[a] = grid->spacing_mm[a];
    }
    size_t room = box->size[0] * box->size[1] * box->size[2];
    box->values = osi_alloc_raw(room, sizeof(double), err);
    if (!box->values)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < room; i++)
        box->values[i] = NAN;
    for (size_t i = 0; i < count; i++) {
        split(at, voxels[i], grid->size);
        size_t n =
            ((at[2] - low[2]) * box->size[1] + at[1] - low[1]) * box->size[0] + at[0] - low[0];
        box->values[n] = osarc_image_value(image, voxels[i]) - mean;
    }
    return OSARC_OK;
}

/* Covariance of voxels that lie `lag` apart along an axis; NAN with too few pairs. */
static double read_covariance(const region_box *box, int axis, size_t lag)
{
    const size_t *size = box->size;
    const size_t strides[3] = {1, size[0], size[0] * size[1]};
    size_t to[3] = {size[0], size[1], size[2]};
    if (lag >= size[axis])
        return NAN;
    to[axis] -= lag;
    double sum = 0;
    size_t pairs = 0;
    for (size_t k = 0; k < to[2]; k++)
        for (size_t j = 0; j < to[1]; j++)
            for (size_t i = 0; i < to[0]; i++) {
                const double *value = box->values + k * strides[2] + j * strides[1] + i;
                double product = value[0] * value[lag * strides[axis]];
                if (isnan(product))
                    continue;
                sum += product;
                pairs++;
            }
    return pairs < PAIRS_MIN ? NAN : sum / (double) pairs;
}

/*
 * Voxels along an axis that vary as one: 1 + 2 * sum of the correlations, up to the first that is
 * not positive. A dip below 0, as filters make, would narrow the interval and is not used.
 */
static double read_alike(const region_box *box, int axis, double variance)
{
    double alike = 1;
    for (size_t lag = 1; lag < box->size[axis]; lag++) {
        if (lag > 1 && (double) lag * box->spacing_mm[axis] > NOISE_REACH_MM)
            break;
        double covariance = read_covariance(box, axis, lag);
        if (!(covariance > 0))
            break;
        alike += 2 * covariance / variance;
    }
    return alike;
}

/*
 * Takes the slope of the bone out of the values: of the three slopes each is fitted for itself,
 * one after the other, which for a compact region is the plane of least squares but for its
 * corners.
 */
static void level_box(region_box *box)
{
    const size_t *size = box->size;
    const size_t count = size[0] * size[1] * size[2];
    const size_t strides[3] = {1, size[0], size[0] * size[1]};
    for (int axis = 0; axis < 3; axis++) {
        double n = 0;
        double x = 0;
        double xx = 0;
        double v = 0;
        double xv = 0;
        for (size_t i = 0; i < count; i++) {
            if (isnan(box->values[i]))
                continue;
            double at = (double) (i / strides[axis] % size[axis]);
            n += 1;
            x += at;
            xx += at * at;
            v += box->values[i];
            xv += at * box->values[i];
        }
        double spread = xx - x * x / n;
        if (!(spread > 0))
            continue;
        double slope = (xv - x * v / n) / spread;
        for (size_t i = 0; i < count; i++)
            box->values[i] -= v / n + slope * ((double) (i / strides[axis] % size[axis]) - x / n);
    }
}

static double sum_squares(const region_box *box)
{
    double squares = 0;
    for (size_t i = 0; i < box->size[0] * box->size[1] * box->size[2]; i++)
        squares += isnan(box->values[i]) ? 0 : box->values[i] * box->values[i];
    return squares;
}

static osarc_status read_median(double *out, const osarc_image *image, const size_t *voxels,
                                size_t count, osarc_error *err)
{
    double *values = osi_alloc_raw(count, sizeof(*values), err);
    if (!values)
        return OSARC_ERR_MEMORY;
    for (size_t i = 0; i < count; i++)
        values[i] = osarc_image_value(image, voxels[i]);
    qsort(values, count, sizeof(*values), osi_by_double);
    *out = (values[(count - 1) / 2] + values[count / 2]) / 2;
    osi_free(values);
    return OSARC_OK;
}

osarc_status osi_region_read(osi_region_stats *out, const osarc_image *image, const size_t *voxels,
                             size_t count, osarc_error *err)
{
    memset(out, 0, sizeof(*out));
    if (count < VOXELS_MIN)
        return osi_fail(err, OSARC_ERR_QUALITY, "the region holds %zu voxels, %d are needed", count,
                        VOXELS_MIN);
    osi_region_stats stats = {.count = count};
    osi_region_mean(&stats.mean, &stats.mean_square, image, voxels, count);
    if (isnan(stats.mean))
        return osi_fail(err, OSARC_ERR_QUALITY, "the field of view cuts the region");
    osarc_status status = read_median(&stats.median, image, voxels, count, err);
    region_box box = {0};
    if (!status)
        status = make_box(&box, image, voxels, count, stats.mean, err);
    if (status)
        return status;
    stats.sd = sqrt(sum_squares(&box) / (double) (count - 1));
    level_box(&box);
    double variance = sum_squares(&box) / (double) count;
    stats.alike = 1;
    for (int axis = 0; axis < 3 && variance > 0; axis++)
        stats.alike *= read_alike(&box, axis, variance);
    stats.alike = fmin(stats.alike, (double) count);
    stats.se = sqrt(variance * stats.alike / (double) (count - 1));
    osi_free(box.values);
    *out = stats;
    return OSARC_OK;
}

osarc_status osarc_region_mean(double *mean_out, double *se_out, const osarc_image *image,
                               const osarc_region *region, osarc_error *err)
{
    if (!mean_out || !se_out || !image || !region)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "image and region are needed");
    *mean_out = *se_out = NAN;
    if (!region->voxels)
        return osi_fail(err, OSARC_ERR_QUALITY, "%s",
                        region->refused && region->refused[0] ? region->refused : "no voxels");
    osi_region_stats stats;
    osarc_status status = osi_region_read(&stats, image, region->voxels, region->count, err);
    if (status)
        return status;
    *mean_out = stats.mean;
    *se_out = stats.se;
    return OSARC_OK;
}
