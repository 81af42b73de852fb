/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <osarc/patient_report.h>

#include "scratch.h"

/* The page of a patient with several scans, and values at the limits of classes and plots. */

static osarc_error err = OSARC_ERROR_INIT;
static osarc_findings *findings;
static osarc_patient_report report;
static const osarc_report_scan SCANS[] = {{"1.1", 1, "20250101"}, {"1.2", 4, "20260101"}};

static void start(void)
{
    make_folder();
    EXPECT_OK(osarc_findings_create(&findings, &err));
    report = (osarc_patient_report){.case_id = "one",
                                    .person = {.sex = OSARC_SEX_FEMALE, .age_years = 60},
                                    .height_m = NAN,
                                    .weight_kg = NAN,
                                    .findings = findings,
                                    .scans = SCANS,
                                    .scan_count = 2};
}

static void stop(void)
{
    osarc_findings_free(findings);
    drop_folder();
}

TestSuite(report_patient_scans, .init = start, .fini = stop);

static void add(const char *series, const char *quantity, double value)
{
    osarc_finding row = {.case_id = "one",
                         .series_uid = series,
                         .site = "lumbar",
                         .level = "L1-L4",
                         .quantity = quantity,
                         .value = value,
                         .unit = strcmp(quantity, "abmd") ? "1" : "g/cm2",
                         .ci_low = NAN,
                         .ci_high = NAN,
                         .method = "dxa",
                         .basis = "DXA-Hologic"};
    EXPECT_OK(osarc_findings_add(findings, &row, &err));
}

static void expect_text(const char *text, int wanted)
{
    EXPECT_OK(osarc_report_html(&report, path, &err));
    char *page = read_whole(NULL);
    int found = strstr(page, text) != NULL;
    cr_expect(found == wanted, "'%s' is %s", text, found ? "there" : "not there");
    osi_free(page);
}

Test(report_patient_scans, rows_say_which_scan_they_are_from)
{
    add("1.1", "abmd", 0.9);
    add("1.2", "abmd", 0.8);
    expect_text("L1-L4, scan 1</td>", 1);
    expect_text("L1-L4, scan 4</td>", 1);
    report.scan_count = 1;
    expect_text("L1-L4, scan", 0);
}

Test(report_patient_scans, a_curve_is_of_the_most_recent_scan)
{
    add("1.1", "abmd", 0.9);
    add("1.2", "abmd", 0.8);
    expect_text("g/cm2, scan 4</text>", 1);
}

Test(report_patient_scans, a_value_outside_the_plot_is_refused_a_place_in_it)
{
    add("1.2", "abmd", 0.30);
    expect_text("<svg", 0);
    expect_text("no curve, which are for 0.4 to 1.5 g/cm2", 1);
}

Test(report_patient_scans, a_score_is_never_rounded_over_a_limit)
{
    add("1.2", "t_score", -2.496);
    expect_text(">-2.496<", 1);
    expect_text("-2.50<", 0);
    static const struct {
        double score;
        int least, wanted;
    } CASES[] = {{-2.5, 1, 1},  {-2.46, 1, 2},       {-2.499, 2, 3}, {-2.504, 2, 3},
                 {-1.04, 1, 2}, {-0.9996, 2, 4},     {-1.97, 1, 2},  {-1.3, 1, 1},
                 {NAN, 1, 1},   {-2.5 + 4e-16, 2, 2}};
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
        cr_expect(eq(int, osarc_score_decimals(CASES[i].score, CASES[i].least), CASES[i].wanted),
                  "%g", CASES[i].score);
}

/* Paper has room for what classes stand on; one scan has room for all. */
Test(report_patient_scans, rows_that_no_class_stands_on_are_for_the_screen)
{
    add("1.1", "abmd", 0.9);
    add("1.1", "alm_bmi", 0.7);
    expect_text("<tr class=\"screen\"><td>Areal bone density", 0);
    expect_text("<tr class=\"screen\"><td>Appendicular lean mass / BMI", 1);
    expect_text("<body class=\"many\">", 1);
    report.scan_count = 1;
    expect_text("<tr class=\"screen\">", 0);
    expect_text("<body class=\"many\">", 0);
}

