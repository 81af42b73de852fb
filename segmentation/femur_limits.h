/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_FEMUR_LIMITS_H
#define SEGMENTATION_FEMUR_LIMITS_H

/* Every number the proximal femur stands on, once: lengths in mm, values in HU. */

#define SEARCH_MM        3.0      /* grid of the search: an eighth of a head */
#define PART_MM          2.0      /* grid of the parts: half of a neck's cortex and gap together */
#define CLOSING_MM       4.0      /* half the widest joint space, with the blur of thick slices */
#define SHUT_MM          8.0      /* half the widest hole in a thin shell on that grid */
#define SHUT_IN_MOST_MM3 150000.0 /* inside of the largest head with its neck and trochanters */
#define BALL_LEAST_MM    15.0     /* largest ball in the smallest head, on the grid of the search */
#define HEAD_LEAST_MM    18.0     /* radius; adults have 19 to 29 */
#define HEAD_MOST_MM     30.0
#define APART_MM         15.0 /* between places the search starts from */
#define SEARCH_FAR_MM    18.0 /* from there to the centre */
#define RIM_MM           1.0 /* half the way over which the rim falls off, in the plane of a slice */
#define RIM_HU           100.0 /* fall that counts fully: closed joint space on thick slices */
#define SEARCH_SCORE     0.4   /* less at the first look is no head */
#define STARTS_APART_MM  6.0
#define STARTS_RADII_MM  3.0
#define HIGH_LAT         0.766 /* sine of 50 degrees: roof and floor of the socket are left out */
#define LOW_HU           (-50.0)
#define HIGH_HU          600.0

#define METAL_REACH_MM 15.0  /* streaks of metal reach so far past the ball */
#define METAL_MM3      200.0 /* a screw's thread; less is a clip or noise */

/* the joint: shares of directions */
#define NECK_REACH_MM  14.0  /* past the rim */
#define NECK_CONE_COS  0.906 /* 25 degrees */
#define NECK_LEAST_X   0.5   /* a neck leaves sideways, however the leg is turned */
#define NECK_MOST_Y    0.6   /* what goes to the front or back is a column of the pelvis */
#define WALL_LEAST_X   0.5
#define NECK_LEAST     0.15
#define NECK_ENOUGH    0.35 /* so much of a cone in bone is a neck, as far as that tells */
#define NECK_HIGH_Z    0.45
#define NECK_LOW_Z     (-0.9)
#define AWAY_COS       0.17 /* 80 degrees from the neck */
#define SOCKET_NEAR_MM 2.0
#define SOCKET_FAR_MM  13.0

/* the split: what belongs to which side at the start, from the centre of the ball */
#define BALL_RIM_MM    0.5  /* past the radius: rim of the head with its blur */
#define SOCKET_GAP_MM  3.0  /* from the radius to bone that is surely the socket's */
#define SOCKET_SEED_MM 12.0 /* and how far that holds */
#define NECK_SEED_MM   5.0  /* half the narrowest neck */

/* the sphere through the rim */
#define TOGETHER_COS    0.985 /* 10 degrees: rays this close are read as one */
#define LEAST_FALL_HU   15.0  /* over 2 mm; a rim on 3 mm voxels falls by 40 and more */
#define RIM_REACH_MM    4.0   /* from the sphere so far */
#define REFINE_NECK_COS 0.5   /* 60 degrees: the neck flares into the head */
#define BRIGHT_RIM      1.2   /* of the rim's third decile: brighter is rim and socket in one */
#define LEAST_RIMS      40    /* a tenth of the rays */
#define INNER_START_MM  2.5   /* from rim and socket in one to the rim */
#define REFINE_FAR_MM   8.0   /* the search was not so far off */

/* the sphere through ridges: rim and socket in one, where the joint space is closed */
#define RIDGE_REACH_MM    5.0
#define RIDGE_HALF        8    /* steps either way: 4 mm */
#define RIDGE_LEAST_HU    20.0 /* over both of its sides */
#define RIDGE_START_MM    23.0 /* radius */
#define RIDGE_APART_MM    8.0  /* starts from the ball, along each axis */
#define RIDGE_SHARE       0.5  /* of the rays in which one is seen; */
#define RIDGE_CLEAR       0.30 /* that over their spread in mm */
#define RIDGE_LEAST       0.25 /* of that; less is not looked at */
#define RIDGE_LOOK        2    /* after so many steps */
#define RIDGE_HOPE        0.10 /* less than that leads nowhere */
#define RIDGE_NEXT        0.85 /* of the clearest: others may be heads as well */
#define RIDGE_OFF_MM      5.0  /* they lie a little into the socket */
#define RIDGE_SCORE       0.42
#define RIDGE_SCORE_CLEAR 0.60
#define RIDGE_SOCKET      0.80

