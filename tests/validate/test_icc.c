/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <expect.h>

#include <statistics.h>

#include "worked_examples.h"

static int is_refused(osi_estimate e)
{
    return e.quality == OSARC_QUALITY_REFUSED && isnan(e.value) && isnan(e.low) && e.note;
}

static void expect_estimate(osi_estimate e, double value, double low, double high, double slack)
{
    cr_expect(epsilon_eq(dbl, e.value, value, slack));
    cr_expect(epsilon_eq(dbl, e.low, low, slack));
    cr_expect(epsilon_eq(dbl, e.high, high, slack));
}

/* Shrout PE, Fleiss JL. Psychol Bull 1979; 86: 420-428, tables 2 to 4: four judges, six targets.
 * The intervals are those that the R package psych prints for this table. All to two digits. */
Test(validate_icc, shrout_and_fleiss_have_their_six_forms)
{
    const double scores[] = {9, 2, 5, 8, 6,  1, 3, 2, 8, 4, 6, 8,
                             7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7};
    osi_icc i;
    osi_icc_find(&i, scores, 6, 4);
    expect_estimate(i.icc_1_1, .17, -.13, .72, .005);
    expect_estimate(i.icc_2_1, .29, .02, .76, .005);
    expect_estimate(i.icc_3_1, .71, .34, .95, .005);
    expect_estimate(i.icc_1_k, .44, -.88, .91, .005);
    expect_estimate(i.icc_2_k, .62, .07, .93, .005);
    expect_estimate(i.icc_3_k, .91, .68, .99, .005);
}

static void interleave(double *scores, const double *x, const double *y, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        scores[2 * i] = x[i];
        scores[2 * i + 1] = y[i];
    }
}

Test(validate_icc, density_pairs_have_their_worked_forms)
{
    double scores[2 * DENSITY_COUNT];
    interleave(scores, DENSITY_X, DENSITY_Y, DENSITY_COUNT);
    osi_icc i;
    osi_icc_find(&i, scores, DENSITY_COUNT, 2);
    cr_expect(epsilon_eq(dbl, i.icc_2_1.value, .99496203, 5e-9));
    cr_expect(epsilon_eq(dbl, i.icc_3_1.value, .99639626, 5e-9));
}

/* For two raters ICC(2,1) is Lin's coefficient but for terms of order 1/n (Nickerson, Biometrics
 * 1997; 53: 1503-1507); and an average form is the single one stepped up, exactly. */
Test(validate_icc, average_forms_are_single_forms_stepped_up)
{
    double scores[2 * PEAK_FLOW_COUNT];
    interleave(scores, PEAK_FLOW_WRIGHT, PEAK_FLOW_MINI, PEAK_FLOW_COUNT);
    osi_icc i;
    osi_icc_find(&i, scores, PEAK_FLOW_COUNT, 2);
    const osi_estimate single[] = {i.icc_1_1, i.icc_2_1, i.icc_3_1};
    const osi_estimate average[] = {i.icc_1_k, i.icc_2_k, i.icc_3_k};
    for (size_t f = 0; f < 3; f++) {
        cr_expect(
            epsilon_eq(dbl, average[f].value, 2 * single[f].value / (1 + single[f].value), 1e-12));
        cr_expect(epsilon_eq(dbl, average[f].low, 2 * single[f].low / (1 + single[f].low), 1e-9));
        cr_expect(
            epsilon_eq(dbl, average[f].high, 2 * single[f].high / (1 + single[f].high), 1e-9));
    }
    cr_expect(epsilon_eq(dbl, i.icc_2_1.value, 0.943, 0.01));
}

Test(validate_icc, refuses_two_subjects_and_one_rater)
{
    osi_icc i;
    osi_icc_find(&i, DENSITY_X, 2, 4);
    cr_expect(is_refused(i.icc_1_1) && is_refused(i.icc_3_k));
    osi_icc_find(&i, DENSITY_X, 8, 1);
    cr_expect(is_refused(i.icc_2_1) && is_refused(i.icc_2_k));
}

Test(validate_icc, refuses_scores_that_are_all_alike)
{
    const double scores[] = {.3, .3, .3, .3, .3, .3, .3, .3};
    osi_icc i;
    osi_icc_find(&i, scores, 4, 2);
    cr_expect(is_refused(i.icc_1_1) && is_refused(i.icc_2_1) && is_refused(i.icc_3_1));
    cr_expect(is_refused(i.icc_1_k) && is_refused(i.icc_2_k) && is_refused(i.icc_3_k));
}

Test(validate_icc, has_no_interval_when_the_raters_agree_fully)
{
    double scores[2 * DENSITY_COUNT];
    interleave(scores, DENSITY_X, DENSITY_X, DENSITY_COUNT);
    osi_icc i;
    osi_icc_find(&i, scores, DENSITY_COUNT, 2);
    const osi_estimate all[] = {i.icc_1_1, i.icc_2_1, i.icc_3_1, i.icc_1_k, i.icc_2_k, i.icc_3_k};
    for (size_t f = 0; f < 6; f++) {
        cr_expect(eq(dbl, all[f].value, 1.0));
        cr_expect(isnan(all[f].low));
        cr_expect(eq(int, (int) all[f].quality, OSARC_QUALITY_WARNING));
    }
}

/* A fixed offset: consistent, yet not in agreement. */
Test(validate_icc, an_offset_lowers_agreement_and_not_consistency)
{
    double y[DENSITY_COUNT];
    double scores[2 * DENSITY_COUNT];
    for (size_t i = 0; i < DENSITY_COUNT; i++)
        y[i] = DENSITY_X[i] + 0.5;
    interleave(scores, DENSITY_X, y, DENSITY_COUNT);
    osi_icc i;
    osi_icc_find(&i, scores, DENSITY_COUNT, 2);
    cr_expect(epsilon_eq(dbl, i.icc_3_1.value, 1.0, 1e-12));
    cr_expect(lt(dbl, i.icc_2_1.value, 0.3));
    cr_expect(isnan(i.icc_2_1.low));
}