Test(report_patient_scans, a_class_has_its_notes)
{
    const osarc_report_class row = {.definition = "who",
                                    .kind = "bone",
                                    .arm = "result",
                                    .state = "met",
                                    .class_name = "osteoporosis",
                                    .p_class = NAN,
                                    .notes = "not used: t_lumbar=-1"};
    report.classes = &row;
    report.class_count = 1;
    expect_text("Note: not used: t_lumbar=-1</td>", 1);
}

Test(report_patient_scans, a_class_of_sarcopenia_has_its_notes_beside_it)
{
    const osarc_report_class row = {.definition = "fnih",
                                    .kind = "sarcopenia",
                                    .arm = "result",
                                    .state = "unknown",
                                    .class_name = "indeterminate",
                                    .p_class = NAN,
                                    .missing = "alm_kg by dxa",
                                    .notes = "not used: alm_kg=17 (by bia)"};
    report.classes = &row;
    report.class_count = 1;
    expect_text("alm_kg by dxa<br>Note: not used: alm_kg=17 (by bia)</td>", 1);
}

Test(report_patient_scans, a_chance_is_never_told_as_a_certainty)
{
    static const struct {
        double chance;
        const char *words;
    } CASES[] = {{1, "(p&nbsp;&gt;&nbsp;0.990)"},
                 {0.9901, "(p&nbsp;&gt;&nbsp;0.990)"},
                 {0.99, "(p&nbsp;0.990)"},
                 {0.5, "(p&nbsp;0.500)"},
                 {0.001, "(p&nbsp;&lt;&nbsp;0.010)"}};
    osarc_report_class row = {.definition = "who",
                              .kind = "bone",
                              .arm = "result",
                              .state = "met",
                              .class_name = "osteoporosis"};
    report.classes = &row;
    report.class_count = 1;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        row.p_class = CASES[i].chance;
        expect_text(CASES[i].words, 1);
    }
}

Test(report_patient_scans, a_definition_that_is_less_sure_says_so)
{
    osarc_report_class row = {.definition = "awgs2025",
                              .kind = "sarcopenia",
                              .confidence = 'm',
                              .arm = "result",
                              .state = "met",
                              .class_name = "confirmed",
                              .p_class = NAN};
    report.classes = &row;
    report.class_count = 1;
    expect_text("<b>awgs2025</b> <span class=\"s\">confidence m</span>", 1);
    row.confidence = 'H';
    expect_text("<b>awgs2025</b></td>", 1);
    expect_text("confidence", 0);
}

static void refuse(const char *quantity, const char *level, const char *side, const char *note)
{
    osarc_finding row = {.case_id = "one",
                         .series_uid = "1.1",
                         .site = "femur",
                         .level = level,
                         .side = side,
                         .quantity = quantity,
                         .value = NAN,
                         .unit = "1",
                         .ci_low = NAN,
                         .ci_high = NAN,
                         .quality = OSARC_QUALITY_REFUSED,
                         .note = note};
    EXPECT_OK(osarc_findings_add(findings, &row, &err));
}

static size_t count_in(const char *page, const char *text)
{
    size_t count = 0;
    for (const char *at = strstr(page, text); at; at = strstr(at + 1, text))
        count++;
    return count;
}

