/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include <osi/alloc.h>

#include "torso_help.h"

/* Drawn into a copy of the phantom's image, through all of its slices. */
typedef struct ellipse {
    double x, y, half_x, half_y, hu;
} ellipse;

static osarc_image *copy_with(const osarc_image *image, const ellipse *ellipses, size_t count)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_image *copy = NULL;
    const osarc_grid *grid = osarc_image_grid(image);
    double step = osarc_image_step(image);
    double offset = osarc_image_offset(image);
    EXPECT_OK(osarc_image_create(&copy, grid, OSARC_UNIT_HU, step, offset, &err));
    int16_t *to = osarc_image_fill(copy);
    memcpy(to, osarc_image_stored(image), osarc_grid_count(grid) * sizeof(*to));
    for (size_t i = 0; i < osarc_grid_count(grid); i++) {
        const double ijk[3] = {(double) (i % grid->size[0]),
                               (double) (i / grid->size[0] % grid->size[1]), 0};
        double lps[3];
        osarc_grid_position_mm(grid, ijk, lps);
        for (size_t n = 0; n < count; n++)
            if (in_ellipse(lps[0], lps[1], ellipses[n].x, ellipses[n].y, ellipses[n].half_x,
                           ellipses[n].half_y))
                to[i] = (int16_t) lround((ellipses[n].hu - offset) / step);
    }
    return copy;
}

static void part_copy(osarc_torso *torso, drawn *d, const osarc_image *image)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_mask_free(d->tissue);
    d->tissue = NULL;
    EXPECT_OK(osarc_segment_tissues(&d->tissue, NULL, image, NULL, NULL, &err));
    EXPECT_OK(osarc_torso_part(torso, d->tissue, image, &d->spine, NULL, &err));
}

/* One arm apart, one that touches the trunk: skin, fat, muscle, bone and marrow. */
#define AN_ARM(x)                                                                                  \
    {x, 10, 42, 46, 40}, {x, 10, 40, 44, -100}, {x, 10, 28, 32, 45}, {x, 10, 12, 12, 900},         \
    {                                                                                              \
        x, 10, 6, 6, -60                                                                           \
    }

Test(torso_scenes, arms_beside_the_trunk_are_left_out)
{
    const osarc_phantom_options options = {
        .pixel_mm = 1, .slice_mm = 5, .length_mm = 100, .matrix = 560, .without_table = 1};
    static const ellipse ARMS[] = {AN_ARM(-230), AN_ARM(216)};
    drawn d = draw(&options);
    osarc_torso torso = {0};
    part_copy(&torso, &d, osarc_phantom_image(d.phantom));
    cr_expect(torso.arms == NULL);
    double fat = area_cm2(d.tissue, OSARC_TISSUE_SUBCUTANEOUS_FAT);
    double muscle = area_cm2(d.tissue, OSARC_TISSUE_MUSCLE);
    osarc_torso_clear(&torso);
    osarc_image *image =
        copy_with(osarc_phantom_image(d.phantom), ARMS, sizeof(ARMS) / sizeof(ARMS[0]));
    part_copy(&torso, &d, image);
    cr_assert(torso.arms != NULL);
    /* sections of both arms with their skin; the blocks of 2 mm that they end in: 3 % */
    double arms = area_cm2(torso.arms, 1);
    double truth = 2 * M_PI * 42 * 46 / 100;
    cr_expect(lt(dbl, fabs(arms / truth - 1), 0.03), "arms %g of %g cm2", arms, truth);
    uint8_t *label = osarc_mask_fill(d.tissue);
    for (size_t i = 0; i < osarc_grid_count(osarc_mask_grid(d.tissue)); i++)
        if (osarc_mask_labels(torso.arms)[i])
            label[i] = 0;
    /* the same voxels but for the few where the skins touch */
    cr_expect(lt(dbl, fabs(area_cm2(d.tissue, OSARC_TISSUE_MUSCLE) - muscle), 0.005 * muscle));
    cr_expect(lt(dbl, fabs(area_cm2(d.tissue, OSARC_TISSUE_SUBCUTANEOUS_FAT) - fat), 0.005 * fat));
    osarc_torso_clear(&torso);
    osarc_image_free(image);
    drop(&d);
}

/* Fat in the back muscle, 1.4 to 6 mm wide and 16 mm long. */
static const ellipse STREAKS[] = {{40, 56, 0.7, 8, -100},  {46, 52, 1, 8, -100},
                                  {-40, 56, 1.5, 8, -100}, {-46, 52, 3, 8, -100},
                                  {30, 66, 2, 8, -100},    {-30, 66, 1, 8, -100}};

