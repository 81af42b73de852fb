/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_OVERLAP_BOOTSTRAP_H
#define OSI_OVERLAP_BOOTSTRAP_H

#include <osarc/base.h>

/**
 * 95 % interval of the mean by the bias-corrected and accelerated bootstrap (Efron 1987). The same
 * seed gives the same interval; sorted values make it independent of their order. NAN for fewer
 * than two values; both ends the value itself when all are equal.
 */
OSARC_MUST_CHECK osarc_status osi_bootstrap_mean(double *low_out, double *high_out,
                                                 const double *sorted_values, size_t count,
                                                 uint64_t seed, size_t resamples, osarc_error *err);

#endif
