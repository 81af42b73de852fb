/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_forearm_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osi/alloc.h>

static double line_at(const dxa_arm *arm, int bone, size_t row)
{
    return arm->line[bone][0] + arm->line[bone][1] * (double) row;
}

/* Where the seam may lie in a row: between the middles of both shafts, carried on. */
static void bounds_of(size_t out[2], const dxa_arm *arm, size_t row)
{
    double off = SEAM_OFF_MM / ARM_GRID_MM;
    double low = fmax(1, line_at(arm, 0, row) + off);
    double high = fmin((double) arm->nu - 2, line_at(arm, 1, row) - off);
    out[0] = (size_t) ceil(fmin(low, (double) arm->nu - 2));
    out[1] = high > (double) out[0] ? (size_t) high : out[0];
}

/* The way from elbow to hand that crosses least bone, a cell aside at most in each row. */
static osarc_status find_seam(dxa_arm *arm, osarc_error *err)
{
    size_t count = arm->nu * arm->nv;
    float *cost = osi_alloc_raw(count, sizeof(*cost), err);
    int8_t *came = cost ? osi_alloc(count, 1, err) : NULL;
    if (!came) {
        osi_free(cost);
        return OSARC_ERR_MEMORY;
    }
    for (size_t i = 0; i < count; i++)
        cost[i] = INFINITY;
    for (size_t v = 0; v < arm->nv; v++) {
        size_t ends[2];
        bounds_of(ends, arm, v);
        for (size_t u = ends[0]; u <= ends[1]; u++) {
            size_t i = v * arm->nu + u;
            float here = fmaxf(0, arm->value[i]) / (float) arm->level;
            float best = v ? INFINITY : 0;
            for (int step = -1; v && step <= 1; step++) {
                float before =
                    cost[i - arm->nu + (size_t) (step + 1) - 1] + (step ? (float) SEAM_TURN : 0);
                if (before < best) {
                    best = before;
                    came[i] = (int8_t) step;
                }
            }
            cost[i] = best + here;
        }
    }
    size_t u = 0;
    for (size_t k = 0; k < arm->nu; k++)
        if (cost[(arm->nv - 1) * arm->nu + k] < cost[(arm->nv - 1) * arm->nu + u])
            u = k;
    int is_whole = isfinite(cost[(arm->nv - 1) * arm->nu + u]);
    for (size_t v = arm->nv; is_whole && v-- > 0;) {
        arm->seam[v] = (float) u;
        u = (size_t) ((long) u + came[v * arm->nu + u]);
    }
    if (!is_whole)
        snprintf(arm->why, sizeof(arm->why), "radius and ulna do not lie side by side");
    osi_free(came);
    osi_free(cost);
    return OSARC_OK;
}

/* Ends of a bone in a row: over the limit, from the seam outwards as far as it may reach. */
static void find_ends(dxa_arm *arm, int bone, size_t v)
{
    const float *row = arm->value + v * arm->nu;
    double reach = STRIP_MM / ARM_GRID_MM;
    double middle = line_at(arm, bone, v);
    double seam = (double) arm->seam[v];
    double low = bone ? seam : fmax(0, middle - reach);
    double high = bone ? fmin((double) arm->nu - 1, middle + reach) : seam;
    float *out = arm->ends[bone] + 2 * v;
    double over = 0;
    out[0] = 0;
    out[1] = 0;
    for (size_t u = (size_t) fmax(0, ceil(low)); (double) u <= high && u < arm->nu; u++)
        if ((double) row[u] > arm->limit) {
            if (over == 0)
                out[0] = (float) u - 0.5f;
            out[1] = (float) u + 0.5f;
            over++;
        }
    /* specks apart from each other are no bone */
    if (over < ((double) out[1] - (double) out[0]) / 2)
        out[1] = out[0];
}

/* 1 when the picture holds what lies between two places of a row, and a cell beside them. */
static int is_in_view(const dxa_arm *arm, const float ends[2], size_t v)
{
    size_t first = ends[0] > 1 ? (size_t) ends[0] - 1 : 0;
    for (size_t u = first; u < arm->nu && (double) u <= (double) ends[1] + 1; u++)
        if (!arm->ok[v * arm->nu + u])
            return 0;
    return 1;
}

