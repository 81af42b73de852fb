/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TEST_ROD_SCENE_H
#define TEST_ROD_SCENE_H

/* A body on a table with a rod phantom between them, of analytic shapes. Places in LPS mm. */

#include <osarc/density.h>

typedef struct rod_scene {
    const osarc_rod_model *model; /* NULL: no phantom */
    double slope, intercept_hu;   /* of the scale; slope 0: 1.35 */
    double pixel_mm, slice_mm;    /* 0: 0.8, 2.5 */
    double width_mm, length_mm;   /* of the view; 0: 400, 100 */
    double noise_hu;
    double blur_mm; /* width of edges; 0: 1.5 */
    unsigned seed;
    double tilt_deg[2];    /* of the rods towards the left, towards the back */
    double roll_deg;       /* of phantom and row about the rods */
    double left_mm;        /* middle of the row, from the middle of the view */
    double from_mm, to_mm; /* rods lie there along z, 0 is the middle; 0, 0: all through */
    double spread;         /* of the rods, 0: as in the model */
    double diameter_mm;    /* 0: as in the model */
    double wall_mm;        /* of plastic above and below the rods; 0: 5 */
    double base_hu;        /* with base_set */
    int base_set;
    int mirrored;      /* rods in the other order: feet first */
    int pressed;       /* the body rests on the phantom, and it is labelled as body */
    int no_body;       /* the phantom lies on the table alone */
    int flat;          /* a flat table instead of a curved one */
    int beside;        /* beside the body instead of under it */
    int circle;        /* what is outside the circle of view is padded */
    int plane;         /* 0 axial, 1 sagittal, 2 coronal */
    int reversed;      /* index axes run the other way */
    double spoiled_mm; /* streaks through all rods for so long, from the middle */
    double vessel_hu;  /* two vessels in the body; 0: none */
} rod_scene;

typedef struct rod_scan {
    osarc_image *image;
    osarc_mask *tissue;
} rod_scan;

void rod_scene_make(rod_scan *out, const rod_scene *scene);
void rod_scan_free(rod_scan *scan);

/* Middle of a rod at z = 0. */
void rod_scene_rod(const rod_scene *scene, size_t rod, double lps_mm[3]);

/* What a rod is drawn with. */
double rod_scene_hu(const rod_scene *scene, size_t rod);

#endif
