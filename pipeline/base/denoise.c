/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osi/denoise.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/threads.h>
#include <osi/wide.h>

/*
 * Non-local means (Buades, Coll, Morel 2005, CVPR 2:60) over 5 x 5 pixels with patches of 3 x 3.
 * Twice the noise variance is taken off the distance of two patches: what noise alone explains has
 * full weight.
 */

#define LOW_HU      (-300.0F) /* fat, soft tissue and bone's edge; beyond, values are as good as */
#define HIGH_HU     300.0F
#define REACH       2
#define PAD         (2 * REACH + 2)
#define PATCH       9.0F
#define WEIGHT_END  4.0F /* the weight (1 - t / 4)^4 is close to exp(-t) */
#define FAT_LOW_HU  (-200.0)
#define SOFT_TOP_HU 150.0
#define LAG_MM      2.0
#define EVERY_MM    12.0 /* planes that noise is read in */
#define MIN_SAMPLES 500
#define MAD_TO_SD   1.4826 /* normal distribution */

/* One plane: pixel (x, y) of the image at first + x * stride[0] + y * stride[1]. */
typedef struct frame {
    const int16_t *stored;
    const uint8_t *where;
    size_t size[2], stride[2];
    float step, offset;
    size_t x0, y0, width, height; /* box of what is done */
} frame;

typedef struct buffers {
    float *hu, *sum, *weight; /* the box with PAD round it */
    float *rows[3];           /* of squares */
    float *column, *alike;
} buffers;

static frame view_plane(const osarc_image *image, const osarc_mask *where, osi_planes planes,
                        size_t k)
{
    const osarc_grid *grid = osarc_image_grid(image);
    const size_t stride[3] = {1, grid->size[0], grid->size[0] * grid->size[1]};
    int a0 = planes.axis == 0 ? 1 : 0;
    int a1 = planes.axis == 2 ? 1 : 2;
    size_t start = (planes.first + k) * stride[planes.axis];
    return (frame){.stored = osarc_image_stored(image) + start,
                   .where = osarc_mask_labels(where) + start,
                   .size = {grid->size[a0], grid->size[a1]},
                   .stride = {stride[a0], stride[a1]},
                   .step = (float) osarc_image_step(image),
                   .offset = (float) osarc_image_offset(image)};
}

static osarc_status check(const osarc_image *image, const osarc_mask *where, osi_planes planes,
                          osarc_error *err)
{
    if (!image || !where || planes.axis < 0 || planes.axis > 2)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "image, mask and planes are needed");
    const osarc_grid *a = osarc_image_grid(image);
    const osarc_grid *b = osarc_mask_grid(where);
    if (memcmp(a->size, b->size, sizeof(a->size)) != 0 ||
        planes.first + planes.count > a->size[planes.axis])
        return osi_fail(err, OSARC_ERR_GEOMETRY, "image, mask and planes do not agree");
    return OSARC_OK;
}

/* Adds one plane's differences at a lag to a histogram of stored values. */
static void count_differences(uint32_t *count, const frame *f, size_t lag, int low, int high)
{
    for (size_t y = 0; y < f->size[1]; y += 2)
        for (size_t x = lag; x < f->size[0]; x += 2) {
            size_t i = y * f->stride[1] + x * f->stride[0];
            size_t j = i - lag * f->stride[0];
            if (f->where[i] && f->where[j] && f->stored[i] >= low && f->stored[i] < high &&
                f->stored[j] >= low && f->stored[j] < high)
                count[abs(f->stored[i] - f->stored[j])]++;
        }
}

double osi_noise_of_differences(uint32_t *count, int threads, size_t bins, double step)
{
    uint64_t total = 0;
    for (size_t i = 0; i < bins; i++) {
        for (int t = 1; t < threads; t++)
            count[i] += count[(size_t) t * bins + i];
        total += count[i];
    }
    if (total < MIN_SAMPLES)
        return NAN;
    size_t median = 0;
    for (uint64_t below = 0; median < bins && 2 * (below + count[median]) < total; median++)
        below += count[median];
    return MAD_TO_SD * (double) median * step / sqrt(2);
}

