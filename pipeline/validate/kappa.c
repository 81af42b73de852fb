/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "statistics.h"

osarc_status osi_kappa_error(double *out, const double *counts, size_t classes, osi_weights weights,
                             osarc_error *err)
{
    osi_kappa k;
    *out = NAN;
    osarc_status status = osi_kappa_of(&k, counts, classes, weights, err);
    if (!status)
        *out = k.error;
    return status;
}

osarc_status osi_kappa_find(osi_estimate *out, const double *counts, size_t classes,
                            osi_weights weights, osarc_error *err)
{
    osi_kappa k;
    *out = osi_refused(0, "out of memory");
    osarc_status status = osi_kappa_of(&k, counts, classes, weights, err);
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
