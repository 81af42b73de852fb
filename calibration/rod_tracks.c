/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rod_find.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_statistics_double.h>
#include <osi/alloc.h>

#define TILT           0.21 /* 12 degrees between the rods and w */
#define PLACE_MM       1.5  /* scatter of a disc's middle */
#define RADIUS_MM      1.5  /* and of its radius */
#define SAME_HU        20   /* between planes: noise and shading, */
#define SAME_SHARE     0.06 /* and with contrast */
#define GAP_MM         60.0 /* streaks may hide a rod so far */
#define MIN_LENGTH_MM  15.0
#define MIN_FILLED     0.6 /* share of the planes between its ends */
#define MAX_SCATTER_MM 1.2 /* RMS about the line */
#define CHAIN_MAX      64
#define CHAINS_MAX     256

typedef struct chain {
    const rod_disc *discs[CHAIN_MAX];
    double w_mm[CHAIN_MAX];
    size_t planes[CHAIN_MAX];
    size_t count;
} chain;

/* Least-squares line of one coordinate over w. */
static double fit_axis(const chain *c, int axis, double *slope_out)
{
    double sw = 0, sx = 0, sww = 0, swx = 0;
    double n = (double) c->count;
    for (size_t i = 0; i < c->count; i++) {
        double x = axis ? c->discs[i]->v_mm : c->discs[i]->u_mm;
        sw += c->w_mm[i];
        sx += x;
        sww += c->w_mm[i] * c->w_mm[i];
        swx += c->w_mm[i] * x;
    }
    double spread = sww - sw * sw / n;
    *slope_out = spread > 1e-6 ? (swx - sw * sx / n) / spread : 0;
    return (sx - *slope_out * sw) / n;
}

static int continues(const chain *c, const rod_disc *disc, double w_mm, double *far_out)
{
    const rod_disc *last = c->discs[c->count - 1];
    double step = w_mm - c->w_mm[c->count - 1];
    double allowed = PLACE_MM + TILT * step;
    double far_mm = hypot(disc->u_mm - last->u_mm, disc->v_mm - last->v_mm);
    double usual = SAME_HU + SAME_SHARE * fabs(last->hu - last->base_hu);
    if (c->count >= 3) { /* its own direction says where it goes */
        double du, dv;
        double u = fit_axis(c, 0, &du);
        double v = fit_axis(c, 1, &dv);
        far_mm = hypot(disc->u_mm - u - du * w_mm, disc->v_mm - v - dv * w_mm);
        allowed = 2 * PLACE_MM;
    }
    *far_out = far_mm;
    return far_mm <= allowed && fabs(disc->radius_mm - last->radius_mm) <= RADIUS_MM &&
           fabs(disc->hu - last->hu) <= usual;
}

static void extend(chain *chains, size_t *count, const rod_plane *plane, size_t number,
                   double plane_step)
{
    int taken[ROD_DISCS_MAX] = {0};
    size_t before = *count;
    for (size_t i = 0; i < before; i++) {
        chain *c = &chains[i];
        double nearest = INFINITY;
        size_t best = 0;
        double step = plane->w_mm - c->w_mm[c->count - 1];
        if (c->count == CHAIN_MAX || step > fmax(GAP_MM, 2.2 * plane_step))
            continue;
        for (size_t k = 0; k < plane->count; k++) {
            double far_mm;
            if (!taken[k] && continues(c, &plane->discs[k], plane->w_mm, &far_mm) &&
                far_mm < nearest) {
                nearest = far_mm;
                best = k;
            }
        }
        if (!isfinite(nearest))
            continue;
        taken[best] = 1;
        c->discs[c->count] = &plane->discs[best];
        c->w_mm[c->count] = plane->w_mm;
        c->planes[c->count++] = number;
    }
    for (size_t k = 0; k < plane->count && *count < CHAINS_MAX; k++)
        if (!taken[k]) {
            chain *c = &chains[(*count)++];
            c->discs[0] = &plane->discs[k];
            c->w_mm[0] = plane->w_mm;
            c->planes[0] = number;
            c->count = 1;
        }
}

static double median_of(const chain *c, size_t offset)
{
    double values[CHAIN_MAX];
    for (size_t i = 0; i < c->count; i++)
        memcpy(&values[i], (const char *) c->discs[i] + offset, sizeof(double));
    return gsl_stats_median(values, 1, c->count);
}

/* 1 when the chain is straight, long and unbroken enough to be a rod. */
static int make_track(rod_track *out, const chain *c, double length_mm)
{
    double span = c->w_mm[c->count - 1] - c->w_mm[0];
    double planes = (double) (c->planes[c->count - 1] - c->planes[0] + 1);
    if (c->count < 2 || span < fmin(MIN_LENGTH_MM, 0.75 * length_mm) ||
        (double) c->count < MIN_FILLED * planes)
        return 0;
    rod_track track = {.count = c->count};
    track.u_mm = fit_axis(c, 0, &track.du);
    track.v_mm = fit_axis(c, 1, &track.dv);
    double squares = 0;
    for (size_t i = 0; i < c->count; i++) {
        double u = c->discs[i]->u_mm - track.u_mm - track.du * c->w_mm[i];
        double v = c->discs[i]->v_mm - track.v_mm - track.dv * c->w_mm[i];
        squares += u * u + v * v;
    }
    track.w_low_mm = c->w_mm[0];
    track.w_high_mm = c->w_mm[c->count - 1];
    track.radius_mm = median_of(c, offsetof(rod_disc, radius_mm));
    track.hu = median_of(c, offsetof(rod_disc, hu));
    track.base_hu = median_of(c, offsetof(rod_disc, base_hu));
    track.base_share = median_of(c, offsetof(rod_disc, base_share));
    *out = track;
    return sqrt(squares / (double) c->count) <= MAX_SCATTER_MM && hypot(track.du, track.dv) <= TILT;
}

osarc_status rod_tracks_link(rod_track out[ROD_TRACKS_MAX], size_t *count_out,
                             const rod_plane *planes, size_t count, double length_mm,
                             osarc_error *err)
{
    size_t chains_count = 0;
    *count_out = 0;
    chain *chains = osi_alloc(CHAINS_MAX, sizeof(*chains), err);
    if (!chains)
        return OSARC_ERR_MEMORY;
    double plane_step = count > 1 ? length_mm / (double) (count - 1) : 0;
    for (size_t i = 0; i < count; i++)
        extend(chains, &chains_count, &planes[i], i, plane_step);
    for (size_t i = 0; i < chains_count && *count_out < ROD_TRACKS_MAX; i++)
        *count_out += make_track(&out[*count_out], &chains[i], length_mm) ? 1 : 0;
    osi_free(chains);
    return OSARC_OK;
}
