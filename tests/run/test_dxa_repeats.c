/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Spines and bodies from two images to rows: what is true of them, and again where they were laid
 * down anew. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <expect.h>
#include <osarc/dxa_calibration.h>
#include <osarc/dxa_phantom.h>

#include "dxa_body_step.h"

static osarc_error err = OSARC_ERROR_INIT;

typedef struct scan {
    osarc_dxa_phantom *phantom;
    osarc_dxa_maps maps;
    osarc_dxa_body body;
    osarc_dxa_spine spine;
    osarc_findings *findings;
    osarc_notes *notes;
} scan;

static osarc_dxa_calibration calibrate(const char *beams)
{
    osarc_dxa_phantom *wedge = NULL;
    osarc_dxa_calibration out;
    osarc_dxa_phantom_options options = {.photons = 1e7};
    strcpy(options.beams, beams);
    EXPECT_OK(osarc_dxa_phantom_create(&wedge, "dxa-wedge", &options, &err));
    EXPECT_OK(osarc_dxa_calibrate(&out, osarc_dxa_phantom_pair(wedge),
                                  osarc_dxa_wedge_find("al-pmma"), NULL, &err));
    osarc_dxa_phantom_free(wedge);
    return out;
}

static void measure(scan *s, const char *kind, const osarc_dxa_phantom_options *options,
                    const osarc_dxa_calibration *calibration)
{
    const dxa_body_facts facts = {1.7, 60, 0};
    const osarc_dxa_scores scores = {.scale = OSARC_BMD_SCALE_UNKNOWN};
    memset(s, 0, sizeof(*s));
    EXPECT_OK(osarc_dxa_phantom_create(&s->phantom, kind, options, &err));
    const osarc_dxa_pair *pair = osarc_dxa_phantom_pair(s->phantom);
    EXPECT_OK(osarc_notes_create(&s->notes, &err));
    EXPECT_OK(osarc_findings_create(&s->findings, &err));
    EXPECT_OK(osarc_dxa_maps_make(&s->maps, pair, calibration, NULL, NULL, &err));
    const osarc_measure_context context = {"case", &osarc_dxa_pair_facts(pair)->acquisition, ""};
    const osarc_dxa_picture picture = {
        .bone = s->maps.bone_g_cm2,
        .columns = s->maps.columns,
        .rows = s->maps.rows,
        .spacing_mm = {s->maps.spacing_mm[0], s->maps.spacing_mm[1]}};
    if (strcmp(kind, "dxa-body") == 0) {
        EXPECT_OK(dxa_body_measure(s->findings, &context, &s->maps, &picture, &s->body, s->notes,
                                   &scores, &facts, &err));
        return;
    }
    EXPECT_OK(osarc_dxa_spine_find(&s->spine, &picture, &err));
    EXPECT_OK(osarc_measure_dxa_spine(s->findings, &context, &s->maps, s->spine.labels,
                                      s->spine.refused, &scores, &err));
}

static void end(scan *s)
{
    osarc_dxa_body_free(&s->body);
    osarc_dxa_spine_free(&s->spine);
    osarc_dxa_maps_free(&s->maps);
    osarc_findings_free(s->findings);
    osarc_notes_free(s->notes);
    osarc_dxa_phantom_free(s->phantom);
}

/* "arm_left" as the truth has it. */
static double value_of(const scan *s, const char *region, const char *quantity)
{
    for (size_t i = 0; i < osarc_findings_count(s->findings); i++) {
        const osarc_finding *row = osarc_findings_at(s->findings, i);
        char name[64];
        snprintf(name, sizeof(name), "%.30s%s%.10s", row->level, row->side[0] ? "_" : "",
                 row->side);
        if (strcmp(row->quantity, quantity) == 0 &&
            (strcmp(name, region) == 0 || strcmp(quantity, "alm") == 0)) {
            cr_expect(isfinite(row->value), "%s %s: %s", region, quantity, row->note);
            return row->value;
        }
    }
    cr_assert(0, "no %s of %s", quantity, region);
    return NAN;
}

static double truth_of(const scan *s, const char *region, const char *quantity)
{
    for (size_t i = 0; i < osarc_dxa_phantom_truth_count(s->phantom); i++) {
        const osarc_dxa_truth *t = osarc_dxa_phantom_truth(s->phantom, i);
        if (strcmp(t->region, region) == 0 && strcmp(t->quantity, quantity) == 0)
            return t->value;
    }
    cr_assert(0, "no truth %s of %s", quantity, region);
    return NAN;
}

