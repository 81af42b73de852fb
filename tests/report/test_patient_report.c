/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <osarc/patient_report.h>

#include "page_words.h"
#include "scratch.h"

TestSuite(patient_report, .init = make_folder, .fini = drop_folder);

static osarc_findings *findings;
static osarc_patient_report report;

static void add(const char *case_id, const char *quantity, const char *level, double value,
                const char *basis, osarc_quality quality, const char *note)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_finding row = {.case_id = case_id,
                         .site = "lumbar",
                         .level = level,
                         .quantity = quantity,
                         .value = value,
                         .unit = "g/cm2",
                         .ci_low = isfinite(value) ? value - 0.02 : NAN,
                         .ci_high = isfinite(value) ? value + 0.02 : NAN,
                         .method = "dxa",
                         .basis = basis,
                         .quality = quality,
                         .note = note};
    EXPECT_OK(osarc_findings_add(findings, &row, &err));
}

static void begin(void)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_OK(osarc_findings_create(&findings, &err));
    report = (osarc_patient_report){
        .case_id = "one",
        .patient_id = "<b>&\"A'",
        .person = {.sex = OSARC_SEX_FEMALE, .age_years = 60},
        .height_m = NAN,
        .weight_kg = NAN,
        .findings = findings,
    };
}

/* The page as written; free with osi_free. */
static char *written(void)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_OK(osarc_report_html(&report, path, &err));
    osarc_findings_free(findings);
    return read_whole(NULL);
}

static int holds(const char *page, const char *text)
{
    return strstr(page, text) != NULL;
}

static void expect_text(const char *page, const char *text, int wanted)
{
    int found = holds(page, text);
    cr_expect(found == wanted, "'%s' is %s", text, found ? "there" : "not there");
}

Test(patient_report, nothing_of_a_patient_is_read_as_markup)
{
    begin();
    add("one", "abmd", "L1-L4", NAN, "", OSARC_QUALITY_REFUSED, "<script>alert(1)</script>");
    char *page = written();
    expect_text(page, "&lt;b&gt;&amp;&quot;A&#39;", 1);
    expect_text(page, "<script", 0);
    expect_text(page, "&lt;script&gt;", 1);
    osi_free(page);
}

Test(patient_report, a_page_needs_nothing_from_elsewhere)
{
    begin();
    add("one", "abmd", "L1-L4", 0.9, "DXA-Hologic", OSARC_QUALITY_OK, NULL);
    report.guidance = 1;
    char *page = written();
    expect_text(page, "http", 0);
    expect_text(page, "<script", 0);
    expect_text(page, "<link", 0);
    expect_text(page, "@import", 0);
    expect_text(page, "url(", 0);
    osi_free(page);
}

Test(patient_report, a_value_stands_with_unit_interval_method_and_basis)
{
    begin();
    add("one", "abmd", "L1-L4", 0.9, "DXA-Hologic", OSARC_QUALITY_OK, NULL);
    char *page = written();
    expect_text(page, "0.900", 1);
    expect_text(page, "0.880 &hellip; 0.920", 1);
    expect_text(page, "dxa; DXA-Hologic", 1);
    osi_free(page);
}

Test(patient_report, rows_of_another_patient_are_left_out)
{
    begin();
    add("one", "abmd", "L1-L4", 0.9, "DXA-Hologic", OSARC_QUALITY_OK, NULL);
    add("two", "abmd", "L1-L4", 0.777, "DXA-Hologic", OSARC_QUALITY_OK, NULL);
    char *page = written();
    expect_text(page, "0.777", 0);
    osi_free(page);
}

Test(patient_report, a_refused_value_shows_its_reason_and_no_number)
{
    begin();
    add("one", "abmd", "L1-L4", NAN, "", OSARC_QUALITY_REFUSED, "two vertebrae are needed");
    char *page = written();
    expect_text(page, "two vertebrae are needed", 1);
    expect_text(page, "refused", 1);
    osi_free(page);
}

