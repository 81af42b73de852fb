/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rod_find.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_statistics_double.h>
#include <osi/alloc.h>

#include "rod_fit.h"

#define MAD_TO_SD    1.4826
#define OUTLIER_SD   4.0
#define LEAST_HU     6.0  /* slices of one rod may differ so far in any case, */
#define LEAST_SHARE  0.01 /* and by so much of its contrast */
#define UNEVEN_TIMES 2.0  /* a slice that is so much noisier than others holds a streak */
#define UNEVEN_MORE  5.0
#define BREAK_MM     30.0 /* spoiled for so long: the rod ends there */
#define MIN_SLICES   3

typedef struct reading {
    rod_spot *spots;
    double *values;
    size_t count; /* slices of the view */
} reading;

static double median_between(const reading *r, size_t from, size_t to, int of_sd, double about)
{
    size_t count = 0;
    for (size_t i = from; i <= to; i++) {
        const rod_spot *spot = &r->spots[i];
        double value = of_sd ? spot->sd_hu : spot->mean_hu;
        if (spot->whole && spot->voxels)
            r->values[count++] = isfinite(about) ? fabs(value - about) : value;
    }
    return count ? gsl_stats_median(r->values, 1, count) : NAN;
}

static size_t slice_at(const rod_view *view, double w_mm)
{
    double slice = floor(w_mm / view->mm[2] + 0.5);
    return (size_t) fmax(0, fmin(slice, (double) (view->size[2] - 1)));
}

typedef struct limits {
    double hu, half_hu, sd_hu;
} limits;

static int is_good(const rod_spot *spot, const limits *l)
{
    return spot->whole && spot->voxels && fabs(spot->mean_hu - l->hu) <= l->half_hu &&
           spot->sd_hu <= l->sd_hu;
}

/* The last good slice in one direction, over spoiled stretches but not over the rod's end. */
static size_t go_on(const reading *r, const limits *l, size_t from, int step, double mm)
{
    size_t last = from;
    for (size_t at = from;; at = step > 0 ? at + 1 : at - 1) {
        if (is_good(&r->spots[at], l))
            last = at;
        size_t far = at > last ? at - last : last - at;
        if ((double) far * mm > BREAK_MM || at == (step > 0 ? r->count - 1 : 0))
            break;
    }
    return last;
}

static void read_spots(reading *r, const rod_track *rod, const rod_view *view)
{
    for (size_t slice = 0; slice < view->size[2]; slice++) {
        double w = (double) slice * view->mm[2];
        r->spots[slice] = rod_spot_read(view, slice, rod->u_mm + rod->du * w,
                                        rod->v_mm + rod->dv * w, ROD_INNER_MM(rod->radius_mm));
    }
}

/* Mean over good slices; slices thicker than their distance are not independent. */
static void average(rod_means *out, size_t rod, const reading *r, const limits *l,
                    const rod_view *view, double thickness_mm)
{
    double sum = 0;
    double squares = 0;
    double noise = 0;
    size_t used = 0;
    size_t length = out->last[rod] - out->first[rod] + 1;
    for (size_t i = out->first[rod]; i <= out->last[rod]; i++) {
        const rod_spot *spot = &r->spots[i];
        if (!is_good(spot, l))
            continue;
        sum += spot->mean_hu - l->hu;
        squares += (spot->mean_hu - l->hu) * (spot->mean_hu - l->hu);
        noise += spot->sd_hu / sqrt((double) spot->voxels);
        used++;
    }
    out->slices[rod] = used;
    out->left_out[rod] = length - used;
    if (used < (length < MIN_SLICES ? length : MIN_SLICES))
        return;
    double n = (double) used;
    double each_mm = fmax(view->mm[2], isfinite(thickness_mm) ? thickness_mm : 0);
    double independent = fmax(1, fmin(n, n * view->mm[2] / each_mm));
    double variance = fmax(0, squares / n - (sum / n) * (sum / n));
    out->hu[rod] = l->hu + sum / n;
    out->hu_se[rod] = used > 1 ? sqrt(variance * n / (n - 1) / independent) : noise;
}

static void read_rod(rod_means *out, size_t rod, const rod_row *row, const rod_view *view,
                     reading *r, double thickness_mm)
{
    const rod_track *track = &row->rods[rod];
    size_t from = slice_at(view, row->w_low_mm);
    size_t to = slice_at(view, row->w_high_mm);
    limits l;
    read_spots(r, track, view);
    l.hu = median_between(r, from, to, 0, NAN);
    if (!isfinite(l.hu))
        return;
    double mad = median_between(r, from, to, 0, l.hu);
    l.half_hu =
        fmax(OUTLIER_SD * MAD_TO_SD * mad, LEAST_HU + LEAST_SHARE * fabs(l.hu - track->base_hu));
    l.sd_hu = UNEVEN_TIMES * median_between(r, from, to, 1, NAN) + UNEVEN_MORE;
    size_t middle = (from + to) / 2;
    out->first[rod] = row->seen[rod] > 0 ? go_on(r, &l, middle, -1, view->mm[2]) : from;
    out->last[rod] = row->seen[rod] > 0 ? go_on(r, &l, middle, 1, view->mm[2]) : to;
    average(out, rod, r, &l, view, thickness_mm);
}

osarc_status rod_means_read(rod_means *out, const rod_row *row, const rod_view *view,
                            double thickness_mm, osarc_error *err)
{
    memset(out, 0, sizeof(*out));
    for (size_t rod = 0; rod < OSARC_ROD_MAX; rod++)
        out->hu[rod] = out->hu_se[rod] = NAN;
    reading r = {.count = view->size[2]};
    r.spots = osi_alloc(r.count, sizeof(*r.spots), err);
    r.values = r.spots ? osi_alloc(r.count, sizeof(*r.values), err) : NULL;
    for (size_t rod = 0; r.values && rod < row->model->rod_count; rod++)
        if (row->seen[rod] >= 0)
            read_rod(out, rod, row, view, &r, thickness_mm);
    osarc_status status = r.values ? OSARC_OK : OSARC_ERR_MEMORY;
    osi_free(r.values);
    osi_free(r.spots);
    return status;
}
