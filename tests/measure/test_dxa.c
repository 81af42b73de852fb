/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <expect.h>
#include <osarc/measure_dxa.h>
#include <osi/alloc.h>

static osarc_error err = OSARC_ERROR_INIT;

#define COLUMNS 120
#define ROWS    260

typedef struct scene {
    osarc_dxa_maps maps;
    uint8_t *labels;
    osarc_findings *findings;
    osarc_acquisition acquisition;
    osarc_measure_context context;
    osarc_dxa_scores scores;
} scene;

static const double TOP_MM[4] = {10.17, 46.3, 82.05, 118.4};

/* Blocks of 40 x 30 mm on pixels of 0.6, their edges within pixels; labels reach 2 mm into the gaps
 * above and below, as far as discs. */
static void make_scene(scene *s, const double density[4])
{
    memset(s, 0, sizeof(*s));
    s->maps.columns = COLUMNS;
    s->maps.rows = ROWS;
    s->maps.spacing_mm[0] = s->maps.spacing_mm[1] = 0.6;
    s->maps.is_calibrated = 1;
    s->maps.bone_noise_g_cm2_cm = 0.003;
    s->maps.calibration_sd_g_cm2 = 0.004;
    s->maps.bone_g_cm2 = osi_alloc(COLUMNS * ROWS, sizeof(float), NULL);
    s->maps.lean_g_cm2 = osi_alloc(COLUMNS * ROWS, sizeof(float), NULL);
    s->maps.fat_g_cm2 = osi_alloc(COLUMNS * ROWS, sizeof(float), NULL);
    s->maps.pixels = osi_alloc(COLUMNS * ROWS, 1, NULL);
    s->labels = osi_alloc(COLUMNS * ROWS, 1, NULL);
    cr_assert(s->labels && s->maps.pixels);
    for (size_t i = 0; i < COLUMNS * ROWS; i++) {
        double x = 0.6 * (double) (i % COLUMNS);
        double y = 0.6 * (double) (i / COLUMNS);
        s->maps.lean_g_cm2[i] = 15;
        s->maps.fat_g_cm2[i] = 5;
        s->maps.pixels[i] = OSARC_DXA_SOFT;
        for (int v = 0; v < 4; v++) {
            /* what a pixel covers of a block */
            double u = fmin(x + 0.3, 56.1) - fmax(x - 0.3, 16.1);
            double w = fmin(y + 0.3, TOP_MM[v] + 30) - fmax(y - 0.3, TOP_MM[v]);
            if (u > 0 && w > 0)
                s->maps.bone_g_cm2[i] += (float) (density[v] * fmin(u / 0.6, 1) * fmin(w / 0.6, 1));
            if (x > 16 && x < 56 && y > TOP_MM[v] - 2 && y < TOP_MM[v] + 32)
                s->labels[i] = (uint8_t) (31 - v);
        }
        if (s->maps.bone_g_cm2[i] > 0.1F)
            s->maps.pixels[i] = OSARC_DXA_BONE;
    }
    osarc_acquisition_init(&s->acquisition);
    s->acquisition.sex = OSARC_SEX_FEMALE;
    s->acquisition.age_years = 65;
    s->context = (osarc_measure_context){"case", &s->acquisition, ""};
    s->scores.person = (osarc_person){OSARC_SEX_FEMALE, 65, OSARC_MENOPAUSE_POST, NULL};
    EXPECT_OK(osarc_findings_create(&s->findings, &err));
}

static void end_scene(scene *s)
{
    osarc_findings_free(s->findings);
    osarc_dxa_maps_free(&s->maps);
    osi_free(s->labels);
}

static const osarc_finding *find(const scene *s, const char *level, const char *quantity)
{
    for (size_t i = 0; i < osarc_findings_count(s->findings); i++) {
        const osarc_finding *row = osarc_findings_at(s->findings, i);
        if (strcmp(row->level, level) == 0 && strcmp(row->quantity, quantity) == 0)
            return row;
    }
    return NULL;
}

