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
#define DISC_UNEVEN     0.35 /* a neighbour's height may differ by so much */
#define DISC_LEVEL      0.02 /* price of a millimetre of tilt, as share of bone */
#define EDGE_FLOOR      0.15 /* contrast that counts half: noise and transverse processes */
#define EDGE_FROM_MM    12.0 /* from the axis, where the bone's edge may lie */
#define EDGE_TO_MM      36.0
#define SPINE_LEAST_MM  90.0 /* height of a picture with two whole vertebrae */
#define SPINE_CONTRAST  0.5  /* share of rows with bone along the axis */

/* anchors */
#define RIB_FROM_MM     40.0 /* from the axis, clear of transverse processes */
#define RIB_TO_MM       75.0
#define RIB_HEAD_MM     18.0 /* where it meets the vertebra */
#define RIB_SLOPE_LEAST 0.25
#define RIB_SLOPE_MOST  1.8
#define RIB_DEPTH       0.06 /* over what lies above and below it */
#define RIB_SHARE       0.6  /* of the best rib, that the last one stands out */
#define RIB_ABOVE_MM    20.0 /* so far above the picture it may meet the spine */
#define RIB_BESIDE_MM   9.0
#define CREST_FROM_MM   45.0
#define CREST_SHARE     0.15
#define CREST_LEAST_MM  10.0 /* of it in view */

#endif
