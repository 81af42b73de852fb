/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <expect.h>
#include <osarc/density.h>
#include <osarc/phantom.h>
#include <osi/fail.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Vertebrae of the abdomen phantom: 38 mm apart, their middles 21 mm behind the middle of the body.
 */
static const double CENTRES[3][3] = {{0, 21, 38}, {0, 21, 0}, {0, 21, -38}};
static const double BACKS[3][3] = {{0, 1, 0}, {0, 1, 0}, {0, 1, 0}};

static osarc_spine_line spine(void)
{
    return (osarc_spine_line){CENTRES, BACKS, 3};
}

static osarc_phantom *make(const char *kind, osarc_phantom_options options)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_phantom *phantom = NULL;
    EXPECT_OK(osarc_phantom_create(&phantom, kind, &options, &err));
    return phantom;
}

static osarc_phantom *make_abdomen(void)
{
    return make(
        "abdomen",
        (osarc_phantom_options){
            .pixel_mm = 1.5, .slice_mm = 4, .length_mm = 120, .noise_sd_hu = 12, .seed = 5});
}

static double material_hu(const osarc_phantom *phantom, const char *material)
{
    for (size_t i = 0; i < osarc_phantom_truth_count(phantom); i++) {
        const osarc_truth *t = osarc_phantom_truth(phantom, i);
        if (strcmp(t->quantity, "material_hu") == 0 && strcmp(t->tissue, material) == 0)
            return t->value;
    }
    cr_assert(0, "no truth for %s", material);
    return NAN;
}

static osarc_notes *make_notes(void)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_notes *notes = NULL;
    EXPECT_OK(osarc_notes_create(&notes, &err));
    return notes;
}

static int noted(const osarc_notes *notes, const char *code)
{
    for (size_t i = 0; i < osarc_notes_count(notes); i++)
        if (strcmp(osarc_notes_at(notes, i)->code, code) == 0)
            return 1;
    return 0;
}

static osarc_tissue_samples read(const osarc_image *image, const osarc_mask *tissue,
                                 const osarc_spine_line *line, osarc_notes *notes)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_tissue_samples s;
    EXPECT_OK(osarc_tissue_samples_read(&s, image, tissue, line, notes, 2, &err));
    return s;
}

/* A copy to be spoiled. */
static osarc_image *copy_image(const osarc_image *image)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_image *copy = NULL;
    EXPECT_OK(osarc_image_create(&copy, osarc_image_grid(image), OSARC_UNIT_HU,
                                 osarc_image_step(image), osarc_image_offset(image), &err));
    memcpy(osarc_image_fill(copy), osarc_image_stored(image),
           osarc_grid_count(osarc_image_grid(image)) * sizeof(int16_t));
    return copy;
}

static osarc_mask *copy_mask(const osarc_mask *mask)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_mask *copy = NULL;
    EXPECT_OK(osarc_mask_create(&copy, osarc_mask_grid(mask), &err));
    memcpy(osarc_mask_fill(copy), osarc_mask_labels(mask), osarc_grid_count(osarc_mask_grid(mask)));
    return copy;
}

/* Sets all voxels within a radius of a line along the body. */
static void fill_tube(osarc_image *image, double left_mm, double back_mm, double radius_mm, int hu)
{
    const osarc_grid *grid = osarc_image_grid(image);
    int16_t *stored = osarc_image_fill(image);
    size_t count = osarc_grid_count(grid);
    for (size_t i = 0; i < count; i++) {
        const double ijk[3] = {(double) (i % grid->size[0]),
                               (double) (i / grid->size[0] % grid->size[1]),
                               (double) (i / grid->size[0] / grid->size[1])};
        double at[3];
        osarc_grid_position_mm(grid, ijk, at);
        if (hypot(at[0] - left_mm, at[1] - back_mm) < radius_mm)
            stored[i] = (int16_t) hu;
    }
}

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
        osarc_phantom *phantom = make("abdomen", (osarc_phantom_options){.pixel_mm = 1.5,
                                                                         .slice_mm = 4,
                                                                         .length_mm = 120,
                                                                         .noise_sd_hu = 12,
                                                                         .kvp = KVP[i],
                                                                         .seed = 5});
        osarc_spine_line line = spine();
        osarc_tissue_samples s =
            read(osarc_phantom_image(phantom), osarc_phantom_tissue(phantom), &line, NULL);
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
        options.slice_mm = 2;
        options.length_mm = 100;
        options.noise_sd_hu = 8;
        options.seed = 9;
        osarc_phantom *phantom = make("abdomen", options);
        osarc_spine_line line = spine();
        osarc_tissue_samples s =
            read(osarc_phantom_image(phantom), osarc_phantom_tissue(phantom), &line, NULL);
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
        osarc_tissue_samples s =
            read(osarc_phantom_image(phantom), osarc_phantom_tissue(phantom), NULL, notes);
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
            read(osarc_phantom_image(phantom), osarc_phantom_tissue(phantom), NULL, NULL);
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
        read(osarc_phantom_image(phantom), osarc_phantom_tissue(phantom), &line, notes);
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
    osarc_tissue_samples s = read(image, osarc_phantom_tissue(phantom), &line, notes);
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
    osarc_tissue_samples s = read(image, osarc_phantom_tissue(phantom), &line, notes);
    cr_expect(isnan(s.blood_hu));
    cr_expect(eq(str, (char *) s.blood_from, ""));
    cr_expect(eq(int, s.blood_enhanced, 0));
    cr_expect(noted(notes, "samples_no_blood"));
    osarc_notes_free(notes);
    osarc_image_free(image);
    osarc_phantom_free(phantom);
}