/* Off by so much of the truth. */
static double share_off(const scan *s, const char *region, const char *quantity)
{
    return value_of(s, region, quantity) / truth_of(s, region, quantity) - 1;
}

static const char *const PARTS[] = {"total",     "trunk",    "arm_left",
                                    "arm_right", "leg_left", "leg_right"};
#define PART_COUNT (sizeof(PARTS) / sizeof(PARTS[0]))

/* Lean mass and ALM within 2 %, fat within a point, and cuts within 5 mm: chin, crotch, and the
 * line of the legs, whose plate is free of bone for 2 degrees either way. Wings of the pelvis are
 * turned plates, whose corner is no crest: 10 mm. The head is nearly all behind bone, and its row
 * says so. */
static void expect_body(const scan *s, const char *what)
{
    static const double ORIGIN_MM[2] = {328.5, 898.5}; /* middle, from the first pixel's */
    const double *at = osarc_dxa_phantom_settings(s->phantom)->offset_mm;
    const osarc_dxa_body *b = &s->body;
    cr_assert(eq(str, (char *) b->refused, (char *) ""));
    for (size_t p = 0; p < PART_COUNT; p++) {
        double off = share_off(s, PARTS[p], "lean_mass");
        cr_expect(lt(dbl, fabs(off), 0.02), "%s: %s %g", what, PARTS[p], off);
        off = value_of(s, PARTS[p], "fat_percent") - truth_of(s, PARTS[p], "fat_percent");
        cr_expect(lt(dbl, fabs(off), 0.01), "%s: fat of %s %g", what, PARTS[p], off);
    }
    cr_expect(lt(dbl, fabs(share_off(s, "limbs", "alm")), 0.02), "%s", what);
    cr_expect(epsilon_eq(dbl, b->chin_mm - ORIGIN_MM[1] - at[1], -700, 5), "%s", what);
    cr_expect(epsilon_eq(dbl, b->crest_mm - ORIGIN_MM[1] - at[1], -139, 10), "%s", what);
    cr_expect(epsilon_eq(dbl, b->crotch_mm[0] - ORIGIN_MM[0] - at[0], 0, 5), "%s", what);
    cr_expect(epsilon_eq(dbl, b->crotch_mm[1] - ORIGIN_MM[1] - at[1], 0, 5), "%s", what);
    for (int side = 0; side < 2; side++)
        cr_expect(epsilon_eq(dbl, b->leg_deg[side], OSARC_DXA_BODY_LEG_DEG, 3), "%s", what);
}

Test(run_dxa_repeats, bodies_are_weighed_at_all_pairs_of_beams)
{
    static const char *const BEAMS[] = {"40/70", "38/76", "70/140"};
    static const double SHIFTS[][2] = {{0.3, -0.5}, {2, -1.2}};
    for (size_t b = 0; b < 3; b++) {
        osarc_dxa_calibration calibration = calibrate(BEAMS[b]);
        for (size_t i = 0; i < 2; i++) {
            scan s;
            char what[32];
            osarc_dxa_phantom_options options = {.shift_px = {SHIFTS[i][0], SHIFTS[i][1]},
                                                 .photons = i % 2 ? 3e5 : 0};
            strcpy(options.beams, BEAMS[b]);
            snprintf(what, sizeof(what), "%s, %zu", BEAMS[b], i);
            measure(&s, "dxa-body", &options, &calibration);
            expect_body(&s, what);
            end(&s);
        }
    }
}

/* 0.5, 1, 1.5 and 1 g/cm2: within 1 % without noise, 2 % at the noise of a clinical scan. */
Test(run_dxa_repeats, vertebrae_are_measured_at_all_pairs_of_beams)
{
    static const char *const BEAMS[] = {"40/70", "38/76", "70/140"};
    static const double SHIFTS[][2] = {{0.3, -0.5}, {2, -1.2}};
    static const char *const LEVELS[] = {"L1", "L2", "L3", "L4"};
    for (size_t b = 0; b < 3; b++) {
        osarc_dxa_calibration calibration = calibrate(BEAMS[b]);
        for (size_t i = 0; i < 4; i++) {
            scan s;
            osarc_dxa_phantom_options options = {.shift_px = {SHIFTS[i % 2][0], SHIFTS[i % 2][1]},
                                                 .photons = i < 2 ? 0 : 1e5};
            strcpy(options.beams, BEAMS[b]);
            measure(&s, "dxa-spine", &options, &calibration);
            for (size_t l = 0; l < 4; l++)
                cr_expect(lt(dbl, fabs(share_off(&s, LEVELS[l], "abmd")), i < 2 ? 0.01 : 0.02),
                          "%s, %zu: %s %g", BEAMS[b], i, LEVELS[l],
                          share_off(&s, LEVELS[l], "abmd"));
            end(&s);
        }
    }
}

