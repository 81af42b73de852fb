/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "femur_parts.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/components.h>
#include <osi/distance.h>

#include "femur_limits.h"

/*
 * A head is the largest ball that bone holds near a joint, and there HU falls at one radius all
 * round, out of its rim into the joint space or soft tissue. Roof and floor are left out: the joint
 * space is closed in the one, the neck leaves through the other.
 */

#define RAYS       432
#define AZIMUTHS   12
#define SECTORS    (2 * AZIMUTHS)
#define BEST_OF    18  /* sectors that count: the neck and closed joint space take up the others */
#define FEW_RAYS   5   /* the search reads one ray in so many */
#define RADII      13  /* HEAD_LEAST_MM to HEAD_MOST_MM, every mm */
#define READINGS   15  /* and RIM_MM to either side */
#define LEAST_SEEN 0.5 /* of a sector */

typedef struct ray {
    double d[3];
    double index[3]; /* the same in voxels per mm */
    int sector;
} ray;

typedef struct fan {
    ray rays[RAYS];
    size_t count;
} fan;

static void make_fan(fan *out, const sampler *s, size_t stride)
{
    const size_t all = (size_t) (RAYS / HIGH_LAT);
    size_t nth = 0;
    out->count = 0;
    for (size_t n = 0; n < all; n++) {
        double z = 1 - (2 * (double) n + 1) / (double) all;
        double turn = fmod(M_PI * (1 + sqrt(5.0)) * ((double) n + 0.5), 2 * M_PI);
        double side = sqrt(1 - z * z);
        if (fabs(z) > HIGH_LAT || nth++ % stride || out->count == RAYS)
            continue;
        int azimuth = (int) (turn / (2 * M_PI) * AZIMUTHS) % AZIMUTHS;
        ray *r = &out->rays[out->count++];
        *r = (ray){.d = {side * cos(turn), side * sin(turn), z}, .sector = 2 * azimuth + (z > 0)};
        for (int a = 0; a < 3; a++)
            r->index[a] = s->to_index[a][0] * r->d[0] + s->to_index[a][1] * r->d[1] +
                          s->to_index[a][2] * r->d[2];
    }
}

static int read_ray(double hu[READINGS], const sampler *s, const double from[3], const ray *way)
{
    int read = 0;
    for (; read < READINGS; read++) {
        double r = HEAD_LEAST_MM - RIM_MM + read;
        double ijk[3] = {from[0] + r * way->index[0], from[1] + r * way->index[1],
                         from[2] + r * way->index[2]};
        double v = femur_hu_at(s, ijk);
        if (isnan(v))
            break;
        hu[read] = fmin(fmax(v, LOW_HU), HIGH_HU);
    }
    return read;
}

typedef struct falls {
    double sum[RADII][SECTORS];
    int seen[RADII][SECTORS];
    int all[SECTORS];
} falls;

/* The best sectors' mean share of a full fall at one radius. */
static double score_radius(const falls *f, int r)
{
    double top[BEST_OF] = {0};
    double score = 0;
    for (int n = 0; n < SECTORS; n++) {
        if (f->seen[r][n] < LEAST_SEEN * f->all[n] || !f->seen[r][n])
            continue;
        double share = f->sum[r][n] / f->seen[r][n];
        for (int t = 0; t < BEST_OF; t++)
            if (share > top[t]) {
                double less = top[t];
                top[t] = share;
                share = less;
            }
    }
    for (int t = 0; t < BEST_OF; t++)
        score += top[t] / BEST_OF;
    return score;
}

static void score_place(double scores[RADII], const sampler *s, const double c[3], const fan *over)
{
    falls f;
    double from[3];
    memset(&f, 0, sizeof(f));
    osarc_grid_index(&s->grid, c, from);
    for (size_t n = 0; n < over->count; n++) {
        const ray *way = &over->rays[n];
        double hu[READINGS] = {0};
        int read = read_ray(hu, s, from, way);
        f.all[way->sector]++;
        for (int r = 0; r + 2 * (int) RIM_MM < read; r++) {
            double fall = (hu[r] - hu[r + 2 * (int) RIM_MM]) / RIM_HU;
            f.sum[r][way->sector] += fmin(fmax(fall, 0), 1);
            f.seen[r][way->sector]++;
        }
    }
    for (int r = 0; r < RADII; r++)
        scores[r] = score_radius(&f, r);
}

/* A rim, not the slope of what is brighter in its middle or farther out. */
static int is_rim(const double scores[RADII], int r)
{
    return r > 0 && r + 1 < RADII && scores[r] >= scores[r - 1] && scores[r] >= scores[r + 1];
}

static double distance_mm(const double a[3], const double b[3])
{
    return sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) +
                (a[2] - b[2]) * (a[2] - b[2]));
}

