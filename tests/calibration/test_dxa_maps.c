/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dxa_help.h"

#include <osarc/beam.h>

static const char *const BEAMS[] = {"40/70", "38/76", "70/140"};

/* Middles of L1 to L4 of the phantom. */
static const double MIDDLE_MM[4] = {-60, -21.5, 18, 58.5};
static const double BONE_G_CM2[4] = {0.5, 1, 1.5, 1};

/* Published two-energy example: 1 g/cm2 of hydroxyapatite in 20 g/cm2 of muscle at 40 and 70 keV.
 */
Test(calibration_dxa, solves_the_textbook_equations)
{
    const osarc_dxa_material mineral = {0.9877, 0.3131};
    const osarc_dxa_material soft = {0.2685, 0.1915};
    double low = mineral.low * 1 + soft.low * 20;
    double high = mineral.high * 1 + soft.high * 20;
    double a, b;
    cr_expect(epsilon_eq(dbl, low, 6.3577, 5e-5));
    cr_expect(epsilon_eq(dbl, high, 4.1431, 5e-5));
    EXPECT_OK(osarc_dxa_solve(&a, &b, low, high, &mineral, &soft, &err));
    cr_expect(epsilon_eq(dbl, a, 1.0, 1e-12));
    cr_expect(epsilon_eq(dbl, b, 20.0, 1e-11));
}

/* A quarter of triglyceride in muscle at 40 and 70 keV has R = 1.36101; the linear shortcut would
 * say 0.2442. */
Test(calibration_dxa, gives_the_exact_fat_fraction)
{
    const double kev[2] = {40, 70};
    osarc_dxa_material lean = {osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_MUSCLE, kev[0]),
                               osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_MUSCLE, kev[1])};
    osarc_dxa_material fat = {osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_TRIGLYCERIDE, kev[0]),
                              osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_TRIGLYCERIDE, kev[1])};
    double ratio = (0.25 * fat.low + 0.75 * lean.low) / (0.25 * fat.high + 0.75 * lean.high);
    cr_expect(epsilon_eq(dbl, ratio, 1.36101, 2e-5));
    cr_expect(epsilon_eq(dbl, osarc_dxa_fat_fraction(ratio, &lean, &fat), 0.25, 1e-12));
    cr_expect(epsilon_eq(dbl, osarc_dxa_fat_fraction(1.36101, &lean, &fat), 0.25, 5e-4));
}

Test(calibration_dxa, refuses_materials_that_look_alike)
{
    const osarc_dxa_material a = {0.5, 0.3};
    const osarc_dxa_material b = {1.0, 0.601};
    double x, y;
    EXPECT_REFUSED(osarc_dxa_solve(&x, &y, 1, 1, &a, &b, &err), OSARC_ERR_QUALITY);
    cr_expect(isnan(x) && isnan(y));
    EXPECT_REFUSED(osarc_dxa_solve(&x, &y, 1, 1, &a, NULL, &err), OSARC_ERR_ARGUMENT);
}

/* Within 1 %: what is asked of a density without noise. */
Test(calibration_dxa, measures_vertebrae_at_all_pairs_of_beams)
{
    for (size_t b = 0; b < 3; b++) {
        osarc_dxa_calibration calibration = make_calibration(BEAMS[b], "al-pmma", 0);
        osarc_dxa_phantom_options options = {.shift_px = {0.7, -1.3}, .offset_mm = {0.2, -0.1}};
        strcpy(options.beams, BEAMS[b]);
        osarc_dxa_phantom *phantom = make_phantom("dxa-spine", &options);
        osarc_dxa_maps maps;
        EXPECT_OK(osarc_dxa_maps_make(&maps, osarc_dxa_phantom_pair(phantom), &calibration, NULL,
                                      NULL, &err));
        for (int v = 0; v < 4; v++) {
            double bone = mean_in(&maps, maps.bone_g_cm2, 0, MIDDLE_MM[v], 17, 12);
            cr_expect(lt(dbl, fabs(bone / BONE_G_CM2[v] - 1), 0.01), "%s L%d %g", BEAMS[b], v + 1,
                      bone);
        }
        /* between L2 and L3, the ramp of fat being 0 in the middle: a point of fat, 1 % of mass */
        double lean = mean_in(&maps, maps.lean_g_cm2, 0, -2, 30, 1.5);
        double fat = mean_in(&maps, maps.fat_g_cm2, 0, -2, 30, 1.5);
        cr_expect(epsilon_eq(dbl, fat / (lean + fat), 0.25, 0.01), "%s %g", BEAMS[b],
                  fat / (lean + fat));
        cr_expect(epsilon_eq(dbl, lean + fat, 16, 0.16));
        osarc_dxa_maps_free(&maps);
        osarc_dxa_phantom_free(phantom);
    }
}

