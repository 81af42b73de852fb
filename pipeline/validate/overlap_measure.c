/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "overlap_measure.h"

#include <gsl/gsl_statistics_float.h>
#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/distance.h>
#include <osi/threads.h>

/* A distance of exactly the tolerance is within it, whatever the float's last bit says. */
#define TOLERANCE_SLACK 1e-6

/* How far, in rows, the distance map looks at first. */
#define NEAR_VOXELS 12

/* Voxels below which starting threads costs more than they save. */
#define WORTH_THREADS ((size_t) 1 << 18)

/* Bits of a voxel of the crop. */
enum {
    REFERENCE = 1,
    TEST = 2
};

/* The part of the two volumes that holds the label, as bits. */
typedef struct crop {
    size_t size[3];
    size_t count;
    size_t step[3];
    double spacing_mm[3];
    uint8_t *bits;
    uint8_t *boundary; /* of one side at a time */
    float *distance_mm;
    size_t *slice_first; /* number of boundary voxels before each slice */
    int threads;
} crop;

/* Boundary voxels of one side with their distance to the other and their share of the surface. */
typedef struct surface {
    size_t count;
    float *distance_mm;
    float *area_mm2;
    double sum_mm;
    double max_mm;
} surface;

static void free_crop(crop *c)
{
    osi_free(c->bits);
    osi_free(c->boundary);
    osi_free(c->distance_mm);
    osi_free(c->slice_first);
}

static void free_surface(surface *s)
{
    osi_free(s->distance_mm);
    osi_free(s->area_mm2);
}

static osarc_status create_crop(crop *c, const osi_overlap_job *job, osarc_error *err)
{
    *c = (crop){.threads = osi_threads(job->threads), .count = 1};
    for (int axis = 0; axis < 3; axis++) {
        c->size[axis] = job->extent.high[axis] - job->extent.low[axis];
        c->step[axis] = c->count;
        c->count *= c->size[axis];
        c->spacing_mm[axis] = job->grid->spacing_mm[axis];
    }
    if (c->count < WORTH_THREADS)
        c->threads = 1;
    c->bits = osi_alloc_raw(c->count, 1, err);
    return c->bits ? OSARC_OK : OSARC_ERR_MEMORY;
}

/* Voxels, and sums of their indices, of one side. */
typedef struct moments {
    uint64_t count;
    uint64_t sum[3];
} moments;

static void add_moments(moments *to, uint64_t count, uint64_t sum_x, size_t y, size_t z)
{
    to->count += count;
    to->sum[0] += sum_x;
    to->sum[1] += count * y;
    to->sum[2] += count * z;
}

/* Fills one row of bits; whole numbers, so that the order of adding does not matter. */
static void fill_row(const osi_overlap_job *job, const crop *c, size_t y, size_t z, uint64_t *both,
                     moments *reference, moments *test)
{
    const osi_extent *e = &job->extent;
    size_t from =
        ((z + e->low[2]) * job->grid->size[1] + y + e->low[1]) * job->grid->size[0] + e->low[0];
    const uint8_t *r = job->reference + from;
    const uint8_t *t = job->test + from;
    uint8_t *to = c->bits + z * c->step[2] + y * c->step[1];
    uint64_t n[4] = {0, 0, 0, 0};
    uint64_t sum_r = 0;
    uint64_t sum_t = 0;
    for (size_t x = 0; x < c->size[0]; x++) {
        uint64_t in_r = r[x] == job->reference_label;
        uint64_t in_t = t[x] == job->test_label;
        to[x] = (uint8_t) (in_r | in_t << 1);
        n[0] += in_r & in_t;
        n[REFERENCE] += in_r;
        n[TEST] += in_t;
        sum_r += in_r * x;
        sum_t += in_t * x;
    }
    *both += n[0];
    add_moments(reference, n[REFERENCE], sum_r, y, z);
    add_moments(test, n[TEST], sum_t, y, z);
}

static void find_centroid(double out_mm[3], const moments *m, const osi_overlap_job *job)
{
    double ijk[3];
    for (int axis = 0; axis < 3; axis++) {
        out_mm[axis] = NAN;
        ijk[axis] = (double) job->extent.low[axis] + (double) m->sum[axis] / (double) m->count;
    }
    if (m->count > 0)
        osarc_grid_position_mm(job->grid, ijk, out_mm);
}

static void fill_crop(osi_overlap_numbers *out, const osi_overlap_job *job, crop *c)
{
    uint64_t both = 0;
    moments reference = {0};
    moments test = {0};
#pragma omp parallel num_threads(c->threads)
    {
        uint64_t own_both = 0;
        moments own[2] = {{0}, {0}};
#pragma omp for schedule(static)
        for (size_t z = 0; z < c->size[2]; z++)
            for (size_t y = 0; y < c->size[1]; y++)
                fill_row(job, c, y, z, &own_both, &own[0], &own[1]);
#pragma omp critical(osi_overlap_fill)
        {
            both += own_both;
            moments *to[2] = {&reference, &test};
            for (int side = 0; side < 2; side++) {
                to[side]->count += own[side].count;
                for (int axis = 0; axis < 3; axis++)
                    to[side]->sum[axis] += own[side].sum[axis];
            }
        }
    }
    out->both = both;
    out->reference_only = reference.count - both;
    out->test_only = test.count - both;
    find_centroid(out->reference_centroid_mm, &reference, job);
    find_centroid(out->test_centroid_mm, &test, job);
}

