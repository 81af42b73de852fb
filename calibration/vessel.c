/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vessel.h"

#include <math.h>
#include <stdlib.h>

#include <osi/alloc.h>
#include <osi/threads.h>

#include "histogram.h"

/* A level is a plane across the spine, read at 1 mm: to the left and to the front of its middle. */
#define LEVEL_MM  5.0
#define BEYOND_MM 16.0 /* past the first and the last vertebra's middle: about half of one */
#define LEFT_MIN  (-66)
#define LEFT_MAX  60
#define FRONT_MIN (-6)
#define FRONT_MAX 88
#define WIDTH     (LEFT_MAX - LEFT_MIN + 1)
#define DEPTH     (FRONT_MAX - FRONT_MIN + 1)
#define NOTHING   (-2000.0F) /* outside the view */

/* Candidates: middles 2 mm apart, diameters 12 to 35 mm. */
#define STEP_MM 2
#define NX      24
#define NY      25
static const double RADIUS_MM[] = {6, 8, 10, 12, 14.5, 17.5};
#define RADII ((int) (sizeof(RADIUS_MM) / sizeof(RADIUS_MM[0])))
#define CELLS (NX * NY * RADII)
static const struct {
    int left, front;
} FIRST[] = {[OSI_AORTA] = {-8, 16}, [OSI_VENA_CAVA] = {-46, 16}};

#define RAYS           24
#define INSIDE_MM      2.0 /* the even inside ends this far from the wall, the outside begins */
#define OUTSIDE_MM     2.5
#define DISC_MAX       160
#define DARKER_HU      30 /* fat or gas outside the wall; muscle is not */
#define BRIGHTER_HU    80 /* bone or a calcified wall */
#define EVEN_HU        30
#define BLOOD_LOW_HU   0
#define BLOOD_HIGH_HU  700 /* arterial enhancement at low voltage */
#define SCORE_NEEDED   0.25F
#define GAIN_FROM      0.55F
#define MEAN_SCORE     0.62
#define LENGTH_MM      25 /* over less, a bowel loop or a node is as round */
#define MOVE_COST      0.06F
#define CHANGE_COST    0.01F /* a HU */
#define INNER          0.6   /* of the radius: clear of the wall and of what movement blurs */
#define HISTOGRAM_LOW  (-200)
#define HISTOGRAM_BINS 1200
#define NEEDED         300
#define CORRELATED_MM2 9 /* samples 1 mm apart share their noise */

/* Where to look round a candidate, as offsets into a plane; one for each radius. */
typedef struct pattern {
    int disc[DISC_MAX];
    int disc_count;
    int inside[RAYS];
    int outside[RAYS];
} pattern;

typedef struct candidate {
    float score; /* share of rays with a wall; 0: none */
    float mean_hu;
} candidate;

typedef struct link {
    float total;
    int32_t from; /* cell at the level before; -1: starts here */
} link;

typedef struct level {
    float raw[DEPTH][WIDTH];
    float smooth[DEPTH][WIDTH];
    candidate cells[CELLS];
    link links[CELLS];
} level;

static void read_plane(level *l, const osarc_image *image, const osi_spine_frame *frame)
{
    const osarc_grid *grid = osarc_image_grid(image);
    const int16_t *stored = osarc_image_stored(image);
    double step = osarc_image_step(image);
    double offset = osarc_image_offset(image);
    double zero[3], by_left[3], by_front[3], position[3];
    osarc_grid_index(grid, frame->centre_mm, zero);
    for (int a = 0; a < 3; a++)
        position[a] = frame->centre_mm[a] + frame->left[a];
    osarc_grid_index(grid, position, by_left);
    for (int a = 0; a < 3; a++)
        position[a] = frame->centre_mm[a] - frame->back[a];
    osarc_grid_index(grid, position, by_front);
    for (int y = 0; y < DEPTH; y++)
        for (int x = 0; x < WIDTH; x++) {
            size_t index = 0;
            int inside = 1;
            for (int a = 2; a >= 0 && inside; a--) {
                double i = zero[a] + (LEFT_MIN + x) * (by_left[a] - zero[a]) +
                           (FRONT_MIN + y) * (by_front[a] - zero[a]);
                inside = i >= -0.5 && i < (double) grid->size[a] - 0.5;
                if (inside)
                    index = index * grid->size[a] + (size_t) (i + 0.5);
            }
            l->raw[y][x] = inside && stored[index] != OSARC_OUTSIDE
                               ? (float) (stored[index] * step + offset)
                               : NOTHING;
        }
    for (int y = 0; y < DEPTH; y++)
        for (int x = 0; x < WIDTH; x++) {
            float sum = 0;
            if (y > 0 && x > 0 && y + 1 < DEPTH && x + 1 < WIDTH)
                for (int v = -1; v <= 1; v++)
                    for (int u = -1; u <= 1; u++)
                        sum += l->raw[y + v][x + u];
            else
                sum = 9 * l->raw[y][x];
            l->smooth[y][x] = sum / 9;
        }
}