/* Drawn voxels are whole, so their number and the area of the ellipses differ by chance alone. */
static void expect_streaks(double pixel_mm)
{
    const osarc_phantom_options options = {
        .pixel_mm = pixel_mm, .slice_mm = 5, .length_mm = 60, .noise_sd_hu = 10, .seed = 2};
    drawn d = draw(&options);
    osarc_torso torso = {0};
    part_copy(&torso, &d, osarc_phantom_image(d.phantom));
    double none = area_cm2(d.tissue, OSARC_TISSUE_INTERMUSCULAR_FAT);
    osarc_torso_clear(&torso);
    osarc_image *image =
        copy_with(osarc_phantom_image(d.phantom), STREAKS, sizeof(STREAKS) / sizeof(STREAKS[0]));
    part_copy(&torso, &d, image);
    double imat = area_cm2(d.tissue, OSARC_TISSUE_INTERMUSCULAR_FAT);
    double muscle = area_cm2(d.tissue, OSARC_TISSUE_MUSCLE);
    double truth = 0;
    for (size_t n = 0; n < sizeof(STREAKS) / sizeof(STREAKS[0]); n++)
        truth += M_PI * STREAKS[n].half_x * STREAKS[n].half_y / 100;
    double fraction = truth / muscle_truth_cm2();
    /* the narrow gap between back muscle and wall is intermuscular without streaks, too; 0.005 is
     * the requirement on this fraction */
    cr_expect(epsilon_eq(dbl, (imat - none) / (imat - none + muscle), fraction, 0.005),
              "%g of %g cm2, %g without", imat, truth, none);
    osarc_torso_clear(&torso);
    osarc_image_free(image);
    drop(&d);
}

Test(torso_scenes, fat_in_muscle_has_its_share)
{
    expect_streaks(0.7);
    expect_streaks(1);
}

/* A gap of 30 mm in the wall with fat of the cavity in it, and a loop of bowel under the skin. */
static const ellipse HERNIA[] = {{0, -95, 15, 16, -100}, {0, -110, 13, 8, 40}};

/* A loop of bowel with gas through the wall to the skin, in front and to the side. */
static const ellipse STOMA[] = {{70, -85, 16, 36, 40}, {70, -90, 5, 25, -800}};

/* Muscle in or outside the ellipses, in the middle slice. */
static double muscle_beside(const osarc_mask *mask, const ellipse *ellipses, size_t count, int in)
{
    const osarc_grid *grid = osarc_mask_grid(mask);
    size_t k = grid->size[2] / 2;
    size_t sum = 0;
    for (size_t y = 0; y < grid->size[1]; y++)
        for (size_t x = 0; x < grid->size[0]; x++) {
            const double ijk[3] = {(double) x, (double) y, (double) k};
            double lps[3];
            int inside = 0;
            osarc_grid_position_mm(grid, ijk, lps);
            for (size_t n = 0; n < count; n++)
                inside |= in_ellipse(lps[0], lps[1], ellipses[n].x, ellipses[n].y,
                                     ellipses[n].half_x, ellipses[n].half_y);
            sum += inside == in &&
                   osarc_mask_labels(mask)[(k * grid->size[1] + y) * grid->size[0] + x] ==
                       OSARC_TISSUE_MUSCLE;
        }
    return (double) sum * grid->spacing_mm[0] * grid->spacing_mm[1] / 100;
}

/* Bowel in them may count as muscle up to an area. Muscle beside them stays as it is, but for half
 * a voxel along their edge, of 60 mm in the wall. */
static void expect_passage(const ellipse *ellipses, size_t count, double most_cm2)
{
    const osarc_phantom_options options = {
        .pixel_mm = 1, .slice_mm = 5, .length_mm = 60, .noise_sd_hu = 10, .seed = 2};
    drawn d = draw(&options);
    osarc_torso torso = {0};
    part_copy(&torso, &d, osarc_phantom_image(d.phantom));
    double before = muscle_beside(d.tissue, ellipses, count, 0);
    osarc_torso_clear(&torso);
    osarc_image *image = copy_with(osarc_phantom_image(d.phantom), ellipses, count);
    part_copy(&torso, &d, image);
    double after = muscle_beside(d.tissue, ellipses, count, 0);
    double in = muscle_beside(d.tissue, ellipses, count, 1);
    cr_expect(epsilon_eq(dbl, after, before, 0.3 + 0.005 * before), "%g, was %g", after, before);
    cr_expect(lt(dbl, in, most_cm2), "%g cm2 of bowel are muscle", in);
    osarc_torso_clear(&torso);
    osarc_image_free(image);
    drop(&d);
}

/* What may be left is the loop's side towards the wall: 26 mm wide, two blocks of 2 mm deep. */
Test(torso_scenes, bowel_in_a_hernia_of_the_midline_is_no_muscle)
{
    expect_passage(HERNIA, sizeof(HERNIA) / sizeof(HERNIA[0]), 1.04);
}

