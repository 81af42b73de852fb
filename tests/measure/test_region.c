/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include <expect.h>
#include <osarc/measure_spine.h>

#include "region.h"

static osarc_error err = OSARC_ERROR_INIT;

#define SIDE  24
#define COUNT (SIDE * SIDE * SIDE)

static osarc_image *image;
static size_t voxels[COUNT];

static void make(double step, double offset)
{
    osarc_grid grid = {.size = {SIDE, SIDE, SIDE},
                       .spacing_mm = {1, 1, 1},
                       .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    EXPECT_OK(osarc_image_create(&image, &grid, OSARC_UNIT_HU, step, offset, &err));
    for (size_t i = 0; i < COUNT; i++)
        voxels[i] = i;
}

static double draw(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (double) (*seed >> 8) / (double) (1u << 24) - 0.5;
}

/* Noise that is the mean of `width` independent draws along each axis. */
static void fill_noise(uint32_t seed, int width, double sd)
{
    enum {
        WIDE = SIDE + 8
    };
    static double raw[WIDE][WIDE][WIDE];
    for (int k = 0; k < WIDE; k++)
        for (int j = 0; j < WIDE; j++)
            for (int i = 0; i < WIDE; i++)
                raw[k][j][i] = draw(&seed);
    double scale = sd * sqrt(12.0 / (width * width * width));
    for (int k = 0; k < SIDE; k++)
        for (int j = 0; j < SIDE; j++)
            for (int i = 0; i < SIDE; i++) {
                double sum = 0;
                for (int c = 0; c < width; c++)
                    for (int b = 0; b < width; b++)
                        for (int a = 0; a < width; a++)
                            sum += raw[k + c][j + b][i + a];
                osarc_image_fill(image)[(k * SIDE + j) * SIDE + i] =
                    (int16_t) lround(1000 + scale * sum);
            }
}

Test(measure_region, reads_mean_and_mean_square_on_any_scale)
{
    make(0.5, -1000);
    for (size_t i = 0; i < COUNT; i++)
        osarc_image_fill(image)[i] = i % 2 ? 2200 : 2600; /* 100 and 300 HU */
    osi_region_stats stats;
    EXPECT_OK(osi_region_read(&stats, image, voxels, COUNT, &err));
    cr_expect(epsilon_eq(dbl, stats.mean, 200, 1e-9));
    cr_expect(epsilon_eq(dbl, stats.mean_square, (100 * 100 + 300 * 300) / 2.0, 1e-6));
    cr_expect(epsilon_eq(dbl, stats.median, 200, 1e-9));
    osarc_image_free(image);
}

/* Independent voxels: 1 each, and the plain standard error. */
Test(measure_region, takes_independent_voxels_as_so_many)
{
    make(1, 0);
    fill_noise(7, 1, 100);
    osi_region_stats stats;
    EXPECT_OK(osi_region_read(&stats, image, voxels, COUNT, &err));
    /* chance correlations of n = 13824 pairs are about 1/sqrt(n) = 0.0085 a lag and axis */
    cr_expect(epsilon_eq(dbl, stats.alike, 1, 0.1));
    cr_expect(epsilon_eq(dbl, stats.se, 100 / sqrt(COUNT), 0.1));
    osarc_image_free(image);
}

/* Means of 3 along each axis have a triangle of correlations, 1 + 2 (2/3 + 1/3) = 3 an axis: 27. */
Test(measure_region, counts_how_many_voxels_vary_as_one)
{
    make(1, 0);
    fill_noise(11, 3, 100);
    osi_region_stats stats;
    EXPECT_OK(osi_region_read(&stats, image, voxels, COUNT, &err));
    /* 512 independent blocks: their correlations are known to about 10 %, three axes of them */
    cr_expect(epsilon_eq(dbl, stats.alike, 27, 9));
    osarc_image_free(image);
}

/* What the standard error claims is what means of many such regions scatter by. */
Test(measure_region, claims_the_scatter_that_means_have)
{
    double means = 0;
    double squares = 0;
    double claimed = 0;
    enum {
        TIMES = 60
    };
    make(1, 0);
    for (uint32_t n = 0; n < TIMES; n++) {
        osi_region_stats stats;
        fill_noise(1000 + n * 77, 3, 100);
        EXPECT_OK(osi_region_read(&stats, image, voxels, COUNT, &err));
        means += stats.mean;
        squares += stats.mean * stats.mean;
        claimed += stats.se / TIMES;
    }
    double scatter = sqrt((squares - means * means / TIMES) / (TIMES - 1));
    /* a scatter of 60 is known to 1/sqrt(2 * 59) = 9 %; three times that */
    cr_expect(epsilon_eq(dbl, claimed / scatter, 1, 0.28));
    osarc_image_free(image);
}

/* A slope of the bone is no noise: the region would have the same mean in another scan. */
Test(measure_region, takes_a_slope_across_the_region_for_no_noise)
{
    make(1, 0);
    fill_noise(7, 1, 20);
    for (size_t i = 0; i < COUNT; i++)
        osarc_image_fill(image)[i] =
            (int16_t) (osarc_image_fill(image)[i] + 10 * (i % SIDE) - 7 * (i / SIDE % SIDE));
    osi_region_stats stats;
    EXPECT_OK(osi_region_read(&stats, image, voxels, COUNT, &err));
    cr_expect(epsilon_eq(dbl, stats.se, 20 / sqrt(COUNT), 0.03)); /* as without the slope */
    cr_expect(gt(dbl, stats.sd, 70)); /* 10 and 7 HU a voxel over 24: sqrt(69^2 + 48^2) */
    osarc_image_free(image);
}

Test(measure_region, never_takes_fewer_than_one_voxel_as_independent)
{
    make(1, 0);
    for (size_t i = 0; i < COUNT; i++)
        osarc_image_fill(image)[i] = (int16_t) (100 * (i / (SIDE * SIDE)));
    osi_region_stats stats;
    EXPECT_OK(osi_region_read(&stats, image, voxels, COUNT, &err));
    cr_expect(le(dbl, stats.alike, (double) COUNT));
    cr_expect(le(dbl, stats.se, stats.sd + 1e-9));
    osarc_image_free(image);
}

Test(measure_region, gives_an_even_region_no_scatter)
{
    make(1, 0);
    osi_region_stats stats;
    EXPECT_OK(osi_region_read(&stats, image, voxels, 8, &err));
    cr_expect(eq(dbl, stats.sd, 0.0));
    cr_expect(eq(dbl, stats.se, 0.0));
    osarc_image_free(image);
}

Test(measure_region, refuses_a_few_voxels)
{
    make(1, 0);
    osi_region_stats stats;
    EXPECT_REFUSED(osi_region_read(&stats, image, voxels, 7, &err), OSARC_ERR_QUALITY);
    EXPECT_REFUSED(osi_region_read(&stats, image, voxels, 0, &err), OSARC_ERR_QUALITY);
    osarc_image_free(image);
}

Test(measure_region, refuses_voxels_outside_the_field_of_view)
{
    make(1, 0);
    osarc_image_fill(image)[5] = OSARC_OUTSIDE;
    osi_region_stats stats;
    EXPECT_REFUSED(osi_region_read(&stats, image, voxels, 100, &err), OSARC_ERR_QUALITY);
    double mean;
    double square;
    osi_region_mean(&mean, &square, image, voxels, 100);
    cr_expect(isnan(mean) && isnan(square));
    osarc_image_free(image);
}

Test(measure_region, gives_mean_and_standard_error_to_others)
{
    make(1, 0);
    fill_noise(7, 1, 100);
    double mean;
    double se;
    const osarc_region region = {voxels, COUNT, NULL};
    EXPECT_OK(osarc_region_mean(&mean, &se, image, &region, &err));
    cr_expect(epsilon_eq(dbl, mean, 1000, 4 * 100 / sqrt(COUNT)));
    cr_expect(epsilon_eq(dbl, se, 100 / sqrt(COUNT), 0.1));
    const osarc_region none = {NULL, 0, "cut"};
    EXPECT_REFUSED(osarc_region_mean(&mean, &se, image, &none, &err), OSARC_ERR_QUALITY);
    cr_expect(eq(str, err.text, "cut"));
    cr_expect(isnan(mean));
    EXPECT_REFUSED(osarc_region_mean(&mean, &se, image, NULL, &err), OSARC_ERR_ARGUMENT);
    osarc_image_free(image);
}
