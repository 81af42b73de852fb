/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSI_STATISTICS_H
#define OSI_STATISTICS_H

/**
 * @file statistics.h
 * The statistics of agreement, family by family. Formulas and sources: docs/validate-agreement.md.
 *
 * x is the reference, y the method; differences are y - x. Intervals are 95 %, two-sided.
 * A function fails only for want of memory; a statistic that cannot be had is refused, with a
 * reason, in its estimate. Inputs are finite numbers.
 */

#include <math.h>

#include <osarc/findings.h>
#include <osi/counts.h>

typedef struct osi_estimate {
    double value; /**< NAN exactly when refused. */
    double low;   /**< 95 % interval, or NAN. */
    double high;
    size_t count;
    osarc_quality quality;
    const char *note; /**< Static; NULL when there is nothing to say. */
} osi_estimate;

osi_estimate osi_known(double value, double low, double high, size_t count);
osi_estimate osi_refused(size_t count, const char *why);

/** Quantiles of the distributions; NAN outside 0 < p < 1 or degrees of freedom over 0. */
double osi_quantile_normal(double p);
double osi_quantile_t(double p, double df);
double osi_quantile_chi2(double p, double df);
double osi_quantile_f(double p, double df1, double df2);

/** Two-sided p of a t statistic. */
double osi_p_of_t(double t, double df);

/** Wilson's score interval of successes out of count; refused when count is 0. */
osi_estimate osi_proportion(double successes, double count);

/** Mean with its t interval. */
osi_estimate osi_mean(const double *values, size_t count);

#define OSI_Z95 1.959963984540054

/* bland_altman.c */

/** The factor of the limits of agreement as Bland and Altman print it. */
#define OSI_LIMITS_FACTOR 1.96

typedef struct osi_bland_altman {
    osi_estimate bias;
    osi_estimate bias_p;
    osi_estimate sd_difference;
    osi_estimate limit_low;
    osi_estimate limit_high;
    osi_estimate slope; /**< Of the difference on the mean of both. */
    osi_estimate slope_p;
} osi_bland_altman;

OSARC_MUST_CHECK osarc_status osi_bland_altman_find(osi_bland_altman *out, const double *x,
                                                    const double *y, size_t count,
                                                    osarc_error *err);

/** On the logarithm, turned back: bias and limits are ratios y/x. */
OSARC_MUST_CHECK osarc_status osi_bland_altman_ratio(osi_bland_altman *out, const double *x,
                                                     const double *y, size_t count,
                                                     osarc_error *err);

typedef struct osi_bland_altman_repeated {
    osi_estimate bias;
    osi_estimate sd_varying; /**< True value may change between the pairs of a subject. */
    osi_estimate limit_low_varying;
    osi_estimate limit_high_varying;
    osi_estimate sd_constant; /**< True value stays the same within a subject. */
    osi_estimate limit_low_constant;
    osi_estimate limit_high_constant;
    osi_estimate within_sd_x;
    osi_estimate within_sd_y;
    osi_estimate within_sd_difference;
} osi_bland_altman_repeated;

/** subject[i] is below `subjects`, and each number from 0 on is used. */
OSARC_MUST_CHECK osarc_status osi_bland_altman_repeat(osi_bland_altman_repeated *out,
                                                      const double *x, const double *y,
                                                      const size_t *subject, size_t count,
                                                      size_t subjects, osarc_error *err);

/* errors.c */

typedef struct osi_errors {
    osi_estimate mae;
    osi_estimate rmse;
    osi_estimate mape_percent;
} osi_errors;

OSARC_MUST_CHECK osarc_status osi_errors_find(osi_errors *out, const double *x, const double *y,
                                              size_t count, osarc_error *err);

/* regression.c, passing_bablok.c */

typedef struct osi_line {
    osi_estimate slope;
    osi_estimate intercept;
} osi_line;

void osi_line_least_squares(osi_line *out, const double *x, const double *y, size_t count);

/** lambda is the error variance of y over that of x. */
OSARC_MUST_CHECK osarc_status osi_line_deming(osi_line *out, const double *x, const double *y,
                                              size_t count, double lambda, osarc_error *err);

/** All pairs of points are held in memory: more points are refused. */
#define OSI_PASSING_BABLOK_LIMIT 5000

