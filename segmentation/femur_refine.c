/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "femur_parts.h"

#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/order.h>

#include "femur_limits.h"

/*
 * The sphere through the head's surface. Rays that are close together are read as one; each gives
 * the fall nearest to the sphere so far. Where the joint space is closed, rim and socket read as
 * one and brighter, and where they meet says nothing of the head: those rays are left out, as are
 * those along the neck.
 */

#define RAYS     400
#define FEW_RAYS 200
#define NEAR     24 /* rays read together, at most */
#define STEPS    37
#define STEP_MM  0.5
#define INNER_MM 9.0
#define HALF     2 /* steps either way over which a fall is read */
#define ROUNDS   8

typedef struct bundle {
    int rays;
    double d[RAYS][3];
    uint16_t near[RAYS][NEAR];
    double weight[RAYS][NEAR];
    int count[RAYS];
    double hu[RAYS][STEPS]; /* NAN outside the view */
} bundle;

typedef struct rim {
    double at_mm, fall, peak;
    int ray;
} rim;

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void make_bundle(bundle *b, int rays)
{
    b->rays = rays;
    for (int n = 0; n < rays; n++) {
        double z = 1 - (2.0 * n + 1) / rays;
        double turn = M_PI * (1 + sqrt(5.0)) * (n + 0.5);
        double side = sqrt(1 - z * z);
        b->d[n][0] = side * cos(turn);
        b->d[n][1] = side * sin(turn);
        b->d[n][2] = z;
    }
    for (int n = 0; n < b->rays; n++) {
        b->count[n] = 0;
        for (int m = 0; m < b->rays && b->count[n] < NEAR; m++) {
            double off = (1 - dot(b->d[n], b->d[m])) / (1 - TOGETHER_COS);
            if (off > 3)
                continue;
            double weight = exp(-off);
            b->near[n][b->count[n]] = (uint16_t) m;
            b->weight[n][b->count[n]++] = weight;
        }
    }
}

static void read_bundle(bundle *b, const sampler *s, const femur_head *h)
{
    double from[3];
    osarc_grid_index(&s->grid, h->centre_mm, from);
    for (int n = 0; n < b->rays; n++) {
        double way[3];
        for (int a = 0; a < 3; a++)
            way[a] = s->to_index[a][0] * b->d[n][0] + s->to_index[a][1] * b->d[n][1] +
                     s->to_index[a][2] * b->d[n][2];
        for (int k = 0; k < STEPS; k++) {
            double r = h->radius_mm - INNER_MM + STEP_MM * k;
            double v = femur_hu_at(
                s, (double[3]){from[0] + r * way[0], from[1] + r * way[1], from[2] + r * way[2]});
            b->hu[n][k] = isnan(v) ? v : fmin(fmax(v, LOW_HU), HIGH_HU);
        }
    }
}

/* 0 where too many of the rays leave the view. */
static int read_together(double hu[STEPS], const bundle *b, int n)
{
    for (int k = 0; k < STEPS; k++) {
        double sum = 0;
        double seen = 0;
        double all = 0;
        for (int m = 0; m < b->count[n]; m++) {
            double v = b->hu[b->near[n][m]][k];
            all += b->weight[n][m];
            if (isnan(v))
                continue;
            seen += b->weight[n][m];
            sum += b->weight[n][m] * v;
        }
        if (seen < 0.7 * all)
            return 0;
        hu[k] = sum / seen;
    }
    return 1;
}

static int find_rim(rim *out, const double hu[STEPS])
{
    double fall[STEPS] = {0};
    double nearest = RIM_REACH_MM;
    int best = -1;
    for (int k = HALF; k + HALF < STEPS; k++)
        fall[k] = hu[k - HALF] - hu[k + HALF];
    for (int k = HALF + 1; k + HALF + 1 < STEPS; k++) {
        double off = fabs(STEP_MM * k - INNER_MM);
        if (fall[k] < LEAST_FALL_HU || fall[k] < fall[k - 1] || fall[k] <= fall[k + 1] ||
            off > nearest)
            continue;
        nearest = off;
        best = k;
    }
    if (best < 1)
        return 0;
    double curve = fall[best - 1] - 2 * fall[best] + fall[best + 1];
    double part = curve < 0 ? 0.5 * (fall[best - 1] - fall[best + 1]) / curve : 0;
    out->at_mm = STEP_MM * (best + part) - INNER_MM;
    out->fall = fall[best];
    out->peak = -INFINITY;
    for (int k = best > 8 ? best - 8 : 0; k <= best; k++)
        out->peak = fmax(out->peak, hu[k]);
    return 1;
}

/* The brightest place nearest to the sphere, less bright to both of its sides: the rim, or rim and
 * socket in one. */
static int find_ridge(rim *out, const double hu[STEPS])
{
    double nearest = RIDGE_REACH_MM;
    int best = 0;
    for (int k = RIDGE_HALF; k + RIDGE_HALF < STEPS; k++) {
        double off = fabs(STEP_MM * k - INNER_MM);
        double inner = hu[k];
        double outer = hu[k];
        if (hu[k] < hu[k - 1] || hu[k] <= hu[k + 1] || off > nearest)
            continue;
        for (int m = 1; m <= RIDGE_HALF; m++) {
            inner = fmin(inner, hu[k - m]);
            outer = fmin(outer, hu[k + m]);
        }
        double stands = hu[k] - fmax(inner, outer);
        if (stands < RIDGE_LEAST_HU)
            continue;
        nearest = off;
        best = k;
        out->fall = stands;
    }
    out->at_mm = STEP_MM * best - INNER_MM;
    out->peak = hu[best];
    return best > 0;
}

