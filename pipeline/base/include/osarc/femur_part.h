/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_FEMUR_PART_H
#define OSARC_FEMUR_PART_H

/**
 * @file femur_part.h
 * A proximal femur as it was found, in landmarks: made by segmentation, read by projection and
 * measures. Places in mm, LPS; directions are unit vectors; NAN where it is not in view.
 */

#include <osarc/side.h>

OSARC_BEGIN_DECLS

#define OSARC_FEMUR_LEFT  75 /**< Structure numbers, TotalSegmentator v2 `total`. */
#define OSARC_FEMUR_RIGHT 76

/*
 * A voxel of a femur. 0: none.
 */
#define OSARC_FEMUR_PRESENT 0x01u
#define OSARC_FEMUR_SECOND  0x02u /**< Of femur 1 of the list; without it of femur 0. */
#define OSARC_FEMUR_COMPACT 0x04u /**< Cortex; without it trabecular bone and marrow. */

typedef struct osarc_femur {
    osarc_side side;
    uint8_t label;         /**< OSARC_FEMUR_LEFT or _RIGHT; 0 while the side is not known. */
    int is_second;         /**< 1: its voxels carry OSARC_FEMUR_SECOND. */
    const char *side_from; /**< What the side stands on. Static. */
    double head_mm[3];     /**< Centre of the sphere through the head's surface. */
    double head_radius_mm;
    double head_in_view;     /**< Share of the head's sphere that the view holds. */
    double neck_mm[3];       /**< Middle of the narrowest section. */
    double neck_axis[3];     /**< From shaft to head. */
    double neck_section_mm2; /**< Narrowest section, marrow included. */
    double neck_least_mm;    /**< The narrowest section's smaller diameter. */
    double shaft_mm[3];      /**< On the axis, at the height of the lesser trochanter. */
    double shaft_axis[3];    /**< Towards the hip. */
    double greater_mm[3];    /**< Tip of the greater trochanter. */
    double lesser_mm[3];     /**< Top of the lesser trochanter, where it stands out most. */
    double shaft_in_view_mm; /**< Below the lesser trochanter; 0 when that is not in view. */
    double neck_shaft_deg;   /**< On the medial side, 125 to 135 in most. */
    double anteversion_deg;  /**< Of the neck against the condyles; NAN without them in view. */
    double neck_forward_deg; /**< Of the neck against the table; turns with the leg. */
    char refused_all[160];   /**< Why nothing is measured in it, such as metal; "" when sound. */
    char refused_neck[160];  /**< Why the neck is not measured; "" when it is. */
    char refused_total[160]; /**< Why regions down the shaft are not measured; "" when they are. */
} osarc_femur;

OSARC_END_DECLS

#endif