/* A tenth of a pixel: the shift then costs less than half a per cent of a vertebra 70 pixels wide.
 */
Test(calibration_dxa, finds_shifts_of_parts_of_a_pixel)
{
    static const double SHIFTS[][2] = {{0, 0}, {0.3, 0}, {-0.5, 0.8}, {2, -1.2}};
    osarc_dxa_calibration calibration = make_calibration("38/76", "al-pmma", 0);
    for (size_t i = 0; i < 4; i++) {
        osarc_dxa_phantom_options options = {.shift_px = {SHIFTS[i][0], SHIFTS[i][1]},
                                             .photons = 3e5};
        osarc_dxa_phantom *phantom = make_phantom("dxa-spine", &options);
        osarc_dxa_maps maps;
        EXPECT_OK(osarc_dxa_maps_make(&maps, osarc_dxa_phantom_pair(phantom), &calibration, NULL,
                                      NULL, &err));
        for (int a = 0; a < 2; a++)
            cr_expect(epsilon_eq(dbl, maps.shift_px[a], SHIFTS[i][a], 0.1), "%zu %d %g", i, a,
                      maps.shift_px[a]);
        osarc_dxa_maps_free(&maps);
        osarc_dxa_phantom_free(phantom);
    }
}

/* Lean mass within 2 %, fat within a point. The head is mostly in front of bone. The cuts of the
 * legs slant through the lower trunk, so trunk and legs are weighed as one. */
Test(calibration_dxa, weighs_the_parts_of_a_body)
{
    static const struct {
        const char *region;
        double x_mm, y_mm, half_x_mm, half_y_mm;
        size_t group;
    } PARTS[] = {{"trunk", 0, -350, 170, 350, 0},
                 {"arm_left", 230, -230, 50, 345, 1},
                 {"arm_right", -230, -230, 50, 345, 2},
                 {"leg_left", 84, 430, 82, 430, 0},
                 {"leg_right", -84, 430, 82, 430, 0}};
    enum {
        GROUPS = 3
    };
    osarc_dxa_calibration calibration = make_calibration("38/76", "al-pmma", 1e7);
    osarc_dxa_phantom_options options = {.photons = 1e6, .shift_px = {0.3, 0.6}, .seed = 11};
    osarc_dxa_phantom *phantom = make_phantom("dxa-body", &options);
    osarc_dxa_maps maps;
    EXPECT_OK(osarc_dxa_maps_make(&maps, osarc_dxa_phantom_pair(phantom), &calibration, NULL, NULL,
                                  &err));
    double mass[GROUPS][2] = {{0}};
    double truth[GROUPS][2] = {{0}};
    for (size_t p = 0; p < sizeof(PARTS) / sizeof(PARTS[0]); p++) {
        double area = 4 * PARTS[p].half_x_mm * PARTS[p].half_y_mm / 100;
        const float *arrays[2] = {maps.lean_g_cm2, maps.fat_g_cm2};
        for (int k = 0; k < 2; k++)
            mass[PARTS[p].group][k] +=
                area * mean_in(&maps, arrays[k], PARTS[p].x_mm, PARTS[p].y_mm, PARTS[p].half_x_mm,
                               PARTS[p].half_y_mm);
        for (size_t i = 0; i < osarc_dxa_phantom_truth_count(phantom); i++) {
            const osarc_dxa_truth *t = osarc_dxa_phantom_truth(phantom, i);
            if (strcmp(t->region, PARTS[p].region) != 0)
                continue;
            truth[PARTS[p].group][0] += strcmp(t->quantity, "lean_mass") == 0 ? t->value : 0;
            truth[PARTS[p].group][1] += strcmp(t->quantity, "fat_mass") == 0 ? t->value : 0;
        }
    }
    for (size_t g = 0; g < GROUPS; g++) {
        cr_expect(lt(dbl, fabs(mass[g][0] / truth[g][0] - 1), 0.02), "%zu lean %g of %g", g,
                  mass[g][0], truth[g][0]);
        cr_expect(epsilon_eq(dbl, mass[g][1] / (mass[g][0] + mass[g][1]),
                             truth[g][1] / (truth[g][0] + truth[g][1]), 0.01),
                  "%zu", g);
    }
    osarc_dxa_maps_free(&maps);
    osarc_dxa_phantom_free(phantom);
}

