/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_PHANTOM_SCENE_H
#define OSI_PHANTOM_SCENE_H

/* A kind of phantom as a table of solids, and that table with the options applied. */

#include <osarc/phantom.h>

#include "solid.h"

OSARC_BEGIN_DECLS

#define OSI_MAX_SOLIDS 96

/* Scanners keep 12 bits from there. */
#define OSI_LOWEST_HU (-1024)

/* Middle of the view: off the shapes' own middle, so that no surface runs along voxel borders. */
#define OSI_VIEW_X_MM 0.3
#define OSI_VIEW_Y_MM (-0.2)

typedef struct osi_kind {
    const char *name;
    const osi_solid *solids;
    size_t count;
    double half_view_mm; /* the circle of that radius holds body and blanket */
    double length_mm;    /* of the stack unless asked otherwise */
} osi_kind;

extern const osi_kind osi_kind_abdomen;
extern const osi_kind osi_kind_thigh;

typedef struct osi_scene {
    osi_solid solids[OSI_MAX_SOLIDS]; /* as in the kind's table, enhanced and moved */
    int used[OSI_MAX_SOLIDS];
    size_t count;
} osi_scene;

void osi_scene_make(osi_scene *out, const osi_kind *kind, const osarc_phantom_options *options);

/* Volume of each material of the body between two planes across z, in closed form. */
void osi_scene_volumes_mm3(double out[OSI_MATERIAL_COUNT], const osi_scene *scene, double low_z_mm,
                           double high_z_mm);

/* Cross-section of each material of the body at z, in closed form. */
void osi_scene_areas_mm2(double out[OSI_MATERIAL_COUNT], const osi_scene *scene, double z_mm);

/*
 * Fill an image (in HU, step 1, offset 0) and its labels on the same grid, whose axes are world
 * axes. covered_mm3: what each material fills, as drawn. options: with defaults filled in.
 */
OSARC_MUST_CHECK osarc_status osi_scene_draw(osarc_image *image, osarc_mask *tissue,
                                             double covered_mm3[OSI_MATERIAL_COUNT],
                                             const osi_scene *scene,
                                             const osarc_phantom_options *options,
                                             osarc_error *err);

OSARC_END_DECLS

#endif
