/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "noise_texture.h"

#include <math.h>

#include <osi/alloc.h>
#include <osi/spectrum.h>

#define SQUARE_MM   16.0 /* even tissue of that size is found in liver, muscle and fat */
#define EVEN_SHARE  0.98 /* of a square that is of one tissue */
#define MAX_SQUARES 200  /* enough for 2 % */
#define MIN_SQUARES 8

static int is_even(const osarc_image *image, const osarc_mask *tissue, size_t at, size_t side,
                   size_t pitch)
{
    const uint8_t *labels = osarc_mask_labels(tissue);
    const int16_t *stored = osarc_image_stored(image);
    uint8_t label = labels[at + side / 2 * pitch + side / 2];
    if (label != OSARC_TISSUE_SOFT && label != OSARC_TISSUE_MUSCLE &&
        label != OSARC_TISSUE_SUBCUTANEOUS_FAT)
        return 0;
    size_t other = 0;
    for (size_t y = 0; y < side; y++)
        for (size_t x = 0; x < side; x++) {
            size_t i = at + y * pitch + x;
            other += labels[i] != label;
            if (stored[i] == OSARC_OUTSIDE)
                return 0;
        }
    return (double) other <= (1 - EVEN_SHARE) * (double) (side * side);
}

/* A square without its own plane, so that anatomy's slow changes are no noise. */
static void fill_square(double *square, const osarc_image *image, size_t at, size_t side,
                        size_t pitch)
{
    double mean = 0;
    double slope_x = 0;
    double slope_y = 0;
    double spread = 0;
    double middle = 0.5 * ((double) side - 1);
    for (size_t y = 0; y < side; y++)
        for (size_t x = 0; x < side; x++) {
            double v = osarc_image_value(image, at + y * pitch + x);
            double dx = (double) x - middle;
            double dy = (double) y - middle;
            square[y * side + x] = v;
            mean += v;
            slope_x += v * dx;
            slope_y += v * dy;
            spread += dx * dx;
        }
    mean /= (double) (side * side);
    for (size_t y = 0; y < side; y++)
        for (size_t x = 0; x < side; x++)
            square[y * side + x] -= mean + slope_x / spread * ((double) x - middle) +
                                    slope_y / spread * ((double) y - middle);
}

osarc_status noise_frequency(double *out_per_mm, const osarc_image *image, const osarc_mask *tissue,
                             osarc_error *err)
{
    const osarc_grid *grid = osarc_image_grid(image);
    const size_t pitch = grid->size[0];
    double pixel_mm = grid->spacing_mm[0];
    size_t side = (size_t) (SQUARE_MM / pixel_mm);
    *out_per_mm = NAN;
    /* square pixels and enough of them; else a frequency has no one meaning */
    if (fabs(grid->spacing_mm[1] - pixel_mm) > 0.01 * pixel_mm || side < 8 || side > 256 ||
        grid->size[0] < side || grid->size[1] < side)
        return OSARC_OK;
    osi_spectrum *spectrum = NULL;
    double *bins = osi_alloc(side, sizeof(*bins), err);
    osarc_status status = bins ? osi_spectrum_create(&spectrum, side, err) : OSARC_ERR_MEMORY;
    size_t squares = 0;
    /* planes from the middle outwards would favour one organ: take every plane in turn instead */
    size_t per_plane = MAX_SQUARES / grid->size[2] + 1;
    for (size_t z = 0; !status && z < grid->size[2] && squares < MAX_SQUARES; z++) {
        size_t here = 0;
        for (size_t y = 0; y + side <= grid->size[1] && here < per_plane; y += side)
            for (size_t x = 0; x + side <= grid->size[0] && here < per_plane; x += side) {
                size_t at = (z * grid->size[1] + y) * pitch + x;
                if (!is_even(image, tissue, at, side, pitch))
                    continue;
                fill_square(osi_spectrum_square(spectrum), image, at, side, pitch);
                osi_spectrum_power(spectrum, bins);
                here++;
            }
        squares += here;
    }
    if (!status && squares >= MIN_SQUARES) {
        double power = 0;
        double weighted = 0;
        for (size_t b = 0; b < side / 2; b++) {
            power += bins[b];
            weighted += bins[b] * ((double) b + 0.5) / ((double) side * pixel_mm);
        }
        if (power > 0)
            *out_per_mm = weighted / power;
    }
    osi_spectrum_free(spectrum);
    osi_free(bins);
    return status;
}
