/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <expect.h>
#include <osarc/measure_hip.h>

/* Rows of a projection that is made by hand, so that every number in them is known. */

typedef struct scene {
    osarc_acquisition acquisition;
    osarc_measure_context context;
    osarc_femur femur;
    osarc_hip_projection projection;
    osarc_hip_level level;
    osarc_calibration calibration;
    osarc_hip_rows rows;
    osarc_findings *findings;
} scene;

static void make(scene *s)
{
    osarc_error err = OSARC_ERROR_INIT;
    memset(s, 0, sizeof(*s));
    osarc_acquisition_init(&s->acquisition);
    snprintf(s->acquisition.modality, sizeof(s->acquisition.modality), "CT");
    s->acquisition.contrast = OSARC_CONTRAST_NONE;
    s->acquisition.slice_thickness_mm = 1;
    s->context = (osarc_measure_context){"case", &s->acquisition, ""};
    s->femur.side = OSARC_SIDE_LEFT;
    s->calibration = (osarc_calibration){
        .rung = OSARC_RUNG_PHANTOM, .method = "phantom", .basis = "K2HPO4", .density = {0, 0.7, 0}};
    for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++) {
        osarc_hip_values *v = &s->projection.values[r];
        v->abmd_g_cm2 = (osarc_hip_value){0.8, 0.03, 0, 0.04};
        v->bmc_g = (osarc_hip_value){4, 0.1, 0.02, 0.1};
        v->area_cm2 = (osarc_hip_value){5, 0, 0, 0.1};
        v->integral_mg_cm3 = (osarc_hip_value){300, 5, 1, 2};
        v->trabecular_mg_cm3 = (osarc_hip_value){150, 5, 1, NAN};
        v->compact_mg_cm3 = (osarc_hip_value){NAN, NAN, NAN, NAN};
    }
    s->level = (osarc_hip_level){&s->femur, &s->projection, NULL};
    s->rows = (osarc_hip_rows){
        .levels = &s->level,
        .level_count = 1,
        .calibration = &s->calibration,
        .blood_read = 1,
        .person = {OSARC_SEX_FEMALE, 70, OSARC_MENOPAUSE_POST, NULL},
    };
    EXPECT_OK(osarc_findings_create(&s->findings, &err));
}

static void measure(scene *s)
{
    osarc_error err = OSARC_ERROR_INIT;
    EXPECT_OK(osarc_measure_hips(s->findings, &s->context, &s->rows, &err));
}

/* The only row of that quantity and level; NULL when there is none. */
static const osarc_finding *find(const scene *s, const char *quantity, const char *level)
{
    const osarc_finding *found = NULL;
    for (size_t i = 0; i < osarc_findings_count(s->findings); i++) {
        const osarc_finding *row = osarc_findings_at(s->findings, i);
        if (strcmp(row->quantity, quantity) != 0 || strcmp(row->level, level) != 0)
            continue;
        cr_expect(eq(ptr, (void *) found, NULL), "%s %s twice", quantity, level);
        found = row;
    }
    return found;
}

static const osarc_finding *must_find(const scene *s, const char *quantity, const char *level)
{
    static const osarc_finding NONE = {
        .quantity = "", .note = "", .method = "", .basis = "", .reference = "", .value = NAN};
    const osarc_finding *row = find(s, quantity, level);
    cr_expect(ne(ptr, (void *) row, NULL), "no %s of %s", quantity, level);
    return row ? row : &NONE;
}

static double t_of(double abmd, osarc_hip_region region)
{
    scene s;
    make(&s);
    s.projection.values[region].abmd_g_cm2.value = abmd;
    measure(&s);
    double t = must_find(&s, "t_score", osarc_hip_region_name(region))->value;
    osarc_findings_free(s.findings);
    return t;
}

/* NHANES III, white women of 20 to 29: neck 0.858 (0.120), total hip 0.942 (0.122) g/cm2. */
Test(measure_hip_rows, t_scores_at_the_boundaries_are_exact)
{
    cr_expect(eq(dbl, t_of(0.738, OSARC_HIP_NECK), -1.0));
    cr_expect(lt(dbl, t_of(0.7379, OSARC_HIP_NECK), -1.0));
    cr_expect(eq(dbl, t_of(0.558, OSARC_HIP_NECK), -2.5));
    cr_expect(gt(dbl, t_of(0.559, OSARC_HIP_NECK), -2.5));
    cr_expect(eq(dbl, t_of(0.820, OSARC_HIP_TOTAL), -1.0));
    cr_expect(lt(dbl, t_of(0.8199, OSARC_HIP_TOTAL), -1.0));
    cr_expect(eq(dbl, t_of(0.637, OSARC_HIP_TOTAL), -2.5));
    cr_expect(gt(dbl, t_of(0.638, OSARC_HIP_TOTAL), -2.5));
}

