/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/scale.h>

#include <math.h>

double osarc_calibration_mg_cm3(const osarc_calibration *calibration, double hu)
{
    if (!calibration || calibration->rung == OSARC_RUNG_NONE)
        return NAN;
    const double *c = calibration->density;
    return c[0] + hu * (c[1] + hu * c[2]);
}

double osarc_calibration_half_mg_cm3(const osarc_calibration *calibration, double hu)
{
    if (!calibration || calibration->rung == OSARC_RUNG_NONE)
        return NAN;
    const double power[3] = {1, hu, hu * hu};
    double variance = 0;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            variance += power[i] * power[j] * calibration->covariance[i][j];
    return hypot(calibration->t_95 * sqrt(variance < 0 ? 0 : variance),
                 calibration->systematic_mg_cm3);
}
