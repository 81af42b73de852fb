/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <expect.h>
#include <osarc/run.h>
#include <osi/alloc.h>
#include <osi/file.h>
#include <osi/text.h>

static osarc_error err = OSARC_ERROR_INIT;
static char folder[] = "/tmp/osarc_cohort_XXXXXX";
static osarc_definitions *set;
static osarc_clinical *clinical;

static char *path_of(const char *name)
{
    static char paths[4][64];
    static int turn;
    char *path = paths[turn++ % 4];
    snprintf(path, 64, "%s/%s", folder, name);
    return path;
}

/* A table of so many made patients, some cells empty, ids that need quotes among them. */
static void start(int patients)
{
    osi_text text = {0};
    strcpy(folder, "/tmp/osarc_cohort_XXXXXX"); /* banned-ok */
    cr_assert(mkdtemp(folder) != NULL);
    EXPECT_OK(osi_text_printf(&text, &err,
                              "patient_id,sex,menopausal,t_lumbar,grip_kg,alm_kg,alm_method\n"));
    for (int i = 0; i < patients; i++)
        EXPECT_OK(osi_text_printf(&text, &err, "\"P,%d \xc3\xa9\",%s,post,-%d.%d,%s%d,%d,%s\n", i,
                                  i % 3 ? "F" : "M", i % 4, i % 10, i % 5 ? "" : "1", i % 30,
                                  10 + i % 12, i % 7 ? "dxa" : "bia"));
    EXPECT_OK(osi_file_write(path_of("in.csv"), text.data, text.size, &err));
    EXPECT_OK(osarc_clinical_read(&clinical, path_of("in.csv"), NULL, &err));
    EXPECT_OK(osarc_definitions_read(&set, NULL, &err));
    osi_free(text.data);
}

static void stop(void)
{
    osarc_clinical_free(clinical);
    osarc_definitions_free(set);
    EXPECT_OK(osi_folder_remove(folder, &err));
}

static void expect_same(const char *a, const char *b)
{
    uint8_t *x = NULL;
    uint8_t *y = NULL;
    size_t sizes[2];
    EXPECT_OK(osi_file_read(&x, &sizes[0], path_of(a), (size_t) 1 << 30, &err));
    EXPECT_OK(osi_file_read(&y, &sizes[1], path_of(b), (size_t) 1 << 30, &err));
    cr_assert(eq(sz, sizes[0], sizes[1]));
    cr_expect(0 == memcmp(x, y, sizes[0]));
    osi_free(x);
    osi_free(y);
}

/* More patients than blocks under way at once hold. */
Test(run_cohort_write, gives_the_rows_of_each_patient_whatever_the_threads)
{
    enum {
        COUNT = 1200
    };
    static osarc_classes *patients[COUNT];
    size_t rows = 0;
    size_t wanted = 0;
    start(COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        const char *id = osarc_clinical_id(clinical, i);
        EXPECT_OK(osarc_classify_by(&patients[i], set, id, id, clinical, NULL, NULL,
                                    "who,ewgsop2,os_strict:ewgsop2", &err));
        wanted += osarc_classes_count(patients[i]);
    }
    EXPECT_OK(osarc_classes_write(path_of("whole.csv"), (const osarc_classes *const *) patients,
                                  COUNT, &err));
    for (int threads = 1; threads <= 5; threads += 2) {
        osarc_cohort_options options = {.definitions = "who,ewgsop2,os_strict:ewgsop2",
                                        .threads = threads};
        EXPECT_OK(osarc_cohort_write(path_of("parts.csv"), &rows, set, clinical, &options, &err));
        cr_expect(eq(sz, rows, wanted));
        expect_same("whole.csv", "parts.csv");
    }
    for (size_t i = 0; i < COUNT; i++)
        osarc_classes_free(patients[i]);
    stop();
}

Test(run_cohort_write, draws_the_same_probabilities_whatever_the_threads)
{
    osarc_precision *precision = NULL;
    static const char TEXT[] = "quantity,sd\ngrip_kg,1.5\nalm_kg,0.4\nt_lumbar,0.3\n";
    start(70);
    EXPECT_OK(osi_file_write(path_of("precision.csv"), TEXT, strlen(TEXT), &err));
    EXPECT_OK(osarc_precision_read(&precision, path_of("precision.csv"), &err));
    osarc_cohort_options options = {.threads = 1, .precision = precision, .margins = 1};
    EXPECT_OK(osarc_cohort_write(path_of("one.csv"), NULL, set, clinical, &options, &err));
    options.threads = 3;
    EXPECT_OK(osarc_cohort_write(path_of("three.csv"), NULL, set, clinical, &options, &err));
    expect_same("one.csv", "three.csv");
    osarc_precision_free(precision);
    stop();
}

Test(run_cohort_write, takes_all_definitions_when_none_is_named)
{
    size_t all = 0;
    size_t one = 0;
    start(3);
    osarc_cohort_options options = {.definitions = "who", .threads = 1};
    EXPECT_OK(osarc_cohort_write(path_of("a.csv"), &all, set, clinical, NULL, &err));
    EXPECT_OK(osarc_cohort_write(path_of("a.csv"), &one, set, clinical, &options, &err));
    cr_expect(eq(sz, one, 6u)); /* the arm and the result of three patients */
    cr_expect(gt(sz, all, 300u));
    stop();
}

Test(run_cohort_write, refuses_a_definition_that_does_not_exist)
{
    size_t rows = 5;
    start(3);
    osarc_cohort_options options = {.definitions = "ewgsop3", .threads = 1};
    EXPECT_REFUSED(osarc_cohort_write(path_of("out.csv"), &rows, set, clinical, &options, &err),
                   OSARC_ERR_ARGUMENT);
    cr_expect(eq(sz, rows, 0u));
    cr_expect(ne(int, access(path_of("out.csv"), F_OK), 0));
    stop();
}

Test(run_cohort_write, refuses_a_place_that_cannot_be_written)
{
    start(3);
    EXPECT_REFUSED(osarc_cohort_write("/nowhere/out.csv", NULL, set, clinical, NULL, &err),
                   OSARC_ERR_IO);
    EXPECT_REFUSED(osarc_cohort_write(NULL, NULL, set, clinical, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_cohort_write("x", NULL, NULL, clinical, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_cohort_write("x", NULL, set, NULL, NULL, &err), OSARC_ERR_ARGUMENT);
    stop();
}

Test(run_cohort_write, leaves_nothing_behind_when_an_allocation_fails)
{
    start(2);
    osarc_cohort_options options = {.definitions = "who", .threads = 1};
    int asked = 1;
    for (long n = 1; asked && n < 5000; n++) {
        osi_alloc_fail_at(n);
        osarc_status status =
            osarc_cohort_write(path_of("out.csv"), NULL, set, clinical, &options, &err);
        asked = osi_alloc_asked() >= n;
        osi_alloc_fail_at(0);
        cr_expect(eq(int, status != OSARC_OK, asked));
        cr_expect(eq(int, access(path_of("out.csv"), F_OK) != 0, asked));
    }
    cr_expect(eq(int, asked, 0));
    stop();
}
