/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TEST_CT_DXA_H
#define TEST_CT_DXA_H

/* A densitometer's view of a CT scan: beams of two energies through its voxels from front to back,
 * and the mineral that those voxels hold, which is the truth. */

#include <math.h>
#include <string.h>

#include <expect.h>
#include <osarc/beam.h>
#include <osarc/dxa_maps.h>
#include <osarc/mask.h>
#include <osarc/scan.h>
#include <osi/alloc.h>

enum {
    CT_LEAN,
    CT_FAT,
    CT_MINERAL,
    CT_SLOTS
};

/* CT at 120 kV acts as one energy here; what the scanner's true one was changes how much mineral
 * there is, not whether two measures of it agree. */
#define CT_KEV    69.0
#define ROW_MM    1.0
#define MARROW_HU (-20.0) /* half of it fat */

static const osarc_absorber CT_ABSORBERS[CT_SLOTS] = {
    OSARC_ABSORBER_MUSCLE, OSARC_ABSORBER_TRIGLYCERIDE, OSARC_ABSORBER_HYDROXYAPATITE};

/* Mass per cm3 of a voxel. Mineral is in bone alone: what shines elsewhere is contrast medium, and
 * counts as lean tissue that is denser. */
static void ct_mass(double g_cm3[CT_SLOTS], double hu, int is_bone)
{
    double lean_hu = osarc_absorber_hu(CT_ABSORBERS[CT_LEAN], CT_KEV);
    double fat_hu = osarc_absorber_hu(CT_ABSORBERS[CT_FAT], CT_KEV);
    double lean_g = osarc_absorber_density_g_cm3(CT_ABSORBERS[CT_LEAN]);
    double fat_g = osarc_absorber_density_g_cm3(CT_ABSORBERS[CT_FAT]);
    g_cm3[CT_MINERAL] = 0;
    if (is_bone && hu > MARROW_HU) {
        double mg =
            (hu - MARROW_HU) / osarc_mineral_hu_per_mg_cm3(CT_ABSORBERS[CT_MINERAL], CT_KEV);
        g_cm3[CT_MINERAL] = mg / 1000;
        hu = MARROW_HU;
    }
    double lean = (hu - fat_hu) / (lean_hu - fat_hu);
    double dense = 1;
    if (lean > 1)
        dense = (hu + 1000) / (lean_hu + 1000);
    else if (lean < 0)
        dense = fmax(0, hu + 1000) / (fat_hu + 1000);
    lean = fmin(1, fmax(0, lean));
    dense *= 1 - g_cm3[CT_MINERAL] / 3.16;
    g_cm3[CT_LEAN] = lean * dense * lean_g;
    g_cm3[CT_FAT] = (1 - lean) * dense * fat_g;
}

/* What the beams go through, g/cm2, rows head to foot. */
typedef struct ct_view {
    size_t columns, rows;
    double spacing_mm[2];
    double *g_cm2; /* slots of each pixel */
} ct_view;

static void ct_add_slice(double *out, const osarc_image *image, const uint8_t *tissue, size_t k,
                         size_t first, size_t columns)
{
    const osarc_grid *grid = osarc_image_grid(image);
    for (size_t j = 0; j < grid->size[1]; j++)
        for (size_t i = 0; i < columns; i++) {
            size_t at = (k * grid->size[1] + j) * grid->size[0] + first + i;
            double g_cm3[CT_SLOTS];
            if (tissue[at] == OSARC_TISSUE_OUTSIDE)
                continue;
            ct_mass(g_cm3, osarc_image_value(image, at),
                    tissue[at] == OSARC_TISSUE_COMPACT_BONE ||
                        tissue[at] == OSARC_TISSUE_TRABECULAR_BONE);
            for (int s = 0; s < CT_SLOTS; s++)
                out[i * CT_SLOTS + (size_t) s] += g_cm3[s] * grid->spacing_mm[1] / 10;
        }
}

/* Of a scan whose columns run to the left, rows to the back and slices along the body: columns
 * `half_mm` to both sides of `middle_mm`, between two heights. */