Test(calibration_tissue_samples, leaves_out_air_that_was_cut_off)
{
    osarc_phantom *phantom = make_abdomen();
    osarc_image *image = copy_image(osarc_phantom_image(phantom));
    int16_t *stored = osarc_image_fill(image);
    size_t count = osarc_grid_count(osarc_image_grid(image));
    for (size_t i = 0; i < count; i++)
        if (stored[i] != OSARC_OUTSIDE && stored[i] < -990)
            stored[i] = -990;
    osarc_notes *notes = make_notes();
    osarc_tissue_samples s = read(image, osarc_phantom_tissue(phantom), NULL, notes);
    cr_expect(isnan(s.air_hu));
    cr_expect(noted(notes, "samples_air_cut"));
    cr_expect(not(isnan(s.fat_hu)));
    osarc_notes_free(notes);
    osarc_image_free(image);
    osarc_phantom_free(phantom);
}

/* Cut at -1010: a sixth of the air at -1000 +- 12 HU is moved, its median is not. */
Test(calibration_tissue_samples, keeps_air_whose_median_is_not_cut)
{
    osarc_phantom *phantom = make_abdomen();
    osarc_image *image = copy_image(osarc_phantom_image(phantom));
    int16_t *stored = osarc_image_fill(image);
    size_t count = osarc_grid_count(osarc_image_grid(image));
    for (size_t i = 0; i < count; i++)
        if (stored[i] != OSARC_OUTSIDE && stored[i] < -1010)
            stored[i] = -1010;
    osarc_tissue_samples s = read(image, osarc_phantom_tissue(phantom), NULL, NULL);
    cr_expect(epsilon_eq(dbl, s.air_hu, -1000, 1.5));
    osarc_image_free(image);
    osarc_phantom_free(phantom);
}

Test(calibration_tissue_samples, leaves_bone_out_that_voxels_do_not_resolve)
{
    osarc_phantom *phantom =
        make("thigh", (osarc_phantom_options){
                          .pixel_mm = 2.5, .slice_mm = 5, .length_mm = 100, .noise_sd_hu = 5});
    osarc_notes *notes = make_notes();
    osarc_tissue_samples s =
        read(osarc_phantom_image(phantom), osarc_phantom_tissue(phantom), NULL, notes);
    cr_expect(isnan(s.cortical_hu));
    cr_expect(noted(notes, "samples_bone_coarse"));
    osarc_notes_free(notes);
    osarc_phantom_free(phantom);
}

Test(calibration_tissue_samples, leaves_bone_out_that_is_too_thin_or_too_little)
{
    osarc_phantom *phantom = make(
        "thigh",
        (osarc_phantom_options){.pixel_mm = 1, .slice_mm = 5, .length_mm = 100, .noise_sd_hu = 5});
    osarc_mask *tissue = copy_mask(osarc_phantom_tissue(phantom));
    uint8_t *labels = osarc_mask_fill(tissue);
    size_t count = osarc_grid_count(osarc_mask_grid(tissue));
    osarc_image *image = copy_image(osarc_phantom_image(phantom));
    int16_t *stored = osarc_image_fill(image);
    for (size_t i = 0; i < count; i++)
        if (labels[i] == OSARC_TISSUE_COMPACT_BONE)
            stored[i] = (int16_t) (0.6 * stored[i]); /* as half a voxel of marrow does */
    osarc_notes *notes = make_notes();
    osarc_tissue_samples s = read(image, tissue, NULL, notes);
    cr_expect(isnan(s.cortical_hu));
    cr_expect(noted(notes, "samples_bone_thin"));
    for (size_t i = 0; i < count; i++)
        if (labels[i] == OSARC_TISSUE_COMPACT_BONE)
            labels[i] = OSARC_TISSUE_SOFT;
    s = read(osarc_phantom_image(phantom), tissue, NULL, notes);
    cr_expect(isnan(s.cortical_hu));
    cr_expect(noted(notes, "samples_no_bone"));
    osarc_notes_free(notes);
    osarc_image_free(image);
    osarc_mask_free(tissue);
    osarc_phantom_free(phantom);
}

