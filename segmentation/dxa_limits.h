/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_DXA_LIMITS_H
#define SEGMENTATION_DXA_LIMITS_H

/* Every number that regions of densitometer images stand on, once: lengths in mm, shares of the
 * way from soft tissue to bone. */

#define DXA_GRID_MM 1.0 /* work grid; edges are refined on the picture itself */

/* adult lumbar spine, from front */
#define AXIS_HALF_MM    20.0 /* half the width of a vertebral body */
#define AXIS_SLOPE      0.5  /* sideways for down: scoliosis that is still followed */
#define LATERAL_FROM_MM 8.0  /* beside the spinous process ... */
#define LATERAL_TO_MM   20.0 /* ... inside the body */
#define DISC_LEAST_MM   22.0 /* between discs, T11 to L5 */
#define DISC_MOST_MM    50.0
#define DISC_WINDOW_MM  17.0 /* half of the least height: depth against what lies around */
#define DISC_DEPTH      0.12 /* least depth of a disc */
#define DISC_FAINT      0.02 /* between others: the joints behind L4 and L5 may hide it */
#define DISC_UNEVEN     0.35 /* a neighbour's height may differ by so much */
#define DISC_LEVEL      0.02 /* price of a millimetre of tilt, as share of bone */
#define EDGE_FLOOR      0.15 /* contrast that counts half: noise and transverse processes */
#define EDGE_FROM_MM    12.0 /* from the axis, where the bone's edge may lie */
#define EDGE_TO_MM      36.0
#define SPINE_LEAST_MM  90.0 /* height of a picture with two whole vertebrae */
#define SPINE_CONTRAST  0.5  /* share of rows with bone along the axis */

/* anchors */
#define RIB_FROM_MM       40.0 /* from the axis, clear of transverse processes */
#define RIB_TO_MM         75.0
#define RIB_HEAD_MM       18.0 /* where it meets the vertebra */
#define RIB_SLOPE_LEAST   0.25
#define RIB_SLOPE_MOST    1.8
#define RIB_DEPTH         0.06 /* over what lies above and below it */
#define RIB_SHARE         0.6  /* of the best rib, that the last one stands out */
#define RIB_ABOVE_MM      20.0 /* so far above the picture it may meet the spine */
#define RIB_BESIDE_MM     9.0
#define RIB_OVER_CREST_MM 70.0 /* from the head of the last rib to the crest, at least */
#define CREST_WIDE_MM     12.0 /* so much of it, or it is a speck */
#define CREST_FROM_MM     45.0
#define CREST_SHARE       0.15
#define CREST_LEAST_MM    10.0 /* of it in view */
#define CREST_TALL_MM     35.0 /* no rib is so tall, however steep */
#define CREST_GAP_MM      3.0
/* The line between the crests crosses L4, the disc below it or the upper part of L5; pictures that
 * show their inner part alone show it low (seen in projections of a real volume). */
#define CREST_L5_SHARE   0.7
#define CREST_SURE_SHARE 0.5

/* proximal femur */
#define FEMUR_SHARE    0.2  /* of the way to bone: outline */
#define FEMUR_EDGE_MM  3.0  /* from the outline, where half the way to bone decides */
#define SHAFT_SEEN_MM  25.0 /* at the lower edge of the picture, that the axis is laid through */
#define SHAFT_LEAST_MM 18.0
#define SHAFT_MOST_MM  48.0
#define SHAFT_WIDENS   1.15 /* of its width: there the flare to the hip begins */
#define NECK_LEAST_MM  18.0
#define NECK_MOST_MM   50.0
#define NECK_FROM_AXIS_MM                                                                          \
    12.0 /* along the neck, from the shaft's axis to its narrowest section                         \
          */
#define NECK_TO_AXIS_MM 75.0
#define NECK_LEAST_DEG  105.0 /* between neck and shaft */
#define NECK_MOST_DEG   150.0
#define TROCHANTER_MM   25.0 /* from the outer edge to its tip, at most */
#define NECK_FIT_MM                                                                                \
    10.0 /* to either side of the narrowest section, that the axis is fitted over                  \
          */
#define NECK_FIT_RISE_MM 2.5  /* an edge that has risen so far is no longer the neck's */
#define NECK_HEAD_MM     18.0 /* from the narrowest section, where the head is ... */
#define HEAD_NECKS       1.1  /* ... wider by so much */
#define NECK_REACH       0.62 /* from its axis, in widths of its narrowest section */
#define LESSER_SPAN_MM   15.0 /* above and below, that it stands out from */
#define LESSER_LEAST_MM  1.0  /* so far, or it is not seen */
#define LESSER_MOST_MM   4.0  /* more: the leg is turned out */

/* whole body */
#define BODY_GRID_MM    3.0
#define BODY_LEAST_MM   1000.0 /* height: a child of five */
#define PIECE_LEAST_CM2 20.0   /* less is not body */
#define ODD_SHARE       0.05 /* of cells of the head and shoulders are brighter or darker by chance */
#define BONE_RUN_MM     15.0  /* bone goes on over so many rows; an edge of soft tissue does not */
#define HEAD_LEAST_MM   100.0 /* crown to chin */
#define CHIN_SHARE      0.5   /* of the skull's width: there the jaw ends */
#define CREST_SHARE_UP  0.25  /* of the way from waist to pelvis: there the crest begins */
#define PELVIS_FROM_MM  50.0  /* beside the middle: wings of the pelvis, clear of the spine */
#define PELVIS_TO_MM    120.0
#define PUBIS_MM        45.0 /* beside the middle: pubis and seat bones */
#define CROTCH_BELOW_MM 60.0 /* below the pubis; thighs that touch farther down hide it */
#define LEG_LEAST_DEG   20.0 /* of the cut over the horizontal */
#define LEG_MOST_DEG    60.0
#define LEG_FROM_MM     30.0 /* from the crotch: what crosses the femur */
#define LEG_TO_MM       200.0
#define GAP_LEAST_MM    40.0 /* height of the gap between arm and trunk */
#define SHOULDER_IN_MM  60.0 /* from the armpit inwards, where the cut may end above */
#define ANDROID_SHARE   0.2  /* of the way from pelvis to chin; GE Lunar */
#define GYNOID_BELOW    1.5  /* heights of the android region below the pelvis cut */
#define GYNOID_HEIGHTS  2.0

#endif
