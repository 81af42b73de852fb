/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torso_parts.h"

#include <math.h>
#include <stdlib.h>

#include <osi/alloc.h>

/*
 * A muscle's thickness is read where fat or gas ends it. Where an organ lies against it, the
 * reading is that of muscle and organ. So a reading counts only where it is not much more than the
 * lower readings around it, and not far more than on the other side of the body; elsewhere the
 * thickness comes from what counts near by, or from the other side.
 */

#define LOW_QUANTILE 0.4
#define FEWEST       8
#define BINS         128 /* of 1 mm */
#define NEAR_RAYS    3.0 /* SDs of the two fillings */
#define NEAR_MM      10.0
#define NEAR_WEIGHT  0.15
#define FAR_RAYS     12.0
#define FAR_MM       40.0
#define FAR_WEIGHT   0.02

/* The same ray on the other side of the body. */
static size_t mirror(size_t i)
{
    return i / RAYS * RAYS + (RAYS - i % RAYS) % RAYS;
}

static float low_quantile(const float *value, const uint8_t *ok, const torso_grid *g, long k,
                          int ray, const robust_rule *rule)
{
    uint16_t bins[BINS] = {0};
    unsigned count = 0;
    long half = (long) fmax(1, round(rule->half_mm / g->mm[2]));
    for (long q = k - half; q <= k + half; q++) {
        if (q < 0 || q >= (long) g->depth)
            continue;
        for (int r = ray - rule->half_rays; r <= ray + rule->half_rays; r++) {
            size_t i = (size_t) q * RAYS + (size_t) ((r + RAYS) % RAYS);
            if (!ok[i])
                continue;
            int bin = (int) value[i];
            bins[bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin]++;
            count++;
        }
    }
    if (count < FEWEST)
        return NAN;
    unsigned below = 0;
    for (int b = 0; b < BINS; b++) {
        below += bins[b];
        if (below >= LOW_QUANTILE * count)
            return (float) b + 0.5f;
    }
    return NAN;
}

/* Gaussian weights, normed to a sum of one; returns the half width. */
static int make_kernel(float *kernel, int room, double sd)
{
    int half = (int) ceil(3 * sd);
    half = half >= room ? room - 1 : half;
    double sum = 0;
    for (int n = -half; n <= half; n++)
        sum += exp(-n * n / (2 * sd * sd));
    for (int n = 0; n <= half; n++)
        kernel[n] = (float) (exp(-n * n / (2 * sd * sd)) / sum);
    return half;
}

enum {
    KERNEL = 400
};

/* Along rays in a circle, then along planes, which end. */
static void smooth(float *map, float *scratch, const torso_grid *g, double rays, double mm)
{
    float kernel[KERNEL] = {0};
    int half = make_kernel(kernel, RAYS / 2, rays);
#pragma omp parallel for schedule(static) num_threads(g->threads)
    for (size_t k = 0; k < g->depth; k++)
        for (int r = 0; r < RAYS; r++) {
            float sum = kernel[0] * map[k * RAYS + (size_t) r];
            for (int n = 1; n <= half; n++)
                sum += kernel[n] * (map[k * RAYS + (size_t) ((r + n) % RAYS)] +
                                    map[k * RAYS + (size_t) ((r - n + RAYS) % RAYS)]);
            scratch[k * RAYS + (size_t) r] = sum;
        }
    half = make_kernel(kernel, KERNEL, mm / g->mm[2]);
#pragma omp parallel for schedule(static) num_threads(g->threads)
    for (long k = 0; k < (long) g->depth; k++)
        for (size_t r = 0; r < RAYS; r++) {
            float sum = 0;
            for (long n = -half; n <= half; n++) {
                long q = k + n;
                if (q >= 0 && q < (long) g->depth)
                    sum += kernel[labs(n)] * scratch[(size_t) q * RAYS + r];
            }
            map[(size_t) k * RAYS + r] = sum;
        }
}

/* Weighted means of what counts; weights alongside. */
static void fill_from(float *mean, float *weight, float *scratch, const float *value,
                      const uint8_t *ok, const torso_grid *g, double rays, double mm)
{
    for (size_t i = 0; i < g->depth * RAYS; i++) {
        mean[i] = ok[i] ? value[i] : 0;
        weight[i] = ok[i] ? 1 : 0;
    }
    smooth(mean, scratch, g, rays, mm);
    smooth(weight, scratch, g, rays, mm);
    for (size_t i = 0; i < g->depth * RAYS; i++)
        if (weight[i] > 0)
            mean[i] /= weight[i];
}

osarc_status torso_robust(float *value, uint8_t *ok, const torso_grid *g, const robust_rule *rule,
                          osarc_error *err)
{
    size_t n = g->depth * RAYS;
    float *low = osi_alloc_raw(n, sizeof(*low), err);
    float *near = osi_alloc_raw(2 * n, sizeof(*near), err);
    float *far = osi_alloc_raw(2 * n, sizeof(*far), err);
    uint8_t *hole = osi_alloc(n, 1, err);
    if (!low || !near || !far || !hole) {
        osi_free(low);
        osi_free(near);
        osi_free(far);
        osi_free(hole);
        return OSARC_ERR_MEMORY;
    }
#pragma omp parallel for schedule(dynamic) num_threads(g->threads)
    for (long k = 0; k < (long) g->depth; k++)
        for (int r = 0; r < RAYS; r++)
            low[(size_t) k * RAYS + (size_t) r] = low_quantile(value, ok, g, k, r, rule);
    for (size_t i = 0; i < n; i++) {
        double other = low[mirror(i)];
        if (ok[i] == READING_MAYBE_HOLE) {
            hole[i] = value[i] < rule->hole_times * (double) low[i];
            ok[i] = hole[i] ? READING_NONE : READING_SURE;
        }
        ok[i] = ok[i] && value[i] <= rule->times * (double) low[i] + rule->plus_mm &&
                !(value[i] > rule->other_times * other + rule->other_plus_mm);
    }
    fill_from(near, near + n, low, value, ok, g, NEAR_RAYS, NEAR_MM);
    fill_from(far, far + n, low, value, ok, g, FAR_RAYS, FAR_MM);
    for (size_t i = 0; i < n; i++) {
        if (ok[i])
            continue;
        if (near[n + i] > NEAR_WEIGHT)
            value[i] = near[i];
        else if (near[n + mirror(i)] > NEAR_WEIGHT)
            value[i] = near[mirror(i)];
        else
            value[i] = far[n + i] > FAR_WEIGHT ? far[i] : NAN;
        if (hole[i] && !isnan(value[i]))
            ok[i] = READING_HOLE;
    }
    osi_free(hole);
    osi_free(low);
    osi_free(near);
    osi_free(far);
    return OSARC_OK;
}
