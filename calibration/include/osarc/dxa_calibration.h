/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_DXA_CALIBRATION_H
#define OSARC_DXA_CALIBRATION_H

/**
 * @file dxa_calibration.h
 * From two energies to mineral, lean and fat in g/cm2.
 *
 * A calibration turns what a polyenergetic beam shows into what two single energies would show, by
 * polynomials fitted to a step wedge; then the equations of two materials hold.
 */

#include <osarc/attenuation.h>
#include <osarc/dxa_maps.h>

OSARC_BEGIN_DECLS

/** Terms of total order 1 to 4 in two attenuations. */
#define OSARC_DXA_TERMS 14

/** Steps of one material from column to column, of the other from row to row. */
typedef struct osarc_dxa_wedge {
    osarc_absorber bone, soft;
    size_t columns, rows; /**< 5 to 16 each. */
    double bone_g_cm2[16];
    double soft_g_cm2[16];
} osarc_dxa_wedge;

/** Transparent; texts end in NUL. */
typedef struct osarc_dxa_calibration {
    char made_on[12]; /**< YYYY-MM-DD. */
    char manufacturer[OSARC_TEXT_SIZE], device_model[OSARC_TEXT_SIZE],
        device_serial[OSARC_TEXT_SIZE];
    double kvp[2];                           /**< NAN where the header did not say. */
    double energy_kev[2];                    /**< That the polynomials lead to. */
    double coefficients[2][OSARC_DXA_TERMS]; /**< x, y, x2, xy, y2, ... low, then high. */
    double range[2][2];                      /**< Attenuation of the wedge, low and high. */
    double residual_share[2];                /**< RMS of the fit, as a share of attenuation. */
    double bone_sd_g_cm2;                    /**< What that is in g/cm2 of the denser steps. */
    double bone_worst_g_cm2;                 /**< Largest error of a step when measured back. */
    double soft_worst_share;
    osarc_dxa_wedge wedge;
} osarc_dxa_calibration;

/** "al-pmma" or "ha-pe", as the phantom dxa-wedge is made; NULL for another name. */
OSARC_API const osarc_dxa_wedge *osarc_dxa_wedge_find(const char *name);

/**
 * A wedge of the user's own, from JSON: "bone" and "soft" name the materials (aluminium,
 * hydroxyapatite, pmma, polyethylene, water), "bone_g_cm2" and "soft_g_cm2" list their steps.
 * @retval OSARC_ERR_FORMAT  a key that is missing, not known or out of its range
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_dxa_wedge_read(osarc_dxa_wedge *out, const char *path,
                                                             osarc_error *err);

/**
 * What stands in a file dxa.json beside images: any of "values" (intensity, attenuation), "view",
 * "scale" (hologic, lunar, norland, standardized: whose densities the calibration reproduces), and
 * pairs "spacing_mm", "kvp", "energy_kev", "air".
 * @retval OSARC_ERR_FORMAT  a key that is not known, or a value out of its range
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_dxa_stated_read(osarc_dxa_stated *out,
                                                              const char *path, osarc_error *err);

/** All-zero means default. */
typedef struct osarc_dxa_options {
    int threads; /**< 0: all cores. */
} osarc_dxa_options;

/**
 * Find the steps in an image of a wedge and fit the calibration to them.
 * @param notes  Registration and what else is to be known; may be NULL.
 * @retval OSARC_ERR_QUALITY   no wedge, or one that does not look as stated, or a bad fit: why
 * @retval OSARC_ERR_GEOMETRY  the two images do not fit each other
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_dxa_calibrate(osarc_dxa_calibration *out,
                                                            const osarc_dxa_pair *pair,
                                                            const osarc_dxa_wedge *wedge,
                                                            osarc_notes *notes, osarc_error *err);

/** Write as JSON, to a temporary name first. */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_dxa_calibration_write(
    const osarc_dxa_calibration *calibration, const char *path, osarc_error *err);

/**
 * @retval OSARC_ERR_IO      cannot be read
 * @retval OSARC_ERR_FORMAT  not a densitometer calibration, or damaged
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_dxa_calibration_read(osarc_dxa_calibration *out,
                                                                   const char *path,
                                                                   osarc_error *err);

/**
 * Mineral, lean and fat in each pixel.
 *
 * @param[out] out     Freed with osarc_dxa_maps_free; all-zero on failure.
 * @param calibration  NULL: tables at single energies, with a warning among the notes; their
 *                     energies are those of the facts, or known for the tube voltages.
 * @param notes        May be NULL.
 * @retval OSARC_ERR_QUALITY   energies swapped or alike, intensities inverted, constant or full
 *                             images, no air, another device than the calibration's: why
 * @retval OSARC_ERR_GEOMETRY  the images do not fit each other
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_dxa_maps_make(
    osarc_dxa_maps *out, const osarc_dxa_pair *pair, const osarc_dxa_calibration *calibration,
    osarc_notes *notes, const osarc_dxa_options *options, osarc_error *err);

/** Mass attenuation coefficients at two energies, in cm2/g. */
typedef struct osarc_dxa_material {
    double low, high;
} osarc_dxa_material;

/**
 * Two materials in one beam: masses from attenuations.
 * @retval OSARC_ERR_QUALITY  the materials cannot be told apart at these energies
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_dxa_solve(double *a_g_cm2_out, double *b_g_cm2_out,
                                                        double low, double high,
                                                        const osarc_dxa_material *a,
                                                        const osarc_dxa_material *b,
                                                        osarc_error *err);

/** Mass fraction of fat in soft tissue whose attenuations have the ratio R; exact. */
OSARC_API double osarc_dxa_fat_fraction(double ratio, const osarc_dxa_material *lean,
                                        const osarc_dxa_material *fat);

OSARC_END_DECLS

#endif
