/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <osi/alloc.h>

#include "patient.h"

static osarc_error err = OSARC_ERROR_INIT;

#define LEAN "sex,grip_kg,alm_kg,alm_method,height_m,gait_speed_m_s"

typedef struct wanted_class {
    const char *columns;
    const char *cells;
    const char *class_name;
    const char *state;
    const char *missing;
} wanted_class;

static void check(const char *definition, const wanted_class *wanted, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const wanted_class *w = &wanted[i];
        osarc_classes *classes = classify_cells(w->columns, w->cells, definition);
        const osarc_class_row *row = find_row(classes, definition, "result");
        cr_expect(0 == strcmp(row->class_name, w->class_name), "%s: %s, not %s", w->cells,
                  row->class_name, w->class_name);
        cr_expect(0 == strcmp(osarc_state_name(row->state), w->state), "%s: %s, not %s", w->cells,
                  osarc_state_name(row->state), w->state);
        cr_expect(0 == strcmp(row->missing, w->missing), "%s: missing '%s', not '%s'", w->cells,
                  row->missing, w->missing);
        osarc_classes_free(classes);
    }
}

#define CHECK(definition, wanted) check(definition, wanted, sizeof(wanted) / sizeof((wanted)[0]))

Test(classify_classify, grades_sarcopenia_as_ewgsop2_does)
{
    static const wanted_class WANTED[] = {
        {LEAN, "M,30,18,dxa,1.7,0.7", "none", "not_met", ""},
        {LEAN, "M,24,25,dxa,1.7,0.7", "probable", "not_met", ""},
        {LEAN, "M,24,18,dxa,1.7,1.1", "confirmed", "met", ""},
        {LEAN, "M,24,18,dxa,1.7,0.7", "severe", "met", ""},
        {LEAN, "F,24,18,dxa,1.7,0.7", "none", "not_met", ""},
        {LEAN, "F,15,14,dxa,1.5,0.9", "confirmed", "met", ""},
        {LEAN, "F,15,16.5,dxa,1.75,0.7", "severe", "met", ""},      /* 5.39 kg/m2 */
        {LEAN, "F,15,16.5,dxa,1.7,0.7", "probable", "not_met", ""}, /* 5.71 kg/m2 */
    };
    CHECK("ewgsop2", WANTED);
}

Test(classify_classify, takes_a_test_that_was_not_completed_for_failed)
{
    static const wanted_class WANTED[] = {
        {"sex,chair_stand_completed,alm_kg,alm_method,height_m,walk_400m_completed",
         "M,no,18,dxa,1.7,no", "severe", "met", ""},
        {"sex,chair_stand_completed,chair_stand_5x_s", "M,yes,12", "none", "not_met", ""},
        {"sex,chair_stand_completed,chair_stand_5x_s,alm_kg,alm_method,height_m",
         "M,no,12,25,dxa,1.7", "probable", "not_met", ""},
        {"sex,chair_stand_completed,alm_kg,alm_method,height_m", "M,yes,25,dxa,1.7",
         "indeterminate", "not_met", "grip_kg or chair_stand_5x_s"},
    };
    CHECK("ewgsop2", WANTED);
}

Test(classify_classify, lets_one_failed_test_of_an_arm_outweigh_a_passed_one)
{
    osarc_classes *classes = classify_cells("sex,grip_kg,chair_stand_5x_s", "M,40,20", "ewgsop2");
    cr_expect(eq(int, (int) find_row(classes, "ewgsop2", "strength")->state, OSARC_MET));
    osarc_classes_free(classes);
}

