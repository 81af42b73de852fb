/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <expect.h>

#include "dxa.h"

static osarc_error err = OSARC_ERROR_INIT;

enum {
    SIDE = 200
};

/* In (0, 1). */
static double uniform(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return ((double) (*state >> 11) + 0.5) * 0x1p-53;
}

/* Knuth's product of uniform numbers. */
static double count_photons(double mean, uint64_t *state)
{
    double limit = exp(-mean);
    double product = uniform(state);
    double count = 0;
    for (; product > limit; count++)
        product *= uniform(state);
    return count;
}

static double mean_of(const float *logs, size_t from, size_t to)
{
    double sum = 0;
    for (size_t y = 0; y < SIDE; y++)
        for (size_t x = from; x < to; x++)
            sum += logs[y * SIDE + x];
    return sum / (double) (SIDE * (to - from));
}

/* 500 photons in air, 50 behind a plate. The mean of the logarithm of counts of 50 lies 1 / 100
 * over that of 50. Four standard errors of 20 000 pixels, 4 sqrt(1 / 50 / 20 000) = 0.004, and
 * 0.0005 for terms of higher order and for the edge of the plate. */
Test(calibration_dxa_counts, takes_off_what_few_photons_add)
{
    static float logs[SIDE * SIDE];
    uint64_t state = 5;
    for (size_t i = 0; i < SIDE * SIDE; i++)
        logs[i] = (float) -log(count_photons(i % SIDE < SIDE / 2 ? 500 : 50, &state) / 500);
    cr_expect(gt(dbl, mean_of(logs, SIDE / 2, SIDE), log(10) + 0.008));
    EXPECT_OK(dxa_counts_undo(logs, SIDE, SIDE, 1, &err));
    cr_expect(epsilon_eq(dbl, mean_of(logs, SIDE / 2, SIDE), log(10), 0.0045));
    cr_expect(epsilon_eq(dbl, mean_of(logs, 0, SIDE / 2), 0, 0.0015));
}

Test(calibration_dxa_counts, leaves_images_without_noise_as_they_are)
{
    static float logs[SIDE * SIDE];
    for (size_t i = 0; i < SIDE * SIDE; i++)
        logs[i] = i % SIDE < SIDE / 2 ? 0 : 6;
    logs[SIDE + 7] = NAN;
    EXPECT_OK(dxa_counts_undo(logs, SIDE, SIDE, 1, &err));
    cr_expect(isnan(logs[SIDE + 7]));
    for (size_t i = 0; i < SIDE * SIDE; i++)
        if (i != SIDE + 7)
            cr_expect(eq(flt, logs[i], i % SIDE < SIDE / 2 ? 0 : 6));
}

Test(calibration_dxa_counts, tells_nothing_from_a_few_pixels)
{
    float logs[16] = {1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2};
    EXPECT_OK(dxa_counts_undo(logs, 4, 4, 1, &err));
    for (size_t i = 0; i < 16; i++)
        cr_expect(eq(flt, logs[i], i % 2 ? 2 : 1));
}
