/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <unistd.h>

#include <osarc/agreement.h>
#include <osi/alloc.h>

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

TestSuite(validate_agreement, .init = open_it, .fini = close_it);

static const char DENSITY[] = "case,auto,manual,site\n"
                              "a,.825,.812,L3\nb,.921,.934,L3\nc,1.068,1.051,L3\nk,.781,.765,L3\n"
                              "e,.872,.880,L4\nf,1.141,1.120,L4\ng,.710,.698,L4\nh,1.004,.990,L4\n";

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
    osarc_agreement *a = (osarc_agreement *) -1;
    put_file(&w, 0, text);
    EXPECT_REFUSED(osarc_agreement_of_table(&a, w.path[0], options, &err), wanted);
    cr_expect(ne(ptr, strstr(err.text, words), NULL), "%s", err.text);
    cr_expect(eq(ptr, a, NULL));
}

static const osarc_agreement_row *row_of(const osarc_agreement *a, const char *group,
                                         const char *name)
{
    const osarc_agreement_row *row = osarc_agreement_find(a, group, name);
    cr_assert(ne(ptr, (void *) row, NULL), "%s %s", group, name);
    return row;
}

static double value_of(const osarc_agreement *a, const char *group, const char *name)
{
    return row_of(a, group, name)->value;
}

static int is_refused(const osarc_agreement *a, const char *group, const char *name)
{
    const osarc_agreement_row *row = row_of(a, group, name);
    return row->quality == OSARC_QUALITY_REFUSED && isnan(row->value) && isnan(row->ci_low) &&
           *row->note;
}

static const osarc_agreement_options NUMBERS = {.method = "auto", .reference = "manual"};

/* The eight density pairs, worked by hand; see test_bland_altman.c and its siblings. */
Test(validate_agreement, a_table_gets_every_statistic)
{
    osarc_agreement_options options = NUMBERS;
    options.change = 0.03;
    options.logarithm = 1;
    osarc_agreement *a = agree(&options, DENSITY);
    cr_expect(epsilon_eq(dbl, value_of(a, "all", "bias"), .009, 5e-7));
    cr_expect(epsilon_eq(dbl, value_of(a, "all", "limit_low"), -.015346, 5e-7));
    cr_expect(epsilon_eq(dbl, value_of(a, "all", "deming_slope"), 1.01706836, 5e-9));
    cr_expect(epsilon_eq(dbl, value_of(a, "all", "passing_bablok_slope"), 1.01412441, 5e-9));
    cr_expect(epsilon_eq(dbl, value_of(a, "all", "icc_2_1"), .99496203, 5e-9));
    cr_expect(epsilon_eq(dbl, value_of(a, "all", "icc_3_1"), .99639626, 5e-9));
    cr_expect(epsilon_eq(dbl, value_of(a, "all", "ccc"), .99424646, 5e-9));
    cr_expect(epsilon_eq(dbl, value_of(a, "all", "rms_sd"), .01039230, 5e-9));
    cr_expect(epsilon_eq(dbl, value_of(a, "all", "precision_df"), 8.0, 0));
    cr_expect(eq(dbl, value_of(a, "all", "change_exceeds_lsc"), 1.0));
    cr_expect(gt(dbl, value_of(a, "all", "ratio_limit_high"), 1.0));
    cr_expect(eq(sz, row_of(a, "all", "bias")->count, 8));
    osarc_agreement_free(a);
}

Test(validate_agreement, each_group_is_judged_beside_the_whole)
{
    osarc_agreement_options options = NUMBERS;
    options.by = "site";
    osarc_agreement *a = agree(&options, DENSITY);
    double l3 = value_of(a, "site=L3", "bias");
    double l4 = value_of(a, "site=L4", "bias");
    cr_expect(epsilon_eq(dbl, l3, (.013 - .013 + .017 + .016) / 4, 1e-12));
    cr_expect(epsilon_eq(dbl, (l3 + l4) / 2, value_of(a, "all", "bias"), 1e-12));
    osarc_agreement_free(a);
}

Test(validate_agreement, the_order_of_rows_does_not_matter)
{
    osarc_agreement_options options = NUMBERS;
    options.by = "site";
    osarc_agreement *a = agree(&options, DENSITY);
    osarc_agreement *b =
        agree(&options, "site,manual,auto,case\nL4,.990,1.004,h\nL3,.812,.825,a\nL4,.880,.872,e\n"
                        "L3,1.051,1.068,c\nL4,.698,.710,g\nL3,.934,.921,b\nL4,1.120,1.141,f\n"
                        "L3,.765,.781,k\n");
    cr_assert(eq(sz, osarc_agreement_count(a), osarc_agreement_count(b)));
    cr_expect(eq(str, (char *) osarc_agreement_table(a), (char *) osarc_agreement_table(b)));
    osarc_agreement_free(a);
    osarc_agreement_free(b);
}

