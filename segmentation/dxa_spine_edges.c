/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_spine_parts.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>

/* Edges of the bone in each row of the straight plane, in mm from the axis; 0 right, 1 left. */
typedef struct edges {
    double *at[2];
} edges;

#define STEPS 25 /* places a millimetre apart between EDGE_FROM_MM and EDGE_TO_MM */

/* Drop of the map outwards at a distance, over 3 mm to each side, as share of what is there: the
 * edge to soft tissue counts more than one between brighter and darker bone. */
static double drop_at(const dxa_column *c, const dxa_plane *s, int side, size_t y, double d_mm)
{
    double middle = ((double) s->nx - 1) / 2;
    double sign = side ? 1 : -1;
    double in = 0, out = 0;
    for (int k = 1; k <= 3; k++) {
        in += dxa_share(c, dxa_at(s, middle + sign * (d_mm - k) / s->mm, (double) y)) / 3;
        out += dxa_share(c, dxa_at(s, middle + sign * (d_mm + k) / s->mm, (double) y)) / 3;
    }
    in = fmax(in, 0);
    out = fmax(out, 0);
    return (in - out) / (in + out + EDGE_FLOOR);
}

/* The steepest drop from row to row, bending little. */
static osarc_status trace_edge(double *at, const dxa_column *c, const dxa_plane *s, int side,
                               osarc_error *err)
{
    size_t n = s->ny;
    double *score = osi_alloc(n * STEPS, sizeof(*score), err);
    int8_t *from = osi_alloc(n * STEPS, 1, err);
    osarc_status status = score && from ? OSARC_OK : OSARC_ERR_MEMORY;
    for (size_t y = 0; !status && y < n; y++)
        for (int k = 0; k < STEPS; k++) {
            double own = drop_at(c, s, side, y, EDGE_FROM_MM + k);
            double best = 0;
            if (y > 0) {
                best = score[(y - 1) * STEPS + (size_t) k];
                for (int d = -1; d <= 1; d += 2) {
                    if (k + d < 0 || k + d >= STEPS)
                        continue;
                    double other = score[(y - 1) * STEPS + (size_t) (k + d)] - 0.15;
                    if (other > best) {
                        best = other;
                        from[y * STEPS + (size_t) k] = (int8_t) d;
                    }
                }
            }
            score[y * STEPS + (size_t) k] = best + own;
        }
    if (!status) {
        int k = 0;
        for (int i = 1; i < STEPS; i++)
            if (score[(n - 1) * STEPS + (size_t) i] > score[(n - 1) * STEPS + (size_t) k])
                k = i;
        for (size_t y = n; y-- > 0;) {
            at[y] = EDGE_FROM_MM + k;
            k += from[y * STEPS + (size_t) k];
        }
    }
    osi_free(from);
    osi_free(score);
    return status;
}

/* Where the map is half-way between what lies inside and outside the traced edge. */
static double halfway(const dxa_plane *s, int side, size_t y, double d_mm)
{
    double middle = ((double) s->nx - 1) / 2;
    double sign = side ? 1 : -1;
    double in = 0, out = 0;
    for (int k = 2; k <= 5; k++) {
        in += dxa_at(s, middle + sign * (d_mm - k) / s->mm, (double) y) / 4;
        out += dxa_at(s, middle + sign * (d_mm + k) / s->mm, (double) y) / 4;
    }
    double level = (in + out) / 2;
    double before = dxa_at(s, middle + sign * (d_mm - 3) / s->mm, (double) y);
    for (int d_step = 0; d_mm - 2.75 + d_step * 0.25 <= d_mm + 3; d_step++) {
        double d = d_mm - 2.75 + d_step * 0.25;
        double now = dxa_at(s, middle + sign * d / s->mm, (double) y);
        if (before >= level && now < level)
            return d - 0.25 * (level - now) / (before - now);
        before = now;
    }
    return d_mm;
}

/* In mm of the picture, from the middle of the first pixel. */
static double across_mm(const dxa_column *c, const osarc_dxa_picture *p, double from_axis_mm,
                        double row)
{
    long y = lround(row);
    y = y < 0 ? 0 : y >= (long) c->plane.ny ? (long) c->plane.ny - 1 : y;
    return (c->axis[y] + 0.5) * c->plane.mm + from_axis_mm - p->spacing_mm[0] / 2;
}

static double down_mm(const dxa_column *c, const osarc_dxa_picture *p, double row)
{
    return (row + 0.5) * c->plane.mm - p->spacing_mm[1] / 2;
}