/* Nothing is left of a refused row but its reason. */
static void expect_refused(const osarc_finding *row, const char *words)
{
    cr_assert(row != NULL, "%s", words);
    cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_REFUSED), "%s", row->quantity);
    cr_expect(isnan(row->value), "%s %g", row->quantity, row->value);
    cr_expect(isnan(row->ci_low) && isnan(row->ci_high), "%s", row->quantity);
    cr_expect(strstr(row->note, words) != NULL, "%s: '%s'", row->quantity, row->note);
}

/* Halves of 95 % intervals, worked out by their parts: noise over the side of a square as large and
 * as much again of the soft tissue around, what the calibration leaves, and an edge known to a
 * tenth of a pixel along the outline of that square. */
typedef struct halves {
    double abmd, bmc, area;
} halves;

static halves halves_of(const osarc_dxa_maps *maps, double area_cm2, double abmd)
{
    double side_cm = sqrt(area_cm2);
    double noise = M_SQRT2 * maps->bone_noise_g_cm2_cm / side_cm;
    double calibration = maps->calibration_sd_g_cm2;
    double edge_cm2 = 4 * side_cm * 0.1 * maps->spacing_mm[0] / 10;
    double edge = abmd * edge_cm2 / area_cm2;
    double density2 = noise * noise + calibration * calibration;
    return (halves){1.959963984540054 * sqrt(density2 + edge * edge),
                    1.959963984540054 * area_cm2 * sqrt(density2 + edge * edge),
                    1.959963984540054 * edge_cm2};
}

static void measure(scene *s)
{
    EXPECT_OK(osarc_measure_dxa_spine(s->findings, &s->context, &s->maps, s->labels, "", &s->scores,
                                      &err));
}

/* Edges lie within pixels: a tenth of one along an outline of 14 cm is 0.7 % of 12 cm2. */
Test(measure_dxa, finds_area_between_pixels)
{
    const double density[4] = {0.9, 1, 1, 1.1};
    scene s;
    make_scene(&s, density);
    for (int v = 0; v < 4; v++) {
        osarc_dxa_bone bone;
        EXPECT_OK(osarc_dxa_bone_measure(&bone, &s.maps, s.labels, (uint8_t) (31 - v), &err));
        cr_expect(lt(dbl, fabs(bone.area_cm2 / 12 - 1), 0.007), "%g", bone.area_cm2);
        cr_expect(lt(dbl, fabs(bone.bmc_g / (12 * density[v]) - 1), 0.001), "%g", bone.bmc_g);
        cr_expect(lt(dbl, fabs(bone.abmd_g_cm2 - density[v]), bone.abmd_half_g_cm2));
        halves h = halves_of(&s.maps, bone.area_cm2, bone.abmd_g_cm2);
        cr_expect(epsilon_eq(dbl, bone.abmd_half_g_cm2, h.abmd, 1e-9));
        cr_expect(epsilon_eq(dbl, bone.bmc_half_g, h.bmc, 1e-9));
        cr_expect(epsilon_eq(dbl, bone.area_half_cm2, h.area, 1e-9));
    }
    end_scene(&s);
}

/* Each part alone is what is left when the others are 0, and makes the interval wider. */
Test(measure_dxa, intervals_are_the_parts_in_quadrature)
{
    const double density[4] = {1, 1, 1, 1};
    scene s;
    osarc_dxa_bone bone[4];
    make_scene(&s, density);
    for (int part = 0; part < 4; part++) {
        s.maps.bone_noise_g_cm2_cm = part == 1 || part == 3 ? 0.02 : 0;
        s.maps.calibration_sd_g_cm2 = part == 2 || part == 3 ? 0.01 : 0;
        EXPECT_OK(osarc_dxa_bone_measure(&bone[part], &s.maps, s.labels, 30, &err));
    }
    double edge = bone[0].abmd_half_g_cm2;
    double noise = 1.959963984540054 * M_SQRT2 * 0.02 / sqrt(bone[0].area_cm2);
    cr_expect(epsilon_eq(dbl, bone[1].abmd_half_g_cm2, hypot(edge, noise), 1e-9));
    double calibration = 1.959963984540054 * 0.01;
    cr_expect(epsilon_eq(dbl, bone[2].abmd_half_g_cm2, hypot(edge, calibration), 1e-9));
    cr_expect(
        epsilon_eq(dbl, bone[3].abmd_half_g_cm2, hypot(hypot(edge, noise), calibration), 1e-9));
    /* neither noise nor calibration moves an edge */
    cr_expect(eq(dbl, bone[3].area_half_cm2, bone[0].area_half_cm2));
    end_scene(&s);
}

