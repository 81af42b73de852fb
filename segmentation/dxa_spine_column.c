/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_spine_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <osi/alloc.h>

/* The column of cells that holds most bone over the width of a body, as a line that may bend. */
static osarc_status find_axis(dxa_column *c, osarc_error *err)
{
    dxa_plane band = {.nx = c->plane.nx, .ny = c->plane.ny, .mm = c->plane.mm};
    size_t nx = band.nx;
    size_t count = nx * band.ny;
    band.value = osi_alloc(count, sizeof(float), err);
    band.ok = osi_alloc(count, 1, err);
    float *best = osi_alloc(count, sizeof(*best), err);
    osarc_status status = band.value && band.ok && best ? OSARC_OK : OSARC_ERR_MEMORY;
    if (!status) {
        memcpy(band.value, c->plane.value, count * sizeof(float));
        memset(band.ok, 1, count); /* what lies outside counts as no bone */
        status = dxa_plane_blur(&band, 2 * AXIS_HALF_MM, 2 / AXIS_SLOPE, err);
    }
    if (!status) {
        /* best sum down to each cell, moving one cell sideways at most every 1/slope rows */
        size_t stride = (size_t) lround(1 / AXIS_SLOPE);
        memcpy(best, band.value, nx * sizeof(float));
        for (size_t y = 1; y < band.ny; y++)
            for (size_t x = 0; x < nx; x++) {
                float most = best[(y - 1) * nx + x];
                if (y % stride == 0) {
                    float left = x ? best[(y - 1) * nx + x - 1] : most;
                    float right = x + 1 < nx ? best[(y - 1) * nx + x + 1] : most;
                    most = fmaxf(most, fmaxf(left, right));
                }
                best[y * nx + x] = most + band.value[y * nx + x];
            }
        size_t x = 0;
        for (size_t i = 1; i < nx; i++)
            if (best[(band.ny - 1) * nx + i] > best[(band.ny - 1) * nx + x])
                x = i;
        for (size_t y = band.ny; y-- > 0;) {
            c->axis[y] = (double) x;
            if (y == 0 || y % stride != 0)
                continue;
            const float *row = best + (y - 1) * nx;
            size_t to = x;
            if (x && row[x - 1] > row[to])
                to = x - 1;
            if (x + 1 < nx && row[x + 1] > row[to])
                to = x + 1;
            x = to;
        }
    }
    osi_free(best);
    dxa_plane_free(&band);
    return status;
}

/* A line of steps of one cell becomes a smooth one: least squares over the height of a vertebra. */
static osarc_status smooth_axis(dxa_column *c, osarc_error *err)
{
    size_t n = c->plane.ny;
    long half = lround(DISC_LEAST_MM / c->plane.mm);
    double *smooth = osi_alloc(n, sizeof(*smooth), err);
    if (!smooth)
        return OSARC_ERR_MEMORY;
    for (long y = 0; y < (long) n; y++) {
        double s = 0, sy = 0, syy = 0, sx = 0, sxy = 0;
        for (long k = y - half; k <= y + half; k++) {
            if (k < 0 || k >= (long) n)
                continue;
            double d = (double) (k - y);
            s += 1;
            sy += d;
            syy += d * d;
            sx += c->axis[k];
            sxy += d * c->axis[k];
        }
        smooth[y] = (sx * syy - sy * sxy) / (s * syy - sy * sy);
    }
    osi_free(c->axis);
    c->axis = smooth;
    return OSARC_OK;
}

static osarc_status straighten(dxa_column *c, osarc_error *err)
{
    dxa_plane *s = &c->straight;
    size_t half = (size_t) lround(STRAIGHT_MM / c->plane.mm);
    s->mm = c->plane.mm;
    s->nx = 2 * half + 1;
    s->ny = c->plane.ny;
    s->value = osi_alloc(s->nx * s->ny, sizeof(float), err);
    s->ok = osi_alloc(s->nx * s->ny, 1, err);
    if (!s->value || !s->ok)
        return OSARC_ERR_MEMORY;
    for (size_t y = 0; y < s->ny; y++)
        for (size_t k = 0; k < s->nx; k++) {
            double x = c->axis[y] + (double) k - (double) half;
            long cell = lround(x);
            if (cell < 0 || cell >= (long) c->plane.nx ||
                !c->plane.ok[y * c->plane.nx + (size_t) cell])
                continue;
            s->ok[y * s->nx + k] = 1;
            s->value[y * s->nx + k] = (float) dxa_at(&c->plane, x, (double) y);
        }
    return OSARC_OK;
}