static int is_like(const femur_head *a, const femur_head *b)
{
    return fabs(a->radius_mm - b->radius_mm) < STARTS_RADII_MM &&
           distance_mm(a->centre_mm, b->centre_mm) < STARTS_APART_MM;
}

/* Adds a start where it belongs among better and worse ones; those it outdoes go. */
static size_t add_start(femur_head starts[FEMUR_STARTS], size_t count, const femur_head *h)
{
    size_t at = 0;
    while (at < count && starts[at].score >= h->score && !is_like(&starts[at], h))
        at++;
    if (at == FEMUR_STARTS || (at < count && starts[at].score >= h->score))
        return count;
    size_t kept = at;
    for (size_t n = at; n < count; n++)
        if (!is_like(&starts[n], h))
            starts[kept++] = starts[n];
    count = kept < FEMUR_STARTS ? kept : FEMUR_STARTS - 1;
    memmove(&starts[at + 1], &starts[at], (count - at) * sizeof(*starts));
    starts[at] = *h;
    return count + 1;
}

/* The best places on a lattice round a ball, best first. */
static size_t search_round(femur_head starts[FEMUR_STARTS], const femur_head *ball,
                           const sampler *s, const fan *first, const fan *over)
{
    size_t count = 0;
    const int reach = (int) (SEARCH_FAR_MM / SEARCH_MM);
    for (int z = -reach; z <= reach; z++)
        for (int y = -reach; y <= reach; y++)
            for (int x = -reach; x <= reach; x++) {
                femur_head h = *ball;
                double scores[RADII];
                if (x * x + y * y + z * z > reach * reach)
                    continue;
                h.centre_mm[0] += SEARCH_MM * x;
                h.centre_mm[1] += SEARCH_MM * y;
                h.centre_mm[2] += SEARCH_MM * z;
                score_place(scores, s, h.centre_mm, first);
                double best = 0;
                for (int r = 0; r < RADII; r++)
                    best = fmax(best, scores[r]);
                if (best < SEARCH_SCORE)
                    continue;
                score_place(scores, s, h.centre_mm, over);
                for (int r = 0; r < RADII; r++) {
                    h.score = scores[r];
                    h.radius_mm = HEAD_LEAST_MM + r;
                    if (h.score >= SEARCH_SCORE && is_rim(scores, r))
                        count = add_start(starts, count, &h);
                }
            }
    return count;
}

size_t femur_head_search(femur_head starts[FEMUR_STARTS], const femur_head *ball, const sampler *s)
{
    fan first;
    fan few;
    make_fan(&first, s, 3 * FEW_RAYS);
    make_fan(&few, s, FEW_RAYS);
    return search_round(starts, ball, s, &first, &few);
}

double femur_head_score(const femur_head *h, const sampler *s)
{
    fan many;
    double scores[RADII];
    double best = 0;
    make_fan(&many, s, 2);
    score_place(scores, s, h->centre_mm, &many);
    for (int r = 0; r < RADII; r++)
        if (fabs(HEAD_LEAST_MM + r - h->radius_mm) < 1.5)
            best = fmax(best, scores[r]);
    return best;
}

/* Marks pieces that the view ends. */
static void find_open(uint8_t *open, const femur_grid *g, const uint32_t *part)
{
    const size_t stride[3] = {1, g->size[0], g->size[0] * g->size[1]};
    size_t i = 0;
    for (size_t z = 0; z < g->size[2]; z++)
        for (size_t y = 0; y < g->size[1]; y++)
            for (size_t x = 0; x < g->size[0]; x++, i++) {
                const size_t at[3] = {x, y, z};
                for (int a = 0; part[i] && a < 3; a++)
                    if (at[a] == 0 || at[a] + 1 == g->size[a] ||
                        g->bone[i - stride[a]] == FEMUR_OUT || g->bone[i + stride[a]] == FEMUR_OUT)
                        open[part[i]] = 1;
            }
}

/* Keeps of what is not bone the pieces that bone shuts in. */
static osarc_status keep_shut_in(uint8_t *set, const femur_grid *g, osarc_error *err)
{
    uint32_t count = 0;
    size_t *sizes = NULL;
    uint8_t *open = NULL;
    size_t cells = femur_count(g);
    uint32_t *part = osi_alloc_raw(cells, sizeof(*part), err);
    osarc_status status =
        part ? osi_components(part, &count, &sizes, set, g->size, err) : OSARC_ERR_MEMORY;
    if (!status) {
        open = osi_alloc((size_t) count + 1, 1, err);
        status = open ? OSARC_OK : OSARC_ERR_MEMORY;
    }
    if (!status) {
        find_open(open, g, part);
        for (size_t i = 0; i < cells; i++)
            set[i] = part[i] && !open[part[i]] &&
                     (double) sizes[part[i]] * g->mm * g->mm * g->mm <= SHUT_IN_MOST_MM3;
    }
    osi_free(open);
    osi_free(sizes);
    osi_free(part);
    return status;
}

