/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>

#include <expect.h>
#include <osarc/marrow_fat.h>
#include <osi/alloc.h>

#include "marrow_help.h"

#define ROOM 40000

static double low_hu[ROOM], high_hu[ROOM];

static osarc_effective_energy exactly(double kev)
{
    return (osarc_effective_energy){kev, {NAN, NAN}, 0};
}

static osarc_effective_energy about(double kev, double half)
{
    return (osarc_effective_energy){kev, {kev - half, kev + half}, 0};
}

static void fill(size_t count, double fraction, double mineral, double low_kev, double high_kev)
{
    for (size_t i = 0; i < count; i++) {
        low_hu[i] = mixed_hu(fraction, mineral, low_kev);
        high_hu[i] = mixed_hu(fraction, mineral, high_kev);
    }
}

/* Noise that stays the same over `run` voxels of the list. */
static void add_noise(size_t count, double sd, size_t run, uint64_t seed)
{
    double low = 0;
    double high = 0;
    for (size_t i = 0; i < count; i++) {
        if (i % run == 0) {
            low = sd * next_normal(&seed);
            high = sd * next_normal(&seed);
        }
        low_hu[i] += low;
        high_hu[i] += high;
    }
}

static osarc_status solve(osarc_marrow_fat *out, size_t count, osarc_effective_energy low,
                          osarc_effective_energy high, osarc_error *err)
{
    return osarc_marrow_fat_two_energies(out, low_hu, high_hu, count, &low, &high, err);
}

/* 1e-9: the mixture and its solution are both exact but for rounding, which the equations raise. */
Test(calibration_marrow_fat, solves_what_was_mixed)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double pairs[][2] = {{50, 80}, {60, 90}, {52, 66}, {40, 140}};
    for (size_t p = 0; p < 4; p++)
        for (double fraction = 0; fraction < 0.95; fraction += 0.1)
            for (double mineral = 0; mineral <= 300; mineral += 50) {
                osarc_marrow_fat fat;
                fill(40, fraction, mineral, pairs[p][0], pairs[p][1]);
                EXPECT_OK(solve(&fat, 40, exactly(pairs[p][0]), exactly(pairs[p][1]), &err));
                cr_expect(epsilon_eq(dbl, fat.fraction, fraction, 1e-9));
                cr_expect(epsilon_eq(dbl, fat.mineral_mg_cm3, mineral, 1e-6));
                cr_expect(le(dbl, fat.ci[0], fraction));
                cr_expect(ge(dbl, fat.ci[1], fraction));
                cr_expect(eq(sz, fat.voxels, 40));
                cr_expect(eq(sz, fat.clamped, 0));
                cr_expect(lt(dbl, fat.residual, 1e-9));
                double volume = fraction * (1 - mineral / 3160);
                cr_expect(epsilon_eq(dbl, fat.density_error_mg_cm3,
                                     osarc_fat_density_error_mg_cm3(
                                         volume, OSARC_ABSORBER_HYDROXYAPATITE, pairs[p][1]),
                                     1e-6));
            }
}

/* 10 % of the volume triglyceride in place of water, K2HPO4-equivalent: 7.15, 7.83, 8.49 and 9.06
 * mg/cm3 from attenuation tables. 0.02: what their four digits leave open. */
