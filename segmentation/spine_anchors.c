/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine_anchors.h"

#include <stdio.h>
#include <string.h>

#define L5           27
#define T12          32
#define T1           43
#define LUMBAR_USUAL 5
#define LUMBAR_LEAST 3 /* no spine has fewer or more */
#define LUMBAR_MOST  7

/* mm */
#define FRONT_LOW  (-36.0)
#define FRONT_HIGH (-24.0)
#define FRONT_HALF 12.0
#define ALONG_MM   9.0

static int steps(double mm)
{
    return (int) lround(mm / STRAIGHT_MM);
}

/* Mean of two samples each way; NAN when any is outside. */
static double read_block(const straight *st, ptrdiff_t s, int u, int v)
{
    if (s < 0 || s + 1 >= (ptrdiff_t) st->depth)
        return NAN;
    double sum = 0;
    for (unsigned n = 0; n < 8; n++)
        sum += st->hu[straight_index((size_t) s + (n & 1), u + (int) (n >> 1 & 1),
                                     v + (int) (n >> 2 & 1))];
    return sum / 8;
}

/* Share of the columns along the spine, where the front of a body is, that meet bone near s. */
static double fill_front(const straight *st, double s)
{
    int met = 0;
    int seen = 0;
    int all = 0;
    for (int v = steps(FRONT_LOW); v < steps(FRONT_HIGH); v += 2)
        for (int u = -steps(FRONT_HALF); u < steps(FRONT_HALF); u += 2) {
            int bright = 0;
            int valid = 0;
            for (int d = -steps(ALONG_MM); d <= steps(ALONG_MM); d += 2) {
                double hu = read_block(st, lround(s) + d, u, v);
                valid += isfinite(hu);
                bright |= hu > PLATE_HU;
            }
            all++;
            if (!bright && valid < steps(ALONG_MM))
                continue; /* what the view cuts may be bone */
            seen++;
            met += bright;
        }
    return 4 * seen >= 3 * all ? (double) met / seen : NAN;
}

/* Most bone beside a level where the wing of the sacrum is, over WING_DEPTH_MM below s. */
static double find_wing(const straight *st, double s, int side)
{
    double most = 0;
    for (int d = 0; d <= steps(WING_DEPTH_MM); d += 2) {
        int met = 0;
        int all = 0;
        for (int v = steps(-26); v <= 0; v += 2)
            for (int u = steps(WING_LOW_MM); u < steps(WING_HIGH_MM) && u < STRAIGHT_HALF; u += 2) {
                all++;
                met += read_block(st, lround(s) - d, side * u, v) > PLATE_HU;
            }
        most = fmax(most, (double) met / all);
    }
    return most;
}

/*
 * The promontory: above it bodies are as deep as the one below them, under it the sacrum recedes
 * and thins within a vertebra's height, with a wing on both sides.
 */
int promontory_find(const straight *st, const discs *d)
{
    int found = -1;
    double cut_wings = 0; /* of places under it that the view cuts */
    for (size_t i = 1; i + 1 < d->count; i++) {
        double beneath = fill_front(st, d->at[i] - UNDER_MM / STRAIGHT_MM);
        double below = fill_front(st, d->at[i] - TAPER_MM / STRAIGHT_MM);
        double above = fill_front(st, (d->at[i] + d->at[i + 1]) / 2);
        double right = find_wing(st, d->at[i], -1);
        double left = find_wing(st, d->at[i], 1);
        if (found < 0 && (isnan(beneath) || isnan(below)))
            cut_wings = fmax(cut_wings, right + left);
        if (!(above >= TAPER_FULL && beneath >= TAPER_BENEATH && below <= TAPER_GONE &&
              beneath - below >= TAPER_LOSS))
            continue;
        if (found >= 0)
            return -1; /* two places taper so: neither is believed */
        if (right + left < cut_wings)
            return -1; /* the sacrum may start lower */
        if (right + left >= 2 * WING_SHARE && fmin(right, left) >= WING_LESS)
            found = (int) i;
    }
    return found;
}

