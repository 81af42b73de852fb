/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torso_parts.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "canonical.h"
#include "limits.h"

#define BODY_MIN_MM2 300.0
#define LEAST_HU     (-2000.0) /* of a block */
#define MOST_HU      4000.0

/* Mean of the vertebrae's backs, turned round and laid into the plane. */
static void find_front(torso_grid *g, const osarc_grid *grid, const osarc_spine *spine)
{
    double sum[2] = {0, 0};
    for (size_t v = 0; v < osarc_spine_count(spine); v++) {
        const osarc_vertebra *one = osarc_spine_at(spine, v);
        g->is_named |= one->label > 0;
        if (!isfinite(one->back[0]))
            continue; /* cut by the view */
        for (int a = 0; a < 2; a++)
            for (int c = 0; c < 3; c++)
                sum[a] -= one->back[c] * grid->direction[g->axis[a]][c];
    }
    double size = hypot(sum[0], sum[1]);
    g->front[0] = size > 0 ? sum[0] / size : 0;
    g->front[1] = size > 0 ? sum[1] / size : 1;
}

typedef struct body_sum {
    double voxels, x, y, back, front, left, right;
} body_sum;

/* Middle and depth of the body in each plane of the image that shows one. */
static osarc_status read_bodies(body_sum *sums, const torso_grid *g, const osarc_mask *bodies)
{
    const uint8_t *label = osarc_mask_labels(bodies);
    double mm0 = osarc_mask_grid(bodies)->spacing_mm[g->axis[0]];
    double mm1 = osarc_mask_grid(bodies)->spacing_mm[g->axis[1]];
#pragma omp parallel for schedule(static) num_threads(g->threads)
    for (size_t k = 0; k < g->full[2]; k++) {
        body_sum s = {0, 0, 0, INFINITY, -INFINITY, INFINITY, -INFINITY};
        for (size_t y = 0; y < g->full[1]; y++) {
            const uint8_t *row = label + k * g->stride[2] + y * g->stride[1];
            for (size_t x = 0; x < g->full[0]; x++)
                if (row[x * g->stride[0]]) {
                    double u = (double) x * mm0;
                    double v = (double) y * mm1;
                    double along = u * g->front[0] + v * g->front[1];
                    s.voxels++;
                    s.x += u;
                    s.y += v;
                    s.back = fmin(s.back, along);
                    s.front = fmax(s.front, along);
                    double aside = v * g->front[0] - u * g->front[1];
                    s.left = fmin(s.left, aside);
                    s.right = fmax(s.right, aside);
                }
        }
        if (s.voxels > 0) {
            s.x /= s.voxels;
            s.y /= s.voxels;
        }
        s.voxels *= mm0 * mm1;
        sums[k] = s;
    }
    return OSARC_OK;
}

/* Which planes are done: the spine's, with the pelvis below and a little above. */
static osarc_status choose_planes(torso_grid *g, const body_sum *sums, double mm, osarc_error *err)
{
    long low = -1;
    long high = -1;
    for (size_t k = 0; k < g->full[2]; k++)
        if (sums[k].voxels > BODY_MIN_MM2) {
            low = low < 0 ? (long) k : low;
            high = (long) k;
        }
    if (low < 0)
        return osi_fail(err, OSARC_ERR_QUALITY, "no vertebral body in view");
    long below = (long) ceil(BELOW_SPINE_MM / mm);
    long above = (long) ceil(ABOVE_SPINE_MM / mm);
    long from = low - (g->head_up ? below : above);
    long to = high + (g->head_up ? above : below);
    from = from < 0 ? 0 : from;
    to = to >= (long) g->full[2] ? (long) g->full[2] - 1 : to;
    g->first = (size_t) from;
    g->depth = (size_t) (to - from) + 1;
    g->lowest = low - from;
    g->highest = high - from;
    return OSARC_OK;
}

static void fill_plane(torso_plane *p, const body_sum *s)
{
    p->body[0] = s->x;
    p->body[1] = s->y;
    p->half_deep = (s->front - s->back) / 2;
    p->half_wide = (s->right - s->left) / 2;
    p->has_body = 1;
}

