/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "patient.h"

/* One patient with several scans: what is used, and what is said of the rest. */

static osarc_error err = OSARC_ERROR_INIT;
static osarc_acquisition headers[3];
static osarc_patient_scan scans[3];
static osarc_findings *findings;
static osarc_clinical *clinical;
static osarc_definitions *set;
static osarc_classes *classes;
static size_t scan_count;

static void start(const char *table, const char *const dates[3])
{
    EXPECT_OK(osarc_findings_create(&findings, &err));
    EXPECT_OK(osarc_definitions_read(&set, NULL, &err));
    if (table)
        EXPECT_OK(read_table(&clinical, table, strlen(table), NULL, &err));
    for (int i = 0; i < 3; i++) {
        osarc_acquisition_init(&headers[i]);
        snprintf(headers[i].series_uid, sizeof(headers[i].series_uid), "1.2.%d", i);
        snprintf(headers[i].study_date, sizeof(headers[i].study_date), "%s", dates[i]);
        headers[i].sex = OSARC_SEX_FEMALE;
        scans[i] = (osarc_patient_scan){&headers[i], (size_t) (10 + i)};
    }
    scan_count = 3;
}

static void add(int scan, const char *quantity, const char *level, double value, const char *basis)
{
    char uid[16];
    int alm = !strcmp(quantity, "alm");
    int density = !strcmp(quantity, "vbmd_trabecular");
    int hip = !strcmp(level, "neck") || !strcmp(level, "total");
    snprintf(uid, sizeof(uid), "1.2.%d", scan);
    osarc_finding row = {.case_id = "1",
                         .patient_id = "P1",
                         .series_uid = uid,
                         .quantity = quantity,
                         .site = alm   ? "whole_body"
                                 : hip ? "femur"
                                       : "lumbar",
                         .level = level,
                         .value = value,
                         .unit = "1",
                         .ci_low = density ? value - 4 : NAN,
                         .ci_high = density ? value + 4 : NAN,
                         .method = !strncmp(basis, "DXA", 3) ? "dxa" : "ctxa",
                         .basis = basis};
    EXPECT_OK(osarc_findings_add(findings, &row, &err));
}

static const osarc_class_row *classify(const char *definition, const char *arm)
{
    osarc_patient patient = {.case_id = "1",
                             .patient_id = "P1",
                             .clinical = clinical,
                             .scans = scans,
                             .scan_count = scan_count,
                             .findings = findings};
    osarc_classes_free(classes);
    EXPECT_OK(osarc_classify_patient(&classes, set, &patient, definition, &err));
    return find_row(classes, definition, arm);
}

static void stop(void)
{
    osarc_classes_free(classes);
    osarc_findings_free(findings);
    osarc_clinical_free(clinical);
    osarc_definitions_free(set);
}

static const char *const DATES[3] = {"20240105", "20251231", "20250630"};
static const char TABLE[] = "patient_id,menopausal,age_years\nP1,post,70\n";

Test(classify_scans, give_the_most_recent_value_and_list_the_others)
{
    start(TABLE, DATES);
    add(0, "t_score", "L1-L4", -2.9, "DXA-Hologic");
    add(1, "t_score", "L1-L4", -2.1, "DXA-Hologic");
    add(2, "t_score", "L1-L4", -2.6, "DXA-Hologic");
    const osarc_class_row *row = classify("who", "result");
    cr_expect(eq(str, (char *) row->class_name, "low_bone_mass"));
    cr_expect(strstr(row->inputs, "t_lumbar=-2.1 (measured, scan 11)") != NULL, "%s", row->inputs);
    cr_expect(eq(str, (char *) row->notes,
                 "not used: t_lumbar=-2.9 (measured, scan 10); "
                 "t_lumbar=-2.6 (measured, scan 12)"));
    stop();
}

Test(classify_scans, give_dxa_before_ct_whatever_the_date)
{
    start(TABLE, DATES);
    add(0, "t_score", "total", -1.2, "DXA-Hologic");
    add(1, "t_score", "total", -2.7, "K2HPO4");
    const osarc_class_row *row = classify("who", "bone");
    cr_expect(strstr(row->inputs, "t_total_hip=-1.2 (measured, scan 10)") != NULL);
    cr_expect(strstr(row->notes, "t_total_hip=-2.7 (measured, by CT, not converted to DXA, scan "
                                 "11)") != NULL,
              "%s", row->notes);
    cr_expect(eq(int, (int) row->state, OSARC_NOT_MET));
    stop();
}

