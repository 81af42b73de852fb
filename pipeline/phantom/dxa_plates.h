/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_PHANTOM_DXA_PLATES_H
#define OSI_PHANTOM_DXA_PLATES_H

/* A densitometer phantom as plates that add up along the beam. */

#include <osarc/dxa_phantom.h>

OSARC_BEGIN_DECLS

#define DXA_MAX_PLATES   48
#define DXA_MAX_TRUTHS   64
#define DXA_MAX_OUTLINES 8
#define DXA_MAX_CORNERS  96
/* Absorbers a scene may hold: lean, fat, mineral, or the two of a wedge. */
#define DXA_SLOTS 3

typedef enum dxa_profile {
    DXA_FLAT = 0,
    DXA_ROUND,  /* an elliptic cylinder lying along rows: falls to 0 at both sides */
    DXA_RAMP,   /* from -1 to 1 times across columns */
    DXA_ELLIPSE /* flat, its outline an ellipse */
} dxa_profile;

/* Lengths in mm from the middle of the image; columns to the left of the patient, rows down. */
typedef struct dxa_plate {
    double centre_mm[2];
    double half_mm[2];
    double angle_deg; /* its own first axis against that of columns, clockwise as seen */
    dxa_profile profile;
    double g_cm2[DXA_SLOTS]; /* at the middle; of a ramp, at the left side */
    const char *region;      /* static; NULL: of none */
} dxa_plate;

/* Mineral within straight edges; changes evenly from place to place. */
typedef struct dxa_outline {
    double at_mm[DXA_MAX_CORNERS][2];
    size_t count;
    double low_mm[2], high_mm[2]; /* of the box around it */
    double g_cm2;                 /* at 0, 0 */
    double rise_g_cm2_mm[2];
} dxa_outline;

typedef struct dxa_scene {
    dxa_plate plates[DXA_MAX_PLATES];
    size_t count;
    dxa_outline outlines[DXA_MAX_OUTLINES];
    size_t outline_count;
    osarc_absorber absorbers[DXA_SLOTS];
    double half_view_mm[2];
    osarc_dxa_view view;
    const char *protocol;
    osarc_dxa_truth truths[DXA_MAX_TRUTHS];
    size_t truth_count;
} dxa_scene;

/* options: with defaults filled in. */
typedef void (*dxa_build)(dxa_scene *scene, const osarc_dxa_phantom_options *options);
void dxa_build_wedge(dxa_scene *scene, const osarc_dxa_phantom_options *options);
void dxa_build_spine(dxa_scene *scene, const osarc_dxa_phantom_options *options);
void dxa_build_body(dxa_scene *scene, const osarc_dxa_phantom_options *options);
void dxa_build_hip(dxa_scene *scene, const osarc_dxa_phantom_options *options);
void dxa_build_forearm(dxa_scene *scene, const osarc_dxa_phantom_options *options);

/* What builders have in common. */
void dxa_add_plate(dxa_scene *scene, const dxa_plate *plate);
void dxa_add_truth(dxa_scene *scene, const char *region, const char *quantity, double value,
                   const char *unit);
void dxa_use_tissues(dxa_scene *scene);
enum {
    DXA_LEAN = 0,
    DXA_FAT = 1,
    DXA_BONE = 2
};

/* What of it lies where (at - from) . way >= 0. */
void dxa_outline_cut(dxa_outline *outline, const double from_mm[2], const double way[2]);
double dxa_outline_cm2(const dxa_outline *outline);
double dxa_outline_g(const dxa_outline *outline);
/* Density at a place; 0 outside. */
double dxa_outline_at(const dxa_outline *outline, const double at_mm[2]);

/* In (0, 1), the same for the same state. */
double dxa_uniform(uint64_t *state);

/* Mass in the beam at a place, in g/cm2. */
void dxa_scene_at(double out[DXA_SLOTS], const dxa_scene *scene, const double at_mm[2]);

/* Both images of the scene. */
OSARC_MUST_CHECK osarc_status dxa_project(osarc_dxa_pair *pair, const dxa_scene *scene,
                                          const osarc_dxa_phantom_options *options,
                                          osarc_error *err);

OSARC_END_DECLS

#endif
