/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_BMD_H
#define OSARC_BMD_H

/**
 * @file bmd.h
 * Areal bone density with the scale it stands on, and the published equations between the scales
 * of makers. Nothing is converted unless an equation is named, and what was done stays with the
 * value. The equations hold for groups; about 3.5 % of error is left in one person, so they are
 * not for following one person up.
 */

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/** Densities of a person's bone, in g/cm2, lie between; a value in mg/cm2 never does. */
#define OSARC_BMD_LEAST_G_CM2 0.1
#define OSARC_BMD_MOST_G_CM2  3

typedef enum osarc_bmd_site {
    OSARC_BMD_LUMBAR_L1_L4 = 0,
    OSARC_BMD_LUMBAR_L2_L4 = 1,
    OSARC_BMD_FEMORAL_NECK = 2,
    OSARC_BMD_TROCHANTER = 3,
    OSARC_BMD_TOTAL_HIP = 4,
    OSARC_BMD_RADIUS_33 = 5, /**< No population of it is built in, and no equation. */
    OSARC_BMD_SITE_COUNT = 6
} osarc_bmd_site;

typedef enum osarc_bmd_scale {
    OSARC_BMD_SCALE_UNKNOWN = 0,
    OSARC_BMD_HOLOGIC = 1,
    OSARC_BMD_LUNAR = 2,
    OSARC_BMD_NORLAND = 3,
    OSARC_BMD_STANDARDIZED = 4, /**< sBMD, in g/cm2. */
    OSARC_BMD_CTXA = 5,         /**< Projected from CT; no equation to it is published here. */
    OSARC_BMD_SCALE_COUNT = 6
} osarc_bmd_scale;

/** How far a constant may be trusted. */
typedef enum osarc_confidence {
    OSARC_CONFIDENCE_LOW = 0,    /**< Never chosen unless named. */
    OSARC_CONFIDENCE_MEDIUM = 1, /**< Used with a warning: the first source was not seen. */
    OSARC_CONFIDENCE_HIGH = 2
} osarc_confidence;

/** A bone density, what it was measured on, and every equation it went through. */
typedef struct osarc_bmd {
    double value_g_cm2;
    osarc_bmd_site site;
    osarc_bmd_scale scale;
    char conversion[96]; /**< Such as "lu2001 DXA-Lunar>DXA-Hologic"; "" as measured. */
} osarc_bmd;

/** to = slope * from + intercept, in g/cm2; read backwards, too. */
typedef struct osarc_bmd_equation {
    char id[32];
    char source[96];
    double slope;
    double intercept_g_cm2;
    unsigned sites; /**< A bit for each osarc_bmd_site it is for: 1u << site. */
    osarc_bmd_scale from;
    osarc_bmd_scale to;
    osarc_confidence confidence;
} osarc_bmd_equation;

/** Words of files: "lumbar_l1_l4", "lumbar_l2_l4", "femoral_neck", "trochanter", "total_hip",
 * "radius_33".
 * NULL for a site that does not exist. */
OSARC_API const char *osarc_bmd_site_name(osarc_bmd_site site);

/** Words of the column basis: "DXA-Hologic", "DXA-Lunar", "DXA-Norland", "sBMD", "CTXA";
 * "unknown", and NULL for a scale that does not exist. */
OSARC_API const char *osarc_bmd_scale_name(osarc_bmd_scale scale);

/** The published equations; borrowed, static. */
OSARC_API const osarc_bmd_equation *osarc_bmd_equations(size_t *count_out);

/**
 * To another scale by the published equations of that id, through sBMD where there is no direct
 * one. `out` may be `in`.
 * @retval OSARC_ERR_ARGUMENT     a value that is not over 0, or a text that does not fit
 * @retval OSARC_ERR_UNIT         over 3 g/cm2, which is mg/cm2, or the scale is not known
 * @retval OSARC_ERR_UNSUPPORTED  that equation is not known, or not for the site and scales
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_bmd_convert(osarc_bmd *out, const osarc_bmd *in,
                                                          osarc_bmd_scale to,
                                                          const char *equation_id,
                                                          osarc_error *err);

/** As osarc_bmd_convert, by an equation of the caller's own, in either direction. */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_bmd_convert_by(osarc_bmd *out, const osarc_bmd *in,
                                                             const osarc_bmd_equation *equation,
                                                             osarc_error *err);

/** Refuses what osarc_bmd_convert refuses of a value. */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_bmd_check(const osarc_bmd *bmd, osarc_error *err);

OSARC_END_DECLS

#endif
