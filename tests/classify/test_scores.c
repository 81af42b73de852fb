/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Densities of the table and the scores that follow from them. */
#include "patient.h"

#define COLUMNS                                                                                    \
    "sex,age_years,menopausal,bmd_device,bmd_lumbar_g_cm2,bmd_femoral_neck_g_cm2,"                 \
    "bmd_total_hip_g_cm2,t_femoral_neck"
#define WOMAN "F,65,post,"

static void expect(const char *cells, const char *definition, const char *class_name,
                   const char *inputs, const char *missing)
{
    osarc_classes *classes = classify_cells(COLUMNS, cells, definition);
    const osarc_class_row *row = find_row(classes, definition, "result");
    cr_expect(eq(str, (char *) row->class_name, (char *) class_name), "%s", cells);
    cr_expect(strstr(row->inputs, inputs) != NULL, "%s: %s", cells, row->inputs);
    cr_expect(strstr(row->missing, missing) != NULL, "%s: %s", cells, row->missing);
    osarc_classes_free(classes);
}

/* NHANES III (Looker 1998): neck 0.858 (0.120), total hip 0.942 (0.122); spine 1.047 (0.110) of
 * Hologic and 1.18 (0.12) of GE Lunar. The densities of T = -2.5 and T = -1 count as these. */
Test(classify_scores, follow_from_density_and_device_exactly_at_the_limits)
{
    static const char *const CASES[][2] = {
        {"hologic,,0.557,,", "osteoporosis"},  {"hologic,,0.558,,", "osteoporosis"},
        {"hologic,,0.559,,", "low_bone_mass"}, {"hologic,,0.737,,", "low_bone_mass"},
        {"hologic,,0.738,,", "normal"},        {"hologic,,0.739,,", "normal"},
        {"hologic,,,0.636,", "osteoporosis"},  {"hologic,,,0.637,", "osteoporosis"},
        {"hologic,,,0.638,", "low_bone_mass"}, {"hologic,,,0.819,", "low_bone_mass"},
        {"hologic,,,0.82,", "normal"},         {"hologic,0.772,,,", "osteoporosis"},
        {"hologic,0.773,,,", "low_bone_mass"}, {"lunar,0.88,,,", "osteoporosis"},
        {"lunar,0.881,,,", "low_bone_mass"},   {"lunar,1.06,,,", "normal"},
        {"lunar,1.059,,,", "low_bone_mass"}};
    char cells[64];
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        snprintf(cells, sizeof(cells), WOMAN "%s", CASES[i][0]);
        expect(cells, "who", CASES[i][1], "", "");
    }
}

Test(classify_scores, say_what_they_stand_on)
{
    expect(WOMAN "hologic,,0.558,,", "who", "osteoporosis",
           "t_femoral_neck=-2.5 (table) from bmd_femoral_neck_g_cm2=0.558 on DXA-Hologic against "
           "nhanes3_neck_f",
           "");
    osarc_classes *classes = classify_cells(COLUMNS, WOMAN "lunar,0.88,,,", "who");
    const osarc_class_row *row = find_row(classes, "who", "bone");
    cr_expect(
        eq(str, (char *) row->notes, "numbers of lunar_l1_l4_f come from a secondary source"));
    osarc_classes_free(classes);
}

Test(classify_scores, of_men_stand_on_the_same_hips)
{
    expect("M,70,,hologic,,0.558,,", "who", "osteoporosis", "nhanes3_neck_f", "");
}

/* -2.0 of women of 21 to 30: 1.064 - 2 * 0.106. */
Test(classify_scores, for_age_follow_where_t_is_not_for_the_patient)
{
    expect("F,25,pre,hologic,0.852,,,", "iscd", "below_range_for_age", "against nhanes_l1_l4_f",
           "");
    expect("F,25,pre,hologic,0.853,,,", "iscd", "within_range_for_age", "z_lumbar=-1.99", "");
}

Test(classify_scores, are_refused_without_device_sex_or_population)
{
    expect(WOMAN ",,0.5,,", "who", "indeterminate", "",
           "t_femoral_neck (bmd_femoral_neck_g_cm2 gives none: bmd_device is needed)");
    expect(",65,post,hologic,,0.5,,", "who", "indeterminate", "",
           "(bmd_femoral_neck_g_cm2 gives none: sex is needed)");
    expect("M,70,,hologic,0.5,,,", "who", "indeterminate", "",
           "t_lumbar (bmd_lumbar_g_cm2 gives none: no reference population for this sex, age and "
           "bmd_device)");
    expect("F,,pre,hologic,0.5,,,", "iscd", "indeterminate", "",
           "z_lumbar (bmd_lumbar_g_cm2 gives none: age_years is needed)");
}

/* 0.6 g/cm2 of a Lunar's neck would be T = -2.2 as if of a Hologic, and is -3.2 of its own. */
Test(classify_scores, are_refused_on_another_makers_scale)
{
    expect(WOMAN "lunar,,0.6,,", "who", "indeterminate", "", "nothing is converted");
    expect(WOMAN "norland,,,0.6,", "who", "indeterminate", "", "nothing is converted");
    expect(WOMAN "norland,0.6,,,", "who", "indeterminate", "", "nothing is converted");
}

Test(classify_scores, that_the_table_states_go_before_those_that_follow)
{
    expect(WOMAN "hologic,,0.558,,-1.1", "who", "low_bone_mass", "t_femoral_neck=-1.1 (table)", "");
    osarc_classes *classes = classify_cells(COLUMNS, WOMAN "hologic,,0.558,,-1.1", "who");
    const osarc_class_row *row = find_row(classes, "who", "bone");
    cr_expect(strstr(row->inputs, "nhanes3") == NULL);
    cr_expect(eq(str, (char *) row->notes, "not used: t_femoral_neck=-2.5 (table)"));
    osarc_classes_free(classes);
    /* the same to a tenth */
    classes = classify_cells(COLUMNS, WOMAN "hologic,,0.561,,-2.5", "who");
    row = find_row(classes, "who", "bone");
    cr_expect(eq(str, (char *) row->notes, ""));
    osarc_classes_free(classes);
}