Test(measure_hip_rows, every_region_has_its_quantities)
{
    static const char *const NAMES[] = {"abmd", "bmc", "bone_area", "vbmd_integral",
                                        "vbmd_trabecular"};
    scene s;
    make(&s);
    measure(&s);
    for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++)
        for (size_t q = 0; q < sizeof(NAMES) / sizeof(NAMES[0]); q++) {
            const osarc_finding *row =
                must_find(&s, NAMES[q], osarc_hip_region_name((osarc_hip_region) r));
            cr_expect(eq(str, (char *) row->site, "femur"));
            cr_expect(eq(str, (char *) row->side, "left"));
            cr_expect(eq(str, (char *) row->method, "ctxa, neck-at-notch"));
            cr_expect(eq(str, (char *) row->basis, q == 2 ? "" : "K2HPO4"));
            cr_expect(eq(int, row->quality, OSARC_QUALITY_OK));
            cr_expect(lt(dbl, row->ci_low, row->value));
        }
    osarc_findings_free(s.findings);
}

Test(measure_hip_rows, intervals_are_the_parts_in_quadrature)
{
    scene s;
    make(&s);
    measure(&s);
    const osarc_finding *row = must_find(&s, "abmd", "neck");
    cr_expect(epsilon_eq(dbl, row->ci_high - row->value, 0.05, 1e-12)); /* 0.03, 0.04 */
    row = must_find(&s, "t_score", "neck");
    cr_expect(epsilon_eq(dbl, row->ci_high - row->value, 0.05 / 0.120, 1e-9));
    osarc_findings_free(s.findings);
}

Test(measure_hip_rows, an_unknown_fit_leaves_no_interval)
{
    scene s;
    make(&s);
    s.projection.values[OSARC_HIP_NECK].abmd_g_cm2.fit = NAN;
    measure(&s);
    const osarc_finding *row = must_find(&s, "abmd", "neck");
    cr_expect(isnan(row->ci_low));
    cr_expect(eq(int, row->quality, OSARC_QUALITY_OK));
    osarc_findings_free(s.findings);
}

Test(measure_hip_rows, unconverted_scores_say_so_and_are_warnings)
{
    scene s;
    make(&s);
    measure(&s);
    const osarc_finding *row = must_find(&s, "t_score", "total");
    cr_expect(eq(str, (char *) row->basis, "CTXA unconverted"));
    cr_expect(eq(int, row->quality, OSARC_QUALITY_WARNING));
    cr_expect(gt(sz, strlen(row->reference), 0));
    osarc_findings_free(s.findings);
}

Test(measure_hip_rows, a_users_equation_is_used_and_named)
{
    static const osarc_bmd_equation OWN = {.id = "clinic",
                                           .slope = 1.2,
                                           .intercept_g_cm2 = 0.05,
                                           .sites = 1u << OSARC_BMD_FEMORAL_NECK,
                                           .from = OSARC_BMD_CTXA,
                                           .to = OSARC_BMD_HOLOGIC};
    scene s;
    make(&s);
    s.rows.conversions = &OWN;
    s.rows.conversion_count = 1;
    measure(&s);
    const osarc_finding *row = must_find(&s, "t_score", "neck");
    cr_expect(epsilon_eq(dbl, row->value, (1.2 * 0.8 + 0.05 - 0.858) / 0.120, 1e-9));
    cr_expect(epsilon_eq(dbl, row->ci_high - row->value, 1.2 * 0.05 / 0.120, 1e-9));
    cr_expect(eq(str, (char *) row->basis, "DXA-Hologic (clinic CTXA>DXA-Hologic)"));
    cr_expect(eq(int, row->quality, OSARC_QUALITY_OK));
    /* it is for the neck alone, and the density itself stays as measured */
    cr_expect(eq(str, (char *) must_find(&s, "t_score", "total")->basis, "CTXA unconverted"));
    cr_expect(eq(dbl, must_find(&s, "abmd", "neck")->value, 0.8));
    osarc_findings_free(s.findings);
}

Test(measure_hip_rows, regions_that_no_class_stands_on_have_no_score)
{
    scene s;
    make(&s);
    measure(&s);
    cr_expect(eq(ptr, (void *) find(&s, "t_score", "trochanter"), NULL));
    cr_expect(eq(ptr, (void *) find(&s, "t_score", "intertrochanter"), NULL));
    osarc_findings_free(s.findings);
}

static void expect_score_refused(scene *s, const char *quantity, const char *word)
{
    measure(s);
    const osarc_finding *row = must_find(s, quantity, "neck");
    cr_expect(eq(int, row->quality, OSARC_QUALITY_REFUSED));
    cr_expect(ne(ptr, strstr(row->note, word), NULL), "%s", row->note);
    cr_expect(isnan(row->value));
    /* the density does not need to know the person */
    cr_expect(eq(int, must_find(s, "abmd", "neck")->quality, OSARC_QUALITY_OK));
    osarc_findings_free(s->findings);
}

