/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_plane.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>
#include <osi/order.h>

#include "plane.h"

#define MOST_PIXELS ((size_t) 1 << 26)

osarc_status dxa_picture_check(const osarc_dxa_picture *picture, osarc_error *err)
{
    if (!picture || !picture->bone)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "a map of bone is needed");
    if (picture->columns < 8 || picture->rows < 8 || picture->columns > MOST_PIXELS / picture->rows)
        return osi_fail(err, OSARC_ERR_GEOMETRY, "a map of %zu x %zu pixels; 8 x 8 are needed",
                        picture->columns, picture->rows);
    for (int a = 0; a < 2; a++)
        if (!(picture->spacing_mm[a] > 0.05 && picture->spacing_mm[a] < 20))
            return osi_fail(err, OSARC_ERR_GEOMETRY,
                            "pixels of %g x %g mm; 0.05 to 20 mm are needed",
                            picture->spacing_mm[0], picture->spacing_mm[1]);
    return OSARC_OK;
}

double dxa_quantile(double *numbers, size_t count, double share)
{
    if (count == 0)
        return 0;
    qsort(numbers, count, sizeof(*numbers), osi_by_double);
    return numbers[(size_t) lround(share * (double) (count - 1))];
}

/* Pixels at the maximum that are joined to the picture's border. */
static osarc_status find_margins(uint8_t *ok, const osarc_dxa_picture *p, osarc_error *err)
{
    size_t count = p->columns * p->rows;
    uint8_t *wall = osi_alloc_raw(count, 1, err);
    uint8_t *margin = osi_alloc(count, 1, err);
    osarc_status status = wall && margin ? OSARC_OK : OSARC_ERR_MEMORY;
    float most = p->bone[0];
    for (size_t i = 0; i < count; i++)
        most = p->bone[i] > most ? p->bone[i] : most;
    for (size_t i = 0; !status && i < count; i++)
        wall[i] = !(ok[i] && p->bone[i] >= most);
    if (!status && plane_flood(margin, wall, p->columns, p->rows))
        status = osi_fail(err, OSARC_ERR_MEMORY, "no memory for the margins of a picture");
    for (size_t i = 0; !status && i < count; i++)
        ok[i] = ok[i] && !margin[i];
    osi_free(margin);
    osi_free(wall);
    return status;
}

/* Cells [first, last] that a pixel meets, and how much of it the first holds. */
typedef struct overlap {
    size_t first, last;
    double in_first;
} overlap;

static overlap overlap_of(size_t index, double spacing, double mm, size_t cells)
{
    double from = (double) index * spacing / mm;
    double to = (double) (index + 1) * spacing / mm;
    overlap o = {(size_t) from, (size_t) ceil(to) - 1, 1};
    o.last = o.last < cells ? o.last : cells - 1;
    o.first = o.first < o.last ? o.first : o.last;
    if (o.last > o.first)
        o.in_first = ((double) (o.first + 1) - from) / (to - from);
    return o;
}

/* A pixel that is wider than a cell is given to each cell it covers. */
static double share_of(const overlap *o, size_t cell)
{
    if (o->last == o->first)
        return 1;
    if (o->last > o->first + 1)
        return cell == o->first || cell == o->last ? 0.5 : 1;
    return cell == o->first ? o->in_first : 1 - o->in_first;
}

osarc_status dxa_plane_make(dxa_plane *out, const osarc_dxa_picture *p, double mm, osarc_error *err)
{
    memset(out, 0, sizeof(*out));
    size_t pixels = p->columns * p->rows;
    out->mm = mm;
    out->nx = (size_t) ceil((double) p->columns * p->spacing_mm[0] / mm);
    out->ny = (size_t) ceil((double) p->rows * p->spacing_mm[1] / mm);
    size_t count = out->nx * out->ny;
    out->value = osi_alloc(count, sizeof(*out->value), err);
    out->ok = osi_alloc(count, 1, err);
    uint8_t *ok = osi_alloc_raw(pixels, 1, err);
    float *weight = osi_alloc(count, sizeof(*weight), err);
    osarc_status status = out->value && out->ok && ok && weight ? OSARC_OK : OSARC_ERR_MEMORY;
    if (!status) {
        for (size_t i = 0; i < pixels; i++)
            ok[i] = !p->usable || p->usable[i];
        status = p->is_display ? find_margins(ok, p, err) : OSARC_OK;
    }
    for (size_t y = 0; !status && y < p->rows; y++) {
        overlap down = overlap_of(y, p->spacing_mm[1], mm, out->ny);
        for (size_t x = 0; x < p->columns; x++) {
            size_t i = y * p->columns + x;
            if (!ok[i] || !isfinite(p->bone[i]))
                continue;
            overlap across = overlap_of(x, p->spacing_mm[0], mm, out->nx);
            for (size_t b = down.first; b <= down.last; b++)
                for (size_t a = across.first; a <= across.last; a++) {
                    float share = (float) (share_of(&down, b) * share_of(&across, a));
                    out->value[b * out->nx + a] += share * p->bone[i];
                    weight[b * out->nx + a] += share;
                }
        }
    }
    for (size_t i = 0; !status && i < count; i++) {
        out->ok[i] = weight[i] > 0;
        out->value[i] = weight[i] > 0 ? out->value[i] / weight[i] : 0;
    }
    osi_free(weight);
    osi_free(ok);
    if (status)
        dxa_plane_free(out);
    return status;
}

void dxa_plane_free(dxa_plane *plane)
{
    osi_free(plane->value);
    osi_free(plane->ok);
    memset(plane, 0, sizeof(*plane));
}

/* Running means along one line of cells, `step` apart. */
static void blur_line(float *to, const float *from, const uint8_t *ok, size_t count, size_t step,
                      size_t half)
{
    double sum = 0;
    size_t n = 0;
    for (size_t i = 0; i < count + half; i++) {
        if (i < count && ok[i * step]) {
            sum += from[i * step];
            n++;
        }
        if (i < half)
            continue;
        size_t at = i - half;
        to[at * step] = n ? (float) (sum / (double) n) : 0;
        if (at >= half && ok[(at - half) * step]) {
            sum -= from[(at - half) * step];
            n--;
        }
    }
}

osarc_status dxa_plane_blur(dxa_plane *p, double across_mm, double down_mm, osarc_error *err)
{
    size_t half_x = (size_t) lround(across_mm / p->mm / 2);
    size_t half_y = (size_t) lround(down_mm / p->mm / 2);
    float *other = osi_alloc(p->nx * p->ny, sizeof(*other), err);
    if (!other)
        return OSARC_ERR_MEMORY;
    for (size_t y = 0; y < p->ny; y++)
        blur_line(other + y * p->nx, p->value + y * p->nx, p->ok + y * p->nx, p->nx, 1, half_x);
    for (size_t x = 0; x < p->nx; x++)
        blur_line(p->value + x, other + x, p->ok + x, p->ny, p->nx, half_y);
    osi_free(other);
    return OSARC_OK;
}