Test(calibration_marrow_fat, takes_from_a_density_what_the_tables_say)
{
    const double rows[][2] = {{50, 7.15}, {60, 7.83}, {70, 8.49}, {80, 9.06}};
    /* a mg of hydroxyapatite adds 1.01 (50 keV), 0.97 (70), 0.95 (80) of what one of K2HPO4 does */
    const double ha[][2] = {{50, 7.15 / 1.01}, {70, 8.49 / 0.97}, {80, 9.06 / 0.95}};
    for (size_t i = 0; i < 4; i++)
        cr_expect(epsilon_eq(dbl,
                             osarc_fat_density_error_mg_cm3(0.1, OSARC_ABSORBER_K2HPO4, rows[i][0]),
                             rows[i][1], 0.02));
    for (size_t i = 0; i < 3; i++)
        cr_expect(epsilon_eq(
            dbl, osarc_fat_density_error_mg_cm3(0.1, OSARC_ABSORBER_HYDROXYAPATITE, ha[i][0]),
            ha[i][1], 0.06));
    cr_expect(epsilon_eq(dbl, osarc_fat_density_error_mg_cm3(0.5, OSARC_ABSORBER_K2HPO4, 70),
                         5 * osarc_fat_density_error_mg_cm3(0.1, OSARC_ABSORBER_K2HPO4, 70),
                         1e-12));
}

/*
 * 100 mg/cm3 of fat are published to take 13 mg/cm3 from a density at 130 kVp and 11 at 85 kVp
 * (Laval-Jeantet 1986, Radiology 159:463): fat in place of soft tissue. 0.5: whole numbers.
 */
Test(calibration_marrow_fat, agrees_with_what_fat_was_found_to_take)
{
    const double rows[][2] = {{130, 13}, {85, 11}};
    for (size_t i = 0; i < 2; i++) {
        double kev = osarc_effective_energy_kev(rows[i][0]);
        double volume = 100.0 / 920;
        double hu = mixed_hu(0, 0, kev) - mixed_hu(volume, 0, kev);
        double taken = hu / osarc_mineral_hu_per_mg_cm3(OSARC_ABSORBER_K2HPO4, kev);
        cr_expect(epsilon_eq(dbl, taken, rows[i][1], 0.5));
    }
}

Test(calibration_marrow_fat, knows_no_density_error_of_other_materials_or_energies)
{
    cr_expect(isnan(osarc_fat_density_error_mg_cm3(0.1, OSARC_ABSORBER_WATER, 70)));
    cr_expect(isnan(osarc_fat_density_error_mg_cm3(0.1, (osarc_absorber) 99, 70)));
    cr_expect(isnan(osarc_fat_density_error_mg_cm3(0.1, OSARC_ABSORBER_K2HPO4, 9)));
    cr_expect(isnan(osarc_fat_density_error_mg_cm3(0.1, OSARC_ABSORBER_K2HPO4, 201)));
    cr_expect(isnan(osarc_fat_density_error_mg_cm3(NAN, OSARC_ABSORBER_K2HPO4, 70)));
}

/* The other way, for comparison: each voxel solved and clamped, then the mean of fractions. */
static double mean_of_voxels(size_t count, double low_kev, double high_kev)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        double a[3][3];
        const double kev[2] = {low_kev, high_kev};
        for (int r = 0; r < 2; r++) {
            a[r][0] = osarc_absorber_hu(OSARC_ABSORBER_HYDROXYAPATITE, kev[r]);
            a[r][1] = osarc_absorber_hu(OSARC_ABSORBER_TRIGLYCERIDE, kev[r]);
            a[r][2] = osarc_absorber_hu(OSARC_ABSORBER_MUSCLE, kev[r]);
        }
        /* two unknowns after soft = 1 - mineral - fat */
        double m0 = a[0][0] - a[0][2];
        double f0 = a[0][1] - a[0][2];
        double m1 = a[1][0] - a[1][2];
        double f1 = a[1][1] - a[1][2];
        double l = low_hu[i] - a[0][2];
        double h = high_hu[i] - a[1][2];
        double d = m0 * f1 - m1 * f0;
        double mineral = fmin(1, fmax(0, (l * f1 - h * f0) / d));
        double fat = fmin(1, fmax(0, (m0 * h - m1 * l) / d));
        double soft = fmin(1, fmax(0, 1 - (l * f1 - h * f0) / d - (m0 * h - m1 * l) / d));
        sum += mineral < 1 ? fat / (fat + soft) : 0;
    }
    return sum / (double) count;
}