static int plane_offset(double left_mm, double front_mm)
{
    return (int) lround(front_mm) * WIDTH + (int) lround(left_mm);
}

static void make_patterns(pattern patterns[RADII])
{
    for (int r = 0; r < RADII; r++) {
        pattern *p = &patterns[r];
        double reach = 0.75 * RADIUS_MM[r];
        int even = 2 * (int) (reach / 2);
        p->disc_count = 0;
        for (int v = -even; v <= even; v += 2)
            for (int u = -even; u <= even; u += 2)
                if (u * u + v * v <= reach * reach && p->disc_count < DISC_MAX)
                    p->disc[p->disc_count++] = plane_offset(u, v);
        for (int n = 0; n < RAYS; n++) {
            double c = cos(2 * M_PI * n / RAYS);
            double s = sin(2 * M_PI * n / RAYS);
            double in = RADIUS_MM[r] - INSIDE_MM;
            double out = RADIUS_MM[r] + OUTSIDE_MM;
            p->inside[n] = plane_offset(in * c, in * s);
            p->outside[n] = plane_offset(out * c, out * s);
        }
    }
}

/* Share of rays that leave an even inside through a wall. */
static candidate judge(const float *at, const pattern *p)
{
    const candidate none = {0, NAN};
    float sum = 0;
    for (int n = 0; n < p->disc_count; n++) {
        float hu = at[p->disc[n]];
        if (!(hu > BLOOD_LOW_HU - 2 * EVEN_HU))
            return none;
        sum += hu;
    }
    float mean = sum / (float) p->disc_count;
    if (mean < BLOOD_LOW_HU || mean > BLOOD_HIGH_HU)
        return none;
    float even = fmaxf(EVEN_HU, mean / 5);
    float darker = fmaxf(DARKER_HU, mean / 4);
    int dark = 0;
    int bright = 0;
    for (int first = 0; first < 3; first++) {
        for (int n = first; n < RAYS; n += 3) {
            if (!(fabsf(at[p->inside[n]] - mean) < even))
                continue;
            dark += at[p->outside[n]] < mean - darker;
            bright += at[p->outside[n]] > mean + BRIGHTER_HU;
        }
        /* not one wall in eight directions: inside an organ, as most places are */
        if (dark + bright == 0)
            return none;
    }
    /* bone behind it and a calcified wall, never all round: that is a vertebra or a filled bowel */
    float score = (float) (dark + bright) / RAYS;
    return bright > RAYS / 2 || score < SCORE_NEEDED ? none : (candidate){score, mean};
}

static void judge_level(level *l, osi_vessel_kind kind, const pattern patterns[RADII])
{
    for (int y = 0; y < NY; y++)
        for (int x = 0; x < NX; x++) {
            int left = FIRST[kind].left + STEP_MM * x;
            int front = FIRST[kind].front + STEP_MM * y;
            const float *at = &l->smooth[front - FRONT_MIN][left - LEFT_MIN];
            for (int r = 0; r < RADII; r++)
                l->cells[(y * NX + x) * RADII + r] = judge(at, &patterns[r]);
        }
}

/* The best chain that can go on into a cell: within a step of it in each of three directions. */
static link find_best(const level *before, int cell, float mean_hu)
{
    link best = {0, -1};
    int r = cell % RADII;
    int x = cell / RADII % NX;
    int y = cell / RADII / NX;
    for (int n = 0; n < 27; n++) {
        int u = n % 3 - 1;
        int v = n / 3 % 3 - 1;
        int q = n / 9 - 1;
        if (y + v < 0 || y + v >= NY || x + u < 0 || x + u >= NX || r + q < 0 || r + q >= RADII)
            continue;
        int other = ((y + v) * NX + x + u) * RADII + r + q;
        if (before->cells[other].score <= 0)
            continue;
        float total = before->links[other].total -
                      CHANGE_COST * fabsf(mean_hu - before->cells[other].mean_hu) -
                      MOVE_COST * (float) (abs(u) + abs(v) + abs(q));
        if (total > best.total)
            best = (link){total, other};
    }
    return best;
}

