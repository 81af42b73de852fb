/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "dxa.h"

/* Soft tissue is looked at in blocks: about this long, one pixel at least. */
#define BLOCK_MM 2.5
/* Fat varies slowly over this; a vertebra and a little beside it lie within the wide window. */
#define REACH_X_MM 70.0
#define REACH_Y_MM 12.0
#define SAMPLES_X  6 /* to each side */
#define SAMPLES_Y  2
/* Of the ratios around: soft tissue, where bone fills less than the rest. */
#define LOWER_SHARE 0.3
#define SMOOTH_MM   6.0
#define PASSES      3
#define FILL_STEPS  400
#define FILL_RATE   1.8
/* Ratios lie near 1.3: so little more changes mineral by 1e-5 g/cm2. */
#define FILL_DONE 1e-6
/* What a ratio may lie over that of lean tissue, by noise and calibration. */
#define RATIO_OFF 0.01
#define IN_BODY   0.08 /* attenuation at the high energy */

/* A block without soft tissue, and those beside it that have a ratio. */
typedef struct gap {
    size_t at;
    size_t beside[4];
    size_t count;
} gap;

typedef struct blocks {
    size_t columns, rows;
    size_t size[2]; /* pixels of a block */
    double *low, *high;
    double *ratio; /* NAN where there is no soft tissue */
    double *next;
    double *filled; /* of the pass before, to start from; 0 in the first */
    uint8_t *is_body;
    gap *gaps; /* in the body */
    size_t gap_count;
} blocks;

static osarc_status make_blocks(blocks *b, const osarc_dxa_maps *m, osarc_error *err)
{
    for (int a = 0; a < 2; a++) {
        double pixels = round(BLOCK_MM / m->spacing_mm[a]);
        b->size[a] = pixels < 1 ? 1 : (size_t) pixels;
    }
    b->columns = (m->columns + b->size[0] - 1) / b->size[0];
    b->rows = (m->rows + b->size[1] - 1) / b->size[1];
    size_t count = b->columns * b->rows;
    b->low = osi_alloc(5 * count, sizeof(*b->low), err);
    if (!b->low)
        return OSARC_ERR_MEMORY;
    b->high = b->low + count;
    b->ratio = b->high + count;
    b->next = b->ratio + count;
    b->filled = b->next + count;
    b->is_body = osi_alloc(count, 1, err);
    b->gaps = b->is_body ? osi_alloc_raw(count, sizeof(*b->gaps), err) : NULL;
    return b->gaps ? OSARC_OK : OSARC_ERR_MEMORY;
}

static size_t block_of(const blocks *b, const osarc_dxa_maps *m, size_t pixel)
{
    return pixel / m->columns / b->size[1] * b->columns + pixel % m->columns / b->size[0];
}

static void mark_body(blocks *b, const osarc_dxa_maps *m, const uint8_t *pixels)
{
    for (size_t i = 0; i < m->columns * m->rows; i++)
        if (pixels[i] == OSARC_DXA_SOFT)
            b->is_body[block_of(b, m, i)] = 1;
}

/* Sums over the pixels that are soft tissue alone. */
static void sum_blocks(blocks *b, const osarc_dxa_maps *m, const uint8_t *pure, const float *low,
                       const float *high)
{
    memset(b->low, 0, 2 * b->columns * b->rows * sizeof(*b->low));
    for (size_t i = 0; i < m->columns * m->rows; i++) {
        if (pure[i] != OSARC_DXA_SOFT)
            continue;
        size_t block = block_of(b, m, i);
        b->low[block] += low[i];
        b->high[block] += high[i];
    }
    for (size_t i = 0; i < b->columns * b->rows; i++)
        b->ratio[i] = b->high[i] > 0 ? b->low[i] / b->high[i] : NAN;
}

/* Nothing but mineral has a higher ratio than lean tissue. */
static void drop_bone(blocks *b, double highest)
{
    for (size_t i = 0; i < b->columns * b->rows; i++)
        if (b->ratio[i] > highest)
            b->ratio[i] = NAN;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *) a;
    double y = *(const double *) b;
    return (x > y) - (x < y);
}