static size_t gather_rims(rim rims[RAYS], const bundle *b, const femur_head *h)
{
    size_t count = 0;
    double peaks[RAYS];
    for (int n = 0; n < b->rays; n++) {
        double hu[STEPS];
        if (dot(b->d[n], h->neck) > REFINE_NECK_COS || !read_together(hu, b, n) ||
            !find_rim(&rims[count], hu))
            continue;
        peaks[count] = rims[count].peak;
        rims[count++].ray = n;
    }
    if (count == 0)
        return 0;
    qsort(peaks, count, sizeof(*peaks), osi_by_double);
    double most = BRIGHT_RIM * peaks[count * 3 / 10];
    size_t kept = 0;
    for (size_t n = 0; n < count; n++)
        if (rims[n].peak <= most)
            rims[kept++] = rims[n];
    return kept;
}

static size_t gather_ridges(rim rims[RAYS], const bundle *b, const femur_head *h)
{
    size_t count = 0;
    for (int n = 0; n < b->rays; n++) {
        double hu[STEPS];
        if (dot(b->d[n], h->neck) > REFINE_NECK_COS || !read_together(hu, b, n) ||
            !find_ridge(&rims[count], hu))
            continue;
        rims[count++].ray = n;
    }
    return count;
}

/* A step towards the sphere through the rims; how far it went, NAN when they do not fix one. */
static double step_sphere(femur_head *h, const bundle *b, const rim *rims, size_t count)
{
    double x[4] = {0};
    for (int turn = 0; turn < 6; turn++) {
        double a[16] = {0};
        double y[4] = {0};
        double total = 0;
        double squares = 0;
        double all = 0;
        double plain = 0;
        for (size_t n = 0; n < count; n++) {
            const double row[4] = {b->d[rims[n].ray][0], b->d[rims[n].ray][1], b->d[rims[n].ray][2],
                                   1};
            double left = rims[n].at_mm - (dot(row, x) + x[3]);
            double w = fmin(rims[n].fall, RIM_HU);
            all += w;
            plain += w * left * left;
            if (turn)
                w /= 1 + left * left;
            for (int i = 0; i < 4; i++) {
                y[i] += w * row[i] * rims[n].at_mm;
                for (int j = 0; j < 4; j++)
                    a[4 * i + j] += w * row[i] * row[j];
            }
            total += w;
            squares += w * left * left;
        }
        for (int i = 0; i < 3; i++)
            a[5 * i] += 0.01 * total; /* what one side alone shows moves nothing far */
        gsl_matrix_view matrix = gsl_matrix_view_array(a, 4, 4);
        gsl_vector_view right = gsl_vector_view_array(y, 4);
        if (count < LEAST_RIMS || gsl_linalg_HH_svx(&matrix.matrix, &right.vector))
            return NAN;
        memcpy(x, y, sizeof(x));
        h->rms_mm = sqrt(squares / total);
        h->ridge_mm = sqrt(plain / all);
    }
    double moved = 0;
    for (int i = 0; i < 4; i++) {
        x[i] = fmin(fmax(x[i], -3), 3);
        moved += x[i] * x[i];
        if (i < 3)
            h->centre_mm[i] += x[i];
    }
    h->radius_mm += x[3];
    return sqrt(moved);
}

osarc_status femur_head_refine(femur_head *h, const sampler *s, osarc_error *err)
{
    rim rims[RAYS];
    femur_head now = *h;
    const double ridge_mm = h->ridge_mm;
    bundle *b = osi_alloc_raw(1, sizeof(*b), err);
    if (!b)
        return OSARC_ERR_MEMORY;
    make_bundle(b, RAYS);
    double moved = INFINITY;
    for (int n = 0; n < ROUNDS && moved > 0.05; n++) {
        read_bundle(b, s, &now);
        size_t count = gather_rims(rims, b, &now);
        moved = step_sphere(&now, b, rims, count);
        now.rim_share = (double) count / RAYS;
        if (isnan(moved))
            break;
    }
    double off = 0;
    for (int a = 0; a < 3; a++)
        off += pow(now.centre_mm[a] - h->centre_mm[a], 2);
    if (!isnan(moved) && sqrt(off) <= REFINE_FAR_MM && now.radius_mm >= HEAD_LEAST_MM - 1 &&
        now.radius_mm <= HEAD_MOST_MM)
        *h = now;
    h->ridge_mm = ridge_mm;
    osi_free(b);
    return OSARC_OK;
}

osarc_status femur_head_ridge(femur_head *h, const sampler *s, osarc_error *err)
{
    rim rims[RAYS];
    femur_head now = *h;
    bundle *b = osi_alloc_raw(1, sizeof(*b), err);
    h->ridge_share = 0;
    if (!b)
        return OSARC_ERR_MEMORY;
    make_bundle(b, FEW_RAYS);
    double moved = INFINITY;
    for (int n = 0; n < ROUNDS && moved > 0.1; n++) {
        read_bundle(b, s, &now);
        size_t count = gather_ridges(rims, b, &now);
        moved = step_sphere(&now, b, rims, count);
        now.ridge_share = (double) count / FEW_RAYS;
        if (n == RIDGE_LOOK && now.ridge_share < RIDGE_HOPE * now.ridge_mm)
            moved = NAN;
        if (isnan(moved))
            break;
    }
    if (!isnan(moved))
        *h = now;
    osi_free(b);
    return OSARC_OK;
}