/* Between planes with a body by straight lines; beyond as the last one. */
static void fill_planes(torso_grid *g, const body_sum *sums)
{
    long last = -1;
    for (long k = 0; k < (long) g->depth; k++) {
        const body_sum *s = &sums[(size_t) k + g->first];
        if (s->voxels <= BODY_MIN_MM2)
            continue;
        fill_plane(&g->plane[k], s);
        for (long q = last + 1; q < k; q++) {
            torso_plane *p = &g->plane[q];
            const torso_plane *b = &g->plane[k];
            if (last < 0) {
                *p = *b;
            } else {
                const torso_plane *a = &g->plane[last];
                double t = (double) (q - last) / (double) (k - last);
                for (int c = 0; c < 2; c++)
                    p->body[c] = a->body[c] + t * (b->body[c] - a->body[c]);
                p->half_deep = a->half_deep + t * (b->half_deep - a->half_deep);
                p->half_wide = a->half_wide + t * (b->half_wide - a->half_wide);
            }
            p->has_body = 0;
        }
        last = k;
    }
    for (long q = last + 1; q < (long) g->depth; q++) {
        g->plane[q] = g->plane[last];
        g->plane[q].has_body = 0;
    }
}

/* The label that most of a block has; fat and soft tissue even: by the block's mean. The same
 * whichever way the plane is stored. */
static uint8_t vote(const uint16_t count[OSARC_TISSUE_PHANTOM + 1], double mean)
{
    int best = 0;
    for (int l = 1; l <= OSARC_TISSUE_PHANTOM; l++)
        if (count[l] > count[best])
            best = l;
    if (best != OSARC_TISSUE_SOFT && count[best] == count[OSARC_TISSUE_SOFT] && mean >= WALL_HU)
        best = OSARC_TISSUE_SOFT;
    return (uint8_t) best;
}

/* Where a block starts, and how its voxels lie. */
typedef struct block {
    const int16_t *stored;
    const uint8_t *label;
    size_t stride[2];
    double step, offset;
} block;

static inline void read_block(uint8_t *label, int16_t *hu, const block *b, size_t wide, size_t high)
{
    int sum = 0;
    int outside = 0;
    int other = 0;
    int voxels = (int) (wide * high);
    for (size_t v = 0; v < high; v++)
        for (size_t u = 0; u < wide; u++) {
            size_t at = v * b->stride[1] + u * b->stride[0];
            int is_out = b->stored[at] == OSARC_OUTSIDE;
            sum += is_out ? 0 : b->stored[at];
            outside += is_out;
            other |= b->label[at] ^ b->label[0];
        }
    double mean =
        (sum * b->step + (voxels - outside) * b->offset + outside * AIR_HU) / (double) voxels;
    *label = b->label[0];
    if (other) {
        uint16_t count[OSARC_TISSUE_PHANTOM + 1] = {0};
        for (size_t v = 0; v < high; v++)
            for (size_t u = 0; u < wide; u++)
                count[b->label[v * b->stride[1] + u * b->stride[0]]]++;
        *label = vote(count, mean);
    }
    mean = mean < LEAST_HU ? LEAST_HU : mean > MOST_HU ? MOST_HU : mean;
    *hu = (int16_t) (mean < 0 ? -(int) (0.5 - mean) : (int) (mean + 0.5));
}

/* The columns and rows of an image that hold the body, ends included; from > to: none. */
static void find_body(size_t from[2], size_t to[2], const torso_grid *g, const uint8_t *label)
{
    size_t x0 = g->full[0];
    size_t x1 = 0;
    size_t y0 = g->full[1];
    size_t y1 = 0;
#pragma omp parallel for schedule(static) num_threads(g->threads) reduction(min                    \
                                                                            : x0, y0)              \
    reduction(max                                                                                  \
              : x1, y1)
    for (size_t k = g->first; k < g->first + g->depth; k++)
        for (size_t y = 0; y < g->full[1]; y++) {
            const uint8_t *row = label + k * g->stride[2] + y * g->stride[1];
            size_t left = 0;
            size_t right = g->full[0];
            while (left < g->full[0] && !row[left * g->stride[0]])
                left++;
            if (left == g->full[0])
                continue;
            while (!row[(right - 1) * g->stride[0]])
                right--;
            x0 = left < x0 ? left : x0;
            x1 = right - 1 > x1 ? right - 1 : x1;
            y0 = y < y0 ? y : y0;
            y1 = y > y1 ? y : y1;
        }
    from[0] = x0;
    from[1] = y0;
    to[0] = x1;
    to[1] = y1;
}

