/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_DXA_PHANTOM_H
#define OSARC_DXA_PHANTOM_H

/**
 * @file dxa_phantom.h
 * Synthetic densitometer images at two energies: polyenergetic beams through plates of known mass,
 * whose true areas, masses and densities are known in closed form.
 */

#include <osarc/beam.h>
#include <osarc/dxa.h>

OSARC_BEGIN_DECLS

/** All-zero means default. */
typedef struct osarc_dxa_phantom_options {
    uint64_t seed;        /**< Of the noise. */
    char beams[16];       /**< "40/70", "38/76" or "70/140". Default "38/76". */
    char wedge[16];       /**< Wedge only: "al-pmma" or "ha-pe". Default "al-pmma". */
    double pixel_mm;      /**< 0.1 to 10. Default 0.6, of the body 3. */
    double photons;       /**< A pixel, in air, at each energy; 0: no noise. Up to 1e9. */
    double shift_px[2];   /**< Of the high image along columns and rows, up to 5 either way. */
    double soft_g_cm2;    /**< Spine, hip: in the middle, 5 to 35. Default 16. Forearm: 2 to 12,
                               default 5. */
    double fat_fraction;  /**< All but the body: of the soft tissue, 0.05 to 0.7. Default 0.25. */
    double bone_g_cm2[4]; /**< Spine: L1 to L4, up to 3. Default 0.5, 1, 1.5, 1. Hip: on the axis of
                               the neck, trochanter, intertrochanteric region in its middle, head.
                               Default 0.8, 0.7, 1, 0.9. Forearm: of the radius in the middle of
                               its 33 % and of its ultradistal region, ulna, wrist. Default 0.7,
                               0.45, 0.65, 0.5. */
    double limb_lean;     /**< Body only: lean mass of its limbs over the usual, 0.3 to 1.5. */
    double offset_mm[2];  /**< The body lies that much to its left and lower, up to 10. */
    int without_ribs;     /**< Spine only. */
    int without_crests;   /**< Spine only: no hip bones. */
    char side[16];        /**< Hip, forearm: "left" or "right". Default "left". */
    double turn_deg;      /**< Hip: foot outwards, about where the axes cross; up to 15. Forearm:
                               clockwise, about the middle of the picture. */
    double lesser_mm;  /**< Hip only: how far the lesser trochanter stands out, to 12. Default 3. */
    int repositioned;  /**< By the seed. Hip, forearm: offset and turn, to 5 mm and 5 degrees.
                            Spine, body: offset, to 10 mm. */
    double forearm_mm; /**< Forearm only: olecranon to styloid of the ulna, 180 to 320. Default
                            255. */
    int hand_down;     /**< Forearm only: the hand lies at the picture's lower edge. */
    int without_wrist; /**< Forearm only: no bones of the wrist. */
    int linear;        /**< 1: intensities; else attenuation. */
    int threads;       /**< 0: all cores. */
} osarc_dxa_phantom_options;

/** One true value. Texts are static. */
typedef struct osarc_dxa_truth {
    const char *region;   /**< "L1", "arm_left", "total" ... */
    const char *quantity; /**< As in findings.csv. */
    double value;
    const char *unit;
} osarc_dxa_truth;

/** Of the line from the crotch over the horizontal that parts legs from trunk in the body: there is
 * no bone from 2 degrees under it to 2 over it. */
#define OSARC_DXA_BODY_LEG_DEG 40

/** A wedge: steps of one material along columns, of the other along rows, equally wide. */
#define OSARC_DXA_WEDGE_COLUMNS 6
#define OSARC_DXA_WEDGE_ROWS    7

typedef struct osarc_dxa_phantom osarc_dxa_phantom;

/** Kinds there are, ending in NULL: "dxa-wedge", "dxa-spine", "dxa-hip", "dxa-body",
 * "dxa-forearm". */
OSARC_API const char *const *osarc_dxa_phantom_kinds(void);

/**
 * @param[out] out  The caller frees it. NULL on failure.
 * @retval OSARC_ERR_ARGUMENT  no such kind, or an option out of its range or of another kind
 */
OSARC_API OSARC_MUST_CHECK osarc_status
osarc_dxa_phantom_create(osarc_dxa_phantom **out, const char *kind,
                         const osarc_dxa_phantom_options *options, osarc_error *err);

OSARC_API const char *osarc_dxa_phantom_kind(const osarc_dxa_phantom *phantom);

/** What it was made with, defaults filled in. */
OSARC_API const osarc_dxa_phantom_options *
osarc_dxa_phantom_settings(const osarc_dxa_phantom *phantom);

OSARC_API const osarc_dxa_pair *osarc_dxa_phantom_pair(const osarc_dxa_phantom *phantom);

OSARC_API size_t osarc_dxa_phantom_truth_count(const osarc_dxa_phantom *phantom);

/** Borrowed; NULL past the end. */
OSARC_API const osarc_dxa_truth *osarc_dxa_phantom_truth(const osarc_dxa_phantom *phantom,
                                                         size_t index);

/** NULL is allowed. */
OSARC_API void osarc_dxa_phantom_free(osarc_dxa_phantom *phantom);

OSARC_END_DECLS

#endif