/* The area stands on the outline, which the noise of densities does not move. */
Test(measure_dxa, without_a_known_noise_densities_have_no_interval)
{
    const double density[4] = {0.9, 1, 1, 1.1};
    scene s;
    osarc_dxa_bone bone;
    make_scene(&s, density);
    s.maps.bone_noise_g_cm2_cm = NAN;
    EXPECT_OK(osarc_dxa_bone_measure(&bone, &s.maps, s.labels, 30, &err));
    cr_expect(isfinite(bone.abmd_g_cm2));
    cr_expect(isnan(bone.abmd_half_g_cm2));
    cr_expect(isnan(bone.bmc_half_g));
    cr_expect(isfinite(bone.area_half_cm2));
    s.maps.fat_noise_cm = NAN;
    const osarc_dxa_body_input input = {
        .maps = &s.maps, .height_m = 1.7, .weight_kg = 70, .refused = "no limbs"};
    EXPECT_OK(osarc_measure_dxa_body(s.findings, &s.context, &input, &s.scores, &err));
    const osarc_finding *fat = find(&s, "total", "fat_percent");
    cr_assert(fat != NULL);
    cr_expect(isfinite(fat->value));
    cr_expect(isnan(fat->ci_low));
    cr_expect(isnan(fat->ci_high));
    end_scene(&s);
}

Test(measure_dxa, joins_ranges_as_masses_over_areas)
{
    const double density[4] = {0.95, 1, 1.05, 1.1};
    scene s;
    make_scene(&s, density);
    measure(&s);
    const osarc_finding *bmc = find(&s, "L1-L4", "bmc");
    const osarc_finding *area = find(&s, "L1-L4", "bone_area");
    const osarc_finding *abmd = find(&s, "L1-L4", "abmd");
    cr_assert(bmc && area && abmd);
    cr_expect(epsilon_eq(dbl, abmd->value, bmc->value / area->value, 1e-9));
    cr_expect(epsilon_eq(dbl, bmc->value, 12 * 4.1, 0.05));
    cr_expect(abmd->ci_low < 1.025 && abmd->ci_high > 1.025);
    /* areas are uncertain each on its own, masses together, and of the density what the
     * calibration leaves counts once more */
    double area2 = 0;
    double bmc_half = 0;
    double noise2 = 0;
    for (int v = 0; v < 4; v++) {
        osarc_dxa_bone b;
        EXPECT_OK(osarc_dxa_bone_measure(&b, &s.maps, s.labels, (uint8_t) (31 - v), &err));
        halves h = halves_of(&s.maps, b.area_cm2, b.abmd_g_cm2);
        area2 += h.area * h.area;
        bmc_half += h.bmc;
        noise2 += h.abmd * b.area_cm2 * h.abmd * b.area_cm2;
    }
    double calibration = 1.959963984540054 * s.maps.calibration_sd_g_cm2;
    double abmd_half = hypot(sqrt(noise2) / area->value, calibration);
    cr_expect(epsilon_eq(dbl, area->ci_high - area->value, sqrt(area2), 1e-9));
    cr_expect(epsilon_eq(dbl, bmc->ci_high - bmc->value, bmc_half, 1e-9));
    cr_expect(epsilon_eq(dbl, abmd->value - abmd->ci_low, abmd_half, 1e-9));
    cr_expect(epsilon_eq(dbl, abmd->ci_high - abmd->value, abmd_half, 1e-9));
    cr_expect(eq(str, (char *) abmd->basis, "HA"));
    cr_expect(eq(str, (char *) abmd->method, "dxa-wedge"));
    static const char *const RANGES[] = {"L1-L3", "L1-L2", "L2-L4", "L2-L3", "L3-L4"};
    for (size_t i = 0; i < 5; i++)
        cr_expect(find(&s, RANGES[i], "abmd") != NULL, "%s", RANGES[i]);
    end_scene(&s);
}

