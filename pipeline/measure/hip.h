/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_MEASURE_HIP_H
#define OSI_MEASURE_HIP_H

/* Inside of a projection: hip_block.c reads a femur and what is around it, hip_splat.c lays it on
 * the plane, hip_regions.c draws regions, hip_values.c sums them. */

#include <osarc/measure_hip.h>

/** Axes of the plane in patient space. */
typedef struct osi_hip_frame {
    double origin_mm[3];
    double across[3]; /* x of the plane, to the middle of the body */
    double up[3];     /* y of the plane */
} osi_hip_frame;

/** What a voxel of the block is. */
enum {
    OSI_HIP_SOFT = 0,
    OSI_HIP_DEEP = 1, /* of this femur, all neighbours as well */
    OSI_HIP_EDGE = 2, /* of this femur, beside something else */
    OSI_HIP_RIM = 3,  /* around it: may hold a part of it */
    OSI_HIP_ELSE = 4  /* other bone, metal, gas, outside the view */
};

/** A box of voxels around the femur, read and sorted. */
typedef struct osi_hip_block {
    size_t size[3];
    size_t first[3]; /* in the image */
    osarc_grid grid; /* of the image */
    uint8_t *kind;
    uint8_t *compact; /* 1: compact bone of this femur, by its finder */
    float *density;   /* mg/cm3 as read */
    float *mineral;   /* mg/cm3 that count; 0 where none */
    float *share;     /* of the voxel that is bone */
    double noise_mg_cm3;
} osi_hip_block;

OSARC_MUST_CHECK osarc_status osi_hip_frame_make(osi_hip_frame *out, const osarc_femur *femur,
                                                 osarc_error *err);

/** From patient space to the plane. */
void osi_hip_frame_lay(double out_mm[2], const osi_hip_frame *frame, const double patient_mm[3]);

OSARC_MUST_CHECK osarc_status osi_hip_block_read(osi_hip_block *out, const osarc_hip_input *input,
                                                 osarc_error *err);
void osi_hip_block_free(osi_hip_block *block);

/** Mineral and share from density and kind. */
OSARC_MUST_CHECK osarc_status osi_hip_block_sort(osi_hip_block *block, osarc_error *err);

/** Fills size, origin, g_cm2 and bone_mm. */
OSARC_MUST_CHECK osarc_status osi_hip_splat(osarc_hip_projection *out, const osi_hip_block *block,
                                            const osi_hip_frame *frame, osarc_error *err);

/** Places axes, box and lines. */
void osi_hip_place(osarc_hip_projection *p, const osi_hip_frame *frame, const osarc_femur *femur,
                   osarc_neck_rule rule);

/** A pixel is bone where the line holds so much of it. */
#define OSI_HIP_EDGE_MM 2.0

/** Labels every pixel that holds anything, with the box and the lines moved; in `bone` those that
 * count for area. */
typedef struct osi_hip_moves {
    double box_mm;  /* along the neck, away from the head */
    double line_mm; /* up */
} osi_hip_moves;

void osi_hip_label(uint8_t *labels, const osarc_hip_projection *p, const osi_hip_moves *moves);

/** 1 where the pixel counts for area. */
int osi_hip_is_bone(const osarc_hip_projection *p, size_t pixel);

OSARC_MUST_CHECK osarc_status osi_hip_values_sum(osarc_hip_projection *p,
                                                 const osi_hip_block *block,
                                                 const osi_hip_frame *frame,
                                                 const osarc_hip_input *input, osarc_error *err);

#endif
