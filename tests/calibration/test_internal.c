/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "internal_help.h"

/* Exact HU have an exact answer: only the golden section and rounding are left. */
Test(calibration_internal, linear_mu_finds_the_energy_that_made_the_numbers)
{
    /* beyond, textbook blood or fat lie outside the gates */
    for (double kev = 60; kev <= 77.5; kev += 2.5) {
        osarc_tissue_samples s = icru(kev);
        osarc_calibration c = fit(s, OSARC_INTERNAL_LINEAR_MU, NAN);
        cr_expect(epsilon_eq(dbl, c.effective_energy_kev, kev, 1e-3), "%g keV", kev);
        double slope = osarc_mineral_hu_per_mg_cm3(OSARC_ABSORBER_K2HPO4, kev);
        cr_expect(epsilon_eq(dbl, c.slope_hu_per_mg_cm3, slope, 1e-4));
        cr_expect(epsilon_eq(dbl, osarc_calibration_mg_cm3(&c, 0), 0, 1e-3));
        cr_expect(epsilon_eq(dbl, osarc_calibration_mg_cm3(&c, 150), 150 / slope, 2e-2));
    }
}

/* The published set of 70 keV; the tube voltage of a matching beam may not move it 1 keV. */
Test(calibration_internal, linear_mu_recovers_70_kev)
{
    osarc_tissue_samples s = {.air_hu = -998.91,
                              .fat_hu = -76.50,
                              .muscle_hu = 43.03,
                              .blood_hu = 56.15,
                              .cortical_hu = 1559.17};
    static const double KVP[] = {NAN, 120, 125};
    for (size_t i = 0; i < COUNT(KVP); i++) {
        osarc_calibration c = fit(s, OSARC_INTERNAL_LINEAR_MU, KVP[i]);
        cr_expect(epsilon_eq(dbl, c.effective_energy_kev, 70, 1), "at %g kV", KVP[i]);
        /* 1.346 HU per mg/cm3 at 70 keV, 2 % for 1 keV */
        cr_expect(epsilon_eq(dbl, c.slope_hu_per_mg_cm3, 1.346, 0.027));
    }
}

/*
 * HU of the same tissues as the sparse published tables have them at 70 keV (adipose -78.51, bone
 * 1593.54): bone reads 34 HU higher there, at 29.5 HU a keV.
 */
Test(calibration_internal, linear_mu_stands_other_tables)
{
    osarc_tissue_samples s = {.air_hu = -998.91,
                              .fat_hu = -78.51,
                              .muscle_hu = 43.11,
                              .blood_hu = 56.43,
                              .cortical_hu = 1593.54};
    osarc_calibration c = fit(s, OSARC_INTERNAL_LINEAR_MU, NAN);
    cr_expect(epsilon_eq(dbl, c.effective_energy_kev, 70, 1.5));
}

/* A scanner that adds 3 HU to all: what fits all tissues but for the energy goes to the offset. */
Test(calibration_internal, linear_mu_gives_an_offset_to_the_offset)
{
    osarc_tissue_samples s = icru(70);
    s.air_hu += 3;
    s.fat_hu += 3;
    s.muscle_hu += 3;
    s.blood_hu += 3;
    s.cortical_hu += 3;
    osarc_calibration c = fit(s, OSARC_INTERNAL_LINEAR_MU, 120);
    cr_expect(gt(dbl, c.intercept_hu, 0.1));
    cr_expect(lt(dbl, c.intercept_hu, 3.0));
    cr_expect(gt(dbl, c.intercept_ci[1], 3.0));
    cr_expect(epsilon_eq(dbl, c.effective_energy_kev, 70, 1));
}

/*
 * Patients, not textbooks: real beams of 64 to 76 keV at 120 kV, fat from lean to obese, bone
 * porous and blurred to as little as 70 %, blood from anaemic to normal, muscle fatty or lean.
 * Truth is HU = slope of the real energy * density. The interval is to hold it.
 */
Test(calibration_internal, linear_mu_interval_holds_for_patients)
{
    int inside = 0;
    int all = 0;
    double worst = 0;
    for (double kev = 64; kev <= 76; kev += 4)
        for (double bone = 0.7; bone <= 1.01; bone += 0.15)
            for (double fat = -25; fat <= 5; fat += 15)
                for (double soft = -20; soft <= 6; soft += 13) {
                    osarc_tissue_samples s = icru(kev);
                    s.cortical_hu *= bone;
                    s.fat_hu += fat;
                    s.blood_hu = 56 + soft < 60 ? 56 + soft : 60;
                    s.muscle_hu = 46 + soft;
                    if (s.cortical_hu < 950 || s.fat_hu > -70)
                        continue;
                    osarc_calibration c = fit(s, OSARC_INTERNAL_LINEAR_MU, 120);
                    double slope = osarc_mineral_hu_per_mg_cm3(OSARC_ABSORBER_K2HPO4, kev);
                    double hu = 120 * slope;
                    double error = osarc_calibration_mg_cm3(&c, hu) - 120;
                    worst = fmax(worst, fabs(error));
                    inside += fabs(error) <= osarc_calibration_half_mg_cm3(&c, hu);
                    all++;
                }
    cr_expect(gt(int, all, 60));
    cr_expect(eq(int, inside, all), "%d of %d, worst %.1f mg/cm3", inside, all, worst);
}

