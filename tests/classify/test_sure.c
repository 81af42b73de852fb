/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "patient.h"
#include "sure.h"

static osarc_error err = OSARC_ERROR_INIT;
static osarc_definitions *set;
static osarc_clinical *clinical;
static osarc_precision *precision;
static osarc_findings *findings;
static osarc_classes *classes;

static osarc_status read_precision(const char *text)
{
    char path[] = "/tmp/osarc_precision_XXXXXX";
    int file = mkstemp(path);
    cr_assert(ge(int, file, 0));
    cr_assert(eq(sz, (size_t) write(file, text, strlen(text)), strlen(text)));
    close(file);
    osarc_precision_free(precision);
    osarc_status status = osarc_precision_read(&precision, path, &err);
    unlink(path);
    return status;
}

static const osarc_class_row *classify(const char *columns, const char *cells,
                                       const char *definition)
{
    char text[512];
    int size = snprintf(text, sizeof(text), "patient_id,%s\nP1,%s\n", columns, cells);
    osarc_classes_free(classes);
    osarc_clinical_free(clinical);
    EXPECT_OK(read_table(&clinical, text, (size_t) size, NULL, &err));
    osarc_patient patient = {.case_id = "1",
                             .patient_id = "P1",
                             .clinical = clinical,
                             .findings = findings,
                             .precision = precision,
                             .margins = 1};
    EXPECT_OK(osarc_classify_patient(&classes, set, &patient, definition, &err));
    return find_row(classes, definition, "result");
}

static void start(void)
{
    EXPECT_OK(osarc_definitions_read(&set, NULL, &err));
}

static void stop(void)
{
    osarc_classes_free(classes);
    osarc_clinical_free(clinical);
    osarc_precision_free(precision);
    osarc_findings_free(findings);
    osarc_definitions_free(set);
}

TestSuite(classify_sure, .init = start, .fini = stop);

/* Shares of the normal distribution, from any table of it. */
#define BELOW_1_SD    0.8413447461
#define BELOW_HALF_SD 0.6914624613

#define BONE "sex,menopausal,t_lumbar,t_femoral_neck"
#define LEAN "sex,grip_kg,alm_kg,alm_method,height_m,tug_s"

Test(classify_sure, gives_the_share_of_a_normal_t_score_between_the_cut_offs)
{
    EXPECT_OK(read_precision("quantity,sd\nt_lumbar,0.3\n"));
    /* one SD over -2.5, four under -1 */
    cr_expect(epsilon_eq(dbl, classify(BONE, "F,post,-2.2,", "who")->p_class, BELOW_1_SD - 3.167e-5,
                         1e-7));
    cr_expect(epsilon_eq(dbl, classify(BONE, "F,post,-2.8,", "who")->p_class, BELOW_1_SD, 1e-9));
    cr_expect(epsilon_eq(dbl, classify(BONE, "F,post,-0.7,", "who")->p_class, BELOW_1_SD, 1e-9));
    /* at the cut-off, half of it lies on either side */
    cr_expect(epsilon_eq(dbl, classify(BONE, "F,post,-2.5,", "who")->p_class, 0.5, 1e-9));
}

Test(classify_sure, is_certain_where_another_site_decides)
{
    EXPECT_OK(read_precision("quantity,sd\nt_lumbar,0.3\n"));
    cr_expect(epsilon_eq(dbl, classify(BONE, "F,post,-2.4,-2.9", "who")->p_class, 1, 1e-12));
}

/* 15 kg decides for her, and 5.5 kg/m2 (14.08 kg) does not. */
Test(classify_sure, joins_several_cut_offs_of_one_input)
{
    EXPECT_OK(read_precision("quantity,sd\nalm_kg,0.5\n"));
    const osarc_class_row *row = classify(LEAN, "F,10,14.5,dxa,1.6,10", "ewgsop2");
    cr_expect(eq(str, (char *) row->class_name, "confirmed"));
    cr_expect(epsilon_eq(dbl, row->p_class, BELOW_1_SD, 1e-9));
}