/* Rows of three patients, ten scans each. */
typedef struct repeats {
    const char *region, *quantity;
    double most; /* of the root mean square CV, as the ISCD asks of technologists; 0: nothing */
    double sum, sum2, squares;
} repeats;

static void add_scan(repeats *r, size_t count, const scan *s)
{
    for (size_t i = 0; i < count; i++) {
        double value = value_of(s, r[i].region, r[i].quantity);
        r[i].sum += value;
        r[i].sum2 += value * value;
    }
}

static void end_patient(repeats *r, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double mean = r[i].sum / 10;
        r[i].squares += (r[i].sum2 - 10 * mean * mean) / 9 / (mean * mean);
        r[i].sum = r[i].sum2 = 0;
    }
}

static void expect_precise(const repeats *r, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double cv = sqrt(r[i].squares / 3);
        printf("RMS-CV of %s %s: %.2f %%\n", r[i].region, r[i].quantity, 100 * cv);
        cr_expect(lt(dbl, cv, r[i].most > 0 ? r[i].most : 0.02), "%s", r[i].quantity);
    }
}

/* ISCD: least acceptable precision of lean mass 2 %, fat mass 3 %, share of fat 2 %; none is
 * published for ALM, taken as lean mass. */
Test(run_dxa_repeats, bodies_laid_down_again_weigh_the_same)
{
    static const double LIMBS[] = {1, 0.8, 1.15};
    repeats rows[] = {{.region = "total", .quantity = "lean_mass", .most = 0.02},
                      {.region = "total", .quantity = "fat_mass", .most = 0.03},
                      {.region = "total", .quantity = "fat_percent", .most = 0.02},
                      {.region = "", .quantity = "alm"}};
    size_t count = sizeof(rows) / sizeof(rows[0]);
    osarc_dxa_calibration calibration = calibrate("38/76");
    for (size_t p = 0; p < 3; p++) {
        for (int n = 0; n < 10; n++) {
            scan s;
            char what[32];
            osarc_dxa_phantom_options options = {.limb_lean = LIMBS[p],
                                                 .photons = 1e5,
                                                 .repositioned = 1,
                                                 .seed = 10 * p + (uint64_t) n,
                                                 .shift_px = {0.4 * n - 2, 0.3 * n - 1}};
            snprintf(what, sizeof(what), "body %zu, %d", p, n);
            measure(&s, "dxa-body", &options, &calibration);
            expect_body(&s, what);
            add_scan(rows, count, &s);
            end(&s);
        }
        end_patient(rows, count);
    }
    expect_precise(rows, count);
}

/* ISCD: 1.9 % of L1-L4. Within 2 % of the truth together; of one vertebra 3 %, of which noise at
 * 100000 photons behind 20 g/cm2 takes half. */
Test(run_dxa_repeats, spines_laid_down_again_are_as_dense)
{
    static const osarc_dxa_phantom_options SPINES[] = {
        {.bone_g_cm2 = {0.9, 1, 1.05, 1.05}},
        {.bone_g_cm2 = {0.65, 0.75, 0.8, 0.8}, .fat_fraction = 0.35, .soft_g_cm2 = 20},
        {.bone_g_cm2 = {1.1, 1.2, 1.25, 1.25}, .soft_g_cm2 = 13}};
    static const char *const LEVELS[] = {"L1", "L2", "L3", "L4", "L1-L4"};
    repeats rows[] = {{.region = "L1-L4", .quantity = "abmd", .most = 0.019}};
    osarc_dxa_calibration calibration = calibrate("38/76");
    for (size_t p = 0; p < 3; p++) {
        for (int n = 0; n < 10; n++) {
            scan s;
            osarc_dxa_phantom_options options = SPINES[p];
            options.photons = 1e5;
            options.repositioned = 1;
            options.seed = 10 * p + (uint64_t) n;
            options.shift_px[0] = 0.4 * n - 2;
            options.shift_px[1] = 0.3 * n - 1;
            measure(&s, "dxa-spine", &options, &calibration);
            for (size_t l = 0; l < 5; l++)
                cr_expect(lt(dbl, fabs(share_off(&s, LEVELS[l], "abmd")), l < 4 ? 0.03 : 0.02),
                          "spine %zu, %d: %s %g", p, n, LEVELS[l],
                          share_off(&s, LEVELS[l], "abmd"));
            add_scan(rows, 1, &s);
            end(&s);
        }
        end_patient(rows, 1);
    }
    expect_precise(rows, 1);
}
