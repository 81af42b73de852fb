/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_COUNTS_H
#define OSI_COUNTS_H

/* Statistics of counts. Formulas and sources: docs/validate-agreement.md. */

#include <osarc/base.h>

OSARC_BEGIN_DECLS

/** A value with its 95 % interval; NAN where there is none. */
typedef struct osi_share {
    double value;
    double low;
    double high;
} osi_share;

/** A share with Wilson's score interval; the count may be an effective one. NAN for none. */
osi_share osi_wilson(double share, double count);

typedef enum osi_weights {
    OSI_WEIGHTS_NONE = 0,
    OSI_WEIGHTS_LINEAR = 1,
    OSI_WEIGHTS_QUADRATIC = 2
} osi_weights;

typedef struct osi_kappa {
    double total; /**< Of the counts. */
    double value; /**< NAN when chance agreement is 1, or nothing was counted. */
    double error; /**< Of Fleiss, Cohen and Everitt 1969, not under the null; NAN with value. */
} osi_kappa;

/** Cohen's kappa of classes given twice: counts[first * classes + second]. */
OSARC_MUST_CHECK osarc_status osi_kappa_of(osi_kappa *out, const double *counts, size_t classes,
                                           osi_weights weights, osarc_error *err);

OSARC_END_DECLS

#endif
