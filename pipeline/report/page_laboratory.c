/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "page.h"

#include <math.h>
#include <string.h>

#define F    OSARC_SEX_FEMALE
#define M    OSARC_SEX_MALE
#define ANY  OSARC_SEX_UNKNOWN
#define OPEN NAN

/*
 * Common ranges of adults, to be shown and never to class by: each laboratory has its own.
 * Roche: Elecsys N-MID osteocalcin and beta-CrossLaps; WS/T 404.1: Chinese standard of ALP;
 * TRAP-5b: Japanese ranges; testosterone: CDC harmonised, men of 19 to 39 years; 25(OH)D: Institute
 * of Medicine and Endocrine Society 2011.
 */
typedef struct lab_range {
    const char *column;
    osarc_sex sex;             /* ANY: both */
    osarc_menopause menopause; /* unknown: any */
    double age_from, age_to;   /* whole years, both included */
    double low, high;          /* OPEN: no limit on that side */
    const char *unit;
    const char *source;
} lab_range;

static const lab_range RANGES[] = {
    {"vitamin_d_25oh_nmol_l", ANY, 0, 0, 200, 50, OPEN, "nmol/L", "IOM 2011"},
    {"vitamin_d_125oh2_pmol_l", ANY, 0, 0, 200, 48, 190, "pmol/L", ""},
    {"calcium_mmol_l", ANY, 0, 0, 200, 2.15, 2.55, "mmol/L", ""},
    {"phosphate_mmol_l", ANY, 0, 0, 200, 0.81, 1.45, "mmol/L", ""},
    {"pth_pg_ml", ANY, 0, 0, 200, 15, 65, "pg/mL", ""},
    {"testosterone_nmol_l", M, 0, 0, 200, 9.2, 31.8, "nmol/L", "CDC, 19-39"},
    {"osteocalcin_ng_ml", F, OSARC_MENOPAUSE_PRE, 0, 200, 11, 43, "ng/mL", "Roche"},
    {"osteocalcin_ng_ml", F, OSARC_MENOPAUSE_POST, 0, 200, 15, 46, "ng/mL", "Roche"},
    {"osteocalcin_ng_ml", M, 0, 51, 200, 14, 46, "ng/mL", "Roche"},
    {"ctx_ng_ml", F, OSARC_MENOPAUSE_PRE, 0, 200, OPEN, 0.573, "ng/mL", "Roche"},
    {"ctx_ng_ml", F, OSARC_MENOPAUSE_POST, 0, 200, OPEN, 1.008, "ng/mL", "Roche"},
    {"ctx_ng_ml", M, 0, 30, 49, OPEN, 0.584, "ng/mL", "Roche"},
    {"ctx_ng_ml", M, 0, 50, 70, OPEN, 0.704, "ng/mL", "Roche"},
    {"ctx_ng_ml", M, 0, 71, 200, OPEN, 0.854, "ng/mL", "Roche"},
    {"trap5b_mu_dl", M, 0, 0, 200, 170, 590, "mU/dL", "Japan"},
    {"trap5b_mu_dl", F, OSARC_MENOPAUSE_PRE, 0, 200, 120, 420, "mU/dL", "Japan"},
    {"alp_u_l", M, 0, 0, 200, 45, 125, "U/L", "WS/T 404.1"},
    {"alp_u_l", F, 0, 20, 49, 35, 100, "U/L", "WS/T 404.1"},
    {"alp_u_l", F, 0, 50, 79, 50, 135, "U/L", "WS/T 404.1"},
};
#define RANGE_COUNT (sizeof(RANGES) / sizeof(RANGES[0]))

/* What was tested and told; cut-offs stand in the definitions, of the arm where the review of 2024
 * prints them. "" belongs to the row before or to other definitions, NULL to none. */
