/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/reference.h>

#include <math.h>
#include <stddef.h>

#define DECIMALS_MOST 6
#define AT_LIMIT      1e-9 /* so near a limit a score is at it, as where classes are made */

/* Limits of the classes of bone, WHO 1994, and of Z, ISCD 2019. */
static const double LIMITS[] = {-1.0, -2.0, -2.5};

static int side_of(double score, double limit)
{
    return (score > limit + AT_LIMIT) - (score < limit - AT_LIMIT);
}

int osarc_score_decimals(double score, int least)
{
    int decimals = least;
    for (int crosses = isfinite(score); crosses && decimals <= DECIMALS_MOST;) {
        double scale = pow(10, decimals);
        double shown = round(score * scale) / scale;
        crosses = 0;
        for (size_t i = 0; i < sizeof(LIMITS) / sizeof(LIMITS[0]); i++)
            crosses |= side_of(score, LIMITS[i]) != side_of(shown, LIMITS[i]);
        decimals += crosses;
    }
    return decimals > DECIMALS_MOST ? DECIMALS_MOST : decimals;
}
