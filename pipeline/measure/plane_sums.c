/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plane_sums.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/components.h>
#include <osi/distance.h>
#include <osi/fail.h>
#include <osi/threads.h>

#define APART_MM 1e4

/* Windows as stored numbers: low <= stored < high. */
typedef struct limits {
    int16_t low[OSARC_WINDOW_COUNT], high[OSARC_WINDOW_COUNT];
} limits;

typedef struct plane_view {
    const int16_t *stored;
    const int16_t *held; /* to the windows */
    const uint8_t *label;
    const uint8_t *arms;
    size_t size[2], stride[2];
    double mm[2];
    limits at;
    const osi_plane_rule *rule;
} plane_view;

typedef struct scratch {
    uint8_t *as;
    uint8_t *set;
    float *mm;
    uint32_t *part;
} scratch;

static limits read_limits(const osarc_image *image, const osarc_hu_table *table)
{
    limits at;
    for (int w = 0; w < OSARC_WINDOW_COUNT; w++) {
        const osarc_hu_window *one = &table->window[w];
        double high = one->closed ? nextafter(one->high_hu, INFINITY) : one->high_hu;
        at.low[w] = osarc_image_threshold(image, one->low_hu);
        at.high[w] = osarc_image_threshold(image, high);
    }
    return at;
}

static inline int holds(const plane_view *v, osarc_window w, int16_t stored)
{
    return stored >= v->at.low[w] && stored < v->at.high[w];
}

static uint8_t count_as(const plane_view *v, uint8_t label, int16_t stored)
{
    if (stored == OSARC_OUTSIDE)
        return OSI_COUNTS_NOT;
    switch (label) {
    case OSARC_TISSUE_SUBCUTANEOUS_FAT:
        return holds(v, OSARC_WINDOW_ADIPOSE, stored) ? OSI_COUNTS_SAT : OSI_COUNTS_NOT;
    case OSARC_TISSUE_VISCERAL_FAT:
        return holds(v, OSARC_WINDOW_VISCERAL, stored) ? OSI_COUNTS_VAT : OSI_COUNTS_NOT;
    case OSARC_TISSUE_MUSCLE:
    case OSARC_TISSUE_INTERMUSCULAR_FAT:
        if (holds(v, OSARC_WINDOW_MUSCLE, stored))
            return OSI_COUNTS_MUSCLE;
        return holds(v, OSARC_WINDOW_ADIPOSE, stored) ? OSI_COUNTS_IMAT : OSI_COUNTS_NOT;
    default:
        return OSI_COUNTS_NOT;
    }
}

static void add_window(osi_plane_sum *out, const plane_view *v, uint8_t label, int16_t stored)
{
    if ((label != OSARC_TISSUE_MUSCLE && label != OSARC_TISSUE_INTERMUSCULAR_FAT) ||
        stored == OSARC_OUTSIDE)
        return;
    int muscle = holds(v, OSARC_WINDOW_MUSCLE, stored);
    out->window_muscle += (uint64_t) muscle;
    out->window_imat += (uint64_t) (!muscle && holds(v, OSARC_WINDOW_ADIPOSE, stored));
}

/* Pieces smaller than the least no longer count. */
static osarc_status drop_small(const plane_view *v, scratch *s, uint8_t kind, osarc_error *err)
{
    const size_t size[3] = {v->size[0], v->size[1], 1};
    size_t n = v->size[0] * v->size[1];
    uint32_t count = 0;
    size_t *sizes = NULL;
    for (size_t i = 0; i < n; i++)
        s->set[i] = s->as[i] == kind;
    osarc_status status = osi_components(s->part, &count, &sizes, s->set, size, err);
    for (size_t i = 0; !status && i < n; i++)
        if (s->part[i] && (double) sizes[s->part[i]] * v->mm[0] * v->mm[1] < v->rule->least_mm2)
            s->as[i] = OSI_COUNTS_NOT;
    osi_free(sizes);
    return status;
}

/* Fat that a closing of muscle does not take in lies between muscles, not within one. */
static osarc_status keep_within(const plane_view *v, scratch *s, osarc_error *err)
{
    const size_t size[3] = {v->size[0], v->size[1], 1};
    const double mm[3] = {v->mm[0], v->mm[1], APART_MM};
    size_t n = v->size[0] * v->size[1];
    double radius = v->rule->closing_mm;
    for (size_t i = 0; i < n; i++)
        s->set[i] = s->as[i] == OSI_COUNTS_MUSCLE;
    osarc_status status = osi_distance_limited_mm(s->mm, s->set, size, mm, radius, 1, err);
    for (size_t i = 0; !status && i < n; i++)
        s->set[i] = (uint8_t) !!isinf(s->mm[i]);
    if (!status)
        status = osi_distance_limited_mm(s->mm, s->set, size, mm, radius, 1, err);
    for (size_t i = 0; !status && i < n; i++)
        if (s->as[i] == OSI_COUNTS_IMAT && !isinf(s->mm[i]))
            s->as[i] = OSI_COUNTS_NOT;
    return status;
}

static int is_edge(const plane_view *v, const uint8_t *as, size_t x, size_t y)
{
    size_t w = v->size[0];
    size_t i = y * w + x;
    return (x && as[i - 1] != as[i]) || (x + 1 < w && as[i + 1] != as[i]) ||
           (y && as[i - w] != as[i]) || (y + 1 < v->size[1] && as[i + w] != as[i]);
}

