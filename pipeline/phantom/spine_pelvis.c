/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine.h"

#include <math.h>
#include <string.h>

/* Ribs, sacrum and hip bones. Lengths in mm. */

#define GAP_MM 0.02

#define SACRUM        25
#define SACRUM_S1     26
#define HIP_LEFT      77
#define HIP_RIGHT     78
#define RIB_LEFT_1    92
#define RIB_RIGHT_1   104
#define FIRST_RIB_ROW 34 /* structure number of T10, whose rib is the tenth */

/* A rib is part of an elliptic ring that leans down to the side and to the front. */
#define RIB_HALF_X      66.0
#define RIB_HALF_Y      62.0
#define RIB_INNER       0.88 /* size of the inner outline */
#define RIB_HALF_HEIGHT 6.0
#define RIB_FROM_DEG    144.9
#define RIB_DOWN_DEG    25.0
#define RIB_FRONT_DEG   15.0
#define RIB_GAP_MM      2.9

/* narrow: share of the usual width across, where the spine leans to that side of the trunk. */
static osi_solid rib_shape(double outer, double inner, double half_height, double narrow)
{
    return (osi_solid){.role = OSI_BODY,
                       .shape = OSI_CYLINDER,
                       .half_mm = {narrow * RIB_HALF_X * outer, RIB_HALF_Y * outer, half_height},
                       .hole_mm = {narrow * RIB_HALF_X * inner, RIB_HALF_Y * inner}};
}

void osi_add_ribs(osi_scene *scene, const osi_vertebra *v, int parent)
{
    if (!(v->rib_end_deg > 0))
        return;
    for (int side = -1; side <= 1; side += 2) {
        /* the head lies beside the body; the ring goes on from there */
        double room = RIB_GAP_MM + v->half_height_mm * fabs(v->frame.axes[2][0]);
        const double head_mm[3] = {side * (v->half_width_mm + room), 6, 0};
        osi_frame frame;
        osi_frame_point(frame.origin_mm, &v->frame, head_mm);
        frame = osi_frame_upright(frame.origin_mm);
        double narrow = 1 - 0.011 * fmax(0, side * v->frame.origin_mm[0]);
        osi_frame_lean(&frame, side * RIB_DOWN_DEG, -RIB_FRONT_DEG, 0);
        osi_solid rib = rib_shape(1, RIB_INNER, RIB_HALF_HEIGHT, narrow);
        osi_solid marrow = rib_shape(0.975, RIB_INNER + 0.025, RIB_HALF_HEIGHT - 1.5, narrow);
        int number = FIRST_RIB_ROW - v->label;
        rib.name = "rib";
        rib.material = OSI_COMPACT_BONE;
        rib.parent = parent;
        rib.structure = (uint8_t) ((side > 0 ? RIB_LEFT_1 : RIB_RIGHT_1) + 9 + number);
        rib.centre_mm[0] = side * 54.0 * narrow;
        rib.centre_mm[1] = -36;
        rib.arc_deg[0] = side > 0 ? v->rib_end_deg : 180 - RIB_FROM_DEG;
        rib.arc_deg[1] = side > 0 ? RIB_FROM_DEG : 180 - v->rib_end_deg;
        marrow.name = "rib_marrow";
        marrow.material = OSI_TRABECULAR_BONE;
        marrow.structure = rib.structure;
        marrow.centre_mm[0] = rib.centre_mm[0];
        marrow.centre_mm[1] = rib.centre_mm[1];
        marrow.arc_deg[0] = rib.arc_deg[0] + 2;
        marrow.arc_deg[1] = rib.arc_deg[1] - 2;
        marrow.parent = osi_scene_add(scene, &rib, &frame);
        osi_scene_add(scene, &marrow, &frame);
    }
}

/* What a block of the sacrum is placed by: the bodies' axis, or the leaning back of one. */
typedef enum base {
    AXIS,
    S1_BACK,
    S2_BACK,
    S3_BACK,
    BASE_COUNT
} base;

