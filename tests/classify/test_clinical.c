/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include <osi/alloc.h>

#include "patient.h"

static osarc_error err = OSARC_ERROR_INIT;
static osarc_clinical *table;
static osarc_notes *notes;

static void load(const char *text)
{
    EXPECT_OK(osarc_notes_create(&notes, &err));
    EXPECT_OK(read_table(&table, text, strlen(text), notes, &err));
}

static void refuse(const char *text, const char *words)
{
    table = (osarc_clinical *) -1;
    EXPECT_REFUSED(read_table(&table, text, strlen(text), NULL, &err), OSARC_ERR_FORMAT);
    cr_expect(strstr(err.text, words) != NULL, "%s", err.text);
    cr_expect(eq(ptr, table, NULL));
}

static double number(const char *id, const char *column)
{
    return osarc_clinical_number(table, id, column);
}

/* The only note there is, its words checked. */
static void expect_note(const char *code, const char *words)
{
    cr_assert(eq(sz, osarc_notes_count(notes), 1u));
    const osarc_note *note = osarc_notes_at(notes, 0);
    cr_expect(eq(str, (char *) note->code, (char *) code));
    cr_expect(strstr(note->text, words) != NULL, "%s", note->text);
}

static void drop(void)
{
    osarc_clinical_free(table);
    osarc_notes_free(notes);
}

Test(classify_clinical, reads_columns_by_name_in_any_order)
{
    load("grip_kg,patient_id,sex\n24.5,A,M\n18,B,F\n");
    cr_expect(eq(sz, osarc_clinical_count(table), 2u));
    cr_expect(eq(str, (char *) osarc_clinical_id(table, 1), "B"));
    cr_expect(eq(dbl, number("A", "grip_kg"), 24.5));
    cr_expect(eq(str, (char *) osarc_clinical_word(table, "B", "sex"), "F"));
    cr_expect(eq(sz, osarc_notes_count(notes), 0u));
    drop();
}

Test(classify_clinical, reads_what_a_spreadsheet_saves)
{
    load("\xef\xbb\xbf\"patient_id\",\"grip_kg\",\"ancestry\"\r\n\"A\",\"24.5\",\"a, b\"\r\n");
    cr_expect(eq(dbl, number("A", "grip_kg"), 24.5));
    cr_expect(eq(str, (char *) osarc_clinical_word(table, "A", "ancestry"), "a, b"));
    drop();
}

Test(classify_clinical, leaves_an_empty_cell_unknown)
{
    load("patient_id,grip_kg,sex\nA,,\n");
    cr_expect(isnan(number("A", "grip_kg")));
    cr_expect(eq(str, (char *) osarc_clinical_word(table, "A", "sex"), ""));
    cr_expect(eq(sz, osarc_notes_count(notes), 0u));
    drop();
}

Test(classify_clinical, knows_nothing_of_patients_and_columns_that_are_not_there)
{
    load("patient_id,grip_kg\nA,24\n");
    cr_expect(isnan(number("B", "grip_kg")));
    cr_expect(isnan(number("A", "tug_s")));
    cr_expect(isnan(number("A", "no_such_column")));
    cr_expect(isnan(number(NULL, "grip_kg")));
    cr_expect(eq(ptr, (void *) osarc_clinical_id(table, 1), NULL));
    drop();
}

Test(classify_clinical, finds_each_of_many_patients)
{
    char text[20000] = "patient_id,grip_kg\n";
    for (int i = 0; i < 500; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof(text) - used, "P%d,%d.5\n", (i * 337) % 500, i % 100);
    }
    load(text);
    for (int i = 0; i < 500; i++) {
        char id[16];
        snprintf(id, sizeof(id), "P%d", (i * 337) % 500);
        cr_expect(eq(dbl, number(id, "grip_kg"), i % 100 + 0.5));
    }
    drop();
}

Test(classify_clinical, warns_of_a_column_it_does_not_know)
{
    load("patient_id,shoe_size,grip_kg\nA,43,24\n");
    expect_note("clinical_unknown_column", "row 1, column 2: 'shoe_size' is not known");
    cr_expect(eq(dbl, number("A", "grip_kg"), 24.0));
    drop();
}

Test(classify_clinical, refuses_a_cell_by_row_and_column_and_keeps_the_rest_of_the_row)
{
    load("patient_id,height_m,grip_kg\nA,1.70,30\nB,162,24\n");
    expect_note("clinical_refused_cell", "row 3, column height_m");
    cr_expect(strstr(osarc_notes_at(notes, 0)->text, "metres") != NULL);
    cr_expect(isnan(number("B", "height_m")));
    cr_expect(eq(dbl, number("B", "grip_kg"), 24.0));
    drop();
}

Test(classify_clinical, refuses_a_decimal_comma_with_a_hint)
{
    load("patient_id,height_m\nA,\"1,62\"\n");
    expect_note("clinical_refused_cell", "decimal point");
    drop();
}

Test(classify_clinical, refuses_a_row_of_another_length)
{
    load("patient_id,height_m,grip_kg\nA,1,62,24\nB,1.62,24\n");
    expect_note("clinical_refused_row", "row 2");
    cr_expect(isnan(number("A", "height_m")));
    cr_expect(eq(dbl, number("B", "grip_kg"), 24.0));
    drop();
}

Test(classify_clinical, refuses_a_row_without_a_patient)
{
    load("patient_id,grip_kg\n,24\n");
    expect_note("clinical_refused_row", "row 2: refused, no patient_id");
    cr_expect(eq(sz, osarc_clinical_count(table), 0u));
    drop();
}

