/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_spine_parts.h"

#include <math.h>
#include <stdio.h>

#include <osi/alloc.h>

#define LAST_RIB_OF 32 /* T12 */
#define CREST_AT    28 /* L4 */
#define LUMBAR_LAST 27 /* L5; numbers rise towards the head */

/* A place beside the axis; side 0 is the patient's right. NAN where nothing was measured. */
static double place(const dxa_plane *s, int side, double distance_mm, double y)
{
    double x = ((double) s->nx - 1) / 2 + (side ? distance_mm : -distance_mm) / s->mm;
    long i = lround(x);
    long j = lround(y);
    if (i < 0 || j < 0 || i >= (long) s->nx || j >= (long) s->ny ||
        !s->ok[(size_t) j * s->nx + (size_t) i])
        return NAN;
    return dxa_at(s, x, y);
}

/* How far a slanting line stands out over lines above and below it; -1 when most is not in view. */
static double line_depth(const dxa_column *c, int side, double head, double slope)
{
    const dxa_plane *s = &c->straight;
    double apart = RIB_BESIDE_MM / s->mm;
    double sum = 0;
    int n = 0;
    int all = 0;
    for (int d_step = 0; RIB_FROM_MM + d_step * s->mm <= RIB_TO_MM; d_step++, all++) {
        double d = RIB_FROM_MM + d_step * s->mm;
        double y = head + slope * (d - RIB_HEAD_MM) / s->mm;
        double on = place(s, side, d, y);
        double above = place(s, side, d, y - apart);
        double below = place(s, side, d, y + apart);
        if (!isfinite(on) || !isfinite(below))
            continue;
        /* the picture may end above the rib */
        double beside = isfinite(above) ? (above + below) / 2 : below;
        double depth = (on - beside) / (c->bone - c->soft);
        sum += fmin(fmax(depth, -0.2), 0.3);
        n++;
    }
    return n * 2 > all ? sum / n : -1;
}

/* How well a rib that meets the spine in a row stands out, whatever its slope. */
static double best_line(const dxa_column *c, int side, double head)
{
    double best = -1;
    for (int slope_step = 0; RIB_SLOPE_LEAST + slope_step * 0.1 <= RIB_SLOPE_MOST; slope_step++) {
        double slope = RIB_SLOPE_LEAST + slope_step * 0.1;
        best = fmax(best, line_depth(c, side, head, slope));
    }
    return best;
}

/* The lowest line that stands out from its neighbours, and nearly as well as the best one. */
static osarc_status find_rib(double *out, const dxa_column *c, int side, double crest,
                             osarc_error *err)
{
    const dxa_plane *s = &c->straight;
    long above = lround(RIB_ABOVE_MM / s->mm); /* it may meet the spine above the picture */
    /* three vertebrae and more lie between it and the crest */
    double lowest = isnan(crest) ? (double) s->ny : crest - RIB_OVER_CREST_MM / s->mm;
    long count = lround(fmax(lowest, 0)) + above;
    long apart = lround(RIB_BESIDE_MM / s->mm);
    double *depth = osi_alloc((size_t) count, sizeof(*depth), err);
    if (!depth)
        return OSARC_ERR_MEMORY;
    double best = RIB_DEPTH;
    *out = NAN;
    for (long i = 0; i < count; i++) {
        depth[i] = best_line(c, side, (double) (i - above));
        best = fmax(best, depth[i]);
    }
    for (long i = 0; i < count; i++) {
        int top = depth[i] > RIB_DEPTH && depth[i] >= RIB_SHARE * best;
        for (long k = i - apart; top && k <= i + apart; k++)
            if (k >= 0 && k < count && depth[k] > depth[i])
                top = 0;
        if (top)
            *out = (double) (i - above);
    }
    osi_free(depth);
    return OSARC_OK;
}

/* The upper end of the hip bone beside the axis: the highest run of bone that is taller than a rib
 * can be, or that the picture's lower edge cuts; the row count where there is none. */
static long hip_top(const dxa_column *c, int side, double distance_mm)
{
    const dxa_plane *s = &c->straight;
    long rows = (long) s->ny;
    long top = -1;
    long last = -1;
    for (long y = 0; y < rows; y++) {
        double v = place(s, side, distance_mm, (double) y);
        if (!(isfinite(v) && dxa_share(c, v) > CREST_SHARE))
            continue;
        if (top < 0 || (double) (y - last) * s->mm > CREST_GAP_MM)
            top = y;
        last = y;
        if ((double) (last - top + 1) * s->mm >= CREST_TALL_MM)
            return top;
    }
    int is_cut = (double) (rows - last) * s->mm <= CREST_GAP_MM;
    return is_cut && (double) (rows - top) * s->mm >= CREST_LEAST_MM ? top : rows;
}