Test(classify_scans, tell_what_is_doubtful_of_a_value, .fini = stop)
{
    start(TABLE, DATES);
    osarc_finding row = {.case_id = "1",
                         .patient_id = "P1",
                         .series_uid = "1.2.1",
                         .quantity = "t_score",
                         .site = "femur",
                         .level = "neck",
                         .value = -2.7,
                         .unit = "1",
                         .ci_low = NAN,
                         .ci_high = NAN,
                         .method = "ctxa",
                         .basis = "DXA-Hologic",
                         .quality = OSARC_QUALITY_WARNING,
                         .note = "the femur is turned by 20 degrees"};
    EXPECT_OK(osarc_findings_add(findings, &row, &err));
    const osarc_class_row *got = classify("who", "result");
    cr_expect(strstr(got->inputs, "t_femoral_neck=-2.7 (measured, by CT, converted to DXA, with a "
                                  "warning, scan 11)") != NULL,
              "%s", got->inputs);
    cr_expect(eq(str, (char *) got->notes, "t_femoral_neck: the femur is turned by 20 degrees"));
}

Test(classify_scans, count_what_was_not_used_beyond_what_is_listed, .fini = stop)
{
    start(TABLE, DATES);
    for (int i = 0; i < 40; i++)
        add(1, "t_score", "L1-L4", -2 - i / 100.0, "DXA-Hologic");
    const osarc_class_row *row = classify("who", "bone");
    size_t size = strlen(row->notes);
    /* one of forty is used, thirty-two are listed */
    cr_expect(size > 8 && !strcmp(row->notes + size - 8, "; 7 more"), "%s", row->notes);
}

static void add_report(int scan, double value)
{
    char uid[16];
    snprintf(uid, sizeof(uid), "1.2.%d", scan);
    osarc_finding row = {.case_id = "1",
                         .patient_id = "P1",
                         .series_uid = uid,
                         .quantity = "t_score",
                         .site = "lumbar",
                         .level = "L1-L4",
                         .value = value,
                         .unit = "1",
                         .ci_low = NAN,
                         .ci_high = NAN,
                         .method = "report",
                         .basis = "DXA-unknown"};
    EXPECT_OK(osarc_findings_add(findings, &row, &err));
}

Test(classify_scans, give_what_was_measured_before_a_report_of_the_same_day)
{
    start(TABLE, DATES);
    add_report(1, -2.8);
    add(1, "t_score", "L1-L4", -2.1, "DXA-Hologic");
    const osarc_class_row *row = classify("who", "bone");
    cr_expect(strstr(row->inputs, "t_lumbar=-2.1 (measured, scan 11)") != NULL, "%s", row->inputs);
    cr_expect(strstr(row->notes, "not used: t_lumbar=-2.8 (report, scan 11)") != NULL);
    stop();
}

Test(classify_scans, give_a_later_report_before_what_was_measured)
{
    start(TABLE, DATES);
    add_report(1, -2.8);
    add(2, "t_score", "L1-L4", -2.1, "DXA-Hologic");
    const osarc_class_row *row = classify("who", "bone");
    cr_expect(strstr(row->inputs, "t_lumbar=-2.8 (report, scan 11)") != NULL, "%s", row->inputs);
    stop();
}

Test(classify_scans, give_the_lower_hip_of_one_day_and_the_lowest_site_of_all)
{
    start(TABLE, DATES);
    add(1, "t_score", "neck", -1.4, "DXA-Hologic");
    add(1, "t_score", "neck", -1.9, "DXA-Hologic");
    add(0, "t_score", "L1-L4", -2.5, "DXA-Hologic");
    const osarc_class_row *row = classify("who", "result");
    cr_expect(eq(str, (char *) row->class_name, "osteoporosis"));
    cr_expect(strstr(row->inputs,
                     "t_lumbar=-2.5 (measured, scan 10); t_femoral_neck=-1.9 (measured, "
                     "scan 11)") != NULL,
              "%s", row->inputs);
    cr_expect(strstr(row->notes, "t_femoral_neck=-1.4 (measured, scan 11)") != NULL);
    stop();
}

Test(classify_scans, give_the_table_before_what_was_measured)
{
    start("patient_id,menopausal,t_lumbar\nP1,post,-1.1\n", DATES);
    add(1, "t_score", "L1-L4", -3.1, "DXA-Hologic");
    const osarc_class_row *row = classify("who", "bone");
    cr_expect(strstr(row->inputs, "t_lumbar=-1.1 (table)") != NULL);
    cr_expect(eq(str, (char *) row->notes, "not used: t_lumbar=-3.1 (measured, scan 11)"));
    stop();
}

