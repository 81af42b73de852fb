/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "patient.h"

/* Who is too young for a definition. */

/* ISCD: Z and not T in those who still gain bone. */
Test(classify_ages, refuses_t_scores_under_twenty_whatever_the_menopause)
{
    osarc_classes *classes =
        classify_cells("sex,age_years,menopausal,t_lumbar,z_lumbar", "F,19,post,-2.7,-2.1", NULL);
    const osarc_class_row *row = find_row(classes, "who", "bone");
    cr_expect(eq(int, (int) row->state, OSARC_UNKNOWN));
    cr_expect(strstr(row->missing, "Z-scores do") != NULL, "%s", row->missing);
    cr_expect(strstr(row->inputs, "age_years=19") != NULL, "%s", row->inputs);
    cr_expect(
        eq(str, (char *) find_row(classes, "iscd", "result")->class_name, "below_range_for_age"));
    osarc_classes_free(classes);
    classes = classify_cells("sex,age_years,menopausal,t_lumbar", "F,20,post,-2.7", "who");
    cr_expect(eq(str, (char *) find_row(classes, "who", "result")->class_name, "osteoporosis"));
    osarc_classes_free(classes);
}

Test(classify_ages, refuses_sarcopenia_under_eighteen)
{
    static const char *const AGES[] = {"9", "17.9", "18"};
    for (int i = 0; i < 3; i++) {
        char cells[64];
        snprintf(cells, sizeof(cells), "F,%s,10,12,dxa,1.3,1.2", AGES[i]);
        osarc_classes *classes = classify_cells(
            "sex,age_years,grip_kg,alm_kg,alm_method,height_m,gait_speed_m_s", cells, "ewgsop2");
        const osarc_class_row *row = find_row(classes, "ewgsop2", "result");
        cr_expect(eq(str, (char *) row->class_name, i < 2 ? "indeterminate" : "confirmed"));
        cr_expect(eq(int, i < 2, strstr(row->missing, "no cut-offs for this age") != NULL), "%s",
                  row->missing);
        osarc_classes_free(classes);
    }
}
