/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parts.h"

#include <math.h>

#include <osi/grid.h>
#include <osi/threads.h>

/* Voxels that a surface crosses are split until their pieces are that small. */
#define PIECE_MM   0.34
#define MAX_PIECES 8

/* Depths in ellipsoids are right near the surface only: voxels that may be crossed are those a bit
 * beyond what half a diagonal says. */
#define CROSSING_SHARE 1.2

#define FEMUR_SIDE_MM 85.0 /* half of a box around a femur and its socket */
#define FEMUR_DEEP_MM 75.0
#define SHAFT_FROM_MM (-95.0) /* below that from the head there is nothing but the shaft, */
#define SHAFT_SIDE_MM 25.0    /* which is that far from its axis at most */

#define LABEL_HIP_LEFT 77

typedef struct painting {
    const osarc_phantom *phantom;
    const osarc_grid *grid;
    int16_t *stored;
    uint8_t *tissue;
    uint8_t *structures;
    double half_mm[3];
    double most_mm; /* half a voxel's diagonal, and more */
} painting;

/* Shares of what a voxel holds: they add up to 1 with muscle. */
typedef struct mixture {
    double shell, core, marrow, metal, socket_shell, socket_core;
} mixture;

static double share_of(double depth, double piece_mm)
{
    return fmin(fmax(0.5 + depth / piece_mm, 0), 1);
}

static void add_piece(mixture *sum, const osi_femur *femur, const osi_femur_depth *centre,
                      double most_mm, const double at_mm[3], double piece_mm)
{
    double own[3];
    osi_femur_own(own, femur, at_mm);
    osi_femur_depth d = osi_femur_depths_near(femur, own, centre, most_mm);
    double metal = share_of(d.metal, piece_mm);
    double bone = share_of(d.bone, piece_mm) * (1 - metal);
    double core = fmin(share_of(d.core, piece_mm) * (1 - metal), bone);
    double marrow = fmin(share_of(d.marrow, piece_mm) * (1 - metal), core);
    double socket = fmin(share_of(d.socket, piece_mm), 1 - bone - metal);
    double socket_core = fmin(share_of(d.socket_core, piece_mm), socket);
    sum->metal += metal;
    sum->shell += bone - core;
    sum->core += core - marrow;
    sum->marrow += marrow;
    sum->socket_shell += socket - socket_core;
    sum->socket_core += socket_core;
}

/* 1 when no surface can cross a voxel so far from all of them. */
static int is_even(const osi_femur_depth *d, double most_mm)
{
    return fabs(d->bone) > most_mm && fabs(d->core) > most_mm && fabs(d->marrow) > most_mm &&
           fabs(d->metal) > most_mm && fabs(d->socket) > most_mm && fabs(d->socket_core) > most_mm;
}

static mixture mix(const painting *p, const osi_femur *femur, const osi_femur_depth *centre,
                   const double at_mm[3])
{
    mixture sum = {0};
    size_t pieces[3];
    double step[3];
    double longest = 0;
    for (int c = 0; c < 3; c++) {
        double wanted = ceil(2 * p->half_mm[c] / PIECE_MM);
        pieces[c] = wanted < MAX_PIECES ? (size_t) wanted : MAX_PIECES;
        step[c] = 2 * p->half_mm[c] / (double) pieces[c];
        longest = fmax(longest, step[c]);
    }
    for (size_t z = 0; z < pieces[2]; z++)
        for (size_t y = 0; y < pieces[1]; y++)
            for (size_t x = 0; x < pieces[0]; x++) {
                const size_t at[3] = {x, y, z};
                double point[3];
                for (int c = 0; c < 3; c++)
                    point[c] = at_mm[c] - p->half_mm[c] + ((double) at[c] + 0.5) * step[c];
                add_piece(&sum, femur, centre, p->most_mm, point, longest);
            }
    double all = (double) (pieces[0] * pieces[1] * pieces[2]);
    sum.shell /= all;
    sum.core /= all;
    sum.marrow /= all;
    sum.metal /= all;
    sum.socket_shell /= all;
    sum.socket_core /= all;
    return sum;
}

