/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_SPINE_LIMITS_H
#define SEGMENTATION_SPINE_LIMITS_H

/* Every number that finding and naming vertebrae stands on, once. Lengths in mm, adult anatomy. */

/* HU */
#define RING_HU        140.0 /* cortical bone blurred over a coarse voxel */
#define THIN_HU        100.0 /* a rib thinner than the cell */
#define CANAL_MIN_HU   (-60.0)
#define CANAL_MAX_HU   110.0
#define CANAL_DOUBT_HU 75.0  /* fluid, roots and fat read lower; osteoporotic marrow may not */
#define PLATE_HU       130.0 /* end plates and walls against discs and muscle */
#define CEMENT_HU      700.0 /* no trabecular bone, sclerosis or end plate is as bright over cm3 */

/* the canal and its walls */
#define COARSE_GRID_MM 3.0
#define RING_MM        34.5 /* the widest canal, wall to wall */
#define RING_REACH_MM  21.0
#define RING_ALONG_MM  12.0 /* walls of a level close the ring at its disc */
#define FREE_ALONG_MM  15.0 /* half a vertebra: marrow meets an end plate in it, the canal not */
#define FRONT_MM       15.0 /* from the middle of the canal to the middle of a body at least */
#define CANAL_GAP_MM   24.0 /* longest break in a canal */
#define CANAL_HALF_MM  9.0
#define LINE_SMOOTH_MM 12.0
#define TURN_SMOOTH_MM 24.0
#define EXTEND_MM      45.0 /* straight on beyond the canal's ends: to see what is there */

/* the straightened spine: s along the canal, u to the left, v to the back, 0 in the canal */
#define STRAIGHT_MM   1.5
#define STRAIGHT_HALF 44 /* steps each way across */

#define DISC_MIN_MM   17.0 /* from disc to disc: a mid-thoracic level of a small adult */
#define DISC_MAX_MM   48.0
#define DISC_USUAL_MM 31.0
#define DISC_SPREAD   0.3  /* SD of its logarithm, from the middle of the chest to L4 */
#define DISC_RATIO    0.12 /* SD of the logarithm of the ratio of neighbouring levels */
#define DISC_END_MM   10.5 /* nearer to the end of the view half of what tells a disc is missing */
#define DISC_UNEVEN   1.8  /* ratio of neighbours at which one disc must be wrong */

#define BODY_WIDEST_MM  60.0
#define BODY_DEEPEST_MM 45.0

/* naming */
#define RIB_TUBE_MM   30.0 /* from the midline: beyond every joint of a rib with the spine */
#define RIB_ROOT_MM   42.0 /* a rib starts nearer to the midline than that */
#define RIB_REACH_MM  62.0 /* a rib goes at least so far aside, no transverse process does */
#define RIB_DOUBT_MM  50.0 /* farther than that few transverse processes go */
#define RIB_FRONT_MM  30.0 /* a rib starts at most so far in front of the canal */
#define RIB_MAX_CM3   60.0 /* a rib to the side of the chest; hip bones are larger */
#define RIB_RISE_MM   3.0  /* from where a rib leaves the spine up to the middle of its level */
#define UNDER_MM      12.0 /* below the promontory: the first sacral body, as deep as others */
#define TAPER_MM      40.0 /* below the promontory the sacrum is thin and recedes */
#define TAPER_FULL    0.8  /* share of columns in front that meet bone there: a vertebra */
#define TAPER_BENEATH 0.6  /* the first sacral body may lean back */
#define TAPER_GONE    0.5  /* sacrum */
#define TAPER_LOSS    0.4  /* from the first sacral body down */
#define WING_LOW_MM   30.0 /* where the wing of the sacrum is, aside */
#define WING_HIGH_MM  45.0
#define WING_DEPTH_MM 24.0 /* below the promontory */
#define WING_SHARE    0.3  /* mean of both sides */
#define WING_LESS     0.15 /* the fainter side, where the spine leans */

#endif