/* A class is given only when what is not known cannot change it. */
Test(classify_classify, stays_indeterminate_while_an_arm_that_matters_is_unknown)
{
    static const wanted_class WANTED[] = {
        {LEAN, "M,24,18,dxa,1.7,", "indeterminate", "met",
         "gait_speed_m_s or sppb or tug_s or walk_400m_s"},
        {LEAN, "M,24,,,,0.7", "indeterminate", "unknown", "height_m; alm_kg; alm_method"},
        {LEAN, "M,24,25,dxa,1.7,", "probable", "not_met", ""},
        {LEAN, "M,,18,dxa,1.7,0.7", "indeterminate", "unknown", "grip_kg or chair_stand_5x_s"},
        {LEAN, "M,,25,dxa,1.7,0.7", "indeterminate", "not_met", "grip_kg or chair_stand_5x_s"},
        {LEAN, "M,30,,,,", "none", "not_met", ""},
        {LEAN, "M,24,,,,", "indeterminate", "unknown",
         "height_m; alm_kg; alm_method; gait_speed_m_s or sppb or tug_s or walk_400m_s"},
        {LEAN, ",,,,,", "indeterminate", "unknown",
         "sex; height_m; alm_kg; alm_method; grip_kg or chair_stand_5x_s; gait_speed_m_s or sppb "
         "or tug_s or walk_400m_s"},
    };
    CHECK("ewgsop2", WANTED);
}

Test(classify_classify, refuses_lean_mass_that_is_not_by_dxa)
{
    static const wanted_class WANTED[] = {
        {LEAN, "M,24,18,bia,1.7,0.7", "indeterminate", "unknown", "alm_kg by dxa"},
        {LEAN, "M,24,18,ct,1.7,0.7", "indeterminate", "unknown", "alm_kg by dxa"},
        {LEAN, "M,24,18,,1.7,0.7", "indeterminate", "unknown", "alm_method"},
    };
    CHECK("ewgsop2", WANTED);
}

Test(classify_classify, needs_the_height_before_lean_mass_counts_as_not_low)
{
    static const wanted_class WANTED[] = {
        {LEAN, "M,24,19,dxa,,0.7", "severe", "met", ""},
        {LEAN, "M,24,21,dxa,,0.7", "indeterminate", "unknown", "height_m"},
        {LEAN, "M,24,21,dxa,170,0.7", "indeterminate", "unknown", "height_m"}, /* refused cell */
    };
    CHECK("ewgsop2", WANTED);
}

Test(classify_classify, decides_without_sex_where_both_sexes_agree)
{
    static const wanted_class WANTED[] = {
        {LEAN, ",30,18,dxa,1.7,0.7", "none", "not_met", ""},
        {LEAN, ",15,14,dxa,1.7,0.7", "severe", "met", ""},
        {LEAN, ",20,14,dxa,1.7,0.7", "indeterminate", "unknown", "sex"},
        {LEAN, ",15,18,dxa,1.7,0.7", "indeterminate", "unknown", "sex"},
    };
    CHECK("ewgsop2", WANTED);
}

/* Never guessed: a definition that names a course needs it stated, others take any. */
Test(classify_classify, takes_gait_speed_only_over_the_course_of_the_definition)
{
    static const struct {
        const char *definition;
        const char *cells;
        osarc_state state;
        const char *missing;
        const char *inputs;
    } WANTED[] = {
        {"awgs2014", "0.7,6", OSARC_MET, "",
         "gait_speed_m_s=0.7 (table); gait_distance_m=6 (table)"},
        {"awgs2014", "0.7,4", OSARC_UNKNOWN, "gait_speed_m_s over 6 m",
         "gait_speed_m_s=0.7 (table); gait_distance_m=4 (table)"},
        {"awgs2014", "0.7,", OSARC_UNKNOWN, "gait_distance_m", "gait_speed_m_s=0.7 (table)"},
        {"awgs2014", ",6", OSARC_UNKNOWN, "gait_speed_m_s", ""},
        {"iwgs", "0.7,4", OSARC_MET, "", "gait_speed_m_s=0.7 (table); gait_distance_m=4 (table)"},
        {"iwgs", "0.7,", OSARC_UNKNOWN, "gait_distance_m", "gait_speed_m_s=0.7 (table)"},
        {"seed", "0.7,", OSARC_UNKNOWN, "gait_distance_m or sppb or tug_s or walk_400m_s",
         "gait_speed_m_s=0.7 (table)"},
        {"ewgsop2", "0.7,", OSARC_MET, "", "gait_speed_m_s=0.7 (table)"},
        {"ewgsop2", "0.7,10", OSARC_MET, "",
         "gait_speed_m_s=0.7 (table); gait_distance_m=10 (table)"},
    };
    for (size_t i = 0; i < sizeof(WANTED) / sizeof(WANTED[0]); i++) {
        osarc_classes *classes =
            classify_cells("gait_speed_m_s,gait_distance_m", WANTED[i].cells, WANTED[i].definition);
        const osarc_class_row *row = find_row(classes, WANTED[i].definition, "performance");
        cr_expect(row->state == WANTED[i].state, "%s %s", WANTED[i].definition, WANTED[i].cells);
        cr_expect(eq(str, (char *) row->missing, (char *) WANTED[i].missing));
        cr_expect(eq(str, (char *) row->inputs, (char *) WANTED[i].inputs));
        osarc_classes_free(classes);
    }
}

