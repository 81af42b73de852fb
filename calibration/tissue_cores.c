/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tissue_cores.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/threads.h>

#define SAMPLE_MM 4.0 /* samples are about this far apart */
#define CORE_MM   4.0 /* soft tissue this far on all sides: past the blur of common kernels */
#define AIR_MM                                                                                     \
    10.0 /* air this far on all sides, and samples as far apart: no clothes, no table              \
          */
#define AIR_NEAR_MM 60.0 /* only air about the body: corners of the view are often filled */
#define AIR_HIGH_HU (-900)
#define LAG_MM      5.0 /* farther than noise is correlated by common kernels */
#define BLOCK_MM    1.5 /* compact bone is averaged over all voxels whose middles lie within */
#define BONE_MM     0.7 /* blocks lie about this far apart where voxels are finer */
#define BLOCK_SIDE  5   /* and are read at this many places a side at most */
#define METAL_MM    30.0
/* Muscle beside and behind the spine: from the middle of the vertebra, mm. */
#define BACK_LOW  10.0
#define BACK_HIGH 80.0
#define SIDE_LOW  15.0
#define SIDE_HIGH 65.0
#define ALONG     30.0

typedef struct box {
    size_t low[3], high[3]; /* inclusive; empty when low > high */
} box;

typedef struct work {
    const osarc_image *image;
    const osarc_grid *grid;
    const int16_t *stored;
    const uint8_t *labels;
    double step, offset;
    size_t stride[3];
    size_t sample[3], core[3], air[3], bone[3];
    size_t block[3]; /* reach of a block, voxels */
    size_t side[3];  /* places a side, and where they are from its corner */
    size_t place[3][BLOCK_SIDE];
    size_t lag;
    box body, metal;
    const osi_spine_frame *frames;
    size_t frame_count;
} work;

static double hu_at(const work *w, size_t index)
{
    return w->stored[index] * w->step + w->offset;
}

static int is_muscle(uint8_t label)
{
    return label == OSARC_TISSUE_MUSCLE || label == OSARC_TISSUE_SOFT;
}

static void grow(box *b, size_t x, size_t y, size_t z)
{
    const size_t at[3] = {x, y, z};
    for (int a = 0; a < 3; a++) {
        b->low[a] = at[a] < b->low[a] ? at[a] : b->low[a];
        b->high[a] = at[a] > b->high[a] ? at[a] : b->high[a];
    }
}

static box widen(box b, const work *w, double mm)
{
    for (int a = 0; a < 3 && b.low[0] <= b.high[0]; a++) {
        size_t by = (size_t) ceil(mm / w->grid->spacing_mm[a]);
        b.low[a] -= by < b.low[a] ? by : b.low[a];
        b.high[a] += by;
    }
    return b;
}

static int holds(const box *b, size_t x, size_t y, size_t z)
{
    return x >= b->low[0] && x <= b->high[0] && y >= b->low[1] && y <= b->high[1] &&
           z >= b->low[2] && z <= b->high[2];
}

/* Where body and metal lie; metal is small, so every voxel of its label counts. */
static void find_boxes(work *w)
{
    const box empty = {{SIZE_MAX, SIZE_MAX, SIZE_MAX}, {0, 0, 0}};
    w->body = w->metal = empty;
    const size_t *size = w->grid->size;
    for (size_t z = 0; z < size[2]; z++)
        for (size_t y = 0; y < size[1]; y++) {
            const uint8_t *row = w->labels + (z * size[1] + y) * size[0];
            for (const uint8_t *m = memchr(row, OSARC_TISSUE_METAL, size[0]); m;
                 m = memchr(m + 1, OSARC_TISSUE_METAL, size[0] - (size_t) (m + 1 - row)))
                grow(&w->metal, (size_t) (m - row), y, z);
            if (y % w->sample[1])
                continue;
            for (size_t x = 0; x < size[0]; x += w->sample[0])
                if (row[x] != OSARC_TISSUE_OUTSIDE)
                    grow(&w->body, x, y, z);
        }
    w->body = widen(w->body, w, AIR_NEAR_MM);
    w->metal = widen(w->metal, w, METAL_MM);
}