Test(report_patient_scans, what_is_refused_for_one_reason_stands_on_one_line_with_all_names)
{
    report.scan_count = 1;
    refuse("t_score", "neck", "left", "the view cuts the neck");
    refuse("t_score", "neck", "right", "no density scale: none");
    refuse("abmd", "neck", "left", "the view cuts the neck");
    refuse("t_score", "total", "left", "the view cuts the neck");
    EXPECT_OK(osarc_report_html(&report, path, &err));
    char *page = read_whole(NULL);
    /* among the values, and once more among all of them */
    cr_expect(eq(sz, count_in(page, "the view cuts the neck"), 2u));
    cr_expect(eq(sz,
                 count_in(page, "T-score: femur neck left, femur total left; "
                                "Areal bone density: femur neck left</span>"),
                 2u));
    /* alone with its reason */
    cr_expect(eq(sz, count_in(page, "<td>T-score</td><td>femur neck right</td>"), 2u));
    osi_free(page);
}

Test(report_patient_scans, values_of_the_table_are_shown_where_no_definition_uses_them_too)
{
    static const osarc_report_value VALUES[] = {{"walk_6min_m", 380, ""},
                                                {"sarc_f", 5, ""},
                                                {"qus_t", NAN, ""},
                                                {"chair_stand_completed", NAN, "no"}};
    report.values = VALUES;
    report.value_count = sizeof(VALUES) / sizeof(VALUES[0]);
    expect_text("<td>Six-minute walk</td><td class=\"n\">380</td><td>m</td>", 1);
    expect_text(
        "<td>SARC-F</td><td class=\"n\">5</td><td></td>"
        "<td class=\"s\" colspan=\"2\">case finding (EWGSOP2, AWGS 2019, AWGS 2025): &ge; 4 "
        "&mdash; met; shown only: no class stands on it</td>",
        1);
    expect_text("<td>Chair stands completed</td><td class=\"n\">no</td>", 1);
    expect_text("T-score by ultrasound", 0);
}

/* SARC-F 4 and over; calf under 34 cm in men and 33 in women. */
Test(report_patient_scans, case_finding_is_held_just_below_at_and_just_above)
{
    static const struct {
        const char *column;
        osarc_sex sex;
        double value;
        const char *words;
    } CASES[] = {
        {"sarc_f", OSARC_SEX_FEMALE, 3, "&ge; 4 &mdash; not met;"},
        {"sarc_f", OSARC_SEX_MALE, 4, "&ge; 4 &mdash; met;"},
        {"sarc_f", OSARC_SEX_UNKNOWN, 5, "&ge; 4 &mdash; met;"},
        {"calf_circumference_cm", OSARC_SEX_MALE, 33.9, "&lt; 34 (M) &mdash; met;"},
        {"calf_circumference_cm", OSARC_SEX_MALE, 34, "&lt; 34 (M) &mdash; not met;"},
        {"calf_circumference_cm", OSARC_SEX_MALE, 34.1, "&lt; 34 (M) &mdash; not met;"},
        {"calf_circumference_cm", OSARC_SEX_FEMALE, 32.9, "&lt; 33 (F) &mdash; met;"},
        {"calf_circumference_cm", OSARC_SEX_FEMALE, 33, "&lt; 33 (F) &mdash; not met;"},
        {"calf_circumference_cm", OSARC_SEX_UNKNOWN, 33.5, "34 (M) &lt; 33 (F) &mdash; unknown;"},
        {"calf_circumference_cm", OSARC_SEX_UNKNOWN, 32, "34 (M) &lt; 33 (F) &mdash; met;"},
        {"calf_circumference_cm", OSARC_SEX_UNKNOWN, 35, "34 (M) &lt; 33 (F) &mdash; not met;"},
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        const osarc_report_value value = {CASES[i].column, CASES[i].value, ""};
        report.person.sex = CASES[i].sex;
        report.values = &value;
        report.value_count = 1;
        expect_text(CASES[i].words, 1);
    }
}

Test(report_patient_scans, a_list_of_scans_that_is_not_there_is_refused)
{
    report.scans = NULL;
    EXPECT_REFUSED(osarc_report_html(&report, path, &err), OSARC_ERR_ARGUMENT);
}