Test(classify_classify, asks_for_all_that_a_single_test_lacks)
{
    osarc_classes *classes = classify_cells("sex", "F", "fnih_alt");
    cr_expect(eq(str, (char *) find_row(classes, "fnih_alt", "strength")->missing,
                 "height_m; weight_kg; grip_kg"));
    osarc_classes_free(classes);
}

/* The review prints -1 <= t <= -2.5 and < -2.5: both ends are told. */
Test(classify_classify, flags_a_t_score_that_the_review_does_not_place)
{
    static const struct {
        const char *cells;
        const char *words;
        osarc_state state;
    } WANTED[] = {{"F,post,-2.5", "boundary: T is -2.5", OSARC_MET},
                  {"F,post,-1", "boundary: T is -1,", OSARC_NOT_MET},
                  {"F,post,-2.51", "", OSARC_MET},
                  {"F,post,-2.49", "", OSARC_MET},
                  {"F,pre,-2.5", "", OSARC_UNKNOWN}};
    for (size_t i = 0; i < sizeof(WANTED) / sizeof(WANTED[0]); i++) {
        osarc_classes *classes = classify_cells("sex,menopausal,t_lumbar", WANTED[i].cells, NULL);
        static const char *const ARMS[] = {"bone", "result"};
        for (int a = 0; a < 2; a++) {
            const osarc_class_row *row = find_row(classes, "seed_literal", ARMS[a]);
            cr_expect(0 == strncmp(row->notes, WANTED[i].words, strlen(WANTED[i].words)), "%s: %s",
                      WANTED[i].cells, row->notes);
            cr_expect(WANTED[i].words[0] || !row->notes[0], "%s", row->notes);
        }
        cr_expect(eq(int, (int) find_row(classes, "seed_literal", "bone")->state, WANTED[i].state));
        cr_expect(eq(str, (char *) find_row(classes, "who", "bone")->notes, ""));
        osarc_classes_free(classes);
    }
}

#define BONE "sex,age_years,menopausal,t_lumbar,t_femoral_neck,t_total_hip,fragility_fracture"

Test(classify_classify, grades_bone_by_the_lowest_t)
{
    static const wanted_class WANTED[] = {
        {BONE, "F,65,post,-0.5,-0.9,-1.0,none", "normal", "not_met", ""},
        {BONE, "F,65,post,-0.5,-1.8,-1.0,none", "low_bone_mass", "not_met", ""},
        {BONE, "F,65,post,-2.7,-1.8,-1.0,none", "osteoporosis", "met", ""},
        {BONE, "F,65,post,,,-2.6,", "osteoporosis", "met", ""},
        {BONE, "F,65,peri,-2.7,,,other", "severe_osteoporosis", "met", ""},
        {BONE, "M,50,,-2.7,,,none", "osteoporosis", "met", ""},
        {BONE, "M,50,,-0.7,,,", "normal", "not_met", ""},
    };
    CHECK("who", WANTED);
}

Test(classify_classify, takes_a_stated_hip_or_vertebral_fracture_for_osteoporosis)
{
    static const wanted_class WANTED[] = {
        {BONE, "F,65,post,-0.5,,,hip", "osteoporosis", "met", ""},
        {BONE, "F,65,post,-1.5,,,vertebral", "osteoporosis", "met", ""},
        {BONE, "F,65,post,,,,hip", "osteoporosis", "met", ""},
        {BONE, "F,65,post,-2.5,,,hip", "severe_osteoporosis", "met", ""},
        {BONE, "F,65,post,-1.5,,,other", "low_bone_mass", "not_met", ""},
        {BONE, "F,65,post,,,,other", "indeterminate", "unknown",
         "t_lumbar or t_femoral_neck or t_total_hip"},
    };
    CHECK("who", WANTED);
}

