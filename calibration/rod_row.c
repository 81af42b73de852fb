/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rod_find.h"

#include <math.h>
#include <string.h>

#include "rod_fit.h"
#include "rods.h"

#define PARALLEL       0.06 /* difference of two rods' slopes: 3.4 degrees */
#define RADIUS_MM      1.3
#define SAME_BASE_HU   45  /* the plastic around all rods is one piece */
#define OVERLAP        0.6 /* of the shorter of two rods */
#define BETWEEN_MM     1.5 /* two rods do not touch */
#define MAX_STEP_MM    60
#define SAG_MM         8    /* rows follow the table's curve */
#define OFF_STEP       0.12 /* of a step, from an even row */
#define SLICES_READ    7    /* of a rod that is known by its place only */
#define AROUND_MM      3.0  /* of plastic, that a disc needs to be seen */
#define UNSEEN_HU      80   /* a rod of more contrast is seen as a disc */
#define TWO_SHARE      0.5  /* two discs alone must lie in plastic all around, */
#define TWO_LENGTH_MM  30   /* and be long */
#define NEAR_AIR_MM    25   /* of plastic, mattress or table shell between a rod and air or foam */
#define AIR_STEP_MM    2.0
#define NEAR_AIR_SHARE 0.8
#define AIR_HU         (-350)

typedef struct row {
    const rod_track *tracks[ROD_TRACKS_MAX];
    int slot[ROD_TRACKS_MAX];
    size_t count;
    int range; /* slots run from 0 to this */
    double w_mm;
    double origin[2], step[2]; /* of slot 0, at w_mm */
} row;

static double track_at(const rod_track *track, int axis, double w_mm)
{
    return axis ? track->v_mm + track->dv * w_mm : track->u_mm + track->du * w_mm;
}

static int belong_together(const rod_track *a, const rod_track *b)
{
    double shared = fmin(a->w_high_mm, b->w_high_mm) - fmax(a->w_low_mm, b->w_low_mm);
    double shorter = fmin(a->w_high_mm - a->w_low_mm, b->w_high_mm - b->w_low_mm);
    return shared >= OVERLAP * shorter && hypot(a->du - b->du, a->dv - b->dv) <= PARALLEL &&
           fabs(a->radius_mm - b->radius_mm) <= RADIUS_MM &&
           fabs(a->base_hu - b->base_hu) <= SAME_BASE_HU;
}

/* Tracks at even steps along the line from a to b, `parts` steps apart; 0 when others lie between.
 */
static int collect_row(row *out, const rod_track *tracks, size_t count, const rod_track *a,
                       const rod_track *b, int parts)
{
    double low = fmax(a->w_low_mm, b->w_low_mm);
    double high = fmin(a->w_high_mm, b->w_high_mm);
    double along[ROD_TRACKS_MAX] = {0};
    size_t stray = 0;
    out->w_mm = (low + high) / 2;
    for (int axis = 0; axis < 2; axis++) {
        out->origin[axis] = track_at(a, axis, out->w_mm);
        out->step[axis] = (track_at(b, axis, out->w_mm) - out->origin[axis]) / parts;
    }
    double step = hypot(out->step[0], out->step[1]);
    int first = 0;
    int last = parts;
    out->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!belong_together(a, &tracks[i]) || !belong_together(b, &tracks[i]))
            continue;
        double u = track_at(&tracks[i], 0, out->w_mm) - out->origin[0];
        double v = track_at(&tracks[i], 1, out->w_mm) - out->origin[1];
        double x = (u * out->step[0] + v * out->step[1]) / (step * step);
        if (fabs(u * out->step[1] - v * out->step[0]) / step > SAG_MM)
            continue;
        if (fabs(x - round(x)) > OFF_STEP) {
            along[stray++] = x;
            continue;
        }
        int slot = (int) round(x);
        if (slot <= -OSARC_ROD_MAX || slot >= OSARC_ROD_MAX)
            continue;
        out->tracks[out->count] = &tracks[i];
        out->slot[out->count++] = slot;
        first = slot < first ? slot : first;
        last = slot > last ? slot : last;
    }
    for (size_t i = 0; i < stray; i++)
        if (along[i] > first && along[i] < last)
            return 0;
    for (size_t i = 0; i < out->count; i++)
        out->slot[i] -= first;
    for (int axis = 0; axis < 2; axis++)
        out->origin[axis] += first * out->step[axis];
    out->range = last - first;
    return out->range < OSARC_ROD_MAX;
}