static size_t mark_row(uint8_t *restrict to, const uint8_t *restrict row,
                       const uint8_t *const near[4], size_t count, uint8_t side)
{
    size_t last = count - 1;
    for (size_t x = 1; x < last; x++) {
        uint8_t inner = near[0][x] & near[1][x] & near[2][x] & near[3][x] & row[x - 1] & row[x + 1];
        to[x] = row[x] & (uint8_t) ~inner & side;
    }
    to[0] = row[0] & side;
    to[last] = row[last] & side;
    size_t found = 0;
    for (size_t x = 0; x < count; x++)
        found += to[x] != 0;
    return found;
}

/* Marks the voxels of a side that have a face neighbour outside it; beyond the crop is outside. */
static void mark_boundary(const crop *c, uint8_t side, uint8_t *none)
{
    memset(none, 0, c->size[0]);
#pragma omp parallel for num_threads(c->threads) schedule(static)
    for (size_t z = 0; z < c->size[2]; z++) {
        size_t found = 0;
        for (size_t y = 0; y < c->size[1]; y++) {
            const uint8_t *row = c->bits + z * c->step[2] + y * c->step[1];
            const uint8_t *near[4] = {
                y > 0 ? row - c->step[1] : none, y + 1 < c->size[1] ? row + c->step[1] : none,
                z > 0 ? row - c->step[2] : none, z + 1 < c->size[2] ? row + c->step[2] : none};
            uint8_t *to = c->boundary + (size_t) (row - c->bits);
            found += mark_row(to, row, near, c->size[0], side);
        }
        c->slice_first[z + 1] = found;
    }
    c->slice_first[0] = 0;
    for (size_t z = 0; z < c->size[2]; z++)
        c->slice_first[z + 1] += c->slice_first[z];
}

/*
 * The surface a boundary voxel stands for: along each axis the area of its faces that look out, and
 * of the three the length of the vector, which is exact for planes along the axes and at 45
 * degrees.
 */
static float exposed_area(const crop *c, const size_t at[3], uint8_t side, const double face_mm2[3])
{
    const uint8_t *voxel = c->bits + at[2] * c->step[2] + at[1] * c->step[1] + at[0];
    double squares = 0;
    for (int axis = 0; axis < 3; axis++) {
        int low = at[axis] == 0 || !(voxel[-(ptrdiff_t) c->step[axis]] & side);
        int high = at[axis] + 1 == c->size[axis] || !(voxel[c->step[axis]] & side);
        double area = (low + high) * face_mm2[axis];
        squares += area * area;
    }
    return (float) sqrt(squares);
}

/* Distances at the boundary voxels of `side`, in memory order, from the map in the crop. */
static void gather(surface *out, const crop *c, uint8_t side)
{
    const double *mm = c->spacing_mm;
    const double face_mm2[3] = {mm[1] * mm[2], mm[0] * mm[2], mm[0] * mm[1]};
#pragma omp parallel for num_threads(c->threads) schedule(static)
    for (size_t z = 0; z < c->size[2]; z++) {
        size_t n = c->slice_first[z];
        for (size_t y = 0; y < c->size[1]; y++) {
            size_t row = z * c->step[2] + y * c->step[1];
            for (size_t x = 0; x < c->size[0]; x++) {
                if (!(c->boundary[row + x]))
                    continue;
                out->distance_mm[n] = c->distance_mm[row + x];
                out->area_mm2[n++] = exposed_area(c, (const size_t[3]){x, y, z}, side, face_mm2);
            }
        }
    }
    out->sum_mm = 0;
    out->max_mm = 0;
    for (size_t n = 0; n < out->count; n++) {
        double d = (double) out->distance_mm[n];
        out->sum_mm += d;
        out->max_mm = d > out->max_mm ? d : out->max_mm;
    }
}

/* From the boundary of `side` to the boundary of the other, INFINITY where it is over the cap. */
static osarc_status measure_within(surface *out, crop *c, uint8_t side, double cap_mm,
                                   uint8_t *none, osarc_error *err)
{
    mark_boundary(c, side ^ (REFERENCE | TEST), none);
    osarc_status status = osi_distance_limited_mm(c->distance_mm, c->boundary, c->size,
                                                  c->spacing_mm, cap_mm, c->threads, err);
    if (status)
        return status;
    mark_boundary(c, side, none);
    if (!out->distance_mm) {
        out->count = c->slice_first[c->size[2]];
        out->distance_mm = osi_alloc_raw(out->count, sizeof(float), err);
        out->area_mm2 = osi_alloc_raw(out->count, sizeof(float), err);
    }
    if (!out->distance_mm || !out->area_mm2)
        return OSARC_ERR_MEMORY;
    gather(out, c, side);
    return OSARC_OK;
}

