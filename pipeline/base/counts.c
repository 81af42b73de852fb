/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osi/counts.h>

#include <math.h>

#include <osi/alloc.h>

#define Z_95 1.959963984540054 /* 97.5 % point of the normal distribution */

osi_share osi_wilson(double share, double count)
{
    osi_share out = {NAN, NAN, NAN};
    if (!(share >= 0) || !(share <= 1) || !(count > 0) || !isfinite(count))
        return out;
    double z2 = Z_95 * Z_95;
    double centre = (share + z2 / (2 * count)) / (1 + z2 / count);
    double half =
        Z_95 / (1 + z2 / count) * sqrt(share * (1 - share) / count + z2 / (4 * count * count));
    out.value = share;
    out.low = fmin(share, fmax(0, centre - half));
    out.high = fmax(share, fmin(1, centre + half));
    return out;
}

static double weight(size_t i, size_t j, size_t classes, osi_weights weights)
{
    if (weights == OSI_WEIGHTS_NONE)
        return i == j;
    double apart = fabs((double) i - (double) j) / ((double) classes - 1);
    return 1 - (weights == OSI_WEIGHTS_LINEAR ? apart : apart * apart);
}

static osi_kappa compute(const double *counts, size_t classes, osi_weights weights, double *row,
                         double *column)
{
    osi_kappa k = {.value = NAN, .error = NAN};
    for (size_t i = 0; i < classes * classes; i++)
        k.total += counts[i];
    if (!(k.total > 0) || classes < 2)
        return k;
    for (size_t i = 0; i < classes; i++) {
        row[i] = column[i] = 0;
        for (size_t j = 0; j < classes; j++) {
            row[i] += counts[i * classes + j] / k.total;
            column[i] += counts[j * classes + i] / k.total;
        }
    }
    double observed = 0;
    double chance = 0;
    for (size_t i = 0; i < classes; i++)
        for (size_t j = 0; j < classes; j++) {
            double w = weight(i, j, classes, weights);
            observed += w * counts[i * classes + j] / k.total;
            chance += w * row[i] * column[j];
        }
    if (1 - chance < 1e-12)
        return k;
    k.value = (observed - chance) / (1 - chance);
    double sum = 0;
    for (size_t i = 0; i < classes; i++)
        for (size_t j = 0; j < classes; j++) {
            double of_row = 0;
            double of_column = 0;
            for (size_t m = 0; m < classes; m++) {
                of_row += column[m] * weight(i, m, classes, weights);
                of_column += row[m] * weight(m, j, classes, weights);
            }
            double d = weight(i, j, classes, weights) - (of_row + of_column) * (1 - k.value);
            sum += counts[i * classes + j] / k.total * d * d;
        }
    double shift = k.value - chance * (1 - k.value);
    k.error = sqrt(fmax(0, sum - shift * shift) / k.total) / (1 - chance);
    return k;
}

osarc_status osi_kappa_of(osi_kappa *out, const double *counts, size_t classes, osi_weights weights,
                          osarc_error *err)
{
    *out = (osi_kappa){.value = NAN, .error = NAN};
    double *sums = osi_alloc(2 * classes + 1, sizeof(*sums), err);
    if (!sums)
        return OSARC_ERR_MEMORY;
    *out = compute(counts, classes, weights, sums, sums + classes);
    osi_free(sums);
    return OSARC_OK;
}
