/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

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

TestSuite(validate_agreement_findings, .init = open_it, .fini = close_it);

static const osarc_agreement_options ANY = {0};

#define HEAD "case,site,level,side,quantity,value,unit,series_uid\n"

static osarc_agreement *agree(const osarc_agreement_options *options, const char *method,
                              const char *reference)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_agreement *a = NULL;
    put_file(&w, 0, method);
    put_file(&w, 1, reference);
    EXPECT_OK(osarc_agreement_of_findings(&a, w.path[0], w.path[1], options, &err));
    return a;
}

static void refuse(const osarc_agreement_options *options, const char *method,
                   const char *reference, osarc_status wanted, const char *words)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_agreement *a = NULL;
    put_file(&w, 0, method);
    put_file(&w, 1, reference);
    EXPECT_REFUSED(osarc_agreement_of_findings(&a, w.path[0], w.path[1], options, &err), wanted);
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

/* The reference is in another order and has other columns in other places. */
Test(validate_agreement_findings, joins_by_case_place_and_quantity)
{
    osarc_agreement *a =
        agree(&ANY,
              HEAD "p1,lumbar,L3,,muscle_area,101,cm2,s1\np2,lumbar,L3,,muscle_area,120,cm2,s2\n"
                   "p3,lumbar,L3,,muscle_area,90,cm2,s3\np1,lumbar,L3,,sat_area,50,cm2,s1\n"
                   "p2,lumbar,L3,,sat_area,,,s2\np4,thigh,,left,muscle_area,60,cm2,s4\n",
              "quantity,unit,value,side,level,site,case\n"
              "muscle_area,cm2,88,,L3,lumbar,p3\nmuscle_area,cm2,100,,L3,lumbar,p1\n"
              "muscle_area,cm2,118,,L3,lumbar,p2\nsat_area,cm2,49,,L3,lumbar,p1\n"
              "sat_area,cm2,70,,L3,lumbar,p2\nmuscle_area,cm2,61,right,,thigh,p4\n");
    cr_expect(epsilon_eq(dbl, row_of(a, "muscle_area lumbar", "bias")->value, 5.0 / 3, 1e-12));
    cr_expect(eq(dbl, row_of(a, "sat_area lumbar", "mae")->value, 1.0));
    cr_expect(eq(dbl, row_of(a, "all", "pairs")->value, 4.0));
    cr_expect(eq(str, (char *) row_of(a, "all", "cells_missing")->note, "method: row 6"));
    cr_expect(eq(str, (char *) row_of(a, "all", "rows_unmatched")->note,
                 "method: row 7; reference: row 7"));
    cr_expect(eq(ptr, (void *) osarc_agreement_find(a, "muscle_area thigh", "bias"), NULL));
    osarc_agreement_free(a);
}

Test(validate_agreement_findings, one_quantity_may_be_chosen_and_parted)
{
    osarc_agreement_options options = {.quantity = "sat_area", .by = "level"};
    const char *text = HEAD "p1,lumbar,L3,,muscle_area,101,cm2,s\np1,lumbar,L3,,sat_area,10,cm2,s\n"
                            "p1,lumbar,L4,,sat_area,20,cm2,s\n";
    osarc_agreement *a = agree(&options, text, text);
    cr_expect(eq(dbl, row_of(a, "all", "pairs")->value, 2.0));
    cr_expect(eq(dbl, row_of(a, "sat_area lumbar level=L4", "mae")->value, 0.0));
    cr_expect(eq(ptr, (void *) osarc_agreement_find(a, "muscle_area lumbar", "bias"), NULL));
    osarc_agreement_free(a);
}

Test(validate_agreement_findings, rows_of_unknown_subjects_are_left_out_and_named)
{
    osarc_agreement_options options = {.repeat = "series_uid"};
    const char *text =
        HEAD "p1,lumbar,L3,,muscle_area,101,cm2,\np2,lumbar,L3,,muscle_area,99,cm2,s\n"
             "p3,lumbar,L3,,muscle_area,98,cm2,\n";
    osarc_agreement *a = agree(&options, text, text);
    cr_expect(eq(dbl, row_of(a, "all", "pairs")->value, 1.0));
    cr_expect(eq(str, (char *) row_of(a, "all", "cells_missing")->note, "series_uid: rows 2, 4"));
    osarc_agreement_free(a);
}