Test(validate_agreement, cells_that_cannot_be_used_are_counted_and_named)
{
    osarc_agreement *a =
        agree(&NUMBERS, "auto,manual\n1,1.1\n,2\n3,\n4,4.2\n5,five\n\n6,6.1\n\"7,1\",7\nnan,3\n");
    cr_expect(eq(dbl, value_of(a, "all", "pairs"), 3.0));
    cr_expect(eq(dbl, value_of(a, "all", "cells_missing"), 2.0));
    cr_expect(eq(dbl, value_of(a, "all", "cells_not_numeric"), 3.0));
    const osarc_agreement_row *row = row_of(a, "all", "cells_missing");
    cr_expect(eq(str, (char *) row->note, "auto: row 3; manual: row 4"));
    cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_WARNING));
    row = row_of(a, "all", "cells_not_numeric");
    cr_expect(eq(str, (char *) row->note, "manual: row 6; auto: rows 9, 10"));
    osarc_agreement_free(a);
}

Test(validate_agreement, rows_in_a_run_are_named_as_a_range)
{
    osarc_agreement *a = agree(&NUMBERS, "auto,manual\n1,1\n,2\n,3\n,4\n5,5\n,6\n,7\n");
    cr_expect(eq(str, (char *) row_of(a, "all", "cells_missing")->note, "auto: rows 3-5, 7, 8"));
    osarc_agreement_free(a);
}

/* Pairs (10,12), (20,21) of one subject and so on: means by hand. */
Test(validate_agreement, repeats_are_judged_within_their_subject)
{
    osarc_agreement_options options = NUMBERS;
    options.repeat = "case";
    osarc_agreement *a = agree(&options, "case,auto,manual\nx,12,10\ny,21,20\nx,13,10\ny,22,20\n"
                                         "z,33,30\nz,31,30\n");
    cr_expect(epsilon_eq(dbl, value_of(a, "all", "bias"), 2.0, 1e-12));
    cr_expect(eq(dbl, value_of(a, "all", "within_subject_sd_reference"), 0.0));
    /* variances 0.5, 0.5 and 2 within subjects */
    cr_expect(epsilon_eq(dbl, value_of(a, "all", "within_subject_sd_method"), 1.0, 1e-12));
    cr_expect(epsilon_eq(dbl, value_of(a, "all", "rms_sd_method"), 1.0, 1e-12));
    cr_expect(eq(sz, row_of(a, "all", "icc_2_1")->count, 3));
    cr_expect(eq(dbl, value_of(a, "all", "precision_df_method"), 3.0));
    osarc_agreement_free(a);
}