Test(measure_dxa, leaves_out_a_vertebra_unlike_both_neighbours)
{
    const double density[4] = {0.9, 0.92, 1.2, 0.95};
    scene s;
    make_scene(&s, density);
    measure(&s);
    const osarc_finding *l3 = find(&s, "L3", "abmd");
    const osarc_finding *all = find(&s, "L1-L4", "abmd");
    cr_assert(l3 && all);
    cr_expect(eq(int, (int) l3->quality, OSARC_QUALITY_WARNING));
    cr_expect(strstr(l3->note, "left out of means") != NULL);
    cr_expect(strstr(all->note, "without L3") != NULL, "%s", all->note);
    cr_expect(epsilon_eq(dbl, all->value, (0.9 + 0.92 + 0.95) / 3, 0.01));
    cr_expect(find(&s, "L2-L3", "abmd") == NULL);
    cr_expect(find(&s, "L1-L2", "abmd") != NULL);
    cr_expect(eq(int, (int) find(&s, "L2", "abmd")->quality, OSARC_QUALITY_OK));
    end_scene(&s);
}

/* L1 is usually 0.1 g/cm2 lower than L2: that alone is no reason. */
Test(measure_dxa, keeps_an_l1_that_is_lower_as_usual)
{
    const double density[4] = {0.86, 1.0, 1.02, 1.0};
    scene s;
    make_scene(&s, density);
    measure(&s);
    const osarc_finding *l1 = find(&s, "L1", "abmd");
    const osarc_finding *all = find(&s, "L1-L4", "abmd");
    cr_assert(l1 && all);
    cr_expect(eq(int, (int) l1->quality, OSARC_QUALITY_OK));
    cr_expect(strstr(all->note, "without") == NULL, "%s", all->note);
    end_scene(&s);
}

/* A percent of a vertebra where the detector was full is no bone without mineral. */
Test(measure_dxa, refuses_a_vertebra_with_pixels_that_were_not_measured)
{
    const double density[4] = {0.9, 0.92, 0.95, 0.95};
    scene s;
    make_scene(&s, density);
    size_t lost = 0;
    for (size_t i = 0; i < COLUMNS * ROWS && lost < 60; i++)
        if (s.labels[i] == 30) {
            s.maps.pixels[i] = OSARC_DXA_NOTHING;
            s.maps.bone_g_cm2[i] = 0;
            lost++;
        }
    measure(&s);
    const osarc_finding *l2 = find(&s, "L2", "abmd");
    cr_assert(l2 != NULL);
    cr_expect(eq(int, (int) l2->quality, OSARC_QUALITY_REFUSED));
    cr_expect(isnan(l2->value) && strstr(l2->note, "not measured") != NULL, "%s", l2->note);
    cr_expect(strstr(find(&s, "L1-L4", "abmd")->note, "without L2") != NULL);
    end_scene(&s);
}

Test(measure_dxa, leaves_out_an_end_unlike_the_next)
{
    const double density[4] = {0.9, 0.92, 0.95, 1.2};
    scene s;
    make_scene(&s, density);
    measure(&s);
    cr_expect(strstr(find(&s, "L4", "abmd")->note, "left out") != NULL);
    cr_expect(strstr(find(&s, "L1-L4", "abmd")->note, "without L4") != NULL);
    end_scene(&s);
}

Test(measure_dxa, refuses_means_of_fewer_than_two)
{
    const double density[4] = {0.5, 1, 1.5, 1};
    scene s;
    make_scene(&s, density);
    measure(&s);
    static const char *const QUANTITIES[] = {"abmd", "bmc", "bone_area", "t_score"};
    for (size_t i = 0; i < 4; i++)
        expect_refused(find(&s, "L1-L4", QUANTITIES[i]), "fewer than two");
    cr_expect(find(&s, "L2", "abmd")->value > 0.9);
    end_scene(&s);
}

