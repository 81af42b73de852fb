/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_PHANTOM_SPINE_H
#define OSI_PHANTOM_SPINE_H

/* Parts of the spine kind, which are put together in kind_spine.c. */

#include "scene.h"

OSARC_BEGIN_DECLS

/* One vertebra: sizes in mm, and where it is. */
typedef struct osi_vertebra {
    const char *name;
    uint8_t label;
    int is_thoracic;
    osi_material spongiosa;
    double half_width_mm;
    double depth_mm;
    double half_height_mm;
    double disc_mm;     /* height of the disc below it */
    double spinous_mm;  /* length of the spinous process */
    double rib_end_deg; /* 0: no rib; see osi_add_ribs */
    int is_fractured;
    int has_metal;
    int has_cement;
    osi_frame frame; /* middle of the body; x left, y back, z up */
} osi_vertebra;

/* Where along the axis through the ellipse's centre the flat back of a body lies. */
#define OSI_BODY_CUT 0.75

/* Body, arch and processes inside `parent`; fills the level's geometry. */
void osi_add_vertebra(osi_scene *scene, const osi_vertebra *v, int parent,
                      osarc_phantom_level *level);

/* Disc and canal between two neighbours. */
void osi_add_disc(osi_scene *scene, const osi_vertebra *upper, const osi_vertebra *lower,
                  int parent);

/* One pair. */
void osi_add_ribs(osi_scene *scene, const osi_vertebra *v, int parent);

/* S1 to S3 in the frame of S1, and the hip bones. */
void osi_add_pelvis(osi_scene *scene, const osi_frame *s1, int parent);

/* Under the back, which reaches to back_mm; lowers the table. */
void osi_add_rods(osi_scene *scene, const osarc_phantom_options *options, double back_mm);

OSARC_END_DECLS

#endif