Test(classify_sure, takes_a_coefficient_of_variation_of_the_value)
{
    EXPECT_OK(read_precision("quantity,cv_percent\nalm_kg,2\n"));
    /* 0.02 * 14.7 = 0.294 kg: 0.3 kg are 1.020 SD */
    cr_expect(epsilon_eq(dbl, classify(LEAN, "F,10,14.7,dxa,1.6,10", "ewgsop2")->p_class,
                         0.5 * erfc(-0.3 / 0.294 / sqrt(2)), 1e-12));
}

/* Two independent inputs; four standard errors of 4000 draws are 0.031, rounding adds 0.005.
 */
Test(classify_sure, draws_several_inputs_together)
{
    EXPECT_OK(read_precision("quantity,sd\nalm_kg,0.5\ngrip_kg,1\n"));
    const osarc_class_row *row = classify(LEAN, "F,15,14.75,dxa,1.6,10", "ewgsop2");
    cr_expect(eq(str, (char *) row->class_name, "confirmed"));
    cr_expect(epsilon_eq(dbl, row->p_class, BELOW_1_SD * BELOW_HALF_SD, 0.036));
    double first = row->p_class;
    cr_expect(eq(dbl, first, round(100 * first) / 100)); /* draws know no third decimal */
    cr_expect(eq(dbl, classify(LEAN, "F,15,14.75,dxa,1.6,10", "ewgsop2")->p_class, first));
    row = classify(LEAN, "F,25,14.75,dxa,1.6,10", "ewgsop2");
    cr_expect(eq(dbl, row->p_class, 0.99)); /* nine SD over 16, and yet never certain */
}

Test(classify_sure, takes_the_larger_of_interval_and_site)
{
    osarc_finding row = {.case_id = "1",
                         .patient_id = "P1",
                         .quantity = "t_score",
                         .site = "lumbar",
                         .level = "L1-L4",
                         .value = -2.8,
                         .unit = "1",
                         .ci_low = -2.8 - 1.959963984540054 * 0.3,
                         .ci_high = -2.8 + 1.959963984540054 * 0.3,
                         .method = "dxa",
                         .basis = "DXA-Hologic"};
    EXPECT_OK(osarc_findings_create(&findings, &err));
    EXPECT_OK(osarc_findings_add(findings, &row, &err));
    cr_expect(epsilon_eq(dbl, classify(BONE, "F,post,,", "who")->p_class, BELOW_1_SD, 1e-9));
    EXPECT_OK(read_precision("quantity,sd\nt_lumbar,0.1\n"));
    cr_expect(epsilon_eq(dbl, classify(BONE, "F,post,,", "who")->p_class, BELOW_1_SD, 1e-9));
    EXPECT_OK(read_precision("quantity,sd\nt_lumbar,0.6\n"));
    cr_expect(epsilon_eq(dbl, classify(BONE, "F,post,,", "who")->p_class, BELOW_HALF_SD, 1e-9));
}

Test(classify_sure, tells_the_nearest_change_with_the_operator_of_the_cut_off)
{
    static const struct {
        const char *columns;
        const char *cells;
        const char *definition;
        const char *change;
    } WANTED[] = {
        {BONE, "F,post,-2.6,", "who", "t_lumbar > -2.5: low_bone_mass (by 0.1)"},
        {BONE, "F,post,-2.4,", "who", "t_lumbar <= -2.5: osteoporosis (by 0.1)"},
        {BONE, "F,post,-1.1,", "who", "t_lumbar >= -1: normal (by 0.1)"},
        {BONE, "F,post,-0.9,", "who", "t_lumbar < -1: low_bone_mass (by 0.1)"},
        {BONE, "F,post,-2.5,", "who", "t_lumbar > -2.5: low_bone_mass (by 0)"},
        {BONE, "F,post,-2.9,-2.6", "who", ""}, /* either alone leaves the other */
        {LEAN, "M,30,25,dxa,1.7,10", "ewgsop2", "grip_kg < 27: probable (by 3)"},
        {"sex,grip_kg", "M,30", "ewgsop2", "grip_kg < 27: indeterminate (by 3)"},
        {LEAN, "F,10,16,dxa,1.6,10", "ewgsop2",
         "height_m > 1.70561: confirmed (by 0.105606); grip_kg >= 16: none (by 6); "
         "alm_kg < 15: confirmed (by 1)"},
        {"sex,chair_stand_5x_s", "M,12", "ewgsop2", "chair_stand_5x_s > 15: indeterminate (by 3)"},
        {LEAN, "F,,,,,", "ewgsop2", ""}, /* open already */
    };
    for (size_t i = 0; i < sizeof(WANTED) / sizeof(WANTED[0]); i++)
        cr_expect(eq(str,
                     (char *) classify(WANTED[i].columns, WANTED[i].cells, WANTED[i].definition)
                         ->would_change_if,
                     (char *) WANTED[i].change));
}