/* (0.827 - 1.047) / 0.110 = -2 on the Hologic scale. */
Test(measure_dxa, scores_only_on_a_makers_scale)
{
    const double density[4] = {0.827, 0.827, 0.827, 0.827};
    scene s;
    make_scene(&s, density);
    measure(&s);
    expect_refused(find(&s, "L1-L4", "t_score"), "maker's scale");
    end_scene(&s);
    make_scene(&s, density);
    s.scores.scale = OSARC_BMD_HOLOGIC;
    measure(&s);
    const osarc_finding *score = find(&s, "L1-L4", "t_score");
    cr_expect(epsilon_eq(dbl, score->value, -2, 0.07), "%g %s", score->value, score->note);
    cr_expect(strncmp(score->basis, "DXA-Hologic", 11) == 0, "%s", score->basis);
    cr_expect(score->reference[0] != '\0');
    end_scene(&s);
}

Test(measure_dxa, gives_no_interval_and_no_score_without_a_calibration)
{
    const double density[4] = {1, 1, 1, 1};
    scene s;
    make_scene(&s, density);
    s.maps.is_calibrated = 0;
    s.scores.scale = OSARC_BMD_HOLOGIC;
    s.context.warnings = "no calibration";
    measure(&s);
    const osarc_finding *row = find(&s, "L1-L4", "abmd");
    cr_expect(isnan(row->ci_low) && isnan(row->ci_high));
    cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_WARNING));
    cr_expect(eq(str, (char *) row->method, "dxa-tables"));
    cr_expect(eq(str, (char *) row->basis, "HA"));
    expect_refused(find(&s, "L1-L4", "t_score"), "no calibration");
    const osarc_dxa_body_input whole = {.maps = &s.maps, .height_m = 1.6, .weight_kg = 60};
    EXPECT_OK(osarc_measure_dxa_body(s.findings, &s.context, &whole, &s.scores, &err));
    expect_refused(find(&s, "total", "lean_mass"), "calibration");
    end_scene(&s);
}

Test(measure_dxa, refuses_a_vertebra_that_is_not_there)
{
    const double density[4] = {1, 1, 1, 1};
    scene s;
    make_scene(&s, density);
    for (size_t i = 0; i < COLUMNS * ROWS; i++)
        s.labels[i] = s.labels[i] == 31 ? 0 : s.labels[i];
    measure(&s);
    expect_refused(find(&s, "L1", "abmd"), "not found whole");
    cr_expect(strstr(find(&s, "L1-L4", "abmd")->note, "without L1") != NULL);
    osarc_dxa_bone bone;
    EXPECT_REFUSED(osarc_dxa_bone_measure(&bone, &s.maps, s.labels, 31, &err), OSARC_ERR_QUALITY);
    EXPECT_REFUSED(osarc_dxa_bone_measure(&bone, &s.maps, s.labels, 0, &err), OSARC_ERR_ARGUMENT);
    end_scene(&s);
}

Test(measure_dxa, passes_on_why_nothing_was_found)
{
    const double density[4] = {1, 1, 1, 1};
    scene s;
    make_scene(&s, density);
    EXPECT_OK(osarc_measure_dxa_spine(s.findings, &s.context, &s.maps, NULL,
                                      "neither rib nor crest", &s.scores, &err));
    expect_refused(find(&s, "L1-L4", "abmd"), "neither rib nor crest");
    expect_refused(find(&s, "L1-L4", "bmc"), "neither rib nor crest");
    expect_refused(find(&s, "L1-L4", "t_score"), "neither rib nor crest");
    EXPECT_REFUSED(
        osarc_measure_dxa_spine(NULL, &s.context, &s.maps, s.labels, "", &s.scores, &err),
        OSARC_ERR_ARGUMENT);
    end_scene(&s);
}