Test(classify_scans, join_lean_mass_by_dxa_with_density_by_ct)
{
    start(TABLE, DATES);
    add(0, "alm", "", 13.5, "DXA-Lunar");
    add(1, "vbmd_trabecular", "L1-L2", 75, "K2HPO4");
    add(2, "vbmd_trabecular", "L1-L2", 95, "K2HPO4");
    cr_expect(eq(str, (char *) classify("qct_spine", "result")->class_name, "osteoporosis"));
    cr_expect(strstr(classify("qct_spine", "bone")->notes, "=95 (measured, scan 12)") != NULL);
    cr_expect(strstr(classify("ewgsop2", "mass")->inputs, "alm_kg=13.5 (measured, scan 10)") !=
              NULL);
    stop();
}

Test(classify_scans, give_density_on_its_own_scale_before_a_later_one_on_another)
{
    start(TABLE, DATES);
    add(0, "vbmd_trabecular", "L1-L2", 75, "K2HPO4");
    add(1, "vbmd_trabecular", "L1-L2", 130, "HA");
    cr_expect(eq(str, (char *) classify("qct_spine", "result")->class_name, "osteoporosis"));
    stop();
}

Test(classify_scans, take_the_first_where_no_date_is_known)
{
    static const char *const NONE[3] = {"", "", ""};
    start(TABLE, NONE);
    add(1, "alm", "", 13.5, "DXA-Lunar");
    add(0, "alm", "", 14.5, "DXA-Lunar");
    cr_expect(strstr(classify("ewgsop2", "mass")->inputs, "alm_kg=13.5 (measured, scan 11)") !=
              NULL);
    stop();
}

Test(classify_scans, name_no_scan_where_there_is_one)
{
    start(TABLE, DATES);
    scan_count = 1;
    add(0, "t_score", "L1-L4", -2.9, "DXA-Hologic");
    cr_expect(strstr(classify("who", "bone")->inputs, "t_lumbar=-2.9 (measured)") != NULL);
    cr_expect(eq(str, (char *) classify("who", "bone")->notes, ""));
    stop();
}

Test(classify_scans, refuse_two_sexes_in_headers)
{
    start(TABLE, DATES);
    headers[2].sex = OSARC_SEX_MALE;
    add(0, "t_score", "L1-L4", -2.9, "DXA-Hologic");
    const osarc_class_row *row = classify("ewgsop2", "strength");
    cr_expect(strstr(row->missing, "sex (refused: ") != NULL, "%s", row->missing);
    cr_expect(strstr(row->missing, "M in the header of scan 12") != NULL, "%s", row->missing);
    cr_expect(strstr(row->missing, "F in the header of scan 11") != NULL, "%s", row->missing);
    stop();
}

Test(classify_scans, refuse_two_heights_in_headers_and_take_the_latest_of_close_ones)
{
    start("patient_id,alm_kg,alm_method\nP1,15.5,dxa\n", DATES);
    headers[0].height_m = 1.62;
    headers[1].height_m = 1.60;
    cr_expect(strstr(classify("ewgsop2", "mass")->inputs, "height_m=1.6 (header, scan 11)") !=
              NULL);
    cr_expect(strstr(classify("ewgsop2", "mass")->notes, "height_m=1.62 (header, scan 10)") !=
              NULL);
    headers[2].height_m = 1.75;
    const osarc_class_row *row = classify("ewgsop2", "mass");
    cr_expect(eq(int, (int) row->state, OSARC_UNKNOWN));
    cr_expect(strstr(row->missing,
                     "height_m (refused: 1.62 in the header of scan 10, 1.75 in the "
                     "header of scan 12, 1.6 in the header of scan 11; one that") != NULL,
              "%s", row->missing);
    stop();
}

Test(classify_scans, refuse_rows_of_another_patient)
{
    start(TABLE, DATES);
    osarc_finding row = {.case_id = "1",
                         .patient_id = "P2",
                         .series_uid = "1.2.1",
                         .quantity = "t_score",
                         .site = "lumbar",
                         .level = "L1-L4",
                         .value = -3,
                         .unit = "1",
                         .ci_low = NAN,
                         .ci_high = NAN,
                         .method = "dxa",
                         .basis = "DXA-Hologic"};
    EXPECT_OK(osarc_findings_add(findings, &row, &err));
    cr_expect(eq(str, (char *) classify("who", "bone")->inputs,
                 "sex=F (header, scan 11); "
                 "menopausal=post (table)"));
    stop();
}

Test(classify_scans, refuse_to_work_without_a_patient)
{
    start(NULL, DATES);
    osarc_patient patient = {0};
    osarc_classes *none = NULL;
    EXPECT_REFUSED(osarc_classify_patient(NULL, set, &patient, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_classify_patient(&none, NULL, &patient, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_classify_patient(&none, set, NULL, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_OK(osarc_classify_patient(&none, set, &patient, "who", &err));
    osarc_classes_free(none);
    stop();
}