Test(classify_sure, measures_distances_in_least_significant_changes)
{
    EXPECT_OK(read_precision("quantity,sd\ngrip_kg,1\nalm_kg,0.2\n"));
    const osarc_class_row *row = classify(LEAN, "F,10,16,dxa,1.6,10", "ewgsop2");
    /* 1 kg in 2.77 * 0.2, 6 kg in 2.77 * 1 */
    cr_expect(epsilon_eq(dbl, row->margin_lsc, 1 / 0.554, 1e-12));
    cr_expect(eq(str, (char *) row->would_change_if,
                 "alm_kg < 15: confirmed (by 1, 1.81 LSC); grip_kg >= 16: none (by 6, 2.17 LSC); "
                 "height_m > 1.70561: confirmed (by 0.105606)"));
    cr_expect(isnan(find_row(classes, "ewgsop2", "mass")->margin_lsc));
}

Test(classify_sure, gives_no_probability_where_no_precision_is_known)
{
    const osarc_class_row *row = classify(LEAN, "F,10,16,dxa,1.6,10", "ewgsop2");
    cr_expect(isnan(row->p_class));
    cr_expect(isnan(row->margin_lsc));
    EXPECT_OK(read_precision("quantity,sd\nt_lumbar,0.3\n"));
    cr_expect(isnan(classify(LEAN, "F,10,16,dxa,1.6,10", "ewgsop2")->p_class));
    cr_expect(isnan(classify(BONE, "F,,-2.2,", "who")->p_class)); /* indeterminate */
}

Test(classify_sure, refuses_precision_files_by_row_and_column)
{
    static const struct {
        const char *text;
        const char *words;
    } BAD[] = {
        {"", "empty"},
        {"quantity\ngrip_kg\n", "names no quantity, or neither"},
        {"sd\n1\n", "names no quantity"},
        {"quantity,sd,sd\n", "column 3"},
        {"quantity,sd,unit\n", "column 3"},
        {"quantity,sd\nsppb,1\n", "row 2, column quantity"},
        {"quantity,sd\ngrip,1\n", "row 2, column quantity"},
        {"quantity,sd\ngrip_kg,1\ngrip_kg,2\n", "row 3, column quantity"},
        {"quantity,sd\ngrip_kg,0\n", "row 2, column sd"},
        {"quantity,sd\ngrip_kg,-1\n", "row 2, column sd"},
        {"quantity,sd\ngrip_kg,one\n", "row 2, column sd"},
        {"quantity,sd\ngrip_kg,1,5\n", "row 2, column 1"},
        {"quantity,sd\ngrip_kg,\n", "row 2, column sd"},
        {"quantity,sd,cv_percent\ngrip_kg,1,2\n", "row 2, column sd"},
        {"quantity,cv_percent\nt_lumbar,2\n", "a score needs sd"},
        {"quantity,cv_percent\nalm_kg,60\n", "row 2, column cv_percent"},
    };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        EXPECT_REFUSED(read_precision(BAD[i].text), OSARC_ERR_FORMAT);
        cr_expect(strstr(err.text, BAD[i].words) != NULL, "%zu: %s", i, err.text);
        cr_expect(eq(ptr, (void *) precision, NULL));
    }
    EXPECT_REFUSED(osarc_precision_read(&precision, "/nowhere", &err), OSARC_ERR_IO);
    EXPECT_REFUSED(osarc_precision_read(NULL, "x", &err), OSARC_ERR_ARGUMENT);
}
