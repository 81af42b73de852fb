/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "statistics.h"

#include <osi/alloc.h>

static double weight(size_t i, size_t j, size_t classes, osi_weights weights)
{
    if (weights == OSI_WEIGHTS_NONE)
        return i == j;
    double apart = fabs((double) i - (double) j) / ((double) classes - 1);
    return 1 - (weights == OSI_WEIGHTS_LINEAR ? apart : apart * apart);
}

typedef struct kappa {
    double total;
    double value; /* NAN when chance agreement is 1 */
    double error; /* Fleiss, Cohen and Everitt 1969, not under the null */
} kappa;

static kappa compute(const double *counts, size_t classes, osi_weights weights, double *row,
                     double *column)
{
    kappa k = {.value = NAN, .error = NAN};
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

static osarc_status find(kappa *out, const double *counts, size_t classes, osi_weights weights,
                         osarc_error *err)
{
    double *sums = osi_alloc(2 * classes + 1, sizeof(*sums), err);
    if (!sums)
        return OSARC_ERR_MEMORY;
    *out = compute(counts, classes, weights, sums, sums + classes);
    osi_free(sums);
    return OSARC_OK;
}

osarc_status osi_kappa_error(double *out, const double *counts, size_t classes, osi_weights weights,
                             osarc_error *err)
{
    kappa k;
    *out = NAN;
    osarc_status status = find(&k, counts, classes, weights, err);
    if (!status)
        *out = k.error;
    return status;
}

osarc_status osi_kappa_find(osi_estimate *out, const double *counts, size_t classes,
                            osi_weights weights, osarc_error *err)
{
    kappa k;
    *out = osi_refused(0, "out of memory");
    osarc_status status = find(&k, counts, classes, weights, err);
    if (status)
        return status;
    if (!(k.total > 0))
        *out = osi_refused(0, "no pair of classes");
    else if (isnan(k.value))
        *out = osi_refused((size_t) k.total, "both columns hold one class only");
    else
        *out = osi_known(k.value, fmax(-1, k.value - OSI_Z95 * k.error),
                         fmin(1, k.value + OSI_Z95 * k.error), (size_t) k.total);
    if (!isnan(k.value) && k.error <= 0) {
        out->low = out->high = NAN;
        out->quality = OSARC_QUALITY_WARNING;
        out->note = "no interval: the standard error is 0";
    }
    return OSARC_OK;
}