/* Middles of all slots: the tracks' own, or on the parabola through them. */
static void place_slots(rod_track out[OSARC_ROD_MAX], const row *r, int slots, int offset)
{
    double n = (double) r->count;
    rod_track mean = {.w_low_mm = INFINITY, .w_high_mm = -INFINITY};
    for (size_t i = 0; i < r->count; i++) {
        const rod_track *t = r->tracks[i];
        mean.du += t->du / n;
        mean.dv += t->dv / n;
        mean.radius_mm += t->radius_mm / n;
        mean.base_hu += t->base_hu / n;
        mean.w_low_mm = fmin(mean.w_low_mm, t->w_low_mm);
        mean.w_high_mm = fmax(mean.w_high_mm, t->w_high_mm);
    }
    double coefficients[2][3];
    for (int axis = 0; axis < 2; axis++) {
        double x[ROD_TRACKS_MAX];
        double y[ROD_TRACKS_MAX];
        for (size_t i = 0; i < r->count; i++) {
            x[i] = r->slot[i];
            y[i] = track_at(r->tracks[i], axis, r->w_mm);
        }
        rod_fit_parabola(coefficients[axis], x, y, r->count);
    }
    for (int k = 0; k < slots; k++) {
        double x = k - offset;
        out[k] = mean;
        out[k].count = 0;
        out[k].hu = NAN;
        double u = coefficients[0][0] + x * (coefficients[0][1] + x * coefficients[0][2]);
        double v = coefficients[1][0] + x * (coefficients[1][1] + x * coefficients[1][2]);
        out[k].u_mm = u - mean.du * r->w_mm;
        out[k].v_mm = v - mean.dv * r->w_mm;
    }
    for (size_t i = 0; i < r->count; i++) {
        rod_track *slot = &out[r->slot[i] + offset];
        const rod_track *t = r->tracks[i];
        double u = track_at(t, 0, r->w_mm);
        double v = track_at(t, 1, r->w_mm);
        *slot = *t;
        slot->du = mean.du; /* rods of one phantom are parallel */
        slot->dv = mean.dv;
        slot->u_mm = u - mean.du * r->w_mm;
        slot->v_mm = v - mean.dv * r->w_mm;
    }
}

/* HU of a rod that is known by its place: 1 read, 0 not a rod, -1 out of view. */
static int read_unseen(rod_track *rod, const rod_view *view)
{
    double sum = 0;
    int whole = 0;
    for (int i = 0; i < SLICES_READ; i++) {
        double w = rod->w_low_mm + (rod->w_high_mm - rod->w_low_mm) * (i + 0.5) / SLICES_READ;
        size_t slice = (size_t) fmax(0, floor(w / view->mm[2] + 0.5));
        double at = (double) slice * view->mm[2];
        double u = track_at(rod, 0, at);
        double v = track_at(rod, 1, at);
        rod_spot spot = rod_spot_read(view, slice, u, v, ROD_INNER_MM(rod->radius_mm));
        /* at the edge of the view a rod would not have been seen as a disc either */
        if (!spot.voxels || !rod_spot_read(view, slice, u, v, rod->radius_mm + AROUND_MM).whole)
            continue;
        /* noise of single voxels is not known: only what no rod can be is refused */
        if (spot.sd_hu > ROD_UNEVEN_HU || fabs(spot.mean_hu - rod->base_hu) > UNSEEN_HU)
            return 0;
        sum += spot.mean_hu;
        whole++;
    }
    if (whole <= SLICES_READ / 2)
        return -1;
    rod->hu = sum / whole;
    return 1;
}

