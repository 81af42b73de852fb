/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine_canal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#include "spine_limits.h"

/*
 * The canal is what is soft, ringed by bone across, free of bone along, and has a body in front.
 * Each cell is scored for that, along several slopes of the spine; the best path from foot to head
 * is the canal.
 */

#define RAYS          16
#define MIN_HITS      10 /* of RAYS: both ends of five of eight chords */
#define SLOPES        4
#define BREAK_EVEN    0.5  /* score of a plane that neither speaks for a canal nor against */
#define GOOD_SCORE    0.3  /* over break-even */
#define NO_CANAL      1.0  /* what a plane costs in which nothing is like one */
#define ACROSS        0.35 /* what a step aside costs */
#define ALONG         0.08 /* what a step to front or back costs */
#define FRONT_FILL    0.5
#define STEEP         0.7 /* 35 degrees aside: no scoliosis that is scanned lying */
#define STEEP_OVER_MM 24.0

/* mm to the back for each mm towards the feet, and how much such a slope is believed */
static const struct {
    double slope;
    double trust;
} SLOPE[SLOPES] = {{0, 1}, {-0.35, 1}, {0.35, 1}, {0.75, 0.9}};

typedef struct planes {
    uint8_t *ring;  /* ring bone within RING_ALONG_MM along the slope */
    uint8_t *solid; /* all bone within that */
    uint8_t *full;  /* ring bone within FREE_ALONG_MM */
    uint32_t *sums; /* of solid, from the corner */
} planes;

typedef struct rays {

    int dx[RAYS][16], dy[RAYS][16];
    float length[RAYS][16]; /* cells */
    int steps[RAYS];
} rays;

static void draw_rays(rays *r)
{
    int reach = (int) floor(RING_REACH_MM / COARSE_GRID_MM);
    for (int n = 0; n < RAYS; n++) {
        double angle = 2 * M_PI * n / RAYS;
        r->steps[n] = reach;
        for (int s = 1; s <= reach; s++) {
            r->dx[n][s - 1] = (int) lround(s * cos(angle));
            r->dy[n][s - 1] = (int) lround(s * sin(angle));
            r->length[n][s - 1] = (float) hypot(r->dx[n][s - 1], r->dy[n][s - 1]);
        }
    }
}

/* out = bone of planes k - reach to k + reach, each moved along the slope. */
static void smear(uint8_t *out, const coarse *c, const uint8_t *bone, size_t k, double slope,
                  int reach)
{
    size_t width = c->size[0];
    ptrdiff_t rows = (ptrdiff_t) c->size[1];
    memset(out, 0, width * c->size[1]);
    for (int d = -reach; d <= reach; d++) {
        ptrdiff_t plane = (ptrdiff_t) k + d;
        if (plane < 0 || plane >= (ptrdiff_t) c->size[2])
            continue;
        ptrdiff_t shift = -lround(slope * d);
        const uint8_t *from = bone + (size_t) plane * width * c->size[1];
        for (ptrdiff_t y = 0; y < rows; y++) {
            if (y + shift < 0 || y + shift >= rows)
                continue;
            const uint8_t *row = from + (size_t) (y + shift) * width;
            uint8_t *to = out + (size_t) y * width;
            for (size_t x = 0; x < width; x++)
                to[x] |= row[x];
        }
    }
}

static void sum_plane(uint32_t *sums, const uint8_t *solid, size_t width, size_t height)
{
    memset(sums, 0, (width + 1) * sizeof(*sums));
    for (size_t y = 0; y < height; y++) {
        const uint32_t *above = sums + y * (width + 1);
        uint32_t *row = sums + (y + 1) * (width + 1);
        uint32_t run = 0;
        row[0] = 0;
        for (size_t x = 0; x < width; x++) {
            run += solid[y * width + x];
            row[x + 1] = above[x + 1] + run;
        }
    }
}

/* Share of a box in front of the cell that is bone. */
static double fill_in_front(const planes *p, size_t width, ptrdiff_t x, ptrdiff_t y)
{
    const ptrdiff_t half_x = 3;
    const ptrdiff_t half_y = 2;
    ptrdiff_t middle = y - lround(FRONT_MM / COARSE_GRID_MM);
    ptrdiff_t x0 = x - half_x > 0 ? x - half_x : 0;
    ptrdiff_t x1 = x + half_x + 1 < (ptrdiff_t) width ? x + half_x + 1 : (ptrdiff_t) width;
    ptrdiff_t y0 = middle - half_y > 0 ? middle - half_y : 0;
    ptrdiff_t y1 = middle + half_y + 1;
    if (y1 <= y0)
        return 0;
    const uint32_t *low = p->sums + (size_t) y0 * (width + 1);
    const uint32_t *high = p->sums + (size_t) y1 * (width + 1);
    double filled = (double) (high[x1] - high[x0]) - (double) (low[x1] - low[x0]);
    return filled / (double) ((2 * half_x + 1) * (2 * half_y + 1));
}

