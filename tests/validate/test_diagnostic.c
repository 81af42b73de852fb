/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <expect.h>

#include <statistics.h>

static int is_refused(osi_estimate e)
{
    return e.quality == OSARC_QUALITY_REFUSED && isnan(e.value) && isnan(e.low) && e.note;
}

/* Altman DG, Bland JM. BMJ 1994; 308: 1552 and 309: 102: liver scans of 344 patients.
 * Scan abnormal in 231 of 258 with abnormal pathology and 32 of 86 with normal: sensitivity 0.90,
 * specificity 0.63, PPV 0.88, NPV 0.67. */
Test(validate_diagnostic, liver_scans_have_their_published_rates)
{
    const double counts[] = {231, 27, 32, 54};
    osi_diagnostic d;
    osi_diagnostic_find(&d, counts, 2, 0);
    cr_expect(epsilon_eq(dbl, d.sensitivity.value, 0.90, 0.005));
    cr_expect(epsilon_eq(dbl, d.specificity.value, 0.63, 0.005));
    cr_expect(epsilon_eq(dbl, d.ppv.value, 0.88, 0.005));
    cr_expect(epsilon_eq(dbl, d.npv.value, 0.67, 0.005));
    osi_diagnostic other;
    osi_diagnostic_find(&other, counts, 2, 1);
    cr_expect(eq(dbl, other.sensitivity.value, d.specificity.value));
    cr_expect(eq(dbl, other.ppv.value, d.npv.value));
}

/* By construction, one class of three against the others. */
Test(validate_diagnostic, counts_one_class_against_all_others)
{
    const double counts[] = {5, 1, 0, 2, 6, 2, 0, 1, 3};
    osi_diagnostic d;
    osi_diagnostic_find(&d, counts, 3, 1);
    cr_expect(epsilon_eq(dbl, d.sensitivity.value, 6.0 / 10, 1e-15));
    cr_expect(epsilon_eq(dbl, d.specificity.value, 8.0 / 10, 1e-15));
    cr_expect(epsilon_eq(dbl, d.ppv.value, 6.0 / 8, 1e-15));
    cr_expect(epsilon_eq(dbl, d.npv.value, 8.0 / 12, 1e-15));
    cr_expect(epsilon_eq(dbl, osi_diagnostic_accuracy(counts, 3).value, 14.0 / 20, 1e-15));
}

Test(validate_diagnostic, refuses_rates_of_a_class_that_is_not_there)
{
    const double counts[] = {0, 0, 1, 4};
    osi_diagnostic d;
    osi_diagnostic_find(&d, counts, 2, 0);
    cr_expect(is_refused(d.sensitivity));
    cr_expect(eq(dbl, d.specificity.value, 0.8));
    cr_expect(eq(dbl, d.ppv.value, 0.0));
    osi_diagnostic_find(&d, counts, 2, 1);
    cr_expect(is_refused(d.specificity));
    const double never[] = {0, 3, 0, 4};
    osi_diagnostic_find(&d, never, 2, 0);
    cr_expect(is_refused(d.ppv));
}

Test(validate_diagnostic, refuses_the_accuracy_of_nothing)
{
    const double counts[4] = {0};
    cr_expect(is_refused(osi_diagnostic_accuracy(counts, 2)));
}