/* 8.8 mg/cm3 is the published spread: 95 % is 17 or more, and not so wide as to say nothing. */
Test(calibration_internal, linear_mu_interval_is_as_wide_as_published_errors)
{
    osarc_calibration c = fit(patient(), OSARC_INTERNAL_LINEAR_MU, 120);
    double half = osarc_calibration_half_mg_cm3(&c, 160);
    cr_expect(gt(dbl, half, 17.0));
    cr_expect(lt(dbl, half, 35.0));
    osarc_calibration without = fit(patient(), OSARC_INTERNAL_LINEAR_MU, NAN);
    cr_expect(gt(dbl, osarc_calibration_half_mg_cm3(&without, 160), half));
    cr_expect(
        gt(dbl, without.energy_ci[1] - without.energy_ci[0], c.energy_ci[1] - c.energy_ci[0]));
}

Test(calibration_internal, says_what_it_was_fitted_to)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_acquisition acquisition = at_kvp(120);
    strcpy(acquisition.manufacturer, "MAKER");
    strcpy(acquisition.kernel, "SOFT");
    osarc_tissue_samples s = patient();
    s.fat_se = 0.5;
    osarc_calibration c;
    EXPECT_OK(osarc_calibrate_internal(&c, &s, OSARC_INTERNAL_LINEAR_MU, &acquisition, NULL, &err));
    cr_expect(eq(int, c.rung, OSARC_RUNG_INTERNAL));
    cr_expect(eq(str, c.method, "linear_mu"));
    cr_expect(eq(str, c.basis, "K2HPO4"));
    cr_expect(eq(str, c.manufacturer, "MAKER"));
    cr_expect(eq(str, c.kernel, "SOFT"));
    cr_expect(epsilon_eq(dbl, c.kvp, 120, 0));
    cr_expect(eq(sz, c.point_count, 5));
    cr_expect(eq(str, c.points[1].name, "adipose tissue"));
    cr_expect(epsilon_eq(dbl, c.points[1].hu_se, 0.5, 0));
    for (size_t i = 0; i < c.point_count; i++)
        cr_expect(
            epsilon_eq(dbl, c.points[i].hu - c.points[i].reference, c.points[i].residual_hu, 1e-9));
    cr_expect(gt(dbl, c.r2, 0.95));
    cr_expect(lt(dbl, c.energy_ci[0], c.effective_energy_kev));
    cr_expect(lt(dbl, c.slope_ci[0], c.slope_hu_per_mg_cm3));
    cr_expect(gt(dbl, c.slope_ci[1], c.slope_hu_per_mg_cm3));
    cr_expect(eq(dbl, c.density[2], 0));
}

/*
 * The published method on the published set. Tables of 5 to 20 keV steps, which the vectors were
 * made with (92.5 keV and 33.18, 73.81, 96.48, 173.87 mg/cm3 log-log; 93.0 keV and 32.24, 71.37,
 * 93.18, 167.64 straight between), put bone 2 to 5 % too high at 70 keV. At every whole keV the
 * same steps give 92.0 keV and the values below (worked out apart from this code): 1 keV and 1.6 %
 * away.
 */
Test(calibration_internal, michalski2020_gives_its_published_bias_at_70_kev)
{
    osarc_calibration c = fit(icru(70), OSARC_INTERNAL_MICHALSKI2020, NAN);
    cr_expect(eq(str, c.method, "michalski2020"));
    cr_expect(epsilon_eq(dbl, c.effective_energy_kev, 92.0, 1e-9));
    static const struct {
        double hu, own, log_log, straight;
    } ROWS[] = {{0, 31.28536, 33.18, 32.24},
                {100, 72.58923, 73.81, 71.37},
                {150, 95.64789, 96.48, 93.18},
                {300, 174.4505, 173.87, 167.64}};
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        double mg = osarc_calibration_mg_cm3(&c, ROWS[i].hu);
        cr_expect(epsilon_eq(dbl, mg, ROWS[i].own, 1e-3), "at %g HU", ROWS[i].hu);
        cr_expect(epsilon_eq(dbl, mg, ROWS[i].log_log, 2.0), "at %g HU", ROWS[i].hu);
        cr_expect(epsilon_eq(dbl, mg, ROWS[i].straight, 7.0), "at %g HU", ROWS[i].hu);
    }
    /* from the published HU: half a step of energy less, as bone reads higher */
    osarc_tissue_samples s = {.air_hu = -998.91,
                              .fat_hu = -78.51,
                              .muscle_hu = 43.11,
                              .blood_hu = 56.43,
                              .cortical_hu = 1593.54};
    c = fit(s, OSARC_INTERNAL_MICHALSKI2020, NAN);
    cr_expect(epsilon_eq(dbl, c.effective_energy_kev, 92.5, 1.0));
}

