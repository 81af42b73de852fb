/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_DXA_REGIONS_H
#define OSARC_DXA_REGIONS_H

/**
 * @file dxa_regions.h
 * Regions of densitometer images: lumbar vertebrae, the proximal femur, and the parts of a body.
 *
 * Pictures are seen from the front: columns run to the patient's left, rows to the feet. Places
 * are in mm from the middle of the first pixel, {across, down}.
 */

#include <osarc/side.h>

OSARC_BEGIN_DECLS

/** A map of bone, row by row: g/cm2, or any grey that rises with it and is about even where there
 * is none. */
typedef struct osarc_dxa_picture {
    const float *bone;
    const uint8_t *usable; /**< 0: nothing was measured there; NULL: all was. */
    size_t columns, rows;
    double spacing_mm[2];
    int is_display; /**< 1: grey levels of a finished picture, with white margins to leave out. */
} osarc_dxa_picture;

#define OSARC_DXA_VERTEBRAE 8

/** One vertebra between the middles of the discs above and below it. */
typedef struct osarc_dxa_vertebra {
    uint8_t label;      /**< Structure number, such as 28 for L4; 0: nothing anchors it. */
    double above[2][2]; /**< Disc above: ends to the patient's right and left. */
    double below[2][2]; /**< Disc below. */
    double width_mm;    /**< Between the bone's edges, mean. */
    size_t pixel_count; /**< Of it in the labels. */
} osarc_dxa_vertebra;

/** Vertebrae of a picture, head to foot. */
typedef struct osarc_dxa_spine {
    osarc_dxa_vertebra vertebrae[OSARC_DXA_VERTEBRAE];
    size_t count;
    uint8_t *labels;   /**< Of each pixel: structure number of a named vertebra's bone, else 0. */
    int has_rib;       /**< A last pair of ribs, or one of it, names vertebrae from above. */
    int has_crest;     /**< The iliac crests do from below. */
    char refused[160]; /**< Why nothing is named; "" when something is. */
    char warning[160]; /**< What is doubtful in the names; "" when nothing is. */
} osarc_dxa_spine;

/**
 * Finds whole vertebrae and names them from the last rib above and the iliac crests below. One of
 * the two is enough, with a warning; when both are there and differ, nothing is named.
 *
 * @param[out] out  To be freed with osarc_dxa_spine_free; all-zero on failure. No spine is no
 *                  failure: the count is 0 then, and refused says why.
 * @retval OSARC_ERR_ARGUMENT  no picture
 * @retval OSARC_ERR_GEOMETRY  the spacing is not known, or the picture has under 8 columns or rows
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_dxa_spine_find(osarc_dxa_spine *out,
                                                             const osarc_dxa_picture *picture,
                                                             osarc_error *err);

/** Leaves it all-zero. NULL is allowed. */
OSARC_API void osarc_dxa_spine_free(osarc_dxa_spine *spine);

/** Pixels of a femur. */
typedef enum osarc_dxa_femur_pixel {
    OSARC_DXA_FEMUR_NONE = 0,
    OSARC_DXA_FEMUR_NECK = 1,
    OSARC_DXA_FEMUR_TROCHANTER = 2,
    OSARC_DXA_FEMUR_INTERTROCHANTER = 3,
    OSARC_DXA_FEMUR_OTHER = 4, /**< Shaft below the last line. */
    OSARC_DXA_FEMUR_BESIDE = 5 /**< Head, pelvis and all other bone: of no region. */
} osarc_dxa_femur_pixel;

/** A proximal femur in a picture, by the rules of hip_region.h. Directions are {across, down}. */
typedef struct osarc_dxa_femur {
    osarc_side side;     /**< By the way the neck leaves the shaft. */
    double shaft_mm[2];  /**< On the shaft's axis, in the middle of what is seen of it. */
    double shaft_way[2]; /**< Unit, towards the hip. */
    double shaft_width_mm;
    double neck_mm[2];    /**< Middle of the narrowest section. */
    double neck_way[2];   /**< Unit, from shaft to head. */
    double neck_width_mm; /**< Of the narrowest section. */
    double neck_reach_mm; /**< Bone farther from the neck's axis is not the neck's. */
    double cross_mm[2];   /**< Where the axes cross. */
    double greater_mm[2]; /**< Tip of the greater trochanter. */
    double last_mm[2];    /**< On the shaft's axis, where the last line crosses it. */
    double
        lesser_rise_mm; /**< How far the lesser trochanter stands out: much is a leg turned out. */
    double neck_shaft_deg;
    double box_mm[4][2];     /**< Corners of the box of the neck. */
    uint8_t *labels;         /**< osarc_dxa_femur_pixel of each pixel. */
    char refused[160];       /**< Why there is no femur; "" when there is one. */
    char refused_total[160]; /**< Why there is nothing but the neck; "" when there is. */
    char warning[160];
} osarc_dxa_femur;