/* Where it passes the wall, 32 mm wide and 13 mm thick, bowel cannot be told from muscle. */
Test(torso_scenes, bowel_of_a_stoma_is_muscle_at_most_where_it_passes_the_wall)
{
    expect_passage(STOMA, sizeof(STOMA) / sizeof(STOMA[0]), 3.2 * 1.3 + 0.6);
}

/* Fluid of 10 HU in the right half of the cavity, up to the wall but not to the muscles beside the
 * spine, which lie behind the peritoneum: no muscle, and told. */
Test(torso_scenes, fluid_in_the_belly_is_no_muscle)
{
    const osarc_phantom_options options = {
        .pixel_mm = 1, .slice_mm = 5, .length_mm = 100, .noise_sd_hu = 10};
    drawn d = draw(&options);
    osarc_torso torso = {0};
    osarc_image *image = copy_with(osarc_phantom_image(d.phantom), NULL, 0);
    const osarc_grid *grid = osarc_image_grid(image);
    for (size_t i = 0; i < osarc_grid_count(grid); i++) {
        const double ijk[3] = {(double) (i % grid->size[0]),
                               (double) (i / grid->size[0] % grid->size[1]), 0};
        double lps[3];
        osarc_grid_position_mm(grid, ijk, lps);
        if (in_ellipse(lps[0], lps[1], 0, -2, 138, 86) && lps[0] < -20 &&
            !in_ellipse(lps[0], lps[1], 0, 42, 70, 52))
            osarc_image_fill(image)[i] =
                (int16_t) lround((10 + (double) (i % 21) - 10 - osarc_image_offset(image)) /
                                 osarc_image_step(image));
    }
    part_copy(&torso, &d, image);
    double muscle = area_cm2(d.tissue, OSARC_TISSUE_MUSCLE);
    double truth = muscle_truth_cm2();
    size_t middle = torso.plane_count / 2;
    /* half of the wall is taken from the other half: 10 % */
    cr_expect(lt(dbl, fabs(muscle / truth - 1), 0.1), "muscle %g of %g cm2", muscle, truth);
    cr_expect(gt(dbl, (double) torso.interpolated_share[middle], 0.25));
    osarc_torso_clear(&torso);
    osarc_image_free(image);
    drop(&d);
}

/* A belly full of fluid shows the wall nowhere: rows are refused over a share of 0.8. */
Test(torso_scenes, fluid_all_round_leaves_the_wall_unseen)
{
    const osarc_phantom_options options = {
        .pixel_mm = 1.5, .slice_mm = 5, .length_mm = 60, .noise_sd_hu = 10};
    drawn d = draw(&options);
    osarc_torso torso = {0};
    osarc_image *image = copy_with(osarc_phantom_image(d.phantom), NULL, 0);
    const osarc_grid *grid = osarc_image_grid(image);
    for (size_t i = 0; i < osarc_grid_count(grid); i++) {
        const double ijk[3] = {(double) (i % grid->size[0]),
                               (double) (i / grid->size[0] % grid->size[1]), 0};
        double lps[3];
        osarc_grid_position_mm(grid, ijk, lps);
        if (in_ellipse(lps[0], lps[1], 0, -2, 138, 86) &&
            !in_ellipse(lps[0], lps[1], 0, 42, 70, 52))
            osarc_image_fill(image)[i] =
                (int16_t) lround((10 - osarc_image_offset(image)) / osarc_image_step(image));
    }
    part_copy(&torso, &d, image);
    cr_expect(gt(dbl, (double) torso.interpolated_share[torso.plane_count / 2], 0.8));
    osarc_torso_clear(&torso);
    osarc_image_free(image);
    drop(&d);
}

/* No front wall over 200 mm: the ball comes in, and fat of the belly counts as under the skin. */
Test(torso_scenes, a_wall_that_is_open_is_told)
{
    const osarc_phantom_options options = {
        .pixel_mm = 1.5, .slice_mm = 5, .length_mm = 60, .noise_sd_hu = 10};
    drawn d = draw(&options);
    osarc_torso torso = {0};
    part_copy(&torso, &d, osarc_phantom_image(d.phantom));
    for (size_t k = 0; k < torso.plane_count; k++)
        cr_expect(eq(dbl, (double) torso.open_cm2[k], 0.0));
    osarc_torso_clear(&torso);
    osarc_image *image = copy_with(osarc_phantom_image(d.phantom), NULL, 0);
    const osarc_grid *grid = osarc_image_grid(image);
    for (size_t i = 0; i < osarc_grid_count(grid); i++) {
        const double ijk[3] = {(double) (i % grid->size[0]),
                               (double) (i / grid->size[0] % grid->size[1]), 0};
        double lps[3];
        osarc_grid_position_mm(grid, ijk, lps);
        if (in_ellipse(lps[0], lps[1], 0, 0, 151, 101) && lps[1] < 0 && fabs(lps[0]) < 100)
            osarc_image_fill(image)[i] =
                (int16_t) lround((-100 - osarc_image_offset(image)) / osarc_image_step(image));
    }
    part_copy(&torso, &d, image);
    /* half an ellipse round the body and 20 mm of it holds 24 cm2 but for the body and muscle */
    cr_expect(gt(dbl, (double) torso.open_cm2[torso.plane_count / 2], 3.0));
    osarc_torso_clear(&torso);
    osarc_image_free(image);
    drop(&d);
}

