/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <expect.h>

#include <math.h>
#include <string.h>

#include <osarc/attenuation.h>
#include <osarc/density.h>

static osarc_error err;

static const osarc_rod_model *model_of(const char *id)
{
    const osarc_rod_model *model = osarc_rod_model_find(id);
    cr_assert(model != NULL, "%s", id);
    return model;
}

/* HU of HA rods on a line. */
static void line_hu(double hu[OSARC_ROD_MAX], const osarc_rod_model *model, double slope,
                    double intercept)
{
    for (size_t rod = 0; rod < OSARC_ROD_MAX; rod++)
        hu[rod] = intercept + slope * model->density_mg_cm3[rod];
}

/* HU = rho_water + 1.6 * rho_K2HPO4 - 1000, worked out by hand for serial 4560. */
static const double MINDWAYS_HU[OSARC_ROD_MAX] = {-70.678, -28.490, 197.778, 370.800, 524.528};

Test(calibration_rods, reads_mindways_rods_by_their_equations)
{
    osarc_calibration cal;
    EXPECT_OK(osarc_calibrate_rods(&cal, model_of("mindways3_ct"), MINDWAYS_HU, NULL, &err));
    cr_expect(eq(int, cal.rung, OSARC_RUNG_PHANTOM));
    cr_expect(eq(str, cal.basis, "K2HPO4"));
    cr_expect(eq(str, cal.model, "mindways3_ct"));
    /* rounding of the HU to 0.001 */
    cr_expect(epsilon_eq(dbl, cal.slope_hu_per_mg_cm3, 1.3826, 1e-5));
    cr_expect(epsilon_eq(dbl, cal.intercept_hu, -0.4, 1e-3));
    cr_expect(epsilon_eq(dbl, osarc_calibration_mg_cm3(&cal, 150), 108.7806, 2e-3));
    cr_expect(epsilon_eq(dbl, cal.r2, 1, 1e-6));
    cr_expect(epsilon_eq(dbl, osarc_calibration_half_mg_cm3(&cal, 150), 0, 1e-2));
}

/* sigma_CT 1.346 is K2HPO4 in water at 70 keV */
Test(calibration_rods, tells_the_effective_energy_of_mindways_rods)
{
    const osarc_rod_model *model = model_of("mindways3_ct");
    osarc_calibration cal;
    double hu[OSARC_ROD_MAX] = {0};
    double sigma = osarc_mineral_hu_per_mg_cm3(OSARC_ABSORBER_K2HPO4, 70) + 0.2174;
    for (size_t rod = 0; rod < 5; rod++)
        hu[rod] = model->water_density_mg_cm3[rod] + sigma * model->density_mg_cm3[rod] - 999.6 +
                  (rod % 2 ? 1 : -1);
    EXPECT_OK(osarc_calibrate_rods(&cal, model, hu, NULL, &err));
    /* 1 HU up and down moves the slope by 0.4 %, energy by 0.3 keV */
    cr_expect(epsilon_eq(dbl, cal.effective_energy_kev, 70, 0.5));
    cr_expect(lt(dbl, cal.energy_ci[0], 70));
    cr_expect(gt(dbl, cal.energy_ci[1], 70));
}

Test(calibration_rods, reads_solid_rods_by_a_line)
{
    static const char *const IDS[] = {"qrm_bdc_3", "qrm_bdc_6", "image_analysis_3", "bmas_200"};
    for (size_t i = 0; i < sizeof(IDS) / sizeof(IDS[0]); i++) {
        osarc_calibration cal;
        double hu[OSARC_ROD_MAX];
        line_hu(hu, model_of(IDS[i]), 1.31, 4.2);
        EXPECT_OK(osarc_calibrate_rods(&cal, model_of(IDS[i]), hu, NULL, &err));
        cr_expect(eq(str, cal.basis, "HA"));
        cr_expect(epsilon_eq(dbl, cal.slope_hu_per_mg_cm3, 1.31, 1e-9));
        cr_expect(epsilon_eq(dbl, cal.intercept_hu, 4.2, 1e-9));
        cr_expect(epsilon_eq(dbl, osarc_calibration_mg_cm3(&cal, 4.2 + 131), 100, 1e-9));
        /* plastic is not water: no energy can be read from it */
        cr_expect(isnan(cal.effective_energy_kev));
    }
}

/*
 * Residuals 2, -1, -2, -1, 2 beside a line over 0, 50 ... 200 sum to 0 and so do their products
 * with density: the line stays, s2 = 14 / 3, var(slope) = s2 / 25000 and var(intercept) =
 * s2 * (1 / 5 + 100^2 / 25000) = 0.6 * s2. Student's t of 3 degrees of freedom: 3.182446.
 */
