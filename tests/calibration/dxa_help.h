/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TEST_DXA_HELP_H
#define TEST_DXA_HELP_H

/* Densitometer phantoms, calibrated on a wedge of the same beams. */

#include <math.h>
#include <string.h>

#include <expect.h>
#include <osarc/dxa_calibration.h>
#include <osarc/dxa_phantom.h>

static osarc_error err = OSARC_ERROR_INIT;

static inline osarc_dxa_phantom *make_phantom(const char *kind,
                                              const osarc_dxa_phantom_options *options)
{
    osarc_dxa_phantom *phantom = NULL;
    EXPECT_OK(osarc_dxa_phantom_create(&phantom, kind, options, &err));
    return phantom;
}

static inline osarc_dxa_calibration make_calibration(const char *beams, const char *wedge,
                                                     double photons)
{
    osarc_dxa_phantom_options options = {.photons = photons, .shift_px = {0.4, 0.3}, .seed = 3};
    osarc_dxa_calibration calibration;
    strcpy(options.beams, beams);
    strcpy(options.wedge, wedge);
    osarc_dxa_phantom *phantom = make_phantom("dxa-wedge", &options);
    EXPECT_OK(osarc_dxa_calibrate(&calibration, osarc_dxa_phantom_pair(phantom),
                                  osarc_dxa_wedge_find(wedge), NULL, &err));
    osarc_dxa_phantom_free(phantom);
    return calibration;
}

/* A copy of a phantom's pair, to be spoilt. */
static inline osarc_dxa_pair *copy_pair(const osarc_dxa_pair *pair, const osarc_dxa_facts *facts)
{
    osarc_dxa_pair *copy = NULL;
    EXPECT_OK(osarc_dxa_pair_create(&copy, facts, &err));
    for (int e = 0; e < 2; e++)
        memcpy(osarc_dxa_pair_fill(copy, (osarc_dxa_energy) e),
               osarc_dxa_pair_values(pair, (osarc_dxa_energy) e),
               facts->columns * facts->rows * sizeof(float));
    return copy;
}

/* Mean of a map over a box given in mm from the middle. */
static inline double mean_in(const osarc_dxa_maps *maps, const float *map, double x_mm, double y_mm,
                             double half_x_mm, double half_y_mm)
{
    double sum = 0;
    double count = 0;
    for (size_t i = 0; i < maps->columns * maps->rows; i++) {
        double x =
            ((double) (i % maps->columns) - ((double) maps->columns - 1) / 2) * maps->spacing_mm[0];
        double y =
            ((double) (i / maps->columns) - ((double) maps->rows - 1) / 2) * maps->spacing_mm[1];
        if (fabs(x - x_mm) > half_x_mm || fabs(y - y_mm) > half_y_mm)
            continue;
        sum += map[i];
        count++;
    }
    return sum / count;
}

#endif