static size_t reach(double mm, double spacing_mm, size_t size)
{
    return (size_t) ceil(mm / (spacing_mm * (double) size));
}

/* First guess: a low ratio among those around, so that bone does not count. */
static osarc_status take_lower(blocks *b, const osarc_dxa_maps *m, osarc_error *err)
{
    long rx = (long) reach(REACH_X_MM, m->spacing_mm[0], b->size[0]);
    long ry = (long) reach(REACH_Y_MM, m->spacing_mm[1], b->size[1]);
    long step_x = rx / SAMPLES_X + 1;
    long step_y = ry / SAMPLES_Y + 1;
    double *around = osi_alloc_raw((size_t) ((2 * rx + 1) * (2 * ry + 1)), sizeof(*around), err);
    if (!around)
        return OSARC_ERR_MEMORY;
    for (long y = 0; y < (long) b->rows; y++)
        for (long x = 0; x < (long) b->columns; x++) {
            size_t at = (size_t) y * b->columns + (size_t) x;
            size_t count = 0;
            b->next[at] = NAN;
            if (isnan(b->ratio[at]))
                continue;
            for (long v = y - ry; v <= y + ry; v += step_y)
                for (long u = x - rx; u <= x + rx; u += step_x) {
                    if (v < 0 || u < 0 || v >= (long) b->rows || u >= (long) b->columns)
                        continue;
                    double ratio = b->ratio[(size_t) v * b->columns + (size_t) u];
                    if (!isnan(ratio))
                        around[count++] = ratio;
                }
            if (count == 0)
                continue;
            qsort(around, count, sizeof(*around), by_value);
            b->next[at] = around[(size_t) (LOWER_SHARE * (double) (count - 1))];
        }
    memcpy(b->ratio, b->next, b->columns * b->rows * sizeof(*b->ratio));
    osi_free(around);
    return OSARC_OK;
}

/* Ratio of sums over the blocks around, weighted by distance; where there is no soft tissue within
 * reach it stays NAN. */
static osarc_status smooth(blocks *b, const osarc_dxa_maps *m, osarc_error *err)
{
    long rx = (long) reach(2 * SMOOTH_MM, m->spacing_mm[0], b->size[0]);
    long ry = (long) reach(2 * SMOOTH_MM, m->spacing_mm[1], b->size[1]);
    double step_x = m->spacing_mm[0] * (double) b->size[0] / SMOOTH_MM;
    double step_y = m->spacing_mm[1] * (double) b->size[1] / SMOOTH_MM;
    size_t side = (size_t) (2 * rx + 1);
    double *weights = osi_alloc_raw(side * (size_t) (2 * ry + 1), sizeof(*weights), err);
    if (!weights)
        return OSARC_ERR_MEMORY;
    for (long v = -ry; v <= ry; v++)
        for (long u = -rx; u <= rx; u++)
            weights[(size_t) (v + ry) * side + (size_t) (u + rx)] =
                exp(-0.5 * (pow(step_x * (double) u, 2) + pow(step_y * (double) v, 2)));
    for (long y = 0; y < (long) b->rows; y++)
        for (long x = 0; x < (long) b->columns; x++) {
            size_t at = (size_t) y * b->columns + (size_t) x;
            double low = 0;
            double high = 0;
            b->next[at] = NAN;
            if (!(b->high[at] > 0))
                continue;
            for (long v = y > ry ? y - ry : 0; v <= y + ry && v < (long) b->rows; v++)
                for (long u = x > rx ? x - rx : 0; u <= x + rx && u < (long) b->columns; u++) {
                    size_t there = (size_t) v * b->columns + (size_t) u;
                    double w = weights[(size_t) (v - y + ry) * side + (size_t) (u - x + rx)];
                    low += w * b->low[there];
                    high += w * b->high[there];
                }
            b->next[at] = low / high;
        }
    memcpy(b->ratio, b->next, b->columns * b->rows * sizeof(*b->ratio));
    osi_free(weights);
    return OSARC_OK;
}