/*
 * 20 HU of noise in both images and 40000 voxels, a vertebral body at 0.7 x 0.7 x 1.5 mm: the
 * scatter of the mean is 0.6 / 200 = 0.003 at 60 and 90 keV, so 0.02 is six times that.
 */
Test(calibration_marrow_fat, is_not_moved_by_noise)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double pairs[][2] = {{50, 80}, {60, 90}};
    double worst = 0;
    double worst_of_voxels = 0;
    for (size_t p = 0; p < 2; p++)
        for (double fraction = 0; fraction < 0.95; fraction += 0.3)
            for (double mineral = 0; mineral <= 300; mineral += 150) {
                osarc_marrow_fat fat;
                fill(ROOM, fraction, mineral, pairs[p][0], pairs[p][1]);
                add_noise(ROOM, 20, 1, 17 + p);
                EXPECT_OK(solve(&fat, ROOM, exactly(pairs[p][0]), exactly(pairs[p][1]), &err));
                cr_expect(epsilon_eq(dbl, fat.fraction, fraction, 0.02));
                cr_expect(le(dbl, fat.ci[0], fraction));
                cr_expect(ge(dbl, fat.ci[1], fraction));
                cr_expect(gt(sz, fat.clamped, ROOM / 5));
                cr_expect(gt(dbl, fat.residual, 0.001));
                worst = fmax(worst, fabs(fat.fraction - fraction));
                double other = mean_of_voxels(ROOM, pairs[p][0], pairs[p][1]);
                worst_of_voxels = fmax(worst_of_voxels, fabs(other - fraction));
            }
    printf("20 HU of noise: off by at most %.3f on the mean, %.3f as the mean of voxels\n", worst,
           worst_of_voxels);
    /* what the choice stands on: voxels are drawn to the middle by what is clamped */
    cr_expect(gt(dbl, worst_of_voxels, 0.2));
}

static double half_of(size_t count, double noise, size_t run)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_marrow_fat fat;
    fill(count, 0.5, 150, 50, 80);
    if (noise > 0)
        add_noise(count, noise, run, 5);
    EXPECT_OK(solve(&fat, count, exactly(50), exactly(80), &err));
    return 0.5 * (fat.ci[1] - fat.ci[0]);
}

/*
 * At 50 and 80 keV a fraction scatters by 0.49 a voxel for 20 HU in both (error propagation), so
 * half an interval is 2.09 * 0.49 / 200 with 40000; the spread of 20 parts knows that to 35 %.
 */
Test(calibration_marrow_fat, has_the_interval_of_its_scatter)
{
    double materials = half_of(ROOM, 0, 1);
    double expected = 2.093 * 0.49 / 200;
    double scatter = sqrt(pow(half_of(ROOM, 20, 1), 2) - materials * materials);
    cr_expect(epsilon_eq(dbl, scatter, expected, 0.35 * expected));
    /* voxels alike in runs of 100 are a hundredth as many */
    double alike = sqrt(pow(half_of(ROOM, 20, 100), 2) - materials * materials);
    cr_expect(epsilon_eq(dbl, alike, 10 * expected, 3.5 * expected));
}

/* Blood for muscle as soft tissue is 8 to 9 % of pure soft tissue, less as there is more fat. */
Test(calibration_marrow_fat, holds_what_other_soft_tissue_would_give)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_marrow_fat fat;
    fill(20, 0.1, 0, 50, 80);
    EXPECT_OK(solve(&fat, 20, exactly(50), exactly(80), &err));
    cr_expect(gt(dbl, fat.ci[1] - fat.fraction, 0.07));
    cr_expect(lt(dbl, fat.ci[1] - fat.fraction, 0.09));
}