Test(measure_hip_rows, no_score_without_the_sex)
{
    scene s;
    make(&s);
    s.rows.person.sex = OSARC_SEX_UNKNOWN;
    expect_score_refused(&s, "t_score", "sex");
}

Test(measure_hip_rows, no_score_without_the_menopause_of_a_woman)
{
    scene s;
    make(&s);
    s.rows.person.menopause = OSARC_MENOPAUSE_UNKNOWN;
    expect_score_refused(&s, "t_score", "menopause");
}

Test(measure_hip_rows, no_score_without_the_age_of_a_man)
{
    scene s;
    make(&s);
    s.rows.person = (osarc_person){OSARC_SEX_MALE, NAN, OSARC_MENOPAUSE_UNKNOWN, NULL};
    expect_score_refused(&s, "t_score", "age");
}

Test(measure_hip_rows, before_the_menopause_it_is_a_z_score_or_a_reason)
{
    scene s;
    make(&s);
    s.rows.person = (osarc_person){OSARC_SEX_FEMALE, 45, OSARC_MENOPAUSE_PRE, NULL};
    expect_score_refused(&s, "z_score", "population");
}

Test(measure_hip_rows, a_man_of_fifty_is_scored_by_the_same_women)
{
    scene s;
    make(&s);
    s.rows.person = (osarc_person){OSARC_SEX_MALE, 50, OSARC_MENOPAUSE_UNKNOWN, NULL};
    measure(&s);
    cr_expect(epsilon_eq(dbl, must_find(&s, "t_score", "neck")->value, (0.8 - 0.858) / 0.12, 1e-9));
    osarc_findings_free(s.findings);
}

static void expect_all_refused(scene *s, const char *word)
{
    measure(s);
    for (size_t i = 0; i < osarc_findings_count(s->findings); i++) {
        const osarc_finding *row = osarc_findings_at(s->findings, i);
        cr_expect(eq(int, row->quality, OSARC_QUALITY_REFUSED));
        cr_expect(ne(ptr, strstr(row->note, word), NULL), "%s", row->note);
    }
    (void) must_find(s, "abmd", "total");
    (void) must_find(s, "t_score", "neck");
    osarc_findings_free(s->findings);
}

static const char *const QUANTITIES[] = {"abmd",          "bmc",          "bone_area",
                                         "vbmd_integral", "vbmd_compact", "vbmd_trabecular"};

Test(measure_hip_rows, all_but_the_area_is_refused_without_a_scale)
{
    scene s;
    make(&s);
    s.calibration.rung = OSARC_RUNG_NONE;
    s.rows.calibration_refused = "too few tissues";
    measure(&s);
    for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++)
        for (size_t q = 0; q < sizeof(QUANTITIES) / sizeof(QUANTITIES[0]); q++) {
            const osarc_finding *row =
                must_find(&s, QUANTITIES[q], osarc_hip_region_name((osarc_hip_region) r));
            int is_area = strcmp(QUANTITIES[q], "bone_area") == 0;
            cr_expect(eq(int, row->quality, is_area ? OSARC_QUALITY_OK : OSARC_QUALITY_REFUSED));
            cr_expect(eq(int, strstr(row->note, "too few tissues") != NULL, !is_area), "%s",
                      row->note);
            if (is_area)
                cr_expect(eq(dbl, row->value, 5));
        }
    cr_expect(eq(int, must_find(&s, "t_score", "neck")->quality, OSARC_QUALITY_REFUSED));
    osarc_findings_free(s.findings);
    make(&s);
    s.calibration.rung = OSARC_RUNG_NONE;
    s.rows.calibration_refused = "too few tissues";
    s.level.projection = NULL;
    expect_all_refused(&s, "too few tissues");
}

Test(measure_hip_rows, a_side_that_is_refused_has_a_row_for_every_quantity)
{
    scene s;
    make(&s);
    snprintf(s.femur.refused_all, sizeof(s.femur.refused_all), "metal in it");
    measure(&s);
    for (int r = 0; r < OSARC_HIP_REGION_COUNT; r++)
        for (size_t q = 0; q < sizeof(QUANTITIES) / sizeof(QUANTITIES[0]); q++) {
            const osarc_finding *row =
                must_find(&s, QUANTITIES[q], osarc_hip_region_name((osarc_hip_region) r));
            cr_expect(eq(int, row->quality, OSARC_QUALITY_REFUSED));
            cr_expect(eq(str, (char *) row->note, "metal in it"));
            cr_expect(gt(sz, strlen(row->unit), 0));
        }
    osarc_findings_free(s.findings);
}

