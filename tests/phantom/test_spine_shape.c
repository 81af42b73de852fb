/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spine_help.h"

Test(phantom_spine_shape, has_as_many_lumbar_vertebrae_as_asked)
{
    static const char *const LAST[] = {"L4", "L5", "L6"};
    for (int lumbar = 4; lumbar <= 6; lumbar++) {
        const osi_scene *scene = make_scene((osarc_phantom_options){.lumbar = lumbar});
        size_t count = scene->level_count;
        cr_assert(eq(sz, count, (size_t) lumbar + 3));
        const osarc_phantom_level *last = &scene->levels[count - 1];
        cr_expect(eq(str, (char *) last->name, (char *) LAST[lumbar - 4]));
        cr_expect(eq(int, last->label, lumbar == 6 ? 0 : 32 - lumbar));
        for (size_t i = 0; i < count; i++) {
            const osarc_phantom_level *level = &scene->levels[i];
            cr_expect(eq(int, level->whole, 1), "%s", level->name);
            if (i > 0)
                cr_expect(gt(dbl, level[-1].centre_mm[2], level->centre_mm[2] + 20));
        }
    }
}

static int has_structure(const osi_scene *scene, uint8_t number)
{
    for (size_t i = 0; i < scene->count; i++)
        if (scene->solids[i].structure == number)
            return 1;
    return 0;
}

/* Labels of the structures file: sacrum 25, hips 77 and 78, ribs 10 to 12 of each side. */
Test(phantom_spine_shape, leaves_out_ribs_and_sacrum_when_asked)
{
    static const uint8_t PELVIS[] = {25, 26, 77, 78};
    static const uint8_t RIBS[] = {101, 102, 103, 113, 114, 115};
    for (int way = 0; way < 4; way++) {
        int ribs = way & 1;
        int sacrum = way >> 1;
        const osi_scene *scene =
            make_scene((osarc_phantom_options){.without_ribs = !ribs, .without_sacrum = !sacrum});
        for (size_t i = 0; i < sizeof(PELVIS); i++)
            cr_expect(eq(int, has_structure(scene, PELVIS[i]), sacrum));
        for (size_t i = 0; i < sizeof(RIBS); i++)
            cr_expect(eq(int, has_structure(scene, RIBS[i]), ribs));
        for (size_t i = 0; i < scene->level_count; i++)
            cr_expect(eq(int, has_structure(scene, scene->levels[i].label), 1));
    }
}

/* Extent of a label along an axis, in mm. */
static double extent_mm(const osarc_mask *mask, uint8_t label)
{
    const osarc_grid *g = osarc_mask_grid(mask);
    double low[3] = {INFINITY, INFINITY, INFINITY};
    double high[3] = {-INFINITY, -INFINITY, -INFINITY};
    for (size_t i = 0; i < osarc_grid_count(g); i++) {
        if (osarc_mask_labels(mask)[i] != label)
            continue;
        const double at[3] = {(double) (i % g->size[0]), (double) (i / g->size[0] % g->size[1]),
                              (double) (i / g->size[0] / g->size[1])};
        double p[3];
        osarc_grid_position_mm(g, at, p);
        for (int c = 0; c < 3; c++) {
            low[c] = fmin(low[c], p[c]);
            high[c] = fmax(high[c], p[c]);
        }
    }
    return sqrt(pow(high[0] - low[0], 2) + pow(high[1] - low[1], 2) + pow(high[2] - low[2], 2));
}

Test(phantom_spine_shape, the_last_rib_is_shorter_than_those_above_it)
{
    osarc_phantom *phantom =
        make((osarc_phantom_options){COARSE, .length_mm = 130, .centre_z_mm = 115});
    const osarc_mask *structures = osarc_phantom_structures(phantom);
    for (uint8_t side = 0; side < 2; side++) {
        double tenth = extent_mm(structures, (uint8_t) (101 + 12 * side));
        double eleventh = extent_mm(structures, (uint8_t) (102 + 12 * side));
        double twelfth = extent_mm(structures, (uint8_t) (103 + 12 * side));
        cr_expect(gt(dbl, tenth, 90));
        cr_expect(gt(dbl, eleventh, 85));
        cr_expect(gt(dbl, twelfth, 45));
        cr_expect(lt(dbl, twelfth, 80));
    }
    osarc_phantom_free(phantom);
}

