/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <gsl/gsl_statistics_double.h>

#include <osi/alloc.h>
#include <osi/binomial.h>

#include "dxa.h"

/* Of squares of a normal number; and what -1 2 -1 makes of the variance of one. */
#define MEDIAN_OF_SQUARES 0.454936
#define SQUARED_STEPS     6.0
#define MIN_PIXELS        1000
/* Counts as few as this: beyond, the first term of the series says too little. */
#define LEAST_COUNT 4.0

/* What one photon less in air would be, as a share: by what pixels differ from both beside them,
 * where a count of n varies by 1/n and n falls with attenuation. 0 where too few tell it. */
static double share_of_photon(double *room, const float *logs, const float *smoothed,
                              size_t columns, size_t rows)
{
    size_t count = 0;
    for (size_t y = 0; y < rows; y++)
        for (size_t x = 1; x + 1 < columns; x++) {
            const float *at = logs + y * columns + x;
            double off = (double) at[-1] - 2.0 * at[0] + at[1];
            double square = off * off / SQUARED_STEPS * exp(-(double) smoothed[y * columns + x]);
            if (isfinite(square))
                room[count++] = square;
        }
    if (count < MIN_PIXELS)
        return 0;
    return gsl_stats_select(room, 1, count, count / 2) / MEDIAN_OF_SQUARES;
}

osarc_status dxa_counts_undo(float *logs, size_t columns, size_t rows, int threads,
                             osarc_error *err)
{
    size_t count = columns * rows;
    float *smoothed = osi_alloc_raw(count, sizeof(*smoothed), err);
    double *room = smoothed ? osi_alloc_raw(count, sizeof(*room), err) : NULL;
    if (room) {
        osi_binomial(smoothed, logs, columns, rows, threads);
        double share = share_of_photon(room, logs, smoothed, columns, rows);
        for (size_t i = 0; i < count; i++) {
            double inverse = fmin(1 / LEAST_COUNT, share * exp((double) smoothed[i]));
            if (isfinite(smoothed[i]))
                logs[i] -= (float) (inverse / 2);
        }
    }
    osarc_status status = room ? OSARC_OK : OSARC_ERR_MEMORY;
    osi_free(room);
    osi_free(smoothed);
    return status;
}
