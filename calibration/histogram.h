/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_CALIBRATION_HISTOGRAM_H
#define OSI_CALIBRATION_HISTOGRAM_H

/* Robust statistics of counts in bins of 1 HU. Results are in bins from the start of the first. */

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/* NAN below `needed` samples. */
double osi_bins_quantile(const uint32_t *bins, size_t count, double share, uint64_t needed);

/* Mean of the fullest window of 2 * half + 1 bins: a mode that neither noise nor the blur to one
 * side moves far. NAN below `needed` samples. */
double osi_bins_mode(const uint32_t *bins, size_t count, size_t half, uint64_t needed);

/* SD as the middle half of the samples lets expect, for a normal distribution. */
double osi_bins_robust_sd(const uint32_t *bins, size_t count, uint64_t needed);

uint64_t osi_bins_total(const uint32_t *bins, size_t count);

OSARC_END_DECLS

#endif
