/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <osarc/agreement.h>
#include <osi/alloc.h>
#include <osi/text.h>

#include "files.h"

static work w;

static void open_it(void)
{
    open_work(&w);
}

static void close_it(void)
{
    close_work(&w);
}

TestSuite(validate_agreement_classes, .init = open_it, .fini = close_it);

static const osarc_agreement_options CLASSES = {
    .kind = OSARC_AGREEMENT_CLASSES, .method = "auto", .reference = "manual"};
static const osarc_agreement_options SCORE = {
    .kind = OSARC_AGREEMENT_ROC, .method = "auto", .reference = "manual"};

static osarc_agreement *agree(const osarc_agreement_options *options, const char *text)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_agreement *a = NULL;
    put_file(&w, 0, text);
    EXPECT_OK(osarc_agreement_of_table(&a, w.path[0], options, &err));
    return a;
}

static void refuse(const osarc_agreement_options *options, const char *text, osarc_status wanted,
                   const char *words)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_agreement *a = NULL;
    put_file(&w, 0, text);
    EXPECT_REFUSED(osarc_agreement_of_table(&a, w.path[0], options, &err), wanted);
    cr_expect(ne(ptr, strstr(err.text, words), NULL), "%s", err.text);
}

static const osarc_agreement_row *row_of(const osarc_agreement *a, const char *name)
{
    const osarc_agreement_row *row = osarc_agreement_find(a, "all", name);
    cr_assert(ne(ptr, (void *) row, NULL), "%s", name);
    return row;
}

static int is_refused(const osarc_agreement *a, const char *name)
{
    const osarc_agreement_row *row = row_of(a, name);
    return row->quality == OSARC_QUALITY_REFUSED && isnan(row->value) && *row->note;
}

/* Rows of a table with the given counts, reference by method. */
static char *spread(const char *const *names, size_t classes, const int *counts)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_text text = {0};
    EXPECT_OK(osi_text_printf(&text, &err, "manual,auto\n"));
    for (size_t i = 0; i < classes * classes; i++)
        for (int c = 0; c < counts[i]; c++)
            EXPECT_OK(
                osi_text_printf(&text, &err, "%s,%s\n", names[i / classes], names[i % classes]));
    return text.data;
}

/* The worked 2 by 2 table: kappa .4, standard error .12699606. */
Test(validate_agreement_classes, two_classes_have_their_worked_kappa)
{
    const char *const names[] = {"osteoporosis", "normal"};
    const int counts[] = {20, 5, 10, 15};
    char *text = spread(names, 2, counts);
    osarc_agreement *a = agree(&CLASSES, text);
    const osarc_agreement_row *kappa = row_of(a, "kappa");
    cr_expect(epsilon_eq(dbl, kappa->value, .4, 1e-12));
    cr_expect(epsilon_eq(dbl, (kappa->ci_high - kappa->ci_low) / 2 / 1.959964, .12699606, 1e-7));
    cr_expect(epsilon_eq(dbl, row_of(a, "accuracy")->value, .7, 1e-12));
    cr_expect(epsilon_eq(dbl, row_of(a, "sensitivity:osteoporosis")->value, .8, 1e-12));
    cr_expect(epsilon_eq(dbl, row_of(a, "specificity:osteoporosis")->value, .6, 1e-12));
    cr_expect(epsilon_eq(dbl, row_of(a, "ppv:osteoporosis")->value, 20.0 / 30, 1e-12));
    cr_expect(epsilon_eq(dbl, row_of(a, "npv:osteoporosis")->value, .75, 1e-12));
    cr_expect(eq(dbl, row_of(a, "confusion:normal/osteoporosis")->value, 10.0));
    osarc_agreement_free(a);
    osi_free(text);
}

/* Couples as in test_kappa.c: linear weights need the order, which numbers carry and names do not.
 */
Test(validate_agreement_classes, weighted_kappa_needs_the_order_of_the_classes)
{
    const int counts[] = {7, 7, 2, 3, 2, 8, 3, 7, 1, 5, 4, 9, 2, 8, 9, 14};
    const char *const numbers[] = {"1", "2", "9", "10"};
    const char *const names[] = {"never", "fairly", "very", "always"};
    char *text = spread(numbers, 4, counts);
    osarc_agreement *a = agree(&CLASSES, text);
    cr_expect(epsilon_eq(dbl, row_of(a, "kappa_linear")->value, .2374, 5e-5));
    osarc_agreement_free(a);
    osi_free(text);

    text = spread(names, 4, counts);
    a = agree(&CLASSES, text);
    cr_expect(is_refused(a, "kappa_linear") && is_refused(a, "kappa_quadratic"));
    cr_expect(epsilon_eq(dbl, row_of(a, "kappa")->value, .1293, 5e-5));
    osarc_agreement_free(a);

    osarc_agreement_options options = CLASSES;
    options.order = "never, fairly,very ,always";
    a = agree(&options, text);
    cr_expect(epsilon_eq(dbl, row_of(a, "kappa_linear")->value, .2374, 5e-5));
    osarc_agreement_free(a);

    options.order = "never,fairly,very";
    refuse(&options, text, OSARC_ERR_ARGUMENT, "row 18 has a class that is not in the order");
    options.order = "never,never,very";
    refuse(&options, text, OSARC_ERR_ARGUMENT, "twice");
    options.order = "never,,very";
    refuse(&options, text, OSARC_ERR_ARGUMENT, "''");
    osi_free(text);
}