osarc_status osi_noise_hu(double *out, const osarc_image *image, const osarc_mask *where,
                          osi_planes planes, int threads, osarc_error *err)
{
    *out = NAN;
    osarc_status status = check(image, where, planes, err);
    if (status)
        return status;
    const osarc_grid *grid = osarc_image_grid(image);
    int low = osarc_image_threshold(image, FAT_LOW_HU);
    int high = osarc_image_threshold(image, SOFT_TOP_HU);
    size_t bins = (size_t) (high - low) + 1;
    size_t lag = (size_t) fmax(1, floor(LAG_MM / grid->spacing_mm[planes.axis == 0] + 0.5));
    size_t every = (size_t) fmax(1, floor(EVERY_MM / grid->spacing_mm[planes.axis]));
    int team = osi_threads(threads);
    uint32_t *count = osi_alloc((size_t) team * bins, sizeof(*count), err);
    if (!count)
        return OSARC_ERR_MEMORY;
#pragma omp parallel for schedule(static) num_threads(team)
    for (int t = 0; t < team; t++)
        for (size_t k = (size_t) t * every; k < planes.count; k += (size_t) team * every) {
            frame f = view_plane(image, where, planes, k);
            count_differences(count + (size_t) t * bins, &f, lag, low, high);
        }
    *out = osi_noise_of_differences(count, team, bins, osarc_image_step(image));
    osi_free(count);
    return OSARC_OK;
}

/* The box of pixels to do; 0 when there are none. */
static int find_box(frame *f)
{
    size_t x1 = 0;
    size_t y1 = 0;
    f->x0 = f->size[0];
    f->y0 = f->size[1];
    for (size_t y = 0; y < f->size[1]; y++)
        for (size_t x = 0; x < f->size[0]; x++)
            if (f->where[y * f->stride[1] + x * f->stride[0]]) {
                f->x0 = x < f->x0 ? x : f->x0;
                x1 = x > x1 ? x : x1;
                f->y0 = y < f->y0 ? y : f->y0;
                y1 = y;
            }
    if (f->x0 > x1)
        return 0;
    f->width = x1 - f->x0 + 1;
    f->height = y1 - f->y0 + 1;
    return 1;
}

static void load(buffers *b, const frame *f)
{
    size_t pitch = f->width + 2 * PAD;
    size_t rows = f->height + 2 * PAD;
    for (size_t v = 0; v < rows; v++) {
        size_t y = f->y0 + v < PAD ? 0 : f->y0 + v - PAD;
        y = y < f->size[1] ? y : f->size[1] - 1;
        for (size_t u = 0; u < pitch; u++) {
            size_t x = f->x0 + u < PAD ? 0 : f->x0 + u - PAD;
            x = x < f->size[0] ? x : f->size[0] - 1;
            int16_t s = f->stored[y * f->stride[1] + x * f->stride[0]];
            float hu = (float) s * f->step + f->offset;
            hu = s == OSARC_OUTSIDE || hu < LOW_HU ? LOW_HU : hu;
            b->hu[v * pitch + u] = hu > HIGH_HU ? HIGH_HU : hu;
        }
    }
    memcpy(b->sum, b->hu, pitch * rows * sizeof(*b->sum));
    for (size_t i = 0; i < pitch * rows; i++)
        b->weight[i] = 1;
}

/* Squares of differences between a row and its shifted copy. */
OSI_WIDE
static void square_row(float *restrict out, const float *restrict a, const float *restrict c,
                       size_t count)
{
    for (size_t x = 0; x < count; x++)
        out[x] = (a[x] - c[x]) * (a[x] - c[x]);
}

OSI_WIDE
static void sum_rows(float *restrict out, const float *restrict above, const float *restrict here,
                     const float *restrict below, size_t count)
{
    for (size_t x = 0; x < count; x++)
        out[x] = above[x] + here[x] + below[x];
}

/* From sums over three rows; those of the columns beside it take part. */
OSI_WIDE
static void weigh(float *restrict out, const float *restrict column, size_t count, float noise)
{
    float least = 2 * PATCH * noise * noise;
    float scale = 1 / (PATCH * WEIGHT_END * noise * noise);
    for (size_t x = 0; x < count; x++) {
        /* t + |t| is twice what of t is over 0: no branch, so several pixels at once */
        float t = (column[x] + column[x + 1] + column[x + 2] - least) * scale;
        t = 1 - 0.5F * (t + fabsf(t));
        t = 0.5F * (t + fabsf(t));
        t *= t;
        out[x] = t * t;
    }
}

OSI_WIDE
static void add_row(float *restrict sum, float *restrict weight, const float *restrict alike,
                    const float *restrict hu, size_t count)
{
    for (size_t x = 0; x < count; x++) {
        sum[x] += alike[x] * hu[x];
        weight[x] += alike[x];
    }
}