Test(measure_dxa, sums_a_body_and_its_parts)
{
    const double density[4] = {1, 1, 1, 1};
    scene s;
    make_scene(&s, density);
    const osarc_dxa_part parts[] = {
        {"arm", "left", 1u << 31, 1, {NAN, NAN}, "", NULL},
        {"leg", "left", 1u << 30 | 1u << 29, 1, {NAN, NAN}, "", NULL},
        {"android", "", 0, 0, {60, 120}, "", NULL},
        {"head", "", 1u << 28, 0, {NAN, NAN}, "not seen", NULL},
    };
    osarc_dxa_body_input input = {.maps = &s.maps,
                                  .labels = s.labels,
                                  .parts = parts,
                                  .part_count = 4,
                                  .height_m = 1.6,
                                  .weight_kg = 64};
    EXPECT_OK(osarc_measure_dxa_body(s.findings, &s.context, &input, &s.scores, &err));
    double area = COLUMNS * ROWS * 0.0036;
    cr_expect(epsilon_eq(dbl, find(&s, "total", "lean_mass")->value, 15 * area, 1e-3 * area));
    cr_expect(epsilon_eq(dbl, find(&s, "total", "fat_mass")->value, 5 * area, 1e-3 * area));
    double bone = find(&s, "total", "bone_mass")->value;
    cr_expect(epsilon_eq(dbl, bone, 48, 0.5));
    cr_expect(epsilon_eq(dbl, find(&s, "total", "fat_percent")->value,
                         5 * area / (20 * area + bone), 1e-6));
    /* rows of 0.6 mm from 60 to 120 mm, whole: 101 of them */
    cr_expect(epsilon_eq(dbl, find(&s, "android", "lean_mass")->value, 15 * COLUMNS * 101 * 0.0036,
                         0.01));
    expect_refused(find(&s, "head", "lean_mass"), "not seen");
    expect_refused(find(&s, "head", "fat_percent"), "not seen");
    double limbs = find(&s, "arm", "lean_mass")->value + find(&s, "leg", "lean_mass")->value;
    const osarc_finding *alm = find(&s, "", "alm");
    cr_expect(epsilon_eq(dbl, alm->value, limbs / 1000, 1e-9));
    cr_expect(epsilon_eq(dbl, find(&s, "", "alm_index")->value, limbs / 1000 / 2.56, 1e-9));
    cr_expect(epsilon_eq(dbl, find(&s, "", "alm_bmi")->value, limbs / 1000 / 25, 1e-9));
    end_scene(&s);
}

Test(measure_dxa, refuses_limbs_when_one_is_missing)
{
    const double density[4] = {1, 1, 1, 1};
    scene s;
    make_scene(&s, density);
    const osarc_dxa_part parts[] = {
        {"arm", "left", 1u << 31, 1, {NAN, NAN}, "the picture's edge cuts this arm", NULL},
        {"leg", "left", 1u << 30, 1, {NAN, NAN}, "", NULL},
    };
    osarc_dxa_body_input input = {.maps = &s.maps,
                                  .labels = s.labels,
                                  .parts = parts,
                                  .part_count = 2,
                                  .height_m = NAN,
                                  .weight_kg = NAN};
    EXPECT_OK(osarc_measure_dxa_body(s.findings, &s.context, &input, &s.scores, &err));
    static const char *const QUANTITIES[] = {"alm", "alm_index", "alm_bmi"};
    for (size_t i = 0; i < 3; i++)
        expect_refused(find(&s, "", QUANTITIES[i]), "cuts this arm");
    end_scene(&s);
    make_scene(&s, density);
    input = (osarc_dxa_body_input){.maps = &s.maps, .refused = "no crotch", .height_m = NAN};
    EXPECT_OK(osarc_measure_dxa_body(s.findings, &s.context, &input, &s.scores, &err));
    expect_refused(find(&s, "", "alm"), "no crotch");
    EXPECT_REFUSED(osarc_measure_dxa_body(s.findings, &s.context, NULL, &s.scores, &err),
                   OSARC_ERR_ARGUMENT);
    end_scene(&s);
}
