/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "samples_help.h"

/* Median, mode: 1.5 HU for the blur to one side and the width of bins; blood is a thin vessel. */
static void expect_truth(const osarc_phantom *phantom, const osarc_tissue_samples *s)
{
    cr_expect(epsilon_eq(dbl, s->air_hu, -1000, 1.5));
    cr_expect(epsilon_eq(dbl, s->fat_hu, material_hu(phantom, "subcutaneous_fat"), 1.5));
    cr_expect(epsilon_eq(dbl, s->muscle_hu, material_hu(phantom, "muscle"), 1.5));
    cr_expect(epsilon_eq(dbl, s->blood_hu, material_hu(phantom, "blood"), 2.5));
    cr_expect(eq(str, (char *) s->blood_from, "aorta"));
    cr_expect(eq(int, s->blood_enhanced, 0));
}

Test(calibration_tissue_samples, reads_what_the_tissues_are)
{
    static const double KVP[] = {80, 120, 140};
    for (size_t i = 0; i < COUNT(KVP); i++) {
        osarc_phantom *phantom = make("abdomen", (osarc_phantom_options){.pixel_mm = 2,
                                                                         .slice_mm = 5,
                                                                         .length_mm = 120,
                                                                         .noise_sd_hu = 12,
                                                                         .kvp = KVP[i],
                                                                         .seed = 5});
        osarc_spine_line line = spine();
        osarc_tissue_samples s = sample_tissues(osarc_phantom_image(phantom),
                                                osarc_phantom_tissue(phantom), &line, NULL);
        expect_truth(phantom, &s);
        cr_expect(epsilon_eq(dbl, s.noise_sd_hu, 12, 1));
        /* SD over the root of some thousand samples, and of some dozen discs of blood */
        cr_expect(lt(dbl, s.fat_se, 0.5));
        cr_expect(gt(dbl, s.fat_se, 0.0));
        cr_expect(lt(dbl, s.blood_se, 2.0));
        osarc_phantom_free(phantom);
    }
}

Test(calibration_tissue_samples, does_not_mind_how_the_patient_lies)
{
    static const osarc_phantom_options WAYS[] = {{.feet_first = 1},
                                                 {.prone = 1},
                                                 {.plane = OSARC_PLANE_SAGITTAL},
                                                 {.plane = OSARC_PLANE_CORONAL},
                                                 {.circle_padding = 1}};
    for (size_t i = 0; i < COUNT(WAYS); i++) {
        osarc_phantom_options options = WAYS[i];
        options.pixel_mm = 2;
        options.slice_mm = 2.5;
        options.length_mm = 75;
        options.noise_sd_hu = 8;
        options.seed = 9;
        osarc_phantom *phantom = make("abdomen", options);
        osarc_spine_line line = spine();
        osarc_tissue_samples s = sample_tissues(osarc_phantom_image(phantom),
                                                osarc_phantom_tissue(phantom), &line, NULL);
        expect_truth(phantom, &s);
        osarc_phantom_free(phantom);
    }
}

Test(calibration_tissue_samples, gives_the_same_bytes_with_any_number_of_threads)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = make_abdomen();
    osarc_spine_line line = spine();
    osarc_tissue_samples one, many;
    memset(&one, 0, sizeof(one));
    memset(&many, 0, sizeof(many));
    EXPECT_OK(osarc_tissue_samples_read(&one, osarc_phantom_image(phantom),
                                        osarc_phantom_tissue(phantom), &line, NULL, 1, &err));
    for (int threads = 2; threads <= 7; threads += 5) {
        EXPECT_OK(osarc_tissue_samples_read(&many, osarc_phantom_image(phantom),
                                            osarc_phantom_tissue(phantom), &line, NULL, threads,
                                            &err));
        cr_expect(memcmp(&one.air_hu, &many.air_hu, sizeof(double)) == 0);
        cr_expect(memcmp(&one.fat_hu, &many.fat_hu, sizeof(double)) == 0);
        cr_expect(memcmp(&one.muscle_hu, &many.muscle_hu, sizeof(double)) == 0);
        cr_expect(memcmp(&one.blood_hu, &many.blood_hu, sizeof(double)) == 0);
        cr_expect(memcmp(&one.blood_se, &many.blood_se, sizeof(double)) == 0);
        cr_expect(memcmp(&one.cortical_hu, &many.cortical_hu, sizeof(double)) == 0);
        cr_expect(memcmp(&one.noise_sd_hu, &many.noise_sd_hu, sizeof(double)) == 0);
    }
    osarc_phantom_free(phantom);
}

