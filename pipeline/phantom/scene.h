/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_PHANTOM_SCENE_H
#define OSI_PHANTOM_SCENE_H

/* A kind of phantom as a table of solids, and that table with the options applied. */

#include <osarc/phantom.h>

#include "solid.h"

OSARC_BEGIN_DECLS

#define OSI_MAX_SOLIDS 256

/* Scanners keep 12 bits from there. */
#define OSI_LOWEST_HU (-1024)

/* Middle of the view: off the shapes' own middle, so that no surface runs along voxel borders. */
#define OSI_VIEW_X_MM 0.3
#define OSI_VIEW_Y_MM (-0.2)

typedef struct osi_scene {
    osi_solid solids[OSI_MAX_SOLIDS]; /* as in the kind's table, enhanced and moved */
    int used[OSI_MAX_SOLIDS];
    size_t count;
    double hu[2][OSI_MATERIAL_COUNT]; /* at the first and the second voltage */
    osarc_phantom_level levels[OSI_LEVEL_MAX];
    size_t level_count;
    osarc_phantom_rod rods[OSARC_ROD_MAX];
    size_t rod_count;
    double lower_mm; /* the table lies that much lower */
} osi_scene;

struct osarc_phantom;

typedef struct osi_kind {
    const char *name;
    const osi_solid *solids;
    size_t count;
    double half_view_mm; /* the circle of that radius holds body and blanket */
    double length_mm;    /* of the stack unless asked otherwise */
    double centre_z_mm;  /* of the stack unless asked otherwise */
    /* More solids, levels and rods; NULL: the table is all. options: with defaults filled in. */
    void (*build)(osi_scene *scene, const osarc_phantom_options *options);
    /* Changes to the table's solids and materials; NULL: none. */
    void (*adapt)(osi_scene *scene, const osarc_phantom_options *options);
    /* CT numbers are not whole: they are rounded up or down at random, so that means keep them. */
    int is_exact;
    /* More than solids, drawn over them; NULL: none. */
    osarc_status (*paint)(struct osarc_phantom *phantom, osarc_error *err);
} osi_kind;

extern const osi_kind osi_kind_abdomen;
extern const osi_kind osi_kind_thigh;
extern const osi_kind osi_kind_spine;
extern const osi_kind osi_kind_hip;

/* 0 becomes the default; anything else must lie between the limits. */
OSARC_MUST_CHECK osarc_status osi_take(double *value, double otherwise, double low, double high,
                                       const char *what, osarc_error *err);

/* True areas and fractions of each limb of the thigh. */
void osi_thigh_find_truths(struct osarc_phantom *phantom);

/* What only the spine has. */
OSARC_MUST_CHECK osarc_status osi_spine_fill_defaults(osarc_phantom_options *o, osarc_error *err);

/* What only the hip has. */
OSARC_MUST_CHECK osarc_status osi_hip_fill_defaults(osarc_phantom_options *o, osarc_error *err);

/* Mineral density, its basis, and the mineral of bone that a CT number of it stands for. */
OSARC_MUST_CHECK osarc_status osi_mineral_fill_defaults(osarc_phantom_options *o,
                                                        double otherwise_mg_cm3, osarc_error *err);

/* How much longer it is than with five lumbar vertebrae. */
double osi_spine_extra_mm(const osarc_phantom_options *options);

/* Energies of the first and the second voltage, in keV; the second NAN when there is none. */
void osi_scene_energies_kev(double out[2], const osarc_phantom_options *options);

/* Add a solid, given in a frame's own axes; its index. */
int osi_scene_add(osi_scene *scene, const osi_solid *solid, const osi_frame *frame);

/* options: with defaults filled in. */
void osi_scene_make(osi_scene *out, const osi_kind *kind, const osarc_phantom_options *options);

/* Volume of each material of the body between two planes across z, in closed form. */
void osi_scene_volumes_mm3(double out[OSI_MATERIAL_COUNT], const osi_scene *scene, double low_z_mm,
                           double high_z_mm);

/* Cross-section of each material of the body at z, in closed form. */
void osi_scene_areas_mm2(double out[OSI_MATERIAL_COUNT], const osi_scene *scene, double z_mm);

/* What is filled, all on one grid whose axes are world axes; the last three may be NULL. */
typedef struct osi_canvas {
    osarc_image *image; /* in HU, step 1, offset 0 */
    osarc_mask *tissue;
    osarc_mask *structures;
    double *covered_mm3; /* what each of OSI_MATERIAL_COUNT fills, as drawn */
    int voltage;         /* 0 the first, 1 the second */
    int dither;          /* rounding at random */
} osi_canvas;

/* options: with defaults filled in. */
OSARC_MUST_CHECK osarc_status osi_scene_draw(const osi_canvas *canvas, const osi_scene *scene,
                                             const osarc_phantom_options *options,
                                             osarc_error *err);

/* As scanners store it: with noise that depends on seed and voxel only, and a whole number. */
int16_t osi_store_hu(double hu, double noise_sd_hu, uint64_t seed, int dither, size_t index);

OSARC_END_DECLS

#endif