/* In the frame of S1: bodies are 32 deep above, 18, 12 and 8 at their lower ends. */
static const struct {
    double y_mm;
    double z_mm;
    double back_deg;
} BASES[BASE_COUNT] = {[AXIS] = {0, 0, 0},
                       [S1_BACK] = {12.5, 0, 14.036},
                       [S2_BACK] = {7.5, -25, 7.765},
                       [S3_BACK] = {5, -46, 5.711}};

typedef struct block {
    const char *name;
    osi_shape shape;
    osi_material material;
    int parent; /* index in the table; less than 0: the sacrum's own */
    uint8_t structure;
    base base;
    double centre_mm[3];
    double half_mm[3];
    double taper; /* half depth changes by that share from the middle to the upper end */
} block;

enum {
    S1,
    S1_CORE,
    ARCH_1,
    CANAL_1,
    ALA_LEFT,
    ALA_LEFT_CORE,
    ALA_RIGHT,
    ALA_RIGHT_CORE,
    S2,
    S2_CORE,
    ARCH_2,
    CANAL_2,
    ALA_2_LEFT,
    ALA_2_RIGHT,
    S3,
    S3_CORE,
    ARCH_3,
    CANAL_3,
    CREST,
    BLOCK_COUNT
};

#define G GAP_MM

/* x left, y back, z up; half heights of the bodies are 14, 11 and 10. */
/* clang-format off */
static const block BLOCKS[BLOCK_COUNT] = {
    [S1] = {"sacrum_1", OSI_BOX, OSI_COMPACT_BONE, -1, SACRUM_S1, AXIS, {0, 0, 0}, {25, 12.5, 14}, 3.5 / 12.5},
    [S1_CORE] = {"sacrum_1_core", OSI_BOX, OSI_TRABECULAR_BONE, S1, SACRUM_S1, AXIS, {0, 0, 0}, {23.5, 10.9, 12.5}, 3.125 / 10.9},
    [ARCH_1] = {"sacrum_1_arch", OSI_BOX, OSI_ARCH_BONE, -1, SACRUM, S1_BACK, {0, 10 + G, 0}, {18, 10, 11.5}, 0},
    [CANAL_1] = {"sacral_canal_1", OSI_CYLINDER, OSI_CANAL_FLUID, ARCH_1, 0, S1_BACK, {0, 8, 0}, {11, 6.5, 11.5}, 0},
    [ALA_LEFT] = {"ala_left", OSI_BOX, OSI_COMPACT_BONE, -1, SACRUM, AXIS, {36 + G, 4, 0}, {11, 11, 12}, 0},
    [ALA_LEFT_CORE] = {"ala_left_core", OSI_BOX, OSI_TRABECULAR_BONE, ALA_LEFT, SACRUM, AXIS, {36 + G, 4, 0}, {9.5, 9.5, 10.5}, 0},
    [ALA_RIGHT] = {"ala_right", OSI_BOX, OSI_COMPACT_BONE, -1, SACRUM, AXIS, {-36 - G, 4, 0}, {11, 11, 12}, 0},
    [ALA_RIGHT_CORE] = {"ala_right_core", OSI_BOX, OSI_TRABECULAR_BONE, ALA_RIGHT, SACRUM, AXIS, {-36 - G, 4, 0}, {9.5, 9.5, 10.5}, 0},
    [S2] = {"sacrum_2", OSI_BOX, OSI_COMPACT_BONE, -1, SACRUM, AXIS, {0, 0, -25 - G}, {19, 7.5, 11}, 1.5 / 7.5},
    [S2_CORE] = {"sacrum_2_core", OSI_BOX, OSI_TRABECULAR_BONE, S2, SACRUM, AXIS, {0, 0, -25 - G}, {17.5, 5.9, 9.5}, 1.295 / 5.9},
    [ARCH_2] = {"sacrum_2_arch", OSI_BOX, OSI_ARCH_BONE, -1, SACRUM, S2_BACK, {0, 8 + G, 0}, {15, 8, 9.5}, 0},
    [CANAL_2] = {"sacral_canal_2", OSI_CYLINDER, OSI_CANAL_FLUID, ARCH_2, 0, S2_BACK, {0, 6, 0}, {9, 4.5, 9.5}, 0},
    [ALA_2_LEFT] = {"ala_2_left", OSI_BOX, OSI_ARCH_BONE, -1, SACRUM, AXIS, {28 + G, 1, -25}, {9, 7, 10}, 0},
    [ALA_2_RIGHT] = {"ala_2_right", OSI_BOX, OSI_ARCH_BONE, -1, SACRUM, AXIS, {-28 - G, 1, -25}, {9, 7, 10}, 0},
    [S3] = {"sacrum_3", OSI_BOX, OSI_COMPACT_BONE, -1, SACRUM, AXIS, {0, 0, -46 - 2 * G}, {22, 5, 10}, 1 / 5.0},
    [S3_CORE] = {"sacrum_3_core", OSI_BOX, OSI_TRABECULAR_BONE, S3, SACRUM, AXIS, {0, 0, -46 - 2 * G}, {20.5, 3.4, 8.5}, 0.85 / 3.4},
    [ARCH_3] = {"sacrum_3_arch", OSI_BOX, OSI_ARCH_BONE, -1, SACRUM, S3_BACK, {0, 6 + G, 0}, {12, 6, 9}, 0},
    [CANAL_3] = {"sacral_canal_3", OSI_CYLINDER, OSI_CANAL_FLUID, ARCH_3, 0, S3_BACK, {0, 4.5, 0}, {7, 3.5, 9}, 0},
    [CREST] = {"sacral_crest", OSI_BOX, OSI_ARCH_BONE, -1, SACRUM, S1_BACK, {0, 23 + 2 * G, -2}, {3, 3, 10}, 0},
};
/* clang-format on */