/* The lowest level of the unbroken run of ribs from the top; -1 when it cannot be told. */
static int find_last_rib(const discs *d, const level_ribs ribs[MAX_DISCS])
{
    if (d->count < 3)
        return -1;
    int last = -1;
    for (int i = (int) d->count - 2; i >= 0; i--) {
        const level_ribs *r = &ribs[i];
        if (r->side[0] == RIB_SEEN || r->side[1] == RIB_SEEN)
            last = i;
        else if (last >= 0 || (r->side[0] == RIB_NONE && r->side[1] == RIB_NONE))
            break;
    }
    /* the level under it must be seen to have none, on both sides */
    if (last <= 0 || ribs[last - 1].side[0] != RIB_NONE || ribs[last - 1].side[1] != RIB_NONE)
        return -1;
    return last;
}

static uint8_t count_from(int level, int anchor, int label)
{
    int number = label + level - anchor;
    return (uint8_t) (number >= L5 && number <= T1 ? number : 0);
}

/* Whether neighbouring whole levels differ more than vertebrae do. */
static int are_uneven(const discs *d, int lowest)
{
    for (size_t i = lowest > 1 ? (size_t) lowest : 1; i + 3 < d->count; i++) {
        double below = d->at[i + 1] - d->at[i];
        double above = d->at[i + 2] - d->at[i + 1];
        if (fmax(below, above) > DISC_UNEVEN * fmin(below, above))
            return 1;
    }
    return 0;
}

void levels_name(uint8_t label[MAX_DISCS], uint8_t other[MAX_DISCS], osarc_spine_anchors *anchors,
                 const discs *d, const level_ribs ribs[MAX_DISCS], int promontory)
{
    int last_rib = find_last_rib(d, ribs);
    memset(label, 0, MAX_DISCS);
    memset(other, 0, MAX_DISCS);
    memset(anchors, 0, sizeof(*anchors));
    if (are_uneven(d, promontory)) {
        snprintf(anchors->text, sizeof(anchors->text),
                 "distances between discs are too uneven to count vertebrae: levels have no names");
        return;
    }
    anchors->sacrum = promontory >= 0;
    anchors->last_rib = last_rib >= 0;
    if (promontory >= 0 && last_rib >= 0)
        anchors->lumbar_count = last_rib - promontory;
    if (promontory >= 0 && last_rib >= 0 &&
        (anchors->lumbar_count < LUMBAR_LEAST || anchors->lumbar_count > LUMBAR_MOST)) {
        memset(anchors, 0, sizeof(*anchors));
        snprintf(anchors->text, sizeof(anchors->text),
                 "what looks like sacrum and last rib contradict each other: levels have no names");
        return;
    }
    for (int i = 0; i + 1 < (int) d->count; i++) {
        uint8_t by_sacrum = promontory >= 0 ? count_from(i, promontory, L5) : 0;
        uint8_t by_ribs = last_rib >= 0 && i >= promontory ? count_from(i, last_rib, T12) : 0;
        label[i] = by_sacrum ? by_sacrum : promontory >= 0 ? 0 : by_ribs;
        if (label[i] && by_ribs && by_ribs != label[i])
            other[i] = by_ribs;
    }
    if (promontory >= 0 && last_rib >= 0 && anchors->lumbar_count == LUMBAR_USUAL)
        snprintf(anchors->text, sizeof(anchors->text),
                 "levels counted from the sacrum and from the last rib agree");
    else if (promontory >= 0 && last_rib >= 0)
        snprintf(anchors->text, sizeof(anchors->text),
                 "%d vertebrae without ribs between last rib and sacrum: levels counted from the "
                 "sacrum, the reading from the last rib is given beside",
                 anchors->lumbar_count);
    else if (promontory >= 0)
        snprintf(anchors->text, sizeof(anchors->text),
                 "levels counted from the sacrum; the last rib is not in view");
    else if (last_rib >= 0)
        snprintf(anchors->text, sizeof(anchors->text),
                 "levels counted from the last rib; the sacrum is not in view");
    else
        snprintf(anchors->text, sizeof(anchors->text),
                 "neither sacrum nor last rib in view: levels have no names");
}
