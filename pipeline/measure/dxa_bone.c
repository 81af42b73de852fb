/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/order.h>

#define BEYOND_MM 2.0 /* a bone's edge is spread over as much by the beam and by the pixels */
#define HALF      0.5
/* What was not measured counts as no mineral: an error as large as this at most. */
#define MISSING_SHARE 0.005
#define MIN_PIXELS    20
#define EDGE_PX       0.1     /* what an edge between pixels is known to, along the whole outline */
#define BASELINE      M_SQRT2 /* soft tissue around, about as much of it, is as noisy */

/* The part of a picture that holds a region, with room around it. */
typedef struct patch {
    size_t left, top, columns, rows;
    float *density;  /* against the median, smoothed */
    uint8_t *inside; /* 2: labelled, 1: so near to it that it belongs to it */
} patch;

/* Where the label is; 0 pixels: nowhere. */
static size_t find_patch(patch *p, const osarc_dxa_maps *m, const uint8_t *labels, uint8_t label)
{
    size_t count = 0;
    size_t low[2] = {m->columns, m->rows};
    size_t high[2] = {0, 0};
    for (size_t i = 0; i < m->columns * m->rows; i++) {
        const size_t at[2] = {i % m->columns, i / m->columns};
        if (labels[i] != label)
            continue;
        count++;
        for (int a = 0; a < 2; a++) {
            low[a] = at[a] < low[a] ? at[a] : low[a];
            high[a] = at[a] > high[a] ? at[a] : high[a];
        }
    }
    if (count == 0)
        return 0;
    size_t end[2];
    for (int a = 0; a < 2; a++) {
        size_t room = (size_t) ceil(BEYOND_MM / m->spacing_mm[a]) + 2;
        size_t size = a ? m->rows : m->columns;
        low[a] = low[a] > room ? low[a] - room : 0;
        end[a] = high[a] + room + 1 < size ? high[a] + room + 1 : size;
    }
    p->left = low[0];
    p->top = low[1];
    p->columns = end[0] - low[0];
    p->rows = end[1] - low[1];
    return count;
}

static size_t source_of(const patch *p, const osarc_dxa_maps *m, size_t i)
{
    return (p->top + i / p->columns) * m->columns + p->left + i % p->columns;
}

static void mark(patch *p, const osarc_dxa_maps *m, const uint8_t *labels, uint8_t label)
{
    long rx = (long) ceil(BEYOND_MM / m->spacing_mm[0]);
    long ry = (long) ceil(BEYOND_MM / m->spacing_mm[1]);
    for (size_t i = 0; i < p->columns * p->rows; i++)
        if (labels[source_of(p, m, i)] == label)
            p->inside[i] = 2;
    for (long y = 0; y < (long) p->rows; y++)
        for (long x = 0; x < (long) p->columns; x++) {
            if (p->inside[(size_t) y * p->columns + (size_t) x] != 2)
                continue;
            for (long v = y > ry ? y - ry : 0; v <= y + ry && v < (long) p->rows; v++)
                for (long u = x > rx ? x - rx : 0; u <= x + rx && u < (long) p->columns; u++) {
                    size_t there = (size_t) v * p->columns + (size_t) u;
                    double dx = m->spacing_mm[0] * (double) (u - x);
                    double dy = m->spacing_mm[1] * (double) (v - y);
                    if (p->inside[there] == 0 && dx * dx + dy * dy <= BEYOND_MM * BEYOND_MM &&
                        labels[source_of(p, m, there)] == 0)
                        p->inside[there] = 1;
                }
        }
}

static void smooth(patch *p, const osarc_dxa_maps *m, double plateau)
{
    for (size_t y = 0; y < p->rows; y++)
        for (size_t x = 0; x < p->columns; x++) {
            size_t i = y * p->columns + x;
            double sum = 0;
            double weights = 0;
            for (size_t v = y > 0 ? y - 1 : 0; v <= y + 1 && v < p->rows; v++)
                for (size_t u = x > 0 ? x - 1 : 0; u <= x + 1 && u < p->columns; u++) {
                    double w = (v == y ? 2 : 1) * (u == x ? 2 : 1);
                    sum += w * m->bone_g_cm2[source_of(p, m, v * p->columns + u)];
                    weights += w;
                }
            p->density[i] = (float) (p->inside[i] ? sum / weights / plateau : 0);
        }
}

/* Share of a square between four pixel centres that lies over the threshold, by the polygon of its
 * corners and of where its sides cross. */
