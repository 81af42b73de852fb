/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/estimates.h>

#include <osi/fail.h>

#include "statistics.h"

osarc_interval osarc_share(double share, double count)
{
    osarc_interval none = {NAN, NAN, NAN};
    if (!(share >= 0) || !(share <= 1) || !(count > 0) || !isfinite(count))
        return none;
    osi_estimate e = osi_proportion(share * count, count);
    return (osarc_interval){e.value, e.low, e.high};
}

osarc_status osarc_kappa(osarc_interval *out, const double *counts, size_t classes,
                         osarc_error *err)
{
    if (!out || !counts || classes < 2)
        return osi_fail(err, OSARC_ERR_ARGUMENT, "counts of two classes or more are needed");
    *out = (osarc_interval){NAN, NAN, NAN};
    osi_estimate e;
    osarc_status status = osi_kappa_find(&e, counts, classes, OSI_WEIGHTS_NONE, err);
    if (!status)
        *out = (osarc_interval){e.value, e.low, e.high};
    return status;
}
