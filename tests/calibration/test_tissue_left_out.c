/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is not sampled, and why. */
#include "samples_help.h"

Test(calibration_tissue_left_out, leaves_out_air_that_was_cut_off)
{
    osarc_phantom *phantom = make_abdomen();
    osarc_image *image = copy_image(osarc_phantom_image(phantom));
    int16_t *stored = osarc_image_fill(image);
    size_t count = osarc_grid_count(osarc_image_grid(image));
    for (size_t i = 0; i < count; i++)
        if (stored[i] != OSARC_OUTSIDE && stored[i] < -990)
            stored[i] = -990;
    osarc_notes *notes = make_notes();
    osarc_tissue_samples s = sample_tissues(image, osarc_phantom_tissue(phantom), NULL, notes);
    cr_expect(isnan(s.air_hu));
    cr_expect(noted(notes, "samples_air_cut"));
    cr_expect(not(isnan(s.fat_hu)));
    osarc_notes_free(notes);
    osarc_image_free(image);
    osarc_phantom_free(phantom);
}

/* Cut at -1010: a sixth of the air at -1000 +- 12 HU is moved, its median is not. */
Test(calibration_tissue_left_out, keeps_air_whose_median_is_not_cut)
{
    osarc_phantom *phantom = make_abdomen();
    osarc_image *image = copy_image(osarc_phantom_image(phantom));
    int16_t *stored = osarc_image_fill(image);
    size_t count = osarc_grid_count(osarc_image_grid(image));
    for (size_t i = 0; i < count; i++)
        if (stored[i] != OSARC_OUTSIDE && stored[i] < -1010)
            stored[i] = -1010;
    osarc_tissue_samples s = sample_tissues(image, osarc_phantom_tissue(phantom), NULL, NULL);
    cr_expect(epsilon_eq(dbl, s.air_hu, -1000, 1.5));
    osarc_image_free(image);
    osarc_phantom_free(phantom);
}

Test(calibration_tissue_left_out, leaves_bone_out_that_voxels_do_not_resolve)
{
    osarc_phantom *phantom =
        make("thigh", (osarc_phantom_options){
                          .pixel_mm = 2.5, .slice_mm = 5, .length_mm = 100, .noise_sd_hu = 5});
    osarc_notes *notes = make_notes();
    osarc_tissue_samples s =
        sample_tissues(osarc_phantom_image(phantom), osarc_phantom_tissue(phantom), NULL, notes);
    cr_expect(isnan(s.cortical_hu));
    cr_expect(noted(notes, "samples_bone_coarse"));
    osarc_notes_free(notes);
    osarc_phantom_free(phantom);
}

Test(calibration_tissue_left_out, leaves_bone_out_that_is_too_thin_or_too_little)
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
    osarc_tissue_samples s = sample_tissues(image, tissue, NULL, notes);
    cr_expect(isnan(s.cortical_hu));
    cr_expect(noted(notes, "samples_bone_thin"));
    for (size_t i = 0; i < count; i++)
        if (labels[i] == OSARC_TISSUE_COMPACT_BONE)
            labels[i] = OSARC_TISSUE_SOFT;
    s = sample_tissues(osarc_phantom_image(phantom), tissue, NULL, notes);
    cr_expect(isnan(s.cortical_hu));
    cr_expect(noted(notes, "samples_no_bone"));
    osarc_notes_free(notes);
    osarc_image_free(image);
    osarc_mask_free(tissue);
    osarc_phantom_free(phantom);
}

/* A nail through both ends of the view: all bone is within 30 mm of it. */
Test(calibration_tissue_left_out, leaves_bone_near_metal_out)
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
    osarc_tissue_samples s = sample_tissues(osarc_phantom_image(phantom), tissue, NULL, notes);
    cr_expect(isnan(s.cortical_hu));
    cr_expect(noted(notes, "samples_no_bone"));
    osarc_notes_free(notes);
    osarc_mask_free(tissue);
    osarc_phantom_free(phantom);
}

Test(calibration_tissue_left_out, gives_nothing_where_nothing_is)
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
    osarc_tissue_samples s = sample_tissues(image, tissue, &line, notes);
    const double none[] = {s.air_hu,   s.fat_hu,      s.muscle_hu,
                           s.blood_hu, s.cortical_hu, s.noise_sd_hu};
    for (size_t i = 0; i < COUNT(none); i++)
        cr_expect(isnan(none[i]));
    cr_expect(noted(notes, "samples_no_air"));
    osarc_notes_free(notes);
    osarc_mask_free(tissue);
    osarc_image_free(image);
}

Test(calibration_tissue_left_out, refuses_what_is_not_in_hu_or_not_there)
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

Test(calibration_tissue_left_out, refuses_a_spine_without_a_direction)
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