/* Mean of a row between two distances from the axis, on both sides; NAN without a usable cell. */
static double beside(const dxa_plane *s, size_t y, double from_mm, double to_mm)
{
    size_t half = s->nx / 2;
    size_t from = (size_t) lround(from_mm / s->mm);
    size_t to = (size_t) lround(to_mm / s->mm);
    double sum = 0;
    size_t n = 0;
    for (size_t d = from; d <= to && d <= half; d++)
        for (int side = 0; side < 2; side++) {
            size_t i = y * s->nx + (side ? half + d : half - d);
            if (s->ok[i]) {
                sum += s->value[i];
                n++;
            }
        }
    return n ? sum / (double) n : NAN;
}

/* Soft tissue is what most of the picture beside the spine shows. */
static osarc_status find_levels(dxa_column *c, osarc_error *err)
{
    const dxa_plane *s = &c->straight;
    size_t room = 2 * s->ny;
    double *numbers = osi_alloc(room, sizeof(*numbers), err);
    if (!numbers)
        return OSARC_ERR_MEMORY;
    size_t n = 0;
    for (size_t y = 0; y < s->ny; y++) {
        double v = beside(s, y, EDGE_TO_MM + 4, EDGE_TO_MM + 20);
        if (isfinite(v))
            numbers[n++] = v;
    }
    c->soft = dxa_quantile(numbers, n, 0.25);
    n = 0;
    for (size_t y = 0; y < s->ny; y++) {
        double v = beside(s, y, LATERAL_FROM_MM, LATERAL_TO_MM);
        if (isfinite(v))
            numbers[n++] = v;
    }
    c->bone = dxa_quantile(numbers, n, 0.75);
    osi_free(numbers);
    return OSARC_OK;
}

static int has_spine(dxa_column *c)
{
    const dxa_plane *s = &c->straight;
    size_t rows = 0;
    if ((double) s->ny * s->mm < SPINE_LEAST_MM) {
        snprintf(c->why, sizeof(c->why), "the picture is %.0f mm high; %.0f mm are needed",
                 (double) s->ny * s->mm, SPINE_LEAST_MM);
        return 0;
    }
    double range = c->bone - c->soft;
    for (size_t y = 0; y < s->ny && range > 0; y++)
        rows +=
            beside(s, y, 0, LATERAL_TO_MM) - beside(s, y, EDGE_TO_MM, EDGE_TO_MM + 10) > range / 4;
    if ((double) rows < SPINE_CONTRAST * (double) s->ny) {
        snprintf(c->why, sizeof(c->why), "no column of bone runs down the picture");
        return 0;
    }
    return 1;
}

/* How far a row lies under the bone around it, as share of the way from soft tissue to bone. */
static void measure_depth(const dxa_column *c, double *depth)
{
    const dxa_plane *s = &c->straight;
    long n = (long) s->ny;
    long window = lround(DISC_WINDOW_MM / s->mm);
    for (long y = 0; y < n; y++) {
        double low = 0, around = 0;
        long nl = 0, na = 0;
        /* as much above as below, so that the picture's end shifts nothing */
        long reach = y < window ? y : window;
        reach = n - 1 - y < reach ? n - 1 - y : reach;
        for (long k = y - reach; k <= y + reach; k++) {
            double v = beside(s, (size_t) k, LATERAL_FROM_MM, LATERAL_TO_MM);
            if (!isfinite(v))
                continue;
            around += v;
            na++;
            if ((double) labs(k - y) * s->mm <= 2) {
                low += v;
                nl++;
            }
        }
        depth[y] = na && nl ? (around / (double) na - low / (double) nl) / (c->bone - c->soft) : 0;
    }
}

#define CANDIDATES 64

typedef struct chain {
    double at[CANDIDATES], depth[CANDIDATES];
    size_t count;
} chain;

static void list_minima(chain *out, const double *depth, size_t count, double mm)
{
    long reach = lround(5 / mm);
    out->count = 0;
    for (long y = 0; y < (long) count && out->count < CANDIDATES; y++) {
        int top = depth[y] > DISC_FAINT;
        long first = y > reach ? y - reach : 0;
        long last = y + reach < (long) count ? y + reach : (long) count - 1;
        for (long k = first; top && k <= last; k++) {
            int earlier = k < y && !(depth[k] < depth[y]);
            top = !earlier && !(depth[k] > depth[y]);
        }
        if (!top)
            continue;
        /* the middle of what is deep, for a gap has a flat ground */
        double weight = 0, sum = 0;
        for (long k = y - reach; k <= y + reach; k++) {
            double w = k >= 0 && k < (long) count ? depth[k] - 0.6 * depth[y] : 0;
            weight += fmax(w, 0);
            sum += fmax(w, 0) * (double) (k - y);
        }
        double shift = sum / weight;
        out->at[out->count] = (double) y + shift;
        out->depth[out->count++] = depth[y];
    }
}