/* How many ray ends belong to chords that meet bone at both ends within a canal's width. */
static int count_hits(const planes *p, const coarse *c, const rays *r, ptrdiff_t x, ptrdiff_t y)
{
    ptrdiff_t width = (ptrdiff_t) c->size[0];
    ptrdiff_t height = (ptrdiff_t) c->size[1];
    float met[RAYS];
    for (int n = 0; n < RAYS; n++) {
        met[n] = 99;
        for (int s = 0; s < r->steps[n]; s++) {
            ptrdiff_t at_x = x + r->dx[n][s];
            ptrdiff_t at_y = y + r->dy[n][s];
            if (at_x < 0 || at_y < 0 || at_x >= width || at_y >= height)
                break;
            if (p->ring[at_y * width + at_x]) {
                met[n] = r->length[n][s];
                break;
            }
        }
    }
    int hits = 0;
    for (int n = 0; n < RAYS / 2; n++)
        hits += 2 * (met[n] + met[n + RAYS / 2] <= RING_MM / COARSE_GRID_MM);
    return hits;
}

static void score_plane(float *score, const planes *p, const coarse *c, const rays *r, size_t k)
{
    size_t width = c->size[0];
    size_t plane = width * c->size[1];
    for (size_t i = 0; i < plane; i++)
        score[i] = -(float) NO_CANAL;
    for (int n = 0; n < SLOPES; n++) {
        double slope = SLOPE[n].slope;
        smear(p->ring, c, c->ring, k, slope, (int) lround(RING_ALONG_MM / COARSE_GRID_MM));
        smear(p->solid, c, c->bone, k, slope, (int) lround(RING_ALONG_MM / COARSE_GRID_MM));
        smear(p->full, c, c->ring, k, slope, (int) lround(FREE_ALONG_MM / COARSE_GRID_MM));
        sum_plane(p->sums, p->solid, width, c->size[1]);
        for (size_t y = 0; y < c->size[1]; y++)
            for (size_t x = 0; x < width; x++) {
                size_t i = y * width + x;
                double hu = c->hu[k * plane + i];
                if (c->ring[k * plane + i] || !(hu > CANAL_MIN_HU && hu < CANAL_MAX_HU))
                    continue;
                double front = fill_in_front(p, width, (ptrdiff_t) x, (ptrdiff_t) y);
                if (front < FRONT_FILL)
                    continue;
                int hits = count_hits(p, c, r, (ptrdiff_t) x, (ptrdiff_t) y);
                if (hits < MIN_HITS)
                    continue;
                double soft = (hu > CANAL_DOUBT_HU ? 0.5 : 1) * (p->full[i] ? 0.25 : 1);
                double ringed = (double) hits / RAYS;
                float here =
                    (float) ((ringed * ringed + 0.5 * front) * soft * SLOPE[n].trust - BREAK_EVEN);
                if (here > score[i])
                    score[i] = here;
            }
    }
}

static osarc_status score_all(float *score, const coarse *c, osarc_error *err)
{
    size_t plane = c->size[0] * c->size[1];
    size_t sums = (c->size[0] + 1) * (c->size[1] + 1);
    size_t team = (size_t) c->threads;
    rays r;
    draw_rays(&r);
    uint8_t *bytes = osi_alloc_raw(3 * team, plane, err);
    uint32_t *words = osi_alloc_raw(team * sums, sizeof(*words), err);
    if (bytes && words) {
#pragma omp parallel for schedule(static) num_threads(c->threads)
        for (size_t t = 0; t < team; t++) {
            uint8_t *own = bytes + 3 * t * plane;
            planes p = {own, own + plane, own + 2 * plane, words + t * sums};
            for (size_t k = t; k < c->size[2]; k += team)
                score_plane(score + k * plane, &p, c, &r, k);
        }
    }
    osi_free(bytes);
    osi_free(words);
    return bytes && words ? OSARC_OK : OSARC_ERR_MEMORY;
}

#define MOVES 11
#define START MOVES
static const int MOVE[MOVES][2] = {{0, 0},  {1, 0},  {-1, 0},  {0, 1},  {0, -1}, {1, 1},
                                   {1, -1}, {-1, 1}, {-1, -1}, {0, -2}, {0, 2}};