static double share_over(const double corner[4], double threshold)
{
    static const double X[4] = {0, 1, 1, 0};
    static const double Y[4] = {0, 0, 1, 1};
    double px[8];
    double py[8];
    size_t n = 0;
    for (int i = 0; i < 4; i++) {
        int next = (i + 1) % 4;
        if (corner[i] >= threshold) {
            px[n] = X[i];
            py[n++] = Y[i];
        }
        if ((corner[i] >= threshold) != (corner[next] >= threshold)) {
            double t = (threshold - corner[i]) / (corner[next] - corner[i]);
            px[n] = X[i] + t * (X[next] - X[i]);
            py[n++] = Y[i] + t * (Y[next] - Y[i]);
        }
    }
    double twice = 0;
    for (size_t i = 0; i < n; i++) {
        size_t next = (i + 1) % n;
        twice += px[i] * py[next] - px[next] * py[i];
    }
    return fabs(twice) / 2;
}

static double area_px(const patch *p)
{
    double area = 0;
    for (size_t y = 0; y + 1 < p->rows; y++)
        for (size_t x = 0; x + 1 < p->columns; x++) {
            const float *at = p->density + y * p->columns + x;
            const double corner[4] = {at[0], at[1], at[p->columns + 1], at[p->columns]};
            area += share_over(corner, HALF);
        }
    return area;
}

/* Halves of 95 % intervals. */
static void find_halves(osarc_dxa_bone *b, const osarc_dxa_maps *m)
{
    double side_cm = sqrt(b->area_cm2);
    double edge_cm = EDGE_PX * sqrt(m->spacing_mm[0] * m->spacing_mm[1]) / 10;
    double noise = m->bone_noise_g_cm2_cm; /* NAN: no interval of what stands on density */
    double density = hypot(BASELINE * noise / side_cm, m->calibration_sd_g_cm2);
    double area = 4 * side_cm * edge_cm;
    b->area_half_cm2 = OSI_Z_95 * area;
    b->bmc_half_g = OSI_Z_95 * hypot(density * b->area_cm2, b->abmd_g_cm2 * area);
    b->abmd_half_g_cm2 = OSI_Z_95 * hypot(density, b->abmd_g_cm2 * area / b->area_cm2);
}

osarc_status osarc_dxa_bone_measure(osarc_dxa_bone *out, const osarc_dxa_maps *maps,
                                    const uint8_t *labels, uint8_t label, osarc_error *err)
{
    if (!out || !maps || !maps->bone_g_cm2 || !labels || label == 0)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "maps, labels and a label are needed");
    *out = (osarc_dxa_bone){NAN, NAN, NAN, NAN, NAN, NAN};
    patch p = {0};
    size_t labelled = find_patch(&p, maps, labels, label);
    if (labelled < MIN_PIXELS)
        return osi_fail(err, OSARC_ERR_QUALITY, "on %zu pixels, %d are needed", labelled,
                        MIN_PIXELS);
    size_t count = p.columns * p.rows;
    p.density = osi_alloc(2 * count, sizeof(*p.density), err);
    p.inside = p.density ? osi_alloc(count, 1, err) : NULL;
    if (!p.inside) {
        osi_free(p.density);
        return OSARC_ERR_MEMORY;
    }
    mark(&p, maps, labels, label);
    float *sorted = p.density + count;
    size_t there = 0;
    double pixel_cm2 = maps->spacing_mm[0] * maps->spacing_mm[1] / 100;
    double bmc = 0;
    size_t missing = 0;
    for (size_t i = 0; i < count; i++) {
        size_t from = source_of(&p, maps, i);
        missing += p.inside[i] == 2 && maps->pixels && maps->pixels[from] == OSARC_DXA_NOTHING;
        if (p.inside[i])
            bmc += maps->bone_g_cm2[from] * pixel_cm2;
        if (p.inside[i] == 2)
            sorted[there++] = maps->bone_g_cm2[from];
    }
    qsort(sorted, there, sizeof(*sorted), osi_by_float);
    double plateau = sorted[there / 2];
    osarc_status status = OSARC_OK;
    if ((double) missing > MISSING_SHARE * (double) there)
        status = osi_fail(err, OSARC_ERR_QUALITY,
                          "%zu of its %zu pixels were not measured, %g %% are allowed", missing,
                          there, 100 * MISSING_SHARE);
    else if (!(plateau > 0))
        status = osi_fail(err, OSARC_ERR_QUALITY, "there is no mineral in it");
    if (!status) {
        smooth(&p, maps, plateau);
        out->bmc_g = bmc;
        out->area_cm2 = area_px(&p) * pixel_cm2;
        out->abmd_g_cm2 = out->bmc_g / out->area_cm2;
        find_halves(out, maps);
    }
    osi_free(p.inside);
    osi_free(p.density);
    return status;
}