Test(calibration_dxa, gives_the_same_with_any_number_of_threads)
{
    static const char *const KINDS[] = {"dxa-spine", "dxa-body"};
    osarc_dxa_calibration calibration = make_calibration("38/76", "al-pmma", 0);
    for (size_t k = 0; k < 2; k++) {
        osarc_dxa_phantom_options options = {.photons = 1e5, .shift_px = {0.3, 0.6}};
        osarc_dxa_phantom *phantom = make_phantom(KINDS[k], &options);
        osarc_dxa_maps one;
        EXPECT_OK(osarc_dxa_maps_make(&one, osarc_dxa_phantom_pair(phantom), &calibration, NULL,
                                      &(osarc_dxa_options){.threads = 1}, &err));
        for (int threads = 2; threads < 6; threads++) {
            osarc_dxa_maps more;
            EXPECT_OK(osarc_dxa_maps_make(&more, osarc_dxa_phantom_pair(phantom), &calibration,
                                          NULL, &(osarc_dxa_options){.threads = threads}, &err));
            size_t bytes = one.columns * one.rows * sizeof(float);
            cr_expect(eq(int, memcmp(one.bone_g_cm2, more.bone_g_cm2, bytes), 0));
            cr_expect(eq(int, memcmp(one.lean_g_cm2, more.lean_g_cm2, bytes), 0));
            cr_expect(eq(int, memcmp(one.fat_g_cm2, more.fat_g_cm2, bytes), 0));
            cr_expect(eq(int, memcmp(one.pixels, more.pixels, one.columns * one.rows), 0));
            osarc_dxa_maps_free(&more);
        }
        osarc_dxa_maps_free(&one);
        osarc_dxa_phantom_free(phantom);
    }
}

/* The tables know nothing of hardening: 15 % is what the note warns of. */
Test(calibration_dxa, warns_where_there_is_no_calibration)
{
    osarc_dxa_phantom *phantom = make_phantom("dxa-spine", NULL);
    osarc_notes *notes = NULL;
    osarc_dxa_maps maps;
    int warned = 0;
    EXPECT_OK(osarc_notes_create(&notes, &err));
    EXPECT_OK(osarc_dxa_maps_make(&maps, osarc_dxa_phantom_pair(phantom), NULL, notes, NULL, &err));
    for (size_t i = 0; i < osarc_notes_count(notes); i++)
        warned |= strcmp(osarc_notes_at(notes, i)->code, "dxa_uncalibrated") == 0 &&
                  osarc_notes_at(notes, i)->severity == OSARC_NOTE_WARNING;
    cr_expect(warned);
    cr_expect(eq(int, maps.is_calibrated, 0));
    double bone = mean_in(&maps, maps.bone_g_cm2, 0, MIDDLE_MM[1], 17, 12);
    cr_expect(epsilon_eq(dbl, bone, 1, 0.15));
    osarc_dxa_maps_free(&maps);
    osarc_notes_free(notes);
    osarc_dxa_phantom_free(phantom);
}

/* The energy at which 25 g/cm2 of muscle attenuates as it does a beam, to 0.01 keV. */
static double act_as_kev(const osarc_beam *beam)
{
    double weights[OSARC_BEAM_ENERGIES];
    double through = 0;
    int kev = OSARC_ATTENUATION_LOW_KEV * 100;
    EXPECT_OK(osarc_beam_weights(weights, beam, &err));
    for (int i = 0; i < OSARC_BEAM_ENERGIES; i++)
        through +=
            weights[i] * exp(-25 * osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_MUSCLE,
                                                                OSARC_ATTENUATION_LOW_KEV + i));
    while (exp(-25 * osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_MUSCLE, kev / 100.0)) < through)
        kev++;
    return kev / 100.0;
}

Test(calibration_dxa, takes_energies_of_the_beams_without_a_calibration)
{
    for (size_t b = 0; b < 2; b++) {
        osarc_dxa_phantom_options options = {0};
        strcpy(options.beams, BEAMS[b]);
        osarc_dxa_phantom *phantom = make_phantom("dxa-spine", &options);
        osarc_dxa_maps maps;
        EXPECT_OK(
            osarc_dxa_maps_make(&maps, osarc_dxa_phantom_pair(phantom), NULL, NULL, NULL, &err));
        /* printed to 0.1 keV */
        for (int e = 0; e < 2; e++)
            cr_expect(epsilon_eq(dbl, maps.energy_kev[e],
                                 act_as_kev(&osarc_beam_pair_find(BEAMS[b])->beams[e]), 0.06));
        osarc_dxa_maps_free(&maps);
        osarc_dxa_phantom_free(phantom);
    }
}

static int has_note(const osarc_notes *notes, const char *code)
{
    for (size_t i = 0; i < osarc_notes_count(notes); i++)
        if (strcmp(osarc_notes_at(notes, i)->code, code) == 0)
            return 1;
    return 0;
}

