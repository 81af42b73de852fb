/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bands of spine QCT: for whom, on which scale, from which rows. */
#include <math.h>

#include "facts.h"
#include "patient.h"

static osarc_error err = OSARC_ERROR_INIT;
static osarc_findings *findings;

#define COLUMNS "sex,age_years,menopausal,vbmd_basis,vbmd_lumbar_mg_cm3,fragility_fracture"

static void expect_class(const char *cells, const char *wanted, const char *missing)
{
    osarc_classes *classes = classify_cells(COLUMNS, cells, "qct_spine");
    const osarc_class_row *row = find_row(classes, "qct_spine", "result");
    cr_expect(0 == strcmp(row->class_name, wanted), "%s: %s, not %s", cells, row->class_name,
              wanted);
    cr_expect(0 == strcmp(row->missing, missing), "%s: missing '%s'", cells, row->missing);
    osarc_classes_free(classes);
}

Test(classify_qct, divides_bone_into_three_bands_with_both_limits_low)
{
    expect_class("F,65,post,K2HPO4,120.1,", "normal", "");
    expect_class("F,65,post,K2HPO4,120,", "low_bone_mass", "");
    expect_class("F,65,post,K2HPO4,100,none", "low_bone_mass", "");
    expect_class("F,65,post,K2HPO4,80,", "low_bone_mass", "");
    expect_class("F,65,post,K2HPO4,79.9,", "osteoporosis", "");
    expect_class("M,60,,k2hpo4,79.9,none", "osteoporosis", "");
}

Test(classify_qct, is_severe_only_with_a_stated_fracture)
{
    expect_class("F,65,post,K2HPO4,79.9,vertebral", "severe_osteoporosis", "");
    expect_class("F,65,post,K2HPO4,79.9,other", "severe_osteoporosis", "");
    expect_class("F,65,post,K2HPO4,80,vertebral", "low_bone_mass", "");
    expect_class("F,65,post,K2HPO4,130,hip", "normal", "");
}

Test(classify_qct, refuses_densities_on_another_or_an_unknown_scale)
{
    expect_class("F,65,post,HA,70,", "indeterminate", "vbmd_lumbar_mg_cm3 on K2HPO4");
    expect_class("F,65,post,,70,", "indeterminate", "vbmd_basis");
    expect_class("F,65,post,K2HPO4,,", "indeterminate", "vbmd_lumbar_mg_cm3 on K2HPO4");
    expect_class("F,65,post,,,hip", "indeterminate", "vbmd_lumbar_mg_cm3");
    expect_class("F,65,post,mg,70,", "indeterminate", "vbmd_basis"); /* a refused cell */
}

static const char NOT_FOR[] = "the bands do not apply to this patient: they are for postmenopausal "
                              "women and elderly men";

Test(classify_qct, refuses_those_it_is_not_made_for)
{
    expect_class("F,40,pre,K2HPO4,70,", "indeterminate", NOT_FOR);
    expect_class("F,50,peri,K2HPO4,70,", "indeterminate", NOT_FOR);
    expect_class("M,59.9,,K2HPO4,70,", "indeterminate", NOT_FOR);
}

Test(classify_qct, asks_for_what_decides_whether_it_applies)
{
    expect_class("F,65,,K2HPO4,70,", "indeterminate", "menopausal");
    expect_class("M,,,K2HPO4,70,", "indeterminate", "age_years");
    expect_class(",40,post,K2HPO4,70,", "indeterminate", "sex");
    expect_class(",70,post,K2HPO4,70,", "osteoporosis", "");
}

/* ---- from measured rows ---- */

static void start(void)
{
    EXPECT_OK(osarc_findings_create(&findings, &err));
}

static void stop(void)
{
    osarc_findings_free(findings);
}

TestSuite(classify_qct_rows, .init = start, .fini = stop);

typedef struct density_row {
    const char *level;
    const char *basis;
    double value;
    double half;
    osarc_quality quality;
    const char *site;
} density_row;

