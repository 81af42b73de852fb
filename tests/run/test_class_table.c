/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <expect.h>

#include "class_table.h"

static osarc_error err = OSARC_ERROR_INIT;
static series_result results[4];
static const osarc_patient known; /* nothing */

static void start(void)
{
    static const char *const CASES[4] = {"A", "B", "A", "A"};
    static const char *const DATES[4] = {"20240101", "20240101", "20250101", "20260101"};
    memset(results, 0, sizeof(results));
    for (size_t i = 0; i < 4; i++) {
        osarc_acquisition *a = &results[i].acquisition;
        osarc_acquisition_init(a);
        results[i].number = i + 1;
        a->age_years = 60 + (double) i;
        snprintf(results[i].case_id, sizeof(results[i].case_id), "%s", CASES[i]);
        snprintf(a->patient_id, sizeof(a->patient_id), "%s", CASES[i]);
        snprintf(a->study_date, sizeof(a->study_date), "%s", DATES[i]);
    }
    results[3].number = 0; /* was not measured: what its header says does not count */
}

TestSuite(run_class_table, .init = start);

Test(run_class_table, gives_one_set_of_rows_for_all_scans_of_a_patient)
{
    class_table table;
    EXPECT_OK(class_table_make(&table, results, 4, &known,
                               &(class_choice){NULL, "ewgsop2,awgs2025"}, &err));
    cr_assert(eq(sz, table.count, 2u));
    const osarc_class_row *row = osarc_classes_at(table.cases[0], 4);
    cr_expect(eq(str, (char *) row->case_id, "A"));
    cr_expect(eq(str, (char *) row->arm, "mass"));
    cr_expect(eq(str, (char *) row->inputs, "age_years=62 (header, scan 3)"));
    row = osarc_classes_at(table.cases[1], 4);
    cr_expect(eq(str, (char *) row->case_id, "B"));
    cr_expect(eq(str, (char *) row->inputs, "age_years=61 (header)"));
    class_table_free(&table);
}

Test(run_class_table, refuses_a_definition_that_does_not_exist)
{
    class_table table;
    EXPECT_REFUSED(
        class_table_make(&table, results, 4, &known, &(class_choice){NULL, "ewgsop3"}, &err),
        OSARC_ERR_ARGUMENT);
    cr_expect(eq(sz, table.count, 0u));
    class_table_free(&table);
}

Test(run_class_table, refuses_a_folder_of_definitions_that_is_not_there)
{
    class_table table;
    EXPECT_REFUSED(class_table_make(&table, results, 4, &known,
                                    &(class_choice){"/tmp/no such folder", NULL}, &err),
                   OSARC_ERR_IO);
    class_table_free(&table);
}
