/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <gsl/gsl_statistics_double.h>

#include <osi/alloc.h>
#include <osi/binomial.h>
#include <osi/fail.h>
#include <osi/threads.h>

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
#define RIDGE       0.3 /* of the square of that */
#define PASSES      3
#define FILL_STEPS  400
#define FILL_RATE   1.85
/* Ratios lie near 1.3: so little more changes mineral by 1e-5 g/cm2. */
#define FILL_DONE 1e-6
/* What a ratio may lie over that of lean tissue, by noise and calibration. */
#define RATIO_OFF 0.01
#define IN_BODY   0.08 /* attenuation at the high energy */

/* A block without soft tissue, and those beside it that have a ratio. */
typedef struct gap {
    uint32_t at;
    uint32_t beside[4];
    uint32_t count;
} gap;

typedef struct blocks {
    size_t columns, rows;
    size_t size[2]; /* pixels of a block */
    double *low, *high;
    double *ratio; /* NAN where there is no soft tissue */
    double *next;
    double *filled; /* of the pass before, to start from; 0 in the first */
    uint8_t *is_body;
    gap *gaps; /* in the body; those of one colour of a chessboard, then the others */
    size_t gap_count;
    int threads;
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

static void mark_body(blocks *b, const osarc_dxa_maps *m, const uint8_t *pixels)
{
    for (size_t y = 0; y < m->rows; y++)
        for (size_t x = 0; x < m->columns; x++)
            if (pixels[y * m->columns + x] == OSARC_DXA_SOFT)
                b->is_body[y / b->size[1] * b->columns + x / b->size[0]] = 1;
}

/* Sums over the pixels that are soft tissue alone. */
static void sum_blocks(blocks *b, const osarc_dxa_maps *m, const uint8_t *pure, const float *low,
                       const float *high)
{
    memset(b->low, 0, 2 * b->columns * b->rows * sizeof(*b->low));
    for (size_t y = 0; y < m->rows; y++)
        for (size_t x = 0; x < m->columns; x++) {
            size_t i = y * m->columns + x;
            if (pure[i] != OSARC_DXA_SOFT)
                continue;
            size_t block = y / b->size[1] * b->columns + x / b->size[0];
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

static size_t reach(double mm, double spacing_mm, size_t size)
{
    return (size_t) ceil(mm / (spacing_mm * (double) size));
}

/* Blocks looked at around another, and how far apart they lie. */
typedef struct grid {
    long reach[2], step[2];
} grid;

/* A low ratio among those around; NAN where there is none. */
static double lower_around(const blocks *b, const grid *g, long x, long y)
{
    double around[(2 * SAMPLES_X + 1) * (2 * SAMPLES_Y + 1)];
    size_t count = 0;
    for (long v = y - g->reach[1]; v <= y + g->reach[1]; v += g->step[1])
        for (long u = x - g->reach[0]; u <= x + g->reach[0]; u += g->step[0]) {
            if (v < 0 || u < 0 || v >= (long) b->rows || u >= (long) b->columns)
                continue;
            double ratio = b->ratio[(size_t) v * b->columns + (size_t) u];
            if (!isnan(ratio))
                around[count++] = ratio;
        }
    size_t nth = (size_t) (LOWER_SHARE * (double) (count - 1));
    return count ? gsl_stats_select(around, 1, count, nth) : NAN;
}

/* First guess: a low ratio among those around, so that bone does not count. */
static void take_lower(blocks *b, const osarc_dxa_maps *m)
{
    grid g = {{(long) reach(REACH_X_MM, m->spacing_mm[0], b->size[0]),
               (long) reach(REACH_Y_MM, m->spacing_mm[1], b->size[1])},
              {0, 0}};
    g.step[0] = g.reach[0] / SAMPLES_X + 1;
    g.step[1] = g.reach[1] / SAMPLES_Y + 1;
#pragma omp parallel for schedule(static) num_threads(b->threads)
    for (long y = 0; y < (long) b->rows; y++)
        for (long x = 0; x < (long) b->columns; x++) {
            size_t at = (size_t) y * b->columns + (size_t) x;
            b->next[at] = isnan(b->ratio[at]) ? NAN : lower_around(b, &g, x, y);
        }
    memcpy(b->ratio, b->next, b->columns * b->rows * sizeof(*b->ratio));
}

/* Sums over the blocks around, by powers of how far to the right and down they lie. */
typedef struct plane_sums {
    double high, high_u, high_v, high_uu, high_uv, high_vv;
    double low, low_u, low_v;
} plane_sums;

/*
 * A plane through the ratios around, at its middle. Beside bone all of them lie on one side: their
 * mean would be that of a place further out, and fat rises to the skin. What the ridge adds keeps
 * the plane level where they do not tell its slope.
 */
static double plane_middle(const plane_sums *s)
{
    double uu = s->high_uu + RIDGE * s->high - s->high_u * s->high_u / s->high;
    double vv = s->high_vv + RIDGE * s->high - s->high_v * s->high_v / s->high;
    double uv = s->high_uv - s->high_u * s->high_v / s->high;
    double mean = s->low / s->high;
    double u = s->low_u - mean * s->high_u;
    double v = s->low_v - mean * s->high_v;
    double determinant = uu * vv - uv * uv;
    double slope_u = (u * vv - v * uv) / determinant;
    double slope_v = (v * uu - u * uv) / determinant;
    return mean - (slope_u * s->high_u + slope_v * s->high_v) / s->high;
}

/* Weights of the blocks around, and how far they lie, in widths of the weights. */
typedef struct kernel {
    long reach[2];
    double step[2];
    size_t side;
    double *weights;
} kernel;

static plane_sums add_around(const blocks *b, const kernel *k, long x, long y)
{
    plane_sums s = {0};
    for (long v = -k->reach[1]; v <= k->reach[1]; v++) {
        if (y + v < 0 || y + v >= (long) b->rows)
            continue;
        const double *weights = k->weights + (size_t) (v + k->reach[1]) * k->side;
        const size_t row = (size_t) (y + v) * b->columns;
        double dv = k->step[1] * (double) v;
        for (long u = -k->reach[0]; u <= k->reach[0]; u++) {
            if (x + u < 0 || x + u >= (long) b->columns)
                continue;
            double du = k->step[0] * (double) u;
            double low = weights[u + k->reach[0]] * b->low[row + (size_t) (x + u)];
            double high = weights[u + k->reach[0]] * b->high[row + (size_t) (x + u)];
            s.low += low;
            s.low_u += low * du;
            s.low_v += low * dv;
            s.high += high;
            s.high_u += high * du;
            s.high_v += high * dv;
            s.high_uu += high * du * du;
            s.high_uv += high * du * dv;
            s.high_vv += high * dv * dv;
        }
    }
    return s;
}

/* Ratio of the blocks around, weighted by distance; where there is no soft tissue it is NAN. */
static osarc_status smooth(blocks *b, const osarc_dxa_maps *m, osarc_error *err)
{
    kernel k = {.side = 0};
    for (int a = 0; a < 2; a++) {
        k.reach[a] = (long) reach(2 * SMOOTH_MM, m->spacing_mm[a], b->size[a]);
        k.step[a] = m->spacing_mm[a] * (double) b->size[a] / SMOOTH_MM;
    }
    k.side = (size_t) (2 * k.reach[0] + 1);
    k.weights = osi_alloc_raw(k.side * (size_t) (2 * k.reach[1] + 1), sizeof(*k.weights), err);
    if (!k.weights)
        return OSARC_ERR_MEMORY;
    for (long v = -k.reach[1]; v <= k.reach[1]; v++)
        for (long u = -k.reach[0]; u <= k.reach[0]; u++)
            k.weights[(size_t) (v + k.reach[1]) * k.side + (size_t) (u + k.reach[0])] =
                exp(-0.5 * (pow(k.step[0] * (double) u, 2) + pow(k.step[1] * (double) v, 2)));
#pragma omp parallel for schedule(static) num_threads(b->threads)
    for (long y = 0; y < (long) b->rows; y++)
        for (long x = 0; x < (long) b->columns; x++) {
            size_t at = (size_t) y * b->columns + (size_t) x;
            b->next[at] = NAN;
            if (!(b->high[at] > 0))
                continue;
            plane_sums sums = add_around(b, &k, x, y);
            b->next[at] = plane_middle(&sums);
        }
    memcpy(b->ratio, b->next, b->columns * b->rows * sizeof(*b->ratio));
    osi_free(k.weights);
    return OSARC_OK;
}

/* The neighbours whose ratio is known. */
static gap look_around(const blocks *b, size_t i)
{
    size_t x = i % b->columns;
    size_t y = i / b->columns;
    gap out = {.at = (uint32_t) i};
    const size_t there[4] = {x > 0 ? i - 1 : i, x + 1 < b->columns ? i + 1 : i,
                             y > 0 ? i - b->columns : i, y + 1 < b->rows ? i + b->columns : i};
    for (int n = 0; n < 4; n++)
        if (there[n] != i && !isnan(b->ratio[there[n]]))
            out.beside[out.count++] = (uint32_t) there[n];
    return out;
}

/* Mean of them; NAN when there is none. */
static double mean_around(const blocks *b, const gap *g)
{
    double sum = 0;
    for (uint32_t n = 0; n < g->count; n++)
        sum += b->ratio[g->beside[n]];
    return sum / g->count;
}

/* Mean of the blocks that are known; NAN when there is none. */
static double mean_known(blocks *b)
{
    double sum = 0;
    size_t known = 0;
    for (size_t i = 0; i < b->columns * b->rows; i++) {
        if (!b->is_body[i])
            b->ratio[i] = NAN;
        if (!isnan(b->ratio[i])) {
            sum += b->ratio[i];
            known++;
        }
    }
    return sum / (double) known;
}

static void list_gaps(blocks *b)
{
    b->gap_count = 0;
    for (size_t colour = 0; colour < 2; colour++)
        for (size_t y = 0; y < b->rows; y++)
            for (size_t x = (y + colour) % 2; x < b->columns; x += 2) {
                size_t i = y * b->columns + x;
                if (b->is_body[i] && isnan(b->ratio[i]))
                    b->gaps[b->gap_count++].at = (uint32_t) i;
            }
}

/* One step: blocks of a colour have none of their own beside them, so their order is of no matter.
 * The largest change. */
static double relax(blocks *b)
{
    double change = 0;
    for (size_t g = 0; g < b->gap_count; g++) {
        const gap *here = &b->gaps[g];
        if (here->count == 0)
            continue;
        double more = FILL_RATE * (mean_around(b, here) - b->ratio[here->at]);
        b->ratio[here->at] += more;
        change = fabs(more) > change ? fabs(more) : change;
    }
    return change;
}

/*
 * Between soft tissue the ratio goes as evenly as it can: every block of a gap is the mean of its
 * neighbours in the body (successive over-relaxation by colours). Blocks of air take the mean
 * of those beside them, for pixels between.
 */
static osarc_status fill_gaps(blocks *b, osarc_error *err)
{
    size_t count = b->columns * b->rows;
    double mean = mean_known(b);
    if (isnan(mean))
        return osi_fail(err, OSARC_ERR_QUALITY,
                        "no soft tissue beside bone in view, or no air and its value is not "
                        "stated");
    list_gaps(b);
    for (size_t g = 0; g < b->gap_count; g++) {
        size_t i = b->gaps[g].at;
        b->ratio[i] = b->filled[i] > 0 ? b->filled[i] : mean;
    }
    for (size_t g = 0; g < b->gap_count; g++)
        b->gaps[g] = look_around(b, b->gaps[g].at);
    double change = INFINITY;
    int step;
    for (step = 0; step < FILL_STEPS && change > FILL_DONE; step++)
        change = relax(b);
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

/* What lies between the middles of blocks, for each pixel. */
static void spread_ratio(float *out, const blocks *b, const osarc_dxa_maps *m)
{
#pragma omp parallel for schedule(static) num_threads(b->threads)
    for (size_t row = 0; row < m->rows; row++) {
        double y = ((double) row + 0.5) / (double) b->size[1] - 0.5;
        y = fmin(fmax(0, y), (double) b->rows - 1);
        size_t y0 = (size_t) y;
        size_t y1 = y0 + 1 < b->rows ? y0 + 1 : y0;
        double v = y - (double) y0;
        const double *above = b->ratio + y0 * b->columns;
        const double *below = b->ratio + y1 * b->columns;
        for (size_t column = 0; column < m->columns; column++) {
            double x = ((double) column + 0.5) / (double) b->size[0] - 0.5;
            x = fmin(fmax(0, x), (double) b->columns - 1);
            size_t x0 = (size_t) x;
            size_t x1 = x0 + 1 < b->columns ? x0 + 1 : x0;
            double u = x - (double) x0;
            out[row * m->columns + column] =
                (float) ((1 - v) * ((1 - u) * above[x0] + u * above[x1]) +
                         v * ((1 - u) * below[x0] + u * below[x1]));
        }
    }
}

/* Mineral of each pixel. */
static void find_bone(float *bone, const float *ratio, const float *low, const float *high,
                      const uint8_t *pixels, const osarc_dxa_maps *m,
                      const osarc_dxa_material *mineral)
{
    for (size_t i = 0; i < m->columns * m->rows; i++) {
        int is_body = pixels[i] == OSARC_DXA_SOFT || pixels[i] == OSARC_DXA_BONE;
        bone[i] = is_body ? (float) ((low[i] - (double) ratio[i] * high[i]) /
                                     (mineral->low - ratio[i] * mineral->high))
                          : 0;
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
                               const float *high, const osarc_dxa_maps *maps, int threads,
                               osarc_error *err)
{
    size_t count = maps->columns * maps->rows;
    osarc_dxa_material mineral = dxa_material(OSARC_ABSORBER_HYDROXYAPATITE, maps->energy_kev);
    blocks b = {.threads = osi_threads(threads)};
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
        take_lower(&b, maps);
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
        spread_ratio(ratio, &b, maps);
        find_bone(bone, ratio, low, high, pixels, maps, &mineral);
        osi_binomial(bone + count, bone, maps->columns, maps->rows, b.threads);
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