Test(calibration_rods, gives_intervals_by_students_t)
{
    static const double OFF[] = {2, -1, -2, -1, 2};
    osarc_calibration cal;
    double hu[OSARC_ROD_MAX];
    line_hu(hu, model_of("bmas_200"), 1.25, -3);
    for (size_t rod = 0; rod < 5; rod++)
        hu[rod] += OFF[rod];
    EXPECT_OK(osarc_calibrate_rods(&cal, model_of("bmas_200"), hu, NULL, &err));
    double s2 = 14.0 / 3;
    cr_expect(epsilon_eq(dbl, cal.t_95, 3.182446, 1e-5));
    cr_expect(epsilon_eq(dbl, cal.residual_sd_hu, sqrt(s2), 1e-9));
    cr_expect(epsilon_eq(dbl, cal.slope_ci[1] - 1.25, 3.182446 * sqrt(s2 / 25000), 1e-6));
    cr_expect(epsilon_eq(dbl, -3 - cal.intercept_ci[0], 3.182446 * sqrt(0.6 * s2), 1e-5));
    /* at the mean of the rods only the mean is unsure: SD / sqrt(5) HU, over the slope */
    double half = 3.182446 * sqrt(s2 / 5) / 1.25;
    cr_expect(epsilon_eq(dbl, osarc_calibration_half_mg_cm3(&cal, -3 + 125), half, 1e-5));
    /* 100 mg/cm3 away it grows by that much slope: density error is error of HU over slope */
    half = 3.182446 * sqrt(s2 / 5 + 1e4 * s2 / 25000) / 1.25;
    cr_expect(epsilon_eq(dbl, osarc_calibration_half_mg_cm3(&cal, -3 + 250), half, 1e-5));
    for (size_t i = 0; i < 5; i++)
        cr_expect(epsilon_eq(dbl, cal.points[i].residual_hu, OFF[i], 1e-9));
}

Test(calibration_rods, takes_the_interval_of_two_rods_from_their_noise)
{
    static const double HU[OSARC_ROD_MAX] = {5, 265};
    static const double SE[OSARC_ROD_MAX] = {0.5, 0.7};
    osarc_calibration cal;
    EXPECT_OK(osarc_calibrate_rods(&cal, model_of("siemens_osteo"), HU, SE, &err));
    cr_expect(epsilon_eq(dbl, cal.slope_hu_per_mg_cm3, 1.3, 1e-12));
    cr_expect(epsilon_eq(dbl, cal.intercept_hu, 5, 1e-12));
    cr_expect(isnan(cal.r2));
    cr_expect(isnan(cal.residual_sd_hu));
    double half = 1.959964 * sqrt(0.25 + 0.49) / 200;
    cr_expect(epsilon_eq(dbl, cal.slope_ci[1] - 1.3, half, 1e-8));
    /* at a rod's own HU the error is that rod's */
    cr_expect(epsilon_eq(dbl, osarc_calibration_half_mg_cm3(&cal, 5), 1.959964 * 0.5 / 1.3, 1e-6));
    cr_expect(
        epsilon_eq(dbl, osarc_calibration_half_mg_cm3(&cal, 265), 1.959964 * 0.7 / 1.3, 1e-6));
    EXPECT_OK(osarc_calibrate_rods(&cal, model_of("siemens_osteo"), HU, NULL, &err));
    cr_expect(isnan(osarc_calibration_half_mg_cm3(&cal, 100)), "an interval from nothing");
}

Test(calibration_rods, does_without_a_rod_that_was_not_seen)
{
    osarc_calibration cal;
    double hu[OSARC_ROD_MAX];
    line_hu(hu, model_of("qrm_bdc_6"), 1.3, 0);
    hu[0] = hu[5] = NAN;
    EXPECT_OK(osarc_calibrate_rods(&cal, model_of("qrm_bdc_6"), hu, NULL, &err));
    cr_expect(eq(sz, cal.point_count, 4));
    cr_expect(eq(str, cal.points[0].name, "rod 2"));
    cr_expect(epsilon_eq(dbl, cal.points[3].reference, 600, 0));
    cr_expect(epsilon_eq(dbl, cal.slope_hu_per_mg_cm3, 1.3, 1e-9));
}

Test(calibration_rods, refuses_one_rod)
{
    const double hu[OSARC_ROD_MAX] = {NAN, 130, NAN, NAN, NAN, NAN};
    osarc_calibration cal;
    EXPECT_REFUSED(osarc_calibrate_rods(&cal, model_of("qrm_bdc_6"), hu, NULL, &err),
                   OSARC_ERR_QUALITY);
    cr_expect(eq(str, err.text, "1 of 6 rods of qrm_bdc_6 seen, at least 2 needed"));
    cr_expect(eq(int, cal.rung, OSARC_RUNG_NONE));
    cr_expect(isnan(osarc_calibration_mg_cm3(&cal, 100)));
}

Test(calibration_rods, refuses_rods_that_are_alike)
{
    double hu[OSARC_ROD_MAX] = {-70.678, -28.490, NAN, NAN, NAN};
    osarc_calibration cal;
    EXPECT_REFUSED(osarc_calibrate_rods(&cal, model_of("mindways3_ct"), hu, NULL, &err),
                   OSARC_ERR_QUALITY);
    cr_expect(strstr(err.text, "span 1.6 mg/cm3, at least 50 needed") != NULL, "%s", err.text);
}