Test(measure_hip_rows, all_is_refused_under_contrast_unless_accepted)
{
    scene s;
    make(&s);
    s.acquisition.contrast = OSARC_CONTRAST_GIVEN;
    expect_all_refused(&s, "--accept-contrast");
    make(&s);
    s.acquisition.contrast = OSARC_CONTRAST_GIVEN;
    s.rows.accept_contrast = 1;
    measure(&s);
    cr_expect(eq(int, must_find(&s, "abmd", "neck")->quality, OSARC_QUALITY_WARNING));
    osarc_findings_free(s.findings);
}

Test(measure_hip_rows, bright_blood_counts_as_contrast)
{
    scene s;
    make(&s);
    s.rows.blood_enhanced = 1;
    expect_all_refused(&s, "blood");
}

Test(measure_hip_rows, a_femur_that_was_not_projected_is_refused_with_the_reason)
{
    scene s;
    make(&s);
    s.level.projection = NULL;
    s.level.refused = "metal in it";
    expect_all_refused(&s, "metal");
}

Test(measure_hip_rows, a_region_that_is_refused_refuses_its_score)
{
    scene s;
    make(&s);
    snprintf(s.projection.values[OSARC_HIP_TOTAL].refused, 160, "the view ends too early");
    measure(&s);
    cr_expect(eq(str, (char *) must_find(&s, "t_score", "total")->note, "the view ends too early"));
    cr_expect(eq(str, (char *) must_find(&s, "abmd", "total")->note, "the view ends too early"));
    cr_expect(eq(int, must_find(&s, "t_score", "neck")->quality, OSARC_QUALITY_WARNING));
    osarc_findings_free(s.findings);
}

Test(measure_hip_rows, no_femur_is_one_row_that_says_why)
{
    scene s;
    make(&s);
    s.rows.level_count = 0;
    s.rows.hips_refused = "no head of a femur is in view";
    measure(&s);
    cr_expect(eq(sz, osarc_findings_count(s.findings), 1));
    cr_expect(eq(str, (char *) must_find(&s, "abmd", "total")->note, (char *) s.rows.hips_refused));
    osarc_findings_free(s.findings);
}

Test(measure_hip_rows, thick_slices_and_unknown_contrast_are_warnings)
{
    scene s;
    make(&s);
    s.acquisition.slice_thickness_mm = 5;
    measure(&s);
    cr_expect(eq(int, must_find(&s, "bmc", "neck")->quality, OSARC_QUALITY_WARNING));
    osarc_findings_free(s.findings);
    make(&s);
    s.acquisition.contrast = OSARC_CONTRAST_UNKNOWN;
    s.rows.blood_read = 0;
    measure(&s);
    cr_expect(eq(int, must_find(&s, "bmc", "neck")->quality, OSARC_QUALITY_WARNING));
    osarc_findings_free(s.findings);
}

Test(measure_hip_rows, a_density_of_nothing_has_no_score)
{
    scene s;
    make(&s);
    s.projection.values[OSARC_HIP_NECK].abmd_g_cm2.value = -0.01;
    measure(&s);
    cr_expect(eq(int, must_find(&s, "t_score", "neck")->quality, OSARC_QUALITY_REFUSED));
    osarc_findings_free(s.findings);
}

Test(measure_hip_rows, refuses_calls_without_what_they_need)
{
    scene s;
    osarc_error err = OSARC_ERROR_INIT;
    make(&s);
    EXPECT_REFUSED(osarc_measure_hips(NULL, &s.context, &s.rows, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_measure_hips(s.findings, NULL, &s.rows, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_measure_hips(s.findings, &s.context, NULL, &err), OSARC_ERR_ARGUMENT);
    s.level.femur = NULL;
    EXPECT_REFUSED(osarc_measure_hips(s.findings, &s.context, &s.rows, &err), OSARC_ERR_ARGUMENT);
    s.rows.levels = NULL;
    EXPECT_REFUSED(osarc_measure_hips(s.findings, &s.context, &s.rows, &err), OSARC_ERR_ARGUMENT);
    osarc_findings_free(s.findings);
}

Test(measure_hip_rows, an_unknown_noise_leaves_no_interval_and_is_said)
{
    scene s;
    make(&s);
    s.projection.values[OSARC_HIP_NECK].abmd_g_cm2.noise = NAN;
    measure(&s);
    const osarc_finding *row = must_find(&s, "abmd", "neck");
    cr_expect(isnan(row->ci_low));
    cr_expect(isnan(row->ci_high));
    cr_expect(eq(dbl, row->value, 0.8));
    cr_expect(ne(ptr, strstr(row->note, "noise not known"), NULL), "%s", row->note);
    osarc_findings_free(s.findings);
}