/* Shafts are whole compact bone, 3 mm and more: to 2 %, which noise at the bright end adds. */
Test(calibration_tissue_samples, reads_the_shafts_of_thighs)
{
    static const double PIXEL_MM[] = {0.75, 1, 1.5};
    for (size_t i = 0; i < COUNT(PIXEL_MM); i++) {
        osarc_phantom *phantom = make("thigh", (osarc_phantom_options){.pixel_mm = PIXEL_MM[i],
                                                                       .slice_mm = 5,
                                                                       .length_mm = 100,
                                                                       .noise_sd_hu = 12,
                                                                       .seed = 3});
        osarc_notes *notes = make_notes();
        osarc_tissue_samples s = sample_tissues(osarc_phantom_image(phantom),
                                                osarc_phantom_tissue(phantom), NULL, notes);
        double bone = material_hu(phantom, "compact_bone");
        cr_expect(epsilon_eq(dbl, s.cortical_hu, bone, 0.02 * bone), "%g mm", PIXEL_MM[i]);
        cr_expect(epsilon_eq(dbl, s.muscle_hu, material_hu(phantom, "muscle"), 1.5));
        cr_expect(isnan(s.blood_hu));
        cr_expect(eq(str, (char *) s.blood_from, ""));
        cr_expect(noted(notes, "samples_muscle"));
        osarc_notes_free(notes);
        osarc_phantom_free(phantom);
    }
}

