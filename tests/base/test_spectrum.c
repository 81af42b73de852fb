/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <expect.h>
#include <osi/alloc.h>
#include <osi/spectrum.h>

#define SIDE 16

Test(base_spectrum, puts_a_wave_where_its_frequency_is)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_spectrum *spectrum = NULL;
    EXPECT_OK(osi_spectrum_create(&spectrum, SIDE, &err));
    for (int turn = 0; turn < 2; turn++)
        for (int wave = 1; wave < SIDE / 2; wave++) {
            double *square = osi_spectrum_square(spectrum);
            for (int y = 0; y < SIDE; y++)
                for (int x = 0; x < SIDE; x++)
                    square[y * SIDE + x] = 5 + 3 * cos(2 * M_PI * wave * (turn ? y : x) / SIDE);
            double bins[SIDE / 2] = {0};
            osi_spectrum_power(spectrum, bins);
            double total = 0;
            for (int b = 0; b < SIDE / 2; b++)
                total += bins[b];
            /* all power but the mean's: amplitude 3 has (3 * 256 / 2)^2 in each of two mirror waves
             */
            cr_expect(epsilon_eq(dbl, bins[wave], 2 * 384.0 * 384.0, 1e-6));
            cr_expect(epsilon_eq(dbl, total, bins[wave], 1e-6));
        }
    osi_spectrum_free(spectrum);
}

Test(base_spectrum, leaves_the_square_as_it_is)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_spectrum *spectrum = NULL;
    EXPECT_OK(osi_spectrum_create(&spectrum, SIDE, &err));
    for (int i = 0; i < SIDE * SIDE; i++)
        osi_spectrum_square(spectrum)[i] = i * 7 % 13;
    double bins[SIDE / 2] = {0};
    osi_spectrum_power(spectrum, bins);
    for (int i = 0; i < SIDE * SIDE; i++)
        cr_expect(eq(dbl, osi_spectrum_square(spectrum)[i], i * 7 % 13));
    osi_spectrum_free(spectrum);
}

Test(base_spectrum, refuses_sizes_out_of_range_and_nothing)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_spectrum *spectrum = NULL;
    EXPECT_REFUSED(osi_spectrum_create(&spectrum, 3, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_spectrum_create(&spectrum, 1025, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_spectrum_create(NULL, SIDE, &err), OSARC_ERR_ARGUMENT);
    osi_spectrum_free(NULL);
}

Test(base_spectrum, says_so_when_memory_runs_out)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_spectrum *spectrum = NULL;
    for (long n = 1; n <= 3; n++) {
        osi_alloc_fail_at(n);
        EXPECT_REFUSED(osi_spectrum_create(&spectrum, SIDE, &err), OSARC_ERR_MEMORY);
        cr_expect(eq(ptr, spectrum, NULL));
    }
    osi_alloc_fail_at(0);
}

/* One wave has one place; back and forth is the number of voxels times the volume. */
Test(base_spectrum, takes_a_volume_to_its_waves_and_back)
{
    osarc_error err = OSARC_ERROR_INIT;
    const size_t size[3] = {6, 5, 4};
    double volume[120];
    double waves[2 * 80];
    cr_assert(eq(sz, OSI_WAVES(size), 80));
    for (size_t i = 0; i < 120; i++)
        volume[i] = cos(2 * M_PI * (2.0 * (double) (i % 6) / 6 + (double) (i / 6 % 5) / 5));
    EXPECT_OK(osi_spectrum_waves(waves, volume, size, &err));
    for (size_t i = 0; i < 80; i++) {
        /* x twice and y once round; half of 120, the other half is the mirror's */
        cr_expect(epsilon_eq(dbl, waves[2 * i], i == 4 * 1 + 2 ? 60 : 0, 1e-9));
        cr_expect(epsilon_eq(dbl, waves[2 * i + 1], 0, 1e-9));
    }
    double back[120];
    EXPECT_OK(osi_spectrum_volume(back, waves, size, &err));
    for (size_t i = 0; i < 120; i++)
        cr_expect(epsilon_eq(dbl, back[i], 120 * volume[i], 1e-9));
}

Test(base_spectrum, refuses_volumes_out_of_range_and_nothing)
{
    osarc_error err = OSARC_ERROR_INIT;
    double values[64] = {0};
    const size_t fine[3] = {2, 2, 2};
    const size_t empty[3] = {2, 0, 2};
    const size_t huge[3] = {2, 1025, 2};
    EXPECT_REFUSED(osi_spectrum_waves(values, values, empty, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_spectrum_waves(values, values, huge, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_spectrum_waves(NULL, values, fine, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_spectrum_volume(values, NULL, fine, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_spectrum_volume(values, values, empty, &err), OSARC_ERR_ARGUMENT);
}
