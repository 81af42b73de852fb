/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <expect.h>
#include <osarc/calibration.h>
#include <osarc/phantom.h>

static osarc_phantom *make(double noise_hu, double kvp)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = NULL;
    osarc_phantom_options options = {.pixel_mm = 1.5,
                                     .slice_mm = 5,
                                     .length_mm = 60,
                                     .noise_sd_hu = noise_hu,
                                     .kvp = kvp,
                                     .seed = 11};
    EXPECT_OK(osarc_phantom_create(&phantom, "abdomen", &options, &err));
    return phantom;
}

static double material_hu(const osarc_phantom *phantom, const char *material)
{
    for (size_t i = 0; i < osarc_phantom_truth_count(phantom); i++) {
        const osarc_truth *t = osarc_phantom_truth(phantom, i);
        if (strcmp(t->quantity, "material_hu") == 0 && strcmp(t->tissue, material) == 0)
            return t->value;
    }
    cr_assert(0, "no truth for %s", material);
    return NAN;
}

/* 2.5 HU: blur to one side moves the mean of the window that far. */
Test(calibration_hu_check, reads_air_fat_and_noise_of_a_phantom)
{
    osarc_error err = OSARC_ERROR_INIT;
    for (double noise = 0; noise <= 30; noise += 15) {
        osarc_phantom *phantom = make(noise, 120);
        osarc_hu_check check;
        EXPECT_OK(osarc_hu_check_read(&check, osarc_phantom_image(phantom),
                                      osarc_phantom_tissue(phantom), NULL, 2, &err));
        cr_expect(epsilon_eq(dbl, check.air_hu, -1000, 5));
        cr_expect(epsilon_eq(dbl, check.fat_hu, material_hu(phantom, "subcutaneous_fat"), 2.5));
        /* whole HU, and neighbours that are a little alike: 0.3 HU or 6 % of the noise put in */
        cr_expect(epsilon_eq(dbl, check.noise_sd_hu, noise, 0.3 + 0.06 * noise));
        osarc_phantom_free(phantom);
    }
}

Test(calibration_hu_check, gives_the_same_with_any_number_of_threads)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = make(20, 120);
    osarc_hu_check one;
    osarc_hu_check four;
    EXPECT_OK(osarc_hu_check_read(&one, osarc_phantom_image(phantom), osarc_phantom_tissue(phantom),
                                  NULL, 1, &err));
    EXPECT_OK(osarc_hu_check_read(&four, osarc_phantom_image(phantom),
                                  osarc_phantom_tissue(phantom), NULL, 4, &err));
    cr_expect(eq(int, memcmp(&one, &four, sizeof(one)), 0));
    osarc_phantom_free(phantom);
}

/* A copy of the phantom's image with values changed to hu * gain + shift. */
static osarc_image *change(const osarc_phantom *phantom, double gain, double shift, osarc_unit unit)
{
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_image *from = osarc_phantom_image(phantom);
    osarc_image *image = NULL;
    EXPECT_OK(osarc_image_create(&image, osarc_image_grid(from), unit, 1, 0, &err));
    for (size_t i = 0; i < osarc_grid_count(osarc_image_grid(from)); i++)
        osarc_image_fill(image)[i] = (int16_t) lround(osarc_image_value(from, i) * gain + shift);
    return image;
}

Test(calibration_hu_check, notes_a_scale_that_is_off)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = make(0, 120);
    osarc_image *image = change(phantom, 1, -50, OSARC_UNIT_HU);
    osarc_notes *notes = NULL;
    osarc_hu_check check;
    EXPECT_OK(osarc_notes_create(&notes, &err));
    EXPECT_OK(osarc_hu_check_read(&check, image, osarc_phantom_tissue(phantom), notes, 2, &err));
    cr_expect(ge(sz, osarc_notes_count(notes), 1));
    osarc_notes_free(notes);
    osarc_image_free(image);
    osarc_phantom_free(phantom);
}

