/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine_line.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>

#include "spine_limits.h"

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void set_length_1(double a[3])
{
    double length = sqrt(dot(a, a));
    for (int c = 0; c < 3; c++)
        a[c] /= length;
}

static void cross(double out[3], const double a[3], const double b[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

/* The middle of what is soft about a cell of the canal, in cells. */
static void find_middle(double middle[2], const coarse *c, const uint16_t cell[2], size_t z)
{
    middle[0] = cell[0];
    middle[1] = cell[1];
    const ptrdiff_t reach = (ptrdiff_t) ceil(CANAL_HALF_MM / COARSE_GRID_MM);
    for (int round = 0; round < 3; round++) {
        double sum[2] = {0, 0};
        double count = 0;
        for (ptrdiff_t dy = -reach; dy <= reach; dy++)
            for (ptrdiff_t dx = -reach; dx <= reach; dx++) {
                ptrdiff_t x = lround(middle[0]) + dx;
                ptrdiff_t y = lround(middle[1]) + dy;
                if (x < 0 || y < 0 || x >= (ptrdiff_t) c->size[0] || y >= (ptrdiff_t) c->size[1] ||
                    hypot((double) x - middle[0], (double) y - middle[1]) * COARSE_GRID_MM >
                        CANAL_HALF_MM)
                    continue;
                size_t i = coarse_index(c, (size_t) x, (size_t) y, z);
                if (c->ring[i] || c->hu[i] >= CANAL_MAX_HU || c->hu[i] <= CANAL_MIN_HU)
                    continue;
                sum[0] += (double) x;
                sum[1] += (double) y;
                count++;
            }
        if (count < 4)
            return;
        middle[0] = sum[0] / count;
        middle[1] = sum[1] / count;
    }
    /* beside an open foramen the middle wanders: never far */
    for (int a = 0; a < 2; a++)
        middle[a] = fmax(cell[a] - 1.0, fmin(cell[a] + 1.0, middle[a]));
}

/* Value of a series beyond its ends, straight on. */
static double read_beyond(double (*series)[3], ptrdiff_t count, ptrdiff_t i, int c, int straight)
{
    ptrdiff_t m = count - 1 < 6 ? count - 1 : 6;
    if (i < 0)
        return straight ? series[0][c] + (series[m][c] - series[0][c]) / (double) m * (double) i
                        : series[0][c];
    if (i >= count) {
        const double *last = series[count - 1];
        return straight ? last[c] + (last[c] - series[count - 1 - m][c]) / (double) m *
                                        (double) (i - count + 1)
                        : last[c];
    }
    return series[i][c];
}

static void smooth(double (*out)[3], double (*series)[3], size_t count, double sd, int straight)
{
    ptrdiff_t reach = (ptrdiff_t) ceil(4 * sd);
    for (ptrdiff_t i = 0; i < (ptrdiff_t) count; i++)
        for (int c = 0; c < 3; c++) {
            double sum = 0;
            double weights = 0;
            for (ptrdiff_t d = -reach; d <= reach; d++) {
                double weight = exp(-0.5 * (double) (d * d) / (sd * sd));
                sum += weight * read_beyond(series, (ptrdiff_t) count, i + d, c, straight);
                weights += weight;
            }
            out[i][c] = sum / weights;
        }
}

/* Which way the body lies from the canal, in plane: the middle of the bone in front, found again
 * from the direction it gave. */
static void find_back(double back[3], const coarse *c, const uint16_t cell[2], size_t z)
{
    ptrdiff_t along = lround(RING_ALONG_MM / COARSE_GRID_MM);
    back[0] = 0;
    back[1] = 1;
    back[2] = 0;
    for (int round = 0; round < 3; round++) {
        double sum[2] = {0, 0};
        int count = 0;
        for (ptrdiff_t dy = -15; dy <= 4; dy++)
            for (ptrdiff_t dx = -13; dx <= 13; dx++) {
                ptrdiff_t x = cell[0] + dx;
                ptrdiff_t y = cell[1] + dy;
                double ahead = -((double) dx * back[0] + (double) dy * back[1]) * COARSE_GRID_MM;
                double aside = ((double) dx * back[1] - (double) dy * back[0]) * COARSE_GRID_MM;
                if (x < 0 || y < 0 || x >= (ptrdiff_t) c->size[0] || y >= (ptrdiff_t) c->size[1] ||
                    ahead <= 8 || ahead >= 40 || fabs(aside) >= 24)
                    continue;
                int bone = 0;
                for (ptrdiff_t d = -along; d <= along && !bone; d++) {
                    ptrdiff_t k = (ptrdiff_t) z + d;
                    bone = k >= 0 && k < (ptrdiff_t) c->size[2] &&
                           c->ring[coarse_index(c, (size_t) x, (size_t) y, (size_t) k)];
                }
                if (bone) {
                    sum[0] -= (double) dx;
                    sum[1] -= (double) dy;
                    count++;
                }
            }
        if (count <= 20)
            return;
        back[0] = sum[0];
        back[1] = sum[1];
        set_length_1(back);
    }
}

static void set_axes(line_point *p, const double along[3], const double back[3])
{
    memcpy(p->up, along, sizeof(p->up));
    set_length_1(p->up);
    double share = dot(back, p->up);
    for (int c = 0; c < 3; c++)
        p->back[c] = back[c] - share * p->up[c];
    set_length_1(p->back);
    cross(p->left, p->back, p->up);
}

/* The slope of the end, straight on. */
static void extend(double (*path)[3], size_t count, size_t more, int low)
{
    size_t over = (size_t) lround(EXTEND_MM / COARSE_GRID_MM / 3);
    if (over >= count)
        over = count - 1;
    const double *end = low ? path[more] : path[more + count - 1];
    const double *from = low ? path[more + over] : path[more + count - 1 - over];
    for (size_t i = 1; i <= more; i++)
        for (int a = 0; a < 3; a++)
            path[low ? more - i : more + count - 1 + i][a] =
                end[a] + (end[a] - from[a]) / (double) over * (double) i;
}

osarc_status spine_line_make(spine_line *out, const canal *found, const coarse *c, osarc_error *err)
{
    size_t more = (size_t) lround(EXTEND_MM / COARSE_GRID_MM);
    size_t own = found->count;
    size_t n = own + 2 * more;
    memset(out, 0, sizeof(*out));
    double(*raw)[3] = osi_alloc_raw(4 * n, sizeof(*raw), err);
    if (!raw)
        return OSARC_ERR_MEMORY;
    double(*turn)[3] = raw + n;
    double(*path)[3] = raw + 2 * n;
    double(*back)[3] = raw + 3 * n;
    double length = 0;
    for (size_t i = 0; i < own; i++) {
        double cell[3] = {0, 0, (double) (found->first + i)};
        find_middle(cell, c, found->cell[i], found->first + i);
        for (int a = 0; a < 3; a++)
            raw[i][a] = c->origin_mm[a] + cell[a] * COARSE_GRID_MM;
        find_back(turn[i], c, found->cell[i], found->first + i);
    }
    smooth(path + more, raw, own, LINE_SMOOTH_MM / COARSE_GRID_MM, 1);
    extend(path, own, more, 1);
    extend(path, own, more, 0);
    for (size_t i = n; i-- > 0;)
        memmove(turn[i], turn[i < more ? 0 : i - more < own ? i - more : own - 1], sizeof(*turn));
    smooth(back, turn, n, TURN_SMOOTH_MM / COARSE_GRID_MM, 0);
    for (size_t i = 1; i < n; i++)
        length += hypot(hypot(path[i][0] - path[i - 1][0], path[i][1] - path[i - 1][1]),
                        path[i][2] - path[i - 1][2]);
    size_t count = (size_t) floor(length / STRAIGHT_MM) + 1;
    out->point = osi_alloc(count, sizeof(*out->point), err);
    if (!out->point) {
        osi_free(raw);
        return OSARC_ERR_MEMORY;
    }
    double gone = 0;
    size_t i = 1;
    for (size_t k = 0; k < count; k++) {
        double want = (double) k * STRAIGHT_MM;
        double step = 0;
        for (; i < n; i++) {
            step = hypot(hypot(path[i][0] - path[i - 1][0], path[i][1] - path[i - 1][1]),
                         path[i][2] - path[i - 1][2]);
            if (gone + step >= want || i + 1 == n)
                break;
            gone += step;
        }
        double share = step > 0 ? fmin(1, (want - gone) / step) : 0;
        double turned[3];
        for (int a = 0; a < 3; a++) {
            out->point[k].at_mm[a] = path[i - 1][a] + share * (path[i][a] - path[i - 1][a]);
            turned[a] = back[i - 1][a] + share * (back[i][a] - back[i - 1][a]);
        }
        memcpy(out->point[k].back, turned, sizeof(turned));
    }
    out->count = count;
    for (size_t k = 0; k < count; k++) {
        size_t low = k ? k - 1 : 0;
        size_t high = k + 1 < count ? k + 1 : k;
        double along[3];
        double turned[3];
        memcpy(turned, out->point[k].back, sizeof(turned));
        for (int a = 0; a < 3; a++)
            along[a] = out->point[high].at_mm[a] - out->point[low].at_mm[a];
        set_axes(&out->point[k], along, turned);
    }
    osi_free(raw);
    return OSARC_OK;
}

void spine_line_free(spine_line *line)
{
    osi_free(line->point);
    memset(line, 0, sizeof(*line));
}

int spine_line_locate(const spine_line *line, const double lps_mm[3], size_t *near, double suv[3])
{
    size_t k = *near < line->count ? *near : line->count - 1;
    double d[3];
    double ahead = 0;
    for (int round = 0; round < 8; round++) {
        for (int a = 0; a < 3; a++)
            d[a] = lps_mm[a] - line->point[k].at_mm[a];
        ahead = dot(d, line->point[k].up) / STRAIGHT_MM;
        double next = fmin(fmax(round < 4 ? (double) k + ahead : (double) k + ahead / 2, 0),
                           (double) line->count - 1);
        size_t to = (size_t) lround(next);
        if (to == k)
            break;
        k = to;
    }
    for (int a = 0; a < 3; a++)
        d[a] = lps_mm[a] - line->point[k].at_mm[a];
    ahead = dot(d, line->point[k].up) / STRAIGHT_MM;
    *near = k;
    suv[0] = (double) k + ahead;
    suv[1] = dot(d, line->point[k].left);
    suv[2] = dot(d, line->point[k].back);
    return fabs(ahead) <= 2;
}

void spine_line_position(const spine_line *line, double s, double u_mm, double v_mm,
                         double lps_mm[3])
{
    double last = (double) line->count - 1;
    size_t low = (size_t) fmin(fmax(floor(s), 0), last);
    size_t high = low + 1 < line->count ? low + 1 : low;
    double share = fmin(fmax(s - (double) low, 0), 1);
    const line_point *a = &line->point[low];
    const line_point *b = &line->point[high];
    double beyond = s < 0 ? s : s > last ? s - last : 0;
    for (int c = 0; c < 3; c++)
        lps_mm[c] = (1 - share) * (a->at_mm[c] + u_mm * a->left[c] + v_mm * a->back[c]) +
                    share * (b->at_mm[c] + u_mm * b->left[c] + v_mm * b->back[c]) +
                    beyond * STRAIGHT_MM * a->up[c];
}