/*
 * The other published set: 99.0 keV, straight between sparse keV; 98.5 here. K2HPO4 at water is a
 * small difference of large numbers and moves by 0.8 mg/cm3, the rest by less.
 */
Test(calibration_internal, michalski2020_gives_the_published_lines)
{
    osarc_calibration c = fit(patient(), OSARC_INTERNAL_MICHALSKI2020, NAN);
    cr_expect(epsilon_eq(dbl, c.effective_energy_kev, 99.0, 0.5));
    static const double ROWS[][2] = {{0, 32.067}, {100, 86.832}, {150, 117.544}, {300, 223.000}};
    for (size_t i = 0; i < COUNT(ROWS); i++)
        cr_expect(epsilon_eq(dbl, osarc_calibration_mg_cm3(&c, ROWS[i][0]), ROWS[i][1], 0.8));
    /* the three coefficients are the product of two lines, u = 0.169855 + 1.5127e-5 HU and
     * rho = 0.971211 + 9.1130e-4 HU, times 1000 / (u_mineral - u_fat) at that energy */
    double unit = 1000 / (osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_K2HPO4, 98.5) -
                          osarc_mass_attenuation_cm2_g(OSARC_ABSORBER_TRIGLYCERIDE, 98.5));
    cr_expect(epsilon_eq(dbl, c.density[2] / (unit * 1.5127237e-5 * 9.1130489e-4), 1, 2e-3));
}

Test(calibration_internal, michalski2020_has_an_interval)
{
    osarc_calibration c = fit(patient(), OSARC_INTERNAL_MICHALSKI2020, 120);
    double half = osarc_calibration_half_mg_cm3(&c, 150);
    cr_expect(gt(dbl, half, 17.2));
    cr_expect(lt(dbl, c.energy_ci[0], 99.0));
    cr_expect(gt(dbl, c.energy_ci[1], 99.0));
    cr_expect(lt(dbl, c.slope_ci[0], c.slope_hu_per_mg_cm3));
    cr_expect(eq(sz, c.point_count, 5));
    cr_expect(gt(dbl, c.r2, 0.99));
}

Test(calibration_internal, leaves_enhanced_blood_out_and_says_so)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_tissue_samples s = patient();
    s.blood_hu = 180;
    s.blood_enhanced = 1;
    osarc_notes *notes;
    EXPECT_OK(osarc_notes_create(&notes, &err));
    osarc_acquisition acquisition = at_kvp(120);
    osarc_calibration c;
    EXPECT_OK(
        osarc_calibrate_internal(&c, &s, OSARC_INTERNAL_LINEAR_MU, &acquisition, notes, &err));
    cr_expect(eq(sz, c.point_count, 4));
    cr_expect(noted(notes, "internal_blood_enhanced"));
    osarc_notes_free(notes);
}

Test(calibration_internal, notes_what_weakens_the_energy)
{
    static const struct {
        double cortical_hu, kvp;
        const char *code;
    } ROWS[] = {
        {1150, NAN, "internal_no_tube_voltage"},
        {1150, 120, "internal_energy_from_voltage"},
        {1500, 120, "internal_bone_bright"},
        {2300, 140, "internal_energy"}, /* as bone reads at 53 keV: a beam that is not 140 kV */
    };
    osarc_error err = OSARC_ERROR_INIT;
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        osarc_tissue_samples s = patient();
        s.cortical_hu = ROWS[i].cortical_hu;
        osarc_notes *notes;
        EXPECT_OK(osarc_notes_create(&notes, &err));
        osarc_acquisition acquisition = at_kvp(ROWS[i].kvp);
        osarc_calibration c;
        EXPECT_OK(
            osarc_calibrate_internal(&c, &s, OSARC_INTERNAL_LINEAR_MU, &acquisition, notes, &err));
        cr_expect(noted(notes, ROWS[i].code), "%s", ROWS[i].code);
        osarc_notes_free(notes);
    }
}