static double step_cost(double before, double now)
{
    double change = fabs(now - before) / before;
    return change > DISC_UNEVEN ? INFINITY : change;
}

/* The deepest row of minima whose distances are those of vertebrae and change little. */
static void choose_discs(dxa_column *c, const chain *minima)
{
    double mm = c->straight.mm;
    static const double NONE = -1;
    double score[CANDIDATES][CANDIDATES]; /* of chains that end in i, j */
    int from[CANDIDATES][CANDIDATES];
    memset(from, -1, sizeof(from));
    for (size_t i = 0; i < CANDIDATES * CANDIDATES; i++)
        score[i / CANDIDATES][i % CANDIDATES] = NONE;
    double most = NONE;
    size_t end[2] = {0, 0};
    for (size_t j = 0; j < minima->count; j++)
        for (size_t i = 0; i < j; i++) {
            double gap = (minima->at[j] - minima->at[i]) * mm;
            score[i][j] = NONE;
            from[i][j] = -1;
            if (gap < DISC_LEAST_MM || gap > DISC_MOST_MM)
                continue;
            score[i][j] = minima->depth[i] + minima->depth[j];
            for (size_t h = 0; h < i; h++) {
                if (score[h][i] < 0)
                    continue;
                double cost = step_cost((minima->at[i] - minima->at[h]) * mm, gap);
                double sum = score[h][i] + minima->depth[j] - cost * minima->depth[j];
                if (isfinite(cost) && sum > score[i][j]) {
                    score[i][j] = sum;
                    from[i][j] = (int) h;
                }
            }
            if (score[i][j] > most) {
                most = score[i][j];
                end[0] = i;
                end[1] = j;
            }
        }
    c->disc_count = 0;
    if (most < 0)
        return;
    size_t list[CANDIDATES];
    size_t n = 0;
    list[n++] = end[1];
    list[n++] = end[0];
    for (int h = from[end[0]][end[1]]; h >= 0;) {
        list[n++] = (size_t) h;
        int next = from[list[n - 1]][list[n - 2]];
        h = next;
    }
    /* a faint one counts between others, not at an end */
    size_t last = 0;
    while (last < n && minima->depth[list[last]] < DISC_DEPTH)
        last++;
    while (n > last && minima->depth[list[n - 1]] < DISC_DEPTH)
        n--;
    for (size_t k = n; k-- > last && c->disc_count < DXA_DISCS;) {
        c->discs[c->disc_count] = minima->at[list[k]];
        c->depth[c->disc_count++] = minima->depth[list[k]];
    }
}

osarc_status dxa_column_find(dxa_column *c, const osarc_dxa_picture *picture, osarc_error *err)
{
    memset(c, 0, sizeof(*c));
    double *depth = NULL;
    osarc_status status = dxa_plane_make(&c->plane, picture, DXA_GRID_MM, err);
    if (!status) {
        c->axis = osi_alloc(c->plane.ny, sizeof(*c->axis), err);
        depth = osi_alloc(c->plane.ny, sizeof(*depth), err);
        status = c->axis && depth ? OSARC_OK : OSARC_ERR_MEMORY;
    }
    if (!status)
        status = find_axis(c, err);
    if (!status)
        status = smooth_axis(c, err);
    if (!status)
        status = straighten(c, err);
    if (!status)
        status = find_levels(c, err);
    if (!status && has_spine(c)) {
        chain minima;
        measure_depth(c, depth);
        list_minima(&minima, depth, c->straight.ny, c->straight.mm);
        choose_discs(c, &minima);
        if (c->disc_count < 2)
            snprintf(c->why, sizeof(c->why), "no two discs are told apart");
    }
    osi_free(depth);
    if (status)
        dxa_column_free(c);
    return status;
}

void dxa_column_free(dxa_column *c)
{
    dxa_plane_free(&c->plane);
    dxa_plane_free(&c->straight);
    osi_free(c->axis);
    c->axis = NULL;
}
