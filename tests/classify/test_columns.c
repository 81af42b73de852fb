/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <expect.h>

#include "columns.h"

static const osi_column *column(const char *name)
{
    size_t count;
    size_t index = osi_column_find(name);
    cr_assert(lt(sz, index, SIZE_MAX));
    return &osi_columns(&count)[index];
}

static const char *refusal(const char *name, const char *cell)
{
    double number;
    const char *word;
    const char *needed = osi_column_read(column(name), cell, &number, &word);
    if (needed)
        cr_expect(isnan(number) && !word[0], "%s: a refused cell left a value", name);
    return needed;
}

Test(classify_columns, take_both_ends_of_their_range)
{
    size_t count;
    const osi_column *all = osi_columns(&count);
    for (size_t i = 0; i < count; i++) {
        char cell[32];
        if (all[i].kind != OSI_NUMBER && all[i].kind != OSI_WHOLE)
            continue;
        snprintf(cell, sizeof(cell), "%g", all[i].low);
        cr_expect(refusal(all[i].name, cell) == NULL, "%s %s", all[i].name, cell);
        snprintf(cell, sizeof(cell), "%g", all[i].high);
        cr_expect(refusal(all[i].name, cell) == NULL, "%s %s", all[i].name, cell);
    }
}

Test(classify_columns, refuse_what_lies_past_either_end)
{
    size_t count;
    const osi_column *all = osi_columns(&count);
    for (size_t i = 0; i < count; i++) {
        char cell[32];
        if (all[i].kind != OSI_NUMBER && all[i].kind != OSI_WHOLE)
            continue;
        snprintf(cell, sizeof(cell), "%.6f", all[i].low - 0.001);
        cr_expect(refusal(all[i].name, cell) != NULL, "%s %s", all[i].name, cell);
        snprintf(cell, sizeof(cell), "%.6f", all[i].high + 0.001);
        cr_expect(refusal(all[i].name, cell) != NULL, "%s %s", all[i].name, cell);
    }
}

Test(classify_columns, refuse_what_is_no_number)
{
    static const char *const CELLS[] = {"n/a",  "1.6 m", "nan",   "inf",
                                        "0x10", "--1",   "1.6.2", "<16"};
    for (size_t i = 0; i < sizeof(CELLS) / sizeof(CELLS[0]); i++)
        cr_expect(refusal("height_m", CELLS[i]) != NULL, "%s", CELLS[i]);
}

Test(classify_columns, say_the_unit_that_is_needed)
{
    cr_expect(strstr(refusal("height_m", "162"), "metres") != NULL);
    cr_expect(strstr(refusal("vitamin_d_125oh2_pmol_l", "0.1"), "not nmol/L") != NULL);
}

Test(classify_columns, refuse_a_decimal_comma_with_a_hint)
{
    cr_expect(strstr(refusal("height_m", "1,62"), "decimal point") != NULL);
}

Test(classify_columns, refuse_a_score_with_a_fraction)
{
    cr_expect(refusal("sppb", "8.5") != NULL);
    cr_expect(refusal("sppb", "8") == NULL);
}

Test(classify_columns, take_words_whatever_their_case)
{
    double number;
    const char *word;
    cr_expect(osi_column_read(column("sex"), "f", &number, &word) == NULL);
    cr_expect(eq(str, (char *) word, "F"));
    cr_expect(osi_column_read(column("alm_method"), "DXA", &number, &word) == NULL);
    cr_expect(eq(str, (char *) word, "dxa"));
}

Test(classify_columns, take_each_of_their_words)
{
    size_t count;
    const osi_column *all = osi_columns(&count);
    for (size_t i = 0; i < count; i++) {
        char list[128];
        char *rest = list;
        if (all[i].kind != OSI_WORD)
            continue;
        snprintf(list, sizeof(list), "%s", all[i].words);
        for (char *each = strsep(&rest, "|"); each; each = strsep(&rest, "|")) {
            double number;
            const char *word;
            cr_expect(osi_column_read(&all[i], each, &number, &word) == NULL, "%s", each);
            cr_expect(eq(str, (char *) word, each));
        }
    }
}

Test(classify_columns, refuse_a_part_of_a_word)
{
    cr_expect(refusal("menopausal", "p") != NULL);
    cr_expect(refusal("menopausal", "postmenopausal") != NULL);
    cr_expect(refusal("sex", "female") != NULL);
    cr_expect(refusal("menopausal", "pre|peri") != NULL);
}

Test(classify_columns, are_named_to_who_spells_them_otherwise)
{
    static const char *const WANTED[][2] = {{"Patient ID", "patient_id"},
                                            {"Grip (kg)", "grip_kg"},
                                            {"grip_lb", "grip_kg"},
                                            {"height", "height_m"},
                                            {"heigth_m", "height_m"},
                                            {"t_lumber", "t_lumbar"},
                                            {"tug", "tug_s"},
                                            {"TUG_ms", "tug_s"},
                                            {"sppb1", "sppb"},
                                            {"wieght_kg", "weight_kg"}};
    for (size_t i = 0; i < sizeof(WANTED) / sizeof(WANTED[0]); i++)
        cr_expect(eq(str, (char *) osi_column_nearest(WANTED[i][0]), (char *) WANTED[i][1]));
    static const char *const NONE[] = {"", "shoe size", "***", "name", "bone"};
    for (size_t i = 0; i < sizeof(NONE) / sizeof(NONE[0]); i++)
        cr_expect(osi_column_nearest(NONE[i]) == NULL, "%s", NONE[i]);
}
