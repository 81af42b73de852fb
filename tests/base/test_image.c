/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <expect.h>
#include <osarc/image.h>

static const osarc_grid GRID = {
    .size = {4, 3, 2},
    .spacing_mm = {0.5, 1, 5},
    .origin_mm = {-10, -20, 30},
    .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
};

Test(base_image, turns_a_threshold_in_hu_into_the_exact_stored_number)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_image *image = NULL;
    EXPECT_OK(osarc_image_create(&image, &GRID, OSARC_UNIT_HU, 0.5, -10, &err));
    for (double hu = -40; hu < 40; hu += 0.25) {
        int16_t limit = osarc_image_threshold(image, hu);
        cr_expect(ge(dbl, limit * 0.5 - 10, hu));
        cr_expect(lt(dbl, (limit - 1) * 0.5 - 10, hu));
    }
    osarc_image_free(image);
}

Test(base_image, position_and_index_undo_each_other)
{
    double ijk[3] = {1.5, 2, 0.25};
    double lps[3];
    double back[3];
    osarc_grid_position_mm(&GRID, ijk, lps);
    cr_expect(epsilon_eq(dbl, lps[0], -9.25, 1e-12));
    cr_expect(epsilon_eq(dbl, lps[2], 31.25, 1e-12));
    osarc_grid_index(&GRID, lps, back);
    for (int axis = 0; axis < 3; axis++)
        cr_expect(epsilon_eq(dbl, back[axis], ijk[axis], 1e-12));
}

Test(base_image, refuses_a_grid_without_spacing)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_image *image = (osarc_image *) -1;
    osarc_grid grid = GRID;
    grid.spacing_mm[2] = 0;
    EXPECT_REFUSED(osarc_image_create(&image, &grid, OSARC_UNIT_HU, 1, 0, &err),
                   OSARC_ERR_ARGUMENT);
    cr_expect(eq(ptr, image, NULL));
}

Test(base_image, refuses_axes_that_are_not_at_right_angles)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_image *image = NULL;
    osarc_grid grid = GRID;
    grid.direction[2][1] = 0.3;
    EXPECT_REFUSED(osarc_image_create(&image, &grid, OSARC_UNIT_HU, 1, 0, &err),
                   OSARC_ERR_ARGUMENT);
}

Test(base_image, refuses_a_scale_of_zero)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_image *image = NULL;
    EXPECT_REFUSED(osarc_image_create(&image, &GRID, OSARC_UNIT_HU, 0, 0, &err),
                   OSARC_ERR_ARGUMENT);
}

Test(base_image, marks_voxels_outside_the_field_of_view_as_no_value)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_image *image = NULL;
    EXPECT_OK(osarc_image_create(&image, &GRID, OSARC_UNIT_HU, 1, 0, &err));
    osarc_image_fill(image)[3] = OSARC_OUTSIDE;
    cr_expect(isnan(osarc_image_value(image, 3)));
    cr_expect(eq(dbl, osarc_image_value(image, 4), 0.0));
    osarc_image_free(image);
}