typedef struct osi_passing_bablok {
    osi_line line;
    size_t slopes;        /**< N: how many slopes the median is taken of. */
    size_t below;         /**< K: how many of them are below -1. */
    osi_estimate cusum;   /**< Linearity: largest cusum over sqrt(L + 1). */
    osi_estimate cusum_p; /**< By Kolmogorov's limit. */
} osi_passing_bablok;

OSARC_MUST_CHECK osarc_status osi_passing_bablok_find(osi_passing_bablok *out, const double *x,
                                                      const double *y, size_t count,
                                                      osarc_error *err);

/* concordance.c */

typedef struct osi_concordance {
    osi_estimate pearson;
    osi_estimate spearman;
    osi_estimate ccc;          /**< Lin 1989: moments over n. */
    osi_estimate ccc_unbiased; /**< Moments over n - 1. */
    osi_estimate accuracy;     /**< Bias correction C_b = ccc / pearson. */
} osi_concordance;

OSARC_MUST_CHECK osarc_status osi_concordance_find(osi_concordance *out, const double *x,
                                                   const double *y, size_t count, osarc_error *err);

/* icc.c */

typedef struct osi_icc {
    osi_estimate icc_1_1;
    osi_estimate icc_2_1;
    osi_estimate icc_3_1;
    osi_estimate icc_1_k;
    osi_estimate icc_2_k;
    osi_estimate icc_3_k;
} osi_icc;

/** scores[subject * raters + rater]. */
void osi_icc_find(osi_icc *out, const double *scores, size_t subjects, size_t raters);

/* precision.c */

/** ISCD: 1.96 * sqrt(2), as it is printed and used. */
#define OSI_LSC_FACTOR 2.77

typedef struct osi_precision {
    osi_estimate rms_sd;
    osi_estimate rms_cv_percent;
    osi_estimate lsc;
    osi_estimate lsc_percent;
    double degrees_of_freedom;
} osi_precision;

/** Repeated values of subjects; those with one value only say nothing and are passed over. */
OSARC_MUST_CHECK osarc_status osi_precision_find(osi_precision *out, const double *values,
                                                 const size_t *subject, size_t count,
                                                 size_t subjects, osarc_error *err);

/** 1 when |change| >= lsc, the ISCD's rule. */
int osi_change_is_real(double change, double lsc);

/* kappa.c: counts[row * classes + column], rows the reference, columns the method */

OSARC_MUST_CHECK osarc_status osi_kappa_find(osi_estimate *out, const double *counts,
                                             size_t classes, osi_weights weights, osarc_error *err);

/** Standard error of kappa by Fleiss, Cohen and Everitt; NAN when it cannot be had. */
OSARC_MUST_CHECK osarc_status osi_kappa_error(double *out, const double *counts, size_t classes,
                                              osi_weights weights, osarc_error *err);

/* diagnostic.c */

typedef struct osi_diagnostic {
    osi_estimate sensitivity;
    osi_estimate specificity;
    osi_estimate ppv;
    osi_estimate npv;
} osi_diagnostic;

/** One class against all others. */
void osi_diagnostic_find(osi_diagnostic *out, const double *counts, size_t classes, size_t which);

osi_estimate osi_diagnostic_accuracy(const double *counts, size_t classes);

/* roc.c */

typedef struct osi_roc {
    osi_estimate auc;
    osi_estimate auc_second; /**< Of the second score, when there is one. */
    osi_estimate difference; /**< First less second, correlated. */
    osi_estimate difference_p;
    double difference_z;
    osi_estimate youden; /**< sensitivity + specificity - 1 at the best threshold. */
    double threshold;    /**< Positive at score >= threshold (<= when low is positive). */
    osi_estimate sensitivity;
    osi_estimate specificity;
    double variance; /**< DeLong, of auc. */
} osi_roc;

/** positive[i] is 1 or 0; second may be NULL. */
OSARC_MUST_CHECK osarc_status osi_roc_find(osi_roc *out, const double *score, const double *second,
                                           const int *positive, size_t count, int low_is_positive,
                                           osarc_error *err);

/**
 * The corners of the curve from (0,0) to (1,1): 1 - specificity and sensitivity; count + 1 at most.
 */
OSARC_MUST_CHECK osarc_status osi_roc_curve(double *false_rate, double *true_rate,
                                            size_t *points_out, const double *score,
                                            const int *positive, size_t count, int low_is_positive,
                                            osarc_error *err);

#endif