static void ct_project(ct_view *view, const osarc_image *image, const osarc_mask *tissue,
                       double middle_mm, double half_mm, double top_mm, double bottom_mm)
{
    const osarc_grid *grid = osarc_image_grid(image);
    cr_assert(gt(dbl, grid->direction[0][0], 0.99));
    cr_assert(gt(dbl, grid->direction[1][1], 0.99));
    cr_assert(gt(dbl, fabs(grid->direction[2][2]), 0.99));
    size_t first =
        (size_t) fmax(0, (middle_mm - half_mm - grid->origin_mm[0]) / grid->spacing_mm[0]);
    view->columns = (size_t) (2 * half_mm / grid->spacing_mm[0]);
    if (first + view->columns > grid->size[0])
        view->columns = grid->size[0] - first;
    view->rows = (size_t) ((top_mm - bottom_mm) / ROW_MM);
    view->spacing_mm[0] = grid->spacing_mm[0];
    view->spacing_mm[1] = ROW_MM;
    size_t width = view->columns * CT_SLOTS;
    double *slices = osi_alloc(width * grid->size[2], sizeof(double), NULL);
    view->g_cm2 = osi_alloc(width * view->rows, sizeof(double), NULL);
    cr_assert(slices != NULL && view->g_cm2 != NULL);
    for (size_t k = 0; k < grid->size[2]; k++)
        ct_add_slice(slices + k * width, image, osarc_mask_labels(tissue), k, first, view->columns);
    for (size_t r = 0; r < view->rows; r++) {
        double z = (top_mm - ((double) r + 0.5) * ROW_MM - grid->origin_mm[2]) /
                   (grid->direction[2][2] * grid->spacing_mm[2]);
        double inside = fmin(fmax(z, 0), (double) grid->size[2] - 1.001);
        size_t k = (size_t) inside;
        double share = inside - (double) k;
        for (size_t i = 0; i < width; i++)
            view->g_cm2[r * width + i] =
                (1 - share) * slices[k * width + i] + share * slices[(k + 1) * width + i];
    }
    osi_free(slices);
}

/* Attenuation of one beam in each pixel, without noise; air is 0. */
static void ct_expose(float *out, const ct_view *view, const osarc_beam *beam)
{
    osarc_error err = OSARC_ERROR_INIT;
    double weights[OSARC_BEAM_ENERGIES];
    EXPECT_OK(osarc_beam_weights(weights, beam, &err));
    for (size_t p = 0; p < view->columns * view->rows; p++) {
        double sum = 0;
        for (int e = 0; e < OSARC_BEAM_ENERGIES; e++) {
            double exponent = 0;
            if (!(weights[e] > 0))
                continue;
            for (int s = 0; s < CT_SLOTS; s++)
                exponent +=
                    view->g_cm2[p * CT_SLOTS + (size_t) s] *
                    osarc_mass_attenuation_cm2_g(CT_ABSORBERS[s], OSARC_ATTENUATION_LOW_KEV + e);
            sum += weights[e] * exp(-exponent);
        }
        out[p] = (float) -log(sum);
    }
}

/* The volume's own projection, as a densitometer without any error would see it. */
static void ct_own_maps(osarc_dxa_maps *maps, const ct_view *view)
{
    size_t count = view->columns * view->rows;
    memset(maps, 0, sizeof(*maps));
    maps->columns = view->columns;
    maps->rows = view->rows;
    memcpy(maps->spacing_mm, view->spacing_mm, sizeof(maps->spacing_mm));
    maps->is_calibrated = 1;
    maps->bone_g_cm2 = osi_alloc(count, sizeof(float), NULL);
    maps->lean_g_cm2 = osi_alloc(count, sizeof(float), NULL);
    maps->fat_g_cm2 = osi_alloc(count, sizeof(float), NULL);
    maps->pixels = osi_alloc(count, 1, NULL);
    cr_assert(maps->pixels != NULL);
    for (size_t i = 0; i < count; i++) {
        const double *g_cm2 = view->g_cm2 + i * CT_SLOTS;
        maps->bone_g_cm2[i] = (float) g_cm2[CT_MINERAL];
        maps->lean_g_cm2[i] = (float) g_cm2[CT_LEAN];
        maps->fat_g_cm2[i] = (float) g_cm2[CT_FAT];
        maps->pixels[i] = g_cm2[CT_MINERAL] > 0 ? OSARC_DXA_BONE : OSARC_DXA_SOFT;
    }
}

#endif
