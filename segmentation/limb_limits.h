/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_LIMB_LIMITS_H
#define SEGMENTATION_LIMB_LIMITS_H

/* Every number that thighs stand on, once; anatomy in mm, cm2 and HU. */

#define STRIDE_MM       2.0 /* in plane, where regions are decided */
#define STRIDE_SLICE_MM 3.0

/* a shaft: 20 to 40 mm across, round, with a thick cortex; metaphyses are wider */
#define SHAFT_LOW_CM2   3.0
#define SHAFT_HIGH_CM2  13.0
#define SHAFT_WIDE_MM   52.0
#define SHAFT_SLENDER   1.9  /* longest over shortest side, a section across a bowed shaft */
#define SHAFT_FILL      0.55 /* of the box round it; a disc fills 0.79 */
#define SHAFT_COMPACT   0.28 /* of its area; the canal of an old femur is wide */
#define SHAFT_LENGTH_MM 30.0
#define SHAFT_OF_STACK  0.6 /* in a stack shorter than that */
#define SHAFT_GAP_MM    30.0
#define SHAFT_STEP_MM   8.0 /* sideways from slice to slice, and so much for each mm between */
#define SHAFT_LEAN      0.6
#define FEMUR_LEAST_CM2 3.6 /* median along a shaft: 21 mm across; arms and forearms have less */
#define THIGH_LEAST_CM2 45.0
#define GAS_CM2         1.0  /* of bowel or lung in the same part of the body: no thigh */
#define PAIR_MM         60.0 /* two shafts nearer to each other belong to one limb: no thigh */
#define PAIR_CM2        0.4
#define TRUNK_RATIO     2.2 /* another part of the body that much larger, with bone: no thigh */
#define TRUNK_BONE_CM2  4.0
#define PELVIS_CM2      1.0 /* another bone in the section: the limb is joined to the trunk */
#define PELVIS_AWAY_MM  40.0
#define PATELLA_AWAY_MM 60.0
#define CONTACT_MM      8.0      /* half the widest neck between two parts that only touch */
#define CONTACT_WIDE_MM 14.0     /* the same, where both sides are thicker than that */
#define CONTACT_HU      (-200.0) /* air between two parts that nearly touch, blurred */
#define CORE_ERODED_MM  5.0      /* skin that lies on skin is thinner than twice this */
#define NEAR_MM         24.0     /* over the sum of both margins: farther is no limb */
#define FAR_MM          150.0    /* from the muscles of a limb to its skin */
#define FOREIGN_CM2     0.3
#define CUT_MM          4.0  /* along the edge of the view; a touch is less */
#define OTHER_LIMB_CM2  3.0  /* in view of a limb that has no shaft there */
#define SIDE_OFFSET_MM  4.0  /* the femur lies to the outside of the middle of its limb */
#define SIDE_SHARE      0.75 /* in view, where the middle of a limb that is cut still tells */
#define HIP_BONE_CM2    2.0  /* bone that tells the inner side of a femur */
#define MERGED_MIN_MM   10.0 /* shorter extents are not measured, single slices aside */

/* in the plane */
#define LIMB_SKIN_MM   2.5
#define GROUP_CM2      1.0  /* the smallest muscle; vessels, nerves and tendons have less */
#define GROUP_THICK_MM 3.2  /* depth of a muscle somewhere; sheets of skin have less */
#define THICK_CM2      0.4  /* of what stays of a group when that is taken off all round */
#define FASCIA_BALL_MM 30.0 /* spans the grooves between muscles as the fascia lata does */
#define FASCIA_CELL_MM 1.6
#define FASCIA_SLACK   0.7 /* voxels */

/* ends of the femur */
#define FLARE         1.9  /* times the area of the shaft: condyles and trochanters */
#define TROCHANTER_MM 15.0 /* sideways, where the lateral edge jumps to the neck */

#endif
