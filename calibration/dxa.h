/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CALIBRATION_DXA_H
#define CALIBRATION_DXA_H

/* Steps from a pair of densitometer images to maps. */

#include <osarc/dxa_calibration.h>

/* Attenuation at both energies on the pixels of the low image; NAN where nothing is measured. */
typedef struct dxa_levels {
    size_t columns, rows;
    double spacing_mm[2];
    float *low, *high;
    double air[2];   /* value taken for air */
    double noise[2]; /* SD of attenuation in air */
    double shift_px[2];
    double confidence;
} dxa_levels;

/* Air, guards and registration. Free with dxa_levels_free, whatever the status. */
OSARC_MUST_CHECK osarc_status dxa_levels_make(dxa_levels *out, const osarc_dxa_pair *pair,
                                              int threads, osarc_notes *notes, osarc_error *err);
void dxa_levels_free(dxa_levels *levels);

/* Where b lies against a, in pixels: what is at p in a is at p + shift in b. */
OSARC_MUST_CHECK osarc_status dxa_shift_find(double shift_px[2], double *confidence, const float *a,
                                             const float *b, size_t columns, size_t rows,
                                             const double spacing_mm[2], osarc_error *err);

/* b as it lies on a, by cubic convolution. */
void dxa_shift_undo(float *out, const float *b, size_t columns, size_t rows,
                    const double shift_px[2], int threads);

/* The mean of the logarithm of a count is not that of its mean: what photons that are few make
 * attenuation read too high is taken off. `logs` against air. */
OSARC_MUST_CHECK osarc_status dxa_counts_undo(float *logs, size_t columns, size_t rows, int threads,
                                              osarc_error *err);

/* Whether edges step aside from a line to the next, as they do when a patient moves. */
OSARC_MUST_CHECK osarc_status dxa_motion_note(const float *logs, size_t columns, size_t rows,
                                              double spacing_mm, osarc_notes *notes,
                                              osarc_error *err);

/* Lines whose values have nothing to do with their neighbours are filled from these. */
OSARC_MUST_CHECK osarc_status dxa_lines_mend(float *values, size_t columns, size_t rows,
                                             osarc_notes *notes, osarc_error *err);

/* What a beam of one energy would show. */
double dxa_surface_at(const double coefficients[OSARC_DXA_TERMS], double low, double high);
void dxa_surface_terms(double out[OSARC_DXA_TERMS], double low, double high);

osarc_dxa_material dxa_material(osarc_absorber absorber, const double energy_kev[2]);

/* g/cm2 of bone mineral that a g/cm2 of something looks like in front of lean tissue. */
double dxa_as_mineral(osarc_absorber absorber, const double energy_kev[2]);

/* Ratio of soft tissue everywhere, under bone from what lies around it; where bone is, an
 * osarc_dxa_pixel; and, in `pure`, the same but for soft tissue next to bone or air, which is that.
 */
OSARC_MUST_CHECK osarc_status dxa_baseline_find(float *ratio, uint8_t *pixels, uint8_t *pure,
                                                const float *low, const float *high,
                                                const osarc_dxa_maps *maps, int threads,
                                                osarc_error *err);

/* Which pixels of the body are bone, by their mineral as a mean over their neighbours, and, in
 * `pure`, soft tissue that lies next to neither bone nor air. room: a number for each pixel. */
OSARC_MUST_CHECK osarc_status dxa_bone_label(uint8_t *pixels, uint8_t *pure, const float *smoothed,
                                             double *room, const osarc_dxa_maps *maps,
                                             osarc_error *err);

#endif