/* The highest row of the hip bone over some width: a speck on top of it is no crest. */
static double find_crest(const dxa_column *c, int side)
{
    const dxa_plane *s = &c->straight;
    double tops[STRAIGHT_MM + 1];
    size_t count = 0;
    for (int d_step = 0; CREST_FROM_MM + d_step * s->mm < STRAIGHT_MM; d_step++) {
        long top = hip_top(c, side, CREST_FROM_MM + d_step * s->mm);
        if (top < (long) s->ny && count < sizeof(tops) / sizeof(tops[0]))
            tops[count++] = (double) top;
    }
    double width = (double) count * s->mm;
    if (width < CREST_WIDE_MM)
        return NAN;
    return dxa_quantile(tops, count, CREST_WIDE_MM / 2 / width);
}

static double mean_of(double a, double b)
{
    return isnan(a) ? b : isnan(b) ? a : (a + b) / 2;
}

osarc_status dxa_column_anchors(const dxa_column *column, double *rib_out, double *crest_out,
                                osarc_error *err)
{
    *crest_out = mean_of(find_crest(column, 0), find_crest(column, 1));
    double rib[2] = {NAN, NAN};
    osarc_status status = find_rib(&rib[0], column, 0, *crest_out, err);
    if (!status)
        status = find_rib(&rib[1], column, 1, *crest_out, err);
    /* one rib may be missing; the lower of two is the last */
    *rib_out = isnan(rib[0]) ? rib[1] : isnan(rib[1]) ? rib[0] : fmax(rib[0], rib[1]);
    return status;
}

/* The space between discs that holds a row: i between disc i-1 and disc i. */
static size_t space_of(const dxa_column *c, double row)
{
    size_t i = 0;
    while (i < c->disc_count && c->discs[i] < row)
        i++;
    return i;
}

/* Label of the vertebra below disc 0 when the one in a space has the label given. */
static int first_label(size_t space, int label)
{
    return label + (int) space - 1;
}

/* How far down a row lies in its space, 0 to 1; the spaces above the first and below the last disc
 * are taken to be as tall as their neighbours. */
static double share_down(const dxa_column *c, size_t space, double row)
{
    size_t last = c->disc_count - 1;
    if (space == 0)
        return 1 - (c->discs[0] - row) / (c->discs[1] - c->discs[0]);
    double top = c->discs[space - 1];
    double height = space <= last ? c->discs[space] - top : c->discs[last] - c->discs[last - 1];
    return (row - top) / height;
}

/* Label of the vertebra beside the crest's top when another anchor names that place. */
static int is_beside_crest(int label, double down)
{
    return label == CREST_AT || (label == LUMBAR_LAST && down < CREST_L5_SHARE);
}

static int refuse(osarc_dxa_spine *spine, const char *why)
{
    snprintf(spine->refused, sizeof(spine->refused), "%s", why);
    return 0;
}

/* Label of the vertebra below disc 0; 0: none. */
static int decide(osarc_dxa_spine *spine, const dxa_column *c, double rib, double crest)
{
    if (isnan(rib) && isnan(crest))
        return refuse(spine, "neither a last rib nor an iliac crest is in view: no vertebra can be "
                             "named");
    size_t space = isnan(crest) ? 0 : space_of(c, crest);
    double down = isnan(crest) ? NAN : share_down(c, space, crest);
    if (isnan(rib) && down < CREST_SURE_SHARE)
        return refuse(spine, "no last rib is in view, and the iliac crest lies where L4 and L5 can "
                             "both be: no vertebra can be named");
    if (isnan(rib))
        return first_label(space, CREST_AT);
    int first = first_label(space_of(c, rib), LAST_RIB_OF);
    if (isfinite(crest) && !is_beside_crest(first + 1 - (int) space, down))
        return refuse(spine, "the last rib and the iliac crest name vertebrae differently");
    return first;
}

void dxa_spine_name(osarc_dxa_spine *spine, const dxa_column *c, double rib, double crest)
{
    spine->count = 0;
    for (size_t i = 0; i + 1 < c->disc_count && spine->count < OSARC_DXA_VERTEBRAE; i++)
        spine->vertebrae[spine->count++] = (osarc_dxa_vertebra){.label = 0};
    spine->has_rib = isfinite(rib);
    spine->has_crest = isfinite(crest);
    int first = decide(spine, c, rib, crest);
    if (!first)
        return;
    if (!spine->has_rib || !spine->has_crest)
        snprintf(spine->warning, sizeof(spine->warning), "named from the %s alone",
                 spine->has_rib ? "last rib" : "iliac crest");
    for (size_t i = 0; i < spine->count; i++) {
        int label = first - (int) i;
        spine->vertebrae[i].label = (uint8_t) (label >= LUMBAR_LAST ? label : 0);
    }
}