/* All six neighbours at a reach are of the same kind; a single layer has no neighbours across. */
static int is_core(const work *w, size_t index, const size_t at[3], const size_t reach[3],
                   int (*same)(const work *, size_t))
{
    for (int a = 0; a < 3; a++) {
        if (w->grid->size[a] == 1)
            continue;
        if (at[a] < reach[a] || at[a] + reach[a] >= w->grid->size[a])
            return 0;
        size_t by = reach[a] * w->stride[a];
        if (!same(w, index - by) || !same(w, index + by))
            return 0;
    }
    return 1;
}

static int air_here(const work *w, size_t i)
{
    return w->labels[i] == OSARC_TISSUE_OUTSIDE && w->stored[i] != OSARC_OUTSIDE &&
           hu_at(w, i) < AIR_HIGH_HU;
}

static int fat_here(const work *w, size_t i)
{
    return w->labels[i] == OSARC_TISSUE_SUBCUTANEOUS_FAT && w->stored[i] != OSARC_OUTSIDE;
}

static int muscle_here(const work *w, size_t i)
{
    return is_muscle(w->labels[i]) && w->stored[i] != OSARC_OUTSIDE;
}

static int beside_spine(const work *w, const size_t at[3])
{
    if (!w->frames)
        return 1;
    const double ijk[3] = {(double) at[0], (double) at[1], (double) at[2]};
    double lps[3];
    osarc_grid_position_mm(w->grid, ijk, lps);
    for (size_t f = 0; f < w->frame_count; f++) {
        double in[3];
        osi_spine_frame_in(&w->frames[f], lps, in);
        if (fabs(in[2]) <= ALONG && in[1] >= BACK_LOW && in[1] <= BACK_HIGH &&
            fabs(in[0]) >= SIDE_LOW && fabs(in[0]) <= SIDE_HIGH)
            return 1;
    }
    return 0;
}

static void count_hu(uint32_t *bins, double hu)
{
    if (hu >= OSI_CORE_LOW_HU && hu < OSI_CORE_HIGH_HU)
        bins[(size_t) floor(hu - OSI_CORE_LOW_HU)]++;
}

static void count_sample(osi_tissue_cores *c, const work *w, size_t index, const size_t at[3])
{
    uint8_t label = w->labels[index];
    if (label == OSARC_TISSUE_OUTSIDE) {
        if (at[0] % w->air[0] < w->sample[0] && at[1] % w->air[1] < w->sample[1] &&
            holds(&w->body, at[0], at[1], at[2]) && air_here(w, index) &&
            is_core(w, index, at, w->air, air_here))
            count_hu(c->air, hu_at(w, index));
        return;
    }
    int fat = fat_here(w, index);
    if (!fat && !(muscle_here(w, index) && beside_spine(w, at)))
        return;
    if (!is_core(w, index, at, w->core, fat ? fat_here : muscle_here))
        return;
    double hu = hu_at(w, index);
    count_hu(fat ? c->fat : c->muscle, hu);
    if (at[0] >= w->lag && w->labels[index - w->lag] == label &&
        w->stored[index - w->lag] != OSARC_OUTSIDE) {
        double d = fabs(hu - hu_at(w, index - w->lag));
        c->difference[d < OSI_NOISE_BINS - 1 ? (size_t) floor(d) : OSI_NOISE_BINS - 1]++;
    }
}

/* Mean over a block that is compact bone throughout. */
static void count_bone(osi_tissue_cores *c, const work *w, size_t index, const size_t at[3])
{
    if (at[0] % w->bone[0])
        return;
    if (holds(&w->metal, at[0], at[1], at[2])) {
        c->near_metal++;
        return;
    }
    for (int a = 0; a < 3; a++)
        if (at[a] < w->block[a] || at[a] + w->block[a] >= w->grid->size[a])
            return;
    int64_t sum = 0;
    int64_t count = 0;
    size_t first = index - w->block[2] * w->stride[2] - w->block[1] * w->stride[1] - w->block[0];
    for (size_t z = 0; z < w->side[2]; z++)
        for (size_t y = 0; y < w->side[1]; y++)
            for (size_t x = 0; x < w->side[0]; x++) {
                size_t i = first + w->place[2][z] * w->stride[2] + w->place[1][y] * w->stride[1] +
                           w->place[0][x];
                if (w->labels[i] != OSARC_TISSUE_COMPACT_BONE)
                    return;
                sum += w->stored[i];
                count++;
            }
    double hu = (double) sum / (double) count * w->step + w->offset;
    if (hu >= 0 && hu < OSI_BONE_BINS)
        c->bone[(size_t) hu]++;
}