Test(calibration_rods, refuses_rods_beside_the_line_and_names_the_worst)
{
    osarc_calibration cal;
    double hu[OSARC_ROD_MAX];
    line_hu(hu, model_of("bmas_200"), 1.3, 0);
    hu[3] += 60;
    EXPECT_REFUSED(osarc_calibrate_rods(&cal, model_of("bmas_200"), hu, NULL, &err),
                   OSARC_ERR_QUALITY);
    cr_expect(strstr(err.text, "R2") != NULL, "%s", err.text);
    cr_expect(strstr(err.text, "rod 4 is off by") != NULL, "%s", err.text);
}

/* R2 is over 0.99 when the rods span much, and one is still wrong */
Test(calibration_rods, refuses_a_large_residual_where_r2_looks_well)
{
    osarc_calibration cal;
    double hu[OSARC_ROD_MAX];
    line_hu(hu, model_of("qrm_bdc_6"), 1.3, 0);
    hu[2] += 75;
    EXPECT_REFUSED(osarc_calibrate_rods(&cal, model_of("qrm_bdc_6"), hu, NULL, &err),
                   OSARC_ERR_QUALITY);
    cr_expect(strstr(err.text, "residual SD") != NULL, "%s", err.text);
    cr_expect(strstr(err.text, "rod 3 is off by") != NULL, "%s", err.text);
}

Test(calibration_rods, refuses_slopes_that_no_beam_gives)
{
    static const double SLOPES[] = {-1.3, 0.4, 0.6, 4.0};
    for (size_t i = 0; i < 4; i++) {
        osarc_calibration cal;
        double hu[OSARC_ROD_MAX];
        line_hu(hu, model_of("bmas_200"), SLOPES[i], 0);
        EXPECT_REFUSED(osarc_calibrate_rods(&cal, model_of("bmas_200"), hu, NULL, &err),
                       OSARC_ERR_QUALITY);
        cr_expect(strstr(err.text, "slope") != NULL, "%s", err.text);
    }
}

/* 1.0 at 140 kVp with tin to 2.3 at 70 kVp, for either mineral */
Test(calibration_rods, takes_slopes_of_every_tube_voltage)
{
    for (double slope = 1.0; slope <= 2.3; slope += 0.1) {
        osarc_calibration cal;
        double hu[OSARC_ROD_MAX];
        line_hu(hu, model_of("qrm_bdc_3"), slope, 0);
        EXPECT_OK(osarc_calibrate_rods(&cal, model_of("qrm_bdc_3"), hu, NULL, &err));
    }
}

Test(calibration_rods, refuses_water_that_reads_far_from_zero)
{
    for (double shift = -100; shift <= 100; shift += 200) {
        osarc_calibration cal;
        double hu[OSARC_ROD_MAX];
        line_hu(hu, model_of("bmas_200"), 1.3, shift);
        EXPECT_REFUSED(osarc_calibrate_rods(&cal, model_of("bmas_200"), hu, NULL, &err),
                       OSARC_ERR_QUALITY);
        cr_expect(strstr(err.text, "-75 to 75 expected") != NULL, "%s", err.text);
    }
}

/* the rods of one phantom read with the values of another */
Test(calibration_rods, refuses_the_values_of_another_phantom)
{
    osarc_calibration cal;
    EXPECT_REFUSED(osarc_calibrate_rods(&cal, model_of("bmas_200"), MINDWAYS_HU, NULL, &err),
                   OSARC_ERR_QUALITY);
    double hu[OSARC_ROD_MAX];
    line_hu(hu, model_of("qrm_bdc_3"), 1.3, 0);
    EXPECT_REFUSED(osarc_calibrate_rods(&cal, model_of("image_analysis_3"), hu, NULL, &err),
                   OSARC_ERR_QUALITY);
}

Test(calibration_rods, refuses_what_is_no_model)
{
    const double hu[OSARC_ROD_MAX] = {0, 100};
    osarc_calibration cal;
    osarc_rod_model model = *model_of("siemens_osteo");
    EXPECT_REFUSED(osarc_calibrate_rods(NULL, &model, hu, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_calibrate_rods(&cal, NULL, hu, NULL, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_calibrate_rods(&cal, &model, NULL, NULL, &err), OSARC_ERR_ARGUMENT);
    model.rod_count = 1;
    EXPECT_REFUSED(osarc_calibrate_rods(&cal, &model, hu, NULL, &err), OSARC_ERR_ARGUMENT);
    model.rod_count = OSARC_ROD_MAX + 1;
    EXPECT_REFUSED(osarc_calibrate_rods(&cal, &model, hu, NULL, &err), OSARC_ERR_ARGUMENT);
    model.rod_count = 2;
    model.density_mg_cm3[1] = NAN;
    EXPECT_REFUSED(osarc_calibrate_rods(&cal, &model, hu, NULL, &err), OSARC_ERR_ARGUMENT);
}