Test(classify_classify, refuses_t_classes_to_those_they_are_not_made_for)
{
    static const char WHY[] = "T classes do not apply to this patient: Z-scores do";
    static const wanted_class WANTED[] = {
        {BONE, "F,35,pre,-2.7,,,none", "indeterminate", "unknown", WHY},
        {BONE, "M,49.9,,-2.7,,,none", "indeterminate", "unknown", WHY},
        {BONE, "M,30,,-2.7,,,hip", "indeterminate", "unknown", WHY},
        {BONE, ",30,pre,-2.7,,,none", "indeterminate", "unknown", WHY},
    };
    CHECK("who", WANTED);
}

Test(classify_classify, asks_for_what_decides_whether_t_classes_apply)
{
    static const wanted_class WANTED[] = {
        {BONE, "F,70,,-2.7,,,none", "indeterminate", "unknown", "menopausal"},
        {BONE, "M,,,-2.7,,,none", "indeterminate", "unknown", "age_years"},
        {BONE, "F,,post,,,,none", "indeterminate", "unknown",
         "t_lumbar or t_femoral_neck or t_total_hip"},
        {BONE, ",70,post,-2.7,,,none", "osteoporosis", "met", ""},
        {BONE, ",40,post,-2.7,,,none", "indeterminate", "unknown", "sex"},
    };
    CHECK("who", WANTED);
}

Test(classify_classify, uses_the_forearm_only_where_spine_and_hip_are_not_measured)
{
    static const wanted_class WANTED[] = {
        {"sex,menopausal,t_radius_33", "F,post,-2.6", "osteoporosis", "met", ""},
        {"sex,menopausal,t_radius_33,t_lumbar", "F,post,-2.6,-1.2", "low_bone_mass", "not_met", ""},
    };
    CHECK("who", WANTED);
}

Test(classify_classify, never_uses_ultrasound_or_peripheral_dxa)
{
    static const wanted_class WANTED[] = {
        {"sex,menopausal,qus_t,pdxa_t", "F,post,-3,-3", "indeterminate", "unknown",
         "t_lumbar or t_femoral_neck or t_total_hip"},
    };
    CHECK("who", WANTED);
}

#define BOTH "sex,menopausal,t_lumbar,fragility_fracture,grip_kg,alm_kg,alm_method,height_m,tug_s"

Test(classify_classify, joins_bone_and_muscle)
{
    static const wanted_class WANTED[] = {
        {BOTH, "F,post,-2.6,none,15,14,dxa,1.6,12", "osteosarcopenia", "met", ""},
        {BOTH, "F,post,-2.6,none,15,14,dxa,1.6,25", "severe_osteosarcopenia", "met", ""},
        {BOTH, "F,post,-2.6,hip,15,14,dxa,1.6,12", "severe_osteosarcopenia", "met", ""},
        {BOTH, "F,post,-2.6,hip,15,14,dxa,1.6,", "severe_osteosarcopenia", "met", ""},
        {BOTH, "F,post,-1.6,hip,15,14,dxa,1.6,12", "osteosarcopenia", "met", ""},
        {BOTH, "F,post,-1.6,none,15,14,dxa,1.6,12", "none", "not_met", ""},
        {BOTH, "F,post,-2.6,none,20,14,dxa,1.6,12", "none", "not_met", ""},
        {BOTH, "F,post,-2.6,none,15,19,dxa,1.6,12", "none", "not_met", ""},
        {BOTH, "F,post,,none,20,,,,", "none", "not_met", ""},
        {BOTH, "F,pre,-2.6,none,20,,,,", "none", "not_met", ""},
    };
    CHECK("os_strict:ewgsop2", WANTED);
}

