/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "patient.h"

/* Stated fractures that make osteoporosis only together with low bone mass. */

typedef struct wanted {
    const char *columns;
    const char *cells;
    const char *class_name;
    const char *state;
    const char *missing;
} wanted;

static void check(const char *definition, const wanted *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        osarc_classes *classes = classify_cells(rows[i].columns, rows[i].cells, definition);
        const osarc_class_row *row = find_row(classes, definition, "result");
        cr_expect(eq(str, (char *) row->class_name, (char *) rows[i].class_name), "%s",
                  rows[i].cells);
        cr_expect(eq(str, (char *) osarc_state_name(row->state), (char *) rows[i].state));
        cr_expect(eq(str, (char *) row->missing, (char *) rows[i].missing));
        osarc_classes_free(classes);
    }
}

#define CHECK(definition, wanted) check(definition, wanted, sizeof(wanted) / sizeof((wanted)[0]))
#define BONE                      "sex,age_years,menopausal,t_lumbar,t_femoral_neck,t_total_hip,fragility_fracture"

/* NBHA 2014: these with low bone mass, just below, at and just above -1. */
Test(classify_fractures, takes_a_fracture_of_humerus_pelvis_or_forearm_with_low_bone_mass)
{
    static const wanted WANTED[] = {
        {BONE, "F,65,post,-1.01,,,humerus", "osteoporosis", "met", ""},
        {BONE, "F,65,post,-1,,,humerus", "normal", "not_met", ""},
        {BONE, "F,65,post,-0.99,,,humerus", "normal", "not_met", ""},
        {BONE, "M,65,,,-1.01,,pelvis", "osteoporosis", "met", ""},
        {BONE, "M,65,,,-1,,pelvis", "normal", "not_met", ""},
        {BONE, "M,65,,,-0.99,,pelvis", "normal", "not_met", ""},
        {BONE, "F,65,peri,,,-2.49,forearm", "osteoporosis", "met", ""},
        {BONE, "F,65,peri,,,-1,forearm", "normal", "not_met", ""},
        {BONE, "F,65,post,,,-2.5,forearm", "severe_osteoporosis", "met", ""},
        {BONE, "F,65,post,,,,humerus", "indeterminate", "unknown",
         "t_lumbar or t_femoral_neck or t_total_hip"},
        {BONE, "F,35,pre,-1.5,,,humerus", "indeterminate", "unknown",
         "T classes do not apply to this patient: Z-scores do"},
    };
    static const wanted STRICT[] = {
        {BONE ",grip_kg,gait_speed_m_s", "F,65,post,-1.01,,,humerus,15,0.7", "osteosarcopenia",
         "met", ""},
        {BONE ",grip_kg,gait_speed_m_s", "F,65,post,-1,,,humerus,15,0.7", "none", "not_met", ""},
        {BONE ",grip_kg,gait_speed_m_s", "F,65,post,-1.5,,,other,15,0.7", "none", "not_met", ""},
    };
    static const wanted NONE[] = {
        {BONE, "F,65,post,-1.5,,,humerus", "low_bone_mass", "not_met", ""}};
    CHECK("who", WANTED);
    CHECK("os_strict:sdoc", STRICT);
    CHECK("iscd", NONE);
}

Test(classify_fractures, say_so_in_the_rule)
{
    osarc_classes *classes = classify_cells("sex", "F", "who,os_strict:sdoc,os_broad:sdoc,iscd");
    static const char RULE[] = " or < -1 with one of proximal humerus, pelvis or distal forearm";
    cr_expect(strstr(find_row(classes, "who", "bone")->rule, RULE) != NULL);
    cr_expect(strstr(find_row(classes, "os_strict:sdoc", "bone")->rule, RULE) != NULL);
    cr_expect(strstr(find_row(classes, "os_broad:sdoc", "bone")->rule, RULE) == NULL);
    cr_expect(strstr(find_row(classes, "iscd", "bone")->rule, "humerus") == NULL);
    osarc_classes_free(classes);
}

Test(classify_fractures, are_refused_where_they_are_no_word_of_the_table)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_clinical *clinical = NULL;
    static const char TEXT[] = "patient_id,fragility_fracture\nP1,wrist\n";
    EXPECT_OK(read_table(&clinical, TEXT, sizeof(TEXT) - 1, NULL, &err));
    cr_expect(eq(str, (char *) osarc_clinical_word(clinical, "P1", "fragility_fracture"), ""));
    osarc_clinical_free(clinical);
}
