/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hip.h"

#include <math.h>
#include <string.h>

#include <osi/alloc.h>
#include <osi/fail.h>

#define PIXEL_MM   0.25
#define PIECE_MM   0.25 /* voxels are laid down in pieces not longer than that */
#define MAX_PIECES 32
#define MAX_PIXELS 4096

/* g/cm2 from mg/cm3 times mm */
#define MG_CM3_MM 1e-4

/* A voxel's place on the plane, and a step along each of its axes. */
typedef struct laying {
    double at0[2];
    double step[3][2];
    size_t pieces[3];
} laying;

static laying find_laying(const osi_hip_block *b, const osi_hip_frame *frame)
{
    laying l;
    const double first[3] = {(double) b->first[0], (double) b->first[1], (double) b->first[2]};
    double at_mm[3];
    osarc_grid_position_mm(&b->grid, first, at_mm);
    osi_hip_frame_lay(l.at0, frame, at_mm);
    for (int a = 0; a < 3; a++) {
        l.step[a][0] = 0;
        l.step[a][1] = 0;
        for (int c = 0; c < 3; c++) {
            double way = b->grid.direction[a][c] * b->grid.spacing_mm[a];
            l.step[a][0] += way * frame->across[c];
            l.step[a][1] += way * frame->up[c];
        }
        double wanted = ceil(b->grid.spacing_mm[a] / PIECE_MM);
        l.pieces[a] = wanted < MAX_PIECES ? (size_t) wanted : MAX_PIECES;
    }
    return l;
}

static osarc_status make_plane(osarc_hip_projection *p, const osi_hip_block *b, const laying *l,
                               osarc_error *err)
{
    double low[2] = {INFINITY, INFINITY};
    double high[2] = {-INFINITY, -INFINITY};
    for (int corner = 0; corner < 8; corner++)
        for (int d = 0; d < 2; d++) {
            double at = l->at0[d];
            for (int a = 0; a < 3; a++)
                at += l->step[a][d] * (corner >> a & 1 ? (double) b->size[a] - 0.5 : -0.5);
            low[d] = fmin(low[d], at);
            high[d] = fmax(high[d], at);
        }
    p->pixel_mm = PIXEL_MM;
    for (int d = 0; d < 2; d++) {
        p->origin_mm[d] = floor(low[d] / PIXEL_MM - 1) * PIXEL_MM;
        p->size[d] = (size_t) ceil((high[d] - p->origin_mm[d]) / PIXEL_MM) + 2;
        if (p->size[d] > MAX_PIXELS)
            return osi_fail(err, OSARC_ERR_QUALITY, "a femur of %.0f mm is too large",
                            high[d] - low[d]);
    }
    size_t count = p->size[0] * p->size[1];
    p->g_cm2 = osi_alloc(count, sizeof(*p->g_cm2), err);
    p->bone_mm = p->g_cm2 ? osi_alloc(count, sizeof(*p->bone_mm), err) : NULL;
    p->labels = p->bone_mm ? osi_alloc(count, 1, err) : NULL;
    return p->labels ? OSARC_OK : OSARC_ERR_MEMORY;
}

/* Sums on the plane, in double: the order is that of the voxels. */
typedef struct sums {
    double *mineral; /* mg/cm3 times mm3 */
    double *bone;    /* mm3 */
    double inverse;  /* pixels a mm */
    double origin[2];
    size_t width;
} sums;