Test(classify_classify, stays_indeterminate_on_both_while_either_is_open)
{
    static const wanted_class WANTED[] = {
        {BOTH, "F,post,-2.6,none,15,14,dxa,1.6,", "indeterminate", "met",
         "gait_speed_m_s or sppb or tug_s or walk_400m_s"},
        {BOTH, "F,post,,none,15,14,dxa,1.6,25", "indeterminate", "unknown",
         "t_lumbar or t_femoral_neck or t_total_hip"},
        {BOTH, "F,,-2.6,none,15,14,dxa,1.6,25", "indeterminate", "unknown", "menopausal"},
        {BOTH, "F,post,-2.6,hip,,14,dxa,1.6,", "indeterminate", "unknown",
         "grip_kg or chair_stand_5x_s"},
    };
    CHECK("os_strict:ewgsop2", WANTED);
}

Test(classify_classify, gives_a_row_for_each_arm_and_one_for_the_result)
{
    static const char *const WANTED[] = {"ewgsop2 mass",
                                         "ewgsop2 strength",
                                         "ewgsop2 performance",
                                         "ewgsop2 result",
                                         "who bone",
                                         "who result",
                                         "qct_spine bone",
                                         "qct_spine result",
                                         "os_strict:ewgsop2 mass",
                                         "os_strict:ewgsop2 strength",
                                         "os_strict:ewgsop2 performance",
                                         "os_strict:ewgsop2 bone",
                                         "os_strict:ewgsop2 result"};
    osarc_classes *classes = classify_cells("sex", "F", "ewgsop2,who,os_strict:ewgsop2,qct_spine");
    cr_assert(eq(sz, osarc_classes_count(classes), sizeof(WANTED) / sizeof(WANTED[0])));
    for (size_t i = 0; i < osarc_classes_count(classes); i++) {
        const osarc_class_row *row = osarc_classes_at(classes, i);
        char name[64];
        snprintf(name, sizeof(name), "%s %s", row->definition, row->arm);
        cr_expect(eq(str, name, (char *) WANTED[i]));
        cr_expect(eq(str, (char *) row->case_id, "1"));
        cr_expect(eq(str, (char *) row->patient_id, "P1"));
        cr_expect(isnan(row->p_class));
        cr_expect(ne(str, (char *) row->rule, ""));
    }
    cr_expect(eq(ptr, (void *) osarc_classes_at(classes, 13), NULL));
    osarc_classes_free(classes);
}

/* The words of a rule, its numbers as published. */
Test(classify_classify, prints_each_rule_with_its_numbers_and_source)
{
    static const struct {
        const char *definition;
        const char *arm;
        const char *words;
    } WANTED[] = {
        {"ewgsop2", "strength",
         "grip_kg < 27 (M), < 16 (F) or chair_stand_5x_s > 15 or not completed ["},
        {"ewgsop2", "mass",
         "alm_kg by dxa < 20 (M), < 15 (F) or alm_kg by dxa / height_m^2 < 7 "
         "(M), < 5.5 (F) ["},
        {"ewgsop2", "performance",
         "gait_speed_m_s <= 0.8 or sppb <= 8 or tug_s >= 20 or walk_400m_s >= 360 or not"},
        {"ewgsop2", "result", "confirmed: low strength and low mass; "},
        {"ewgsop2", "result", "doi 10.1093/ageing/afy169]"},
        {"ewgsop1", "mass", "doi 10.1093/ageing/afq034; confidence m]"},
        {"ewgsop1", "strength", "doi 10.1093/ageing/afq034]"},
        {"ewgsop1", "performance", "gait_speed_m_s <= 0.8 or sppb <= 8 (confidence m) ["},
        {"ewgsop1", "result", "doi 10.1093/ageing/afq034; confidence m]"},
        {"os_strict:awgs2025", "result", "; confidence m]"},
        {"who", "bone", " <= -2.5 or a stated fragility fracture of hip or vertebra"},
        {"who", "result", "normal: T >= -1; low_bone_mass: otherwise"},
        {"who", "result", "; osteoporosis: T <= -2.5 or a stated fragility fracture of hip or"},
        {"iscd", "result",
         "osteoporosis: T <= -2.5 (Z <= -2 where Z-scores apply); normal: T >= -1"},
        {"qct_spine", "result", "; osteoporosis: vbmd_lumbar_mg_cm3 < 80; normal"},
        {"os_strict:ewgsop2", "result", "(low performance or T <= -2.5 with a stated fragility"},
        {"qct_spine", "bone",
         "vbmd_lumbar_mg_cm3 on K2HPO4 < 80; for postmenopausal women, men of age >= 60 ["},
        {"qct_spine", "result", "normal: vbmd_lumbar_mg_cm3 > 120; low_bone_mass: otherwise"},
        {"qct_spine", "result", "vbmd_lumbar_mg_cm3 < 80 with a stated fragility fracture"},
    };
    osarc_classes *classes = classify_cells("sex", "F", "all");
    for (size_t i = 0; i < sizeof(WANTED) / sizeof(WANTED[0]); i++) {
        const char *rule = find_row(classes, WANTED[i].definition, WANTED[i].arm)->rule;
        cr_expect(strstr(rule, WANTED[i].words) != NULL, "%s", rule);
    }
    osarc_classes_free(classes);
}

