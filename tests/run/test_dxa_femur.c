/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From two images of a synthetic hip to rows: maps, femur, regions, values. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <expect.h>
#include <osarc/dxa_calibration.h>
#include <osarc/dxa_phantom.h>
#include <osarc/hip_region.h>

#include "dxa_femur_step.h"
#include "dxa_help.h"

static osarc_error err = OSARC_ERROR_INIT;

typedef struct scene {
    osarc_dxa_phantom *phantom;
    osarc_dxa_maps maps;
    osarc_dxa_femur femur;
    osarc_findings *findings;
    osarc_notes *notes;
} scene;

/* calibration: NULL for tables. view: what the header says; 0: what is drawn. */
static void measure_as(scene *s, const char *kind, const osarc_dxa_phantom_options *options,
                       const osarc_dxa_calibration *calibration, osarc_dxa_view view)
{
    static osarc_acquisition nobody;
    osarc_acquisition_init(&nobody);
    memset(s, 0, sizeof(*s));
    s->phantom = draw(kind, options);
    const osarc_dxa_pair *pair = osarc_dxa_phantom_pair(s->phantom);
    osarc_dxa_facts facts = *osarc_dxa_pair_facts(pair);
    facts.view = view ? view : facts.view;
    EXPECT_OK(osarc_findings_create(&s->findings, &err));
    EXPECT_OK(osarc_notes_create(&s->notes, &err));
    EXPECT_OK(osarc_dxa_maps_make(&s->maps, pair, calibration, s->notes, NULL, &err));
    const osarc_dxa_picture picture = {
        .bone = s->maps.bone_g_cm2,
        .columns = s->maps.columns,
        .rows = s->maps.rows,
        .spacing_mm = {s->maps.spacing_mm[0], s->maps.spacing_mm[1]}};
    const osarc_measure_context context = {"case", &nobody, ""};
    const osarc_dxa_scores scores = {.scale = OSARC_BMD_SCALE_UNKNOWN};
    EXPECT_OK(dxa_femur_measure(s->findings, &context, &facts, &s->maps, &picture, &s->femur,
                                s->notes, &scores, &err));
}

static void measure(scene *s, const osarc_dxa_phantom_options *options,
                    const osarc_dxa_calibration *calibration)
{
    measure_as(s, "dxa-hip", options, calibration, OSARC_DXA_VIEW_UNKNOWN);
}

static void end(scene *s)
{
    osarc_dxa_phantom_free(s->phantom);
    osarc_dxa_maps_free(&s->maps);
    osarc_dxa_femur_free(&s->femur);
    osarc_findings_free(s->findings);
    osarc_notes_free(s->notes);
}

static const osarc_finding *find(const scene *s, const char *level, const char *quantity)
{
    return find_row(s->findings, "femur", level, quantity);
}

/* Share that a density is off. */
static double error_of(const scene *s, const char *level)
{
    return find(s, level, "abmd")->value / truth_of(s->phantom, level, "abmd") - 1;
}

/* How far a found place lies from a true line, at right angles to it. */
static double off_line(const scene *s, const double at_mm[2], const char *line, const double way[2])
{
    double x = at_mm[0] - ((double) s->maps.columns - 1) / 2 * s->maps.spacing_mm[0];
    double y = at_mm[1] - ((double) s->maps.rows - 1) / 2 * s->maps.spacing_mm[1];
    return (x - truth_of(s->phantom, line, "across")) * way[0] +
           (y - truth_of(s->phantom, line, "down")) * way[1];
}

static void way_between(double out[2], const scene *s, const char *from, const char *to)
{
    double dx = truth_of(s->phantom, to, "across") - truth_of(s->phantom, from, "across");
    double dy = truth_of(s->phantom, to, "down") - truth_of(s->phantom, from, "down");
    out[0] = dx / hypot(dx, dy);
    out[1] = dy / hypot(dx, dy);
}

