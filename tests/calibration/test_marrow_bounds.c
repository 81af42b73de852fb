/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <expect.h>
#include <osarc/marrow_fat.h>

#include "marrow_help.h"

static osarc_absorber absorber_of(const char *basis)
{
    return strcmp(basis, "HA") == 0 ? OSARC_ABSORBER_HYDROXYAPATITE : OSARC_ABSORBER_K2HPO4;
}

/* A scale without error on a scanner that reads gain * HU + offset. */
static osarc_calibration make_scale(const char *basis, double kev, double gain, double offset)
{
    osarc_calibration scale = {.rung = OSARC_RUNG_INTERNAL,
                               .effective_energy_kev = kev,
                               .energy_ci = {NAN, NAN},
                               .kvp = NAN,
                               .t_95 = 2};
    double per_mg = osarc_mineral_hu_per_mg_cm3(absorber_of(basis), kev);
    scale.density[1] = 1 / (gain * per_mg);
    scale.density[0] = -offset * scale.density[1];
    snprintf(scale.method, sizeof(scale.method), "linear_mu");
    snprintf(scale.basis, sizeof(scale.basis), "%s", basis);
    return scale;
}

/* 1e-9: rounding. */
static int holds(const double ci[2], double value)
{
    return ci[0] <= value + 1e-9 && ci[1] >= value - 1e-9;
}

Test(calibration_marrow_bounds, hold_the_truth_whatever_was_mixed)
{
    osarc_error err = OSARC_ERROR_INIT;
    for (double kev = 50; kev <= 80; kev += 10)
        for (double fraction = 0; fraction <= 1; fraction += 0.125)
            for (double mineral = 0; mineral <= 300; mineral += 50) {
                osarc_calibration scale = make_scale("K2HPO4", kev, 1, 0);
                osarc_marrow_fat fat;
                double hu = mixed_hu(fraction, mineral, kev);
                EXPECT_OK(osarc_marrow_fat_model_based(&fat, hu, 0, &scale, NULL, &err));
                cr_expect(holds(fat.ci, fraction) && holds(fat.mineral_ci, mineral));
                cr_expect(epsilon_eq(dbl, fat.fraction, 0.5 * (fat.ci[0] + fat.ci[1]), 1e-12));
                cr_expect(eq(dbl, fat.ci[1], 1));
                cr_expect(eq(str, fat.method, "model-based"));
                cr_expect(isnan(fat.condition) && isnan(fat.residual));
            }
}

Test(calibration_marrow_bounds, know_nothing_where_mineral_can_be_anything)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_calibration scale = make_scale("K2HPO4", 70, 1, 0);
    osarc_marrow_fat fat;
    for (double hu = 50; hu <= 400; hu += 50) {
        EXPECT_OK(osarc_marrow_fat_model_based(&fat, hu, 0, &scale, NULL, &err));
        cr_expect(eq(dbl, fat.ci[0], 0));
        cr_expect(eq(dbl, fat.ci[1], 1));
        cr_expect(eq(dbl, fat.fraction, 0.5));
    }
}

/* At 70 keV muscle reads 43 and triglyceride -114 HU: what reads -35.5 is at least half fat. 0.005:
 * the numbers are given in whole HU. */
Test(calibration_marrow_bounds, know_the_least_fat_of_what_is_darker_than_muscle)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_calibration scale = make_scale("K2HPO4", 70, 1, 0);
    osarc_marrow_fat fat;
    EXPECT_OK(osarc_marrow_fat_model_based(&fat, -35.5, 0, &scale, NULL, &err));
    cr_expect(epsilon_eq(dbl, fat.ci[0], 0.5, 0.005));
    cr_expect(epsilon_eq(dbl, fat.fraction, 0.75, 0.0025));
    cr_expect(eq(dbl, fat.mineral_ci[0], 0));
}

/* Blood for muscle moves the upper end, by 13 of 157 HU at most; the lower end is exact. */
Test(calibration_marrow_bounds, solve_the_fraction_when_the_mineral_is_known)
{
    osarc_error err = OSARC_ERROR_INIT;
    for (double kev = 50; kev <= 80; kev += 10)
        for (double fraction = 0; fraction <= 0.9; fraction += 0.15)
            for (double mineral = 0; mineral <= 300; mineral += 50) {
                osarc_calibration scale = make_scale("K2HPO4", kev, 1, 0);
                osarc_mineral_range known = {mineral, mineral};
                osarc_marrow_fat fat;
                EXPECT_OK(osarc_marrow_fat_model_based(&fat, mixed_hu(fraction, mineral, kev), 0,
                                                       &scale, &known, &err));
                cr_expect(epsilon_eq(dbl, fat.ci[0], fraction, 1e-9));
                cr_expect(ge(dbl, fat.ci[1], fraction));
                cr_expect(le(dbl, fat.ci[1], fraction + 0.1));
                cr_expect(epsilon_eq(dbl, fat.mineral_mg_cm3, mineral, 1e-9));
            }
}

