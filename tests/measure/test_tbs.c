/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Textures whose variogram is known in closed form. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <expect.h>
#include <osarc/tbs.h>

#define SIDE 160

static float map[SIDE * SIDE];
static uint8_t labels[SIDE * SIDE];
static osarc_tbs_input input;

static void begin(double spacing_mm)
{
    input = (osarc_tbs_input){.bone_g_cm2 = map,
                              .labels = labels,
                              .from_label = 28,
                              .to_label = 31,
                              .columns = SIDE,
                              .rows = SIDE,
                              .spacing_mm = {spacing_mm, spacing_mm}};
    memset(labels, 0, sizeof(labels));
    for (size_t y = 10; y < SIDE - 10; y++)
        for (size_t x = 10; x < SIDE - 10; x++)
            labels[y * SIDE + x] = (uint8_t) (28 + (y / 40) % 4);
}

static double noise(void)
{
    static unsigned state = 3;
    double sum = 0;
    for (int i = 0; i < 12; i++) {
        state = state * 1664525u + 1013904223u;
        sum += (state >> 8) / 16777216.0;
    }
    return sum - 6;
}

static osarc_tbs measure(void)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_tbs out;
    EXPECT_OK(osarc_tbs_measure(&out, &input, &err));
    return out;
}

/* Over a bowl x^2 + y^2 the mean square of differences is 4 <x^2> d^2 along every direction, for
 * distances small against it; longer ones have pairs nearer to the middle: 0.06. */
Test(tbs, a_smooth_slope_reads_two)
{
    begin(0.6);
    for (size_t i = 0; i < SIDE * SIDE; i++) {
        double x = (double) (i % SIDE) - SIDE / 2.0;
        double y = (double) (i / SIDE) - SIDE / 2.0;
        map[i] = (float) (0.0001 * (x * x + y * y));
    }
    cr_expect(epsilon_eq(dbl, measure().value, 2, 0.06));
}

Test(tbs, noise_reads_nothing)
{
    begin(0.6);
    for (size_t i = 0; i < SIDE * SIDE; i++)
        map[i] = (float) (0.8 + 0.05 * noise());
    osarc_tbs out = measure();
    /* its variogram is the same at all distances */
    cr_expect(epsilon_eq(dbl, out.value, 0, 0.05));
    cr_expect(out.ci_low < 0.02 && out.ci_high > -0.02);
}

/* A wave of length L along x and y: V(d) = 2 A^2 (1 - cos(2 pi d / L)) / 2 along each, and along a
 * diagonal of step d the wave of each moves by d / sqrt 2. */
static double wave_slope(double length, double spacing)
{
    double s = 0, sx = 0, sxx = 0, sy = 0, sxy = 0;
    for (int way = 0; way < 4; way++)
        for (int n = 1; n < 200; n++) {
            double d = n * spacing * (way < 2 ? 1 : sqrt(2));
            if (d < OSARC_TBS_FROM_MM || d > OSARC_TBS_TO_MM)
                continue;
            double w = 2 * M_PI / length;
            double v = way < 2 ? 1 - cos(w * d) : 2 * (1 - cos(w * d / sqrt(2)));
            double x = log(d);
            double y = log(v);
            s += 1;
            sx += x;
            sxx += x * x;
            sy += y;
            sxy += x * y;
        }
    return (s * sxy - sx * sy) / (s * sxx - sx * sx);
}

static void draw_wave(double length, double spacing)
{
    for (size_t i = 0; i < SIDE * SIDE; i++) {
        double x = (double) (i % SIDE) * spacing;
        double y = (double) (i / SIDE) * spacing;
        map[i] = (float) (1 + 0.1 * sin(2 * M_PI * x / length) + 0.1 * sin(2 * M_PI * y / length));
    }
}

