/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_PHANTOM_SHARE_H
#define OSI_PHANTOM_SHARE_H

/* Which materials fill a voxel that a surface crosses, and how much of it each. */

#include "scene.h"

OSARC_BEGIN_DECLS

/* Solids whose surface crosses a voxel, front to back, and what is behind them. */
typedef struct osi_crossing {
    size_t solids[OSI_MAX_SOLIDS];
    int parents[OSI_MAX_SOLIDS];     /* place of the parent in this list; less than 0: not in it */
    osi_reach reach[OSI_MAX_SOLIDS]; /* of one piece */
    double part[OSI_MAX_SOLIDS];     /* of a piece that each fills */
    double weight[OSI_MAX_SOLIDS];   /* what those in front of its group leave of the piece */
    double own[OSI_MAX_SOLIDS + 1];  /* what each has to itself, and last what is behind */
    size_t count;
    osi_material behind;
    uint8_t structure_behind;
} osi_crossing;

/* parent: of each placed solid the index of the solid around it; less than 0: none drawn. */
typedef struct osi_sharing {
    const osi_placed *placed;
    const int *parent;
    double half_mm[3]; /* of a voxel, along x, y, z */
} osi_sharing;

/* Shares of materials in a voxel, and in cross->own those of solids. */
void osi_share_voxel(double shares[OSI_MATERIAL_COUNT], const osi_sharing *how, osi_crossing *cross,
                     const double centre_mm[3]);

OSARC_END_DECLS

#endif