static const struct {
    const char *column, *unit, *arm;
} TESTS[] = {
    {"grip_kg", "kg", "strength"},
    {"chair_stand_5x_s", "s", "strength"},
    {"chair_stand_completed", "", ""},
    {"gait_speed_m_s", "m/s", "performance"},
    {"gait_distance_m", "m", ""},
    {"sppb", "", "performance"},
    {"tug_s", "s", "performance"},
    {"walk_400m_s", "s", "performance"},
    {"walk_400m_completed", "", ""},
    {"walk_6min_m", "m", ""},
    {"fragility_fracture", "", ""},
    {"vbmd_lumbar_mg_cm3", "mg/cm3", ""},
    {"sarc_f", "", NULL},
    {"calf_circumference_cm", "cm", NULL},
    {"sm_l3_cm2", "cm2", NULL},
    {"qus_t", "", NULL},
    {"pdxa_t", "", NULL},
};
#define TEST_COUNT (sizeof(TESTS) / sizeof(TESTS[0]))

/* Who is to be looked at more closely: no part of any class. SARC-F as EWGSOP2 and AWGS 2019 have
 * it, the calf as AWGS 2019. */
static const struct {
    const char *column, *compare;
    double male, female; /* at least, or under, where compare is "<" */
    const char *source;
} CASE_FINDING[] = {
    {"sarc_f", "&ge; ", 4, 4, "EWGSOP2, AWGS 2019, AWGS 2025"},
    {"calf_circumference_cm", "&lt; ", 34, 33, "AWGS 2019, AWGS 2025"},
};
#define CASE_FINDING_COUNT (sizeof(CASE_FINDING) / sizeof(CASE_FINDING[0]))

static const osarc_report_value *find_value(const page *p, const char *column)
{
    for (size_t i = 0; i < p->report->value_count; i++)
        if (strcmp(p->report->values[i].column, column) == 0)
            return &p->report->values[i];
    return NULL;
}

static double value_of(const page *p, const char *column)
{
    const osarc_report_value *value = find_value(p, column);
    return value ? value->value : NAN;
}

/* "" when it is none, or not known. */
static const char *word_of(const page *p, const char *column)
{
    const osarc_report_value *value = find_value(p, column);
    return value && value->word ? value->word : "";
}

static int is_for(const lab_range *range, const osarc_person *person)
{
    int all_ages = range->age_from <= 0 && range->age_to >= 200;
    if (range->sex != ANY && range->sex != person->sex)
        return 0;
    if (range->menopause && range->menopause != person->menopause)
        return 0;
    return all_ages ||
           (person->age_years >= range->age_from && person->age_years < range->age_to + 1);
}

static const lab_range *find_range(const page *p, const char *column)
{
    for (size_t i = 0; i < RANGE_COUNT; i++)
        if (strcmp(RANGES[i].column, column) == 0 && is_for(&RANGES[i], &p->report->person))
            return &RANGES[i];
    return NULL;
}

static void add_place_in(page *p, const lab_range *range, double value)
{
    const char *word = value < range->low ? "below" : value > range->high ? "above" : "inside";
    page_word(p, word);
}

static void add_limits(page *p, const lab_range *range)
{
    if (isfinite(range->low) && isfinite(range->high)) {
        page_number(p, range->low, NULL, NULL);
        page_raw(p, " &hellip; ");
        page_number(p, range->high, NULL, NULL);
    } else {
        page_raw(p, isfinite(range->low) ? "&ge; " : "&le; ");
        page_number(p, isfinite(range->low) ? range->low : range->high, NULL, NULL);
    }
    if (*range->source) {
        page_raw(p, " <span class=\"s\">");
        page_text(p, range->source);
        page_raw(p, "</span>");
    }
}

static void add_lab(page *p, const char *column, const char *unit, double value)
{
    const lab_range *range = find_range(p, column);
    page_raw(p, "<tr><td>");
    page_word(p, column);
    page_raw(p, "</td><td class=\"n\">");
    page_number(p, value, NULL, NULL);
    page_raw(p, "</td><td>");
    page_text(p, unit);
    page_raw(p, "</td><td>");
    if (range) {
        add_limits(p, range);
        page_raw(p, "</td><td>");
        add_place_in(p, range, value);
    } else {
        page_word(p, "no range");
        page_raw(p, "</td><td>");
    }
    page_raw(p, "</td></tr>\n");
}

/* The rule of the review's own definition, which prints a cut-off for each test. */
static const char *rule_of(const page *p, const char *arm)
{
    for (size_t i = 0; i < p->report->class_count; i++)
        if (strcmp(p->report->classes[i].definition, "seed") == 0 &&
            strcmp(p->report->classes[i].arm, arm) == 0)
            return p->report->classes[i].rule;
    return NULL;
}

