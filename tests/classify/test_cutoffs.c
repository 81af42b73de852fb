/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "cutoffs.h"
#include "definitions.h"
#include "facts.h"
#include "patient.h"

/* One row of the published table: just below, at and just above a threshold. */
typedef struct edge {
    const char *definition;
    const char *arm;
    const char *columns;
    const char *below;
    const char *at;
    const char *above;
    const char *states; /* of the three: m met, n not met */
} edge;

static const edge EDGES[] = {
    /* Cruz-Jentoft 2019, table 3 */
    {"ewgsop2", "strength", "sex,grip_kg", "M,26.9", "M,27", "M,27.1", "mnn"},
    {"ewgsop2", "strength", "sex,grip_kg", "F,15.9", "F,16", "F,16.1", "mnn"},
    {"ewgsop2", "strength", "sex,chair_stand_5x_s", "M,14.9", "M,15", "M,15.1", "nnm"},
    {"ewgsop2", "strength", "sex,chair_stand_5x_s", "F,14.9", "F,15", "F,15.1", "nnm"},
    {"ewgsop2", "mass", "sex,alm_method,height_m,alm_kg", "M,dxa,1.6,19.99", "M,dxa,1.6,20",
     "M,dxa,1.6,20.01", "mnn"},
    {"ewgsop2", "mass", "sex,alm_method,height_m,alm_kg", "F,dxa,1.5,14.99", "F,dxa,1.5,15",
     "F,dxa,1.5,15.01", "mnn"},
    /* 7.0 and 5.5 kg/m2, at 2 m so that the mass alone is not low */
    {"ewgsop2", "mass", "sex,alm_method,height_m,alm_kg", "M,dxa,2,27.99", "M,dxa,2,28",
     "M,dxa,2,28.01", "mnn"},
    {"ewgsop2", "mass", "sex,alm_method,height_m,alm_kg", "F,dxa,2,21.99", "F,dxa,2,22",
     "F,dxa,2,22.01", "mnn"},
    {"ewgsop2", "performance", "gait_speed_m_s", "0.79", "0.8", "0.81", "mmn"},
    {"ewgsop2", "performance", "sppb", "7", "8", "9", "mmn"},
    {"ewgsop2", "performance", "tug_s", "19.9", "20", "20.1", "nmm"},
    {"ewgsop2", "performance", "walk_400m_s", "359", "360", "361", "nmm"},
    /* WHO 1994 */
    {"who", "bone", "sex,age_years,t_lumbar", "M,60,-2.51", "M,60,-2.5", "M,60,-2.49", "mmn"},
    {"who", "bone", "sex,menopausal,t_femoral_neck", "F,post,-2.51", "F,post,-2.5", "F,post,-2.49",
     "mmn"},
    {"who", "bone", "sex,menopausal,t_total_hip", "F,peri,-2.51", "F,peri,-2.5", "F,peri,-2.49",
     "mmn"},
    /* Chinese consensus 2020: under 80 osteoporosis, over 120 normal; both limits are low */
    {"qct_spine", "bone", "sex,menopausal,vbmd_basis,vbmd_lumbar_mg_cm3", "F,post,K2HPO4,79.9",
     "F,post,K2HPO4,80", "F,post,K2HPO4,80.1", "mnn"},
    {"qct_spine", "bone", "sex,age_years,vbmd_basis,vbmd_lumbar_mg_cm3", "M,60,K2HPO4,79.9",
     "M,60,K2HPO4,80", "M,60,K2HPO4,80.1", "mnn"},
#include "edges.inc"
};
#define EDGE_COUNT (sizeof(EDGES) / sizeof(EDGES[0]))

Test(classify_cutoffs, hold_just_below_at_and_just_above)
{
    for (size_t i = 0; i < EDGE_COUNT; i++) {
        const edge *e = &EDGES[i];
        const char *const cells[3] = {e->below, e->at, e->above};
        for (int k = 0; k < 3; k++) {
            osarc_classes *classes = classify_cells(e->columns, cells[k], e->definition);
            osarc_state wanted = e->states[k] == 'm' ? OSARC_MET : OSARC_NOT_MET;
            const osarc_class_row *row = find_row(classes, e->definition, e->arm);
            cr_expect(row->state == wanted, "%s %s with %s=%s is %s", e->definition, e->arm,
                      e->columns, cells[k], osarc_state_name(row->state));
            osarc_classes_free(classes);
        }
    }
}

/* What a row of EDGES says of a patient who is just at the limit. */
static void read_edge(osi_facts *out, const edge *e)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_clinical *clinical = NULL;
    char text[512];
    int size = snprintf(text, sizeof(text), "patient_id,%s\nP1,%s\n", e->columns, e->at);
    EXPECT_OK(read_table(&clinical, text, (size_t) size, NULL, &err));
    const osarc_patient patient = {.case_id = "1", .patient_id = "P1", .clinical = clinical};
    osi_facts_read(out, &(osi_sources){&patient, NULL});
    osarc_clinical_free(clinical); /* words are canonical, they stay */
}

static int is_edge_of(const osi_test *test, int male, const osi_facts *facts)
{
    osi_inputs used;
    osi_inputs missing;
    double age = facts->fact[OSI_AGE].number;
    int dated = isfinite(test->age_from) || isfinite(test->age_below);
    if (osi_fact_known(facts, OSI_SEX) && !osi_fact_is(facts, OSI_SEX, male ? "M" : "F"))
        return 0;
    if (test->method && !osi_fact_is(facts, OSI_ALM_METHOD, test->method))
        return 0;
    if (dated && !(age >= test->age_from && age < test->age_below))
        return 0;
    double value = osi_value_read(facts, test->value, &used, &missing);
    return fabs(value - test->limit[male]) < 1e-9;
}

