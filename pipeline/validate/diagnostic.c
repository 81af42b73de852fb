/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "statistics.h"

static osi_estimate proportion_or(double successes, double count, const char *why)
{
    return count > 0 ? osi_proportion(successes, count) : osi_refused(0, why);
}

void osi_diagnostic_find(osi_diagnostic *out, const double *counts, size_t classes, size_t which)
{
    double both = counts[which * classes + which];
    double reference = 0;
    double method = 0;
    double all = 0;
    for (size_t i = 0; i < classes; i++) {
        reference += counts[which * classes + i];
        method += counts[i * classes + which];
        for (size_t j = 0; j < classes; j++)
            all += counts[i * classes + j];
    }
    double neither = all - reference - method + both;
    out->sensitivity = proportion_or(both, reference, "the reference never has this class");
    out->specificity = proportion_or(neither, all - reference, "the reference has no other class");
    out->ppv = proportion_or(both, method, "the method never gives this class");
    out->npv = proportion_or(neither, all - method, "the method gives no other class");
}

osi_estimate osi_diagnostic_accuracy(const double *counts, size_t classes)
{
    double right = 0;
    double all = 0;
    for (size_t i = 0; i < classes; i++) {
        right += counts[i * classes + i];
        for (size_t j = 0; j < classes; j++)
            all += counts[i * classes + j];
    }
    return osi_proportion(right, all);
}