Test(validate_agreement_classes, one_class_gives_a_refused_kappa)
{
    osarc_agreement *a = agree(&CLASSES, "auto,manual\n1,1\n1,1\n,1\n");
    cr_expect(is_refused(a, "kappa") && is_refused(a, "specificity:1"));
    cr_expect(eq(dbl, row_of(a, "accuracy")->value, 1.0));
    cr_expect(eq(dbl, row_of(a, "cells_missing")->value, 1.0));
    osarc_agreement_free(a);
}

Test(validate_agreement_classes, refuses_numbers_taken_for_classes)
{
    osarc_error err = OSARC_ERROR_INIT;
    osi_text text = {0};
    EXPECT_OK(osi_text_printf(&text, &err, "auto,manual\n"));
    for (int i = 0; i < 40; i++)
        EXPECT_OK(osi_text_printf(&text, &err, "%d.5,%d.25\n", i, i));
    refuse(&CLASSES, text.data, OSARC_ERR_QUALITY, "80 classes, at most 50");
    osi_free(text.data);
}

/* By hand: 2 and 3 positive scores of 3 over 1, 1, 2: ranks give (2.5 + 3 + 3) / 9. */
Test(validate_agreement_classes, a_score_gets_its_area)
{
    const char *text = "auto,manual\n2,yes\n3,yes\n4,yes\n1,no\n1,no\n2,no\n";
    osarc_agreement_options options = SCORE;
    options.positive = "yes";
    osarc_agreement *a = agree(&options, text);
    cr_expect(epsilon_eq(dbl, row_of(a, "auc")->value, 8.5 / 9, 1e-12));
    cr_expect(eq(dbl, row_of(a, "positives")->value, 3.0));
    cr_expect(eq(dbl, row_of(a, "youden_threshold")->value, 3.0));
    osarc_agreement_free(a);
    options.low_is_positive = 1;
    a = agree(&options, text);
    cr_expect(epsilon_eq(dbl, row_of(a, "auc")->value, 0.5 / 9, 1e-12));
    osarc_agreement_free(a);
}

Test(validate_agreement_classes, two_scores_are_compared_and_drawn)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_agreement_options options = SCORE;
    options.second = "other";
    osarc_agreement *a = agree(&options, "auto,manual,other\n2,1,1\n3,1,5\n4,1,4\n1,0,2\n1,0,6\n"
                                         "2,0,3\nx,0,1\n1,0,\n");
    cr_expect(epsilon_eq(dbl, row_of(a, "auc_difference")->value,
                         row_of(a, "auc")->value - row_of(a, "auc_second")->value, 1e-12));
    cr_expect(eq(str, (char *) row_of(a, "cells_missing")->note, "other: row 9"));
    char out[96];
    snprintf(out, sizeof(out), "%s/out", w.folder);
    EXPECT_OK(osarc_agreement_write(a, out, 0, &err));
    osarc_agreement_free(a);
}

Test(validate_agreement_classes, too_few_cases_give_a_refused_area)
{
    osarc_agreement *a = agree(&SCORE, "auto,manual\n1,0\n2,0\n3,0\n4,1\n");
    cr_expect(is_refused(a, "auc") && is_refused(a, "youden_threshold"));
    osarc_agreement_free(a);
}

Test(validate_agreement_classes, refuses_a_reference_that_has_not_two_classes)
{
    refuse(&SCORE, "auto,manual\n1,0\n2,1\n3,2\n", OSARC_ERR_QUALITY, "3 classes, a score needs 2");
    refuse(&SCORE, "auto,manual\n1,1\n2,1\n", OSARC_ERR_QUALITY, "1 classes");
}

Test(validate_agreement_classes, refuses_a_positive_class_that_is_not_there)
{
    refuse(&SCORE, "auto,manual\n1,no\n2,yes\n", OSARC_ERR_ARGUMENT,
           "no class '1'; one of its two is needed");
}

Test(validate_agreement_classes, refuses_the_same_score_twice)
{
    osarc_agreement_options options = SCORE;
    options.second = "auto";
    refuse(&options, "auto,manual\n1,0\n2,1\n", OSARC_ERR_ARGUMENT, "given twice");
}