/* No number of a definition, of either sex, any method and age, is without its three patients. */
Test(classify_cutoffs, are_held_one_and_all)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_definitions *set = NULL;
    osi_facts *facts = calloc(EDGE_COUNT, sizeof(*facts));
    int held = 0;
    EXPECT_OK(osarc_definitions_read(&set, NULL, &err));
    cr_assert(facts != NULL);
    for (size_t i = 0; i < EDGE_COUNT; i++)
        read_edge(&facts[i], &EDGES[i]);
    for (size_t n = 0; n < osarc_definitions_count(set); n++) {
        const osi_definition *d = osi_definition_at(set, n);
        for (int a = 0; a < OSI_BONE && !strchr(d->id, ':'); a++)
            for (size_t t = 0; t < d->arms[a].count; t++)
                for (int male = 0; male < 2; male++) {
                    const osi_test *test = &d->arms[a].test[t];
                    int found = test->unpublished != NULL;
                    for (size_t i = 0; i < EDGE_COUNT && !found; i++)
                        found = !strcmp(EDGES[i].definition, d->id) &&
                                !strcmp(EDGES[i].arm, osi_part_name((osi_part) a)) &&
                                is_edge_of(test, male, &facts[i]);
                    cr_expect(found, "%s %s, test %zu, %s", d->id, osi_part_name((osi_part) a),
                              t + 1, male ? "M" : "F");
                    held++;
                }
    }
    cr_expect(gt(int, held, 100));
    free(facts);
    osarc_definitions_free(set);
}

Test(classify_cutoffs, divide_bone_into_normal_low_and_osteoporosis)
{
    static const struct {
        const char *t;
        const char *wanted;
    } CLASSES[] = {{"-0.99", "normal"},        {"-1", "normal"},         {"-1.01", "low_bone_mass"},
                   {"-2.49", "low_bone_mass"}, {"-2.5", "osteoporosis"}, {"-2.51", "osteoporosis"}};
    for (size_t i = 0; i < sizeof(CLASSES) / sizeof(CLASSES[0]); i++) {
        char cells[64];
        snprintf(cells, sizeof(cells), "F,post,%s", CLASSES[i].t);
        osarc_classes *classes = classify_cells("sex,menopausal,t_femoral_neck", cells, "who");
        cr_expect(eq(str, (char *) find_row(classes, "who", "result")->class_name,
                     (char *) CLASSES[i].wanted));
        osarc_classes_free(classes);
    }
}

/* Femoral neck of a Hologic scan, NHANES III: mean 0.858, SD 0.120 g/cm2; spine of the same maker
 * 0.942 and 0.122. Both are -2.5 by hand, and -2.4999999999999996 in binary. */
Test(classify_cutoffs, take_a_t_that_is_the_limit_but_for_rounding_as_the_limit)
{
    double neck = (0.558 - 0.858) / 0.120;
    double hip = (0.637 - 0.942) / 0.122;
    cr_assert(gt(dbl, neck, -2.5)); /* the trap is there */
    cr_assert(gt(dbl, hip, -2.5));
    cr_expect(eq(int, (int) osi_compare(neck, OSI_AT_MOST, -2.5), OSARC_MET));
    cr_expect(eq(int, (int) osi_compare(hip, OSI_AT_MOST, -2.5), OSARC_MET));
    cr_expect(
        eq(int, (int) osi_compare((0.559 - 0.858) / 0.120, OSI_AT_MOST, -2.5), OSARC_NOT_MET));
    cr_expect(eq(int, (int) osi_compare((0.738 - 0.858) / 0.120, OSI_AT_LEAST, -1), OSARC_MET));
    cr_expect(
        eq(int, (int) osi_compare((0.7379 - 0.858) / 0.120, OSI_AT_LEAST, -1), OSARC_NOT_MET));
}

/* 7.0 kg/m2 exactly, which is not low, at heights whose squares are not exact in binary. */
Test(classify_cutoffs, take_an_index_that_is_the_limit_but_for_rounding_as_the_limit)
{
    for (int cm = 170; cm <= 200; cm++) {
        double height = cm / 100.0;
        double alm = 7.0 * cm * cm / 10000.0;
        cr_expect(
            eq(int, (int) osi_compare(alm / (height * height), OSI_LESS, 7.0), OSARC_NOT_MET));
    }
}

Test(classify_cutoffs, leave_a_number_that_is_not_known_unknown)
{
    static const osi_operator ALL[] = {OSI_LESS, OSI_AT_MOST, OSI_MORE, OSI_AT_LEAST};
    for (size_t i = 0; i < 4; i++)
        cr_expect(eq(int, (int) osi_compare(NAN, ALL[i], 1), OSARC_UNKNOWN));
}

Test(classify_cutoffs, are_read_as_printed_and_not_otherwise)
{
    osi_operator compare = OSI_LESS;
    for (int i = OSI_LESS; i <= OSI_AT_LEAST; i++) {
        cr_expect(osi_operator_read(osi_operator_text((osi_operator) i), &compare));
        cr_expect(eq(int, (int) compare, i));
    }
    cr_expect(not(osi_operator_read("=<", &compare)));
    cr_expect(not(osi_operator_read("", &compare)));
}