Test(calibration_hu_check, refuses_values_that_cannot_be_hu)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = make(0, 120);
    osarc_image *image = change(phantom, 0.1, 200, OSARC_UNIT_HU); /* fat at 190 */
    osarc_hu_check check;
    EXPECT_REFUSED(osarc_hu_check_read(&check, image, osarc_phantom_tissue(phantom), NULL, 2, &err),
                   OSARC_ERR_QUALITY);
    osarc_image_free(image);
    osarc_phantom_free(phantom);
}

Test(calibration_hu_check, refuses_densities_and_other_grids_and_nothing)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = make(0, 120);
    osarc_hu_check check;
    osarc_image *density = change(phantom, 1, 0, OSARC_UNIT_MG_CM3);
    EXPECT_REFUSED(
        osarc_hu_check_read(&check, density, osarc_phantom_tissue(phantom), NULL, 2, &err),
        OSARC_ERR_UNIT);
    osarc_grid grid = *osarc_image_grid(density);
    grid.origin_mm[0] += 5;
    osarc_mask *moved = NULL;
    EXPECT_OK(osarc_mask_create(&moved, &grid, &err));
    EXPECT_REFUSED(osarc_hu_check_read(&check, osarc_phantom_image(phantom), moved, NULL, 2, &err),
                   OSARC_ERR_GEOMETRY);
    EXPECT_REFUSED(osarc_hu_check_read(&check, NULL, moved, NULL, 2, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_hu_check_read(NULL, NULL, NULL, NULL, 2, &err), OSARC_ERR_ARGUMENT);
    osarc_mask_free(moved);
    osarc_image_free(density);
    osarc_phantom_free(phantom);
}

Test(calibration_hu_check, knows_nothing_where_there_is_too_little)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = make(0, 120);
    osarc_mask *empty = NULL;
    osarc_hu_check check;
    EXPECT_OK(osarc_mask_create(&empty, osarc_image_grid(osarc_phantom_image(phantom)), &err));
    EXPECT_OK(osarc_hu_check_read(&check, osarc_phantom_image(phantom), empty, NULL, 2, &err));
    cr_expect(isnan(check.fat_hu) && isnan(check.soft_hu) && isnan(check.noise_sd_hu));
    osarc_mask_free(empty);
    osarc_phantom_free(phantom);
}

/*
 * White noise has the same power everywhere in the disc up to half a cycle a pixel: its mean
 * frequency is two thirds of that, 0.3333 a pixel. 4 %: bins of finite width, 200 squares.
 */
Test(calibration_hu_check, finds_the_mean_frequency_of_white_noise)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom_options options = {
        .pixel_mm = 0.8, .slice_mm = 5, .length_mm = 60, .noise_sd_hu = 20, .seed = 5};
    osarc_phantom *phantom = NULL;
    EXPECT_OK(osarc_phantom_create(&phantom, "abdomen", &options, &err));
    osarc_hu_check check;
    EXPECT_OK(osarc_hu_check_read(&check, osarc_phantom_image(phantom),
                                  osarc_phantom_tissue(phantom), NULL, 2, &err));
    double expected = 2.0 / 3 * 0.5 / 0.8;
    cr_expect(epsilon_eq(dbl, check.noise_frequency_per_mm, expected, 0.04 * expected));
    osarc_phantom_free(phantom);
}

Test(calibration_hu_check, knows_no_frequency_where_pixels_are_coarse)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom_options options = {.pixel_mm = 4, .slice_mm = 5, .length_mm = 60};
    osarc_phantom *phantom = NULL;
    EXPECT_OK(osarc_phantom_create(&phantom, "abdomen", &options, &err));
    osarc_hu_check check;
    EXPECT_OK(osarc_hu_check_read(&check, osarc_phantom_image(phantom),
                                  osarc_phantom_tissue(phantom), NULL, 2, &err));
    cr_expect(isnan(check.noise_frequency_per_mm));
    osarc_phantom_free(phantom);
}
