/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_VERTEBRA_H
#define OSARC_VERTEBRA_H

/**
 * @file vertebra.h
 * What is known of a vertebra, and what its name stands on: found by segmentation, printed by
 * measures.
 */

#include <osarc/base.h>

OSARC_BEGIN_DECLS

typedef struct osarc_vertebra {
    uint8_t label;       /**< Structure number, such as 29 for L3; 0 when nothing anchors it. */
    uint8_t other_label; /**< Under the other reading where anchors disagree; 0: one reading. */
    int whole;           /**< 1 when the whole body is in view. */
    double centre_mm[3]; /**< Middle of the body, LPS. */
    double up[3];        /**< Unit: across the end plates, towards the head. */
    double back[3];      /**< Unit: from the body to the canal, at right angles to up. */
    double height_anterior_mm; /**< End plate to end plate; NAN when the body is cut. */
    double height_middle_mm;
    double height_posterior_mm;
    double depth_mm; /**< Front to back. */
    double width_mm;
    double body_cm3;
    double vertebra_cm3; /**< With posterior elements; NAN when cut by the view. */
    char spoiled[64];    /**< Why nothing is to be measured in it: "metal"; "" when sound. */
    int sound_around;    /**< 1: what spoils it leaves muscle and fat around it as they are. */
} osarc_vertebra;

/** What names stand on. */
typedef struct osarc_spine_anchors {
    int sacrum;       /**< 1: seen. */
    int iliac_crest;  /**< 1: seen. */
    int last_rib;     /**< 1: seen. */
    int lumbar_count; /**< Between last rib and sacrum; 0 when not both are seen. */
    char text[160];   /**< In words, for notes. */
} osarc_spine_anchors;

/** "L3" and the like; "" for a label that is no vertebra. Static. */
OSARC_API const char *osarc_vertebra_name(uint8_t label);

OSARC_END_DECLS

#endif