static void count_plane(osi_tissue_cores *c, const work *w, size_t z)
{
    const size_t *size = w->grid->size;
    int resolved = osi_grid_resolves_bone(w->grid);
    for (size_t y = 0; y < size[1]; y++) {
        size_t start = z * w->stride[2] + y * w->stride[1];
        const uint8_t *row = w->labels + start;
        if (resolved && y % w->bone[1] == 0 && z % w->bone[2] == 0)
            for (const uint8_t *b = memchr(row, OSARC_TISSUE_COMPACT_BONE, size[0]); b;
                 b = memchr(b + 1, OSARC_TISSUE_COMPACT_BONE, size[0] - (size_t) (b + 1 - row))) {
                const size_t at[3] = {(size_t) (b - row), y, z};
                count_bone(c, w, start + at[0], at);
            }
        if (y % w->sample[1] || z % w->sample[2])
            continue;
        for (size_t x = 0; x < size[0]; x += w->sample[0]) {
            const size_t at[3] = {x, y, z};
            count_sample(c, w, start + x, at);
        }
    }
}

int osi_grid_resolves_bone(const osarc_grid *grid)
{
    int fine = 0;
    for (int a = 0; a < 3; a++)
        fine += grid->spacing_mm[a] <= BLOCK_MM;
    return fine >= 2;
}

osarc_status osi_tissue_cores_read(osi_tissue_cores **out, const osarc_image *image,
                                   const osarc_mask *tissue, const osi_spine_frame *frames,
                                   size_t count, int threads, osarc_error *err)
{
    const osarc_grid *grid = osarc_image_grid(image);
    work w = {.image = image,
              .grid = grid,
              .stored = osarc_image_stored(image),
              .labels = osarc_mask_labels(tissue),
              .step = osarc_image_step(image),
              .offset = osarc_image_offset(image),
              .stride = {1, grid->size[0], grid->size[0] * grid->size[1]},
              .frames = frames,
              .frame_count = count};
    for (int a = 0; a < 3; a++) {
        double mm = grid->spacing_mm[a];
        w.sample[a] = (size_t) fmax(1, floor(SAMPLE_MM / mm));
        w.core[a] = (size_t) fmax(1, floor(CORE_MM / mm + 0.5));
        w.air[a] = (size_t) fmax(1, floor(AIR_MM / mm + 0.5));
        w.bone[a] = (size_t) fmax(1, floor(BONE_MM / mm + 1e-6));
        w.block[a] = (size_t) floor(BLOCK_MM / mm + 1e-6);
        size_t whole = 2 * w.block[a] + 1;
        w.side[a] = whole < BLOCK_SIDE ? whole : BLOCK_SIDE;
        for (size_t n = 0; n < w.side[a]; n++)
            w.place[a][n] = n * 2 * w.block[a] / (w.side[a] > 1 ? w.side[a] - 1 : 1);
    }
    w.lag = (size_t) fmax(1, floor(LAG_MM / grid->spacing_mm[0] + 0.5));
    int team = osi_threads(threads);
    osi_tissue_cores *c = osi_alloc((size_t) team, sizeof(*c), err);
    *out = c;
    if (!c)
        return OSARC_ERR_MEMORY;
    c->block_cm3 = osarc_grid_voxel_mm3(grid) / 1000;
    for (int a = 0; a < 3; a++)
        c->block_cm3 *= (double) w.bone[a];
    find_boxes(&w);
#pragma omp parallel for schedule(static) num_threads(team)
    for (int t = 0; t < team; t++)
        for (size_t z = (size_t) t; z < grid->size[2]; z += (size_t) team)
            count_plane(&c[t], &w, z);
    for (int t = 1; t < team; t++) {
        for (size_t i = 0; i < OSI_CORE_BINS; i++) {
            c->air[i] += c[t].air[i];
            c->fat[i] += c[t].fat[i];
            c->muscle[i] += c[t].muscle[i];
        }
        for (size_t i = 0; i < OSI_NOISE_BINS; i++)
            c->difference[i] += c[t].difference[i];
        for (size_t i = 0; i < OSI_BONE_BINS; i++)
            c->bone[i] += c[t].bone[i];
        c->near_metal += c[t].near_metal;
    }
    return OSARC_OK;
}
