/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "share.h"

#include <limits.h>
#include <math.h>
#include <string.h>

/* A voxel on a surface is split until its pieces are that small: the surface is nearly flat there.
 */
#define PIECE_MM   0.5
#define MAX_PIECES 32

/* Along an axis that no crossing surface leans to, one piece is as good as many. */
static size_t pieces_along(const osi_sharing *how, const osi_crossing *cross, int axis)
{
    int varies = 0;
    for (size_t s = 0; s < cross->count; s++)
        for (int a = 0; a < 3; a++)
            varies |= how->placed[cross->solids[s]].to_unit[a][axis] != 0;
    if (!varies)
        return 1;
    double wanted = ceil(2 * how->half_mm[axis] / PIECE_MM);
    return wanted < MAX_PIECES ? (size_t) wanted : MAX_PIECES;
}

static void find_parents(osi_crossing *cross, const osi_sharing *how)
{
    for (size_t s = 0; s < cross->count; s++) {
        int parent = how->parent[cross->solids[s]];
        cross->parents[s] = -1;
        for (size_t t = s + 1; t < cross->count && cross->parents[s] < 0; t++)
            if ((int) cross->solids[t] == parent)
                cross->parents[s] = (int) t;
    }
}

/*
 * Children take from their parent, exactly, and children of one parent do not meet: their shares
 * add up. Groups that stand apart hide one another as if their shares were independent.
 */
static void share_piece(double shares[OSI_MATERIAL_COUNT], const osi_sharing *how,
                        osi_crossing *cross, const double point_mm[3], const double half_mm[3])
{
    double *part = cross->part;
    double *weight = cross->weight;
    double left = 1;
    double total = 0;
    int group = INT_MIN; /* what its solids lie in */
    double before = 1;
    for (size_t s = 0; s < cross->count; s++) {
        size_t solid = cross->solids[s];
        part[s] = osi_solid_misses(&how->placed[solid], &cross->reach[s], point_mm)
                      ? 0
                      : osi_solid_share(&how->placed[solid], point_mm, half_mm);
        weight[s] = 0;
        if (cross->parents[s] >= 0)
            continue;
        if (how->parent[solid] != group) {
            group = how->parent[solid];
            before = left;
            total = 0;
        }
        weight[s] = before;
        total += part[s];
        left = before - before * fmin(total, 1);
    }
    for (size_t s = cross->count; s-- > 0;) {
        int parent = cross->parents[s];
        if (parent >= 0)
            weight[s] = weight[parent];
        if (part[s] == 0)
            continue;
        double amount = weight[s] * part[s];
        shares[how->placed[cross->solids[s]].material] += amount;
        cross->own[s] += amount;
        if (parent >= 0) {
            shares[how->placed[cross->solids[parent]].material] -= amount;
            cross->own[parent] -= amount;
        }
    }
    shares[cross->behind] += left;
    cross->own[cross->count] += left;
}

void osi_share_voxel(double shares[OSI_MATERIAL_COUNT], const osi_sharing *how, osi_crossing *cross,
                     const double centre_mm[3])
{
    find_parents(cross, how);
    memset(cross->own, 0, (cross->count + 1) * sizeof(*cross->own));
    size_t pieces[3];
    double half_mm[3];
    for (int a = 0; a < 3; a++) {
        pieces[a] = pieces_along(how, cross, a);
        half_mm[a] = how->half_mm[a] / (double) pieces[a];
    }
    for (size_t s = 0; s < cross->count; s++)
        cross->reach[s] = osi_solid_reach(&how->placed[cross->solids[s]], half_mm);
    memset(shares, 0, OSI_MATERIAL_COUNT * sizeof(*shares));
    double point_mm[3];
    for (size_t z = 0; z < pieces[2]; z++)
        for (size_t y = 0; y < pieces[1]; y++)
            for (size_t x = 0; x < pieces[0]; x++) {
                const size_t at[3] = {x, y, z};
                for (int a = 0; a < 3; a++)
                    point_mm[a] =
                        centre_mm[a] - how->half_mm[a] + half_mm[a] * (double) (2 * at[a] + 1);
                share_piece(shares, how, cross, point_mm, half_mm);
            }
    double all = (double) (pieces[0] * pieces[1] * pieces[2]);
    for (int m = 0; m < OSI_MATERIAL_COUNT; m++)
        shares[m] /= all;
}
