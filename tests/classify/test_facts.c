/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "facts.h"
#include "patient.h"

static osarc_error err = OSARC_ERROR_INIT;
static osarc_acquisition header;
static osarc_findings *findings;
static osarc_clinical *clinical;
static osi_facts facts;

static void start(const char *table)
{
    osarc_acquisition_init(&header);
    EXPECT_OK(osarc_findings_create(&findings, &err));
    if (table)
        EXPECT_OK(read_table(&clinical, table, strlen(table), NULL, &err));
}

static void read_facts(const char *patient_id)
{
    osarc_patient_scan scan = {&header, 0};
    osarc_patient patient = {.case_id = "1",
                             .patient_id = patient_id,
                             .clinical = clinical,
                             .scans = &scan,
                             .scan_count = 1,
                             .findings = findings};
    osi_facts_read(&facts, &(osi_sources){&patient, NULL});
}

static void stop(void)
{
    osarc_findings_free(findings);
    osarc_clinical_free(clinical);
}

static void add(const char *patient_id, const char *quantity, const char *site, const char *level,
                double value, const char *method, const char *basis)
{
    osarc_finding row = {.case_id = "1",
                         .patient_id = patient_id,
                         .quantity = quantity,
                         .site = site,
                         .level = level,
                         .value = value,
                         .unit = "1",
                         .ci_low = NAN,
                         .ci_high = NAN,
                         .method = method,
                         .basis = basis};
    if (isnan(value)) {
        row.quality = OSARC_QUALITY_REFUSED;
        row.note = "no";
    }
    EXPECT_OK(osarc_findings_add(findings, &row, &err));
}

static const char *source(osi_input input)
{
    return osi_fact_known(&facts, input) ? facts.fact[input].source : "nowhere";
}

Test(classify_facts, come_from_the_header_where_the_table_is_silent)
{
    start("patient_id,height_m\nP1,1.62\n");
    header.sex = OSARC_SEX_FEMALE;
    header.age_years = 71;
    header.height_m = 1.64;
    read_facts("P1");
    cr_expect(eq(str, (char *) source(OSI_SEX), "header"));
    cr_expect(eq(dbl, facts.fact[OSI_AGE].number, 71.0));
    cr_expect(eq(dbl, facts.fact[OSI_HEIGHT].number, 1.62));
    cr_expect(eq(str, (char *) source(OSI_HEIGHT), "table"));
    stop();
}

Test(classify_facts, refuse_two_sexes_until_the_table_overrules_the_header)
{
    start("patient_id,sex,overrules_header,grip_kg\nP1,F,,10\nP2,F,yes,10\n");
    header.sex = OSARC_SEX_MALE;
    read_facts("P1");
    cr_expect(eq(str, (char *) source(OSI_SEX), "nowhere"));
    osarc_classes *classes = NULL;
    EXPECT_OK(osarc_classify(&classes, "1", "P1", clinical, &header, findings, "ewgsop2", &err));
    const osarc_class_row *row = find_row(classes, "ewgsop2", "mass");
    cr_expect(eq(str, (char *) row->inputs, ""));
    cr_expect(0 == strncmp(row->missing,
                           "sex (refused: M in the header, F in the table; one that "
                           "holds is needed in the table, with overrules_header yes)",
                           98));
    cr_expect(eq(int, (int) find_row(classes, "ewgsop2", "strength")->state, OSARC_MET));
    osarc_classes_free(classes);
    read_facts("P2");
    cr_expect(osi_fact_is(&facts, OSI_SEX, "F"));
    cr_expect(eq(sz, facts.other_count, 1u));
    stop();
}

Test(classify_facts, refuse_two_heights_over_three_centimetres_apart)
{
    start("patient_id,height_m,overrules_header\nP1,1.62,\nP2,1.62,no\nP3,1.62,yes\nP4,,yes\n");
    header.height_m = 1.65;
    read_facts("P1");
    cr_expect(eq(dbl, facts.fact[OSI_HEIGHT].number, 1.62));
    header.height_m = 1.651;
    read_facts("P1");
    cr_expect(eq(str, (char *) source(OSI_HEIGHT), "nowhere"));
    read_facts("P2");
    cr_expect(eq(str, (char *) source(OSI_HEIGHT), "nowhere"));
    read_facts("P3");
    cr_expect(eq(dbl, facts.fact[OSI_HEIGHT].number, 1.62));
    read_facts("P4");
    cr_expect(eq(dbl, facts.fact[OSI_HEIGHT].number, 1.651));
    stop();
}

Test(classify_facts, take_t_scores_and_lean_mass_that_were_measured)
{
    start(NULL);
    add("P1", "t_score", "lumbar", "L1-L4", -1.5, "dxa", "DXA-Hologic");
    add("P1", "t_score", "femur", "neck", -2.0, "dxa", "DXA-Hologic");
    add("P1", "t_score", "femur", "neck", -2.2, "dxa", "DXA-Hologic");
    add("P1", "t_score", "femur", "total", -1.1, "ctxa", "K2HPO4");
    add("P1", "t_score", "forearm", "radius-33", -1.7, "dxa-wedge", "DXA-Hologic");
    add("P1", "alm", "whole_body", "", 18.5, "dxa", "DXA-Lunar");
    add("P1", "z_score", "lumbar", "L1-L4", -0.5, "dxa", "DXA-Hologic");
    add("P1", "z_score", "femur", "neck", -1.0, "dxa", "DXA-Hologic");
    add("P1", "z_score", "femur", "total", -0.1, "ctxa", "K2HPO4");
    read_facts("P1");
    cr_expect(eq(dbl, facts.fact[OSI_Z_LUMBAR].number, -0.5));
    cr_expect(eq(dbl, facts.fact[OSI_Z_NECK].number, -1.0));
    cr_expect(eq(dbl, facts.fact[OSI_Z_HIP].number, -0.1));
    cr_expect(eq(dbl, facts.fact[OSI_T_LUMBAR].number, -1.5));
    cr_expect(eq(dbl, facts.fact[OSI_T_NECK].number, -2.2));
    cr_expect(eq(dbl, facts.fact[OSI_T_HIP].number, -1.1));
    cr_expect(eq(dbl, facts.fact[OSI_T_RADIUS].number, -1.7));
    cr_expect(eq(dbl, facts.fact[OSI_ALM].number, 18.5));
    cr_expect(osi_fact_is(&facts, OSI_ALM_METHOD, "dxa"));
    cr_expect(eq(str, (char *) source(OSI_ALM), "measured"));
    stop();
}