/**
 * Finds shaft, neck and trochanters of one femur. None is no failure: refused says why.
 *
 * @param[out] out  To be freed with osarc_dxa_femur_free; all-zero on failure.
 * @retval OSARC_ERR_ARGUMENT  no picture
 * @retval OSARC_ERR_GEOMETRY  the spacing is not known, or the picture has under 8 columns or rows
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_dxa_femur_find(osarc_dxa_femur *out,
                                                             const osarc_dxa_picture *picture,
                                                             osarc_error *err);

/** Leaves it all-zero. NULL is allowed. */
OSARC_API void osarc_dxa_femur_free(osarc_dxa_femur *femur);

/** Pixels of a whole body. */
typedef enum osarc_dxa_body_pixel {
    OSARC_DXA_BODY_NONE = 0,
    OSARC_DXA_BODY_HEAD = 1,
    OSARC_DXA_BODY_TRUNK = 2,
    OSARC_DXA_BODY_ARM_LEFT = 3, /**< The patient's. */
    OSARC_DXA_BODY_ARM_RIGHT = 4,
    OSARC_DXA_BODY_LEG_LEFT = 5,
    OSARC_DXA_BODY_LEG_RIGHT = 6,
    OSARC_DXA_BODY_PART_COUNT = 7
} osarc_dxa_body_pixel;

/** A whole body in parts. Rows are in mm as places are. */
typedef struct osarc_dxa_body {
    uint8_t *labels;          /**< osarc_dxa_body_pixel of each pixel. */
    double chin_mm;           /**< Row of the cut below the head. */
    double crest_mm;          /**< Row of the pelvis cut: top of the iliac crests. */
    double crotch_mm[2];      /**< Where the cuts of the legs meet. */
    double leg_deg[2];        /**< Of the leg's cut over the horizontal; 0 right, 1 left. */
    double armpit_mm[2][2];   /**< Where the arm leaves the trunk; 0 right, 1 left. */
    double shoulder_mm[2][2]; /**< Upper end of the arm's cut. */
    double android_mm[2];     /**< Upper and lower row. */
    double gynoid_mm[2];
    int arm_is_cut[2];              /**< 1: the picture's edge cuts the arm; 0 right, 1 left. */
    int crown_is_cut, feet_are_cut; /**< 1: by the picture's edge. */
    char refused_arm[2][96];        /**< Why there is no arm; "" when there is. */
    char refused[160];              /**< Why there are no parts; "" when there are. */
    char warning[160];
} osarc_dxa_body;

/**
 * Parts of a body by the cut lines of whole-body densitometry: below the chin, through the shoulder
 * joints, from the crotch through the femoral necks, and between the legs. Android: a fifth of the
 * way from the iliac crest to the chin, above the crest; gynoid: twice as high, one and a half
 * times that below the crest.
 *
 * @param[out] out  To be freed with osarc_dxa_body_free; all-zero on failure.
 * @param is_body   Of each pixel: 1 when the body lies in the beam.
 * @retval OSARC_ERR_ARGUMENT  no picture, or no is_body
 * @retval OSARC_ERR_GEOMETRY  the spacing is not known, or the picture has under 8 columns or rows
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_dxa_body_find(osarc_dxa_body *out,
                                                            const osarc_dxa_picture *picture,
                                                            const uint8_t *is_body,
                                                            osarc_error *err);

/** Leaves it all-zero. NULL is allowed. */
OSARC_API void osarc_dxa_body_free(osarc_dxa_body *body);

OSARC_END_DECLS

#endif
