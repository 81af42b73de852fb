/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rod_fit.h"

#include <math.h>

#include <gsl/gsl_fit.h>

#include "rods.h"

#define MAX_WATER_HU  90   /* a little wider than what a fit is refused for, which then says why */
#define MAX_RMS_HU    12   /* noise, shading along the row, */
#define MAX_RMS_SHARE 0.03 /* and beam hardening, of the span */

/* Through the mean, by the moments about it. */
void rod_fit_parabola(double out[3], const double *x, const double *y, size_t count)
{
    double n = (double) count;
    double mx = 0, my = 0, s2 = 0, s3 = 0, s4 = 0, s1y = 0, s2y = 0;
    out[0] = out[1] = out[2] = 0;
    for (size_t i = 0; i < count; i++) {
        mx += x[i] / n;
        my += y[i] / n;
    }
    for (size_t i = 0; i < count; i++) {
        double dx = x[i] - mx;
        double dy = y[i] - my;
        s2 += dx * dx;
        s3 += dx * dx * dx;
        s4 += dx * dx * dx * dx;
        s1y += dx * dy;
        s2y += dx * dx * dy;
    }
    double c1 = s2 > 0 ? s1y / s2 : 0;
    double c2 = 0;
    if (count > 2) {
        double det = s2 * (s4 - s2 * s2 / n) - s3 * s3;
        if (det > 1e-9) {
            c2 = (s2 * s2y - s3 * s1y) / det;
            c1 = (s1y - c2 * s3) / s2;
        }
    }
    /* y - my = c1 dx + c2 (dx^2 - s2 / n) */
    out[2] = c2;
    out[1] = c1 - 2 * c2 * mx;
    out[0] = my - c1 * mx + c2 * (mx * mx - (n > 0 ? s2 / n : 0));
}

int rod_fit_is_plausible(double *rms_out, const osarc_rod_model *model, const double *hu,
                         double kvp)
{
    double x[OSARC_ROD_MAX];
    double y[OSARC_ROD_MAX];
    double span[2] = {INFINITY, -INFINITY};
    size_t count = 0;
    for (size_t rod = 0; rod < model->rod_count; rod++) {
        if (!isfinite(hu[rod]))
            continue;
        x[count] = model->density_mg_cm3[rod];
        /* what is beside the slope of the scale, for Mindways rods too */
        y[count++] = hu[rod] - rods_expected_hu(model, rod, 0, 0);
        span[0] = fmin(span[0], hu[rod]);
        span[1] = fmax(span[1], hu[rod]);
    }
    double intercept, slope, c00, c01, c11, squares, low, high;
    *rms_out = INFINITY;
    if (count < 2)
        return 0;
    gsl_fit_linear(x, 1, y, 1, count, &intercept, &slope, &c00, &c01, &c11, &squares);
    rods_slope_range(model, kvp, &low, &high);
    *rms_out = sqrt(squares / (double) count);
    return slope >= low && slope <= high && fabs(intercept) <= MAX_WATER_HU &&
           *rms_out <= fmax(MAX_RMS_HU, MAX_RMS_SHARE * (span[1] - span[0]));
}