Test(classify_facts, prefer_the_table_to_what_was_measured)
{
    start("patient_id,t_lumbar,alm_kg\nP1,-3.1,17\n");
    add("P1", "t_score", "lumbar", "L1-L4", -1.5, "dxa", "DXA-Hologic");
    add("P1", "alm", "whole_body", "", 18.5, "dxa", "DXA-Lunar");
    read_facts("P1");
    cr_expect(eq(dbl, facts.fact[OSI_T_LUMBAR].number, -3.1));
    cr_expect(eq(dbl, facts.fact[OSI_ALM].number, 17.0));
    cr_expect(eq(str, (char *) source(OSI_ALM_METHOD), "nowhere"));
    stop();
}

Test(classify_facts, refuse_a_height_in_the_header_that_cannot_be_metres)
{
    start(NULL);
    header.height_m = 170;
    header.age_years = 999;
    read_facts("P1");
    cr_expect(eq(str, (char *) source(OSI_HEIGHT), "nowhere"));
    cr_expect(eq(str, (char *) source(OSI_AGE), "nowhere"));
    stop();
}

Test(classify_facts, take_a_hip_projected_from_ct_where_no_densitometer_saw_it)
{
    start(NULL);
    add("P1", "t_score", "femur", "neck", -1.2, "ctxa, neck-at-notch", "CTXA unconverted");
    /* the lower one, but from CT: converting it does not make it a densitometer's */
    add("P1", "t_score", "femur", "total", -3.0, "ctxa, neck-at-notch",
        "DXA-Hologic (own CTXA>DXA-Hologic)");
    add("P1", "t_score", "femur", "total", -2.0, "dxa", "DXA-Hologic");
    add("P1", "t_score", "femur", "trochanter", -3.5, "ctxa, neck-at-notch", "CTXA unconverted");
    read_facts("P1");
    cr_expect(eq(dbl, facts.fact[OSI_T_NECK].number, -1.2));
    cr_expect(eq(dbl, facts.fact[OSI_T_HIP].number, -2.0));
    stop();
}

Test(classify_facts, refuse_t_scores_of_spines_on_ct)
{
    start(NULL);
    add("P1", "t_score", "lumbar", "L1-L4", -3.5, "qct", "K2HPO4");
    add("P1", "t_score", "lumbar", "L1-L4", -3.5, "ctxa", "K2HPO4");
    read_facts("P1");
    cr_expect(eq(str, (char *) source(OSI_T_LUMBAR), "nowhere"));
    stop();
}

Test(classify_facts, refuse_sites_that_are_not_for_diagnosis)
{
    start(NULL);
    add("P1", "t_score", "femur", "trochanter", -3.5, "dxa", "DXA-Hologic");
    add("P1", "t_score", "lumbar", "L1", -3.5, "dxa", "DXA-Hologic");
    add("P1", "z_score", "femur", "trochanter", -3.5, "dxa", "DXA-Hologic");
    add("P1", "t_score", "forearm", "radius-ultradistal", -3.5, "dxa-wedge", "DXA-Hologic");
    add("P1", "t_score", "forearm", "radius-mid", -3.5, "dxa-wedge", "DXA-Hologic");
    add("P1", "t_score", "forearm", "", -3.5, "report", "DXA-Lunar");
    add("P1", "t_score", "forearm", "radius-33", -3.5, "dxa-wedge", "HA");
    add("P1", "z_score", "forearm", "radius-33", -3.5, "dxa-wedge", "DXA-Hologic");
    add("P1", "z_score", "lumbar", "L1-L4", -3.5, "qct", "K2HPO4");
    add("P1", "alm", "whole_body", "", 18.5, "l3-estimate", "CT");
    read_facts("P1");
    for (int i = 0; i < OSI_INPUT_COUNT; i++)
        cr_expect(eq(str, (char *) source((osi_input) i), "nowhere"));
    stop();
}

Test(classify_facts, refuse_rows_of_another_patient_and_refused_rows)
{
    start(NULL);
    add("P2", "t_score", "lumbar", "L1-L4", -3.5, "dxa", "DXA-Hologic");
    add("P1", "t_score", "lumbar", "L1-L4", NAN, "dxa", "DXA-Hologic");
    read_facts("P1");
    cr_expect(eq(str, (char *) source(OSI_T_LUMBAR), "nowhere"));
    stop();
}

Test(classify_facts, refuse_to_take_a_patient_without_id_for_a_row_of_the_table)
{
    start("patient_id,grip_kg\nP1,20\n");
    read_facts("");
    cr_expect(eq(str, (char *) source(OSI_GRIP), "nowhere"));
    read_facts(NULL);
    cr_expect(eq(str, (char *) source(OSI_GRIP), "nowhere"));
    stop();
}