Test(validate_agreement_findings, refuses_a_key_twice_by_row_and_not_by_name)
{
    const char *twice = HEAD "smith,lumbar,L3,,muscle_area,1,cm2,s1\n"
                             "smith,lumbar,L3,,muscle_area,2,cm2,s2\n";
    const char *once = HEAD "smith,lumbar,L3,,muscle_area,1,cm2,s1\n";
    refuse(&ANY, twice, once, OSARC_ERR_QUALITY, "method: rows 2 and 3 have the same key");
    refuse(&ANY, once, twice, OSARC_ERR_QUALITY, "reference: rows 2 and 3 have the same key");
    osarc_error err = OSARC_ERROR_INIT;
    osarc_agreement *a = NULL;
    (void) !osarc_agreement_of_findings(&a, w.path[0], w.path[1], &ANY, &err);
    cr_expect(eq(ptr, strstr(err.text, "smith"), NULL));
    osarc_agreement_options options = {.keys = "case, series_uid,quantity"};
    a = agree(&options, twice, twice);
    cr_expect(eq(dbl, row_of(a, "all", "pairs")->value, 2.0));
    osarc_agreement_free(a);
}

Test(validate_agreement_findings, refuses_units_that_differ)
{
    refuse(&ANY, HEAD "p,lumbar,L3,,muscle_area,101,cm2,s\n",
           HEAD "p,lumbar,L3,,muscle_area,10100,mm2,s\n", OSARC_ERR_QUALITY,
           "row 2 is in 'cm2', row 2 of the reference in 'mm2'");
}

Test(validate_agreement_findings, refuses_files_that_have_nothing_in_common)
{
    const char *text = HEAD "p,lumbar,L3,,muscle_area,101,cm2,s\n";
    refuse(&ANY, text, HEAD "q,lumbar,L3,,muscle_area,101,cm2,s\n", OSARC_ERR_QUALITY,
           "no value joins: 1 rows against 1 rows");
    osarc_agreement_options options = {.quantity = "vat_area"};
    refuse(&options, text, text, OSARC_ERR_QUALITY, "no value joins: 0 rows");
    refuse(&ANY, text, HEAD "p,lumbar,L3,,muscle_area,,,s\n", OSARC_ERR_QUALITY, "no value joins");
}

Test(validate_agreement_findings, refuses_columns_that_are_not_there)
{
    const char *text = HEAD "p,lumbar,L3,,muscle_area,101,cm2,s\n";
    refuse(&ANY, text, "case,quantity,value\np,muscle_area,1\n", OSARC_ERR_ARGUMENT,
           "reference: no column 'site'");
    osarc_agreement_options options = {.keys = "case,quantity"};
    osarc_agreement_free(agree(&options, text, "case,quantity,value\np,muscle_area,1\n"));
    options.by = "device";
    refuse(&options, text, text, OSARC_ERR_ARGUMENT, "no column 'device'");
    options = (osarc_agreement_options){.method = "value"};
    refuse(&options, text, text, OSARC_ERR_ARGUMENT, "none is to be named");
    options = (osarc_agreement_options){.kind = OSARC_AGREEMENT_CLASSES};
    refuse(&options, text, text, OSARC_ERR_ARGUMENT, "numbers only");
    options = (osarc_agreement_options){.keys = "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q"};
    refuse(&options, "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q\n", text, OSARC_ERR_ARGUMENT, "16 keys");
}

Test(validate_agreement_findings, every_allocation_may_fail)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_agreement_options options = {.by = "level", .repeat = "case"};
    const char *text = HEAD "p,lumbar,L3,,muscle_area,101,cm2,s\nq,lumbar,L3,,muscle_area,,cm2,s\n"
                            "r,lumbar,L3,,muscle_area,x,cm2,s\n";
    put_file(&w, 0, text);
    put_file(&w, 1, HEAD "p,lumbar,L3,,muscle_area,101,cm2,s\nz,lumbar,L3,,muscle_area,,cm2,s\n");
    int done = 0;
    for (long n = 1; n < 5000 && !done; n++) {
        osarc_agreement *a = NULL;
        osi_alloc_fail_at(n);
        osarc_status status = osarc_agreement_of_findings(&a, w.path[0], w.path[1], &options, &err);
        done = osi_alloc_asked() < n;
        osi_alloc_fail_at(0);
        cr_assert(eq(int, (int) status, done ? OSARC_OK : OSARC_ERR_MEMORY), "allocation %ld", n);
        osarc_agreement_free(a);
    }
    cr_expect(done);
}