Test(patient_report, each_warning_is_told_once_and_numbered)
{
    begin();
    add("one", "abmd", "L1-L4", 0.9, "DXA-Lunar", OSARC_QUALITY_WARNING, "first; second");
    add("one", "abmd", "L2-L4", 0.8, "DXA-Lunar", OSARC_QUALITY_WARNING, "second; third");
    char *page = written();
    expect_text(page, "<sup>!1,2</sup>", 1);
    expect_text(page, "<sup>!2,3</sup>", 1);
    expect_text(page, "<li>first</li><li>second</li><li>third</li>", 1);
    osi_free(page);
}

Test(patient_report, what_is_not_known_is_called_unknown)
{
    begin();
    report.person = (osarc_person){.age_years = NAN};
    char *page = written();
    const char *at = page;
    int count = 0;
    while ((at = strstr(at, "<dd>unknown</dd>")) != NULL) {
        count++;
        at++;
    }
    cr_expect(eq(int, count, 4)); /* sex, age, height, weight */
    expect_text(page, "No value was measured.", 1);
    osi_free(page);
}

static void expect_no_curve(const char *basis, const char *why)
{
    add("one", "abmd", "L1-L4", 0.9, basis, OSARC_QUALITY_OK, NULL);
    char *page = written();
    expect_text(page, "<svg", 0);
    expect_text(page, why, 1);
    osi_free(page);
}

Test(patient_report, a_curve_is_drawn_on_its_own_scale_only_and_says_why)
{
    static const char *const OTHERS[] = {"DXA-Lunar", "DXA-Norland", "HA", "CTXA unconverted",
                                         "synthetic"};
    begin();
    add("one", "abmd", "L1-L4", 0.9, "DXA-Hologic", OSARC_QUALITY_OK, NULL);
    char *page = written();
    expect_text(page, "<svg", 1);
    expect_text(page, "no curve", 0);
    osi_free(page);
    for (size_t i = 0; i < sizeof(OTHERS) / sizeof(OTHERS[0]); i++) {
        char why[128];
        snprintf(
            why, sizeof(why),
            "Bone density of L1-L4: no curve, as the reference by age is on the Hologic scale; "
            "this is on %s",
            OTHERS[i]);
        begin();
        expect_no_curve(OTHERS[i], why);
    }
}

Test(patient_report, a_curve_is_of_the_value_on_its_scale_where_there_are_two)
{
    begin();
    add("one", "abmd", "L1-L4", 0.8, "DXA-Lunar", OSARC_QUALITY_OK, NULL);
    add("one", "abmd", "L1-L4", 0.9, "DXA-Hologic", OSARC_QUALITY_OK, NULL);
    char *page = written();
    expect_text(page, "<svg", 1);
    expect_text(page, "this is on", 0);
    osi_free(page);
}

Test(patient_report, without_sex_or_age_or_outside_its_ages_there_is_no_curve)
{
    static const struct {
        osarc_sex sex;
        double age_years;
        const char *why;
    } CASES[] = {{OSARC_SEX_UNKNOWN, 60, "no curve, as sex or age is not known"},
                 {OSARC_SEX_FEMALE, NAN, "no curve, as sex or age is not known"},
                 {OSARC_SEX_FEMALE, 91, "no curve, which are for 20 to 90 years"},
                 {OSARC_SEX_MALE, 12, "no curve, which are for 20 to 90 years"}};
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        begin();
        report.person.sex = CASES[i].sex;
        report.person.age_years = CASES[i].age_years;
        expect_no_curve("DXA-Hologic", CASES[i].why);
    }
}

/* Of the total hip only women of 21 to 30 are in the source. */
Test(patient_report, one_band_of_ages_is_no_curve)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_finding row = {.case_id = "one",
                         .site = "femur",
                         .level = "total",
                         .quantity = "abmd",
                         .value = 0.8,
                         .unit = "g/cm2",
                         .ci_low = NAN,
                         .ci_high = NAN,
                         .method = "dxa",
                         .basis = "DXA-Hologic"};
    begin();
    EXPECT_OK(osarc_findings_add(findings, &row, &err));
    char *page = written();
    expect_text(page, "<svg", 0);
    expect_text(page, "the total hip: no curve, as the reference of this sex is for a single", 1);
    osi_free(page);
}