/* A shaft of one density, walls 6 mm thick: the same to half a bin however fine the voxels are. */
Test(calibration_tissue_samples, does_not_mind_how_fine_voxels_are)
{
    osarc_error err = OSARC_ERROR_INIT;
    static const double SPACING_MM[] = {0.15, 0.3, 0.5, 0.9, 1.2, 1.5};
    for (size_t n = 0; n < COUNT(SPACING_MM); n++) {
        size_t side = (size_t) (40 / SPACING_MM[n]);
        const osarc_grid grid = {.size = {side, side, 20},
                                 .spacing_mm = {SPACING_MM[n], SPACING_MM[n], 1},
                                 .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
        osarc_image *image;
        osarc_mask *tissue;
        EXPECT_OK(osarc_image_create(&image, &grid, OSARC_UNIT_HU, 1, 0, &err));
        EXPECT_OK(osarc_mask_create(&tissue, &grid, &err));
        for (size_t i = 0; i < side * side * 20; i++) {
            double r = SPACING_MM[n] * hypot((double) (i % side) - (double) side / 2,
                                             (double) (i / side % side) - (double) side / 2);
            int bone = r >= 10 && r <= 16;
            osarc_image_fill(image)[i] = bone ? 1300 : -60;
            osarc_mask_fill(tissue)[i] = bone ? OSARC_TISSUE_COMPACT_BONE : OSARC_TISSUE_SOFT;
        }
        osarc_tissue_samples s = sample_tissues(image, tissue, NULL, NULL);
        cr_expect(epsilon_eq(dbl, s.cortical_hu, 1300, 0.51), "%g mm", SPACING_MM[n]);
        osarc_mask_free(tissue);
        osarc_image_free(image);
    }
}

/* Fat that is no textbook fat, bone that is no textbook bone: the interval holds the truth. */
Test(calibration_tissue_samples, leads_to_an_interval_that_holds_the_true_slope)
{
    static const double KVP[] = {100, 120, 140};
    for (size_t i = 0; i < COUNT(KVP); i++) {
        osarc_error err = OSARC_ERROR_INIT;
        osarc_phantom *phantom = make("thigh", (osarc_phantom_options){.pixel_mm = 1,
                                                                       .slice_mm = 5,
                                                                       .length_mm = 100,
                                                                       .noise_sd_hu = 12,
                                                                       .kvp = KVP[i],
                                                                       .seed = 3});
        osarc_tissue_samples s =
            sample_tissues(osarc_phantom_image(phantom), osarc_phantom_tissue(phantom), NULL, NULL);
        osarc_calibration c;
        EXPECT_OK(osarc_calibrate_internal(&c, &s, OSARC_INTERNAL_LINEAR_MU,
                                           osarc_phantom_acquisition(phantom), NULL, &err));
        /* the energies that phantoms are made at */
        double kev = 62 + 7 * (double) i;
        cr_expect(le(dbl, c.energy_ci[0], kev), "%g kV", KVP[i]);
        cr_expect(ge(dbl, c.energy_ci[1], kev), "%g kV", KVP[i]);
        osarc_phantom_free(phantom);
    }
}

Test(calibration_tissue_samples, sees_contrast_medium_in_blood)
{
    osarc_phantom *phantom = make("abdomen", (osarc_phantom_options){.pixel_mm = 1.5,
                                                                     .slice_mm = 4,
                                                                     .length_mm = 120,
                                                                     .noise_sd_hu = 12,
                                                                     .contrast = 1,
                                                                     .seed = 5});
    osarc_spine_line line = spine();
    osarc_notes *notes = make_notes();
    osarc_tissue_samples s =
        sample_tissues(osarc_phantom_image(phantom), osarc_phantom_tissue(phantom), &line, notes);
    cr_expect(eq(int, s.blood_enhanced, 1));
    cr_expect(epsilon_eq(dbl, s.blood_hu, material_hu(phantom, "enhanced_blood"), 6));
    cr_expect(noted(notes, "samples_blood_enhanced"));
    osarc_notes_free(notes);
    osarc_phantom_free(phantom);
}

Test(calibration_tissue_samples, takes_the_vena_cava_where_no_aorta_is)
{
    osarc_phantom *phantom = make_abdomen();
    osarc_image *image = copy_image(osarc_phantom_image(phantom));
    osarc_spine_line line = spine();
    osarc_notes *notes = make_notes();
    fill_tube(image, 6, -12, 11, -100);
    osarc_tissue_samples s = sample_tissues(image, osarc_phantom_tissue(phantom), &line, notes);
    cr_expect(eq(str, (char *) s.blood_from, "inferior vena cava"));
    cr_expect(epsilon_eq(dbl, s.blood_hu, material_hu(phantom, "blood"), 3));
    cr_expect(noted(notes, "samples_blood_substitute"));
    osarc_notes_free(notes);
    osarc_image_free(image);
    osarc_phantom_free(phantom);
}

Test(calibration_tissue_samples, gives_no_blood_where_no_vessel_is)
{
    osarc_phantom *phantom = make_abdomen();
    osarc_image *image = copy_image(osarc_phantom_image(phantom));
    osarc_spine_line line = spine();
    osarc_notes *notes = make_notes();
    fill_tube(image, 6, -12, 11, -100);
    fill_tube(image, -16, -10, 12, -100);
    fill_tube(image, 28, -50, 30, -100); /* bowel */
    osarc_tissue_samples s = sample_tissues(image, osarc_phantom_tissue(phantom), &line, notes);
    cr_expect(isnan(s.blood_hu));
    cr_expect(eq(str, (char *) s.blood_from, ""));
    cr_expect(eq(int, s.blood_enhanced, 0));
    cr_expect(noted(notes, "samples_no_blood"));
    osarc_notes_free(notes);
    osarc_image_free(image);
    osarc_phantom_free(phantom);
}