static void add(density_row from)
{
    osarc_finding row = {.case_id = "1",
                         .patient_id = "P1",
                         .quantity = "vbmd_trabecular",
                         .site = from.site ? from.site : "lumbar",
                         .level = from.level,
                         .value = from.value,
                         .unit = "mg/cm3",
                         .ci_low = from.value - from.half,
                         .ci_high = from.value + from.half,
                         .method = "phantom",
                         .basis = from.basis,
                         .quality = from.quality,
                         .note = "why"};
    EXPECT_OK(osarc_findings_add(findings, &row, &err));
}

#define REFUSED(level_)                                                                            \
    {                                                                                              \
        level_, "K2HPO4", NAN, NAN, OSARC_QUALITY_REFUSED, NULL                                    \
    }

static osarc_classes *classify(const char *table)
{
    osarc_clinical *clinical = NULL;
    osarc_classes *classes = NULL;
    EXPECT_OK(read_table(&clinical, table, strlen(table), NULL, &err));
    EXPECT_OK(osarc_classify(&classes, "1", "P1", clinical, NULL, findings, "qct_spine", &err));
    osarc_clinical_free(clinical);
    return classes;
}

static const char WOMAN[] = "patient_id,sex,menopausal\nP1,F,post\n";

static void expect_result(const char *table, const char *class_name, const char *missing)
{
    osarc_classes *classes = classify(table);
    const osarc_class_row *row = find_row(classes, "qct_spine", "result");
    cr_expect(eq(str, (char *) row->class_name, (char *) class_name));
    cr_expect(eq(str, (char *) row->missing, (char *) missing));
    osarc_classes_free(classes);
}

Test(classify_qct_rows, take_the_mean_of_l1_and_l2_first)
{
    add((density_row){"L1-L4", "K2HPO4", 130, 5, OSARC_QUALITY_OK, NULL});
    add((density_row){"L1-L2", "K2HPO4", 90, 5, OSARC_QUALITY_WARNING, NULL});
    add((density_row){"L1", "K2HPO4", 60, 5, OSARC_QUALITY_OK, NULL});
    osarc_classes *classes = classify(WOMAN);
    const osarc_class_row *row = find_row(classes, "qct_spine", "result");
    cr_expect(eq(str, (char *) row->class_name, "low_bone_mass"));
    cr_expect(eq(
        str, (char *) row->inputs,
        "sex=F (table); menopausal=post (table); vbmd_lumbar_mg_cm3=90 (measured, with a warning); "
        "vbmd_basis=K2HPO4 (measured)"));
    osarc_classes_free(classes);
}

Test(classify_qct_rows, take_the_mean_of_more_where_l1_or_l2_is_refused)
{
    add((density_row) REFUSED("L1-L2"));
    add((density_row){"L1-L4", "K2HPO4", 130, 5, OSARC_QUALITY_WARNING, NULL});
    expect_result(WOMAN, "normal", "");
}

Test(classify_qct_rows, prefer_a_row_without_a_warning_and_the_scale_of_the_bands)
{
    add((density_row){"L1-L2", "HA", 70, 5, OSARC_QUALITY_OK, NULL});
    add((density_row){"L1-L2", "K2HPO4", 100, 5, OSARC_QUALITY_WARNING, NULL});
    add((density_row){"L1-L2", "K2HPO4", 130, 5, OSARC_QUALITY_OK, NULL});
    expect_result(WOMAN, "normal", "");
}

Test(classify_qct_rows, refuse_a_single_vertebra_and_thoracic_ones)
{
    add((density_row){"L1", "K2HPO4", 60, 5, OSARC_QUALITY_OK, NULL});
    add((density_row){"L1-L2", "K2HPO4", 60, 5, OSARC_QUALITY_OK, "thoracic"});
    expect_result(WOMAN, "indeterminate", "vbmd_lumbar_mg_cm3");
}

Test(classify_qct_rows, refuse_another_scale)
{
    add((density_row){"L1-L2", "HA", 60, 5, OSARC_QUALITY_OK, NULL});
    expect_result(WOMAN, "indeterminate", "vbmd_lumbar_mg_cm3 on K2HPO4");
}

