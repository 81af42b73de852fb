/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torso_help.h"

static osarc_image *copy_image(const osarc_image *image, double step)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_image *copy = NULL;
    EXPECT_OK(osarc_image_create(&copy, osarc_image_grid(image), OSARC_UNIT_HU, step, 0, &err));
    memcpy(osarc_image_fill(copy), osarc_image_stored(image),
           osarc_grid_count(osarc_image_grid(image)) * sizeof(int16_t));
    return copy;
}

Test(measure_torso_scenes, a_copy_with_less_noise_decides_but_means_are_of_the_scan)
{
    scene s;
    set_up(&s);
    osarc_image *smooth = copy_image(s.image, 1);
    s.input.smooth = smooth;
    /* every second voxel of muscle reads as fat by its noise */
    for (size_t i = 0; i < osarc_grid_count(osarc_image_grid(s.image)); i++)
        if (osarc_mask_labels(s.mask)[i] == OSARC_TISSUE_MUSCLE)
            osarc_image_fill(s.image)[i] = i % 2 ? 120 : -40;
    measure(&s);
    expect_value(&s, "muscle_area", SLAB);
    expect_value(&s, "imat_area", SLAB);
    expect_value(&s, "muscle_attenuation", 40);
    expect_value(&s, "muscle_window_area", SLAB / 2);
    expect_value(&s, "imat_window_area", SLAB * 1.5);
    osarc_image_free(smooth);
    tear_down(&s);
}

Test(measure_torso_scenes, arms_do_not_count_and_are_told)
{
    scene s;
    osarc_error err = OSARC_ERROR_INIT;
    osarc_mask *arms = NULL;
    set_up(&s);
    EXPECT_OK(osarc_mask_create(&arms, osarc_mask_grid(s.mask), &err));
    for (size_t i = 0; i < osarc_grid_count(osarc_mask_grid(s.mask)); i++)
        osarc_mask_fill(arms)[i] = i % COLUMNS < 5;
    s.input.arms = arms;
    measure(&s);
    expect_value(&s, "sat_area", SLAB / 2);
    expect_value(&s, "muscle_area", SLAB);
    cr_expect(strstr(find(&s, "sat_area")->note, "arms beside the trunk, 4 cm2") != NULL);
    osarc_mask_free(arms);
    tear_down(&s);
}

Test(measure_torso_scenes, a_copy_of_another_scale_is_refused)
{
    scene s;
    osarc_error err = OSARC_ERROR_INIT;
    set_up(&s);
    osarc_image *smooth = copy_image(s.image, 2);
    s.input.smooth = smooth;
    EXPECT_REFUSED(osarc_measure_torso(s.findings, &s.context, &s.input, &err), OSARC_ERR_GEOMETRY);
    osarc_image_free(smooth);
    tear_down(&s);
}
