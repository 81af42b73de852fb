/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_ESTIMATES_H
#define OSARC_ESTIMATES_H

/**
 * @file estimates.h
 * Shares and kappas of counts, with their 95 % intervals. Formulas: docs/validate-agreement.md.
 */

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/** NAN where there is none. */
typedef struct osarc_interval {
    double value;
    double low;
    double high;
} osarc_interval;

/** A share with Wilson's score interval. The count may be an effective one; NAN for none. */
OSARC_API osarc_interval osarc_share(double share, double count);

/**
 * Cohen's kappa of classes given twice: counts[first * classes + second]; interval by the standard
 * error of Fleiss, Cohen and Everitt. NAN when both always give one class.
 */
OSARC_API OSARC_MUST_CHECK osarc_status osarc_kappa(osarc_interval *out, const double *counts,
                                                    size_t classes, osarc_error *err);

OSARC_END_DECLS

#endif
