/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <expect.h>
#include <osarc/dxa_calibration.h>
#include <osarc/dxa_phantom.h>

#include "dxa_body_step.h"
#include "dxa_help.h"

static osarc_error err = OSARC_ERROR_INIT;

typedef struct scene {
    osarc_dxa_maps maps;
    osarc_dxa_body body;
    osarc_findings *findings;
    osarc_notes *notes;
} scene;

/* The body phantom without some of its last rows, and of its last or, under 0, first columns. */
static osarc_dxa_pair *crop(size_t lost_rows, long lost_columns)
{
    osarc_dxa_phantom *body = NULL;
    osarc_dxa_phantom_options options = {.photons = 1e6};
    EXPECT_OK(osarc_dxa_phantom_create(&body, "dxa-body", &options, &err));
    const osarc_dxa_pair *whole = osarc_dxa_phantom_pair(body);
    osarc_dxa_facts facts = *osarc_dxa_pair_facts(whole);
    osarc_dxa_pair *pair = NULL;
    size_t columns = facts.columns;
    size_t first = lost_columns < 0 ? (size_t) -lost_columns : 0;
    facts.rows -= lost_rows;
    facts.columns -= (size_t) labs(lost_columns);
    EXPECT_OK(osarc_dxa_pair_create(&pair, &facts, &err));
    for (int e = 0; e < 2; e++)
        for (size_t y = 0; y < facts.rows; y++)
            memcpy(osarc_dxa_pair_fill(pair, (osarc_dxa_energy) e) + y * facts.columns,
                   osarc_dxa_pair_values(whole, (osarc_dxa_energy) e) + y * columns + first,
                   facts.columns * sizeof(float));
    osarc_dxa_phantom_free(body);
    return pair;
}

static void measure_view(scene *s, size_t lost_rows, long lost_columns, int mirror)
{
    osarc_dxa_calibration calibration;
    const dxa_body_facts facts = {1.7, 60, mirror};
    const osarc_dxa_scores scores = {.scale = OSARC_BMD_SCALE_UNKNOWN};
    memset(s, 0, sizeof(*s));
    const osarc_dxa_phantom_options options = {.photons = 1e7};
    calibration = calibrate(&options);
    osarc_dxa_pair *pair = crop(lost_rows, lost_columns);
    EXPECT_OK(osarc_notes_create(&s->notes, &err));
    EXPECT_OK(osarc_findings_create(&s->findings, &err));
    EXPECT_OK(osarc_dxa_maps_make(&s->maps, pair, &calibration, NULL, NULL, &err));
    const osarc_measure_context context = {"case", &osarc_dxa_pair_facts(pair)->acquisition, ""};
    const osarc_dxa_picture picture = {
        .bone = s->maps.bone_g_cm2,
        .columns = s->maps.columns,
        .rows = s->maps.rows,
        .spacing_mm = {s->maps.spacing_mm[0], s->maps.spacing_mm[1]}};
    EXPECT_OK(dxa_body_measure(s->findings, &context, &s->maps, &picture, &s->body, s->notes,
                               &scores, &facts, &err));
    osarc_dxa_pair_free(pair);
}

static void measure(scene *s, size_t lost_rows)
{
    measure_view(s, lost_rows, 0, 0);
}

static void drop(scene *s)
{
    osarc_dxa_body_free(&s->body);
    osarc_dxa_maps_free(&s->maps);
    osarc_findings_free(s->findings);
    osarc_notes_free(s->notes);
}

static const osarc_finding *find(const scene *s, const char *level, const char *side,
                                 const char *quantity)
{
    for (size_t i = 0; i < osarc_findings_count(s->findings); i++) {
        const osarc_finding *row = osarc_findings_at(s->findings, i);
        if ((!level || strcmp(row->level, level) == 0) && strcmp(row->side, side) == 0 &&
            strcmp(row->quantity, quantity) == 0)
            return row;
    }
    cr_assert(0, "no row");
    return NULL;
}

static void expect_refused_for(const scene *s, const char *level, const char *side,
                               const char *quantity, const char *words)
{
    const osarc_finding *row = find(s, level, side, quantity);
    cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_REFUSED), "%s", row->quantity);
    cr_expect(isnan(row->value));
    cr_expect(strstr(row->note, words) != NULL, "%s", row->note);
}

static void expect_refused(const scene *s, const char *level, const char *side,
                           const char *quantity)
{
    expect_refused_for(s, level, side, quantity, "cuts the feet");
}

Test(run_dxa_body_step, a_whole_body_has_all_its_rows)
{
    scene s;
    measure(&s, 0);
    cr_expect(isfinite(find(&s, "total", "", "lean_mass")->value));
    cr_expect(isfinite(find(&s, "leg", "left", "lean_mass")->value));
    cr_expect(isfinite(find(&s, NULL, "", "alm")->value));
    drop(&s);
}

/* 40 rows of 3 mm: the feet and a part of the shins. */
Test(run_dxa_body_step, feet_beyond_the_picture_are_not_taken_for_none)
{
    scene s;
    measure(&s, 40);
    expect_refused(&s, "total", "", "lean_mass");
    expect_refused(&s, "leg", "left", "lean_mass");
    expect_refused(&s, "leg", "right", "fat_mass");
    expect_refused(&s, NULL, "", "alm");
    const osarc_finding *arm = find(&s, "arm", "left", "lean_mass");
    cr_expect(isfinite(arm->value));
    cr_expect(strstr(arm->note, "cuts the feet") != NULL, "%s", arm->note);
    drop(&s);
}

