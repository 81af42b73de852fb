/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "limb_parts.h"

#include <math.h>
#include <string.h>

/* A x2 + B xy + C y2 + D x + E y = 1, by least squares over the points, lengths in dm. */

#define UNKNOWNS 5
#define DM       100.0

static int solve(double m[UNKNOWNS][UNKNOWNS + 1])
{
    for (int c = 0; c < UNKNOWNS; c++) {
        int pivot = c;
        for (int r = c + 1; r < UNKNOWNS; r++)
            if (fabs(m[r][c]) > fabs(m[pivot][c]))
                pivot = r;
        if (!(fabs(m[pivot][c]) > 1e-12))
            return 0;
        for (int n = 0; n <= UNKNOWNS; n++) {
            double swap = m[c][n];
            m[c][n] = m[pivot][n];
            m[pivot][n] = swap;
        }
        for (int r = 0; r < UNKNOWNS; r++) {
            double f = r == c ? 0 : m[r][c] / m[c][c];
            for (int n = c; n <= UNKNOWNS; n++)
                m[r][n] -= f * m[c][n];
        }
    }
    for (int c = 0; c < UNKNOWNS; c++)
        m[c][UNKNOWNS] /= m[c][c];
    return 1;
}

double limb_ellipse_mm2(const double *xy_mm, size_t count)
{
    double m[UNKNOWNS][UNKNOWNS + 1];
    memset(m, 0, sizeof(m));
    for (size_t i = 0; i < count; i++) {
        double x = xy_mm[2 * i] / DM;
        double y = xy_mm[2 * i + 1] / DM;
        const double row[UNKNOWNS + 1] = {x * x, x * y, y * y, x, y, 1};
        for (int r = 0; r < UNKNOWNS; r++)
            for (int c = 0; c <= UNKNOWNS; c++)
                m[r][c] += row[r] * row[c];
    }
    if (count < 3 * UNKNOWNS || !solve(m))
        return NAN;
    double a = m[0][UNKNOWNS];
    double b = m[1][UNKNOWNS];
    double c = m[2][UNKNOWNS];
    double d = m[3][UNKNOWNS];
    double e = m[4][UNKNOWNS];
    double det = 4 * a * c - b * b;
    if (!(det > 0))
        return NAN;
    double x = (b * e - 2 * c * d) / det;
    double y = (b * d - 2 * a * e) / det;
    double level = 1 + a * x * x + b * x * y + c * y * y;
    double dm2 = 2 * M_PI * level / sqrt(det);
    /* both of one sign, or it is not there */
    return dm2 > 0 && a > 0 ? dm2 * DM * DM : NAN;
}