Test(phantom_spine_shape, a_turned_body_has_its_levels_where_they_are_said_to_be)
{
    osarc_phantom *phantom = make((osarc_phantom_options){.pixel_mm = 2,
                                                          .slice_mm = 2,
                                                          .length_mm = 110,
                                                          .centre_z_mm = 1e-9,
                                                          .rotate_deg = 20,
                                                          .tilt_deg = 15,
                                                          .scoliosis_deg = -20});
    const osarc_phantom_level *level = level_of(phantom, "L3");
    /* tilted by 15 degrees, turned by 20: L3 leans by what scoliosis adds only */
    cr_expect(epsilon_eq(dbl, level->back[0], -sin(20 * M_PI / 180), 0.03));
    cr_expect(epsilon_eq(dbl, level->up[1], sin(15 * M_PI / 180), 0.06));
    static const char *const NAMES[] = {"L2", "L3", "L4"};
    for (int i = 0; i < 3; i++) {
        level = level_of(phantom, NAMES[i]);
        cr_expect(epsilon_eq(dbl, dot(level->up, level->up), 1, 1e-9));
        cr_expect(epsilon_eq(dbl, dot(level->up, level->back), 0, 1e-9));
        expect_level_hu(phantom, level);
    }
    osarc_phantom_free(phantom);
}

Test(phantom_spine_shape, scoliosis_is_the_angle_between_the_most_tilted_levels)
{
    const osi_scene *scene = make_scene((osarc_phantom_options){.scoliosis_deg = 20});
    double least = INFINITY;
    double most = -INFINITY;
    for (size_t i = 0; i < scene->level_count; i++) {
        const double *up = scene->levels[i].up;
        double lean = atan2(up[0], up[2]) * 180 / M_PI;
        least = fmin(least, lean);
        most = fmax(most, lean);
    }
    cr_expect(epsilon_eq(dbl, most - least, 20, 1));
}

Test(phantom_spine_shape, a_fracture_is_a_wedge_with_its_back_as_high_as_before)
{
    osarc_phantom *phantom = make((osarc_phantom_options){ONE_LEVEL, .fracture = "L3"});
    const osarc_phantom_level *level = level_of(phantom, "L3");
    const osarc_phantom_level *other = level_of(phantom, "L2");
    cr_expect(eq(int, level->fractured, 1));
    cr_expect(eq(int, other->fractured, 0));
    cr_expect(epsilon_eq(dbl, level->height_posterior_mm, 27, 1e-9));
    cr_expect(epsilon_eq(dbl, level->height_anterior_mm, 0.7 * 27, 1e-9));
    cr_expect(epsilon_eq(dbl, level->height_middle_mm, 0.85 * 27, 1e-9));
    cr_expect(epsilon_eq(dbl, other->height_anterior_mm, other->height_posterior_mm, 1e-9));
    osarc_phantom_free(phantom);
}

Test(phantom_spine_shape, screws_are_metal_and_cement_is_dense)
{
    osarc_phantom *plain = make((osarc_phantom_options){ONE_LEVEL});
    osarc_phantom *screwed = make((osarc_phantom_options){ONE_LEVEL, .metal = "L3"});
    osarc_phantom *filled = make((osarc_phantom_options){ONE_LEVEL, .cement = "L3"});
    cr_expect(zero(sz, count_label(osarc_phantom_tissue(plain), OSARC_TISSUE_METAL)));
    cr_expect(gt(sz, count_label(osarc_phantom_tissue(screwed), OSARC_TISSUE_METAL), 100));
    cr_expect(eq(int, level_of(screwed, "L3")->has_metal, 1));
    cr_expect(
        lt(dbl, level_of(screwed, "L3")->trabecular_cm3, level_of(plain, "L3")->trabecular_cm3));
    /* 9 x 8 x 6 mm half sizes */
    cr_expect(epsilon_eq(
        dbl, level_of(plain, "L3")->trabecular_cm3 - level_of(filled, "L3")->trabecular_cm3,
        4 * M_PI / 3 * 9 * 8 * 6 / 1000, 1e-6));
    region middle = {.axes = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, .half_mm = {4, 4, 3}};
    memcpy(middle.centre_mm, level_of(filled, "L3")->centre_mm, sizeof(middle.centre_mm));
    cr_expect(epsilon_eq(dbl, mean_in(osarc_phantom_image(filled), &middle, NULL), 1600, 0.5));
    osarc_phantom_free(plain);
    osarc_phantom_free(screwed);
    osarc_phantom_free(filled);
}

Test(phantom_spine_shape, a_short_stack_holds_only_some_levels_whole)
{
    osarc_phantom *phantom =
        make((osarc_phantom_options){COARSE, .length_mm = 110, .centre_z_mm = 1e-9});
    static const char *const WHOLE[] = {"L2", "L3", "L4"};
    size_t whole = 0;
    for (size_t i = 0; i < osarc_phantom_level_count(phantom); i++)
        whole += (size_t) osarc_phantom_level_at(phantom, i)->whole;
    for (int i = 0; i < 3; i++)
        cr_expect(eq(int, level_of(phantom, WHOLE[i])->whole, 1), "%s", WHOLE[i]);
    cr_expect(eq(sz, whole, 3));
    osarc_phantom_free(phantom);
}