/* total += the best total of the plane below within one move; taken: which. */
static void walk_plane(float *total, uint8_t *taken, const float *below, const coarse *c)
{
    ptrdiff_t width = (ptrdiff_t) c->size[0];
    ptrdiff_t height = (ptrdiff_t) c->size[1];
    for (ptrdiff_t y = 0; y < height; y++)
        for (ptrdiff_t x = 0; x < width; x++) {
            float best = 0; /* a path may start here */
            uint8_t which = START;
            for (int m = 0; m < MOVES; m++) {
                ptrdiff_t from_x = x - MOVE[m][0];
                ptrdiff_t from_y = y - MOVE[m][1];
                if (from_x < 0 || from_y < 0 || from_x >= width || from_y >= height)
                    continue;
                float here = below[from_y * width + from_x] -
                             (float) (ACROSS * abs(MOVE[m][0]) + ALONG * abs(MOVE[m][1]));
                if (here > best) {
                    best = here;
                    which = (uint8_t) m;
                }
            }
            total[y * width + x] += best;
            taken[y * width + x] = which;
        }
}

/* The run of planes with the most score, no gap in it longer than a canal may have. */
static void choose_run(canal *out, const float *score, size_t count)
{
    size_t gap = (size_t) lround(CANAL_GAP_MM / COARSE_GRID_MM);
    double best = 0;
    for (size_t k = 0; k < count;) {
        if (score[k] <= GOOD_SCORE) {
            k++;
            continue;
        }
        size_t last = k;
        double sum = 0;
        size_t n = k;
        for (; n < count && n - last <= gap; n++)
            if (score[n] > GOOD_SCORE) {
                last = n;
                sum += score[n];
            }
        if (sum > best) {
            best = sum;
            out->first = k;
            out->count = last + 1 - k;
        }
        k = n;
    }
}

/* Cuts off an end that runs aside more steeply than any spine: into the wing of the sacrum. */
static void cut_ends(canal *out)
{
    size_t span = (size_t) lround(STEEP_OVER_MM / COARSE_GRID_MM);
    if (out->count < 2 * span + 2)
        return;
    size_t low = out->count / 2;
    size_t high = low;
    const uint16_t(*cell)[2] = (const uint16_t(*)[2]) out->cell;
    while (low >= span && abs(cell[low][0] - cell[low - span][0]) <= STEEP * (double) span)
        low--;
    while (high + span < out->count &&
           abs(cell[high][0] - cell[high + span][0]) <= STEEP * (double) span)
        high++;
    size_t first = low >= span ? low : 0;
    size_t last = high + span < out->count ? high : out->count - 1;
    memmove(out->cell, out->cell + first, (last + 1 - first) * sizeof(*out->cell));
    out->first += first;
    out->count = last + 1 - first;
}

/* The path with the most score, from where it ends to where it starts; planes without it have no
 * score. */
static void follow_back(canal *out, float *own, const float *total, const uint8_t *taken,
                        const coarse *c)
{
    size_t plane = c->size[0] * c->size[1];
    size_t at = 0;
    for (size_t i = 1; i < plane * c->size[2]; i++)
        if (total[i] > total[at])
            at = i;
    for (size_t k = 0; k < c->size[2]; k++)
        own[k] = -(float) NO_CANAL;
    for (size_t k = at / plane;; k--) {
        size_t x = at % c->size[0];
        size_t y = at / c->size[0] % c->size[1];
        out->cell[k][0] = (uint16_t) x;
        out->cell[k][1] = (uint16_t) y;
        own[k] = total[at];
        if (taken[at] == START)
            return;
        const int *move = MOVE[taken[at]];
        at = coarse_index(c, (size_t) ((ptrdiff_t) x - move[0]), (size_t) ((ptrdiff_t) y - move[1]),
                          k - 1);
        own[k] += (float) (ACROSS * abs(move[0]) + ALONG * abs(move[1])) - total[at];
    }
}

osarc_status canal_find(canal *out, const coarse *c, osarc_error *err)
{
    size_t plane = c->size[0] * c->size[1];
    size_t depth = c->size[2];
    memset(out, 0, sizeof(*out));
    if (depth < 2)
        return OSARC_OK;
    float *total = osi_alloc_raw(plane * depth, sizeof(*total), err);
    float *own = osi_alloc_raw(depth, sizeof(*own), err);
    uint8_t *taken = osi_alloc_raw(plane * depth, 1, err);
    out->cell = osi_alloc_raw(depth, sizeof(*out->cell), err);
    osarc_status status =
        total && own && taken && out->cell ? score_all(total, c, err) : OSARC_ERR_MEMORY;
    if (!status) {
        memset(taken, START, plane);
        for (size_t k = 1; k < depth; k++)
            walk_plane(total + k * plane, taken + k * plane, total + (k - 1) * plane, c);
        follow_back(out, own, total, taken, c);
        choose_run(out, own, depth);
        memmove(out->cell, out->cell + out->first, out->count * sizeof(*out->cell));
        cut_ends(out);
    }
    osi_free(taken);
    osi_free(own);
    osi_free(total);
    if (status)
        canal_free(out);
    return status;
}

void canal_free(canal *c)
{
    osi_free(c->cell);
    memset(c, 0, sizeof(*c));
}