/* 42 columns of 3 mm: the picture ends within an arm, 188 to 272 mm from the middle. */
#define CUT_COLUMNS 42

Test(run_dxa_body_step, an_arm_beyond_the_picture_is_missing_in_the_total_too)
{
    for (int left = 0; left < 2; left++) {
        const char *side = left ? "left" : "right";
        scene s;
        measure_view(&s, 0, left ? CUT_COLUMNS : -CUT_COLUMNS, 0);
        expect_refused_for(&s, "arm", side, "lean_mass", "edge cuts this arm");
        expect_refused_for(&s, "total", "", "fat_mass", "edge cuts an arm");
        expect_refused_for(&s, NULL, "", "alm", "edge cuts this arm");
        cr_expect(isfinite(find(&s, "arm", left ? "right" : "left", "lean_mass")->value));
        cr_expect(isfinite(find(&s, "trunk", "", "lean_mass")->value));
        drop(&s);
    }
}

/* The whole arm, twice: to 1e-9 of the sums that are printed. */
Test(run_dxa_body_step, an_arm_is_mirrored_on_request_and_every_sum_with_it_says_so)
{
    static const char *const QUANTITIES[] = {"lean_mass", "fat_mass", "bone_mass", "fat_percent"};
    for (int left = 0; left < 2; left++) {
        const char *cut = left ? "left" : "right";
        const char *whole = left ? "right" : "left";
        scene s;
        measure_view(&s, 0, left ? CUT_COLUMNS : -CUT_COLUMNS, 1);
        for (size_t i = 0; i < 4; i++) {
            const osarc_finding *row = find(&s, "arm", cut, QUANTITIES[i]);
            const osarc_finding *own = find(&s, "arm", whole, QUANTITIES[i]);
            cr_expect(eq(dbl, row->value, own->value));
            cr_expect(strstr(row->note, "stands for the other one") != NULL, "%s", row->note);
            cr_expect(strstr(row->note, whole) != NULL, "%s", row->note);
            cr_expect(eq(int, (int) row->quality, OSARC_QUALITY_WARNING));
            cr_expect(isnan(row->ci_low) && isnan(row->ci_high));
            cr_expect(strstr(own->note, "stands for") == NULL, "%s", own->note);
        }
        for (size_t i = 0; i < 3; i++) {
            double sum = find(&s, "head", "", QUANTITIES[i])->value +
                         find(&s, "trunk", "", QUANTITIES[i])->value +
                         find(&s, "leg", "left", QUANTITIES[i])->value +
                         find(&s, "leg", "right", QUANTITIES[i])->value +
                         2 * find(&s, "arm", whole, QUANTITIES[i])->value;
            const osarc_finding *total = find(&s, "total", "", QUANTITIES[i]);
            cr_expect(epsilon_eq(dbl, total->value, sum, 1e-9 * sum), "%s", QUANTITIES[i]);
            cr_expect(strstr(total->note, "stands for the other one") != NULL);
        }
        const osarc_finding *alm = find(&s, NULL, "", "alm");
        double limbs = find(&s, "leg", "left", "lean_mass")->value +
                       find(&s, "leg", "right", "lean_mass")->value +
                       2 * find(&s, "arm", whole, "lean_mass")->value;
        cr_expect(epsilon_eq(dbl, alm->value, limbs / 1000, 1e-9 * limbs));
        cr_expect(eq(int, (int) alm->quality, OSARC_QUALITY_WARNING));
        cr_expect(strstr(alm->note, "stands for the other one") != NULL);
        drop(&s);
    }
}

Test(run_dxa_body_step, nothing_is_mirrored_where_both_arms_are_whole)
{
    scene s;
    measure_view(&s, 0, 0, 1);
    cr_expect(strstr(find(&s, NULL, "", "alm")->note, "stands for") == NULL);
    cr_expect(find(&s, "arm", "left", "lean_mass")->value >
              find(&s, "arm", "right", "lean_mass")->value);
    drop(&s);
}

/* Shares of fat of the regions, one over the other. The android region of the phantom lies in its
 * trunk, of 18 of lean and 7 g/cm2 of fat and 32 cm wide, with 4 cm of spine of 1 g/cm2 in it: to a
 * point of fat. */
Test(run_dxa_body_step, the_ratio_is_that_of_the_shares_of_fat)
{
    scene s;
    measure(&s, 0);
    const osarc_finding *ratio = find(&s, NULL, "", "android_gynoid_ratio");
    const osarc_finding *android = find(&s, "android", "", "fat_percent");
    const osarc_finding *gynoid = find(&s, "gynoid", "", "fat_percent");
    double a = android->value;
    double g = gynoid->value;
    double width = 32 * M_PI / 4;
    cr_expect(epsilon_eq(dbl, a, 7 * width / (25 * width + 4), 0.01), "%g", a);
    cr_expect(epsilon_eq(dbl, ratio->value, a / g, 1e-12));
    /* relative errors of a quotient add up as squares */
    double half = a / g * hypot((android->ci_high - a) / a, (gynoid->ci_high - g) / g);
    cr_expect(epsilon_eq(dbl, ratio->ci_high - ratio->value, half, 1e-9));
    cr_expect(eq(str, (char *) ratio->unit, "1"));
    drop(&s);
    measure(&s, 500);
    cr_expect(isnan(find(&s, NULL, "", "android_gynoid_ratio")->value));
    drop(&s);
}