static void follow(level *now, const level *before)
{
    for (int cell = 0; cell < CELLS; cell++) {
        const candidate *c = &now->cells[cell];
        now->links[cell] = (link){0, -1};
        if (c->score <= 0)
            continue;
        if (before)
            now->links[cell] = find_best(before, cell, c->mean_hu);
        now->links[cell].total += c->score - GAIN_FROM;
    }
}

static void sample(osi_vessel *out, const level *levels, const osi_spine_frame *frames, size_t last,
                   int cell, osi_vessel_kind kind, uint32_t *bins)
{
    double score = 0;
    size_t count = 0;
    for (size_t n = last + 1; n-- > 0 && cell >= 0; count++) {
        const level *l = &levels[n];
        int x = FIRST[kind].left + STEP_MM * (cell / RADII % NX);
        int y = FIRST[kind].front + STEP_MM * (cell / RADII / NX);
        double radius = RADIUS_MM[cell % RADII];
        for (int a = 0; a < 3; a++)
            out->centre_mm[count][a] =
                frames[n].centre_mm[a] + x * frames[n].left[a] - y * frames[n].back[a];
        out->radius_mm[count] = radius;
        score += l->cells[cell].score;
        int reach = (int) (INNER * radius);
        for (int v = -reach; v <= reach; v++)
            for (int u = -reach; u <= reach; u++) {
                if (u * u + v * v > reach * reach)
                    continue;
                float hu = l->raw[y + v - FRONT_MIN][x + u - LEFT_MIN];
                int bin = (int) floorf(hu) - HISTOGRAM_LOW;
                if (bin >= 0 && bin < HISTOGRAM_BINS)
                    bins[bin]++;
            }
        cell = l->links[cell].from;
    }
    if (LEVEL_MM * (double) count < LENGTH_MM || score < MEAN_SCORE * (double) count)
        return;
    double median = osi_bins_quantile(bins, HISTOGRAM_BINS, 0.5, NEEDED);
    double sd = osi_bins_robust_sd(bins, HISTOGRAM_BINS, NEEDED);
    double samples = (double) osi_bins_total(bins, HISTOGRAM_BINS) / CORRELATED_MM2;
    if (isnan(median))
        return;
    out->count = count;
    /* a whole HU of n stands for n - 0.5 to n + 0.5 */
    out->hu = HISTOGRAM_LOW + median - 0.5;
    out->se = sd / sqrt(samples);
}

osarc_status osi_vessel_find(osi_vessel *out, const osarc_image *image,
                             const osi_spine_frame *frames, size_t count, osi_vessel_kind kind,
                             int threads, osarc_error *err)
{
    *out = (osi_vessel){.hu = NAN, .se = NAN};
    osi_spine_frame *planes = NULL;
    size_t plane_count = 0;
    osarc_status status =
        osi_spine_levels(&planes, &plane_count, frames, count, LEVEL_MM, BEYOND_MM, err);
    if (status)
        return status;
    level *levels = osi_alloc_raw(plane_count, sizeof(*levels), err);
    uint32_t *bins = osi_alloc(HISTOGRAM_BINS, sizeof(*bins), err);
    if (!levels || !bins) {
        status = OSARC_ERR_MEMORY;
        goto cleanup;
    }
    pattern patterns[RADII];
    make_patterns(patterns);
#pragma omp parallel for schedule(dynamic) num_threads(osi_threads(threads))
    for (size_t n = 0; n < plane_count; n++) {
        read_plane(&levels[n], image, &planes[n]);
        judge_level(&levels[n], kind, patterns);
    }
    float best = 0;
    size_t best_level = 0;
    int best_cell = -1;
    for (size_t n = 0; n < plane_count; n++) {
        follow(&levels[n], n > 0 ? &levels[n - 1] : NULL);
        for (int c = 0; c < CELLS; c++)
            if (levels[n].links[c].total > best) {
                best = levels[n].links[c].total;
                best_level = n;
                best_cell = c;
            }
    }
    if (best_cell >= 0)
        sample(out, levels, planes, best_level, best_cell, kind, bins);
cleanup:
    osi_free(bins);
    osi_free(levels);
    osi_free(planes);
    return status;
}