/* A nail through both ends of the view: all bone is within 30 mm of it. */
Test(calibration_tissue_samples, leaves_bone_near_metal_out)
{
    osarc_phantom *phantom = make(
        "thigh",
        (osarc_phantom_options){.pixel_mm = 1, .slice_mm = 5, .length_mm = 60, .noise_sd_hu = 5});
    osarc_mask *tissue = copy_mask(osarc_phantom_tissue(phantom));
    uint8_t *labels = osarc_mask_fill(tissue);
    const osarc_grid *grid = osarc_mask_grid(tissue);
    size_t plane = grid->size[0] * grid->size[1];
    for (size_t i = 0; i < plane * grid->size[2]; i++)
        if (labels[i] == OSARC_TISSUE_TRABECULAR_BONE)
            labels[i] = OSARC_TISSUE_METAL;
    osarc_notes *notes = make_notes();
    osarc_tissue_samples s = read(osarc_phantom_image(phantom), tissue, NULL, notes);
    cr_expect(isnan(s.cortical_hu));
    cr_expect(noted(notes, "samples_no_bone"));
    osarc_notes_free(notes);
    osarc_mask_free(tissue);
    osarc_phantom_free(phantom);
}

Test(calibration_tissue_samples, gives_nothing_where_nothing_is)
{
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_grid grid = {.size = {20, 20, 1},
                             .spacing_mm = {1, 1, 5},
                             .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    osarc_image *image;
    osarc_mask *tissue;
    EXPECT_OK(osarc_image_create(&image, &grid, OSARC_UNIT_HU, 1, 0, &err));
    EXPECT_OK(osarc_mask_create(&tissue, &grid, &err));
    for (size_t i = 0; i < 400; i++)
        osarc_image_fill(image)[i] = OSARC_OUTSIDE;
    osarc_notes *notes = make_notes();
    osarc_spine_line line = spine();
    osarc_tissue_samples s = read(image, tissue, &line, notes);
    const double none[] = {s.air_hu,   s.fat_hu,      s.muscle_hu,
                           s.blood_hu, s.cortical_hu, s.noise_sd_hu};
    for (size_t i = 0; i < COUNT(none); i++)
        cr_expect(isnan(none[i]));
    cr_expect(noted(notes, "samples_no_air"));
    osarc_notes_free(notes);
    osarc_mask_free(tissue);
    osarc_image_free(image);
}

Test(calibration_tissue_samples, refuses_what_is_not_in_hu_or_not_there)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = {
        .size = {8, 8, 8}, .spacing_mm = {1, 1, 1}, .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    osarc_image *image, *other;
    osarc_mask *tissue, *apart;
    EXPECT_OK(osarc_image_create(&image, &grid, OSARC_UNIT_HU, 1, 0, &err));
    EXPECT_OK(osarc_image_create(&other, &grid, OSARC_UNIT_MG_CM3, 1, 0, &err));
    EXPECT_OK(osarc_mask_create(&tissue, &grid, &err));
    grid.origin_mm[2] = 3;
    EXPECT_OK(osarc_mask_create(&apart, &grid, &err));
    osarc_tissue_samples s;
    EXPECT_REFUSED(osarc_tissue_samples_read(NULL, image, tissue, NULL, NULL, 1, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_tissue_samples_read(&s, NULL, tissue, NULL, NULL, 1, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_tissue_samples_read(&s, image, NULL, NULL, NULL, 1, &err),
                   OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osarc_tissue_samples_read(&s, other, tissue, NULL, NULL, 1, &err),
                   OSARC_ERR_UNIT);
    EXPECT_REFUSED(osarc_tissue_samples_read(&s, image, apart, NULL, NULL, 1, &err),
                   OSARC_ERR_GEOMETRY);
    cr_expect(isnan(s.fat_hu));
    osarc_mask_free(apart);
    osarc_mask_free(tissue);
    osarc_image_free(other);
    osarc_image_free(image);
}

Test(calibration_tissue_samples, refuses_a_spine_without_a_direction)
{
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_grid grid = {
        .size = {8, 8, 8}, .spacing_mm = {1, 1, 1}, .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    osarc_image *image;
    osarc_mask *tissue;
    EXPECT_OK(osarc_image_create(&image, &grid, OSARC_UNIT_HU, 1, 0, &err));
    EXPECT_OK(osarc_mask_create(&tissue, &grid, &err));
    static const double NOWHERE[2][3] = {{0, 0, 0}, {0, 0, NAN}};
    static const double UPWARDS[2][3] = {{0, 0, 1}, {0, 0, 1}};
    static const double NO_BACK[2][3] = {{0, 0, 0}, {0, 0, 0}};
    static const double APART[2][3] = {{0, 0, 30}, {0, 0, 0}};
    static const double SAME[2][3] = {{0, 0, 30}, {0, 0, 30}};
    const osarc_spine_line LINES[] = {{CENTRES, BACKS, 0}, {NULL, BACKS, 3},    {CENTRES, NULL, 3},
                                      {NOWHERE, BACKS, 2}, {APART, UPWARDS, 2}, {APART, NO_BACK, 2},
                                      {SAME, BACKS, 2}};
    for (size_t i = 0; i < COUNT(LINES); i++) {
        osarc_tissue_samples s;
        EXPECT_REFUSED(osarc_tissue_samples_read(&s, image, tissue, &LINES[i], NULL, 1, &err),
                       OSARC_ERR_ARGUMENT);
        cr_expect(isnan(s.blood_hu), "line %zu", i);
    }
    osarc_mask_free(tissue);
    osarc_image_free(image);
}