Test(calibration_marrow_fat, holds_the_truth_when_one_energy_is_off_within_its_interval)
{
    osarc_error err = OSARC_ERROR_INIT;
    const double LOW[] = {49, 51, 50, 50};
    const double HIGH[] = {80, 80, 79, 81};
    for (int turn = 0; turn < 4; turn++)
        for (double fraction = 0; fraction < 0.95; fraction += 0.3)
            for (double mineral = 0; mineral <= 300; mineral += 150) {
                osarc_marrow_fat fat;
                fill(20, fraction, mineral, LOW[turn], HIGH[turn]);
                EXPECT_OK(solve(&fat, 20, about(50, 1), about(80, 1), &err));
                cr_expect(le(dbl, fat.ci[0], fraction));
                cr_expect(ge(dbl, fat.ci[1], fraction));
                cr_expect(le(dbl, fat.mineral_ci[0], mineral));
                cr_expect(ge(dbl, fat.mineral_ci[1], mineral));
            }
}

/* An offset of all voxels is no scatter: 20 HU in the low image are 0.2 to 0.4 of a fraction. */
Test(calibration_marrow_fat, holds_the_truth_when_a_scale_is_off_within_its_interval)
{
    osarc_error err = OSARC_ERROR_INIT;
    for (int turn = 0; turn < 4; turn++) {
        osarc_marrow_fat fat;
        osarc_effective_energy low = {50, {NAN, NAN}, 10};
        osarc_effective_energy high = {80, {NAN, NAN}, 10};
        fill(20, 0.5, 150, 50, 80);
        for (size_t i = 0; i < 20; i++)
            *(turn & 1 ? &low_hu[i] : &high_hu[i]) += turn & 2 ? 9.9 : -9.9;
        EXPECT_OK(solve(&fat, 20, low, high, &err));
        cr_expect(le(dbl, fat.ci[0], 0.5));
        cr_expect(ge(dbl, fat.ci[1], 0.5));
        cr_expect(gt(dbl, fabs(fat.fraction - 0.5), 0.05));
    }
}

/* A scale of K2HPO4 with its energy, on a scanner that reads gain * HU + offset. */
static osarc_calibration make_scale(double kev, double gain, double offset)
{
    osarc_calibration scale = {.rung = OSARC_RUNG_PHANTOM,
                               .method = "phantom",
                               .basis = "K2HPO4",
                               .effective_energy_kev = kev,
                               .energy_ci = {kev - 0.5, kev + 0.5},
                               .kvp = NAN,
                               .t_95 = 2};
    scale.density[1] = 1 / (gain * osarc_mineral_hu_per_mg_cm3(OSARC_ABSORBER_K2HPO4, kev));
    scale.density[0] = -offset * scale.density[1];
    return scale;
}

Test(calibration_marrow_fat, takes_offset_and_gain_of_either_scale_out)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_marrow_fat fat;
    osarc_calibration low = make_scale(50, 1.03, 8);
    osarc_calibration high = make_scale(80, 0.98, -6);
    fill(100, 0.5, 150, 50, 80);
    for (size_t i = 0; i < 100; i++) {
        low_hu[i] = 1.03 * low_hu[i] + 8;
        high_hu[i] = 0.98 * high_hu[i] - 6;
    }
    low_hu[7] = NAN;
    EXPECT_OK(osarc_marrow_fat_two_scales(&fat, low_hu, high_hu, 100, &low, &high, &err));
    cr_expect(epsilon_eq(dbl, fat.fraction, 0.5, 1e-9));
    cr_expect(eq(sz, fat.voxels, 99));
    double half = fat.ci[1] - fat.fraction;
    /* 2 mg/cm3 are 4.5 HU at 50 keV and 2.3 HU at 80 */
    low.systematic_mg_cm3 = high.systematic_mg_cm3 = 2;
    EXPECT_OK(osarc_marrow_fat_two_scales(&fat, low_hu, high_hu, 100, &low, &high, &err));
    cr_expect(gt(dbl, fat.ci[1] - fat.fraction, half + 0.01));
}