/* Each pair of pixels with that shift, once; both gain from it. */
static void add_shift(buffers *b, const frame *f, ptrdiff_t shift, size_t down, float noise)
{
    size_t pitch = f->width + 2 * PAD;
    size_t rows = f->height + 2 * PAD;
    size_t side = REACH + 1; /* so that no column leaves the buffer */
    size_t count = pitch - 2 * side;
    for (size_t v = 0; v + down < rows; v++) {
        float *row = b->rows[v % 3];
        const float *from = b->hu + v * pitch + REACH;
        square_row(row, from, from + (ptrdiff_t) (down * pitch) + shift, count + 2);
        if (v < 2)
            continue;
        sum_rows(b->column, b->rows[(v - 2) % 3], b->rows[(v - 1) % 3], row, count + 2);
        weigh(b->alike, b->column, count, noise);
        size_t here = (v - 1) * pitch + side;
        size_t there = (size_t) ((ptrdiff_t) (here + down * pitch) + shift);
        add_row(b->sum + here, b->weight + here, b->alike, b->hu + there, count);
        add_row(b->sum + there, b->weight + there, b->alike, b->hu + here, count);
    }
}

static void store(int16_t *out, const buffers *b, const frame *f)
{
    size_t pitch = f->width + 2 * PAD;
    for (size_t y = 0; y < f->height; y++)
        for (size_t x = 0; x < f->width; x++) {
            size_t to = (y + f->y0) * f->stride[1] + (x + f->x0) * f->stride[0];
            size_t i = (y + PAD) * pitch + x + PAD;
            if (!f->where[to] || f->stored[to] == OSARC_OUTSIDE || b->hu[i] <= LOW_HU ||
                b->hu[i] >= HIGH_HU)
                continue;
            float value = (b->sum[i] / b->weight[i] - f->offset) / f->step;
            out[to] = (int16_t) (value < 0 ? -(int) (0.5F - value) : (int) (value + 0.5F));
        }
}

static void denoise_plane(int16_t *out, buffers *b, frame *f, float noise)
{
    if (!find_box(f))
        return;
    load(b, f);
    for (size_t down = 0; down <= REACH; down++)
        for (ptrdiff_t shift = down ? -REACH : 1; shift <= REACH; shift++)
            add_shift(b, f, shift, down, noise);
    store(out, b, f);
}

static int make_buffers(buffers *b, size_t width, size_t height)
{
    size_t n = (width + 2 * PAD) * (height + 2 * PAD);
    size_t row = width + 2 * PAD;
    b->hu = osi_alloc_raw(3 * n, sizeof(*b->hu), NULL);
    b->rows[0] = osi_alloc(5 * row, sizeof(*b->rows[0]), NULL);
    if (!b->hu || !b->rows[0])
        return 0;
    b->sum = b->hu + n;
    b->weight = b->sum + n;
    b->rows[1] = b->rows[0] + row;
    b->rows[2] = b->rows[1] + row;
    b->column = b->rows[2] + row;
    b->alike = b->column + row;
    return 1;
}

osarc_status osi_denoise(osarc_image **out, const osarc_image *image, const osarc_mask *where,
                         osi_planes planes, double noise_hu, int threads, osarc_error *err)
{
    osarc_image *copy = NULL;
    *out = NULL;
    osarc_status status = check(image, where, planes, err);
    if (!status && !(noise_hu > 0))
        status = osi_fail(err, OSARC_ERR_ARGUMENT, "noise of %g HU", noise_hu);
    if (!status)
        status = osarc_image_create(&copy, osarc_image_grid(image), osarc_image_unit(image),
                                    osarc_image_step(image), osarc_image_offset(image), err);
    if (status)
        return status;
    int16_t *to = osarc_image_fill(copy);
    const int16_t *from = osarc_image_stored(image);
    memcpy(to, from, osarc_grid_count(osarc_image_grid(image)) * sizeof(*to));
    int failed = 0;
#pragma omp parallel num_threads(osi_threads(threads)) reduction(| : failed)
    {
        buffers b = {0};
        frame any = view_plane(image, where, planes, 0);
        int ready = make_buffers(&b, any.size[0], any.size[1]);
        failed |= !ready;
#pragma omp for schedule(dynamic)
        for (size_t k = 0; k < planes.count; k++) {
            frame f = view_plane(image, where, planes, k);
            if (ready)
                denoise_plane(to + (f.stored - from), &b, &f, (float) noise_hu);
        }
        osi_free(b.hu);
        osi_free(b.rows[0]);
    }
    if (failed) {
        osarc_image_free(copy);
        return osi_fail(err, OSARC_ERR_MEMORY, "no memory to take noise off planes");
    }
    *out = copy;
    return OSARC_OK;
}