static void put(const painting *p, const mixture *m, const osi_femur *femur, size_t v)
{
    const osarc_phantom_options *o = &p->phantom->options;
    const double *hu = p->phantom->scene.hu[0];
    double soft = 1 - m->shell - m->core - m->marrow - m->metal - m->socket_shell - m->socket_core;
    if (soft > 1 - 1e-12)
        return;
    double value = m->shell * hu[OSI_FEMUR_SHELL] + m->core * hu[OSI_FEMUR_CORE] +
                   m->marrow * hu[OSI_FAT_MARROW] + m->metal * hu[OSI_METAL] +
                   m->socket_shell * hu[OSI_COMPACT_BONE] +
                   m->socket_core * hu[OSI_TRABECULAR_BONE] + soft * hu[OSI_MUSCLE];
    p->stored[v] = osi_store_hu(value, o->noise_sd_hu, o->seed, 1, v);

    const double shares[5] = {soft, m->shell + m->socket_shell, m->core + m->socket_core, m->marrow,
                              m->metal};
    static const uint8_t LABELS[5] = {OSARC_TISSUE_SOFT, OSARC_TISSUE_COMPACT_BONE,
                                      OSARC_TISSUE_TRABECULAR_BONE, OSARC_TISSUE_TRABECULAR_BONE,
                                      OSARC_TISSUE_METAL};
    int best = 0;
    for (int i = 1; i < 5; i++)
        if (shares[i] > shares[best])
            best = i;
    p->tissue[v] = LABELS[best];
    double bone = m->shell + m->core + m->marrow + m->metal;
    double socket = m->socket_shell + m->socket_core;
    uint8_t left = femur->side > 0 ? 0 : 1;
    if (bone >= 0.5 && bone >= socket)
        p->structures[v] = (uint8_t) (OSARC_FEMUR_LEFT + left);
    else if (socket >= 0.5)
        p->structures[v] = (uint8_t) (LABEL_HIP_LEFT + left);
}

static mixture even_mixture(const osi_femur_depth *d)
{
    mixture m = {0};
    if (d->metal > 0)
        m.metal = 1;
    else if (d->marrow > 0)
        m.marrow = 1;
    else if (d->core > 0)
        m.core = 1;
    else if (d->bone > 0)
        m.shell = 1;
    else if (d->socket_core > 0)
        m.socket_core = 1;
    else if (d->socket > 0)
        m.socket_shell = 1;
    return m;
}

static void paint_voxel(const painting *p, size_t v, const double at_mm[3])
{
    const osi_femur *femur = &p->phantom->drawn[at_mm[0] > 0 ? 0 : 1];
    double own[3];
    if (p->stored[v] <= OSARC_OUTSIDE)
        return;
    osi_femur_own(own, femur, at_mm);
    if (fabs(at_mm[0] - femur->head_mm[0]) > FEMUR_SIDE_MM || fabs(own[1]) > FEMUR_DEEP_MM)
        return;
    if (own[2] + p->most_mm < SHAFT_FROM_MM &&
        hypot(own[0] - femur->cross_mm[0], own[1] - femur->cross_mm[1]) >
            SHAFT_SIDE_MM + p->most_mm)
        return;
    osi_femur_depth d = osi_femur_depths(femur, own);
    mixture m = is_even(&d, p->most_mm) ? even_mixture(&d) : mix(p, femur, &d, at_mm);
    put(p, &m, femur, v);
}

osarc_status osi_femurs_paint(osarc_phantom *phantom, osarc_error *err)
{
    (void) err;
    const osarc_phantom_options *o = &phantom->options;
    const osarc_grid *grid = osarc_image_grid(phantom->image);
    painting p = {.phantom = phantom,
                  .grid = grid,
                  .stored = osarc_image_fill(phantom->image),
                  .tissue = osarc_mask_fill(phantom->tissue),
                  .structures = osarc_mask_fill(phantom->structures)};
    const double extent_mm[3] = {grid->spacing_mm[0], grid->spacing_mm[1], o->thickness_mm};
    double square = 0;
    for (int c = 0; c < 3; c++) {
        for (int a = 0; a < 3; a++)
            p.half_mm[c] += fabs(grid->direction[a][c]) * extent_mm[a] / 2;
        square += p.half_mm[c] * p.half_mm[c];
    }
    p.most_mm = CROSSING_SHARE * sqrt(square);
#pragma omp parallel for schedule(dynamic) num_threads(osi_threads(o->threads))
    for (size_t k = 0; k < grid->size[2]; k++)
        for (size_t j = 0; j < grid->size[1]; j++) {
            const double start[3] = {0, (double) j, (double) k};
            double at_mm[3];
            osarc_grid_position_mm(grid, start, at_mm);
            size_t base = (k * grid->size[1] + j) * grid->size[0];
            for (size_t i = 0; i < grid->size[0]; i++) {
                double point[3];
                for (int c = 0; c < 3; c++)
                    point[c] = at_mm[c] + (double) i * grid->spacing_mm[0] * grid->direction[0][c];
                paint_voxel(&p, base + i, point);
            }
        }
    return OSARC_OK;
}