/* neck and shaft: from the centre of the head */
#define PLANE_MM          1.5 /* pixel of a section */
#define NECK_FROM         0.6 /* of the radius: the head's own sections narrow from its middle on */
#define NECK_FAR_MM       30.0 /* past the radius */
#define NECK_STEP_MM      1.5
#define SHAFT_STEP_MM     3.0
#define SHAFT_STEPS       200   /* no femur is longer */
#define NECK_FLARE        1.15  /* past the narrowest the section grows by so much */
#define SHAFT_FROM_MM     95.0  /* below both trochanters */
#define SHAFT_TO_MM       175.0 /* before the shaft's bow tells */
#define SHAFT_LEAST_MM    24.0
#define SHAFT_LEAST_CELLS 500 /* of the grid of the parts: 4 cm3 */
#define SHAFT_MOST_MM2    1600.0
#define LESSER_HIGH_MM    25.0 /* below the head's centre, along the shaft */
#define LESSER_LOW_MM     90.0
#define LESSER_LEAST_MM   2.0 /* stands out over the shaft below, or three times that above */

/* the edge between voxels, from where the labels end */
#define EDGE_STEP_MM    0.5
#define EDGE_FAR_MM     60.0 /* no edge is farther from an axis */
#define EDGE_IN_MM      6.0
#define EDGE_OUT_MM     4.0
#define EDGE_NEAR_MM    1.5      /* the rim's densest is not farther out */
#define EDGE_LOW_HU     (-150.0) /* fat */
#define EDGE_TURN_COS   0.985    /* 10 degrees: pixels were not so far off */
#define NECK_NEAR_STEPS 4        /* either way from the narrowest section its middles are a line */
#define LESSER_STEP_MM  1.0
#define LESSER_STEPS    8 /* either way the lesser trochanter is round, */
#define LESSER_RAYS     3 /* and so many rays to either side */
#define LESSER_ROUNDS   4
#define GREATER_DEEP_MM 4.0 /* of the tip: its middle is looked for there */
#define GREATER_SIDE_MM 12.0

/* which places are heads */
#define LARGE_BALL_MM   20.0 /* in most heads; in vertebrae and sacrum at times */
#define CHOSEN_LEAST_MM 18.5 /* radius; half the fall lies a little outside the rim */
#define CHOSEN_SCORE    0.50
#define CHOSEN_SOCKET   0.50
#define CHOSEN_WALL     0.35
#define WALL_MORE       0.15 /* than on the other side */
#define WALL_LESS       0.05 /* than that, at most, where the middle tells the side */
#define MIRROR_SCORE    0.35 /* where the mirror image of a head lies */
#define ROW_STEP_MM     4.0
#define ROWS_APART_MM   8.0
#define MIDLINE_FAR_MM  100.0 /* from a height where the body is whole in view */
#define FROM_MIDLINE_MM 45.0  /* heads lie 75 to 100 mm from the middle; the body may lie aslant */
#define FAR_MIDLINE_MM  135.0
#define UNEVEN_MM       80.0 /* one head over or before the other */
#define HEAD_IN_VIEW    0.6  /* of its sphere */
#define ROUND_MM        0.3  /* no rim on voxels is rounder */
#define HEAD_ROUND_MM   0.75 /* of the rim about the sphere */
#define PLAIN_CLEAR     1.2  /* no other start is tried after that */
#define CHOSEN_CLEAR                                                                               \
    0.85 /* score over that; what is no head has 0.8 at most where the side is known */

/* how far bone is shared out over and under the heads */
#define SPLIT_OVER_MM  45.0
#define SPLIT_UNDER_MM 520.0

/* limits of adult femurs, with room for error */
#define NECK_SHARE_LEAST     0.25 /* of the head's section */
#define NECK_SHARE_MOST      0.90
#define NECK_WIDTH_LEAST     18.0
#define NECK_SHAFT_LEAST_DEG 100.0
#define NECK_SHAFT_MOST_DEG  155.0

/* trabecular bone of the head */
#define CORE_MARGIN_MM 5.0
#define CORE_LEAST     8 /* voxels */

/* what stays of a femur */
#define CLEAN_MM     4.0 /* half the thickness of what hangs on by itself */
#define BALL_SURE_MM 2.0 /* inside the radius: no blurred rim of the gap */
#define REST_MM      3.0 /* corners of the bone that such a ball does not reach */

#endif