Test(patient_report, without_a_density_nothing_is_said_of_curves)
{
    begin();
    char *page = written();
    expect_text(page, "no curve", 0);
    expect_text(page, "Against people", 0);
    osi_free(page);
}

/* A woman after menopause has 1.008 ng/mL as the upper limit of beta-CTX, one before it 0.573
 * (Roche); of unknown menopause there is no range to choose. */
Test(patient_report, a_laboratory_range_is_of_sex_age_and_menopause)
{
    static const struct {
        osarc_menopause menopause;
        const char *place;
    } CASES[] = {{OSARC_MENOPAUSE_POST, "<td>inside</td>"},
                 {OSARC_MENOPAUSE_PRE, "<td>above</td>"},
                 {OSARC_MENOPAUSE_UNKNOWN, "no common range"}};
    osarc_report_value value = {"ctx_ng_ml", 0.8, NULL};
    for (size_t i = 0; i < 3; i++) {
        begin();
        report.person.menopause = CASES[i].menopause;
        report.values = &value;
        report.value_count = 1;
        char *page = written();
        expect_text(page, CASES[i].place, 1);
        osi_free(page);
    }
}

Test(patient_report, a_class_is_told_with_sign_word_rule_and_what_is_missing)
{
    static const osarc_report_class ROWS[] = {
        {.definition = "ewgsop2",
         .kind = "sarcopenia",
         .arm = "mass",
         .state = "unknown",
         .p_class = NAN,
         .rule = "alm < 15"},
        {.definition = "ewgsop2",
         .kind = "sarcopenia",
         .arm = "strength",
         .state = "met",
         .p_class = NAN,
         .rule = "grip < 16"},
        {.definition = "ewgsop2",
         .kind = "sarcopenia",
         .arm = "result",
         .state = "unknown",
         .class_name = "indeterminate",
         .p_class = NAN,
         .missing = "alm_kg"},
        {.definition = "os_strict:ewgsop2",
         .kind = "os",
         .arm = "result",
         .state = "met",
         .class_name = "osteosarcopenia",
         .p_class = 0.75},
        {.definition = "mine",
         .kind = "os",
         .arm = "result",
         .state = "not_met",
         .class_name = "none",
         .p_class = NAN,
         .rule = "own rule"},
    };
    begin();
    report.classes = ROWS;
    report.class_count = sizeof(ROWS) / sizeof(ROWS[0]);
    char *page = written();
    expect_text(page, "? unknown", 1);
    expect_text(page, "&#9632; met", 1);
    expect_text(page, "not decided", 1);
    expect_text(page, "alm_kg", 1);
    expect_text(page, "osteosarcopenia (p&nbsp;0.750)", 1);
    expect_text(page, "own rule", 1);
    expect_text(page, "grip &lt; 16", 1);
    osi_free(page);
}

Test(patient_report, guidance_is_there_only_when_asked_and_with_its_corrections)
{
    for (int asked = 0; asked < 2; asked++) {
        begin();
        report.guidance = asked;
        char *page = written();
        expect_text(page, "id=\"guidance\"", asked);
        expect_text(page, "another metabolite", asked);
        osi_free(page);
    }
}

Test(patient_report, chinese_pages_say_so_and_have_chinese_words)
{
    begin();
    add("one", "abmd", "L1-L4", 0.9, "DXA-Hologic", OSARC_QUALITY_OK, NULL);
    report.language = OSARC_LANGUAGE_ZH;
    char *page = written();
    expect_text(page, "lang=\"zh-Hans\"", 1);
    expect_text(page, "面积骨密度", 1);
    expect_text(page, "Areal bone density", 0);
    osi_free(page);
}