/* Whole waves do not quite fit the region: 0.03. */
Test(tbs, waves_read_what_their_variogram_says)
{
    for (double length = 12; length <= 24; length += 6) {
        begin(0.5);
        draw_wave(length, 0.5);
        cr_expect(epsilon_eq(dbl, measure().value, wave_slope(length, 0.5), 0.03));
    }
}

/* The same texture on coarser pixels, which have fewer distances. */
Test(tbs, the_size_of_a_pixel_matters_little)
{
    begin(0.5);
    draw_wave(15, 0.5);
    double fine = measure().value;
    begin(1);
    draw_wave(15, 1);
    cr_expect(epsilon_eq(dbl, measure().value, fine, 0.1));
}

static double add_noise(double sd)
{
    begin(0.5);
    draw_wave(15, 0.5);
    double clean = measure().value;
    for (size_t i = 0; i < SIDE * SIDE; i++)
        map[i] += (float) (sd * noise());
    return clean;
}

/* Noise of a known size is taken out of the variogram; an eighth of the texture was noise, and what
 * its scatter leaves is under a fifth of what it took: 0.02. */
Test(tbs, noise_that_is_known_is_taken_out)
{
    double clean = add_noise(0.008);
    double noisy = measure().value;
    input.noise_sd_g_cm2 = 0.008;
    double mended = measure().value;
    cr_expect(lt(dbl, noisy, clean - 0.05));
    cr_expect(epsilon_eq(dbl, mended, clean, 0.02));
}

static void expect_refused(osarc_status wanted)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_tbs out;
    EXPECT_REFUSED(osarc_tbs_measure(&out, &input, &err), wanted);
}

/* Twice as much noise is four times the share: over a fifth. */
Test(tbs, texture_that_is_noise_for_a_good_part_is_refused)
{
    add_noise(0.016);
    input.noise_sd_g_cm2 = 0.016;
    expect_refused(OSARC_ERR_QUALITY);
    add_noise(0.05);
    input.noise_sd_g_cm2 = 0.05;
    expect_refused(OSARC_ERR_QUALITY);
}

Test(tbs, pixels_too_coarse_or_unknown_are_refused)
{
    begin(2.4);
    expect_refused(OSARC_ERR_GEOMETRY);
    begin(NAN);
    expect_refused(OSARC_ERR_GEOMETRY);
    begin(0);
    expect_refused(OSARC_ERR_GEOMETRY);
}

Test(tbs, a_small_or_empty_region_is_refused)
{
    begin(0.6);
    draw_wave(15, 0.6);
    memset(labels, 0, sizeof(labels));
    expect_refused(OSARC_ERR_QUALITY);
    for (size_t y = 50; y < 65; y++)
        for (size_t x = 50; x < 65; x++)
            labels[y * SIDE + x] = 29;
    expect_refused(OSARC_ERR_QUALITY);
}

Test(tbs, a_flat_map_has_no_texture)
{
    begin(0.6);
    for (size_t i = 0; i < SIDE * SIDE; i++)
        map[i] = 0.9f;
    expect_refused(OSARC_ERR_QUALITY);
}

Test(tbs, more_noise_than_texture_is_refused)
{
    begin(0.6);
    for (size_t i = 0; i < SIDE * SIDE; i++)
        map[i] = (float) (0.8 + 0.05 * noise());
    input.noise_sd_g_cm2 = 0.06;
    expect_refused(OSARC_ERR_QUALITY);
}

Test(tbs, nothing_to_measure_is_refused)
{
    begin(0.6);
    input.bone_g_cm2 = NULL;
    expect_refused(OSARC_ERR_ARGUMENT);
    osarc_error err = OSARC_ERROR_INIT;
    osarc_tbs out;
    EXPECT_REFUSED(osarc_tbs_measure(&out, NULL, &err), OSARC_ERR_ARGUMENT);
    begin(0.6);
    EXPECT_REFUSED(osarc_tbs_measure(NULL, &input, &err), OSARC_ERR_ARGUMENT);
}
