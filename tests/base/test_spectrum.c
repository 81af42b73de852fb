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