/* Every voxel of the body keeps a tissue, whatever it is relabelled to. */
Test(torso_scenes, tissues_of_each_slice_sum_up_to_the_body)
{
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_phantom_options options = {.pixel_mm = 1, .slice_mm = 5, .noise_sd_hu = 20};
    drawn d = draw(&options);
    osarc_torso torso = {0};
    const osarc_grid *grid = osarc_mask_grid(d.tissue);
    size_t area = grid->size[0] * grid->size[1];
    size_t *body = calloc(grid->size[2], sizeof(*body)); /* banned-ok */
    cr_assert(body != NULL);
    for (size_t i = 0; i < area * grid->size[2]; i++)
        body[i / area] += osarc_mask_labels(d.tissue)[i] != OSARC_TISSUE_OUTSIDE;
    EXPECT_OK(
        osarc_torso_part(&torso, d.tissue, osarc_phantom_image(d.phantom), &d.spine, NULL, &err));
    for (size_t k = 0; k < grid->size[2]; k++) {
        size_t tissues = 0;
        for (size_t i = 0; i < area; i++) {
            uint8_t label = osarc_mask_labels(d.tissue)[k * area + i];
            tissues += label >= OSARC_TISSUE_SUBCUTANEOUS_FAT && label <= OSARC_TISSUE_METAL;
        }
        cr_expect(eq(sz, tissues, body[k]), "slice %zu", k);
    }
    free(body); /* banned-ok */
    osarc_torso_clear(&torso);
    drop(&d);
}

/* Refused half-way. */
Test(torso_scenes, what_fails_leaves_the_labels_as_they_were)
{
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_phantom_options options = {.pixel_mm = 2, .slice_mm = 5, .length_mm = 60};
    drawn d = draw(&options);
    osarc_torso torso = {0};
    size_t count = osarc_grid_count(osarc_mask_grid(d.tissue));
    uint8_t *label = osarc_mask_fill(d.tissue);
    for (size_t i = 0; i < count; i++) /* nothing inside the fat: no torso */
        label[i] = label[i] ? OSARC_TISSUE_SUBCUTANEOUS_FAT : OSARC_TISSUE_OUTSIDE;
    uint64_t before[256];
    uint64_t after[256];
    osarc_mask_counts(d.tissue, before);
    EXPECT_REFUSED(
        osarc_torso_part(&torso, d.tissue, osarc_phantom_image(d.phantom), &d.spine, NULL, &err),
        OSARC_ERR_QUALITY);
    osarc_mask_counts(d.tissue, after);
    cr_expect(eq(int, memcmp(before, after, sizeof(before)), 0));
    cr_expect(torso.smooth == NULL);
    drop(&d);
}

/* Without memory in each 64th of the way, after noise was taken off and fat told again, too. */
Test(torso_scenes, without_memory_the_labels_stay_as_they_were)
{
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_phantom_options options = {
        .pixel_mm = 2, .slice_mm = 5, .length_mm = 60, .noise_sd_hu = 20};
    const osarc_torso_options alone = {.threads = 1};
    drawn d = draw(&options);
    const osarc_image *image = osarc_phantom_image(d.phantom);
    osarc_torso torso = {0};
    size_t count = osarc_grid_count(osarc_mask_grid(d.tissue));
    uint8_t *label = osarc_mask_fill(d.tissue);
    uint8_t *before = malloc(count); /* banned-ok */
    cr_assert(before != NULL);
    memcpy(before, label, count);
    osi_alloc_fail_at(1000000000);
    EXPECT_OK(osarc_torso_part(&torso, d.tissue, image, &d.spine, &alone, &err));
    long asked = osi_alloc_asked();
    cr_expect(ne(int, memcmp(before, label, count), 0));
    for (long n = 1; n <= 64; n++) {
        osarc_torso_clear(&torso);
        memcpy(label, before, count);
        osi_alloc_fail_at(asked * n / 64);
        EXPECT_REFUSED(osarc_torso_part(&torso, d.tissue, image, &d.spine, &alone, &err),
                       OSARC_ERR_MEMORY);
        cr_expect(eq(int, memcmp(before, label, count), 0), "at %ld of %ld", asked * n / 64, asked);
    }
    osi_alloc_fail_at(0);
    free(before); /* banned-ok */
    drop(&d);
}