/* 5 mm: what technologists place lines to. */
static void expect_lines(const scene *s, const char *what)
{
    double neck[2];
    double shaft[2];
    double ends[2][2];
    const osarc_dxa_femur *f = &s->femur;
    way_between(neck, s, "box_outer_end", "box_inner_end");
    way_between(shaft, s, "cross", "last_line");
    for (int a = 0; a < 2; a++) {
        ends[0][a] = (f->box_mm[1][a] + f->box_mm[2][a]) / 2;
        ends[1][a] = (f->box_mm[0][a] + f->box_mm[3][a]) / 2;
    }
    cr_expect(lt(dbl, fabs(off_line(s, ends[0], "box_outer_end", neck)), 5), "%s", what);
    cr_expect(lt(dbl, fabs(off_line(s, ends[1], "box_inner_end", neck)), 5), "%s", what);
    cr_expect(lt(dbl, fabs(off_line(s, f->cross_mm, "cross", shaft)), 5), "%s", what);
    cr_expect(lt(dbl, fabs(off_line(s, f->last_mm, "last_line", shaft)), 5), "%s", what);
    /* the outline lies up to 1 mm outside, after a blur of 2 mm; axes of drawings to 2 degrees */
    cr_expect(
        epsilon_eq(dbl, find(s, "neck", "width")->value, truth_of(s->phantom, "neck", "width"), 2));
    cr_expect(epsilon_eq(dbl, find(s, "neck", "neck_shaft_angle")->value,
                         truth_of(s->phantom, "neck", "neck_shaft_angle"), 2));
}

/* 1 % without noise is what is asked for. */
static void expect_densities(const char *beams)
{
    static const struct {
        const char *side;
        double turn_deg, shift_px[2];
    } POSES[] = {{"left", -10, {0.3, -0.5}},
                 {"left", 10, {-2, 1}},
                 {"right", 0, {0.7, 1.3}},
                 {"right", 10, {-0.4, 0}}};
    osarc_dxa_calibration calibration = calibrate_beams(beams);
    for (size_t i = 0; i < sizeof(POSES) / sizeof(POSES[0]); i++) {
        scene s;
        osarc_dxa_phantom_options options = {
            .turn_deg = POSES[i].turn_deg,
            .shift_px = {POSES[i].shift_px[0], POSES[i].shift_px[1]}};
        strcpy(options.beams, beams);
        strcpy(options.side, POSES[i].side);
        measure(&s, &options, &calibration);
        cr_assert(eq(str, s.femur.refused, (char *) ""));
        cr_expect(eq(str, s.femur.warning, (char *) ""));
        cr_expect(lt(dbl, fabs(error_of(&s, "neck")), 0.01), "%s %zu", beams, i);
        cr_expect(lt(dbl, fabs(error_of(&s, "intertrochanter")), 0.01), "%s %zu", beams, i);
        cr_expect(lt(dbl, fabs(error_of(&s, "total")), 0.01), "%s %zu", beams, i);
        cr_expect(lt(dbl, fabs(error_of(&s, "trochanter")), 0.01), "%s %zu", beams, i);
        cr_expect(eq(str, (char *) find(&s, "neck", "abmd")->side, (char *) POSES[i].side));
        expect_lines(&s, beams);
        end(&s);
    }
}

Test(run_dxa_femur, densities_and_lines_at_40_and_70)
{
    expect_densities("40/70");
}

Test(run_dxa_femur, densities_and_lines_at_38_and_76)
{
    expect_densities("38/76");
}

Test(run_dxa_femur, densities_and_lines_at_70_and_140)
{
    expect_densities("70/140");
}