static void add_limit(page *p, size_t index, double limit, const char *sex)
{
    page_raw(p, CASE_FINDING[index].compare);
    page_number(p, limit, NULL, NULL);
    page_raw(p, sex);
}

static void add_case_finding(page *p, const char *column, double value)
{
    size_t n = 0;
    while (n < CASE_FINDING_COUNT && strcmp(CASE_FINDING[n].column, column) != 0)
        n++;
    if (n == CASE_FINDING_COUNT || !isfinite(value))
        return;
    double male = CASE_FINDING[n].male;
    double female = CASE_FINDING[n].female;
    int under = strcmp(CASE_FINDING[n].compare, "&lt; ") == 0;
    int met_male = under ? value < male : value >= male;
    int met_female = under ? value < female : value >= female;
    osarc_sex sex = p->report->person.sex;
    page_word(p, "case finding");
    page_format(p, " (%s): ", CASE_FINDING[n].source);
    if (sex != F)
        add_limit(p, n, male, male > female || female > male ? " (M) " : " ");
    if (sex == F || (sex != M && (male > female || female > male)))
        add_limit(p, n, female, male > female || female > male ? " (F) " : " ");
    page_raw(p, "&mdash; ");
    if ((sex == M && met_male) || (sex == F && met_female) || (met_male && met_female))
        page_word(p, "met");
    else if (sex || (!met_male && !met_female))
        page_word(p, "not_met");
    else
        page_word(p, "unknown");
    page_raw(p, "; ");
}

static void add_test(page *p, size_t index, double value)
{
    page_raw(p, "<tr><td>");
    page_word(p, TESTS[index].column);
    page_raw(p, "</td><td class=\"n\">");
    if (isfinite(value))
        page_number(p, value, NULL, NULL);
    else
        page_word(p, word_of(p, TESTS[index].column));
    page_raw(p, "</td><td>");
    page_text(p, TESTS[index].unit);
    page_raw(p, "</td><td class=\"s\" colspan=\"2\">");
    const char *arm = TESTS[index].arm;
    int told = !arm || !*arm;
    for (size_t i = 0; i < index && !told; i++)
        told = TESTS[i].arm && strcmp(TESTS[i].arm, arm) == 0 &&
               isfinite(value_of(p, TESTS[i].column));
    if (!arm) {
        add_case_finding(p, TESTS[index].column, value);
        page_word(p, "no class");
    } else if (!told)
        page_text(p, rule_of(p, arm));
    page_raw(p, "</td></tr>\n");
}

static void begin(page *p, size_t *shown)
{
    static const char *const HEADINGS[] = {"quantity", "value", "unit", "range", ""};
    if ((*shown)++)
        return;
    page_raw(p, "<div id=\"laboratory\"><h2>");
    page_word(p, "laboratory");
    page_raw(p, "</h2>\n<table><thead><tr>");
    for (size_t i = 0; i < 5; i++) {
        page_raw(p, i == 1 ? "<th class=\"n\">" : "<th>");
        page_word(p, HEADINGS[i]);
        page_raw(p, "</th>");
    }
    page_raw(p, "</tr></thead><tbody>\n");
}

void page_laboratory(page *p)
{
    size_t shown = 0;
    for (size_t i = 0; i < TEST_COUNT; i++) {
        double value = value_of(p, TESTS[i].column);
        if (!isfinite(value) && !*word_of(p, TESTS[i].column))
            continue;
        begin(p, &shown);
        add_test(p, i, value);
    }
    for (size_t i = 0; i < RANGE_COUNT; i++) {
        if (i > 0 && strcmp(RANGES[i].column, RANGES[i - 1].column) == 0)
            continue;
        double value = value_of(p, RANGES[i].column);
        if (!isfinite(value))
            continue;
        begin(p, &shown);
        add_lab(p, RANGES[i].column, RANGES[i].unit, value);
    }
    if (shown) {
        page_raw(p, "</tbody></table>\n<p class=\"s\">");
        page_word(p, "laboratory legend");
        page_raw(p, "</p></div>\n");
    }
}