Test(calibration_marrow_fat, refuses_scales_without_an_energy)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_marrow_fat fat;
    osarc_calibration low = make_scale(50, 1, 0);
    osarc_calibration high = make_scale(80, 1, 0);
    osarc_calibration none = {.rung = OSARC_RUNG_NONE};
    fill(100, 0.5, 150, 50, 80);
    EXPECT_REFUSED(osarc_marrow_fat_two_scales(&fat, low_hu, high_hu, 100, &none, &high, &err),
                   OSARC_ERR_QUALITY);
    EXPECT_REFUSED(osarc_marrow_fat_two_scales(&fat, low_hu, high_hu, 100, &low, &none, &err),
                   OSARC_ERR_QUALITY);
    /* that of the tube voltage is known to 14 %: it leaves everything open */
    low.effective_energy_kev = high.effective_energy_kev = NAN;
    low.kvp = 80;
    high.kvp = 140;
    EXPECT_REFUSED(osarc_marrow_fat_two_scales(&fat, low_hu, high_hu, 100, &low, &high, &err),
                   OSARC_ERR_QUALITY);
    cr_expect(isnan(fat.fraction));
    EXPECT_REFUSED(osarc_marrow_fat_two_scales(&fat, low_hu, high_hu, 100, NULL, &high, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_marrow_fat_two_scales(&fat, low_hu, high_hu, 0, &low, &high, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_marrow_fat_two_scales(&fat, NULL, high_hu, 100, &low, &high, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_marrow_fat_two_scales(NULL, low_hu, high_hu, 100, &low, &high, &err),
                   OSARC_ERR_ARGUMENT);
    osi_alloc_fail_at(1);
    EXPECT_REFUSED(osarc_marrow_fat_two_scales(&fat, low_hu, high_hu, 100, &low, &high, &err),
                   OSARC_ERR_MEMORY);
    osi_alloc_fail_at(0);
}

Test(calibration_marrow_fat, leaves_out_what_was_not_measured)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_marrow_fat fat;
    fill(100, 0.4, 120, 50, 80);
    for (size_t i = 0; i < 100; i += 3)
        *(i % 2 ? &low_hu[i] : &high_hu[i]) = i % 4 ? NAN : INFINITY;
    EXPECT_OK(solve(&fat, 100, exactly(50), exactly(80), &err));
    cr_expect(epsilon_eq(dbl, fat.fraction, 0.4, 1e-9));
    cr_expect(eq(sz, fat.voxels, 66));
}

Test(calibration_marrow_fat, refuses_energies_that_tell_nothing_apart)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_marrow_fat fat;
    fill(40, 0.4, 120, 60, 90);
    const double pairs[][2] = {{60, 60}, {90, 60}, {60, 65}, {70, 80}, {100, 140}};
    for (size_t p = 0; p < sizeof(pairs) / sizeof(pairs[0]); p++) {
        EXPECT_REFUSED(solve(&fat, 40, exactly(pairs[p][0]), exactly(pairs[p][1]), &err),
                       OSARC_ERR_QUALITY);
        cr_expect(isnan(fat.fraction) && isnan(fat.ci[0]) && isnan(fat.mineral_mg_cm3));
    }
    EXPECT_REFUSED(solve(&fat, 40, about(60, 20), about(90, 20), &err), OSARC_ERR_QUALITY);
}

