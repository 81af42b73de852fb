/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "limb_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/order.h>

#include "limb_limits.h"

/* Shafts followed from slice to slice; those of thighs are kept. */

#define TRACKS_MAX 24

static size_t find_track(const limb_track *tracks, size_t count, const limb_slice *slices,
                         const limb_view *view, const limb_section *s, size_t k)
{
    size_t best = count;
    double nearest = INFINITY;
    double gap_mm = fmax(SHAFT_GAP_MM, 2.1 * view->smm[2]);
    for (size_t n = 0; n < count; n++) {
        const limb_track *t = &tracks[n];
        double away_mm = (double) (k - t->high) * view->smm[2];
        if (t->high == k || away_mm > gap_mm)
            continue;
        const limb_section *last = &slices[t->high].sections[t->section[t->high]];
        double aside_mm = hypot(s->x_mm - last->x_mm, s->y_mm - last->y_mm);
        if (aside_mm <= SHAFT_STEP_MM + SHAFT_LEAN * away_mm && aside_mm < nearest) {
            nearest = aside_mm;
            best = n;
        }
    }
    return best;
}

static osarc_status follow(limb_track tracks[TRACKS_MAX], size_t *count, const limb_slice *slices,
                           const limb_view *view, osarc_error *err)
{
    for (size_t k = 0; k < view->s[2]; k++)
        for (size_t n = 0; n < slices[k].count; n++) {
            const limb_section *s = &slices[k].sections[n];
            if (!s->is_shaft)
                continue;
            size_t at = find_track(tracks, *count, slices, view, s, k);
            if (at == *count) {
                if (*count == TRACKS_MAX)
                    continue;
                tracks[at].section = osi_alloc(view->s[2], sizeof(int), err);
                if (!tracks[at].section)
                    return OSARC_ERR_MEMORY;
                for (size_t i = 0; i < view->s[2]; i++)
                    tracks[at].section[i] = -1;
                tracks[at].low = k;
                ++*count;
            }
            tracks[at].section[k] = (int) n;
            tracks[at].high = k;
        }
    return OSARC_OK;
}

/* 1 when a second long bone runs beside it: a leg or a forearm. */
static int has_second_bone(const limb_track *t, const limb_slice *slices)
{
    size_t seen = 0;
    size_t pairs = 0;
    for (size_t k = t->low; k <= t->high; k++) {
        if (t->section[k] < 0)
            continue;
        const limb_section *own = &slices[k].sections[t->section[k]];
        int pair = 0;
        for (size_t n = 0; n < slices[k].count; n++) {
            const limb_section *s = &slices[k].sections[n];
            pair |= s != own && s->body == own->body && s->area_cm2 >= PAIR_CM2 &&
                    s->compact >= SHAFT_COMPACT &&
                    hypot(s->x_mm - own->x_mm, s->y_mm - own->y_mm) < PAIR_MM;
        }
        seen++;
        pairs += (size_t) pair;
    }
    return 2 * pairs > seen;
}

/* 1 when most slices hold a much larger part of the body with bone: the limb is an arm. */
static int is_beside_trunk(const limb_track *t, const limb_slice *slices)
{
    size_t seen = 0;
    size_t trunks = 0;
    for (size_t k = t->low; k <= t->high; k++) {
        if (t->section[k] < 0)
            continue;
        const limb_section *own = &slices[k].sections[t->section[k]];
        double bone_cm2 = 0;
        for (size_t n = 0; n < slices[k].count; n++) {
            const limb_section *s = &slices[k].sections[n];
            if (s->body != own->body && !s->is_shaft && s->body_cm2 >= TRUNK_RATIO * own->body_cm2)
                bone_cm2 += s->area_cm2;
        }
        seen++;
        trunks += bone_cm2 >= TRUNK_BONE_CM2;
    }
    return 2 * trunks > seen;
}

static osarc_status describe(limb_track *t, const limb_slice *slices, const limb_view *view,
                             osarc_error *err)
{
    size_t count = 0;
    double *areas = osi_alloc(2 * (t->high - t->low + 1), sizeof(*areas), err);
    if (!areas)
        return OSARC_ERR_MEMORY;
    double *bodies = areas + (t->high - t->low + 1);
    for (size_t k = t->low; k <= t->high; k++)
        if (t->section[k] >= 0) {
            areas[count] = slices[k].sections[t->section[k]].area_cm2;
            bodies[count++] = slices[k].sections[t->section[k]].body_cm2;
        }
    qsort(areas, count, sizeof(*areas), osi_by_double);
    qsort(bodies, count, sizeof(*bodies), osi_by_double);
    t->length_mm = (double) count * view->smm[2];
    t->area_cm2 = areas[count / 2];
    t->limb_cm2 = bodies[count / 2];
    osi_free(areas);
    return OSARC_OK;
}

static int is_femur(const limb_track *t, const limb_slice *slices, const limb_view *view)
{
    double stack_mm = (double) view->s[2] * view->smm[2];
    return t->length_mm >= fmin(SHAFT_LENGTH_MM, SHAFT_OF_STACK * stack_mm) &&
           t->area_cm2 >= FEMUR_LEAST_CM2 && !has_second_bone(t, slices) &&
           !is_beside_trunk(t, slices);
}

osarc_status limb_tracks_find(limb_track tracks[LIMBS_MAX], size_t *count_out,
                              const limb_slice *slices, const limb_view *view, osarc_error *err)
{
    limb_track all[TRACKS_MAX] = {{0}};
    size_t count = 0;
    *count_out = 0;
    osarc_status status = follow(all, &count, slices, view, err);
    for (size_t n = 0; n < count && !status; n++)
        status = describe(&all[n], slices, view, err);
    /* the longest first */
    for (int limb = 0; limb < LIMBS_MAX && !status; limb++) {
        size_t best = count;
        for (size_t n = 0; n < count; n++)
            if (all[n].section && is_femur(&all[n], slices, view) &&
                (best == count || all[n].length_mm > all[best].length_mm))
                best = n;
        if (best == count)
            break;
        tracks[*count_out] = all[best];
        all[best].section = NULL;
        ++*count_out;
    }
    for (size_t n = 0; n < count; n++)
        limb_track_free(&all[n]);
    return status;
}

void limb_track_free(limb_track *track)
{
    osi_free(track->section);
    track->section = NULL;
}

void limb_track_at(double out_mm[2], const limb_track *track, const limb_slice *slices,
                   const limb_view *view, size_t k)
{
    (void) view;
    size_t low = k < track->low ? track->low : k > track->high ? track->high : k;
    size_t high = low;
    while (track->section[low] < 0)
        low--;
    while (track->section[high] < 0)
        high++;
    const limb_section *a = &slices[low].sections[track->section[low]];
    const limb_section *b = &slices[high].sections[track->section[high]];
    double t = high > low ? (double) (k - low) / (double) (high - low) : 0;
    out_mm[0] = a->x_mm + t * (b->x_mm - a->x_mm);
    out_mm[1] = a->y_mm + t * (b->y_mm - a->y_mm);
}