/* What is further from the body than any step looks is not done. */
static void crop(torso_grid *g, const osarc_mask *tissue)
{
    size_t from[2];
    size_t to[2];
    find_body(from, to, g, osarc_mask_labels(tissue));
    for (int a = 0; a < 2 && from[0] <= to[0]; a++) {
        size_t round = (size_t) ceil(ROUND_BODY_MM / g->mm[a]);
        size_t low = from[a] / g->factor[a];
        size_t end = to[a] / g->factor[a] + 1 + round;
        g->start[a] = low < round ? 0 : low - round;
        g->size[a] = (end < g->size[a] ? end : g->size[a]) - g->start[a];
    }
    g->count = g->size[0] * g->size[1] * g->size[2];
}

static void fill_blocks(torso_grid *g, const osarc_image *image, const osarc_mask *tissue)
{
    const block all = {osarc_image_stored(image),
                       osarc_mask_labels(tissue),
                       {g->stride[0], g->stride[1]},
                       osarc_image_step(image),
                       osarc_image_offset(image)};
    int usual = g->factor[0] == 2 && g->factor[1] == 2;
#pragma omp parallel for schedule(static) num_threads(g->threads)
    for (size_t k = 0; k < g->depth; k++)
        for (size_t y = 0; y < g->size[1]; y++)
            for (size_t x = 0; x < g->size[0]; x++) {
                size_t corner = (k + g->first) * g->stride[2] +
                                (y + g->start[1]) * g->factor[1] * g->stride[1] +
                                (x + g->start[0]) * g->factor[0] * g->stride[0];
                size_t i = torso_index(g, x, y, k);
                block b = all;
                b.stored += corner;
                b.label += corner;
                if (usual)
                    read_block(&g->label[i], &g->hu[i], &b, 2, 2);
                else
                    read_block(&g->label[i], &g->hu[i], &b, g->factor[0], g->factor[1]);
            }
}

osarc_status torso_grid_plan(torso_grid *g, const osarc_grid *grid, const osarc_spine *spine,
                             int threads, osarc_error *err)
{
    const size_t stride[3] = {1, grid->size[0], grid->size[0] * grid->size[1]};
    const osarc_mask *bodies = spine ? osarc_spine_bodies(spine) : NULL;
    memset(g, 0, sizeof(*g));
    g->threads = threads;
    if (!bodies || osarc_spine_count(spine) == 0)
        return osi_fail(err, OSARC_ERR_QUALITY, "no vertebra in view");
    canonical_axes(grid, g->axis);
    for (int a = 0; a < 3; a++) {
        g->full[a] = grid->size[g->axis[a]];
        g->stride[a] = stride[g->axis[a]];
        g->mm[a] = grid->spacing_mm[g->axis[a]];
    }
    for (int a = 0; a < 2; a++) {
        g->pixel_mm[a] = g->mm[a];
        double factor = fmax(1, round(TORSO_GRID_MM / g->mm[a]));
        g->factor[a] = (size_t) fmin(factor, (double) g->full[a]);
        g->size[a] = g->full[a] / g->factor[a];
        g->mm[a] *= (double) g->factor[a];
    }
    g->head_up = grid->direction[g->axis[2]][2] > 0;
    find_front(g, grid, spine);
    body_sum *sums = osi_alloc(g->full[2], sizeof(*sums), err);
    osarc_status status = sums ? read_bodies(sums, g, bodies) : OSARC_ERR_MEMORY;
    if (!status)
        status = choose_planes(g, sums, g->mm[2], err);
    if (!status) {
        g->size[2] = g->depth;
        g->count = g->size[0] * g->size[1] * g->size[2];
        g->plane = osi_alloc(g->depth, sizeof(*g->plane), err);
        status = g->plane ? OSARC_OK : OSARC_ERR_MEMORY;
    }
    if (!status)
        fill_planes(g, sums);
    osi_free(sums);
    return status;
}

osarc_status torso_grid_fill(torso_grid *g, const osarc_image *image, const osarc_mask *tissue,
                             osarc_error *err)
{
    crop(g, tissue);
    g->label = osi_alloc(g->count, 1, err);
    g->hu = osi_alloc(g->count, sizeof(*g->hu), err);
    g->flags = osi_alloc(g->count, 1, err);
    g->arm = osi_alloc(g->count, 1, err);
    if (!g->label || !g->hu || !g->flags || !g->arm)
        return OSARC_ERR_MEMORY;
    fill_blocks(g, image, tissue);
    return OSARC_OK;
}

void torso_grid_free(torso_grid *g)
{
    osi_free(g->label);
    osi_free(g->hu);
    osi_free(g->flags);
    osi_free(g->arm);
    osi_free(g->plane);
    memset(g, 0, sizeof(*g));
}