Test(patient_report, every_word_is_there_once_and_in_both_languages)
{
    const char *key;
    for (size_t i = 0; (key = page_word_key(i)) && *key; i++) {
        cr_expect(page_word_find(key, OSARC_LANGUAGE_EN)[0] != '\0', "%s", key);
        cr_expect(page_word_find(key, OSARC_LANGUAGE_ZH)[0] != '\0', "%s", key);
        for (size_t k = 0; k < i; k++)
            cr_expect(strcmp(page_word_key(k), key) != 0, "%s stands twice", key);
    }
    cr_expect(page_word_find("no such key", OSARC_LANGUAGE_EN) == NULL);
}

static void expect_picture_refused(const char *bytes, osarc_status wanted)
{
    osarc_error err = OSARC_ERROR_INIT;
    char picture[80];
    osarc_report_picture shown = {picture, "spine picture"};
    snprintf(picture, sizeof(picture), "%s/p.png", folder);
    if (bytes)
        EXPECT_OK(osi_file_write(picture, bytes, strlen(bytes), &err));
    begin();
    report.pictures = &shown;
    report.picture_count = 1;
    EXPECT_REFUSED(osarc_report_html(&report, path, &err), wanted);
    osarc_findings_free(findings);
    cr_expect(eq(int, entries(), bytes ? 1 : 0)); /* no report, nothing half-written */
}

Test(patient_report, a_picture_that_is_not_there_is_refused)
{
    expect_picture_refused(NULL, OSARC_ERR_IO);
}

Test(patient_report, a_picture_that_is_no_png_is_refused)
{
    expect_picture_refused("GIF89a and more", OSARC_ERR_FORMAT);
}

Test(patient_report, a_report_without_case_or_findings_is_refused)
{
    osarc_error err = OSARC_ERROR_INIT;
    begin();
    report.case_id = NULL;
    EXPECT_REFUSED(osarc_report_html(&report, path, &err), OSARC_ERR_ARGUMENT);
    report.case_id = "one";
    report.findings = NULL;
    EXPECT_REFUSED(osarc_report_html(&report, path, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_report_html(NULL, path, &err), OSARC_ERR_ARGUMENT);
    report.findings = findings;
    report.class_count = 1;
    EXPECT_REFUSED(osarc_report_html(&report, path, &err), OSARC_ERR_ARGUMENT);
    osarc_findings_free(findings);
}

Test(patient_report, a_class_without_its_definition_is_refused)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_report_class row = {.arm = "result", .state = "met", .p_class = NAN};
    begin();
    report.classes = &row;
    report.class_count = 1;
    EXPECT_REFUSED(osarc_report_html(&report, path, &err), OSARC_ERR_ARGUMENT);
    osarc_findings_free(findings);
}

Test(patient_report, a_folder_that_is_not_there_is_refused)
{
    osarc_error err = OSARC_ERROR_INIT;
    begin();
    EXPECT_REFUSED(osarc_report_html(&report, nowhere, &err), OSARC_ERR_IO);
    osarc_findings_free(findings);
}

Test(patient_report, another_language_is_refused)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_language language = OSARC_LANGUAGE_EN;
    EXPECT_OK(osarc_language_read(&language, "zh", &err));
    cr_expect(language == OSARC_LANGUAGE_ZH);
    EXPECT_REFUSED(osarc_language_read(&language, "de", &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_language_read(&language, "", &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_language_read(&language, NULL, &err), OSARC_ERR_ARGUMENT);
}

Test(patient_report, the_page_of_several_patients_leads_to_each)
{
    osarc_error err = OSARC_ERROR_INIT;
    const char *const cases[] = {"a<b", "c"};
    EXPECT_OK(osarc_report_index_html(cases, 2, OSARC_LANGUAGE_EN, path, &err));
    char *page = read_whole(NULL);
    expect_text(page, "<a href=\"reports/1.html\">a&lt;b</a>", 1);
    expect_text(page, "<a href=\"reports/2.html\">c</a>", 1);
    osi_free(page);
    EXPECT_REFUSED(osarc_report_index_html(NULL, 2, OSARC_LANGUAGE_EN, path, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_report_index_html(cases, 2, OSARC_LANGUAGE_EN, NULL, &err),
                   OSARC_ERR_ARGUMENT);
}