Test(validate_agreement, one_pair_gives_refusals_and_no_numbers)
{
    osarc_agreement *a = agree(&NUMBERS, "auto,manual\n1,2\n");
    const char *const names[] = {"bias",
                                 "limit_low",
                                 "proportional_bias_slope",
                                 "deming_slope",
                                 "passing_bablok_slope",
                                 "icc_1_1",
                                 "icc_2_k",
                                 "ccc",
                                 "pearson_r",
                                 "spearman_rho",
                                 "passing_bablok_cusum_p"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        cr_expect(is_refused(a, "all", names[i]), "%s", names[i]);
    cr_expect(eq(dbl, value_of(a, "all", "mae"), 1.0));
    osarc_agreement_free(a);
}

Test(validate_agreement, constant_columns_give_refusals_where_nothing_can_be_said)
{
    osarc_agreement *a = agree(&NUMBERS, "auto,manual\n2,1\n2,1\n2,1\n2,1\n2,1\n");
    cr_expect(eq(dbl, value_of(a, "all", "bias"), 1.0));
    const char *const names[] = {"bias_p",
                                 "proportional_bias_slope",
                                 "deming_slope",
                                 "passing_bablok_slope",
                                 "least_squares_slope",
                                 "ccc",
                                 "pearson_r",
                                 "icc_3_1"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        cr_expect(is_refused(a, "all", names[i]), "%s", names[i]);
    osarc_agreement_free(a);
}

Test(validate_agreement, equal_columns_agree_without_a_false_interval)
{
    osarc_agreement *a = agree(&NUMBERS, "auto,manual\n1,1\n2,2\n3,3\n4,4\n5,5\n");
    cr_expect(eq(dbl, value_of(a, "all", "bias"), 0.0));
    cr_expect(eq(dbl, value_of(a, "all", "icc_2_1"), 1.0));
    cr_expect(isnan(row_of(a, "all", "icc_2_1")->ci_low));
    cr_expect(eq(int, (int) row_of(a, "all", "icc_2_1")->quality, OSARC_QUALITY_WARNING));
    cr_expect(is_refused(a, "all", "bias_p"));
    osarc_agreement_free(a);
}

Test(validate_agreement, values_that_are_not_positive_have_no_ratio)
{
    osarc_agreement_options options = NUMBERS;
    options.logarithm = 1;
    osarc_agreement *a = agree(&options, "auto,manual\n1,1\n-2,2\n3,3\n4,4\n");
    cr_expect(is_refused(a, "all", "ratio") && is_refused(a, "all", "ratio_limit_low"));
    cr_expect(is_refused(a, "all", "rms_cv_percent")); /* the mean of -2 and 2 is 0 */
    osarc_agreement_free(a);
}

Test(validate_agreement, refuses_columns_that_are_not_there_or_the_same)
{
    osarc_agreement_options options = {.method = "auto", .reference = "hand"};
    refuse(&options, DENSITY, OSARC_ERR_ARGUMENT, "no column 'hand'; there are: case, auto");
    options.reference = "auto";
    refuse(&options, DENSITY, OSARC_ERR_ARGUMENT, "'auto' is both method and reference");
    options = NUMBERS;
    options.by = "level";
    refuse(&options, DENSITY, OSARC_ERR_ARGUMENT, "level");
    options = NUMBERS;
    options.repeat = "subject";
    refuse(&options, DENSITY, OSARC_ERR_ARGUMENT, "subject");
    options.reference = NULL;
    refuse(&options, DENSITY, OSARC_ERR_ARGUMENT, "needed");
}

Test(validate_agreement, refuses_a_case_twice_by_row_and_not_by_name)
{
    osarc_agreement_options options = NUMBERS;
    options.case_id = "case";
    const char *text = "case,auto,manual\nsmith,1,1\njones,2,2\nsmith,3,3\n";
    refuse(&options, text, OSARC_ERR_QUALITY, "rows 2 and 4 have the same 'case'");
    osarc_error err = OSARC_ERROR_INIT;
    osarc_agreement *a = NULL;
    (void) !osarc_agreement_of_table(&a, w.path[0], &options, &err);
    cr_expect(eq(ptr, strstr(err.text, "smith"), NULL));
    options.repeat = "case";
    osarc_agreement_free(agree(&options, text));
}

Test(validate_agreement, refuses_a_table_without_a_usable_pair)
{
    refuse(&NUMBERS, "auto,manual\n", OSARC_ERR_QUALITY, "none of 0 rows");
    refuse(&NUMBERS, "auto,manual\n,1\nx,2\n", OSARC_ERR_QUALITY, "none of 2 rows");
}

Test(validate_agreement, refuses_options_that_do_not_go_together)
{
    osarc_agreement_options options = NUMBERS;
    options.second = "case";
    refuse(&options, DENSITY, OSARC_ERR_ARGUMENT, "ROC");
    options = NUMBERS;
    options.positive = "1";
    refuse(&options, DENSITY, OSARC_ERR_ARGUMENT, "ROC");
    options = NUMBERS;
    options.order = "a,b";
    refuse(&options, DENSITY, OSARC_ERR_ARGUMENT, "classes");
    options = NUMBERS;
    options.kind = OSARC_AGREEMENT_CLASSES;
    options.logarithm = 1;
    refuse(&options, DENSITY, OSARC_ERR_ARGUMENT, "numbers only");
    options = NUMBERS;
    options.keys = "case";
    refuse(&options, DENSITY, OSARC_ERR_ARGUMENT, "findings only");
    options = NUMBERS;
    options.deming_lambda = -1;
    refuse(&options, DENSITY, OSARC_ERR_ARGUMENT, "lambda");
    options = NUMBERS;
    options.change = NAN;
    refuse(&options, DENSITY, OSARC_ERR_ARGUMENT, "change");
    refuse(NULL, DENSITY, OSARC_ERR_ARGUMENT, "options");
}

Test(validate_agreement, refuses_files_that_are_no_table)
{
    refuse(&NUMBERS, "auto;manual\n1;2\n", OSARC_ERR_FORMAT, "comma");
    refuse(&NUMBERS, "auto,manual\n1,2,3\n", OSARC_ERR_FORMAT, "row 2");
    osarc_error err = OSARC_ERROR_INIT;
    osarc_agreement *a = NULL;
    EXPECT_REFUSED(osarc_agreement_of_table(&a, w.path[2], &NUMBERS, &err), OSARC_ERR_IO);
    EXPECT_REFUSED(osarc_agreement_of_table(&a, NULL, &NUMBERS, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_agreement_of_table(NULL, w.path[0], &NUMBERS, &err), OSARC_ERR_ARGUMENT);
}

static void expect_file(const char *name, const char *begins)
{
    osarc_error err = OSARC_ERROR_INIT;
    char path[160];
    uint8_t *bytes = NULL;
    size_t size = 0;
    snprintf(path, sizeof(path), "%s/out/%s", w.folder, name);
    EXPECT_OK(osi_file_read(&bytes, &size, path, 1 << 24, &err));
    cr_expect(ge(sz, size, strlen(begins)));
    cr_expect(memcmp(bytes, begins, strlen(begins)) == 0, "%s", name);
    osi_free(bytes);
}

Test(validate_agreement, writes_rows_and_pictures)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_agreement_options options = NUMBERS;
    options.by = "site";
    osarc_agreement *a = agree(&options, DENSITY);
    char out[96];
    snprintf(out, sizeof(out), "%s/out", w.folder);
    EXPECT_OK(osarc_agreement_write(a, out, 0, &err));
    expect_file("agreement.csv", "group,name,value,ci_low,ci_high,n,quality,note\nall,pairs,8,");
    expect_file("agreement.json", "{\n \"version\": \"");
    const char *const pictures[] = {"bland_altman.png", "bland_altman_3.png", "scatter.png",
                                    "scatter_2.png"};
    for (size_t i = 0; i < 4; i++)
        expect_file(pictures[i], "\x89PNG\r\n");
    EXPECT_REFUSED(osarc_agreement_write(a, out, 0, &err), OSARC_ERR_ARGUMENT);
    EXPECT_OK(osarc_agreement_write(a, out, 1, &err));
    osarc_agreement_free(a);
}

/* What is printed and drawn must not fail where nothing could be computed. */
Test(validate_agreement, draws_what_there_is_of_one_pair_and_of_equal_ones)
{
    osarc_error err = OSARC_ERROR_INIT;
    const char *const texts[] = {"auto,manual\n1,2\n", "auto,manual\n1,1\n1,1\n1,1\n1,1\n",
                                 "auto,manual\n1e300,1e-300\n-1e300,5\n3,1e200\n4,4\n"};
    char out[96];
    snprintf(out, sizeof(out), "%s/out", w.folder);
    for (size_t i = 0; i < 3; i++) {
        osarc_agreement *a = agree(&NUMBERS, texts[i]);
        EXPECT_OK(osarc_agreement_write(a, out, 1, &err));
        osarc_agreement_free(a);
    }
}

Test(validate_agreement, refuses_to_write_where_it_cannot)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_agreement *a = agree(&NUMBERS, DENSITY);
    EXPECT_REFUSED(osarc_agreement_write(a, "/no/such/folder", 0, &err), OSARC_ERR_IO);
    EXPECT_REFUSED(osarc_agreement_write(a, NULL, 0, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_agreement_write(NULL, w.folder, 0, &err), OSARC_ERR_ARGUMENT);
    osarc_agreement_free(a);
}

Test(validate_agreement, every_allocation_may_fail)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_agreement_options options = NUMBERS;
    options.by = "site";
    options.repeat = "case";
    put_file(&w, 0, DENSITY);
    int done = 0;
    for (long n = 1; n < 20000 && !done; n += n < 300 ? 1 : 37) {
        osarc_agreement *a = NULL;
        osi_alloc_fail_at(n);
        osarc_status status = osarc_agreement_of_table(&a, w.path[0], &options, &err);
        done = osi_alloc_asked() < n;
        osi_alloc_fail_at(0);
        cr_assert(eq(int, (int) status, done ? OSARC_OK : OSARC_ERR_MEMORY), "allocation %ld", n);
        osarc_agreement_free(a);
    }
    cr_expect(done);
    osarc_agreement_free(NULL);
}
