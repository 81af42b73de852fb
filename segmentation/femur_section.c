/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "femur_section.h"

#include <math.h>
#include <string.h>

#include "femur_limits.h"

#define SIDE    64
#define HALF    32
#define PIXELS  ((size_t) SIDE * SIDE)
#define ANGLES  36
#define NEAR_PX 8 /* pixels from the middle to the nearest of the femur, at most */

enum {
    PX_NONE,
    PX_FEMUR,
    PX_OUT,
    PX_PIECE
};

double femur_unit(double v[3])
{
    double length = sqrt(femur_dot(v, v));
    for (int a = 0; a < 3 && length > 0; a++)
        v[a] /= length;
    return length;
}

static void find_axes(double u[3], double v[3], const double normal[3])
{
    int least = 0;
    double e[3] = {0};
    for (int a = 1; a < 3; a++)
        if (fabs(normal[a]) < fabs(normal[least]))
            least = a;
    e[least] = 1;
    femur_cross(u, normal, e);
    femur_unit(u);
    femur_cross(v, normal, u);
}

static void read_plane(uint8_t px[PIXELS], const femur_body *f, const double at[3],
                       const double u[3], const double v[3])
{
    for (int j = 0; j < SIDE; j++)
        for (int i = 0; i < SIDE; i++) {
            double p[3];
            for (int a = 0; a < 3; a++)
                p[a] = at[a] + PLANE_MM * ((i - HALF) * u[a] + (j - HALF) * v[a]);
            size_t cell = femur_cell_at(f->g, p);
            px[j * SIDE + i] = cell == SIZE_MAX || f->g->bone[cell] == FEMUR_OUT ? PX_OUT
                               : f->labels[cell] == f->label                     ? PX_FEMUR
                                                                                 : PX_NONE;
        }
}

/* The femur's pixel nearest to the middle; SIZE_MAX when it is too far. */
static size_t find_start(const uint8_t px[PIXELS])
{
    size_t best = SIZE_MAX;
    int nearest = NEAR_PX * NEAR_PX + 1;
    for (int j = -NEAR_PX; j <= NEAR_PX; j++)
        for (int i = -NEAR_PX; i <= NEAR_PX; i++) {
            size_t at = (size_t) (j + HALF) * SIDE + (size_t) (i + HALF);
            if (px[at] == PX_FEMUR && i * i + j * j < nearest) {
                nearest = i * i + j * j;
                best = at;
            }
        }
    return best;
}

/* Marks the piece; how many pixels it has. */
static size_t flood(uint8_t px[PIXELS], size_t start, uint16_t stack[PIXELS], int *cut)
{
    size_t top = 0;
    size_t count = 0;
    *cut = 0;
    px[start] = PX_PIECE;
    stack[top++] = (uint16_t) start;
    while (top) {
        int at = stack[--top];
        int i = at % SIDE;
        int j = at / SIDE;
        const int to[4] = {i > 0 ? at - 1 : -1, i + 1 < SIDE ? at + 1 : -1, j > 0 ? at - SIDE : -1,
                           j + 1 < SIDE ? at + SIDE : -1};
        count++;
        for (int n = 0; n < 4; n++) {
            if (to[n] < 0)
                continue;
            *cut |= px[to[n]] == PX_OUT;
            if (px[to[n]] != PX_FEMUR)
                continue;
            px[to[n]] = PX_PIECE;
            stack[top++] = (uint16_t) to[n];
        }
    }
    return count;
}

static double find_least(const uint8_t px[PIXELS])
{
    double least = INFINITY;
    for (int n = 0; n < ANGLES; n++) {
        double c = cos(M_PI * n / ANGLES);
        double s = sin(M_PI * n / ANGLES);
        double low = INFINITY;
        double high = -INFINITY;
        for (size_t at = 0; at < PIXELS; at++) {
            if (px[at] != PX_PIECE)
                continue;
            const size_t row = at / SIDE;
            double along = c * (double) (at % SIDE) + s * (double) row;
            low = fmin(low, along);
            high = fmax(high, along);
        }
        least = fmin(least, (high - low + 1) * PLANE_MM);
    }
    return least;
}

void femur_cut(femur_section *out, const femur_body *f, const double at_mm[3],
               const double normal[3])
{
    uint8_t px[PIXELS];
    uint16_t stack[PIXELS];
    double u[3];
    double v[3];
    memset(out, 0, sizeof(*out));
    find_axes(u, v, normal);
    read_plane(px, f, at_mm, u, v);
    size_t start = find_start(px);
    if (start == SIZE_MAX)
        return;
    size_t count = flood(px, start, stack, &out->is_cut);
    double sum[2] = {0};
    for (size_t at = 0; at < PIXELS; at++)
        if (px[at] == PX_PIECE) {
            const size_t row = at / SIDE;
            sum[0] += (double) (at % SIDE) - HALF;
            sum[1] += (double) row - HALF;
        }
    for (int a = 0; a < 3; a++)
        out->centre_mm[a] = at_mm[a] + PLANE_MM * (sum[0] * u[a] + sum[1] * v[a]) / (double) count;
    out->area_mm2 = (double) count * PLANE_MM * PLANE_MM;
    out->least_mm = find_least(px);
}