Test(calibration_marrow_bounds, hold_every_fraction_of_a_mineral_range)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_calibration scale = make_scale("K2HPO4", 65, 1, 0);
    osarc_mineral_range range = {100, 160};
    osarc_marrow_fat fat;
    double hu = mixed_hu(0.4, 130, 65);
    EXPECT_OK(osarc_marrow_fat_model_based(&fat, hu, 0, &scale, &range, &err));
    /* 30 mg/cm3 of hydroxyapatite, 1.45 HU each, are 43 of the 166 HU from muscle to fat */
    cr_expect(epsilon_eq(dbl, fat.ci[0], 0.4 - 43.0 / 166, 0.02));
    cr_expect(gt(dbl, fat.ci[1], 0.4 + 43.0 / 166 - 0.02));
    cr_expect(ge(dbl, fat.mineral_ci[0], 100));
    cr_expect(le(dbl, fat.mineral_ci[1], 160));
}

Test(calibration_marrow_bounds, do_not_depend_on_offset_and_gain_of_the_scanner)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_calibration ideal = make_scale("K2HPO4", 70, 1, 0);
    osarc_calibration real = make_scale("K2HPO4", 70, 0.95, 12);
    osarc_marrow_fat a;
    osarc_marrow_fat b;
    EXPECT_OK(osarc_marrow_fat_model_based(&a, -20, 0, &ideal, NULL, &err));
    EXPECT_OK(osarc_marrow_fat_model_based(&b, 0.95 * -20 + 12, 0, &real, NULL, &err));
    cr_expect(epsilon_eq(dbl, a.fraction, b.fraction, 1e-9));
    cr_expect(epsilon_eq(dbl, a.density_error_mg_cm3, b.density_error_mg_cm3, 1e-9));
}

/*
 * A scale that counts all that is not mineral as fat has no zero at water, and its energy is not
 * the beam's: neither says anything of the scanner. A phantom of solid rods knows no energy.
 */
Test(calibration_marrow_bounds, stand_on_the_tube_voltage_where_the_scale_knows_no_energy)
{
    osarc_error err = OSARC_ERROR_INIT;
    double kev = osarc_effective_energy_kev(120);
    osarc_calibration plain = make_scale("K2HPO4", kev, 1, 0);
    plain.energy_ci[0] = kev * (1 - 1.96 * 0.07);
    plain.energy_ci[1] = kev * (1 + 1.96 * 0.07);
    osarc_calibration with_fat = make_scale("K2HPO4", kev, 1, -40);
    snprintf(with_fat.method, sizeof(with_fat.method), "michalski2020");
    with_fat.effective_energy_kev = 92.5;
    with_fat.kvp = 120;
    osarc_calibration rods = make_scale("HA", kev, 0.85, -5);
    snprintf(rods.method, sizeof(rods.method), "phantom");
    rods.rung = OSARC_RUNG_PHANTOM;
    rods.effective_energy_kev = NAN;
    rods.kvp = 120;
    osarc_marrow_fat a;
    osarc_marrow_fat b;
    osarc_marrow_fat c;
    EXPECT_OK(osarc_marrow_fat_model_based(&a, -20, 0, &plain, NULL, &err));
    EXPECT_OK(osarc_marrow_fat_model_based(&b, -20, 0, &with_fat, NULL, &err));
    EXPECT_OK(osarc_marrow_fat_model_based(&c, -20, 0, &rods, NULL, &err));
    cr_expect(epsilon_eq(dbl, a.ci[0], b.ci[0], 1e-9));
    cr_expect(epsilon_eq(dbl, a.ci[0], c.ci[0], 1e-9));
    /* on the scale of the rods, which is 1 / 0.85 as steep */
    cr_expect(epsilon_eq(dbl, c.density_error_mg_cm3,
                         osarc_fat_density_error_mg_cm3(c.fraction * (1 - c.mineral_mg_cm3 / 3160),
                                                        OSARC_ABSORBER_HYDROXYAPATITE, kev) /
                             0.85,
                         1e-6));
}

/* 8.49 mg/cm3 of K2HPO4 for each 10 % of the volume at 70 keV. */
Test(calibration_marrow_bounds, say_what_fat_takes_from_the_density_on_its_own_basis)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_calibration k = make_scale("K2HPO4", 70, 1, 0);
    osarc_calibration ha = make_scale("HA", 70, 1, 0);
    osarc_marrow_fat a;
    osarc_marrow_fat b;
    EXPECT_OK(osarc_marrow_fat_model_based(&a, 120, 0, &k, NULL, &err));
    EXPECT_OK(osarc_marrow_fat_model_based(&b, 120, 0, &ha, NULL, &err));
    double volume = a.fraction * (1 - a.mineral_mg_cm3 / 3160);
    cr_expect(epsilon_eq(dbl, a.density_error_mg_cm3, 84.9 * volume, 0.1));
    cr_expect(epsilon_eq(dbl, a.fraction, b.fraction, 1e-9));
    cr_expect(epsilon_eq(dbl, b.density_error_mg_cm3,
                         osarc_fat_density_error_mg_cm3(volume, OSARC_ABSORBER_HYDROXYAPATITE, 70),
                         1e-6));
}

