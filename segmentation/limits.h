/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_LIMITS_H
#define SEGMENTATION_LIMITS_H

/*
 * Every number the tissue labels stand on, once. HU limits are half-way points between the two
 * materials that meet there (air -1000, lung -850, adipose -100, soft tissue 50; ICRU-44 at 120
 * kVp); lengths are anatomy in mm.
 */

/* HU */
#define AIR_HU        (-1000.0)
#define BODY_HU       (-480.0) /* air against skin */
#define GAS_HU        (-480.0) /* gas against soft tissue */
#define WALL_HU       (-40.0)  /* adipose against a wall that fills half a work voxel */
#define BONE_LOW_HU   110      /* the lowest that can be told from unenhanced soft tissue */
#define BONE_SEED_HU  220      /* a piece of bone holds at least this somewhere */
#define TAIL_LOW_HU   220      /* frequencies here are bone's alone */
#define TAIL_HIGH_HU  320
#define TAIL_WIDTH_HU 5
#define TAIL_RATIO    3.0 /* trabecular bone is that much more frequent than denser bone */
#define TAIL_RATIO_CONTRAST                                                                        \
    1.5                /* with contrast, vessels fill the gap between soft tissue and bone */
#define EDGE_SHARE 0.5 /* of the height of a resolved bone edge: its true place */
#define EDGE_SHARE_COARSE                                                                          \
    0.10                     /* where a voxel is wider than two cortices: any bone in it shows     \
                              */
#define BONE_EDGE_HU  75     /* a blurred edge of bone: over muscle by its noise */
#define SOFT_HU       50.0   /* what bone borders on */
#define COMPACT_HU    350.0  /* trabecular bone of the young adult (250) against compact (450 up) */
#define METAL_SEED_HU 2400.0 /* over enamel and dense compact bone */
#define METAL_HU      1800.0
#define LUNG_LOW_HU   (-950.0) /* an air space with a higher mean is lung, not air */
#define LUNG_SHARE    0.03     /* of the body; bowel gas blurred at its edge is less */
#define MARROW_LOW_HU (-200.0) /* marrow is fat at the least; lower is gas */

#define CANAL_LOW_HU  (-30.0) /* thecal sac with its fat; the marrow of long bones is fatter */
#define CANAL_HIGH_HU 70.0
#define TUBE_SD_HU    35.0  /* cord, roots and fluid with noise; trabeculae and fat vary more */
#define TUBE_HIGH_HU  100.0 /* cord and ligaments, not trabecular bone */
#define SHAFT_HU      450.0 /* compact bone of a shaft, averaged over a work voxel */

#define NOISY_HU 25.0 /* SD that puts one voxel in 300 of fat beyond its window */

#define CORTEX_SDS 3.0 /* so many SDs of noise over soft tissue a single voxel is bone */

/* mm */
#define SMOOTH_MM     0.8  /* radius of the median on noisy scans */
#define WORK_MM       2.0  /* voxel of the work grid */
#define OPENING_MM    5.0  /* table tops and tubes are thinner than twice this */
#define LIMB_MM       10.0 /* half the thickness of the thinnest body part kept apart */
#define SKIN_MM       3.0
#define BALL_MM       20.0 /* rolls over the wall; half the widest gap between recti */
#define SMALL_BALL_MM 4.0  /* follows folds of the wall */
#define POCKET_MM     80.0 /* depth of the deepest fold: between the legs */
#define DEEP_MM       30.0 /* deeper than flanks and groins fold without skin in them */
#define AIR_NEAR_MM   40.0 /* of the bottom of such a fold from the air in it */
#define MARROW_RADIUS_MM                                                                           \
    28.0                    /* as far as bone is from the middle of a bone: femoral head, 25 mm    \
                             */
#define TUBE_MM        40.0 /* longer than a lumbar vertebra with its disc */
#define TUBE_GROWTH_MM 6.0  /* from the middle of the canal to its wall */
#define FINE_MM        1.5  /* cortex and voxel alike: edges resolved */
#define THIN_MM        1.0  /* no hole opens in a thin cortex that slants through the grid */
#define COARSE_MM      3.0
#define CORE_MM        5.0 /* depth that only thick structures have */

/* cm3, cm2 */
#define WALL_MIN_CM3  20.0 /* muscle; smaller islands under the skin are vessels and nodes */
#define WALL_MIN_CM2  1.5  /* a thin rectus; veins under the skin are narrower than 1 cm */
#define PART_MIN_CM3  20.0 /* smallest body part */
#define BONE_MIN_CM3  0.5
#define PIN_HOLE_CM2  0.8
#define CANAL_MAX_CM2 6.0
#define SHAFT_MAX_CM2 12.0 /* section of a long bone; a vertebra with its arch has more */

/* the layer that is the mouth of a fold, in work voxels; volume over mouth against depth */
#define MOUTH_VOXELS    1.2
#define POCKET_WIDENING 1.1

/* enhanced blood inside a calcified wall varies with noise alone */
#define VESSEL_CV 0.15

/* millimetres aside per millimetre along the body: the curve of the lumbar spine over a vertebra */
#define TUBE_TILT 0.25

/* share of a space's section that sees no bone along the body */
#define CANAL_SHARE 0.3
/* share of the border that is compact bone in the shaft of a long bone */
#define SHAFT_COMPACT_SHARE 0.5

/* directions out of 26 in which marrow sees bone; the second round starts from the first one's bone
 */
#define MARROW_MIN_RAYS      13
#define MARROW_MIN_RAYS_THIN 6           /* of the 8 in plane */
#define MARROW_SHARE         (23.0 / 26) /* cortex resolved */
#define MARROW_SHARE_COARSE  (17.0 / 26) /* thin cortex lost in the voxels */
#define MARROW_SHARE_AGAIN   (2.0 / 26)  /* so much more in the second round */

#endif