static osarc_status read_plane(osi_plane_sum *out, const plane_view *v, scratch *s,
                               osarc_error *err)
{
    osarc_status status = OSARC_OK;
    memset(out, 0, sizeof(*out));
    for (size_t y = 0, i = 0; y < v->size[1]; y++)
        for (size_t x = 0; x < v->size[0]; x++, i++) {
            size_t at = y * v->stride[1] + x * v->stride[0];
            s->as[i] = OSI_COUNTS_NOT;
            if (!v->label[at])
                continue;
            if (v->arms && v->arms[at]) {
                out->arms++;
                continue;
            }
            s->as[i] = count_as(v, v->label[at], v->held[at]);
            add_window(out, v, v->label[at], v->stored[at]);
            out->body += v->label[at] != OSARC_TISSUE_PHANTOM;
        }
    if (v->rule->closing_mm > 0)
        status = keep_within(v, s, err);
    if (!status && v->rule->least_mm2 > 0)
        status = drop_small(v, s, OSI_COUNTS_IMAT, err);
    if (!status && v->rule->least_mm2 > 0)
        status = drop_small(v, s, OSI_COUNTS_MUSCLE, err);
    if (status)
        return status;
    for (size_t y = 0, i = 0; y < v->size[1]; y++)
        for (size_t x = 0; x < v->size[0]; x++, i++) {
            uint8_t as = s->as[i];
            if (as == OSI_COUNTS_NOT)
                continue;
            size_t at = y * v->stride[1] + x * v->stride[0];
            int16_t stored = v->stored[at];
            int edge = is_edge(v, s->as, x, y);
            uint64_t square = (uint64_t) ((int64_t) stored * stored);
            out->voxels[as]++;
            out->edge[as] += (uint64_t) edge;
            if (as == OSI_COUNTS_MUSCLE) {
                out->low += (uint64_t) holds(v, OSARC_WINDOW_MUSCLE_LOW, v->held[at]);
                out->normal += (uint64_t) holds(v, OSARC_WINDOW_MUSCLE_NORMAL, v->held[at]);
                out->muscle_sum += stored;
                out->muscle_square_sum += square;
            } else if (as == OSI_COUNTS_SAT && !edge) {
                out->sat_core++;
                out->sat_core_sum += stored;
                out->sat_core_square_sum += square;
            }
        }
    return OSARC_OK;
}

static osarc_status make_scratch(scratch *s, size_t n, osarc_error *err)
{
    s->as = osi_alloc_raw(n, 1, err);
    s->set = osi_alloc_raw(n, 1, err);
    s->mm = osi_alloc_raw(n, sizeof(*s->mm), err);
    s->part = osi_alloc_raw(n, sizeof(*s->part), err);
    return s->as && s->set && s->mm && s->part ? OSARC_OK : OSARC_ERR_MEMORY;
}

static void free_scratch(scratch *s)
{
    osi_free(s->as);
    osi_free(s->set);
    osi_free(s->mm);
    osi_free(s->part);
}

osarc_status osi_plane_sums_read(osi_plane_sum *out, const osarc_image *image,
                                 const osarc_mask *tissue, int axis, size_t first, size_t count,
                                 const osi_plane_rule *rule, int threads, osarc_error *err)
{
    const osarc_grid *grid = osarc_image_grid(image);
    const size_t stride[3] = {1, grid->size[0], grid->size[0] * grid->size[1]};
    int a0 = axis == 0 ? 1 : 0;
    int a1 = axis == 2 ? 1 : 2;
    const plane_view all = {
        .stored = osarc_image_stored(image),
        .held = osarc_image_stored(rule->smooth ? rule->smooth : image),
        .label = osarc_mask_labels(tissue),
        .arms = rule->arms ? osarc_mask_labels(rule->arms) : NULL,
        .size = {grid->size[a0], grid->size[a1]},
        .stride = {stride[a0], stride[a1]},
        .mm = {grid->spacing_mm[a0], grid->spacing_mm[a1]},
        .at = read_limits(image, rule->windows),
        .rule = rule,
    };
    int failed = 0;
#pragma omp parallel num_threads(osi_threads(threads)) reduction(| : failed)
    {
        scratch s = {0};
        int without = make_scratch(&s, all.size[0] * all.size[1], NULL) != OSARC_OK;
        failed |= without;
#pragma omp for schedule(dynamic)
        for (size_t k = 0; k < count; k++) {
            plane_view v = all;
            v.stored += (first + k) * stride[axis];
            v.held += (first + k) * stride[axis];
            v.label += (first + k) * stride[axis];
            if (v.arms)
                v.arms += (first + k) * stride[axis];
            if (!without)
                failed |= read_plane(&out[k], &v, &s, NULL) != OSARC_OK;
        }
        free_scratch(&s);
    }
    return failed ? osi_fail(err, OSARC_ERR_MEMORY, "no memory to measure planes") : OSARC_OK;
}

void osi_plane_sum_add_times(osi_plane_sum *a, const osi_plane_sum *b, uint64_t times)
{
    for (int i = 0; i < OSI_COUNTS; i++) {
        a->voxels[i] += times * b->voxels[i];
        a->edge[i] += times * b->edge[i];
    }
    a->window_muscle += times * b->window_muscle;
    a->window_imat += times * b->window_imat;
    a->low += times * b->low;
    a->normal += times * b->normal;
    a->body += times * b->body;
    a->arms += times * b->arms;
    a->muscle_sum += (int64_t) times * b->muscle_sum;
    a->muscle_square_sum += times * b->muscle_square_sum;
    a->sat_core += times * b->sat_core;
    a->sat_core_sum += (int64_t) times * b->sat_core_sum;
    a->sat_core_square_sum += times * b->sat_core_square_sum;
}