/* Pixels of other sizes, thick and thin bodies, thin and dense bone. */
Test(run_dxa_femur, other_bodies_and_pixels_read_as_well)
{
    static const osarc_dxa_phantom_options BODIES[] = {
        {.pixel_mm = 0.4, .soft_g_cm2 = 12, .fat_fraction = 0.15},
        {.pixel_mm = 1, .soft_g_cm2 = 22, .fat_fraction = 0.4},
        {.bone_g_cm2 = {0.5, 0.45, 0.7, 0.6}},
        {.bone_g_cm2 = {1.2, 1, 1.4, 1.3}, .side = "right"}};
    osarc_dxa_calibration calibration = calibrate_beams("38/76");
    for (size_t i = 0; i < sizeof(BODIES) / sizeof(BODIES[0]); i++) {
        scene s;
        measure(&s, &BODIES[i], &calibration);
        cr_assert(eq(str, s.femur.refused, (char *) ""));
        /* pixels of 1 mm hold a tenth of the neck's width at each edge: 2 % */
        double most = BODIES[i].pixel_mm > 0.6 ? 0.02 : 0.01;
        cr_expect(lt(dbl, fabs(error_of(&s, "neck")), most), "%zu: %g", i, error_of(&s, "neck"));
        cr_expect(lt(dbl, fabs(error_of(&s, "total")), most), "%zu: %g", i, error_of(&s, "total"));
        expect_lines(&s, "body");
        end(&s);
    }
}

/* Three hips, ten times each, moved and turned by their seeds, with the noise of 100000 photons a
 * pixel: 27 degrees of freedom, as in the studies of precision that ISCD asks for. Its least
 * acceptable RMS-CV of technologists: 2.5 % of the neck, 1.8 % of the total. Each density within 2
 * % of the truth. */
Test(run_dxa_femur, repeats_agree_better_than_iscd_asks_for)
{
    static const osarc_dxa_phantom_options HIPS[] = {
        {.side = "left"},
        {.side = "right", .bone_g_cm2 = {0.55, 0.5, 0.75, 0.7}, .fat_fraction = 0.35},
        {.side = "left", .bone_g_cm2 = {1, 0.85, 1.2, 1.1}, .soft_g_cm2 = 20}};
    static const char *const LEVELS[] = {"neck", "total"};
    const double asked[2] = {0.025, 0.018};
    double squares[2] = {0, 0};
    osarc_dxa_calibration calibration = calibrate_beams("38/76");
    for (size_t h = 0; h < 3; h++) {
        double sum[2] = {0, 0};
        double sum2[2] = {0, 0};
        for (int n = 0; n < 10; n++) {
            scene s;
            osarc_dxa_phantom_options options = HIPS[h];
            options.seed = 100 * h + (uint64_t) n;
            options.repositioned = 1;
            options.photons = 1e5;
            options.shift_px[0] = 0.2 * n - 1;
            measure(&s, &options, &calibration);
            for (int l = 0; l < 2; l++) {
                double value = find(&s, LEVELS[l], "abmd")->value;
                cr_expect(lt(dbl, fabs(error_of(&s, LEVELS[l])), 0.02), "hip %zu, %d: %s %g", h, n,
                          LEVELS[l], error_of(&s, LEVELS[l]));
                sum[l] += value;
                sum2[l] += value * value;
            }
            end(&s);
        }
        for (int l = 0; l < 2; l++) {
            double mean = sum[l] / 10;
            squares[l] += (sum2[l] - 10 * mean * mean) / 9 / (mean * mean) / 3;
        }
    }
    for (int l = 0; l < 2; l++) {
        printf("RMS-CV of %s: %.2f %%\n", LEVELS[l], 100 * sqrt(squares[l]));
        cr_expect(lt(dbl, sqrt(squares[l]), asked[l]));
    }
}

Test(run_dxa_femur, a_lesser_trochanter_that_stands_out_is_a_warning)
{
    scene s;
    const osarc_dxa_phantom_options options = {.lesser_mm = 9};
    osarc_dxa_calibration calibration = calibrate_beams("38/76");
    measure(&s, &options, &calibration);
    const osarc_finding *row = find(&s, "total", "abmd");
    cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_WARNING));
    cr_expect(strstr(row->note, "turned out") != NULL, "%s", row->note);
    end(&s);
}