/* Near first, which is several times faster; all the way only when a voxel has nothing near. */
static osarc_status measure_surface(surface *out, crop *c, uint8_t side, uint8_t *none,
                                    osarc_error *err)
{
    osarc_status status = measure_within(out, c, side, NEAR_VOXELS * c->spacing_mm[1], none, err);
    if (!status && isinf(out->max_mm))
        status = measure_within(out, c, side, INFINITY, none, err);
    return status;
}

static double surface_dice(const surface *a, const surface *b, double tolerance_mm)
{
    double within = 0;
    double all = 0;
    const surface *sides[2] = {a, b};
    for (int s = 0; s < 2; s++)
        for (size_t n = 0; n < sides[s]->count; n++) {
            double area = (double) sides[s]->area_mm2[n];
            all += area;
            if ((double) sides[s]->distance_mm[n] <= tolerance_mm * (1 + TOLERANCE_SLACK))
                within += area;
        }
    return within / all;
}

/* Linear between order statistics, (n-1)p of the way (Hyndman and Fan's definition 7). Reorders. */
static double percentile_95(float *values, size_t count)
{
    double at = 0.95 * (double) (count - 1);
    size_t k = (size_t) at;
    double low = (double) gsl_stats_float_select(values, 1, count, k);
    if (k + 1 >= count)
        return low;
    double high = (double) gsl_stats_float_select(values, 1, count, k + 1);
    return low + (at - (double) k) * (high - low);
}

static osarc_status summarise(osi_overlap_numbers *out, const osi_overlap_job *job, surface *a,
                              surface *b, osarc_error *err)
{
    float *pool = osi_alloc_raw(a->count + b->count, sizeof(float), err);
    if (!pool)
        return OSARC_ERR_MEMORY;
    memcpy(pool, a->distance_mm, a->count * sizeof(float));
    memcpy(pool + a->count, b->distance_mm, b->count * sizeof(float));
    for (size_t i = 0; i < job->tolerance_count; i++)
        out->surface_dice[i] = surface_dice(a, b, job->tolerances_mm[i]);
    out->hd_mm = fmax(a->max_mm, b->max_mm);
    out->assd_mm = (a->sum_mm + b->sum_mm) / (double) (a->count + b->count);
    out->hd95_mm =
        fmax(percentile_95(a->distance_mm, a->count), percentile_95(b->distance_mm, b->count));
    out->hd95_pooled_mm = percentile_95(pool, a->count + b->count);
    osi_free(pool);
    return OSARC_OK;
}

static osarc_status measure_surfaces(osi_overlap_numbers *out, const osi_overlap_job *job, crop *c,
                                     osarc_error *err)
{
    c->boundary = osi_alloc_raw(c->count, 1, err);
    c->distance_mm = osi_alloc_raw(c->count, sizeof(float), err);
    c->slice_first = osi_alloc_raw(c->size[2] + 1, sizeof(size_t), err);
    uint8_t *none = osi_alloc_raw(c->size[0], 1, err);
    surface a = {0};
    surface b = {0};
    osarc_status status = OSARC_ERR_MEMORY;
    if (c->boundary && c->distance_mm && c->slice_first && none)
        status = measure_surface(&a, c, REFERENCE, none, err);
    if (!status)
        status = measure_surface(&b, c, TEST, none, err);
    if (!status)
        status = summarise(out, job, &a, &b, err);
    free_surface(&a);
    free_surface(&b);
    osi_free(none);
    return status;
}

static void clear_numbers(osi_overlap_numbers *out)
{
    *out =
        (osi_overlap_numbers){.hd_mm = NAN, .hd95_mm = NAN, .hd95_pooled_mm = NAN, .assd_mm = NAN};
    for (int axis = 0; axis < 3; axis++) {
        out->reference_centroid_mm[axis] = NAN;
        out->test_centroid_mm[axis] = NAN;
    }
    for (size_t i = 0; i < OSI_TOLERANCES_MAX; i++)
        out->surface_dice[i] = NAN;
}

/* Equal masks lie at distance 0 everywhere: no map is needed to say so. */
static void set_equal(osi_overlap_numbers *out, size_t tolerance_count)
{
    out->hd_mm = 0;
    out->hd95_mm = 0;
    out->hd95_pooled_mm = 0;
    out->assd_mm = 0;
    for (size_t i = 0; i < tolerance_count; i++)
        out->surface_dice[i] = 1;
}

osarc_status osi_overlap_measure(osi_overlap_numbers *out, const osi_overlap_job *job,
                                 osarc_error *err)
{
    clear_numbers(out);
    if (job->extent.count == 0)
        return OSARC_OK;
    crop c;
    osarc_status status = create_crop(&c, job, err);
    if (status)
        return status;
    fill_crop(out, job, &c);
    if (out->reference_only == 0 && out->test_only == 0)
        set_equal(out, job->tolerance_count);
    else if (out->both + out->reference_only > 0 && out->both + out->test_only > 0)
        status = measure_surfaces(out, job, &c, err);
    free_crop(&c);
    return status;
}