Test(classify_clinical, refuses_all_rows_of_a_patient_that_is_there_twice)
{
    load("patient_id,grip_kg\nA,24\nB,30\nA,24\n");
    expect_note("clinical_doubled_patient", "rows 2 and 4");
    cr_expect(isnan(number("A", "grip_kg")));
    cr_expect(eq(dbl, number("B", "grip_kg"), 30.0));
    /* there is one patient, whose values are not known */
    cr_expect(eq(sz, osarc_clinical_count(table), 2u));
    cr_expect(eq(str, (char *) osarc_clinical_id(table, 0), "A"));
    cr_expect(eq(str, (char *) osarc_clinical_id(table, 1), "B"));
    drop();
}

/* Rows that say the same are two rows, too: of which day, or of which person, is not known. */
Test(classify_clinical, refuses_equal_rows_of_a_patient_as_it_does_different_ones)
{
    static const char *const TABLES[] = {"patient_id,grip_kg\nA,24\nA,24\nB,30\nA,24\n",
                                         "patient_id,grip_kg\nA,24\nA,23\nB,30\nA,22\n",
                                         "patient_id,grip_kg\nA,24\nA,\nB,30\nA,weak\n"};
    for (size_t i = 0; i < 3; i++) {
        load(TABLES[i]);
        size_t told = 0;
        for (size_t n = 0; n < osarc_notes_count(notes); n++)
            told += strstr(osarc_notes_at(notes, n)->text, "rows 2 and 3: refused") != NULL ||
                    strstr(osarc_notes_at(notes, n)->text, "rows 3 and 5: refused") != NULL;
        cr_expect(eq(sz, told, 2u));
        cr_expect(eq(sz, osarc_clinical_count(table), 2u));
        cr_expect(isnan(number("A", "grip_kg")));
        cr_expect(eq(dbl, number("B", "grip_kg"), 30.0));
        drop();
    }
}

Test(classify_clinical, names_no_patient_in_a_note)
{
    load("patient_id,grip_kg,sex\nSMITH-1,weak,F\nSMITH-1,24,x\n,SMITH-1,F\nSMITH-1,1,2,3\n");
    cr_expect(eq(sz, osarc_notes_count(notes), 5u));
    for (size_t i = 0; i < osarc_notes_count(notes); i++)
        cr_expect(strstr(osarc_notes_at(notes, i)->text, "SMITH") == NULL);
    drop();
}

Test(classify_clinical, refuses_a_cell_of_ten_million_bytes_and_keeps_the_rest)
{
    size_t size = 10u << 20;
    char *text = malloc(size + 64);
    int used = snprintf(text, 64, "patient_id,ancestry,grip_kg\nA,");
    memset(text + used, 'x', size);
    memcpy(text + used + size, ",24\n", 5);
    EXPECT_OK(osarc_notes_create(&notes, &err));
    EXPECT_OK(read_table(&table, text, strlen(text), notes, &err));
    expect_note("clinical_refused_cell", "row 2, column ancestry");
    cr_expect(eq(dbl, number("A", "grip_kg"), 24.0));
    free(text);
    drop();
}

Test(classify_clinical, refuses_a_table_without_patient_ids)
{
    refuse("name,grip_kg\nA,24\n", "patient_id");
}

Test(classify_clinical, refuses_a_table_of_semicolons_with_a_hint)
{
    refuse("patient_id;grip_kg\nA;24\n", "semicolons");
}

Test(classify_clinical, refuses_an_empty_table)
{
    refuse("", "empty");
    refuse("\n\n", "empty");
}

Test(classify_clinical, refuses_a_column_that_is_there_twice)
{
    refuse("patient_id,grip_kg,GRIP_KG\nA,1,2\n", "columns 2 and 3");
}

Test(classify_clinical, refuses_a_quote_that_does_not_end)
{
    refuse("patient_id,grip_kg\nA,\"24\n", "quote");
}

Test(classify_clinical, refuses_a_file_that_is_not_there)
{
    EXPECT_REFUSED(osarc_clinical_read(&table, "/nowhere/clinical.csv", NULL, &err), OSARC_ERR_IO);
    EXPECT_REFUSED(osarc_clinical_read(&table, NULL, NULL, &err), OSARC_ERR_ARGUMENT);
}

Test(classify_clinical, refuses_a_folder)
{
    EXPECT_REFUSED(osarc_clinical_read(&table, "/tmp", NULL, &err), OSARC_ERR_IO);
}

/* Each allocation fails in turn: a status, no leak, no crash. */
Test(classify_clinical, survives_each_failing_allocation)
{
    static const char TEXT[] = "patient_id,ancestry,grip_kg,odd\nA,x,24,1\nB,y,500,2\n";
    int failed = 0;
    for (long n = 1; n < 200; n++) {
        osarc_notes *some = NULL;
        EXPECT_OK(osarc_notes_create(&some, &err));
        osi_alloc_fail_at(n);
        osarc_status status = read_table(&table, TEXT, strlen(TEXT), some, &err);
        int asked = osi_alloc_asked() >= n;
        osi_alloc_fail_at(0);
        osarc_notes_free(some);
        if (status) {
            cr_expect(eq(int, (int) status, OSARC_ERR_MEMORY));
            cr_expect(eq(ptr, table, NULL));
            failed++;
        }
        osarc_clinical_free(table);
        if (!asked)
            break;
    }
    cr_expect(gt(int, failed, 8));
}
