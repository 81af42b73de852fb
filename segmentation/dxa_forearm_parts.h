/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_DXA_FOREARM_PARTS_H
#define SEGMENTATION_DXA_FOREARM_PARTS_H

#include "dxa_plane.h"

/* Every number that the regions of a forearm stand on; lengths in mm. */
#define ARM_GRID_MM    0.5
#define ARM_BLUR_MM    2.0
#define ARM_CLIP_G_CM2 2.5  /* metal does not widen what lies around */
#define ARM_BONE_G_CM2 0.15 /* over it soft tissue seldom reads ... */
#define ARM_BONE_CM2   4.0  /* ... on so much of a picture */
#define ARM_SHARE      0.3  /* of the way to bone: outline */
#define ARM_EDGE_SHARE 0.5  /* what a pixel near the outline has to hold */
#define ARM_EDGE_MM    2.0
#define ARM_LEVEL_MM   5.0  /* along the bone, that its level is looked for over */
#define SHAFTS_SEEN_MM 20.0 /* at an edge of the picture, that two shafts run through */
#define SHAFTS_SHARE   0.8  /* of those rows */
#define BONE_LEAST_MM  4.0  /* a narrower run is none */
#define SHAFT_FROM_MM  6.0  /* of a radius or an ulna */
#define SHAFT_TO_MM    30.0
#define SEAM_OFF_MM    1.0  /* from the middle of a shaft carried on, where the seam may lie */
#define SEAM_TURN      0.02 /* price of a step aside, in shares of bone */
#define STRIP_MM       26.0 /* from the middle of its shaft a bone reaches so far at most */
#define TIP_WIDTH_MM   1.0  /* less is no bone any more ... */
#define TIP_GAP_MM     1.5  /* ... over such a gap */
#define WRIST_FROM_MM  8.0  /* from the tip, where the width at the wrist is taken */
#define WRIST_TO_MM    20.0
#define WRIST_WIDER    1.25 /* the radius than the ulna there */
#define AXIS_FROM_MM   30.0 /* from the tip, where the shaft of the ulna begins */
#define AXIS_LEAST_MM  25.0 /* of it */
#define SEAM_OPEN      0.5  /* share of bone between both, over which they overlap */
#define WITHIN_MM      1.0  /* from the picture's edge, where the last rows are not whole */
#define THIRD_FROM_MM  7.0  /* width of a radius at a third of the forearm */
#define THIRD_TO_MM    25.0
#define ARM_PICTURE_MM 700.0 /* a side; larger ones show no forearm alone */
#define BESIDE_MM      3.0   /* of soft tissue beside the radius in view */

/* A picture of a forearm laid straight: rows from the elbow to the hand, both bones along them. */
typedef struct dxa_arm {
    dxa_plane plane; /* the picture, upside down when the hand is below */
    int is_flipped;
    double level, limit; /* of bone, and of its outline */
    double from[2];      /* in cells: middle of the forearm in the first row */
    double way[2];       /* unit, to the hand */
    size_t nu, nv;
    double middle; /* u of the arm's middle */
    float *value;
    uint8_t *ok;
    double line[2][2]; /* of both shafts: across at row 0, and per row */
    float *seam;       /* between both bones, by row */
    /* of each bone by row: inner and outer end of it; empty where outer <= inner in width */
    float *ends[2];
    int ulna;      /* 0: nearer to u = 0 */
    double tip[2]; /* of the ulna: across, row */
    double axis;   /* of the ulna: steps across per row */
    int stage;     /* how far it was understood */
    char why[160];
} dxa_arm;

osarc_status dxa_arm_make(dxa_arm *arm, const osarc_dxa_picture *picture, int flip,
                          osarc_error *err);
void dxa_arm_free(dxa_arm *arm);

/* Both say in `why` what was not found. */
osarc_status dxa_arm_straighten(dxa_arm *arm, osarc_error *err);
osarc_status dxa_arm_part(dxa_arm *arm, osarc_error *err);

/* Width of a bone in a row, in cells. */
static inline double dxa_arm_width(const dxa_arm *arm, int bone, size_t row)
{
    const float *e = arm->ends[bone] + 2 * row;
    return e[1] > e[0] ? (double) e[1] - (double) e[0] : 0;
}

#endif
