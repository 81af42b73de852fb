/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_PHANTOM_FEMUR_H
#define OSI_PHANTOM_FEMUR_H

/*
 * A proximal femur and its socket as unions of simple shapes that run into each other, which a
 * table of solids cannot hold. Own axes: x to the side of the body, y to the back, z up along the
 * shaft; the centre of the head is the origin.
 */

#include "scene.h"

OSARC_BEGIN_DECLS

#define OSI_FEMUR_HEAD_MM        24.0 /* radius */
#define OSI_FEMUR_ALONG_MM       50.0 /* from the head's centre to where the axes cross */
#define OSI_FEMUR_NECK_SHAFT_DEG 126.86989764584402 /* cosine -0.6 */
#define OSI_FEMUR_WAIST_MM       28.0 /* from the head's centre to the narrowest section */
#define OSI_FEMUR_WAIST_RADIUS   15.5

typedef struct osi_femur {
    double anteversion_deg;   /* the head is in front of the shaft by that */
    double joint_gap_mm;      /* between head and socket */
    int has_metal;            /* a ball in the head and a stem in the shaft */
    int side;                 /* 1 left, -1 right */
    double head_mm[3];        /* in patient space */
    double axes[3][3];        /* own x, y, z in patient space, one a row */
    double neck[3];           /* unit, from the head to the shaft, own axes */
    double cross_mm[3];       /* where the axes of neck and shaft cross, own axes */
    double greater_mm[3];     /* middle of the greater trochanter */
    double lesser_mm[3];      /* middle of the lesser one */
    double lesser_peak_mm[3]; /* where it stands out most from the shaft's axis */
} osi_femur;

/* turn_deg: of the leg about a line along its shaft, toes outwards; the head stays. */
void osi_femur_make(osi_femur *out, int side, const osarc_phantom_options *options);

/* How deep a point of own axes lies in each surface, in mm, less than 0 outside; about right near
 * the surface. */
typedef struct osi_femur_depth {
    double bone;
    double core;   /* spongy bone and canal, inside the compact shell */
    double marrow; /* fat in the canal, inside the core */
    double metal;
    double socket;
    double socket_core;
} osi_femur_depth;

osi_femur_depth osi_femur_depths(const osi_femur *femur, const double own_mm[3]);

/* Again, beside a point with those depths: what is deeper than near_mm either way is kept. */
osi_femur_depth osi_femur_depths_near(const osi_femur *femur, const double own_mm[3],
                                      const osi_femur_depth *beside, double near_mm);

/* Own axes from patient space. */
void osi_femur_own(double out_mm[3], const osi_femur *femur, const double patient_mm[3]);

/* Patient space from own axes. */
void osi_femur_patient(double out_mm[3], const osi_femur *femur, const double own_mm[3]);

/* Lengths of a line across both axes in bone, core and fat, in closed form. u, v: where it meets
 * the plane of the axes, from their crossing, u towards the middle of the body, v up the shaft. */
void osi_femur_chords(double out_mm[3], const osi_femur *femur, double u_mm, double v_mm);

/* Landmarks. */
void osi_femur_describe(osarc_phantom_femur *out, const osi_femur *femur,
                        const osarc_phantom_options *options, double low_z_mm, double high_z_mm);

typedef struct osi_femur_mineral {
    double compact_mg_cm3;
    double core_mg_cm3;
} osi_femur_mineral;

/* By midpoint sums of chords every step_mm: to 0.1 % at OSI_TRUTH_STEP_MM. */
#define OSI_TRUTH_STEP_MM 0.1
void osi_femur_regions(osarc_phantom_hip_region out[OSARC_HIP_REGION_COUNT], const osi_femur *femur,
                       const osi_femur_mineral *mineral, double step_mm);

OSARC_END_DECLS

#endif