/* The neighbours whose ratio is known. */
static gap look_around(const blocks *b, size_t i)
{
    size_t x = i % b->columns;
    size_t y = i / b->columns;
    gap out = {.at = i};
    const size_t there[4] = {x > 0 ? i - 1 : i, x + 1 < b->columns ? i + 1 : i,
                             y > 0 ? i - b->columns : i, y + 1 < b->rows ? i + b->columns : i};
    for (int n = 0; n < 4; n++)
        if (there[n] != i && !isnan(b->ratio[there[n]]))
            out.beside[out.count++] = there[n];
    return out;
}

/* Mean of them; NAN when there is none. */
static double mean_around(const blocks *b, const gap *g)
{
    double sum = 0;
    for (size_t n = 0; n < g->count; n++)
        sum += b->ratio[g->beside[n]];
    return sum / (double) g->count;
}

static size_t list_gaps(blocks *b, double *mean_out)
{
    double sum = 0;
    size_t known = 0;
    b->gap_count = 0;
    for (size_t i = 0; i < b->columns * b->rows; i++) {
        if (!b->is_body[i])
            b->ratio[i] = NAN;
        else if (isnan(b->ratio[i]))
            b->gaps[b->gap_count++].at = i;
        if (!isnan(b->ratio[i])) {
            sum += b->ratio[i];
            known++;
        }
    }
    *mean_out = sum / (double) known;
    return known;
}

/*
 * Between soft tissue the ratio goes as evenly as it can: every block of a gap is the mean of its
 * neighbours in the body (successive over-relaxation in a fixed order). Blocks of air take the mean
 * of those beside them, for pixels between.
 */
static osarc_status fill_gaps(blocks *b, osarc_error *err)
{
    size_t count = b->columns * b->rows;
    double mean = 0;
    if (list_gaps(b, &mean) == 0)
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "no soft tissue beside bone in view, or no air and its value is not "
                        "stated");
    for (size_t g = 0; g < b->gap_count; g++) {
        size_t i = b->gaps[g].at;
        b->ratio[i] = b->filled[i] > 0 ? b->filled[i] : mean;
    }
    for (size_t g = 0; g < b->gap_count; g++)
        b->gaps[g] = look_around(b, b->gaps[g].at);
    double change = INFINITY;
    for (int step = 0; step < FILL_STEPS && change > FILL_DONE; step++) {
        change = 0;
        for (size_t g = 0; g < b->gap_count; g++) {
            if (b->gaps[g].count == 0)
                continue;
            double *ratio = &b->ratio[b->gaps[g].at];
            double more = FILL_RATE * (mean_around(b, &b->gaps[g]) - *ratio);
            *ratio += more;
            change = fabs(more) > change ? fabs(more) : change;
        }
    }
    memcpy(b->next, b->ratio, count * sizeof(*b->next));
    for (size_t i = 0; i < count; i++) {
        gap beside = look_around(b, i);
        if (!b->is_body[i] && beside.count > 0)
            b->next[i] = mean_around(b, &beside);
        else if (isnan(b->ratio[i]))
            b->next[i] = mean;
    }
    memcpy(b->ratio, b->next, count * sizeof(*b->next));
    memcpy(b->filled, b->next, count * sizeof(*b->next));
    return OSARC_OK;
}

static double between(const blocks *b, const osarc_dxa_maps *m, size_t pixel)
{
    size_t row = pixel / m->columns;
    double x = ((double) (pixel % m->columns) + 0.5) / (double) b->size[0] - 0.5;
    double y = ((double) row + 0.5) / (double) b->size[1] - 0.5;
    x = fmin(fmax(0, x), (double) b->columns - 1);
    y = fmin(fmax(0, y), (double) b->rows - 1);
    size_t x0 = (size_t) x;
    size_t y0 = (size_t) y;
    size_t x1 = x0 + 1 < b->columns ? x0 + 1 : x0;
    size_t y1 = y0 + 1 < b->rows ? y0 + 1 : y0;
    double u = x - (double) x0;
    double v = y - (double) y0;
    return (1 - v) *
               ((1 - u) * b->ratio[y0 * b->columns + x0] + u * b->ratio[y0 * b->columns + x1]) +
           v * ((1 - u) * b->ratio[y1 * b->columns + x0] + u * b->ratio[y1 * b->columns + x1]);
}