/* Rods in the order of the model, from slots that run either way. */
static int try_model(rod_row *out, const row *r, const osarc_rod_model *model, int offset,
                     int reversed, const rod_view *view, double kvp)
{
    rod_track slots[OSARC_ROD_MAX];
    int n = (int) model->rod_count;
    double hu[OSARC_ROD_MAX];
    memset(out, 0, sizeof(*out));
    out->model = model;
    out->tracks = r->count;
    out->w_low_mm = INFINITY;
    out->w_high_mm = -INFINITY;
    place_slots(slots, r, n, offset);
    size_t measured = 0;
    for (int k = 0; k < n; k++) {
        int rod = reversed ? n - 1 - k : k;
        int seen = slots[k].count > 0;
        if (!seen) {
            int read = read_unseen(&slots[k], view);
            if (!read)
                return 0;
            seen = read > 0 ? 0 : -1;
        }
        out->rods[rod] = slots[k];
        out->seen[rod] = seen;
        hu[rod] = seen < 0 ? NAN : slots[k].hu;
        measured += seen >= 0;
        if (seen > 0) {
            out->w_low_mm = fmin(out->w_low_mm, slots[k].w_low_mm);
            out->w_high_mm = fmax(out->w_high_mm, slots[k].w_high_mm);
        }
    }
    if (measured < (n < 3 ? 2 : 3))
        return 0;
    return rod_fit_is_plausible(&out->rms_hu, model, hu, kvp);
}

static size_t count_out_of_view(const rod_row *r)
{
    size_t count = 0;
    for (size_t rod = 0; rod < r->model->rod_count; rod++)
        count += r->seen[rod] < 0;
    return count;
}

/* More discs explained, then fewer rods out of view, then the closer fit. */
static int is_better(const rod_row *a, const rod_row *b)
{
    if (!b->model)
        return 1;
    if (a->tracks != b->tracks)
        return a->tracks > b->tracks;
    size_t lost[2] = {count_out_of_view(a), count_out_of_view(b)};
    if (lost[0] != lost[1])
        return lost[0] < lost[1];
    return a->rms_hu < b->rms_hu;
}

/* Whether air or foam comes soon behind a rod in one direction. */
static int air_behind(const rod_track *t, double w_mm, const double way[2], const rod_view *view)
{
    size_t slice = (size_t) fmax(0, floor(w_mm / view->mm[2] + 0.5));
    for (int k = 0; k * AIR_STEP_MM <= NEAR_AIR_MM; k++) {
        double far = t->radius_mm + k * AIR_STEP_MM;
        rod_spot spot = rod_spot_read(view, slice, track_at(t, 0, w_mm) + far * way[0],
                                      track_at(t, 1, w_mm) + far * way[1], AIR_STEP_MM);
        if (!spot.whole || (spot.voxels && spot.mean_hu < AIR_HU))
            return 1;
    }
    return 0;
}

/* Share of looks that meet air soon, on that side of the row where more of them do. */
static double share_near_air(const row *r, const rod_view *view)
{
    double step = hypot(r->step[0], r->step[1]);
    const double ways[2][2] = {{-r->step[1] / step, r->step[0] / step},
                               {r->step[1] / step, -r->step[0] / step}};
    int met[2] = {0, 0};
    for (size_t i = 0; i < r->count; i++)
        for (int k = 0; k < SLICES_READ; k++) {
            const rod_track *t = r->tracks[i];
            double w = t->w_low_mm + (t->w_high_mm - t->w_low_mm) * (k + 0.5) / SLICES_READ;
            met[0] += air_behind(t, w, ways[0], view);
            met[1] += air_behind(t, w, ways[1], view);
        }
    return fmax(met[0], met[1]) / ((double) r->count * SLICES_READ);
}