/* To the four pixels around, by nearness: nothing is lost. */
static void lay_piece(const sums *s, const double at[2], double mineral, double bone)
{
    double x = (at[0] - s->origin[0]) * s->inverse;
    double y = (at[1] - s->origin[1]) * s->inverse;
    double i = floor(x);
    double j = floor(y);
    double fx = x - i;
    double fy = y - j;
    size_t n = (size_t) j * s->width + (size_t) i;
    const double part[4] = {(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy};
    const size_t to[4] = {n, n + 1, n + s->width, n + s->width + 1};
    for (int k = 0; k < 4; k++) {
        s->mineral[to[k]] += part[k] * mineral;
        s->bone[to[k]] += part[k] * bone;
    }
}

/* Share of bone between voxel middles; off: from the voxel's middle, in voxels. */
static double share_at(const osi_hip_block *b, const size_t at[3], const double off[3])
{
    size_t low[3];
    double part[3];
    size_t next[3];
    const size_t stride[3] = {1, b->size[0], b->size[0] * b->size[1]};
    size_t n = 0;
    for (int a = 0; a < 3; a++) {
        double x = (double) at[a] + off[a];
        double from = fmin(fmax(floor(x), 0), (double) b->size[a] - 1);
        low[a] = (size_t) from;
        part[a] = fmin(fmax(x - from, 0), 1);
        next[a] = low[a] + 1 < b->size[a] ? stride[a] : 0;
        n += low[a] * stride[a];
    }
    double sum = 0;
    for (int corner = 0; corner < 8; corner++) {
        double weight = 1;
        size_t m = n;
        for (int a = 0; a < 3; a++) {
            weight *= corner >> a & 1 ? part[a] : 1 - part[a];
            m += corner >> a & 1 ? next[a] : 0;
        }
        sum += weight * (double) b->share[m];
    }
    return sum;
}

static int all_deep(const osi_hip_block *b, size_t n, const size_t at[3])
{
    for (int a = 0; a < 3; a++)
        if (at[a] == 0 || at[a] + 1 == b->size[a])
            return 0;
    for (int k = -1; k <= 1; k++)
        for (int j = -1; j <= 1; j++)
            for (int i = -1; i <= 1; i++) {
                size_t m = n + (size_t) ((ptrdiff_t) i +
                                         ((ptrdiff_t) j + (ptrdiff_t) k * (ptrdiff_t) b->size[1]) *
                                             (ptrdiff_t) b->size[0]);
                if (b->kind[m] != OSI_HIP_DEEP)
                    return 0;
            }
    return 1;
}

static void lay_voxel(const sums *s, const osi_hip_block *b, const laying *l, size_t n,
                      const size_t at[3], double volume_mm3)
{
    double middle[2];
    double all = (double) (l->pieces[0] * l->pieces[1] * l->pieces[2]);
    double mineral = (double) b->mineral[n] * volume_mm3 / all;
    int deep = all_deep(b, n, at);
    for (int d = 0; d < 2; d++)
        middle[d] = l->at0[d] + (double) at[0] * l->step[0][d] + (double) at[1] * l->step[1][d] +
                    (double) at[2] * l->step[2][d];
    double off[3];
    for (size_t z = 0; z < l->pieces[2]; z++) {
        off[2] = ((double) z + 0.5) / (double) l->pieces[2] - 0.5;
        for (size_t y = 0; y < l->pieces[1]; y++) {
            off[1] = ((double) y + 0.5) / (double) l->pieces[1] - 0.5;
            for (size_t x = 0; x < l->pieces[0]; x++) {
                off[0] = ((double) x + 0.5) / (double) l->pieces[0] - 0.5;
                int bone = deep || share_at(b, at, off) >= 0.5;
                const double place[2] = {middle[0] + off[0] * l->step[0][0] +
                                             off[1] * l->step[1][0] + off[2] * l->step[2][0],
                                         middle[1] + off[0] * l->step[0][1] +
                                             off[1] * l->step[1][1] + off[2] * l->step[2][1]};
                lay_piece(s, place, mineral, bone ? volume_mm3 / all : 0);
            }
        }
    }
}

osarc_status osi_hip_splat(osarc_hip_projection *p, const osi_hip_block *b,
                           const osi_hip_frame *frame, osarc_error *err)
{
    const laying l = find_laying(b, frame);
    osarc_status status = make_plane(p, b, &l, err);
    if (status)
        return status;
    size_t pixels = p->size[0] * p->size[1];
    sums s = {osi_alloc(pixels, sizeof(double), err),
              NULL,
              1 / p->pixel_mm,
              {p->origin_mm[0], p->origin_mm[1]},
              p->size[0]};
    s.bone = s.mineral ? osi_alloc(pixels, sizeof(double), err) : NULL;
    status = s.bone ? OSARC_OK : OSARC_ERR_MEMORY;
    double volume_mm3 = osarc_grid_voxel_mm3(&b->grid);
    size_t n = 0;
    for (size_t k = 0; k < b->size[2] && !status; k++)
        for (size_t j = 0; j < b->size[1]; j++)
            for (size_t i = 0; i < b->size[0]; i++, n++) {
                const size_t at[3] = {i, j, k};
                if (b->kind[n] != OSI_HIP_SOFT && b->kind[n] != OSI_HIP_ELSE)
                    lay_voxel(&s, b, &l, n, at, volume_mm3);
            }
    double pixel_mm2 = p->pixel_mm * p->pixel_mm;
    for (size_t i = 0; i < pixels && !status; i++) {
        p->g_cm2[i] = (float) (s.mineral[i] / pixel_mm2 * MG_CM3_MM);
        p->bone_mm[i] = (float) (s.bone[i] / pixel_mm2);
    }
    osi_free(s.mineral);
    osi_free(s.bone);
    return status;
}
