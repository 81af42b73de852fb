/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "spine_scene.h"

/* Bad arguments, and labels from elsewhere. */

static osarc_error err = OSARC_ERROR_INIT;

static osarc_grid make_grid(size_t side)
{
    return (osarc_grid){.size = {side, side, side},
                        .spacing_mm = {2, 2, 2},
                        .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
}

typedef struct box {
    osarc_image *image;
    osarc_mask *tissue;
    osarc_spine *spine;
} box;

static box make_box(size_t image_side, size_t mask_side, osarc_unit unit)
{
    box b = {.spine = (osarc_spine *) &b};
    osarc_grid grid = make_grid(image_side);
    EXPECT_OK(osarc_image_create(&b.image, &grid, unit, 1, 0, &err));
    grid = make_grid(mask_side);
    EXPECT_OK(osarc_mask_create(&b.tissue, &grid, &err));
    return b;
}

static void free_box(box *b)
{
    osarc_image_free(b->image);
    osarc_mask_free(b->tissue);
}

Test(spine_refuses, images_that_are_missing_or_in_another_unit_or_on_another_grid)
{
    box b = make_box(8, 8, OSARC_UNIT_HU);
    EXPECT_REFUSED_SAYING(osarc_spine_find(NULL, b.image, b.tissue, NULL, NULL, &err),
                          OSARC_ERR_ARGUMENT, "out");
    EXPECT_REFUSED_SAYING(osarc_spine_find(&b.spine, NULL, b.tissue, NULL, NULL, &err),
                          OSARC_ERR_ARGUMENT, "image");
    cr_expect(b.spine == NULL);
    b.spine = (osarc_spine *) &b;
    EXPECT_REFUSED_SAYING(osarc_spine_find(&b.spine, b.image, NULL, NULL, NULL, &err),
                          OSARC_ERR_ARGUMENT, "tissue");
    cr_expect(b.spine == NULL);
    free_box(&b);
    b = make_box(8, 8, OSARC_UNIT_MG_CM3);
    EXPECT_REFUSED_SAYING(osarc_spine_find(&b.spine, b.image, b.tissue, NULL, NULL, &err),
                          OSARC_ERR_UNIT, "HU");
    cr_expect(b.spine == NULL);
    free_box(&b);
    b = make_box(8, 7, OSARC_UNIT_HU);
    EXPECT_REFUSED_SAYING(osarc_spine_find(&b.spine, b.image, b.tissue, NULL, NULL, &err),
                          OSARC_ERR_GEOMETRY, "grids");
    free_box(&b);
}

Test(spine_refuses, to_find_a_spine_where_there_is_no_bone)
{
    box b = make_box(8, 8, OSARC_UNIT_HU);
    EXPECT_OK(osarc_spine_find(&b.spine, b.image, b.tissue, NULL, NULL, &err));
    cr_expect(eq(sz, osarc_spine_count(b.spine), 0u));
    cr_expect(osarc_spine_at(b.spine, 0) == NULL);
    size_t *voxels;
    size_t count;
    EXPECT_REFUSED_SAYING(osarc_spine_trabecular(&voxels, &count, b.spine, 0, NULL, &err),
                          OSARC_ERR_ARGUMENT, "no vertebra");
    EXPECT_REFUSED_SAYING(osarc_spine_trabecular(NULL, &count, b.spine, 0, NULL, &err),
                          OSARC_ERR_ARGUMENT, "voxels");
    osarc_spine_free(b.spine);
    free_box(&b);
}

Test(spine_refuses, labels_without_a_vertebra_or_on_another_grid)
{
    spine_scene scene = scene_make((osarc_phantom_options){.pixel_mm = 2, .slice_mm = 3});
    osarc_mask *given = NULL;
    osarc_spine *spine = NULL;
    EXPECT_REFUSED_SAYING(
        osarc_spine_from_labels(&spine, scene.image, scene.tissue, NULL, NULL, NULL, &err),
        OSARC_ERR_ARGUMENT, "labels");
    EXPECT_OK(osarc_mask_create(&given, osarc_image_grid(scene.image), &err));
    EXPECT_REFUSED_SAYING(
        osarc_spine_from_labels(&spine, scene.image, scene.tissue, given, NULL, NULL, &err),
        OSARC_ERR_QUALITY, "no vertebra");
    osarc_mask_free(given);
    osarc_grid other = make_grid(8);
    EXPECT_OK(osarc_mask_create(&given, &other, &err));
    EXPECT_REFUSED_SAYING(
        osarc_spine_from_labels(&spine, scene.image, scene.tissue, given, NULL, NULL, &err),
        OSARC_ERR_GEOMETRY, "grids");
    cr_expect(spine == NULL);
    osarc_mask_free(given);
    scene_free(&scene);
}

/* Names come from the map, right or wrong: here each level is called one higher than it is. */
Test(spine_refuses, nothing_of_a_map_that_names_levels_its_own_way)
{
    spine_scene scene = scene_make((osarc_phantom_options){.pixel_mm = 1.5, .slice_mm = 2});
    osarc_mask *given = NULL;
    osarc_spine *spine = NULL;
    const osarc_grid *grid = osarc_image_grid(scene.image);
    const uint8_t *drawn = osarc_mask_labels(osarc_phantom_structures(scene.phantom));
    EXPECT_OK(osarc_mask_create(&given, grid, &err));
    for (size_t i = 0; i < osarc_grid_count(grid); i++)
        osarc_mask_fill(given)[i] =
            (uint8_t) (drawn[i] >= 27 && drawn[i] <= 33 ? drawn[i] + 1 : drawn[i]);
    EXPECT_OK(osarc_spine_from_labels(&spine, scene.image, scene.tissue, given, NULL, NULL, &err));
    cr_expect(memcmp(osarc_mask_labels(given), osarc_mask_labels(osarc_spine_structures(spine)),
                     osarc_grid_count(grid)) == 0);
    spine_scene named = scene;
    named.spine = spine;
    const osarc_vertebra *v = scene_level(&named, "L1", NULL);
    cr_assert(v != NULL);
    cr_expect(lt(dbl, scene_distance(v->centre_mm, scene_truth(&scene, "L2")->centre_mm), 4.0));
    /* slices of 2 mm hold end plates of over 1000 HU in part */
    cr_expect(epsilon_eq(dbl, scene_hu(&named, "L1"), scene_truth(&scene, "L2")->hu, 6.0));
    osarc_spine_free(spine);
    osarc_mask_free(given);
    scene_free(&scene);
}