/* Lines as dead as these, next to each other: each is a worse neighbour than the one behind it. */
static void expect_mended(const float *values, size_t count, size_t first)
{
    osarc_dxa_phantom *phantom = make_phantom("dxa-spine", NULL);
    const osarc_dxa_facts *facts = osarc_dxa_pair_facts(osarc_dxa_phantom_pair(phantom));
    osarc_dxa_pair *pair = copy_pair(osarc_dxa_phantom_pair(phantom), facts);
    osarc_dxa_calibration calibration = make_calibration("38/76", "al-pmma", 0);
    osarc_notes *notes = NULL;
    osarc_dxa_maps maps;
    int warned = 0;
    EXPECT_OK(osarc_notes_create(&notes, &err));
    for (size_t x = 0; x < facts->columns; x++)
        for (size_t k = 0; k < count; k++)
            osarc_dxa_pair_fill(pair, OSARC_DXA_LOW)[(first + k) * facts->columns + x] = values[k];
    EXPECT_OK(osarc_dxa_maps_make(&maps, pair, &calibration, notes, NULL, &err));
    for (size_t i = 0; i < osarc_notes_count(notes); i++)
        warned |= strcmp(osarc_notes_at(notes, i)->code, "dead_lines") == 0 &&
                  (size_t) (osarc_notes_at(notes, i)->text[0] - '0') == count;
    cr_expect(warned, "%zu", count);
    cr_expect(
        epsilon_eq(dbl, mean_in(&maps, maps.bone_g_cm2, 0, MIDDLE_MM[2], 17, 12), 1.5, 0.015));
    osarc_dxa_maps_free(&maps);
    osarc_notes_free(notes);
    osarc_dxa_pair_free(pair);
    osarc_dxa_phantom_free(phantom);
}

Test(calibration_dxa, mends_dead_lines_and_says_so)
{
    expect_mended((const float[]){3}, 1, 166);
    expect_mended((const float[]){3, 3}, 2, 166);
    expect_mended((const float[]){3, 3.5F}, 2, 166);
    expect_mended((const float[]){9, 9, 9}, 3, 166);
    expect_mended((const float[]){NAN}, 1, 166); /* no photon is counted in it */
}

Test(calibration_dxa, mends_dead_lines_at_the_edges_of_the_image)
{
    expect_mended((const float[]){9}, 1, 0);
    expect_mended((const float[]){9, 9}, 2, 0);
    expect_mended((const float[]){9, 9, 9}, 3, 331);
    expect_mended((const float[]){NAN, NAN}, 2, 332);
}

/* Images as they are, and with all lines from one on moved aside by `px`. */
static int tells_motion(const char *kind, const osarc_dxa_phantom_options *options, size_t from,
                        size_t px)
{
    osarc_dxa_phantom *phantom = make_phantom(kind, options);
    const osarc_dxa_facts *facts = osarc_dxa_pair_facts(osarc_dxa_phantom_pair(phantom));
    osarc_dxa_pair *pair = copy_pair(osarc_dxa_phantom_pair(phantom), facts);
    osarc_notes *notes = NULL;
    osarc_dxa_maps maps;
    EXPECT_OK(osarc_notes_create(&notes, &err));
    for (int e = 0; e < 2; e++)
        for (size_t y = from; y < facts->rows; y++) {
            float *row = osarc_dxa_pair_fill(pair, (osarc_dxa_energy) e) + y * facts->columns;
            memmove(row + px, row, (facts->columns - px) * sizeof(*row));
        }
    EXPECT_OK(osarc_dxa_maps_make(&maps, pair, NULL, notes, NULL, &err));
    int told = has_note(notes, "motion");
    osarc_dxa_maps_free(&maps);
    osarc_notes_free(notes);
    osarc_dxa_pair_free(pair);
    osarc_dxa_phantom_free(phantom);
    return told;
}

Test(calibration_dxa, tells_a_patient_that_moved_between_lines)
{
    static const osarc_dxa_phantom_options NOISY = {.photons = 1e5};
    cr_expect(tells_motion("dxa-spine", &NOISY, 150, 5));
    cr_expect(tells_motion("dxa-hip", &NOISY, 180, 4));
    cr_expect(tells_motion("dxa-body", &NOISY, 400, 3));
}

Test(calibration_dxa, tells_no_motion_where_there_is_none)
{
    static const osarc_dxa_phantom_options NOISY = {.photons = 1e5};
    static const osarc_dxa_phantom_options TURNED = {.photons = 1e5, .turn_deg = 10};
    static const osarc_dxa_phantom_options OTHER = {
        .photons = 1e5, .turn_deg = -10, .side = "right"};
    cr_expect(not(tells_motion("dxa-spine", &NOISY, 0, 0)));
    cr_expect(not(tells_motion("dxa-spine", NULL, 0, 0)));
    cr_expect(not(tells_motion("dxa-body", &NOISY, 0, 0)));
    cr_expect(not(tells_motion("dxa-hip", &TURNED, 0, 0)));
    cr_expect(not(tells_motion("dxa-hip", &OTHER, 0, 0)));
}