/* Distance of each cell from what is not bone, gaps as wide as a joint space closed, and marrow
 * that a thin shell shuts in but nothing tells from muscle filled. */
static osarc_status find_depth(float **out, const femur_grid *g, int threads, osarc_error *err)
{
    const double mm[3] = {g->mm, g->mm, g->mm};
    size_t count = femur_count(g);
    uint8_t *set = osi_alloc_raw(count, 1, err);
    float *depth = osi_alloc_raw(count, sizeof(*depth), err);
    float *inner = osi_alloc_raw(count, sizeof(*inner), err);
    *out = depth;
    osarc_status status = set && depth && inner ? OSARC_OK : OSARC_ERR_MEMORY;
    for (size_t i = 0; !status && i < count; i++)
        set[i] = g->bone[i] >= FEMUR_BONE;
    if (!status)
        status = osi_distance_limited_mm(depth, set, g->size, mm, SHUT_MM, threads, err);
    for (size_t i = 0; !status && i < count; i++)
        set[i] = g->bone[i] != FEMUR_OUT && !(depth[i] <= SHUT_MM);
    if (!status)
        status = keep_shut_in(set, g, err);
    if (!status)
        status = osi_distance_limited_mm(inner, set, g->size, mm, SHUT_MM + g->mm, threads, err);
    for (size_t i = 0; !status && i < count; i++)
        set[i] =
            g->bone[i] != FEMUR_OUT && !(depth[i] <= CLOSING_MM) && !(inner[i] <= SHUT_MM + g->mm);
    if (!status)
        status = osi_distance_limited_mm(depth, set, g->size, mm, HEAD_MOST_MM + 2 * CLOSING_MM,
                                         threads, err);
    for (size_t i = 0; !status && i < count; i++)
        depth[i] = isfinite(depth[i]) ? depth[i] - (float) CLOSING_MM : 0;
    osi_free(inner);
    osi_free(set);
    return status;
}

static int is_peak(const femur_grid *g, const float *depth, size_t x, size_t y, size_t z)
{
    size_t at = femur_cell(g, x, y, z);
    if (depth[at] < BALL_LEAST_MM || g->bone[at] == FEMUR_OUT)
        return 0;
    for (size_t k = z - 1; k <= z + 1; k++)
        for (size_t j = y - 1; j <= y + 1; j++)
            for (size_t i = x - 1; i <= x + 1; i++) {
                size_t to = femur_cell(g, i, j, k);
                if (depth[to] > depth[at] && g->bone[to] != FEMUR_OUT)
                    return 0;
            }
    return 1;
}

/* Deepest first; one place each. */
static size_t pick_balls(femur_head heads[FEMUR_MAX_BALLS], const femur_grid *g, const float *depth)
{
    size_t count = 0;
    for (size_t z = 1; z + 1 < g->size[2]; z++)
        for (size_t y = 1; y + 1 < g->size[1]; y++)
            for (size_t x = 1; x + 1 < g->size[0]; x++) {
                if (!is_peak(g, depth, x, y, z))
                    continue;
                femur_head h = {.ball_mm = (double) depth[femur_cell(g, x, y, z)]};
                femur_place(g, femur_cell(g, x, y, z), h.centre_mm);
                size_t at = 0;
                while (at < count && heads[at].ball_mm >= h.ball_mm &&
                       distance_mm(heads[at].centre_mm, h.centre_mm) >= APART_MM)
                    at++;
                if (at < count && heads[at].ball_mm >= h.ball_mm)
                    continue;
                size_t kept = at;
                for (size_t n = at; n < count; n++) /* those it outdoes */
                    if (distance_mm(heads[n].centre_mm, h.centre_mm) >= APART_MM)
                        heads[kept++] = heads[n];
                count = kept < FEMUR_MAX_BALLS ? kept : FEMUR_MAX_BALLS - 1;
                memmove(&heads[at + 1], &heads[at], (count - at) * sizeof(*heads));
                heads[at] = h;
                count++;
            }
    return count;
}

osarc_status femur_balls_find(femur_head balls[FEMUR_MAX_BALLS], size_t *count_out,
                              const femur_grid *g, int threads, osarc_error *err)
{
    float *depth = NULL;
    *count_out = 0;
    if (!g->bone)
        return OSARC_OK;
    osarc_status status = find_depth(&depth, g, threads, err);
    if (!status)
        *count_out = pick_balls(balls, g, depth);
    osi_free(depth);
    return status;
}