Test(classify_classify, shows_the_inputs_an_arm_stands_on)
{
    osarc_classes *classes = classify_cells(LEAN, "M,24,18,dxa,1.7,0.7", NULL);
    cr_expect(eq(str, (char *) find_row(classes, "ewgsop2", "mass")->inputs,
                 "sex=M (table); height_m=1.7 (table); alm_kg=18 (table); alm_method=dxa (table)"));
    cr_expect(eq(str, (char *) find_row(classes, "ewgsop2", "performance")->inputs,
                 "gait_speed_m_s=0.7 (table)"));
    osarc_classes_free(classes);
}

Test(classify_classify, takes_the_definitions_asked_for_only)
{
    osarc_classes *classes = classify_cells("sex", "F", "who,ewgsop2");
    cr_expect(eq(sz, osarc_classes_count(classes), 6u));
    osarc_classes_free(classes);
    classes = classify_cells("sex", "F", "who,who");
    cr_expect(eq(sz, osarc_classes_count(classes), 2u));
    osarc_classes_free(classes);
}

Test(classify_classify, refuses_a_definition_that_does_not_exist)
{
    static const char *const IDS[] = {"ewgsop3", "who,",        "",         ",who",
                                      "WHO",     "who ewgsop2", "os_strict"};
    for (size_t i = 0; i < sizeof(IDS) / sizeof(IDS[0]); i++) {
        osarc_classes *classes = (osarc_classes *) -1;
        EXPECT_REFUSED(osarc_classify(&classes, "1", "P1", NULL, NULL, NULL, IDS[i], &err),
                       OSARC_ERR_ARGUMENT);
        cr_expect(strstr(err.text, "there are ewgsop1, ewgsop2, awgs2014, ") != NULL);
        cr_expect(eq(ptr, classes, NULL));
    }
}

Test(classify_classify, refuses_to_work_without_a_place_for_the_answer)
{
    EXPECT_REFUSED(osarc_classify(NULL, "1", "P1", NULL, NULL, NULL, NULL, &err),
                   OSARC_ERR_ARGUMENT);
}

Test(classify_classify, says_indeterminate_of_a_patient_of_whom_nothing_is_known)
{
    osarc_classes *classes = NULL;
    EXPECT_OK(osarc_classify(&classes, NULL, NULL, NULL, NULL, NULL, NULL, &err));
    for (size_t i = 0; i < osarc_classes_count(classes); i++) {
        const osarc_class_row *row = osarc_classes_at(classes, i);
        cr_expect(eq(int, (int) row->state, OSARC_UNKNOWN));
        cr_expect(ne(str, (char *) row->missing, ""));
        if (!strcmp(row->arm, "result"))
            cr_expect(eq(str, (char *) row->class_name, "indeterminate"));
    }
    osarc_classes_free(classes);
}

Test(classify_classify, survives_each_failing_allocation)
{
    long n = 1;
    for (int asked = 1; asked && n < 20000; n++) {
        osarc_classes *classes = NULL;
        osi_alloc_fail_at(n);
        osarc_status status = osarc_classify(&classes, "1", "P", NULL, NULL, NULL, NULL, &err);
        asked = osi_alloc_asked() >= n;
        osi_alloc_fail_at(0);
        cr_expect(eq(int, status != OSARC_OK, asked));
        cr_expect(eq(int, classes == NULL, asked));
        osarc_classes_free(classes);
    }
    cr_expect(gt(i64, (int64_t) n, 30));
}