Test(calibration_marrow_fat, refuses_energies_outside_the_table)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_marrow_fat fat;
    fill(40, 0.4, 120, 60, 90);
    const double wrong[] = {NAN, INFINITY, 0, -60, 9.9, 200.5};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        EXPECT_REFUSED(solve(&fat, 40, exactly(wrong[i]), exactly(90), &err), OSARC_ERR_ARGUMENT);
        EXPECT_REFUSED(solve(&fat, 40, exactly(60), exactly(wrong[i]), &err), OSARC_ERR_ARGUMENT);
    }
    osarc_effective_energy beside = {60, {62, 64}, 0};
    EXPECT_REFUSED(solve(&fat, 40, beside, exactly(90), &err), OSARC_ERR_ARGUMENT);
    osarc_effective_energy unsure = {60, {NAN, NAN}, NAN};
    EXPECT_REFUSED(solve(&fat, 40, unsure, exactly(90), &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(solve(&fat, 40, exactly(60), about(190, 15), &err), OSARC_ERR_ARGUMENT);
}

Test(calibration_marrow_fat, refuses_too_few_voxels)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_marrow_fat fat;
    fill(100, 0.4, 120, 60, 90);
    EXPECT_REFUSED(solve(&fat, 19, exactly(60), exactly(90), &err), OSARC_ERR_QUALITY);
    for (size_t i = 0; i < 51; i++)
        low_hu[i] = NAN;
    EXPECT_REFUSED(solve(&fat, 100, exactly(60), exactly(90), &err), OSARC_ERR_QUALITY);
    for (size_t i = 0; i < 100; i++)
        high_hu[i] = NAN;
    EXPECT_REFUSED(solve(&fat, 100, exactly(60), exactly(90), &err), OSARC_ERR_QUALITY);
    cr_expect(isnan(fat.fraction));
    cr_expect(eq(sz, fat.voxels, 0));
}

/* 5 keV of 50 move the fraction by more than a half. */
Test(calibration_marrow_fat, refuses_energies_that_leave_everything_open)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_marrow_fat fat;
    fill(40, 0.4, 150, 50, 80);
    EXPECT_REFUSED(solve(&fat, 40, about(50, 5), about(80, 5), &err), OSARC_ERR_QUALITY);
    cr_expect(isnan(fat.fraction));
}

/* 50 voxels at 20 HU: a mean known to 0.49 / 7 has an interval of +- 0.14, at 150 HU of +- 1. */
Test(calibration_marrow_fat, refuses_noise_that_leaves_everything_open)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_marrow_fat fat;
    fill(50, 0.4, 150, 50, 80);
    add_noise(50, 150, 1, 3);
    EXPECT_REFUSED(solve(&fat, 50, exactly(50), exactly(80), &err), OSARC_ERR_QUALITY);
    cr_expect(isnan(fat.fraction));
}

Test(calibration_marrow_fat, refuses_what_is_not_mineral_fat_and_soft_tissue)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_marrow_fat fat;
    /* air, metal, and compact bone; then 10 mg/cm3 of iodine, 54 (50 keV) and 19 (80) times water
     * (NIST XCOM), in blood */
    const double values[][2] = {
        {-1000, -1000}, {3000, 2900}, {4000, 2200}, {60 + 540, 55 + 190}, {40, 400}};
    for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
        for (size_t i = 0; i < 40; i++) {
            low_hu[i] = values[v][0];
            high_hu[i] = values[v][1];
        }
        EXPECT_REFUSED(solve(&fat, 40, exactly(50), exactly(80), &err), OSARC_ERR_QUALITY);
        cr_expect(isnan(fat.fraction) && isnan(fat.density_error_mg_cm3));
    }
}

Test(calibration_marrow_fat, refuses_nothing)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_marrow_fat fat;
    osarc_effective_energy low = exactly(60);
    osarc_effective_energy high = exactly(90);
    EXPECT_REFUSED(osarc_marrow_fat_two_energies(NULL, low_hu, high_hu, 40, &low, &high, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_marrow_fat_two_energies(&fat, NULL, high_hu, 40, &low, &high, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_marrow_fat_two_energies(&fat, low_hu, NULL, 40, &low, &high, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_marrow_fat_two_energies(&fat, low_hu, high_hu, 0, &low, &high, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_marrow_fat_two_energies(&fat, low_hu, high_hu, 40, NULL, &high, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_marrow_fat_two_energies(&fat, low_hu, high_hu, 40, &low, NULL, &err),
                   OSARC_ERR_ARGUMENT);
}