#undef G

static void add_sacrum(osi_scene *scene, const osi_frame *s1, int parent)
{
    int first = (int) scene->count;
    for (int i = 0; i < BLOCK_COUNT; i++) {
        const block *b = &BLOCKS[i];
        osi_solid solid = {.name = b->name,
                           .role = OSI_BODY,
                           .shape = b->shape,
                           .material = b->material,
                           .parent = b->parent < 0 ? parent : first + b->parent,
                           .structure = b->structure};
        for (int a = 0; a < 3; a++) {
            solid.centre_mm[a] = b->centre_mm[a];
            solid.half_mm[a] = b->half_mm[a];
        }
        if (b->taper > 0) {
            /* ends of a wedge lie along its own z: that is its front and back */
            const double axes[3][3] = {{1, 0, 0}, {0, 0, 1}, {0, -1, 0}};
            memcpy(solid.axes, axes, sizeof(axes));
            solid.half_mm[1] = b->half_mm[2];
            solid.half_mm[2] = b->half_mm[1];
            solid.wedge[1] = b->taper;
        }
        const double origin_mm[3] = {0, BASES[b->base].y_mm, BASES[b->base].z_mm};
        osi_frame frame = osi_frame_upright(origin_mm);
        osi_frame_lean(&frame, 0, BASES[b->base].back_deg, 0);
        osi_solid_move(&solid, &frame);
        osi_scene_add(scene, &solid, s1);
    }
}

/* A flat ellipsoid each side, its upper rim at the disc between the last two lumbar vertebrae. */
static void add_hip_bones(osi_scene *scene, const osi_frame *s1, int parent)
{
    for (int side = -1; side <= 1; side += 2) {
        osi_solid wing = {.name = "hip_bone",
                          .role = OSI_BODY,
                          .shape = OSI_ELLIPSOID,
                          .material = OSI_COMPACT_BONE,
                          .parent = parent,
                          .centre_mm = {s1->origin_mm[0] + side * 84, s1->origin_mm[1] - 24,
                                        s1->origin_mm[2] - 13},
                          .half_mm = {7.5, 64, 68},
                          .turn_deg = side * 30.0,
                          .structure = side > 0 ? HIP_LEFT : HIP_RIGHT};
        int index = osi_scene_add(scene, &wing, NULL);
        wing.name = "hip_bone_core";
        wing.material = OSI_TRABECULAR_BONE;
        wing.parent = index;
        for (int a = 0; a < 3; a++)
            wing.half_mm[a] -= 2;
        osi_scene_add(scene, &wing, NULL);
    }
}

void osi_add_pelvis(osi_scene *scene, const osi_frame *s1, int parent)
{
    add_sacrum(scene, s1, parent);
    add_hip_bones(scene, s1, parent);
}