/* A disc may be tilted: the deepest rows to the left and to the right of the axis. */
static void disc_line(double out[2][2], const dxa_column *c, const osarc_dxa_picture *p,
                      double disc)
{
    const dxa_plane *s = &c->straight;
    double middle = (LATERAL_FROM_MM + LATERAL_TO_MM) / 2;
    double row[2];
    for (int side = 0; side < 2; side++) {
        double best = INFINITY;
        row[side] = disc;
        for (int r_step = 0; disc - 4 / s->mm + r_step * 0.5 <= disc + 4 / s->mm; r_step++) {
            double r = disc - 4 / s->mm + r_step * 0.5;
            double sum = 0;
            for (int d_step = 0; LATERAL_FROM_MM + d_step <= LATERAL_TO_MM; d_step++) {
                double d = LATERAL_FROM_MM + d_step;
                for (int k = -2; k <= 2; k++)
                    sum += dxa_at(s, ((double) s->nx - 1) / 2 + (side ? d : -d) / s->mm, r + k);
            }
            /* a disc is level unless the map says otherwise */
            sum += 65 * DISC_LEVEL * (c->bone - c->soft) * fabs(r - disc) * s->mm;
            if (sum < best) {
                best = sum;
                row[side] = r;
            }
        }
    }
    double slope = (row[1] - row[0]) / (2 * middle / s->mm);
    double centre = (row[0] + row[1]) / 2;
    for (int side = 0; side < 2; side++) {
        double d = side ? EDGE_TO_MM : -EDGE_TO_MM;
        out[side][0] = across_mm(c, p, d, centre);
        out[side][1] = down_mm(c, p, centre + slope * d / s->mm);
    }
}

/* Height of a disc's line at a place across. */
static double line_at(double ends[2][2], double x)
{
    double share = (x - ends[0][0]) / (ends[1][0] - ends[0][0]);
    return ends[0][1] + share * (ends[1][1] - ends[0][1]);
}

static void label_pixels(osarc_dxa_spine *spine, const dxa_column *c, const edges *e,
                         const osarc_dxa_picture *p)
{
    double width[OSARC_DXA_VERTEBRAE] = {0};
    size_t rows[OSARC_DXA_VERTEBRAE] = {0};
    for (size_t y = 0; y < p->rows; y++) {
        double down = (double) y * p->spacing_mm[1];
        double row = (down + p->spacing_mm[1] / 2) / c->plane.mm - 0.5;
        long at = lround(row);
        at = at < 0 ? 0 : at >= (long) c->plane.ny ? (long) c->plane.ny - 1 : at;
        double right = across_mm(c, p, -e->at[0][at], row);
        double left = across_mm(c, p, e->at[1][at], row);
        for (size_t i = 0; i < spine->count; i++) {
            osarc_dxa_vertebra *v = &spine->vertebrae[i];
            double middle = (right + left) / 2;
            if (down > line_at(v->above, middle) && down <= line_at(v->below, middle)) {
                width[i] += left - right;
                rows[i]++;
            }
            for (size_t x = 0; x < p->columns && v->label; x++) {
                double across = (double) x * p->spacing_mm[0];
                if (across < right || across > left || down <= line_at(v->above, across) ||
                    down > line_at(v->below, across))
                    continue;
                spine->labels[y * p->columns + x] = v->label;
                v->pixel_count++;
            }
        }
    }
    for (size_t i = 0; i < spine->count; i++)
        spine->vertebrae[i].width_mm = rows[i] ? width[i] / (double) rows[i] : NAN;
}

osarc_status dxa_spine_edges(osarc_dxa_spine *spine, const dxa_column *c,
                             const osarc_dxa_picture *p, osarc_error *err)
{
    const dxa_plane *s = &c->straight;
    edges e = {{NULL, NULL}};
    dxa_plane soft = *s;
    osarc_status status = OSARC_OK;
    soft.value = osi_alloc(s->nx * s->ny, sizeof(float), err);
    if (!soft.value)
        status = OSARC_ERR_MEMORY;
    if (!status) {
        memcpy(soft.value, s->value, s->nx * s->ny * sizeof(float));
        status = dxa_plane_blur(&soft, 0, 5, err); /* along the spine only */
    }
    for (int side = 0; side < 2 && !status; side++) {
        e.at[side] = osi_alloc(s->ny, sizeof(double), err);
        status = e.at[side] ? trace_edge(e.at[side], c, &soft, side, err) : OSARC_ERR_MEMORY;
        for (size_t y = 0; y < s->ny && !status; y++)
            e.at[side][y] = halfway(&soft, side, y, e.at[side][y]);
    }
    for (size_t i = 0; i < spine->count && !status; i++) {
        disc_line(spine->vertebrae[i].above, c, p, c->discs[i]);
        disc_line(spine->vertebrae[i].below, c, p, c->discs[i + 1]);
    }
    if (!status) {
        spine->labels = osi_alloc(p->columns * p->rows, 1, err);
        status = spine->labels ? OSARC_OK : OSARC_ERR_MEMORY;
    }
    if (!status)
        label_pixels(spine, c, &e, p);
    osi_free(e.at[0]);
    osi_free(e.at[1]);
    osi_free(soft.value);
    return status;
}