/* Mineral of each pixel, and that over its 3 x 3 neighbours. */
static void find_bone(float *bone, float *smoothed, const float *ratio, const float *low,
                      const float *high, const uint8_t *pixels, const osarc_dxa_maps *m,
                      const osarc_dxa_material *mineral)
{
    size_t columns = m->columns;
    for (size_t i = 0; i < columns * m->rows; i++) {
        int is_body = pixels[i] == OSARC_DXA_SOFT || pixels[i] == OSARC_DXA_BONE;
        bone[i] = is_body ? (float) ((low[i] - (double) ratio[i] * high[i]) /
                                     (mineral->low - ratio[i] * mineral->high))
                          : 0;
    }
    for (size_t y = 0; y < m->rows; y++)
        for (size_t x = 0; x < columns; x++) {
            double sum = 0;
            double weights = 0;
            for (size_t v = y > 0 ? y - 1 : 0; v <= y + 1 && v < m->rows; v++)
                for (size_t u = x > 0 ? x - 1 : 0; u <= x + 1 && u < columns; u++) {
                    double w = (v == y ? 2 : 1) * (u == x ? 2 : 1);
                    sum += w * bone[v * columns + u];
                    weights += w;
                }
            smoothed[y * columns + x] = (float) (sum / weights);
        }
}

static void start(uint8_t *pixels, const float *low, const float *high, size_t count)
{
    for (size_t i = 0; i < count; i++)
        pixels[i] = isnan(low[i]) || isnan(high[i]) ? OSARC_DXA_NOTHING
                    : high[i] > IN_BODY             ? OSARC_DXA_SOFT
                                                    : OSARC_DXA_AIR;
}

osarc_status dxa_baseline_find(float *ratio, uint8_t *pixels, uint8_t *pure, const float *low,
                               const float *high, const osarc_dxa_maps *maps, osarc_error *err)
{
    size_t count = maps->columns * maps->rows;
    osarc_dxa_material mineral = dxa_material(OSARC_ABSORBER_HYDROXYAPATITE, maps->energy_kev);
    blocks b = {0};
    float *bone = osi_alloc_raw(2 * count, sizeof(*bone), err);
    double *room = bone ? osi_alloc_raw(count, sizeof(*room), err) : NULL;
    osarc_status status = room ? make_blocks(&b, maps, err) : OSARC_ERR_MEMORY;
    if (!status) {
        start(pixels, low, high, count);
        mark_body(&b, maps, pixels);
        sum_blocks(&b, maps, pixels, low, high);
        osarc_dxa_material lean = dxa_material(OSARC_ABSORBER_MUSCLE, maps->energy_kev);
        /* the tables are too far off to be held against */
        drop_bone(&b, maps->is_calibrated ? lean.low / lean.high + RATIO_OFF : INFINITY);
        status = take_lower(&b, maps, err);
    }
    for (int pass = 0; !status && pass <= PASSES; pass++) {
        if (pass) {
            sum_blocks(&b, maps, pure, low, high);
            status = smooth(&b, maps, err);
        }
        if (!status)
            status = fill_gaps(&b, err);
        if (status)
            break;
        for (size_t i = 0; i < count; i++)
            ratio[i] = (float) between(&b, maps, i);
        find_bone(bone, bone + count, ratio, low, high, pixels, maps, &mineral);
        status = dxa_bone_label(pixels, pure, bone + count, room, maps, err);
    }
    if (!status)
        memcpy(maps->bone_g_cm2, bone, count * sizeof(*bone));
    osi_free(room);
    osi_free(bone);
    osi_free(b.gaps);
    osi_free(b.is_body);
    osi_free(b.low);
    return status;
}