Test(classify_qct_rows, refuse_a_scale_without_a_name)
{
    add((density_row){"L1-L2", "", 60, 5, OSARC_QUALITY_OK, NULL});
    expect_result(WOMAN, "indeterminate", "vbmd_basis");
}

Test(classify_qct_rows, say_why_a_density_was_refused)
{
    add((density_row) REFUSED("L1-L2"));
    add((density_row) REFUSED("L1-L4"));
    expect_result(WOMAN, "indeterminate", "vbmd_lumbar_mg_cm3 (refused: why)");
}

Test(classify_qct_rows, say_why_no_level_could_be_named)
{
    add((density_row) REFUSED(""));
    expect_result(WOMAN, "indeterminate", "vbmd_lumbar_mg_cm3 (refused: why)");
}

Test(classify_qct_rows, prefer_the_table)
{
    add((density_row){"L1-L2", "K2HPO4", 60, 5, OSARC_QUALITY_OK, NULL});
    expect_result("patient_id,sex,menopausal,vbmd_lumbar_mg_cm3,vbmd_basis\nP1,F,post,130,K2HPO4\n",
                  "normal", "");
    expect_result("patient_id,sex,menopausal,vbmd_lumbar_mg_cm3\nP1,F,post,130\n", "indeterminate",
                  "vbmd_basis");
}

/* 10 mg/cm3 is 1.96 standard deviations. */
Test(classify_qct_rows, give_the_probability_of_the_class)
{
    static const struct {
        double value;
        const char *class_name;
        double p;
    } WANTED[] = {{80 - 10, "osteoporosis", 0.975}, /* one tail of 2.5 % is over 80 */
                  {130, "normal", 0.975},
                  {80, "low_bone_mass", 0.5},
                  {100, "low_bone_mass", 1 - 2 * 0.0000443}}; /* 3.92 SD to either limit */
    for (size_t i = 0; i < 4; i++) {
        stop();
        start();
        add((density_row){"L1-L2", "K2HPO4", WANTED[i].value, 10, OSARC_QUALITY_OK, NULL});
        osarc_classes *classes = classify(WOMAN);
        const osarc_class_row *row = find_row(classes, "qct_spine", "result");
        cr_expect(eq(str, (char *) row->class_name, (char *) WANTED[i].class_name));
        cr_expect(epsilon_eq(dbl, row->p_class, WANTED[i].p, 1e-6));
        cr_expect(isnan(find_row(classes, "qct_spine", "bone")->p_class));
        osarc_classes_free(classes);
    }
}

Test(classify_qct_rows, give_no_probability_without_an_interval_or_a_class)
{
    add((density_row){"L1-L2", "K2HPO4", 90, NAN, OSARC_QUALITY_OK, NULL});
    osarc_classes *classes = classify(WOMAN);
    cr_expect(isnan(find_row(classes, "qct_spine", "result")->p_class));
    osarc_classes_free(classes);
    stop();
    start();
    add((density_row){"L1-L2", "K2HPO4", 90, 5, OSARC_QUALITY_OK, NULL});
    classes = classify("patient_id,sex\nP1,F\n");
    cr_expect(isnan(find_row(classes, "qct_spine", "result")->p_class));
    osarc_classes_free(classes);
    classes =
        classify("patient_id,sex,menopausal,vbmd_lumbar_mg_cm3,vbmd_basis\nP1,F,post,90,K2HPO4\n");
    cr_expect(isnan(find_row(classes, "qct_spine", "result")->p_class));
    osarc_classes_free(classes);
}

Test(classify_qct_rows, never_make_a_t_class)
{
    osarc_classes *classes = NULL;
    add((density_row){"L1-L2", "K2HPO4", 60, 5, OSARC_QUALITY_OK, NULL});
    EXPECT_OK(osarc_classify(&classes, "1", "P1", NULL, NULL, findings, "who", &err));
    cr_expect(eq(str, (char *) find_row(classes, "who", "result")->class_name, "indeterminate"));
    osarc_classes_free(classes);
}
