/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine_labels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LOWEST_LABEL  27 /* L5; sacrum and S1 bear no measure */
#define HIGHEST_LABEL 43 /* T1 */
#define LABELS        (HIGHEST_LABEL - LOWEST_LABEL + 1)

/* the middle of bodies, mm */
#define MIDDLE_HALF    12.0
#define MIDDLE_FRONT   (-32.0)
#define MIDDLE_BACK    (-14.0)
#define LEAST_CM3      1.0
#define TAIL           0.04 /* of a label's middle: beyond its end plate by a slip of the labels */
#define HALF_DISC_MM   4.0
#define WIDEST_DISC_MM 20.0 /* a wider gap between labels is a vertebra without a label */

typedef struct extent {
    double low, high; /* steps */
    int there;
} extent;

static int steps(double mm)
{
    return (int) lround(mm / STRAIGHT_MM);
}

/* Where along the canal the middle of each labelled body lies. */
static void read_extents(extent out[LABELS], const straight *st, const spine_line *line,
                         const sampler *s, const uint8_t *labels)
{
    (void) st;
    memset(out, 0, LABELS * sizeof(*out));
    for (int n = 0; n < LABELS; n++) {
        size_t all = 0;
        size_t first = line->count;
        for (int pass = 0; pass < 2; pass++) {
            size_t sum = 0;
            for (size_t k = 0; k < line->count; k++) {
                size_t here = 0;
                for (int v = steps(MIDDLE_FRONT); v <= steps(MIDDLE_BACK); v += 2)
                    for (int u = -steps(MIDDLE_HALF); u <= steps(MIDDLE_HALF); u += 2) {
                        double at[3];
                        spine_line_position(line, (double) k, u * STRAIGHT_MM, v * STRAIGHT_MM, at);
                        size_t i = sample_nearest(s, at);
                        here += i != SIZE_MAX && labels[i] == LOWEST_LABEL + n;
                    }
                sum += here;
                if (pass == 0) {
                    first = here && k < first ? k : first;
                    continue;
                }
                if ((double) sum < TAIL * (double) all)
                    out[n].low = (double) k;
                if ((double) sum <= (1 - TAIL) * (double) all)
                    out[n].high = (double) k + 1;
            }
            all = sum;
        }
        double cm3 = (double) all * 4 * STRAIGHT_MM * STRAIGHT_MM * STRAIGHT_MM / 1000;
        out[n].there = cm3 >= LEAST_CM3;
        if (out[n].there && out[n].low < (double) first)
            out[n].low = (double) first;
    }
}

static void add_disc(discs *d, double at, int edge)
{
    d->at[d->count] = at;
    d->edge[d->count++] = edge;
}

/* 1 when the view ends within a disc of the place. */
static int is_edge(const straight *st, double s)
{
    return !isfinite(straight_hu(st, s, 0, (MIDDLE_FRONT + MIDDLE_BACK) / 2));
}

void labels_to_discs(discs *out, uint8_t label[MAX_DISCS], const straight *st,
                     const spine_line *line, const sampler *s, const uint8_t *labels)
{
    extent extents[LABELS];
    int before = -1;
    memset(out, 0, sizeof(*out));
    memset(label, 0, MAX_DISCS);
    read_extents(extents, st, line, s, labels);
    for (int n = 0; n < LABELS && out->count + 3 < MAX_DISCS; n++) {
        const extent *e = &extents[n];
        if (!e->there || e->high <= e->low)
            continue;
        double half = HALF_DISC_MM / STRAIGHT_MM;
        double gap = before >= 0 ? e->low - extents[before].high : HUGE_VAL;
        if (before >= 0 && e->low < extents[before].low)
            continue; /* not in order: not believed */
        if (gap <= WIDEST_DISC_MM / STRAIGHT_MM)
            out->at[out->count - 1] = (e->low + extents[before].high) / 2;
        else
            add_disc(out, e->low - half, is_edge(st, e->low - half));
        label[out->count - 1] = (uint8_t) (LOWEST_LABEL + n);
        add_disc(out, e->high + half, is_edge(st, e->high + half));
        before = n;
    }
}