/* The row where a bone ends before a gap; nv: it does not, or the picture does before it. */
static size_t end_of(const dxa_arm *arm, int bone)
{
    size_t gap = (size_t) lround(TIP_GAP_MM / ARM_GRID_MM);
    size_t without = 0;
    const float *last = NULL;
    for (size_t v = 0; v < arm->nv; v++) {
        if (dxa_arm_width(arm, bone, v) >= TIP_WIDTH_MM / ARM_GRID_MM) {
            last = arm->ends[bone] + 2 * v;
            without = 0;
        } else if (last && !is_in_view(arm, last, v)) {
            return arm->nv;
        } else if (last && ++without >= gap) {
            return v + 1 - gap;
        }
    }
    return arm->nv;
}

/* Mean width at the wrist, from an end on towards the elbow. */
static double wrist_width(const dxa_arm *arm, int bone, size_t end)
{
    size_t from = (size_t) lround(WRIST_FROM_MM / ARM_GRID_MM);
    size_t to = (size_t) lround(WRIST_TO_MM / ARM_GRID_MM);
    double sum = 0;
    if (end < to)
        return 0;
    for (size_t k = from; k < to; k++)
        sum += dxa_arm_width(arm, bone, end - k);
    return sum / (double) (to - from);
}

/* The ulna is the bone that ends before a gap and is the narrower one there. */
static void choose_ulna(dxa_arm *arm)
{
    size_t ends[2] = {end_of(arm, 0), end_of(arm, 1)};
    int is_ulna[2] = {0, 0};
    for (int b = 0; b < 2; b++) {
        double own = wrist_width(arm, b, ends[b]);
        is_ulna[b] =
            ends[b] < arm->nv && own > 0 && wrist_width(arm, !b, ends[b]) >= WRIST_WIDER * own;
    }
    if (ends[0] == arm->nv && ends[1] == arm->nv) {
        snprintf(arm->why, sizeof(arm->why),
                 "the tip of the ulna is not seen: no bone ends before a gap at the wrist");
        return;
    }
    if (is_ulna[0] == is_ulna[1]) {
        snprintf(arm->why, sizeof(arm->why),
                 "radius and ulna cannot be told apart: at the wrist neither is %g times as wide "
                 "as the other",
                 WRIST_WIDER);
        return;
    }
    arm->ulna = is_ulna[1];
    arm->tip[1] = (double) ends[arm->ulna];
    arm->stage = 2;
}

/* The line through the middles of the ulna's shaft, and where it is cut by the tip's row. */
static void find_axis(dxa_arm *arm)
{
    size_t tip = (size_t) arm->tip[1];
    size_t from = (size_t) lround(AXIS_FROM_MM / ARM_GRID_MM);
    double n = 0, y = 0, yy = 0, x = 0, xy = 0;
    for (size_t v = 0; v + from < tip; v++) {
        const float *e = arm->ends[arm->ulna] + 2 * v;
        if (!(e[1] > e[0]) || !is_in_view(arm, e, v))
            continue;
        double middle = ((double) e[0] + (double) e[1]) / 2;
        n += 1;
        y += (double) v;
        yy += (double) v * (double) v;
        x += middle;
        xy += (double) v * middle;
    }
    if (n < AXIS_LEAST_MM / ARM_GRID_MM) {
        snprintf(arm->why, sizeof(arm->why), "under %g mm of the ulna's shaft are in view",
                 AXIS_LEAST_MM);
        return;
    }
    arm->axis = (n * xy - y * x) / (n * yy - y * y);
    /* the tip is the last that is left of it */
    size_t last = tip > 0 ? tip - 1 : 0;
    const float *e = arm->ends[arm->ulna] + 2 * last;
    arm->tip[0] = ((double) e[0] + (double) e[1]) / 2;
    /* the outline lies outside of half the height by its part of the blur */
    arm->tip[1] = (double) last + 0.5 - (0.5 - ARM_SHARE) * ARM_BLUR_MM / ARM_GRID_MM;
    arm->stage = 3;
}

osarc_status dxa_arm_part(dxa_arm *arm, osarc_error *err)
{
    arm->seam = osi_alloc(arm->nv, sizeof(float), err);
    arm->ends[0] = arm->seam ? osi_alloc(2 * arm->nv, sizeof(float), err) : NULL;
    arm->ends[1] = arm->ends[0] ? osi_alloc(2 * arm->nv, sizeof(float), err) : NULL;
    osarc_status status = arm->ends[1] ? find_seam(arm, err) : OSARC_ERR_MEMORY;
    if (status || arm->why[0])
        return status;
    for (size_t v = 0; v < arm->nv; v++)
        for (int b = 0; b < 2; b++)
            find_ends(arm, b, v);
    choose_ulna(arm);
    if (!arm->why[0])
        find_axis(arm);
    return OSARC_OK;
}