Test(calibration_marrow_bounds, widen_with_what_is_not_known)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_calibration scale = make_scale("K2HPO4", 70, 1, 0);
    osarc_marrow_fat sure;
    osarc_marrow_fat unsure;
    EXPECT_OK(osarc_marrow_fat_model_based(&sure, -35, 0, &scale, NULL, &err));
    EXPECT_OK(osarc_marrow_fat_model_based(&unsure, -35, 4, &scale, NULL, &err));
    /* 1.96 standard errors of 4 HU, of the 157 HU from muscle to fat */
    cr_expect(epsilon_eq(dbl, sure.ci[0] - unsure.ci[0], 1.96 * 4 / 157, 0.001));
    scale.systematic_mg_cm3 = 10; /* 13.5 HU */
    EXPECT_OK(osarc_marrow_fat_model_based(&unsure, -35, 0, &scale, NULL, &err));
    cr_expect(epsilon_eq(dbl, sure.ci[0] - unsure.ci[0], 13.46 / 157, 0.001));
    scale.systematic_mg_cm3 = 0;
    scale.energy_ci[0] = 60;
    scale.energy_ci[1] = 80;
    EXPECT_OK(osarc_marrow_fat_model_based(&unsure, -35, 0, &scale, NULL, &err));
    /* at 60 keV muscle reads 44 and fat -131 HU */
    cr_expect(epsilon_eq(dbl, unsure.ci[0], (44.0 + 35) / (44 + 131), 0.005));
}

static void expect_refused(double hu, double se, const osarc_calibration *scale,
                           const osarc_mineral_range *range, osarc_status wanted)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_marrow_fat fat = {.fraction = 0.5};
    EXPECT_REFUSED(osarc_marrow_fat_model_based(&fat, hu, se, scale, range, &err), wanted);
    cr_expect(isnan(fat.fraction) && isnan(fat.ci[1]) && isnan(fat.density_error_mg_cm3));
}

Test(calibration_marrow_bounds, refuse_a_scan_without_a_scale)
{
    osarc_calibration none = {.rung = OSARC_RUNG_NONE};
    expect_refused(100, 0, &none, NULL, OSARC_ERR_QUALITY);
    osarc_calibration scale = make_scale("K2HPO4", 70, 1, 0);
    scale.effective_energy_kev = NAN;
    expect_refused(100, 0, &scale, NULL, OSARC_ERR_QUALITY);
    scale.effective_energy_kev = 5;
    expect_refused(100, 0, &scale, NULL, OSARC_ERR_QUALITY);
    scale = make_scale("K2HPO4", 70, 1, 0);
    snprintf(scale.basis, sizeof(scale.basis), "ash");
    expect_refused(100, 0, &scale, NULL, OSARC_ERR_QUALITY);
    scale.basis[0] = '\0';
    expect_refused(100, 0, &scale, NULL, OSARC_ERR_QUALITY);
}

Test(calibration_marrow_bounds, refuse_what_no_marrow_reads)
{
    osarc_calibration scale = make_scale("K2HPO4", 70, 1, 0);
    expect_refused(-1000, 0, &scale, NULL, OSARC_ERR_QUALITY);
    expect_refused(-140, 0, &scale, NULL, OSARC_ERR_QUALITY);
    expect_refused(3000, 0, &scale, NULL, OSARC_ERR_QUALITY);
    osarc_mineral_range little = {0, 100};
    expect_refused(300, 0, &scale, &little, OSARC_ERR_QUALITY);
    osarc_mineral_range much = {200, 250};
    expect_refused(-20, 0, &scale, &much, OSARC_ERR_QUALITY);
}

Test(calibration_marrow_bounds, refuse_a_range_that_is_none)
{
    osarc_calibration scale = make_scale("K2HPO4", 70, 1, 0);
    const osarc_mineral_range wrong[] = {{150, 100}, {-10, 100}, {0, 1200},
                                         {NAN, 100}, {0, NAN},   {0, INFINITY}};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        expect_refused(100, 0, &scale, &wrong[i], OSARC_ERR_ARGUMENT);
}

Test(calibration_marrow_bounds, refuse_no_numbers_and_nothing)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_calibration scale = make_scale("K2HPO4", 70, 1, 0);
    expect_refused(NAN, 0, &scale, NULL, OSARC_ERR_ARGUMENT);
    expect_refused(INFINITY, 0, &scale, NULL, OSARC_ERR_ARGUMENT);
    expect_refused(100, -1, &scale, NULL, OSARC_ERR_ARGUMENT);
    expect_refused(100, NAN, &scale, NULL, OSARC_ERR_ARGUMENT);
    expect_refused(100, INFINITY, &scale, NULL, OSARC_ERR_ARGUMENT);
    expect_refused(100, 0, NULL, NULL, OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_marrow_fat_model_based(NULL, 100, 0, &scale, NULL, &err),
                   OSARC_ERR_ARGUMENT);
}