/*
 * Two discs alone are little, vessels look so: they must be long, in plastic all around, and near
 * the phantom's outer face.
 */
static int is_enough(const row *r, const rod_view *view, double length_mm)
{
    if (r->count > 2)
        return 1;
    if (share_near_air(r, view) < NEAR_AIR_SHARE)
        return 0;
    for (size_t i = 0; i < r->count; i++) {
        const rod_track *t = r->tracks[i];
        if (t->base_share < TWO_SHARE ||
            t->w_high_mm - t->w_low_mm < fmin(TWO_LENGTH_MM, 0.75 * length_mm))
            return 0;
    }
    return r->count == 2;
}

typedef struct search {
    const rod_view *view;
    const osarc_rod_model *const *models;
    size_t model_count;
    double kvp;
    rod_row *best; /* of each model */
    rod_row *unknown;
} search;

static void try_models(const search *s, const row *r)
{
    for (size_t m = 0; m < s->model_count; m++) {
        const osarc_rod_model *model = s->models[m];
        int n = (int) model->rod_count;
        for (int offset = 0; offset + r->range < n; offset++)
            for (int reversed = 0; reversed < 2; reversed++) {
                rod_row trial;
                if (try_model(&trial, r, model, offset, reversed, s->view, s->kvp) &&
                    is_better(&trial, &s->best[m]))
                    s->best[m] = trial;
            }
    }
    if (r->count >= 3 && r->count > s->unknown->tracks) {
        memset(s->unknown, 0, sizeof(*s->unknown));
        s->unknown->tracks = r->count;
        for (size_t i = 0; i < r->count && i < OSARC_ROD_MAX; i++)
            s->unknown->rods[i] = *r->tracks[i];
    }
}

static void try_pair(const search *s, const rod_track *tracks, size_t count, const rod_track *a,
                     const rod_track *b, double length_mm)
{
    double w = (fmax(a->w_low_mm, b->w_low_mm) + fmin(a->w_high_mm, b->w_high_mm)) / 2;
    double far_mm =
        hypot(track_at(a, 0, w) - track_at(b, 0, w), track_at(a, 1, w) - track_at(b, 1, w));
    for (int parts = 1; parts < OSARC_ROD_MAX; parts++) {
        row r;
        double step = far_mm / parts;
        if (step < a->radius_mm + b->radius_mm + BETWEEN_MM)
            break;
        if (step <= MAX_STEP_MM && collect_row(&r, tracks, count, a, b, parts) &&
            is_enough(&r, s->view, length_mm))
            try_models(s, &r);
    }
}

int rod_row_tell(rod_row *out, const rod_track *tracks, size_t count, const rod_view *view,
                 const osarc_rod_model *const *models, size_t model_count, double kvp,
                 rod_row *best)
{
    rod_row unknown = {0};
    search s = {view, models, model_count, kvp, best, &unknown};
    double length_mm = (double) (view->size[2] - 1) * view->mm[2];
    memset(best, 0, model_count * sizeof(*best));
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            if (belong_together(&tracks[i], &tracks[j]))
                try_pair(&s, tracks, count, &tracks[i], &tracks[j], length_mm);
    memset(out, 0, sizeof(*out));
    for (size_t m = 0; m < model_count; m++)
        if (best[m].model && is_better(&best[m], out))
            *out = best[m];
    if (!out->model) {
        *out = unknown;
        return unknown.tracks > 0;
    }
    /* a model that explains as many discs hardly less well cannot be ruled out */
    for (size_t m = 0; m < model_count; m++)
        if (best[m].model && best[m].model != out->model && best[m].tracks == out->tracks &&
            best[m].rms_hu <= 2 * out->rms_hu + 4 && !out->other)
            out->other = best[m].model;
    return 1;
}
