/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "share.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/threads.h>

#define SECOND_SEED 0x5ec0dd0a7a5eedu

typedef struct canvas {
    osi_sharing how;
    const osi_reach *reach;
    const double (*step)[3]; /* of unit coordinates, from a column to the next */
    const size_t (*first)[3];
    const size_t (*last)[3]; /* columns, rows, slices that a solid may touch */
    size_t count;
    const uint8_t *structure;
    const double *hu;
    uint8_t label[OSI_MATERIAL_COUNT];
    const osarc_grid *grid;
    const osarc_phantom_options *options;
    uint64_t seed;
    int dither;
    double circle_mm2; /* square of the radius of view; INFINITY without a circle */
} canvas;

/* Where voxels go; what is NULL is not wanted. */
typedef struct surface {
    int16_t *stored;
    uint8_t *labels;
    uint8_t *structures;
} surface;

static uint64_t scramble(uint64_t x)
{
    /* splitmix64 */
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* Normal deviate that depends on seed and voxel only. */
static double normal(uint64_t seed, uint64_t index)
{
    uint64_t a = scramble(scramble(seed) ^ (2 * index));
    uint64_t b = scramble(scramble(seed) ^ (2 * index + 1));
    double u = ((double) (a >> 11) + 0.5) * 0x1p-53;
    double v = (double) (b >> 11) * 0x1p-53;
    return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

/* From -0.5 to 0.5, as normal. */
static double even(uint64_t seed, uint64_t index)
{
    uint64_t a = scramble(scramble(~seed) ^ index);
    return ((double) (a >> 11) + 0.5) * 0x1p-53 - 0.5;
}

static uint8_t majority(const canvas *c, const double shares[OSI_MATERIAL_COUNT])
{
    double by_label[OSARC_TISSUE_COUNT] = {0};
    for (int m = 0; m < OSI_MATERIAL_COUNT; m++)
        by_label[c->label[m]] += shares[m];
    uint8_t best = 0;
    for (uint8_t label = 1; label < OSARC_TISSUE_COUNT; label++)
        if (by_label[label] > by_label[best])
            best = label;
    return best;
}

static uint8_t main_structure(const canvas *c, const osi_crossing *cross)
{
    double most = 0;
    uint8_t best = 0;
    for (size_t s = 0; s <= cross->count; s++) {
        uint8_t number =
            s < cross->count ? c->structure[cross->solids[s]] : cross->structure_behind;
        double sum = 0;
        for (size_t t = 0; t <= cross->count; t++)
            if ((t < cross->count ? c->structure[cross->solids[t]] : cross->structure_behind) ==
                number)
                sum += cross->own[t];
        if (sum > most || (sum == most && number > best)) {
            most = sum;
            best = number;
        }
    }
    return best;
}

int16_t osi_store_hu(double hu, double noise_sd_hu, uint64_t seed, int dither, size_t index)
{
    if (noise_sd_hu > 0)
        hu += noise_sd_hu * normal(seed, index);
    if (dither)
        hu += even(seed, index);
    double stored = round(hu);
    return (int16_t) fmin(fmax(stored, OSI_LOWEST_HU), INT16_MAX);
}

static int16_t to_stored(const canvas *c, double hu, size_t index)
{
    return osi_store_hu(hu, c->options->noise_sd_hu, c->seed, c->dither, index);
}

/* One row: `row` lists the solids it may meet, front to back. */
static void draw_row(const surface *on, double covered[OSI_MATERIAL_COUNT], const canvas *c,
                     const size_t *row, size_t row_count, size_t j, size_t k)
{
    const double start[3] = {0, (double) j, (double) k};
    double at_mm[3];
    double unit0[OSI_MAX_SOLIDS][3];
    osarc_grid_position_mm(c->grid, start, at_mm);
    for (size_t r = 0; r < row_count; r++) {
        const osi_placed *placed = &c->how.placed[row[r]];
        for (int a = 0; a < 3; a++) {
            unit0[r][a] = 0;
            for (int x = 0; x < 3; x++)
                unit0[r][a] += placed->to_unit[a][x] * (at_mm[x] - placed->centre_mm[x]);
        }
    }
    size_t base = (k * c->grid->size[1] + j) * c->grid->size[0];
    osi_crossing cross;
    double shares[OSI_MATERIAL_COUNT];
    for (size_t i = 0; i < c->grid->size[0]; i++) {
        double point_mm[3];
        for (int w = 0; w < 3; w++)
            point_mm[w] = at_mm[w] + (double) i * c->grid->spacing_mm[0] * c->grid->direction[0][w];
        double x = point_mm[0] - OSI_VIEW_X_MM;
        double y = point_mm[1] - OSI_VIEW_Y_MM;
        if (x * x + y * y > c->circle_mm2) {
            on->stored[base + i] = OSARC_OUTSIDE;
            continue;
        }
        cross.count = 0;
        cross.behind = OSI_AIR;
        cross.structure_behind = 0;
        for (size_t r = 0; r < row_count; r++) {
            size_t s = row[r];
            if (i < c->first[s][0] || i > c->last[s][0])
                continue;
            double unit[3];
            for (int a = 0; a < 3; a++)
                unit[a] = unit0[r][a] + (double) i * c->step[s][a];
            int side = osi_solid_side(&c->how.placed[s], &c->reach[s], unit);
            if (side > 0) {
                cross.behind = c->how.placed[s].material;
                cross.structure_behind = c->structure[s];
                break;
            }
            if (side < 0)
                cross.solids[cross.count++] = s;
        }
        if (cross.count == 0) {
            on->stored[base + i] = to_stored(c, c->hu[cross.behind], base + i);
            if (on->labels)
                on->labels[base + i] = c->label[cross.behind];
            if (on->structures)
                on->structures[base + i] = cross.structure_behind;
            covered[cross.behind] += 1;
            continue;
        }
        osi_share_voxel(shares, &c->how, &cross, point_mm);
        double hu = 0;
        for (int m = 0; m < OSI_MATERIAL_COUNT; m++) {
            if (shares[m] == 0)
                continue;
            hu += shares[m] * c->hu[m];
            covered[m] += shares[m];
        }
        on->stored[base + i] = to_stored(c, hu, base + i);
        if (on->labels)
            on->labels[base + i] = majority(c, shares);
        if (on->structures)
            on->structures[base + i] = main_structure(c, &cross);
    }
}

static void draw_slice(const surface *on, double covered[OSI_MATERIAL_COUNT], const canvas *c,
                       size_t k)
{
    for (size_t j = 0; j < c->grid->size[1]; j++) {
        size_t row[OSI_MAX_SOLIDS];
        size_t row_count = 0;
        for (size_t s = c->count; s-- > 0;)
            if (c->first[s][1] <= j && j <= c->last[s][1] && c->first[s][2] <= k &&
                k <= c->last[s][2])
                row[row_count++] = s;
        draw_row(on, covered, c, row, row_count, j, k);
    }
}

/* Columns, rows and slices whose voxels may touch a solid; first > last when none does. */
static void find_range(size_t first[3], size_t last[3], const osi_placed *placed, const canvas *c)
{
    for (int axis = 0; axis < 3; axis++) {
        double low = INFINITY;
        double high = -INFINITY;
        double half = 0;
        for (int end = 0; end < 2; end++) {
            double at = 0;
            for (int x = 0; x < 3; x++) {
                double corner = end ? placed->high_mm[x] : placed->low_mm[x];
                at += (corner - c->grid->origin_mm[x]) * c->grid->direction[axis][x];
            }
            low = fmin(low, at);
            high = fmax(high, at);
        }
        for (int x = 0; x < 3; x++)
            half += c->how.half_mm[x] * fabs(c->grid->direction[axis][x]);
        double spacing = c->grid->spacing_mm[axis];
        double top = (double) c->grid->size[axis];
        low = floor((low - half) / spacing);
        high = ceil((high + half) / spacing);
        first[axis] = (size_t) fmin(fmax(low, 0), top);
        last[axis] = high < 0 ? 0 : (size_t) fmin(high, top);
        if (high < 0)
            first[axis] = 1;
    }
}

/* Everything about a solid that does not change from voxel to voxel. */
typedef struct ready {
    osi_placed placed[OSI_MAX_SOLIDS];
    osi_reach reach[OSI_MAX_SOLIDS];
    double step[OSI_MAX_SOLIDS][3];
    size_t first[OSI_MAX_SOLIDS][3];
    size_t last[OSI_MAX_SOLIDS][3];
    int parent[OSI_MAX_SOLIDS];
    uint8_t structure[OSI_MAX_SOLIDS];
} ready;

static void make_ready(ready *all, canvas *c, const osi_scene *scene)
{
    int index[OSI_MAX_SOLIDS];
    for (size_t s = 0; s < scene->count; s++) {
        const osi_solid *solid = &scene->solids[s];
        /* what has no parent, or one that is not drawn, belongs to its role */
        int parent = solid->parent == OSI_NO_PARENT ? -1 : index[solid->parent];
        index[s] = -1;
        if (!scene->used[s])
            continue;
        size_t n = c->count++;
        index[s] = (int) n;
        all->parent[n] = parent < 0 ? -1 - (int) solid->role : parent;
        all->structure[n] = solid->structure;
        osi_solid_place(&all->placed[n], solid);
        all->reach[n] = osi_solid_reach(&all->placed[n], c->how.half_mm);
        for (int a = 0; a < 3; a++) {
            all->step[n][a] = 0;
            for (int x = 0; x < 3; x++)
                all->step[n][a] += all->placed[n].to_unit[a][x] * c->grid->direction[0][x] *
                                   c->grid->spacing_mm[0];
        }
        find_range(all->first[n], all->last[n], &all->placed[n], c);
    }
}

static osarc_status draw_slices(const surface *on, double *covered_mm3, const canvas *c,
                                osarc_error *err)
{
    size_t slices = c->grid->size[2];
    double(*covered)[OSI_MATERIAL_COUNT] = osi_alloc(slices, sizeof(*covered), err);
    if (!covered)
        return OSARC_ERR_MEMORY;
#pragma omp parallel for schedule(dynamic) num_threads(osi_threads(c->options->threads))
    for (size_t k = 0; k < slices; k++)
        draw_slice(on, covered[k], c, k);

    for (int m = 0; covered_mm3 && m < OSI_MATERIAL_COUNT; m++) {
        covered_mm3[m] = 0;
        for (size_t k = 0; k < slices; k++)
            covered_mm3[m] += covered[k][m] * osarc_grid_voxel_mm3(c->grid);
    }
    osi_free(covered);
    return OSARC_OK;
}

osarc_status osi_scene_draw(const osi_canvas *wanted, const osi_scene *scene,
                            const osarc_phantom_options *options, osarc_error *err)
{
    const osarc_grid *grid = osarc_image_grid(wanted->image);
    ready *all = osi_alloc(1, sizeof(*all), err);
    if (!all)
        return OSARC_ERR_MEMORY;
    canvas c = {.how = {.placed = all->placed, .parent = all->parent},
                .reach = all->reach,
                .step = (const double(*)[3]) all->step,
                .first = (const size_t(*)[3]) all->first,
                .last = (const size_t(*)[3]) all->last,
                .structure = all->structure,
                .hu = scene->hu[wanted->voltage],
                /* the noise of a second series has nothing to do with that of the first */
                .seed = wanted->voltage ? scramble(options->seed ^ SECOND_SEED) : options->seed,
                .dither = wanted->dither,
                .grid = grid,
                .options = options,
                .circle_mm2 = INFINITY};

    const double extent_mm[3] = {grid->spacing_mm[0], grid->spacing_mm[1], options->thickness_mm};
    for (int axis = 0; axis < 3; axis++)
        for (int x = 0; x < 3; x++)
            c.how.half_mm[x] += fabs(grid->direction[axis][x]) * extent_mm[axis] / 2;
    if (options->circle_padding) {
        double radius = (double) options->matrix * options->pixel_mm / 2;
        c.circle_mm2 = radius * radius;
    }
    for (int m = 0; m < OSI_MATERIAL_COUNT; m++)
        c.label[m] = (uint8_t) osi_material_tissue((osi_material) m);
    make_ready(all, &c, scene);
    surface on = {osarc_image_fill(wanted->image),
                  wanted->tissue ? osarc_mask_fill(wanted->tissue) : NULL,
                  wanted->structures ? osarc_mask_fill(wanted->structures) : NULL};
    osarc_status status = draw_slices(&on, wanted->covered_mm3, &c, err);
    osi_free(all);
    return status;
}
