/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_LIMITS_H
#define SEGMENTATION_LIMITS_H

/*
 * Every number the tissue labels stand on, once. HU limits are half-way points between the two
 * materials that meet there (air -1000, lung -850, adipose -100, soft tissue 50; ICRU-44 at 120 kVp);
 * lengths are anatomy in mm.
 */

/* HU */
#define AIR_HU            (-1000.0)
#define BODY_HU           (-500.0)  /* air against skin */
#define GAS_HU            (-400.0)  /* lung or gas against soft tissue */
#define WALL_HU           (-40.0)   /* adipose against a wall that fills half a work voxel */
#define BONE_LOW_HU       150.0     /* over unenhanced soft tissue with noise */
#define BONE_SEED_HU      220.0
#define SOFT_HU           50.0      /* what bone borders on */
#define COMPACT_HU        350.0     /* trabecular bone of the young adult (250) against compact (450 up) */
#define METAL_SEED_HU     2400.0    /* over enamel and dense compact bone */
#define METAL_HU          1800.0
#define LUNG_LOW_HU       (-950.0)  /* an air space with a higher mean is lung, not air */
#define MARROW_LOW_HU     (-200.0)  /* marrow is fat at the least; lower is gas */
#define CANAL_LOW_HU      (-20.0)   /* thecal sac and its fat */
#define CANAL_HIGH_HU     70.0

/* mm */
#define WORK_MM           2.0  /* voxel of the work grid */
#define OPENING_MM        5.0  /* table tops and tubes are thinner than twice this */
#define LIMB_MM           10.0 /* half the thickness of the thinnest body part kept apart */
#define SKIN_MM           4.0  /* skin with its partial volume */
#define BALL_MM           12.0 /* rolls over the wall; half the widest gap between recti */
#define SMALL_BALL_MM     5.0  /* follows folds of the wall */
#define FOLD_MM           6.0  /* how far the small ball may leave the large one's path */
#define MARROW_GAP_MM     3.0  /* half the widest vessel hole in a cortex */
#define MARROW_RADIUS_MM  28.0 /* femoral head, 25 mm */
#define CORE_MM           5.0  /* depth that only thick structures have */

/* cm3, cm2 */
#define WALL_MIN_CM3      20.0 /* muscle; smaller islands under the skin are vessels and nodes */
#define PART_MIN_CM3      20.0 /* smallest body part */
#define BONE_MIN_CM3      0.5
#define MARROW_MAX_CM3    250.0
#define MARROW_MAX_CM2    25.0 /* section of a vertebral body or femoral head */
#define CANAL_MIN_CM2     0.8
#define CANAL_MAX_CM2     6.0

#endif