Test(run_dxa_femur, a_side_that_the_bone_does_not_show_is_not_given)
{
    scene s;
    const osarc_dxa_phantom_options options = {.side = "left"};
    osarc_dxa_calibration calibration = calibrate_beams("38/76");
    measure_as(&s, "dxa-hip", &options, &calibration, OSARC_DXA_VIEW_FEMUR_RIGHT);
    for (size_t i = 0; i < osarc_findings_count(s.findings); i++)
        cr_expect(eq(str, (char *) osarc_findings_at(s.findings, i)->side, (char *) ""));
    const osarc_finding *row = find(&s, "neck", "abmd");
    cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_WARNING));
    cr_expect(strstr(row->note, "protocol says right") != NULL, "%s", row->note);
    end(&s);
}

Test(run_dxa_femur, without_a_calibration_there_is_no_interval_and_no_score)
{
    scene s;
    measure(&s, NULL, NULL);
    const osarc_finding *row = find(&s, "neck", "abmd");
    cr_expect(eq(str, (char *) row->method, "dxa-tables"));
    cr_expect(isnan(row->ci_low) && isnan(row->ci_high));
    const osarc_finding *score = find(&s, "neck", "t_score");
    cr_expect(eq(int, (int) score->quality, OSARC_QUALITY_REFUSED));
    cr_expect(isnan(score->value));
    cr_expect(strstr(score->note, "no calibration") != NULL);
    end(&s);
}

/* 2 % is what is asked for at clinical noise: thick, and with few photons. */
Test(run_dxa_femur, noise_that_looks_like_bone_is_a_warning)
{
    static const osarc_dxa_phantom_options NOISY[] = {
        {.soft_g_cm2 = 25, .fat_fraction = 0.2, .photons = 1e5}, {.photons = 1e4}};
    osarc_dxa_calibration calibration = calibrate_beams("38/76");
    for (size_t i = 0; i < 2; i++) {
        scene s;
        measure(&s, &NOISY[i], &calibration);
        const osarc_finding *row = find(&s, "total", "abmd");
        cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_WARNING));
        cr_expect(strstr(row->note, "few photons") != NULL, "%s", row->note);
        cr_expect(lt(dbl, fabs(error_of(&s, "total")), 0.02), "%g", error_of(&s, "total"));
        end(&s);
    }
}

static void expect_all_refused(const scene *s, const char *words)
{
    size_t count = osarc_findings_count(s->findings);
    /* three quantities of four regions, two of the neck's shape, two scores */
    cr_expect(eq(sz, count, 16));
    for (size_t i = 0; i < count; i++) {
        const osarc_finding *row = osarc_findings_at(s->findings, i);
        cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_REFUSED), "%s", row->quantity);
        cr_expect(isnan(row->value), "%s", row->quantity);
        cr_expect(strstr(row->note, words) != NULL, "%s: %s", row->quantity, row->note);
    }
}

Test(run_dxa_femur, a_spine_is_no_femur)
{
    scene s;
    osarc_dxa_calibration calibration = calibrate_beams("38/76");
    measure_as(&s, "dxa-spine", NULL, &calibration, OSARC_DXA_VIEW_FEMUR_LEFT);
    cr_expect(ne(str, s.femur.refused, (char *) ""));
    expect_all_refused(&s, s.femur.refused);
    cr_expect(eq(str, (char *) find(&s, "total", "abmd")->side, (char *) "left"));
    end(&s);
}

Test(run_dxa_femur, a_wedge_is_no_femur)
{
    scene s;
    measure_as(&s, "dxa-wedge", NULL, NULL, OSARC_DXA_VIEW_FEMUR_RIGHT);
    cr_expect(ne(str, s.femur.refused, (char *) ""));
    expect_all_refused(&s, s.femur.refused);
    end(&s);
}
