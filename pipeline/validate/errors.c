/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "statistics.h"

#include <osi/alloc.h>

osarc_status osi_errors_find(osi_errors *out, const double *x, const double *y, size_t count,
                             osarc_error *err)
{
    osi_estimate no = osi_refused(count, "no pair");
    *out = (osi_errors){no, no, no};
    if (count == 0)
        return OSARC_OK;
    double *size = osi_alloc_raw(count, sizeof(*size), err);
    if (!size)
        return OSARC_ERR_MEMORY;
    double squares = 0;
    int zero = 0;
    for (size_t i = 0; i < count; i++) {
        size[i] = fabs(y[i] - x[i]);
        squares += size[i] * size[i] / (double) count;
        zero = zero || x[i] == 0;
    }
    out->mae = osi_mean(size, count);
    out->rmse = osi_known(sqrt(squares), NAN, NAN, count);
    for (size_t i = 0; i < count; i++)
        size[i] = 100 * size[i] / fabs(x[i]);
    out->mape_percent = zero ? osi_refused(count, "a reference value is 0") : osi_mean(size, count);
    osi_free(size);
    return OSARC_OK;
}
