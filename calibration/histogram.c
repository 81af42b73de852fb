/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "histogram.h"

#include <math.h>

#define QUARTILES_TO_SD 1.349 /* normal distribution */

uint64_t osi_bins_total(const uint32_t *bins, size_t count)
{
    uint64_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += bins[i];
    return total;
}

double osi_bins_quantile(const uint32_t *bins, size_t count, double share, uint64_t needed)
{
    uint64_t total = osi_bins_total(bins, count);
    if (total < needed || total == 0)
        return NAN;
    double wanted = share * (double) total;
    uint64_t before = 0;
    size_t i = 0;
    while (i + 1 < count && (double) (before + bins[i]) < wanted)
        before += bins[i++];
    return (double) i + (bins[i] ? (wanted - (double) before) / bins[i] : 0);
}

double osi_bins_mode(const uint32_t *bins, size_t count, size_t half, uint64_t needed)
{
    uint64_t total = osi_bins_total(bins, count);
    if (total < needed || total == 0 || count < 2 * half + 1)
        return NAN;
    uint64_t best = 0;
    size_t middle = half;
    for (size_t i = half; i + half < count; i++) {
        uint64_t sum = 0;
        for (size_t n = i - half; n <= i + half; n++)
            sum += bins[n];
        if (sum > best) {
            best = sum;
            middle = i;
        }
    }
    double weighted = 0;
    for (size_t n = middle - half; n <= middle + half; n++)
        weighted += (double) n * bins[n];
    return best ? weighted / (double) best : NAN;
}

double osi_bins_robust_sd(const uint32_t *bins, size_t count, uint64_t needed)
{
    return (osi_bins_quantile(bins, count, 0.75, needed) -
            osi_bins_quantile(bins, count, 0.25, needed)) /
           QUARTILES_TO_SD;
}
